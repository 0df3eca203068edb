"""Receiving: which rules match, which of them are taken, what is left for later.

A comment derives each figure by hand: states, transitions, depth.
"""

import pytest

from tests.helpers import contents, control, errors, explored, local_states, space_of, warnings

ENDS = """state B { ignore any } state C { ignore any } state D { ignore any }"""


def machine(rules: str, *, blocks: str = "", before: str = "", ordered: bool = False) -> str:
    """A receiver with the parameter N, in A at first."""
    return f"""message G(F: 0..3 = 0) = X | Y | Z
    machine Wire {{ initial final state W {{}} }}
    machine M(N: 0..3 = 0) {"ordered" if ordered else ""} {{ var n: 0..3 = N
        {before} initial state A {{ {rules} }} {ENDS} {blocks} }}"""


def reached(model: str, channel: str = "fifo(1), holds X", n: int = 0) -> str:
    """The states that the receiver gets to, but for its first."""
    text = f"{model} system S {{ a: Wire b: M(N = {n}) channel a -> b: {channel} }}"
    return "".join(sorted(state for _, state in local_states(text) - {("W", "A")}))


# --- which messages ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "taken"),
    [
        ("rcv X -> B", "X"),
        ("rcv X | Z -> B", "XZ"),
        ("rcv any -> B", "XYZ"),
        ("rcv any except X -> B", "YZ"),
        ("rcv any except X | Z -> B", "Y"),
    ],
)
def test_named_messages(rule: str, taken: str) -> None:
    found = [m for m in "XYZ" if reached(machine(rule), f"fifo(1), holds {m}")]
    assert "".join(found) == taken


def test_ignore_takes_a_message_and_does_nothing() -> None:
    # A XY -> A Y -> A -
    text = f"""{machine("ignore X | Y")} system S {{ a: Wire b: M
        channel a -> b: fifo(2), holds X, holds Y }}"""
    assert explored(text) == (3, 2, 2)
    assert local_states(text) == {("W", "A")}


def test_ignore_may_have_a_guard() -> None:
    model = machine("ignore X [n == 1]  rcv X [n == 2] -> B")
    assert [reached(model, n=n) for n in (1, 2)] == ["", "B"]


def test_guards_see_the_received_message() -> None:
    model = machine("rcv X | Y [G.F == 2] -> B  rcv X | Y [G.F == 1 and G in {X}] -> C")
    assert reached(model, "fifo(1), holds Y(F = 2)") == "B"
    assert reached(model, "fifo(1), holds X(F = 1)") == "C"
    assert reached(model, "fifo(1), holds Y(F = 1)") == ""


def test_fields_of_another_group_are_not_seen() -> None:
    text = """message G(F: 0..1) = X message H(F: 0..1) = Y
    machine M { initial state A { rcv X [H.F == 1] -> A } }
    system S { a: M b: M channel a -> b: fifo(1) }"""
    assert errors(text) == ["unknown-name"]
    assert errors(text.replace("rcv X [H.F", "rcv X | Y [G.F")) == ["unknown-name"]
    assert errors(text.replace("rcv X [H.F", "step [G.F")) == ["unknown-name"]


# --- several rules ----------------------------------------------------------------------------


def test_every_rule_that_matches_is_a_possible_step_and_a_warning_says_so() -> None:
    model = machine("rcv X -> B rcv X | Y -> C")
    assert reached(model) == "BC"
    text = f"{model} system S {{ a: Wire b: M channel a -> b: fifo(1), holds X }}"
    assert explored(text) == (3, 2, 1)
    assert warnings(text).count("overlapping-transitions") == 1


def test_an_overlap_that_needs_a_run_is_mentioned_once() -> None:
    model = machine("rcv X [n < 2] -> B  rcv X [n > 0] -> C")
    text = f"{model} system S {{ a: Wire b: M(N = 1) channel a -> b: fifo(1), holds X }}"
    assert warnings(text).count("overlapping-transitions") == 1
    assert "overlapping-transitions" not in warnings(text.replace("N = 1", "N = 0"))


def test_in_an_ordered_machine_the_first_that_matches_is_taken() -> None:
    rules = "rcv X [n == 1] -> B  rcv X [n < 3] -> C  rcv X -> D"
    assert [reached(machine(rules, ordered=True), n=n) for n in (1, 0, 2, 3)] == [
        "B",
        "C",
        "C",
        "D",
    ]
    assert reached(machine(rules), n=1) == "BCD"


