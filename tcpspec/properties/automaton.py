"""From a formula to a generalised Büchi automaton that accepts exactly the runs it holds on.

The tableau of R. Gerth, D. Peled, M. Vardi, P. Wolper: "Simple on-the-fly automatic verification of
linear temporal logic", PSTV 1995. Nodes are labelled: a run through them reads, in each node, a
state in which the node's literals hold. For each until there is a set of nodes that an accepting
run visits again and again: those that do not promise it, or keep the promise.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import TypeAlias

from tcpspec.model.formulas import (
    Atom,
    Both,
    Constant,
    Either,
    Formula,
    Not,
    Release,
    Until,
    normal,
)

MOST = 2000
"""Nodes of an automaton: formulas that people can read have some dozens."""


class TooComplex(Exception):
    """The automaton of a formula grows beyond all that could be asked."""


Literals: TypeAlias = frozenset[tuple[int, bool]]
"""Atoms, by their numbers, and the truth values that they must have."""


@dataclass(frozen=True, slots=True)
class Node:
    """``successors`` are numbers of nodes; ``accepts`` are those of the sets that it is in."""

    literals: Literals
    initial: bool
    successors: tuple[int, ...]
    accepts: frozenset[int]


@dataclass(frozen=True, slots=True)
class Automaton:
    """``sets`` is how many sets of nodes an accepting run visits again and again, each of them."""

    nodes: tuple[Node, ...]
    sets: int


_INITIAL = -1


@dataclass(slots=True)
class _Draft:
    """A node that is being made: what it has still to say, what it says, and what comes next.

    Formulas stand in the order in which they came up, so that the automaton is always the same.
    """

    incoming: set[int]
    new: list[Formula]
    old: dict[Formula, None] = field(default_factory=dict)
    next: dict[Formula, None] = field(default_factory=dict)

    def split(self, new: Iterable[Formula], next_: Iterable[Formula] = ()) -> "_Draft":
        """A copy with this to say as well."""
        fresh = [formula for formula in new if formula not in self.old]
        return _Draft(
            set(self.incoming), [*self.new, *fresh], dict(self.old),
            {**self.next, **dict.fromkeys(next_)},
        )  # fmt: skip


def automaton(formula: Formula) -> Automaton:
    """The automaton of a formula; raises ``TooComplex``."""
    wanted = normal(formula)
    done: dict[tuple[frozenset[Formula], frozenset[Formula]], tuple[int, _Draft]] = {}
    numbers = count()
    todo = [_Draft({_INITIAL}, [wanted])]
    while todo:
        draft = todo.pop()
        if draft.new:
            todo += reversed(_expanded(draft))
            continue
        key = frozenset(draft.old), frozenset(draft.next)
        if key in done:
            done[key][1].incoming.update(draft.incoming)
            continue
        number = next(numbers)
        if number == MOST:
            raise TooComplex
        done[key] = number, draft
        todo.append(_Draft({number}, list(draft.next)))
    return _automaton([draft for _, draft in done.values()], wanted)


def _expanded(draft: _Draft) -> list[_Draft]:
    """What becomes of a node when one more formula is said; nothing, where it contradicts."""
    formula = draft.new.pop()
    if formula in draft.old:
        return [draft]
    match formula:
        case Constant(False):
            return []
        case Atom() | Not() | Constant():
            contrary = formula.operand if isinstance(formula, Not) else Not(formula)
            if contrary in draft.old:
                return []
            draft.old[formula] = None
            return [draft]
    draft.old[formula] = None
    match formula:
        case Both(left, right):
            return [draft.split([left, right])]
        case Either(left, right):
            return [draft.split([left]), draft.split([right])]
        case Until(left, right):
            return [draft.split([left], [formula]), draft.split([right])]
        case Release(left, right):
            return [draft.split([right], [formula]), draft.split([left, right])]
    raise TypeError(formula)


def _automaton(drafts: list[_Draft], wanted: Formula) -> Automaton:
    promises = list(dict.fromkeys(_promises(wanted)))
    nodes = [
        Node(
            _literals(draft.old),
            _INITIAL in draft.incoming,
            tuple(n for n, other in enumerate(drafts) if number in other.incoming),
            frozenset(
                n
                for n, promise in enumerate(promises)
                if promise not in draft.old or promise.right in draft.old
                or promise.right == Constant(True)
            ),
        )
        for number, draft in enumerate(drafts)
    ]  # fmt: skip
    return Automaton(tuple(nodes), len(promises))


def _literals(old: Iterable[Formula]) -> Literals:
    found = set[tuple[int, bool]]()
    for formula in old:
        if isinstance(formula, Atom):
            found.add((formula.number, True))
        elif isinstance(formula, Not) and isinstance(formula.operand, Atom):
            found.add((formula.operand.number, False))
    return frozenset(found)


def _promises(formula: Formula) -> list[Until]:
    """The untils in a formula."""
    if isinstance(formula, Both | Either | Until | Release):
        own = [formula] if isinstance(formula, Until) else []
        return own + _promises(formula.left) + _promises(formula.right)
    return []
