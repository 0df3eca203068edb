"""Fairness, as the language has it: which steps must come, given what is enabled.

A run is fair when

1. a ``step`` or a timeout that stays enabled is taken in the end (weak, for each line of each
   instance);
2. what can be received again and again is received, and removed, again and again (strong, for each
   channel and each message with its fields);
3. what is lost again and again is also received again and again;
4. a line whose message a full channel drops again and again also finds room again and again, if
   there could be room again and again.

No clause needs a fault, so every finite run can go on fairly. Components that hold fair runs are
found by refinement: a strongly connected component is thrown away if a weak clause fails in it;
what a strong clause forbids is taken out of it, and the rest decomposed again (E. A. Emerson, C.-L.
Lei: "Modalities for model checking", 1987; for strong fairness as here, O. Lichtenstein, A. Pnueli:
"Checking that finite state concurrent programs satisfy their linear specification", POPL 1985).
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from tcpspec.explore.columns import Flags, Numbers, distinct
from tcpspec.explore.graph import Action, Graph, Small
from tcpspec.explore.limits import Look, no_look
from tcpspec.model.model import Transition
from tcpspec.properties.strong import components, spread_edges
from tcpspec.semantics.state import Packet, StepKind

Unit: TypeAlias = tuple[int | None, Transition | str | None]
"""An instance and a line of it: what clause 1 counts as one. For what is assumed of a user, an
instance and a call.
"""

Assumed: TypeAlias = Collection[tuple[int | None, str | None]]
"""Instances and calls: each is made in the end, if it stays possible."""

Message: TypeAlias = tuple[int | None, Packet | None]
"""A channel and a packet: what clauses 2 and 3 count as one."""

Sending: TypeAlias = tuple[int | None, Transition | None, int, Packet]
"""An instance, a line, a channel and a packet: what clause 4 counts as one."""

FORCED = (StepKind.TIMEOUT, StepKind.STEP)
"""What has to come in the end, if it stays enabled."""


def unit_of(action: Action, assumed: Assumed) -> Unit | None:
    """What has to be taken in the end, if it stays enabled."""
    if action.kind in FORCED:
        return action.instance, action.transition
    if action.kind is StepKind.CALL and (action.instance, action.event) in assumed:
        return action.instance, action.event
    return None


RECEIVED = (StepKind.RECEIVE, StepKind.DUPLICATION)

REST = -1
"""The label of staying where nothing has to happen."""


class Clauses:
    """For each action, by its number, what it is to each clause; -1 where it is nothing to it."""

    def __init__(self, actions: Sequence[Action], assumed: Assumed = ()) -> None:
        units: dict[Unit, int] = {}
        messages: dict[Message, int] = {}
        sendings = _sendings(actions)
        self.unit = np.full(len(actions), -1, np.int64)
        self.removed = np.full(len(actions), -1, np.int64)
        self.received = np.full(len(actions), -1, np.int64)
        self.lost = np.full(len(actions), -1, np.int64)
        puts: list[tuple[int, int, bool]] = []
        for label, action in enumerate(actions):
            unit = unit_of(action, assumed)
            if unit is not None:
                self.unit[label] = units.setdefault(unit, len(units))
            if action.channel is not None:
                message = action.channel, action.packet
                number = messages.setdefault(message, len(messages))
                if action.kind is StepKind.LOSS:
                    self.lost[label] = number
                else:
                    self.received[label] = number
                if action.kind is StepKind.RECEIVE:
                    self.removed[label] = number
            for put in action.puts:
                sending = action.instance, action.transition, put.channel, put.packet
                puts.append((label, sendings[sending], put.dropped))
        self.units, self.messages, self.sendings = list(units), list(messages), list(sendings)
        self._puts = np.array(puts, np.int64).reshape(-1, 3)
        self.drops = bool(puts) and bool(self._puts[:, 2].any())
        """Whether any full channel ever drops anything."""
        self._actions = len(actions)

    def putting(self, dropped: bool) -> list[Numbers]:
        """For each action, by its number, what it sends so: columns, until there is no more."""
        chosen = self._puts[self._puts[:, 2] == int(dropped)]
        columns = []
        while len(chosen):
            first = np.unique(chosen[:, 0], return_index=True)[1]
            column = np.full(self._actions, -1, np.int64)
            column[chosen[first, 0]] = chosen[first, 1]
            columns.append(column)
            chosen = np.delete(chosen, first, axis=0)
        return columns


def _sendings(actions: Sequence[Action]) -> dict[Sending, int]:
    """All that is sent, in the order of the specification: in which classes are tried decides which
    loop is found, and the order of actions is the engine's business.
    """

    def order(sending: Sending) -> tuple[object, ...]:
        instance, transition, channel, packet = sending
        return instance, transition.index if transition else -1, channel, packet.name, packet.values

    found = {(a.instance, a.transition, p.channel, p.packet) for a in actions for p in a.puts}
    return {sending: number for number, sending in enumerate(sorted(found, key=order))}


@dataclass(frozen=True, slots=True)
class Product:
    """States of a graph, each with a node of an automaton. ``accepts`` has a row of flags for each
    set that must be visited again and again. Edges are those that stay within the product; what
    else the states can do is in the graph.
    """

    graph: Graph
    state: Numbers
    source: Small
    target: Small
    label: Small
    accepts: NDArray[np.bool_]

    def keeping(self, edges: Flags) -> "Product":
        """The same with these edges only; nodes keep their numbers."""
        return Product(
            self.graph, self.state, self.source[edges], self.target[edges], self.label[edges],
            self.accepts,
        )  # fmt: skip


def fair_components(
    product: Product, clauses: Clauses | None, look: Look = no_look
) -> Iterator[tuple[Product, Small]]:
    """All components that hold fair runs, several at once: edges within components only, and the
    component of each node, -1 for nodes of none. Without ``clauses``, all runs are fair.
    """
    todo = [product]
    while todo:
        look()
        refinement = _Refinement(todo.pop(), clauses)
        if refinement.fair.any():
            yield refinement.found()
        todo += refinement.rest


class _Refinement:
    """One round, for all strongly connected components of a product at once.

    ``fair`` are the components, by their numbers, that hold fair runs; ``rest`` is what remains of
    others, to be decomposed again.
    """

    def __init__(self, product: Product, clauses: Clauses | None) -> None:
        size = len(product.state)
        self._comp = components(size, product.source, product.target).astype(np.int64)
        self._product = product.keeping(self._comp[product.source] == self._comp[product.target])
        self._of_edge = self._comp[self._product.source]
        self.fair = np.zeros(int(self._comp.max(initial=-1)) + 1, np.bool_)
        self.fair[self._of_edge] = True  # some edge stays inside
        self.rest: list[Product] = []
        for accepted in product.accepts:
            self.fair &= self._some(self._comp[accepted])
        if clauses is not None and self.fair.any():
            self._nodes = np.flatnonzero(self.fair[self._comp])
            self._which, edges = spread_edges(product.graph.offsets, product.state[self._nodes])
            self._labels = product.graph.labels[edges]
            self._weak(clauses)
            self._strong(clauses)

    def found(self) -> tuple[Product, Small]:
        """The edges within fair components, and the component of each node, or -1."""
        comp: Small = np.where(self.fair[self._comp], self._comp, -1).astype(np.int32)
        return self._product.keeping(self.fair[self._of_edge]), comp

    # --- what is enabled, and what is taken ---

    def _some(self, comps: Numbers) -> Flags:
        """A flag for each component, set for these."""
        flags = np.zeros(len(self.fair), np.bool_)
        flags[comps] = True
        return flags

    def _enabled(self, column: Numbers, size: int) -> Numbers:
        """Pairs of a node and a class that some step of it belongs to, as one number each."""
        found = column[self._labels]
        some = np.flatnonzero(found >= 0)
        return distinct(self._nodes[self._which[some]] * size + found[some])

    def _of_comps(self, pairs: Numbers, size: int) -> Numbers:
        """Pairs of nodes and classes as pairs of components and classes."""
        return self._comp[pairs // size] * size + pairs % size

    def _classes(self, column: Numbers) -> Numbers:
        """The class of each edge, or -1."""
        found = np.full(len(self._of_edge), -1, np.int64)
        real = self._product.label != REST
        found[real] = column[self._product.label[real]]
        return found

    def _taken(self, column: Numbers, size: int) -> Numbers:
        """Pairs of a component and a class that some edge within it belongs to."""
        found = self._classes(column)
        return distinct(self._of_edge[found >= 0] * size + found[found >= 0])

    # --- the clauses ---

    def _weak(self, clauses: Clauses) -> None:
        """Throw away components in which something stays enabled and is never taken."""
        size = max(1, len(clauses.units))
        pairs = self._of_comps(self._enabled(clauses.unit, size), size)
        different, count = np.unique(pairs, return_counts=True)
        nodes = np.bincount(self._comp[self._nodes], minlength=len(self.fair))
        stays = different[count == nodes[different // size]]
        missed = np.setdiff1d(stays, self._taken(clauses.unit, size), assume_unique=True)
        self.fair[missed // size] = False

    def _strong(self, clauses: Clauses) -> None:
        """Take out of the others what must not happen again and again, and go on with the rest."""
        size = max(1, len(clauses.messages))
        can, taken = self._enabled(clauses.removed, size), self._taken(clauses.removed, size)
        nodes = np.zeros(len(self._comp), np.bool_)
        nodes[can[~np.isin(self._of_comps(can, size), taken)] // size] = True
        lost, received = self._classes(clauses.lost), self._taken(clauses.received, size)
        edges = (lost >= 0) & ~np.isin(self._of_edge * size + lost, received)
        touched = self._some(self._comp[nodes]) | self._some(self._of_edge[edges])
        self._go_on(touched & self.fair, nodes, edges)
        self.fair &= ~touched
        if clauses.drops and self.fair.any():
            self._room(clauses)

    def _go_on(self, comps: Flags, nodes: Flags, edges: Flags) -> None:
        """What remains of these components without some nodes and edges."""
        source, target = self._product.source, self._product.target
        kept = comps[self._of_edge] & ~edges & ~nodes[source] & ~nodes[target]
        if kept.any():
            self.rest.append(self._product.keeping(kept))

    def _room(self, clauses: Clauses) -> None:
        """Clause 4. Two things satisfy it: that nothing of a class is dropped, or that there is
        room for it nowhere. Both are tried, for one class of each component in a round.
        """
        size = max(1, len(clauses.sendings))
        roomy, dropping = clauses.putting(dropped=False), clauses.putting(dropped=True)
        served = _union(self._taken(column, size) for column in roomy)
        dropped = _union(self._taken(column, size) for column in dropping)
        can = _union(self._enabled(column, size) for column in roomy)
        could = distinct(self._of_comps(can, size))
        wrong = np.intersect1d(np.setdiff1d(dropped, served), could)
        wrong = wrong[self.fair[wrong // size]]
        wrong = wrong[np.unique(wrong // size, return_index=True)[1]]
        if not len(wrong):
            return
        comps = self._some(wrong // size)
        nodes, no_nodes = np.zeros(len(self._comp), np.bool_), np.zeros(len(self._comp), np.bool_)
        nodes[can[np.isin(self._of_comps(can, size), wrong)] // size] = True
        edges = np.zeros(len(self._of_edge), np.bool_)
        for column in dropping:
            found = self._classes(column)
            edges |= (found >= 0) & np.isin(self._of_edge * size + found, wrong)
        self._go_on(comps, nodes, np.zeros_like(edges))
        self._go_on(comps, no_nodes, edges)
        self.fair &= ~comps


def _union(pieces: Iterable[Numbers]) -> Numbers:
    return distinct(np.concatenate([np.zeros(0, np.int64), *pieces]))
