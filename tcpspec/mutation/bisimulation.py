"""Whether a system with a wrong line does, as seen from outside, what the right one does.

Seen from outside are the states of the machines, what is in the channels, what is left of the
budgets, which messages have no rule, and those variables that some check, scenario, bound or timer
asks about; of a step, what happens to whom, what it takes and what it sends. Which line says so is
not seen, nor are the other variables: they count by what they lead to.

Two systems do the same if their states can be paired so that paired states look the same, and each
step of the one has a step of the other that looks the same and leads to a pair (strong
bisimulation: Park 1981, Milner 1989). Decided by refining a partition of all states of both: states
are kept together as long as they look the same and have the same steps into the same parts.
"""

from collections.abc import Hashable, Iterator
from typing import NamedTuple

from tcpspec.explore.limits import Look
from tcpspec.model.expressions import Expression, InstanceVariable
from tcpspec.model.model import Specification, System
from tcpspec.semantics.state import GlobalState, Step
from tcpspec.semantics.system import TransitionSystem

MOST_STATES = 200_000
"""Of both systems together: more are not gone through."""


class _Numbers:
    """A number for each different thing."""

    def __init__(self) -> None:
        self._known: dict[Hashable, int] = {}

    def __len__(self) -> int:
        return len(self._known)

    def of(self, thing: Hashable) -> int:
        return self._known.setdefault(thing, len(self._known))


class _Edge(NamedTuple):
    """A step: its look, and the number of the state that it leads to, below 0 for an end."""

    label: int
    target: int


Watched = frozenset[tuple[int, int]]
"""Instances and slots of the variables that somebody asks about."""


def watched(specification: Specification, system: System) -> Watched:
    """Those of a system."""
    asked = [*system.bounds, *(t.condition for t in system.timers if t.condition is not None)]
    for check in specification.checks:
        asked += check.predicates if system.name in check.systems else ()
    for scenario in specification.scenarios:
        lines = scenario.lines if scenario.system == system.name else ()
        asked += [line.predicate for line in lines if line.predicate is not None]
    return frozenset(at for predicate in asked for at in _variables(predicate))


def _variables(expression: Expression) -> Iterator[tuple[int, int]]:
    if isinstance(expression, InstanceVariable):
        yield expression.instance, expression.slot
    for part in expression.parts:
        yield from _variables(part)


class Outside:
    """A system as it should be, seen from outside, to be compared with wrong ones."""

    def __init__(self, right: TransitionSystem, seen: Watched) -> None:
        self._right = right
        self._watched = sorted(seen)
        self._looks: list[int] = []
        self._edges: list[list[_Edge]] = []
        self._shown, self._labels, self._ends = _Numbers(), _Numbers(), _Numbers()
        self._start: list[int] | None = []

    def is_that_of(self, wrong: TransitionSystem, look: Look) -> bool:
        """Whether both do the same; False also if they are too large to tell.

        Raises what ``look`` raises, which is called now and then.
        """
        if self._start == []:
            self._looks, self._edges = [], []  # an earlier try may have been stopped
            self._start = self._add(self._right, look)
        size = len(self._looks)
        try:
            start = self._add(wrong, look)
            if self._start is None or start is None:
                return False
            return self._paired(self._start, start, look)
        finally:
            del self._looks[size:], self._edges[size:]

    def _add(self, ts: TransitionSystem, look: Look) -> list[int] | None:
        """Number states and steps; the initial states, or None if there are too many."""
        first = len(self._looks)
        numbers: dict[GlobalState, int] = {}
        for state in ts.initial_states():
            numbers[state] = first + len(numbers)
        initial, todo = list(numbers.values()), list(numbers)
        for state in todo:  # grows
            look()
            self._looks.append(self._shown.of(self._view(ts, state)))
            self._edges.append([])
            for step, after, end in ts.successors(state):
                if after is not None and after not in numbers:
                    numbers[after] = first + len(numbers)
                    todo.append(after)
                target = -1 - self._ends.of(end) if after is None else numbers[after]
                self._edges[-1].append(_Edge(self._labels.of(_label(step)), target))
            if first + len(numbers) > MOST_STATES:
                return None
        return initial

    def _view(self, ts: TransitionSystem, state: GlobalState) -> Hashable:
        values = tuple(state.locals[at].values[slot] for at, slot in self._watched)
        names = tuple(local.state for local in state.locals)
        return names, values, state.channels, state.budgets, tuple(ts.unspecified(state))

    def _paired(self, first: list[int], second: list[int], look: Look) -> bool:
        """Whether the initial states stay together until no part need be divided any more."""
        part, count = self._looks, len(set(self._looks))
        while [part[state] for state in first] == [part[state] for state in second]:
            look()
            signatures = _Numbers()
            part = [
                signatures.of((part[state], frozenset((e.label, _part(part, e)) for e in edges)))
                for state, edges in enumerate(self._edges)
            ]
            if len(signatures) == count:
                return True
            count = len(signatures)
        return False


def _part(part: list[int], edge: _Edge) -> int:
    return part[edge.target] if edge.target >= 0 else edge.target


def _label(step: Step) -> Hashable:
    """What is seen of a step."""
    event = step.local.event if step.local else None
    sends = step.local.sends if step.local else ()
    return step.kind, step.instance, event, step.channel, step.packet, sends, step.dropped
