"""What the native engine found: the questions of layered spaces, answered by kernels."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tcpspec.explore.columns import Flags, Numbers
from tcpspec.explore.interrupts import uninterrupted
from tcpspec.explore.layers import LayeredSpace
from tcpspec.explore.native import code
from tcpspec.explore.native.helpers import Helpers
from tcpspec.explore.native.layout import CROWDED, Shared
from tcpspec.explore.native.program import Program
from tcpspec.explore.native.records import address
from tcpspec.explore.native.store import store_of
from tcpspec.explore.native.thread import Piece, States, Thread
from tcpspec.explore.packing import Words
from tcpspec.explore.refused import Refused
from tcpspec.model.expressions import Expression

SLICE = 1 << 13
"""So many states are expanded at once."""

ASK = 1 << 18
"""So many states are asked for at once."""


PIECE = 1 << 17
"""So many successors are looked at together."""


@dataclass(slots=True)
class NativeSpace(LayeredSpace):
    """Layers are in no order. ``stage`` is for how many successors of one state there is room."""

    program: Program = field(kw_only=True)
    threads: int = field(kw_only=True)
    stage: int = field(kw_only=True)
    _asker: "Asker | None" = None

    # --- predicates ---

    def where(self, predicate: Expression, layer: int) -> Flags:
        if self._asker is None:
            kernels = code.load(self.packing.words)
            self._asker = Asker(self.program, kernels, self.threads)
        try:
            with uninterrupted():
                return self._asker.ask(predicate, _states(self.layers[layer]))
        except Refused:  # it mentions too much for a kernel
            return super(NativeSpace, self).where(predicate, layer)

    # --- what leads where ---

    def leading_to(self, layer: int, targets: Words) -> Words:
        words = self.layers[layer][:, self.expanded(layer)]
        ways = Ways(self.program, self.packing.words, self.stage)
        ways.look_for([_states(targets)])
        leads = np.zeros(words.shape[1], np.bool_)
        with uninterrupted():
            for source, found in ways.from_(_states(words)):
                leads[source[found >= 0]] = True
        return words[:, leads]

    def edges(self) -> Iterator[tuple[Numbers, Numbers]]:
        ways = Ways(self.program, self.packing.words, self.stage)
        ways.look_for([_states(layer) for layer in self.layers])
        for number, layer in enumerate(self.layers):
            expanded = np.flatnonzero(self.expanded(number))
            with uninterrupted():
                pieces = list(ways.from_(_states(layer[:, expanded])))
            for source, found in pieces:
                known = found >= 0
                yield expanded[source[known]] + self.starts[number], found[known]


def _states(words: Words) -> States:
    return np.ascontiguousarray(words.T)


class Asker:
    """Asks predicates of many states, with several threads."""

    def __init__(self, program: Program, kernels: code.Code, threads: int) -> None:
        self._program, self._kernels = program, kernels
        words = int(program.shared[Shared.WORDS])
        self._idle = [Thread(program, words, 1, 1) for _ in range(threads)]
        self._helpers = Helpers(threads)

    def ask(self, predicate: Expression, states: States) -> Flags:
        """Whether it holds in each of them."""
        question, answers = self._program.question(predicate), np.empty(len(states), np.uint8)
        components = self._program.components_of(predicate)
        todo = [(at, min(at + ASK, len(states))) for at in range(0, len(states), ASK)]

        def one(piece: tuple[int, int]) -> int:
            thread = self._idle.pop()
            thread.asked(components)
            try:
                return self._kernels.ask(
                    address(self._program.shared), thread.at, address(states), *piece,
                    question, address(answers),
                )  # fmt: skip
            finally:
                self._idle.append(thread)

        self._program.catch_up()
        while todo:
            run = map if len(todo) == 1 else self._helpers.map
            missing = list(run(one, todo))
            todo = [piece for piece, count in zip(todo, missing, strict=True) if count]
            if todo:
                requests = np.concatenate([thread.take_requests() for thread in self._idle])
                self._program.fill(requests) if len(requests) else self._program.forget_asked()
        flags: Flags = answers == 1
        return flags


class Ways:
    """Where the steps of many states lead: to which of the states that are looked for.

    Tables may be filled on the way, so that components have more values than a state has bits for.
    Of states that were expanded before, no step leads there; whoever asks about others has to look
    after each piece.
    """

    def __init__(self, program: Program, words: int, stage: int) -> None:
        """``words`` are those of a state."""
        self._program, self._words = program, words
        self._kernels = code.load(words)
        self._shared = program.shared.copy()
        self._cuts = np.zeros(max(1, len(program.tables.system.bounds)), np.int64)
        self._equip(stage)

    @property
    def cuts(self) -> Numbers:
        """How many steps each bound cut so far."""
        return self._cuts + self._thread.cuts

    def _equip(self, stage: int) -> None:
        """Room for so many successors of one state."""
        self._thread = Thread(self._program, self._words, PIECE, stage, origins=True)

    def look_for(self, layers: list[States]) -> None:
        """Look for these states; they are numbered in this order."""
        kernels, words = self._kernels, self._words
        self._store = store_of(kernels, self._shared, words, lambda _: True, layers)
        kind = np.int32 if sum(map(len, layers)) < 1 << 31 else np.int64
        self._numbers = np.full(self._store.slots, -1, kind)
        first = 0
        for states in layers:
            self._numbers[self._store.locate(states)] = np.arange(first, first + len(states))
            first += len(states)

    def from_(
        self, states: States, facts: NDArray[np.uint8] | None = None
    ) -> Iterator[tuple[Numbers, Numbers]]:
        """For each step of these states: the place of the state, and the number of the state that
        it leads to, or -1; piece by piece. ``facts`` are filled in on the way.
        """
        self._program.catch_up()
        self._program.complete()
        self._shared[Shared.PERMISSION] = self._program.shared[Shared.PERMISSION]
        self._shared[Shared.LAYER] = address(states)
        self._shared[Shared.FACTS] = 0 if facts is None else address(facts)
        for first in range(0, len(states), SLICE):
            todo: list[Piece] = [(first, min(first + SLICE, len(states)), None)]
            while todo:
                yield self._some(todo)

    def _some(self, todo: list[Piece]) -> tuple[Numbers, Numbers]:
        """The steps of the last piece, or of a part of it."""
        _, last, numbers = todo[-1]
        self._thread.give(*todo.pop())
        self._thread.allow(1 << 62)
        how = self._kernels.expand(address(self._shared), self._thread.at)
        if self._thread.first < last:
            todo.append((self._thread.first, last, numbers))
        found = self._store.locate(self._thread.found())
        target = self._numbers[found].astype(np.int64)
        target[found < 0] = -1
        source = self._thread.origins().copy()
        self._thread.take_found()
        self._fill(todo)
        if how == CROWDED:
            self._cuts += self._thread.cuts
            self._equip(4 * self._thread.stage)
        return source, target

    def _fill(self, todo: list[Piece]) -> None:
        """What another engine has expanded may not be in the tables yet."""
        pending, requests = self._thread.take_pending(), self._thread.take_requests()
        if len(pending):
            todo.append((0, len(pending), pending))
            if len(requests):
                self._program.fill(requests)
            else:
                self._program.forget_asked()
            self._shared[Shared.PERMISSION] = self._program.shared[Shared.PERMISSION]
