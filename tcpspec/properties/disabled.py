"""What is not enabled in a state, and why: for those who wait for a step that does not come.

The interpreter is asked for all of it: which lines apply, which guards are false, what the system
permits, which channels have no room, what a bound cuts. Only lines of the states that the instances
are in are told of, and of receptions those for which a message is there.
"""

from collections.abc import Iterator
from enum import Enum

from tcpspec.explore.run import describe
from tcpspec.model.model import Kind, Rank, TimerRule, Transition
from tcpspec.properties.explain import takers, why, why_false
from tcpspec.record import Record
from tcpspec.semantics.show import show_packet
from tcpspec.semantics.state import (
    GlobalState,
    LocalStep,
    Packet,
    Reception,
    Step,
    StepKind,
    Successor,
)
from tcpspec.semantics.system import STEP_KINDS, TransitionSystem


class Obstacle(Enum):
    """What keeps a step from being enabled."""

    GUARD = "its guard is false"
    OTHER_LINE = "another line comes first"
    DEFERRED = "the message is left for later"
    NO_LINE = "no line takes the message"
    BEHIND = "other messages are before it"
    NEVER = "the system never lets it happen"
    USED_UP = "it has happened as often as it may"
    CONDITION = "the system does not let it happen now"
    NO_ROOM = "a channel has no room"
    BOUND = "it would leave a bound"


class Disabled(Record):
    """A step that is not enabled. ``what`` says which, ``reasons`` why, both in words.

    ``transition`` is None for a fault, and where no line takes a message.
    """

    obstacle: Obstacle
    kind: StepKind
    instance: int | None
    event: str
    what: str
    reasons: tuple[str, ...]
    transition: Transition | None = None


def disabled(ts: TransitionSystem, state: GlobalState) -> Iterator[Disabled]:
    """All of it, in the order in which the steps would come: instances, then faults."""
    looking = _Looking(ts, state)
    for number in range(len(ts.system.instances)):
        yield from looking.alone(number)
        for channel, model in enumerate(ts.system.channels):
            if model.receiver == number:
                yield from looking.receptions(channel)
    yield from looking.faults()


