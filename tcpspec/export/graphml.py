"""A machine as GraphML, for programs that look at graphs: NetworkX, Gephi, yEd, Cytoscape.

One node a state, one edge for each state that a transition applies to; edges that stay are loops.
All attributes are there on every node and edge, empty where the file says nothing, because readers
of GraphML want one type for a name. Characters that XML cannot hold are spelled out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from tcpspec.escape import visible
from tcpspec.model.graph import machine_graph
from tcpspec.model.model import Machine, Rank, State, Transition

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    import networkx as nx

Attributes: TypeAlias = dict[str, Any]
"""Plain values by name: texts, truth values and numbers."""


def graphml(machine: Machine) -> str:
    """The graph of a machine; read it with ``nx.read_graphml(…, force_multigraph=True)``."""
    import networkx as nx

    writer = nx.GraphMLWriter()
    writer.add_graph_element(attributed_graph(machine))
    _spell_booleans(writer.xml)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{writer}'


def _spell_booleans(root: Element) -> None:
    """Small letters, as XML wants them: NetworkX writes what Python calls them."""
    keys = {key.get("id") for key in root.iter("key") if key.get("attr.type") == "boolean"}
    for data in root.iter("data"):
        if data.get("key") in keys:
            data.text = (data.text or "").lower()


def attributed_graph(machine: Machine) -> nx.MultiDiGraph[str]:
    """A machine's graph with plain values; the keys of its edges are ``e0``, ``e1`` and so on."""
    import networkx as nx

    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(
        name=visible(machine.name), ordered=machine.ordered, doc=visible(machine.doc or "")
    )
    origin = machine_graph(machine)
    for name, data in origin.nodes(data=True):
        graph.add_node(visible(name), **_of_state(data["state"]))
    for number, (source, target, data) in enumerate(origin.edges(data=True)):
        ends = visible(source), visible(target)
        graph.add_edge(*ends, key=f"e{number}", **_of_transition(data["transition"]))
    return graph


def _of_state(state: State) -> Attributes:
    return {
        "label": visible(state.label or ""),
        "initial": state.initial,
        "final": state.final,
        "idle": state.idle,
        "doc": visible(state.doc or ""),
        "line": state.span.line,
    }


def _of_transition(transition: Transition) -> Attributes:
    """The texts of a transition; ``rule`` is the same for all edges of one written line."""
    return {
        "rule": transition.index,
        "kind": transition.kind.value,
        "event": visible(transition.event_text),
        "unless_handled": transition.rank is Rank.UNLESS_HANDLED,
        "guard": visible(transition.guard_text or ""),
        "action": visible(transition.action_text),
        "name": visible(transition.label or ""),
        "reference": visible(transition.reference or ""),
        "doc": visible(transition.doc or ""),
        "line": transition.span.line,
    }
