"""The NetworkX view of a machine: what algorithms, drawings and exports look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tcpspec.model.model import Machine

if TYPE_CHECKING:
    import networkx as nx


def machine_graph(machine: Machine) -> nx.MultiDiGraph[str]:
    """States as nodes, and for each state that a transition applies to an edge that carries it.

    Nodes have ``state``, edges have ``transition``; a transition that stays is a self-loop. The
    order of nodes and edges is that of the text.
    """
    import networkx as nx

    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(name=machine.name)
    for state in machine.states:
        graph.add_node(state.name, state=state)
    for transition in machine.transitions:
        for state_name in transition.states:
            graph.add_edge(
                state_name, transition.target or state_name, key=transition.index,
                transition=transition,
            )  # fmt: skip
    return graph
