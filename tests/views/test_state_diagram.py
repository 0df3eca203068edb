import re

import pytest

from tcpspec.check import load
from tcpspec.model.model import Machine
from tcpspec.views.draw import state_picture
from tcpspec.views.machines.outline import Box, Outline, outline
from tcpspec.views.machines.state_diagram import state_diagram
from tcpspec.views.render import render
from tests.conftest import Golden
from tests.helpers import specification
from tests.views.runs import HOSTILE, handshake, svg_texts

MANY = """
message M = SYN | RST
call go, stop
timer t
machine X {{
    initial state A {{ call go -> B }}
    state B {{ rcv SYN -> C   rcv SYN [true] / snd SYN -> C   timeout t / snd SYN   ignore SYN }}
    state C {{ call go / snd SYN -> D   step }}
    state D {{ call stop -> A   call go -> E }}
    state E {{ call go -> E   call stop / reset; snd RST -> B }}
    {block}
}}
system S {{ a: X may go, stop   b: X   channel a <-> b: fifo(1), when full drop }}
"""


def machine(block: str = "") -> Machine:
    return specification(MANY.format(block=block)).machines["X"]


def library(name: str) -> Machine:
    return next(iter(load(f"tcpspec:{name}.fsm").machines.values()))


def arrows(shown: Outline) -> set[tuple[str | None, str | None, int]]:
    """From, to, and how many labels."""
    states = [box.state for box in shown.boxes]
    return {(states[a.source], states[a.target], len(a.labels)) for a in shown.arrows}


def listed(box: Box) -> list[tuple[str, int]]:
    return [(" ".join(section.states), len(section.labels)) for section in box.sections]


# --- what is shown ---


def test_parallel_transitions_are_one_arrow() -> None:
    assert ("B", "C", 2) in arrows(outline(machine()))


def test_what_stays_is_listed_in_its_state() -> None:
    shown = outline(machine())
    assert {box.state: listed(box) for box in shown.boxes if not box.again} == {
        "A": [], "B": [("B", 2)], "C": [("C", 1)], "D": [], "E": [("E", 1)],
    }  # fmt: skip


def test_simple_leaves_out_what_figure_5_leaves_out() -> None:
    shown = outline(handshake().machines["Endpoint"], simple=True)
    assert not any(box.sections for box in shown.boxes)
    labels = {label for arrow in shown.arrows for label in arrow.labels}
    assert {label.actions for label in labels} == {
        (), ("snd SYN",), ("snd SYN+ACK",), ("snd ACK",), ("reset",)
    }  # fmt: skip


def test_simple_keeps_what_the_user_or_the_endpoint_begins() -> None:
    shown = outline(machine(), simple=True)
    assert [listed(box) for box in shown.boxes if box.sections] == [[("C", 1)], [("E", 1)]]


def test_what_many_states_do_is_drawn_once() -> None:
    shown = outline(machine("in any except A { rcv RST / reset -> A   rcv SYN / snd RST }"))
    assert (None, "A", 0) in arrows(shown)
    lists = [listed(box) for box in shown.boxes if box.state is None]
    assert lists == [[("B C D E", 1)], [("B C D E", 1)]]


def test_equal_lines_in_many_states_are_one() -> None:
    block = "in B { rcv RST -> A } in C { rcv RST -> A } in D { rcv RST -> A }"
    lists = [listed(box) for box in outline(machine(block)).boxes if box.state is None]
    assert lists == [[("B C D", 1)]]


def test_what_two_states_do_is_drawn_twice() -> None:
    shown = outline(machine("in B, C { rcv RST -> A }"))
    assert {("B", "A", 1), ("C", "A", 1)} <= arrows(shown)


def test_a_list_leads_down_to_a_late_state() -> None:
    shown = outline(machine("in B, C, D { rcv RST -> E }"))
    (arrow,) = [a for a in shown.arrows if not a.labels]
    assert (shown.boxes[arrow.target].state, arrow.up) == ("E", False)


def test_the_initial_state_is_drawn_again_where_connections_end() -> None:
    shown = outline(library("figure5"))
    again = [number for number, box in enumerate(shown.boxes) if box.again]
    assert again == [len(shown.boxes) - 1]
    ending = {shown.boxes[a.source].state for a in shown.arrows if a.target == again[0]}
    assert ending == {"LAST_ACK", "TIME_WAIT"}


def test_arrows_lead_up_only_to_states_nearer_to_the_start() -> None:
    shown = outline(handshake().machines["Endpoint"])
    up = {(shown.boxes[a.source].state, shown.boxes[a.target].state) for a in shown.arrows if a.up}
    assert up == {("SYN_SENT", "CLOSED")}


