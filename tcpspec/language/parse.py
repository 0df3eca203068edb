"""Text to syntax tree, and syntax errors that say what was expected."""

import re

from tcpspec.diagnostics import Diagnostics
from tcpspec.language import ast
from tcpspec.language.builder import Builder
from tcpspec.language.comments import comments
from tcpspec.language.lalr import Parser, Unexpected, parser_of
from tcpspec.source import Source


def parser() -> Parser:
    """The parser of the language."""
    return parser_of("grammar")


def parse(source: Source, found: Diagnostics) -> ast.File | None:
    """The syntax tree of a file, or None after syntax errors, which are in ``found``."""
    faults = Diagnostics()
    try:
        file: ast.File = parser().parse(source.text, Builder(source, faults).build)
    except Unexpected as unexpected:
        _report_all(unexpected, source, found)
        return None
    for fault in faults.all:
        found.add(fault)
    return ast.File(file.protocol, file.items, comments(source), span=file.span)


# --- syntax errors -------------------------------------------------------------------------

MAX_ERRORS = 10
"""How many syntax errors of a file are told at once."""

_RESUME = re.compile(
    r"^(?:include|const|type|message|define|machine|system|check|scenario|impossible)\b", re.M
)
"""Where reading goes on after an error: words that begin a declaration, at the start of a line.
Those that also begin a line of a machine or a system are not among them.
"""


def _report_all(unexpected: Unexpected, source: Source, found: Diagnostics) -> None:
    """The first error, and those of the declarations behind it."""
    from tcpspec.language.syntax_errors import SyntaxFault

    start, fault = 0, unexpected
    for _ in range(MAX_ERRORS):
        reached = SyntaxFault(parser(), source, fault, start).report(found)
        following = _next_error(source.text, max(reached, start + 1))
        if following is None:
            return
        start, fault = following


def _next_error(text: str, position: int) -> tuple[int, Unexpected] | None:
    """The next error behind a position, and where the segment begins in which it is."""
    resume = _RESUME.search(text, position)
    if resume is None:
        return None
    start = resume.start()
    blank = "\n" * text.count("\n", 0, start)
    try:
        parser().parse(" " * (start - len(blank)) + blank + text[start:], lambda *_: None)
    except Unexpected as unexpected:
        return start, unexpected
    return None
