"""Effects, bounds and candidates say in one piece what the interpreter does step by step."""

from collections.abc import Iterator

from hypothesis import given, settings

from tcpspec.check import check
from tcpspec.explore.limits import Limits
from tcpspec.export.bounds import INT32, bounds, fits_int32
from tcpspec.export.effects import Chosen, Effect, effect, substitute
from tcpspec.export.lines import receptions, spontaneous
from tcpspec.model.expressions import Arithmetic, Expression, Literal, OwnVariable, within
from tcpspec.model.model import Kind, Transition, values_in
from tcpspec.model.types import NUMBER, RangeType, ValueT, contains, values_of
from tcpspec.semantics.evaluate import LocalView
from tcpspec.semantics.local import LocalRules
from tcpspec.semantics.state import LocalState, LocalStep, Packet
from tcpspec.semantics.system import TransitionSystem
from tests.examples import examples
from tests.helpers import specification
from tests.strategies import specifications

common = settings(max_examples=examples(10, thorough=60), derandomize=True)


class Situation:
    """An instance, what it sees, and what the interpreter has it do."""

    def __init__(self, rules: LocalRules, view: LocalView, local: LocalState) -> None:
        self.rules, self.view, self.local = rules, view, local

    def value(self, expression: Expression, choices: tuple[ValueT, ...]) -> ValueT:
        if isinstance(expression, Chosen):
            return choices[expression.number]
        return self.rules.value(_chosen(expression, choices), self.view)


def _chosen(expression: Expression, choices: tuple[ValueT, ...]) -> Expression:
    """The expression with literals for what ``any`` took."""
    if isinstance(expression, Chosen):
        return Literal(choices[expression.number], type=expression.type)
    for name, part in expression.__dict__.items():
        if isinstance(part, Expression):
            expression = type(expression)(**(expression.__dict__ | {name: _chosen(part, choices)}))
        elif isinstance(part, tuple) and any(isinstance(p, Expression) for p in part):
            parts = tuple(_chosen(p, choices) if isinstance(p, Expression) else p for p in part)
            expression = type(expression)(**(expression.__dict__ | {name: parts}))
    return expression


def situations(text: str) -> Iterator[tuple[Situation, list[tuple[LocalStep, Packet | None]]]]:
    """What instances meet in the first states of a system."""
    (found,) = check(specification(text), limits=Limits(max_states=150)).systems
    ts: TransitionSystem = found.space.transition_system
    for state in found.space.states:
        for number, rules in enumerate(ts.rules):
            view, local = ts.view(state, number), state.locals[number]
            steps = rules.spontaneous(local, view.counts)
            yield Situation(rules, view, local), [(step, None) for step in steps]
        for number, channel in enumerate(ts.system.channels):
            for _, packet, reception in ts.offers(state, number):
                rules, local = ts.rules[channel.receiver], state.locals[channel.receiver]
                view = ts.view(state, channel.receiver)._replace(packet=packet)
                yield Situation(rules, view, local), [(step, packet) for step in reception.steps]


def failed(found: Effect, situation: Situation, choices: tuple[ValueT, ...]) -> int | None:
    """After how many sends the first range is left."""
    for test in found.tests:
        if not contains(test.type, situation.value(test.value, choices)):
            return test.after_sends
    return None


@common
@given(specifications())
def test_an_effect_is_what_the_actions_do_one_after_the_other(text: str) -> None:
    for situation, steps in situations(text):
        for step, _ in steps:
            found = effect(step.transition, situation.rules.machine)
            sent = tuple(
                (send.output, Packet(send.message, tuple(
                    situation.value(value, step.choices) for value in send.values
                )))
                for send in found.sends[: len(step.sends)]
            )  # fmt: skip
            assert sent == step.sends
            if step.after is None:
                assert failed(found, situation, step.choices) == len(step.sends)
                continue
            assert failed(found, situation, step.choices) is None
            assert len(found.sends) == len(step.sends)
            after = list(situation.local.values)
            for slot, value in found.values.items():
                after[slot] = situation.value(value, step.choices)
            assert tuple(after) == step.after.values


@common
@given(specifications())
def test_every_value_lies_within_its_bounds(text: str) -> None:
    for situation, steps in situations(text):
        for step, _ in steps:
            for written in values_in(step.transition):
                for value in within(written):
                    if isinstance(value, Chosen | OwnVariable) or type(value).__name__ == "AnyOf":
                        continue
                    low, high = bounds(value)
                    now = situation.value(value, step.choices)
                    if isinstance(now, int) and step.transition.actions == ():
                        assert low <= now <= high


def takes(line: Transition, situation: Situation, event: str, port: int | None = None) -> bool:
    """Whether a line matches an event, and for a message the port where it arrives."""
    named = event in (line.events or ("",)) and line.port in (None, port)
    return named and (line.guard is None or bool(situation.value(line.guard, ())))


@common
@given(specifications())
def test_candidates_are_the_lines_that_take_a_message(text: str) -> None:
    """A line is taken exactly if it matches and nothing that comes before it does."""
    for situation, _ in situations(text):
        machine, local, view = situation.rules.machine, situation.local, situation.view
        packet = view.packet
        for port in range(len(machine.ports)) if machine.ports else (None,):
            if packet is None:
                continue
            reception = situation.rules.receive(local, packet, port, view.counts)
            taken = {
                candidate.transition
                for candidate in receptions(machine, local.state)
                if takes(candidate.transition, situation, packet.name, port)
                and not any(takes(o, situation, packet.name, port) for o in candidate.unless)
            }
            deferring = {line for line in taken if line.kind is Kind.DEFER}
            assert {step.transition for step in reception.steps} == taken - deferring
            assert reception.deferred == bool(deferring)


@common
@given(specifications())
def test_candidates_are_the_lines_that_happen_by_themselves(text: str) -> None:
    for situation, steps in situations(text):
        if situation.view.packet is not None:
            continue
        taken = {
            (candidate.transition, event)
            for candidate in spontaneous(situation.rules.machine, situation.local.state)
            for event in candidate.transition.events or ("",)
            if takes(candidate.transition, situation, event)
            and not any(takes(other, situation, event) for other in candidate.unless)
        }
        assert {(step.transition, step.event) for step, _ in steps} == taken


def test_bounds_of_what_wraps_and_of_what_does_not() -> None:
    small = OwnVariable(0, "x", type=RangeType(-2, 3))
    product = Arithmetic("*", small, small, type=NUMBER)
    assert bounds(product) == (-6, 9)
    assert bounds(Arithmetic("-", small, product, type=NUMBER)) == (-11, 9)
    assert bounds(Arithmetic("-", small, small, 7, type=NUMBER)) == (0, 6)
    assert fits_int32(product)
    large = Literal(INT32 // 3, type=NUMBER)
    assert not fits_int32(Arithmetic("+", large, large, type=NUMBER))
    assert values_of(small.type) == range(-2, 4)


def test_nothing_is_substituted_where_nothing_is_known() -> None:
    own = OwnVariable(0, "x", type=RangeType(0, 3))
    assert substitute(own, {}) is own
    assert substitute(own, {0: Literal(2)}) == Literal(2)
    assert substitute(own, {1: Literal(2)}) is own
