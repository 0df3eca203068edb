import re
from itertools import combinations, permutations

import pytest

from tcpspec.explore.run import Run
from tcpspec.views.render import render
from tcpspec.views.runs.sequence_diagram import sequence_diagram
from tcpspec.views.runs.sequence_layout import lay_out
from tcpspec.views.runs.sequence_parts import Layout, Line, Look, Stroke
from tests.conftest import Golden
from tests.helpers import specification
from tests.views.runs import (
    HOSTILE,
    OLD,
    RELAY,
    basic,
    duplicated,
    handshake,
    long,
    lossy,
    older,
    relayed,
    svg_texts,
    walk,
)


def layout(run: Run, outcome: str | None = None, *, values: bool = False) -> Layout:
    return lay_out(run, title="A run", outcome=outcome, values=values)


def texts(shown: Layout, look: Look) -> list[str]:
    tags = [*shown.tags, *shown.labels]
    return [" ".join(tag.text.plain) for tag in tags if tag.text.look is look]


def lines(shown: Layout, stroke: Stroke) -> list[Line]:
    return [line for line in shown.lines if line.stroke is stroke]


def self_sent() -> Run:
    return walk(specification(HOSTILE), "Self", "me: go", "me: rcv SYN+ACK", "me: go", "loses A.b")


def wide() -> Run:
    return walk(specification(RELAY), "Wide", "near: go", "far: go", "far: rcv", "loses SYN")


RUNS = {
    "basic": basic, "lossy": lossy, "duplicated": duplicated, "relayed": relayed,
    "self": self_sent, "wide": wide, "older": older,
}  # fmt: skip


# --- rows and arrows ---


def test_each_step_has_a_row_of_its_own() -> None:
    shown = layout(basic())
    states = [tag for tag in shown.tags if tag.text.look is Look.STATE]
    assert texts(shown, Look.STATE) == [
        "CLOSED", "CLOSED", "LISTEN", "SYN_SENT", "SYN_RCVD", "ESTABLISHED", "ESTABLISHED",
    ]  # fmt: skip
    heights = [tag.box.middle.y for tag in states]
    assert heights[0] == heights[1]
    assert heights[1:] == sorted(set(heights))


def test_states_stand_beside_their_lifelines_on_the_outside() -> None:
    shown = layout(basic())
    left, right = (line.segment.start.x for line in lines(shown, Stroke.LIFELINE))
    for tag in shown.tags:
        if tag.text.look in (Look.STATE, Look.NOTE):
            assert tag.box.right < left or tag.box.left > right


def test_an_arrow_goes_from_the_row_of_the_send_to_the_row_of_the_receipt() -> None:
    shown = layout(basic())
    left, right = (line.segment.start.x for line in lines(shown, Stroke.LIFELINE))
    arrows = [line.segment for line in lines(shown, Stroke.MESSAGE)]
    assert [(a.start.x, a.end.x) for a in arrows] == [(left, right), (right, left), (left, right)]
    assert all(arrow.start.y < arrow.end.y for arrow in arrows)
    row = {" ".join(t.text.lines): t.box.middle.y for t in shown.tags}
    assert arrows[0].start.y == row["active_open"]
    assert arrows[0].end.y == row["SYN_RCVD"]
    assert arrows[1].start.y > arrows[0].end.y


def test_delayed_messages_cross() -> None:
    shown = layout(lossy())
    first, second = [line.segment for line in lines(shown, Stroke.MESSAGE)]
    lost = lines(shown, Stroke.LOST)[0].segment
    assert first.start.y < lost.start.y < second.start.y < lost.end.y < second.end.y


def test_a_lost_message_ends_on_the_way_with_a_cross() -> None:
    shown = layout(lossy())
    left, right = (line.segment.start.x for line in lines(shown, Stroke.LIFELINE))
    lost = lines(shown, Stroke.LOST)
    assert len(lost) == 2
    assert len(lines(shown, Stroke.CROSS)) == 2 * len(lost)
    assert all(left < line.segment.end.x < right for line in lost)
    assert sorted(texts(shown, Look.CAPTION)) == ["lost", "no room"]


