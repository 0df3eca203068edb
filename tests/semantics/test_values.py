"""Values: arithmetic, order, ranges, types, and what actions do with them."""

import pytest

from tcpspec.model.types import ValueT
from tcpspec.semantics.state import EndKind
from tests.helpers import errors, explored, failures, only, result, space_of, values, warnings


def machine(variables: str, action: str, more: str = "") -> str:
    """A machine that acts once, and where it ends up."""
    return f"""{more} machine M {{ {variables} initial state A {{ step {action} -> END }}
        state END {{}} }}
    system S {{ m: M }}"""


def after(variables: str, action: str, more: str = "") -> set[tuple[ValueT, ...]]:
    """The variables after one step with these actions."""
    return values(machine(variables, action, more), "m")


def computed(expression: str, variables: str, type_: str = "0..99") -> ValueT:
    """What one expression of these variables comes to."""
    ((value, *_),) = after(f"var r: {type_} = 0 {variables}", f"/ r := {expression}")
    return value


def truth(expression: str, variables: str = "") -> bool:
    return bool(after(variables, f"[{expression}]"))


# --- counting modulo N ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("x := x + 1", (4, 4, 3)),  # 3 -> 0 -> 1 -> 2 -> 3
        ("x := x - 1", (4, 4, 3)),
        ("x := x * 2", (3, 3, 2)),  # 3 -> 2 -> 0 -> 0
        ("x := x * x", (2, 2, 1)),  # 3 -> 1 -> 1
        ("x := -x", (2, 2, 1)),  # 3 -> 1 -> 3
        ("x := 1 - x", (2, 2, 1)),  # 3 -> 2 -> 3
        ("x := x + 2", (2, 2, 1)),  # 3 -> 1 -> 3
    ],
)
def test_arithmetic_wraps(action: str, expected: tuple[int, int, int]) -> None:
    text = f"""machine M {{ var x: mod 4 = 3 initial state A {{ step / {action} }} }}
    system S {{ m: M }}"""
    assert explored(text) == expected


@pytest.mark.parametrize(("n", "expected"), [(0, 0), (3, 3), (4, 0), (9, 1)])
def test_a_plain_number_wraps_where_it_is_kept(n: int, expected: int) -> None:
    assert computed("n", f"var n: 0..9 = {n}", "mod 4") == expected


def test_a_negative_plain_number_wraps_where_it_is_kept() -> None:
    assert computed("n - 3", "var n: 0..9 = 1", "mod 4") == 2


def test_a_plain_number_that_is_added_wraps() -> None:
    assert computed("x + n", "var x: mod 4 = 3 var n: 0..9 = 7", "mod 4") == 2


@pytest.mark.parametrize("literal", ["4", "-1", "(2 + 2)"])
def test_a_literal_outside_the_modulus_is_an_error(literal: str) -> None:
    assert errors(machine("var x: mod 4 = 0", f"/ x := {literal}")) == ["out-of-range"]
    assert errors(machine("var x: mod 4 = 0", f"/ x := x + {literal}")) == ["out-of-range"]
    assert errors(machine("var x: mod 4 = 0", f"[x == {literal}]")) == ["out-of-range"]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("x - y", 2),  # (1 - 3) mod 4
        ("y - x", 2),
        ("x - z", 1),
        ("z - x", 3),
        ("x - x", 0),
        ("(x - y) + (x - y)", 4),  # a plain number: it does not wrap
        ("(z - x) * 3", 9),
        ("(z - x) - (x - z)", 2),
    ],
)
def test_the_difference_of_two_is_a_plain_number(expression: str, expected: int) -> None:
    variables = "var x: mod 4 = 1 var y: mod 4 = 3 var z: mod 4 = 0"
    assert computed(expression, variables) == expected


def test_a_difference_is_compared_as_a_plain_number() -> None:
    # 0 - 1 = 3 (mod 4); as a number modulo 4, 3 < 1 would hold.
    variables = "var x: mod 4 = 0 var y: mod 4 = 1"
    assert not truth("x - y < 1", variables)
    assert truth("x - y > 2", variables)
    assert truth("x - y == 3 and y - x == 1", variables)


