"""Which written line takes an event: the lines of a state, each with those that come before it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tcpspec.model.model import Kind, Machine, Transition


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line of a state, and the lines that keep it from applying where they match.

    It applies to an event if it matches and none of ``unless`` does, which are those of an earlier
    rank (``unless handled``, ``otherwise``) and, for a message in an ``ordered`` machine, those
    that stand before it in the text. Only lines are listed that share an event with it, at the same
    port. A line matches if it names the event, if its port is the one, and if its guard holds.
    """

    transition: Transition
    unless: tuple[Transition, ...]


def receptions(machine: Machine, state: str) -> list[Candidate]:
    """The lines of a state that take or defer messages, in the order in which they are tried."""
    lines = [t for t in machine.of_state[state] if t.kind.takes_message]
    return list(_candidates(lines, ordered=machine.ordered))


def spontaneous(machine: Machine, state: str) -> list[Candidate]:
    """The calls, timeouts and steps of a state."""
    lines = [t for t in machine.of_state[state] if not t.kind.takes_message]
    return list(_candidates(lines, ordered=False))


def _candidates(lines: Iterable[Transition], *, ordered: bool) -> Iterator[Candidate]:
    tried = sorted(lines, key=lambda line: (line.rank.value, line.index))
    for position, line in enumerate(tried):
        before = tried[:position]
        yield Candidate(
            line,
            tuple(
                other
                for other in before
                if (ordered or other.rank is not line.rank) and _meet(other, line)
            ),
        )


def _meet(a: Transition, b: Transition) -> bool:
    """Whether one event can be for both lines."""
    if a.kind.takes_message:
        same_port = a.port is None or b.port is None or a.port == b.port
        return same_port and not set(a.events).isdisjoint(b.events)
    same_event = a.kind is Kind.STEP or not set(a.events).isdisjoint(b.events)
    return a.kind is b.kind and same_event