def test_what_is_on_its_way_at_the_end_is_dotted_and_short() -> None:
    shown = layout(lossy())
    _, right = (line.segment.start.x for line in lines(shown, Stroke.LIFELINE))
    (flying,) = lines(shown, Stroke.FLYING)
    assert flying.segment.end.x < right


def test_an_old_duplicate_comes_from_above_all_rows() -> None:
    shown = layout(duplicated())
    left, right = (line.segment.start.x for line in lines(shown, Stroke.LIFELINE))
    (old,) = [
        line.segment
        for line in lines(shown, Stroke.MESSAGE)
        if line.segment.start.x not in (left, right)
    ]
    assert old.start.y < min(t.box.top for t in shown.tags if t.text.look is Look.STATE)
    assert "SYN seq=7 (old duplicate)" in texts(shown, Look.MESSAGE)


def test_old_duplicates_that_never_arrive_stand_one_below_the_other() -> None:
    shown = layout(older())
    waiting = [line.segment for line in lines(shown, Stroke.FLYING)][:3]
    assert len({one.start.y for one in waiting}) == 3
    arriving = [line.segment.start for line in lines(shown, Stroke.MESSAGE)]
    below = [start for start in arriving if start.y < shown.rows[0]]
    assert len(set(below)) == len(below) == 2
    assert all(start.y > one.start.y for start in below for one in waiting)


def test_a_duplicate_has_an_arrow_of_its_own() -> None:
    run = walk(specification(OLD), "Pair", "a: go", "rcv SYN(SEQ = 1), dupl", "rcv SYN(SEQ = 1)")
    shown = layout(run)
    (copy,) = lines(shown, Stroke.COPY)
    assert copy.segment.start in [line.segment.start for line in lines(shown, Stroke.MESSAGE)]
    assert "SYN seq=1 (duplicate)" in texts(shown, Look.MESSAGE)


def test_a_duplicate_may_stay_on_its_way() -> None:
    run = walk(specification(OLD), "Pair", "rcv SYN(SEQ = 7), dupl")
    shown = layout(run)
    assert len(lines(shown, Stroke.FLYING)) == 1


def test_messages_sent_together_leave_one_below_the_other() -> None:
    run = walk(specification(OLD), "Pair", "a: go")
    starts = [line.segment.start for line in lines(layout(run), Stroke.FLYING)]
    assert len({point.y for point in starts}) == len(starts)


def test_between_two_lifelines_a_stack_stands_on_its_own() -> None:
    shown = layout(relayed())
    middle = lines(shown, Stroke.LIFELINE)[1].segment.start.x
    on_it = [
        tag for tag in shown.tags
        if tag.text.look in (Look.STATE, Look.NOTE) and tag.box.middle.x == middle
    ]  # fmt: skip
    assert [" ".join(tag.text.lines) for tag in on_it] == ["UP", "DOWN", "again", "UP"]


def test_what_a_stack_sends_leaves_below_it() -> None:
    shown = layout(relayed())
    (down,) = [t for t in shown.tags if t.text.lines == ("DOWN",)]
    (sent,) = [
        line.segment for line in lines(shown, Stroke.FLYING)
        if line.segment.end.x < line.segment.start.x
    ]  # fmt: skip
    assert sent.start.y > down.box.bottom


def test_channels_between_lifelines_that_are_not_neighbours() -> None:
    shown = layout(wide())
    x = [line.segment.start.x for line in lines(shown, Stroke.LIFELINE)]
    first, second = lines(shown, Stroke.MESSAGE)
    assert (first.segment.start.x, second.segment.end.x) == (x[0], x[2])
    assert first.segment.end == second.segment.start
    assert first.segment.end.x == x[1]
    assert (first.goes_on, second.goes_on) == (True, False)
    gaps = lines(shown, Stroke.GAP)
    for gap in gaps:
        left, right = sorted((gap.segment.start.x, gap.segment.end.x))
        assert left < x[1] < right
    assert len(gaps) == 2  # also one for what is lost behind it
    assert shown.lines.index(gaps[0]) < shown.lines.index(first)


