"""What becomes of one mutant: asked all that the specification asks, then compared with it."""

import time
from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

from tcpspec.answers import Question, Source
from tcpspec.explore.engines import ENGINES, Engine
from tcpspec.explore.limits import Limits, Stopped, Task
from tcpspec.model.model import Specification
from tcpspec.model.mutants import Mutant, mutants, mutated
from tcpspec.mutation.answers import (
    UNKNOWN,
    Answers,
    about_several,
    ask,
    checking_of,
    together,
)
from tcpspec.mutation.bisimulation import Outside, watched
from tcpspec.mutation.result import Catch, Fate, Judged
from tcpspec.mutation.sameness import Met, Sameness, sameness, situations
from tcpspec.mutation.wrong import MOST_STATES, Wrong
from tcpspec.record import Record, replace
from tcpspec.semantics.remembered import Remembered

LEAST_STATES, TIMES = 20_000, 10
"""A mutant's search of a system may find so many states, and so many times those of the right one,
if nothing else is said.
"""

SAME_STEPS = "the same steps in every reachable state"
SAME_FROM_OUTSIDE = "the same runs, but for variables that nothing depends on"


class Options(Record):
    """How mutants are judged. ``deadline`` is in seconds of ``time.time``, which processes share;
    ``memory`` is what each process may take, in bytes.
    """

    max_states: int | None = None
    deadline: float | None = None
    memory: int | None = None
    quick: bool = False
    """Stop at the first system in which a verdict changes."""

    def limits(self, states: int) -> Limits:
        """Those of a search for a system that has so many states."""
        most = self.max_states or max(LEAST_STATES, TIMES * states)
        left = None if self.deadline is None else max(0.0, self.deadline - time.time())
        return Limits(most, self.memory, left)


class _Changed(NamedTuple):
    """A system with the wrong line, and how much of what the right one does it does."""

    system: Wrong
    same: Sameness


class Judge:
    """Judges the mutants of one specification, by their numbers; ``base`` is what it answers."""

    def __init__(
        self, specification: Specification, systems: tuple[str, ...], base: Answers,
        options: Options,
    ) -> None:  # fmt: skip
        self._specification = specification
        self._systems = systems
        self._base = base
        self._options = options
        self._outsides: dict[str, Outside] = {}
        self.mutants = list(mutants(specification, systems))

    @cached_property
    def _met(self) -> Mapping[str, tuple[Remembered, Met]]:
        """Each system as it should be, and the situations in it."""
        found = {}
        for name in self._systems:
            ts = Remembered(self._specification.systems[name], MOST_STATES)
            found[name] = ts, situations(ENGINES[Engine.AUTO](Task(ts)))
        return found

    def judge(self, number: int) -> Judged | None:
        """What becomes of it; None if Ctrl-C kept it from being known."""
        mutant = self.mutants[number]
        wrong = mutated(self._specification, mutant)
        changed = self._changed(mutant, wrong)
        if not changed:
            return Judged(mutant, Fate.EQUIVALENT, note=SAME_STEPS)
        found: list[Catch] = []
        limits: list[str] = []
        seen = {n: replace(s, system=wrong.systems[n]) for n, s in self._base.seen.items()}
        for name in sorted(changed, key=lambda name: self._base.states[name]):
            answers = self._answers(wrong, changed[name].system)
            if answers.interrupted:
                return None
            seen |= answers.seen
            limits += answers.limits
            found += self._catches(answers.told)
            if found and self._options.quick:
                return Judged(mutant, Fate.CAUGHT, tuple(found))
        several = about_several(self._specification, self._systems)
        found += self._catches(dict(together(check, seen) for check in several))
        if found:
            return Judged(mutant, Fate.CAUGHT, tuple(found))
        if limits:
            return Judged(mutant, Fate.UNKNOWN, note="; ".join(limits))
        return self._uncaught(mutant, changed)

    def _changed(self, mutant: Mutant, wrong: Specification) -> Mapping[str, _Changed]:
        """The systems in which something else is done, or by other lines."""
        found = {}
        for name, (right, met) in self._met.items():
            if any(one.machine is mutant.machine for one in right.system.instances):
                other = Wrong(wrong.systems[name], mutant, right)
                found[name] = _Changed(other, sameness(right, other, mutant, met))
        return {name: one for name, one in found.items() if one.same is not Sameness.LINES}

    def _answers(self, wrong: Specification, ts: Wrong) -> Answers:
        """What is answered about one system of a wrong specification."""
        name = ts.system.name
        limits = self._options.limits(self._base.states[name])
        return ask(checking_of(wrong, limits, lambda _: ts), (name,))

    def _catches(self, told: Mapping[Question, str]) -> list[Catch]:
        """The verdicts that differ; one that is unknown says nothing."""
        found = []
        for question, after in told.items():
            before = self._base.told.get(question, "")
            changes = not before if question.source is Source.ERROR else before != after
            if changes and after != UNKNOWN:
                found.append(Catch(question, before, after))
        return found

    def _uncaught(self, mutant: Mutant, changed: Mapping[str, _Changed]) -> Judged | None:
        """Whether a mutant that changes no verdict does the same."""
        unclear = [one.system for one in changed.values() if one.same is Sameness.NONE]
        if not unclear:
            return Judged(mutant, Fate.EQUIVALENT, note=SAME_STEPS)
        try:
            if all(map(self._looks_the_same, unclear)):
                return Judged(mutant, Fate.EQUIVALENT, note=SAME_FROM_OUTSIDE)
        except Stopped as stopped:
            note = f"no verdict changes, and {stopped} before it was known whether it does the same"
            return Judged(mutant, Fate.UNKNOWN, note=note)
        except KeyboardInterrupt:
            return None
        return Judged(mutant, Fate.SURVIVED)

    def _looks_the_same(self, wrong: Wrong) -> bool:
        name = wrong.system.name
        if name not in self._outsides:
            right, _ = self._met[name]
            self._outsides[name] = Outside(right, watched(self._specification, right.system))
        return self._outsides[name].is_that_of(wrong, self._look)

    @property
    def is_late(self) -> bool:
        """Whether the time is up."""
        return self._options.deadline is not None and time.time() >= self._options.deadline

    def _look(self) -> None:
        if self.is_late:
            raise Stopped("the time was up")
