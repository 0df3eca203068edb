"""Limits and interrupts of the engines that go layer by layer: what is known stays right."""

import sys
import time
from types import FrameType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tcpspec.check import Result, check
from tcpspec.explore import engines, expansion, table
from tcpspec.explore.engines import Engine
from tcpspec.explore.layers import LayeredSpace
from tcpspec.explore.limits import Limits, Progress, Task, Watch
from tcpspec.explore.space import Fact, Limit
from tcpspec.properties.verdict import Status
from tcpspec.semantics.system import TransitionSystem
from tests.explore.test_limits import MODEL, SMALL, sound, unknown
from tests.helpers import assert_is_run, only, specification, statuses
from tests.strategies import specifications


def found(text: str, limits: Limits | None = None) -> Result:
    return check(specification(text), limits=limits, engine=Engine.TABLE)


def space_of(result: Result) -> LayeredSpace:
    space = result.systems[0].space
    assert isinstance(space, LayeredSpace)
    return space


def consistent(space: LayeredSpace) -> None:
    """Every state is reached by a run, and every edge of an expanded state leads to one."""
    ts, states = space.transition_system, list(space.states)
    known = set(states)
    assert len(known) == len(states)
    transitions = 0
    for number, fact in enumerate(int(fact) for facts in space.facts for fact in facts):
        after = [s.state for s in ts.successors(states[number]) if s.state is not None]
        inside = [state for state in after if state in known]
        if fact & Fact.EXPANDED:
            transitions += len(inside)
            assert bool(fact & Fact.CUT) or len(inside) == len(after)
        else:
            assert fact == 0
        if number % 9 == 0:
            assert_is_run(space.run_to(number), ts)
            assert space.run_to(number).last == states[number]
    assert transitions == space.transitions


@pytest.mark.parametrize("most", [0, 1, 2, 3, 5, 10, 30, 100, 256, 257, 300, 10_000])
def test_max_states(most: int) -> None:
    whole = only(MODEL).space
    result = found(MODEL, Limits(max_states=most))
    space = space_of(result)
    assert len(space.states) == min(most, len(whole.states))
    assert set(space.states) <= set(whole.states)
    assert space.limit is (None if most >= len(whole.states) else Limit.STATES)
    sound(result, statuses(MODEL))
    assert unknown(result) is not space.complete
    consistent(space_of(result))


def test_a_limit_below_the_number_of_initial_states() -> None:
    text = """machine M { initial state A {} state B {} } system S { m: M init m in A init m in B }
    check S { "b": never m in B }"""
    (verdict,) = found(text, Limits(max_states=1)).all_verdicts
    assert verdict.status is Status.UNKNOWN


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(specifications(checks=True), st.integers(1, 60))
def test_with_a_limit_of_states_verdicts_are_right_or_unknown(text: str, most: int) -> None:
    whole = check(specification(text), limits=Limits(max_states=400), engine=Engine.REFERENCE)
    if whole.systems[0].space.limit is None:
        result = found(text, Limits(max_states=most))
        sound(result, {verdict.check.name: verdict.status for verdict in whole.all_verdicts})
        consistent(space_of(result))


def test_a_timeout_of_nothing() -> None:
    result = found(MODEL, Limits(timeout=0))
    assert space_of(result).limit is Limit.TIMEOUT
    assert list(space_of(result).states) == list(only(MODEL).space.states)[:1]
    consistent(space_of(result))
    sound(result, statuses(MODEL))


