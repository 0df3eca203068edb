"""How TLA+ is laid out: a text is a list of lines; conjuncts stand under each other."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from tcpspec.export.tla.words import is_identifier, string

Lines: TypeAlias = list[str]

WIDTH = 100
BREAK = re.compile(r"(?:,| \\/| /\\| [-+]) ")
COMMENT = re.compile(r"\\\*")
SIGN = re.compile(r"(?:/\\|\\/) ")
BEFORE_A_SIGN = ("THEN", "ELSE", " IN", ":", "==", "=>", "(", "~", "/\\", "\\/")
"""What a sign stands behind that begins a list; elsewhere it joins two sides."""


def indented(lines: Iterable[str], by: int = 4) -> Lines:
    return [" " * by + line if line else line for line in lines]


def listed(items: Iterable[str | Sequence[str]], sign: str = "/\\") -> Lines:
    r"""Conjuncts, or disjuncts, under each other; an item with several lines stays together.

    >>> listed(["x = 1", ["\\E y \\in S :", "   y > x"]])
    ['/\\ x = 1', '/\\ \\E y \\in S :', '      y > x']
    """
    found: Lines = []
    for item in items:
        first, *rest = [item] if isinstance(item, str) else item
        found += [f"{sign} {first}", *indented(rest, len(sign) + 1)]
    return found


def enclosed(before: str, lines: Sequence[str]) -> Lines:
    """Lines in parentheses, the first of which stands at the end of ``before``."""
    rest = indented(lines[1:], len(before))
    return [before + lines[0], *rest[:-1], f"{rest[-1]})"] if rest else [f"{before}{lines[0]})"]


def definition(head: str, body: Sequence[str]) -> Lines:
    """``head == body``: on one line where it fits, else with the body below."""
    line = f"{head} == {body[0]}"
    if len(body) == 1 and len(line) <= WIDTH:
        return [line]
    return [f"{head} ==", *indented(body)]


def wrapped(before: str, items: Sequence[str], after: str, width: int = WIDTH) -> Lines:
    """Items with commas between them, over as many lines as they need.

    >>> wrapped("<<", ["aa", "bb", "cc"], ">>", 8)
    ['<<aa,', '  bb,', '  cc>>']
    """
    lines, line = [], before
    for number, item in enumerate(items):
        piece = item + ("," if number < len(items) - 1 else after)
        if number and len(line) + len(piece) + 1 > width:
            lines.append(line)
            line = " " * len(before) + piece
        else:
            line += f" {piece}" if number else piece
    return [*lines, line if items else before + after]


def folded(line: str, width: int = WIDTH) -> Lines:
    r"""A line of code over as many lines as it needs: what goes on stands right of its signs.

    It is broken behind commas and operators, but not in strings: an operator that began a line
    might be taken for a conjunct of those above it. A comment goes above the line.

    >>> folded("aa, \\* b, c", 8)
    ['\\* b, c', 'aa,']
    >>> folded("/\\ {aa, bb} # cc", 10)
    ['/\\ {aa,', '       bb} # cc']
    >>> folded("ELSE /\\ f(aa, bb)", 14)
    ['ELSE /\\ f(aa,', '            bb)']
    """
    blank = len(line) - len(line.lstrip())
    if len(line) <= width or line.startswith("\\*", blank):
        return [line]
    for comment in COMMENT.finditer(line):
        if _is_code(line, comment.start()):
            code = line[: comment.start()].rstrip()
            return [" " * blank + line[comment.start() :], *folded(code, width)]
    ends = [m.end() for m in BREAK.finditer(line, blank) if m.end() <= width + 1]
    ends = [end for end in ends if _is_code(line, end)]
    signs = [m.end() for m in SIGN.finditer(line) if _begins(line[: m.start()])]
    ends = [end for end in ends if end not in signs]
    if not ends:
        return [line]
    column = max([blank, *(sign for sign in signs if sign <= ends[-1])])
    return [line[: ends[-1]].rstrip(), *folded(" " * (column + 4) + line[ends[-1] :], width)]


def _is_code(line: str, place: int) -> bool:
    """Whether this place is outside strings."""
    return line.count('"', 0, place) % 2 == 0


def _begins(before: str) -> bool:
    """Whether a sign behind this begins a list."""
    text = before.rstrip()
    return not text or text.endswith(BEFORE_A_SIGN)


def set_of(items: Iterable[str]) -> str:
    return "{" + ", ".join(items) + "}"


def strings(names: Iterable[str]) -> str:
    """The set of these strings."""
    return set_of(map(string, names))


def any_of(conditions: Sequence[str]) -> str:
    """That one of these is true, on one line."""
    return " \\/ ".join(conditions) or "FALSE"


def all_of(conditions: Sequence[str]) -> str:
    """That all of these are true, on one line."""
    return " /\\ ".join(conditions) or "TRUE"


def one_of(what: str, names: Sequence[str]) -> str:
    """That something is one of these strings."""
    if len(names) == 1:
        return f"{what} = {string(names[0])}"
    return f"{what} \\in {strings(names)}"


def among(what: str, names: Sequence[str], everything: Sequence[str]) -> str:
    r"""That something is one of these strings, where it is one of all; empty if that is certain.

    >>> among("x", ["a", "b"], ["a", "b", "c"]), among("x", ["a", "b"], ["a", "b"])
    ('x # "c"', '')
    """
    others = [name for name in everything if name not in names]
    if len(others) >= len(names):
        return one_of(what, names)
    if len(others) == 1:
        return f"{what} # {string(others[0])}"
    return f"{what} \\notin {strings(others)}" if others else ""


def function(domain: str, bound: str, values: Mapping[str, str]) -> Lines:
    r"""A function from strings to expressions; as a record, where all names can stand in one.

    An expression may have several lines.

    >>> function("S", "s", {"a": "1", "b": "2"})
    ['[a |-> 1, b |-> 2]']
    >>> function("S", "s", {"a -> b": "1", "b -> a": "1"})
    ['[s \\in S |-> 1]']
    """
    alternatives = list(dict.fromkeys(values.values()))
    if len(alternatives) == 1:
        return f"[{bound} \\in {domain} |-> {alternatives[0]}]".split("\n")
    if all(map(is_identifier, values)):
        return wrapped("[", [f"{name} |-> {value}" for name, value in values.items()], "]")
    cases = [
        f"{one_of(bound, [n for n, v in values.items() if v == value])} -> {value}"
        for value in alternatives
    ]
    *rest, last = listed_cases(cases)
    lines = [f"[{bound} \\in {domain} |->", *indented(rest), f"    {last}]"]
    return [piece for line in lines for piece in line.split("\n")]


def case_of(cases: Sequence[tuple[str, str]]) -> Lines:
    """One value for each of several conditions, of which exactly one holds; the value, if it is
    the only one.
    """
    if len(cases) == 1:
        return [cases[0][1]]
    return listed_cases([f"{condition} -> {value}" for condition, value in cases])


def listed_cases(cases: Sequence[str]) -> Lines:
    """The alternatives of a ``CASE``, under each other."""
    first, *rest = cases
    return [f"CASE {first}", *(f"  [] {other}" for other in rest)]
