"""What one thread reads and writes while kernels run: numbers of its own, and buffers."""

from typing import TypeAlias

import numpy as np

from tcpspec.explore.columns import Numbers
from tcpspec.explore.native.layout import PARTITIONS, REQUEST, Own
from tcpspec.explore.native.program import Program, address

REQUESTS = 4096
"""So many missing entries a thread may ask for at once."""

STAGE = 64
"""For so many successors of one state there is room at first."""

Piece: TypeAlias = tuple[int, int, Numbers | None]
"""States to expand: a range of a layer, or of a list of its states."""


class Thread:
    """``room`` is for how many successors each partition of its buffer has room."""

    def __init__(self, program: Program, words: int, room: int, stage: int = STAGE) -> None:
        parts, bounds = 1 << PARTITIONS, max(1, len(program.tables.system.bounds))
        self.cuts = np.zeros(bounds, np.int64)
        """How many steps each bound cut."""
        self._requests = np.zeros((REQUESTS, REQUEST), np.int64)
        self._pending = np.zeros(0, np.int64)
        self.own = np.zeros(len(Own), np.int64)
        self._arrays = {
            Own.CUTS: self.cuts,
            Own.REQUESTS: self._requests,
            Own.PENDING: self._pending,
            Own.NOW: np.zeros(program.components + 1, np.int64),
            Own.BEFORE: np.zeros(program.components + 1, np.int64),
            Own.STAGE: np.empty((stage, words), np.uint64),
            Own.LINES: np.empty(stage, np.int64),
            Own.BUFFER: np.empty((parts * room, words), np.uint64),
            Own.FILLED: np.zeros(parts, np.int64),
            Own.FRESH: np.zeros(parts, np.int64),
            Own.STATE_CUTS: np.zeros(bounds, np.int64),
            Own.ARGUMENTS: np.zeros(REQUEST, np.int64),
        }
        for place, array in self._arrays.items():
            self.own[place] = address(array)
        self.own[Own.REQUEST_ROOM], self.own[Own.STAGED] = REQUESTS, stage
        self.at = address(self.own)
        self.room, self.staged = room, stage
        self.buffer = self._arrays[Own.BUFFER]

    @property
    def transitions(self) -> int:
        return int(self.own[Own.TRANSITIONS])

    @property
    def filled(self) -> int:
        """How many successors are in the buffer."""
        return int(self._arrays[Own.FILLED].sum())

    def take_filled(self) -> int:
        """The same of a buffer that is not divided, which is empty then."""
        count = int(self._arrays[Own.FILLED][0])
        self._arrays[Own.FILLED][0] = 0
        return count

    def give(self, first: int, last: int, numbers: Numbers | None = None) -> None:
        """Which states to expand: a range, or those of a list; any of them may have to wait."""
        most = last - first + int(self.own[Own.PENDINGS])
        if len(self._pending) < most:
            pending = np.empty(most, np.int64)
            pending[: self.own[Own.PENDINGS]] = self._pending[: self.own[Own.PENDINGS]]
            self._pending = pending
            self.own[Own.PENDING] = address(pending)
        self.own[Own.FIRST], self.own[Own.LAST] = first, last
        self.own[Own.LIST] = 0 if numbers is None else address(numbers)

    def take_pending(self) -> Numbers:
        """The states that have to wait for an entry."""
        pending = self._pending[: self.own[Own.PENDINGS]].copy()
        self.own[Own.PENDINGS] = 0
        return pending

    def take_requests(self) -> Numbers:
        """The entries that are missing, a row for each."""
        requests = self._requests[: self.own[Own.REQUESTED]].copy()
        self.own[Own.REQUESTED] = 0
        return requests
