"""Resolved expressions: every name is bound, every node knows its type.

An expression stands in a machine (it sees the machine's variables and parameters, the message
being received, and its outgoing side) or in a system (it sees all instances and channels).
Numbers of instances, slots, channels and outputs are positions in the model's tuples.
"""

from dataclasses import dataclass, field
from typing import Literal as OneOf
from typing import TypeAlias

from tcpspec.model.types import BOOL, NUMBER, Type, ValueT
from tcpspec.source import Span

Question: TypeAlias = OneOf["empty", "full", "count"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    type: Type = BOOL
    span: Span | None = field(default=None, compare=False, repr=False)

    @property
    def text(self) -> str:
        """The expression as written."""
        return self.span.text if self.span else ""


@dataclass(frozen=True, slots=True)
class Literal(Expression):
    value: ValueT


@dataclass(frozen=True, slots=True)
class OwnVariable(Expression):
    slot: int
    name: str


@dataclass(frozen=True, slots=True)
class Parameter(Expression):
    slot: int
    name: str


@dataclass(frozen=True, slots=True)
class ReceivedField(Expression):
    slot: int
    name: str


@dataclass(frozen=True, slots=True)
class ReceivedIs(Expression):
    """The message being received has one of these names."""

    messages: frozenset[str]


@dataclass(frozen=True, slots=True)
class OfOutput(Expression):
    """A question to one of the machine's outgoing channels."""

    question: Question
    output: int


@dataclass(frozen=True, slots=True)
class InstanceVariable(Expression):
    instance: int
    slot: int
    name: str


@dataclass(frozen=True, slots=True)
class InstanceIn(Expression):
    instance: int
    states: frozenset[str]


@dataclass(frozen=True, slots=True)
class OfChannel(Expression):
    question: Question
    channel: int


@dataclass(frozen=True, slots=True)
class InChannel(Expression):
    """A message of this name, with these values where they are given, is on its way."""

    channel: int
    message: str
    pattern: tuple[tuple[int, Expression], ...]


@dataclass(frozen=True, slots=True)
class Arithmetic(Expression):
    """On plain numbers; wrapped if ``type`` has a modulus; with ``distance`` N, (a - b) mod N."""

    operator: OneOf["+", "-", "*"]
    left: Expression
    right: Expression
    distance: int | None = None


@dataclass(frozen=True, slots=True)
class Extremum(Expression):
    function: OneOf["max", "min"]
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Comparison(Expression):
    """Chained or not; with a modulus, ``<`` and its kind mean serial-number order (RFC 1982)."""

    operands: tuple[Expression, ...]
    operators: tuple[str, ...]
    modulus: int | None = None


@dataclass(frozen=True, slots=True)
class Not(Expression):
    operand: Expression


@dataclass(frozen=True, slots=True)
class Logic(Expression):
    operator: OneOf["and", "or", "implies"]
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class AnyOf(Expression):
    """``any`` as a value: one step for each value of ``type``. Only at the top of a value."""


def parts(expression: Expression) -> tuple[Expression, ...]:
    """The direct parts of an expression."""
    match expression:
        case Arithmetic() | Extremum() | Logic():
            return (expression.left, expression.right)
        case Comparison():
            return expression.operands
        case Not():
            return (expression.operand,)
        case InChannel():
            return tuple(value for _, value in expression.pattern)
    return ()


def number(value: int) -> Literal:
    return Literal(value, type=NUMBER)


def truth(value: bool) -> Literal:
    return Literal(value)
