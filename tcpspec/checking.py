"""From the name of a specification to the specification, from that and limits to the result."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from tcpspec.diagnostics import Diagnostic, Diagnostics, Note, SpecificationError
from tcpspec.explore.engines import ENGINES, Engine, unexplored
from tcpspec.explore.limits import Limits, Progress, Stopped, Task, Watch, memory_in_use
from tcpspec.explore.refused import Refused
from tcpspec.explore.space import Limit, StateSpace
from tcpspec.language.load import load as load_files
from tcpspec.model.build import build
from tcpspec.model.findings import findings, overlap
from tcpspec.model.model import Check, Claim, Specification, System
from tcpspec.model.types import ValueT
from tcpspec.model.usage import static_warnings
from tcpspec.model.variants import combine
from tcpspec.properties.safety import decide
from tcpspec.properties.scenario import Followed, follow
from tcpspec.properties.vacuity import vacuous
from tcpspec.properties.verdict import Status, Verdict
from tcpspec.record import replace
from tcpspec.result import Failure, Result, SystemResult
from tcpspec.semantics.remembered import Remembered
from tcpspec.semantics.state import EndKind
from tcpspec.semantics.system import TransitionSystem

STEP_BACK = 24
"""Bytes that ``always possible`` takes for each step, at most."""

STEP_ON = 100
"""Bytes that a temporal claim takes for each step, at most."""

Observer: TypeAlias = Callable[[str, Progress], None]
"""Called with the name of a system and how far its search is."""


def load_specification(name: str, constants: Mapping[str, ValueT]) -> Specification:
    """Read, build and look over a specification: see ``tcpspec.check.load``."""
    found = Diagnostics()
    files = load_files(name, found)
    if not files:
        found.raise_errors()
    combined = combine(files, found)
    specification = build(combined.file, found, constants)
    warnings = static_warnings(combined.file, specification, constants)
    specification = replace(
        specification,
        changes=combined.changes,
        base=combined.base,
        origins=combined.origins,
        warnings=warnings,
    )
    for system in specification.systems.values():
        TransitionSystem(system).check_start(found)
    found.raise_errors()
    return specification


@dataclass(slots=True)
class Checking:
    """One question: see ``tcpspec.check.check``."""

    specification: Specification
    limits: Limits
    observer: Observer | None
    engine: Engine
    threads: int
    plain: bool = False
    """Only verdicts, each from all states: nothing is noted, and no search ends early."""
    system_of: Callable[[System], TransitionSystem] = Remembered
    """Makes what is explored: one for scenarios, states and claims."""
    systems: dict[str, TransitionSystem] = field(default_factory=dict)
    spaces: dict[str, StateSpace] = field(default_factory=dict)
    scenarios: dict[str, tuple[Followed, ...]] = field(default_factory=dict)
    interrupted: bool = False
    decided: dict[int, Verdict] = field(default_factory=dict)
    """By the places of the checks."""
    start: float = field(default_factory=time.perf_counter)
    deciding: Check | None = None
    told: float = 0.0
    """When the observer was last told, in seconds of ``time.perf_counter``."""

    def run(self, names: tuple[str, ...]) -> Result:
        chosen = self._chosen(names)
        for system in chosen:  # a scenario is found sooner than all states are
            self.scenarios[system.name] = self._follow(system)
        for system in chosen:
            self.spaces[system.name] = self._explore(system)
        try:
            return self._answer(chosen)
        except KeyboardInterrupt:  # what takes little time is still decided
            self.interrupted = True
            return self._answer(chosen)

    def _answer(self, chosen: list[System]) -> Result:
        verdicts = self._decide()
        single = [v for v in verdicts if len(v.check.systems) == 1]
        return Result(
            self.specification,
            tuple(self._result(system, single) for system in chosen),
            tuple(v for v in verdicts if len(v.check.systems) > 1),
            tuple(self._warnings(chosen)),
            tuple(self._skipped()),
            self.interrupted,
        )

    def _chosen(self, names: tuple[str, ...]) -> list[System]:
        known = self.specification.systems
        for name in names:
            if name not in known:
                hint = f"systems are: {', '.join(known) or 'none'}"
                message = f"there is no system `{name}`"
                raise SpecificationError([Diagnostic("nothing-to-check", message, hint=hint)])
        return [system for name, system in known.items() if not names or name in names]

    def _system(self, system: System) -> TransitionSystem:
        if system.name not in self.systems:
            self.systems[system.name] = self.system_of(system)
        return self.systems[system.name]

    def _follow(self, system: System) -> tuple[Followed, ...]:
        ts = self._system(system)
        found = []
        for scenario in self.specification.scenarios:
            if scenario.system == system.name:
                limits = Limits(timeout=0) if self.interrupted else self._for_scenarios()
                found.append(follow(ts, scenario, limits))
                self.interrupted = self.interrupted or found[-1].interrupted
        return tuple(found)

    def _for_scenarios(self) -> Limits:
        """All scenarios together may take half of the time."""
        limits = self._remaining()
        if limits.timeout is None or self.limits.timeout is None:
            return limits
        return replace(limits, timeout=max(0.0, limits.timeout - self.limits.timeout / 2))

    def _explore(self, system: System) -> StateSpace:
        ts = self._system(system)
        if self.interrupted:
            return unexplored(ts, Limit.INTERRUPTED)
        observer = self.observer
        task = Task(
            ts, self._remaining(), (lambda p: observer(system.name, p)) if observer else None,
            self.threads, self._settled(system),
        )  # fmt: skip
        try:
            space = ENGINES[self.engine](task)
        except Refused as refused:
            message = f"the {self.engine} engine {refused}"
            hint = "without --engine, tcpspec takes one that can"
            raise SpecificationError(
                [Diagnostic("not-for-this-engine", message, system.span, hint=hint)]
            ) from None
        self.interrupted = self.interrupted or space.limit is Limit.INTERRUPTED
        return space

    def _settled(self, system: System) -> Callable[[StateSpace], bool] | None:
        """Whether every check of a system is decided, and one of them not as it should be. An
        engine that was asked for by name finds all states; and all are needed for the run that
        shows that something is not always possible, or of a temporal claim: from a nearer state,
        what is not known yet may lead to what that run never reaches.
        """
        checks = [one for one in self.specification.checks if system.name in one.systems]
        all_needed = any(len(one.systems) > 1 or _needs_all(one) for one in checks)
        if not checks or all_needed or self.plain or self.engine is not Engine.AUTO:
            return None

        def settled(space: StateSpace) -> bool:
            failed = False
            for one in list(checks):
                try:
                    verdict = decide(one, [space], self._look)
                except (Stopped, Refused, MemoryError):
                    return False
                if verdict.is_unknown:  # it may be so for long: next time it is asked first
                    checks.remove(one)
                    checks.insert(0, one)
                    return False
                failed = failed or not verdict.ok
            return failed

        return settled

    def _remaining(self) -> Limits:
        """The timeout is for all systems together; the other limits are for each."""
        if self.limits.timeout is None:
            return self.limits
        left = self.limits.timeout - (time.perf_counter() - self.start)
        return replace(self.limits, timeout=max(0.0, left))

    def _decide(self) -> list[Verdict]:
        """Every check all of whose systems were explored."""
        found = []
        for number, one in enumerate(self.specification.checks):
            if all(name in self.spaces for name in one.systems):
                if number not in self.decided:
                    self.deciding = one
                    spaces = [self.spaces[name] for name in one.systems]
                    self.decided[number] = self._decide_one(one, spaces)
                    self.decided[number] = self._noted(self.decided[number])
                found.append(self.decided[number])
        return found

    def _noted(self, verdict: Verdict) -> Verdict:
        """With what does not matter to a claim that holds, as far as there is time and memory."""
        if verdict.status is not Status.HOLDS or verdict.bounded or self.interrupted or self.plain:
            return verdict
        space = self.spaces[verdict.check.systems[0]]
        try:
            return replace(verdict, vacuous=tuple(vacuous(verdict.check, space, self._holds)))
        except (Stopped, Refused, MemoryError):
            return verdict

    def _look(self) -> None:
        """Raise ``Stopped`` when the time is up; else tell what is being decided."""
        if self.interrupted:
            raise Stopped("it was interrupted")
        timeout = self.limits.timeout
        if timeout is not None and time.perf_counter() - self.start >= timeout:
            raise Stopped("the time was up")
        if self.observer and self.deciding and time.perf_counter() - self.told >= Watch.EVERY:
            self._tell(self.observer, self.deciding)

    def _tell(self, observer: Observer, check: Check) -> None:
        self.told = time.perf_counter()
        for name in check.systems:
            space = self.spaces[name]
            observer(
                name,
                Progress(
                    len(space.states), space.transitions, space.depth, 0, self.told - self.start,
                    memory_in_use(), check.name,
                ),
            )  # fmt: skip

    def _decide_one(self, check: Check, spaces: list[StateSpace]) -> Verdict:
        """One verdict, if there is memory to find it."""
        if _needs_all(check):
            needed = (STEP_ON if check.claim.is_temporal else STEP_BACK) * spaces[0].transitions
            if not Watch(self.limits, None).may_take(needed):
                reason = f"it takes all steps at once, {needed / 2**20:,.0f} MB: more than there is"
                return Verdict(check, Status.UNKNOWN, rests_on=(reason,))
        try:
            return decide(check, spaces, self._look)
        except Stopped as stopped:
            reason = f"{stopped} before it was decided"
            return Verdict(check, Status.UNKNOWN, rests_on=(reason,))
        except Refused as refused:
            return Verdict(check, Status.UNKNOWN, rests_on=(f"a fast engine {refused}",))
        except MemoryError:
            return Verdict(check, Status.UNKNOWN, rests_on=("there is no memory to decide it",))

    def _holds(self, check: Check) -> bool:
        """Whether a claim about the runs of one system holds that nobody made."""
        from tcpspec.properties.temporal import is_known_to_hold  # imports NumPy

        return is_known_to_hold(check, self.spaces[check.systems[0]], self._look)

    def _skipped(self) -> Iterator[Check]:
        """Coverage of several systems, of which only some were chosen."""
        for one in self.specification.checks:
            explored = [name in self.spaces for name in one.systems]
            if any(explored) and not all(explored):
                yield one

    def _result(self, system: System, verdicts: list[Verdict]) -> SystemResult:
        own = tuple(v for v in verdicts if v.check.systems == (system.name,))
        space = self.spaces[system.name]
        expected = any(v.check.claim is Claim.NO_OVERFLOW and v.check.violated for v in own)
        failures = tuple(
            Failure(
                kind, end.message, space.run_to(number, end),
                expected and kind is EndKind.OVERFLOW,
            )
            for kind, number, end in space.failures
        )  # fmt: skip
        return SystemResult(system, space, own, failures, self.scenarios[system.name])

    def _warnings(self, systems: list[System]) -> Iterable[Diagnostic]:
        """What the graphs show, and what came up in the runs; each once."""
        found = Diagnostics()
        if not (self.specification.checks or self.specification.scenarios):
            what = "has no system" if not self.specification.systems else "asks nothing"
            found.report("nothing-asked", None, f"`{self.specification.path}` {what}")
        for diagnostic in self.specification.warnings:
            found.add(diagnostic)
        for machine in self.specification.machines.values():
            for diagnostic in findings(machine):
                found.add(diagnostic)
        told = {(d.code, d.span) for d in found.all}
        for system in systems:
            ts = self.spaces[system.name].transition_system
            pairs = {pair for rules in ts.rules for pair in rules.overlaps}
            for first, second in sorted(pairs, key=lambda p: (p[1].index, p[0].index)):
                if ("overlapping-transitions", second.span) not in told:
                    found.add(overlap(first, second))
            for comparison in ts.half_way:
                found.report(
                    "half-way-comparison", comparison.span, f"`{comparison.text}` compared numbers "
                    "at half the modulus: neither is less",
                    notes=[Note(f"in system {system.name}", system.span)],
                )  # fmt: skip
        return found.in_order()


def _needs_all(check: Check) -> bool:
    """Whether a check is about what can follow all states, and not about states one by one."""
    return check.claim is Claim.ALWAYS_POSSIBLE or check.claim.is_temporal