def test_first_in_the_text_counts_blocks_where_they_stand() -> None:
    block = "in any { rcv X -> C }"
    assert reached(machine("rcv X -> B", blocks=block, ordered=True)) == "B"
    assert reached(machine("rcv X -> B", before=block, ordered=True)) == "C"


def test_an_ordered_machine_warns_of_no_overlap() -> None:
    model = machine("rcv X [n == 0] -> B rcv X -> C", ordered=True)
    text = f"{model} system S {{ a: Wire b: M channel a -> b: fifo(1), holds X }}"
    assert "overlapping-transitions" not in warnings(text)


# --- otherwise, unless handled ----------------------------------------------------------------


def test_otherwise_matches_what_nothing_else_matches() -> None:
    model = machine("rcv X [n == 1] -> B  rcv Y -> C  otherwise -> D")
    assert [reached(model, n=n) for n in (1, 0)] == ["B", "D"]
    assert [reached(model, f"fifo(1), holds {m}") for m in "YZ"] == ["C", "D"]


def test_otherwise_may_act_or_ignore() -> None:
    assert reached(machine("rcv Y -> B otherwise ignore")) == ""
    text = f"""{machine("otherwise / n := 3 -> B")} system S {{ a: Wire b: M
        channel a -> b: fifo(1), holds X }}"""
    assert [state.locals[1].values for state in space_of(text).states] == [(0,), (3,)]


def test_otherwise_ignore_takes_the_message() -> None:
    text = f"""{machine("otherwise ignore")} system S {{ a: Wire b: M
        channel a -> b: fifo(1), holds X }}"""
    assert explored(text) == (2, 1, 1)


def test_ignore_and_defer_are_rules_before_otherwise() -> None:
    assert reached(machine("ignore X otherwise -> D")) == ""
    assert reached(machine("defer X otherwise -> D")) == ""
    assert reached(machine("defer X [n == 1] otherwise -> D")) == "D"


def test_a_rule_of_a_block_comes_before_otherwise_of_the_state() -> None:
    assert reached(machine("otherwise -> D", blocks="in A { rcv X -> C }")) == "C"


def test_otherwise_comes_last_in_an_ordered_machine_wherever_it_stands() -> None:
    assert reached(machine("otherwise -> D  rcv X -> B", ordered=True)) == "B"


BLOCK = "in any UNLESS { rcv X [n < 3] -> C }"


@pytest.mark.parametrize("ordered", [False, True])
def test_unless_handled_applies_where_no_other_rule_matches(ordered: bool) -> None:
    block = BLOCK.replace("UNLESS", "unless handled")
    model = machine("rcv X [n == 1] -> B", blocks=block, ordered=ordered)
    assert [reached(model, n=n) for n in (0, 1, 3)] == ["C", "B", ""]
    model = machine("rcv X [n == 1] -> B", before=block, ordered=ordered)
    assert [reached(model, n=n) for n in (0, 1, 3)] == ["C", "B", ""]


def test_a_block_without_unless_handled_applies_too() -> None:
    model = machine("rcv X [n == 1] -> B", blocks=BLOCK.replace("UNLESS", ""))
    assert [reached(model, n=n) for n in (0, 1, 3)] == ["C", "BC", ""]


@pytest.mark.parametrize("ordered", [False, True])
def test_after_unless_handled_comes_otherwise(ordered: bool) -> None:
    block = BLOCK.replace("UNLESS", "unless handled")
    model = machine("rcv X [n == 1] -> B otherwise -> D", before=block, ordered=ordered)
    assert [reached(model, n=n) for n in (0, 1, 3)] == ["C", "B", "D"]


@pytest.mark.parametrize("rule", ["defer X", "ignore X"])
def test_a_message_that_is_ignored_or_deferred_is_handled(rule: str) -> None:
    block = BLOCK.replace("UNLESS", "unless handled")
    assert reached(machine(rule, blocks=block)) == ""


def test_another_block_handles_too() -> None:
    block = BLOCK.replace("UNLESS", "unless handled") + " in A { rcv X -> B }"
    assert reached(machine("", blocks=block)) == "B"


def test_unless_handled_is_asked_for_each_call() -> None:
    # In A, c is handled, d is not.
    text = """call c, d
    machine M { initial state A { call c -> B } state B {} state C {} state D {}
        in A unless handled { call c -> C  call d -> D } }
    system S { m: M may c, d }"""
    assert local_states(text) == {("A",), ("B",), ("D",)}


