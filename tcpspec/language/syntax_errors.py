"""Syntax errors as findings: what was found, what could stand there, and what was meant."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from tcpspec.diagnostics import Diagnostics
from tcpspec.language.lalr import Parser, Unexpected
from tcpspec.language.mistakes import mistake
from tcpspec.language.tokens import Scan
from tcpspec.source import Source

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


@dataclass(frozen=True)
class SyntaxFault:
    """One error of the parser, in the segment of the text that begins at ``start``."""

    parser: Parser
    source: Source
    unexpected: Unexpected
    start: int = 0

    def report(self, found: Diagnostics) -> int:
        """Add the finding; returns where the mistake was made, to go on behind it."""
        known = mistake(self._scan, {self._spelled(name) for name in self.unexpected.accepted})
        word = self._scan.word()
        if known is None:
            found.error("syntax", word.span(self.source), self._general(word.text))
            return word.start
        at = known.at or word
        found.error(
            "syntax", at.span(self.source), known.message, hint=known.hint, notes=known.notes
        )
        return min(at.start, word.start)

    @cached_property
    def _scan(self) -> Scan:
        return Scan(self.source, self.start, self.unexpected.position)

    # --- for people ---

    def _general(self, text: str) -> str:
        what = f"unexpected `{text[:40]}`" if text else "the file ends too early"
        return f"{what}; expected {self._listed()}"

    def _listed(self) -> str:
        """What could stand here: values and operators are not listed one by one."""
        rest, words = set(self.unexpected.accepted), []
        if rest >= _VALUES:
            rest -= _VALUES | {"NOT"}
            words.append("a value")
        if rest >= _CONTINUATIONS:
            rest -= _CONTINUATIONS
            words.append("an operator")
        words += sorted(self._terminal(name) for name in rest)
        if len(words) > MAX_EXPECTED:
            words = [*words[:MAX_EXPECTED], "…"]
        return " or ".join(words) if len(words) < 3 else f"{', '.join(words[:-1])} or {words[-1]}"

    def _terminal(self, name: str) -> str:
        if name in _WORDS:
            return _WORDS[name]
        literal = self.parser.literals[name]
        return f"`{name.lower().replace('_', ' ') if literal is None else literal}`"

    def _spelled(self, name: str) -> str:
        return self._terminal(name).strip("`")
