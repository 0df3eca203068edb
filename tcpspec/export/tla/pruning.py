"""What a module needs of what it could define: what nothing mentions is left out."""

import re
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from tcpspec.export.tla.layout import Lines

Sections: TypeAlias = list[tuple[str, list[Lines]]]
"""Headings, with blocks of lines; a block defines one operator, or none."""

_DEFINED = re.compile(r"([A-Za-z]\w*)(?:\(.*?\))? ==")
_UNSAID = re.compile(r'"[^"]*"|\\\*.*')
"""Strings and comments, which mention nothing."""
_EXTENDED = {
    "Sequences": r"\b(?:Seq|Len|Head|Tail|Append|SubSeq)\b|\\o",
    "Bags": r"\b(?:EmptyBag|IsABag|BagToSet|SetToBag|BagCardinality)\b|\([+-]\)",
}
"""Standard modules that not all modules need, with what of each is used."""


def words(lines: Iterable[str]) -> set[str]:
    """The names that a text mentions, or defines."""
    return {word for line in lines for word in re.findall(r"[A-Za-z]\w*", _UNSAID.sub("", line))}


def defined(block: Lines) -> str | None:
    """The operator that a block defines."""
    for line in block:
        if match := _DEFINED.match(line):
            return match[1]
    return None


def pruned(sections: Sections, wanted: Iterable[str]) -> Sections:
    """The sections without operators that neither are wanted nor what is needed for those."""
    definitions = {
        name: words(block)
        for _, blocks in sections
        for block in blocks
        if (name := defined(block)) is not None
    }
    others = [block for _, blocks in sections for block in blocks if defined(block) is None]
    todo = [*wanted, *(word for block in others for word in words(block))]
    needed: set[str] = set()
    while todo:
        name = todo.pop()
        if name in definitions and name not in needed:
            needed.add(name)
            todo += definitions[name]
    return [
        (heading, [b for b in blocks if (name := defined(b)) is None or name in needed])
        for heading, blocks in sections
    ]


def extended(lines: Sequence[str]) -> list[str]:
    """The standard modules that a text uses."""
    code = "\n".join(_UNSAID.sub("", line) for line in lines)
    return ["Integers", *(m for m, used in _EXTENDED.items() if re.search(used, code))]
