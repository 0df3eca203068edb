"""A file as the pieces that a canonical layout puts into lines, each with its comments.

A piece is a statement, the head of a container with its ``{``, or its ``}``; every token belongs to
one. A comment on a line of its own belongs to the piece after it, one behind something to that
piece; one that begins right under another goes on with it. A statement with comments inside stays
as it is written, since its author put them where they are.
"""

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from tcpspec.language import ast
from tcpspec.language.expressions import Notation
from tcpspec.language.printer import Printer, inner
from tcpspec.source import Source, Span

WIDTH = 100
"""How long a line may be, where it can be helped."""

INDENT = 4


class Text:
    """A source by offsets from its beginning."""

    def __init__(self, source: Source) -> None:
        self.text = source.text
        self._starts = [0]
        for line in source.lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def start(self, span: Span) -> int:
        return self._starts[span.line - 1] + span.column - 1

    def end(self, span: Span) -> int:
        return self._starts[span.end_line - 1] + span.end_column - 1

    def line(self, offset: int) -> int:
        """The number of the line that an offset is on."""
        return bisect_right(self._starts, offset)

    def column(self, offset: int) -> int:
        return offset - self._starts[self.line(offset) - 1]

    def before(self, offset: int) -> str:
        """The last character before, white space left out."""
        while offset > 0 and self.text[offset - 1].isspace():
            offset -= 1
        return self.text[offset - 1 : offset]

    def after(self, offset: int) -> str:
        """The first character from here on, white space left out."""
        while offset < len(self.text) and self.text[offset].isspace():
            offset += 1
        return self.text[offset : offset + 1]


class AsWritten(Notation):
    """What a tree does not tell is kept as its author wrote it."""

    def __init__(self, text: Text) -> None:
        self._text = text

    def parenthesised(self, node: ast.Node) -> bool:
        before = self._text.before(self._text.start(node.span))
        return before == "(" and self._text.after(self._text.end(node.span)) == ")"

    def braced(self, node: ast.Within) -> bool:
        return self._text.before(self._text.end(node.span)) == "}"

    def once(self, times: ast.Node) -> bool:
        return self._text.text.startswith("once", self._text.start(times.span))


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment on a line of its own, and whether a blank line comes before it."""

    text: str
    blank: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """What stands together; ``text`` is its text on one line, ``node`` None where that is all."""

    kind: Literal["statement", "open", "close"]
    node: Any
    depth: int
    start: int
    end: int
    text: str
    before: tuple[Remark, ...] = ()
    blank: bool = False
    behind: tuple[str, ...] = ()
    written: tuple[str, ...] = field(default=())
    """The lines of a statement with comments inside, which stays as it is."""

    @property
    def indent(self) -> str:
        return " " * (INDENT * self.depth)

    def below(self, *comments: str) -> "Piece":
        """The same with more comments above it."""
        if not comments:
            return self
        remarks = [Remark(text, self.blank and i == 0) for i, text in enumerate(comments)]
        return replace(self, before=(*self.before, *remarks), blank=False)

    @property
    def is_apart(self) -> bool:
        """Whether a blank line separates it from what comes before."""
        return self.blank or any(remark.blank for remark in self.before)


def pieces(file: ast.File, printer: Printer, text: Text) -> list[Piece]:
    """The pieces of a file, in order, the last of them empty for the comments at the end."""
    cutter = _Cutter(printer, text, [text.start(one.span) for one in file.comments])
    nodes = [file.protocol, *file.items] if file.protocol else list(file.items)
    cut = [piece for node in nodes for piece in cutter.cut(node, 0)]
    size = len(text.text)
    cut.append(Piece("close", None, 0, size, size, ""))
    return _Placing(text, cut).place(file.comments)


class _Cutter:
    """Cuts the tree into pieces, without comments."""

    def __init__(self, printer: Printer, text: Text, comments: list[int]) -> None:
        self._printer = printer
        self._text = text
        self._comments = comments

    def cut(self, node: ast.Node, depth: int) -> Iterator[Piece]:
        start, end = self._text.start(node.span), self._text.end(node.span)
        container, statements = inner(node)
        if container is None:
            yield Piece("statement", node, depth, start, end, self._printer.statement(node))
            return
        line = self._on_one_line(node)
        if line and len(line) + INDENT * depth <= WIDTH:
            yield Piece("statement", None, depth, start, end, line)
            return
        head = f"{self._printer.head(node)} {{"
        yield Piece("open", node, depth, start, self._brace(start), head)
        for statement in statements:
            yield from self.cut(statement, depth + 1)
        yield Piece("close", node, depth, end - 1, end, "}")

    def _on_one_line(self, node: ast.Node) -> str:
        """A container with one statement at most that its author wrote on one line, or nothing."""
        container, statements = inner(node)
        if container is None:
            return self._printer.statement(node)
        start, end = self._text.start(node.span), self._text.end(node.span)
        first = bisect_right(self._comments, start)
        if first < bisect_left(self._comments, end) or len(statements) > 1:
            return ""
        if not statements:
            return f"{self._printer.head(node)} {{ }}"
        inside = self._on_one_line(statements[0])
        same = self._text.line(start) == self._text.line(end - 1)
        return f"{self._printer.head(node)} {{ {inside} }}" if same and inside else ""

    def _brace(self, start: int) -> int:
        """The end of a container's opening brace: the first one that stands in no brackets."""
        depth, at, text = 0, start, self._text.text
        while depth or text[at] != "{":
            if text[at] in '"#':
                at = text.index('"' if text[at] == '"' else "\n", at + 1)
            depth += (text[at] in "([") - (text[at] in ")]")
            at += 1
        return at + 1


