"""The table engine: layer by layer, whole arrays of states at once, with nothing but NumPy.

A state is a few numbers packed into one word or more (``components``, ``packing``). All steps of
some thousand states are looked up at once (``expansion``), in tables that the interpreter fills.
New states are told from known ones by sorting (``seen``). It is exact, as the reference is.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import TypeAlias

import numpy as np

from tcpspec.explore.beginning import beginning
from tcpspec.explore.columns import Flags, Numbers
from tcpspec.explore.expansion import Expansion, SliceSize, after
from tcpspec.explore.layers import LayeredSpace
from tcpspec.explore.limits import Checkpoints, Task, Watch
from tcpspec.explore.packing import Collision, Words
from tcpspec.explore.seen import Seen, Slice
from tcpspec.explore.space import Fact, Limit, StateSpace
from tcpspec.record import replace

Pause: TypeAlias = Callable[[int], bool]
"""Whether another engine may go on from so many states."""


def explore(
    task: Task, begun: StateSpace | None = None, pause: Pause | None = None
) -> LayeredSpace:
    """All reachable states, or as many as the limits allow; never raises for a limit or Ctrl-C.

    With ``begun``, it goes on where another engine stopped; if there is a ``pause``, the space says
    that it is only begun.
    """
    search = _Search(task, begun)
    try:
        search.run(pause)
    except KeyboardInterrupt:
        search.limit = Limit.INTERRUPTED
    except MemoryError:
        search.limit = Limit.MEMORY
    return search.finish()


class _Search:
    def __init__(self, task: Task, begun: StateSpace | None) -> None:
        self._watch = Watch(task.limits, task.observer)
        self._most = task.limits.max_states
        self.limit: Limit | None = None
        start = beginning(task.transition_system, begun)
        known = sum(len(columns[0]) for columns in start.layers)
        self._checkpoints = Checkpoints(task.settled, known)
        self._tables = start.tables
        self._size = SliceSize()
        self._paused = False
        if self._most is not None and begun is None and len(start.layers[0][0]) > self._most:
            first = [column[: self._most] for column in start.layers[0]]
            start, self.limit = replace(start, layers=[first]), Limit.STATES
        self._seen = Seen.of(start)

    def _sizes(self) -> list[int]:
        return [len(part) for part in self._tables.components.parts]

    # --- the search ---

    def run(self, pause: Pause | None) -> None:
        """Expand layer after layer, each in slices; a limit leaves the rest unexpanded."""
        while len(self._seen.facts) < len(self._seen.layers):
            if not self._seen.slices and self._may_end(pause):
                return
            layer = self._seen.layers[len(self._seen.facts)]
            try:
                if self._seen.expanded == layer.shape[1]:
                    self._next_layer()
                elif self._stop():
                    return
                else:
                    self._expand(layer)
            except Collision:
                self._seen = self._seen.repacked(self._sizes(), collision=True)

    def _may_end(self, pause: Pause | None) -> bool:
        """Before a layer: whether all is settled, or another engine takes over."""
        due = self.limit is None and self._checkpoints.due(len(self._seen))
        if due and self._checkpoints.settled(self._space(self._seen)):
            self.limit = Limit.DECIDED
        self._paused = self.limit is None and pause is not None and pause(len(self._seen))
        return self._paused or self.limit is Limit.DECIDED

    def _stop(self) -> bool:
        seen = self._seen
        done = seen.done + seen.expanded
        transitions = seen.transitions + sum(one.transitions for one in seen.slices)
        states = len(seen)
        reached = self._watch.look(states, transitions, len(seen.facts), states - done)
        self.limit = reached or self.limit  # a limit of states that was reached before stays
        return reached is not None

    def _expand(self, layer: Words) -> None:
        """One slice of the layer."""
        seen, start = self._seen, self._seen.expanded
        words = layer[:, start : start + self._size.states]
        expansion = self._tables.expand(seen.packing.columns(words))
        if not seen.packing.fits(self._sizes()):
            self._seen = seen.repacked(self._sizes())
            return
        source, found = after(words, expansion, seen.packing)
        self._seen = seen.with_slice(self._slice(expansion, source, found))
        self._size.learn(words.shape[1], len(source))

    def _slice(self, expansion: Expansion, source: Numbers, found: Words) -> Slice:
        facts, cuts = expansion.facts, np.array(expansion.cuts, np.int64)
        followed = np.ones(len(source), np.bool_)
        if self.limit is Limit.STATES:  # nothing new is taken in
            followed = self._seen.known(found)
            facts[source[~followed]] |= np.uint8(Fact.CUT)
            found = found[:, :0]
        used = self._used(expansion, followed)
        fresh = self._seen.fresh(found)
        return Slice(fresh, facts, int(np.count_nonzero(followed)), cuts, used)

    def _used(self, expansion: Expansion, followed: Flags) -> Flags:
        """The written lines of the steps that were followed."""
        used, first = np.zeros(len(self._tables.lines), np.bool_), 0
        for steps in expansion.steps:
            last = first + len(steps.source)
            if steps.line is not None:
                used[steps.line[followed[first:last]]] = True
            first = last
        return used

    def _next_layer(self) -> None:
        """Take in what the slices lead to, or, if that is too much, a part of it."""
        seen, fresh = self._seen, self._seen.found_next()
        room = fresh.shape[1] if self._most is None else self._most - len(seen)
        if fresh.shape[1] <= room:
            self._seen = seen.with_layer(fresh).closed()
            return
        self.limit = Limit.STATES  # set first: from here on nothing new is taken in
        self._seen = seen.without_slices().with_layer(fresh[:, :room])

    # --- the end ---

    def finish(self) -> LayeredSpace:
        """Take in what an interrupt or a limit left half done, if there is room."""
        seen = self._seen
        if seen.slices:
            with suppress(Collision):  # then these slices are not taken in
                fresh = seen.found_next()
                if self._most is None or len(seen) + fresh.shape[1] <= self._most:
                    seen = seen.with_layer(fresh).closed()
        return self._space(seen)

    def _space(self, seen: Seen) -> LayeredSpace:
        facts = [*seen.facts]
        facts += [np.zeros(one.shape[1], np.uint8) for one in seen.layers[len(facts) :]]
        space = LayeredSpace(
            self._tables.components.transition_system, "table", tables=self._tables,
            packing=seen.packing, layers=seen.layers, facts=facts,
        )  # fmt: skip
        space.set_figures(seen.transitions, seen.cuts, seen.used, seen.bytes)
        space.limit, space.seconds = self.limit, self._watch.seconds
        space.begun = self._paused
        return space
