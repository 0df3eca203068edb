"""What each claim means: models small enough for the answer to be seen."""

import pytest

from tcpspec.check import check, load
from tcpspec.explore.limits import Limits
from tcpspec.properties.verdict import Status
from tests.helpers import (
    errors,
    explored,
    holding,
    only,
    result,
    specification,
    statuses,
    steps_of,
    verdict,
)

GROUP = "message G = X | Y call c timer t "


def claim(text: str, system: str) -> str:
    return f"{GROUP} {text} system S {{ {system} }} check S {{ CLAIM }}"


def deadlocks(text: str, system: str = "m: M") -> bool:
    return holding(claim(text, system).replace("CLAIM", "no deadlock")) == set()


def stalls(text: str, system: str = "m: M") -> bool:
    return holding(claim(text, system).replace("CLAIM", "no stall")) == set()


# --- deadlock and stall -----------------------------------------------------------------------

DEAF = "machine Deaf { initial final idle state D {} }"


@pytest.mark.parametrize(
    ("rules", "system", "deadlock", "stall"),
    [
        ("initial state A {}", "m: M", True, True),
        ("initial final state A {}", "m: M", False, False),
        ("initial idle state A {}", "m: M", True, False),
        ("initial idle final state A {}", "m: M", False, False),
        # A call is a step, but nobody has to make it.
        ("initial state A { call c }", "m: M may c", False, True),
        ("initial idle state A { call c }", "m: M may c", False, False),
        ("initial state A { call c }", "m: M", True, True),
        ("initial state A { call c }", "m: M may c once", True, True),  # after the call
        ("initial state A { call c [false] }", "m: M may c", True, True),
        ("initial state A { step }", "m: M", False, False),
        ("initial state A { timeout t }", "m: M", False, False),
        ("initial state A { timeout t }", "m: M timer t at most 1 times", True, True),
        ("initial state A { timeout t }", "m: M timer t [false]", True, True),
        ("initial state A { step -> B } final state B {}", "m: M", False, False),
        ("initial final state A { step -> B } state B {}", "m: M", True, True),
        # One of two instances that is not final is enough; one that goes on hides it.
        ("initial final state A {} state B {}", "m: M n: M init n in B", True, True),
        ("initial final state A {} state B {}", "m: M", False, False),
        ("initial final state A { step } state B {}", "m: M n: M init n in B", False, False),
    ],
)
def test_who_may_rest(rules: str, system: str, deadlock: bool, stall: bool) -> None:
    text = f"machine M {{ {rules} }}"
    assert deadlocks(text, system) is deadlock
    assert stalls(text, system) is stall


def wired(rules: str) -> str:
    return f"machine M {{ initial final state A {{ {rules} }} state B {{}} }} {DEAF}"


@pytest.mark.parametrize("options", ["", ", lossy", ", duplicating", ", lossy, duplicating"])
def test_a_channel_that_is_not_empty_is_no_rest_and_no_fault_hides_it(options: str) -> None:
    system = f"d: Deaf m: M channel d -> m: fifo(1), holds X{options}"
    assert deadlocks(wired(""), system)
    assert stalls(wired(""), system)
    assert deadlocks(wired("defer X"), system)
    assert not deadlocks(wired("ignore X"), system)


def test_a_duplicating_reception_is_still_a_reception() -> None:
    # The only rule leads to B, which is not final; the duplication does not save it.
    system = "d: Deaf m: M channel d -> m: fifo(1), holds X, duplicating"
    assert deadlocks(wired("rcv X -> B"), system)


def test_waiting_for_room_for_ever_is_a_deadlock() -> None:
    text = f"{DEAF} machine M {{ initial final state A {{ step / snd X }} }}"
    assert deadlocks(text, "m: M d: Deaf channel m -> d: fifo(1), when full wait")
    assert not deadlocks(text, "m: M d: Deaf channel m -> d: fifo(1), when full drop")


def test_two_that_wait_for_each_other() -> None:
    text = "machine M { initial final state A { rcv X / snd X; snd X } }"
    system = """m: M n: M channel m -> n: fifo(2), when full wait, holds X, holds X
        channel n -> m: fifo(2), when full wait, holds X, holds X"""
    assert deadlocks(text, system)


def test_an_error_is_no_deadlock() -> None:
    text = f"{DEAF} machine M {{ initial state A {{ step / snd X; snd X }} }}"
    assert not deadlocks(text, "m: M d: Deaf channel m -> d: fifo(1)")


