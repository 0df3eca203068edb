"""Boxes and lines on a page, in points; y grows downwards, as rows do."""

from dataclasses import dataclass


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