def test_unless_handled_for_a_call_whose_guard_is_false() -> None:
    text = """call c
    machine M { initial state A { call c [false] -> B } state B {} state C {}
        in A unless handled { call c -> C } }
    system S { m: M may c }"""
    assert local_states(text) == {("A",), ("C",)}


# --- wildcard blocks --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("states", "applies"),
    [
        ("any", "ABCD"),
        ("A", "A"),
        ("B, C", "BC"),
        ("any except A", "BCD"),
        ("any except A, D", "BC"),
    ],
)
def test_a_block_applies_to_its_states(states: str, applies: str) -> None:
    found = ""
    for start in "ABCD":
        text = f"""message G = X
        machine Wire {{ initial state W {{}} }}
        machine M {{ initial state A {{}} state B {{}} state C {{}} state D {{}} state HIT {{}}
            in {states} {{ rcv X -> HIT }} }}
        system S {{ a: Wire b: M channel a -> b: fifo(1), holds X init b in {start} }}"""
        found += start if ("W", "HIT") in local_states(text) else ""
    assert found == applies


def test_all_of_a_block_shares_its_guard() -> None:
    block = "in A, B [n == 1] { rcv X [G.F == 2] -> C  rcv X [G.F == 1] -> D  ignore Y }"
    model = machine("", blocks=block)
    for n, field, expected in ((1, 2, "C"), (1, 1, "D"), (0, 2, ""), (1, 0, "")):
        assert reached(model, f"fifo(1), holds X(F = {field})", n) == expected
    for n, expected_size in ((1, (2, 1, 1)), (0, (1, 0, 0))):
        text = f"{model} system S {{ a: Wire b: M(N = {n}) channel a -> b: fifo(1), holds Y }}"
        assert explored(text) == expected_size


def test_a_guard_of_a_block_binds_looser_than_any_operator() -> None:
    # (n == 1 or n == 2) and (n == 2 or n == 3), whatever the precedence of `or` and `and`.
    block = "in A [n == 1 or n == 2] { rcv X [n == 2 or n == 3] -> C }"
    assert [reached(machine("", blocks=block), n=n) for n in range(4)] == ["", "", "C", ""]


def test_a_line_without_target_stays_wherever_its_block_puts_it() -> None:
    # n counts what was taken in A, then in B: never leaves.
    text = """message G = X
    machine Wire { initial state W {} }
    machine M { var n: 0..2 = 0 initial state A { step -> B } state B {} in any {
        rcv X / n := n + 1 } }
    system S { a: Wire b: M channel a -> b: fifo(1), holds X }"""
    # (A,0,X) (A,1,-) (B,0,X) (B,1,-): a square.
    assert explored(text) == (4, 4, 2)


# --- defer ------------------------------------------------------------------------------------

DEFERRING = "defer X  rcv Y -> B"
LATER = """message G = X | Y | Z machine Wire { initial state W {} }
machine M { initial state A { defer X rcv Y -> B } state B { rcv X -> C ignore Y }
        state C { ignore any } }
"""


def later(channel: str, model: str = LATER) -> str:
    return f"{model} system S {{ a: Wire b: M channel a -> b: {channel} }}"


def test_defer_leaves_a_message_and_lets_what_follows_be_received() -> None:
    # A XY -> B X -> C -
    assert explored(later("fifo(2), holds X, holds Y")) == (3, 2, 2)
    # A XXY -> B XX -> C X -> C -
    assert explored(later("fifo(3), holds X, holds X, holds Y")) == (4, 3, 3)


def test_what_follows_an_unspecified_message_is_not_received() -> None:
    assert explored(later("fifo(2), holds Z, holds Y")) == (1, 0, 0)
    assert explored(later("fifo(3), holds X, holds Z, holds Y")) == (1, 0, 0)


def test_a_deferred_message_is_no_step() -> None:
    assert explored(later("fifo(1), holds X")) == (1, 0, 0)


def test_the_first_message_that_is_not_deferred_ends_the_search() -> None:
    # A XYY: only the first Y -> B XY -> C Y -> C -
    assert explored(later("fifo(3), holds X, holds Y, holds Y")) == (4, 3, 3)


