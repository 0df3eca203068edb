"""The canonical form of a specification: its layout, with its comments.

Only white space changes, parentheses within parentheses, and zeros before a number. The form of a
canonical text is that text.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tcpspec.diagnostics import Diagnostics
from tcpspec.language import ast
from tcpspec.language.columns import column, lines
from tcpspec.language.parse import parse
from tcpspec.language.pieces import INDENT, AsWritten, Piece, Text, pieces
from tcpspec.language.printer import Printer
from tcpspec.source import Source

MAX_COMMENTED = 88
"""A line that is longer does not decide where the comments of its neighbours stand."""


class FormattingError(Exception):
    """The form that was found does not say the same: a bug, after which nothing is written."""


def format_source(source: Source, found: Diagnostics) -> str | None:
    """The canonical form of a text, or None where it has errors, which are in ``found``."""
    file = parse(source, found)
    if file is None or found.has_errors:
        return None
    text = format_file(file)
    _compare(file, parse(Source(source.name, text), Diagnostics()))
    return text


def _compare(before: ast.File, after: ast.File | None) -> None:
    if after is None or _said(before) != _said(after):
        raise FormattingError("its canonical form would not say the same; please report this bug")


def _said(file: ast.File) -> object:
    """All of a file, without where it stands; comments differ from each other in their text."""
    return file.protocol, file.items, [comment.text for comment in file.comments]


@dataclass(frozen=True, slots=True)
class _Row:
    """A piece with its lines."""

    piece: Piece
    lines: list[str]

    @property
    def end(self) -> int:
        return len(self.lines[-1])


def format_file(file: ast.File) -> str:
    """The canonical form of a file that was read from a text."""
    text = Text(file.span.source)
    printer = Printer(AsWritten(text))
    cut = pieces(file, printer, text)
    rows = [_Row(*pair) for pair in zip(cut, lines(cut, printer), strict=True)]
    written = [line for group in _groups(rows) for line in _written(group)]
    return "".join(f"{line}\n" for line in written)


def _groups(rows: Sequence[_Row]) -> Iterator[list[_Row]]:
    """Rows whose comments stand in one column: statements without blank lines between them."""
    group: list[_Row] = []
    for row in map(_documented_above, rows):
        if group and (
            row.piece.is_apart or row.piece.kind != "statement" or group[-1].piece.kind == "open"
        ):
            yield group
            group = []
        group.append(row)
    yield group


def _documented_above(row: _Row) -> _Row:
    """A documentation comment stands beside the first line of what it documents, or above."""
    piece = row.piece
    if len(row.lines) == 1 or piece.written or not "".join(piece.behind).startswith("##"):
        return row
    return _Row(replace(piece.below(*piece.behind), behind=()), row.lines)


def _written(group: Sequence[_Row]) -> Iterator[str]:
    widths = [row.end + 3 for row in group if row.piece.behind]
    start = _rounded(column(widths, MAX_COMMENTED))
    for row in group:
        yield from _above(row.piece)
        if not row.piece.text:
            continue
        first, *others = row.piece.behind or ("",)
        begin = max(start, _rounded(row.end + 3))
        yield from row.lines[:-1]
        yield row.lines[-1].ljust(begin) + first if first else row.lines[-1]
        yield from (" " * begin + other for other in others)


def _rounded(column: int) -> int:
    """The next multiple of four, so that a small change does not move all comments."""
    return -(-column // 4) * 4


def _above(piece: Piece) -> Iterator[str]:
    depth = piece.depth + (piece.text == "}")
    for remark in piece.before:
        yield from [""] * remark.blank
        yield " " * (INDENT * depth) + remark.text
    yield from [""] * piece.blank
