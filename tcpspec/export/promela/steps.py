"""What a process does: one option for each step, a guard and then what happens, as one ``d_step``.

The text of a step follows the actions in their order. The message that is received stays readable
until the end of the step, so that actions can speak of it after it has made room for answers: for a
``chan`` in the mirror of its head, which is brought up to date last, for an array in a copy.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tcpspec.export.promela.budgets import Budgets
from tcpspec.export.promela.inside import Inside
from tcpspec.export.promela.reach import Reach
from tcpspec.export.promela.rules import Form, ShapeRules
from tcpspec.export.promela.scenery import InMachine, all_field_values, amount
from tcpspec.export.promela.telling import ForReader
from tcpspec.export.promela.terms import term
from tcpspec.export.promela.text import WIDTH, Term, both, filled, indented
from tcpspec.model.expressions import (
    AnyOf,
    Expression,
    OfOutput,
    ReceivedField,
    ReceivedIs,
    within,
)
from tcpspec.model.model import (
    Assign,
    Kind,
    Reset,
    Send,
    State,
    Transition,
    WhenFull,
    values_in,
)
from tcpspec.model.types import ValueT


@dataclass(frozen=True, slots=True)
class Option:
    """One step of a process: when it is possible, what happens, the line it comes from."""

    line: Transition
    guard: Term
    body: tuple[str, ...]
    target: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """A step that is permitted and enabled, wherever it leads."""

    kind: Kind
    fault: bool
    form: Form
    guard: Term
    """Permission, guard and message; whether there is room is the form's to say."""
    option: Option
    inside: Term
    """The state after lies within all bounds."""


class Steps:
    """All that a process can do in each of its states."""

    def __init__(
        self, rules: ShapeRules, budgets: Budgets, inside: Inside, reach: Reach, telling: ForReader
    ) -> None:
        self.rules, self.budgets, self.inside, self.reach = rules, budgets, inside, reach
        self.telling = telling
        self.naming, self.machine, self.shape = rules.naming, rules.machine, rules.shape

    def of(self, state: State) -> Iterator[Attempt]:
        """In the order of the specification: calls, timeouts and steps, then receptions."""
        if self.reach.reaches(self.shape, state.name):
            yield from self._of_line(state)
            yield from self._of_messages(state)

    def _of_line(self, state: State) -> Iterator[Attempt]:
        for candidate in self.rules.spontaneous(state.name):
            line = candidate.transition
            for event in line.events or ("",):
                permitted = self.budgets.permission(self.shape, line.kind, event)
                if permitted is not None:
                    guard = both(permitted, self.rules.applies(candidate, event))
                    for form in self.rules.forms(line, "msg", None):
                        yield self._spontaneous(form, event, guard, state)

    def _of_messages(self, state: State) -> Iterator[Attempt]:
        for number, input_ in enumerate(self.shape.inputs):
            place = self.rules.places.inputs[number]
            for candidate in self.rules.candidates(state.name, input_.port):
                line = candidate.transition
                if line.kind is Kind.DEFER or not self.reach.brings(self.shape, number, line):
                    continue
                for position in self.rules.positions(state.name, input_):
                    message = self.message(number, position)
                    offered = self.rules.offered(state.name, input_, place, position)
                    guard = both(offered, self.rules.takes(candidate, message))
                    yield from self._receptions(line, number, position, guard, state)

    def message(self, number: int, position: int) -> str:
        """A message that an input offers."""
        place = self.rules.places.inputs[number]
        if self.shape.inputs[number].way.slots:
            return f"{place}.slot[{position}]"
        return "msg" if len(self.shape.inputs) == 1 else f"{place}.head"

    # --- one step ---

    def _spontaneous(self, form: Form, event: str, guard: Term, state: State) -> Attempt:
        line = form.line
        what = f"{line.kind}" if line.kind is Kind.STEP else f"{line.kind} {event}"
        body = [
            self._told(form, what),
            *self._asking(form),
            *self.budgets.spent(self.shape, line.kind, event),
            *self._actions(form, "msg", None),
        ]
        return self._attempt(form, guard, body, state, fault=False)

    def _receptions(
        self, line: Transition, number: int, position: int, guard: Term, state: State
    ) -> Iterator[Attempt]:
        """The receipt of a message; and the same, with the message left where it was."""
        input_ = self.shape.inputs[number]
        message = self.message(number, position)
        for form in self.rules.forms(line, message, number):
            body = self._received(form, number, position, again=False)
            yield self._attempt(form, guard, body, state, fault=False)
        if input_.duplicating:
            permitted = self.budgets.copies(input_, self.rules.places.inputs[number])
            for form in self.rules.forms(line, message, None):
                body = self._received(form, number, position, again=True)
                yield self._attempt(form, both(permitted, guard), body, state, fault=True)

    def _attempt(
        self, form: Form, guard: Term, body: list[str], state: State, *, fault: bool
    ) -> Attempt:
        target = form.line.target or state.name
        if target != state.name:
            body.append(f"my.state = {self.naming.state(target)}")
        inside = self.inside.after(self.shape, form, target)
        option = Option(form.line, both(guard, form.completed, inside), tuple(body), target)
        return Attempt(form.line.kind, fault, form, guard, option, inside)

    def _told(self, form: Form, what: str) -> str:
        """Say in a simulation that the line was used."""
        plain = "".join(c if c.isalnum() or c in " _." else "_" for c in what)
        process = self.naming.process(self.machine)
        return self.telling.step(process, self.naming.line[form.line], plain)

    def _received(self, form: Form, number: int, position: int, *, again: bool) -> list[str]:
        input_, place = self.shape.inputs[number], self.rules.places.inputs[number]
        line = form.line
        message = self.message(number, position)
        told = self.telling.reception(self.naming.line[line], message, number, again=again)
        spent = self._asking(form)
        spent += self.budgets.copy_spent(input_, place) if again else []
        if not input_.way.slots:
            taken = [] if again else [f"{place}.q?{self._blanks}"]
            return [told, *spent, *taken, *self._actions(form, message, None if again else number)]
        speaks = _speaks_of_message(line)
        taken = [f"copy(msg, {place}.slot[{position}])"] if speaks else []
        taken += [] if again else [f"remove({place}, {position})"]
        cleared = ["clear(msg)"] if speaks else []
        return [told, *spent, *taken, *self._actions(form, "msg", None), *cleared]

    @property
    def _blanks(self) -> str:
        return ",".join("_" for _ in range(1 + len(all_field_values(self.naming, {}))))

    # --- actions ---

    def _actions(self, form: Form, message: str, taken_from: int | None) -> list[str]:
        """The actions in their order; what a channel's mirror shows is brought up to date last."""
        asked = sorted(_asked(form.line))
        scene = self.rules.scene(message, form.choices, asked)
        writer = _Writer(self, scene, iter(form.choices))
        body: list[str] = []
        changed = {} if taken_from is None else {self.rules.places.inputs[taken_from]: None}
        for action in form.line.actions:
            body += writer.action(action)
            if isinstance(action, Send):
                way = self.shape.outputs[action.output]
                assert way is not None
                if not way.slots:
                    changed[self._canonical(action.output, taken_from)] = None
        body += [f"look_at({place})" for place in changed]
        return [*body, *(f"asked[{output}] = 0" for output in asked)]

    def _asking(self, form: Form) -> list[str]:
        """Keep how full an output is before the step, where actions ask."""
        return [f"asked[{o}] = {self._length(o)}" for o in sorted(_asked(form.line))]

    def _canonical(self, output: int, taken_from: int | None) -> str:
        """The place of an output, by its name as an input where it is both."""
        if taken_from is not None and self.shape.inputs[taken_from].same_as == output:
            return self.rules.places.inputs[taken_from]
        return self.rules.places.outputs[output]

    def _length(self, output: int) -> str:
        way = self.shape.outputs[output]
        assert way is not None
        return amount(way, self.rules.places.outputs[output])


