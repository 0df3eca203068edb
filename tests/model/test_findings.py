"""Warnings about a machine's graph, held against NetworkX on ``machine_graph``."""

from itertools import combinations

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcpspec.model.findings import findings
from tcpspec.model.graph import machine_graph
from tcpspec.model.model import Kind, Machine, Rank
from tests.examples import examples
from tests.helpers import errors, specification
from tests.strategies import specifications

common = settings(max_examples=examples(20, thorough=60), derandomize=True)


def machine(text: str) -> Machine:
    return specification(f"message G = X | Y | Z call c {text}").machines["M"]


def found(text: str) -> list[tuple[str, str]]:
    """Codes, and the text of the place: a state's name or a rule."""
    return [(d.code, d.span.text if d.span else "") for d in findings(machine(text))]


def marked(model: Machine, code: str) -> set[str]:
    return {d.span.text for d in findings(model) if d.code == code and d.span}


@common
@given(specifications())
def test_unreachable_states_are_those_networkx_does_not_reach(text: str) -> None:
    for model in specification(text).machines.values():
        graph = machine_graph(model)
        start = model.initial.name
        reached = {start, *nx.descendants(graph, start)}
        assert marked(model, "unreachable-state") == set(graph) - reached


@common
@given(specifications())
def test_states_without_a_way_to_final_are_those_networkx_finds(text: str) -> None:
    for model in specification(text).machines.values():
        graph = machine_graph(model)
        finals = [state.name for state in model.states if state.final]
        leading = {name for final in finals for name in (final, *nx.ancestors(graph, final))}
        expected = set(graph) - leading if finals else set()
        assert marked(model, "no-way-to-final") == expected


@common
@given(specifications())
def test_overlaps_without_guards_are_those_that_share_an_edge_and_a_message(text: str) -> None:
    for model in specification(text).machines.values():
        expected = set()
        for _, edges in machine_graph(model).adjacency():
            leaving = {d["transition"] for targets in edges.values() for d in targets.values()}
            for first, second in combinations(sorted(leaving, key=lambda t: t.index), 2):
                unguarded = first.guard is None and second.guard is None
                receiving = first.kind.takes_message and second.kind.takes_message
                ports = first.port is None or second.port is None or first.port == second.port
                shared = set(first.events) & set(second.events)
                if unguarded and receiving and ports and shared and first.rank is second.rank:
                    expected.add(second.span.text)
        expected = set() if model.ordered else expected
        assert marked(model, "overlapping-transitions") == expected


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=8),
    st.sets(st.integers(0, 4)),
)
@settings(max_examples=examples(20, thorough=60), derandomize=True)
def test_on_drawn_graphs(edges: list[tuple[int, int]], finals: set[int]) -> None:
    states = "".join(
        f"{'initial ' if n == 0 else ''}{'final ' if n in finals else ''}state S{n} {{ "
        + " ".join(f"call c -> S{target}" for source, target in edges if source == n)
        + "} "
        for n in range(5)
    )
    graph: nx.DiGraph[int] = nx.DiGraph(edges)
    graph.add_nodes_from(range(5))
    model = machine(f"machine M {{ {states} }}")
    reached = {0, *nx.descendants(graph, 0)}
    assert marked(model, "unreachable-state") == {f"S{n}" for n in range(5) if n not in reached}
    leading = {n for final in finals for n in (final, *nx.ancestors(graph, final))}
    lost = {f"S{n}" for n in range(5) if finals and n not in leading}
    assert marked(model, "no-way-to-final") == lost


def test_the_graph_has_an_edge_for_each_state_a_line_applies_to() -> None:
    model = machine("""machine M { initial state A { call c -> B rcv X } final state B {
        call c -> A }
        in any { rcv Y -> A } }""")
    graph = machine_graph(model)
    edges = [(a, b, d["transition"].event_text) for a, b, d in graph.edges(data=True)]
    assert sorted(edges) == [
        ("A", "A", "rcv X"), ("A", "A", "rcv Y"), ("A", "B", "call c"),
        ("B", "A", "call c"), ("B", "A", "rcv Y"),
    ]  # fmt: skip
    assert [data["state"].final for _, data in graph.nodes(data=True)] == [False, True]


@pytest.mark.parametrize(
    ("rules", "overlapping"),
    [
        ("rcv X -> A rcv X -> B", True),
        ("rcv X | Y -> A rcv Y | Z -> B", True),
        ("rcv any -> A ignore X", True),
        ("ignore X defer X", True),
        ("rcv X -> A rcv Y -> B", False),
        ("rcv any except X -> A rcv X -> B", False),
        ("rcv X -> A otherwise -> B", False),
        ("rcv X [true] -> A rcv X -> B", False),  # known only when it runs
        ("call c -> A call c -> B", False),  # about receptions
    ],
)
def test_overlap(rules: str, overlapping: bool) -> None:
    text = f"machine M {{ initial final state A {{ {rules} }} final state B {{ }} }}"
    assert ("overlapping-transitions" in [code for code, _ in found(text)]) is overlapping


