"""What names mean: the declarations of a whole specification, and the view from one place in it."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from tcpspec.diagnostics import Diagnostics, Note, did_you_mean
from tcpspec.language import ast
from tcpspec.model.expressions import (
    Expression,
    InstanceIn,
    InstanceVariable,
    Literal,
    OwnVariable,
    Parameter,
    ReceivedField,
    ReceivedIs,
)
from tcpspec.model.model import Field, Instance, Machine, Message, Variable
from tcpspec.model.types import EnumType, Type

A = TypeVar("A")
B = TypeVar("B")


class Unresolved(Exception):
    """An expression has no meaning; why is already reported."""


def each(items: Iterable[A], how: Callable[[A], B]) -> list[B]:
    """What all of them give. Raises ``Unresolved`` where one gives nothing, but after the last, so
    that all that is wrong is told.
    """
    found: list[B] = []
    failed = False
    for item in items:
        try:
            found.append(how(item))
        except Unresolved:
            failed = True
    if failed:
        raise Unresolved
    return found


@dataclass(slots=True)
class Globals:
    """The declarations that are seen everywhere, filled by the passes in their order."""

    found: Diagnostics
    constants: dict[str, Literal] = field(default_factory=dict)
    types: dict[str, Type] = field(default_factory=dict)
    enum_values: dict[str, EnumType] = field(default_factory=dict)
    groups: dict[str, tuple[Message, ...]] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    defaults: dict[str, tuple[ast.Expression | None, ...]] = field(default_factory=dict)
    """For each group, the default of each field, to be resolved in the sender."""
    calls: dict[str, ast.Name] = field(default_factory=dict)
    timers: dict[str, ast.Name] = field(default_factory=dict)
    defines: dict[str, ast.Define] = field(default_factory=dict)
    machines: dict[str, Machine] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    """Names that are declared wrongly: why is already reported, so who uses them fails silently."""
    _declared: dict[str, ast.Name] = field(default_factory=dict)

    def declare(self, name: ast.Name, kind: str = "") -> bool:
        """Note a declaration; a second one of the same name (and kind) is an error."""
        first = self._declared.setdefault(f"{kind}:{name.text}", name)
        if first is name:
            return True
        self.found.error(
            "declared-twice",
            name.span,
            f"`{name.text}` is declared twice",
            notes=[Note("first declared here", first.span)],
        )
        return False

    def unknown(
        self, name: ast.Node, text: str, what: str, known: Iterable[str], hint: str | None = None
    ) -> Unresolved:
        """Report a name that nothing declares; returns the exception to raise. Without a ``hint``,
        the known name that looks most like it is one.
        """
        if not self.failed.isdisjoint({text, *re.split(r"[. ]", text)}):
            return Unresolved()
        self.found.error(
            "unknown-name",
            name.span,
            f"no {what} is called `{text}`",
            hint=hint or did_you_mean(text, known),
        )
        return Unresolved()

    @contextmanager
    def no_fields(self) -> Iterator[None]:
        """Meanwhile nobody is told of fields of a message that is not known."""
        new = self.groups.keys() - self.failed
        self.failed |= new
        try:
            yield
        finally:
            self.failed -= new

    def message(self, name: ast.Name) -> Message:
        """The declared message of this name, or an error."""
        if name.text not in self.messages:
            hint = None
            if group := self.groups.get(name.text):
                hint = f"`{name.text}` is a group: name its messages, such as `{group[0].name}`"
            raise self.unknown(name, name.text, "message", self.messages, hint)
        return self.messages[name.text]


@dataclass(slots=True)
class Context:
    """The view from a place where only constants are seen; the others add to it."""

    globals: Globals

    def reference(self, name: str) -> Expression | None:
        """What a name stands for here, or None. Defines are the resolver's business."""
        if name in self.globals.constants:
            return self.globals.constants[name]
        if name in self.globals.enum_values:
            return Literal(name, type=self.globals.enum_values[name])
        return None

    def known(self) -> list[str]:
        """Names that could have been meant here."""
        return [*self.globals.constants, *self.globals.enum_values, *self.globals.defines]

    def hint(self, name: str) -> str | None:
        """For whoever takes something else for a value."""
        return None

    def within(self, subject: str, node: ast.Within) -> Expression | None:
        """``subject in {…}`` where the subject is no value: an instance or a message group."""
        return None

    def output(self, port: ast.Name) -> int:
        """Which of a machine's outputs ``full(port)`` asks about."""
        self.globals.found.error(
            "type-mismatch", port.span, "only a guard in a machine can ask about its own output",
            hint="name the channel: `full(a -> b)`",
        )  # fmt: skip
        raise Unresolved

    def channel(self, sender: ast.Name, receiver: ast.Name) -> int:
        """Which channel ``(sender -> receiver)`` is."""
        self.globals.found.error(
            "type-mismatch", sender.span, "a channel has no meaning here: a machine sees only its "
            "own outgoing side",
            hint="ask `full(out)`, or `full(port)` where the machine has ports",
        )  # fmt: skip
        raise Unresolved