def test_defer_in_a_bag() -> None:
    # A {X, Y} -> B {X} -> C {}; X is not offered before.
    assert explored(later("bag(2), holds X, holds Y")) == (3, 2, 2)
    # In a bag an unspecified Z is in nobody's way.
    assert explored(later("bag(2), holds Z, holds Y")) == (2, 1, 1)
    # A {X, Y, Y} -> B {X, Y}: rcv X -> C {Y}, ignore Y -> B {X}; both -> C {}.
    assert explored(later("bag(3), holds X, holds Y, holds Y")) == (5, 5, 3)


def test_defer_with_a_guard() -> None:
    text = """message G = X machine Wire { initial state W {} }
    machine M { var n: 0..1 = 0 initial state A { defer X [n == 0]  rcv X [n == 1] -> B
        step [n == 0] / n := 1 } state B {} }
    system S { a: Wire b: M channel a -> b: fifo(1), holds X }"""
    assert explored(text) == (3, 2, 2)


def test_defer_beside_a_rule_lets_both_happen() -> None:
    # A XY: X is received (-> C Y -> C -), or left and Y received (-> B X -> C -).
    text = later("fifo(2), holds X, holds Y").replace("defer X rcv Y", "defer X rcv X -> C rcv Y")
    assert explored(text) == (4, 4, 2)


@pytest.mark.parametrize(
    ("rules", "expected"), [("defer X rcv X -> C", ""), ("rcv X -> C defer X", "C")]
)
def test_ordered_and_defer(rules: str, expected: str) -> None:
    assert reached(machine(rules, ordered=True)) == expected


def test_ordered_defer_lets_what_follows_be_received() -> None:
    model = machine("defer X rcv any -> B", ordered=True)
    text = f"{model} system S {{ a: Wire b: M channel a -> b: fifo(2), holds X, holds Y }}"
    # A XY -> B X -> B -
    assert explored(text) == (3, 2, 2)


def test_a_fifo_loses_its_head_even_if_it_is_deferred() -> None:
    # A XY: rcv Y -> B X; X lost -> A Y. A Y: rcv -> B -; lost -> A -.
    # B X: rcv -> C -; lost -> B -. States A XY, B X, A Y, B -, A -, C -.
    assert explored(later("fifo(2), lossy, holds X, holds Y")) == (6, 6, 2)


def test_duplicating_what_follows_a_deferred_message() -> None:
    # A XY 1: rcv Y -> B X 1; dup Y -> B XY 0. B X 1: rcv -> C - 1; dup -> C X 0.
    # B XY 0: rcv X -> C Y 0 -> C - 0. C X 0 -> C - 0.
    assert explored(later("fifo(2), duplicates at most 1, holds X, holds Y")) == (7, 7, 3)


def test_defer_in_a_duplicating_bag() -> None:
    # A {XY} 1: rcv Y -> B {X} 1; dup Y -> B {XY} 0.
    # B {X} 1: rcv X -> C {} 1; dup X -> C {X} 0. C {X} 0 -> C {} 0.
    # B {XY} 0: rcv X -> C {Y} 0; ignore Y -> B {X} 0. C {Y} 0 -> C {} 0. B {X} 0 -> C {} 0.
    # 8 states: A, B X1, B XY0, C-1, C X0, C Y0, B X0, C-0; steps 2 + 2 + 1 + 2 + 1 + 1 = 9.
    assert explored(later("bag(2), duplicates at most 1, holds X, holds Y")) == (8, 9, 3)


# --- ports ------------------------------------------------------------------------------------

PORTS = """message G(F: 0..1 = 0) = X | Y
machine Wire { initial final state W {} }
machine M { port p, q initial state A { RULES } state B { ignore any } state C { ignore any } }
"""


def ports(rules: str, p: str = "fifo(1), holds X", q: str = "fifo(1)") -> set[str]:
    text = f"""{PORTS.replace("RULES", rules)} system S {{ a: Wire c: Wire b: M
        channel a -> b.p: {p} channel c -> b.q: {q} channel b.q -> c: fifo(1) }}"""
    return {state for *_, state in local_states(text)} - {"A"}


