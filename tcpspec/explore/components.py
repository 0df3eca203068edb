"""A global state as numbers: of local states, of the contents of channels, of what is left.

Components stand in this order: instances, channels, budgets. Each has few values, so each value is
numbered, and what happens to it becomes a table that ``semantics`` fills.
"""

from collections.abc import Sequence
from typing import Any

from tcpspec.explore.columns import Interned, Numbers, Records, Table, each
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
        self.described = Records("length", "first", "offers")
        self.offer = Records("packet", "position")
        self.send = Table(each(self._send), self, packets)
        self.rest = Table(each(self._rest), self, range(channel.capacity))
        self.number(())

    def number(self, value: channels.Contents) -> int:
        if value in self:
            return super().number(value)
        ordered, first = self.channel.ordered, len(self.offer)
        positions = list(range(len(value)) if ordered else channels.distinct(value))
        for position in positions:
            self.offer.append(self._packets.number(value[position]), position)
        self.described.cut(len(self))  # an interrupt may have come between the two lines below
        self.described.append(len(value), first, len(positions))
        return super().number(value)

    @property
    def length(self) -> Numbers:
        """How many packets each of the contents are."""
        return self.described["length"]

    @property
    def offers(self) -> Numbers:
        """How many packets each of the contents offers."""
        return self.described["offers"]

    def offered(self, contents: Numbers, offer: int) -> Numbers:
        """The packet that each of these contents offers at this place among its offers."""
        return self.offer["packet"][self.described["first"][contents] + offer]

    def _send(self, contents: int, packet: int) -> int:
        values, sent = self.values[contents], self._packets.values[packet]
        after = channels.send(self.channel, values, sent)
        return NEVER if after is None else self.number(after)

    def _rest(self, contents: int, offer: int) -> int:
        first = int(self.described["first"][contents])
        position = int(self.offer["position"][first + offer])
        return self.number(channels.take(self.values[contents], position))


class Components:
    """All components of a system, and the budgets' table."""

    def __init__(self, transition_system: TransitionSystem) -> None:
        system = transition_system.system
        self.transition_system = transition_system
        self.packets: Interned[Packet] = Interned()
        self.locals = _locals(transition_system)
        self.contents = _contents(system.channels, self.packets)
        self.budgets: Interned[tuple[int, ...]] = Interned()
        self.permissions: Interned[Permission] = Interned()
        self.permissions.number(FREE)
        self.spend = Table(each(self._spend), self.budgets, self.permissions)
        self.parts: list[Interned[Any]] = [*self.locals, *self.contents, self.budgets]

    def __len__(self) -> int:
        return len(self.parts)

    def of_channel(self, channel: int) -> int:
        """The component that a channel is."""
        return len(self.locals) + channel

    @property
    def of_budgets(self) -> int:
        return len(self.parts) - 1

    @property
    def limited(self) -> bool:
        """Whether there are budgets at all."""
        return bool(self.budgets.values[0])

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
        """The same, or None if some local state or budget was never seen: then the state was not
        either. Contents of channels are numbered by some engines only when someone asks.
        """
        seen = zip(self.locals, state.locals, strict=True)
        if state.budgets in self.budgets and all(value in part for part, value in seen):
            return self.numbers(state)
        return None

    def state(self, numbers: list[int]) -> GlobalState:
        """The state with these components."""
        values = [part.values[n] for part, n in zip(self.parts, numbers, strict=True)]
        first, last = len(self.locals), self.of_budgets
        return GlobalState(tuple(values[:first]), tuple(values[first:last]), values[last])


def _locals(transition_system: TransitionSystem) -> list[Interned[LocalState]]:
    """The local states of each instance; like instances have the same numbers."""
    known: dict[tuple[object, ...], Interned[LocalState]] = {}
    return [known.setdefault(rules.likeness, Interned()) for rules in transition_system.rules]


def _contents(channels: Sequence[Channel], packets: Interned[Packet]) -> list[Contents]:
    """What each channel may hold; like channels have the same numbers."""
    known: dict[tuple[object, ...], Contents] = {}
    found = []
    for channel in channels:
        likeness = channel.ordered, channel.capacity, channel.when_full
        if likeness not in known:
            known[likeness] = Contents(channel, packets)
        found.append(known[likeness])
    return found
