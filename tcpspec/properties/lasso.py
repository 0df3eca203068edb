"""A run that goes on for ever, made for people: a shortest way there, and a short loop.

The arrays say where such a run can go; the interpreter says how, step by step and in the order of
the specification, so that the lasso is the same whichever engine numbered the states. The loop is
closed as soon as can be, and then led past whatever it still owes to fairness.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from tcpspec.explore.columns import Numbers
from tcpspec.explore.graph import Action, Graph, Small, action_of
from tcpspec.explore.limits import Look
from tcpspec.explore.run import Run, RunStep
from tcpspec.explore.space import StateSpace
from tcpspec.properties.automaton import Automaton
from tcpspec.properties.fairness import RECEIVED, REST, Assumed, Unit, unit_of
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


class Ring:
    """A component of the product: its edges. ``rank`` has, for each node of the automaton, a number
    for each state.
    """

    def __init__(
        self, rank: dict[int, Numbers], source: Small, target: Small, label: Small
    ) -> None:
        order = np.argsort(source, kind="stable")
        self._rank = rank
        self._source, self._target, self._label = source[order], target[order], label[order]
        self._known: dict[int, set[tuple[int, int]]] = {}
        """For a node, by its number, targets and labels of its edges."""

    def has(self, node: Node, other: Node, label: int) -> bool:
        """Whether an edge leads from one node to another by this action."""
        if other.automaton not in self._rank:
            return False
        source = int(self._rank[node.automaton][node.state])
        target = int(self._rank[other.automaton][other.state])
        if source not in self._known:
            first, last = np.searchsorted(self._source, (source, source + 1))
            columns = self._target[first:last].tolist(), self._label[first:last].tolist()
            self._known[source] = set(zip(*columns, strict=True))
        return (target, label) in self._known[source]


Path = list[Move]

Goal = Callable[[Move, Move], bool]
"""Whether a move, from one node to another, is what is looked for."""


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
        if ring.has(start.node, start.node, REST) and not self._debts(start, [stay]):
            return self._run(prefix, [stay])
        while True:
            loop = walk + self._way(walk[-1] if walk else start, ring, _back_to(start.node))
            debts = self._debts(start, loop)
            if not debts:
                return self._run(prefix, loop)
            walk += self._way(walk[-1] if walk else start, ring, debts[0])

    def _way(self, start: Move, ring: Ring, goal: Goal) -> Path:
        """A shortest way, of at least one move, whose last move is the goal."""
        before: dict[Node, tuple[Node, Move] | None] = {}
        todo = deque([start])
        while todo:
            self._look_at_clock()
            at = todo.popleft()
            for move, label in self._moves(at):
                if not ring.has(at.node, move.node, label):
                    continue
                if goal(at, move):
                    return [*self._back(before, at.node), move]
                if move.node not in before and move.node != start.node:
                    before[move.node] = at.node, move
                    todo.append(move)
        raise AssertionError("a component has a way to everything in it")

    def _back(self, before: dict[Node, tuple[Node, Move] | None], node: Node) -> Path:
        path: Path = []
        while (found := before.get(node)) is not None:
            path.append(found[1])
            node = found[0]
        return path[::-1]

    # --- what a loop owes ---

    def _debts(self, start: Move, loop: Path) -> list[Goal]:
        """What a loop owes to the automaton and to fairness: moves that would pay it."""
        nodes = {start.node.automaton, *(move.node.automaton for move in loop)}
        accepted = frozenset[int]().union(*(self._automaton.nodes[n].accepts for n in nodes))
        debts = [
            self._accepting(number)
            for number in range(self._automaton.sets)
            if number not in accepted
        ]
        return debts + (list(self._owed(loop)) if self._fair else [])

    def _accepting(self, number: int) -> Goal:
        return lambda _, move: number in self._automaton.nodes[move.node.automaton].accepts

    def _owed(self, loop: Path) -> Iterator[Goal]:
        """What each clause of fairness still asks of a loop."""
        taken = [action_of(self._ts, move.step) for move in loop if move.step is not None]
        enabled = [self._look(move.state)[1] for move in loop]
        ever = dict.fromkeys(action for actions in enabled for action in actions)
        for action in ever:
            unit = unit_of(action, self._assumed)
            if unit is not None:
                always = all(self._has_unit(actions, unit) for actions in enabled)
                if always and not self._has_unit(taken, unit):
                    yield self._rests_or_takes(unit)
            if action.kind is StepKind.RECEIVE:
                message = action.channel, action.packet
                if not _has_message(taken, message, (StepKind.RECEIVE,)):
                    yield self._takes(message, (StepKind.RECEIVE,))
        for action in dict.fromkeys(taken):
            if action.kind is StepKind.LOSS:
                message = action.channel, action.packet
                if not _has_message(taken, message, RECEIVED):
                    yield self._takes(message, RECEIVED)
            for put in action.puts:
                wanted = Action(*action[:-1], (put._replace(dropped=False),))
                could = any(_finds_room(other, wanted) for other in ever)
                if put.dropped and could and not any(_finds_room(t, wanted) for t in taken):
                    yield self._with_room(wanted)

    def _has_unit(self, actions: Sequence[Action], unit: Unit) -> bool:
        return any(unit_of(action, self._assumed) == unit for action in actions)

    def _rests_or_takes(self, unit: Unit) -> Goal:
        def goal(_: Move, move: Move) -> bool:
            if move.step is not None and self._has_unit([action_of(self._ts, move.step)], unit):
                return True
            return not self._has_unit(self._look(move.state)[1], unit)

        return goal

    def _takes(self, message: tuple[object, object], kinds: Sequence[StepKind]) -> Goal:
        def goal(_: Move, move: Move) -> bool:
            return move.step is not None and _has_message(
                [action_of(self._ts, move.step)], message, kinds
            )

        return goal

    def _with_room(self, wanted: Action) -> Goal:
        def goal(_: Move, move: Move) -> bool:
            return move.step is not None and _finds_room(action_of(self._ts, move.step), wanted)

        return goal

    # --- the run ---

    def _run(self, prefix: Path, loop: Path) -> Run:
        """Resting is no step: a loop that only rests is a run that stops."""
        steps = [RunStep(m.step, m.state) for m in prefix[1:] if m.step is not None]
        around = [RunStep(m.step, m.state) for m in loop if m.step is not None]
        return Run(self._ts.system, prefix[0].state, (*steps, *around), loop_from=len(steps))


def _back_to(node: Node) -> Goal:
    return lambda _, move: move.node == node


def _has_message(
    actions: Sequence[Action], message: tuple[object, object], kinds: Sequence[StepKind]
) -> bool:
    return any(a.kind in kinds and (a.channel, a.packet) == message for a in actions)


def _finds_room(action: Action, wanted: Action) -> bool:
    """Whether an action is of the same line, and sends the same packet, with room for it."""
    same = (action.instance, action.transition) == (wanted.instance, wanted.transition)
    return same and wanted.puts[0] in action.puts
