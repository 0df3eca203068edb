"""What instances can do, as tables over the numbers of components."""

import numpy as np

from tcpspec.explore.alike import Alike
from tcpspec.explore.columns import Interned, Numbers, Records, Table
from tcpspec.explore.components import NEVER, Components
from tcpspec.explore.outcomes import Move, Outcomes
from tcpspec.explore.refused import Refusal, Refused
from tcpspec.explore.rows import NO_RULE, NO_STEP, Row
from tcpspec.model.model import Kind, Transition
from tcpspec.semantics.candidates import Candidates
from tcpspec.semantics.local import LocalRules
from tcpspec.semantics.state import LocalState, LocalStep, Packet, Sends


class LocalSteps:
    """The steps of one instance, and of all that are like it, in each situation.

    ``alone(local state, counts)`` and ``receive[port](local state, packet, counts)`` give a
    ``Row``. ``counts`` is how full the outputs are, as far as anybody asks.
    """

    CALL, TIMEOUT, STEP, RECEIPT = range(4)
    """The kind of an outcome."""

    def __init__(
        self, rules: LocalRules, locals_: Interned[LocalState], packets: Interned[Packet]
    ) -> None:
        self._rules, self._locals, self._packets = rules, locals_, packets
        self.counts: Interned[tuple[int, ...]] = Interned()
        self.events: Interned[tuple[Kind, str]] = Interned()
        self.sent = Records("output", "packet")
        self.moves = Records(*Move._fields)
        self.outcomes = Outcomes(self.moves)
        self._numbers: dict[tuple[object, ...], int] = {}
        """Of moves, by what they are."""
        self._spontaneous = self._steps_alone()
        self._at_any_counts: dict[int, int] = {}
        """Rows alone, where nothing is asked about the outputs."""
        self.alone = Table(self._alone, locals_, self.counts, wide=True)
        ports = range(len(rules.machine.ports)) if rules.machine.ports else (None,)
        self.receive = {
            port: Table(self._receptions(port), locals_, packets, self.counts, wide=True)
            for port in ports
        }
        self._lines = {
            transition: (number, _KINDS.get(transition.kind, self.RECEIPT), transition.kind)
            for number, transition in enumerate(rules.machine.transitions)
        }

    def needed(self, output: int, outcomes: Numbers) -> Numbers:
        """How many packets each of these outcomes sends into an output."""
        before = np.concatenate(([0], np.cumsum(self.sent["output"] == output)))
        first = self.outcomes["first_send"][outcomes]
        sent: Numbers = before[first + self.outcomes["sends"][outcomes]] - before[first]
        return sent

    def _alone(self, locals_: list[int], counts: list[int]) -> list[int]:
        """Rows; where nothing is asked about the outputs, they are the same for all counts."""
        known = self._at_any_counts
        if self._rules.asks_alone:
            return self._spontaneous(locals_, [0] * len(locals_), counts)
        new = [local for local in dict.fromkeys(locals_) if local not in known]
        nothing = [0] * len(new)
        known.update(zip(new, self._spontaneous(new, nothing, nothing), strict=True))
        return [known[local] for local in locals_]

    def _steps_alone(self) -> Alike:
        """Rows of what an instance does alone: with one packet that is none."""
        rules = self._rules
        nothing: Interned[Packet] = Interned()
        nothing.number(Packet("", ()))

        def row(
            lines: Candidates, local: LocalState, _packet: Packet, counts: tuple[int, ...]
        ) -> int:
            return self._row(rules.steps_of(lines, local, counts), deferred=False)

        return Alike(
            self._locals, nothing, self.counts, self.outcomes, NO_STEP,
            lambda state, _name, counts: rules.candidates_alone(state, counts), row,
        )  # fmt: skip

    def _receptions(self, port: int | None) -> Alike:
        """Rows of what it does with packets that arrive at a port."""
        rules = self._rules

        def row(
            lines: Candidates, local: LocalState, packet: Packet, counts: tuple[int, ...]
        ) -> int:
            found = rules.reception_by(lines, local, packet, counts)
            if not found.specified:
                return NO_RULE
            return self._row(found.steps, deferred=found.deferred)

        return Alike(
            self._locals, self._packets, self.counts, self.outcomes, NO_RULE,
            lambda state, name, counts: rules.candidates(name, state, port, counts), row,
        )  # fmt: skip

    def _row(self, steps: tuple[LocalStep, ...], *, deferred: bool) -> int:
        """Appends an outcome for each step: where it leads, if it can be completed; its move."""
        outcomes = self.outcomes.words
        first = len(outcomes)
        for transition, event, _, after, sends, failure in steps:
            key = transition, event, sends, failure is None
            move = self._numbers.get(key)
            if move is None:
                move = self._numbers[key] = self._move(transition, event, sends, failure)
            leads = NEVER if after is None else self._locals.number(after)
            outcomes.append(Outcomes.word(leads, move))
        return Row.of(first, len(steps), deferred=deferred, unspecified=False)

    def _move(self, transition: Transition, event: str, sends: Sends, failure: str | None) -> int:
        """One that is new: which line it is, and what it sends."""
        first_send = len(self.sent)
        for output, packet in sends:
            self.sent.append(output, self._packets.number(packet))
        line, kind, written = self._lines[transition]
        number = 0 if kind == self.RECEIPT else self.events.number((written, event))
        return self.moves.append(line, kind, number, first_send, len(sends), failure is not None)


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
        self._known: list[int] = []

    def of(self, event: int) -> int:
        """The number of the permission."""
        for kind, name in self._events.values[len(self._known) :]:
            self._known.append(self._number(kind, name))
        return self._known[event]

    def __call__(self, events: Numbers) -> Numbers:
        """The numbers of the permissions."""
        known = [self.of(event) for event in range(len(self._events))]
        return np.array(known, np.int64)[events]

    def _number(self, kind: Kind, event: str) -> int:
        permissions = self._components.transition_system.permissions
        permission = permissions.of_event(self._instance, kind, event)
        return NEVER if permission is None else self._components.permissions.number(permission)


