"""Between which numbers a value lies, for languages whose numbers end at 32 bits.

Interval arithmetic on types: nothing is known of how values depend on each other, so that the
bounds are safe and not always tight.
"""

from tcpspec.model.expressions import (
    Arithmetic,
    Expression,
    Extremum,
    Literal,
    OfChannel,
    OfOutput,
)
from tcpspec.model.types import ModType, RangeType

INT32 = 2**31 - 1
MAX_CAPACITY = 1000
"""Messages that a channel can hold at most (the language's limit)."""


def bounds(expression: Expression) -> tuple[int, int]:
    """The lowest and the highest value that a number can have; (0, 1) for what is none."""
    match expression:
        case Literal(bool()) | Literal(str()):
            return 0, 1
        case Literal(int() as value):
            return value, value
        case OfOutput("count") | OfChannel("count"):
            return 0, MAX_CAPACITY
        case Arithmetic(_, _, _, int() as distance):
            return 0, distance - 1
    match expression.type:
        case ModType(modulus):
            return 0, modulus - 1
        case RangeType(low, high):
            return low, high
    if isinstance(expression, Arithmetic):
        return unwrapped(expression)
    if isinstance(expression, Extremum):
        (a, b), (c, d) = bounds(expression.left), bounds(expression.right)
        choose = max if expression.function == "max" else min
        return choose(a, c), choose(b, d)
    return 0, 1


def unwrapped(node: Arithmetic) -> tuple[int, int]:
    """The bounds of a sum, difference or product before it is taken modulo anything."""
    (a, b), (c, d) = bounds(node.left), bounds(node.right)
    match node.operator:
        case "+":
            return a + c, b + d
        case "-":
            return a - d, b - c
    products = (a * c, a * d, b * c, b * d)
    return min(products), max(products)


def lies_within(expression: Expression, low: int, high: int) -> bool:
    """Whether a value certainly lies between two numbers, both included."""
    least, most = bounds(expression)
    return low <= least and most <= high


def fits_int32(expression: Expression) -> bool:
    """Whether all that is computed on the way to a value fits a signed number of 32 bits.

    Serial-number order doubles a difference, hence the factor.
    """
    own = unwrapped(expression) if isinstance(expression, Arithmetic) else bounds(expression)
    return 2 * max(abs(own[0]), abs(own[1])) < INT32 and all(map(fits_int32, expression.parts))