def test_numbers_of_two_moduli_do_not_mix() -> None:
    variables = "var x: mod 4 = 0 var y: mod 5 = 1"
    assert errors(machine(variables, "[x == y]")) == ["type-mismatch"]
    assert errors(machine(variables, "/ x := y")) == ["type-mismatch"]
    assert errors(machine(variables, "/ x := x + y")) == ["type-mismatch"]


def test_a_plain_number_is_compared_modulo_n_or_not_at_all() -> None:
    # 5 is 1 modulo 4, as it would be in `x := n`; a comparison that says otherwise has no meaning.
    variables = "var x: mod 4 = 1 var n: 0..9 = 5"
    try:
        assert truth("x == n", variables)
        assert truth("x <= n", variables)
        assert not truth("x != n", variables)
    except Exception as error:  # an error at load is as good
        assert "type-mismatch" in str(error)


# --- serial-number order ----------------------------------------------------------------------

PAIRS = """machine M {{ var x: mod {n} = 0 var y: mod {n} = 0
    initial state A {{ step / x := any; y := any -> B }} state B {{ step [{guard}]
        -> END }} state END {{}} }}
system S {{ m: M }}"""


def pairs(n: int, guard: str) -> set[tuple[ValueT, ...]]:
    return values(PAIRS.format(n=n, guard=guard), "m")


def rfc_1982_less(a: int, b: int, n: int) -> bool:
    """Section 3.2, in the RFC's own words: SERIAL_BITS is not needed for it."""
    return (a < b and 2 * (b - a) < n) or (a > b and 2 * (a - b) > n)


@pytest.mark.parametrize("n", [2, 3, 4, 5, 8])
def test_order_is_that_of_rfc_1982(n: int) -> None:
    everything = [(a, b) for a in range(n) for b in range(n)]
    less = {(a, b) for a, b in everything if rfc_1982_less(a, b, n)}
    more = {(a, b) for a, b in everything if rfc_1982_less(b, a, n)}
    same = {(a, a) for a in range(n)}
    assert pairs(n, "x < y") == less
    assert pairs(n, "x > y") == more
    assert pairs(n, "x <= y") == less | same
    assert pairs(n, "x >= y") == more | same
    assert pairs(n, "x == y") == same
    assert pairs(n, "x != y") == set(everything) - same
    assert pairs(n, "max(x, y) == x") >= more | same
    assert pairs(n, "max(x, y) == x").isdisjoint(less)
    assert pairs(n, "min(x, y) == x") >= less | same
    assert pairs(n, "min(x, y) == x").isdisjoint(more)


@pytest.mark.parametrize("guard", ["x < y", "x >= y", "max(x, y) == 1", "0 < x < y"])
def test_half_way_neither_is_less_and_one_warning_says_so(guard: str) -> None:
    assert warnings(PAIRS.format(n=4, guard=guard)).count("half-way-comparison") == 1
    assert "half-way-comparison" not in warnings(PAIRS.format(n=5, guard=guard))


@pytest.mark.parametrize("guard", ["x == y", "x != y", "x - y > 2"])
def test_equality_and_differences_have_no_half_way(guard: str) -> None:
    assert "half-way-comparison" not in warnings(PAIRS.format(n=4, guard=guard))


def test_no_warning_without_such_a_distance() -> None:
    text = machine("var x: mod 4 = 0 var y: mod 4 = 1", "[x < y]")
    assert "half-way-comparison" not in warnings(text)


def test_a_half_way_comparison_in_a_check_is_mentioned() -> None:
    text = machine("var x: mod 4 = 0 var y: mod 4 = 2", "")
    assert "half-way-comparison" in warnings(f'{text} check S {{ "c": never m.x < m.y }}')


@pytest.mark.parametrize(
    ("chain", "holds"),
    [
        ("a < b < c", lambda a, b, c: rfc_1982_less(a, b, 5) and rfc_1982_less(b, c, 5)),
        (
            "a < b <= c",
            lambda a, b, c: rfc_1982_less(a, b, 5) and (b == c or rfc_1982_less(b, c, 5)),
        ),
        ("a == b != c", lambda a, b, c: a == b and b != c),
        ("a > b == c", lambda a, b, c: rfc_1982_less(b, a, 5) and b == c),
    ],
)
def test_chained_comparisons(chain: str, holds: object) -> None:
    text = f"""machine M {{ var a: mod 5 = 0 var b: mod 5 = 0 var c: mod 5 = 0
        initial state A {{ step / a := any; b := any; c := any -> B }}
        state B {{ step [{chain}] -> END }} state END {{}} }}
    system S {{ m: M }}"""
    assert callable(holds)
    every = [(a, b, c) for a in range(5) for b in range(5) for c in range(5)]
    assert values(text, "m") == {triple for triple in every if holds(*triple)}


