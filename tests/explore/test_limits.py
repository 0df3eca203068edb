"""Limits end a search with what is known; they never raise, and never make a verdict wrong."""

import sys
import time
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import pytest

from tcpspec.check import Result, check
from tcpspec.explore import reference
from tcpspec.explore.engines import ENGINES, Engine
from tcpspec.explore.limits import Limits, Progress, Task, Watch
from tcpspec.explore.space import Limit
from tcpspec.properties.verdict import Status
from tcpspec.semantics.state import GlobalState, Successor
from tcpspec.semantics.system import TransitionSystem
from tests.helpers import listed, only, result, specification, statuses

MODEL = """message G = X | Y call c
machine M { var x: 0..2 = 0
    initial final state A { call c / x := any; snd X -> B } state B { rcv X -> A
        ignore Y step / snd Y } }
system S { m: M may c at most 2 times n: M may c once
        channel m <-> n: fifo(2), lossy, when full drop }
check S {
    no deadlock
    no stall
    no unspecified reception
    no overflow
    "a": always m in A or n in A
    "n": never m.x == 2 and n.x == 2
    "r": reachable m in B and n in B
    "p": always possible m in A
    "q": always possible (m in A and n in A and empty(m -> n) and empty(n -> m))
    every state reachable
    every transition used
}"""


def sound(found: Result, whole: dict[str, Status]) -> None:
    """Everything that is known is right."""
    for verdict in found.all_verdicts:
        assert verdict.status in (Status.UNKNOWN, whole[verdict.check.name]), verdict.check.name


def unknown(found: Result) -> bool:
    return any(verdict.status is Status.UNKNOWN for verdict in found.all_verdicts)


# --- states -----------------------------------------------------------------------------------


@pytest.mark.parametrize("most", [0, 1, 2, 3, 5, 10, 30, 100, 256, 257, 300, 10_000])
def test_max_states(most: int) -> None:
    whole = only(MODEL)
    found = result(MODEL, Limits(max_states=most))
    space = found.systems[0].space
    assert len(space.states) == min(most, len(whole.space.states))
    assert space.states == whole.space.states[:most]
    assert space.complete is (most >= len(whole.space.states))
    assert space.limit is (None if space.complete else Limit.STATES)
    sound(found, statuses(MODEL))
    assert unknown(found) is not space.complete


def test_a_limit_of_states_is_not_forgotten_at_the_next_look() -> None:
    # The first state has 299 successors; the second one, x = 0, leads to BAD, state 301.
    # None of the others leads to a new state, but the clock is looked at after state 256.
    text = """machine M { var x: 0..298 = 0 initial state I { step / x := any -> W }
        state W { step [x == 0] -> BAD } state BAD {} }
    system S { m: M } check S { "bad": never m in BAD }"""
    assert statuses(text) == {"bad": "violated"}
    assert only(text, Limits(max_states=300)).space.limit is Limit.STATES
    assert statuses(text, Limits(max_states=300)) == {"bad": "unknown"}


@pytest.mark.parametrize("engine", Engine)
def test_no_states_at_all(engine: Engine) -> None:
    claims = '"l": m in A leads to m in B "e": unfair eventually m in B'
    spec = specification(MODEL.replace("no deadlock", f"no deadlock {claims}"))
    result = check(spec, limits=Limits(max_states=0), engine=engine)
    assert {verdict.status for verdict in result.all_verdicts} == {Status.UNKNOWN}


def test_a_limit_below_the_number_of_initial_states() -> None:
    text = """machine M { initial state A {} state B {} } system S { m: M init m in A init m in B }
    check S { "b": never m in B }"""
    assert statuses(text) == {"b": "violated"}
    assert statuses(text, Limits(max_states=1)) == {"b": "unknown"}


# --- time and memory --------------------------------------------------------------------------


def test_a_timeout_of_nothing() -> None:
    found = result(MODEL, Limits(timeout=0))
    space = found.systems[0].space
    assert space.limit is Limit.TIMEOUT
    assert space.states == only(MODEL).space.states[:1]
    assert not any(True for _ in listed(space).expanded())
    sound(found, statuses(MODEL))
    assert found.unknown
    assert not found.ok


def test_a_timeout_of_nothing_still_sees_the_initial_states() -> None:
    text = """machine M { initial state A { step -> B } state B {} } system S { m: M }
    check S { "a": reachable m in A  "b": reachable m in B  "never": never m in A }"""
    assert statuses(text, Limits(timeout=0)) == {"a": "holds", "b": "unknown", "never": "violated"}


def test_the_timeout_is_for_all_systems_together() -> None:
    text = MODEL + MODEL[MODEL.index("system S") :].replace("S {", "R {")
    found = result(text, Limits(timeout=0))
    assert [system.space.limit for system in found.systems] == [Limit.TIMEOUT] * 2


