"""Which action each step is, for whole blocks of steps: what ``graph.action_of`` says of each."""

import numpy as np

from tcpspec.explore.columns import Interned, Numbers
from tcpspec.explore.components import Components
from tcpspec.explore.graph import Action, Put, Small
from tcpspec.explore.local_steps import LocalSteps
from tcpspec.explore.packing import Keys
from tcpspec.explore.refused import Refusal, Refused
from tcpspec.model.model import Transition, WhenFull
from tcpspec.semantics.state import StepKind

ALONE = 0
"""The origin of a step that takes nothing from any channel."""

_PACKET, _ORIGIN, _SENDING, _DROPS = 20, 12, 24, 8
"""Bits of a key: the packet that is taken, from where and how, what the line sends, which of it is
dropped.
"""

MOST_SENDS = 60
"""What a line may send: a bit for each."""

_KINDS = {
    LocalSteps.CALL: StepKind.CALL, LocalSteps.TIMEOUT: StepKind.TIMEOUT,
    LocalSteps.STEP: StepKind.STEP,
}  # fmt: skip


Sent = tuple[tuple[int, int], ...]
"""Output and packet of each send, as numbers."""


class Labels:
    """Numbers for actions: ``actions`` has them in order."""

    def __init__(self, components: Components, local: list[LocalSteps]) -> None:
        self._components, self._local = components, local
        self._system = components.transition_system.system
        self._origins: Interned[tuple[StepKind | None, int]] = Interned()
        self._origins.number((None, -1))
        self._sendings: Interned[tuple[int, int, Transition, int, Sent]] = Interned()
        self._sending_of: list[list[int]] = [[] for _ in local]
        self._masks: Interned[int] = Interned()
        """A bit for each send of a line that a full channel drops."""
        self._numbers: dict[int, int] = {}
        self._actions: Interned[Action] = Interned()

    @property
    def actions(self) -> list[Action]:
        return self._actions.values

    def origin(self, kind: StepKind, channel: int, packets: Numbers) -> Numbers:
        """What is taken from a channel, and how."""
        origin = self._origins.number((kind, channel))
        if origin >> _ORIGIN or len(self._components.packets) >> _PACKET:
            raise Refused(Refusal.BITS, bits=_PACKET, what="packets")
        return packets | origin << _PACKET

    def of(
        self, instance: int | None, origin: Numbers, outcome: Numbers | None, dropped: Numbers
    ) -> Small:
        """The number of each step's action."""
        keys: Keys = origin.view(np.uint64) << np.uint64(_SENDING + _DROPS)
        if instance is not None and outcome is not None:
            move = self._local[instance].outcomes["move"][outcome]
            sending = np.array(self._sendings_of(instance), np.uint64)[move]
            masks, which = np.unique(dropped, return_inverse=True)
            numbered = np.array([self._masks.number(mask) for mask in masks.tolist()], np.uint64)
            if len(self._masks) >> _DROPS:
                raise Refused(Refusal.BITS, bits=_DROPS, what="ways to drop what a line sends")
            keys |= sending << np.uint64(_DROPS) | numbered[which]
        different, which = np.unique(keys, return_inverse=True)
        numbers = [self._number(key) for key in different.tolist()]
        labels: Small = np.array(numbers, np.int32)[which]
        return labels

    def _sendings_of(self, instance: int) -> list[int]:
        """For each move of an instance, which line it is and what it sends; from 1."""
        local, known = self._local[instance], self._sending_of[instance]
        moves, sent = local.moves.rows, local.sent.rows
        for line, kind, event, first, count, _ in moves[len(known) :]:
            transition = self._system.instances[instance].machine.transitions[line]
            sends = tuple((row[0], row[1]) for row in sent[first : first + count])
            known.append(1 + self._sendings.number((instance, kind, transition, event, sends)))
            if known[-1] >> _SENDING:
                raise Refused(Refusal.BITS, bits=_SENDING, what="what lines send")
            if len(sends) > MOST_SENDS:
                raise Refused(Refusal.BITS, bits=MOST_SENDS, what="sends of one line")
        return known

    def _number(self, key: int) -> int:
        if key not in self._numbers:  # lines that send differently may do the same to fairness
            self._numbers[key] = self._actions.number(self._action(key))
        return self._numbers[key]

    def _action(self, key: int) -> Action:
        mask = key & (1 << _DROPS) - 1
        sending = key >> _DROPS & (1 << _SENDING) - 1
        origin = key >> _DROPS + _SENDING
        kind, channel = self._origins.values[origin >> _PACKET]
        packet = None
        if kind is not None:
            packet = self._components.packets.values[origin & (1 << _PACKET) - 1]
        if not sending:
            assert kind is not None
            return Action(kind, None, None, None, channel, packet, ())
        instance, own, transition, event, sends = self._sendings.values[sending - 1]
        puts = tuple(self._puts(instance, sends, self._masks.values[mask]))
        if kind is None:
            called = own == LocalSteps.CALL
            name = self._local[instance].events.values[event][1] if called else None
            return Action(_KINDS[own], instance, transition, name, None, None, puts)
        return Action(kind, instance, transition, None, channel, packet, puts)

    def _puts(self, instance: int, sends: Sent, dropped: int) -> list[Put]:
        found = []
        for nth, (output, packet) in enumerate(sends):
            channel = self._system.outputs[instance][output]
            assert channel is not None
            if self._system.channels[channel].when_full is WhenFull.DROP:
                sent = self._components.packets.values[packet]
                found.append(Put(channel, sent, bool(dropped >> nth & 1)))
        return found
