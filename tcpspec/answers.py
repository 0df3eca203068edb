"""Answers as plain data, by what was asked: to be compared with those of another specification."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from tcpspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tcpspec.result import Result, SystemResult


class Source(StrEnum):
    """What a question is."""

    CHECK = "check"
    SCENARIO = "scenario"
    ERROR = "error"
    """What every report shows, asked or not: a value out of its range, a channel overflowing."""


class Question(Record):
    """A check or scenario of these systems, or a kind of error in runs of one."""

    source: Source
    systems: tuple[str, ...]
    name: str

    @property
    def title(self) -> str:
        """The name of a check; what else it is comes before it."""
        return self.name if self.source is Source.CHECK else f"{self.source} {self.name}"

    @property
    def full_title(self) -> str:
        """The same behind its systems: no other question of a specification has it."""
        return f"{', '.join(self.systems)}: {self.title}"


def answers(result: SystemResult) -> Iterator[tuple[Question, str]]:
    """The verdict on each question about one system. An error is one only if it comes up, and is
    not what the specification expects; its verdict says what it is.
    """
    at = (result.system.name,)
    for verdict in result.verdicts:
        yield Question(Source.CHECK, at, verdict.check.name), str(verdict.status)
    for followed in result.scenarios:
        yield Question(Source.SCENARIO, at, followed.scenario.name), followed.outcome.value
    for failure in result.failures:
        if not failure.expected:
            yield Question(Source.ERROR, at, str(failure.kind)), failure.message


def all_answers(result: Result) -> Iterator[tuple[Question, str]]:
    """Those about each system, then those about several together."""
    for system in result.systems:
        yield from answers(system)
    for verdict in result.verdicts:
        check = verdict.check
        yield Question(Source.CHECK, check.systems, check.name), str(verdict.status)
