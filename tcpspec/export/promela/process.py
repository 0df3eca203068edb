"""A process type for each shape: a label and a loop for each state, an option for each step."""

from collections.abc import Iterator

from tcpspec.export.promela.rules import ShapeRules
from tcpspec.export.promela.scenery import field_names
from tcpspec.export.promela.start import Start
from tcpspec.export.promela.steps import Attempt, Steps
from tcpspec.export.promela.text import (
    FALSE,
    Term,
    both,
    broken,
    comment,
    either,
    grouped,
    heading,
    indented,
    negated,
)
from tcpspec.model.model import Kind, State, Transition

_WIDTH = 100


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

    def _definitions(self) -> Iterator[str]:
        yield f"#define my {self.naming.array(self.machine)}[me]"
        for place, array, number in self.ends:
            yield f"#define {place} {array}[{number}]"
        if self.mirrored:
            yield f"#define msg {self.rules.places.inputs[0]}.head"
        fields = field_names(self.naming)
        shown = f"({','.join('%d' for _ in fields)})" if fields else ""
        values = "".join(f", message_.{field}" for field in fields)
        yield "#define received(line_, message_, input_, again_) used(line_); \\"
        yield (
            f'    printf("{self.naming.process(self.machine)} %d: line %d, rcv %e{shown} on %d '
            f'again %d\\n", me, line_, message_.name{values}, input_, again_)'
        )

    def _undefinitions(self) -> Iterator[str]:
        names = ["my", *(place for place, _, _ in self.ends), *(["msg"] * self.mirrored)]
        yield from (f"#undef {name}" for name in [*names, "received"])

    # --- the text ---

    def text(self) -> Iterator[str]:
        ordered = ", ordered" if self.machine.ordered else ""
        yield from heading(f"machine {self.machine.name}{ordered}")
        yield from self._definitions()
        yield ""
        parameters = ", ".join(["me", *(number for _, _, number in self.ends)])
        yield f"proctype {self.name}(byte {parameters}){self.start.provided} {{"
        yield from indented(self.start.entry(self.shape))
        for state in self.machine.states:
            yield from self._state(state)
        yield "}"
        yield from self._undefinitions()

    def _state(self, state: State) -> Iterator[str]:
        words = [word for word in ("initial", "final", "idle") if getattr(state, word)]
        title = " ".join([*words, "state", state.name])
        yield ""
        yield f"{self.naming.label(self.machine, state.name)}: {comment(title)}"
        if not self.steps.reach.reaches(self.shape, state.name):
            yield "    /* nothing in this system leads here */"
        options = [*self._lines(state), *self._ends_of_runs(state)]
        if not any(option.startswith("    ::") for option in options):
            yield from options
            yield "    false;"
            return
        yield "    do"
        yield from options
        yield "    od;"

    def _lines(self, state: State) -> Iterator[str]:
        """The options of a state, under the lines that they come from."""
        attempts: dict[Transition, list[Attempt]] = {}
        for attempt in self.attempts[state.name]:
            if attempt.option.guard != FALSE:
                attempts.setdefault(attempt.option.line, []).append(attempt)
        for line in self.machine.of_state[state.name]:
            yield f"    {self._source(line)}"
            if line not in attempts and self.steps.reach.reaches(self.shape, state.name):
                yield f"    {comment(self._why_not(line))}"
            for attempt in attempts.get(line, []):
                yield from self._option(attempt, state)

    def _source(self, line: Transition) -> str:
        """A line as written, behind its place, and its number where that is not its line's."""
        place, number = self.naming.place(line.span), self.naming.line[line]
        other = "" if number == line.span.line else f" (here {number})"
        label = f"{line.label}: " if line.label else ""
        reference = f"  @ {line.reference}" if line.reference else ""
        return comment(f"{place}{other}: {label}{line.text}{reference}")

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
                yield f"           {does.format(self.naming)} }}"


_ENDS = {
    "full": ("a send finds a full channel: an error", "fails_{0.overflow}"),
    "range": ("a value would leave its range: an error", "fails_{0.in_range}"),
    "cut": ("the step would leave a bound: it is not taken", "used(0)"),
}


def guarded(condition: Term) -> Iterator[str]:
    """The beginning of an option."""
    first, *rest = broken(condition.text, _WIDTH - 20)
    lines = [f"    :: d_step {{ {first}", *(f"             {line}" for line in rest)]
    yield from lines[:-1]
    yield f"{lines[-1]} ->"


def _filled(statements: list[str]) -> list[str]:
    """Statements on as few lines as hold them."""
    lines: list[str] = []
    for number, statement in enumerate(statements):
        text = statement if number == len(statements) - 1 else f"{statement};"
        if lines and len(lines[-1]) + len(text) < _WIDTH - 12 and number > 1:
            lines[-1] += f" {text}"
        else:
            lines.append(text)
    return lines


def condition_lines(name: str, parameters: str, terms: list[Term]) -> Iterator[str]:
    """A macro that is true where one of these terms is."""
    wanted = [term for term in dict.fromkeys(terms) if term != FALSE]
    yield f"#define {name}({parameters}) \\"
    for number, term in enumerate(wanted):
        start = "    (" if number == 0 else "     "
        end = ")" if number == len(wanted) - 1 else " || \\"
        yield f"{start}({term.text}){end}"
