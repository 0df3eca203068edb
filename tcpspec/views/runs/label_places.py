"""Where labels go so that they hide the least.

Each label may stand in several places, the one it likes best first: the label of a message along
its arrow, the caption of a loss around its cross. Standing on another box is worse than hiding a
piece of another line. Labels are placed one by one, then each once more with all others in place.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tcpspec.views.runs.geometry import Box, Point, Segment, along

_PARTS = (0.5, 0.45, 0.55, 0.4, 0.6, 0.35, 0.65, 0.3, 0.7, 0.25, 0.75, 0.2, 0.8)
_ON_BOX, _ON_LINE = 100.0, 10.0
_CLEARANCE = 4.0
"""How much larger than itself a label is, so that it does not touch what it does not hide."""


@dataclass(frozen=True, slots=True)
class Wish:
    """The places that would suit a label, and the lines that it may hide."""

    places: tuple[Box, ...]
    own: tuple[Segment, ...] = ()

    @property
    def top(self) -> float:
        return min(box.top for box in self.places) - _CLEARANCE

    @property
    def bottom(self) -> float:
        return max(box.bottom for box in self.places) + _CLEARANCE


def on_arrow(width: float, height: float, arrow: tuple[Segment, ...]) -> Wish:
    """A label on its arrow, in the middle if possible."""
    middles = (along(arrow, part) for part in _PARTS)
    return Wish(tuple(Box(middle, width, height) for middle in middles), arrow)


def around(width: float, height: float, at: Point, distance: float) -> Wish:
    """A caption below a point, above it, or at its side."""
    below, aside = distance + height / 2, distance + width / 2
    steps = ((0.0, below), (0.0, -below), (aside, 0.0), (-aside, 0.0))
    return Wish(tuple(Box(Point(at.x + dx, at.y + dy), width, height) for dx, dy in steps))


def place(
    wishes: Sequence[Wish], boxes: Sequence[Box], lines: Sequence[Segment]
) -> tuple[list[Box], float]:
    """A box for each label, and how much they hide in all."""
    near = [(_boxes_near(wish, boxes), _lines_near(wish, lines)) for wish in wishes]
    placed: list[Box] = []
    for wish, (fixed, others) in zip(wishes, near, strict=True):
        placed.append(_best(wish, fixed + _boxes_near(wish, placed), others))
    hidden = 0.0
    for number, (wish, (fixed, others)) in enumerate(zip(wishes, near, strict=True)):
        rest = fixed + _boxes_near(wish, [*placed[:number], *placed[number + 1 :]])
        placed[number] = _best(wish, rest, others)
        hidden += _cost(placed[number], rest, others)
    return placed, hidden


def _boxes_near(wish: Wish, boxes: Iterable[Box]) -> list[Box]:
    """The boxes that are as high on the page as the label may be."""
    top, bottom = wish.top, wish.bottom
    return [box for box in boxes if box.top < bottom and box.bottom > top]


def _lines_near(wish: Wish, lines: Iterable[Segment]) -> list[Segment]:
    """The same for lines, but for the label's own."""
    top, bottom = wish.top, wish.bottom
    return [
        line
        for line in lines
        if line not in wish.own
        and min(line.start.y, line.end.y) < bottom
        and max(line.start.y, line.end.y) > top
    ]


def _best(wish: Wish, boxes: Sequence[Box], lines: Sequence[Segment]) -> Box:
    """The first of the cheapest places."""
    return min(wish.places, key=lambda box: _cost(box, boxes, lines))


def _cost(box: Box, boxes: Iterable[Box], lines: Iterable[Segment]) -> float:
    roomy = box.grown(_CLEARANCE / 2)
    hidden = sum(roomy.overlaps(other) for other in boxes)
    crossed = sum(roomy.crossed_by(line) for line in lines)
    return _ON_BOX * hidden + _ON_LINE * crossed
