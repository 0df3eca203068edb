"""State diagrams in text say what the machine says: read back by a reader that knows only text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tcpspec.check import load
from tcpspec.model.labels import label_of, stay_is_shown
from tcpspec.model.model import Machine
from tcpspec.views.art import plan
from tcpspec.views.art.plan import _Attempt
from tcpspec.views.art.state_art import state_art
from tcpspec.views.machines.outline import Outline
from tests.cli.runner import SOME
from tests.conftest import Golden
from tests.examples import examples
from tests.helpers import specification
from tests.strategies import specifications
from tests.views.art_reader import Edge, Read, read
from tests.views.machines import grid, hub
from tests.views.runs import HOSTILE, handshake


def said(machine: Machine, *, simple: bool) -> set[Edge]:
    """What a figure has to say, from the lines of the machine."""
    edges = set()
    for line in machine.transitions:
        label = label_of(line, simple=simple)
        text = label.event.replace(" | ", " or ")
        text += f"[{label.guard}]" if label.guard else ""
        text += f"/{';'.join(label.actions)}" if label.actions else ""
        for state in line.states:
            target = line.target or state
            if target != state or stay_is_shown(line, simple=simple):
                edges.add((plain(state), plain(target), plain(text)))
    return edges


def plain(text: str) -> str:
    return "".join(text.split()).encode("ascii", "backslashreplace").decode("ascii")


def reads_as(machine: Machine, *, simple: bool = False) -> Read:
    """The figure of a machine, which says just what the machine says."""
    text = state_art(machine, simple=simple)
    assert text.isascii()
    assert max(map(len, text.split("\n"))) <= 69
    found = read(text)
    assert found.edges == said(machine, simple=simple)
    assert set(found.states) == {plain(state.name) for state in machine.states}
    assert found.final == {plain(state.name) for state in machine.states if state.final}
    assert found.initial == {plain(machine.initial.name)}
    return found


@pytest.mark.sweep
@pytest.mark.parametrize("path", SOME, ids=lambda path: path.stem)
def test_figures_of_the_library_say_what_the_machines_say(path: str) -> None:
    for machine in load(str(path)).machines.values():
        for simple in (False, True):
            reads_as(machine, simple=simple)


@settings(max_examples=examples(8, thorough=500))
@given(specifications())
def test_figures_of_random_specifications_say_what_the_machines_say(text: str) -> None:
    for machine in specification(text).machines.values():
        reads_as(machine)


@st.composite
def machines(draw: DrawFn) -> str:
    """Machines with many states and arrows, in all directions."""
    count = draw(st.integers(1, 12))
    states = [
        draw(st.sampled_from(["S", "STATE_", "A_RATHER_LONG_NAME_"])) + str(n) for n in range(count)
    ]
    events = st.sampled_from(["rcv X", "rcv X | Y", "call go", "timeout t", "step"])
    guards = st.sampled_from(["", "", " [v == 1]", " [v == 0 or v == 1 and not v == 1]"])
    actions = st.sampled_from(["", " / snd X", " / v := 1; snd Y; snd X; reset", " / reset; snd X"])
    lines = []
    for number, state in enumerate(states):
        body = [
            f"{draw(events)}{draw(guards)}{draw(actions)} -> {draw(st.sampled_from(states))}"
            for _ in range(draw(st.integers(0, 6)))
        ]
        lines.append(
            f"{'initial ' * (number == 0)}{'final ' * draw(st.booleans())}state {state} {{"
        )
        lines += [*body, "}"]
    return "\n".join(["message M = X | Y call go timer t machine R { var v: 0..1 = 0", *lines, "}"])


@settings(max_examples=examples(20, thorough=1000))
@given(machines())
def test_figures_of_random_machines_say_what_the_machines_say(text: str) -> None:
    reads_as(specification(text).machines["R"])


@pytest.mark.sweep
def test_a_machine_of_200_states_is_drawn() -> None:
    found = reads_as(grid(200))
    assert len(found.states) == 200


def test_what_is_too_much_at_a_hub_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    attempts: list[frozenset[int]] = []

    class Counted(_Attempt):
        def __init__(self, machine: Machine, shown: Outline, told: frozenset[int]) -> None:
            attempts.append(told)
            super().__init__(machine, shown, told)

    monkeypatch.setattr(plan, "_Attempt", Counted)
    assert len(reads_as(hub(100)).states) == 100
    assert len(attempts) < 40


def test_hostile_names_are_text() -> None:
    reads_as(specification(HOSTILE).machines["X"])


def test_what_fits_is_drawn() -> None:
    """Of Figure 5 everything; the rest of the library tells little that is not a list."""
    figure5 = next(iter(load("tcpspec:figure5.fsm").machines.values()))
    found = reads_as(figure5)
    assert found.drawn == len({(a, b) for a, b, _ in found.edges})
    assert found.crossings == 0


def test_golden(golden: Golden) -> None:
    golden("state-handshake.txt", state_art(handshake().machines["Endpoint"]))
    golden("state-handshake-simple.txt", state_art(handshake().machines["Endpoint"], simple=True))
    figure5 = next(iter(load("tcpspec:figure5.fsm").machines.values()))
    golden("state-figure5.txt", state_art(figure5))
