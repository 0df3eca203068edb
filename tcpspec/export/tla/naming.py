"""What everything of a system is called in its module, decided once, in the order of the text."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tcpspec.export.names import Names
from tcpspec.export.tla.layout import among
from tcpspec.export.tla.words import KEYWORDS, Identifiers, starts_fairness
from tcpspec.model.model import Field, Kind, Machine, Message, System, Transition
from tcpspec.model.types import BoolType, EnumType, Type

OWN = frozenset(
    re.findall(
        r"\w+",
        """
        state network calls_left timers_left losses_left copies_left failure last vars
        Instances Channels Fifos Capacity WhenFull Receiver Port Inputs Lossy Duplicating
        Message Allowed Before NotAfter LaterOf EarlierOf Max Min Size Contents Put Fits MaySend
        Overflows Without After Line First Offers At Rules Deferred MayStay Left Spent MayCall
        TimerAllows Idle Fail Lose Receptions Steps Timeouts Calls Faults Init Next Spec TypeOK
        Within Unfailed AllQuiet AllFinal AllFinalOrIdle FoundRoom Dropped
        self m c d i j k n a b net call timer kept key left kind number applies rules unhandled
        otherwise lines name port end
        """,
    )
)
"""Names that every module has for itself, bound ones included: in TLA+ none may mean two things."""

_BOUND = {f"any{n}" for n in range(200)} | {"m" * n for n in range(1, 49)}
"""Names of values that ``any`` chose, and of messages in patterns."""
_WITNESS = {
    f"Witness{name}"
    for name in (
        "", "_goals", "Started", "First", "Level", "Told", "Claim", "Seen", "Counted", "Steps",
        "Goals", "Next", "Init", "Runs", "Moves", "Rests", "Takes", "CanTake", "CanTakeFrom",
        "Fair", "Spec",
    )
}  # fmt: skip
"""Names of the modules with which TLC is asked in our stead; they extend this one."""


_LONGEST = 27
"""What a line says is part of its action's name, if it is no longer than this."""


@dataclass(frozen=True, slots=True)
class Line:
    """A written line: its number in the module, its action there, its place in the source."""

    transition: Transition
    number: int
    action: str
    place: str


class Naming:
    """The names of one system's module."""

    def __init__(self, system: System, module: str) -> None:
        self.system = system
        self.machines = list(dict.fromkeys(instance.machine for instance in system.instances))
        self.identifiers = Identifiers(OWN | _BOUND | _WITNESS | {module})
        self._fields = Names(KEYWORDS | {"name"}, fold=False)
        for machine in self.machines:
            self._add_machine(machine)
        for message in self.messages:
            for field in message.fields:
                if _field_key(field) not in self._fields:
                    wanted = f"x_{field.name}" if starts_fairness(field.name) else field.name
                    self._fields.add(_field_key(field), wanted)
        self.lines = {machine: list(self._lines(machine)) for machine in self.machines}
        self.line = {line.transition: line for lines in self.lines.values() for line in lines}

    def _add_machine(self, machine: Machine) -> None:
        """Names of variables and parameters are as written, where only one machine has them."""
        ids = self.identifiers
        ids.add(machine, f"{machine.name[:40]}s")
        for role in ("rules", "out", "defers"):
            ids.add((machine, role), f"{machine.name[:40]}_{role}")
        names = [set(_own_names(other)) for other in self.machines if other is not machine]
        others = set().union(*names)
        for slot, variable in enumerate(machine.variables):
            wanted = variable.name if variable.name not in others else ""
            ids.add((machine, "var", slot), wanted or f"{machine.name[:20]}_{variable.name}")
        for slot, parameter in enumerate(machine.parameters):
            wanted = parameter.name if parameter.name not in others else ""
            ids.add((machine, "parameter", slot), wanted or f"{machine.name[:20]}_{parameter.name}")

    def _lines(self, machine: Machine) -> Iterator[Line]:
        """Numbered as in the source, if the numbers rise there; else in the order of the text."""
        transitions = machine.transitions
        rising = all(a.span.line < b.span.line for a, b in pairwise(transitions))
        one_file = len({t.span.source.name for m in self.machines for t in m.transitions}) == 1
        for transition in transitions:
            number = transition.span.line if rising and one_file else transition.index + 1
            what = transition.label or transition.event_text
            if len(what) > _LONGEST:  # a part of it would name something else
                what = transition.kind.value
            wanted = f"{machine.name[:14]}_{what}_{number}"
            name = self.identifiers.add(transition, wanted)
            span = transition.span
            yield Line(transition, number, name, f"line {span.line}" if one_file else span.place)

    @property
    def messages(self) -> list[Message]:
        """The messages of all groups that a channel can hold, in the order of the text."""
        return list(self.system.messages.values())

    def instances(self, machine: Machine) -> list[int]:
        return [n for n, i in enumerate(self.system.instances) if i.machine is machine]

    def names(self, instances: Iterable[int]) -> list[str]:
        return [self.system.instances[number].name for number in instances]

    def set(self, machine: Machine) -> str:
        """The set of a machine's instances."""
        return self.identifiers[machine]

    def in_states(self, machine: Machine, states: Sequence[str]) -> str:
        """That ``self`` is in one of these states; empty if these are all."""
        return among("state[self]", states, [state.name for state in machine.states])

    def is_one_of(self, messages: Sequence[str]) -> str:
        """That the message ``m`` is one of these; empty if these are all."""
        return among("m.name", messages, [message.name for message in self.messages])

    def rules(self, machine: Machine) -> str:
        """The operator that says which lines take a message."""
        return self.identifiers[machine, "rules"]

    def defers(self, machine: Machine) -> str:
        return self.identifiers[machine, "defers"]

    def out(self, machine: Machine) -> str:
        """The function that says where an output of an instance leads."""
        return self.identifiers[machine, "out"]

    def variable(self, machine: Machine, slot: int) -> str:
        return self.identifiers[machine, "var", slot]

    def parameter(self, machine: Machine, slot: int) -> str:
        return self.identifiers[machine, "parameter", slot]

    def field(self, field: Field) -> str:
        """Fields of one name are one field of records, if their values can be compared."""
        return self._fields[_field_key(field)]

    def kinds(self, machine: Machine, kind: Kind) -> list[Line]:
        return [line for line in self.lines[machine] if line.transition.kind is kind]


def _own_names(machine: Machine) -> Iterator[str]:
    """The names of its variables and parameters."""
    yield from (variable.name for variable in machine.variables)
    yield from (parameter.name for parameter in machine.parameters)


def _field_key(field: Field) -> tuple[str, str]:
    """TLC cannot compare numbers with truth values or strings, and stops where it must."""
    return field.name, _sort(field.type)


def _sort(type_: Type) -> str:
    match type_:
        case BoolType():
            return "truth"
        case EnumType():
            return "string"
    return "number"
