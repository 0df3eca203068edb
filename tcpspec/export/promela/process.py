"""A process type for each shape: a label and a loop for each state, an option for each step."""

from collections.abc import Iterator

from tcpspec.export.promela.rules import ShapeRules
from tcpspec.export.promela.scenery import field_names
from tcpspec.export.promela.start import Start
from tcpspec.export.promela.steps import Attempt, Steps
from tcpspec.export.promela.text import (
    FALSE,
    WIDTH,
    Definition,
    Term,
    both,
    broken,
    comment,
    cut,
    either,
    grouped,
    heading,
    indented,
    needed,
    negated,
    remark,
)
from tcpspec.model.model import Kind, State, Transition


class Process:
    """The text of one process type."""

    def __init__(self, name: str, steps: Steps, start: Start) -> None:
        self.name, self.steps, self.start = name, steps, start
        self.rules: ShapeRules = steps.rules
        self.shape, self.machine, self.naming = steps.shape, steps.machine, steps.naming
        self.attempts = {s.name: list(steps.of(s)) for s in self.machine.states}

    # --- names of what it works on ---

    @property
    def mirrored(self) -> bool:
        """Whether ``msg`` stands for the head of its only channel."""
        return len(self.shape.inputs) == 1 and not self.shape.inputs[0].way.slots

    @property
    def ends(self) -> list[tuple[str, str, str]]:
        """Name, array and parameter of each channel."""
        places = self.rules.places
        inputs = zip(places.inputs, self.shape.inputs, places.from_, strict=True)
        outputs = zip(places.outputs, self.shape.outputs, places.to, strict=True)
        return [
            *((place, input_.way.array, number) for place, input_, number in inputs),
            *((place, way.array, number) for place, way, number in outputs if way is not None),
        ]

    def _definitions(self) -> Iterator[Definition]:
        yield _short("my", f"{self.naming.array(self.machine)}[me]")
        for place, array, number in self.ends:
            yield _short(place, f"{array}[{number}]")
        if self.mirrored:
            yield _short("msg", f"{self.rules.places.inputs[0]}.head")
        process, fields = self.naming.process(self.machine), field_names(self.naming)
        yield from self.steps.telling.definitions(process, fields)

    # --- the text ---

    def text(self) -> Iterator[str]:
        ordered = ", ordered" if self.machine.ordered else ""
        yield from heading(f"machine {self.machine.name}{ordered}")
        body = list(self._body())
        definitions = needed(self._definitions(), body)
        yield from [*definitions, ""] if definitions else []
        yield from body
        for line in definitions:
            if line.startswith("#define"):
                yield f"#undef {line.replace('(', ' ').split()[1]}"

    def _body(self) -> Iterator[str]:
        parameters = ", ".join(["me", *(number for _, _, number in self.ends)])
        yield f"proctype {self.name}(short {parameters}){self.start.provided} {{"
        yield from indented(self.start.entry(self.shape))
        for state in self.machine.states:
            yield from self._state(state)
        yield "}"

    def _state(self, state: State) -> Iterator[str]:
        words = [word for word in ("initial", "final", "idle") if getattr(state, word)]
        title = " ".join([*words, "state", state.name])
        yield ""
        label = self.naming.label(self.machine, state.name)
        yield f"{label}: {comment(cut(title, WIDTH - 8 - len(label)))}"
        if not self.steps.reach.reaches(self.shape, state.name):
            yield from self._unreached(state)
            return
        options = [*self._lines(state), *self._ends_of_runs(state)]
        if not any(option.startswith("    ::") for option in options):
            yield from options
            yield "    false;"
            return
        yield "    do"
        yield from options
        yield "    od;"

    def _unreached(self, state: State) -> Iterator[str]:
        places = [self.naming.place(line.span) for line in self.machine.of_state[state.name]]
        lines = f"; these lines would apply: {', '.join(places)}" if places else ""
        yield from remark(f"nothing in this system leads here{lines}", 4)
        yield "    false;"

    def _lines(self, state: State) -> Iterator[str]:
        """The options of a state, under the lines that they come from."""
        attempts: dict[Transition, list[Attempt]] = {}
        for attempt in self.attempts[state.name]:
            if attempt.option.guard != FALSE:
                attempts.setdefault(attempt.option.line, []).append(attempt)
        for line in self.machine.of_state[state.name]:
            yield from remark(self._source(line), 4)
            if line not in attempts:
                yield f"    {comment(self._why_not(line))}"
            for attempt in attempts.get(line, []):
                yield from self._option(attempt, state)

    def _source(self, line: Transition) -> str:
        """A line as written, behind its place, and its number where that is not its line's."""
        place, number = self.naming.place(line.span), self.naming.line[line]
        other = "" if number == line.span.line else f" (here {number})"
        label = f"{line.label}: " if line.label else ""
        reference = f"  @ {line.reference}" if line.reference else ""
        return f"{place}{other}: {label}{line.text}{reference}"

    def _why_not(self, line: Transition) -> str:
        if line.kind is Kind.DEFER:
            return "no step: the message stays"
        if line.kind is Kind.CALL:
            return "no step: no user may call this here"
        if line.kind is Kind.TIMEOUT:
            return "no step: this timer never runs out here"
        if line.kind is Kind.STEP:
            return "no step: its guard is never true"
        if any(self.steps.reach.brings(self.shape, n, line) for n in range(len(self.shape.inputs))):
            return "no step: lines before this one take the message"
        return "no step: nobody sends this here"

    def _option(self, attempt: Attempt, state: State) -> Iterator[str]:
        option = attempt.option
        after = ""
        if option.target != state.name:
            after = f" goto {self.naming.label(self.machine, option.target)}"
        yield from guarded(option.guard)
        yield from indented(_filled([*option.body[:-1], f"{option.body[-1]} }}{after}"]), 11)

    def _ends_of_runs(self, state: State) -> Iterator[str]:
        """Steps that lead nowhere: they change nothing, and are reported."""
        attempts = self.attempts[state.name]
        ends = {
            "full": grouped((a.guard, a.form.overflows) for a in attempts),
            "range": grouped((a.guard, a.form.out_of_range) for a in attempts),
            "cut": either(*(both(a.guard, a.form.completed, negated(a.inside)) for a in attempts)),
        }
        for kind, condition in ends.items():
            if condition != FALSE:
                what, does = _ENDS[kind]
                yield f"    {comment(what)}"
                yield from guarded(condition)
                yield f"           {does.format(self.naming, self.steps.telling)} }}"


