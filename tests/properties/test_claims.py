"""Claims as they are written: expected to be violated, or making no sense."""

import pytest

from tcpspec.check import check, load
from tcpspec.explore.limits import Limits
from tcpspec.properties.verdict import Status
from tests.helpers import errors, result
from tests.properties.models import LONG


@pytest.mark.parametrize(
    ("claim_", "ok"),
    [
        ('"c": violated always m in A', True),
        ('"c": violated always m in {A, B}', False),
        ('"c": violated never m in B', True),
        ('"c": violated reachable m in A', False),
        ('"c": violated always possible m in A', True),
        ("violated no deadlock", True),
        ("violated no stall", True),
        ("violated no overflow", False),
        ("violated no unspecified reception", False),
        ("violated every transition used", False),
    ],
)
def test_violated_turns_a_claim_round(claim_: str, ok: bool) -> None:
    text = f"""machine M {{ initial state A {{ step -> B }} state B {{}} }} system S {{ m: M }}
    check S {{ {claim_} }}"""
    found = result(text)
    assert found.all_verdicts[0].ok is ok
    assert found.ok is ok
    assert found.failed is not ok


def test_violated_is_not_satisfied_by_not_knowing() -> None:
    text = LONG.replace('"ninety": reachable', '"ninety": violated reachable')
    found = {v.check.name: v for v in result(text, Limits(max_states=10)).all_verdicts}["ninety"]
    assert found.status is Status.UNKNOWN
    assert not found.ok


@pytest.mark.parametrize(
    ("checks", "code"),
    [
        ('"a": always true "a": never false', "declared-twice"),
        ('"a": always m.x', "unknown-name"),
        ('"a": always 3', "type-mismatch"),
        ('"a": eventually m', "unknown-name"),
        ('"a": true leads to 3', "type-mismatch"),
        ('"a": unfair always true', "no-fairness"),
        ('"a": ltl "G ("', "bad-formula"),
        ('"a": ltl "F nobody"', "unknown-name"),
        ('"a": ltl "G X true"', "no-next"),
    ],
)
def test_checks_that_make_no_sense(checks: str, code: str) -> None:
    text = f"machine M {{ initial state A {{}} }} system S {{ m: M }} check S {{ {checks} }}"
    assert errors(text) == [code]


def test_a_check_of_no_known_system() -> None:
    text = "machine M { initial state A {} } system S { m: M } check T { no deadlock }"
    assert errors(text) == ["unknown-name"]


def test_the_library_example_gets_stuck_as_it_says() -> None:
    found = check(load("tcpspec:figure5.fsm"))
    assert found.ok
    assert {v.check.name: v.status.value for v in found.all_verdicts}["no deadlock"] == "violated"
