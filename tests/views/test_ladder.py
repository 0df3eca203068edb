import re

import pytest

from tcpspec.explore.run import Run
from tcpspec.views.measure import cells
from tcpspec.views.runs.ladder import RowKind, ladder, ladder_rows
from tests.conftest import Golden
from tests.helpers import specification
from tests.views.runs import (
    HOSTILE,
    OLD,
    RELAY,
    basic,
    copied,
    duplicated,
    handshake,
    lossy,
    relayed,
    walk,
)


def one_loss(*more: str) -> Run:
    return walk(handshake(), "ClientServer", "active_open", "loses SYN", *more)


def line(run: Run, number: int, *, ascii: bool = False) -> str:
    return next(str(row) for row in ladder_rows(run, ascii=ascii) if row.number == number)


def test_one_row_a_step() -> None:
    run = basic()
    assert [row.number for row in ladder_rows(run)] == [None, *range(len(run.steps) + 1)]


def test_both_states_stand_at_their_sides() -> None:
    assert line(basic(), 4).split()[1] == "ESTABLISHED"
    assert line(basic(), 4).split("│")[1].split()[0] == "SYN_RCVD"


def test_a_message_that_arrives_at_once_is_one_arrow_from_lifeline_to_lifeline() -> None:
    row = line(basic(), 3)
    assert "│──" in row
    assert "▶●" in row
    assert " SYN seq=100 " in row
    row = line(basic(), 4)
    assert "●◀──" in row
    assert "──│" in row


def test_a_call_is_a_note_at_its_lifeline() -> None:
    assert "● active_open" in line(basic(), 2)
    assert "passive_open ●" in line(basic(), 1)


def test_what_is_delayed_leaves_in_one_row_and_arrives_in_another() -> None:
    rows = [str(row) for row in ladder_rows(lossy())]
    sent = next(number for number, row in enumerate(rows) if "active_open" in row) + 1
    assert "SYN seq=100" in rows[sent]
    assert "▶ …" in rows[sent]
    arrived = next(row for row in rows if "▶●" in row)
    assert "│… ─" in arrived


def test_a_lost_message_ends_in_an_x() -> None:
    assert "─X" in line(one_loss(), 2)
    assert "▶" not in line(one_loss(), 2)
    assert any("SYN seq=100 (no room)" in row and "─X" in row for row in ladder(lossy()))


def test_the_ellipsis_of_what_comes_from_an_earlier_row_is_whole() -> None:
    """Also of a long label, and of one that is lost."""
    wait, lose = "server: timeout", "server -> client: loses"
    run = walk(
        handshake(), "ClientServer",
        "passive_open", "active_open", "rcv SYN", wait, "client: rcv SYN+ACK", lose,
    )  # fmt: skip
    assert line(run, 6, ascii=True).split("|")[1].endswith(" ...")
    assert re.search(r"X-+ SYN\+ACK seq=300 ack=101 -* ?\.\.\.", line(run, 6, ascii=True))


def test_variables_that_change_stand_on_the_right() -> None:
    assert line(basic(), 3).endswith("server.SND.NXT = 301, server.RCV.NXT = 101")


def test_changes_are_wrapped_or_stand_below() -> None:
    beside = ladder_rows(basic(), width=95)
    assert max(cells(str(row)) for row in beside) <= 95
    assert [row.changes for row in beside if row.kind is RowKind.MORE] == ["server.RCV.NXT = 101"]
    below = ladder(basic(), width=75)
    assert "server.SND.NXT = 301, server.RCV.NXT = 101" in [row.strip() for row in below]
    assert max(map(cells, below)) <= 75


def test_duplicates_and_old_duplicates_are_told() -> None:
    text = "\n".join(ladder(duplicated()))
    assert "SYN seq=7 (old duplicate)" in text
    assert "X" in line(duplicated(), 4)
    again = walk(specification(OLD), "Pair", "a: go", "rcv SYN(SEQ = 1), dupl", "rcv SYN(SEQ = 1)")
    assert "SYN seq=1 (duplicate)" in line(again, 3)


def test_copies_that_stay_on_their_way_are_shown_where_they_leave() -> None:
    rows = ladder(copied(), ascii=True)
    leaving = [row for row in rows if re.search(r"\(duplicate\) -*> \.\.\.", row)]
    assert ["SYN seq=7" in row for row in leaving] == [True, False]
    assert ["|... " in row for row in leaving] == [True, False]
    assert ["SYN seq=1" in row for row in leaving] == [False, True]


def test_an_old_duplicate_that_never_arrives_is_shown_at_the_start() -> None:
    rows = ladder_rows(walk(specification(OLD), "Pair", "a: go"))
    assert "│… SYN" in str(rows[2])
    assert "▶ …" in str(rows[2])
    assert (rows[2].kind, rows[2].number) == (RowKind.MORE, None)


def test_chosen_values_are_told() -> None:
    run = walk(specification(OLD), "Pair", "a: pick (any = 3)", "b: rcv SYN(SEQ = 7) (any = 4)")
    assert "pick (any = 3)" in line(run, 1)
    assert "(any = 4)" in line(run, 2)


