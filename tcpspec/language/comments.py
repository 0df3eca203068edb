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
    """Documentation comments of a specification, looked up by declaration."""

    def __init__(self, file: ast.File, declarations: Iterable[ast.Node]) -> None:
        starts: dict[Source, set[tuple[int, int]]] = {}
        for node in declarations:
            starts.setdefault(node.span.source, set()).add(_place(node))
        ordered = {source: sorted(places) for source, places in starts.items()}
        self._texts: dict[tuple[Source, tuple[int, int]], list[str]] = {}
        for comment in file.comments:
            if comment.is_documentation:
                source = comment.span.source
                place = _declared_at(comment, ordered.get(source, []))
                if place is not None:
                    text = comment.text.lstrip("#").strip()
                    self._texts.setdefault((source, place), []).append(text)

    def of(self, node: ast.Node) -> str | None:
        """The documentation of a declaration, its lines joined, or None."""
        lines = self._texts.get((node.span.source, _place(node)))
        return "\n".join(lines) if lines else None


def _place(node: ast.Node) -> tuple[int, int]:
    return node.span.line, node.span.column


def _declared_at(comment: ast.Comment, starts: list[tuple[int, int]]) -> tuple[int, int] | None:
    at = bisect_left(starts, _place(comment))
    if comment.own_line:
        return starts[at] if at < len(starts) else None
    return starts[at - 1] if at and starts[at - 1][0] == comment.span.line else None
