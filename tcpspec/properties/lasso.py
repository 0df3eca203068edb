"""A run that goes on for ever, made for people: a shortest way there, and a short loop.

The arrays say where such a run can go; the interpreter says how, step by step and in the order of
the specification, so that the lasso is the same whichever engine numbered the states. The loop is
closed as soon as can be, and then led past whatever it still owes to fairness.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from tcpspec.explore.columns import Flags, Numbers, distinct
from tcpspec.explore.graph import Action, Graph, Put, Small, action_of
from tcpspec.explore.limits import Look
from tcpspec.explore.run import Run, RunStep
from tcpspec.explore.space import StateSpace
from tcpspec.properties.automaton import Automaton
from tcpspec.properties.fairness import RECEIVED, REST, Assumed, Product, Unit, unit_of
from tcpspec.properties.strong import spread_edges
from tcpspec.semantics.state import GlobalState, Step, StepKind


class Node(NamedTuple):
    """A state, by its number, and a node of the automaton."""

    state: int
    automaton: int


class Move(NamedTuple):
    """A node, and the step that led there; None at the start, and where a run rests."""

    node: Node
    state: GlobalState
    step: Step | None


class Goal(NamedTuple):
    """What a move is to be: by an action with one of these labels (flags; the last is for resting),
    or to one of these nodes (flags, by their numbers in the product).
    """

    labels: Flags
    nodes: Flags

    def is_met(self, label: int, target: int) -> bool:
        return bool(self.labels[label] or self.nodes[target])


class Ring:
    """A component of a product, whose nodes have numbers: ``rank`` has, for each node of the
    automaton, one for each state. Edges are those of the product for which ``inside`` is true.
    """

    def __init__(self, product: Product, rank: dict[int, Numbers], inside: Flags) -> None:
        self.product, self._rank = product, rank
        source, target = product.source[inside], product.target[inside]
        label = product.label[inside]
        self._after = _by(source, len(product.state))
        self._before = _by(target, len(product.state))
        self._source, self._target, self._label = source, target, label
        self._known: dict[int, set[tuple[int, int]]] = {}
        """For a node, by its number, targets and labels of its edges."""

    def number(self, node: Node) -> int:
        return int(self._rank[node.automaton][node.state]) if node.automaton in self._rank else -1

    def has(self, source: int, target: int, label: int) -> bool:
        """Whether an edge leads from one node to another by this action."""
        if source not in self._known:
            offsets, order = self._after
            edges = order[offsets[source] : offsets[source + 1]]
            columns = self._target[edges].tolist(), self._label[edges].tolist()
            self._known[source] = set(zip(*columns, strict=True))
        return (target, label) in self._known[source]

    def distances(self, start: int, goal: Goal, look: Look) -> Small:
        """How many moves it takes from each node until one is the goal: from all nodes that are
        nearer than ``start``, and from that; -1 for the others.
        """
        found = np.full(len(self.product.state), -1, np.int32)
        goals = goal.labels[self._label] | goal.nodes[self._target]
        new, distance = distinct(self._source[goals].astype(np.int64)), 1
        offsets, order = self._before
        while len(new):
            look()
            found[new] = distance
            if found[start] >= 0:
                return found
            before = self._source[order[spread_edges(offsets, new)[1]]]
            new = distinct(before[found[before] < 0].astype(np.int64))
            distance += 1
        raise AssertionError("a component has a way to everything in it")


def _by(nodes: Small, count: int) -> tuple[Numbers, Numbers]:
    """The edges at node i, given the nodes of all edges: ``order[offsets[i]:offsets[i + 1]]``."""
    offsets = np.zeros(count + 1, np.int64)
    np.cumsum(np.bincount(nodes, minlength=count), out=offsets[1:])
    return offsets, np.argsort(nodes, kind="stable")


Path = list[Move]


Looked = tuple[list[tuple[Step, GlobalState, int]], list[Action]]
"""The steps of a state that lead to states that were found; and all its actions."""


class LassoFinder:
    """Without ``assumed``, runs need not be fair."""

    def __init__(
        self, space: StateSpace, graph: Graph, automaton: Automaton, assumed: Assumed | None,
        look: Look,
    ) -> None:  # fmt: skip
        self._look_at_clock = look
        self._space, self._graph, self._automaton = space, graph, automaton
        self._fair, self._assumed = assumed is not None, assumed or ()
        self._ts = space.transition_system
        self._labels = {action: number for number, action in enumerate(graph.actions)}
        self._known: dict[
            GlobalState, tuple[list[tuple[Step, GlobalState, int]], list[Action]]
        ] = {}

    # --- the interpreter's view ---

    def _look(self, state: GlobalState) -> Looked:
        if state not in self._known:
            steps, actions = [], []
            for successor in self._ts.successors(state):
                actions.append(action_of(self._ts, successor.step))
                if successor.state is not None:
                    number = self._space.number_of(successor.state)
                    if number is not None:
                        steps.append((successor.step, successor.state, number))
            self._known[state] = steps, actions
        return self._known[state]

    def _moves(self, at: Move) -> Iterator[tuple[Move, int]]:
        """All moves from a node, with their labels; resting comes last."""
        successors = sorted(self._automaton.nodes[at.node.automaton].successors)
        for step, state, number in self._look(at.state)[0]:
            label = self._labels[action_of(self._ts, step)]
            for node in successors:
                yield Move(Node(number, node), state, step), label
        if self._graph.rests[at.node.state]:
            for node in successors:
                yield Move(Node(at.node.state, node), at.state, None), REST

    # --- the way there ---

    def first(self, ways: Sequence[Sequence[Numbers]]) -> Path:
        """The first run through these nodes: for each step, and each node of the automaton, the
        states in order.
        """

        def leads(level: int, node: Node) -> bool:
            states = ways[level][node.automaton]
            at = int(np.searchsorted(states, node.state))
            return at < len(states) and int(states[at]) == node.state

        path: Path = []
        for state in self._ts.initial_states():
            number = self._space.number_of(state)
            for node in range(len(self._automaton.nodes)):
                if number is not None and leads(0, Node(number, node)):
                    path.append(Move(Node(number, node), state, None))
                    break
            if path:
                break
        for level in range(1, len(ways)):
            moves = (move for move, _ in self._moves(path[-1]) if leads(level, move.node))
            path.append(next(moves))
        return path

    # --- the loop ---

    def close(self, prefix: Path, ring: Ring) -> Run:
        """The run with a loop at its end, fair where that is asked for."""
        start, walk = prefix[-1], Path()
        stay = Move(start.node, start.state, None)
        here = ring.number(start.node)
        if ring.has(here, here, REST) and not self._debts(start, [stay], ring):
            return self._run(prefix, [stay])
        back = self._goal(ring, nodes=here)
        while True:
            loop = walk + self._way(walk[-1] if walk else start, ring, back)
            debts = self._debts(start, loop, ring)
            if not debts:
                return self._run(prefix, loop)
            walk += self._way(walk[-1] if walk else start, ring, debts[0])

    def _way(self, start: Move, ring: Ring, goal: Goal) -> Path:
        """A shortest way, of at least one move, whose last move is the goal; of all these the first
        in the order of the specification.
        """
        at, here = start, ring.number(start.node)
        distances = ring.distances(here, goal, self._look_at_clock)
        way: Path = []
        for distance in range(int(distances[here]), 0, -1):
            for move, label in self._moves(at):
                there = ring.number(move.node)
                nearer = (
                    goal.is_met(label, there)
                    if distance == 1
                    else (distances[there] == distance - 1)
                )
                if there >= 0 and nearer and ring.has(here, there, label):
                    at, here = move, there
                    way.append(move)
                    break
        return way

    # --- what a loop owes ---

    def _debts(self, start: Move, loop: Path, ring: Ring) -> list[Goal]:
        """What a loop owes to the automaton and to fairness: moves that would pay it."""
        nodes = {start.node.automaton, *(move.node.automaton for move in loop)}
        accepted = frozenset[int]().union(*(self._automaton.nodes[n].accepts for n in nodes))
        debts = [
            self._goal(ring, nodes=ring.product.accepts[number])
            for number in range(self._automaton.sets)
            if number not in accepted
        ]
        return debts + (list(self._owed(loop, ring)) if self._fair else [])

    def _goal(
        self, ring: Ring, is_met: Callable[[Action], bool] = lambda _: False,
        nodes: int | Flags | None = None,
    ) -> Goal:  # fmt: skip
        """Any of these actions, or of these nodes."""
        met = np.zeros(len(ring.product.state), np.bool_)
        if nodes is not None:
            met[nodes] = True
        return Goal(np.array([*map(is_met, self._graph.actions), False]), met)

    def _owed(self, loop: Path, ring: Ring) -> Iterator[Goal]:
        """What each clause of fairness still asks of a loop."""
        taken = [action_of(self._ts, move.step) for move in loop if move.step is not None]
        enabled = [self._look(move.state)[1] for move in loop]
        ever = dict.fromkeys(action for actions in enabled for action in actions)
        for action in ever:
            unit = unit_of(action, self._assumed)
            if unit is not None:
                always = all(any(self._is_of(unit, a) for a in actions) for actions in enabled)
                if always and not any(self._is_of(unit, a) for a in taken):
                    yield self._rests_or_takes(unit, ring)
            if action.kind is StepKind.RECEIVE:
                removed = _takes(action, (StepKind.RECEIVE,))
                if not any(map(removed, taken)):
                    yield self._goal(ring, removed)
        for action in dict.fromkeys(taken):
            if action.kind is StepKind.LOSS:
                received = _takes(action, RECEIVED)
                if not any(map(received, taken)):
                    yield self._goal(ring, received)
            for put in action.puts:
                room = _finds_room(action, put._replace(dropped=False))
                if put.dropped and any(map(room, ever)) and not any(map(room, taken)):
                    yield self._goal(ring, room)

    def _is_of(self, unit: Unit, action: Action) -> bool:
        return unit_of(action, self._assumed) == unit

    def _rests_or_takes(self, unit: Unit, ring: Ring) -> Goal:
        takes = self._goal(ring, lambda action: self._is_of(unit, action))
        enabled = np.zeros(self._graph.states, np.bool_)
        edges = np.flatnonzero(takes.labels[self._graph.labels])
        enabled[np.searchsorted(self._graph.offsets, edges, side="right") - 1] = True
        return takes._replace(nodes=~enabled[ring.product.state])

    # --- the run ---

    def _run(self, prefix: Path, loop: Path) -> Run:
        """Resting is no step: a loop that only rests is a run that stops."""
        steps = [RunStep(m.step, m.state) for m in prefix[1:] if m.step is not None]
        around = [RunStep(m.step, m.state) for m in loop if m.step is not None]
        steps, around = shortest(prefix[0].state, steps, around)
        return Run(self._ts.system, prefix[0].state, (*steps, *around), loop_from=len(steps))


def shortest(
    initial: GlobalState, before: list[RunStep], around: list[RunStep]
) -> tuple[list[RunStep], list[RunStep]]:
    """The same endless run, step by step, with the shortest loop that begins as early as can be:
    whoever looks for it goes by nodes of an automaton, which may lag behind the states.
    """
    sizes = range(1, len(around) + 1)
    size = next((n for n in sizes if around == around[:n] * (len(around) // n)), 0)
    before, around = list(before), around[:size]
    while around and before and before[-1] == around[-1]:
        earlier = before[-2].state if len(before) > 1 else initial
        if earlier != (around[-2] if len(around) > 1 else around[-1]).state:
            break
        around = [before.pop(), *around[:-1]]
    return before, around


def _takes(message: Action, kinds: Sequence[StepKind]) -> Callable[[Action], bool]:
    """Whether an action takes the same message in one of these ways."""

    def takes(action: Action) -> bool:
        same = (action.channel, action.packet) == (message.channel, message.packet)
        return same and action.kind in kinds

    return takes


def _finds_room(sender: Action, put: Put) -> Callable[[Action], bool]:
    """Whether an action is of the same line, and sends the same packet, with room for it."""

    def finds_room(action: Action) -> bool:
        same = (action.instance, action.transition) == (sender.instance, sender.transition)
        return same and put in action.puts

    return finds_room
