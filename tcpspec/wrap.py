"""How to break text into lines."""

import re
import textwrap
from collections.abc import Iterable


class _Wrapper(textwrap.TextWrapper):
    """Breaks what fits on no line behind a sign that joins the parts of a name, if there is one."""

    def _split(self, text: str) -> list[str]:
        found: list[str] = []
        for word in super()._split(text):
            long = len(word) > self.width and not word.isspace()
            found += filter(None, re.findall(r"\w*?(?:_+|\W|$)", word)) if long else [word]
        return found


def wrapped(text: str, width: int) -> list[str]:
    """Lines of at most ``width`` characters, broken at spaces where there are some; what fits on no
    line is broken between the parts of names.

    >>> wrapped("SND.NXT := ISS + 1; snd SYN", 20)
    ['SND.NXT := ISS + 1;', 'snd SYN']
    >>> wrapped("rcv A_LONG_NAME_OF_A_MESSAGE(SEQ=1)", 20)
    ['rcv A_LONG_NAME_OF_', 'A_MESSAGE(SEQ=1)']
    >>> wrapped("abcdefghij", 4)
    ['abcd', 'efgh', 'ij']
    """
    return _Wrapper(width, break_on_hyphens=False).wrap(text) or [""]


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
