"""What a sequence diagram is made of: lines, and texts that know how large they are."""

from dataclasses import dataclass, field
from enum import Enum, auto

from tcpspec.views.measure import text_width
from tcpspec.views.runs.geometry import Box, Point, Segment
from tcpspec.wrap import wrapped


class Look(Enum):
    """What a piece of text is; it decides how it looks."""

    TITLE = auto()
    HEAD = auto()
    STATE = auto()
    NOTE = auto()
    VALUES = auto()
    MESSAGE = auto()
    CAPTION = auto()
    LOOP = auto()
    OUTCOME = auto()


class Stroke(Enum):
    """What a line is."""

    LIFELINE = auto()
    GAP = auto()
    MESSAGE = auto()
    COPY = auto()
    FLYING = auto()
    LOST = auto()
    CROSS = auto()
    LOOP = auto()
    BACK = auto()


FONT_SIZE = {
    Look.TITLE: 13, Look.HEAD: 12, Look.STATE: 10, Look.NOTE: 9, Look.VALUES: 8,
    Look.MESSAGE: 10, Look.CAPTION: 8, Look.LOOP: 9, Look.OUTCOME: 11,
}  # fmt: skip
BOLD = frozenset({Look.TITLE, Look.HEAD, Look.STATE, Look.OUTCOME})
_PADDING = {Look.HEAD: (20, 10), Look.OUTCOME: (24, 12), Look.MESSAGE: (8, 1)}
_USUAL_PADDING = (12, 4)
_WRAP = {Look.HEAD: 24, Look.STATE: 24, Look.NOTE: 26, Look.VALUES: 30, Look.MESSAGE: 44}


@dataclass(frozen=True, slots=True)
class Text:
    """Lines of text; the first begins with ``lead``, in bold."""

    look: Look
    lines: tuple[str, ...]
    lead: str = ""

    @property
    def plain(self) -> tuple[str, ...]:
        """The lines with the lead as part of the first."""
        return (f"{self.lead} {self.lines[0]}".strip(), *self.lines[1:])

    @property
    def width(self) -> float:
        size, bold = FONT_SIZE[self.look], self.look in BOLD
        widths = [text_width(line, size, bold=bold) for line in self.plain]
        widths[0] += text_width(self.lead, size, bold=True) - text_width(self.lead, size)
        return max(widths) + _PADDING.get(self.look, _USUAL_PADDING)[0]

    @property
    def height(self) -> float:
        leading = FONT_SIZE[self.look] * 1.2
        return leading * len(self.lines) + _PADDING.get(self.look, _USUAL_PADDING)[1]


@dataclass(frozen=True, slots=True)
class Tag:
    """A text in its place."""

    text: Text
    box: Box


@dataclass(frozen=True, slots=True)
class Line:
    """With ``goes_on``, it has no tip, though its stroke has one."""

    stroke: Stroke
    segment: Segment
    goes_on: bool = False


@dataclass(slots=True)
class Layout:
    """Everything to draw; lines first, then dots, then texts."""

    lines: list[Line] = field(default_factory=list)
    dots: list[Point] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    labels: list[Tag] = field(default_factory=list)
    rows: tuple[float, ...] = ()
    """How far down each row stands."""
    hidden: float = 0.0
    """How much the labels hide."""

    @property
    def bottom(self) -> float:
        """How far down the lowest piece reaches."""
        boxes = [tag.box.bottom for tag in [*self.tags, *self.labels]]
        points = [
            point.y for line in self.lines for point in (line.segment.start, line.segment.end)
        ]
        return max([*boxes, *points, *(dot.y for dot in self.dots)])


def text(look: Look, content: str, lead: str = "") -> Text:
    """A text, wrapped to what suits its look."""
    return Text(look, tuple(wrapped(content, _WRAP.get(look, 200))), lead)
