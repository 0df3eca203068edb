"""Where a system starts: initial values, and how processes get to the labels of their states.

A process begins at the top of its text. If all instances of a process type start in one state, a
``goto`` leads there, which is no step. If not, each process first takes a step to its place, one
process after the other, and nobody else may do anything before all are in place: that is what
``provided`` says. These steps, and the state before ``init`` has run, are no part of the system;
``extra_states`` and ``extra_steps`` count them.
"""

import re
from collections.abc import Iterator

from tcpspec.export.promela.budgets import Budgets
from tcpspec.export.promela.naming import Naming, is_watched
from tcpspec.export.promela.scenery import all_field_values, value_of
from tcpspec.export.promela.steps import sending
from tcpspec.export.promela.text import WIDTH, filled, indented, remark
from tcpspec.export.promela.wiring import Shape, Wiring
from tcpspec.model.model import Channel
from tcpspec.semantics.state import GlobalState
from tcpspec.semantics.system import TransitionSystem


class Start:
    """The initial states of a system, and how its processes are started."""

    def __init__(self, naming: Naming, wiring: Wiring, budgets: Budgets) -> None:
        self.naming, self.wiring, self.budgets = naming, wiring, budgets
        self.system = wiring.system
        self.states = TransitionSystem(self.system).initial_states()

    @property
    def others(self) -> list[str]:
        """Processes beside those of the instances."""
        lossy = any(channel.losses != 0 for channel in self.system.channels)
        watched = any(is_watched(check) for check in self.naming.checks)
        return ["network"] * lossy + ["checks"] * watched

    @property
    def placing(self) -> bool:
        """Whether processes take a step to their places."""
        return any(len(self._starts(shape)) > 1 for shape in self.wiring.shapes)

    def _starts(self, shape: Shape) -> list[str]:
        found = {state.locals[i].state for state in self.states for i in shape.instances}
        return [state.name for state in shape.machine.states if state.name in found]

    @property
    def extra_states(self) -> int:
        placed = len(self.system.instances) * len(self.states) if self.placing else 0
        return 1 + placed

    @property
    def extra_steps(self) -> int:
        placed = len(self.system.instances) if self.placing else 0
        return 1 + placed + len(self.system.instances) + len(self.others)

    # --- text ---

    @property
    def provided(self) -> str:
        """The clause of a process type for instances."""
        everybody = len(self.system.instances)
        return f" provided (placed == {everybody} || placed + 1 == _pid)" if self.placing else ""

    @property
    def provided_others(self) -> str:
        return f" provided (placed == {len(self.system.instances)})" if self.placing else ""

    def entry(self, shape: Shape) -> Iterator[str]:
        """How a process gets to the label of the state in which it starts."""
        starts = self._starts(shape)
        label = {name: self.naming.label(shape.machine, name) for name in starts}
        if not self.placing:
            yield f"goto {label[starts[0]]};"
            return
        yield "if"
        for name in starts:
            state = self.naming.state(name)
            yield f":: d_step {{ my.state == {state} -> placed++ }} goto {label[name]}"
        yield "fi;"

    def declarations(self) -> Iterator[str]:
        if self.placing:
            yield ""
            yield from remark(
                "How many processes are at the label of their first state. They go there one after "
                "the other, in the order of _pid; until all are there, nobody else does anything."
            )
            yield "byte placed;"

    def init(self, names: dict[Shape, str]) -> Iterator[str]:
        """The process that sets everything up."""
        yield "init {"
        yield "    atomic {"
        yield from indented(self._choice(), 8)
        for number in range(len(self.system.instances)):
            yield from self._wired(number)
            yield f"        run {names[self.wiring.shape_of(number)]}({self._arguments(number)});"
        yield from (f"        run {name}();" for name in self.others)
        yield "    }"
        yield "}"

    def _choice(self) -> Iterator[str]:
        common = [*self._instances_alike(), *self._channels()]
        if len(self.states) == 1:
            yield "d_step {"
            yield from indented(_ended([*self._placement(self.states[0]), *common]))
            yield "};"
            return
        yield "if"
        for state in self.states:
            yield ":: d_step {"
            yield from indented(_ended([*self._placement(state), *common]), 7)
            yield "   }"
        yield "fi;"

    def _placement(self, state: GlobalState) -> Iterator[str]:
        """What may differ between initial states."""
        for number, instance in enumerate(self.system.instances):
            name, local = self.naming.instance(number), state.locals[number]
            assigned = [f"{name}.state = {self.naming.state(local.state)}"]
            for variable, value in zip(instance.machine.variables, local.values, strict=True):
                field = self.naming.variable(variable.name)
                assigned.append(f"{name}.{field} = {value_of(value, self.naming).text}")
            yield "; ".join(assigned)

    def _instances_alike(self) -> Iterator[str]:
        """Parameters and budgets."""
        for number, instance in enumerate(self.system.instances):
            name, machine = self.naming.instance(number), instance.machine
            assigned = [
                f"{name}.{self.naming.parameter(p.name)} = {value_of(v, self.naming).text}"
                for p, v in zip(machine.parameters, instance.arguments, strict=True)
            ]
            assigned += [
                f"{name}.{budget.name} = {budget.initial(number)}"
                for budget in self.budgets.of_machine(machine)
            ]
            if assigned:
                yield "; ".join(assigned)

    def _channels(self) -> Iterator[str]:
        for number, channel in enumerate(self.system.channels):
            way, place = self.wiring.ways[number], self.naming.channel(number)
            assigned = [] if way.slots else [f"{place}.q = {self.chan(number)}"]
            assigned += [f"{place}.capacity = {way.capacity}"] if self.wiring.varying else []
            assigned += [
                f"{place}.{budget.name} = {budget.initial(number)}"
                for budget in self.budgets.of_channels(slots=way.slots)
            ]
            for message, values in self._held(channel):
                assigned += sending(way.slots, way.ordered, place, message, values)
            if channel.holds and not way.slots:
                assigned.append(f"look_at({place})")
            if assigned:
                yield "; ".join(assigned)

    def chan(self, number: int) -> str:
        """The name of the ``chan`` itself."""
        name = self.naming.channel(number)
        return self.naming.add(("queue", number), f"queue_{name}")

    def _held(self, channel: Channel) -> Iterator[tuple[str, dict[str, str]]]:
        for held in channel.holds:
            message = self.system.messages[held.message]
            given = {
                self.naming.field(field.name, field.type): value_of(value, self.naming).text
                for field, value in zip(message.fields, held.values, strict=True)
            }
            yield self.naming.message(held.message), all_field_values(self.naming, given)

    def _wired(self, instance: int) -> list[str]:
        """In words, where the arguments are only numbers."""
        system, naming = self.system, self.naming
        to = [naming.channel(c) for c in system.outputs[instance] if c is not None]
        ends = (("from", map(naming.channel, self.wiring.inputs[instance])), ("to", iter(to)))
        said = "".join(
            f", {way} {' and '.join(names)}" for way, channels in ends if (names := list(channels))
        )
        return remark(f"{naming.instance(instance)}{said}", 8)

    def _arguments(self, instance: int) -> str:
        """Which instance a process is, and the numbers of its channels in their arrays."""
        outputs = [c for c in self.system.outputs[instance] if c is not None]
        channels = [*self.wiring.inputs[instance], *outputs]
        numbers = [self.wiring.position(instance), *map(self.wiring.index, channels)]
        return ", ".join(map(str, numbers))


def _ended(lines: list[str]) -> list[str]:
    """Assignments with semicolons, on lines that are not too long."""
    assigned = (re.split(r"(?<=;) ", f"{line};") for line in lines)
    return [part for line in assigned for part in filled(line, WIDTH - 20)]
