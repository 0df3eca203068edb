"""Expressions, types and arguments as text, with parentheses only where they are needed."""

from collections.abc import Iterable
from typing import Any

from tcpspec.language import ast

IMPLIES, OR, AND, NOT, COMPARISON, SUM, TERM, ATOM = range(8)
"""How tightly expressions bind, from the loosest."""

_BINARY = {
    "implies": (IMPLIES, OR, IMPLIES), "or": (OR, OR, AND), "and": (AND, AND, NOT),
    "+": (SUM, SUM, TERM), "-": (SUM, SUM, TERM), "*": (TERM, TERM, ATOM),
}  # fmt: skip
"""Of each operator: how tightly it binds, and what its left and its right side must."""


class Notation:
    """Choices between texts that mean the same tree: here, the shortest."""

    def parenthesised(self, node: ast.Node) -> bool:
        """Parentheses that are not needed."""
        return False

    def braced(self, node: ast.Within) -> bool:
        """Braces around a single name."""
        return False

    def once(self, times: ast.Node) -> bool:
        """``once``, and not ``at most 1 times``."""
        return True


def words(*parts: str) -> str:
    """The parts that are there, with spaces between."""
    return " ".join(part for part in parts if part)


def listed(names: Iterable[ast.Name], separator: str = ", ") -> str:
    return separator.join(name.text for name in names)


def quoted(text: str | None) -> str:
    return "" if text is None else f'"{text}"'


def level(node: ast.Node) -> int:
    """How tightly an expression binds."""
    match node:
        case ast.Binary(operator=operator):
            return _BINARY[operator][0]
        case ast.Unary(operator="not"):
            return NOT
        case ast.Compare() | ast.Within() | ast.InChannel():
            return COMPARISON
    return ATOM


class Expressions:
    """The text of what statements are made of."""

    def __init__(self, notation: Notation) -> None:
        self.notation = notation

    # --- expressions ---

    def expression(self, node: Any, at_least: int = IMPLIES) -> str:
        """The text of an expression where only what binds so tightly may stand."""
        text = self._bare(node)
        needed = level(node) < at_least or self.notation.parenthesised(node)
        return f"({text})" if needed else text

    def _bare(self, node: Any) -> str:
        match node:
            case ast.Number(value=value):
                return str(value)
            case ast.Truth(value=value):
                return "true" if value else "false"
            case ast.Reference(name=name):
                return name
            case ast.AnyValue():
                return "any"
            case ast.OfPort(question=question, port=port):
                return f"{question}({port.text})"
            case ast.OfChannel(question=question, sender=sender, receiver=receiver):
                return f"{question}({sender.text} -> {receiver.text})"
        return self._compound(node)

    def _compound(self, node: Any) -> str:
        match node:
            case ast.Unary(operator="not"):
                return f"not {self.expression(node.operand, NOT)}"
            case ast.Unary():
                return f"-{self.expression(node.operand, ATOM)}"
            case ast.Binary():
                return " ".join(self.sides(node))
            case ast.Compare():
                return self._compare(node)
            case ast.Within():
                return f"{self.expression(node.left, SUM)} in {self._members(node)}"
            case ast.InChannel():
                message = self._flags(node.message) or self.expression(node.message, SUM)
                ends = f"({node.sender.text} -> {node.receiver.text})"
                return f"{message}{self.arguments(node.arguments)} in {ends}"
            case ast.Extremum():
                left, right = self.expression(node.left), self.expression(node.right)
                return f"{node.function}({left}, {right})"
        raise TypeError(type(node).__name__)

    def enclosed(self, node: ast.Expression) -> str:
        """A sum that has parentheses around it already, which are not its own."""
        text = self._bare(node)
        return f"({text})" if level(node) < SUM else text

    def sides(self, node: ast.Binary) -> tuple[str, str]:
        """The left side, and the operator with the right one."""
        _, left, right = _BINARY[node.operator]
        return (
            self.expression(node.left, left),
            f"{node.operator} {self.expression(node.right, right)}",
        )

    def _compare(self, node: ast.Compare) -> str:
        first, *others = (self.expression(operand, SUM) for operand in node.operands)
        rest = zip(node.operators, others, strict=True)
        return " ".join([first, *(f"{operator} {other}" for operator, other in rest)])

    def _members(self, node: ast.Within) -> str:
        names = listed(node.members)
        single = len(node.members) == 1 and "+" not in names and not self.notation.braced(node)
        return names if single else f"{{{names}}}"

    def _flags(self, node: ast.Node) -> str:
        """A message name, which the grammar reads as a sum; empty if it is none."""
        match node:
            case ast.Reference(name=name):
                return name
            case ast.Binary(operator="+", left=left, right=ast.Reference(name=name)):
                flags = self._flags(left)
                return f"{flags}+{name}" if flags else ""
        return ""

    # --- parts of statements ---

    def arguments(self, arguments: tuple[ast.Argument, ...]) -> str:
        texts = (f"{one.name.text} = {self.expression(one.value)}" for one in arguments)
        return f"({', '.join(texts)})" if arguments else ""

    def message(self, name: ast.Name, arguments: tuple[ast.Argument, ...]) -> str:
        """A name with its arguments: of a message, a machine or a state."""
        return name.text + self.arguments(arguments)

    def type_(self, node: ast.Type) -> str:
        match node:
            case ast.ModType():
                return f"mod {self.expression(node.modulus, SUM)}"
            case ast.RangeType():
                return f"{self.expression(node.low, SUM)}..{self.expression(node.high, SUM)}"
            case ast.BoolType():
                return "bool"
            case ast.EnumType():
                return f"{{{listed(node.values)}}}"
            case ast.NamedType():
                return node.name.text

    def fields(self, fields: tuple[ast.Field, ...]) -> str:
        return f"({', '.join(self._field(field) for field in fields)})" if fields else ""

    def _field(self, field: ast.Field) -> str:
        default = "" if field.default is None else f" = {self.expression(field.default, SUM)}"
        return f"{field.name.text}: {self.type_(field.type)}{default}"
