r"""Expressions of the language in TLA+.

In a machine they speak of the instance ``self`` and of the message ``m`` that it is offered; in a
system, of instances by name. TLA+ refuses much of what elsewhere is left to precedence, so
parentheses stand wherever a reader might have to think.
"""

from collections.abc import Iterator
from enum import IntEnum

from tcpspec.export.effects import Chosen
from tcpspec.export.tla.layout import WIDTH, Lines, enclosed, listed, one_of, strings, wrapped
from tcpspec.export.tla.naming import Naming
from tcpspec.export.tla.words import string
from tcpspec.model.expressions import (
    Among,
    Arithmetic,
    Comparison,
    Expression,
    Extremum,
    InChannel,
    InstanceIn,
    InstanceVariable,
    Literal,
    Logic,
    Not,
    OfChannel,
    OfOutput,
    OwnVariable,
    Parameter,
    ReceivedField,
    ReceivedIs,
)
from tcpspec.model.model import Field, Machine, Message
from tcpspec.model.types import BoolType, EnumType, ModType, RangeType, Type, ValueT


class Binding(IntEnum):
    """How tightly an expression holds together; only a tighter one stands in another bare."""

    LOOSE = 0
    AND = 1
    OR = 2
    RELATION = 3
    SUM = 4
    ATOM = 5