_ENDS = {
    "full": ("a send finds a full channel: an error", "fails_{0.overflow}"),
    "range": ("a value would leave its range: an error", "fails_{0.in_range}"),
    "cut": ("the step would leave a bound: it is not taken", "{1.cut}"),
}


def guarded(condition: Term) -> Iterator[str]:
    """The beginning of an option."""
    first, *rest = broken(condition.text, WIDTH - 20)
    lines = [f"    :: d_step {{ {first}", *(f"             {line}" for line in rest)]
    yield from lines[:-1]
    yield f"{lines[-1]} ->"


def _filled(statements: list[str]) -> list[str]:
    """Statements on as few lines as hold them; one that has lines of its own keeps them."""
    lines: list[str] = []
    for number, statement in enumerate(statements):
        text = statement if number == len(statements) - 1 else f"{statement};"
        joined = f"{lines[-1]} {text}" if lines else text
        if number > 1 and len(joined) < WIDTH - 11 and "\n" not in joined:
            lines[-1] = joined
        else:
            lines.append(text)
    return [part for line in lines for part in _in_lines(line)]


def _in_lines(statement: str) -> Iterator[str]:
    for line in statement.split("\n"):
        first, *rest = broken(line, WIDTH - 15)
        yield first
        yield from (f"    {part}" for part in rest)


def _short(name: str, text: str) -> Definition:
    return Definition(name, [f"#define {name} {text}"])