PARTIES = """
protocol Parties "a boss and three workers"
message M = ORDER | BILL
call begin
machine Boss {
    port A, B, C
    initial state IDLE { call begin / snd ORDER to C; snd ORDER to B; snd ORDER to A -> WAITING }
    state WAITING { rcv BILL }
}
machine Worker {
    initial state FREE { rcv ORDER / snd BILL -> DONE }
    state DONE { }
}
system Parties {
    boss: Boss may begin once
    a: Worker
    b: Worker
    c: Worker
    channel boss.A <-> a: fifo(1)
    channel boss.B <-> b: fifo(1)
    channel boss.C <-> c: fifo(1)
}
"""


@pytest.mark.parametrize("order", list(permutations("abc")), ids="".join)
def test_no_message_passes_behind_a_state_or_where_others_come_and_go(
    order: tuple[str, ...],
) -> None:
    run = walk(
        specification(PARTIES),
        "Parties",
        "begin",
        *[f"{one}: rcv" for one in order],
        *["boss: rcv"] * 3,
    )
    shown = layout(run)
    boxes = [tag.box for tag in shown.tags]
    arrows = lines(shown, Stroke.MESSAGE)
    passed = [arrow.segment.end for arrow in arrows if arrow.goes_on]
    assert len(passed) == 2 * (0 + 1 + 2)
    for arrow in arrows:
        assert not any(box.crossed_by(arrow.segment) for box in boxes)
    ends = [line.segment.end for line in arrows if not line.goes_on]
    ends += [line.segment.start for line in arrows if line.segment.start not in passed]
    for at in passed:
        assert all(abs(at.y - end.y) > 5 for end in ends if end.x == at.x)


def test_a_message_to_oneself_goes_out_and_comes_back() -> None:
    shown = layout(self_sent())
    (life,) = lines(shown, Stroke.LIFELINE)
    (back,) = lines(shown, Stroke.MESSAGE)
    assert back.segment.end.x == life.segment.start.x > back.segment.start.x


# --- texts ---


@pytest.mark.parametrize("name", [*RUNS, "long"])
def test_no_text_hides_another(name: str) -> None:
    shown = layout((RUNS | {"long": long})[name](), "wrong", values=True)
    boxes = [tag.box for tag in [*shown.tags, *shown.labels]]
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))


@pytest.mark.parametrize("name", ["basic", "lossy", "duplicated", "relayed", "wide"])
def test_labels_hide_no_other_line(name: str) -> None:
    shown = layout(RUNS[name]())
    assert shown.hidden == 0


@pytest.mark.parametrize("name", RUNS)
def test_positions_are_pinned_and_names_are_numbers(name: str) -> None:
    source = sequence_diagram(RUNS[name](), title="x").source
    nodes = re.findall(r"^\t(\S+) \[(.*)\]$", source, re.MULTILINE)
    nodes = [node for node in nodes if node[0] not in ("graph", "node", "edge")]
    assert all(name.isdigit() and re.search(r'pos="[-\d.]+,[-\d.]+!"', a) for name, a in nodes)
    edges = re.findall(r"^\t(\S+) -> (\S+)", source, re.MULTILINE)
    assert edges
    assert all(end.isdigit() for edge in edges for end in edge)


def test_messages_are_written_as_the_field_writes_them() -> None:
    assert texts(layout(basic()), Look.MESSAGE) == [
        "SYN seq=100", "SYN+ACK seq=300 ack=101", "ACK seq=101 ack=301",
    ]  # fmt: skip


def test_calls_timeouts_and_steps_are_notes() -> None:
    assert texts(layout(lossy()), Look.NOTE) == [
        "active_open", "passive_open", "timeout retransmission", "timeout retransmission",
    ]  # fmt: skip
    assert texts(layout(relayed()), Look.NOTE) == ["go", "go", "again"]


