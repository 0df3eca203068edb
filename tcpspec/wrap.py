"""How to break text into lines."""

import textwrap
from collections.abc import Iterable


def wrapped(text: str, width: int) -> list[str]:
    """Lines of at most ``width`` characters, broken at spaces where there are some.

    >>> wrapped("SND.NXT := ISS + 1; snd SYN", 20)
    ['SND.NXT := ISS + 1;', 'snd SYN']
    """
    return textwrap.wrap(text, width, break_on_hyphens=False) or [""]


def filled(parts: Iterable[str], width: int) -> list[str]:
    """Lines of at most ``width`` characters; a part is broken only if it fits on no line.

    >>> filled(["SND.NXT := ISS + 1;", "snd SYN;", "passive := true"], 20)
    ['SND.NXT := ISS + 1;', 'snd SYN;', 'passive := true']
    """
    lines: list[str] = []
    for part in parts:
        if lines and len(lines[-1]) + 1 + len(part) <= width:
            lines[-1] += f" {part}"
        else:
            lines += wrapped(part, width)
    return lines or [""]
