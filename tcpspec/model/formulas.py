"""Formulas of linear-time temporal logic without next, over predicates that are numbered.

Without next, a formula cannot tell a run from one in which states are repeated: what it says does
not depend on how finely time is cut (L. Lamport: "What good is temporal logic?", 1983).
"""

from typing import TypeAlias

from tcpspec.record import Record


class Constant(Record):
    value: bool


class Atom(Record):
    """A predicate, by its number."""

    number: int


class Not(Record):
    operand: "Formula"


class Both(Record):
    left: "Formula"
    right: "Formula"


class Either(Record):
    left: "Formula"
    right: "Formula"


class Until(Record):
    """The left side holds until the right one does, and that it does in the end."""

    left: "Formula"
    right: "Formula"


class Release(Record):
    """The right side holds until, and while, both do; for ever, if they never do."""

    left: "Formula"
    right: "Formula"


Formula: TypeAlias = Constant | Atom | Not | Both | Either | Until | Release

TRUE, FALSE = Constant(True), Constant(False)


def eventually(operand: Formula) -> Formula:
    return Until(TRUE, operand)


def always(operand: Formula) -> Formula:
    return Release(FALSE, operand)


def implies(left: Formula, right: Formula) -> Formula:
    return Either(Not(left), right)


def leads_to(left: Formula, right: Formula) -> Formula:
    return always(implies(left, eventually(right)))
