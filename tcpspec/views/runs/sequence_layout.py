"""Where everything in a sequence diagram stands.

Lifelines stand side by side, rows follow one another downwards, one for each step; both are as far
apart as what stands between them needs. What an instance does of its own accord and the state that
it comes to stand in a *stack* in its row: beside the outermost lifelines, on the outside, where no
arrow comes; on a lifeline between two others, which has arrows on both sides.

An arrow goes from its row at the sender to its row at the receiver, so its slope is its delay. It
arrives at the row itself; what a step sends leaves below. Where it passes another lifeline, that
has a gap, and the arrow bends a little if it would pass behind a stack or where others come and go.
Labels are put on the arrows last; if one would hide something, all is laid out again with the rows
further apart.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from tcpspec.explore.run import Run
from tcpspec.semantics.state import StepKind
from tcpspec.views.runs.geometry import Box, Point, Segment, beside, segments
from tcpspec.views.runs.label_places import Wish, around, on_arrow, place
from tcpspec.views.runs.passing import Passages
from tcpspec.views.runs.sequence_parts import FONT_SIZE, Layout, Line, Look, Stroke, Tag, Text, text
from tcpspec.views.runs.story import (
    Course,
    Fate,
    cause,
    changes,
    control_states,
    courses,
    verdict_text,
)
from tcpspec.wrap import wrapped

_PITCH = 38.0
_STRETCHES = ((1.0, 1.0), (1.0, 1.2), (1.25, 1.2), (1.25, 1.4), (1.5, 1.4))
_GAP = 170.0  # between lifelines, at least
_MARGIN = 10.0  # between a lifeline and what stands beside it
_LEAST_ABOVE = 16.0  # between the end of a row and the middle of the next
_STACKED = 2.0  # between two boxes of a stack
_REPLY = 6.0  # how far below its row a reply leaves
_BURST = 18.0  # between messages that leave in the same row
_BULGE = 40.0  # how far what an instance sends to itself goes out
_REACH = 0.72  # how far a message gets that does not arrive
_SHORT = 20.0  # and how far down, if it has no row to end in
_OLD_WAY = 0.2  # so much of its way is behind an old duplicate at the start, at least
_OLD_APART, _OLD_USUAL = 0.36, 3  # between the first and the last of them; between so many
_LOOP_ROOM = 16.0
_CROSS = 4.0
_GAP_REACH = 5.0  # how far a gap in a lifeline reaches to both sides of it
_APART = 4.0  # how far from what stands at a lifeline an arrow passes it
_BERTH = 9.0  # the same from where others come and go
_BEHIND = 50.0  # what it counts that an arrow has to pass behind something: half a hidden label
_CROSSED_ROOM = 10.0  # between a cross and a label beside it


@dataclass(frozen=True, slots=True)
class _Stack:
    """What stands at an instance in one row."""

    instance: int
    texts: tuple[Text, ...]

    @property
    def width(self) -> float:
        return max(text.width for text in self.texts)

    @property
    def height(self) -> float:
        return sum(text.height + _STACKED for text in self.texts) - _STACKED


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where lifelines (``x``) and rows (``y``) are, and the edges of the picture."""

    x: tuple[float, ...]
    y: tuple[float, ...]
    left: float
    right: float
    head: float
    bottom: float
    leave: tuple[float, ...]
    """Where what is sent in a row leaves."""

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


def lay_out(run: Run, *, title: str, outcome: str | None, values: bool) -> Layout:
    """The smallest layout in which no label hides anything, or else the one that hides least."""
    found: list[Layout] = []
    for stretch in _STRETCHES:
        found.append(_Drawing(run, title, verdict_text(run, outcome), values, stretch).layout)
        if found[-1].hidden == 0:
            break
    return min(found, key=lambda layout: layout.hidden)


