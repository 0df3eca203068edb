"""A machine as a state diagram in plain text, after Figure 5 of RFC 9293.

States are boxes, final ones with a double border; ``*`` leads to the initial state. The label of an
arrow stands to the right of its line: event and guard over a rule over the actions. Where lines
cross, the one across passes under the one down; ``+`` is a corner. What applies to many states
stands in a dotted box. What is told rather than drawn ends in ``-> STATE``; a number stands for a
label that follows below the figure.
"""

from collections.abc import Sequence

from tcpspec.model.labels import remarks
from tcpspec.model.model import Machine
from tcpspec.views.art.grid import STEP, WIDTH
from tcpspec.views.art.paper import Paper
from tcpspec.views.art.plan import Frame, Plan, plan
from tcpspec.views.art.sheet import Knot, Sheet, Strand, sheet
from tcpspec.views.art.tracks import Piece, Wire, tracks
from tcpspec.views.machines.outline import outline
from tcpspec.wrap import wrapped

_TOP = 2
"""Rows for the mark at which a machine begins."""


def state_art(machine: Machine, *, simple: bool = False) -> str:
    """The lines of the figure, of 69 ASCII characters at most; RFCs set it in by three.

    ``simple`` leaves out what Figure 5 leaves out. Raises ``RenderingError``.
    """
    planned = plan(machine, outline(machine, simple=simple))
    drawing = _Drawing(planned, sheet(planned))
    notes = list(planned.notes)
    for remark in remarks(machine, simple=simple):
        notes += wrapped(remark, WIDTH)
    return str(drawing.paper) + "".join(f"{line}\n" for line in (["", *notes] if notes else []))


class _Drawing:
    """Rows from above, each with the lines to the next."""

    def __init__(self, planned: Plan, laid: Sheet) -> None:
        self.paper = Paper()
        self._plan = planned
        top = _TOP
        for number, row in enumerate(laid.rows):
            bottom = top + self._height(row)
            for knot in row:
                self._knot(knot, top, bottom)
            if number == 0:
                self._start(row)
            if number < len(laid.strands):
                bottom = self._between(row, laid.rows[number + 1], laid.strands[number], bottom)
            top = bottom

    def _height(self, row: Sequence[Knot]) -> int:
        return max(self._tall(knot) for knot in row)

    def _tall(self, knot: Knot) -> int:
        return len(knot.label) if knot.box is None else self._plan.frames[knot.box].height

    def _start(self, row: Sequence[Knot]) -> None:
        """A mark above the initial state, which stands in the first row."""
        (initial,) = [knot for knot in row if knot.box == 0]
        column = _column(initial.place + int(initial.middle))
        for line, sign in enumerate("*V"):
            self.paper.write(line, column, sign)

    # --- knots ---

    def _knot(self, knot: Knot, top: int, bottom: int) -> None:
        column = _column(knot.place)
        if knot.box is not None:
            self._frame(self._plan.frames[knot.box], top, column, _column(knot.size - 1))
            return
        self.paper.down(column, top, bottom - 1)
        for line, text in enumerate(knot.label):
            self.paper.write(top + line, column + 2, text)

    def _frame(self, frame: Frame, top: int, column: int, width: int) -> None:
        """A box, with rules between its parts."""
        corner, rule, side = _BORDERS[frame.is_state, frame.final]
        line = f"{corner}{rule * (width - 1)}{corner}"
        between = f"{side}{'-' * (width - 1)}{side}"
        self.paper.write(top, column, line)
        row = top + 1
        for number, part in enumerate(frame.parts):
            if number > 0:
                self.paper.write(row, column, between)
                row += 1
            alone = len(frame.parts) == 1 and frame.is_state
            for text in part:
                inner = text.center(width - 3) if alone else text.ljust(width - 3)
                self.paper.write(row, column, f"{side} {inner} {side}")
                row += 1
        self.paper.write(row, column, line)

    # --- lines ---

    def _between(
        self, upper: Sequence[Knot], lower: Sequence[Knot], strands: Sequence[Strand], top: int
    ) -> int:
        """The lines between two rows; where the lower begins. Arrowheads have rows of their own."""
        head = int(any(knot.box is not None for knot in upper))
        foot = int(any(knot.box is not None for knot in lower) and bool(strands))
        pieces, count = tracks([Wire(strand.leaves, strand.arrives) for strand in strands])
        bottom = top + head + count + foot
        for piece in (piece for turns in pieces for piece in turns):
            ends = _column(piece.wire.above), _column(piece.wire.below)
            self.paper.across(top + head + piece.track, *ends)
        for strand, turns in zip(strands, pieces, strict=True):
            start = top if strand.upper.box is None else top - self._slack(strand.upper, upper)
            self._down(strand, turns, start, top + head, bottom)
            link = self._plan.links[strand.link]
            if link.up and strand.upper.box is not None:
                self.paper.write(start, _column(strand.leaves), "^")
            if not link.up and strand.lower.box is not None:
                self.paper.write(bottom - 1, _column(strand.arrives), "V")
        return bottom

    def _slack(self, knot: Knot, row: Sequence[Knot]) -> int:
        """How much lower than a box its row is."""
        return self._height(row) - self._tall(knot)

    def _down(self, strand: Strand, turns: Sequence[Piece], top: int, first: int, end: int) -> None:
        """The upright parts of a line, drawn over what runs across."""
        row, place = top, strand.leaves
        for piece in turns:
            self.paper.down(_column(place), row, first + piece.track - 1)
            row, place = first + piece.track + 1, piece.wire.below
        self.paper.down(_column(place), row, end - 1)


_BORDERS = {
    (True, False): ("+", "-", "|"),
    (True, True): ("+", "=", "|"),
    (False, False): (".", ".", ":"),
}
"""Corner, rule and side of a box: of a state, of a final one, of a list."""


def _column(place: int) -> int:
    return place * STEP
