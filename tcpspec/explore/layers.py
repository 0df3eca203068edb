"""The space of an engine that keeps packed states, layer by layer, and neither parents nor edges.

What is asked of states is asked of whole layers, on tables. A run is found backwards: of each layer
before the target's, the states that lead on to it; then forwards from the first initial state among
them, always by the first step, in the interpreter's order, to a state that leads on.
"""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import accumulate
from typing import overload

import numpy as np
from numpy.typing import NDArray

from tcpspec.explore.backwards import Backward, Path, first_path, packed_state
from tcpspec.explore.columns import Flags, Numbers
from tcpspec.explore.expansion import (
    ENDED,
    SLICE,
    UNSPECIFIED,
    SliceSize,
    Tables,
    after,
    slices_after,
)
from tcpspec.explore.graph import NOWHERE, Graph, Small, graph_of
from tcpspec.explore.labels import Labels
from tcpspec.explore.limits import Look
from tcpspec.explore.offers import first_offers, offers
from tcpspec.explore.packing import Packing, Words
from tcpspec.explore.run import Run, replay
from tcpspec.explore.space import Fact, Offer, StateSpace
from tcpspec.model.expressions import Expression, may_warn
from tcpspec.semantics.state import End, EndKind, GlobalState


@dataclass(slots=True)
class LayeredSpace(StateSpace):
    """``layers`` has the states, and ``facts`` a byte for each, layer by layer.

    Each layer is ordered by the keys of its states, unless an engine finds them in another way:
    then it has its own ``leading_to`` and ``edges``.
    """

    tables: Tables = field(kw_only=True)
    packing: Packing = field(kw_only=True)
    layers: Sequence[Words] = field(kw_only=True)
    facts: Sequence[NDArray[np.uint8]] = field(kw_only=True)
    starts: list[int] = field(init=False)
    """The number of the first state of each layer, and of all states."""
    _ends: dict[EndKind, tuple[int, End]] | None = None
    _paths: dict[int, Path] = field(default_factory=dict)
    _backward: Backward | None = None
    _finder: "Finder | None" = None

    def __post_init__(self) -> None:
        self.starts = [0, *accumulate(layer.shape[1] for layer in self.layers)]
        self.depth = max(0, len(self.layers) - 1)

    def set_figures(self, transitions: int, cuts: Numbers, used: Flags, size: int) -> None:
        """Steps, how many of them each bound cut, which written lines are used, and bytes."""
        self.transitions = transitions
        self.used = {line for line, one in zip(self.tables.lines, used, strict=True) if one}
        self.bounds = _cut(self.tables, cuts)
        if self.starts[-1]:
            self.bytes_per_state = round(size / self.starts[-1], 1)

    # --- states ---

    @property
    def states(self) -> Sequence[GlobalState]:
        return LazyStates(self)

    def decoded(self, words: Words) -> list[GlobalState]:
        """These states, as the interpreter knows them."""
        columns = [column.tolist() for column in self.packing.columns(words)]
        return [self.tables.components.state(list(one)) for one in zip(*columns, strict=True)]

    def at(self, numbers: Numbers) -> Words:
        """The words of these states."""
        layers = np.searchsorted(self.starts, numbers, side="right") - 1
        words = np.empty((self.packing.words, len(numbers)), np.uint64)
        for layer in np.flatnonzero(np.bincount(layers)).tolist():
            here = layers == layer
            words[:, here] = self.layers[layer][:, numbers[here] - self.starts[layer]]
        return words

    # --- runs ---

    def run_to(self, number: int, end: End | None = None) -> Run:
        if number not in self._paths:
            self._first(bisect_right(self.starts, number) - 1, self.at(np.array([number])))
        return replay(self.transition_system, self._paths[number].states, end)

    def _first(self, layer: int, targets: Words) -> int:
        """The number of the first of these states of a layer; keeps the path to it."""
        path = first_path(self.tables, self.packing, layer, targets, self.leading_to)
        words = packed_state(path.states[-1], self.tables, self.packing)
        place = np.flatnonzero((self.layers[layer] == words).all(axis=0))
        number = self.starts[layer] + int(place[0])
        self._paths[number] = path
        return number

    def expanded(self, layer: int) -> Flags:
        """Which states of a layer were expanded."""
        return _has_fact(self.facts, Fact.EXPANDED, layer)

    def leading_to(self, layer: int, targets: Words) -> Words:
        """The expanded states of a layer with a step to one of these states of the next."""
        keys = self.packing.keys(targets)
        words = self.layers[layer][:, self.expanded(layer)]
        leads = np.zeros(words.shape[1], np.bool_)
        for first, source, reached in slices_after(self.tables, self.packing, words):
            leads[first + source[self.packing.find(reached, targets, keys)[1]]] = True
        return words[:, leads]

    def edges(self) -> Iterator[tuple[Numbers, Numbers]]:
        """All steps between states that were found, as numbers of states, piece by piece."""
        finder = self._find_states()
        expanded = np.flatnonzero(np.concatenate(self.facts) & Fact.EXPANDED)
        words = finder.words[:, expanded]
        for first, source, reached in slices_after(self.tables, self.packing, words):
            target = finder.numbers(reached)
            found = target >= 0
            yield expanded[first + source[found]], target[found]

    def _find_states(self) -> "Finder":
        if self._finder is None:
            self._finder = Finder(self.packing, np.concatenate(self.layers, axis=1))
        return self._finder

    @property
    def ends(self) -> Mapping[EndKind, tuple[int, End]]:
        if self._ends is None:
            self._ends = self._first_ends()
        return self._ends

    def _first_ends(self) -> dict[EndKind, tuple[int, End]]:
        found = []
        for kind, fact in ENDED.items():
            number = self._first_flagged(partial(_has_fact, self.facts, fact))
            if number is not None:
                successors = self.transition_system.successors(self.states[number])
                nth, end = next(
                    (nth, s.end) for nth, s in enumerate(successors) if s.end and s.end.kind is kind
                )
                found.append((*self._paths[number].order, nth, kind, number, end))
        return {kind: (number, end) for *_, kind, number, end in sorted(found, key=lambda f: f[:3])}

    # --- questions ---

    def _first_flagged(self, flags: Callable[[int], Flags]) -> int | None:
        """The first of the states for which a function of their layer gives flags."""
        for layer, words in enumerate(self.layers):
            chosen = flags(layer)
            if chosen.any():
                return self._first(layer, words[:, chosen])
        return None

    def _over(self, layer: int, ask: Callable[[list[Numbers]], Flags]) -> Flags:
        """A question to all states of a layer, slice by slice."""
        words = self.layers[layer]
        pieces = range(0, words.shape[1], SLICE)
        columns = (self.packing.columns(words[:, i : i + SLICE]) for i in pieces)
        return np.concatenate([ask(one) for one in columns])

    def _holds(self, predicate: Expression, columns: list[Numbers]) -> Flags:
        return self.tables.predicates.holds(predicate, columns.__getitem__, len(columns[0]))

    def first_where(self, predicate: Expression, value: bool) -> int | None:
        """Where warnings may come up on the way, all states are asked nevertheless."""
        if not may_warn(predicate) and self.tables.predicates.always(predicate) is (not value):
            return None
        first: tuple[int, Flags] | None = None
        for layer in range(len(self.layers)):
            flags = self.where(predicate, layer) == value
            if first is None and flags.any():
                first = layer, flags
                if not may_warn(predicate):
                    break
        return first and self._first(first[0], self.layers[first[0]][:, first[1]])

    def has(self, predicate: Expression, value: bool) -> bool:
        known = None if may_warn(predicate) else self.tables.predicates.always(predicate)
        if known is not None:
            return known is value and bool(self.starts[-1])
        layers = range(len(self.layers))
        return any(bool((self.where(predicate, layer) == value).any()) for layer in layers)

    def where(self, predicate: Expression, layer: int) -> Flags:
        """In which states of a layer it holds."""
        return self._over(layer, partial(self._holds, predicate))

    def first_unrested(self, going_on: int, quiet: Sequence[Collection[str]]) -> int | None:
        components = self.tables.components
        are_quiet = [
            np.array([at.state in names for at in part.values], np.bool_)
            for part, names in zip(components.locals, quiet, strict=True)
        ]

        def unrested(layer: int) -> Flags:
            still: Flags = (self.facts[layer] & (Fact.EXPANDED | going_on)) == Fact.EXPANDED
            places = np.flatnonzero(still)
            if len(places):
                columns = self.packing.columns(self.layers[layer][:, places])
                still[places] = ~self._at_rest(columns, are_quiet)
            return still

        return self._first_flagged(unrested)

    def _at_rest(self, columns: list[Numbers], are_quiet: Sequence[Flags]) -> Flags:
        """Whether all instances are in quiet states and all channels are empty. For each instance,
        ``are_quiet`` says which of its local states are.
        """
        components = self.tables.components
        rest = np.ones(len(columns[0]), np.bool_)
        for number, flags in enumerate(are_quiet):
            rest &= flags[columns[number]]
        for number, contents in enumerate(components.contents):
            rest &= contents.length[columns[components.of_channel(number)]] == 0
        return rest

    def first_cut_off(self, predicate: Expression, *, beyond: bool) -> int | None:
        goals = [self.where(predicate, layer) for layer in range(len(self.layers))]
        if beyond:
            asked = Fact.EXPANDED | Fact.CUT
            open_ = [(facts & asked) != Fact.EXPANDED for facts in self.facts]
            goals = [one | other for one, other in zip(goals, open_, strict=True)]
        if not goals:
            return None
        if self._backward is None:
            self._backward = Backward(self.starts[-1], self.edges())
        marked = self._backward.leading_to(np.concatenate(goals))
        return self._first_flagged(lambda n: ~marked[self.starts[n] : self.starts[n + 1]])

    def unspecified(self) -> list[tuple[Offer, int]]:
        may = [(facts & Fact.EXPANDED == 0) | (facts & UNSPECIFIED != 0) for facts in self.facts]
        layers = [words[:, one] for words, one in zip(self.layers, may, strict=True)]
        found = {
            offer: self._first(layer, targets)
            for offer, layer, targets in first_offers(self.tables, self.packing, layers)
        }
        return sorted(found.items(), key=self._offer_order)

    def offered(self) -> set[Offer]:
        return offers(self.tables, self.packing, self.layers)

    def _order(self, number: int) -> tuple[int, tuple[int, ...]]:
        return self._paths[number].order

    def _offer_order(self, item: tuple[Offer, int]) -> tuple[object, ...]:
        """By the path; of one state, as the interpreter has them."""
        offer, number = item
        state = self.states[number]
        offers = [
            Offer(instance, state.locals[instance].state, packet.name)
            for instance, _, packet in self.transition_system.unspecified(state)
        ]
        return *self._order(number), offers.index(offer)

    # --- whole runs ---

    def _graph(self, look: Look) -> Graph:
        finder, labels = self._find_states(), Labels(self.tables.components, self.tables.local)
        facts = np.concatenate(self.facts)
        expanded = np.flatnonzero(facts & Fact.EXPANDED)
        pieces: tuple[list[Small], list[Small], list[Small]] = [], [], []
        size, first = SliceSize(), 0
        while first < len(expanded):
            look()
            here = expanded[first : first + size.states]
            words = finder.words[:, here]
            expansion = self.tables.expand(self.packing.columns(words), labels)
            sources, found = after(words, expansion, self.packing)
            blocks = [*expansion.steps, *expansion.dead]
            targets = np.full(sum(len(one.source) for one in blocks), NOWHERE, np.int32)
            targets[: len(sources)] = finder.numbers(found)
            sources = np.concatenate([one.source for one in blocks] or [np.zeros(0, np.int64)])
            order = np.argsort(sources, kind="stable")
            pieces[0].append(here[sources[order]].astype(np.int32))
            pieces[1].append(targets[order])
            numbers = [one.label for one in blocks if one.label is not None]
            pieces[2].append(np.concatenate([*numbers, np.zeros(0, np.int32)])[order])
            first += len(here)
            size.learn(len(here), len(sources))
        going = Fact.EXPANDED | Fact.MUST_GO_ON
        return graph_of(*pieces, labels.actions, (facts & going) == Fact.EXPANDED)

    def truth(self, predicate: Expression) -> Flags:
        layers = [self.where(predicate, layer) for layer in range(len(self.layers))]
        return np.concatenate([*layers, np.zeros(0, np.bool_)])

    def number_of(self, state: GlobalState) -> int | None:
        words = packed_state(state, self.tables, self.packing)
        number = -1 if words is None else int(self._find_states().numbers(words)[0])
        return None if number < 0 else number

    # --- coverage ---

    def control_states(self) -> Iterator[tuple[int, str]]:
        locals_ = self.tables.components.locals
        seen = [np.zeros(len(values), np.bool_) for values in locals_]
        for words in self.layers:
            for component, flags in enumerate(seen):
                flags[self.packing.column(words, component)] = True
        for number, flags in enumerate(seen):
            for value in np.flatnonzero(flags).tolist():
                yield number, locals_[number].values[value].state


