"""What was found of a specification, as data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tcpspec.display import Written
from tcpspec.record import Record

if TYPE_CHECKING:
    from tcpspec.diagnostics import Diagnostic
    from tcpspec.explore.run import Run
    from tcpspec.explore.space import StateSpace
    from tcpspec.model.model import Check, Specification, System
    from tcpspec.properties.scenario import Followed
    from tcpspec.properties.verdict import Verdict
    from tcpspec.semantics.state import EndKind


class Failure(Record):
    """An error in a run that no specification asks for and every report shows."""

    kind: EndKind
    message: str
    run: Run
    expected: bool
    """Whether the specification says ``violated no overflow``."""


class SystemResult(Record, Written):
    """What was found of one system, and the verdicts of the checks that are about it alone."""

    system: System
    space: StateSpace
    verdicts: tuple[Verdict, ...]
    failures: tuple[Failure, ...]
    scenarios: tuple[Followed, ...]


class Result(Record, Written):
    """The answer for one specification; ``verdicts`` are those about several systems."""

    specification: Specification
    systems: tuple[SystemResult, ...]
    verdicts: tuple[Verdict, ...]
    warnings: tuple[Diagnostic, ...]
    skipped: tuple[Check, ...] = ()
    """Checks that are also about systems that were not chosen."""
    interrupted: bool = False

    @property
    def all_verdicts(self) -> tuple[Verdict, ...]:
        return (*(v for system in self.systems for v in system.verdicts), *self.verdicts)

    @property
    def all_scenarios(self) -> tuple[Followed, ...]:
        return tuple(scenario for system in self.systems for scenario in system.scenarios)

    @property
    def failed(self) -> bool:
        """Whether anything came out otherwise than the specification says."""
        wrong = any(not v.ok and not v.is_unknown for v in self.all_verdicts)
        other = any(not s.ok and not s.is_unknown for s in self.all_scenarios)
        return wrong or other or any(not f.expected for s in self.systems for f in s.failures)

    @property
    def unknown(self) -> bool:
        """Whether a limit kept some answer back; also where nothing was asked."""
        unfinished = any(result.space.limit for result in self.systems)
        open_ = any(s.is_unknown for s in self.all_scenarios)
        return unfinished or open_ or any(v.is_unknown for v in self.all_verdicts)

    @property
    def ok(self) -> bool:
        return not self.failed and not self.unknown

    @property
    def unremarkable(self) -> bool:
        """Whether all came out as specified, with nothing to be said about it: no reservation, no
        note, no warning, no check that was skipped.
        """
        rests_on = [v.rests_on for v in self.all_verdicts]
        rests_on += [followed.rests_on for followed in self.all_scenarios]
        noted = any(v.vacuous for v in self.all_verdicts) or any(rests_on)
        return self.ok and not (noted or self.warnings or self.skipped or self.interrupted)