def test_the_window_of_the_rfc_across_the_wrap() -> None:
    # SND.UNA < SEG.ACK <= SND.NXT with UNA 6, NXT 1 (mod 8): 7, 0, 1 are acceptable.
    text = """message SEG(ACK: mod 8) = ACK
    machine Wire { initial state W {} }
    machine M { var SND.UNA: mod 8 = 6 var SND.NXT: mod 8 = 1 var got: mod 8 = 0
        initial state A { rcv ACK [SND.UNA < SEG.ACK <= SND.NXT] / got := SEG.ACK -> END }
        state END {} }
    system S { w: Wire m: M channel w -> m: bag(8), HELD }"""
    held = ", ".join(f"holds ACK(ACK = {n})" for n in range(8))
    assert {got for *_, got in values(text.replace("HELD", held), "m")} == {7, 0, 1}


# --- plain numbers and ranges -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("2 + 3 * 4", 14),
        ("(2 + 3) * 4", 20),
        ("n - 2 - 3", 2),  # from the left
        ("n - (2 - 3)", 8),
        ("-n + 9", 2),
        ("2 * -3 + 8", 2),
        ("max(n, 3)", 7),
        ("min(n, 3)", 3),
        ("max(min(n, 3), 5)", 5),
    ],
)
def test_plain_arithmetic(expression: str, expected: int) -> None:
    assert computed(expression, "var n: 0..9 = 7") == expected


def test_plain_numbers_have_the_usual_order() -> None:
    variables = "var n: 0..9 = 7"
    assert truth("2 < n <= 7 and n > 0 and n >= 7 and n != 6", variables)
    assert not truth("n < 2 or n <= 6 or n > 7 or n == 6", variables)


def test_leaving_a_range_is_reported_with_its_run_and_the_step_is_not_counted() -> None:
    text = """machine M { var x: 0..2 = 0 initial state A { step / x := x + 1 } }
    system S { m: M }"""
    assert explored(text) == (3, 2, 2)
    assert failures(text) == [(EndKind.OUT_OF_RANGE, ["m: step"] * 3)]
    (failure,) = only(text).failures
    assert failure.run.steps[-1].state is None
    assert "x would be 3" in failure.message


@pytest.mark.parametrize("action", ["x := x - 1", "x := -1 * n", "x := n + n"])
def test_leaving_a_range_on_either_side(action: str) -> None:
    text = machine("var x: 0..2 = 0 var n: 0..9 = 5", f"/ {action}")
    assert failures(text) == [(EndKind.OUT_OF_RANGE, ["m: step"])]


def test_a_value_in_between_may_leave_the_range() -> None:
    assert computed("n + 5 - 9", "var n: 0..9 = 7", "0..3") == 3


def test_a_negative_range() -> None:
    assert computed("n - 9", "var n: 0..9 = 7", "-3..3") == -2


def test_a_field_out_of_range_is_reported() -> None:
    text = """message G(F: 0..2) = X
    machine M { var n: 0..9 = 3 initial state A { step / snd X(F = n) -> B } state B {} }
    machine Deaf { initial state D {} }
    system S { m: M d: Deaf channel m -> d: fifo(1) }"""
    assert explored(text) == (1, 0, 0)
    assert failures(text) == [(EndKind.OUT_OF_RANGE, ["m: step"])]


def test_any_step_out_of_range_leaves_the_others() -> None:
    # x := any (3 steps), y := x + 1 fails for x = 2.
    text = machine("var x: 0..2 = 0 var y: 0..2 = 0", "/ x := any; y := x + 1")
    assert explored(text) == (3, 2, 1)
    assert [kind for kind, _ in failures(text)] == [EndKind.OUT_OF_RANGE]


