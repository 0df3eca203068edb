"""What is laid over a state diagram, and the words for those who do not see it."""

import re

import pytest

from tcpspec.check import check, load
from tcpspec.explore.limits import Limits
from tcpspec.explore.space import StateSpace
from tcpspec.model.model import Kind, Machine
from tcpspec.properties.moves import uses
from tcpspec.views.machines.overlay import (
    Overlay,
    overlay_of,
    path_of,
    reached_in,
    steps_of,
    used_in,
)
from tcpspec.views.machines.state_diagram import state_diagram
from tcpspec.views.render import render
from tcpspec.views.runs.sequence_diagram import sequence_diagram
from tcpspec.views.theme import DARK, LIGHT, PRINT
from tests.examples import examples
from tests.helpers import specification
from tests.strategies import anew, specifications
from tests.views.runs import basic, lossy, relayed, svg_texts, walk

NEVER = """
message M = X
call go, stay
machine A {
    initial state S { call go / snd X -> T   rcv X -> U }
    state T { call go -> S   rcv X }
    state U { call go -> S }
    in any { call stay }
}
machine B { initial final state R { ignore X } }
system One { a: A may go, stay   b: B   channel a -> b: fifo(1), when full drop }
"""


def machine() -> Machine:
    return specification(NEVER).machines["A"]


def edge(source: str, ends: str) -> str:
    """The one that leads down from the first to the second."""
    lines = [li for li in source.splitlines() if re.match(rf"\s+{ends} \[", li)]
    (line,) = [line for line in lines if "dir=back" not in line]
    return line


def test_what_no_run_uses_is_grey_and_dashed() -> None:
    result = check(specification(NEVER))
    one = machine()
    used = used_in(one, [system.space for system in result.systems], simple=False)
    assert {(state, target) for state, _, target in used} == {
        ("S", "T"), ("T", "S"), ("S", "S"), ("T", "T")
    }  # fmt: skip
    source = state_diagram(one, overlay=Overlay(used=used)).source
    assert "style=dashed" in edge(source, "0 -> 2")
    assert LIGHT.faint in edge(source, "0 -> 2")
    assert "dashed" not in edge(source, "0 -> 1")
    assert LIGHT.faint not in edge(source, "0 -> 1")
    assert LIGHT.faint not in state_diagram(one).source


def test_a_state_that_no_run_reaches_is_grey_and_dashed() -> None:
    text = """
machine A { initial state S { step -> T } final state T "the end" { } final state U "nowhere" { } }
system One { a: A }
"""
    result = check(specification(text))
    spaces = [system.space for system in result.systems]
    one = result.specification.machines["A"]
    assert reached_in(one, spaces) == {"S", "T"}
    assert reached_in(machine(), spaces) == set()
    overlay = overlay_of(one, simple=False, spaces=spaces)
    assert "Grey and dashed: never used or reached in One." in overlay.captions
    nodes = {
        number: line
        for line in state_diagram(one, overlay=overlay).source.splitlines()
        if (found := re.match(r"\s+(\d) \[", line)) and (number := found[1])
    }
    assert [LIGHT.faint in line and "dashed" in line for line in nodes.values()] == [
        "nowhere" in line for line in nodes.values()
    ]
    assert any("nowhere" in line for line in nodes.values())


REUSED = """
message M = X | Y
machine W { initial final state N { } }
machine A {
    initial state S { defer Y   rcv X -> T }
    state T { step -> U }
    final state U { defer Y }
    in T, U { rcv X -> S }
}
system One { w: W   a: A   channel w -> a: fifo(3), holds Y, holds X }
"""


def test_a_line_that_one_of_its_states_uses_is_not_used_in_the_others() -> None:
    """Nor is a message that is deferred nothing, though it is no step."""
    spec = specification(REUSED)
    spaces = [system.space for system in check(spec).systems]
    used = used_in(spec.machines["A"], spaces, simple=False)
    assert {(state, label.event, target) for state, label, target in used} == {
        ("S", "rcv X", "T"), ("S", "defer Y", "S"), ("T", "step", "U"), ("U", "defer Y", "U"),
    }  # fmt: skip


def uses_of_the_interpreter(machine: Machine, space: StateSpace) -> set[tuple[str, int]]:
    """Line and state of every step that leads to a state that was found."""
    ts, known = space.transition_system, set(space.states)
    return {
        (state.locals[step.instance].state, step.local.transition.index)
        for state in space.states
        for step, after in ((one.step, one.state) for one in ts.successors(state))
        if step.local is not None and step.instance is not None and after in known
        if ts.system.instances[step.instance].machine == machine
    }


def held_to_the_interpreter(text: str) -> None:
    found = check(specification(text), limits=Limits(max_states=300))
    for system in found.systems:
        if system.space.limit is None:
            for one in {instance.machine for instance in system.system.instances}:
                steps = {
                    (state, line.index) for line, state in uses(one, system.space)
                    if line.kind is not Kind.DEFER
                }  # fmt: skip
                assert steps == uses_of_the_interpreter(one, system.space)


