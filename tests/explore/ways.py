"""Ways to search that must change nothing: engines, how large things are, who searches when."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from tcpspec.check import Result, check
from tcpspec.explore import engines, expansion, packing, table
from tcpspec.explore.columns import Table
from tcpspec.explore.engines import Engine
from tcpspec.explore.limits import Checkpoints
from tcpspec.explore.native import search, slots, space, store, thread
from tcpspec.explore.packing import Keys, Packing, Words
from tcpspec.explore.space import StateSpace
from tcpspec.model.model import Specification
from tests.explore.contract import same

Change = Callable[[pytest.MonkeyPatch], None]


def as_it_is(patch: pytest.MonkeyPatch) -> None:
    """Nothing is changed."""


@dataclass(frozen=True)
class Way:
    """An engine, and a change that has it do what it seldom does."""

    engine: Engine
    change: Change = as_it_is
    threads: int | None = None

    def __str__(self) -> str:
        return f"{self.engine} {self.change.__name__}"

    def found_as_by(self, reference: Result, spec: Specification) -> Result:
        """What is found this way; it is asked about while the change is in force."""
        with pytest.MonkeyPatch.context() as patch:
            self.change(patch)
            found = check(spec, engine=self.engine, threads=self.threads)
            same(reference, found)
        return found


# --- sizes ------------------------------------------------------------------------------------


def in_small_slices(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(expansion.SliceSize, "FIRST", 3)
    patch.setattr(expansion.SliceSize, "ROWS", 60)
    patch.setattr(search, "SLICE", 3)
    patch.setattr(space, "SLICE", 3)
    patch.setattr(space, "ASK", 5)


def in_short_words(patch: pytest.MonkeyPatch) -> None:
    """So that a state takes several."""
    patch.setattr(packing, "WORD", 7)


def in_two_words(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(packing, "WORD", 14)


def with_sorted_tables(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Table, "DENSE", 2)


def with_numbered_contents(patch: pytest.MonkeyPatch) -> None:
    """No slots for the messages of a fifo."""
    patch.setattr(slots, "slotted", lambda *_: None)


def with_little_room(patch: pytest.MonkeyPatch) -> None:
    """Buffers, tables and lists of what is missing are full at once."""
    patch.setattr(search, "ROOM", 1)
    patch.setattr(search, "STAGE", 1)
    patch.setattr(store, "SLOT_BITS", 3)  # a whole cache line: no table may be smaller
    patch.setattr(thread, "REQUESTS", 1)
    patch.setattr(space, "PIECE", 1)


def with_many_threads(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(search, "ALONE", 0)
    patch.setattr(search, "SLICE", 2)


def with_a_bad_hash(patch: pytest.MonkeyPatch) -> None:
    """The first hash of states that take several words gives most of them the same keys."""
    in_short_words(patch)
    keys = Packing.keys

    def few_keys(self: Packing, words: Words) -> Keys:
        bad = self.words > 1 and self.seed == 0
        return keys(self, words) & np.uint64(7) if bad else keys(self, words)

    patch.setattr(Packing, "keys", few_keys)


SIZES = [
    Way(Engine.TABLE, in_small_slices),
    Way(Engine.TABLE, in_short_words),
    Way(Engine.TABLE, with_sorted_tables),
    Way(Engine.TABLE, with_a_bad_hash),
    Way(Engine.NATIVE, with_a_bad_hash),
    Way(Engine.NATIVE, in_small_slices, threads=1),
    Way(Engine.NATIVE, in_short_words, threads=1),
    Way(Engine.NATIVE, in_two_words),
    Way(Engine.NATIVE, with_sorted_tables, threads=1),
    Way(Engine.NATIVE, with_numbered_contents),
    Way(Engine.NATIVE, with_little_room, threads=3),
    Way(Engine.NATIVE, with_many_threads, threads=4),
]


# --- handing over -----------------------------------------------------------------------------


def hand_over(patch: pytest.MonkeyPatch, after: int) -> None:
    """``auto`` leaves the reference after so many states, however narrow the layers are."""
    patch.setattr(engines, "HAND_OVER", after)
    patch.setattr("tcpspec.explore.reference.LOOK_EVERY", 1)
    patch.setattr("tcpspec.explore.reference.WIDE", 0)
    patch.setattr("tcpspec.explore.reference.GROWS", float("inf"))


def handing_over_at_once(patch: pytest.MonkeyPatch) -> None:
    hand_over(patch, after=0)


def handing_over_after_3(patch: pytest.MonkeyPatch) -> None:
    hand_over(patch, after=3)


def handing_over_after_20(patch: pytest.MonkeyPatch) -> None:
    hand_over(patch, after=20)


HANDING_OVER = {
    Way(Engine.AUTO, handing_over_at_once): 0,
    Way(Engine.AUTO, handing_over_after_3): 3,
    Way(Engine.AUTO, handing_over_after_20): 20,
}
"""And the most states that are left to the reference."""


# --- questions between the layers -------------------------------------------------------------


class Curious(Checkpoints):
    """Asks before each layer, and is never content."""

    def due(self, states: int) -> bool:
        return True

    def settled(self, space: StateSpace) -> bool:
        space.unspecified()
        assert space.ends is not None
        return False


def curious(patch: pytest.MonkeyPatch) -> None:
    hand_over(patch, after=3)
    patch.setattr(engines, "_settled", lambda *_: False)
    patch.setattr(search, "Checkpoints", Curious)
    patch.setattr(table, "Checkpoints", Curious)


def curious_with_table(patch: pytest.MonkeyPatch) -> None:
    curious(patch)
    patch.setattr(engines, "_compiled", lambda: False)


def curious_with_native(patch: pytest.MonkeyPatch) -> None:
    curious(patch)
    patch.setattr(engines, "_compiled", lambda: True)


def curious_in_two_words(patch: pytest.MonkeyPatch) -> None:
    curious_with_native(patch)
    in_two_words(patch)


CURIOUS = [
    Way(Engine.AUTO, curious_with_table),
    Way(Engine.AUTO, curious_with_native),
    Way(Engine.AUTO, curious_in_two_words),
]
"""They may have tables filled, behind the back of the kernels; in small words, so that what was
found in them has no room in a state any more.
"""
