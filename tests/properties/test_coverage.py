"""States that are reached and transitions that are used, over all systems named together."""

import pytest

from tcpspec.check import check
from tcpspec.properties.verdict import Status
from tests.helpers import holding, result, specification, verdict
from tests.properties.models import DEAF, GROUP, OVERFLOWING

TWO_SYSTEMS = """message G = X call c
machine M { initial final state A { call c -> B } state B { rcv X -> C step -> B }
        state C { ignore X } }
machine Wire { initial final state W {} }
system S { m: M may c }
system R { w: Wire m: M channel w -> m: fifo(2), holds X, holds X init m in B }
check SYSTEMS { every state reachable every transition used }"""


@pytest.mark.parametrize(
    ("systems", "expected"),
    [
        ("S, R", {"every state reachable", "every transition used"}),
        ("R, S", {"every state reachable", "every transition used"}),
        ("S", set()),  # never in C; X never comes
        ("R", set()),  # never in A; nobody calls
    ],
)
def test_coverage_is_over_all_systems_named_together(systems: str, expected: set[str]) -> None:
    assert holding(TWO_SYSTEMS.replace("SYSTEMS", systems)) == expected


def test_what_is_missing_is_listed() -> None:
    found = result(TWO_SYSTEMS.replace("SYSTEMS", "S")).all_verdicts
    assert [len(v.reasons) for v in found] == [1, 2]
    assert "C" in found[0].reasons[0]


def test_a_written_line_counts_once_wherever_it_is_used() -> None:
    # The block's line is used in A only, m's line by m only.
    text = """call c machine M { initial state A {} state B {} in any { call c -> B } }
    system S { m: M may c once n: M } check S { every transition used every state reachable }"""
    assert len(holding(text)) == 2


@pytest.mark.parametrize(
    ("rules", "used"),
    [
        ("ignore X", True),
        ("defer X", True),  # does not count
        ("defer X ignore Y", False),
        ("ignore X | Y", True),  # one line
        ("rcv X [false] -> A ignore X", False),
        ("rcv X -> A otherwise ignore", False),
        ("otherwise ignore", True),
    ],
)
def test_ignore_counts_and_defer_does_not(rules: str, used: bool) -> None:
    text = f"""{GROUP} {DEAF} machine M {{ initial state A {{ {rules} }} }}
    system S {{ d: Deaf m: M channel d -> m: fifo(1), holds X }} check S {{
        every transition used }}"""
    assert (holding(text) != set()) is used


def test_a_step_that_is_not_counted_is_not_used() -> None:
    assert verdict(OVERFLOWING.replace("CLAIM", "every transition used")).status is Status.VIOLATED
    text = """machine M { initial state A { step -> B } state B {} }
    system S { m: M bound m in A } check S { every transition used }"""
    assert verdict(text).status is Status.UNKNOWN


def test_a_machine_that_no_named_system_has_does_not_count() -> None:
    text = """machine M { initial state A {} } machine N { initial state A {} state B {} }
    system S { m: M } check S { every state reachable }"""
    assert verdict(text).status is Status.HOLDS


def test_coverage_of_some_systems_is_not_decided_without_the_others() -> None:
    spec = specification(TWO_SYSTEMS.replace("SYSTEMS", "S, R"))
    assert check(spec, systems=["S"]).all_verdicts == ()
    assert len(check(spec, systems=["S", "R"]).all_verdicts) == 2


def test_a_claim_about_two_systems_is_one_for_each() -> None:
    text = """machine M { initial state A { step -> B } state B {} }
    system S { m: M } system R { m: M init m in B }
    check S, R { "a": reachable m in A }"""
    found = result(text)
    assert [[v.status.value for v in s.verdicts] for s in found.systems] == [
        ["holds"],
        ["violated"],
    ]
