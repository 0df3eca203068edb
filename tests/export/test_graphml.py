"""GraphML: what NetworkX reads back is the graph of the machine."""

from io import BytesIO
from xml.etree import ElementTree

import networkx as nx
import pytest
from hypothesis import given, settings

from tcpspec.check import load
from tcpspec.export.graphml import attributed_graph, graphml
from tcpspec.model.model import Machine
from tests.conftest import Golden
from tests.examples import examples
from tests.export import hostile
from tests.helpers import BENCHMARK, specification

common = settings(max_examples=examples(30, thorough=100), derandomize=True)


def machine(name: str) -> Machine:
    return next(iter(load(name).machines.values()))


def read(text: str) -> "nx.MultiDiGraph[str]":
    graph = nx.read_graphml(BytesIO(text.encode()), force_multigraph=True)
    assert isinstance(graph, nx.MultiDiGraph)
    return graph


def assert_same(one: "nx.MultiDiGraph[str]", other: "nx.MultiDiGraph[str]") -> None:
    assert list(one.nodes(data=True)) == list(other.nodes(data=True))
    assert list(one.edges(keys=True, data=True)) == list(other.edges(keys=True, data=True))
    assert one.graph.items() >= other.graph.items()


@pytest.mark.parametrize("name", ["figure5", "tcp", "abp"])
def test_it_reads_back(name: str) -> None:
    of = machine(f"tcpspec:{name}.fsm")
    assert_same(read(graphml(of)), attributed_graph(of))


def test_every_transition_is_an_edge_of_each_of_its_states() -> None:
    of = machine("tcpspec:tcp.fsm")
    edges = {
        (a, b, data["rule"], data["line"]) for a, b, data in read(graphml(of)).edges(data=True)
    }
    assert edges == {
        (name, one.target or name, one.index, one.span.line)
        for one in of.transitions
        for name in one.states
    }
    assert len(edges) == read(graphml(of)).number_of_edges()


def test_attributes() -> None:
    graph = read(graphml(machine(str(BENCHMARK.parent / "handshake.fsm"))))
    assert graph.graph["name"] == "Endpoint"
    assert graph.nodes["ESTABLISHED"] == {
        "label": "", "initial": False, "final": True, "idle": True, "doc": "", "line": 40,
    }  # fmt: skip
    (edge,) = graph.get_edge_data("SYN_SENT", "CLOSED").values()
    assert edge == {
        "rule": 10, "kind": "rcv", "event": "rcv RST+ACK", "guard": "acks_all", "action": "reset",
        "name": "", "reference": "3.10.7.3", "doc": "", "line": 31, "unless_handled": False,
    }  # fmt: skip


def test_what_gives_way_is_told_apart() -> None:
    text = """protocol P
message M = M
machine A {
    var x: 0..1 = 0
    initial state S { rcv M [x == 1] -> S }
    in any unless handled { rcv M -> S }
}
"""
    edges = read(graphml(specification(text).machines["A"])).edges(data=True)
    assert [data["unless_handled"] for _, _, data in edges] == [False, True]


def test_truth_values_are_spelled_as_xml_wants_them() -> None:
    text = graphml(machine("tcpspec:figure5.fsm"))
    assert ">true<" in text
    assert "True" not in text


@common
@given(of=hostile.machines())
def test_any_text_can_be_read_back(of: Machine) -> None:
    text = graphml(of)
    ElementTree.fromstring(text)
    assert_same(read(text), attributed_graph(of))
    assert "<script" not in text


def test_golden(golden: Golden) -> None:
    golden("handshake.graphml", graphml(machine(str(BENCHMARK.parent / "handshake.fsm"))))
