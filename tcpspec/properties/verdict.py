"""Answers: holds, violated or unknown, with the run that shows it and what the answer rests on."""

from enum import StrEnum

from tcpspec.explore.run import Run
from tcpspec.explore.space import StateSpace
from tcpspec.model.model import Check
from tcpspec.record import Record


class Status(StrEnum):
    HOLDS = "holds"
    VIOLATED = "violated"
    UNKNOWN = "unknown"


class UnspecifiedReception(Record):
    """A pair of state and message without a rule, with the shortest run that makes them meet."""

    instance: str
    state: str
    message: str
    run: Run


class Verdict(Record):
    """The answer to one check.

    ``run`` is a counterexample or a witness. ``reasons`` say what is the matter in words,
    ``rests_on`` under which reservation the answer stands: a bound, a limit, an error before it.
    """

    check: Check
    status: Status
    run: Run | None = None
    reasons: tuple[str, ...] = ()
    rests_on: tuple[str, ...] = ()
    bounded: bool = False
    """The claim holds within a bound; nothing is said of what lies outside."""
    receptions: tuple[UnspecifiedReception, ...] = ()
    vacuous: tuple[str, ...] = ()
    """What does not matter to a claim that holds."""

    @property
    def ok(self) -> bool:
        """Whether the answer is the one that the specification expects."""
        expected = Status.VIOLATED if self.check.violated else Status.HOLDS
        return self.status is expected

    @property
    def is_unknown(self) -> bool:
        return self.status is Status.UNKNOWN


def reservations(space: StateSpace) -> tuple[str, ...]:
    """What was not looked at: a limit, a bound, an error that ended runs early."""
    found = []
    if space.limit is not None:
        found.append(f"the search {space.limit.end} after {len(space.states):,} states")
    found += [
        f"{bound} cut {count} step{'s' * (count > 1)}" for bound, count in space.bounds.items()
    ]
    found += [f"runs end at this error: {end.message}" for _, _, end in space.failures]
    return tuple(found)
