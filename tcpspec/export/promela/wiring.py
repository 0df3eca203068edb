"""How instances are wired, and which of them one process type can be for.

A channel becomes a ``chan`` if it is a fifo and its receiver takes the head or nothing. A bag, and
a fifo whose receiver may defer messages, becomes an array of slots, since a ``chan`` gives what is
behind the head to nobody who wants to look at it first.

Instances of one machine share a process type if their channels are of the same kinds.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tcpspec.export.exported import Refused
from tcpspec.model.model import Kind, Limit, Machine, System, WhenFull

MAX_CAPACITY = 255
"""What a channel of SPIN can hold."""
MAX_SLOTS = 12
"""Each slot of an array is an option of its own for each rule."""


@dataclass(frozen=True, slots=True)
class Way:
    """How a channel is kept, as a process type knows it."""

    slots: bool
    """An array of slots, not a ``chan``."""
    ordered: bool
    capacity: int
    when_full: WhenFull
    varying: bool = False
    """The instances of a process type have channels of several capacities; this is the largest."""

    @property
    def array(self) -> str:
        return "bag" if self.slots else "link"

    def room(self, place: str) -> str:
        """What the channel can hold, as a number or as what a field says."""
        return f"{place}.capacity" if self.varying else str(self.capacity)


@dataclass(frozen=True, slots=True)
class Input:
    """A channel that a process receives from. ``same_as`` is the output that is the same one."""

    way: Way
    port: int | None
    duplicating: bool
    limited: bool
    """Channels of its array have budgets for duplications."""
    same_as: int | None


@dataclass(frozen=True, slots=True)
class Shape:
    """Instances of a machine that one process type is for."""

    machine: Machine
    inputs: tuple[Input, ...]
    outputs: tuple[Way | None, ...]
    instances: tuple[int, ...]


class Wiring:
    """The channels of a system in their arrays, and the shapes of its instances."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.ways = tuple(_way(system, number) for number in range(len(system.channels)))
        self.inputs = tuple(
            tuple(c for c, channel in enumerate(system.channels) if channel.receiver == number)
            for number in range(len(system.instances))
        )
        self.shapes = tuple(self._shapes())

    def index(self, channel: int) -> int:
        """Where a channel stands in its array."""
        return sum(way.slots == self.ways[channel].slots for way in self.ways[:channel])

    def element(self, channel: int) -> str:
        """The element of the array that is a channel."""
        return f"{self.ways[channel].array}[{self.index(channel)}]"

    def position(self, instance: int) -> int:
        """Where an instance stands in the array of its machine."""
        instances = self.system.instances
        return sum(i.machine is instances[instance].machine for i in instances[:instance])

    def shape_of(self, instance: int) -> Shape:
        return next(shape for shape in self.shapes if instance in shape.instances)

    def _shapes(self) -> Iterator[Shape]:
        alike: dict[object, list[int]] = {}
        for number, instance in enumerate(self.system.instances):
            inputs, outputs = self._ends(number)
            key = (
                instance.machine,
                tuple(replace(input_, way=_of_any_size(input_.way)) for input_ in inputs),
                tuple(way and _of_any_size(way) for way in outputs),
            )
            alike.setdefault(key, []).append(number)
        for numbers in alike.values():
            ends = [self._ends(number) for number in numbers]
            inputs = tuple(
                replace(same[0], way=_largest([input_.way for input_ in same]))
                for same in zip(*(inputs for inputs, _ in ends), strict=True)
            )
            outputs = tuple(
                _largest([way for way in same if way is not None]) if same[0] else None
                for same in zip(*(outputs for _, outputs in ends), strict=True)
            )
            machine = self.system.instances[numbers[0]].machine
            yield Shape(machine, inputs, outputs, tuple(numbers))

    def _ends(self, instance: int) -> tuple[tuple[Input, ...], tuple[Way | None, ...]]:
        """The inputs and outputs of one instance."""
        inputs = tuple(self._input(channel) for channel in self.inputs[instance])
        outputs = tuple(
            None if channel is None else self.ways[channel]
            for channel in self.system.outputs[instance]
        )
        return inputs, outputs

    @property
    def varying(self) -> bool:
        """Whether capacities are fields of channels."""
        return any(way is not None and way.varying for s in self.shapes for way in s.outputs)

    def _input(self, number: int) -> Input:
        channel = self.system.channels[number]
        outputs = self.system.outputs[channel.receiver]
        return Input(
            self.ways[number],
            channel.receiver_port,
            channel.duplications != 0,
            any(
                has_budget(other.duplications)
                for other, way in zip(self.system.channels, self.ways, strict=True)
                if way.slots is self.ways[number].slots
            ),
            outputs.index(number) if number in outputs else None,
        )


def _way(system: System, number: int) -> Way:
    channel = system.channels[number]
    machine = system.instances[channel.receiver].machine
    defers = any(transition.kind is Kind.DEFER for transition in machine.transitions)
    slots = defers or not channel.ordered
    if channel.capacity > (MAX_SLOTS if slots else MAX_CAPACITY):
        what = f"an array of slots, of at most {MAX_SLOTS}" if slots else "at most 255"
        raise Refused(f"{channel.name} holds {channel.capacity} messages; the export has {what}")
    return Way(slots, channel.ordered, channel.capacity, channel.when_full)


def _of_any_size(way: Way) -> Way:
    return replace(way, capacity=0)


def _largest(ways: list[Way]) -> Way:
    """One way for several that differ at most in their capacities."""
    capacities = {way.capacity for way in ways}
    return replace(ways[0], capacity=max(capacities), varying=len(capacities) > 1)


def has_budget(limit: Limit) -> bool:
    """Whether something may happen only so many times, but not never."""
    return bool(limit)
