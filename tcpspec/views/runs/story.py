"""A run as both ladders tell it: who does what in each row, and the way of each message.

Row 0 is the initial state, row i the i-th step.
"""

from collections.abc import Iterator
from enum import Enum

from tcpspec.explore.run import Flight, Run, flights
from tcpspec.model.model import System
from tcpspec.record import Record
from tcpspec.semantics.show import packet_fields, show_value
from tcpspec.semantics.state import Packet, Step, StepKind


class Fate(Enum):
    """What becomes of a message."""

    ARRIVED = "arrived"
    LOST = "lost"
    DROPPED = "no room"
    FLYING = "on its way"


class Course(Record):
    """The way of a message, or of one copy of it.

    ``sent`` is None for an old duplicate; ``order`` counts what its sender sent in the same row;
    ``end`` is the row in which it arrives or is lost, None if it is still on its way.
    """

    name: str
    fields: str
    sender: int
    receiver: int
    sent: int | None
    order: int
    end: int | None
    fate: Fate
    copy: bool = False

    @property
    def remark(self) -> str:
        """What the arrow alone does not say."""
        if self.copy:
            return "(duplicate)"
        return "(old duplicate)" if self.sent is None else ""

    @property
    def label(self) -> str:
        """As the field writes it: ``SYN+ACK seq=300 ack=101``."""
        return " ".join(filter(None, (self.name, self.fields, self.remark)))


class Change(Record):
    """A variable's new value."""

    instance: str
    variable: str
    value: str

    def __str__(self) -> str:
        return f"{self.instance}.{self.variable} = {self.value}"


def fields_text(system: System, packet: Packet) -> str:
    """``seq=300 ack=101``."""
    pairs = packet_fields(system.messages, packet)
    return " ".join(f"{name.lower()}={value}" for name, value in pairs)


def courses(run: Run) -> list[Course]:
    """The ways of all messages, in the order in which they were sent."""
    found: list[Course] = []
    order: dict[int, int] = {}
    for flight in flights(run):
        place = 0
        if flight.sent is not None:
            place = order[flight.sent] = order.get(flight.sent, -1) + 1
        found += _ways(run, flight, place)
    return found


def _ways(run: Run, flight: Flight, order: int) -> Iterator[Course]:
    """One way for each time it arrives, and one more for what is lost or left."""
    channel = run.system.channels[flight.channel]
    fields = fields_text(run.system, flight.packet)
    sent = None if flight.sent is None else flight.sent + 1
    for number, (end, fate) in enumerate(_ends(run, flight)):
        yield Course(
            flight.packet.name, fields, channel.sender, channel.receiver, sent, order, end, fate,
            copy=number > 0,
        )  # fmt: skip


def _ends(run: Run, flight: Flight) -> Iterator[tuple[int | None, Fate]]:
    for row in flight.arrived:
        yield row + 1, Fate.ARRIVED
    if flight.lost is not None:
        yield flight.lost + 1, Fate.DROPPED if flight.lost == flight.sent else Fate.LOST
    elif not flight.arrived or _stays(run, flight.arrived[-1]):
        yield None, Fate.FLYING


def _stays(run: Run, row: int) -> bool:
    return run.steps[row].step.kind is StepKind.DUPLICATION


def cause(step: Step) -> str:
    """What made an instance act, unless it was a message: a call, a timeout, a step of its own."""
    if step.local is None:
        return ""
    transition = step.local.transition
    chosen = ", ".join(map(show_value, step.local.choices))
    remark = f"any = {chosen}" if chosen else ""
    what = {
        StepKind.CALL: step.local.event,
        StepKind.TIMEOUT: f"timeout {step.local.event}",
        StepKind.STEP: transition.label or "step",
    }.get(step.kind, "")
    return f"{what} ({remark})" if what and remark else what or remark


def changes(run: Run) -> list[tuple[Change, ...]]:
    """For each row, the variables that have new values; none in row 0."""
    found: list[tuple[Change, ...]] = [()]
    before = run.initial
    for run_step in run.steps:
        after = run_step.state or before
        found.append(tuple(
            Change(instance.name, variable.name, show_value(new))
            for instance, old_local, new_local in zip(
                run.system.instances, before.locals, after.locals, strict=True)
            for variable, old, new in zip(
                instance.machine.variables, old_local.values, new_local.values, strict=True)
            if old != new
        ))  # fmt: skip
        before = after
    return found


def control_states(run: Run) -> list[tuple[str, ...]]:
    """For each row, the control state of each instance after it."""
    rows = [tuple(local.state for local in run.initial.locals)]
    for run_step in run.steps:
        state = run_step.state
        rows.append(rows[-1] if state is None else tuple(local.state for local in state.locals))
    return rows


def verdict_text(run: Run, outcome: str | None) -> str | None:
    """What went wrong: as given, or else how the run ended."""
    if outcome is not None or run.end is None:
        return outcome
    return f"{run.end.kind}: {run.end.message}" if run.end.message else str(run.end.kind)
