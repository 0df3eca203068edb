"""A global state as numbers: of local states, of the contents of channels, of what is left.

Components stand in this order: instances, channels, budgets. Each has few values, so each value is
numbered, and what happens to it becomes a table that ``semantics`` fills.
"""

from collections.abc import Sized
from functools import partial
from typing import Any

import numpy as np

from tcpspec.explore.columns import Column, Interned, Numbers, Table
from tcpspec.model.model import Channel
from tcpspec.semantics import channels
from tcpspec.semantics.permissions import FREE, Permission, spend
from tcpspec.semantics.state import GlobalState, LocalState, Packet
from tcpspec.semantics.system import TransitionSystem

NEVER = -1
"""In a table: there is no such thing. An overflow, a budget that is used up, a failed step."""


class Contents(Interned[channels.Contents]):
    """What one channel may hold. Number 0 is empty.

    Contents offer packets at some of their positions, in order: ``offers`` says how many, and
    ``offered`` which. ``send(contents, packet)`` and ``rest(contents, offer)`` are contents again.
    """

    def __init__(self, channel: Channel, packets: Interned[Packet]) -> None:
        super().__init__()
        self.channel = channel
        self._packets = packets
        self.length = Column()
        self.offers = Column()
        self._first = Column()
        self._offered = Column()
        self._positions = Column()
        self.send = Table(self._send, self, packets)
        self.rest = Table(self._rest, self, range(channel.capacity))
        self.number(())

    def number(self, value: channels.Contents) -> int:
        if value not in self:
            self._describe(len(self), value)
        return super().number(value)

    def _describe(self, number: int, value: channels.Contents) -> None:
        ordered = self.channel.ordered
        positions = list(range(len(value)) if ordered else channels.distinct(value))
        self.length.put(number, len(value))
        self.offers.put(number, len(positions))
        self._first.put(number, len(self._offered))
        for position in positions:
            self._offered.append(self._packets.number(value[position]))
            self._positions.put(len(self._offered) - 1, position)

    def offered(self, contents: Numbers, offer: int) -> Numbers:
        """The packet that each of these contents offers at this place among its offers."""
        return self._offered[self._first[contents] + offer]

    def _send(self, contents: int, packet: int) -> int:
        values, sent = self.values[contents], self._packets.values[packet]
        after = channels.send(self.channel, values, sent)
        return NEVER if after is None else self.number(after)

    def _rest(self, contents: int, offer: int) -> int:
        first = int(self._first.array[contents])
        position = int(self._positions.array[first + offer])
        return self.number(channels.take(self.values[contents], position))


class Components:
    """All components of a system, and the budgets' table."""

    def __init__(self, transition_system: TransitionSystem) -> None:
        system = transition_system.system
        self.transition_system = transition_system
        self.packets: Interned[Packet] = Interned()
        self.locals: list[Interned[LocalState]] = [Interned() for _ in system.instances]
        self.contents = [Contents(channel, self.packets) for channel in system.channels]
        self.budgets: Interned[tuple[int, ...]] = Interned()
        self.permissions: Interned[Permission] = Interned()
        self.permissions.number(FREE)
        self.spend = Table(self._spend, self.budgets, self.permissions)
        self.parts: list[Interned[Any]] = [*self.locals, *self.contents, self.budgets]

    def __len__(self) -> int:
        return len(self.parts)

    def of_channel(self, channel: int) -> int:
        """The component that a channel is."""
        return len(self.locals) + channel

    @property
    def of_budgets(self) -> int:
        return len(self.parts) - 1

    def _spend(self, budgets: int, permission: int) -> int:
        slots = self.permissions.values[permission].slots
        left = spend(self.budgets.values[budgets], slots)
        return NEVER if left is None else self.budgets.number(left)

    # --- from states to numbers and back ---

    def numbers(self, state: GlobalState) -> list[int]:
        """The number of each component of a state."""
        values = (*state.locals, *state.channels, state.budgets)
        return [part.number(value) for part, value in zip(self.parts, values, strict=True)]

    def known(self, state: GlobalState) -> list[int] | None:
        """The same, or None if some component of the state was never seen."""
        values = (*state.locals, *state.channels, state.budgets)
        if all(value in part for part, value in zip(self.parts, values, strict=True)):
            return self.numbers(state)
        return None

    def state(self, numbers: list[int]) -> GlobalState:
        """The state with these components."""
        values = [part.values[n] for part, n in zip(self.parts, numbers, strict=True)]
        first, last = len(self.locals), self.of_budgets
        return GlobalState(tuple(values[:first]), tuple(values[first:last]), values[last])


