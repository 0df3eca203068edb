"""Formulas of linear-time temporal logic, as they are written in ``ltl "…"``.

The usual signs and letters: ``G p`` or ``[] p``, ``F p`` or ``<> p``, ``p U q``, ``p W q``,
``p R q``, ``!p``, ``p && q``, ``p || q``, ``p -> q``, ``p <-> q``; and the language's own words
``not``, ``and``, ``or``, ``implies``. Names are those of ``define``.
The grammar is that of ``formula.lark``.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple, TypeAlias

from tcpspec.language.lalr import Place, Unexpected, parser_of


class Name(NamedTuple):
    """A predicate that is named; ``place`` is where in the formula, from 0."""

    text: str
    place: int


class Operation(NamedTuple):
    """``operator`` is a word: ``always``, ``until``, ``next``, ``true``, …"""

    operator: str
    operands: tuple[Written, ...]
    place: int


Written: TypeAlias = Name | Operation


class FormulaError(Exception):
    """A formula that cannot be read; ``place`` is where in it, from 0."""

    def __init__(self, message: str, place: int) -> None:
        super().__init__(message)
        self.place = place


MAX_LENGTH = 2000
"""Characters of a formula: those of people are shorter."""


MAX_DEPTH = 200
"""Operators within operators, so that everything that goes through a formula comes to its end."""


def parse_formula(text: str) -> Written:
    """The formula that a text says; raises ``FormulaError``."""
    if len(text) > MAX_LENGTH:
        raise FormulaError(f"a formula has at most {MAX_LENGTH} characters", 0)
    line = re.sub(r"\s", " ", text)  # so that columns are places
    try:
        written: Written = parser_of("formula").parse(line, _build)[0]
    except Unexpected as error:
        place = error.position
        if place == len(text):
            raise FormulaError("the formula ends too early", place) from None
        raise FormulaError(f"unexpected `{text[place:].split(maxsplit=1)[0]}`", place) from None
    return written


def _build(rule: str, parts: list[Any], first: Place | None, _last: Place | None) -> Any:
    """What is written, and how many operators stand within one another."""
    place = 0 if first is None else first[1] - 1
    if rule == "name":
        return Name(parts[0], place), 0
    depth = max((depth for _, depth in parts), default=0) + 1
    if depth > MAX_DEPTH:
        raise FormulaError("this formula is nested too deeply", place)
    return Operation(rule, tuple(operand for operand, _ in parts), place), depth
