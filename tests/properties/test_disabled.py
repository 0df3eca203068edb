"""What is not enabled, and why: each reason by hand; and that taking a reason away is a remedy."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcpspec.model.model import Rank, System, Transition
from tcpspec.properties.disabled import Disabled, Obstacle, disabled
from tcpspec.record import replace
from tcpspec.semantics.state import EndKind, GlobalState, StepKind
from tcpspec.semantics.system import TransitionSystem
from tcpspec.simulation.simulation import at_random, begin
from tests.examples import examples
from tests.helpers import specification
from tests.strategies import specifications
from tests.views.runs import walk

NET = """
message M(F: 0..3 = 0) = X | Y | Z
call go, halt
timer t
machine A {
    var n: 0..9 = 0
    initial final state S {
        call go [n < 3 and n != 7] / n := n + 1; snd X(F = n)
        call halt -> T
        timeout t / snd Y
        rcv Z -> T
    }
    final state T { step [n == 0] -> S }
}
machine B {
    initial final state S { rcv X [M.F == 2] / snd Z   defer Y   rcv X [M.F == 3] }
}
system Net {
    a: A may go at most 2 times
    b: B
    channel a -> b: FORWARD
    channel b -> a: fifo(1)
    RULES
}
"""


def told(steps: list[str], forward: str = "fifo(3)", rules: str = "") -> dict[str, str]:
    """What is not enabled behind these steps: which, and why, in words."""
    model = specification(NET.replace("FORWARD", forward).replace("RULES", rules))
    run = walk(model, "Net", *steps)
    return {
        one.what: f"{one.obstacle.name}: {'; '.join(one.reasons)}"
        for one in disabled(TransitionSystem(run.system), run.last)
    }


def test_a_guard_is_told_with_the_part_that_is_false() -> None:
    found = told(["a: go"], "fifo(3)", "init a in S(n = 2)")
    assert found["a: go"] == "GUARD: the guard [n < 3 and n != 7] is false; n < 3 is false: n is 3"


def test_budgets_permissions_and_rules_of_the_system() -> None:
    found = told(["a: go", "a: go"], rules="timer t at most 1 times")
    assert found["a: go"] == "USED_UP: it may happen 2 times, and has"
    assert found["a: halt"] == "NEVER: the user of a may not call halt in this system"
    assert "a: timeout t" not in found
    after = told(["timeout"], rules="timer t at most 1 times")
    assert after["a: timeout t"] == "USED_UP: it may happen once, and has"
    never = told([], rules="timer t at most 0 times")
    assert never["a: timeout t"] == "NEVER: the system never lets t of a run out"
    condition = told([], rules="timer t [a.n > 4 and b in S]")
    assert condition["a: timeout t"] == (
        "CONDITION: `timer t [a.n > 4 and b in S]`; a.n > 4 is false: a.n is 0"
    )
    idle = told(["a: go"], "fifo(3)", "timer t only when idle init a in S(n = 1)")
    assert idle["a: timeout t"] == (
        "CONDITION: `timer t only when idle`: b: rcv X(F = 2) is possible"
    )


def test_messages_without_a_line_deferred_and_behind_others() -> None:
    found = told(["a: timeout", "a: go"])
    assert found["b: rcv Y(F = 0)"] == "DEFERRED: `defer Y` leaves it for later"
    assert found["b: rcv X(F = 1)"].startswith("NO_LINE: b has no rule that applies to it in S")
    behind = told(["a: go", "a: go"])
    assert behind["b: rcv X(F = 2)"] == "BEHIND: X(F = 1) is before it in a -> b"
    guards = [
        one.reasons
        for one in _disabled(["a: go"])
        if one.obstacle is Obstacle.GUARD and one.kind is StepKind.RECEIVE
    ]
    assert guards == [
        ("the guard [M.F == 2] is false", "M.F == 2 is false: M.F is 1"),
        ("the guard [M.F == 3] is false", "M.F == 3 is false: M.F is 1"),
    ]


def _disabled(steps: list[str]) -> list[Disabled]:
    model = specification(NET.replace("FORWARD", "fifo(3)").replace("RULES", ""))
    run = walk(model, "Net", *steps)
    return list(disabled(TransitionSystem(run.system), run.last))


def test_what_waits_for_room() -> None:
    found = told(["timeout"], "fifo(1), when full wait")
    assert found["a: timeout t"] == "NO_ROOM: there is no room in a -> b"


def test_what_a_bound_cuts() -> None:
    found = told([], "fifo(3)", "bound a.n == 0")
    assert found["a: go"] == "BOUND: it would leave `bound a.n == 0`"
    lost = told(["timeout"], "fifo(1), lossy", "bound a.n == 0 and count(a -> b) == 1 or a.n == 0")
    assert "a -> b: loses Y(F = 0)" not in lost


def test_faults_that_are_used_up() -> None:
    found = told(["timeout", "loses", "timeout"], "fifo(2), loses at most 1")
    assert found["a -> b: loss"] == "USED_UP: it may happen once, and has"
    init = "init a in S(n = 1)"
    twice = told(["a: go", "duplicated"], "fifo(2), duplicates at most 1", init)
    assert twice["a -> b: duplication"] == "USED_UP: it may happen once, and has"


ORDER = """
message M = X
machine W { initial final state S { } }
machine B KIND {
    initial final state S { RULES }
}
system Net { w: W  b: B  channel w -> b: fifo(1), holds X }
"""


@pytest.mark.parametrize(
    ("kind", "rules", "reason"),
    [
        ("ordered", "rcv X  ignore X", "`rcv X` comes first"),
        ("", "rcv X } in S unless handled { ignore X", "`rcv X` comes first"),
        ("", "rcv X  ignore X", None),
        ("ordered", "rcv X  otherwise ignore", None),
    ],
)
def test_lines_that_come_first(kind: str, rules: str, reason: str | None) -> None:
    text = ORDER.replace("KIND", kind).replace("RULES", rules)
    ts = TransitionSystem(specification(text).systems["Net"])
    found = [one.reasons for one in disabled(ts, ts.initial_states()[0])]
    assert found == ([] if reason is None else [(reason,)])


def test_a_line_for_the_same_event_comes_first() -> None:
    text = """
    machine M { initial final state S { step -> T } final state T { } in S unless handled { step } }
    system One { m: M }"""
    ts = TransitionSystem(specification(text).systems["One"])
    (found,) = disabled(ts, ts.initial_states()[0])
    assert (found.obstacle, found.reasons) == (Obstacle.OTHER_LINE, ("`step -> T` comes first",))


# --- nothing is left out, and each reason is the reason -----------------------------------------


def somewhere(text: str, seed: int, count: int) -> tuple[TransitionSystem, GlobalState]:
    """A state that a random run comes to."""
    ts = TransitionSystem(specification(text).systems["S"])
    state = at_random(begin(ts), count, seed)[0].state
    assert state is not None
    return ts, state


def enabled(ts: TransitionSystem, state: GlobalState) -> set[tuple[int | None, Transition, str]]:
    return {
        (s.step.instance, s.step.local.transition, s.step.local.event)
        for s in ts.successors(state)
        if s.step.local and s.step.kind is not StepKind.DUPLICATION
        if s.end is None or s.end.kind is not EndKind.CUT
    }


@settings(max_examples=examples(25, thorough=2000))
@given(specifications(bounds=True), st.integers(0, 2**32), st.integers(0, 8))
def test_every_line_is_enabled_or_told(text: str, seed: int, count: int) -> None:
    ts, state = somewhere(text, seed, count)
    found = list(disabled(ts, state))
    kept = {(d.instance, d.transition, d.event) for d in found if d.transition}
    possible = enabled(ts, state)
    for number, (instance, local) in enumerate(zip(ts.system.instances, state.locals, strict=True)):
        offered = [
            (packet.name, ts.system.channels[channel].receiver_port)
            for channel in range(len(state.channels))
            if ts.system.channels[channel].receiver == number
            for _, packet, _ in ts.offers(state, channel)
        ]
        for line in instance.machine.of_state[local.state]:
            if not line.kind.takes_message:
                for event in line.events or ("",):
                    assert (number, line, event) in possible | kept
            elif line.rank is not Rank.OTHERWISE:
                for name, port in offered:
                    if name in line.events and line.port in (None, port):
                        assert (number, line, name) in possible | kept
    choosing = {d.transition for d in found if d.obstacle in (Obstacle.BOUND, Obstacle.NO_ROOM)}
    taking = {d.transition for d in found if d.kind in (StepKind.RECEIVE, StepKind.DUPLICATION)}
    assert {line for _, line, _ in possible & kept} <= choosing | taking


def _lines(system: System, change: Callable[[Transition], Transition]) -> System:
    """The system with other lines in its machines."""
    machines = {
        id(one.machine): replace(
            one.machine, transitions=tuple(map(change, one.machine.transitions))
        )
        for one in system.instances
    }
    instances = tuple(replace(one, machine=machines[id(one.machine)]) for one in system.instances)
    return replace(system, instances=instances)


def remedy(one: Disabled, ts: TransitionSystem, state: GlobalState) -> tuple[System, GlobalState]:
    """The system, or the state, without that obstacle."""
    system = ts.system
    match one.obstacle:
        case Obstacle.GUARD:
            return _lines(
                system,
                lambda line: replace(line, guard=None) if line is one.transition else line,
            ), state
        case Obstacle.USED_UP:
            return system, state._replace(budgets=tuple(left + 1 for left in state.budgets))
        case Obstacle.CONDITION:
            rules = tuple(replace(r, condition=None, when_idle=False) for r in system.timers)
            return replace(system, timers=rules), state
        case Obstacle.NO_ROOM:
            channels = tuple(replace(c, capacity=c.capacity + 60) for c in system.channels)
            return replace(system, channels=channels), state
        case Obstacle.BOUND:
            return replace(system, bounds=()), state
    raise AssertionError(one.obstacle)


REMEDIES = (
    Obstacle.GUARD, Obstacle.USED_UP, Obstacle.CONDITION, Obstacle.NO_ROOM, Obstacle.BOUND,
)  # fmt: skip


def _place(one: Disabled) -> tuple[object, ...]:
    """What a step is, in whatever system."""
    index = one.transition.index if one.transition else None
    return one.kind, one.instance, index, one.event, one.what


@settings(max_examples=examples(25, thorough=2000))
@given(specifications(bounds=True), st.integers(0, 2**32), st.integers(0, 8))
def test_without_the_obstacle_it_is_enabled_or_something_else_is(
    text: str, seed: int, count: int
) -> None:
    ts, state = somewhere(text, seed, count)
    for one in disabled(ts, state):
        if one.obstacle not in REMEDIES:
            continue
        system, changed = remedy(one, ts, state)
        others = [
            d for d in disabled(TransitionSystem(system), changed) if _place(d) == _place(one)
        ]
        assert one.obstacle not in {d.obstacle for d in others}, (one, others)


# --- several obstacles at once: all that can be known is told ------------------------------------

SEVERAL = """
message M(F: 0..3 = 0) = X
call go, halt
timer t, u
machine W { initial final state S { } }
machine A KIND {
    var n: 0..9 = 0
    initial final state S {
        call go [n > 3]   call halt [n > 3]   timeout t [n > 3]   timeout u [n > 3]
        call go [n == 0] / n := 0
        RULES
    }
}
system Net {
    w: W
    a: A may go once
    channel w -> a: fifo(3), HOLDS
    timer t at most 0 times
    timer u at most 1 times [a.n > 7] only when idle
    timer u [a.n > 8]
}
"""


def several(rules: str = "", kind: str = "", holds: str = "holds X", steps: int = 0) -> list[str]:
    """What is not enabled there, and why, behind so many first steps."""
    text = SEVERAL.replace("KIND", kind).replace("RULES", rules).replace("HOLDS", holds)
    ts = TransitionSystem(specification(text).systems["Net"])
    here = begin(ts)
    for _ in range(steps):
        here = here.take(1)
    assert here.state is not None
    return [
        f"{d.what}: {d.obstacle.name}: {'; '.join(d.reasons)}" for d in disabled(ts, here.state)
    ]


FALSE = "the guard [n > 3] is false; n > 3 is false: n is 0"


def test_what_the_system_never_lets_happen_is_told_as_that_whatever_its_guard_says() -> None:
    found = several("ignore X")
    assert "a: halt: NEVER: the user of a may not call halt in this system" in found
    assert "a: timeout t: NEVER: the system never lets t of a run out" in found


def test_a_false_guard_is_not_all_that_is_in_the_way() -> None:
    assert f"a: go: GUARD: {FALSE}" in several("ignore X")
    once = "it may happen once, and has"
    assert several("ignore X", steps=1)[:1] == [f"a: go: GUARD: {FALSE}; {once}"]
    assert (
        f"a: timeout u: GUARD: {FALSE}; "
        "`timer u at most 1 times [a.n > 7] only when idle`; a.n > 7 is false: a.n is 0; "
        "`timer u at most 1 times [a.n > 7] only when idle`: a: rcv X(F = 0) is possible; "
        "`timer u [a.n > 8]`; a.n > 8 is false: a.n is 0"
    ) in several("ignore X")


@pytest.mark.parametrize(
    ("kind", "rules", "before"),
    [
        ("ordered", "ignore X  rcv X [n > 3]", "; `ignore X` comes first"),
        ("ordered", "rcv X [n > 3]  ignore X", ""),
        ("", "ignore X  rcv X [n > 3]", ""),
        ("", "ignore X } in S unless handled { rcv X [n > 3]", "; `ignore X` comes first"),
    ],
)
def test_a_false_guard_of_a_line_that_another_goes_before(
    kind: str, rules: str, before: str
) -> None:
    assert f"a: rcv X(F = 0): GUARD: {FALSE}{before}" in several(rules, kind)


def test_a_line_that_would_only_defer_is_told_as_that() -> None:
    found = several("defer X [n > 3]  ignore X")
    assert f"a: defer X(F = 0): GUARD: {FALSE}" in found


def test_what_keeps_a_system_from_being_idle_though_a_bound_cuts_it() -> None:
    text = """
    timer t
    machine M {
        var n: 0..5 = 0
        initial final state S { step / n := n + 1 MORE   timeout t }
    }
    system One { m: M   timer t only when idle   bound m.n < 1 }"""
    busy: list[str] = []
    for more in ("", "   step / n := 0"):
        ts = TransitionSystem(specification(text.replace("MORE", more)).systems["One"])
        *_, found = disabled(ts, ts.initial_states()[0])
        busy += found.reasons
    assert busy == [
        "`timer t only when idle`: m: step is possible, though `bound m.n < 1` cuts it",
        "`timer t only when idle`: m: step is possible",
    ]


def test_equal_messages_are_told_of_once() -> None:
    found = several("defer X  rcv X [n > 3]", holds="holds X, holds X, holds X")
    told = [one for one in found if one.startswith("a: rcv X")]
    assert told == [
        "a: rcv X(F = 0): DEFERRED: `defer X` leaves it for later",
        f"a: rcv X(F = 0): GUARD: {FALSE}",
    ]
