"""What can be said of a value without running anything: between which numbers it lies.

A variable, field or parameter lies in the range of its type, and from that follows what a sum, a
comparison or a guard can be: intervals, and truth with a third value, None, for what depends on the
run. Nothing is known of how values depend on each other, so that `n - n` may be anything from -3 to
3; only a comparison of an expression with itself is decided. Numbers modulo N have no interval that
an order could be read from (RFC 1982), and are not judged otherwise.
"""

from collections.abc import Iterator
from math import inf
from typing import TypeAlias

from tcpspec.model.expressions import (
    Among,
    Arithmetic,
    Comparison,
    Expression,
    Extremum,
    Literal,
    Logic,
    Not,
    OfChannel,
    OfOutput,
)  # fmt: skip
from tcpspec.model.model import Assign, Machine, Send, Transition
from tcpspec.model.types import EnumType, RangeType, Type
from tcpspec.source import Span

Interval: TypeAlias = tuple[float, float]
"""The lowest and the highest value; infinite where there is no end."""

EVERYWHERE: Interval = (-inf, inf)


def interval(expression: Expression) -> Interval:
    """Between which numbers the value of a plain expression lies."""
    match expression:
        case Literal(bool()) | Literal(str()):
            return EVERYWHERE
        case Literal(int() as value):
            return value, value
        case Arithmetic(_, _, _, int() as distance):
            return 0, distance - 1
        case Arithmetic() | Extremum():
            return _of_two(expression)
        case OfOutput("count") | OfChannel("count"):
            return 0, inf
    if isinstance(expression.type, RangeType):
        return expression.type.low, expression.type.high
    return EVERYWHERE


def _of_two(node: Arithmetic | Extremum) -> Interval:
    (a, b), (c, d) = interval(node.left), interval(node.right)
    if isinstance(node, Extremum):
        choose = max if node.function == "max" else min
        return choose(a, c), choose(b, d)
    if node.operator == "*":
        if inf in (b, d) or -inf in (a, c):
            return EVERYWHERE
        products = (a * c, a * d, b * c, b * d)
        return min(products), max(products)
    return (a + c, b + d) if node.operator == "+" else (a - d, b - c)


def decide(expression: Expression) -> bool | None:
    """Whether a predicate is true for all values, or false for all; None if that depends."""
    match expression:
        case Literal(value):
            return bool(value)
        case Not(operand):
            known = decide(operand)
            return None if known is None else not known
        case Logic(operator, left, right):
            return _logic(operator, decide(left), decide(right))
        case Among(operand, values) if isinstance(operand.type, EnumType):
            return True if values >= set(operand.type.values) else None
        case Comparison():
            return _comparison(expression)
    return None


def _logic(operator: str, a: bool | None, b: bool | None) -> bool | None:
    if operator == "implies":
        operator, a = "or", None if a is None else not a
    stop = operator == "or"
    if stop in (a, b):
        return stop
    return None if a is None or b is None else not stop


def _comparison(node: Comparison) -> bool | None:
    pairs = zip(node.operands, node.operators, node.operands[1:], strict=False)
    decided = [_pair(a, symbol, b, node.modulus) for a, symbol, b in pairs]
    if False in decided:
        return False
    return None if None in decided else True


def _pair(left: Expression, symbol: str, right: Expression, modulus: int | None) -> bool | None:
    if left == right:
        return symbol in ("==", "<=", ">=")
    if modulus is not None:
        return None
    return _ordered(interval(left), symbol, interval(right))


def _ordered(left: Interval, symbol: str, right: Interval) -> bool | None:
    (a, b), (c, d) = left, right
    match symbol:
        case "==" | "!=":
            same = False if b < c or d < a else (True if a == b == c == d else None)
            return same if symbol == "==" or same is None else not same
        case ">" | ">=":
            return _ordered(right, {">": "<", ">=": "<="}[symbol], left)
        case "<":
            return True if b < c else (False if a >= d else None)
    return True if b <= c else (False if a > d else None)


# --- values that never fit -----------------------------------------------------------------


def misfits(machine: Machine) -> Iterator[tuple[Span | None, str]]:
    """Where a value is written that lies outside of its range whatever happens, and why."""
    for variable in machine.variables:
        if why := _misfit(variable.initial, variable.type):
            yield variable.initial.span, why
    for transition in machine.transitions:
        for value, type_ in _targets(transition):
            if why := _misfit(value, type_):
                yield _within(value, transition), why


def _targets(transition: Transition) -> Iterator[tuple[Expression, Type]]:
    for action in transition.actions:
        match action:
            case Assign():
                yield action.value, action.type
            case Send():
                for value, field in zip(action.values, action.fields, strict=True):
                    yield value, field.type


def _misfit(value: Expression, type_: Type) -> str | None:
    if not isinstance(type_, RangeType) or isinstance(value, Literal):
        return None  # literals are judged where they are resolved
    low, high = interval(value)
    if type_.low <= high and low <= type_.high:
        return None
    text = f"from {low:.0f} to {high:.0f}" if low < high else f"{low:.0f}"
    return f"this is always {text}, and never fits {type_}"


def _within(value: Expression, transition: Transition) -> Span:
    """A default stands with its message: then the place is the line that sends."""
    span, line = value.span, transition.span
    inside = span and span.source is line.source and line.line <= span.line <= line.end_line
    return span if span and inside else line
