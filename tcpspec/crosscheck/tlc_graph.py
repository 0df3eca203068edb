"""TLC's own graph of states, and what can be said of branches on it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import networkx as nx

from tcpspec.crosscheck.tlc_witness import GOALS
from tcpspec.properties.verdict import Status

_NODE = re.compile(r'(-?\d+) \[label="(.*)"(,style = filled)?\];?')
_EDGE = re.compile(r"(-?\d+) -> (-?\d+) ")
_GOALS = re.compile(GOALS + r" = <<([^>]*)>>")


@dataclass(frozen=True, slots=True)
class Graph:
    """States by TLC's fingerprints: how each is printed, where runs start, which goals hold.

    ``cuts`` are no states: they stand for steps that a bound cut.
    """

    steps: "nx.DiGraph[str]"
    labels: dict[str, str]
    initial: list[str]
    goals: list[set[str]]
    cuts: set[str]


def read_graph(path: Path) -> Graph:
    """The graph that TLC wrote."""
    graph = Graph(nx.DiGraph(), {}, [], [], set())
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if match := _EDGE.match(line):
                graph.steps.add_edge(match[1], match[2])
            elif match := _NODE.match(line):
                _add_state(graph, match[1], match[2], initial=bool(match[3]))
    return graph


def _add_state(graph: Graph, node: str, label: str, *, initial: bool) -> None:
    graph.steps.add_node(node)
    text = label.replace("\\n", "\n").replace('\\"', '"').replace("\\\\", "\\")
    graph.labels[node] = text
    if initial:
        graph.initial.append(node)
    match = _GOALS.search(text)
    held = match[1].replace(" ", "").split(",") if match and match[1].strip() else []
    if not held:
        graph.cuts.add(node)
    for number, value in enumerate(held):
        if number == len(graph.goals):
            graph.goals.append(set())
        if value == "TRUE":
            graph.goals[number].add(node)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the graph says of ``always possible P``; ``run`` leads to a state without return."""

    status: Status
    run: tuple[str, ...] = ()


def always_possible(graph: Graph, goal: int) -> Answer:
    """From every state back to the goal; a state that can get to a cut may find it behind that."""
    hopeless = graph.labels.keys() - _leading_to(graph, graph.goals[goal]) - graph.cuts
    if not hopeless:
        return Answer(Status.HOLDS)
    lost = hopeless - _leading_to(graph, graph.cuts)
    if not lost:
        return Answer(Status.UNKNOWN)
    return Answer(Status.VIOLATED, _shortest_run(graph, lost))


def _leading_to(graph: Graph, targets: Iterable[str]) -> set[str]:
    """The states from which one of these can be reached, these included."""
    backward = graph.steps.reverse(copy=False)
    return {node for layer in _layers(backward, targets) for node in layer}


def _layers(graph: "nx.DiGraph[str]", sources: Iterable[str]) -> Iterator[list[str]]:
    found = list(sources)
    return iter(nx.bfs_layers(graph, found)) if found else iter(())


def _shortest_run(graph: Graph, targets: set[str]) -> tuple[str, ...]:
    """From an initial state to the nearest of these."""
    before: list[set[str]] = []
    for layer in _layers(graph.steps, graph.initial):
        before.append(set(layer))
        if not targets.isdisjoint(layer):
            break
    path = [min(targets & before.pop())]
    while before:
        path.append(min(set(graph.steps.predecessors(path[-1])) & before.pop()))
    return tuple(reversed(path))
