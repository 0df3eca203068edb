"""What a written line does, as expressions over the state before it.

The interpreter carries actions out one after the other; languages in which a step is a relation
between the state before and the state after want to know at once what each variable will be.
``effect`` puts into each action what those before it assigned, so that everything that is written
speaks of the values before the step. A line without ``any`` has one effect as well as one with:
``any`` becomes a ``Chosen`` value, to be quantified over.

A step can end in an error (a value out of its range, or a full channel). What comes first in the
order of the actions decides; ``RangeTest.after_sends`` says where a test stands among the sends.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tcpspec.export.bounds import lies_within
from tcpspec.export.exported import Refused
from tcpspec.model.expressions import (
    Among,
    AnyOf,
    Arithmetic,
    Comparison,
    Expression,
    Extremum,
    InChannel,
    Logic,
    Not,
    OwnVariable,
)
from tcpspec.model.model import Assign, Machine, Reset, Send, Transition
from tcpspec.model.types import RangeType, Type
from tcpspec.record import replace

MAX_PARTS, MAX_DEPTH = 20_000, 150
"""How large and how deeply nested an expression may be: actions like ``x := x + x``, one after the
other, double it each time.
"""


class Chosen(Expression):
    """The value that the number-th ``any`` of a line took, counted from 0."""

    number: int


@dataclass(frozen=True, slots=True)
class Sent:
    """One send: the output it goes to, and the value of each field of its group."""

    output: int
    message: str
    values: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class RangeTest:
    """A value that may leave its range. The run ends if it does and no error came before it.

    ``after_sends`` of the line's sends are tried before.
    """

    value: Expression
    type: RangeType
    after_sends: int


@dataclass(frozen=True, slots=True)
class Effect:
    """What a line does when nothing goes wrong, and what can go wrong.

    ``values`` has, by slot, only the variables that may change.
    """

    choices: tuple[Type, ...]
    values: Mapping[int, Expression]
    sends: tuple[Sent, ...]
    tests: tuple[RangeTest, ...]


def effect(transition: Transition, machine: Machine) -> Effect:
    """The effect of a line; everything in it speaks of the state before the step.

    Raises Refused where that would be longer than anybody could read.
    """
    return _Actions(machine).run(transition)


class _Actions:
    """The actions so far."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._values: dict[int, Expression] = {}
        self._measures: dict[int, tuple[int, int]] = {}
        """Of how many parts the values consist, and how deeply they are nested."""
        self._choices: list[Type] = []
        self._sends: list[Sent] = []
        self._tests: list[RangeTest] = []

    def run(self, transition: Transition) -> Effect:
        for action in transition.actions:
            match action:
                case Reset():
                    self._reset()
                case Assign():
                    value = self._value(action.value)
                    self._test(value, action.type)
                    self._measures[action.slot] = self._measure(action.value)
                    self._values[action.slot] = value
                case Send():
                    self._send(action)
        kept = {slot: value for slot, value in self._values.items() if not self._stays(slot, value)}
        return Effect(tuple(self._choices), kept, tuple(self._sends), tuple(self._tests))

    def _reset(self) -> None:
        for slot, variable in enumerate(self._machine.variables):
            if not variable.persistent:
                self._values[slot] = variable.initial
                self._measures.pop(slot, None)

    def _send(self, action: Send) -> None:
        values = []
        for value, field in zip(action.values, action.fields, strict=True):
            values.append(self._value(value))
            self._test(values[-1], field.type)
        self._sends.append(Sent(action.output, action.message, tuple(values)))

    def _value(self, expression: Expression) -> Expression:
        if isinstance(expression, AnyOf):
            self._choices.append(expression.type)
            return Chosen(len(self._choices) - 1, type=expression.type)
        size, depth = self._measure(expression)
        if size > MAX_PARTS or depth > MAX_DEPTH:
            raise Refused(f"the actions before it make `{expression.text}` too long")
        return substitute(expression, self._values)

    def _measure(self, expression: Expression) -> tuple[int, int]:
        """Size and depth of an expression, when what was assigned before is put in."""
        if isinstance(expression, OwnVariable):
            return self._measures.get(expression.slot, (1, 1))
        measures = [self._measure(part) for part in expression.parts]
        sizes, depths = [size for size, _ in measures], [depth for _, depth in measures]
        return 1 + sum(sizes), 1 + max(depths, default=0)

    def _test(self, value: Expression, type_: Type) -> None:
        if isinstance(type_, RangeType) and not lies_within(value, type_.low, type_.high):
            self._tests.append(RangeTest(value, type_, len(self._sends)))

    def _stays(self, slot: int, value: Expression) -> bool:
        return isinstance(value, OwnVariable) and value.slot == slot


def substitute(expression: Expression, values: Mapping[int, Expression]) -> Expression:
    """The expression with other values for the machine's own variables, by slot."""
    if not values:
        return expression
    match expression:
        case OwnVariable(slot):
            return values.get(slot, expression)
        case Arithmetic() | Extremum() | Logic():
            return replace(
                expression,
                left=substitute(expression.left, values),
                right=substitute(expression.right, values),
            )
        case Comparison():
            operands = tuple(substitute(operand, values) for operand in expression.operands)
            return replace(expression, operands=operands)
        case Not() | Among():
            return replace(expression, operand=substitute(expression.operand, values))
        case InChannel():
            pattern = tuple((slot, substitute(v, values)) for slot, v in expression.pattern)
            return replace(expression, pattern=pattern)
    return expression
