"""The answers by brute force: another breadth-first search, and NetworkX for everything else.

It shares only the interpreter's ``successors`` with the engine; what the claims mean is said here
again, straight from the table of the language.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import networkx as nx

from tcpspec.semantics.state import EndKind, GlobalState, StepKind
from tcpspec.semantics.system import TransitionSystem

FAULTS = (StepKind.LOSS, StepKind.DUPLICATION)


@dataclass
class Oracle:
    """All reachable states as a graph, and what is enabled in each."""

    system: TransitionSystem
    graph: "nx.MultiDiGraph[GlobalState]" = field(default_factory=nx.MultiDiGraph)
    enabled: dict[GlobalState, list[StepKind]] = field(default_factory=dict)
    ends: dict[GlobalState, set[EndKind]] = field(default_factory=dict)
    initial: list[GlobalState] = field(default_factory=list)

    @property
    def states(self) -> int:
        return self.graph.number_of_nodes()

    @property
    def transitions(self) -> int:
        return self.graph.number_of_edges()

    def distances(self) -> dict[GlobalState, int]:
        """Steps on a shortest run to each state."""
        layers = nx.bfs_layers(self.graph, self.initial)
        return {state: steps for steps, layer in enumerate(layers) for state in layer}

    @property
    def depth(self) -> int:
        return max(self.distances().values())

    def nearest(self, holds: Callable[[GlobalState], bool]) -> int | None:
        """Steps on a shortest run to a state with this property; None if there is none."""
        return min((d for state, d in self.distances().items() if holds(state)), default=None)

    # --- what the claims are about ---

    def deadlocked(self, state: GlobalState) -> bool:
        going_on = any(kind not in FAULTS for kind in self.enabled[state])
        return not going_on and not self._at_rest(state, ("final",))

    def stalled(self, state: GlobalState) -> bool:
        going_on = any(kind not in (*FAULTS, StepKind.CALL) for kind in self.enabled[state])
        return not going_on and not self._at_rest(state, ("final", "idle"))

    def _at_rest(self, state: GlobalState, flags: tuple[str, ...]) -> bool:
        empty = all(not packets for packets in state.channels)
        instances = self.system.system.instances
        return empty and all(
            any(getattr(instance.machine.state[local.state], flag) for flag in flags)
            for instance, local in zip(instances, state.locals, strict=True)
        )

    def overflows(self, state: GlobalState) -> bool:
        return EndKind.OVERFLOW in self.ends[state]

    def always_possible(self, holds: Callable[[GlobalState], bool]) -> bool:
        """Every state is a goal, or an ancestor of one."""
        return set(self.graph) == self.leading_to(holds)

    def leading_to(self, holds: Callable[[GlobalState], bool]) -> set[GlobalState]:
        goals = [state for state in self.graph if holds(state)]
        layers = nx.bfs_layers(self.graph.reverse(), goals)
        return {state for layer in layers for state in layer}


def oracle(system: TransitionSystem, most: int) -> Oracle | None:
    """The whole graph, or None where it has more states than this."""
    found = Oracle(system)
    found.initial = list(system.initial_states())
    todo = list(found.initial)
    found.graph.add_nodes_from(todo)
    while todo:
        state = todo.pop()  # depth first: another order than the engine's
        found.enabled[state] = []
        found.ends[state] = set()
        for kind, after, end in _steps(system, state):
            found.enabled[state].append(kind)
            if after is None:
                found.ends[state].add(end)
                continue
            if after not in found.graph:
                todo.append(after)
            found.graph.add_edge(state, after)
        if found.states > most:
            return None
    return found


def _steps(
    system: TransitionSystem, state: GlobalState
) -> Iterator[tuple[StepKind, GlobalState | None, EndKind]]:
    for successor in system.successors(state):
        end = successor.end.kind if successor.end else EndKind.CUT
        yield successor.step.kind, successor.state, end