@pytest.mark.parametrize(
    ("rules", "from_p", "from_q"),
    [
        ("rcv X from p -> B", {"B"}, set()),
        ("rcv X from p -> B rcv X from q -> C", {"B"}, {"C"}),
        ("rcv X -> B", {"B"}, {"B"}),
        ("rcv any except Y from q -> C", set(), {"C"}),
        ("ignore X from p otherwise -> C", set(), {"C"}),
        ("defer X from q otherwise from q -> C otherwise from p -> B", {"B"}, set()),
        ("otherwise from q -> C", set(), {"C"}),
        ("otherwise from q ignore otherwise from p -> B", {"B"}, set()),
        ("otherwise from q / snd Y to q -> C", set(), {"C"}),
    ],
)
def test_ports_narrow_a_reception(rules: str, from_p: set[str], from_q: set[str]) -> None:
    assert ports(rules) == from_p
    assert ports(rules, "fifo(1)", "fifo(1), holds X") == from_q


def test_sends_go_to_their_port() -> None:
    text = """message G = X | Y
    machine Wire { initial final state W {} }
    machine M { port p, q initial state A { step / snd X to q; snd Y to p -> B } state B {} }
    system S { a: Wire c: Wire b: M channel b.p -> a: fifo(1) channel b.q -> c: fifo(1) }"""
    assert [contents(state) for state in space_of(text).states] == [["", ""], ["Y", "X"]]


def test_two_ports_of_one_instance_may_be_wired_to_each_other() -> None:
    # X goes from p to q, and back: p -> q holds X, then q -> p holds X, ...
    text = """message G = X
    machine M { port p, q initial state A { rcv X from q / snd X to q  rcv X from p / snd X to p } }
    system S { m: M channel m.p -> m.q: fifo(1), holds X channel m.q -> m.p: fifo(1) }"""
    assert explored(text) == (2, 2, 1)


def test_a_machine_with_one_port_needs_not_name_it() -> None:
    text = """message G = X
    machine Wire { initial final state W { ignore any } }
    machine M { port p initial state A { step / snd X -> B } state B {} }
    system S { a: Wire b: M channel b.p -> a: fifo(1) }"""
    assert explored(text) == (3, 2, 2)


def test_a_machine_without_ports_receives_from_every_channel() -> None:
    # X from a and Y from c, each as it comes: a square.
    text = """message G = X | Y
    machine Wire { initial final state W {} }
    machine M { initial state A { ignore any } }
    system S { a: Wire c: Wire b: M channel a -> b: fifo(1), holds X
        channel c -> b: fifo(1), holds Y }"""
    assert explored(text) == (4, 4, 2)


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        ("rcv X / snd Y -> B", "bad-machine"),  # to which port?
        ("rcv X from r -> B", "unknown-name"),
        ("rcv X / snd Y to r -> B", "unknown-name"),
    ],
)
def test_ports_must_be_named_and_known(rules: str, code: str) -> None:
    text = f"{PORTS.replace('RULES', rules)} system S {{ a: Wire b: M channel a <-> b.p: fifo(1) }}"
    assert errors(text) == [code]


@pytest.mark.parametrize(
    "wiring",
    [
        "channel a -> b: fifo(1)",  # which port?
        "channel a -> b.r: fifo(1)",
        "channel a.p -> b.p: fifo(1)",  # a has no ports
        "channel b.p -> a: fifo(1) channel b.p -> a: fifo(2)",  # wired twice
        "channel b.p <-> b.p: fifo(1)",
    ],
)
def test_wiring_that_contradicts_itself(wiring: str) -> None:
    text = f"{PORTS.replace('RULES', 'ignore any')} system S {{ a: Wire b: M {wiring} }}"
    assert errors(text) == ["bad-system"]


def test_who_sends_needs_a_channel() -> None:
    model = PORTS.replace("RULES", "step / snd X to q -> B")
    assert errors(f"{model} system S {{ a: Wire b: M channel b.p -> a: fifo(1) }}") == [
        "bad-system"
    ]
    assert explored(f"{model} system S {{ a: Wire b: M channel b.q -> a: fifo(1) }}") == (2, 1, 1)


def test_the_order_of_successors_is_that_of_the_text() -> None:
    text = f"""call c timer t
    {machine("call c -> B timeout t -> C step -> D rcv X -> B")}
    system S {{ a: Wire b: M may c channel a -> b: fifo(1), holds X, lossy, duplicating }}"""
    ts = space_of(text).transition_system
    (start,) = ts.initial_states()
    kinds = [s.step.kind.value for s in ts.successors(start)]
    assert kinds == ["call", "timeout", "step", "rcv", "loss", "duplication"]
    after = [control(s.state)[1] for s in ts.successors(start) if s.state]
    assert after == ["B", "C", "D", "B", "A", "B"]