class Finder:
    """States by their words: where each stands among all. ``words`` has them in order."""

    def __init__(self, packing: Packing, words: Words) -> None:
        self.words = words
        self._packing, self._order = packing.ordered(words)
        self._ordered = words[:, self._order]
        self._keys = self._packing.keys(self._ordered)

    def numbers(self, words: Words) -> Numbers:
        """The number of each state, or -1."""
        at, found = self._packing.find(words, self._ordered, self._keys)
        numbers: Numbers = np.where(found, self._order[at], -1)
        return numbers


class LazyStates(Sequence[GlobalState]):
    """All states by their numbers, each made when it is asked for."""

    def __init__(self, space: LayeredSpace) -> None:
        self._space = space

    def __len__(self) -> int:
        return self._space.starts[-1]

    @overload
    def __getitem__(self, at: int) -> GlobalState: ...
    @overload
    def __getitem__(self, at: slice) -> list[GlobalState]: ...
    def __getitem__(self, at: int | slice) -> GlobalState | list[GlobalState]:
        if isinstance(at, slice):
            return self._space.decoded(self._space.at(np.arange(*at.indices(len(self)))))
        number = range(len(self))[at]
        return self._space.decoded(self._space.at(np.array([number])))[0]

    def __iter__(self) -> Iterator[GlobalState]:
        for layer in self._space.layers:
            for first in range(0, layer.shape[1], SLICE):
                yield from self._space.decoded(layer[:, first : first + SLICE])


def _has_fact(facts: Sequence[NDArray[np.uint8]], fact: int, layer: int) -> Flags:
    flags: Flags = (facts[layer] & fact) != 0
    return flags


def _cut(tables: Tables, cuts: Numbers) -> dict[str, int]:
    """How many steps each bound cut, by its text, in the order of the specification."""
    found: dict[str, int] = {}
    for bound, count in zip(tables.system.bounds, cuts.tolist(), strict=True):
        if count:
            found[f"bound {bound.text}"] = found.get(f"bound {bound.text}", 0) + count
    return found
