"""What a specification answers, and what coverage is judged by, as plain data."""

from collections.abc import Callable, Mapping

from tcpspec.answers import Question, Source, answers
from tcpspec.checking import Checking
from tcpspec.explore.engines import Engine
from tcpspec.explore.limits import Limits
from tcpspec.explore.space import Limit
from tcpspec.model.model import Check, Specification, System
from tcpspec.properties.coverage import Seen, coverage, seen_in
from tcpspec.properties.verdict import Status
from tcpspec.record import Record
from tcpspec.semantics.remembered import Remembered
from tcpspec.semantics.system import TransitionSystem


class Answers(Record):
    """What came out. ``told`` has a verdict for each question; an error has one only if it comes
    up. ``seen`` is what coverage is judged by, and ``limits`` says where a search was ended early.
    """

    told: Mapping[Question, str]
    seen: Mapping[str, Seen]
    states: Mapping[str, int]
    limits: tuple[str, ...]
    interrupted: bool = False


UNKNOWN = str(Status.UNKNOWN)
"""The verdict of a check or scenario that says nothing."""


def ask(checking: Checking, systems: tuple[str, ...]) -> Answers:
    """All that is answered about each of these systems alone."""
    result = checking.run(systems)
    told = {question: told for one in result.systems for question, told in answers(one)}
    limits = [
        f"the search of {one.system.name} {one.space.limit.end} after "
        f"{len(one.space.states):,} states"
        for one in result.systems if one.space.limit is not None
    ]  # fmt: skip
    return Answers(
        told,
        {one.system.name: seen_in(one.space) for one in result.systems},
        {one.system.name: len(one.space.states) for one in result.systems},
        tuple(limits),
        result.interrupted or any(one.space.limit is Limit.INTERRUPTED for one in result.systems),
    )


def checking_of(
    specification: Specification, limits: Limits,
    system_of: Callable[[System], TransitionSystem] = Remembered,
) -> Checking:  # fmt: skip
    """How mutants are checked: whole, on one core."""
    return Checking(
        specification, limits, None, Engine.AUTO, threads=1, plain=True, system_of=system_of
    )


def together(check: Check, seen: Mapping[str, Seen]) -> tuple[Question, str]:
    """The answer to coverage of several systems."""
    verdict = coverage(check, [seen[name] for name in check.systems])
    return Question(Source.CHECK, check.systems, check.name), str(verdict.status)


def about_several(specification: Specification, systems: tuple[str, ...]) -> list[Check]:
    """The checks about several systems, all of which are among these."""
    return [
        check
        for check in specification.checks
        if len(check.systems) > 1 and set(check.systems) <= set(systems)
    ]