@pytest.mark.parametrize("initial", ["3", "-1", "P + 2"])
def test_an_initial_value_out_of_range_is_an_error(initial: str) -> None:
    text = f"""machine M(P: 0..9) {{ var x: 0..2 = {initial} initial state A {{}} }}
    system S {{ m: M(P = 1) }}"""
    assert errors(text) == ["out-of-range"]


def test_an_initial_value_modulo_n_wraps() -> None:
    text = """machine M(P: 0..9) { var x: mod 4 = P + 2 initial state END {} }
    system S { m: M(P = 3) }"""
    assert values(text, "m") == {(1,)}


# --- other types ------------------------------------------------------------------------------


def test_truth_values() -> None:
    assert after("var p: bool = true var q: bool = false", "/ q := (p and not q); p := false") == {
        (False, True)
    }


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("p or q and q", True),  # and binds tighter
        ("not q and q", False),
        ("not (q and q)", True),
        ("q implies p", True),
        ("p implies q", False),
        ("q implies p implies q", True),  # from the right
        ("(q implies p) implies q", False),
        ("not p == q", True),  # not (p == q)
        ("p == true and q != true", True),
        ("true", True),
        ("false", False),
    ],
)
def test_logic(expression: str, expected: bool) -> None:
    assert truth(expression, "var p: bool = true var q: bool = false") is expected


def test_enums() -> None:
    enum = "type Color = {red, green, blue}"
    assert after("var c: Color = red", "[c == red and c in {red, blue}] / c := blue", enum) == {
        ("blue",)
    }
    assert after("var c: Color = green", "[c != green or c in {red, blue}]", enum) == set()


@pytest.mark.parametrize(
    "guard", ["c < blue", "c + 1 == 2", "c", "c == 1", "c == true", "c in {pink}"]
)
def test_enums_have_no_order_and_no_arithmetic(guard: str) -> None:
    code = "unknown-name" if "pink" in guard else "type-mismatch"
    assert errors(machine("var c: {red, blue} = red", f"[{guard}]")) == [code]


@pytest.mark.parametrize("guard", ["n", "p + 1 == 2", "p < q", "not n", "p == 1", "n and p"])
def test_a_truth_value_is_no_number(guard: str) -> None:
    variables = "var n: 0..1 = 0 var p: bool = true var q: bool = true"
    assert errors(machine(variables, f"[{guard}]")) == ["type-mismatch"]


# --- constants --------------------------------------------------------------------------------


def test_constants_use_each_other_in_any_order_and_may_be_set() -> None:
    text = "const A = B * 2 const B = 3 " + machine("var x: 0..99 = A", "")
    assert values(text, "m") == {(6,)}
    assert values(text, "m", B=4) == {(8,)}
    assert values(text, "m", A=5) == {(5,)}
    assert errors(text, C=1) == ["nothing-to-check"]


@pytest.mark.parametrize(
    ("constant", "expected"),
    [
        ("(N > 3)", True),
        ("(N == 3)", False),
        ("(1 < N <= 4)", True),
        ("(true and N != 4)", False),
        ("(not (N == 3))", True),
        ("true", True),
    ],
)
def test_a_constant_may_be_a_comparison_in_parentheses(constant: str, expected: bool) -> None:
    text = f"const N = 4 const P = {constant} " + machine("var p: bool = P", "")
    assert values(text, "m") == {(expected,)}


@pytest.mark.parametrize(("constant", "expected"), [("max(2, N)", 4), ("min(2, N) + 1", 3)])
def test_a_constant_may_be_an_extremum(constant: str, expected: int) -> None:
    text = f"const N = 4 const P = {constant} " + machine("var p: 0..9 = P", "")
    assert values(text, "m") == {(expected,)}


def test_an_initial_value_may_be_a_comparison_in_parentheses() -> None:
    assert after("var p: bool = (2 < 3)", "") == {(True,)}


# --- actions ----------------------------------------------------------------------------------


def test_actions_happen_in_order() -> None:
    assert after("var x: 0..9 = 1 var y: 0..9 = 2", "/ x := y; y := x + 1; x := x + y") == {(5, 3)}


def test_reset_restores_all_but_persistent_variables() -> None:
    # (A,0,0) -> (B,1,1) -> (A,0,1) -> (B,1,1)
    text = """machine M { var x: 0..1 = 0 persistent var p: 0..1 = 0
        initial state A { step / x := 1; p := 1 -> B } state B { step / reset -> A } }
    system S { m: M }"""
    assert explored(text) == (3, 3, 2)


