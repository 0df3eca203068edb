"""Where a syntax error stands: the words around it, and the brackets that are open there.

The parser's own tokens depend on what may stand in a place, so that after an error they say little.
Here a text is cut without knowing the grammar, and only once there is an error.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from tcpspec.source import Source, Span

_RAW = re.compile(
    r'#[^\n]*|"[^"\n]*"|[^\W\d]\w*(?:\.[^\W\d]\w*)*|[0-9]+'
    r"|<->|-->|->|<-|=>|:=|==|!=|<=|>=|<>|\.\.|&&|\|\||//|/\*|\S"
)
_CLOSES = {"}": "{", "]": "[", ")": "("}
_HEADS = {"machine", "system", "check", "scenario", "state", "in"}
_BEYOND = 200
"""How many characters behind the error are looked at."""

_LONGEST_HEAD = 60
"""How many words the head of a block may have; it is looked for no further."""


class Word(NamedTuple):
    """A word, number, text or sign; the last one of a text is empty and stands at its end."""

    text: str
    start: int
    line: int
    column: int

    @property
    def is_name(self) -> bool:
        return self.text[:1].isidentifier()

    def span(self, source: Source) -> Span:
        width = max(1, len(self.text))
        return Span(source, self.line, self.column, self.line, self.column + width)


class Block(NamedTuple):
    """An open bracket: its sign, and for a brace the head and the kind of what it opened."""

    opener: Word
    kind: str
    head: str


@dataclass(frozen=True)
class Scan:
    """One segment of a text, from ``start``, up to an error at ``position`` and beyond."""

    source: Source
    start: int
    position: int

    @cached_property
    def words(self) -> list[Word]:
        text, found = self.source.text, []
        line = text.count("\n", 0, self.start) + 1
        begin, last = text.rfind("\n", 0, self.start) + 1, self.start
        for match in _RAW.finditer(text, self.start):
            if match.start() > self.position + _BEYOND:
                break
            line += (feeds := text.count("\n", last, match.start()))
            begin = text.rfind("\n", 0, match.start()) + 1 if feeds else begin
            last = match.start()
            if not match[0].startswith("#"):
                found.append(Word(match[0], last, line, last - begin + 1))
        return [*found, self._end]

    @property
    def _end(self) -> Word:
        lines = self.source.text.rstrip().split("\n")
        return Word("", len(self.source.text), len(lines), max(1, len(lines[-1])))

    @cached_property
    def at(self) -> int:
        """The number of the word in which the error was noticed."""
        starts = [word.start for word in self.words]
        return max(0, bisect_right(starts, self.position) - 1)

    def word(self, offset: int = 0) -> Word:
        """A word relative to the error; before the first there are empty ones."""
        number = self.at + offset
        return self.words[number] if 0 <= number < len(self.words) else Word("", 0, 1, 1)

    def sign(self, at: int) -> Word:
        """The sign at a place of the text, as a word."""
        text = self.source.text
        begin = text.rfind("\n", 0, at) + 1
        return Word(text[at], at, text.count("\n", 0, at) + 1, at - begin + 1)

    def begins_line(self, offset: int = 0) -> bool:
        """Whether nothing stands before a word on its line."""
        number = self.at + offset
        return number <= 0 or self.words[number - 1].line < self.words[number].line

    # --- brackets ---

    @cached_property
    def open(self) -> list[Block]:
        """What is open at the error, the innermost last."""
        return self._brackets[0]

    @property
    def kind(self) -> str:
        """What the error stands in: a kind of block, a bracket, or nothing at the top."""
        return self.open[-1].kind if self.open else ""

    @property
    def block(self) -> str:
        """The innermost block with a head around the error."""
        kinds = [block.kind for block in self.open if block.head]
        return kinds[-1] if kinds else ""

    @property
    def misaligned(self) -> tuple[Word, Block] | None:
        """The last closing brace that stands otherwise than the line of what it closes."""
        return self._brackets[1]

    @cached_property
    def _brackets(self) -> tuple[list[Block], tuple[Word, Block] | None]:
        stack: list[Block] = []
        misaligned = None
        for number, word in enumerate(self.words[: self.at]):
            if word.text in _CLOSES.values():
                stack.append(self._block(number))
            elif stack and stack[-1].opener.text == _CLOSES.get(word.text):
                block = stack.pop()
                if block.head and self._indent(word) != self._indent(block.opener):
                    misaligned = (word, block)
        return stack, misaligned

    def _indent(self, word: Word) -> int:
        line = self.source.line(word.line)
        return len(line) - len(line.lstrip())

    def _block(self, number: int) -> Block:
        opener = self.words[number]
        before = self.words[number - 1].text if number else ""
        if opener.text != "{" or before in ("in", "=", ":"):
            return Block(opener, opener.text, "")
        for first in range(number - 1, max(-1, number - _LONGEST_HEAD), -1):
            if self.words[first].text in ("{", "}"):
                break
            if self._is_head(first):
                words = [word.text for word in self.words[first:number]]
                return Block(opener, words[0], _head(words))
        return Block(opener, "{", "")

    def _is_head(self, number: int) -> bool:
        word = self.words[number]
        if word.text not in _HEADS:
            return False
        before = self.words[number - 1] if number else None
        starts = before is None or before.line < word.line or before.text in "{}"
        return starts or (word.text != "in")


def _head(words: list[str]) -> str:
    """``state LISTEN``, ``in A, B``: enough to find it again."""
    if words[0] != "in":
        return " ".join(words[:2])
    text = " ".join(words[:12]).replace(" ,", ",")
    return text if len(words) <= 12 else f"{text} …"
