"""Comments, and which declaration a documentation comment belongs to.

Comments never reach the grammar. A ``##`` comment documents the declaration that begins on its own
line, or, standing on a line of its own, the next declaration.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable

from tcpspec.language import ast
from tcpspec.source import Source, Span

_COMMENT = re.compile(r'"[^"\n]*"|#[^\n]*|\n')


def comments(source: Source) -> tuple[ast.Comment, ...]:
    """All comments of a text, in order; a ``#`` inside a string is none."""
    found = []
    line, line_start = 1, 0
    for match in _COMMENT.finditer(source.text):
        text = match.group()
        if text == "\n":
            line, line_start = line + 1, match.end()
        elif text.startswith("#"):
            column = match.start() - line_start + 1
            own_line = not source.text[line_start : match.start()].strip()
            span = Span(source, line, column, line, column + len(text))
            found.append(ast.Comment(text.rstrip(), own_line, span=span))
    return tuple(found)


class Documentation:
    """Documentation comments of one file, looked up by declaration."""

    def __init__(self, file: ast.File, declarations: Iterable[ast.Node]) -> None:
        starts = sorted({(node.span.line, node.span.column) for node in declarations})
        self._texts: dict[tuple[int, int], list[str]] = {}
        for comment in file.comments:
            if comment.is_documentation:
                place = _declared_at(comment, starts)
                if place is not None:
                    self._texts.setdefault(place, []).append(comment.text.lstrip("#").strip())

    def of(self, node: ast.Node) -> str | None:
        """The documentation of a declaration, its lines joined, or None."""
        lines = self._texts.get((node.span.line, node.span.column))
        return "\n".join(lines) if lines else None


def _declared_at(
    comment: ast.Comment, starts: list[tuple[int, int]]
) -> tuple[int, int] | None:
    at = bisect_left(starts, (comment.span.line, comment.span.column))
    if comment.own_line:
        return starts[at] if at < len(starts) else None
    return starts[at - 1] if at and starts[at - 1][0] == comment.span.line else None
