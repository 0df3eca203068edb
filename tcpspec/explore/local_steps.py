"""What instances can do, as tables over the numbers of components."""

from collections.abc import Sized
from functools import partial

import numpy as np

from tcpspec.explore.columns import Interned, Numbers, Records, Table
from tcpspec.explore.components import NEVER, Components
from tcpspec.model.model import Kind
from tcpspec.semantics.local import LocalRules
from tcpspec.semantics.state import LocalState, LocalStep, Packet


class LocalSteps:
    """The steps of one instance, and of all that are like it, in each situation.

    ``alone(local state, counts)`` and ``receive[port](local state, counts, packet)`` give a row of
    ``rows``; that has the outcomes from ``first`` on, ``count`` of them. ``counts`` is how full the
    outputs are, as far as anybody asks.
    """

    CALL, TIMEOUT, STEP, RECEIPT = range(4)
    """The kind of an outcome."""

    def __init__(
        self, rules: LocalRules, locals_: Interned[LocalState], packets: Interned[Packet]
    ) -> None:
        self._rules, self._locals, self._packets = rules, locals_, packets
        self.counts: Interned[tuple[int, ...]] = Interned()
        self.events: Interned[tuple[Kind, str]] = Interned()
        self.alone = Table(self._alone, locals_, self.counts)
        ports = range(len(rules.machine.ports)) if rules.machine.ports else (None,)
        self.receive = {
            port: Table(partial(self._receive, port), locals_, self.counts, packets)
            for port in ports
        }
        self.rows = Records("first", "count", "deferred", "unspecified")
        self.outcomes = Records("after", "line", "kind", "event", "first_send", "sends")
        self.sent = Records("output", "packet")
        self.needed = [Records("packets") for _ in rules.capacities]
        """For each output, how many packets each outcome sends into it."""
        self._lines = {t: number for number, t in enumerate(rules.machine.transitions)}

    def _alone(self, local: int, counts: int) -> int:
        steps = self._rules.spontaneous(self._locals.values[local], self.counts.values[counts])
        return self._row(steps, deferred=False, unspecified=False)

    def _receive(self, port: int | None, local: int, counts: int, packet: int) -> int:
        found = self._rules.receive(
            self._locals.values[local], self._packets.values[packet], port,
            self.counts.values[counts],
        )  # fmt: skip
        return self._row(found.steps, deferred=found.deferred, unspecified=not found.specified)

    def _row(self, steps: tuple[LocalStep, ...], *, deferred: bool, unspecified: bool) -> int:
        first = len(self.outcomes)
        for step in steps:
            self._outcome(step)
        return self.rows.append(first, len(steps), deferred, unspecified)

    def _outcome(self, step: LocalStep) -> None:
        """Where the step leads, if it can be completed; which line it is; what it sends."""
        kind, first_send = step.transition.kind, len(self.sent)
        for output, packet in step.sends:
            self.sent.append(output, self._packets.number(packet))
        for output, needed in enumerate(self.needed):
            needed.cut(len(self.outcomes))  # an interrupt may have come before the line below
            needed.append(sum(into == output for into, _ in step.sends))
        self.outcomes.append(
            NEVER if step.after is None else self._locals.number(step.after),
            self._lines[step.transition],
            _KINDS.get(kind, self.RECEIPT),
            0 if kind.takes_message else self.events.number((kind, step.event)),
            first_send,
            len(step.sends),
        )


_KINDS = {
    Kind.CALL: LocalSteps.CALL,
    Kind.TIMEOUT: LocalSteps.TIMEOUT,
    Kind.STEP: LocalSteps.STEP,
}


def local_steps(components: Components) -> list[LocalSteps]:
    """The local steps of each instance; those with the same rules share theirs."""
    ts = components.transition_system
    known: dict[tuple[object, ...], LocalSteps] = {}
    found = []
    for rules, locals_ in zip(ts.rules, components.locals, strict=True):
        likeness = rules.likeness
        if likeness not in known:
            known[likeness] = LocalSteps(rules, locals_, components.packets)
        found.append(known[likeness])
    return found


class Permitted:
    """The permission that each event of an instance needs; ``NEVER`` where the system has none."""

    def __init__(self, components: Components, instance: int, local: LocalSteps) -> None:
        self._components, self._instance, self._events = components, instance, local.events
        self._known = np.zeros(0, np.int64)

    def __call__(self, events: Numbers) -> Numbers:
        """The numbers of the permissions."""
        if len(self._known) < len(self._events):
            numbers = [self._number(kind, event) for kind, event in self._events.values]
            self._known = np.array(numbers, np.int64)
        return self._known[events]

    def _number(self, kind: Kind, event: str) -> int:
        permissions = self._components.transition_system.permissions
        permission = permissions.of_event(self._instance, kind, event)
        return NEVER if permission is None else self._components.permissions.number(permission)


class Counts:
    """How full the outputs of an instance are, as far as any of its guards asks."""

    def __init__(self, components: Components, instance: int, local: LocalSteps) -> None:
        ts = components.transition_system
        self._rules = ts.rules[instance]
        self._outputs = ts.system.outputs[instance] if self._rules.asks_outputs else ()
        self._components, self._numbers = components, local.counts
        self._channels = [channel for channel in self._outputs if channel is not None]
        lengths: list[Sized] = [range(ts.system.channels[c].capacity + 1) for c in self._channels]
        self._table = Table(self._number, *(lengths or [range(1)]))

    def _number(self, *lengths: int) -> int:
        """Lengths of which all questions say the same have one number."""
        of = dict(zip(self._channels, lengths, strict=False))
        alike = [
            0 if channel is None else self._rules.alike(output, of[channel])
            for output, channel in enumerate(self._outputs)
        ]
        return self._numbers.number(tuple(alike))

    def __call__(self, columns: list[Numbers]) -> Numbers:
        """The number for each row of states, given as a column for each component."""
        contents, at = self._components.contents, self._components.of_channel
        lengths = [contents[c].length[columns[at(c)]] for c in self._channels]
        return self._table(*(lengths or [np.zeros(len(columns[0]), np.int64)]))
