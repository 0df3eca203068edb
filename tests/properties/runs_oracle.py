"""Whole runs by brute force: every set of steps that could be what a run does again and again.

It shares only the interpreter's ``successors`` with what it is an oracle for; fairness is said here
again, straight from the reference.
"""

from collections.abc import Callable, Collection, Iterator
from itertools import combinations
from typing import Any

import networkx as nx

from tcpspec.semantics.state import GlobalState, Step, StepKind, Successor
from tcpspec.semantics.system import TransitionSystem

MOST = 9
"""Steps of a component, of which all sets are tried."""

Holds = Callable[[GlobalState], bool]


class TooLarge(Exception):
    """There are too many sets of steps."""


class Runs:
    """The runs of a system. ``assumed`` has instances and calls, as a check does."""

    def __init__(
        self, system: TransitionSystem, assumed: Collection[tuple[int, str]], *, fair: bool
    ) -> None:
        self._system = system
        self._assumed = assumed
        self._fair = fair
        self._steps: dict[GlobalState, list[Successor]] = {}
        todo = list(system.initial_states())
        while todo:
            state = todo.pop()
            if state not in self._steps:
                self._steps[state] = list(system.successors(state))
                todo += [s.state for s in self._steps[state] if s.state is not None]

    def eventually(self, goal: Holds) -> bool:
        """Whether every run comes to such a state."""
        on = self._going_on(lambda state: not goal(state))
        return on.isdisjoint(self._system.initial_states())

    def leads_to(self, cause: Holds, goal: Holds) -> bool:
        """Whether every run comes to a goal from every cause."""
        on = self._going_on(lambda state: not goal(state))
        return not any(cause(state) for state in on)

    def _going_on(self, inside: Holds) -> set[GlobalState]:
        """The states from which a run may go on for ever, and stay inside."""
        graph: nx.MultiDiGraph[GlobalState] = nx.MultiDiGraph()
        graph.add_nodes_from(state for state in self._steps if inside(state))
        for state in graph:
            for successor in self._steps[state]:
                if successor.state is not None and successor.state in graph:
                    graph.add_edge(state, successor.state, step=successor.step)
        cores = {state for state in graph if self._rests(state)}
        for component in nx.strongly_connected_components(graph):
            cores |= self._again_and_again(graph.subgraph(component))
        layers = nx.bfs_layers(graph.reverse(), list(cores)) if cores else []
        return {state for layer in layers for state in layer}

    def _rests(self, state: GlobalState) -> bool:
        forced = StepKind.RECEIVE, StepKind.STEP, StepKind.TIMEOUT
        if any(s.step.kind in forced for s in self._steps[state]):
            return False
        return not self._fair or not any(self._unit(s.step) for s in self._steps[state])

    def _again_and_again(self, graph: Any) -> set[GlobalState]:
        edges = list(graph.edges(data="step"))
        if not self._fair:
            return set(graph) if edges else set()
        if len(edges) > MOST:
            raise TooLarge
        found: set[GlobalState] = set()
        for size in range(1, len(edges) + 1):
            for chosen in combinations(edges, size):
                loop = nx.DiGraph([(source, target) for source, target, _ in chosen])
                taken = [step for *_, step in chosen]
                if nx.is_strongly_connected(loop) and self._is_fair(set(loop), taken):
                    found |= set(loop)
        return found

    # --- fairness ---

    def _is_fair(self, states: set[GlobalState], taken: list[Step]) -> bool:
        enabled = [[s.step for s in self._steps[state]] for state in states]
        every = [step for steps in enabled for step in steps]
        stays = set.intersection(*({self._unit(step) for step in steps} for steps in enabled))
        receive, twice = StepKind.RECEIVE, StepKind.DUPLICATION
        could, sent = set(self._sent(every, dropped=False)), set(self._sent(taken, dropped=False))
        return (
            stays - {None} <= {self._unit(step) for step in taken}
            and _messages(every, receive) <= _messages(taken, receive)
            and _messages(taken, StepKind.LOSS) <= _messages(taken, receive, twice)
            and set(self._sent(taken, dropped=True)) & could <= sent
        )

    def _unit(self, step: Step) -> object:
        assert step.kind is StepKind.LOSS or step.local is not None
        if step.kind in (StepKind.STEP, StepKind.TIMEOUT) and step.local:
            return step.instance, step.local.transition.index
        if step.kind is StepKind.CALL and step.local:
            call = step.instance, step.local.event
            return call if call in self._assumed else None
        return None

    def _sent(self, steps: list[Step], *, dropped: bool) -> Iterator[object]:
        """What is sent into channels that drop, by the line that does so."""
        for step in steps:
            if step.local is None:
                continue
            for nth, (output, packet) in enumerate(step.local.sends):
                channel = self._system.system.outputs[step.instance or 0][output]
                drops = channel is not None and self._system.system.channels[channel].when_full
                was_dropped = nth < len(step.dropped) and step.dropped[nth]
                if drops == "drop" and was_dropped is dropped:
                    yield step.instance, step.local.transition.index, channel, packet


def _messages(steps: list[Step], *kinds: StepKind) -> set[tuple[object, object]]:
    return {(step.channel, step.packet) for step in steps if step.kind in kinds}
