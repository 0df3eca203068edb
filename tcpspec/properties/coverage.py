"""Coverage: which states and lines of machines are seen, over all systems named together.

A written line counts once, wherever it is used. What is seen of one system is plain data, so that
it can be kept, and put together with what is seen of others.
"""

from collections.abc import Iterator, Sequence

from tcpspec.explore.space import StateSpace
from tcpspec.model.model import Check, Claim, Kind, Machine, System
from tcpspec.properties.verdict import Status, Verdict, reservations
from tcpspec.record import Record


class Seen(Record):
    """What is seen of one system: machines by name, with their states, and lines by number."""

    system: System
    states: frozenset[tuple[str, str]]
    lines: frozenset[tuple[str, int]]
    complete: bool
    rests_on: tuple[str, ...]


def seen_in(space: StateSpace) -> Seen:
    """What the runs that were found use."""
    system = space.transition_system.system
    machines = [instance.machine for instance in system.instances]
    states = {(machines[number].name, state) for number, state in space.control_states()}
    lines = {
        (machine.name, line.index)
        for machine in machines
        for line in machine.transitions
        if line in space.used
    }
    return Seen(
        system, frozenset(states), frozenset(lines), space.complete, reservations(space)
    )  # fmt: skip


def coverage(check: Check, seen: Sequence[Seen]) -> Verdict:
    """The verdict of a claim about coverage; ``seen`` has one for each system that it names."""
    machines = list({i.machine: None for one in seen for i in one.system.instances})
    by_state = check.claim is Claim.EVERY_STATE_REACHABLE
    missing = tuple((_missing_states if by_state else _unused_lines)(machines, seen))
    if not missing:
        return Verdict(check, Status.HOLDS)
    status = Status.VIOLATED if all(one.complete for one in seen) else Status.UNKNOWN
    rests_on = tuple(reason for one in seen for reason in one.rests_on)
    return Verdict(check, status, reasons=missing, rests_on=rests_on)


def _missing_states(machines: Sequence[Machine], seen: Sequence[Seen]) -> Iterator[str]:
    known = frozenset[tuple[str, str]]().union(*(one.states for one in seen))
    for machine in machines:
        for state in machine.states:
            if (machine.name, state.name) not in known:
                yield f"{machine.name} is never in {state.name} ({state.span.place})"


def _unused_lines(machines: Sequence[Machine], seen: Sequence[Seen]) -> Iterator[str]:
    used = frozenset[tuple[str, int]]().union(*(one.lines for one in seen))
    for machine in machines:
        for line in machine.transitions:
            if (machine.name, line.index) not in used and line.kind is not Kind.DEFER:
                yield f"never used: {line.text} ({line.span.place})"
