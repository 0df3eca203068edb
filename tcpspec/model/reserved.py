"""Names that are words of the language: allowed where they cannot be mistaken for one, else not.

States, messages, calls, timers and ports may be any word but ``any`` and ``timeout`` (messages also
not what begins a value in a predicate); what stands in expressions may not be a word at all.
"""

import re
from collections.abc import Iterator

from tcpspec.diagnostics import Diagnostics
from tcpspec.language import ast
from tcpspec.model.declarations import enum_types

WORDS = frozenset(
    re.findall(
        r"\w+",
        """
        protocol extends include const type message call timer define remove replace machine ordered
        persistent var port state initial final idle in any except unless handled rcv from to snd
        timeout step ignore defer otherwise reset mod bool system may once at most times init
        channel fifo bag lossy loses duplicating duplicates when full error drop wait holds only
        bound check no deadlock stall unspecified reception overflow always possible never reachable
        eventually leads ltl every transition used violated unfair assuming calls impossible
        scenario on arrives expect lost delayed and or not implies true false empty count max min
        """,
    )
)
"""Every word of the grammar; a test holds it to the grammar."""


def check_names(items: tuple[ast.Item, ...], found: Diagnostics) -> None:
    """Report every declared name that a reader, or the parser, would take for a word."""
    for name in _names(items):
        if name.text in WORDS:
            found.error(
                "reserved-name", name.span, f"`{name.text}` is a word of the language",
                hint="choose another name",
            )  # fmt: skip


def _names(items: tuple[ast.Item, ...]) -> Iterator[ast.Name]:
    for enum in enum_types(items):
        yield from enum.values
    for item in items:
        match item:
            case ast.Const() | ast.TypeDeclaration() | ast.Define():
                yield item.name
            case ast.MessageGroup():
                yield item.name
                yield from (field.name for field in item.fields)
            case ast.Machine():
                yield item.name
                yield from (parameter.name for parameter in item.parameters)
                yield from (m.name for m in item.members if isinstance(m, ast.Variable))
            case ast.System():
                yield item.name
                yield from (i.name for i in item.items if isinstance(i, ast.Instance))
