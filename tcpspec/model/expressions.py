"""Resolved expressions: every name is bound, every node knows its type.

An expression stands in a machine (it sees the machine's variables and parameters, the message
being received, and its outgoing side) or in a system (it sees all instances and channels).
Numbers of instances, slots, channels and outputs are positions in the model's tuples.
"""

from collections.abc import Iterator
from typing import Literal as OneOf
from typing import TypeAlias

from tcpspec.model.types import BOOL, NUMBER, Type, ValueT
from tcpspec.record import Record, keyword
from tcpspec.source import Span

Question: TypeAlias = OneOf["empty", "full", "count"]


class Expression(Record):
    """What all have in common: the type of the value, and where it stands in the text."""

    keywords_ = ("type", "span")
    type: Type = keyword(default=BOOL, kw_only=True)
    span: Span | None = keyword(default=None, kw_only=True)

    @property
    def text(self) -> str:
        """The expression as written."""
        return self.span.text if self.span else ""

    @property
    def parts(self) -> "tuple[Expression, ...]":
        """Its direct parts, in the order of the text."""
        return ()


class Literal(Expression):
    value: ValueT


class OwnVariable(Expression):
    slot: int
    name: str


class Parameter(Expression):
    slot: int
    name: str


class ReceivedField(Expression):
    slot: int
    name: str


class ReceivedIs(Expression):
    """The message being received has one of these names."""

    messages: frozenset[str]


class OfOutput(Expression):
    """A question to one of the machine's outgoing channels."""

    question: Question
    output: int


class InstanceVariable(Expression):
    instance: int
    slot: int
    name: str


class InstanceIn(Expression):
    instance: int
    states: frozenset[str]


class OfChannel(Expression):
    question: Question
    channel: int


class InChannel(Expression):
    """A message of this name, with these values where they are given, is on its way."""

    channel: int
    message: str
    pattern: tuple[tuple[int, Expression], ...]

    @property
    def parts(self) -> tuple[Expression, ...]:
        return tuple(value for _, value in self.pattern)


class Arithmetic(Expression):
    """On plain numbers; wrapped if ``type`` has a modulus; with ``distance`` N, (a - b) mod N."""

    operator: OneOf["+", "-", "*"]
    left: Expression
    right: Expression
    distance: int | None = None

    @property
    def parts(self) -> tuple[Expression, ...]:
        return (self.left, self.right)


class Extremum(Expression):
    function: OneOf["max", "min"]
    left: Expression
    right: Expression

    @property
    def parts(self) -> tuple[Expression, ...]:
        return (self.left, self.right)


class Comparison(Expression):
    """Chained or not; with a modulus, ``<`` and its kind mean serial-number order (RFC 1982)."""

    operands: tuple[Expression, ...]
    operators: tuple[str, ...]
    modulus: int | None = None

    @property
    def parts(self) -> tuple[Expression, ...]:
        return self.operands


class Among(Expression):
    """An enum value is one of these."""

    operand: Expression
    values: frozenset[str]

    @property
    def parts(self) -> tuple[Expression, ...]:
        return (self.operand,)


class Not(Expression):
    operand: Expression

    @property
    def parts(self) -> tuple[Expression, ...]:
        return (self.operand,)


class Logic(Expression):
    operator: OneOf["and", "or", "implies"]
    left: Expression
    right: Expression

    @property
    def parts(self) -> tuple[Expression, ...]:
        return (self.left, self.right)


class AnyOf(Expression):
    """``any`` as a value: one step for each value of ``type``. Only at the top of a value."""


def within(expression: Expression) -> Iterator[Expression]:
    """The expression and all its parts, at any depth, in the order of the text."""
    todo = [expression]
    while todo:
        node = todo.pop()
        yield node
        todo += node.parts[::-1]


def may_warn(expression: Expression) -> bool:
    """Whether it may meet numbers at half a modulus, of which neither is less."""
    compares = isinstance(expression, Comparison) and expression.modulus is not None
    return compares or isinstance(expression, Extremum) or any(map(may_warn, expression.parts))


def outputs_in(expression: Expression) -> set[int]:
    """The outputs of its machine that an expression asks about."""
    return {part.output for part in within(expression) if isinstance(part, OfOutput)}


def number(value: int) -> Literal:
    return Literal(value, type=NUMBER)


def truth(value: bool) -> Literal:
    return Literal(value)