def test_a_chosen_value_is_told() -> None:
    run = walk(specification(OLD), "Pair", "a: pick (any = 3)", "b: rcv SYN(SEQ = 7) (any = 4)")
    assert texts(layout(run), Look.NOTE) == ["pick (any = 3)", "any = 4"]


def test_values_are_shown_on_request() -> None:
    assert texts(layout(basic()), Look.VALUES) == []
    assert texts(layout(basic(), values=True), Look.VALUES) == [
        "SND.NXT = 101", "SND.NXT = 301 RCV.NXT = 101", "RCV.NXT = 301",
    ]  # fmt: skip


def test_the_outcome_stands_below_everything_in_red() -> None:
    shown = layout(lossy(), "first reason\nsecond reason")
    (outcome,) = [tag for tag in shown.tags if tag.text.look is Look.OUTCOME]
    assert outcome.text.lines == ("first reason", "second reason")
    assert all(line.segment.end.y < outcome.box.top for line in shown.lines)
    source = sequence_diagram(lossy(), title="", outcome="wrong").source
    assert re.search(r'label=wrong .*color="#b3261e"', source)


def test_a_run_that_ends_in_an_error_says_so_itself() -> None:
    run = walk(specification(OLD), "Pair", "a: go", "a: go")
    assert run.end is not None
    assert texts(layout(run), Look.OUTCOME)[0].startswith("value out of range: ")
    assert texts(layout(run, "mine"), Look.OUTCOME) == ["mine"]


def test_a_lasso_shows_where_it_repeats() -> None:
    shown = layout(relayed(loop_from=2))
    upper, lower = (line.segment for line in lines(shown, Stroke.LOOP))
    (back,) = lines(shown, Stroke.BACK)
    assert (back.segment.start, back.segment.end) == (lower.end, upper.end)
    assert texts(shown, Look.LOOP) == ["repeats from here"]
    notes = [tag.box for tag in shown.tags if tag.text.look is Look.NOTE]
    assert notes[0].bottom < upper.start.y < notes[1].top


def test_a_run_that_stops_stays_so() -> None:
    shown = layout(relayed(loop_from=5))
    assert texts(shown, Look.LOOP) == ["stays like this for ever"]
    assert not lines(shown, Stroke.LOOP)


def test_a_title_is_wrapped_above_the_heads() -> None:
    shown = lay_out(basic(), title="word " * 40, outcome=None, values=False)
    title, *others = shown.tags
    assert len(title.text.lines) > 1
    assert all(title.box.bottom < tag.box.top for tag in others)


def test_hostile_text_is_shown_as_it_is() -> None:
    run = walk(specification(HOSTILE), "Two", "a: go", "b: go")
    title = '<script>x</script> "\\N" &lt; [red]'
    svg = render(sequence_diagram(run, title=title, outcome="<b>\\L</b>")).decode()
    assert "<script" not in svg
    found = svg_texts(svg)
    assert {"A.b", "red", "<b>\\L</b>"} <= set(found)
    assert title in " ".join(found)


def test_a_name_that_is_not_ascii_is_one_text_with_its_fields() -> None:
    spec = specification(HOSTILE.replace("snd SYN+ACK; snd A.b", "snd 日本語"))
    svg = render(sequence_diagram(walk(spec, "Two", "a: go"), title="")).decode()
    assert ">日本語 größe=0<" in svg
    assert "<title>Sequence diagram</title>" in svg


@pytest.mark.parametrize("name", RUNS)
def test_golden(golden: Golden, name: str) -> None:
    picture = sequence_diagram(RUNS[name](), title=f"A run: {name}", outcome="so it ends")
    golden(f"sequence-{name}.dot", picture.source)


def test_a_run_without_steps_is_its_first_row() -> None:
    shown = layout(walk(handshake(), "ClientServer"))
    assert texts(shown, Look.STATE) == ["CLOSED", "CLOSED"]