class Counts:
    """How full the outputs of an instance are, as one number, if any of its guards asks."""

    def __init__(self, components: Components, instance: int) -> None:
        system = components.transition_system.system
        asks = components.transition_system.rules[instance].asks_outputs
        self._outputs = system.outputs[instance] if asks else ()
        self._components = components
        self._channels = [channel for channel in self._outputs if channel is not None]
        self.tuples: Interned[tuple[int, ...]] = Interned()
        lengths: list[Sized] = [range(system.channels[c].capacity + 1) for c in self._channels]
        self._table = Table(self._number, *lengths) if lengths else None
        self.tuples.number(tuple(0 for _ in self._outputs))

    def _number(self, *lengths: int) -> int:
        of = dict(zip(self._channels, lengths, strict=True))
        return self.tuples.number(tuple(of[c] if c is not None else 0 for c in self._outputs))

    def __call__(self, columns: list[Numbers]) -> Numbers:
        """The number for each row of states, given as a column for each component."""
        if self._table is None:
            return np.zeros(len(columns[0]), np.int64)
        contents, at = self._components.contents, self._components.of_channel
        return self._table(*(contents[c].length[columns[at(c)]] for c in self._channels))


class LocalSteps:
    """What one instance can do: rows of outcomes, one for each situation that it can be in.

    ``alone(local state, counts)`` and ``receive[channel](local state, counts, packet)`` give a row;
    row r has the outcomes from ``first[r]`` on, ``count[r]`` of them.
    """

    CALL, TIMEOUT, STEP, RECEIPT = range(4)

    def __init__(self, components: Components, instance: int) -> None:
        ts = components.transition_system
        self._components, self._instance = components, instance
        self._rules = ts.rules[instance]
        self.counts = Counts(components, instance)
        locals_, counts = components.locals[instance], self.counts.tuples
        self.alone = Table(self._alone, locals_, counts)
        self.receive = {
            number: Table(partial(self._receive, number), locals_, counts, components.packets)
            for number, channel in enumerate(ts.system.channels)
            if channel.receiver == instance
        }
        self.first, self.count, self.deferred, self.unspecified = (Column() for _ in range(4))
        self._add_outcome_columns()
        self._lines = {t: number for number, t in enumerate(self._rules.machine.transitions)}
        self._rows = 0

    def _add_outcome_columns(self) -> None:
        """What each outcome is: see ``_outcome``."""
        self.after, self.line, self.kind, self.permission = (Column() for _ in range(4))
        self.first_send, self.sends = Column(), Column()
        self.send_output, self.send_packet = Column(), Column()
        outputs = self._components.transition_system.system.outputs[self._instance]
        self.needs = [Column() for _ in outputs]
        """For each output, how many packets each outcome sends into it."""

    def _alone(self, local: int, counts: int) -> int:
        steps = self._rules.spontaneous(*self._situation(local, counts))
        return self._row(
            [
                (step, permission)
                for step in steps
                if (permission := self._permission(step)) is not None
            ],
            deferred=False,
            unspecified=False,
        )

    def _receive(self, channel: int, local: int, counts: int, packet: int) -> int:
        port = self._components.transition_system.system.channels[channel].receiver_port
        state, full = self._situation(local, counts)
        taken = self._components.packets.values[packet]
        found = self._rules.receive(state, taken, port, full)
        steps = [(step, FREE) for step in found.steps]
        return self._row(steps, deferred=found.deferred, unspecified=not found.specified)

    def _situation(self, local: int, counts: int) -> tuple[LocalState, tuple[int, ...]]:
        states = self._components.locals[self._instance].values
        return states[local], self.counts.tuples.values[counts]