def test_a_timeout_in_the_middle_of_a_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock jumps at each look; slices are small."""
    clock = iter(range(10_000))
    monkeypatch.setattr(expansion.SliceSize, "FIRST", 4)
    monkeypatch.setattr(expansion.SliceSize, "ROWS", 8)
    monkeypatch.setattr(time, "perf_counter", lambda: float(next(clock)))
    (system,) = specification(MODEL).systems.values()
    space = table.explore(Task(TransitionSystem(system), Limits(timeout=40)))
    assert space.limit is Limit.TIMEOUT
    facts = [int(fact) for layer in space.facts for fact in layer]
    assert 0 < sum(fact & Fact.EXPANDED for fact in facts) < len(facts)
    consistent(space)


def test_memory_and_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Watch, "EVERY", 0.0)
    seen: list[Progress] = []
    result = check(
        specification(MODEL),
        limits=Limits(max_memory=1),
        observer=lambda _, progress: seen.append(progress),
        engine=Engine.TABLE,
    )
    assert space_of(result).limit is Limit.MEMORY
    assert [(p.states, p.frontier, p.depth) for p in seen] == [(1, 1, 0)]
    sound(result, statuses(MODEL))


@pytest.mark.parametrize("look", [0, 1, 7, 20])
def test_an_interrupt_from_the_observer(look: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Watch, "EVERY", 0.0)
    monkeypatch.setattr(expansion.SliceSize, "FIRST", 4)
    monkeypatch.setattr(expansion.SliceSize, "ROWS", 8)
    seen: list[Progress] = []

    def observer(_: str, progress: Progress) -> None:
        seen.append(progress)
        if len(seen) > look:
            raise KeyboardInterrupt

    result = check(specification(MODEL), observer=observer, engine=Engine.TABLE)
    assert result.interrupted
    assert space_of(result).limit is Limit.INTERRUPTED
    assert len(seen) == look + 1
    consistent(space_of(result))
    sound(result, statuses(MODEL))


SEARCHING = ("columns", "components", "expansion", "local_steps", "packing", "seen", "table")


class LineBomb:
    """Raises KeyboardInterrupt at one line of the search, counted as they are executed."""

    def __init__(self, at: int) -> None:
        self.left = at

    def trace(self, frame: FrameType, event: str, _: Any) -> Any:
        module = frame.f_globals.get("__name__", "")
        if not module.startswith("tcpspec.explore.") or module.split(".")[-1] not in SEARCHING:
            return None
        if frame.f_code.co_name == "finish":
            sys.settrace(None)
            return None
        if event == "line":
            self.left -= 1
            if self.left == 0:
                sys.settrace(None)
                raise KeyboardInterrupt
        return self.trace


@pytest.mark.parametrize("engine", [Engine.TABLE, Engine.AUTO])
def test_an_interrupt_at_any_line(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Signals arrive between any two lines; what is half done must not become a verdict."""
    monkeypatch.setattr(engines, "HAND_OVER", 2)
    monkeypatch.setattr(engines, "_compiled", lambda: False)
    monkeypatch.setattr("tcpspec.explore.reference.LOOK_EVERY", 1)
    monkeypatch.setattr("tcpspec.explore.reference.WIDE", 0)
    monkeypatch.setattr(expansion.SliceSize, "FIRST", 2)
    monkeypatch.setattr(expansion.SliceSize, "ROWS", 4)
    spec = specification(SMALL)
    whole = {v.check.name: v.status for v in check(spec, engine=Engine.REFERENCE).all_verdicts}
    explore = engines.ENGINES[engine]
    interrupted = 0
    for at in range(1, 8000, 29):
        bomb = LineBomb(at)

        def guarded(*args: Any, bomb: LineBomb = bomb) -> Any:
            before = sys.gettrace()
            sys.settrace(bomb.trace)
            try:
                return explore(*args)
            finally:
                sys.settrace(before)

        monkeypatch.setitem(engines.ENGINES, engine, guarded)
        try:
            result = check(spec, engine=engine)
        except KeyboardInterrupt:
            pytest.fail(f"the interrupt at line {at} got through")
        interrupted += result.interrupted
        sound(result, whole)
        if isinstance(result.systems[0].space, LayeredSpace):
            consistent(space_of(result))
        if not result.interrupted:
            break
    assert interrupted > 100