def test_a_timeout_in_the_middle(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock jumps after some looks."""
    clock = iter(range(10_000))
    monkeypatch.setattr(reference, "LOOK_EVERY", 1)
    monkeypatch.setattr(time, "perf_counter", lambda: float(next(clock)))
    spec = specification(MODEL)
    (system,) = spec.systems.values()
    space = reference.explore(TransitionSystem(system), Limits(timeout=40))
    assert space.limit is Limit.TIMEOUT
    assert 0 < len(list(space.expanded())) < len(space.states)


def test_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference, "LOOK_EVERY", 1)
    monkeypatch.setattr(Watch, "EVERY", 0.0)
    found = result(MODEL, Limits(max_memory=1))
    assert found.systems[0].space.limit is Limit.MEMORY
    sound(found, statuses(MODEL))
    assert unknown(found)


def test_progress_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference, "LOOK_EVERY", 1)
    monkeypatch.setattr(Watch, "EVERY", 0.0)
    seen: list[tuple[str, Progress]] = []
    found = check(
        specification(MODEL), observer=lambda name, progress: seen.append((name, progress))
    )
    space = found.systems[0].space
    assert len(seen) == len(space.states)
    assert {name for name, _ in seen} == {"S"}
    assert [p.states - p.frontier for _, p in seen] == list(range(len(space.states)))
    assert seen[-1][1].depth <= space.depth
    assert seen[-1][1].transitions <= space.transitions


# --- Ctrl-C -----------------------------------------------------------------------------------


@pytest.mark.parametrize("look", [0, 1, 7, 40])
def test_an_interrupt_from_the_observer(look: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference, "LOOK_EVERY", 1)
    monkeypatch.setattr(Watch, "EVERY", 0.0)
    seen: list[Progress] = []

    def observer(_: str, progress: Progress) -> None:
        seen.append(progress)
        if len(seen) > look:
            raise KeyboardInterrupt

    found = check(specification(MODEL), observer=observer)
    assert found.interrupted
    assert found.systems[0].space.limit is Limit.INTERRUPTED
    assert len(list(listed(found.systems[0].space).expanded())) == look
    sound(found, statuses(MODEL))
    assert unknown(found)


def test_after_an_interrupt_the_other_systems_are_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Watch, "EVERY", 0.0)
    text = MODEL + MODEL[MODEL.index("system S") :].replace("S {", "R {")

    def observer(name: str, _: Progress) -> None:
        assert name == "S", "the second system is not begun"
        raise KeyboardInterrupt

    found = check(specification(text), observer=observer)
    assert [system.space.limit for system in found.systems] == [Limit.INTERRUPTED] * 2
    assert {verdict.status for verdict in found.systems[1].verdicts} == {Status.UNKNOWN}


def interrupting(
    original: Callable[[TransitionSystem, GlobalState], Iterator[Successor]], after: int
) -> Callable[[TransitionSystem, GlobalState], Iterator[Successor]]:
    """``successors`` that is interrupted once, at this successor of all."""
    count = 0

    def successors(self: TransitionSystem, state: GlobalState) -> Iterator[Successor]:
        nonlocal count
        for successor in original(self, state):
            count += 1
            if count == after:
                raise KeyboardInterrupt
            yield successor

    return successors


def each_interrupted(text: str, last: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Result]:
    """What a check finds that is interrupted at a successor, for each of them up to the last."""
    original = TransitionSystem.successors
    for after in range(1, last):
        monkeypatch.setattr(TransitionSystem, "successors", interrupting(original, after))
        try:
            yield check(specification(text))
        except KeyboardInterrupt:
            pytest.fail(f"the interrupt at successor {after} got through")


SMALL = """message G = X machine M { var x: 0..1 = 0
    initial final state A { step [x == 0] / x := 1; snd X -> B } state B { rcv X -> A } }
system S { m: M n: M channel m <-> n: fifo(1) }
check S {
    no deadlock
    no unspecified reception
    "p": always possible (m in A and n in A and m.x == 1)
    "r": reachable m in B and n in B
    every transition used
}"""


def test_an_interrupt_anywhere_in_a_check(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the search, a replay or a report is interrupted: nothing raises, nothing is wrong."""
    whole = statuses(SMALL)
    for found in each_interrupted(SMALL, 60, monkeypatch):
        sound(found, whole)


OVERFLOWING = """message G = X machine M { initial state A { step / snd X } }
        machine Deaf { initial state D {} }
system S { m: M d: Deaf channel m -> d: fifo(1) }"""


def test_an_interrupt_while_a_failure_is_replayed(monkeypatch: pytest.MonkeyPatch) -> None:
    for found in each_interrupted(OVERFLOWING, 6, monkeypatch):
        assert not found.ok


SEARCHING = ("run", "_stop", "_expand", "_number", "_ended")
"""The functions of the search proper; before and after them there is nothing half done."""


class LineBomb:
    """Raises KeyboardInterrupt at one line of the search, counted as they are executed."""

    def __init__(self, file: str, at: int) -> None:
        self.file, self.left = file, at

    def trace(self, frame: FrameType, event: str, _: Any) -> Any:
        if frame.f_code.co_filename != self.file:
            return None
        if event == "line" and frame.f_code.co_name in SEARCHING:
            self.left -= 1
            if self.left == 0:
                sys.settrace(None)
                raise KeyboardInterrupt
        return self.trace


def test_an_interrupt_at_any_line_of_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signals arrive between any two lines; what is half done must not become a verdict."""
    spec = specification(SMALL)
    whole = {v.check.name: v.status for v in check(spec).all_verdicts}
    explore, file = reference.explore, reference.__file__
    interrupted = 0
    for at in range(1, 700):
        bomb = LineBomb(file, at)

        def guarded(task: Task, bomb: LineBomb = bomb) -> Any:
            before = sys.gettrace()
            sys.settrace(bomb.trace)
            try:
                return explore(task.transition_system, task.limits, task.observer)
            finally:
                sys.settrace(before)

        monkeypatch.setitem(ENGINES, Engine.AUTO, guarded)
        try:
            found = check(spec)
        except KeyboardInterrupt:
            pytest.fail(f"the interrupt at line {at} got through")
        interrupted += found.interrupted
        sound(found, whole)
        space = listed(found.systems[0].space)
        assert len(space.parents) == len(space.facts) == len(space.states)
        assert all(0 <= target < len(space.states) for target in space.targets)
    assert interrupted > 100
