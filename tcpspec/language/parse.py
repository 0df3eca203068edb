"""Text to syntax tree, and syntax errors that say what was expected.

Lark is imported when something is parsed: a tenth of a second that ``--help`` does without.
"""

from __future__ import annotations

import io
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from tcpspec.diagnostics import Diagnostics
from tcpspec.language import ast
from tcpspec.language.comments import comments
from tcpspec.source import Source

if TYPE_CHECKING:
    from lark import Lark
    from lark.exceptions import UnexpectedInput

GRAMMAR = Path(__file__).with_name("grammar.lark")
TABLES = Path(__file__).with_name("grammar.tables")
"""Lark's tables for the grammar, made by ``python -m tcpspec.language.tables``."""


def build_parser(*, strict: bool = False) -> Lark:
    """The parser, built from the grammar; a third of a second, so the tables are shipped.

    A strict one, which refuses a grammar with conflicts, has Lark's own lexer.
    """
    from lark import Lark

    from tcpspec.language.lexer import StateLexer

    return Lark(
        GRAMMAR.read_text(encoding="utf-8"),
        parser="lalr",
        lexer="contextual" if strict else StateLexer,
        propagate_positions=True,
        maybe_placeholders=True,
        strict=strict,
    )


def fingerprint() -> bytes:
    """What the tables depend on: the grammar and the version of Lark."""
    import hashlib

    import lark

    text = GRAMMAR.read_text(encoding="utf-8") + lark.__version__
    return hashlib.sha256(text.encode()).digest()


@cache
def _parser() -> Lark:
    """The parser from the shipped tables, or built anew where they are for another Lark."""
    from lark import Lark

    try:
        data = TABLES.read_bytes()
    except OSError:
        return build_parser()
    expected = fingerprint()
    if not data.startswith(expected):
        return build_parser()
    return Lark.load(io.BytesIO(data[len(expected) :]))


def parse(source: Source, found: Diagnostics) -> ast.File | None:
    """The syntax tree of a file, or None after syntax errors, which are in ``found``."""
    from lark.exceptions import UnexpectedInput

    from tcpspec.language.builder import Builder

    try:
        tree = _parser().parse(source.text)
    except UnexpectedInput as unexpected:
        _report_all(unexpected, source, found)
        return None
    file: ast.File = Builder(source, found).transform(tree)
    return ast.File(file.protocol, file.items, comments(source), span=file.span)


# --- syntax errors -------------------------------------------------------------------------

MAX_ERRORS = 10
"""How many syntax errors of a file are told at once."""

_RESUME = re.compile(
    r"^(?:include|const|type|message|define|machine|system|check|scenario|impossible)\b", re.M
)
"""Where reading goes on after an error: words that begin a declaration, at the start of a line.
Those that also begin a line of a machine or a system are not among them.
"""


def _report_all(unexpected: UnexpectedInput, source: Source, found: Diagnostics) -> None:
    """The first error, and those of the declarations behind it."""
    from tcpspec.language.syntax_errors import SyntaxFault

    start, fault = 0, unexpected
    for _ in range(MAX_ERRORS):
        reached = SyntaxFault(_parser(), source, fault, start).report(found)
        following = _next_error(source.text, max(reached, start + 1))
        if following is None:
            return
        start, fault = following


def _next_error(text: str, position: int) -> tuple[int, UnexpectedInput] | None:
    """The next error behind a position, and where the segment begins in which it is."""
    from lark.exceptions import UnexpectedInput

    resume = _RESUME.search(text, position)
    if resume is None:
        return None
    start = resume.start()
    blank = "\n" * text.count("\n", 0, start)
    try:
        _parser().parse(" " * (start - len(blank)) + blank + text[start:])
    except UnexpectedInput as unexpected:
        return start, unexpected
    return None
