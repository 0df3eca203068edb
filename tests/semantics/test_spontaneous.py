"""Calls, timeouts and steps: who may make them, how often, and when.

A comment derives each figure by hand: states, transitions, depth.
"""

import pytest

from tests.helpers import errors, explored, local_states

BACK_AND_FORTH = (
    "call c machine M { initial state A { call c -> B } final state B { call c -> A } }"
)


@pytest.mark.parametrize(
    ("allowance", "expected"),
    [
        ("", (1, 0, 0)),  # nobody calls
        ("may c", (2, 2, 1)),  # A <-> B
        ("may c once", (2, 1, 1)),  # A with 1 left -> B with 0 left
        ("may c at most 0 times", (1, 0, 0)),
        ("may c at most 1 times", (2, 1, 1)),
        ("may c at most 3 times", (4, 3, 3)),  # A3 -> B2 -> A1 -> B0
        ("may c at most K times", (3, 2, 2)),  # A2 -> B1 -> A0
    ],
)
def test_call_budgets(allowance: str, expected: tuple[int, int, int]) -> None:
    assert explored(f"const K = 2 {BACK_AND_FORTH} system S {{ m: M {allowance} }}") == expected


def test_each_instance_has_its_own_calls() -> None:
    # Two chains of 2 states and 1 step: 2 * 2 states, 1 * 2 + 1 * 2 steps, depth 1 + 1.
    text = f"{BACK_AND_FORTH} system S {{ m: M may c once n: M may c once }}"
    assert explored(text) == (4, 4, 2)


def test_each_call_has_its_own_budget() -> None:
    # A with c1 d1 -> B with c0 d1, or B with c1 d0; nothing from B.
    text = """call c, d
    machine M { initial state A { call c | d -> B } final state B {} }
    system S { m: M may c once, d once }"""
    assert explored(text) == (3, 2, 1)


def test_a_call_without_a_transition_is_not_made() -> None:
    text = """call c, d
    machine M { initial state A { call d -> B } final state B {} }
    system S { m: M may c }"""
    assert explored(text) == (1, 0, 0)


def test_a_call_whose_guard_is_false_is_not_made_and_costs_nothing() -> None:
    # x 0 -> x 1 by step; c only then: (A,0,c1) (A,1,c1) (B,1,c0).
    text = """call c
    machine M { var x: 0..1 = 0
        initial state A { call c [x == 1] -> B   step [x == 0] / x := 1 } final state B {} }
    system S { m: M may c once }"""
    assert explored(text) == (3, 2, 2)


def test_steps_are_always_enabled() -> None:
    assert explored(
        "machine M { initial state A { step -> B } state B { step -> A } } system S { m: M }"
    ) == (2, 2, 1)


def test_a_step_without_target_or_action_is_a_loop() -> None:
    assert explored("machine M { initial state A { step } } system S { m: M }") == (1, 1, 0)


def test_two_written_lines_are_two_steps_even_with_one_result() -> None:
    text = "machine M { initial state A { step -> B step -> B } state B {} } system S { m: M }"
    assert explored(text) == (2, 2, 1)


def test_calls_are_not_ordered_in_an_ordered_machine() -> None:
    # `ordered` is about receiving: both calls and both steps stay possible.
    text = """machine M ordered { initial state A { step -> B step -> C } state B {} state C {} }
    system S { m: M }"""
    assert explored(text) == (3, 2, 1)


# --- timers -----------------------------------------------------------------------------------

CLOCK = "timer t, u machine M { initial state A { timeout t } }"


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("m: M", (1, 1, 0)),  # a loop
        ("m: M timer t at most 0 times", (1, 0, 0)),
        ("m: M timer t at most 2 times", (3, 2, 2)),  # 2, 1, 0 left
        ("m: M timer u at most 2 times", (1, 1, 0)),  # of another timer
        # 2 instances, each 1 or 0 left: 2 * 2 states, 2 + 2 steps.
        ("m: M n: M timer t at most 1 times", (4, 4, 2)),
        # m has 1 or 0 left; n loops in both: 1 + 2 steps.
        ("m: M n: M timer m.t at most 1 times", (2, 3, 1)),
        # m uses both its limits: 1 step; n 2 steps. 2 * 3 states, 1 * 3 + 2 * 2 steps, depth 1 + 2.
        ("m: M n: M timer t at most 2 times timer m.t at most 1 times", (6, 7, 3)),
    ],
)
def test_timer_limits(rules: str, expected: tuple[int, int, int]) -> None:
    assert explored(f"{CLOCK} system S {{ {rules} }}") == expected


TWO = """timer t, u
call c
message G = X | Y
machine Clock { initial state A { timeout t -> B  defer Y } final state B { defer Y } }
"""


