"""The contract of engines: each finds what the reference finds, and shows the very same runs."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tcpspec.check import Result, SystemResult, check, load
from tcpspec.explore.engines import Engine
from tcpspec.explore.layers import LayeredSpace
from tcpspec.explore.limits import Limits
from tcpspec.explore.listed import ListedSpace
from tcpspec.explore.space import Limit, StateSpace
from tcpspec.model.model import Specification
from tcpspec.model.types import ValueT
from tcpspec.properties.verdict import Status, Verdict
from tcpspec.semantics.state import GlobalState
from tests.cli.runner import SPECS
from tests.helpers import BENCHMARK, assert_is_run, specification
from tests.strategies import specifications

FAST = [engine for engine in Engine if engine not in (Engine.AUTO, Engine.REFERENCE)]
MOST = Limits(max_states=1500)
common = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
engines = pytest.mark.parametrize("engine", FAST)


def facts(space: StateSpace) -> dict[GlobalState, int]:
    """What is known of each state; of a fast engine, the bits that the reference has too."""
    known: Mapping[int, int] | bytearray
    if isinstance(space, ListedSpace):
        known = space.facts
    else:
        assert isinstance(space, LayeredSpace)
        known = bytearray(np.concatenate([*space.facts, np.zeros(0, np.uint8)]) & 15)
    return {state: known[number] for number, state in enumerate(space.states)}


def same_space(one: StateSpace, other: StateSpace) -> None:
    assert len(one.states) == len(other.states)
    assert facts(one) == facts(other)
    assert (one.transitions, one.depth) == (other.transitions, other.depth)
    assert (one.limit, one.bounds, one.used) == (other.limit, other.bounds, other.used)
    assert set(one.control_states()) == set(other.control_states())
    ends, others = one.ends, other.ends
    assert [(kind, one.states[n], end) for kind, (n, end) in ends.items()] == [
        (kind, other.states[n], end) for kind, (n, end) in others.items()
    ]


def same_answers(one: SystemResult, other: SystemResult) -> None:
    """Verdicts, reasons, and the very same runs."""
    for mine, yours in zip(one.verdicts, other.verdicts, strict=True):
        assert mine == yours, mine.check.name
    assert one.failures == other.failures
    for verdict in other.verdicts:
        if verdict.run is not None:
            assert_is_run(verdict.run, other.space.transition_system)


def both(
    spec: Specification, engine: Engine, limits: Limits | None = None
) -> tuple[Result, Result]:
    return tuple(check(spec, limits=limits, engine=one) for one in (Engine.REFERENCE, engine))


def compared(spec: Specification, engine: Engine, limits: Limits | None = None) -> None:
    reference, fast = both(spec, engine, limits)
    for one, other in zip(reference.systems, fast.systems, strict=True):
        assert other.space.engine == engine
        same_space(one.space, other.space)
        same_answers(one, other)
    assert reference.verdicts == fast.verdicts
    assert reference.warnings == fast.warnings


@engines
@common
@given(text=specifications(bounds=True, checks=True))
def test_random_specifications(text: str, engine: Engine) -> None:
    spec = specification(text)
    reference = check(spec, limits=MOST, engine=Engine.REFERENCE)
    assume(not any(system.space.limit for system in reference.systems))
    compared(spec, engine)


@engines
@pytest.mark.parametrize("path", sorted(SPECS.glob("*.fsm")), ids=lambda path: path.stem)
def test_every_specification_of_the_library(path, engine: Engine) -> None:
    compared(load(str(path)), engine)


ROWS = {(1, 2, 1): (1357, 3970, 20), (1, 2, 2): (10184, 34536, 23)}