@pytest.mark.hypothesis
def test_uses_are_those_of_the_interpreter() -> None:
    anew(examples(10, thorough=1000), specifications(bounds=True), held_to_the_interpreter)


def test_a_run_is_red_and_numbered() -> None:
    run = basic()
    endpoint = run.system.instances[0].machine
    steps = steps_of(endpoint, run, simple=True)
    named = {(state, target): numbers for (state, _, target), numbers in steps.items()}
    assert named == {
        ("CLOSED", "LISTEN"): "server 1", ("CLOSED", "SYN_SENT"): "client 2",
        ("LISTEN", "SYN_RCVD"): "server 3", ("SYN_SENT", "ESTABLISHED"): "client 4",
        ("SYN_RCVD", "ESTABLISHED"): "server 5",
    }  # fmt: skip
    source = state_diagram(endpoint, simple=True, overlay=Overlay(steps=steps)).source
    red = [line for line in source.splitlines() if " -> " in line and LIGHT.wrong in line]
    assert len(red) == 5
    assert "client 2" in edge(source, "0 -> 2")


def test_simple_numbers_also_the_steps_that_it_shows_where_they_stay() -> None:
    run = walk(specification(NEVER), "One", "a: stay", "a: go", "a: stay")
    steps = steps_of(run.system.instances[0].machine, run, simple=True)
    assert {(state, label.event): numbers for (state, label, _), numbers in steps.items()} == {
        ("S", "call stay"): "1", ("S", "call go"): "2", ("T", "call stay"): "3",
    }  # fmt: skip


def test_in_black_and_white_words_tell_what_is_never_used_and_no_colour_is_named() -> None:
    spec = specification(NEVER)
    one, run = spec.machines["A"], walk(spec, "One", "a: go")
    spaces = [system.space for system in check(spec).systems]
    for theme, said in ((PRINT, True), (LIGHT, False)):
        over = overlay_of(one, simple=False, spaces=spaces, shown=("it", run), theme=theme)
        texts = svg_texts(render(state_diagram(one, theme=theme, overlay=over)).decode())
        marked = [text for text in texts if text.startswith("unused: ")]
        assert sorted(marked) == ["unused: call go", "unused: rcv X", "unused: rcv X"] * said
        assert said != any("Red" in text or "Grey" in text for text in texts)


def test_steps_of_one_instance_have_numbers_alone() -> None:
    run = relayed()
    relay = run.system.instances[1].machine
    assert sorted(steps_of(relay, run, simple=False).values()) == ["2", "4", "5"]


def test_lost_messages_are_nobodys_steps() -> None:
    run = lossy()
    numbers = ", ".join(steps_of(run.system.instances[0].machine, run, simple=False).values())
    assert sorted(re.findall(r"\d+", numbers), key=int) == ["1", "2", "3", "4", "5", "7"]


def test_usual_paths_are_heavy_one_of_them_dashed() -> None:
    run = basic()
    endpoint = run.system.instances[0].machine
    client, server = (path_of(endpoint, run, name, simple=True) for name in ("client", "server"))
    source = state_diagram(
        endpoint, simple=True, overlay=Overlay(client=client, server=server)
    ).source
    heavy = [line for line in source.splitlines() if " -> " in line and "penwidth=2.6" in line]
    assert sum("style=dashed" in line for line in heavy) == 3
    assert len(heavy) == 5
    both = state_diagram(endpoint, simple=True, overlay=Overlay(client=client, server=client))
    assert both.source.count(f'color="{LIGHT.ink}:{LIGHT.ink}"') == len(client)


def test_themes_colour_everything() -> None:
    """No colour of another theme is left anywhere."""
    light = set(re.findall(r"#\w{6}", " ".join(map(str, vars_of(LIGHT)))))
    for picture in (
        state_diagram(machine(), theme=DARK), sequence_diagram(lossy(), title="x", theme=DARK),
    ):  # fmt: skip
        assert not light & set(re.findall(r"#\w{6}", picture.source))
        assert DARK.paper in picture.source
    for picture in (
        state_diagram(machine(), theme=PRINT),
        sequence_diagram(lossy(), title="x", outcome="y", theme=PRINT),
    ):
        assert not re.findall(r"#\w{6}", picture.source)


def vars_of(theme: object) -> list[str]:
    return [getattr(theme, name) for name in type(theme).__annotations__]


def test_a_machine_in_words() -> None:
    words = state_diagram(machine()).description
    assert words.startswith("3 states. It begins in S.")
    assert "S to T: call go / snd X." in words
    figure5 = state_diagram(load("tcpspec:figure5.fsm").machines["TCP"]).description
    assert "It may end in CLOSED." in figure5


def test_a_run_in_words() -> None:
    words = sequence_diagram(basic(), title="x", outcome="so it ends").description
    assert words.startswith("It begins with client in CLOSED, server in CLOSED.")
    assert "Step 4: client: rcv SYN+ACK(SEQ = 300, ACK = 101), now in ESTABLISHED." in words
    assert words.endswith("so it ends.")
    assert (
        "From here on it repeats. Step 3"
        in sequence_diagram(relayed(loop_from=2), title="").description
    )
