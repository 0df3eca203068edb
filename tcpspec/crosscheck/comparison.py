"""Our answers beside those of other checkers: where they agree, where not, and what was not asked.

A disagreement is a bug: in an encoding, in this checker or, least likely, in the other one.
Verdicts are compared, and the length of the runs that show them, since all search breadth first; so
is the number of distinct states. What either side leaves open is not compared, and says so.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from tcpspec.check import Result, SystemResult
from tcpspec.crosscheck.testimony import Finding, Testimony, ToolFailed, Witness
from tcpspec.export.exported import Refused
from tcpspec.model.model import Check, Claim, Kind, System
from tcpspec.properties.verdict import Status, Verdict


class Agreement(StrEnum):
    AGREES = "agrees"
    DISAGREES = "disagrees"
    NOT_COMPARED = "not compared"
    """It was not asked, or our own answer is unknown."""
    NO_ANSWER = "no answer"
    """It was asked, and broke off."""


@dataclass(frozen=True, slots=True)
class Silence:
    """A witness that says nothing of a system, and why."""

    tool: str
    reason: str
    failed: bool
    """It broke off, as opposed to what cannot be said in its language."""

    @property
    def answer(self) -> "Answer":
        """What it says of every check."""
        agreement = Agreement.NO_ANSWER if self.failed else Agreement.NOT_COMPARED
        return Answer(self.tool, None, agreement, self.reason)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one witness says of one check, held against our verdict; ``reason`` if not compared."""

    tool: str
    finding: Finding | None
    agreement: Agreement
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One check: our verdict, and the answer of each witness."""

    verdict: Verdict
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class SystemComparison:
    """One system: states here and there, and each check that is about it alone."""

    result: SystemResult
    testimonies: tuple[Testimony | Silence, ...]
    rows: tuple[Row, ...]

    def same_states(self, testimony: Testimony) -> bool | None:
        """Whether a witness found as many states; None where our search is not to its end."""
        if self.result.space.limit is not None:
            return None
        return testimony.states == len(self.result.space.states)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The whole specification: systems, and the checks that are about several together."""

    result: Result
    systems: tuple[SystemComparison, ...]
    together: tuple[Row, ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        return (*(row for system in self.systems for row in system.rows), *self.together)

    @property
    def disagrees(self) -> bool:
        """Whether a verdict, the length of a run or a number of states differs anywhere."""
        other_states = any(
            system.same_states(testimony) is False
            for system in self.systems
            for testimony in system.testimonies
            if isinstance(testimony, Testimony)
        )
        return other_states or any(
            answer.agreement is Agreement.DISAGREES for row in self.rows for answer in row.answers
        )

    @property
    def unknown(self) -> bool:
        """Whether a limit or a failure kept some answer back, or nothing at all was compared."""
        found = {answer.agreement for row in self.rows for answer in row.answers}
        broken_off = Agreement.NO_ANSWER in found or any(
            isinstance(testimony, Silence) and testimony.failed
            for system in self.systems
            for testimony in system.testimonies
        )
        nothing = not found & {Agreement.AGREES, Agreement.DISAGREES} and not self._states_compared
        limited = any(system.result.space.limit for system in self.systems)
        return broken_off or nothing or limited

    @property
    def _states_compared(self) -> bool:
        return any(
            system.same_states(testimony) is not None
            for system in self.systems
            for testimony in system.testimonies
            if isinstance(testimony, Testimony)
        )


def crosscheck(
    result: Result,
    witnesses: Iterable[Witness],
    time_limit: float,
    observer: Callable[[str, str], None] = lambda tool, system: None,
) -> Comparison:
    """Ask the witnesses about every system of a result; each may take so many seconds for each."""
    comparing = _Comparing(result, tuple(witnesses), time_limit, observer)
    return comparing.run()


@dataclass(frozen=True, slots=True)
class _Comparing:
    result: Result
    witnesses: tuple[Witness, ...]
    time_limit: float
    observer: Callable[[str, str], None]

    def run(self) -> Comparison:
        heard = {
            one.system.name: tuple(self._hear(witness, one.system) for witness in self.witnesses)
            for one in self.result.systems
        }
        systems = tuple(
            SystemComparison(
                one,
                heard[one.system.name],
                tuple(
                    Row(v, tuple(_answer(v, said, one.system) for said in heard[one.system.name]))
                    for v in one.verdicts
                ),
            )
            for one in self.result.systems
        )
        return Comparison(self.result, systems, tuple(self._together(heard)))

    def _hear(self, witness: Witness, system: System) -> Testimony | Silence:
        self.observer(witness.name, system.name)
        try:
            return witness.testify(self.result.specification, system, self.time_limit)
        except Refused as error:
            return Silence(witness.name, str(error), failed=False)
        except ToolFailed as error:
            return Silence(witness.name, str(error), failed=True)

    def _together(self, heard: Mapping[str, tuple[Testimony | Silence, ...]]) -> Iterator[Row]:
        """Coverage of several systems: what a witness saw in all of them."""
        for verdict in self.result.verdicts:
            said_of = [heard[name] for name in verdict.check.systems]
            columns = [list(column) for column in zip(*said_of, strict=True)]
            systems = [self.result.specification.systems[n] for n in verdict.check.systems]
            yield Row(verdict, tuple(_coverage(verdict, c, systems) for c in columns))


def _answer(verdict: Verdict, said: Testimony | Silence, system: System) -> Answer:
    """What a witness says of a check about one system."""
    if verdict.check.claim.is_coverage:
        return _coverage(verdict, [said], [system])
    if isinstance(said, Silence):
        return said.answer
    for agreement, without in (
        (Agreement.NOT_COMPARED, said.left_out),
        (Agreement.NO_ANSWER, said.unanswered),
    ):
        for one in without:
            if one.check is verdict.check:
                return Answer(said.tool, None, agreement, one.reason)
    for finding in said.findings:
        if finding.check is verdict.check:
            return _compared(verdict, said.tool, finding)
    raise LookupError(f"{said.tool} says nothing of {verdict.check.name}")


def _compared(verdict: Verdict, tool: str, finding: Finding) -> Answer:
    if verdict.status is Status.UNKNOWN:
        return Answer(tool, finding, Agreement.NOT_COMPARED, "our own answer is unknown")
    ours = len(verdict.run.steps) if verdict.run is not None else None
    same = verdict.status is finding.status
    if None not in (ours, finding.steps):
        same = same and ours == finding.steps
    return Answer(tool, finding, Agreement.AGREES if same else Agreement.DISAGREES)


def _coverage(verdict: Verdict, said: list[Testimony | Silence], systems: list[System]) -> Answer:
    """The answer to a check about coverage, from what was seen in each of the systems."""
    for one in said:
        if isinstance(one, Silence):
            return one.answer
    testimonies = [one for one in said if isinstance(one, Testimony)]
    status = Status.HOLDS if covered(verdict.check, testimonies, systems) else Status.VIOLATED
    return _compared(verdict, testimonies[0].tool, Finding(verdict.check, status))


def covered(check: Check, testimonies: list[Testimony], systems: list[System]) -> bool:
    """Whether the witnesses saw every state, or every line used, of the systems' machines."""
    machines = {instance.machine for system in systems for instance in system.instances}
    if check.claim is Claim.EVERY_STATE_REACHABLE:
        reached = frozenset[tuple[str, str]]().union(*(one.reached for one in testimonies))
        return reached >= {(m.name, state.name) for m in machines for state in m.states}
    used = {transition for one in testimonies for transition in one.used}
    return all(
        transition in used or transition.kind is Kind.DEFER
        for machine in machines
        for transition in machine.transitions
    )
