"""Expressions in Promela.

Numbers are those of C, 32 bits wide; what may not fit is refused. The remainder of C has the sign
of what is divided, so a modulus is added where a number may be negative.
"""

from typing import Protocol

from tcpspec.export.bounds import bounds, fits_int32, unwrapped
from tcpspec.export.exported import Refused
from tcpspec.export.promela.text import (
    ATOM,
    EQUAL,
    FALSE,
    ORDER,
    PRODUCT,
    SUM,
    TRUE,
    Term,
    both,
    either,
    negated,
)
from tcpspec.model.expressions import (
    Among,
    Arithmetic,
    Comparison,
    Expression,
    Extremum,
    Literal,
    Logic,
    Not,
)
from tcpspec.model.types import ModType, ValueT

_OPERATORS = {"+": SUM, "-": SUM, "*": PRODUCT}
_RELATIONS = {"==": EQUAL, "!=": EQUAL, "<": ORDER, "<=": ORDER, ">": ORDER, ">=": ORDER}


class Leaves(Protocol):
    """What variables, fields and questions are called where an expression stands."""

    def leaf(self, expression: Expression) -> Term: ...

    def value(self, value: ValueT) -> Term: ...


def term(expression: Expression, leaves: Leaves) -> Term:
    """The expression in Promela. Raises Refused if it may leave 32 bits."""
    if not fits_int32(expression):
        raise Refused(f"`{expression.text}` may not fit the 32 bits of a number in Promela")
    return _term(expression, leaves)


def _term(node: Expression, leaves: Leaves) -> Term:
    match node:
        case Literal(value):
            return leaves.value(value)
        case Arithmetic():
            return _arithmetic(node, leaves)
        case Extremum():
            return _extremum(node, leaves)
        case Comparison():
            return _comparison(node, leaves)
        case Among(operand, values):
            asked = _term(operand, leaves)
            return one_of(asked, [leaves.value(value).text for value in sorted(values)])
        case Not(operand):
            return negated(_term(operand, leaves))
        case Logic():
            return _logic(node, leaves)
    return leaves.leaf(node)


def one_of(asked: Term, names: list[str]) -> Term:
    """A value is one of these."""
    return either(*(Term(f"{asked.within(ORDER)} == {name}", EQUAL) for name in names))


def _logic(node: Logic, leaves: Leaves) -> Term:
    left, right = _term(node.left, leaves), _term(node.right, leaves)
    match node.operator:
        case "and":
            return both(left, right)
        case "or":
            return either(left, right)
    return either(negated(left), right)


def _arithmetic(node: Arithmetic, leaves: Leaves) -> Term:
    left, right = _term(node.left, leaves), _term(node.right, leaves)
    binding = _OPERATORS[node.operator]
    plain = Term(f"{left.within(binding)} {node.operator} {right.within(binding + 1)}", binding)
    modulus = node.type.modulus if isinstance(node.type, ModType) else node.distance
    return plain if modulus is None else modulo(plain, unwrapped(node), modulus)


def modulo(number: Term, between: tuple[int, int], modulus: int) -> Term:
    """A number that lies between two others, modulo another, from 0 on.

    >>> modulo(Term("a + 1", SUM), (1, 8), 8).text, modulo(Term("a - b", SUM), (-7, 7), 8).text
    ('(a + 1) % 8', '(a - b + 8) % 8')
    """
    low, high = between
    if low >= 0 and high < modulus:
        return number
    if low >= 0:
        return Term(f"{number.within(PRODUCT)} % {modulus}", PRODUCT)
    if low >= -modulus:
        return Term(f"({number.within(SUM)} + {modulus}) % {modulus}", PRODUCT)
    return Term(f"({number.within(PRODUCT)} % {modulus} + {modulus}) % {modulus}", PRODUCT)


def _reduced(node: Expression, modulus: int, leaves: Leaves) -> Term:
    return modulo(_term(node, leaves), bounds(node), modulus)


def _extremum(node: Extremum, leaves: Leaves) -> Term:
    """The first, where neither is less."""
    modulus = node.type.modulus if isinstance(node.type, ModType) else None
    a, b = _term(node.left, leaves), _term(node.right, leaves)
    first, second = (a, b) if node.function == "max" else (b, a)
    if modulus is None:
        less = f"{first.within(SUM)} < {second.within(SUM)}"
    else:
        less = f"SEQ_LT({first.text}, {second.text}, {modulus})"
    return Term(f"({less} -> {b.text} : {a.text})")


def _comparison(node: Comparison, leaves: Leaves) -> Term:
    """A chain is true where all its links are."""
    tests = [
        _relation(left, symbol, right, node.modulus, leaves)
        for left, symbol, right in zip(
            node.operands, node.operators, node.operands[1:], strict=False
        )
    ]
    return both(*tests)


def _relation(
    left: Expression, symbol: str, right: Expression, modulus: int | None, leaves: Leaves
) -> Term:
    if modulus is None or symbol in ("==", "!="):
        a, b = _term(left, leaves), _term(right, leaves)
        binding = _RELATIONS[symbol]
        return Term(f"{a.within(binding + 1)} {symbol} {b.within(binding + 1)}", binding)
    a, b = _reduced(left, modulus, leaves), _reduced(right, modulus, leaves)
    if symbol in (">", ">="):
        a, b = b, a
    macro = "SEQ_LT" if symbol in ("<", ">") else "SEQ_LEQ"
    return Term(f"{macro}({a.text}, {b.text}, {modulus})")


def literal(value: bool | int) -> Term:
    """A truth value or a number."""
    if isinstance(value, bool):
        return TRUE if value else FALSE
    return Term(str(value), ATOM) if value >= 0 else Term(f"(-{-value})", ATOM)
