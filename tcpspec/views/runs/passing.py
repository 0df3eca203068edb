"""How a message gets past the lifelines between its sender and its receiver.

It goes straight on, unless it would pass behind what stands at a lifeline, or so close to where
others come and go that it seemed to be one of them: then it bends, as little as it can.
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from tcpspec.views.runs.geometry import Box, Point, Segment, segments

_DETOUR = 40.0
"""So far an arrow goes around before it crosses another, twice as far if both go the same way, and
three times as far before it goes behind a box.
"""
_APART = 6.0
"""How far apart two arrows pass a lifeline."""
_FARTHER = (0.0, 8.0, 16.0, 24.0)
"""How far from the end of what is taken it may pass."""

Span: TypeAlias = tuple[float, float]
"""A piece of a lifeline, from its upper end to its lower one."""


class Passages:
    """Lifelines, each with its place and where nothing can pass it; boxes; and other arrows."""

    def __init__(
        self, lifelines: Mapping[float, Sequence[Span]], boxes: Sequence[Box],
        arrows: Sequence[Segment],
    ) -> None:  # fmt: skip
        self._taken = {x: list(spans) for x, spans in lifelines.items()}
        self._boxes, self._arrows = boxes, arrows
        self.blocked = 0
        """How often an arrow found no room to pass a lifeline, and went straight on."""

    def path(self, line: Segment) -> list[Point]:
        """Where a message goes that begins and ends as this line does. Where it passes is taken
        then.
        """
        found = [line.start]
        low, high = sorted((line.start.x, line.end.x))
        between = [x for x in self._taken if low < x < high]
        for x in sorted(between, reverse=line.start.x > line.end.x):
            at = self._passed(x, Segment(found[-1], line.end), line)
            self._taken[x].append((at.y - _APART, at.y + _APART))
            found.append(at)
        return [*found, line.end]

    def _passed(self, x: float, rest: Segment, line: Segment) -> Point:
        """Where it passes a lifeline, of which this much is left to go."""
        begin, end = rest.start.y, rest.end.y
        usual, far = rest.at(x), _FARTHER[-1]
        taken = [
            (top, bottom)
            for top, bottom in self._taken[x]
            if top - far <= end and begin <= bottom + far
        ]
        heights = [usual]
        heights += [top - more for top, _ in taken for more in _FARTHER]
        heights += [bottom + more for _, bottom in taken for more in _FARTHER]
        free = [
            Point(x, y)
            for y in heights
            if begin <= y <= end and not any(top < y < bottom for top, bottom in taken)
        ]
        if not free:
            self.blocked += 1
            return Point(x, usual)
        boxes = [box for box in self._boxes if box.top < end and begin < box.bottom]
        others = [
            other
            for other in self._arrows
            if other != line and other.start.y <= end and begin <= other.end.y
        ]
        return min(
            free,
            key=lambda at: abs(at.y - usual) + _cost((rest.start, at, rest.end), boxes, others),
        )


def _cost(path: Sequence[Point], boxes: Sequence[Box], arrows: Sequence[Segment]) -> float:
    """What a message crosses on a way."""
    ways = segments(path)
    crossed = sum(box.crossed_by(way) for way in ways for box in boxes)
    others = [
        1 + (other.goes_right == way.goes_right)
        for way in ways
        for other in arrows
        if way.crosses(other)
    ]
    return _DETOUR * (3 * crossed + sum(others))
