"""Claims about whole runs: ``eventually``, ``leads to`` and ``ltl``, on every fair run.

The negation of what is claimed becomes an automaton, and its product with the system is searched
for a component in which a fair run of both can go on for ever (M. Vardi, P. Wolper: "An
automata-theoretic approach to automatic program verification", LICS 1986). Where nothing but calls
and faults is enabled a run may stop: it is then one that repeats its last state for ever.

What is found is a lasso, the same in every engine: of the states from which the run can go on so,
the nearest are taken, and of the runs to these the first in the order of the specification.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from tcpspec.explore.columns import Flags, Numbers
from tcpspec.explore.graph import Graph, Small
from tcpspec.explore.limits import Look, no_look
from tcpspec.explore.run import Run
from tcpspec.explore.space import StateSpace
from tcpspec.model.formulas import Not
from tcpspec.model.model import Check
from tcpspec.properties.automaton import Automaton, TooComplex, automaton
from tcpspec.properties.fairness import REST, Assumed, Clauses, Product, fair_components
from tcpspec.properties.judge import holds, reasons, unfairness
from tcpspec.properties.lasso import LassoFinder, Node, Ring
from tcpspec.properties.strong import components, spread_edges
from tcpspec.properties.verdict import Status, Verdict, reservations


def decide(check: Check, space: StateSpace, look: Look = no_look) -> Verdict:
    """The verdict of a temporal claim; raises what ``look`` raises."""
    try:
        run = find_lasso(check, space, look) if len(space.states) else None
    except TooComplex:
        return Verdict(check, Status.UNKNOWN, rests_on=("the formula is too large",))
    if run is not None:
        ts, formula = space.transition_system, check.formula
        assert formula is not None
        assert not holds(ts, formula, check.atoms, run), "the run shows what it is to show"
        unfair = [] if check.unfair else unfairness(ts, run, check.assumed)
        assert not unfair, unfair
        return Verdict(
            check,
            Status.VIOLATED,
            run,
            tuple(reasons(ts, run, check.assumed, fair=not check.unfair)),
        )
    reserved = reservations(space)
    status = Status.HOLDS if space.complete else Status.UNKNOWN
    return Verdict(check, status, rests_on=reserved)


def is_known_to_hold(check: Check, space: StateSpace, look: Look = no_look) -> bool:
    """Whether the verdict of ``decide`` would be that it holds; no run is made."""
    try:
        return space.complete and not any(map(np.any, _search(check, space, look).goals()))
    except TooComplex:
        return False


def find_lasso(check: Check, space: StateSpace, look: Look = no_look) -> Run | None:
    """A run of the kind that is claimed not to be there; raises ``TooComplex``."""
    search = _search(check, space, look)
    return search.lasso(search.goals())


def _search(check: Check, space: StateSpace, look: Look) -> "_Search":
    assert check.formula is not None
    look()
    graph = space.graph(look)
    return _Search(
        space, graph, automaton(Not(check.formula)),
        [space.truth(atom) for atom in check.atoms],
        None if check.unfair else Clauses(graph.actions, check.assumed),
        None if check.unfair else check.assumed,
        look,
    )  # fmt: skip


class _Found(NamedTuple):
    """Components of a product in which runs can go on: the nodes' numbers are ``first`` of their
    automaton node, and how many states of that were reached before.
    """

    product: Product
    component: Small
    rank: dict[int, Numbers]


@dataclass(slots=True)
class _Search:
    space: StateSpace
    graph: Graph
    automaton: Automaton
    truths: Sequence[Flags]
    clauses: Clauses | None
    assumed: Assumed | None
    """None, where runs need not be fair."""
    look: Look
    levels: list[Small] = field(default_factory=list)
    """For each node of the automaton, how many steps lead to each state with it, or -1."""
    found: list[_Found] = field(default_factory=list)

    def goals(self) -> list[Flags]:
        """For each node of the automaton, the states in which a run of that kind can go on."""
        self._reach()
        goals = [np.zeros(self.graph.states, np.bool_) for _ in self.automaton.nodes]
        for members in self._cycles():
            for product, component, rank in self._fair(members):
                self.found.append(_Found(product, component, rank))
                for node in members:
                    reached = np.flatnonzero(rank[node] >= 0)
                    goals[node][reached] |= component[rank[node][reached]] >= 0
        return goals

    # --- what can be reached ---

    def _ok(self, node: int) -> Flags:
        """The states that may be read in a node of the automaton."""
        flags = np.ones(self.graph.states, np.bool_)
        for atom, value in self.automaton.nodes[node].literals:
            flags &= self.truths[atom] == value
        return flags

    def _reach(self) -> None:
        """Breadth first, all nodes of the automaton in step."""
        nodes = self.automaton.nodes
        ok = [self._ok(node) for node in range(len(nodes))]
        self.levels = [np.full(self.graph.states, -1, np.int32) for _ in nodes]
        start = [self.space.number_of(s) for s in self.space.transition_system.initial_states()]
        initial = np.array([number for number in start if number is not None], np.int64)
        new = [
            initial[ok[n][initial]] if node.initial else initial[:0] for n, node in enumerate(nodes)
        ]
        level, place = 0, np.zeros(self.graph.states, np.int64)
        while any(map(len, new)):
            self.look()
            for node, states in enumerate(new):
                self.levels[node][states] = level
            following: list[list[Numbers]] = [[] for _ in nodes]
            for node, states in enumerate(new):
                targets = self._after(states)
                for other in nodes[node].successors if len(targets) else ():
                    open_ = ok[other][targets] & (self.levels[other][targets] < 0)
                    following[other].append(targets[open_])
            new = [_once(pieces, place) for pieces in following]
            level += 1

    def _after(self, states: Numbers) -> Numbers:
        """Where the steps of these states lead, and where they may rest."""
        targets = self.graph.targets[spread_edges(self.graph.offsets, states)[1]]
        rests = states[self.graph.rests[states]]
        return np.concatenate([targets[targets >= 0], rests])

    # --- where a fair run can go on ---

    def _cycles(self) -> list[list[int]]:
        """The components of the automaton in which an accepting run can go on."""
        nodes = self.automaton.nodes
        pairs = [(n, other) for n, node in enumerate(nodes) for other in node.successors]
        edges = np.array(pairs, np.int32).reshape(-1, 2)
        comp = components(len(nodes), edges[:, 0], edges[:, 1])
        found = []
        for number in range(int(comp.max(initial=-1)) + 1):
            members = np.flatnonzero(comp == number).tolist()
            within = any(comp[a] == comp[b] == number for a, b in pairs)
            accepts = frozenset[int]().union(*(nodes[n].accepts for n in members))
            if within and len(accepts) == self.automaton.sets:
                found.append(members)
        return found

    def _fair(self, members: list[int]) -> list[tuple[Product, Small, dict[int, Numbers]]]:
        """The fair components of the product with these nodes of the automaton."""
        rank, states, size = dict[int, Numbers](), [], 0
        for node in members:
            reached = np.flatnonzero(self.levels[node] >= 0)
            rank[node] = np.full(self.graph.states, -1, np.int64)
            rank[node][reached] = size + np.arange(len(reached))
            states.append(reached)
            size += len(reached)
        if size >> 31:
            raise TooComplex
        product = self._product(members, rank, np.concatenate(states))
        found = fair_components(product, self.clauses, self.look)
        return [(part, comp, rank) for part, comp in found]

    def _product(self, members: list[int], rank: dict[int, Numbers], state: Numbers) -> Product:
        sources, targets, labels = [], [], []
        for node in members:
            states = np.flatnonzero(rank[node] >= 0)
            which, edges = spread_edges(self.graph.offsets, states)
            target, label = self.graph.targets[edges], self.graph.labels[edges]
            source = rank[node][states][which]
            resting = states[self.graph.rests[states]]
            source = np.concatenate([source, rank[node][resting]])
            target = np.concatenate([target, resting.astype(np.int32)])
            label = np.concatenate([label, np.full(len(resting), REST, np.int32)])
            for other in self.automaton.nodes[node].successors:
                if other in rank:
                    to = np.where(target >= 0, rank[other][target], -1)
                    sources.append(source[to >= 0].astype(np.int32))
                    targets.append(to[to >= 0].astype(np.int32))
                    labels.append(label[to >= 0])
        accepts = np.zeros((self.automaton.sets, len(state)), np.bool_)
        for node in members:
            for number in self.automaton.nodes[node].accepts:
                accepts[number, rank[node][rank[node] >= 0]] = True
        nothing = np.zeros(0, np.int32)
        return Product(
            self.graph, state, np.concatenate([*sources, nothing]),
            np.concatenate([*targets, nothing]), np.concatenate([*labels, nothing]), accepts,
        )  # fmt: skip

    # --- the lasso ---

    def lasso(self, goals: list[Flags]) -> Run | None:
        """The first shortest run to a goal, and on from there; to stop is simpler than to go on."""
        last = self._nearest(goals)
        if last is None:
            return None
        stops = [flags & self._stops(node) for node, flags in enumerate(goals)]
        if self._nearest(stops) == last:
            goals = stops
        ways = [[np.flatnonzero(f & (self.levels[n] == last)) for n, f in enumerate(goals)]]
        for level in range(last - 1, -1, -1):
            ways.append(self._leading(level, ways[-1]))
        finder = LassoFinder(self.space, self.graph, self.automaton, self.assumed, self.look)
        prefix = finder.first(list(reversed(ways)))
        return finder.close(prefix, self._ring(prefix[-1].node))

    def _nearest(self, goals: list[Flags]) -> int | None:
        """How many steps lead to the nearest goal."""
        levels = [self.levels[node][flags] for node, flags in enumerate(goals)]
        return min((int(one.min()) for one in levels if len(one)), default=None)

    def _stops(self, node: int) -> Flags:
        """Where a run may stop, as far as a node of the automaton is concerned."""
        one = self.automaton.nodes[node]
        accepted = node in one.successors and len(one.accepts) == self.automaton.sets
        return self.graph.rests & accepted

    def _leading(self, level: int, goals: list[Numbers]) -> list[Numbers]:
        """The nodes of a level that lead on to these of the next."""
        found = []
        marked = [np.zeros(self.graph.states, np.bool_) for _ in goals]
        for flags, states in zip(marked, goals, strict=True):
            flags[states] = True
        for node, one in enumerate(self.automaton.nodes):
            states = np.flatnonzero(self.levels[node] == level)
            which, edges = spread_edges(self.graph.offsets, states)
            targets = self.graph.targets[edges]
            leads = np.zeros(len(states), np.bool_)
            for other in one.successors:
                leads[which[(targets >= 0) & marked[other][targets]]] = True
                leads |= self.graph.rests[states] & marked[other][states]
            found.append(states[leads])
        return found

    def _ring(self, node: Node) -> Ring:
        """The component in which a run can go on from a node."""
        for product, component, rank in self.found:
            number = rank[node.automaton][node.state] if node.automaton in rank else -1
            if number >= 0 and component[number] >= 0:
                inside = component[product.source] == component[number]
                return Ring(product, rank, inside)
        raise AssertionError("a goal is in a component")


def _once(pieces: Sequence[Numbers], place: Numbers) -> Numbers:
    """Each of these states once; ``place`` has room for a number for each state."""
    states = np.concatenate([np.zeros(0, np.int64), *pieces])
    numbers = np.arange(len(states))
    place[states] = numbers
    once: Numbers = states[place[states] == numbers]
    return once
