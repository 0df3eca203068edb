"""Overflows and values out of range, which are reported whether it is asked or not."""

import pytest

from tcpspec.properties.verdict import Status
from tests.helpers import result, steps_of, verdict
from tests.properties.models import DEAF, GROUP, OVERFLOWING


@pytest.mark.parametrize(
    ("channel", "holds"),
    [
        ("fifo(2)", True),
        ("fifo(1)", False),
        ("bag(1)", False),
        ("fifo(1), when full error", False),
        ("fifo(1), when full drop", True),
        ("fifo(1), when full wait", True),
    ],
)
def test_no_overflow(channel: str, holds: bool) -> None:
    text = f"""{GROUP} {DEAF} machine M {{ initial final state A {{ call c / snd X }} }}
    system S {{ m: M may c at most 2 times d: Deaf channel m -> d: {channel} }}
        check S {{ no overflow }}"""
    found = verdict(text)
    assert found.ok is holds
    if not holds:
        assert steps_of(found.run) == ["m: c", "m: c"]
    # It is reported whether it is asked or not.
    assert result(text.replace("no overflow", "")).failed is not holds


def test_an_expected_overflow_is_no_failure() -> None:
    found = result(OVERFLOWING.replace("CLAIM", "violated no overflow"))
    assert found.ok
    assert [failure.expected for failure in found.systems[0].failures] == [True]


def test_other_verdicts_hold_up_to_the_error() -> None:
    found = verdict(OVERFLOWING.replace("CLAIM", '"c": always m in A'))
    assert found.status is Status.HOLDS
    assert any("error" in reason for reason in found.rests_on)


def test_a_value_out_of_range_fails_a_check_without_any_claim() -> None:
    text = """machine M { var x: 0..1 = 1 initial final state A { step / x := x + 1 } }
    system S { m: M }"""
    assert result(text).failed
    assert not result(text).ok
