"""Types and expressions as JSON: names instead of positions, and a ``kind`` in every object.

What an operator does with numbers modulo N stands beside it as ``modulus``, and null means plain
numbers: arithmetic is taken modulo N, ``<`` and its kind, ``max`` and ``min`` follow the
serial-number order of RFC 1982.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from tcpspec.model.expressions import (
    Among,
    AnyOf,
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
from tcpspec.model.model import Message
from tcpspec.model.types import BoolType, EnumType, ModType, NumberType, RangeType, Type

Object: TypeAlias = dict[str, Any]


def type_object(type_: Type) -> Object:
    match type_:
        case BoolType():
            return {"kind": "bool"}
        case RangeType(low, high):
            return {"kind": "range", "low": low, "high": high}
        case ModType(modulus):
            return {"kind": "mod", "modulus": modulus}
        case EnumType(values):
            return {"kind": "enum", "values": list(values)}
        case NumberType():
            return {"kind": "number"}


@dataclass(frozen=True, slots=True)
class Scope:
    """The names of what expressions give by position: outputs in a machine, the rest in a system.

    A machine without ports has one output, which has no name.
    """

    messages: Mapping[str, Message]
    outputs: Sequence[str | None] = (None,)
    instances: Sequence[str] = ()
    channels: Sequence[str] = ()

    def expression(self, node: Expression) -> Object:
        """An expression with all its parts."""
        match node:
            case Literal(value):
                return {"kind": "literal", "value": value}
            case OwnVariable(_, name):
                return {"kind": "variable", "name": name}
            case Parameter(_, name):
                return {"kind": "parameter", "name": name}
            case ReceivedField(_, name):
                group, _, field = name.partition(".")
                return {"kind": "received field", "group": group, "field": field}
            case ReceivedIs(messages):
                return {"kind": "received message", "messages": sorted(messages)}
            case AnyOf():
                return {"kind": "any", "type": type_object(node.type)}
        return self._of_network(node) or self._operation(node)

    def _of_network(self, node: Expression) -> Object | None:
        match node:
            case OfOutput(question, output):
                return {"kind": "output", "question": question, "port": self.outputs[output]}
            case InstanceVariable(name=name):
                instance, _, variable = name.partition(".")
                return {"kind": "instance variable", "instance": instance, "name": variable}
            case InstanceIn(number, states):
                instance = self.instances[number]
                return {"kind": "instance state", "instance": instance, "states": sorted(states)}
            case OfChannel(question, number):
                channel = self.channels[number]
                return {"kind": "channel", "question": question, "channel": channel}
            case InChannel():
                return self._in_channel(node)
        return None

    def _in_channel(self, node: InChannel) -> Object:
        fields = self.messages[node.message].fields
        return {
            "kind": "message in channel",
            "channel": self.channels[node.channel],
            "message": node.message,
            "fields": {fields[slot].name: self.expression(value) for slot, value in node.pattern},
        }

    def _operation(self, node: Expression) -> Object:
        match node:
            case Not(operand):
                return {"kind": "not", "operand": self.expression(operand)}
            case Among(operand, values):
                inner = self.expression(operand)
                return {"kind": "among", "operand": inner, "values": sorted(values)}
            case Comparison():
                return self._comparison(node)
            case Logic():
                return {"kind": "logic", "operator": node.operator} | self._sides(node)
            case Arithmetic():
                modulus = node.distance if node.distance is not None else _modulus(node.type)
                own = {"kind": "arithmetic", "operator": node.operator, "modulus": modulus}
                return own | self._sides(node)
            case Extremum():
                modulus = _modulus(node.type)
                own = {"kind": "extremum", "function": node.function, "modulus": modulus}
                return own | self._sides(node)
        raise TypeError(node)

    def _sides(self, node: Logic | Arithmetic | Extremum) -> Object:
        return {"left": self.expression(node.left), "right": self.expression(node.right)}

    def _comparison(self, node: Comparison) -> Object:
        """Chained where there are more than two operands."""
        return {
            "kind": "comparison",
            "operators": list(node.operators),
            "operands": [self.expression(operand) for operand in node.operands],
            "modulus": node.modulus,
        }


def _modulus(type_: Type) -> int | None:
    return type_.modulus if isinstance(type_, ModType) else None