def test_a_state_whose_steps_were_cut_is_no_deadlock() -> None:
    text = "machine M { initial state A { step -> B } state B {} }"
    found = verdict(claim(text, "m: M bound m in A").replace("CLAIM", "no deadlock"))
    assert found.status is Status.HOLDS
    assert any("bound" in reason for reason in found.rests_on)


def test_the_run_to_a_deadlock_is_a_shortest_one_and_says_who_is_stuck() -> None:
    text = """machine M { initial final state A { step -> B step -> C } final state B { step -> D }
        final state C { step -> E } final state D { step -> STUCK } state E {} state STUCK {} }"""
    found = verdict(claim(text, "m: M").replace("CLAIM", "no deadlock"))
    assert steps_of(found.run) == ["m: step", "m: step"]
    assert found.run is not None
    assert found.run.last.locals[0].state == "E"
    assert any("m is in E" in reason for reason in found.reasons)


def test_a_final_state_with_steps_goes_on() -> None:
    assert not deadlocks("machine M { initial state A { step -> B } final state B { step -> A } }")


# --- unspecified reception --------------------------------------------------------------------


def receptions(rules: str, channel: str, system: str = "") -> list[tuple[str, str, str, int]]:
    """Instance, state, message, steps, as they are listed."""
    text = f"""{GROUP} machine M {{ initial final state A {{ {rules} }} state B {{}} }} {DEAF}
    system S {{ d: Deaf m: M channel d -> m: {channel} {system} }}
        check S {{ no unspecified reception }}"""
    found = verdict(text)
    listed = [(r.instance, r.state, r.message, len(r.run.steps)) for r in found.receptions]
    assert found.status is (Status.VIOLATED if listed else Status.HOLDS)
    return listed


@pytest.mark.parametrize(
    ("rules", "channel", "expected"),
    [
        ("", "fifo(1)", []),
        ("", "fifo(1), holds X", [("m", "A", "X", 0)]),
        ("rcv X -> A", "fifo(1), holds X", []),
        ("ignore X", "fifo(1), holds X", []),
        ("defer X", "fifo(1), holds X", []),
        ("otherwise ignore", "fifo(1), holds X", []),
        ("rcv X [false] -> A", "fifo(1), holds X", [("m", "A", "X", 0)]),
        ("ignore X [false]", "fifo(1), holds X", [("m", "A", "X", 0)]),
        ("defer X [false]", "fifo(1), holds X", [("m", "A", "X", 0)]),
        # After X comes Y: in A without a rule, one step later; in B likewise.
        ("ignore X", "fifo(2), holds X, holds Y", [("m", "A", "Y", 1)]),
        ("rcv X -> B", "fifo(2), holds X, holds Y", [("m", "B", "Y", 1)]),
        # A fifo offers its head only, a bag everything.
        ("", "fifo(2), holds X, holds Y", [("m", "A", "X", 0)]),
        ("", "bag(2), holds X, holds Y", [("m", "A", "X", 0), ("m", "A", "Y", 0)]),
        ("rcv X -> B", "bag(2), holds X, holds Y", [("m", "A", "Y", 0), ("m", "B", "Y", 1)]),
        # What follows a deferred message is offered.
        ("defer X", "fifo(2), holds X, holds Y", [("m", "A", "Y", 0)]),
        ("defer X ignore Y", "fifo(2), holds X, holds Y", []),
        ("defer Y", "fifo(2), holds X, holds Y", [("m", "A", "X", 0)]),
    ],
)
def test_unspecified_receptions(
    rules: str, channel: str, expected: list[tuple[str, str, str, int]]
) -> None:
    assert receptions(rules, channel) == expected


def test_a_rule_that_waits_for_room_is_a_rule() -> None:
    text = f"""{GROUP} machine M {{ initial final state A {{ rcv X / snd Y }} }}
    machine Keeper {{ initial final state D {{ defer any }} }}
    system S {{ d: Keeper m: M channel d -> m: fifo(1), holds X
        channel m -> d: fifo(1), when full wait, holds Y }}
        check S {{ no unspecified reception }}"""
    assert explored(text) == (1, 0, 0)
    assert verdict(text).status is Status.HOLDS


def test_a_rule_that_ends_in_an_error_is_a_rule() -> None:
    system = "channel m -> d: fifo(1)"
    assert receptions("rcv X / snd X; snd X", "fifo(1), holds X", system) == []


