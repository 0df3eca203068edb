"""Expressions: names to meanings, types checked, constants folded.

Plain numbers and numbers modulo N are different things. A number written down may stand for one
modulo N if it is below N; the difference of two numbers modulo N is the plain number
(left - right) mod N, as in RFC 9293's SND.NXT - SND.UNA; any other arithmetic with one of them
wraps and is again modulo N.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from tcpspec.diagnostics import Note
from tcpspec.language import ast
from tcpspec.language.ast import MAX_DEPTH, MAX_NUMBER
from tcpspec.model.expressions import (
    Among,
    AnyOf,
    Arithmetic,
    Comparison,
    Expression,
    Extremum,
    InChannel,
    Literal,
    Logic,
    Not,
    OfChannel,
    OfOutput,
    number,
    truth,
)
from tcpspec.model.scope import Context, Unresolved, each
from tcpspec.model.types import (
    BOOL,
    NUMBER,
    BoolType,
    EnumType,
    ModType,
    RangeType,
    Type,
    ValueT,
    compare,
    contains,
    extremum,
    is_plain,
)
from tcpspec.record import replace
from tcpspec.source import Span

MAX_SIZE = 20_000
"""How many nodes an expression may have once its defines are resolved."""


class Resolver:
    """Resolves expressions seen from one place; raises ``Unresolved`` after reporting an error."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.found = self._found = context.globals.found
        self._open: list[str] = []
        self._depth = 0
        self._defined: dict[str, Expression | None] = {}
        self._sizes: dict[int, tuple[Expression, int]] = {}

    # --- entry points ---

    def boolean(self, node: ast.Expression) -> Expression:
        """An expression that must be true or false."""
        expression = self.expression(node)
        if not isinstance(expression.type, BoolType):
            raise self._mismatch(node.span, f"this is {expression.type}, not true or false")
        return expression

    def of_type(self, node: ast.Value, type_: Type) -> Expression:
        """An expression whose value goes to a place of this type; ``any`` is allowed."""
        if isinstance(node, ast.AnyValue):
            return AnyOf(type=type_, span=node.span)
        return self._fit(self.expression(node), type_, node.span)

    def constant(self, node: ast.Expression, type_: Type | None = None) -> ValueT:
        """The value of an expression that depends on nothing but constants."""
        expression = self.of_type(node, type_) if type_ else self.expression(node)
        if not isinstance(expression, Literal):
            self._found.error("not-constant", node.span, "a constant is needed here")
            raise Unresolved
        return expression.value

    def count(self, node: ast.Expression) -> int:
        """A constant that counts something: a capacity, a limit."""
        value = self.constant(node, NUMBER)
        assert isinstance(value, int)
        if value < 0:
            self._found.error("out-of-range", node.span, "this must not be negative")
            raise Unresolved
        return value

    def expression(self, node: ast.Expression) -> Expression:
        """Any expression, with the type that it has by itself."""
        method: Any = getattr(self, f"_{type(node).__name__.lower()}")
        if self._depth >= MAX_DEPTH:
            self._found.error(
                "nested-too-deeply",
                node.span,
                f"this is nested more than {MAX_DEPTH} deep, counting the defines that it uses",
            )
            raise Unresolved
        self._depth += 1
        try:
            resolved: Expression = method(node)
        finally:
            self._depth -= 1
        if resolved.span is None or resolved.span != node.span:
            resolved = replace(resolved, span=node.span)
        self._measure(resolved, node.span)
        return resolved

    # --- leaves ---

    def _number(self, node: ast.Number) -> Expression:
        return number(node.value)

    def _truth(self, node: ast.Truth) -> Expression:
        return truth(node.value)

    def _reference(self, node: ast.Reference) -> Expression:
        meaning = self._context.reference(node.name)
        if meaning is not None:
            return meaning
        define = self._context.globals.defines.get(node.name)
        if define is None:
            context = self._context
            raise context.globals.unknown(
                node, node.name, "value", context.known(), context.hint(node.name)
            )
        return self._define(define, node)

    def _define(self, define: ast.Define, node: ast.Reference) -> Expression:
        """A define is resolved where it is used; what is wrong in it is told with that place."""
        if node.name in self._open:
            circle = " -> ".join([*self._open[self._open.index(node.name) :], node.name])
            self._found.error(
                "cyclic-definition", node.span, f"`{node.name}` needs itself: {circle}"
            )
            raise Unresolved
        if node.name not in self._defined:
            self._defined[node.name] = None
            self._open.append(node.name)
            try:
                self._defined[node.name] = self.expression(define.body)
            finally:
                self._open.pop()
        resolved = self._defined[node.name]
        if resolved is None:
            raise Unresolved  # reported at its first use
        return resolved

    # --- operators ---

    def _unary(self, node: ast.Unary) -> Expression:
        if node.operator == "not":
            operand = self.boolean(node.operand)
            return truth(not operand.value) if isinstance(operand, Literal) else Not(operand)
        operand = self.expression(node.operand)
        return self._arithmetic("-", number(0), operand, node.span)

    def _binary(self, node: ast.Binary) -> Expression:
        if node.operator in ("and", "or", "implies"):
            left, right = each([node.left, node.right], self.boolean)
            return _folded(Logic(node.operator, left, right))
        left, right = each([node.left, node.right], self.expression)
        return self._arithmetic(node.operator, left, right, node.span)

    def _arithmetic(
        self, operator: Any, left: Expression, right: Expression, span: Span
    ) -> Expression:
        for side in (left, right):
            if not (is_plain(side.type) or isinstance(side.type, ModType)):
                raise self._mismatch(side.span or span, f"this is {side.type}, not a number")
        if is_plain(left.type) and is_plain(right.type):
            return self._fold(Arithmetic(operator, left, right, type=NUMBER, span=span))
        distance = operator == "-" and left.type == right.type
        left, right, type_ = self._unify(left, right, span, force=True)
        assert isinstance(type_, ModType)
        if distance:
            return self._fold(Arithmetic("-", left, right, type_.modulus, type=NUMBER, span=span))
        return self._fold(Arithmetic(operator, left, right, type=type_, span=span))

    def _fold(self, node: Arithmetic) -> Expression:
        """A literal, where both sides are."""
        if not (isinstance(node.left, Literal) and isinstance(node.right, Literal)):
            return node
        a, b = node.left.value, node.right.value
        assert isinstance(a, int)
        assert isinstance(b, int)
        value = {"+": a + b, "-": a - b, "*": a * b}[node.operator]
        if isinstance(node.type, ModType):
            value %= node.type.modulus
        elif node.distance is not None:
            value %= node.distance
        if abs(value) > MAX_NUMBER:
            self._found.error("number-too-large", node.span, f"this is beyond {MAX_NUMBER}")
            raise Unresolved
        return Literal(value, type=node.type, span=node.span)

    def _extremum(self, node: ast.Extremum) -> Expression:
        left, right = each([node.left, node.right], self.expression)
        left, right, type_ = self._unify(left, right, node.span)
        if not (is_plain(type_) or isinstance(type_, ModType)):
            raise self._mismatch(node.span, f"`{node.function}` needs numbers, not {type_}")
        return _folded(Extremum(node.function, left, right, type=type_))

    def _compare(self, node: ast.Compare) -> Expression:
        operands = each(node.operands, self.expression)
        type_ = self._common(operands, node.span)
        operands = [self._fit(o, type_, o.span or node.span, force=False) for o in operands]
        ordered = [operator for operator in node.operators if operator not in ("==", "!=")]
        if ordered and isinstance(type_, BoolType | EnumType):
            raise self._mismatch(node.span, f"{type_} has no order: `{ordered[0]}` cannot be asked")
        modulus = type_.modulus if isinstance(type_, ModType) else None
        return _folded(Comparison(tuple(operands), node.operators, modulus))

    def _within(self, node: ast.Within) -> Expression:
        if isinstance(node.left, ast.Reference):
            special = self._context.within(node.left.name, node)
            if special is not None:
                return special
        left = self.expression(node.left)
        if not isinstance(left.type, EnumType):
            raise self._mismatch(
                node.left.span,
                f"`in` asks about an instance, a message or an enum, not {left.type}",
            )
        return self._one_of(left, left.type, node)

    def _one_of(self, left: Expression, type_: EnumType, node: ast.Within) -> Expression:
        for member in node.members:
            if member.text not in type_.values:
                raise self._context.globals.unknown(
                    member, member.text, f"value of {type_}", type_.values
                )
        return Among(left, frozenset(member.text for member in node.members), span=node.span)

    # --- the network ---

    def _ofchannel(self, node: ast.OfChannel) -> Expression:
        channel = self._context.channel(node.sender, node.receiver)
        return OfChannel(node.question, channel, type=_answer(node.question))  # type: ignore[arg-type]

    def _ofport(self, node: ast.OfPort) -> Expression:
        output = self._context.output(node.port)
        return OfOutput(node.question, output, type=_answer(node.question))  # type: ignore[arg-type]

    def _inchannel(self, node: ast.InChannel) -> Expression:
        message = self._context.globals.message(_message_name(node.message, self))
        channel = self._context.channel(node.sender, node.receiver)
        pattern = self.arguments(node.arguments, message.name)
        for _, value in pattern:
            if isinstance(value, AnyOf):
                raise self._mismatch(value.span, "leave a field out where any value will do")
        return InChannel(channel, message.name, tuple(pattern))

    def arguments(
        self, given: Sequence[ast.Argument], message_name: str
    ) -> list[tuple[int, Expression]]:
        """Values for fields of a message, by slot, in the order of the fields."""
        message = self._context.globals.messages[message_name]
        names = [field.name for field in message.fields]
        values: dict[int, Expression] = {}

        def take(argument: ast.Argument) -> None:
            name = argument.name.text
            if name not in names:
                raise self._context.globals.unknown(
                    argument.name, name, f"field of {message.group}", names
                )
            slot = names.index(name)
            if slot in values or slot in message.fixed:
                why = "is given twice" if slot in values else f"is fixed for {message_name}"
                self._found.error("wrong-arguments", argument.span, f"`{name}` {why}")
                raise Unresolved
            values[slot] = self.of_type(argument.value, message.fields[slot].type)

        each(given, take)
        return sorted(values.items(), key=lambda item: item[0])

    # --- types ---

    def _unify(
        self, left: Expression, right: Expression, span: Span, *, force: bool = False
    ) -> tuple[Expression, Expression, Type]:
        """Both sides in one type; with ``force`` plain numbers of any kind wrap."""
        type_ = self._common([left, right], span)
        sides = [self._fit(s, type_, s.span or span, force=force) for s in (left, right)]
        return sides[0], sides[1], type_

    def _common(self, operands: Sequence[Expression], span: Span) -> Type:
        """The one type in which these can be compared."""
        types = {NUMBER if is_plain(o.type) else o.type for o in operands}
        if len(types) == 1:
            return types.pop()
        moduli = types - {NUMBER}
        if len(moduli) == 1 and isinstance(only := next(iter(moduli)), ModType):
            return only
        listed = " and ".join(sorted(str(type_) for type_ in types))
        raise self._mismatch(span, f"{listed} cannot be mixed")

    def _fit(
        self, expression: Expression, type_: Type, span: Span, *, force: bool = True
    ) -> Expression:
        """The expression as a value for a place of this type, or an error.

        With ``force``, a plain number that depends on the run may go where numbers are counted
        modulo N: there it wraps. A comparison does not wrap, and so does not take it.
        """
        plain_literal = isinstance(expression, Literal) and is_plain(expression.type)
        if plain_literal and isinstance(type_, ModType | RangeType):
            return self._literal_in(expression, type_, span)
        if expression.type == type_ or (is_plain(expression.type) and is_plain(type_)):
            return expression
        if is_plain(expression.type) and isinstance(type_, ModType) and force:
            zero = Literal(0, type=type_)
            return Arithmetic("+", expression, zero, type=type_, span=expression.span)
        raise self._mismatch(span, f"this is {expression.type}, but {type_} is needed")

    def _literal_in(self, literal: Expression, type_: Type, span: Span) -> Expression:
        assert isinstance(literal, Literal)
        if not contains(type_, literal.value):
            self._found.error("out-of-range", span, f"{literal.value} does not fit {type_}")
            raise Unresolved
        return replace(literal, type=type_)

    def _mismatch(self, span: Span | None, message: str) -> Unresolved:
        notes = [Note(f"in `define {name}`") for name in self._open]
        self._found.error("type-mismatch", span, message, notes=notes)
        return Unresolved()

    def _measure(self, expression: Expression, span: Span) -> None:
        """Stop where defines that use each other make an expression explode."""
        size = 1 + sum(self._sizes.get(id(part), (part, 1))[1] for part in expression.parts)
        self._sizes[id(expression)] = (expression, size)
        if size > MAX_SIZE:
            self._found.error("expands-too-far", span, f"this grows to more than {MAX_SIZE} parts")
            raise Unresolved