def test_reset_is_an_action_among_others() -> None:
    variables = "var x: 0..9 = 1 var y: 0..9 = 2 persistent var p: 0..9 = 3"
    assert after(variables, "/ x := 5; p := x; y := 7; reset; y := x + 4") == {(1, 5, 5)}


def test_reset_returns_to_the_declared_value_whatever_init_says() -> None:
    text = """machine M(P: 0..9) { var x: 0..9 = P initial state A { step / reset -> END }
        state END {} }
    system S { m: M(P = 4) init m in A(x = 7) }"""
    assert values(text, "m") == {(4,)}


@pytest.mark.parametrize(
    ("type_", "expected"),
    [("bool", 2), ("0..2", 3), ("-1..1", 3), ("mod 5", 5), ("{red, green}", 2), ("4..4", 1)],
)
def test_any_is_one_step_for_each_value(type_: str, expected: int) -> None:
    initial = {"bool": "true", "{red, green}": "red", "4..4": "4"}.get(type_, "0")
    text = machine(f"var x: {type_} = {initial}", "/ x := any")
    assert explored(text) == (expected + 1, expected, 1)
    assert len(values(text, "m")) == expected


def test_two_any_are_chosen_independently() -> None:
    text = machine("var x: 0..2 = 0 var p: bool = true", "/ x := any; p := any")
    assert explored(text) == (7, 6, 1)


def test_any_that_is_overwritten_is_still_one_step_for_each_value() -> None:
    assert explored(machine("var x: 0..2 = 0", "/ x := any; x := 0")) == (2, 3, 1)


def test_any_is_seen_by_what_follows() -> None:
    assert after("var x: 0..2 = 0 var y: 0..9 = 0", "/ x := any; y := x * x") == {
        (0, 0), (1, 1), (2, 4),
    }  # fmt: skip


# --- messages ---------------------------------------------------------------------------------

SENDING = """message G(F: 0..9 = V, H: bool = false) = X | Y(F = 5) | Z(H = true)
machine M { var V: 0..9 = 1 initial state A { step / ACTION -> B } state B {} }
machine Deaf { initial state D {} }
system S { m: M d: Deaf channel m -> d: fifo(2) }"""


def sent(action: str) -> list[list[tuple[ValueT, ...]]]:
    """The fields of what is sent, for each step there is."""
    states = space_of(SENDING.replace("ACTION", action)).states[1:]
    return [[packet.values for packet in state.channels[0]] for state in states]


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("snd X", [(1, False)]),
        ("snd X(F = 3)", [(3, False)]),
        ("snd X(H = true, F = V + 1)", [(2, True)]),
        ("snd Y", [(5, False)]),
        ("snd Y(H = true)", [(5, True)]),
        ("snd Z", [(1, True)]),
        ("V := 7; snd X", [(7, False)]),  # resolved at the send, after what stands before it
        ("snd X; V := 7", [(1, False)]),
        ("V := 7; reset; snd X", [(1, False)]),
        ("snd X; V := V + 1; snd X", [(1, False), (2, False)]),
    ],
)
def test_fields(action: str, expected: list[tuple[ValueT, ...]]) -> None:
    assert sent(action) == [expected]


def test_any_as_a_field() -> None:
    assert sent("snd Y(H = any)") == [[(5, False)], [(5, True)]]
    assert len(sent("snd X(F = any, H = any)")) == 20
    assert len(sent("snd Y(H = any); snd Y(H = any)")) == 4


@pytest.mark.parametrize(
    ("action", "code"),
    [
        ("snd Y(F = 5)", "wrong-arguments"),  # fixed
        ("snd X(F = 1, F = 2)", "wrong-arguments"),
        ("snd X(K = 1)", "unknown-name"),
        ("snd X(F = 10)", "out-of-range"),
        ("snd X(F = true)", "type-mismatch"),
        ("snd W", "unknown-name"),
    ],
)
def test_fields_that_make_no_sense(action: str, code: str) -> None:
    assert errors(SENDING.replace("ACTION", action)) == [code]


