"""The table of the native engine: how it grows."""

from typing import Any, cast

import numpy as np
import pytest

from tcpspec.explore.native import store
from tcpspec.explore.native.layout import Shared
from tcpspec.explore.native.store import LARGE_BITS, Store, TooLarge


class _Moves:
    """Kernels that are only asked to move slots."""

    def __init__(self) -> None:
        self.moved = 0

    def rehash(self, _shared: int, _old: int, first: int, last: int) -> None:
        self.moved += last - first


def table(bits: int, most: int | None = None) -> tuple[Store, _Moves]:
    """An empty table with so many slots, in base 2, which may take so many bytes."""
    moves = _Moves()
    shared = np.zeros(len(Shared), np.int64)
    found = Store(cast(Any, moves), shared, 1, lambda size: most is None or size <= most)
    assert found.slots == 1 << bits
    return found, moves


def test_small_tables_grow_to_eight_times_their_size_and_large_ones_to_twice_that(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(store, "SLOT_BITS", LARGE_BITS - 5)
    found, moves = table(LARGE_BITS - 5)
    sizes = []
    for _ in range(3):
        found.grow()
        sizes.append(found.slots.bit_length() - 1)
    assert sizes == [LARGE_BITS - 2, LARGE_BITS, LARGE_BITS + 1]
    assert moves.moved == sum(1 << LARGE_BITS - less for less in (5, 2, 0))


def test_where_memory_is_short_they_grow_as_far_as_there_is_some() -> None:
    found, _ = table(store.SLOT_BITS, most=8 << store.SLOT_BITS + 2)
    found.grow()
    assert found.slots == 1 << store.SLOT_BITS + 1
    found.grow()
    assert found.slots == 1 << store.SLOT_BITS + 2
    with pytest.raises(TooLarge):
        found.grow()
    assert found.slots == 1 << store.SLOT_BITS + 2


def test_they_leave_room_for_the_states_themselves() -> None:
    """No more than a quarter of what is left is taken for being faster."""
    large = 8 << store.SLOT_BITS + 3
    for most, bits in ((4 * large, 3), (4 * large - 1, 1)):
        found, _ = table(store.SLOT_BITS, most=most)
        found.grow()
        assert found.slots == 1 << store.SLOT_BITS + bits
