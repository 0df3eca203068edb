"""A run as a sequence diagram in Mermaid and in PlantUML, for pages that draw these.

Neither draws a message that arrives later than it was sent as a slope, so a message stands where it
arrives, dashed if anything came between, and says in which step it was sent. Steps have numbers as
in the ladder. Participants have numbers for names, and every text of the file is escaped.
"""

from collections.abc import Callable, Iterator

from tcpspec.escape import mermaid_text, plantuml_text
from tcpspec.explore.run import Run
from tcpspec.record import Record
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

_WIDTH = 60
"""Characters in a line of an outcome."""


class Dialect(Record):
    """How a language says things: ``{a}`` and ``{b}`` are participants, ``{text}`` is a text."""

    escape: Callable[[str], str]
    opening: str
    closing: str
    participant: str
    state: str
    note: str
    outcome: str
    arrived: str
    delayed: str
    lost: str
    flying: str
    old: str
    old_lost: str
    old_flying: str
    loop: str
    newline: str


MERMAID = Dialect(
    escape=mermaid_text,
    opening="sequenceDiagram\naccTitle: {text}",
    closing="",
    participant="participant {a} as {text}",
    state="Note over {a}: {text}",
    note="Note over {a}: {text}",
    outcome="Note over {a},{b}: {text}",
    arrived="{a}->>{b}: {text}",
    delayed="{a}-->>{b}: {text}",
    lost="{a}-x{b}: {text}",
    flying="{a}--){b}: {text}",
    old="{a}-->>{b}: {text}",
    old_lost="{a}-x{b}: {text}",
    old_flying="{a}--){b}: {text}",
    loop="loop {text}",
    newline="<br/>",
)
PLANTUML = Dialect(
    escape=plantuml_text,
    opening="@startuml\nhide footbox\nskinparam shadowing false\ntitle {text}",
    closing="@enduml",
    participant='participant "{text}" as {a}',
    state="hnote over {a} #f4f7fb : {text}",
    note="rnote over {a} #fff6d8 : {text}",
    outcome="note over {a}, {b} #fdecea : {text}",
    arrived="{a} -> {b} : {text}",
    delayed="{a} --> {b} : {text}",
    lost="{a} ->x {b} : {text}",
    flying="{a} -->o {b} : {text}",
    old="?--> {b} : {text}",
    old_lost="?->x {b} : {text}",
    old_flying="?-->o {b} : {text}",
    loop="loop {text}",
    newline="\\n",
)


def sequence_text(
    run: Run, dialect: Dialect, *, title: str, outcome: str | None = None, values: bool = False
) -> str:
    """The text of the diagram. ``values`` shows the variables that change."""
    teller = _Teller(run, dialect, values)
    return "\n".join(teller.lines(title, verdict_text(run, outcome))) + "\n"


class _Teller:
    def __init__(self, run: Run, dialect: Dialect, values: bool) -> None:
        self.run, self.dialect = run, dialect
        self.courses = courses(run)
        self.states = control_states(run)
        self.changes = changes(run) if values else [()] * len(self.states)

    def lines(self, title: str, outcome: str | None) -> Iterator[str]:
        dialect, instances = self.dialect, self.run.system.instances
        yield self._say(dialect.opening, title or "Sequence diagram")
        for number, instance in enumerate(instances):
            yield self._say(dialect.participant, instance.name, number)
        for number, state in enumerate(self.states[0]):
            yield self._say(dialect.state, state, number)
        for course in self.courses:
            if course.sent is None and course.fate is Fate.FLYING:
                yield self._message(course, "", "")
        loop = self.run.loop_from
        for row in range(1, len(self.states)):
            if loop == row - 1:
                yield self._say(dialect.loop, "for ever")
            yield from self._row(row)
        if loop is not None and loop < len(self.run.steps):
            yield "end"
        texts = ["stays like this for ever"] if loop == len(self.run.steps) else []
        texts += [text for line in (outcome or "").splitlines() for text in wrapped(line, _WIDTH)]
        if texts:
            yield self._say(dialect.outcome, "\n".join(texts), 0, len(instances) - 1)
        if dialect.closing:
            yield dialect.closing

    def _say(self, form: str, text: str, a: int = 0, b: int = 0) -> str:
        escaped = self.dialect.newline.join(map(self.dialect.escape, text.split("\n")))
        return form.format(a=f"i{a}", b=f"i{b}", text=escaped)

    def _row(self, row: int) -> Iterator[str]:
        """A step: what happens of itself or arrives, what is lost, where it leads."""
        step = self.run.steps[row - 1].step
        if step.packet is None and step.instance is not None:
            yield self._say(self.dialect.note, f"step {row}: {cause(step)}", step.instance)
        for course in self.courses:
            if course.end == row and course.fate is not Fate.DROPPED:
                yield self._message(course, f"step {row}: ", cause(step))
        for course in self.courses:
            if course.sent == row and course.fate in (Fate.DROPPED, Fate.FLYING):
                yield self._message(course, "", "")
        if step.instance is None:
            return
        told = [f"{change.variable} = {change.value}" for change in self.changes[row]]
        if self.states[row][step.instance] != self.states[row - 1][step.instance]:
            told.insert(0, self.states[row][step.instance])
        if told:
            yield self._say(self.dialect.state, "\n".join(told), step.instance)

    def _message(self, course: Course, lead: str, chosen: str) -> str:
        sent = course.sent is not None and course.end is not None and course.end > course.sent + 1
        remarks = [
            f"({chosen})" if chosen else "",
            f"(sent in step {course.sent})" if sent else "",
            "" if course.fate is Fate.ARRIVED else f"({course.fate.value})",
        ]
        text = lead + " ".join(filter(None, [course.label, *remarks]))
        form = self._form(course, late=sent or course.copy)
        return self._say(form, text, course.sender, course.receiver)

    def _form(self, course: Course, *, late: bool) -> str:
        dialect, old = self.dialect, course.sent is None
        if course.fate in (Fate.LOST, Fate.DROPPED):
            return dialect.old_lost if old else dialect.lost
        if course.fate is Fate.FLYING:
            return dialect.old_flying if old else dialect.flying
        if old:
            return dialect.old
        return dialect.delayed if late else dialect.arrived
