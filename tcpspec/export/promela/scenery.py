"""What expressions mean in each place of an export: in a process, in a check, behind a step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tcpspec.export.effects import Chosen
from tcpspec.export.promela.naming import Naming
from tcpspec.export.promela.terms import literal, one_of, term
from tcpspec.export.promela.text import (
    EQUAL,
    ORDER,
    TRUE,
    Term,
    either,
)
from tcpspec.export.promela.wiring import Way, Wiring
from tcpspec.model.expressions import (
    Expression,
    InChannel,
    InstanceIn,
    InstanceVariable,
    Literal,
    OfChannel,
    OfOutput,
    OwnVariable,
    Parameter,
    Question,
    ReceivedField,
    ReceivedIs,
)
from tcpspec.model.model import Machine
from tcpspec.model.types import ValueT


def amount(way: Way, place: str) -> str:
    """How many messages a channel holds."""
    return f"{place}.count" if way.slots else f"len({place}.q)"


def _answer(question: Question, count: str, capacity: str) -> Term:
    match question:
        case "count":
            return Term(count)
        case "empty":
            return Term(f"{count} == 0", EQUAL)
    return Term(f"{count} >= {capacity}", ORDER)


def value_of(value: ValueT, naming: Naming) -> Term:
    return Term(naming.value(value)) if isinstance(value, str) else literal(value)


@dataclass(frozen=True)
class InMachine:
    """A line of a machine: its own variables, the message, how full its outputs are.

    ``outputs`` are the places of the outputs; ``counts`` how full they are, where that must be kept
    from before the step; ``choices`` the values of ``any``.
    """

    naming: Naming
    machine: Machine
    ways: Sequence[Way | None]
    outputs: Sequence[str]
    message: str = "msg"
    counts: Mapping[int, str] = field(default_factory=dict)
    choices: Sequence[ValueT] = ()

    def value(self, value: ValueT) -> Term:
        return value_of(value, self.naming)

    def leaf(self, expression: Expression) -> Term:
        match expression:
            case OwnVariable(_, name):
                return Term(f"my.{self.naming.variable(name)}")
            case Parameter(_, name):
                return Term(f"my.{self.naming.parameter(name)}")
            case ReceivedField(_, name):
                field_name = name.partition(".")[2]  # the name begins with that of the group
                return Term(f"{self.message}.{self.naming.field(field_name, expression.type)}")
            case ReceivedIs(messages):
                names = [self.naming.message(m.name) for m in self.naming.messages]
                wanted = [self.naming.message(name) for name in messages]
                return one_of(Term(f"{self.message}.name"), [n for n in names if n in wanted])
            case Chosen(number):
                return self.value(self.choices[number])
            case OfOutput(question, output):
                return self._of_output(question, output)
        raise TypeError(expression)

    def _of_output(self, question: Question, output: int) -> Term:
        way = self.ways[output]
        assert way is not None  # systems are wired when they are built
        count = self.counts.get(output) or amount(way, self.outputs[output])
        return _answer(question, count, way.room(self.outputs[output]))


@dataclass(frozen=True)
class InSystem:
    """A predicate: all instances and channels, by their names."""

    naming: Naming
    wiring: Wiring

    def value(self, value: ValueT) -> Term:
        return value_of(value, self.naming)

    def leaf(self, expression: Expression) -> Term:
        match expression:
            case InstanceVariable(instance, slot):
                name = self.wiring.system.instances[instance].machine.variables[slot].name
                return Term(f"{self.naming.instance(instance)}.{self.naming.variable(name)}")
            case InstanceIn(instance, states):
                return self.state(instance, states)
            case OfChannel(question, channel):
                way = self.wiring.ways[channel]
                place = self.naming.channel(channel)
                return _answer(question, amount(way, place), way.room(place))
            case InChannel():
                return self._in_channel(expression)
        raise TypeError(expression)

    def state(self, instance: int, states: frozenset[str]) -> Term:
        """An instance is in one of these states."""
        machine = self.wiring.system.instances[instance].machine
        names = [self.naming.state(s.name) for s in machine.states if s.name in states]
        if len(names) == len(machine.states):
            return TRUE
        return one_of(Term(f"{self.naming.instance(instance)}.state"), names)

    def _in_channel(self, node: InChannel) -> Term:
        place, way = self.naming.channel(node.channel), self.wiring.ways[node.channel]
        message = self.wiring.system.messages[node.message]
        wanted = {
            self.naming.field(message.fields[slot].name, message.fields[slot].type): (
                _poll_value(value, self)
            )
            for slot, value in node.pattern
        }
        name = self.naming.message(node.message)
        if not way.slots:
            fields = [wanted.get(field, ("_", ""))[0] for field in field_names(self.naming)]
            return Term(f"{place}.q??[{','.join([name, *fields])}]")
        return either(
            *(
                _slot_is(f"{place}.slot[{position}]", name, wanted)
                for position in range(way.capacity)
            )
        )


def _poll_value(value: Expression, leaves: InSystem) -> tuple[str, str]:
    """A value as a poll of a channel asks for it, and as it is."""
    found = term(value, leaves)
    plain = isinstance(value, Literal)
    return found.text if plain else f"eval({found.text})", found.within(ORDER)


def _slot_is(slot: str, name: str, wanted: Mapping[str, tuple[str, str]]) -> Term:
    tests = [f"{slot}.name == {name}"]
    tests += [f"{slot}.{field} == {value}" for field, (_, value) in wanted.items()]
    return Term(f"({' && '.join(tests)})")


def field_names(naming: Naming) -> list[str]:
    """The fields that a message has beside its name."""
    return list(
        dict.fromkeys(
            naming.field(field.name, field.type)
            for message in naming.messages
            for field in message.fields
        )
    )


def all_field_values(naming: Naming, given: Mapping[str, str]) -> dict[str, str]:
    """A value for each field that messages have; 0 for one that this message does not have."""
    return {field: given.get(field, "0") for field in field_names(naming)}