def _folded(node: Logic | Comparison | Extremum) -> Expression:
    """The value of an expression that is made of literals only; else the expression itself."""
    values = [part.value for part in node.parts if isinstance(part, Literal)]
    if len(values) < len(node.parts):
        return node
    match node:
        case Logic(operator):
            a, b = values
            value = {"and": a and b, "or": a or b, "implies": not a or b}[operator]
            return truth(bool(value))
        case Comparison(_, operators, modulus):
            pairs = zip(values, operators, values[1:], strict=False)
            return truth(all(compare(a, symbol, b, modulus) for a, symbol, b in pairs))
    a, b = values
    modulus = node.type.modulus if isinstance(node.type, ModType) else None
    return Literal(extremum(node.function, a, b, modulus), type=node.type)


def references(node: ast.Expression) -> Iterator[str]:
    """The names that an expression of the kind of defaults and constants uses."""
    match node:
        case ast.Reference():
            yield node.name
        case ast.Unary():
            yield from references(node.operand)
        case ast.Binary() | ast.Extremum():
            yield from references(node.left)
            yield from references(node.right)
        case ast.Compare():
            for operand in node.operands:
                yield from references(operand)


def _answer(question: str) -> Type:
    return NUMBER if question == "count" else BOOL


def _message_name(node: ast.Expression, resolver: Resolver) -> ast.Name:
    """``SYN+ACK`` was read as a sum: back to one name."""
    flags: list[str] = []
    rest = node
    while isinstance(rest, ast.Binary) and rest.operator == "+":
        if not isinstance(rest.right, ast.Reference):
            break
        flags.insert(0, rest.right.name)
        rest = rest.left
    if not isinstance(rest, ast.Reference):
        raise resolver._mismatch(node.span, "a message is needed before `in (… -> …)`")
    return ast.Name("+".join([rest.name, *flags]), span=node.span)
