"""Formulas of linear-time temporal logic, as they are written in ``ltl "…"``.

The usual signs and letters: ``G p`` or ``[] p``, ``F p`` or ``<> p``, ``p U q``, ``p W q``,
``p R q``, ``!p``, ``p && q``, ``p || q``, ``p -> q``, ``p <-> q``; and the language's own words
``not``, ``and``, ``or``, ``implies``. Names are those of ``define``.

Lark is imported when a formula is parsed: few specifications have one.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from lark import Lark, Token, Tree

_GRAMMAR = r"""
?start: same
?same: implied | same "<->" implied                     -> same
?implied: either | either ("->" | "implies") implied    -> implies
?either: both | either ("||" | "|" | "or") both         -> either
?both: temporal | both ("&&" | "&" | "and") temporal    -> both
?temporal: unary | unary "U" temporal                   -> until
         | unary "W" temporal                           -> weak_until
         | unary ("R" | "V") temporal                   -> release
?unary: ("!" | "~" | "not") unary                       -> negation
      | ("G" | "[]") unary                              -> always
      | ("F" | "<>") unary                              -> eventually
      | "X" unary                                       -> next
      | "true"                                          -> true
      | "false"                                         -> false
      | NAME                                            -> name
      | "(" same ")"
NAME: /[^\W\d]\w*(?:\.[^\W\d]\w*)*/
%ignore /\s+/
"""


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


@cache
def _parser() -> Lark:
    from lark import Lark

    return Lark(_GRAMMAR, parser="lalr", lexer="basic", propagate_positions=True)


def parse_formula(text: str) -> Written:
    """The formula that a text says; raises ``FormulaError``."""
    from lark.exceptions import UnexpectedInput

    if len(text) > MAX_LENGTH:
        raise FormulaError(f"a formula has at most {MAX_LENGTH} characters", 0)
    try:
        return _read(_parser().parse(text))
    except UnexpectedInput as error:
        place, token = error.pos_in_stream or 0, getattr(error, "token", None)
        if token is not None and token.type == "$END":
            raise FormulaError("the formula ends too early", len(text)) from None
        raise FormulaError(f"unexpected `{text[place:].split(maxsplit=1)[0]}`", place) from None
    except RecursionError:
        raise FormulaError("this formula is nested too deeply", 0) from None


def _read(tree: Tree[Token]) -> Written:
    if tree.data == "name":
        (token,) = tree.children
        return Name(str(token), token.start_pos or 0)  # type: ignore[union-attr]
    operands = tuple(_read(child) for child in tree.children)  # type: ignore[arg-type]
    return Operation(str(tree.data), operands, 0 if tree.meta.empty else tree.meta.start_pos)
