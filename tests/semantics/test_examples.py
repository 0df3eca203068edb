"""Larger models whose figures are known: the language's example, and what SPIN and TLC found."""

import pytest

from tcpspec.check import check, load
from tests.helpers import BENCHMARK, assert_is_run, figures

HANDSHAKE = BENCHMARK.with_name("handshake.fsm")


def test_the_example_of_the_language() -> None:
    found = check(load(str(HANDSHAKE)))
    (system,) = found.systems
    assert figures(system.space) == (105, 409, 11)
    assert [verdict.status.value for verdict in system.verdicts] == ["holds"] * 5
    assert found.ok
    (meeting,) = (v for v in system.verdicts if v.check.name == "both ends meet")
    assert meeting.run is not None
    assert_is_run(meeting.run, system.space.transition_system)
    # Both calls; SYN, SYN+ACK and ACK each received.
    assert len(meeting.run.steps) == 5


@pytest.mark.parametrize(
    ("c", "m", "k", "expected"),
    [
        (1, 2, 1, (1_357, 3_970, 20)),
        (1, 2, 2, (10_184, 34_536, 23)),
        (1, 4, 2, (42_044, 141_668, 35)),
    ],
)
def test_the_benchmark_agrees_with_spin_and_tlc(
    c: int, m: int, k: int, expected: tuple[int, int, int]
) -> None:
    found = check(load(str(BENCHMARK), {"C": c, "M": m, "K": k}))
    (system,) = found.systems
    assert figures(system.space) == expected
    assert system.space.complete
    assert not system.failures
    assert {v.check.name: v.status.value for v in system.verdicts}["nothing outstanding"] == "holds"
