"""What rows consist of: outcomes, and the moves that lead to them.

A *move* is a line with its event and what it sends, and whether it fails. An outcome is a move and
the local state that it leads to: few moves lead to many local states.
"""

from typing import NamedTuple

import numpy as np

from tcpspec.explore.columns import Column, Numbers, Records
from tcpspec.explore.refused import Refusal, Refused


class Move(NamedTuple):
    """Numbers of the line and of its event, the kind of the latter; where its sends begin, and how
    many there are; 1 if it fails.
    """

    line: int
    kind: int
    event: int
    first_send: int
    sends: int
    fails: int


class Outcomes:
    """Outcomes as columns: where each leads, ``after``; its ``move``; and the columns of the moves.

    Each is appended to ``words`` as one number.
    """

    AFTER = 32
    """From which bit on the local state stands, or ``NEVER``; the move stands below."""

    MOST = 1 << AFTER - 1
    """So many local states, or moves."""

    def __init__(self, moves: Records) -> None:
        self.words: list[int] = []
        self._moves, self._numbers = moves, Column()
        self._columns = {name: Column() for name in ("after", "move", *moves.names)}

    @classmethod
    def word(cls, after: int, move: int) -> int:
        if after >= cls.MOST or move >= cls.MOST:
            raise Refused(Refusal.BITS, bits=cls.AFTER - 1, what="local states or outcomes")
        return after << cls.AFTER | move

    def __len__(self) -> int:
        return len(self.words)

    @property
    def numbers(self) -> Numbers:
        """The words as an array."""
        known = len(self._numbers)
        if known < len(self.words):
            self._numbers.add(np.array(self.words[known:], np.int64))
        return self._numbers.numbers

    @classmethod
    def after(cls, words: Numbers) -> Numbers:
        """Where these outcomes lead."""
        return words >> cls.AFTER

    @classmethod
    def move(cls, words: Numbers) -> Numbers:
        """Their moves."""
        return words & (1 << cls.AFTER) - 1

    def __getitem__(self, name: str) -> Numbers:
        """A column, with a row for each outcome."""
        column = self._columns[name]
        if len(column) < len(self.words):
            new = self.numbers[len(column) :]
            column.add(self.after(new) if name == "after" else self._of_move(name, new))
        return column.numbers

    def _of_move(self, name: str, words: Numbers) -> Numbers:
        moves = self.move(words)
        return moves if name == "move" else self._moves[name][moves]
