"""Systems: instances and their arguments, channels and how they are wired, what is assumed."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from tcpspec.diagnostics import did_you_mean
from tcpspec.language import ast
from tcpspec.language.comments import Documentation
from tcpspec.model.expressions import Literal
from tcpspec.model.model import (
    Channel,
    Held,
    Instance,
    Limit,
    Machine,
    Placement,
    Send,
    System,
    TimerRule,
    Transition,
    WhenFull,
    outputs_of,
)
from tcpspec.model.resolve import Resolver, references
from tcpspec.model.scope import Context, Globals, SystemContext, Unresolved
from tcpspec.model.types import Type, ValueT

MAX_CAPACITY = 1000
"""How many messages a channel may hold; more can never be explored."""

N = TypeVar("N", bound=ast.Node)


class SystemBuilder:
    """Builds one system; reports all that is wrong with it."""

    def __init__(
        self,
        globals_: Globals,
        node: ast.System,
        documentation: Documentation,
        machine_nodes: Mapping[str, ast.Machine],
    ) -> None:
        self._globals = globals_
        self._found = globals_.found
        self._node = node
        self._documentation = documentation
        self._machine_nodes = machine_nodes
        self._constants = Resolver(Context(globals_))
        self._instances: dict[str, Instance] = {}
        self._channels: list[Channel] = []
        self._ends: dict[tuple[str, str], int] = {}

    def build(self) -> System:
        for instance in self._items(ast.Instance):
            self._attempt(self._instance, instance)
            if instance.name.text not in self._instances:
                self._globals.failed.add(instance.name.text)
        wired = [self._attempt(self._channel, channel) for channel in self._items(ast.Channel)]
        for channel, is_wired in zip(self._items(ast.Channel), wired, strict=True):
            if not is_wired:
                left, right = channel.left.text, channel.right.text
                self._globals.failed |= {f"{left} -> {right}", f"{right} -> {left}"}
        if all(wired):
            self._check_wiring()
        inits = [self._attempt(self._init, init) for init in self._items(ast.Init)]
        timers = [self._attempt(self._timer, timer) for timer in self._items(ast.TimerRule)]
        predicates = Resolver(self.context)
        bounds = [self._attempt(predicates.boolean, b.predicate) for b in self._items(ast.Bound)]
        node = self._node
        return System(
            node.name.text, node.title, tuple(self._instances.values()), tuple(self._channels),
            _present(inits), _present(timers), _present(bounds), self._globals.messages, node.span,
            self._documentation.of(node),
        )  # fmt: skip

    @property
    def context(self) -> SystemContext:
        """The view from this system, for predicates."""
        return SystemContext(self._globals, self._instances, self._ends)

    def _items(self, kind: type[N]) -> list[N]:
        return [item for item in self._node.items if isinstance(item, kind)]

    def _attempt(self, function: Any, node: Any) -> Any:
        try:
            return function(node)
        except Unresolved:
            return None

    def _fail(self, node: ast.Node, message: str, hint: str | None = None) -> Unresolved:
        self._found.error("bad-system", node.span, message, hint=hint)
        return Unresolved()

    # --- instances ---

    def _instance(self, node: ast.Instance) -> None:
        name = node.name.text
        if name in self._instances or "." in name:
            why = "has a dot in its name" if "." in name else "is declared twice"
            raise self._fail(node.name, f"instance `{name}` {why}")
        if self._constants_known(name):
            raise self._fail(node.name, f"`{name}` already means something else")
        machines = self._globals.machines
        if node.machine.text not in machines:
            raise self._globals.unknown(node.machine, node.machine.text, "machine", machines)
        machine = machines[node.machine.text]
        arguments = self._attempt(lambda _: self._arguments(node, machine), node) or ()
        self._instances[name] = Instance(name, machine, arguments, self._may(node), node.span)

    def _constants_known(self, name: str) -> bool:
        globals_ = self._globals
        return name in {*globals_.constants, *globals_.enum_values, *globals_.defines}

    def _may(self, node: ast.Instance) -> dict[str, Limit]:
        """What the user may call; a line that is wrong does not make the instance unknown."""
        may: dict[str, Limit] = {}
        for allowance in node.may:
            call = allowance.call.text
            if call not in self._globals.calls:
                self._globals.unknown(allowance.call, call, "call", self._globals.calls)
            elif call in may:
                self._fail(allowance, f"`{call}` is allowed twice")
            else:
                may[call] = self._attempt(self._limit, allowance.times)
        return may

    def _limit(self, times: ast.Expression | None) -> Limit:
        return None if times is None else self._constants.count(times)

    def _arguments(self, node: ast.Instance, machine: Machine) -> tuple[ValueT, ...]:
        types = {parameter.name: parameter.type for parameter in machine.parameters}
        given = self._values(node.arguments, types, f"parameter of {machine.name}")
        for field in self._machine_nodes[machine.name].parameters:
            name = field.name.text
            if name in types and name not in given:
                if field.default is None:
                    raise self._missing(node, machine)
                given[name] = self._constants.constant(field.default, types[name])
        return tuple(given[name] for name in types)

    def _missing(self, node: ast.Instance, machine: Machine) -> Unresolved:
        wanted = ", ".join(f"{parameter.name} = …" for parameter in machine.parameters)
        self._found.error(
            "wrong-arguments", node.span, f"parameters of machine `{machine.name}` are missing",
            hint=f"write `{node.name.text}: {machine.name}({wanted})`",
        )  # fmt: skip
        return Unresolved()

    def _values(
        self, arguments: Iterable[ast.Argument], types: Mapping[str, Type], what: str
    ) -> dict[str, ValueT]:
        """Constant values by name, each once."""
        values: dict[str, ValueT] = {}
        for argument in arguments:
            name = argument.name.text
            if name not in types:
                raise self._globals.unknown(argument.name, name, what, types)
            if name in values:
                self._found.error("wrong-arguments", argument.span, f"`{name}` is given twice")
                raise Unresolved
            if isinstance(argument.value, ast.AnyValue):
                self._found.error("not-constant", argument.span, "a constant is needed here")
                raise Unresolved
            values[name] = self._constants.constant(argument.value, types[name])
        return values

    # --- channels ---

    def _channel(self, node: ast.Channel) -> bool:
        left, right = self._end(node.left), self._end(node.right)
        if node.both_ways and left == right:
            raise self._fail(node, "a channel from an end to itself has one direction: use `->`")
        self._one_way(node, node.left, left, node.right, right)
        if node.both_ways:
            self._one_way(node, node.right, right, node.left, left)
        return True

    def _end(self, name: ast.Name) -> tuple[int, int | None]:
        """The instance, and its port if the machine has ports."""
        instance, dot, port = name.text.partition(".")
        if instance not in self._instances:
            raise self._globals.unknown(name, instance, "instance", self._instances)
        machine = self._instances[instance].machine
        number = list(self._instances).index(instance)
        if not machine.ports:
            if dot:
                raise self._fail(name, f"machine `{machine.name}` has no ports")
            return number, None
        if port not in machine.ports:
            hint = did_you_mean(port, machine.ports) or f"write `{instance}.{machine.ports[0]}`"
            raise self._fail(name, f"which port of `{instance}` is this?", hint)
        return number, machine.ports.index(port)

    def _one_way(
        self,
        node: ast.Channel,
        sender: ast.Name,
        start: tuple[int, int | None],
        receiver: ast.Name,
        end: tuple[int, int | None],
    ) -> None:
        for other in self._channels:
            if (other.sender, other.sender_port) == start:
                raise self._fail(
                    node, f"`{sender.text}` already sends into {other.name}",
                    "an instance without ports has one peer to send to: declare `port`s",
                )  # fmt: skip
        capacity = self._constants.count(node.capacity)
        if not 1 <= capacity <= MAX_CAPACITY:
            raise self._fail(node, f"a channel holds from 1 to {MAX_CAPACITY} messages")
        self._ends[sender.text, receiver.text] = len(self._channels)
        self._channels.append(
            Channel(
                *start, *end, node.kind == "fifo", capacity, self._when_full(node),
                self._faults(node, "loss"), self._faults(node, "duplication"),
                self._held(node, capacity), f"{sender.text} -> {receiver.text}", node.span,
            )
        )  # fmt: skip

    def _when_full(self, node: ast.Channel) -> WhenFull:
        options = [option for option in node.options if isinstance(option, ast.WhenFull)]
        if len(options) > 1:
            raise self._fail(options[1], "`when full` is said twice")
        return WhenFull(options[0].behaviour) if options else WhenFull.ERROR

    def _faults(self, node: ast.Channel, kind: str) -> Limit:
        faults = [o for o in node.options if isinstance(o, ast.Fault) and o.kind == kind]
        if len(faults) > 1:
            raise self._fail(faults[1], f"{kind} is said twice")
        return self._limit(faults[0].at_most) if faults else 0

    def _held(self, node: ast.Channel, capacity: int) -> tuple[Held, ...]:
        options = [option for option in node.options if isinstance(option, ast.Holds)]
        if options and node.both_ways:
            raise self._fail(options[0], "`holds` belongs to a channel with one direction")
        if len(options) > capacity:
            raise self._fail(options[-1], f"the channel holds at most {capacity}")
        return tuple(self._holding(option) for option in options)

    def _holding(self, node: ast.Holds) -> Held:
        message = self._globals.message(node.message)
        given = dict(self._constants.arguments(node.arguments, message.name))
        values: list[ValueT] = []
        for slot, field in enumerate(message.fields):
            value = given.get(slot)
            if slot in message.fixed:
                values.append(message.fixed[slot])
            elif isinstance(value, Literal):
                values.append(value.value)
            elif value is not None:
                self._found.error("not-constant", node.span, f"`{field.name}` must be a constant")
                raise Unresolved
            else:
                values.append(self._default(node, message.group, slot, field.name, field.type))
        return Held(message.name, tuple(values))

    def _default(self, node: ast.Holds, group: str, slot: int, name: str, type_: Type) -> ValueT:
        """A default that is a constant; others depend on a sender, and there is none."""
        default = self._globals.defaults[group][slot]
        known = {*self._globals.constants, *self._globals.enum_values}
        if default is not None and all(used in known for used in references(default)):
            return self._constants.constant(default, type_)
        self._found.error(
            "wrong-arguments", node.span, f"`{name}` must be given: nobody sends this message",
            hint=f"write `holds {node.message.text}({name} = …)`",
        )  # fmt: skip
        raise Unresolved

    def _check_wiring(self) -> None:
        """Every output that a machine sends into leads somewhere, with room for what is sent."""
        for number, instance in enumerate(self._instances.values()):
            ports = instance.machine.ports
            wired = {
                output: channel
                for output in range(len(ports) or 1)
                if (channel := self._channel_from(number, output if ports else None))
            }
            for transition in instance.machine.transitions:
                self._check_waits(transition, wired)
            needed = {o for t in instance.machine.transitions for o in outputs_of(t)}
            for output in sorted(needed - set(wired)):
                port = f"port `{ports[output]}` of " if ports else ""
                self._found.error(
                    "bad-system", instance.span, f"{port}`{instance.name}` sends, or asks about "
                    "its output, but no channel leads away from it",
                    hint=self._way_out(number, instance),
                )  # fmt: skip

    def _way_out(self, number: int, instance: Instance) -> str:
        """A hint: where a channel only leads to the instance, it may be the wrong way round."""
        leading = [c for c in self._channels if c.receiver == number and c.sender != number]
        if leading and not instance.machine.ports:
            other = list(self._instances)[leading[0].sender]
            return (
                f"there is `{leading[0].name}`: turn it round, or, for both ways, write "
                f"`channel {instance.name} <-> {other}`"
            )
        return f"add `channel {instance.name} <-> …: fifo(2)`"

    def _check_waits(self, transition: Transition, wired: Mapping[int, Channel]) -> None:
        """A step that needs more room than a channel has could never happen."""
        sends = Counter(a.output for a in transition.actions if isinstance(a, Send))
        for output, count in sends.items():
            channel = wired.get(output)
            if channel and channel.when_full is WhenFull.WAIT and count > channel.capacity:
                self._found.error(
                    "bad-system", transition.span, f"this sends {count} messages at once, but "
                    f"{channel.name} holds {channel.capacity} and makes senders wait: it could "
                    "never happen",
                )  # fmt: skip

    def _channel_from(self, sender: int, port: int | None) -> Channel | None:
        for channel in self._channels:
            if (channel.sender, channel.sender_port) == (sender, port):
                return channel
        return None

    # --- starts, timers ---

    def _init(self, node: ast.Init) -> tuple[Placement, ...]:
        placements: dict[int, Placement] = {}
        for placement in node.placements:
            name = placement.instance.text
            if name not in self._instances:
                raise self._globals.unknown(placement.instance, name, "instance", self._instances)
            number = list(self._instances).index(name)
            if number in placements:
                raise self._fail(placement, f"`{name}` is placed twice")
            machine = self._instances[name].machine
            state = placement.state
            if state.text not in machine.state:
                raise self._globals.unknown(
                    state, state.text, f"state of {machine.name}", machine.state
                )
            types = {variable.name: variable.type for variable in machine.variables}
            values = self._values(placement.values, types, f"variable of {machine.name}")
            by_slot = {machine.slots[variable]: value for variable, value in values.items()}
            placements[number] = Placement(number, state.text, by_slot)
        return tuple(placements.values())

    def _timer(self, node: ast.TimerRule) -> TimerRule:
        name, instance = node.timer.text, None
        if name not in self._globals.timers:
            owner, _, timer = name.partition(".")
            if owner not in self._instances or timer not in self._globals.timers:
                raise self._globals.unknown(node.timer, name, "timer", self._globals.timers)
            instance, name = list(self._instances).index(owner), timer
        condition = None
        if node.condition is not None:
            condition = Resolver(self.context).boolean(node.condition)
        return TimerRule(
            name, instance, self._limit(node.at_most), condition, node.when_idle, node.span.text
        )


def _present(items: list[Any]) -> tuple[Any, ...]:
    return tuple(item for item in items if item is not None)