def test_a_sender_that_cannot_resolve_a_default_must_give_the_field() -> None:
    text = SENDING.replace("V: 0..9 = 1", "W: 0..9 = 1")
    assert errors(text.replace("ACTION", "snd X")) == ["wrong-arguments"]
    assert explored(text.replace("ACTION", "snd X(F = W)")) == (2, 1, 1)
    assert explored(text.replace("ACTION", "snd Y")) == (2, 1, 1)


def test_a_field_without_default_must_be_given() -> None:
    text = SENDING.replace("F: 0..9 = V", "F: 0..9")
    assert errors(text.replace("ACTION", "snd X")) == ["wrong-arguments"]
    assert explored(text.replace("ACTION", "snd X(F = 0)")) == (2, 1, 1)


def test_a_field_modulo_n_wraps_when_it_is_sent() -> None:
    text = SENDING.replace("F: 0..9 = V", "F: mod 4 = V").replace("Y(F = 5)", "Y")
    text = text.replace("V: 0..9 = 1", "V: 0..9 = 6").replace("ACTION", "snd X")
    (packet,) = space_of(text).states[-1].channels[0]
    assert packet.values == (2, False)


# --- parameters and defines -------------------------------------------------------------------


def test_parameters_belong_to_the_instance() -> None:
    text = """machine M(P: mod 8, Q: bool = false) { var x: mod 8 = P + 1
        initial state END { step [Q and x != 0] / x := x + P } }
    system S { m: M(P = 3) n: M(Q = true, P = 2) }"""
    assert values(text, "m") == {(4,)}
    # 3, 5, 7, 1, 3 ...
    assert values(text, "n") == {(3,), (5,), (7,), (1,)}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("", "wrong-arguments"),
        ("(P = 1, P = 2)", "wrong-arguments"),
        ("(R = 1)", "unknown-name"),
        ("(P = 8)", "out-of-range"),
        ("(P = true)", "type-mismatch"),
        ("(P = any)", "not-constant"),
    ],
)
def test_arguments_that_make_no_sense(arguments: str, code: str) -> None:
    text = f"machine M(P: mod 8) {{ initial state A {{}} }} system S {{ m: M{arguments} }}"
    assert errors(text) == [code]


def test_defines_are_resolved_where_they_are_used() -> None:
    # `near` means each machine's own x.
    text = """define near = x < LIMIT define LIMIT = 1 + 1
    machine M { var x: 0..9 = 1 initial state A { step [near] / x := x + LIMIT -> END }
        state END {} }
    machine N { var x: 0..9 = 2 initial state A { step [near] -> END } state END {} }
    system S { m: M n: N }
    check S { "limit": always m.x <= 1 + LIMIT }"""
    assert values(text, "m") == {(3,)}
    assert values(text, "n") == set()
    assert result(text).ok


def test_a_define_may_speak_of_the_received_message() -> None:
    text = """message G(F: 0..3) = X define good = G.F == x
    machine Wire { initial state W {} }
    machine M { var x: 0..3 = 2 initial state A { rcv X [good] -> END } state END {} }
    system S { w: Wire m: M channel w -> m: fifo(1), holds X(F = 2) }"""
    assert values(text, "m") == {(2,)}
    assert values(text.replace("holds X(F = 2)", "holds X(F = 1)"), "m") == set()


@pytest.mark.parametrize(
    ("defines", "code"),
    [
        ("define p = q define q = p", "cyclic-definition"),
        ("define p = p", "cyclic-definition"),
        ("define p = nothing", "unknown-name"),
        ("define p = 3", "type-mismatch"),
        ("define p = true define p = false", "declared-twice"),
        ("const p = 3 define p = true", "declared-twice"),
    ],
)
def test_defines_that_make_no_sense(defines: str, code: str) -> None:
    assert code in errors(f"{defines} " + machine("", "[p]"))


def test_a_define_is_an_expression_of_its_own() -> None:
    # `not p` is not (x == 0 or x == 1), whatever the precedence of `not` and `or`.
    more = "define p = x == 0 or x == 1"
    assert after("var x: 0..9 = 1", "[not p]", more) == set()
    assert after("var x: 0..9 = 2", "[not p]", more) == {(2,)}
    assert after("var x: 0..9 = 5", "/ x := sum * 2", "define sum = 1 + 2") == {(6,)}
