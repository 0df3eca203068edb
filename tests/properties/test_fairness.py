"""Fair components against their definition: every set of edges that a run could repeat is tried."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcpspec.explore.graph import NOWHERE, Action, Put, graph_of
from tcpspec.model.model import Transition
from tcpspec.properties import strong
from tcpspec.properties.fairness import REST, Clauses, Product, fair_components
from tcpspec.semantics.state import Packet, StepKind
from tests.examples import examples

A, B = Packet("A", ()), Packet("B", ())


class Line:
    def __init__(self, index: int) -> None:
        self.index = index


LINES: list[Any] = [Line(0), Line(1)]
"""Lines are told apart, and that is all."""


def timeout(line: int, *puts: tuple[Packet, bool]) -> Action:
    sent = tuple(Put(0, packet, dropped) for packet, dropped in puts)
    transition: Transition = LINES[line]
    return Action(StepKind.TIMEOUT, 0, transition, None, None, None, sent)


def call(*puts: tuple[Packet, bool]) -> Action:
    return timeout(0, *puts)._replace(kind=StepKind.CALL, transition=LINES[1])


def receive(packet: Packet) -> Action:
    return Action(StepKind.RECEIVE, 1, LINES[0], None, 1, packet, ())


def lose(packet: Packet) -> Action:
    return Action(StepKind.LOSS, None, None, None, 1, packet, ())


def duplicate(packet: Packet) -> Action:
    return receive(packet)._replace(kind=StepKind.DUPLICATION)


Edge = tuple[int, int, Action | None]
"""From, to, and what it is; None for resting."""


def fair_nodes(states: int, edges: list[Edge], *, fair: bool = True) -> set[int]:
    """The states in which, by the components, a fair run can go on for ever."""
    actions = list(dict.fromkeys(action for _, _, action in edges if action is not None))
    real = sorted((e for e in edges if e[2] is not None), key=lambda edge: edge[0])
    rests = np.zeros(states, np.bool_)
    rests[[source for source, _, action in edges if action is None]] = True
    source = np.array([edge[0] for edge in real], np.int32)
    target = np.array([edge[1] for edge in real], np.int32)
    label = np.array([actions.index(action) for *_, action in real if action], np.int32)
    graph = graph_of([source], [target], [label], actions, rests)
    inside, resting = target != NOWHERE, np.flatnonzero(rests).astype(np.int32)
    product = Product(
        graph,
        np.arange(states),
        np.concatenate([source[inside], resting]),
        np.concatenate([target[inside], resting]),
        np.concatenate([label[inside], np.full(len(resting), REST, np.int32)]),
        np.zeros((0, states), np.bool_),
    )
    found = set[int]()
    for part, component in fair_components(product, Clauses(actions) if fair else None):
        found |= set(np.flatnonzero(component >= 0).tolist())
        assert (component[part.source] == component[part.target]).all()
    return found


# --- the definition ---------------------------------------------------------------------------


def by_definition(edges: list[Edge]) -> set[int]:
    """The states that some set of edges goes through that a fair run takes again and again, and no
    others.
    """
    inner = [edge for edge in edges if edge[1] != NOWHERE]
    found = set[int]()
    for size in range(1, len(inner) + 1):
        for chosen in combinations(inner, size):
            graph = nx.DiGraph([(source, target) for source, target, _ in chosen])
            if nx.is_strongly_connected(graph) and is_fair(set(graph), chosen, edges):
                found |= set(graph)
    return found


def is_fair(nodes: set[int], chosen: tuple[Edge, ...], edges: list[Edge]) -> bool:
    taken = [action for _, _, action in chosen if action is not None]
    enabled = {node: [a for s, _, a in edges if s == node and a is not None] for node in nodes}
    every = [action for actions in enabled.values() for action in actions]

    def lines(actions: list[Action]) -> set[Any]:
        return {a.transition for a in actions if a.kind is StepKind.TIMEOUT}

    def packets(actions: list[Action], *kinds: StepKind) -> set[Packet | None]:
        return {a.packet for a in actions if a.kind in kinds}

    def sent(actions: list[Action], dropped: bool) -> set[tuple[object, Packet]]:
        return {(a.transition, p.packet) for a in actions for p in a.puts if p.dropped is dropped}

    stays = set.intersection(*(lines(actions) for actions in enabled.values()))
    return (
        stays <= lines(taken)
        and packets(every, StepKind.RECEIVE) <= packets(taken, StepKind.RECEIVE)
        and packets(taken, StepKind.LOSS) <= packets(taken, StepKind.RECEIVE, StepKind.DUPLICATION)
        and sent(taken, True) & sent(every, False) <= sent(taken, False)
    )


ACTIONS = [
    timeout(0), timeout(1), call(), receive(A), receive(B), lose(A), lose(B), duplicate(A),
    timeout(0, (A, True)), timeout(0, (A, False)), timeout(0, (A, True), (B, False)),
    timeout(0, (B, True)), call((B, True)), call((B, False)), call((A, True)), call((A, False)),
]  # fmt: skip


@st.composite
def graphs(draw: st.DrawFn) -> tuple[int, list[Edge]]:
    states = draw(st.integers(1, 4))
    actions = draw(st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=5))
    ends = st.integers(0, states - 1)
    edges: list[Edge] = draw(
        st.lists(
            st.tuples(ends, ends | st.sampled_from([0, NOWHERE]), st.sampled_from(actions)),
            max_size=8, unique=True,
        )
    )  # fmt: skip
    resting = draw(st.sets(ends, max_size=1))
    forced = {s for s, _, a in edges if a and a.kind in (StepKind.TIMEOUT, StepKind.RECEIVE)}
    return states, [*edges, *((node, node, None) for node in resting - forced)]


@settings(max_examples=examples(700, thorough=3000))
@given(graphs())
def test_random_graphs(drawn: tuple[int, list[Edge]]) -> None:
    states, edges = drawn
    assert fair_nodes(states, edges) == by_definition(edges)


# --- graphs that the eye can check --------------------------------------------------------------


def drawn(text: str) -> tuple[int, list[Edge]]:
    """``0 t0 1, 1 call 0``: from, what, to; ``-`` is nowhere."""
    words = {
        "t0": timeout(0), "t1": timeout(1), "call": call(), "rcvA": receive(A), "rcvB": receive(B),
        "loseA": lose(A), "dupA": duplicate(A), "drop": timeout(0, (A, True)),
        "room": timeout(0, (A, False)), "rest": None, "dropB": timeout(0, (B, True)),
        "roomB": timeout(0, (B, False)),
    }  # fmt: skip
    edges: list[Edge] = []
    for one in text.split(","):
        source, what, target = one.split()
        edges.append((int(source), NOWHERE if target == "-" else int(target), words[what]))
    return 1 + max(max(source, target) for source, target, _ in edges), edges


EXAMPLES = {
    "a loop of calls": ("0 call 0", {0}),
    "a loop beside a timeout that stays enabled": ("0 call 0, 0 t0 1, 1 rest 1", {1}),
    "the timeout is in the loop": ("0 call 0, 0 t0 0", {0}),
    "two timeouts, one in the loop": ("0 t0 0, 0 t1 1", set[int]()),
    "weak: not enabled all the time": ("0 call 1, 1 call 0, 1 t0 2, 2 rest 2", {0, 1, 2}),
    "strong: received or not again and again": (
        "0 call 1, 1 call 0, 1 rcvA 2, 2 rest 2", {2},
    ),
    "a diamond": ("0 call 1, 0 call 2, 1 t0 3, 2 t1 3, 3 t0 0", {0, 1, 2, 3}),
    "two components": ("0 t0 0, 0 call 1, 1 call 1, 1 t1 0, 2 t0 2", {0, 1, 2}),
    "a fair loop inside an unfair one": (
        "0 call 1, 1 call 0, 1 call 2, 2 call 1, 2 rcvA 3, 3 rest 3", {0, 1, 3},
    ),
    "lost and never received": ("0 t0 1, 1 loseA 0", set[int]()),
    "lost and received": ("0 t0 1, 1 loseA 0, 1 rcvA 0", {0, 1}),
    "lost and copied": ("0 t0 1, 1 loseA 0, 1 dupA 1", {0, 1}),
    "dropped, with room nowhere": ("0 drop 0", {0}),
    "dropped, with room now and then": ("0 drop 1, 1 call 0, 1 room 2, 2 call 2", {2}),
    "dropped, or room, but not both": (
        "0 drop 1, 1 call 0, 1 call 2, 2 call 1, 2 room 3, 3 rest 3", {0, 1, 2, 3},
    ),
    "one of two is not dropped, the other has no room": (
        "0 drop 1, 0 dropB 1, 1 call 0, 1 call 2, 2 call 1, 1 room 3, 2 roomB 3, 3 rest 3",
        {0, 1, 3},
    ),
    "not dropped where there is room": ("0 t0 1, 1 call 0, 1 room 2, 2 call 2", {0, 1, 2}),
    "resting": ("0 call 1, 1 rest 1", {1}),
    "a step that fails stays enabled": ("0 call 0, 0 t0 -", set[int]()),
}  # fmt: skip


@pytest.mark.parametrize("name", EXAMPLES)
def test_drawn_graphs(name: str) -> None:
    text, expected = EXAMPLES[name]
    states, edges = drawn(text)
    assert fair_nodes(states, edges) == expected
    assert by_definition(edges) == expected


def test_without_fairness_every_loop_counts() -> None:
    states, edges = drawn("0 call 0, 0 t0 1, 1 rest 1, 2 loseA 2")
    assert fair_nodes(states, edges, fair=False) == {0, 1, 2}


# --- components -------------------------------------------------------------------------------


@settings(max_examples=examples(100, thorough=300))
@given(st.integers(1, 12), st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=30))
def test_both_ways_to_components(size: int, pairs: list[tuple[int, int]]) -> None:
    edges = np.array([(a % size, b % size) for a, b in pairs], np.int32).reshape(-1, 2)
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(range(size))
    graph.add_edges_from((a % size, b % size) for a, b in pairs)
    expected = sorted(map(sorted, nx.strongly_connected_components(graph)))
    for way in (strong._by_tarjan, strong._by_scipy):
        comp = way(size, edges[:, 0].copy(), edges[:, 1].copy())
        assert sorted(parts(comp.tolist())) == expected


def parts(comp: list[int]) -> Iterator[list[int]]:
    for number in set(comp):
        yield [node for node, other in enumerate(comp) if other == number]
