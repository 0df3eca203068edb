"""What bounds and limits leave of a verdict."""

from tcpspec.explore.limits import Limits
from tcpspec.properties.verdict import Status
from tests.helpers import only, result, statuses, verdict
from tests.properties.models import LONG

BOUNDED = """call c machine M { var x: 0..9 = 0
    initial state A { step / x := x + 1  step [x == 1] -> SIDE }
    state SIDE { call c -> TRAP } state TRAP {} }
system S { m: M may c bound m.x <= 2 } check S { CLAIMS }"""


def test_after_a_cut_only_what_was_found_is_final() -> None:
    text = BOUNDED.replace(
        "CLAIMS",
        """"far": reachable m.x == 5
        "near": reachable m.x == 2
        "low": always m.x <= 2
        "lower": always m.x < 2
        "never far": never m.x == 5
        "back": always possible m.x == 5
        "side": always possible m in TRAP
        "zero": always possible m.x == 0
        every state reachable
        every transition used""",
    )
    assert statuses(text) == {
        "far": "unknown",
        "near": "holds",
        "low": "holds",
        "lower": "violated",
        "never far": "holds",
        "back": "violated",  # TRAP cannot get there, nor to the cut
        "side": "unknown",  # from (A, 2) only behind the cut
        "zero": "violated",
        "every state reachable": "holds",
        "every transition used": "holds",
    }


def test_not_always_possible_is_unknown_where_every_such_state_can_get_to_a_cut() -> None:
    text = """machine M { var x: 0..9 = 0 initial state A { step / x := x + 1 } }
    system S { m: M bound m.x <= 2 } check S { "five": always possible m.x == 5 }"""
    assert verdict(text).status is Status.UNKNOWN


def test_coverage_is_unknown_after_a_cut() -> None:
    text = """machine M { initial state A { step -> B } state B { step -> C } state C {} }
    system S { m: M bound m in A } check S { every state reachable every transition used }"""
    assert set(statuses(text).values()) == {Status.UNKNOWN}


def test_holds_within_the_bound_says_so() -> None:
    found = only(BOUNDED.replace("CLAIMS", '"low": always m.x <= 2')).verdicts
    assert [v.status for v in found] == [Status.HOLDS]
    assert any("bound m.x <= 2" in reason for reason in found[0].rests_on)


def test_a_limit_keeps_what_was_found_and_leaves_the_rest_unknown() -> None:
    assert statuses(LONG, Limits(max_states=10)) == {
        "small": "violated",
        "bounded": "unknown",
        "nine": "holds",
        "ninety": "unknown",
        "end": "unknown",
        "no deadlock": "unknown",
        "every transition used": "holds",
        "every state reachable": "holds",
    }


def test_a_limit_that_is_not_reached_changes_nothing() -> None:
    assert statuses(LONG, Limits(max_states=100)) == statuses(LONG)
    assert only(LONG, Limits(max_states=100)).space.complete
    assert not only(LONG, Limits(max_states=99)).space.complete


def test_a_limit_makes_the_result_unknown_but_not_failed() -> None:
    text = LONG.replace('"small": always m.x < 5', "").replace("no deadlock", "")
    found = result(text, Limits(max_states=10))
    assert found.unknown
    assert not found.failed
    assert not found.ok
