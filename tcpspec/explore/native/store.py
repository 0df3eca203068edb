"""The table of all states that are known: exact, a slot of so many words for each state.

A slot is empty (0) or holds a state, its first word inverted. Slots are found by the high bits of a
hash, the highest of which say to which partition a state belongs. A partition counts as full at
three quarters of its slots; then the whole table grows.
"""

from collections.abc import Callable, Iterable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from tcpspec.explore.columns import Numbers
from tcpspec.explore.native.code import Code
from tcpspec.explore.native.layout import PARTITIONS, Shared
from tcpspec.explore.native.program import address

States: TypeAlias = NDArray[np.uint64]
"""States in words, a row for each state."""

SLOT_BITS = 14
"""A table begins with 2 ** so many slots."""

PIECE = 16
"""Partitions that are moved at once, so that no call takes long."""


class TooLarge(Exception):
    """There is no memory for a larger table."""


class Store:
    """``may`` says whether so many bytes more may be taken."""

    def __init__(
        self, code: Code, shared: NDArray[np.int64], words: int, may: Callable[[int], bool]
    ) -> None:
        self._code, self._shared, self._words, self._may = code, shared, words, may
        self._counts = np.zeros(1 << PARTITIONS, np.int64)
        shared[Shared.PARTITIONS], shared[Shared.COUNTS] = PARTITIONS, address(self._counts)
        self._slots = np.zeros((0, words), np.uint64)
        self._use(SLOT_BITS, self._empty(SLOT_BITS))

    @property
    def nbytes(self) -> int:
        return self._slots.nbytes

    @property
    def size(self) -> int:
        """How many slots there are."""
        return len(self._slots)

    def _empty(self, bits: int) -> States:
        if not self._may((8 * self._words) << bits):
            raise TooLarge
        try:
            return np.zeros((1 << bits, self._words), np.uint64)
        except MemoryError:
            raise TooLarge from None

    def _use(self, bits: int, slots: States) -> None:
        self._bits, self._slots = bits, slots
        self._shared[Shared.TABLE], self._shared[Shared.SLOT_BITS] = address(slots), bits

    def grow(self) -> None:
        """Twice as many slots; four times as many while it is small. Raises ``TooLarge``."""
        bits, old, old_bits = self._bits + (2 if self._bits < 18 else 1), self._slots, self._bits
        self._use(bits, self._empty(bits))
        for first in range(0, 1 << PARTITIONS, PIECE):
            self._code.rehash(address(self._shared), address(old), old_bits, first, first + PIECE)

    def add(self, states: States) -> None:
        """Take in states that are not there."""
        done, shared = 0, address(self._shared)
        while done < len(states):
            last = min(len(states), done + (1 << 18))
            reached = self._code.add(shared, address(states), done, last)
            if reached < last:
                self.grow()
            done = reached

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
