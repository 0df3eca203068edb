"""What one thread reads and writes while kernels run: numbers of its own, and buffers."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from tcpspec.explore.columns import Numbers
from tcpspec.explore.native.layout import REQUEST, Own, Segment
from tcpspec.explore.native.program import Program
from tcpspec.explore.native.records import address

States: TypeAlias = NDArray[np.uint64]
"""States in words, a row for each state."""

Piece: TypeAlias = tuple[int, int, Numbers | None]
"""States to expand: a range of a layer, or of a list of its states."""

REQUESTS = 4096
"""So many missing entries a thread may ask for at once."""

LARGE = 1 << 20
"""There is room for so many new states at once, where many were found."""

STAGE = 1024
"""For so many successors of a few states there is room at first."""


class Thread:
    """``room`` is for how many new states there is room, beside ``stage``. With ``origins``, all
    successors count as new, and of each it is kept which state it comes from.

    New states are written one behind the other, so that those of a layer need not be moved.
    """

    def __init__(
        self, program: Program, words: int, room: int, stage: int, *, origins: bool = False
    ) -> None:
        bounds, room = max(1, len(program.tables.system.bounds)), room + stage
        self.stage = stage
        self.cuts = np.zeros(bounds, np.int64)
        """How many steps each bound cut."""
        self._requests = np.zeros((REQUESTS, REQUEST), np.int64)
        self._pending = np.zeros(0, np.int64)
        self._found = np.empty((room, words), np.uint64)
        self._begun = self._kept = 0
        self._origins = np.empty(room if origins else 0, np.int64)
        self.own = np.zeros(len(Own), np.int64)
        self._arrays = {
            Own.CUTS: self.cuts,
            Own.REQUESTS: self._requests,
            Own.PENDING: self._pending,
            Own.NOW: np.zeros(program.components + 1, np.int64),
            Own.BEFORE: np.zeros(program.components + 1, np.int64),
            Own.PLACES: np.zeros(program.components, np.int64),
            Own.SEGMENTS: np.zeros((program.components + 1, len(Segment)), np.int64),
            Own.STAGE: np.empty((stage, words), np.uint64),
            Own.SLOTS: np.empty(stage, np.int64),
            Own.USES: np.empty(stage, np.int64),
            Own.SOURCES: np.empty(stage, np.int64),
            Own.STATE_CUTS: np.zeros(bounds, np.int64),
            Own.ARGUMENTS: np.zeros(REQUEST, np.int64),
        }
        for place, array in self._arrays.items():
            self.own[place] = address(array)
        self.own[Own.ORIGINS] = address(self._origins) if origins else 0
        self.own[Own.STAGED] = stage
        self.own[Own.REQUEST_ROOM] = REQUESTS
        self.at = address(self.own)
        self._point()

    @property
    def transitions(self) -> int:
        return int(self.own[Own.TRANSITIONS])

    @property
    def first(self) -> int:
        """Up to which state, of those that were given, all are done."""
        return int(self.own[Own.FIRST])

    def give(self, first: int, last: int, numbers: Numbers | None = None) -> None:
        """Which states to expand: a range, or those of a list; any of them may have to wait."""
        waiting = int(self.own[Own.PENDINGS])
        if len(self._pending) < last - first + waiting:
            pending = np.empty(last - first + waiting, np.int64)
            pending[:waiting] = self._pending[:waiting]
            self._pending = pending
            self.own[Own.PENDING] = address(pending)
        self.own[Own.FIRST], self.own[Own.LAST] = first, last
        self.own[Own.LIST] = 0 if numbers is None else address(numbers)

    def asked(self, components: Numbers) -> None:
        """Which components a predicate mentions."""
        self.own[Own.ASKED], self.own[Own.ASKED_COUNT] = address(components), len(components)

    def allow(self, states: int) -> None:
        """How many new states it may put into the table."""
        self.own[Own.QUOTA] = states

    # --- what came out ---

    @property
    def count(self) -> int:
        """How many new states there are."""
        return int(self.own[Own.COUNT])

    def found(self) -> States:
        """The new states; they may be written over after ``take_found``."""
        return self._found[self._kept : self._kept + self.count]

    def keep_found(self) -> States:
        """The new states, which nobody writes over before ``reuse``. Raises ``MemoryError``."""
        found = self.found()
        self._kept += len(found)
        if len(self._found) - self._kept < 2 * self.stage:
            room = min(2 * len(self._found), max(LARGE, 3 * self.stage))
            self._found = np.empty((room, self._found.shape[1]), np.uint64)
            self._begun = self._kept = 0
        self._point()
        return found

    def settle(self) -> None:
        """What was kept stays where it stands."""
        self._begun = self._kept

    def reuse(self) -> None:
        """What was kept since then is elsewhere now: the next goes there."""
        self._kept = self._begun
        self._point()

    def _point(self) -> None:
        """Where the next new states go."""
        self.own[Own.FOUND] = address(self._found[self._kept :])
        self.own[Own.COUNT], self.own[Own.ROOM] = 0, len(self._found) - self._kept

    def origins(self) -> Numbers:
        """The state that each of them comes from."""
        return self._origins[: self.count]

    def take_found(self) -> None:
        self.own[Own.COUNT] = 0

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
