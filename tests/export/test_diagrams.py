"""Mermaid and PlantUML: the machine as it is, and nothing that a text could make of it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings

from tcpspec.check import load
from tcpspec.escape import visible
from tcpspec.export.mermaid import mermaid
from tcpspec.export.plantuml import plantuml
from tcpspec.model.labels import arrows
from tcpspec.model.model import Machine
from tests.conftest import Golden
from tests.examples import examples
from tests.export import hostile
from tests.helpers import BENCHMARK, specification

common = settings(max_examples=examples(25, thorough=200), derandomize=True)
SPECS = Path(__file__).parents[2] / "specs"
FILES = (SPECS / "figure5.fsm", SPECS / "tcp.fsm", BENCHMARK.parent / "handshake.fsm")
Draw = Callable[..., str]
both = pytest.mark.parametrize("draw", [mermaid, plantuml])

SPACES = re.compile("|".join(re.escape(visible(c)) for c in map(chr, range(0x3001)) if c.isspace()))

TEXT = {
    mermaid: r"((?:[\w .,()\[\]/|+=-]|#\d+;|<br/>)*)",
    plantuml: r"((?:[\w .,()\[\]/|+=:;-]|<U\+[0-9A-F]{4,6}>|\\n)*)",
}
FRAME = {
    mermaid: r"---|title: \"[\w ,.:;]+\"|stateDiagram-v2|accTitle: State diagram of TEXT"
    r"|classDef accepting stroke-width:4px|class s\d+(?:,s\d+)* accepting",
    plantuml: r"@startuml|@enduml|' State diagram of TEXT|hide [a-z ]+|caption [\w ,.:;]+|\}"
    r"|skinparam (?:shadowing false|state \{)|[A-Za-z]+(?:<<accepting>>)? (?:#[0-9a-f]{6}|3)",
}


def machine(path: Path) -> Machine:
    return next(iter(load(str(path)).machines.values()))


def statements(draw: Draw, text: str) -> list[tuple[str, str, str]]:
    """The states, what stands in them, and the arrows; every other line is one of a few."""
    inner = TEXT[draw]
    found = []
    for line in map(str.strip, text.removesuffix("\n").split("\n")):
        if state := re.fullmatch(rf'state "{inner}" as (s\d+)(?: <<accepting>>)?', line):
            found.append(("state", state[2], state[1]))
        elif stays := re.fullmatch(rf"(s\d+) : {inner}", line):
            found.append(("stays", stays[1], stays[2]))
        elif arrow := re.fullmatch(rf"(s\d+|\[\*\]) --> (s\d+)(?: : {inner})?", line):
            found.append((arrow[1], arrow[2], arrow[3] or ""))
        else:
            assert re.fullmatch(FRAME[draw].replace("TEXT", inner), line), line
    return found


def shown(draw: Draw, text: str) -> str:
    """What a reader sees of a text, but for spaces."""
    if draw is mermaid:
        text = re.sub(r"#(\d+);", lambda found: chr(int(found[1])), text.replace("<br/>", ""))
    else:
        text = text.replace(r"\n", "")
        text = re.sub(r"<U\+([0-9A-F]+)>", lambda found: chr(int(found[1], 16)), text)
    return unspaced(text)


def unspaced(text: str) -> str:
    """Without what is lost where a line is broken: white space, also where it is spelled out."""
    return SPACES.sub("", text.replace("\ufeff", ""))


def plain(text: str) -> str:
    """What is to be seen of a text that may be broken into lines."""
    return unspaced(visible(text))


# --- the machine ---


@both
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
@pytest.mark.parametrize("simple", [False, True])
def test_every_state_and_every_transition_is_there(draw: Draw, path: Path, simple: bool) -> None:
    of = machine(path)
    ids = {state.name: f"s{number}" for number, state in enumerate(of.states)}
    found = statements(draw, draw(of, simple=simple))
    assert [name for kind, name, _ in found if kind == "state"] == list(ids.values())
    wanted = arrows(of, simple=simple)
    drawn = {(a, b) for a, b, _ in found if a.startswith("s") and a[1:].isdigit()}
    assert drawn == {(ids[a], ids[b]) for a, b in wanted if a != b}
    assert {name for kind, name, _ in found if kind == "stays"} == {
        ids[a] for a, b in wanted if a == b
    }
    assert [b for a, b, _ in found if a == "[*]"] == [ids[of.initial.name]]


@both
def test_labels_say_event_guard_and_action(draw: Draw) -> None:
    found = statements(draw, draw(machine(FILES[2])))
    (label,) = [text for a, b, text in found if (a, b) == ("s2", "s4")]
    assert shown(draw, label) == "rcvSYN+ACK[acks_all]/RCV.NXT:=SEG.SEQ+1;sndACK"


@both
def test_parallel_transitions_are_one_arrow(draw: Draw) -> None:
    found = statements(draw, draw(machine(FILES[1]), simple=True))
    (label,) = [text for a, b, text in found if (a, b) == ("s2", "s0")]
    rows = re.split(r"<br/>|\\n", label)
    assert rows[:2] == ["call close | abort / reset", "rcv RST+ACK / reset"]
    assert rows[2].startswith("timeout user_timeout")


@both
def test_what_a_block_says_stands_in_each_of_its_states(draw: Draw) -> None:
    of = specification(
        "message M = X\nmachine E { initial state A { } state B { } state C { }"
        " in any { rcv X -> A } }"
    ).machines["E"]
    found = [(a, b) for a, b, _ in statements(draw, draw(of))]
    assert found[3:] == [("stays", "s0"), ("[*]", "s0"), ("s1", "s0"), ("s2", "s0")]


def test_final_states_have_a_thick_border_and_no_arrow_leads_out() -> None:
    of = machine(FILES[1])
    assert "    class s0,s1 accepting\n" in mermaid(of)
    assert plantuml(of).count('" as s0 <<accepting>>') == 1
    assert plantuml(of).count("> <<accepting>>") == 0
    for text in (mermaid(of), plantuml(of)):
        assert "--> [*]" not in text


def test_without_final_states_nothing_is_marked() -> None:
    of = specification("machine X { initial state A { step } }").machines["X"]
    assert "accepting" not in mermaid(of)
    assert " as s0\n" in plantuml(of)


@both
def test_an_ordered_machine_says_that_the_first_rule_counts(draw: Draw) -> None:
    assert "the first in the text" in draw(machine(FILES[1]))
    assert "the first in the text" not in draw(machine(FILES[0]))


def test_long_lines_are_broken() -> None:
    guard = " or ".join(["v == 0"] * 12)
    of = specification(
        f"machine X {{ var v: 0..1 = 0 initial state A {{ step [{guard}] -> B step [{guard}] }}"
        ' state B "' + "long " * 30 + '" { } }'
    ).machines["X"]
    for draw, width in ((mermaid, 40), (plantuml, 48)):
        for *_, text in statements(draw, draw(of)):
            assert all(len(shown(draw, li)) <= width for li in re.split(r"<br/>|\\n", text))


# --- texts ---


@both
@common
@given(of=hostile.machines())
def test_texts_are_shown_as_they_are_and_mean_nothing(draw: Draw, of: Machine) -> None:
    found = statements(draw, draw(of))
    for (kind, _, text), state in zip(found[:2], of.states, strict=True):
        assert kind == "state"
        assert shown(draw, text) == plain(state.name) + plain(state.label or "")
    first, _, second = of.transitions
    for (a, b), transition in ((("s0", "s1"), first), (("s1", "s0"), second)):
        (label,) = [text for source, target, text in found if (source, target) == (a, b)]
        assert plain(transition.event_text) in shown(draw, label)
        assert plain(transition.guard_text or "") in shown(draw, label)


@both
@common
@given(of=hostile.machines())
def test_no_sign_stands_doubled_or_first(draw: Draw, of: Machine) -> None:
    for *_, text in statements(draw, draw(of)):
        for line in re.split(r"<br/>|\\n", re.sub(r"#\d+;|<U\+[0-9A-F]+>", "\0", text)):
            assert line[:1].isalpha() or line[:1] in ("", "\0")
            assert not re.search(r"([^\w\s\0])\1|_(?!\w)|(?<!\w)_", line)


# --- pictures ---


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
@pytest.mark.parametrize("simple", [False, True])
def test_golden(golden: Golden, path: Path, simple: bool) -> None:
    name = f"{path.stem}{'-simple' if simple else ''}"
    golden(f"{name}.mmd", mermaid(machine(path), simple=simple))
    golden(f"{name}.puml", plantuml(machine(path), simple=simple))