class Counts:
    """How full the outputs of an instance are, as far as any of its guards asks.

    Lengths of which all questions say the same are one place. ``channels`` are those that are asked
    for, and the sum of their ``places``, by length, is a place in ``numbers``.
    """

    MOST = 1 << 16
    """Combinations of places."""

    def __init__(self, components: Components, instance: int, local: LocalSteps) -> None:
        ts = components.transition_system
        self._components = components
        rules, outputs = ts.rules[instance], ts.system.outputs[instance]
        self.channels: list[int] = []
        self.places: list[Numbers] = []
        combined: list[tuple[int, ...]] = [()]
        for output, channel in enumerate(outputs if rules.asks_outputs else ()):
            lengths = 0 if channel is None else ts.system.channels[channel].capacity
            alike = [rules.alike(output, length) for length in range(lengths + 1)]
            kinds = sorted(set(alike))
            if channel is not None:
                self.channels.append(channel)
                self.places.append(np.array([kinds.index(one) for one in alike]) * len(combined))
            combined = [(*others, kind) for kind in kinds for others in combined]
            if len(combined) > self.MOST:
                raise Refused(Refusal.QUESTIONS, most=self.MOST)
        self.numbers = np.array([local.counts.number(one) for one in combined], np.int64)

    def __call__(self, columns: list[Numbers]) -> Numbers:
        """The number for each row of states, given as a column for each component."""
        contents, at = self._components.contents, self._components.of_channel
        place = np.zeros(len(columns[0]), np.int64)
        for channel, places in zip(self.channels, self.places, strict=True):
            place += places[contents[channel].length[columns[at(channel)]]]
        return self.numbers[place]
