"""Pieces of Promela: terms with how tightly they bind, comments, strings of a file."""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from textwrap import wrap
from typing import NamedTuple

from tcpspec.escape import visible

WIDTH = 100
"""Columns of the file."""

MAX_TITLE = 80

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


_BREAKS = (" && ", " || ", ", ", " -> ", " : ", " } ")
"""Behind these a line may end: elsewhere, SPIN takes the end of a line for a semicolon."""


def broken(text: str, width: int) -> list[str]:
    """A long condition or statement in lines, at its outermost operators, and inside them where
    that is not enough.

    >>> broken("a && (b || c) && d", 12)
    ['a &&', '(b || c) &&', 'd']
    >>> broken("!(aa || b || c) && d", 12)
    ['!(aa ||', '  b || c) &&', 'd']
    >>> broken("SEQ_LT(aa, b || c, 4) && d", 12)
    ['SEQ_LT(aa, b || c, 4) &&', 'd']
    """
    if len(text) <= width:
        return [text]
    depths, ends = _depths(text), _ends(text)
    lines: list[tuple[int, str]] = []
    for start, end in _parts(0, len(text), {at: depths[at] for at in ends}, depths, width):
        depth, part = depths[start], text[start:end].strip()
        if lines and lines[-1][0] == depth > 0 and _fits(depth, lines[-1][1], part, width):
            lines[-1] = depth, f"{lines[-1][1]} {part}"
        else:
            lines.append((depth, part))
    return [f"{'  ' * depth}{line}" for depth, line in lines]


def _fits(depth: int, line: str, part: str, width: int) -> bool:
    return 2 * depth + len(line) + 1 + len(part) <= width


def _depths(text: str) -> list[int]:
    """In how many parentheses each character stands."""
    depths, depth = [], 0
    for character in text:
        depth -= character == ")"
        depths.append(depth)
        depth += character == "("
    return depths


def _ends(text: str) -> list[int]:
    """Where lines may begin: behind an operator that stands in no string, and in no use of a macro.
    The preprocessor writes a macro on one line, and the line ends that it leaves out behind it.
    """
    whole = [match.span() for match in re.finditer(r'"[^"]*"', text)] + list(_macros(text))
    found = [match.end() for mark in _BREAKS for match in re.finditer(re.escape(mark), text)]
    return sorted(at for at in found if not any(low < at < high for low, high in whole))


def _macros(text: str) -> Iterator[tuple[int, int]]:
    """From where to where those are used that compare sequence numbers."""
    depths = _depths(text)
    for match in re.finditer(r"\bSEQ_[A-Z]+\(", text):
        depth, inside = depths[match.end() - 1], range(match.end(), len(text))
        yield match.start(), next((at for at in inside if depths[at] == depth), len(text))


def _parts(
    start: int, end: int, ends: dict[int, int], depths: list[int], width: int
) -> Iterator[tuple[int, int]]:
    """From where to where each line goes."""
    inside = {at: depth for at, depth in ends.items() if start < at < end}
    if 2 * depths[start] + end - start <= width or not inside:
        yield start, end
        return
    outermost = min(inside.values())
    marks = [start, *(at for at, depth in inside.items() if depth == outermost), end]
    for first, last in pairwise(marks):
        yield from _parts(first, last, ends, depths, width)


def filled(parts: Iterable[str], width: int) -> list[str]:
    """Parts, none of which is broken, on as few lines as hold them.

    >>> filled(["a = 1;", "b = 2;", "c = 3;"], 14)
    ['a = 1; b = 2;', 'c = 3;']
    """
    lines: list[str] = []
    for part in parts:
        if lines and len(lines[-1]) + 1 + len(part) <= width:
            lines[-1] += f" {part}"
        else:
            lines.append(part)
    return lines


class Definition(NamedTuple):
    """Lines that define something, for those who mention its name."""

    name: str
    lines: list[str]


def needed(definitions: Iterable[Definition], text: Iterable[str]) -> list[str]:
    """The definitions that a text mentions, or one of them that it mentions."""
    words = _words(text)
    kept: list[list[str]] = []
    for definition in reversed(list(definitions)):
        if definition.name in words:
            words |= _words(definition.lines)
            kept.insert(0, definition.lines)
    return [line for lines in kept for line in lines]


def _words(lines: Iterable[str]) -> set[str]:
    code = re.sub(r"/\*.*?\*/", " ", "\n".join(lines), flags=re.DOTALL)
    return set(re.findall(r"\w+", code))


def comment(text: str) -> str:
    r"""Text of a specification as a comment of C.

    >>> comment("a */ b"), comment("one\n  two"), comment("back\\slash\\")
    ('/* a * / b */', '/* one two */', '/* back\\slash\\ */')
    """
    plain = visible(" ".join(text.split())).replace("*/", "* /").replace("/*", "/ *")
    return f"/* {plain} */"


def cut(text: str, width: int) -> str:
    """No more of a text than fits."""
    return text if len(text) <= width else f"{text[: width - 1]}…"


def remark(text: str, by: int = 0) -> list[str]:
    """A comment of its own, on as many lines as it needs."""
    blank = " " * by
    return wrap(
        comment(text), WIDTH, initial_indent=blank, subsequent_indent=f"{blank}   ",
        break_on_hyphens=False,
    )  # fmt: skip


def indented(lines: Iterable[str], by: int = 4) -> list[str]:
    return [f"{' ' * by}{line}" if line else line for line in lines]


def heading(text: str) -> list[str]:
    """A comment that begins a part of the file."""
    title = comment(text)[3:-3]
    title = cut(title, MAX_TITLE)
    return ["", f"/* --- {title} {'-' * (WIDTH - 12 - len(title))} */", ""]


def condition_lines(head: str, condition: Term) -> Iterator[str]:
    """A macro for a condition."""
    *lines, last = [f"#define {head}", *indented(broken(f"({condition.text})", WIDTH - 6))]
    yield from (f"{line} \\" for line in lines)
    yield last