def test_unreachable_states_come_last() -> None:
    shown = outline(machine("state LOST { call go -> B }"))
    assert [box.state for box in shown.boxes if not box.again][-1] == "LOST"


# --- how it is drawn ---


def test_node_names_are_numbers() -> None:
    source = state_diagram(specification(HOSTILE).machines["X"]).source
    lines = [line.strip() for line in source.splitlines()[1:-1]]
    statements = [line for line in lines if not re.match(r"(graph|node|edge) \[", line)]
    assert statements
    assert all(re.match(r"\d+( -> \d+)? \[", line) for line in statements)


def test_hostile_text_is_shown_as_it_is() -> None:
    svg = render(state_diagram(specification(HOSTILE).machines["X"])).decode()
    assert "<script" not in svg
    assert {"<script>alert(1)</script>", "[red]", "A.b", "\\N & &lt;", "日本語"} <= set(
        svg_texts(svg)
    )


def test_final_states_have_a_double_border() -> None:
    source = state_diagram(library("figure5")).source
    closed = [line for line in source.splitlines() if "label=CLOSED" in line]
    assert len(closed) == 2
    assert all("peripheries=2" in line for line in closed)
    assert "peripheries=1" in next(li for li in source.splitlines() if "label=ESTAB " in li)


def test_a_dot_leads_to_the_initial_state() -> None:
    source = state_diagram(machine()).source
    (start,) = re.findall(r"(\d+) \[.*shape=point", source)
    assert f"{start} -> 0 " in source


def test_event_over_a_rule_over_actions_with_the_guard_in_brackets() -> None:
    source = state_diagram(handshake().machines["Endpoint"]).source
    (line,) = [li for li in source.splitlines() if re.match(r"\s+2 -> 4 ", li)]
    parts = ["rcv SYN+ACK", "[acks_all]", "<HR/>", "RCV.NXT := SEG.SEQ + 1;", "snd ACK"]
    places = [line.index(part) for part in parts]
    assert places == sorted(places)


def test_arrows_that_lead_up_do_not_push_their_target_down() -> None:
    source = state_diagram(handshake().machines["Endpoint"]).source
    assert re.search(r"\n\t0 -> 2 \[.* dir=back", source)


def test_long_texts_are_wrapped() -> None:
    long = " or ".join(["v == 0"] * 12)
    text = f"machine X {{ var v: 0..1 = 0 initial final state A {{ step [{long}] / v := 1 -> B }}"
    text += f" final state B {{ step [{long}] / v := 0 }} }}"
    source = state_diagram(specification(text).machines["X"]).source
    shown = re.findall(r'<FONT POINT-SIZE="\d+" COLOR="[^"]*">([^<]*)</FONT>', source)
    assert max(map(len, shown)) <= 48


def test_an_ordered_machine_says_that_the_first_rule_counts() -> None:
    ordered = specification("machine X ordered { initial final state A { step } }").machines["X"]
    assert "the first in the text" in state_diagram(ordered).source
    assert "the first in the text" not in state_diagram(machine()).source


@pytest.mark.parametrize(
    ("block", "text"),
    [
        ("in any { rcv RST / snd SYN }", "any state"),
        ("in any except A { rcv RST / snd SYN }", "any state except A"),
        ("in A, B, C { rcv RST / snd SYN }", "any state except D, E"),
        ("in A, B, C { rcv RST / snd SYN } state F { } ", "any of A, B, C"),
    ],
)
def test_several_states_are_named_in_the_fewest_words(block: str, text: str) -> None:
    assert f">{text}<" in state_diagram(machine(block)).source


def test_titles_name_the_machine() -> None:
    assert state_diagram(machine()).title == "State diagram of X"


FALLBACK = "in any unless handled { rcv RST -> D   rcv RST / snd SYN   ignore SYN [false] }"


@pytest.mark.parametrize("form", ["dot", "txt", "mmd", "puml"])
def test_a_line_that_gives_way_to_others_says_so(form: str) -> None:
    text = state_picture(machine(FALLBACK), form).decode()
    assert "rcv RST, unless handled" in text
    assert "ignore SYN, unless handled" in text
    assert len(re.findall(r"rcv RST(?!, unless handled)", text)) == 0
    assert "unless" not in state_picture(machine("in any { rcv RST -> D }"), form).decode()


@pytest.mark.parametrize("simple", [False, True])
def test_golden(golden: Golden, simple: bool) -> None:
    name = f"handshake{'-simple' if simple else ''}.dot"
    golden(name, state_diagram(handshake().machines["Endpoint"], simple=simple).source)
    many = state_diagram(machine("in any except A { rcv RST -> A   rcv SYN }"), simple=simple)
    golden(f"many{'-simple' if simple else ''}.dot", many.source)
