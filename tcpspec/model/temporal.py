"""From the text of ``ltl "…"`` to a formula over predicates that ``define`` names."""

from collections.abc import Callable

from tcpspec.language import ast
from tcpspec.language.ltl import FormulaError, Name, Written, parse_formula
from tcpspec.model.expressions import Expression
from tcpspec.model.formulas import (
    FALSE,
    TRUE,
    Atom,
    Both,
    Either,
    Formula,
    Not,
    Release,
    Until,
    always,
    eventually,
    implies,
)
from tcpspec.model.resolve import Resolver
from tcpspec.model.scope import Unresolved
from tcpspec.source import Span


def formula_of(claim: ast.Claim, resolver: Resolver) -> tuple[Formula, tuple[Expression, ...]]:
    """The formula, and the predicates that its atoms are; raises ``Unresolved``."""
    assert claim.formula is not None
    reader = _Reader(claim, resolver)
    try:
        written = parse_formula(claim.formula)
        return reader.read(written), tuple(reader.atoms.values())
    except FormulaError as error:
        hint = "G, F, X, U, W, R and V are operators here; other names are those of `define`"
        raise reader.refuse("bad-formula", str(error), error.place, hint) from None


class _Reader:
    def __init__(self, claim: ast.Claim, resolver: Resolver) -> None:
        self._claim, self._resolver = claim, resolver
        self.atoms: dict[str, Expression] = {}

    def refuse(self, code: str, message: str, place: int, hint: str | None = None) -> Unresolved:
        found = self._resolver.found
        found.error(code, self._span(place), message, hint=hint)
        return Unresolved()

    def _span(self, place: int, length: int = 1) -> Span:
        """A place in the formula: it ends one character before the claim, with a quote."""
        assert self._claim.formula is not None
        claim = self._claim.span
        column = claim.end_column - 1 - len(self._claim.formula) + place
        return Span(claim.source, claim.end_line, column, claim.end_line, column + length)

    def read(self, written: Written) -> Formula:
        if isinstance(written, Name):
            return self._atom(written)
        if written.operator == "next":
            raise self.refuse(
                "no-next", "`X` looks one step ahead, but how many steps something takes is not "
                "part of a specification's meaning", written.place,
                hint="say what has to hold until what: `p U q`",
            )  # fmt: skip
        operands = [self.read(operand) for operand in written.operands]
        return _MEANING[written.operator](*operands)

    def _atom(self, name: Name) -> Formula:
        if name.text not in self.atoms:
            span = self._span(name.place, len(name.text))
            reference = ast.Reference(name.text, span=span)
            self.atoms[name.text] = self._resolver.boolean(reference)
        return Atom(list(self.atoms).index(name.text))


def _weak_until(left: Formula, right: Formula) -> Formula:
    return Release(right, Either(left, right))


def _same(left: Formula, right: Formula) -> Formula:
    return Both(implies(left, right), implies(right, left))


_MEANING: dict[str, Callable[..., Formula]] = {
    "true": lambda: TRUE,
    "false": lambda: FALSE,
    "negation": Not,
    "always": always,
    "eventually": eventually,
    "both": Both,
    "either": Either,
    "implies": implies,
    "same": _same,
    "until": Until,
    "weak_until": _weak_until,
    "release": Release,
}
