"""The table of all states that are known: exact, a slot of so many words for each state.

A slot is empty (0) or holds a state, its first word inverted. A state belongs where the high bits
of its hash say, or in the first that is free behind it, in the same cache line first.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

from tcpspec.explore.columns import Numbers
from tcpspec.explore.native.code import Code
from tcpspec.explore.native.layout import LINE, Shared
from tcpspec.explore.native.records import address
from tcpspec.explore.native.thread import States

SLOT_BITS = 14
"""A table begins with 2 ** so many slots: at least a whole cache line, which ``insert`` needs."""

LARGE_BITS = 23
"""Up to here, 64 MiB for states of one word, a table grows to several times its size: moving states
more often, through memory that is new to the process each time, costs more than the room is worth.
"""

PLENTY = 4
"""So many times such a table has to fit into what memory is left: the states need some as well."""

PIECE = 1 << 19
"""Slots or states that are moved at once, so that no call takes long."""


class TooLarge(Exception):
    """There is no memory for a larger table."""


class Store:
    """``may`` says whether so many bytes more may be taken."""

    def __init__(
        self, code: Code, shared: NDArray[np.int64], words: int, may: Callable[[int], bool]
    ) -> None:
        self._code, self._shared, self._words, self._may = code, shared, words, may
        self.states = 0
        self._use(SLOT_BITS, self._empty(SLOT_BITS))

    @property
    def nbytes(self) -> int:
        return self._slots.nbytes

    @property
    def slots(self) -> int:
        """How many there are."""
        return len(self._slots)

    @property
    def free(self) -> int:
        """How many states may be added before it has to grow: at two thirds it is slow."""
        return self.slots * 2 // 3 - self.states

    def _empty(self, bits: int) -> States:
        if not self._may((8 * self._words) << bits):
            raise TooLarge
        try:
            words = np.zeros((self._words << bits) + LINE, np.uint64)
        except MemoryError:
            raise TooLarge from None
        first = -(address(words) // words.itemsize) % LINE
        return words[first : first + (self._words << bits)].reshape(-1, self._words)

    def _use(self, bits: int, slots: States) -> None:
        self._bits, self._slots = bits, slots
        self._shared[Shared.TABLE], self._shared[Shared.SLOT_BITS] = address(slots), bits

    def grow(self, times: int = 8) -> None:
        """So many times as many slots while it is small (a power of two), later twice as many.

        Raises ``TooLarge``.
        """
        old = self._slots
        self._use(*self._larger(times.bit_length() - 1))
        for first in range(0, len(old), PIECE):
            last = min(first + PIECE, len(old))
            self._code.rehash(address(self._shared), address(old), first, last)

    def _larger(self, bits: int) -> tuple[int, States]:
        twice, more = self._bits + 1, min(self._bits + bits, LARGE_BITS)
        if more > twice and self._may(PLENTY * (8 * self._words) << more):
            with suppress(TooLarge):
                return more, self._empty(more)
        return twice, self._empty(twice)

    def add(self, states: States) -> None:
        """Take in states that are not there."""
        while self.free < len(states):
            self.grow()
        for first in range(0, len(states), PIECE):
            last = min(first + PIECE, len(states))
            self._code.add(address(self._shared), address(states), first, last)
        self.states += len(states)

    def locate(self, states: States) -> Numbers:
        """The slot of each state, or -1."""
        found = np.empty(len(states), np.int64)
        self._code.locate(address(self._shared), address(states), len(states), address(found))
        return found


def store_of(
    code: Code, shared: NDArray[np.int64], words: int, may: Callable[[int], bool],
    layers: Iterable[States],
) -> Store:  # fmt: skip
    """A table with all these states."""
    store = Store(code, shared, words, may)
    for layer in layers:
        store.add(layer)
    return store
