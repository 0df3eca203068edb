"""Claims that hold for no good reason: some part of them could be anything.

An occurrence of an atom does not matter if the claim still holds when it is replaced by what makes
the claim as strong as can be: by false where it stands for itself, by true where it is negated
(O. Kupferman, M. Vardi: "Vacuity detection in temporal model checking", STTT 2003). Such a claim
says less than it seems to: a ``leads to`` whose left side never happens, an invariant whose
condition never holds.
"""

from collections.abc import Callable, Iterator
from itertools import islice

from tcpspec.explore.space import StateSpace
from tcpspec.model.expressions import Expression, Logic, Not, may_warn, truth
from tcpspec.model.formulas import Atom, Both, Constant, Either, Formula, Release, Until
from tcpspec.model.formulas import Not as Negated
from tcpspec.model.model import Check, Claim
from tcpspec.record import replace

MOST = 16
"""So many atoms of a formula are tried: each takes as long as the claim itself."""

Holds = Callable[[Check], bool]
"""Whether another claim about the same system holds."""


def vacuous(check: Check, space: StateSpace, holds: Holds) -> Iterator[str]:
    """What does not matter to a claim that holds, in words."""
    if check.claim in (Claim.ALWAYS, Claim.NEVER):
        yield from _of_invariant(check, space)
    elif check.formula is not None:
        yield from _of_runs(check, space, holds)


# --- invariants -------------------------------------------------------------------------------


def _of_invariant(check: Check, space: StateSpace) -> Iterator[str]:
    predicate = check.predicate
    assert predicate is not None
    wanted = check.claim is Claim.ALWAYS
    if may_warn(predicate):  # what is asked in vain must not warn
        return
    match predicate:
        case Logic("implies", left) if wanted and not space.has(left, True):
            yield f"`{_said(left)}` never holds"
            return
    for part, value, changed in _parts(predicate, wanted):
        if not space.has(changed, not wanted):
            yield _would(_said(part), value)


def _parts(node: Expression, positive: bool) -> Iterator[tuple[Expression, bool, Expression]]:
    """Each atom, what it is replaced by, and the predicate with that in its place."""
    match node:
        case Not(operand):
            for part, value, changed in _parts(operand, not positive):
                yield part, value, replace(node, operand=changed)
        case Logic(operator, left, right):
            left_positive = positive is not (operator == "implies")
            for part, value, changed in _parts(left, left_positive):
                yield part, value, replace(node, left=changed)
            for part, value, changed in _parts(right, positive):
                yield part, value, replace(node, right=changed)
        case _:
            yield node, not positive, truth(not positive)


# --- whole runs ---------------------------------------------------------------------------------


def _of_runs(check: Check, space: StateSpace, holds: Holds) -> Iterator[str]:
    assert check.formula is not None
    for atom, value, changed in islice(_atoms(check.formula, positive=True), MOST):
        if check.claim is Claim.LEADS_TO and atom == 1:
            # never P: each run is the beginning of one of the kind that is asked about, unless an
            # error ends it; where P holds only there, it does not never hold
            does_not_matter = not space.has(check.atoms[0], True)
        elif check.claim is Claim.LEADS_TO and _covers(check.atoms, space):
            does_not_matter = False  # P leaves nothing out
        else:
            does_not_matter = holds(replace(check, formula=changed))
        if does_not_matter:
            yield _told(check, atom, value)


def _covers(atoms: tuple[Expression, ...], space: StateSpace) -> bool:
    """Whether wherever the second does not hold the first does."""
    warns = any(map(may_warn, atoms))  # what is asked in vain must not warn
    return not warns and not space.has(Logic("or", *atoms), False)


def _told(check: Check, atom: int, value: bool) -> str:
    names = [_said(one) for one in check.atoms]
    if check.claim is Claim.LEADS_TO:
        if atom == 1:
            return f"`{names[0]}` never holds"
        return f"`{names[1]}` comes again and again, whether or not `{names[0]}`"
    return _would(names[atom], value)


def _atoms(formula: Formula, *, positive: bool) -> Iterator[tuple[int, bool, Formula]]:
    """Each occurrence of an atom, what it is replaced by, and the formula with that instead."""
    match formula:
        case Atom(number):
            yield number, not positive, Constant(not positive)
        case Negated(operand):
            for number, value, changed in _atoms(operand, positive=not positive):
                yield number, value, Negated(changed)
        case Release(end, Either(left, right)) if end == right:  # left W right: written once
            for number, value, changed in _atoms(left, positive=positive):
                yield number, value, replace(formula, right=Either(changed, right))
            for number, value, changed in _atoms(right, positive=positive):
                yield number, value, Release(changed, Either(left, changed))
        case Both() | Either() | Until() | Release():
            for number, value, changed in _atoms(formula.left, positive=positive):
                yield number, value, replace(formula, left=changed)
            for number, value, changed in _atoms(formula.right, positive=positive):
                yield number, value, replace(formula, right=changed)


# --- words --------------------------------------------------------------------------------------


def _said(expression: Expression) -> str:
    return expression.text


def _would(part: str, value: bool) -> str:
    return f"it would hold even if `{part}` were {'always' if value else 'never'} true"
