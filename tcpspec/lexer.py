"""Specifications in colour, for Pygments and all that use it: documentation, terminals, notebooks.

It is found by its entry point, as ``fsm`` or ``tcpspec``, and for files that end in ``.fsm``.
"""

from collections.abc import Callable
from typing import Any

from pygments.lexer import RegexLexer, bygroups, words
from pygments.token import (
    Comment,
    Keyword,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Whitespace,
    _TokenType,
)

from tcpspec.model.reserved import WORDS

_groups: Callable[..., Any] = bygroups  # has no types
_NAME = r"[^\W\d]\w*(?:\.[^\W\d]\w*)*"
_SPACE = r"(\s+)"

_KINDS: dict[_TokenType, str] = {
    Keyword.Constant: "true false",
    Keyword.Type: "bool mod fifo bag",
    Name.Builtin: "max min count full empty any",
    Operator.Word: "and or not implies in",
    Keyword.Declaration: (
        "protocol extends include const type message call timer define machine ordered persistent "
        "var port state initial final idle system channel init bound check scenario impossible"
    ),
}
"""Words that are no plain keywords."""


def _words(text: str) -> words:
    return words(text.split(), suffix=r"(?![\w.])")


class TcpspecLexer(RegexLexer):
    """The words, names and signs of ``.fsm``. What no specification can contain is an error."""

    name = "tcpspec"
    aliases = ("fsm", "tcpspec")
    filenames = ("*.fsm",)

    tokens = {  # noqa: RUF012 -- Pygments asks for it like this
        "root": [
            (r"\s+", Whitespace),
            (r"##[^\n]*", String.Doc),
            (r"#[^\n]*", Comment.Single),
            (r'(@)(\s*)("[^"\n]*")', _groups(Punctuation, Whitespace, String.Other)),
            (r'"[^"\n]*"', String.Double),
            (
                rf"(every){_SPACE}(state|transition){_SPACE}(reachable|used)\b",
                _groups(Keyword, Whitespace, Keyword, Whitespace, Keyword),
            ),
            (
                rf"(protocol|machine|system){_SPACE}({_NAME})",
                _groups(Keyword.Declaration, Whitespace, Name.Class),
            ),
            (
                rf"(state){_SPACE}({_NAME})",
                _groups(Keyword.Declaration, Whitespace, Name.Label),
            ),
            (rf"(->)(\s*)({_NAME})", _groups(Operator, Whitespace, Name.Label)),
            (rf"{_NAME}(?:\+{_NAME})+", Name.Entity),
            *((_words(text), kind) for kind, text in _KINDS.items()),
            (_words(" ".join(WORDS)), Keyword),
            (_NAME, Name),
            (r"\d+", Number.Integer),
            (r":=|<->|->|==|!=|<=|>=|\.\.|[-+*<>=|]", Operator),
            (r"[][{}(),;:/]", Punctuation),
        ]
    }
