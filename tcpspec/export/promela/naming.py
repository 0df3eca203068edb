"""What everything in a system is called in Promela, in C, and in the numbers of lines."""

import re
from collections.abc import Iterator
from pathlib import PurePath

from tcpspec.export.names import Names
from tcpspec.export.promela.words import LIBRARY, RESERVED, RESERVED_STARTS
from tcpspec.model.model import (
    Check,
    Claim,
    Field,
    Kind,
    Machine,
    Message,
    Specification,
    System,
    Transition,
)
from tcpspec.model.types import EnumType, Type
from tcpspec.source import Span

_RFC = re.compile(r"(SND|RCV|SEG)\.[A-Z0-9]+|ISS|IRS")
"""Names of RFC 9293 that are kept as they are: they are no macros of C."""


class Naming:
    """The names of one system. All of them are different, since macros know no namespaces."""

    def __init__(self, specification: Specification, system: System) -> None:
        self.system = system
        self._file = specification.path
        self.machines = tuple(dict.fromkeys(i.machine for i in system.instances))
        self.messages = tuple(system.messages.values())
        self.checks = [c for c in specification.checks if system.name in c.systems]
        self._names = Names(RESERVED, fold=False, underscore=True, starts=RESERVED_STARTS)
        self._name_constants()
        self._name_parts()
        self.line = _line_numbers(self.machines)

    def _name_constants(self) -> None:
        """States, messages and values of enums: they stay in the Promela text, as written."""
        for name in self.state_names:
            self._names.add(("state", name), name)
        for message in self.messages:
            self._names.add(("message", message.name), message.name)
        for value in self.enum_values:
            self._names.add(("value", value), value)
        for name in self.state_names:
            self._names.add(("label", name, False), f"at_{name}")
            self._names.add(("label", name, True), f"end_{name}")

    def _name_parts(self) -> None:
        """What reaches C is in small letters."""
        system = self.system
        for number, instance in enumerate(system.instances):
            self._names.add(("instance", number), instance.name)
        for number, channel in enumerate(system.channels):
            ends = channel.name.replace("->", "to")
            self._names.add(("channel", number), ends.lower())
        for machine in self.machines:
            self._name_machine(machine)
        for message in self.messages:
            for field in message.fields:
                self._name_field(field)
        self.overflow = self._names.add(("overflow",), "no_overflow")
        self.in_range = self._names.add(("in range",), "values_stay_in_range")
        for check in self.checks:
            if is_watched(check) or check.claim is Claim.ALWAYS_POSSIBLE:
                self._name_variable(("check", check), check.name.lower())

    def _name_machine(self, machine: Machine) -> None:
        self._names.add(("process", machine), machine.name)
        self._names.add(("data", machine), f"{machine.name}_data".capitalize())
        self._name_variable(("array", machine), machine.name.lower())
        for variable in machine.variables:
            self._add(("variable", variable.name), variable.name)
        for parameter in machine.parameters:
            self._add(("parameter", parameter.name), parameter.name)
        for transition in machine.transitions:
            for event in transition.events if transition.kind is Kind.CALL else ():
                self._add(("call", event), f"may_{event}")

    def _name_variable(self, key: tuple[object, ...], wanted: str) -> None:
        """A variable outside of all processes is one of C, beside the functions of its library."""
        self._names.add(key, wanted, LIBRARY)

    def _name_field(self, field: Field) -> None:
        """Fields of messages and variables are members of different things."""
        key, variable = ("field", *field_key(field.name, field.type)), ("variable", field.name)
        alike = [("field", field.name, kind) for kind in ("enum", "number")]
        if variable in self._names and not any(other in self._names for other in alike):
            self._names.share(key, variable)
        else:
            self._add(key, field.name)

    def _add(self, key: tuple[str, ...], wanted: str) -> None:
        if key not in self._names:
            self._names.add(key, wanted if _RFC.fullmatch(wanted) else wanted.lower())

    def add(self, key: tuple[object, ...], wanted: str) -> str:
        """A name for something of the export's own, the same each time it is asked for."""
        return self._names[key] if key in self._names else self._names.add(key, wanted)

    @property
    def state_names(self) -> list[str]:
        return list(dict.fromkeys(s.name for machine in self.machines for s in machine.states))

    @property
    def enum_values(self) -> list[str]:
        values: dict[str, None] = {}
        for type_ in self._types():
            if isinstance(type_, EnumType):
                values.update(dict.fromkeys(type_.values))
        return list(values)

    def _types(self) -> Iterator[Type]:
        for machine in self.machines:
            yield from (variable.type for variable in machine.variables)
            yield from (parameter.type for parameter in machine.parameters)
        for message in self.messages:
            yield from (field.type for field in message.fields)

    def place(self, span: Span) -> str:
        """The line of the specification; with the file, where it is not the first one."""
        same = span.source.name == self._file
        return str(span.line) if same else f"{PurePath(span.source.name).name}:{span.line}"

    # --- looking up ---

    def state(self, name: str) -> str:
        return self._names["state", name]

    def message(self, name: str) -> str:
        return self._names["message", name]

    def value(self, name: str) -> str:
        return self._names["value", name]

    def label(self, machine: Machine, state: str) -> str:
        return self._names["label", state, machine.state[state].final]

    def instance(self, number: int) -> str:
        return self._names["instance", number]

    def channel(self, number: int) -> str:
        return self._names["channel", number]

    def process(self, machine: Machine) -> str:
        return self._names["process", machine]

    def data(self, machine: Machine) -> str:
        return self._names["data", machine]

    def array(self, machine: Machine) -> str:
        return self._names["array", machine]

    def variable(self, name: str) -> str:
        return self._names["variable", name]

    def parameter(self, name: str) -> str:
        return self._names["parameter", name]

    def end(self, kind: str, end: str) -> str:
        """What a process calls one of several inputs or outputs: ``inbox_wire``."""
        return self.add(("place", kind, end), f"{kind}_{end}".lower())

    def call(self, name: str) -> str:
        return self._names["call", name]

    def field(self, name: str, type_: Type) -> str:
        return self._names["field", *field_key(name, type_)]

    def check(self, check: Check) -> str:
        return self._names["check", check]


def is_watched(check: Check) -> bool:
    """Whether a check is decided by looking at states."""
    decided_otherwise = (Claim.NO_OVERFLOW, Claim.ALWAYS_POSSIBLE)
    claim = check.claim
    return claim not in decided_otherwise and not claim.is_coverage and not claim.is_temporal


def field_key(name: str, type_: Type) -> tuple[str, str]:
    """Fields of one name in several groups are one, unless one is a number and the other is not."""
    return name, "enum" if isinstance(type_, EnumType) else "number"


def all_fields(messages: tuple[Message, ...]) -> dict[tuple[str, str], list[Type]]:
    """The fields of all groups, with their types."""
    found: dict[tuple[str, str], list[Type]] = {}
    for message in messages:
        for field in message.fields:
            types = found.setdefault(field_key(field.name, field.type), [])
            types += [field.type] * (field.type not in types)
    return found


def _line_numbers(machines: tuple[Machine, ...]) -> dict[Transition, int]:
    """A number for each written line: that in its file, unless another line has it already."""
    lines = [transition for machine in machines for transition in machine.transitions]
    free = max((line.span.line for line in lines), default=0) + 1
    numbers: dict[Transition, int] = {}
    taken: set[int] = set()
    for line in lines:
        number = line.span.line
        if number in taken:
            number, free = free, free + 1
        taken.add(number)
        numbers[line] = number
    return numbers