class _Drawing:
    """One attempt at a layout."""

    def __init__(
        self, run: Run, title: str, outcome: str | None, values: bool, stretch: tuple[float, float]
    ) -> None:
        """``stretch`` says how far apart rows and lifelines are, relative to what is needed."""
        self.run = run
        self.courses = courses(run)
        self.waiting, self.ending = _from_before(self.courses)
        self.stacks = _stacks(run, values)
        self.layout = Layout()
        self.columns = _columns(run, self.stacks, self.courses, stretch[1])
        self.grid = self._grid(title, stretch[0])
        self.layout.rows = self.grid.y
        self._heads()
        for row, stacks in enumerate(self.stacks):
            for stack in stacks:
                self._stack(row, stack)
        self._loop()
        self._messages()
        self._outcome(outcome)

    # --- rows ---

    def _grid(self, title: str, stretch: float) -> _Grid:
        """Rows below the title and the heads, far enough apart for their stacks."""
        x, left, right = self.columns
        top = self._title(title, (left + right) / 2, right - left)
        head = top + max(_head(self.run, number).height for number in range(len(x))) / 2
        y, leave = [head + 34 + _BURST * len(self.waiting)], []
        for row, stacks in enumerate(self.stacks):
            leaving = self._leaving(row)
            leave.append(y[row] + leaving)
            sent = sum(course.sent == row and not course.copy for course in self.courses)
            depth = max((self._depth(stack) for stack in stacks), default=0.0)
            depth = max(depth, leaving + _BURST * max(sent - 1, 0))
            room = _LOOP_ROOM if self.run.loop_from == row else 0.0
            y.append(y[row] + max(_PITCH * stretch, depth + self._above(row + 1)) + room)
        last = y.pop()
        return _Grid(x, tuple(y), left, right, head, max(last, y[-1] + 34), tuple(leave))

    def _inside(self, instance: int) -> bool:
        """Whether a lifeline stands between two others."""
        return 0 < instance < len(self.run.system.instances) - 1

    def _depth(self, stack: _Stack) -> float:
        """How far a stack reaches below its row."""
        if self._inside(stack.instance):
            return _MARGIN + stack.height + _REPLY
        return stack.height - stack.texts[0].height / 2

    def _above(self, row: int) -> float:
        """How much room the stacks of a row need above it."""
        stacks = self.stacks[row] if row < len(self.stacks) else []
        firsts = (s.texts[0].height / 2 for s in stacks if not self._inside(s.instance))
        return max(_LEAST_ABOVE, max(firsts, default=0.0) + _STACKED)

    def _leaving(self, row: int) -> float:
        """How far below its row a step sends: below what it received, and below a stack."""
        if row == 0:
            return 0.0
        step = self.run.steps[row - 1].step
        for stack in self.stacks[row]:
            if self._inside(stack.instance):
                return self._depth(stack)
        return _REPLY if step.packet is not None else 0.0

    # --- fixed parts ---

    def _add(self, text: Text, middle: Point) -> Tag:
        tag = Tag(text, Box(middle, text.width, text.height))
        self.layout.tags.append(tag)
        return tag

    def _title(self, title: str, middle: float, width: float) -> float:
        """The title across the picture; where it ends."""
        if not title:
            return 0.0
        letters = max(int(width / (FONT_SIZE[Look.TITLE] * 0.6)), 20)
        lines = Text(Look.TITLE, tuple(wrapped(title, letters)))
        self._add(lines, Point(middle, lines.height / 2))
        return lines.height + 8

    def _heads(self) -> None:
        grid = self.grid
        for number, x in enumerate(grid.x):
            self._line(Stroke.LIFELINE, Point(x, grid.head), Point(x, grid.bottom))
            self._add(_head(self.run, number), Point(x, grid.head))

    def _stack(self, row: int, stack: _Stack) -> None:
        """Boxes one below the other, and a dot where an instance acts of its own accord."""
        x, y = self.grid.x[stack.instance], self.grid.y[row]
        inside, left = self._inside(stack.instance), self._on_left(stack.instance)
        below = inside and row > 0
        top = y + _MARGIN if below else y - stack.texts[0].height / 2
        for part in stack.texts:
            middle = Point(x, top + part.height / 2)
            box = Box(middle, part.width, part.height)
            if not inside:
                edge = Point(x + (-_MARGIN if left else _MARGIN), middle.y)
                box = beside(edge, part.width, part.height, left=left)
            self.layout.tags.append(Tag(part, box))
            top += part.height + _STACKED
        if row > 0 and self.run.steps[row - 1].step.packet is None:
            self.layout.dots.append(Point(x, y))

    def _on_left(self, instance: int) -> bool:
        return instance == 0 and len(self.run.system.instances) > 1

    def _loop(self) -> None:
        """A lasso: a line where the run repeats, and an arrow back to it along the right."""
        start, grid = self.run.loop_from, self.grid
        if start is None:
            return
        if start + 1 >= len(grid.y):
            self._add(text(Look.LOOP, "stays like this for ever"), Point(grid.middle, grid.bottom))
            return
        upper, lower, edge = grid.y[start + 1] - 16, grid.bottom - 4, grid.right + 16
        caption = text(Look.LOOP, "repeats from here")
        box = beside(Point(grid.x[0] - 6, upper), caption.width, caption.height, left=True)
        self.layout.tags.append(Tag(caption, box))
        for y in (upper, lower):
            self._line(Stroke.LOOP, Point(min(grid.left, box.left), y), Point(edge, y))
        self._line(Stroke.BACK, Point(edge, lower), Point(edge, upper))

    def _outcome(self, outcome: str | None) -> None:
        if outcome:
            letters = max(int((self.grid.right - self.grid.left) / 7), 24)
            texts = (text for line in outcome.splitlines() for text in wrapped(line, letters))
            lines = Text(Look.OUTCOME, tuple(texts))
            lowest = max(tag.box.bottom for tag in [*self.layout.tags, *self.layout.labels])
            top = max(self.grid.bottom + 12, lowest + 4)
            self._add(lines, Point(self.grid.middle, top + lines.height / 2))

    # --- messages ---

    def _line(self, stroke: Stroke, start: Point, end: Point) -> Segment:
        self.layout.lines.append(Line(stroke, Segment(start, end)))
        return self.layout.lines[-1].segment

    def _messages(self) -> None:
        """Arrows, then captions and labels where these hide nothing."""
        straight = [self._straight(course) for course in self.courses]
        passages = self._passages(straight)
        arrows = [
            self._arrow(course, passages.path(line))
            for course, line in zip(self.courses, straight, strict=True)
        ]
        self.layout.hidden = _BEHIND * passages.blocked
        texts, wishes = [], []
        for course, arrow in zip(self.courses, arrows, strict=True):
            if course.fate in _CROSSED and course.sender != course.receiver:
                texts.append(text(Look.CAPTION, str(course.fate.value)))
                end = arrow[-1].end
                wishes.append(around(texts[-1].width, texts[-1].height, end, _CROSS + 3))
            texts.append(_label(course))
            wishes.append(self._wish(course, texts[-1], arrow))
        ends = [Box(arrow[-1].end, 2 * _CROSS + 6, 2 * _CROSS) for arrow in arrows]
        boxes = [tag.box for tag in self.layout.tags] + ends
        solid = (line for line in self.layout.lines if line.stroke not in _NOT_HIDDEN)
        placed, hidden = place(wishes, boxes, [line.segment for line in solid])
        self.layout.hidden += hidden
        self.layout.labels = [Tag(t, box) for t, box in zip(texts, placed, strict=True)]

    def _start(self, course: Course) -> Point:
        """At the sender; or, for an old duplicate, above all rows: from before the start.

        Those that end in no row stand one below the other. Below them begin the others side by
        side.
        """
        x = self.grid.x[course.sender]
        if course.sent is not None:
            return Point(x, self.grid.leave[course.sent] + _BURST * course.order)
        whole = self.grid.x[course.receiver] - x
        head, number = self.grid.head, id(course)
        if number in self.waiting:
            return Point(x + whole * _OLD_WAY, head + _BURST * self.waiting.index(number))
        part = self.ending.index(number) / max(len(self.ending) - 1, _OLD_USUAL)
        way = _OLD_WAY + _OLD_APART * part
        return Point(x + whole * way, head + _BURST * len(self.waiting))

    def _end(self, course: Course, start: Point) -> Point:
        """At the receiver; or on the way there, in the row where it is lost, or soon."""
        x, goal = self.grid.x[course.sender], self.grid.x[course.receiver]
        if course.fate is Fate.ARRIVED and course.end is not None:
            return Point(goal, self.grid.y[course.end])
        reach = x + (goal - x) * _REACH
        if course.fate is Fate.LOST and course.end is not None:
            return Point(reach, self.grid.y[course.end])
        return Point(reach, start.y + _SHORT)

    def _straight(self, course: Course) -> Segment:
        start = self._start(course)
        return Segment(start, self._end(course, start))

    def _arrow(self, course: Course, path: list[Point]) -> tuple[Segment, ...]:
        """Draws a message; the parts of it on which its label may stand."""
        stroke = _STROKES.get(course.fate, Stroke.COPY if course.copy else Stroke.MESSAGE)
        if course.sender == course.receiver:
            start, end = path
            out = start.x + self._bulge(course.sender)
            if course.fate is Fate.ARRIVED:
                corner = Point(out, (start.y + end.y) / 2)
                self._line(Stroke.LOST, start, corner)
                path = [corner, end]
            else:
                path = [start, replace(end, x=out)]
        parts = segments(path)
        for before, after in pairwise(parts):
            at, reach = before.end, min(_GAP_REACH, before.length, after.length)
            gap = at.toward(before.start, reach / before.length)
            self._line(Stroke.GAP, gap, at.toward(after.end, reach / after.length))
        for part in parts:
            self.layout.lines.append(Line(stroke, part, goes_on=part is not parts[-1]))
        if course.fate in _CROSSED:
            self._cross(path[-1])
        return parts

    def _passages(self, lines: Sequence[Segment]) -> Passages:
        """All lifelines, with what stands, comes and goes there."""
        points = [*self.layout.dots, *(end for line in lines for end in (line.start, line.end))]
        boxes = [tag.box for tag in self.layout.tags]
        taken: dict[float, list[tuple[float, float]]] = {x: [] for x in self.grid.x}
        for x, spans in taken.items():
            on_it = [box for box in boxes if box.left <= x <= box.right]
            spans += [(box.top - _APART, box.bottom + _APART) for box in on_it]
            spans += [(at.y - _BERTH, at.y + _BERTH) for at in points if at.x == x]
        return Passages(taken, [box.grown(_APART) for box in boxes], lines)

    def _bulge(self, instance: int) -> float:
        """Which way what an instance sends to itself goes out: inwards, where there is room."""
        return -_BULGE if instance == len(self.grid.x) - 1 else _BULGE

    def _wish(self, course: Course, label: Text, arrow: tuple[Segment, ...]) -> Wish:
        """Where a label may stand: on its arrow, or beside one that comes back."""
        if course.sender != course.receiver:
            return on_arrow(label.width, label.height, arrow)
        out = self._bulge(course.sender)
        x = self.grid.x[course.sender] + out + (_CROSSED_ROOM if out > 0 else -_CROSSED_ROOM)
        y = arrow[-1].end.y if course.fate is not Fate.ARRIVED else arrow[0].start.y
        steps = (0.0, -8.0, 8.0, -16.0, 16.0, -24.0, 24.0)
        edges = (Point(x, y + step) for step in steps)
        return Wish(tuple(beside(e, label.width, label.height, left=out < 0) for e in edges))

    def _cross(self, at: Point) -> None:
        for dy in (-_CROSS, _CROSS):
            self._line(
                Stroke.CROSS, Point(at.x - _CROSS, at.y - dy), Point(at.x + _CROSS, at.y + dy)
            )


