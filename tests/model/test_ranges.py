"""Intervals and decided guards, held against all values of the variables."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcpspec.model.expressions import Expression
from tcpspec.model.model import Assign, Transition
from tcpspec.model.ranges import decide, interval
from tests.examples import examples
from tests.helpers import errors, specification

MACHINE = """
type Colour = {{red, green}}
machine M {{
    var x: 0..3 = 0   var y: -2..1 = 0   var s: mod 8 = 0   var c: Colour = red   var w: -99..99 = 0
    initial state A {{ {rule} }}
}}
"""
NUMBERS = st.recursive(
    st.sampled_from(["x", "y", "0", "1", "2", "5"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda t: f"({' '.join(t)})"),
        st.tuples(st.sampled_from(["max", "min"]), inner, inner).map(
            lambda t: "{}({}, {})".format(*t)
        ),
    ),
    max_leaves=4,
)
COMPARED = st.tuples(NUMBERS, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), NUMBERS)
PREDICATES = st.recursive(
    COMPARED.map(" ".join),
    lambda inner: st.one_of(
        inner.map(lambda p: f"(not {p})"),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda t: f"({' '.join(t)})"),
    ),
    max_leaves=3,
)
common = settings(max_examples=examples(50, thorough=150), derandomize=True)


def rule(text: str) -> Transition:
    return specification(MACHINE.format(rule=text)).machines["M"].transitions[0]


def guard(text: str) -> Expression:
    found = rule(f"step [{text}]").guard
    assert found is not None
    return found


def all_values(text: str) -> list[object]:
    """What Python makes of it, for all values of the variables."""
    names = [dict(zip("xy", pair, strict=True)) for pair in product(range(4), range(-2, 2))]
    return [eval(text, {"max": max, "min": min}, scope) for scope in names]


@common
@given(NUMBERS)
def test_every_value_lies_in_the_interval(text: str) -> None:
    expression = guard(f"w == {text} + x * 0")
    low, high = interval(expression.operands[1])  # type: ignore[attr-defined]
    assert all(low <= value <= high for value in all_values(text))  # type: ignore[operator]


@common
@given(PREDICATES)
def test_what_is_decided_is_so_for_all_values(text: str) -> None:
    decided = decide(guard(text))
    assert decided is None or set(all_values(text)) == {decided}


@pytest.mark.parametrize(
    ("text", "decided"),
    [
        ("x >= 0", True), ("x <= 3", True), ("x < 4", True), ("x == 7", False), ("x != 7", True),
        ("x > 3", False), ("x < 3", None), ("0 <= x <= 3", True), ("0 <= x <= 2", None),
        ("x + y > 4", False), ("x - y >= -1", True), ("x * x >= 0", True), ("x == x", True),
        ("max(x, 4) == 4", True), ("min(x, -1) == -1", True), ("x < x", False),
        ("s == s", True), ("s >= 0", None), ("s < 7", None), ("s - s < 8", True),
        ("s - s == 9", False), ("c in {red, green}", True), ("c in {red}", None), ("c == c", True),
        ("x >= 0 or s == 1", True), ("x > 3 and s == 1", False), ("x > 3 implies s == 1", True),
        ("not x > 3", True), ("s == 1 implies x >= 0", True), ("count(out) >= 0", True),
    ],
)  # fmt: skip
def test_conditions_that_decide_nothing(text: str, decided: bool | None) -> None:
    assert decide(guard(text)) is decided


def test_a_literal_is_its_own_interval() -> None:
    (action,) = rule("step / x := 2").actions
    assert isinstance(action, Assign)
    assert interval(action.value) == (2, 2)


@pytest.mark.parametrize(
    "value", ["x + 4", "y - 2", "x * 0 + 9", "max(x, 5)", "s - s + 4", "-x - 1"]
)
def test_a_value_that_never_fits_is_an_error(value: str) -> None:
    assert errors(MACHINE.format(rule=f"step / x := {value}")) == ["out-of-range"]


@pytest.mark.parametrize("value", ["x + 3", "x - 3", "y", "s - s", "any", "-x", "w * w"])
def test_a_value_that_may_fit_is_left_to_the_run(value: str) -> None:
    assert rule(f"step / x := {value}").actions


def test_initial_values_and_defaults_are_judged_too() -> None:
    text = """
    message G(F: 0..3 = x + 9) = X
    machine M(P: 5..9) { var x: 0..3 = P   initial state A { step / snd X } }
    """
    assert errors(text) == ["out-of-range", "out-of-range"]