@dataclass(slots=True)
class MachineContext(Context):
    """The view from a machine: its parameters and variables, and the message being received."""

    parameters: tuple[Field, ...] = ()
    variables: tuple[Variable, ...] = ()
    ports: tuple[str, ...] = ()
    received: tuple[Message, ...] = ()

    def reference(self, name: str) -> Expression | None:
        for slot, variable in enumerate(self.variables):
            if variable.name == name:
                return OwnVariable(slot, name, type=variable.type)
        for slot, parameter in enumerate(self.parameters):
            if parameter.name == name:
                return Parameter(slot, name, type=parameter.type)
        return self._field(name) or Context.reference(self, name)

    def _field(self, name: str) -> Expression | None:
        """``GROUP.FIELD`` of the message being received; all that may arrive must have it."""
        group, _, wanted = name.partition(".")
        if not self.received or any(message.group != group for message in self.received):
            return None
        for slot, field_ in enumerate(self.received[0].fields):
            if field_.name == wanted:
                return ReceivedField(slot, name, type=field_.type)
        return None

    def hint(self, name: str) -> str | None:
        """A field without its group, or a variable as a system sees it."""
        if any(field_.name == name for m in self.received[:1] for field_ in m.fields):
            return f"did you mean `{self.received[0].group}.{name}`?"
        own = name.rpartition(".")[2]
        if own != name and own in {variable.name for variable in self.variables}:
            return f"a machine sees its own variables: `{own}`"
        return None

    def known(self) -> list[str]:
        fields = [f"{m.group}.{f.name}" for m in self.received[:1] for f in m.fields]
        own = [v.name for v in self.variables] + [p.name for p in self.parameters]
        return [*own, *fields, *Context.known(self)]

    def within(self, subject: str, node: ast.Within) -> Expression | None:
        if not any(message.group == subject for message in self.received):
            return None
        names = frozenset(self.globals.message(member).name for member in node.members)
        return ReceivedIs(names, span=node.span)

    def output(self, port: ast.Name) -> int:
        names = self.ports or ("out",)
        if port.text not in names:
            raise self.globals.unknown(port, port.text, "port", names)
        return names.index(port.text)


@dataclass(slots=True)
class SystemContext(Context):
    """The view from a system: all instances and all channels."""

    instances: Mapping[str, Instance] = field(default_factory=dict)
    channels: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """Positions of channels, by the ends as written: ``("a.wire", "b")``."""

    def reference(self, name: str) -> Expression | None:
        owner, _, rest = name.partition(".")
        if owner in self.instances:
            machine = self.instances[owner].machine
            if rest in machine.slots:
                slot = machine.slots[rest]
                number = list(self.instances).index(owner)
                return InstanceVariable(number, slot, name, type=machine.variables[slot].type)
        return Context.reference(self, name)

    def known(self) -> list[str]:
        variables = [
            f"{name}.{variable}"
            for name, i in self.instances.items()
            for variable in i.machine.slots
        ]
        return [*variables, *self.instances, *Context.known(self)]

    def hint(self, name: str) -> str | None:
        """A state is no value, and neither is an instance."""
        owner, _, rest = name.partition(".")
        if owner in self.instances and rest in ("", "state"):
            state = self.instances[owner].machine.states[0].name
            return f"in which state it is, `in` asks: `{owner} in {state}`"
        for instance in self.instances.values():
            if name in instance.machine.state:
                return f"whether an instance is in a state, `in` asks: `{instance.name} in {name}`"
            if name in instance.machine.slots:
                return f"whose? Write `{instance.name}.{name}`"
        return None

    def within(self, subject: str, node: ast.Within) -> Expression | None:
        if subject not in self.instances:
            return None
        machine = self.instances[subject].machine
        for member in node.members:
            if member.text not in machine.state:
                raise self.globals.unknown(
                    member, member.text, f"state of {machine.name}", machine.state
                )
        states = frozenset(member.text for member in node.members)
        return InstanceIn(list(self.instances).index(subject), states, span=node.span)

    def channel(self, sender: ast.Name, receiver: ast.Name) -> int:
        ends = (sender.text, receiver.text)
        if ends not in self.channels:
            known = [f"{a} -> {b}" for a, b in self.channels]
            raise self.globals.unknown(sender, " -> ".join(ends), "channel", known)
        return self.channels[ends]
