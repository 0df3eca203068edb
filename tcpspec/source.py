"""Where something stands in a specification: files and places in them."""

import re
from dataclasses import dataclass
from functools import cached_property

_COMMENT = re.compile(r'("[^"\n]*")|#[^\n]*')


@dataclass(frozen=True, eq=False)
class Source:
    """One file of a specification: the name people know it by, and its text."""

    name: str
    text: str

    @cached_property
    def lines(self) -> list[str]:
        """The lines as the parser counts them: they end at a line feed, not at the other
        characters that ``str.splitlines`` takes for ends of lines.
        """
        return self.text.split("\n")

    def line(self, number: int) -> str:
        """The line with this number, counted from 1, without its end; empty if there is none."""
        return self.lines[number - 1].rstrip("\r") if 0 < number <= len(self.lines) else ""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one file. Lines and columns count from 1; the end is exclusive."""

    source: Source
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.source.name}:{self.line}:{self.column}"

    @property
    def place(self) -> str:
        """File and line, for people who look something up."""
        return f"{self.source.name}:{self.line}"

    @property
    def text(self) -> str:
        """What stands there, on one line: without comments, white space folded."""
        lines = self.source.lines[self.line - 1 : self.end_line]
        lines[-1:] = [line[: self.end_column - 1] for line in lines[-1:]]
        lines[:1] = [line[self.column - 1 :] for line in lines[:1]]
        return " ".join(" ".join(_COMMENT.sub(r"\1", line) for line in lines).split())
