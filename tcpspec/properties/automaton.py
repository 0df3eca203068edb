"""From a formula to a generalised Büchi automaton that accepts exactly the runs it holds on.

The tableau of R. Gerth, D. Peled, M. Vardi, P. Wolper: "Simple on-the-fly automatic verification of
linear temporal logic", PSTV 1995. Nodes are labelled: a run through them reads, in each node, a
state in which the node's literals hold. For each until there is a set of nodes that an accepting
run visits again and again: those that do not promise it, or keep the promise.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
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
)

MOST = 2000
"""Nodes of an automaton: formulas that people can read have some dozens."""

TRIES = 50_000
"""So many formulas are taken apart on the way."""


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


class _Kind(Enum):
    TRUE, FALSE, ATOM, NOT, BOTH, EITHER, UNTIL, RELEASE = range(8)


class _Forms:
    """Formulas with ``Not`` in front of atoms only, numbered, so that the same have one number.

    ``parts`` has a kind and two numbers for each: of its parts, or of its atom.
    """

    def __init__(self) -> None:
        self.parts: list[tuple[_Kind, int, int]] = []
        self._numbers: dict[tuple[_Kind, int, int], int] = {}
        self._known: dict[tuple[int, bool], int] = {}
        """By identity, since a formula may stand in many places."""

    def number(self, kind: _Kind, left: int = 0, right: int = 0) -> int:
        key = kind, left, right
        if key not in self._numbers:
            self._numbers[key] = len(self.parts)
            self.parts.append(key)
        return self._numbers[key]

    def of(self, formula: Formula, positive: bool = True) -> int:
        """The number of a formula, or of its negation."""
        key = id(formula), positive
        if key not in self._known:
            self._known[key] = self._of(formula, positive)
        return self._known[key]

    def _of(self, formula: Formula, positive: bool) -> int:
        match formula:
            case Constant(value):
                return self.number(_Kind.TRUE if value is positive else _Kind.FALSE)
            case Atom(number):
                return self.number(_Kind.ATOM if positive else _Kind.NOT, number)
            case Not(operand):
                return self.of(operand, not positive)
        left, right = self.of(formula.left, positive), self.of(formula.right, positive)
        kinds = _KINDS[type(formula)]
        return self.number(kinds[0] if positive else kinds[1], left, right)


_KINDS: dict[type[Formula], tuple[_Kind, _Kind]] = {
    Both: (_Kind.BOTH, _Kind.EITHER),
    Either: (_Kind.EITHER, _Kind.BOTH),
    Until: (_Kind.UNTIL, _Kind.RELEASE),
    Release: (_Kind.RELEASE, _Kind.UNTIL),
}
"""What each formula is, and what its negation is."""


@dataclass(slots=True)
class _Draft:
    """A node that is being made: what it has still to say, what it says, and what comes next.

    Formulas stand in the order in which they came up, so that the automaton is always the same.
    """

    incoming: set[int]
    new: list[int]
    old: dict[int, None] = field(default_factory=dict)
    next: dict[int, None] = field(default_factory=dict)

    def split(self, new: Iterable[int], next_: Iterable[int] = ()) -> "_Draft":
        """A copy with this to say as well."""
        fresh = [formula for formula in new if formula not in self.old]
        return _Draft(
            set(self.incoming), [*self.new, *fresh], dict(self.old),
            {**self.next, **dict.fromkeys(next_)},
        )  # fmt: skip


def automaton(formula: Formula) -> Automaton:
    """The automaton of a formula; raises ``TooComplex``."""
    forms = _Forms()
    wanted = forms.of(formula)
    done: dict[tuple[frozenset[int], frozenset[int]], tuple[int, _Draft]] = {}
    numbers, tries = count(), 0
    todo = [_Draft({_INITIAL}, [wanted])]
    while todo:
        draft = todo.pop()
        if draft.new:
            todo += reversed(_expanded(draft, forms))
            tries += 1
            if tries > TRIES:
                raise TooComplex
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
    return _automaton([draft for _, draft in done.values()], forms)


def _expanded(draft: _Draft, forms: _Forms) -> list[_Draft]:
    """What becomes of a node when one more formula is said; nothing, where it contradicts."""
    formula = draft.new.pop()
    if formula in draft.old:
        return [draft]
    kind, left, right = forms.parts[formula]
    if kind in (_Kind.ATOM, _Kind.NOT):
        contrary = forms.number(_Kind.NOT if kind is _Kind.ATOM else _Kind.ATOM, left)
        if contrary in draft.old:
            return []
    draft.old[formula] = None
    match kind:
        case _Kind.FALSE:
            return []
        case _Kind.BOTH:
            return [draft.split([left, right])]
        case _Kind.EITHER:
            return [draft.split([left]), draft.split([right])]
        case _Kind.UNTIL:
            return [draft.split([left], [formula]), draft.split([right])]
        case _Kind.RELEASE:
            return [draft.split([right], [formula]), draft.split([left, right])]
    return [draft]


def _automaton(drafts: list[_Draft], forms: _Forms) -> Automaton:
    promises = [
        (number, right)
        for number, (kind, _, right) in enumerate(forms.parts)
        if kind is _Kind.UNTIL
    ]
    after: list[list[int]] = [[] for _ in drafts]
    for number, draft in enumerate(drafts):
        for before in draft.incoming - {_INITIAL}:
            after[before].append(number)
    nodes = [
        Node(
            frozenset(_literals(draft.old, forms)),
            _INITIAL in draft.incoming,
            tuple(after[number]),
            frozenset(
                n
                for n, (promise, kept) in enumerate(promises)
                if promise not in draft.old
                or kept in draft.old
                or forms.parts[kept][0] is _Kind.TRUE
            ),
        )
        for number, draft in enumerate(drafts)
    ]
    return Automaton(tuple(nodes), len(promises))


def _literals(old: Iterable[int], forms: _Forms) -> Iterator[tuple[int, bool]]:
    for formula in old:
        kind, atom, _ = forms.parts[formula]
        if kind in (_Kind.ATOM, _Kind.NOT):
            yield atom, kind is _Kind.ATOM
