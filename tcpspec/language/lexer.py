"""Text to tokens, as the parser's state allows: what may not stand in a place is not looked for.

It finds what Lark's contextual lexer finds, by the same rules: terminals are tried in the order of
priority and length, and a word of the language is one only where it may stand and is the whole
word. That lexer compiles a regular expression for each set of terminals that may stand somewhere, a
hundred at each start; here each terminal has one of its own, and a word needs none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from lark.exceptions import UnexpectedCharacters
from lark.lexer import Lexer, TerminalDef, Token


class _Candidate(NamedTuple):
    """A terminal that may stand in a place: a text, or a pattern and which texts mean others."""

    name: str
    text: str
    pattern: re.Pattern[str] | None
    others: dict[str, str]


class StateLexer(Lexer):
    """The lexer of a grammar in which only what is ignored has line ends in it."""

    __future_interface__ = 2

    def __init__(self, conf: Any) -> None:
        ignored = [t.pattern.to_regexp() for t in conf.terminals if t.name in conf.ignore]
        self._ignored = re.compile(f"(?:{'|'.join(ignored)})*+")
        self._terminals = sorted(conf.terminals, key=_rank)
        self._candidates: dict[int, Sequence[_Candidate]] = {}

    def lex(self, lexer_state: Any, parser_state: Any) -> Iterator[Token]:
        """The tokens of a text; the parser's state is another one after each."""
        text: str = lexer_state.text.text
        line, line_start, end = 1, 0, 0
        while True:
            start = self._behind_ignored(text, end)
            if feeds := text.count("\n", end, start):
                line += feeds
                line_start = text.rindex("\n", end, start) + 1
            if start == len(text):
                return
            column = start - line_start + 1
            name, end = self._next(text, start, parser_state)
            if not name:
                raise UnexpectedCharacters(text, start, line, column)  # type: ignore[no-untyped-call]
            yield Token(name, text[start:end], start, line, column, line, column + end - start, end)

    def _behind_ignored(self, text: str, start: int) -> int:
        found = self._ignored.match(text, start)
        return found.end() if found else start

    def _next(self, text: str, start: int, parser_state: Any) -> tuple[str, int]:
        """The terminal that stands here and where it ends; no name if it is none that may."""
        for name, literal, pattern, others in self._candidates_in(parser_state):
            if pattern is None:
                if text.startswith(literal, start):
                    return name, start + len(literal)
            elif found := pattern.match(text, start):
                return others.get(found[0], name), found.end()
        return "", start

    def _candidates_in(self, parser_state: Any) -> Sequence[_Candidate]:
        position = parser_state.position
        if position not in self._candidates:
            accepted = parser_state.parse_conf.states[position]
            self._candidates[position] = _candidates(
                [terminal for terminal in self._terminals if terminal.name in accepted]
            )
        return self._candidates[position]


def _rank(terminal: TerminalDef) -> tuple[int, int, int, str]:
    """Which terminals are tried first."""
    pattern = terminal.pattern
    return -terminal.priority, -pattern.max_width, -len(pattern.value), terminal.name


def _candidates(terminals: Iterable[TerminalDef]) -> list[_Candidate]:
    """A text that is an instance of a pattern is looked for only when the pattern matches."""
    texts = {t.pattern.value: t for t in terminals if t.pattern.type == "str"}
    found = []
    for terminal in terminals:
        if terminal.pattern.type == "str":
            found.append(_Candidate(terminal.name, terminal.pattern.value, None, {}))
            continue
        pattern = re.compile(terminal.pattern.to_regexp())
        others = {
            text: other.name
            for text, other in texts.items()
            if other.priority == terminal.priority and pattern.fullmatch(text)
        }
        found.append(_Candidate(terminal.name, "", pattern, others))
    covered = {text for candidate in found for text in candidate.others}
    return [candidate for candidate in found if candidate.text not in covered]
