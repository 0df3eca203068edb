"""Claims with a predicate: always, never, reachable, always possible."""

from tests.helpers import holding, only

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
