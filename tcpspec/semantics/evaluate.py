"""Expressions to values: each node becomes a small function of what it is asked about.

That is a ``LocalView`` for an expression in a machine and a ``GlobalState`` for one in a system.
"""

import operator
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

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
    Question,
    ReceivedField,
    ReceivedIs,
)
from tcpspec.model.types import ModType, ValueT, compare, extremum
from tcpspec.semantics.state import Packet

Function = Callable[[Any], Any]


class LocalView(NamedTuple):
    """What an instance sees: itself, the packet that it is offered, how full its outputs are."""

    values: Sequence[ValueT]
    arguments: tuple[ValueT, ...]
    packet: Packet | None
    counts: tuple[int, ...]


class Evaluator:
    """Makes functions of expressions.

    ``capacities`` are those of the channels that questions are about, by position: a system's
    channels, or a machine's outputs. Comparisons that meet a distance of half the modulus are
    noted in ``half_way``.
    """

    def __init__(self, capacities: Sequence[int], half_way: set[Expression]) -> None:
        self._capacities = capacities
        self._half_way = half_way

    def function(self, expression: Expression) -> Function:
        """The expression as a function of a view or a state."""
        match expression:
            case Literal(value):
                return lambda _: value
            case OwnVariable(slot):
                return lambda view: view.values[slot]
            case Parameter(slot):
                return lambda view: view.arguments[slot]
            case ReceivedField(slot):
                return lambda view: view.packet.values[slot]
            case ReceivedIs(messages):
                return lambda view: view.packet.name in messages
            case InstanceVariable(instance, slot):
                return lambda state: state.locals[instance].values[slot]
            case InstanceIn(instance, states):
                return lambda state: state.locals[instance].state in states
            case OfOutput(question, output):
                reply = answer(question, self._capacities[output])
                return lambda view: reply(view.counts[output])
            case OfChannel(question, channel):
                reply = answer(question, self._capacities[channel])
                return lambda state: reply(len(state.channels[channel]))
            case InChannel():
                return self._in_channel(expression)
            case Arithmetic():
                return self._arithmetic(expression)
            case Extremum():
                return self._extremum(expression)
            case Comparison():
                return self._comparison(expression)
            case Among(operand, values):
                chosen = self.function(operand)
                return lambda view: chosen(view) in values
            case Not(operand):
                inner = self.function(operand)
                return lambda view: not inner(view)
            case Logic():
                return self._logic(expression)
        raise TypeError(expression)

    def _logic(self, node: Logic) -> Function:
        left, right = self.function(node.left), self.function(node.right)
        match node.operator:
            case "and":
                return lambda view: left(view) and right(view)
            case "or":
                return lambda view: left(view) or right(view)
        return lambda view: not left(view) or right(view)

    def _arithmetic(self, node: Arithmetic) -> Function:
        left, right = self.function(node.left), self.function(node.right)
        apply = {"+": operator.add, "-": operator.sub, "*": operator.mul}[node.operator]
        modulus = node.type.modulus if isinstance(node.type, ModType) else node.distance
        if modulus is None:
            return lambda view: apply(left(view), right(view))
        return lambda view: apply(left(view), right(view)) % modulus

    def _extremum(self, node: Extremum) -> Function:
        left, right = self.function(node.left), self.function(node.right)
        modulus = node.type.modulus if isinstance(node.type, ModType) else None

        def choose(view: Any) -> Any:
            a, b = left(view), right(view)
            self._note_half_way(node, a, b, modulus)
            return extremum(node.function, a, b, modulus)

        return choose

    def _comparison(self, node: Comparison) -> Function:
        operands = [self.function(operand) for operand in node.operands]
        tests = [self._relation(symbol, node) for symbol in node.operators]
        if len(tests) == 1:
            left, right, test = operands[0], operands[1], tests[0]
            return lambda view: test(left(view), right(view))

        def chain(view: Any) -> bool:
            values = [operand(view) for operand in operands]
            return all(test(values[i], values[i + 1]) for i, test in enumerate(tests))

        return chain

    def _relation(self, symbol: str, node: Comparison) -> Callable[[Any, Any], bool]:
        if symbol in ("==", "!="):
            return operator.eq if symbol == "==" else operator.ne
        modulus = node.modulus

        def test(a: Any, b: Any) -> bool:
            self._note_half_way(node, a, b, modulus)
            return compare(a, symbol, b, modulus)

        return test

    def _note_half_way(self, node: Expression, a: Any, b: Any, modulus: int | None) -> None:
        if modulus is not None and 2 * ((b - a) % modulus) == modulus:
            self._half_way.add(node)

    def _in_channel(self, node: InChannel) -> Function:
        pattern = [(slot, self.function(value)) for slot, value in node.pattern]

        def found(state: Any) -> bool:
            wanted = [(slot, value(state)) for slot, value in pattern]
            return any(
                packet.name == node.message and all(packet.values[s] == v for s, v in wanted)
                for packet in state.channels[node.channel]
            )

        return found


def answer(question: Question, capacity: int) -> Callable[[int], ValueT]:
    """What a question to a channel says, as a function of how many packets are in it."""
    match question:
        case "count":
            return lambda count: count
        case "empty":
            return lambda count: count == 0
    return lambda count: count >= capacity
