"""Pieces of Promela: terms with how tightly they bind, comments, strings of a file."""

from collections.abc import Iterable
from typing import NamedTuple

from tcpspec.escape import visible

OR, AND, EQUAL, ORDER, SUM, PRODUCT, UNARY, ATOM = range(1, 9)


class Term(NamedTuple):
    """A piece of an expression; ``binding`` is that of its loosest operator."""

    text: str
    binding: int = ATOM

    def within(self, binding: int) -> str:
        """As a part of something that binds so tightly."""
        return self.text if self.binding >= binding else f"({self.text})"


TRUE, FALSE = Term("true"), Term("false")


def both(*terms: Term) -> Term:
    """All of these are true."""
    return _joined([t for t in terms if t != TRUE], AND, "&&", FALSE, TRUE)


def either(*terms: Term) -> Term:
    """One of these at least is true."""
    return _joined([t for t in terms if t != FALSE], OR, "||", TRUE, FALSE)


def _joined(terms: list[Term], binding: int, operator: str, decides: Term, none: Term) -> Term:
    """Where ``&&`` stands beside ``||``, parentheses say which is which."""
    different = list(dict.fromkeys(terms))
    if decides in different:
        return decides
    if len(different) < 2:
        return different[0] if different else none
    loose = {OR, AND} - {binding}
    parts = [f"({t.text})" if t.binding in loose else t.within(binding) for t in different]
    return Term(f" {operator} ".join(parts), binding)


def negated(term: Term) -> Term:
    """The opposite.

    >>> negated(TRUE).text, negated(Term("p")).text, negated(Term("p && q", AND)).text
    ('false', '!p', '!(p && q)')
    >>> negated(Term("a == b", EQUAL)).text, negated(Term("a == (b != c)", EQUAL)).text
    ('a != b', '!(a == (b != c))')
    >>> negated(negated(Term("p && q", AND))).text
    '(p && q)'
    """
    if term in (TRUE, FALSE):
        return FALSE if term == TRUE else TRUE
    if term.binding == UNARY:  # only what is negated binds like this
        return Term(term.text.removeprefix("!"))
    if term.binding == EQUAL and term.text.count("==") + term.text.count("!=") == 1:
        here, there = ("==", "!=") if "==" in term.text else ("!=", "==")
        return Term(term.text.replace(here, there), EQUAL)
    return Term(f"!{term.within(ATOM)}", UNARY)


def chosen(condition: Term, yes: Term, no: Term) -> Term:
    """One of two values."""
    if condition in (TRUE, FALSE) or yes == no:
        return no if condition == FALSE else yes
    return Term(f"({condition.text} -> {yes.text} : {no.text})")


def grouped(pairs: Iterable[tuple[Term, Term]]) -> Term:
    """One of these pairs is true; what goes with the same second part is put together.

    >>> grouped([(Term("a"), Term("x")), (Term("b"), Term("x")), (TRUE, Term("y"))]).text
    '((a || b) && x) || y'
    """
    groups: dict[Term, list[Term]] = {}
    for first, second in pairs:
        groups.setdefault(second, []).append(first)
    return either(*(both(either(*firsts), second) for second, firsts in groups.items()))


def broken(text: str, width: int) -> list[str]:
    """A long condition in lines that end with its outermost operators: SPIN takes the end of a line
    behind an expression for a semicolon.

    >>> broken("a && (b || c) && d", 10)
    ['a &&', '(b || c) &&', 'd']
    """
    if len(text) <= width:
        return [text]
    lines, depth, start = [], 0, 0
    for at, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0 and text.startswith((" && ", " || "), at):
            lines.append(text[start : at + 3])
            start = at + 4
    return [*lines, text[start:]]


def comment(text: str) -> str:
    r"""Text of a specification as a comment of C.

    >>> comment("a */ b"), comment("one\n  two"), comment("back\\slash\\")
    ('/* a * / b */', '/* one two */', '/* back\\slash\\ */')
    """
    plain = visible(" ".join(text.split())).replace("*/", "* /").replace("/*", "/ *")
    return f"/* {plain} */"


def indented(lines: Iterable[str], by: int = 4) -> list[str]:
    return [f"{' ' * by}{line}" if line else line for line in lines]


def heading(text: str) -> list[str]:
    """A comment that begins a part of the file."""
    return ["", f"/* --- {comment(text)[3:-3]} {'-' * max(3, 88 - len(text))} */", ""]
