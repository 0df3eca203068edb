"""The contract of engines: each finds what the reference finds, and shows the very same runs."""

import numpy as np
import pytest

from tcpspec.check import Result, SystemResult
from tcpspec.explore.engines import Engine
from tcpspec.explore.layers import LayeredSpace
from tcpspec.explore.listed import ListedSpace
from tcpspec.explore.space import StateSpace
from tcpspec.semantics.state import GlobalState
from tests.helpers import assert_is_run, figures

FAST = [engine for engine in Engine if engine not in (Engine.AUTO, Engine.REFERENCE)]
each_engine = pytest.mark.parametrize("engine", FAST)


def facts(space: StateSpace) -> dict[GlobalState, int]:
    """What is known of each state; of a fast engine, the bits that the reference has too."""
    if isinstance(space, ListedSpace):
        return dict(zip(space.states, space.facts, strict=True))
    assert isinstance(space, LayeredSpace)
    known = np.concatenate([*space.facts, np.zeros(0, np.uint8)]) & 15
    return dict(zip(space.states, known.tolist(), strict=True))


def ends(space: StateSpace) -> list[tuple[object, ...]]:
    return [(kind, space.states[number], end) for kind, (number, end) in space.ends.items()]


def same_space(one: StateSpace, other: StateSpace) -> None:
    assert len(one.states) == len(other.states)
    assert facts(one) == facts(other)
    assert figures(one) == figures(other)
    assert (one.limit, one.bounds, one.used) == (other.limit, other.bounds, other.used)
    assert set(one.control_states()) == set(other.control_states())
    assert ends(one) == ends(other)
    assert one.offered() == other.offered()


def same_answers(one: SystemResult, other: SystemResult) -> None:
    """Verdicts, reasons, and the very same runs."""
    for mine, yours in zip(one.verdicts, other.verdicts, strict=True):
        assert mine == yours, mine.check.name
    assert one.failures == other.failures
    for verdict in other.verdicts:
        if verdict.run is not None:
            assert_is_run(verdict.run, other.space.transition_system)


def same(reference: Result, fast: Result) -> None:
    for one, other in zip(reference.systems, fast.systems, strict=True):
        same_space(one.space, other.space)
        same_answers(one, other)
    assert reference.verdicts == fast.verdicts
    assert reference.warnings == fast.warnings
