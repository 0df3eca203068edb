"""The space of the reference engine: lists of states and of edges, and loops over them.

States are numbered in the order in which they are found: breadth first, and in the order of the
specification among those of one layer. So the state with the lowest number is the first one, and
the parents, each state's first finder, make up the first shortest runs.
"""

from __future__ import annotations  # array is generic for type checkers only before Python 3.12

from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tcpspec.explore.run import Run, replay
from tcpspec.explore.space import Fact, Offer, StateSpace
from tcpspec.model.expressions import Expression
from tcpspec.semantics.state import End, EndKind, GlobalState

if TYPE_CHECKING:
    from tcpspec.explore.columns import Flags
    from tcpspec.explore.graph import Graph
    from tcpspec.explore.limits import Look


@dataclass(slots=True)
class ListedSpace(StateSpace):
    """``parents[i]`` is the state from which state i was first reached, -1 for an initial one.

    ``offsets`` and ``targets`` are the edges of expanded states: those of state i are
    ``targets[offsets[i]:offsets[i + 1]]``. ``facts`` has a byte for each state.
    """

    states: list[GlobalState] = field(default_factory=list)
    parents: array[int] = field(default_factory=lambda: array("q"))
    facts: bytearray = field(default_factory=bytearray)
    offsets: array[int] = field(default_factory=lambda: array("q", [0]))
    targets: array[int] = field(default_factory=lambda: array("q"))
    ends: dict[EndKind, tuple[int, End]] = field(default_factory=dict)
    _numbers: dict[GlobalState, int] = field(default_factory=dict)

    def layers(self) -> list[int]:
        """The number of the first state of each layer, and the number of states."""
        starts, depths = [0], array("q")
        for number, parent in enumerate(self.parents):
            depths.append(depths[parent] + 1 if parent >= 0 else 0)
            if depths[-1] == len(starts):
                starts.append(number)
        return [*starts, len(self.states)]

    def expanded(self) -> Iterator[int]:
        """The numbers of states whose steps are known."""
        return (number for number, fact in enumerate(self.facts) if fact & Fact.EXPANDED)

    def successors_of(self, number: int) -> Sequence[int]:
        """The states that one step leads to, one entry for each step."""
        if number + 1 >= len(self.offsets):
            return ()
        return self.targets[self.offsets[number] : self.offsets[number + 1]]

    def run_to(self, number: int, end: End | None = None) -> Run:
        path = [number]
        while self.parents[path[-1]] >= 0:
            path.append(self.parents[path[-1]])
        return replay(self.transition_system, [self.states[i] for i in reversed(path)], end)

    # --- questions ---

    def first_where(self, predicate: Expression, value: bool) -> int | None:
        return min(self._where(predicate, value), default=None)

    def has(self, predicate: Expression, value: bool) -> bool:
        holds = self.transition_system.predicate(predicate)
        return any(bool(holds(state)) is value for state in self.states)

    def _where(self, predicate: Expression, value: bool) -> list[int]:
        """All of them: warnings that come up on the way do not depend on how soon one is found."""
        holds: Callable[[GlobalState], bool] = self.transition_system.predicate(predicate)
        return [number for number, state in enumerate(self.states) if bool(holds(state)) is value]

    def first_unrested(self, going_on: int, quiet: Sequence[Collection[str]]) -> int | None:
        for number in self.expanded():
            state = self.states[number]
            if not self.facts[number] & going_on and (
                any(state.channels)
                or any(at.state not in names for at, names in zip(state.locals, quiet, strict=True))
            ):
                return number
        return None

    def first_cut_off(self, predicate: Expression, *, beyond: bool) -> int | None:
        goals = self._where(predicate, True)
        if beyond:
            goals += self._open()
        number = self.backward_from(goals).find(0)
        return None if number < 0 else number

    def _open(self) -> Iterator[int]:
        """The states some of whose steps were not looked at."""
        for number, fact in enumerate(self.facts):
            if not fact & Fact.EXPANDED or fact & Fact.CUT:
                yield number

    def unspecified(self) -> list[tuple[Offer, int]]:
        found: dict[Offer, int] = {}
        for number, state in enumerate(self.states):
            if any(state.channels):
                for instance, _, packet in self.transition_system.unspecified(state):
                    offer = Offer(instance, state.locals[instance].state, packet.name)
                    found.setdefault(offer, number)
        return list(found.items())

    def offered(self) -> set[Offer]:
        ts = self.transition_system
        return {
            Offer(channel.receiver, state.locals[channel.receiver].state, packet.name)
            for state in self.states
            for number, channel in enumerate(ts.system.channels)
            for _, packet, _ in ts.offers(state, number)
        }

    def control_states(self) -> Iterator[tuple[int, str]]:
        seen = {at for state in self.states for at in enumerate(local.state for local in state[0])}
        return iter(seen)

    # --- whole runs ---

    def _graph(self, look: Look) -> Graph:
        import numpy as np

        from tcpspec.explore.graph import NOWHERE, Action, action_of, graph_of

        actions: dict[Action, int] = {}
        sources, targets, labels = array("i"), array("i"), array("i")
        for number in self.expanded():
            look()
            for successor in self.transition_system.successors(self.states[number]):
                action = action_of(self.transition_system, successor.step)
                target = None if successor.state is None else self.number_of(successor.state)
                sources.append(number)
                targets.append(NOWHERE if target is None else target)
                labels.append(actions.setdefault(action, len(actions)))
        facts = np.frombuffer(self.facts, np.uint8)
        going = Fact.EXPANDED | Fact.MUST_GO_ON
        return graph_of(
            [np.array(sources, np.int32)], [np.array(targets, np.int32)],
            [np.array(labels, np.int32)], list(actions), (facts & going) == Fact.EXPANDED,
        )  # fmt: skip

    def truth(self, predicate: Expression) -> Flags:
        import numpy as np

        holds = self.transition_system.predicate(predicate)
        return np.array([bool(holds(state)) for state in self.states], np.bool_)

    def number_of(self, state: GlobalState) -> int | None:
        if len(self._numbers) < len(self.states):
            self._numbers = {known: number for number, known in enumerate(self.states)}
        return self._numbers.get(state)

    # --- backwards ---

    def backward_from(self, numbers: Iterable[int]) -> bytearray:
        """For each state, 1 if some run leads from it to one of these."""
        marked = bytearray(len(self.states))
        todo = array("q", numbers)
        for number in todo:
            marked[number] = 1
        starts, sources = self._reversed()
        while todo:
            number = todo.pop()
            for i in range(starts[number], starts[number + 1]):
                if not marked[sources[i]]:
                    marked[sources[i]] = 1
                    todo.append(sources[i])
        return marked

    def _reversed(self) -> tuple[array[int], array[int]]:
        """The edges the other way round, in the same form, by counting sort."""
        starts = array("q", bytes(8 * (len(self.states) + 2)))
        for target in self.targets:
            starts[target + 2] += 1
        for number in range(2, len(starts)):
            starts[number] += starts[number - 1]
        sources = array("q", bytes(8 * len(self.targets)))
        for source in range(len(self.offsets) - 1):
            for i in range(self.offsets[source], self.offsets[source + 1]):
                target = self.targets[i]
                sources[starts[target + 1]] = source
                starts[target + 1] += 1
        return starts, sources