def test_an_overlap_of_a_block_is_mentioned_once() -> None:
    text = (
        "machine M { initial final state A {} final state B {} in any { rcv X -> A rcv X -> B } }"
    )
    assert found(text) == [("overlapping-transitions", "rcv X -> B")]


def test_unless_handled_does_not_overlap_with_rules() -> None:
    text = """machine M { initial final state A { rcv X -> B } final state B { rcv X -> A }
        in any unless handled { rcv X -> A } }"""
    assert found(text) == []


@pytest.mark.parametrize(
    ("rules", "shadowed"),
    [
        ("rcv X -> A rcv X -> B", "rcv X -> B"),
        ("rcv any -> A rcv X -> B", "rcv X -> B"),
        ("rcv X -> A rcv Y -> A rcv X | Y -> B", "rcv X | Y -> B"),
        ("rcv X -> A rcv X [true] -> B", "rcv X [true] -> B"),
        ("ignore X rcv X -> B", "rcv X -> B"),
        ("defer X rcv X -> B", "rcv X -> B"),
        ("rcv X -> A rcv X | Y -> B", ""),
        ("rcv X [true] -> A rcv X -> B", ""),
        ("rcv X -> B rcv any -> A", ""),
        ("otherwise -> B rcv X -> A", ""),
    ],
)
def test_shadowed(rules: str, shadowed: str) -> None:
    text = f"machine M ordered {{ initial final state A {{ {rules} }} final state B {{ }} }}"
    expected = [("shadowed-transition", shadowed)] if shadowed else []
    assert [f for f in found(text) if f[0] == "shadowed-transition"] == expected


def test_a_block_is_shadowed_only_if_it_is_in_all_its_states() -> None:
    text = """machine M ordered {{ initial final state A {{ rcv X -> B }} final state B {{ {} }}
        in any {{ rcv X -> A }} }}"""
    assert found(text.format("")) == []
    assert found(text.format("rcv X -> A")) == [("shadowed-transition", "rcv X -> A")]


def test_a_rule_of_another_port_does_not_shadow() -> None:
    text = (
        """machine M ordered {{ port p, q initial final state A {{ {} }} final state B {{ }} }}"""
    )
    codes = [code for code, _ in found(text.format("rcv X from p -> B rcv X from q -> B"))]
    assert codes == []
    codes = [code for code, _ in found(text.format("rcv X from p -> B rcv X -> B"))]
    assert codes == []
    codes = [code for code, _ in found(text.format("rcv X -> B rcv X from q -> B"))]
    assert codes == ["shadowed-transition"]


def test_a_machine_without_final_states_has_no_way_there_and_says_nothing() -> None:
    assert found("machine M { initial state A { call c -> B } state B {} }") == []


def test_rules_know_their_kind_and_rank() -> None:
    model = machine("""machine M { initial state A { rcv X ignore Y defer Z otherwise ignore step }
        in any unless handled { call c  otherwise -> A } }""")
    assert [(t.kind, t.rank) for t in model.transitions] == [
        (Kind.RECEIVE, Rank.RULE), (Kind.IGNORE, Rank.RULE), (Kind.DEFER, Rank.RULE),
        (Kind.IGNORE, Rank.OTHERWISE), (Kind.STEP, Rank.RULE),
        (Kind.CALL, Rank.UNLESS_HANDLED), (Kind.RECEIVE, Rank.OTHERWISE),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("state A {}", "bad-machine"),
        ("initial state A {} initial state B {}", "bad-machine"),
        ("initial state any_ {} in B { step }", "unknown-name"),
        ("initial state A { step -> B }", "unknown-name"),
        ("initial state A { step } state A { step }", "declared-twice"),
        ("var x: 0..1 = 0 var x: 0..1 = 0 initial state A {}", "declared-twice"),
        ("port p, p initial state A {}", "declared-twice"),
        ("initial state A { l: step l: step }", "declared-twice"),
    ],
)
def test_machines_that_contradict_themselves(body: str, code: str) -> None:
    assert errors(f"machine M {{ {body} }}") == [code]


def test_a_machine_is_declared_once_in_a_file() -> None:
    text = "machine M { initial state A { step } } machine M { state B {} }"
    assert errors(text) == ["declared-twice"]


@pytest.mark.parametrize(
    "body",
    [
        "initial state A { remove step }",
        "initial state A { replace step -> A }",
        "initial state A {} replace var x: 0..1 = 0",
    ],
)
def test_a_machine_that_is_not_opened_again_has_nothing_to_change(body: str) -> None:
    assert errors(f"machine M {{ {body} }}") == ["not-in-base"]
