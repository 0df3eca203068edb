"""What another checker says of a system: its states, and an answer to each check it can take."""

from collections.abc import Callable
from dataclasses import dataclass

from tcpspec.explore.run import Run
from tcpspec.export.exported import LeftOut
from tcpspec.model.model import Check, Specification, System, Transition
from tcpspec.properties.verdict import Status


class ToolMissing(Exception):
    """The checker, or what it needs, is not on this machine; the message says what to install."""


class ToolFailed(Exception):
    """The checker was run, and gave no answer: a time limit, no memory, an error of its own."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What the checker says of one check.

    ``status`` is that of the claim, whatever the specification expects. ``steps`` is the length of
    the shortest run that shows it, counted as ours are; None where the checker shows no run.
    """

    check: Check
    status: Status
    steps: int | None = None

    @property
    def shows_run(self) -> bool:
        """Whether there is a run to show: one that was counted, or one that goes on for ever."""
        lasso = self.check.claim.is_temporal and self.status is Status.VIOLATED
        return self.steps is not None or lasso


@dataclass(frozen=True, slots=True)
class Testimony:
    """All that one checker says of one system.

    ``states`` counts distinct reachable states as ours are counted: what the encoding adds is
    subtracted. ``reached`` has machine and state of each control state that some instance was in,
    ``used`` the lines that some step took; from these the caller decides coverage, also over
    several systems. ``findings`` has the other checks, but for those that it cannot be asked,
    ``left_out``, and those for which its time was not enough, ``unanswered``.
    """

    tool: str
    system: str
    states: int
    findings: tuple[Finding, ...]
    left_out: tuple[LeftOut, ...]
    reached: frozenset[tuple[str, str]]
    used: frozenset[Transition]
    seconds: float
    unanswered: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True)
class Witness:
    """Another checker, and how it is asked; times are in seconds.

    ``missing`` says in one line what must be installed, or None. ``testify`` says all of a system.
    ``trace`` gives the run by which a check is answered, as one of ours; None where none is shown.
    The two raise Refused, ToolMissing and ToolFailed.
    """

    name: str
    missing: Callable[[], str | None]
    testify: Callable[[Specification, System, float], Testimony]
    trace: Callable[[Specification, System, Check, float], Run | None]