def test_more_than_two_instances_have_their_states_on_the_right() -> None:
    rows = ladder(relayed())
    assert rows[0].split() == ["│", "near", "│", "relay", "far", "│", "near", "relay", "far"]
    assert rows[1].split()[-3:] == ["IDLE", "UP", "IDLE"]
    run = walk(specification(RELAY), "Wide", "near: go", "far: rcv")
    assert "┼" in line(run, 2)
    assert "+" in line(run, 2, ascii=True)


def test_an_arrow_that_ends_before_others_says_who_gets_the_message() -> None:
    """Else it seemed to be for the one that stands between: on its way, dropped, or lost."""
    text = """message M = ASK | YES  call go
        machine A { port p, q
            initial state S { call go / snd ASK to p; snd ASK to q; snd ASK to q -> T }
            state T { ignore YES } }
        machine B { initial state S { rcv ASK / snd YES -> T }  state T { ignore ASK } }
        system S { a: A may go  b: B  c: B
            channel a.p <-> b: fifo(1)  channel a.q <-> c: fifo(1), lossy, when full drop }
        check S { no stall }"""
    rows = ladder(walk(specification(text), "S", "a: go", "b: rcv ASK", "loses ASK"))
    told = [" ".join(re.findall(r"[\w()]+", row.split("│")[1])) for row in rows if "ASK" in row]
    assert told == ["ASK to c", "ASK to c (no room) X", "ASK", "ASK to c X"]


def test_one_instance_that_sends_to_itself() -> None:
    run = walk(specification(HOSTILE), "Self", "me: go", "me: rcv SYN+ACK", "me: go", "loses A.b")
    assert "●◀" in line(run, 2)
    assert "X" in line(run, 4)


@pytest.mark.parametrize("ascii", [False, True])
@pytest.mark.parametrize("instances", ["me: A", "me: A  it: B", "it: B  me: A"])
def test_a_message_to_oneself_is_drawn_whole_whenever_it_arrives(
    instances: str, ascii: bool
) -> None:
    long = "X" * 30
    spec = specification(
        f"""message M = {long}
        machine A {{ initial state P {{ step / snd {long}  ignore any }} }}
        machine B {{ initial state P {{ }} }}
        system S {{ {instances} channel me -> me: fifo(3), when full drop }}"""
    )
    run = walk(spec, "S", "me: step", "me: step", f"rcv {long}", f"rcv {long}", "me: step", "rcv X")
    rest, dash, left, right, event = (r"\.\.\.", "-", "<", ">", r"\*") if ascii else "…─◀▶●"
    for number, later in ((3, True), (4, True), (6, False)):
        start = f"{dash}* {rest}" if later else f"{dash}*"
        arrow = f"{event}{left}{dash}* {long} {start} "
        if instances.endswith("me: A") and len(run.system.instances) > 1:
            start = f"{rest} {dash}*" if later else f"{dash}*"
            arrow = f" {start} +{long} {dash}*{right}{event}"
        assert re.search(arrow, line(run, number, ascii=ascii)), arrow


def test_ascii_is_ascii() -> None:
    for run in (basic(), lossy(), duplicated(), relayed(loop_from=2)):
        rows = ladder(run, ascii=True, outcome="wrong")
        assert "".join(rows).isascii()
        assert rows[-1] == "!! wrong"


def test_lines_of_a_ladder_are_equally_wide_whatever_the_letters() -> None:
    run = walk(specification(HOSTILE), "Two", "a: go", "b: go", "a: rcv SYN+ACK")
    assert len({cells(row.ladder) for row in ladder_rows(run)}) == 1
    run = walk(specification(HOSTILE.replace("snd SYN+ACK;", "snd 日本語;")), "Two", "a: ", "b: ")
    assert len({cells(row.ladder) for row in ladder_rows(run)}) == 1


def test_a_lasso_says_where_it_repeats() -> None:
    rows = ladder_rows(relayed(loop_from=2))
    texts = [str(row) for row in rows]
    kinds = [row.kind for row in rows]
    first, last = (number for number, kind in enumerate(kinds) if kind is RowKind.LOOP)
    assert "repeats from here" in texts[first]
    assert rows[first + 1].number == 3
    assert "for ever" in texts[last]
    assert last == len(rows) - 1
    assert "stays like this" in ladder(relayed(loop_from=5))[-1]


def test_the_outcome_comes_last_and_is_wrapped() -> None:
    rows = ladder_rows(basic(), width=40, outcome="one two three " * 5 + "\nlast \x1b[31m")
    outcome = [str(row) for row in rows if row.kind is RowKind.OUTCOME]
    assert len(outcome) == 3
    assert all(len(text) <= 40 for text in outcome)
    assert outcome[-1] == "✗ last \\x1b[31m"


def test_a_run_that_ends_in_an_error_says_so_itself() -> None:
    run = walk(specification(OLD), "Pair", "a: go", "a: go")
    assert ladder(run)[-1].startswith("✗ value out of range: ")


@pytest.mark.parametrize("plain", [False, True])
def test_golden(golden: Golden, plain: bool) -> None:
    runs = (basic(), lossy(), duplicated(), relayed(loop_from=2))
    texts = ["\n".join(ladder(run, ascii=plain, width=100, outcome="end")) for run in runs]
    golden(f"ladder{'-ascii' if plain else ''}.txt", "\n\n".join(texts) + "\n")
