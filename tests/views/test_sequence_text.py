"""Sequence diagrams in Mermaid and PlantUML, and ladders for RFCs."""

import re
from collections.abc import Callable

import pytest

from tcpspec.check import check, load
from tcpspec.explore.run import Run
from tcpspec.views.draw import answers
from tcpspec.views.render import RenderingError
from tcpspec.views.runs.ladder import ladder_art
from tcpspec.views.runs.sequence_text import MERMAID, PLANTUML, Dialect, sequence_text
from tcpspec.views.runs.story import Fate, courses
from tests.conftest import Golden
from tests.helpers import specification
from tests.views.runs import (
    HOSTILE,
    RELAY,
    basic,
    copied,
    duplicated,
    long,
    lossy,
    older,
    relayed,
    walk,
)

RUNS: dict[str, Callable[[], Run]] = {
    "basic": basic, "lossy": lossy, "duplicated": duplicated, "older": older,
    "copied": copied,
    "relayed": lambda: relayed(loop_from=2), "long": long,
}  # fmt: skip
DIALECTS = {"mmd": MERMAID, "puml": PLANTUML}


@pytest.mark.parametrize("form", DIALECTS)
def test_golden(golden: Golden, form: str) -> None:
    texts = [
        sequence_text(run(), DIALECTS[form], title=name, outcome="so it\nends", values=True)
        for name, run in RUNS.items()
        if name not in ("long", "copied")
    ]
    golden(f"sequence.{form}", "\n".join(texts))


@pytest.mark.parametrize("name", RUNS)
@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=list(DIALECTS))
def test_every_message_has_its_arrow(name: str, dialect: Dialect) -> None:
    run = RUNS[name]()
    text = sequence_text(run, dialect, title="")
    arrows = re.findall(r"^(?:i\d|\?) ?-.*$", text, re.MULTILINE)
    assert len(arrows) == len(courses(run))
    lost = sum(course.fate in (Fate.LOST, Fate.DROPPED) for course in courses(run))
    assert sum("x" in arrow.split(":")[0] for arrow in arrows) == lost


def test_in_plantuml_what_is_from_before_comes_from_outside() -> None:
    text = sequence_text(older(), PLANTUML, title="")
    old = re.findall(r"^.* : .*\(old duplicate\).*$", text, re.MULTILINE)
    assert len(old) == 6
    assert all(line.startswith("?-") for line in old)


def test_every_step_is_numbered_once() -> None:
    text = sequence_text(lossy(), PLANTUML, title="")
    assert re.findall(r"step (\d+):", text) == [str(n) for n in range(1, len(lossy().steps) + 1)]


def test_a_loop_is_a_frame() -> None:
    text = sequence_text(relayed(loop_from=2), MERMAID, title="")
    before, inside = text.split("loop for ever")
    assert "step 2" in before
    assert "step 3" in inside
    assert inside.rstrip().endswith("end")
    assert "stays like this" in sequence_text(relayed(loop_from=5), MERMAID, title="")


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=list(DIALECTS))
def test_hostile_text_is_escaped(dialect: Dialect) -> None:
    run = walk(specification(HOSTILE), "Two", "a: go", "b: go")
    text = sequence_text(run, dialect, title="<script>\n@enduml", outcome="end\n!include x")
    assert "<script" not in text
    assert text.count("@enduml") == (dialect is PLANTUML)
    assert "!include" not in text


# --- ladders ---


@pytest.mark.parametrize("name", RUNS)
@pytest.mark.parametrize("width", [40, 55, 69])
def test_a_ladder_keeps_to_its_width(name: str, width: int) -> None:
    text = ladder_art(RUNS[name](), width=width, outcome="so it ends", values=True)
    assert text.isascii()
    assert max(map(len, text.splitlines())) <= width


def test_what_does_not_fit_has_a_number() -> None:
    text = ladder_art(basic(), width=55)
    assert "SYN seq=100" in text
    assert re.search(r"<-+ \(1\) -+\|", text)
    assert "(1) SYN+ACK seq=300 ack=101" in text


def test_an_old_duplicate_is_told_on_its_arrow() -> None:
    found = check(load("tcpspec:figures.fsm"), ["OldDuplicate"])
    (figure, _) = [one for one in answers(found) if one.is_scenario]
    text = ladder_art(figure.run, width=69)
    assert "|... - SYN seq=90 (old duplicate) ---->*" in text
    assert "(1)" not in text


RIGHT = r"[|*](\.\.\. -*|-+) ?[^ -].* -*(>\*|> \.\.\.  \||X  \|)"
LEFT = r"(\*<|\|  \.\.\. <|\|  X)-* [^ -].*[^ -] ?(-* \.\.\.|-+)[|*]"


@pytest.mark.parametrize("run", [lossy, duplicated, older])
def test_no_label_covers_the_ends_of_its_arrow(run: Callable[[], Run]) -> None:
    for width in range(30, 90):
        rows = ladder_art(run(), width=width).split("\n\n")[0].splitlines()
        drawn = [row for row in rows if "--" in row or "->" in row or "<-" in row]
        assert len(drawn) >= 4
        for row in drawn:
            assert re.search(RIGHT, row) or re.search(LEFT, row), row


def test_states_move_to_their_lifelines() -> None:
    text = ladder_art(relayed(), width=60)
    assert re.search(r"\| near +\| relay +far \|", text)
    assert re.search(r"\| \(IDLE\) +\| \(UP\) +\(IDLE\) \|", text)
    assert text.count("(DOWN)") == 1


def test_values_are_told_on_request() -> None:
    assert "client.SND.NXT = 101" in ladder_art(basic(), width=69, values=True)
    assert "SND.NXT" not in ladder_art(basic(), width=69)


def test_too_many_lifelines_are_an_error_that_says_so() -> None:
    run = walk(specification(RELAY), "Wide", "near: go")
    with pytest.raises(RenderingError, match="3 instances do not stand side by side"):
        ladder_art(run, width=20)


def test_letters_that_are_not_ascii_are_spelled_out() -> None:
    run = walk(specification(HOSTILE), "Two", "a: go", "b: go")
    assert "\\xf6" in ladder_art(run, width=69)


@pytest.mark.parametrize("count", [2, 3, 5])
def test_names_and_states_of_the_last_two_lifelines_do_not_cover_each_other(count: int) -> None:
    names = [f"instance{number}" for number in range(count)]
    width = 13 * (count - 1) + 6
    instances = " ".join(f"{name}: A" for name in names)
    machine = "machine A { initial state IN_BED { step -> AWAY } state AWAY { } }"
    spec = specification(f"{machine} system S {{ {instances} }}")
    run = walk(spec, "S", "instance1: step")
    text = ladder_art(run, width=width)
    assert max(map(len, text.splitlines())) <= width
    assert [text.count(name) for name in names] == [1] * count
    assert (text.count("(IN_BED)"), text.count("(AWAY)")) == (count, 1)
