"""What rows consist of: outcomes, and the moves that lead to them.

A *move* is a line with its event and what it sends, and whether it fails. An outcome is a move and
the local state that it leads to: few moves lead to many local states.
"""

import numpy as np

from tcpspec.explore.columns import Column, Numbers, Records
from tcpspec.explore.refused import Refusal, Refused


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
        self._moves = moves
        self._columns = {name: Column() for name in ("after", "move", *moves.names)}

    @classmethod
    def word(cls, after: int, move: int) -> int:
        if after >= cls.MOST or move >= cls.MOST:
            raise Refused(Refusal.BITS, bits=cls.AFTER - 1, what="local states or outcomes")
        return after << cls.AFTER | move

    def __len__(self) -> int:
        return len(self.words)

    def __getitem__(self, name: str) -> Numbers:
        """A column, with a row for each outcome."""
        column = self._columns[name]
        if len(column) < len(self.words):
            column.add(self._new(name, len(column)))
        return column.numbers

    def _new(self, name: str, first: int) -> Numbers:
        """A column from here on."""
        if name not in ("after", "move"):
            return self._moves[name][self["move"][first:]]
        words = np.array(self.words[first:], np.int64)
        return words >> self.AFTER if name == "after" else words & (1 << self.AFTER) - 1
