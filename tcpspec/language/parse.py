"""Text to syntax tree, and syntax errors that say what was expected.

Lark is imported when something is parsed: a tenth of a second that ``--help`` does without.
"""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from tcpspec.diagnostics import Diagnostics
from tcpspec.language import ast
from tcpspec.language.comments import comments
from tcpspec.source import Source, Span

if TYPE_CHECKING:
    from lark import Lark
    from lark.exceptions import UnexpectedInput

GRAMMAR = Path(__file__).with_name("grammar.lark")
TABLES = Path(__file__).with_name("grammar.tables")
"""Lark's tables for the grammar, made by ``python -m tcpspec.language.tables``."""


def build_parser(*, strict: bool = False) -> Lark:
    """The parser, built from the grammar; a third of a second, so the tables are shipped."""
    from lark import Lark

    return Lark(
        GRAMMAR.read_text(encoding="utf-8"),
        parser="lalr",
        lexer="contextual",
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
    """The syntax tree of a file, or None after a syntax error, which is in ``found``."""
    from lark.exceptions import UnexpectedInput

    from tcpspec.language.builder import Builder

    try:
        tree = _parser().parse(source.text)
    except UnexpectedInput as unexpected:
        _report(unexpected, source, found)
        return None
    file: ast.File = Builder(source, found).transform(tree)
    return ast.File(file.protocol, file.items, comments(source), span=file.span)


# --- syntax errors -------------------------------------------------------------------------

_WORDS = {
    "NAME": "a name", "INT": "a number", "STRING": 'a "text"', "COMPARISON": "a comparison",
    "$END": "the end of the file", "MODIFIER": "`initial`, `final` or `idle`",
    "KIND": "`fifo` or `bag`",
    "FULL": "`error`, `drop` or `wait`", "CLAIM_MODIFIER": "`violated` or `unfair`",
    "MARK": "`lost` or `delayed`", "EXTREMUM": "`max` or `min`",
    "CHANNEL_QUESTION": "`empty`, `full` or `count`", "REMOVABLE": "`system` or `define`",
    "WHEN_IDLE": "`only when idle`",
}  # fmt: skip

_VALUES = {"NAME", "INT", "MINUS", "LPAR", "TRUE", "FALSE", "EXTREMUM", "CHANNEL_QUESTION"}
_CONTINUATIONS = {"PLUS", "MINUS", "STAR", "COMPARISON", "AND", "OR", "IMPLIES", "IN"}

MAX_EXPECTED = 8
"""How many things that could stand at a place are listed."""


def _terminal(name: str) -> str:
    if name in _WORDS:
        return _WORDS[name]
    pattern = next(t.pattern for t in _parser().terminals if t.name == name)
    return f"`{pattern.value}`" if pattern.type == "str" else name.lower().replace("_", " ")


def _expected(names: set[str]) -> str:
    """What could stand here, for people: values and operators are not listed one by one."""
    rest, words = set(names), []
    if rest >= _VALUES:
        rest -= _VALUES | {"NOT"}
        words.append("a value")
    if rest >= _CONTINUATIONS:
        rest -= _CONTINUATIONS
        words.append("an operator")
    words += sorted(_terminal(name) for name in rest)
    if len(words) > MAX_EXPECTED:
        words = [*words[:MAX_EXPECTED], "…"]
    return " or ".join(words) if len(words) < 3 else f"{', '.join(words[:-1])} or {words[-1]}"


def _mistake(found: str, expected: set[str]) -> str | None:
    """A hint for the mistakes that people make most."""
    if found == "=" and "__ANON_0" not in expected and ":=" in map(_spelled, expected):
        return "an assignment is written `:=`"
    if found == "=" and "COMPARISON" in expected:
        return "equality is written `==`"
    if found == ":=" and "COMPARISON" in expected:
        return "equality is written `==`"
    if found == "," and ";" in map(_spelled, expected):
        return "actions are separated by `;`"
    if found == "" and "RBRACE" in expected:
        return "a `}` is missing"
    if found.isidentifier() and "NAME" in expected:
        return f"`{found}` is a word of the language: choose another name"
    return None


def _spelled(name: str) -> str:
    return _terminal(name).strip("`")


def _report(unexpected: UnexpectedInput, source: Source, found: Diagnostics) -> None:
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken

    if isinstance(unexpected, UnexpectedToken):
        token = unexpected.token
        expected = set(unexpected.accepts or unexpected.expected)
        text = "" if token.type == "$END" else str(token)
    else:
        assert isinstance(unexpected, UnexpectedCharacters)
        expected, text = set(unexpected.allowed or ()), unexpected.char
    span = _place(unexpected, source, text)
    what = f"unexpected `{text[:40]}`" if text else "the file ends too early"
    hint = _mistake(text, expected) or ('a text ends with `"` on its line' if text == '"' else None)
    found.error("syntax", span, f"{what}; expected {_expected(expected)}", hint=hint)


def _place(unexpected: UnexpectedInput, source: Source, text: str) -> Span:
    if text:
        line, column = unexpected.line, unexpected.column
        return Span(source, line, column, line, column + len(text))
    lines = source.text.rstrip().split("\n")
    line, column = len(lines), max(1, len(lines[-1]))
    return Span(source, line, column, line, column + 1)
