"""What is different between the answers for two specifications, and between their lines.

A variant and its base have most of their text in common, so that what differs in the answers comes
from what differs in the lines.
"""

from collections.abc import Iterator

from tcpspec.answers import Question, Source, all_answers
from tcpspec.model.differences import LineDifference, line_differences
from tcpspec.model.model import Specification
from tcpspec.model.types import ValueT
from tcpspec.record import Record
from tcpspec.result import Result


class VerdictChange(Record):
    """The verdicts on one question; None where it is not asked, or where the error does not come
    up. ``asked_otherwise`` is set where the same name stands for another claim.
    """

    question: Question
    before: str | None
    after: str | None
    asked_otherwise: bool


class Difference(Record):
    """All that differs. Constants have their values before and after; None where there is none."""

    base: Specification
    verdicts: tuple[VerdictChange, ...]
    lines: tuple[LineDifference, ...]
    constants: tuple[tuple[str, ValueT | None, ValueT | None], ...]


def difference(base: Result, variant: Result) -> Difference:
    """What is different in a variant."""
    before, after = base.specification, variant.specification
    constants = (
        (name, before.constants.get(name), after.constants.get(name))
        for name in dict.fromkeys((*before.constants, *after.constants))
    )
    return Difference(
        before, tuple(_verdicts(base, variant)), tuple(line_differences(before, after)),
        tuple(one for one in constants if one[1] != one[2]),
    )  # fmt: skip


def _verdicts(base: Result, variant: Result) -> Iterator[VerdictChange]:
    """Those that change, are gone or are new, in the order of the base."""
    before, after = dict(all_answers(base)), dict(all_answers(variant))
    claims, others = _claims(base.specification), _claims(variant.specification)
    for question in dict.fromkeys((*before, *after)):
        was, is_ = before.get(question), after.get(question)
        if was != is_:
            asked = claims.get(question), others.get(question)
            yield VerdictChange(question, was, is_, None not in asked and asked[0] != asked[1])


def _claims(specification: Specification) -> dict[Question, str]:
    """What is asked, in words, but whether it is to hold."""
    return {
        Question(Source.CHECK, check.systems, check.name): check.text.removeprefix("violated ")
        for check in specification.checks
    }