_RELATIONS = {"==": "=", "!=": "#", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_LOGIC = {"and": (Binding.AND, "/\\"), "or": (Binding.OR, "\\/")}


def value(constant: ValueT) -> str:
    """A value as TLA+ writes it."""
    if isinstance(constant, bool):
        return "TRUE" if constant else "FALSE"
    if isinstance(constant, str):
        return string(constant)
    return str(constant) if constant >= 0 else f"({constant})"


def values(type_: Type) -> str:
    """The set of a type's values."""
    match type_:
        case BoolType():
            return "BOOLEAN"
        case RangeType(low, high):
            return f"{value(low)}..{value(high)}"
        case ModType(modulus):
            return f"0..{modulus - 1}"
        case EnumType(names):
            return strings(names)
    raise TypeError(type_)


class Expressions:
    """Expressions of one machine, or, without a machine, predicates of the system."""

    def __init__(self, naming: Naming, machine: Machine | None, messages: tuple[str, ...] = ()):
        self._naming = naming
        self._machine = machine
        self._messages = messages
        """The names that the message being received may have."""
        self._bound = 0

    def text(self, expression: Expression, least: Binding = Binding.LOOSE) -> str:
        """The expression, in parentheses if it holds together less than it must."""
        text, binding = self._form(expression)
        return text if binding >= least else f"({text})"

    def lines(self, expression: Expression, width: int = WIDTH - 10) -> Lines:
        """The expression, over several lines where it is long."""
        text = self.text(expression)
        if len(text) <= width:
            return [text]
        match expression:
            case Not(operand):
                inner = self.lines(operand, width - 3)
                return enclosed("~(", inner) if len(inner) > 1 else [text]
            case Logic("implies", left, right):
                premise = self._enclosed(left, width - 3)
                return [*premise, *_behind("=> ", self._enclosed(right, width - 4))]
            case Logic(operator):
                sides = [self.lines(side, width - 3) for side in _flattened(expression)]
                return listed(sides, _LOGIC[operator][1])
            case Comparison(operators=[_, _, *_]):
                return listed(self._pairs(expression))
        return [text]

    def _enclosed(self, side: Expression, width: int) -> Lines:
        """A side of an implication."""
        lines = self.lines(side, width)
        if len(lines) == 1:
            return [self.text(side, Binding.RELATION)]
        return enclosed("(", lines)

    def conjunct_lines(self, expression: Expression, width: int) -> Lines:
        """The expression as one of several under each other."""
        lines = self.lines(expression, width)
        return [self.conjunct(expression)] if len(lines) == 1 else lines

    def conjunct(self, expression: Expression) -> str:
        r"""The expression as one of several that are joined by ``/\\``."""
        return self._side(expression, Binding.AND)

    def _form(self, node: Expression) -> tuple[str, Binding]:
        match node:
            case Literal(constant):
                return value(constant), Binding.ATOM
            case Chosen(number):
                return f"any{number}", Binding.ATOM
            case OwnVariable() | Parameter() | InstanceVariable():
                return self._variable(node), Binding.ATOM
            case ReceivedField(slot):
                return f"m.{self._field(slot)}", Binding.ATOM
            case ReceivedIs(messages):
                return one_of("m.name", sorted(messages)), Binding.RELATION
            case InstanceIn(instance, states):
                name = string(self._naming.system.instances[instance].name)
                return one_of(f"state[{name}]", sorted(states)), Binding.RELATION
            case OfOutput(question, output):
                return self._question(question, self.channel(output))
            case OfChannel(question, number):
                name = string(self._naming.system.channels[number].name)
                return self._question(question, name)
            case InChannel():
                return self._in_channel(node)
            case Arithmetic():
                return self._arithmetic(node)
            case Extremum():
                return self._extremum(node), Binding.ATOM
            case Comparison():
                return self._comparison(node)
            case Among(operand, names):
                inner = self.text(operand, Binding.SUM)
                return one_of(inner, sorted(names)), Binding.RELATION
            case Not(operand):
                return f"~{self.text(operand, Binding.ATOM)}", Binding.RELATION
            case Logic():
                return self._logic(node)
        raise TypeError(node)

    def channel(self, output: int) -> str:
        """The channel that an output of ``self`` leads into."""
        assert self._machine is not None
        out = self._naming.out(self._machine)
        ports = self._machine.ports
        return f"{out}[self, {string(ports[output])}]" if ports else f"{out}[self]"

    def _variable(self, node: OwnVariable | Parameter | InstanceVariable) -> str:
        naming = self._naming
        if isinstance(node, InstanceVariable):
            owner = naming.system.instances[node.instance]
            return f"{naming.variable(owner.machine, node.slot)}[{string(owner.name)}]"
        assert self._machine is not None
        name = naming.variable if isinstance(node, OwnVariable) else naming.parameter
        return f"{name(self._machine, node.slot)}[self]"

    def _field(self, slot: int) -> str:
        return self._naming.field(self._message(self._messages[0]).fields[slot])

    def _message(self, name: str) -> Message:
        return self._naming.system.messages[name]

    def _question(self, question: str, channel: str) -> tuple[str, Binding]:
        count = f"Size(network, {channel})"
        if question == "count":
            return count, Binding.ATOM
        if question == "empty":
            return f"{count} = 0", Binding.RELATION
        return f"{count} >= Capacity[{channel}]", Binding.RELATION

    def _in_channel(self, node: InChannel) -> tuple[str, Binding]:
        """A pattern may ask about another channel: each bound message has a name of its own."""
        self._bound += 1
        m = "m" * self._bound
        fields = self._message(node.message).fields
        wanted = [f"{m}.name = {string(node.message)}"]
        wanted += [
            f"{m}.{self._naming.field(fields[slot])} = {self.text(wish, Binding.SUM)}"
            for slot, wish in node.pattern
        ]
        self._bound -= 1
        channel = string(self._naming.system.channels[node.channel].name)
        pattern = " /\\ ".join(wanted)
        return f"\\E {m} \\in Contents({channel}) : {pattern}", Binding.LOOSE

    def _arithmetic(self, node: Arithmetic) -> tuple[str, Binding]:
        modulus = node.type.modulus if isinstance(node.type, ModType) else node.distance
        bare = self._wraps_only(node)
        left, right = self.text(node.left, Binding.ATOM), self.text(node.right, Binding.ATOM)
        inner = left if bare else f"{left} {node.operator} {right}"
        if modulus is None:
            return inner, Binding.SUM
        return f"{inner if bare else f'({inner})'} % {modulus}", Binding.SUM

    def _wraps_only(self, node: Arithmetic) -> bool:
        """``n + 0`` modulo N, which is how a plain number is made to wrap."""
        zero = isinstance(node.right, Literal) and node.right.value == 0
        return zero and node.operator == "+" and isinstance(node.type, ModType)

    def _extremum(self, node: Extremum) -> str:
        both = f"{self.text(node.left)}, {self.text(node.right)}"
        if isinstance(node.type, ModType):
            operator = "LaterOf" if node.function == "max" else "EarlierOf"
            return f"{operator}({both}, {node.type.modulus})"
        return f"{'Max' if node.function == 'max' else 'Min'}({both})"

    def _comparison(self, node: Comparison) -> tuple[str, Binding]:
        pairs = self._pairs(node)
        return " /\\ ".join(pairs), Binding.RELATION if len(pairs) == 1 else Binding.AND

    def _pairs(self, node: Comparison) -> list[str]:
        """Each two neighbours of a chain, compared."""
        return [
            self._relation(node, left, symbol, right)
            for left, symbol, right in zip(
                node.operands, node.operators, node.operands[1:], strict=False
            )
        ]

    def _relation(self, node: Comparison, left: Expression, symbol: str, right: Expression) -> str:
        if node.modulus is None or symbol in ("==", "!="):
            a, b = self.text(left, Binding.SUM), self.text(right, Binding.SUM)
            return f"{a} {_RELATIONS[symbol]} {b}"
        a, b = self.text(left), self.text(right)
        first, second = (a, b) if symbol in ("<", "<=") else (b, a)
        operator = "Before" if symbol in ("<", ">") else "NotAfter"
        return f"{operator}({first}, {second}, {node.modulus})"

    def _logic(self, node: Logic) -> tuple[str, Binding]:
        if node.operator == "implies":
            left, right = (
                self.text(node.left, Binding.RELATION),
                self.text(node.right, Binding.RELATION),
            )
            return f"{left} => {right}", Binding.LOOSE
        binding, sign = _LOGIC[node.operator]
        return f" {sign} ".join(
            self._side(side, binding) for side in (node.left, node.right)
        ), binding

    def _side(self, side: Expression, around: Binding) -> str:
        """Conjuncts of conjuncts need no parentheses, and so with disjuncts; all else does."""
        text, binding = self._form(side)
        return text if binding is around or binding >= Binding.RELATION else f"({text})"

    def range_test(self, tested: Expression, type_: RangeType) -> str:
        """That a value leaves its range."""
        return f"{self.text(tested, Binding.SUM)} \\notin {values(type_)}"

    def record(self, message: str, contents: tuple[str, ...]) -> Lines:
        """A message, with what is in its fields."""
        fields = self._message(message).fields
        return record(self._naming, message, fields, contents)


def _behind(before: str, lines: Lines) -> Lines:
    """Lines, the first of which stands behind something."""
    return [before + lines[0], *(" " * len(before) + line for line in lines[1:])]


def _flattened(node: Logic) -> Iterator[Expression]:
    """What ``and``, or ``or``, joins, at any depth."""
    for side in (node.left, node.right):
        if isinstance(side, Logic) and side.operator == node.operator:
            yield from _flattened(side)
        else:
            yield side


def record(
    naming: Naming, message: str, fields: tuple[Field, ...], contents: tuple[str, ...]
) -> Lines:
    """A message as a record."""
    named = [f"name |-> {string(message)}"]
    named += [
        f"{naming.field(field)} |-> {content}"
        for field, content in zip(fields, contents, strict=True)
    ]
    return wrapped("[", named, "]", 74)
