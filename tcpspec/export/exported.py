"""What an export gives: texts of files, which check became what, and what was left out and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tcpspec.model.model import Check

LINEAR = "makes claims about single runs, not about what stays possible"
"""Why a language that has no branching time leaves ``always possible`` out."""

OF_STATES = "asks about states, and knows nothing of fairness"
"""Why temporal claims are left out of what is exported."""


class Refused(Exception):  # the name says what happened
    """The language cannot say this honestly; the message says what, and why."""


class Form(StrEnum):
    """How a claim became something that the other tool can decide."""

    INVARIANT = "invariant"
    """It holds if this is true in every reachable state (of ``reachable P``: ``not P``)."""
    COVERAGE = "coverage"
    """It is read from what the tool reports as visited."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A check as the export asks it: ``name`` is that of an invariant in the export.

    ``negated``: the claim holds where the invariant is violated (``reachable P``).
    """

    check: Check
    name: str
    form: Form
    negated: bool = False


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A check that the language cannot ask, or not honestly, and why."""

    check: Check
    reason: str


@dataclass(frozen=True, slots=True)
class Export:
    """A system in another language: texts by file name, the main one first."""

    system: str
    files: Mapping[str, str]
    asked: tuple[Asked, ...]
    left_out: tuple[LeftOut, ...]
