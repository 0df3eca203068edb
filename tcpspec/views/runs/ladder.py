"""A run as a ladder in plain text, after the figures of RFC 9293: one row a step.

Of two instances, each has its state on its side; of more, all states stand on the right. What an
instance does of its own accord is a note at its lifeline. A message is drawn as in the RFC: in the
row in which it arrives, from lifeline to lifeline, if it was sent in the step before. If anything
came between, it has a line of its own below the step that sent it, with an ellipsis where it is on
its way, and its arrow begins with an ellipsis where it arrives. An X is a message that is lost. An
arrow that ends where others stand before its receiver says who that is.

Where only so many columns may be used, lifelines move together; what then does not fit between them
gets a number, and stands below the ladder. If there is still no room for the states at the sides,
each stands at its lifeline, in parentheses, where it changes.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from tcpspec.escape import ascii_text, visible
from tcpspec.explore.run import Run
from tcpspec.record import Record
from tcpspec.semantics.state import Step, StepKind
from tcpspec.views.measure import cells
from tcpspec.views.runs.ladder_canvas import ASCII, SHORT, UNICODE, Canvas, Glyphs
from tcpspec.views.runs.story import (
    Course,
    Fate,
    cause,
    changes,
    control_states,
    courses,
    verdict_text,
)
from tcpspec.wrap import filled, wrapped

_GAP = 24  # columns between two lifelines, at least
_AROUND = 5  # columns that an arrow takes besides its label, at least
_LEAST = 12  # columns between two lifelines, if there must be few
_CHANGES = 24  # columns that changes need beside the ladder; with less, they stand below it


class RowKind(StrEnum):
    """What a line of a ladder is, for those who colour it."""

    HEAD = "head"
    STEP = "step"
    MORE = "more"
    LOOP = "loop"
    OUTCOME = "outcome"


class Row(Record):
    """One line: the ladder itself, and what stands to the right of it."""

    kind: RowKind
    ladder: str
    changes: str = ""
    number: int | None = None

    def __str__(self) -> str:
        return f"{self.ladder}{self.changes}".rstrip()


def ladder(
    run: Run, *, width: int | None = None, ascii: bool = False, outcome: str | None = None
) -> list[str]:
    """The lines of the ladder. ``width`` is where changed variables are wrapped."""
    return [str(row) for row in ladder_rows(run, width=width, ascii=ascii, outcome=outcome)]


def ladder_rows(
    run: Run, *, width: int | None = None, ascii: bool = False, outcome: str | None = None
) -> list[Row]:
    """The same, with what each line is."""
    drawing = _Ladder(run, width, ASCII if ascii else UNICODE)
    return list(drawing.rows(verdict_text(run, outcome)))


def ladder_art(run: Run, *, width: int, outcome: str | None = None, values: bool = False) -> str:
    """The ladder in ASCII, in no more columns than ``width``, as a figure of an RFC.

    Raises ``RenderingError`` if so many lifelines do not stand side by side in it.
    """
    drawing = _Ladder(run, width, ASCII, narrow=True, values=values)
    rows = [str(row) for row in drawing.rows(verdict_text(run, outcome))]
    notes = [
        line
        for number, text in enumerate(drawing.numbered, 1)
        for line in _hanging(f"({number}) ", text, width)
    ]
    return "".join(f"{line}\n" for line in [*rows, *([""] if notes else []), *notes])


class _Ladder:
    """What all lines of one ladder have in common."""

    def __init__(
        self, run: Run, width: int | None, glyphs: Glyphs, *,
        narrow: bool = False, values: bool = True,
    ) -> None:  # fmt: skip
        self.run, self.width, self.glyphs = run, width, glyphs
        self.plain = ascii_text if glyphs is ASCII else visible
        self.names = [self.plain(instance.name) for instance in run.system.instances]
        self.states = [[self.plain(name) for name in row] for row in control_states(run)]
        self.courses = courses(run)
        self.changes = changes(run) if values else [()] * len(self.states)
        self.numbered: list[str] = []
        self.gap = self._gap() + 1
        self.columns = [
            max(cells(text) for text in (name, *(row[number] for row in self.states)))
            for number, name in enumerate(self.names)
        ]
        self.digits = len(str(len(run.steps)))
        self.inside = False
        if narrow and width is not None:
            self._narrow(width)

    def _gap(self) -> int:
        """Columns between lifelines: what the longest message and the longest note need."""
        room = [_GAP]
        chosen = max((cells(self._chosen(s.step)) + 1 for s in self.run.steps), default=0)
        around = self._around(start=False, end="leaves") + (chosen if chosen > 1 else 0)
        for course in self.courses:
            remark = cells(course.fate.value) + 3 if course.fate is Fate.DROPPED else 0
            room.append(cells(self._label(course, "leaves")) + around + remark)
        room += [cells(self.plain(cause(s.step))) + 4 for s in self.run.steps]
        room += [cells(name) + 3 for name in self.names]
        return max(room)

    def _around(self, *, start: bool, end: str) -> int:
        """Columns that an arrow takes besides its label: one that does not begin or arrive has
        ellipses there.
        """
        rest = len(self.glyphs.rest)
        return _AROUND + (0 if start else rest - 1) + (0 if end == "arrives" else rest + 3)

    def _narrow(self, width: int) -> None:
        """Lifelines as far apart as there is room for."""
        gaps = max(len(self.names) - 1, 1)
        free = width - self.digits - 3
        beside = sum(self.columns) + 2 * len(self.columns)
        if beside + gaps * min(self.gap, _GAP + 1) <= free:
            self.gap = min(self.gap, (free - beside) // gaps)
            return
        self.inside = True
        self.gap = min(self.gap, free // gaps)
        if self.gap < _LEAST:
            from tcpspec.views.render import RenderingError

            raise RenderingError(
                f"{len(self.names)} instances do not stand side by side in {width} columns; "
                "draw a picture instead, as .svg"
            )

    def _fitted(self, text: str, around: int) -> str:
        """A text, or its number if it does not fit between two lifelines."""
        if cells(text) + around < self.gap:
            return text
        if text not in self.numbered:
            self.numbered.append(text)
        return f"({self.numbered.index(text) + 1})"

    # --- lines ---

    def rows(self, outcome: str | None) -> Iterator[Row]:
        names = self.names
        for canvas in self._heads():
            yield Row(RowKind.HEAD, self._line(None, names, canvas))
            names = [""] * len(names)
        for number in range(len(self.states)):
            if number > 0 and self.run.loop_from == number - 1:
                yield self._loop("repeats from here")
            yield from self._step(number)
        if self.run.loop_from is not None:
            stays = self.run.loop_from == len(self.run.steps)
            yield self._loop("stays like this for ever" if stays else "and so on, for ever")
        for line in (outcome or "").splitlines():
            for text in wrapped(self.plain(line), max(self.width or 100, 24) - 4):
                yield Row(RowKind.OUTCOME, f"{self.glyphs.wrong} {text}")

    def _step(self, number: int) -> Iterator[Row]:
        """A line for a step; further lines for what it sends far away, and for many changes."""
        first = self._line(number, self.states[number], self._canvas())
        beside, below = self._changed(number, cells(first))
        drawn = [self._event(number), *self._now(number), *self._leaving(number)]
        drawn += [self._canvas()] * (len(beside) - len(drawn))
        told = beside + [""] * (len(drawn) - len(beside))
        first = self._line(number, self.states[number], drawn[0])
        yield Row(RowKind.STEP, first, told[0], number)
        nothing = [""] * len(self.names)
        for canvas, text in zip(drawn[1:], told[1:], strict=True):
            yield Row(RowKind.MORE, self._line(None, nothing, canvas), text)
        for text in below:
            yield Row(RowKind.MORE, " " * (self.digits + 4), text)

    def _changed(self, number: int, used: int) -> tuple[list[str], list[str]]:
        """The variables that a step changes: beside the ladder, or below the step."""
        told = [self.plain(str(change)) for change in self.changes[number]]
        if not told:
            return [], []
        parts = [f"{text}," for text in told[:-1]] + told[-1:]
        if self.width is None:
            return [" ".join(parts)], []
        if self.width - used >= _CHANGES:
            return filled(parts, self.width - used), []
        return [], filled(parts, max(self.width - self.digits - 4, _CHANGES))

    def _line(self, number: int | None, states: Sequence[str], canvas: Canvas) -> str:
        """Number, states and lifelines in their columns, and room before the changes."""
        head = f"{'' if number is None else number or '':>{self.digits}}  "
        if self.inside:
            return f"{head}{canvas}   "
        padded = [_padded(text, size) for text, size in zip(states, self.columns, strict=True)]
        if len(states) == 2:
            return f"{head}{padded[0]}  {canvas}  {padded[1]}   "
        return f"{head}{canvas}  {'  '.join(padded)}   "

    def _loop(self, text: str) -> Row:
        lead = self.glyphs.loop * (6 // len(self.glyphs.loop))
        return Row(RowKind.LOOP, f"{' ' * self.digits}  {lead} {text} {lead}")

    # --- what happens ---

    def _canvas(self) -> Canvas:
        return Canvas(len(self.names), self.gap, self.glyphs)

    def _heads(self) -> Iterator[Canvas]:
        """The names at the lifelines, where they do not stand beside them anyway."""
        if len(self.names) != 2 or self.inside:
            yield from self._beside(dict(enumerate(self.names)))
        else:
            yield self._canvas()

    def _beside(self, texts: Mapping[int, str]) -> Iterator[Canvas]:
        """A text at each of these lifelines. The last two share a gap: the last has a line of its
        own if there is no room for both.
        """
        shown = {lifeline: self._fitted(text, 3) for lifeline, text in texts.items()}
        last = len(self.names) - 1
        room = sum(cells(shown.get(lifeline, "")) for lifeline in (last - 1, last)) + 4
        alone = [last] if {last - 1, last} <= shown.keys() and room > self.gap else []
        for lifelines in ([n for n in shown if n not in alone], alone):
            if lifelines:
                canvas = self._canvas()
                for lifeline in lifelines:
                    canvas.beside(lifeline, shown[lifeline])
                yield canvas

    def _now(self, number: int) -> Iterator[Canvas]:
        """The states that instances come to, where they do not stand at the sides."""
        before = self.states[number - 1] if number else [""] * len(self.names)
        pairs = zip(before, self.states[number], strict=True)
        if self.inside:
            new = {n: f"({now})" for n, (old, now) in enumerate(pairs) if old != now}
            yield from self._beside(new)

    def _event(self, number: int) -> Canvas:
        """What a step does: a note, a message that arrives, or one that is lost."""
        canvas = self._canvas()
        if number == 0:
            return canvas
        step = self.run.steps[number - 1].step
        if step.packet is None:
            assert step.instance is not None
            canvas.note(step.instance, self._fitted(self.plain(cause(step)), 4))
            return canvas
        fate = Fate.LOST if step.kind is StepKind.LOSS else Fate.ARRIVED
        course = next(c for c in self.courses if c.end == number and c.fate is fate)
        end = "lost" if fate is Fate.LOST else "arrives"
        whole = " ".join(filter(None, (self._label(course, end), self._chosen(step))))
        self._arrow(canvas, course, whole, start=_at_once(course), end=end)
        return canvas

    def _leaving(self, number: int) -> Iterator[Canvas]:
        """What a step sends and what does not arrive in the next step; in row 0, old duplicates
        that never arrive at all. A copy has its line here only if it never arrives.
        """
        for course in self.courses:
            old, flying = course.sent is None, course.fate is Fate.FLYING
            if (course.sent or 0) != number or _at_once(course):
                continue
            if (old or course.copy) and not flying:
                continue
            canvas = self._canvas()
            dropped = course.fate is Fate.DROPPED
            end = "lost" if dropped else "leaves"
            whole = self._label(course, end) + (f" ({course.fate.value})" if dropped else "")
            self._arrow(canvas, course, whole, start=not old, end=end)
            yield canvas

    def _arrow(self, canvas: Canvas, course: Course, text: str, *, start: bool, end: str) -> None:
        to_itself = SHORT if course.sender == course.receiver and end == "arrives" else 0
        label = self._fitted(text, self._around(start=start, end=end) + to_itself)
        canvas.arrow(course.sender, course.receiver, label, start=start, end=end)

    def _label(self, course: Course, end: str) -> str:
        """What a message is; and to whom it goes, where its arrow ends before others that stand
        between.
        """
        label = self.plain(course.label)
        far = end != "arrives" and abs(course.sender - course.receiver) > 1
        return f"{label} to {self.names[course.receiver]}" if far else label

    def _chosen(self, step: Step) -> str:
        """The values that ``any`` took in a reception, which has no note to say so."""
        if step.packet is None:
            return ""
        return f"({text})" if (text := self.plain(cause(step))) else ""


def _hanging(lead: str, text: str, width: int) -> list[str]:
    first, *others = wrapped(text, width - len(lead))
    return [lead + first, *(" " * len(lead) + other for other in others)]


def _at_once(course: Course) -> bool:
    """Whether nothing happens between sending a message and its end, so that one row shows both."""
    return course.sent is not None and course.end == course.sent + 1 and not course.copy


def _padded(text: str, size: int) -> str:
    return text + " " * (size - cells(text))