class _Looking:
    """What is looked at in one state: it is asked once what is enabled."""

    def __init__(self, ts: TransitionSystem, state: GlobalState) -> None:
        self._ts, self._state = ts, state
        self._successors = list(ts.successors(state))

    # --- calls, timeouts, steps ---

    def alone(self, number: int) -> Iterator[Disabled]:
        """Lines of an instance that need no message."""
        ts, local = self._ts, self._state.locals[number]
        view, rules = ts.view(self._state, number), ts.rules[number]
        lines = rules.lines_alone(local.state, view)
        applying = [(line.transition, event) for line, event in lines]
        steps = rules.spontaneous(local, view.counts)
        for transition in ts.system.instances[number].machine.of_state[local.state]:
            for event in transition.events or ("",) if transition.kind in STEP_KINDS else ():
                told = _Told(self._named(number, transition, event), number, transition, event)
                against = self._not_permitted(number, transition.kind, event)
                if (transition, event) not in applying and not _is_never(against):
                    others = (t for t, e in applying if (t.kind, e) == (transition.kind, event))
                    first = next(others, None)
                    obstacle, reasons = self._not_applying(number, transition, None, first)
                    yield told.as_(obstacle, [*reasons, *(against[1] if against else ())])
                elif against:
                    yield told.as_(*against)
                else:
                    for step in steps:
                        if (step.transition, step.event) == (transition, event):
                            taken = Step(STEP_KINDS[transition.kind], number, step)
                            yield from self._not_completed(taken)

    def _not_permitted(
        self, number: int, kind: Kind, event: str
    ) -> tuple[Obstacle, list[str]] | None:
        """What the system has against a line, all of it."""
        permission = self._ts.permissions.of_event(number, kind, event)
        if permission is None:
            return Obstacle.NEVER, [self._never(number, kind, event)]
        forbidding = [reason for rule in permission.rules for reason in self._forbidding(rule)]
        reasons = [*forbidding, *self._used_up(permission.slots)]
        obstacle = Obstacle.CONDITION if forbidding else Obstacle.USED_UP
        return (obstacle, reasons) if reasons else None

    def _named(self, number: int, transition: Transition, event: str) -> str:
        """``client: timeout retransmission``: as a run would call it, before it has happened."""
        step = Step(
            STEP_KINDS[transition.kind], number, LocalStep(transition, event, (), None, (), None)
        )
        return describe(self._ts.system, step)

    def _never(self, number: int, kind: Kind, event: str) -> str:
        name = self._ts.system.instances[number].name
        if kind is Kind.CALL:
            return f"the user of {name} may not call {event} in this system"
        return f"the system never lets {event} of {name} run out"

    def _forbidding(self, rule: TimerRule) -> Iterator[str]:
        """Why a rule of the system does not let its timer run out now; nothing, if it does."""
        if not self._ts.meets_condition(self._state, rule):
            assert rule.condition is not None
            yield f"`{rule.text}`"
            yield from why(self._ts, rule.condition, self._state, value=False)
        if rule.when_idle and not self._ts.is_idle(self._state):
            busy = min(
                (s for s in self._successors if s.step.kind in _WORK), key=lambda s: s.is_cut
            )
            though = f", though `{busy.end.message}` cuts it" if busy.end and busy.is_cut else ""
            yield f"`{rule.text}`: {describe(self._ts.system, busy.step)} is possible{though}"

    def _used_up(self, slots: tuple[int, ...]) -> list[str]:
        """How often it may happen, where nothing is left of that."""
        spent = [self._ts.permissions.budgets[s].most for s in slots if not self._state.budgets[s]]
        return [f"it may happen {'once' if n == 1 else f'{n} times'}, and has" for n in spent]

    # --- receptions ---

    def receptions(self, channel: int) -> Iterator[Disabled]:
        """Lines for the messages of a channel: of those that are offered, and of those behind."""
        model = self._ts.system.channels[channel]
        offered: dict[int, Packet] = {}
        for position, packet, reception in self._ts.offers(self._state, channel):
            if packet not in offered.values():
                yield from self._lines_for(channel, position, packet, reception)
            offered[position] = packet
        contents = self._state.channels[channel] if model.ordered else ()
        seen = set(offered.values())
        for position, packet in enumerate(contents):
            if position not in offered and packet not in seen:
                seen.add(packet)
                yield from self._behind(channel, packet, contents[position - 1])

    def _lines_for(
        self, channel: int, position: int, packet: Packet, reception: Reception
    ) -> Iterator[Disabled]:
        model = self._ts.system.channels[channel]
        number = model.receiver
        local, rules = self._state.locals[number], self._ts.rules[number]
        view = self._ts.view(self._state, number)
        port = model.receiver_port
        lines = rules.lines_for(packet, local.state, port, view._replace(packet=packet))
        applying = [line.transition for line in lines]
        for transition in self._takers(channel, packet):
            defers = transition.kind is Kind.DEFER
            if transition not in applying:
                first = applying[0] if applying else None
                told = self._told(number, packet, transition, "defer" if defers else "rcv")
                yield told.as_(*self._not_applying(number, transition, packet, first))
            elif defers:
                told = self._told(number, packet, transition)
                yield told.as_(Obstacle.DEFERRED, [f"`{transition.text}` leaves it for later"])
        for step in reception.steps:
            taken = Step(StepKind.RECEIVE, number, step, channel, position, packet)
            yield from self._not_completed(taken)
        if not reception.specified:
            reasons = [f"{self._name(number)} has no rule that applies to it in {local.state}"]
            yield self._told(number, packet, None).as_(Obstacle.NO_LINE, reasons)

    def _behind(self, channel: int, packet: Packet, before: Packet) -> Iterator[Disabled]:
        """A message of a fifo that its receiver could take, but is not offered."""
        number = self._ts.system.channels[channel].receiver
        if any(True for _ in self._takers(channel, packet)):
            reasons = [f"{self._shown(before)} is before it in {self._channel(channel)}"]
            yield self._told(number, packet, None).as_(Obstacle.BEHIND, reasons)

    def _takers(self, channel: int, packet: Packet) -> Iterator[Transition]:
        """The lines of the receiver's state that name a message: ``otherwise`` names none."""
        for transition in takers(self._ts, self._state, channel, packet):
            if transition.rank is not Rank.OTHERWISE:
                yield transition

    def _told(
        self, number: int, packet: Packet, transition: Transition | None, verb: str = "rcv"
    ) -> "_Told":
        what = f"{self._name(number)}: {verb} {self._shown(packet)}"
        return _Told(what, number, transition, packet.name)

    # --- lines that do not apply, steps that do not come about ---

    def _not_applying(
        self, number: int, transition: Transition, packet: Packet | None, first: Transition | None
    ) -> tuple[Obstacle, list[str]]:
        """The guard is false, or else another line goes before; or both, and both are told."""
        view = self._ts.view(self._state, number)._replace(packet=packet)
        guard = transition.guard
        if guard is not None and not self._ts.rules[number].value(guard, view):
            parts = why_false(self._ts, self._state, number, guard, view)
            reasons = [f"the guard [{transition.guard_text}] is false", *parts]
            if first is not None and self._goes_before(number, first, transition):
                reasons.append(_comes_first(first))
            return Obstacle.GUARD, reasons
        assert first is not None
        return Obstacle.OTHER_LINE, [_comes_first(first)]

    def _goes_before(self, number: int, first: Transition, transition: Transition) -> bool:
        """Whether a line that applies would keep the other one from applying."""
        machine = self._ts.system.instances[number].machine
        if first.rank is not transition.rank:
            return first.rank.value < transition.rank.value
        lines = machine.of_state[self._state.locals[number].state]
        ordered = machine.ordered and transition.kind.takes_message
        return ordered and lines.index(first) < lines.index(transition)

    def _not_completed(self, step: Step) -> Iterator[Disabled]:
        """A permitted step waits for room, or a bound cuts it; or it is enabled."""
        transition = step.local.transition if step.local else None
        event = step.local.event if step.local else ""
        told = _Told(describe(self._ts.system, step), step.instance, transition, event)
        found = self._outcome(step)
        if found is None:
            names = [self._channel(channel) for channel in self._ts.waits_for(self._state, step)]
            reasons = [f"there is no room in {' and '.join(names)}"]
            yield told.as_(Obstacle.NO_ROOM, reasons, step.kind)
        elif found.end is not None and found.is_cut:
            yield told.as_(Obstacle.BOUND, [f"it would leave `{found.end.message}`"], step.kind)

    def _outcome(self, step: Step) -> Successor | None:
        """What the interpreter makes of a step; None if it does not take it."""
        for successor in self._successors:
            if successor.step._replace(dropped=()) == step:
                return successor
        return None

    # --- faults ---

    def faults(self) -> Iterator[Disabled]:
        for channel, contents in enumerate(self._state.channels):
            if contents:
                yield from self._fault(StepKind.LOSS, channel)
                yield from self._fault(StepKind.DUPLICATION, channel)

    def _fault(self, kind: StepKind, channel: int) -> Iterator[Disabled]:
        permissions = self._ts.permissions
        loss = kind is StepKind.LOSS
        permission = (permissions.losses if loss else permissions.duplications)[channel]
        if permission is None:
            return
        if used := self._used_up(permission.slots):
            told = _Told(f"{self._channel(channel)}: {kind}", None, None, "")
            yield told.as_(Obstacle.USED_UP, used, kind)
        else:
            for step in self._lost(channel) if loss else self._duplicated(channel):
                yield from self._not_completed(step)

    def _lost(self, channel: int) -> list[Step]:
        """Nothing but a bound keeps a permitted loss from happening."""
        steps = [successor.step for successor in self._successors]
        return [s for s in steps if (s.kind, s.channel) == (StepKind.LOSS, channel)]

    def _duplicated(self, channel: int) -> Iterator[Step]:
        """Receptions that would leave their message."""
        number = self._ts.system.channels[channel].receiver
        for position, packet, reception in self._ts.offers(self._state, channel):
            for local in reception.steps:
                yield Step(StepKind.DUPLICATION, number, local, channel, position, packet)

    # --- names ---

    def _name(self, number: int) -> str:
        return self._ts.system.instances[number].name

    def _channel(self, channel: int) -> str:
        return self._ts.system.channels[channel].name

    def _shown(self, packet: Packet) -> str:
        return show_packet(self._ts.system.messages, packet)


def _is_never(against: tuple[Obstacle, list[str]] | None) -> bool:
    return against is not None and against[0] is Obstacle.NEVER


def _comes_first(first: Transition) -> str:
    return f"`{first.text}` comes first"


_WORK = (StepKind.STEP, StepKind.RECEIVE)
"""What keeps a system from being idle."""


class _Told(Record):
    """What a step would be, for all that can be said against it."""

    what: str
    instance: int | None
    transition: Transition | None
    event: str

    def as_(self, obstacle: Obstacle, reasons: list[str], kind: StepKind | None = None) -> Disabled:
        kind = kind or _kind(self.transition)
        return Disabled(
            obstacle, kind, self.instance, self.event, self.what, tuple(reasons), self.transition
        )


def _kind(transition: Transition | None) -> StepKind:
    """What taking a line is; a message without a line could only be received."""
    return (
        StepKind.RECEIVE
        if transition is None
        else STEP_KINDS.get(transition.kind, StepKind.RECEIVE)
    )
