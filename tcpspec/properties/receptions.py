"""The reception matrix: for each state of a machine and each message, what its lines say of them,
and what comes of it in the systems that were explored.

Which lines there are is read from the machine, by the rules of receiving: a line without a guard
ends what may be tried after it. Whether a message meets a state, and whether it meets it without a
line, is asked of the spaces, which have it from the interpreter.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum

from tcpspec.explore.space import StateSpace
from tcpspec.model.model import Kind, Machine, Transition
from tcpspec.model.ranges import decide
from tcpspec.model.wiring import arriving
from tcpspec.properties.verdict import UnspecifiedReception, reservations
from tcpspec.record import Record


class Handling(StrEnum):
    """What a line does with a message."""

    HANDLED = "handled"
    IGNORED = "ignored"
    DEFERRED = "deferred"


_HANDLING = {
    Kind.RECEIVE: Handling.HANDLED,
    Kind.IGNORE: Handling.IGNORED,
    Kind.DEFER: Handling.DEFERRED,
}


class Meeting(StrEnum):
    """Whether a message is offered in a state, in the systems that were explored."""

    UNSPECIFIED = "unspecified and reachable"
    """It is, and some run leads to where no line is for it."""
    HAPPENS = "happens"
    """It is; wherever it was, there is a line for it."""
    NEVER = "never happens in these systems"
    BOUNDED = "never happens within the bound"
    """A bound kept some states from being looked at."""
    UNKNOWN = "not found before a limit was reached"
    """A limit did: it may happen."""
    FAILING = "not found, but an error ended runs: it may happen"
    """What might come behind the step that fails was not looked at."""
    UNASKED = "in no system"
    """There was no system with such a machine."""


class Explored(Record):
    """One of the systems, and under which reservations its search stands; none, if it is complete
    and no run ends in an error.
    """

    system: str
    complete: bool
    limited: bool
    """Whether a limit ended the search; else, if it is not complete, a bound cut steps."""
    failing: bool
    """Whether an error ended runs."""
    rests_on: tuple[str, ...]


class Cell(Record):
    """What a machine does in a state with a message.

    ``lines`` are those that may apply, in the order of the text. ``guarded``: none of them applies
    whatever the values are, so that by what is written alone a message may be left without a line;
    also where there are no lines. ``systems`` are those in which the two meet, ``unspecified`` has
    for each in which they do without a line the shortest run, the shortest of all first.
    """

    state: str
    message: str
    lines: tuple[Transition, ...]
    guarded: bool
    meeting: Meeting
    systems: tuple[str, ...]
    unspecified: tuple[UnspecifiedReception, ...]

    @property
    def handling(self) -> tuple[Handling, ...]:
        """What the lines do, each once."""
        kinds = {line.kind for line in self.lines}
        return tuple(handling for kind, handling in _HANDLING.items() if kind in kinds)


class ReceptionMatrix(Record):
    """A row of cells for each state of the machine, a column for each message that some channel of
    the systems can bring to it; ``left_out`` are the messages that none can.
    """

    machine: Machine
    messages: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    systems: tuple[Explored, ...]
    left_out: tuple[str, ...]

    @property
    def unspecified(self) -> tuple[Cell, ...]:
        """The cells with a run, row by row."""
        return tuple(cell for row in self.rows for cell in row if cell.unspecified)


def unspecified_receptions(space: StateSpace) -> tuple[UnspecifiedReception, ...]:
    """Every pair of state and message that meet without a line, each with its shortest run."""
    instances = space.transition_system.system.instances
    return tuple(
        UnspecifiedReception(
            instances[offer.instance].name, offer.state, offer.message, space.run_to(number)
        )
        for offer, number in space.unspecified()
    )


def reception_matrix(machine: Machine, spaces: Iterable[StateSpace]) -> ReceptionMatrix:
    """The matrix of a machine over those of these spaces whose systems use it.

    Without any, its columns are the messages that its lines name, and nothing is said of what
    happens.
    """
    asked = [s for s in spaces if machine in _machines(s)]
    columns = _Columns(machine, asked)
    meetings = _Meetings(machine, asked)
    rows = tuple(
        tuple(_cell(columns, meetings, state.name, message) for message in columns.messages)
        for state in machine.states
    )
    left_out = tuple(name for name in columns.known if name not in columns.messages)
    return ReceptionMatrix(machine, columns.messages, rows, meetings.explored, left_out)


def _machines(space: StateSpace) -> list[Machine]:
    return [instance.machine for instance in space.transition_system.system.instances]


def _cell(columns: "_Columns", meetings: "_Meetings", state: str, message: str) -> Cell:
    lines, guarded = columns.lines(state, message)
    systems, unspecified = meetings.of(state, message)
    return Cell(
        state, message, lines, guarded, meetings.kind(systems, unspecified), systems, unspecified
    )


# --- what is written --------------------------------------------------------------------------


class _Columns:
    """Which messages may come, to which ports, and the lines that are for them."""

    def __init__(self, machine: Machine, spaces: Sequence[StateSpace]) -> None:
        self.machine = machine
        systems = [space.transition_system.system for space in spaces]
        named = (name for line in machine.transitions if line.kind.takes_message
                 for name in line.events)  # fmt: skip
        self.known = tuple(systems[0].messages if systems else dict.fromkeys(named))
        self._arriving = arriving(systems).get(machine.name, set()) if systems else None
        self.messages = tuple(name for name in self.known if self._ports(name))

    def _ports(self, message: str) -> tuple[int | None, ...]:
        """Where it may arrive."""
        every = tuple(range(len(self.machine.ports))) or (None,)
        if self._arriving is None:
            return every
        return tuple(port for port in every if (port, message) in self._arriving)

    def lines(self, state: str, message: str) -> tuple[tuple[Transition, ...], bool]:
        """Those that may apply, and whether at some port none does whatever the values are."""
        found, guarded = set[Transition](), False
        for port in self._ports(message):
            lines, ended = _tried(self.machine, state, message, port)
            found.update(lines)
            guarded = guarded or not ended
        return tuple(line for line in self.machine.of_state[state] if line in found), guarded


def _tried(
    machine: Machine, state: str, message: str, port: int | None
) -> tuple[list[Transition], bool]:
    """The lines that may apply to a message, first ranks first, and whether one always does: those
    that would be tried after it never apply.
    """
    lines = [
        line
        for line in machine.of_state[state]
        if line.kind.takes_message and message in line.events and line.port in (None, port)
        if line.guard is None or decide(line.guard) is not False
    ]
    lines.sort(key=lambda line: line.rank.value)
    for place, line in enumerate(lines):
        if line.guard is None or decide(line.guard) is True:
            if machine.ordered:
                return lines[: place + 1], True
            return [other for other in lines if other.rank.value <= line.rank.value], True
    return lines, False


# --- what happens -----------------------------------------------------------------------------


class _Meetings:
    """What the spaces say of the machine's instances."""

    def __init__(self, machine: Machine, spaces: Sequence[StateSpace]) -> None:
        self.explored = tuple(
            Explored(
                space.transition_system.system.name, space.complete, space.limit is not None,
                bool(space.failures), reservations(space),
            )
            for space in spaces
        )  # fmt: skip
        self._offered = [_offered(machine, space) for space in spaces]
        self._unspecified = [_unspecified(machine, space) for space in spaces]

    def of(
        self, state: str, message: str
    ) -> tuple[tuple[str, ...], tuple[UnspecifiedReception, ...]]:
        """The systems in which they meet, and how they do without a line."""
        pair = state, message
        systems = tuple(
            one.system
            for one, offered in zip(self.explored, self._offered, strict=True)
            if pair in offered
        )
        found = [runs[pair] for runs in self._unspecified if pair in runs]
        return systems, tuple(sorted(found, key=lambda one: len(one.run.steps)))

    def kind(self, systems: tuple[str, ...], unspecified: tuple[object, ...]) -> Meeting:
        if unspecified:
            return Meeting.UNSPECIFIED
        if systems:
            return Meeting.HAPPENS
        if not self.explored:
            return Meeting.UNASKED
        if any(one.limited for one in self.explored):
            return Meeting.UNKNOWN
        if any(one.failing for one in self.explored):
            return Meeting.FAILING
        complete = all(one.complete for one in self.explored)
        return Meeting.NEVER if complete else Meeting.BOUNDED


def _offered(machine: Machine, space: StateSpace) -> set[tuple[str, str]]:
    machines = _machines(space)
    return {
        (offer.state, offer.message)
        for offer in space.offered()
        if machines[offer.instance] is machine
    }


def _unspecified(
    machine: Machine, space: StateSpace
) -> dict[tuple[str, str], UnspecifiedReception]:
    """The first run to each pair, which is a shortest one."""
    machines, found = _machines(space), dict[tuple[str, str], UnspecifiedReception]()
    names = {
        instance.name
        for instance, one in zip(space.transition_system.system.instances, machines, strict=True)
        if one is machine
    }
    for reception in unspecified_receptions(space):
        if reception.instance in names:
            found.setdefault((reception.state, reception.message), reception)
    return found