_CROSSED = (Fate.LOST, Fate.DROPPED)
_NOT_HIDDEN = (Stroke.CROSS, Stroke.GAP)
_STROKES = {Fate.LOST: Stroke.LOST, Fate.DROPPED: Stroke.LOST, Fate.FLYING: Stroke.FLYING}


def _head(run: Run, number: int) -> Text:
    return text(Look.HEAD, run.system.instances[number].name)


def _label(course: Course) -> Text:
    """A message; one to oneself has no room for a caption, so its label says what becomes of it."""
    lost = course.fate in _CROSSED and course.sender == course.receiver
    fate = f"({course.fate.value})" if lost else ""
    rest = " ".join(filter(None, (course.fields, course.remark, fate)))
    return text(Look.MESSAGE, rest, course.name)


def _stacks(run: Run, values: bool) -> list[list[_Stack]]:
    """For each row, what stands at which instances; in row 0, the states of all."""
    states, changed = control_states(run), changes(run)
    rows = [[_Stack(i, (text(Look.STATE, name),)) for i, name in enumerate(states[0])]]
    for row, run_step in enumerate(run.steps, 1):
        step = run_step.step
        if step.kind is StepKind.LOSS or step.instance is None:
            rows.append([])
            continue
        parts = [text(Look.NOTE, note)] if (note := cause(step)) else []
        if states[row][step.instance] != states[row - 1][step.instance]:
            parts.append(text(Look.STATE, states[row][step.instance]))
        if values and changed[row]:
            lines = [f"{change.variable} = {change.value}" for change in changed[row]]
            parts.append(Text(Look.VALUES, tuple(lines)))
        rows.append([_Stack(step.instance, tuple(parts))] if parts else [])
    return rows