class _Writer:
    """Writes actions as statements; ``choices`` are the values that are left for ``any``."""

    def __init__(self, steps: Steps, scene: InMachine, choices: Iterator[ValueT]) -> None:
        self._steps, self._scene, self._choices = steps, scene, choices

    def action(self, action: Assign | Send | Reset) -> list[str]:
        match action:
            case Assign():
                return [f"{self._variable(action.name)} = {self._value(action.value)}"]
            case Send():
                return self._send(action)
        return [
            f"{self._variable(variable.name)} = {self._value(variable.initial)}"
            for variable in self._steps.machine.variables
            if not variable.persistent
        ]

    def _variable(self, name: str) -> str:
        return f"my.{self._steps.naming.variable(name)}"

    def _value(self, expression: Expression) -> str:
        if isinstance(expression, AnyOf):
            return self._scene.value(next(self._choices)).text
        return term(expression, self._scene).text

    def _send(self, action: Send) -> list[str]:
        naming, place = self._steps.naming, self._steps.rules.places.outputs[action.output]
        way = self._steps.shape.outputs[action.output]
        assert way is not None
        given = {
            naming.field(field.name, field.type): self._value(value)
            for field, value in zip(action.fields, action.values, strict=True)
        }
        values = all_field_values(naming, given)
        sent = sending(way.slots, way.ordered, place, naming.message(action.message), values)
        if way.when_full is not WhenFull.DROP:
            return sent
        room = f"{amount(way, place)} < {way.room(place)}"
        parts = [*(f"{one};" for one in sent[:-1]), sent[-1]]
        lines = filled([f"if :: {room} -> {parts[0]}", *parts[1:]], WIDTH - 24)
        lines = [lines[0], *indented(lines[1:], 6), "   :: else -> skip    /* full: dropped */"]
        return ["\n".join([*lines, "fi"])]


def sending(
    slots: bool, ordered: bool, place: str, message: str, values: dict[str, str]
) -> list[str]:
    """Put a message into a channel."""
    if not slots:
        fields = f"({', '.join(values.values())})" if values else ""
        return [f"{place}.q!{message}{fields}"]
    given = [f"letter.{field} = {value}" for field, value in values.items() if value != "0"]
    return [f"letter.name = {message}", *given, f"{'append' if ordered else 'put'}({place})"]


def _speaks_of_message(line: Transition) -> bool:
    """Whether the actions of a line use the message that it takes."""
    values = [value for value in values_in(line) if value is not line.guard]
    return any(
        isinstance(part, ReceivedField | ReceivedIs) for value in values for part in within(value)
    )


def _asked(line: Transition) -> set[int]:
    """The outputs that the actions of a line ask about."""
    values = [value for value in values_in(line) if value is not line.guard]
    parts = (part for value in values for part in within(value))
    return {part.output for part in parts if isinstance(part, OfOutput)}
