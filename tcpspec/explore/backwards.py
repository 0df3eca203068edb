"""What leads where, found again from layers of packed states: first runs, and ways to somewhere."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

import numpy as np

from tcpspec.explore.columns import Flags, Numbers
from tcpspec.explore.expansion import Tables, spread
from tcpspec.explore.packing import Packing, Words
from tcpspec.record import Record
from tcpspec.semantics.state import GlobalState

# --- the first shortest run -------------------------------------------------------------------


class Path(Record):
    """The first shortest run to one of some states: its states, and its step from each of them.

    ``steps`` begins with the number of the initial state.
    """

    states: tuple[GlobalState, ...]
    steps: tuple[int, ...]

    @property
    def order(self) -> tuple[int, tuple[int, ...]]:
        """What comes first: the shorter path; of the same length, by the first other step."""
        return len(self.steps), self.steps


Leads: TypeAlias = Callable[[int, Words], Words]
"""The expanded states of a layer with a step to one of these states of the next."""


def first_path(tables: Tables, packing: Packing, layer: int, targets: Words, leads: Leads) -> Path:
    """The path to the first of these states of a layer.

    First backwards: of each layer before, the states that lead on. Then forwards, always by the
    first step, as the interpreter has them, to a state that leads on.
    """
    leading = [targets]
    for number in range(layer - 1, -1, -1):
        leading.append(leads(number, leading[-1]))
    ts = tables.components.transition_system
    states: list[GlobalState] = []
    steps: list[int] = []
    options: Sequence[GlobalState | None] = ts.initial_states()
    for words in reversed(leading):
        nth, state = _first_among(options, words, tables, packing)
        states.append(state)
        steps.append(nth)
        options = [successor.state for successor in ts.successors(state)]
    return Path(tuple(states), tuple(steps))


def _first_among(
    options: Sequence[GlobalState | None], words: Words, tables: Tables, packing: Packing
) -> tuple[int, GlobalState]:
    """The first option that is one of these states."""
    for nth, state in enumerate(options):
        packed = None if state is None else packed_state(state, tables, packing)
        if packed is not None and (words == packed).all(axis=0).any():
            assert state is not None
            return nth, state
    raise AssertionError("a layer leads to the next one")


def packed_state(state: GlobalState, tables: Tables, packing: Packing) -> Words | None:
    """A state in words; None for one that was never found: it has no room in them. Others may be
    without room by now; who asks may have had values numbered that are in no state at all.
    """
    numbers = tables.components.known(state)
    if numbers is None:
        return None
    try:
        return packing.pack([np.array([number]) for number in numbers])
    except OverflowError:
        return None


# --- all that can get somewhere ---------------------------------------------------------------


class Backward:
    """The edges between all states that were found, the other way round.

    They take eight bytes each, and twice that while they are put in order; so they are made only
    when somebody asks.
    """

    def __init__(self, states: int, edges: Iterable[tuple[Numbers, Numbers]]) -> None:
        """``edges`` are pieces of sources and targets, by the numbers of the states."""
        if states >> 32:
            raise OverflowError("an edge has 32 bits for each state")
        self._states = states
        pieces = [
            target.view(np.uint64) << np.uint64(32) | source.view(np.uint64)
            for source, target in edges
        ]
        both = np.concatenate(pieces or [np.zeros(0, np.uint64)])
        del pieces
        both.sort()
        self._sources = (both & np.uint64(0xFFFFFFFF)).astype(np.uint32)
        both >>= np.uint64(32)
        self._first = np.searchsorted(both, np.arange(self._states + 1, dtype=np.uint64))

    def leading_to(self, goals: Flags) -> Flags:
        """The states from which some run leads to a goal, the goals among them."""
        marked = goals.copy()
        todo: Numbers = np.flatnonzero(marked)
        while len(todo):
            first = self._first[todo]
            _, edge = spread(first, self._first[todo + 1] - first)
            sources = self._sources[edge]
            todo = np.unique(sources[~marked[sources]]).astype(np.int64)
            marked[todo] = True
        return marked