def _from_before(ways: Sequence[Course]) -> tuple[list[int], list[int]]:
    """The identities of messages that were there at the start: of those that end in no row, and of
    the others in the order in which they have to begin, so that they do not cross: whatever is lost
    before what arrives, what ends late before what ends early.
    """
    old = [way for way in ways if way.sent is None]
    ending = [(way.fate is not Fate.LOST, -way.end, way) for way in old if way.end is not None]
    ending.sort(key=lambda one: one[:2])  # those that end together stay in the order of the run
    return [id(way) for way in old if way.end is None], [id(way) for *_, way in ending]


def _columns(
    run: Run, stacks: Sequence[Sequence[_Stack]], ways: Sequence[Course], stretch: float
) -> tuple[tuple[float, ...], float, float]:
    """Where the lifelines are, and how far left and right the stacks reach."""
    count = len(run.system.instances)
    widths = [
        max(stack.width for row in stacks for stack in row if stack.instance == number)
        for number in range(count)
    ]
    x = [0.0]
    for number in range(count - 1):
        inner = [widths[n] / 2 for n in (number, number + 1) if 0 < n < count - 1]
        heads = (_head(run, number).width + _head(run, number + 1).width) / 2 + 20
        room = max(_wanted(ways, number), default=0.0) + sum(inner)
        x.append(x[-1] + max(_GAP, heads, room) * stretch)
    left = widths[0] + _MARGIN if count > 1 else max(_wanted(ways, 0), default=_BULGE)
    return tuple(x), -left, x[-1] + widths[-1] + _MARGIN


def _wanted(ways: Sequence[Course], number: int) -> Iterator[float]:
    """How much room each message wants between a lifeline and the next."""
    for way in ways:
        first, last = sorted((way.sender, way.receiver))
        if first == last and number in (first, first - 1):
            yield _label(way).width + _BULGE + 2 * _MARGIN
        if first <= number < last:
            yield (_label(way).width / _REACH + 50) / (last - first)