def test_a_timer_condition_is_asked_of_the_whole_system() -> None:
    # (A,P) -> (A,Q) by n's step; only then (B,Q).
    text = f"""{TWO} machine N {{ initial state P {{ step -> Q }} state Q {{}} }}
    system S {{ m: Clock n: N timer t [n in Q] }}"""
    assert explored(text) == (3, 2, 2)


def test_a_condition_and_a_limit_both_restrict() -> None:
    # m and o are clocks that run out once at most, and only while n is in P. n: P -> Q.
    # In P: m, o each may: 4 combinations; in Q the same 4 without timeouts: 8 states;
    # steps: 4 in the square of P, 4 from P to Q. Depth 3.
    text = f"""{TWO} machine N {{ initial state P {{ step -> Q }} state Q {{}} }}
    system S {{ m: Clock o: Clock n: N timer t at most 1 times [n in P] }}"""
    assert explored(text) == (8, 8, 3)


@pytest.mark.parametrize(
    ("rule", "allowed", "wiring", "expected"),
    [
        # (A,P,X) -> (A,Q,-) -> (B,Q,-): while X can be received, t does not run out.
        ("rcv X -> Q", "", "fifo(1), holds X", (3, 2, 2)),
        # The loss of X does not count: (A,P,X) -> (A,Q,-) or (A,P,-), each -> B.
        ("rcv X -> Q", "", "fifo(1), lossy, holds X", (5, 4, 2)),
        # Nothing is under way: t at once. (A,P) (B,P).
        ("rcv X -> Q", "", "fifo(1)", (2, 1, 1)),
        # A step counts: (A,P) -> (A,Q) -> (B,Q).
        ("step -> Q", "", "fifo(1)", (3, 2, 2)),
        # A call does not count: (A|B) x (P|Q).
        ("call c -> Q", "may c once", "fifo(1)", (4, 4, 2)),
        # Another timer does not count.
        ("timeout u -> Q", "", "fifo(1)", (4, 4, 2)),
        # A deferred message is not received, nor one without a rule.
        ("defer X", "", "fifo(1), holds X", (2, 1, 1)),
        ("rcv Y -> Q", "", "fifo(1), holds X", (2, 1, 1)),
        # What follows a deferred message is received: (A,P,XY) -> (A,Q,X) -> (B,Q,X).
        ("defer X rcv Y -> Q", "", "fifo(2), holds X, holds Y", (3, 2, 2)),
    ],
)
def test_only_when_idle(
    rule: str, allowed: str, wiring: str, expected: tuple[int, int, int]
) -> None:
    text = f"""{TWO} machine N {{ initial state P {{ {rule} }} state Q {{ defer X }} }}
    system S {{ m: Clock n: N {allowed} channel m -> n: {wiring} timer t only when idle }}"""
    assert explored(text) == expected


def test_a_reception_that_waits_for_room_leaves_the_system_idle() -> None:
    # n could take X only with room for its answer; Y fills that channel and m defers it.
    text = f"""{TWO} machine N {{ initial state P {{ rcv X / snd Y -> Q }} state Q {{}} }}
    system S {{ m: Clock n: N channel m -> n: fifo(1), holds X
        channel n -> m: fifo(1), when full wait, holds Y timer t only when idle }}"""
    assert local_states(text) == {("A", "P"), ("B", "P")}


def test_a_step_that_waits_for_room_leaves_the_system_idle() -> None:
    text = f"""{TWO} machine N {{ initial state P {{ step / snd Y -> Q }} state Q {{}} }}
    system S {{ m: Clock n: N channel n -> m: fifo(1), when full wait, holds Y
        timer t only when idle }}"""
    assert local_states(text) == {("A", "P"), ("B", "P")}


def test_idle_belongs_to_the_timer_that_says_so() -> None:
    # u of n runs out at any time, t of m only after n's step: (A,P,x) -> (A,Q,x) -> (B,Q,x) for
    # x 0 and 1, and (A,P,0) -> (A,P,1): 6 states, 5 steps.
    text = f"""{TWO} machine N {{ var x: 0..1 = 0
        initial state P {{ step -> Q timeout u [x == 0] / x := 1 }} state Q {{}} }}
    system S {{ m: Clock n: N timer t only when idle }}"""
    assert explored(text) == (6, 5, 3)


@pytest.mark.parametrize(
    "system",
    ["m: M may nothing", "m: M timer nothing at most 1 times", "m: M timer x.t at most 1 times"],
)
def test_unknown_calls_and_timers_are_errors(system: str) -> None:
    assert errors(f"{CLOCK} system S {{ {system} }}") == ["unknown-name"]