class _Placing:
    """Gives each comment to its piece; one pass over both, in the order of the text."""

    def __init__(self, text: Text, cut: list[Piece]) -> None:
        self._text = text
        self._todo = cut
        self._done: list[Piece] = []
        self._last = 0
        self._column = -1

    def place(self, comments: tuple[ast.Comment, ...]) -> list[Piece]:
        rest = deque(comments)
        for piece in self._todo:
            leading: list[ast.Comment] = []
            while rest and self._text.start(rest[0].span) < piece.start:
                comment = rest.popleft()
                if not self._goes_behind(comment, bool(leading)):
                    leading.append(comment)
            inside = []
            while rest and self._text.start(rest[0].span) < piece.end:
                inside.append(rest.popleft())
            self._done.append(self._placed(piece, leading, inside))
        return self._done

    def _goes_behind(self, comment: ast.Comment, follows_others: bool) -> bool:
        """Whether a comment belongs to the piece before it, which then has it."""
        column = self._text.column(self._text.start(comment.span))
        goes_on = column == self._column and comment.span.line == self._last + 1
        if follows_others or not self._done or (comment.own_line and not goes_on):
            return False
        self._last, self._column = comment.span.line, column
        self._add_behind(comment.text)
        return True

    def _add_behind(self, comment: str) -> None:
        at = len(self._done) - 1
        piece = self._done[at]
        if not comment.startswith("##") or piece.behind or not self._was_one_line(piece):
            self._done[at] = replace(piece, behind=(*piece.behind, comment))
            return
        at = next(i for i, one in enumerate(self._done) if one.node is piece.node)
        self._done[at] = self._done[at].below(comment)

    def _was_one_line(self, piece: Piece) -> bool:
        """A container that is broken into lines: what documents it then stands above it."""
        span = piece.node.span if piece.kind == "close" and piece.node else None
        return span is not None and span.line == span.end_line

    def _placed(self, piece: Piece, leading: list[ast.Comment], inside: list[ast.Comment]) -> Piece:
        first = not self._done or self._done[-1].kind == "open"
        before = []
        for comment in leading:
            before.append(Remark(comment.text, not first and comment.span.line > self._last + 1))
            self._last, first = comment.span.line, False
        apart = not first and self._text.line(piece.start) > self._last + 1
        self._last, self._column = self._text.line(piece.end - 1), -1
        placed = replace(piece, before=tuple(before), blank=apart and piece.kind != "close")
        if not inside:
            return placed
        if piece.kind == "statement":
            return replace(placed, written=tuple(self._as_written(piece)))
        *others, last = (comment.text for comment in inside)  # before the brace of a container
        return replace(placed.below(*others), behind=(last,))

    def _as_written(self, piece: Piece) -> Iterator[str]:
        """The lines of a statement, moved to its indentation as a whole."""
        text = self._text.text
        before = text[: piece.start].rpartition("\n")[2]
        shift = INDENT * piece.depth - len(before.expandtabs(INDENT))
        first, *others = text[piece.start : piece.end].split("\n")
        yield piece.indent + first.rstrip()
        for line in others:
            content = line.strip()
            width = len(line[: len(line) - len(line.lstrip())].expandtabs(INDENT))
            if content:
                yield " " * max(INDENT * (piece.depth + 1), width + shift) + content
