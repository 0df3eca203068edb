"""Boxes and lines on a page, in points; y grows downwards, as rows do."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot


@dataclass(frozen=True, slots=True)
class Point:
    x: float
    y: float

    def toward(self, other: "Point", part: float) -> "Point":
        """The point that lies ``part`` of the way to another."""
        return Point(self.x + (other.x - self.x) * part, self.y + (other.y - self.y) * part)


@dataclass(frozen=True, slots=True)
class Segment:
    start: Point
    end: Point

    @property
    def length(self) -> float:
        return hypot(self.end.x - self.start.x, self.end.y - self.start.y)

    @property
    def goes_right(self) -> bool:
        return self.start.x < self.end.x

    def at(self, x: float) -> float:
        """How far down it is there; it must not be upright."""
        part = (x - self.start.x) / (self.end.x - self.start.x)
        return self.start.toward(self.end, part).y

    def crosses(self, other: "Segment") -> bool:
        """Whether they meet elsewhere than at their ends."""
        return (
            _side(self, other.start) * _side(self, other.end) < 0
            and _side(other, self.start) * _side(other, self.end) < 0
        )


def _side(line: Segment, point: Point) -> float:
    """On which side of a line a point lies: below 0, above, or 0 for a point on it."""
    a, b = line.start, line.end
    return (b.x - a.x) * (point.y - a.y) - (b.y - a.y) * (point.x - a.x)


def segments(path: Sequence[Point]) -> tuple[Segment, ...]:
    """What leads from each point of a path to the next."""
    return tuple(Segment(start, end) for start, end in pairwise(path))


def along(path: Sequence[Segment], part: float) -> Point:
    """The point that lies ``part`` of the way along a path."""
    way = part * sum(segment.length for segment in path)
    for segment in path:
        if way <= segment.length:
            break
        way -= segment.length
    return segment.start.toward(segment.end, way / segment.length if segment.length else 0.0)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle by its middle and its size."""

    middle: Point
    width: float
    height: float

    @property
    def left(self) -> float:
        return self.middle.x - self.width / 2

    @property
    def right(self) -> float:
        return self.middle.x + self.width / 2

    @property
    def top(self) -> float:
        return self.middle.y - self.height / 2

    @property
    def bottom(self) -> float:
        return self.middle.y + self.height / 2

    def grown(self, by: float) -> "Box":
        """The same with so much more on every side."""
        return Box(self.middle, self.width + 2 * by, self.height + 2 * by)

    def overlaps(self, other: "Box") -> bool:
        """Whether the insides meet; boxes that touch do not overlap."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def crossed_by(self, line: Segment) -> bool:
        """Whether a line passes through the inside (Liang and Barsky's clipping)."""
        dx, dy = line.end.x - line.start.x, line.end.y - line.start.y
        first, last = 0.0, 1.0
        for step, low, high in (
            (dx, self.left - line.start.x, self.right - line.start.x),
            (dy, self.top - line.start.y, self.bottom - line.start.y),
        ):
            if step == 0:
                if low >= 0 or high <= 0:
                    return False
                continue
            enter, leave = sorted((low / step, high / step))
            first, last = max(first, enter), min(last, leave)
        return first < last


def beside(edge: Point, width: float, height: float, *, left: bool) -> Box:
    """A box that touches a point with its right side, or with its left one."""
    return Box(Point(edge.x + (-width / 2 if left else width / 2), edge.y), width, height)