def test_a_message_may_be_unspecified_by_its_fields() -> None:
    text = f"""message H(F: 0..1) = Z {DEAF}
    machine M {{ initial state A {{ rcv Z [H.F == 1] }} }}
    system S {{ d: Deaf m: M channel d -> m: bag(2), holds Z(F = 1), holds Z(F = 0) }}
    check S {{ no unspecified reception }}"""
    assert verdict(text).status is Status.VIOLATED
    assert verdict(text.replace("holds Z(F = 0)", "holds Z(F = 1)")).status is Status.HOLDS


def test_a_message_is_offered_even_where_only_its_loss_comes_first() -> None:
    assert receptions("ignore Y", "fifo(2), lossy, holds Y, holds X") == [("m", "A", "X", 1)]


# --- overflow ---------------------------------------------------------------------------------


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


OVERFLOWING = f"""{GROUP} {DEAF} machine M {{ initial final state A {{ step / snd X; snd X }} }}
system S {{ m: M d: Deaf channel m -> d: fifo(1) }} check S {{ CLAIM }}"""


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


# --- always, never, reachable, always possible ------------------------------------------------

CHAIN = """call c machine M { var x: 0..3 = 0
    initial state A { step / x := x + 1 -> B } state B { step / x := x + 1 -> C
        call c -> A } state C {} }
system S { m: M } check S { CLAIMS }"""


def test_predicates_over_all_states() -> None:
    text = CHAIN.replace(
        "CLAIMS",
        """"in": always m in {A, B, C}
        "low": always m.x < 2
        "high": never m.x == 3
        "two": never m.x == 2
        "there": reachable m.x == 2
        "further": reachable m.x == 3
        "first": reachable m in A
        "end": always possible m in C
        "back": always possible m in A""",
    )
    assert holding(text) == {"in", "high", "there", "first", "end"}


def test_runs_are_shortest_and_the_reason_is_the_part_that_fails() -> None:
    found = only(
        CHAIN.replace(
            "CLAIMS",
            """"low": always m.x < 2 and m in {A, B, C}
            "there": reachable m.x == 2
            "first": reachable m in A
            "back": always possible m in A""",
        )
    ).verdicts
    lengths = {v.check.name: len(v.run.steps) for v in found if v.run}
    assert lengths == {"low": 2, "there": 2, "first": 0, "back": 1}
    assert found[0].reasons == ("m.x < 2 is false: m.x is 2",)


def test_a_truth_value_is_its_own_reason() -> None:
    text = """machine M { var b: bool = false initial final state A { step / b := true } }
    system S { m: M }
    check S { "no": never m.b }"""
    assert only(text).verdicts[0].reasons == ("m.b is true",)


def test_always_possible_is_about_runs_with_calls_and_faults() -> None:
    text = """call c message G = X machine M { initial state A { call c -> B } state B {
        rcv X -> C } state C {} }
    machine Wire { initial state W {} }
    system S { w: Wire m: M may c channel w -> m: fifo(1), holds X OPTION }
    check S { "c": always possible m in C  "gone": always possible empty(w -> m) }"""
    assert holding(text.replace("OPTION", "")) == {"c", "gone"}
    assert holding(text.replace("OPTION", ", lossy")) == {"gone"}
    assert holding(text.replace("may c", "").replace("OPTION", ", lossy")) == {"gone"}
    assert holding(text.replace("may c", "").replace("OPTION", "")) == set()


def test_always_possible_from_every_initial_state() -> None:
    text = """machine M { initial state A {} state B {} } system S { m: M init m in A init m in B }
    check S { "a": always possible m in A "x": always possible m in {A, B} }"""
    assert holding(text) == {"x"}


def test_a_self_loop_leads_nowhere() -> None:
    text = """machine M { initial state A { step } state B {} } system S { m: M }
    check S { "b": always possible m in B }"""
    assert holding(text) == set()


# --- bounds -----------------------------------------------------------------------------------

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


# --- limits -----------------------------------------------------------------------------------

LONG = """machine M { var x: 0..99 = 0 initial state A { step [x < 99] / x := x + 1 } }
system S { m: M } check S {
    "small": always m.x < 5
    "bounded": always m.x < 100
    "nine": reachable m.x == 9
    "ninety": reachable m.x == 90
    "end": always possible m.x == 99
    no deadlock
    every transition used
    every state reachable
}"""


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


# --- coverage ---------------------------------------------------------------------------------

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


# --- violated ---------------------------------------------------------------------------------


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


# --- names ------------------------------------------------------------------------------------


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
