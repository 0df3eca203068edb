"""Why: which part of a predicate is false in a state, and what keeps a state from going on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeAlias

from tcpspec.model.expressions import (
    Expression,
    InstanceIn,
    InstanceVariable,
    Literal,
    Logic,
    Not,
    OwnVariable,
    Parameter,
    ReceivedField,
)
from tcpspec.model.model import System, Transition
from tcpspec.semantics.evaluate import LocalView
from tcpspec.semantics.show import show_packet, show_value
from tcpspec.semantics.state import GlobalState, Packet
from tcpspec.semantics.system import TransitionSystem

Evaluate: TypeAlias = Callable[[Expression], Any]
"""What an expression is in the situation that is explained."""


def why(
    transition_system: TransitionSystem, expression: Expression, state: GlobalState, value: bool
) -> list[str]:
    """The smallest parts that make a predicate have this value, each with what it found."""
    system = transition_system.system

    def evaluate(part: Expression) -> Any:
        return transition_system.predicate(part)(state)

    with _aside(transition_system):
        return list(dict.fromkeys(_why(system, evaluate, expression, value, state)))


def why_false(
    ts: TransitionSystem, state: GlobalState, number: int, guard: Expression, view: LocalView
) -> list[str]:
    """The smallest parts that make the guard of an instance false, each with what it found."""
    values = partial(ts.rules[number].value, view=view)
    with _aside(ts):
        return list(dict.fromkeys(_why(ts.system, values, guard, False, state)))


@contextmanager
def _aside(ts: TransitionSystem) -> Iterator[None]:
    """Who explains looks at parts at which nobody had to look: no warning comes of it."""
    noted = frozenset(ts.half_way)
    try:
        yield
    finally:
        ts.half_way.intersection_update(noted)


def _why(
    system: System, evaluate: Evaluate, expression: Expression, value: bool, state: GlobalState
) -> Iterator[str]:
    match expression:
        case Not(operand):
            yield from _why(system, evaluate, operand, not value, state)
        case Logic():
            for part, part_value in _responsible(evaluate, expression, value):
                yield from _why(system, evaluate, part, part_value, state)
        case InstanceIn(instance, states):
            yield _where(system.instances[instance].name, state.locals[instance].state, states)
        case _:
            said = f"{expression.text} is {'true' if value else 'false'}"
            found = _values(evaluate, expression)
            yield f"{said}: {found}" if found not in ("", said) else said


def _where(name: str, state: str, states: frozenset[str]) -> str:
    """Where an instance is, and, if it is not there, where it was asked to be."""
    if state in states:
        return f"{name} is in {state}"
    return f"{name} is in {state}, not in {' or '.join(sorted(states))}"


def _responsible(evaluate: Evaluate, node: Logic, value: bool) -> Iterator[tuple[Expression, bool]]:
    """The operands that decide: all of a true `and`, the false ones of a false one, and so on."""
    decisive = [not value if node.operator == "implies" else value, value]
    for part, wanted in zip((node.left, node.right), decisive, strict=True):
        if bool(evaluate(part)) is wanted:
            yield part, wanted


def _values(evaluate: Evaluate, expression: Expression) -> str:
    """What the names in an atom stand for."""
    names = {
        part.name: f"{part.name} is {show_value(evaluate(part))}"
        for part in _atoms(expression)
        if isinstance(part, OwnVariable | Parameter | ReceivedField | InstanceVariable)
    }
    return ", ".join(names.values())


def _atoms(expression: Expression) -> Iterator[Expression]:
    if isinstance(expression, Literal):
        return
    yield expression
    for part in expression.parts:
        yield from _atoms(part)


def stuck(
    transition_system: TransitionSystem, state: GlobalState, rest: tuple[str, ...]
) -> list[str]:
    """Why a state in which nothing (but calls and faults) happens is not where it may rest.

    ``rest`` names the modifiers of states that are right to rest in: ``final``, ``idle``.
    """
    system = transition_system.system
    return [*_not_at_rest(system, state, rest), *_waiting(transition_system, state)]


def _not_at_rest(system: System, state: GlobalState, rest: tuple[str, ...]) -> Iterator[str]:
    for instance, local in zip(system.instances, state.locals, strict=True):
        if not any(getattr(instance.machine.state[local.state], flag) for flag in rest):
            yield f"{instance.name} is in {local.state}, which is not {' or '.join(rest)}"


def untaken(
    ts: TransitionSystem, state: GlobalState, channel: int, packet: Packet
) -> Iterator[str]:
    """Why no rule takes a packet: there is none, or what is false in the guards that there are."""
    number = ts.system.channels[channel].receiver
    view = ts.view(state, number)._replace(packet=packet)
    shown = f"{show_packet(ts.system.messages, packet)} in {state.locals[number].state}"
    lines = list(takers(ts, state, channel, packet))
    name = ts.system.instances[number].name
    yield f"{name} has no rule {'that applies to' if lines else 'for'} {shown}"
    for line in lines:
        assert line.guard is not None  # or it would apply
        parts = ", ".join(why_false(ts, state, number, line.guard, view))
        yield f"not `{line.event_text} [{line.guard_text}]`, line {line.span.line}: {parts}"


def takers(
    ts: TransitionSystem, state: GlobalState, channel: int, packet: Packet
) -> Iterator[Transition]:
    """The lines of the receiver's state that are for a message, at the port where it arrives."""
    model = ts.system.channels[channel]
    machine = ts.system.instances[model.receiver].machine
    for line in machine.of_state[state.locals[model.receiver].state]:
        here = line.port in (None, model.receiver_port)
        if line.kind.takes_message and here and packet.name in line.events:
            yield line


def _waiting(ts: TransitionSystem, state: GlobalState) -> Iterator[str]:
    """What each channel still holds, and why its receiver does not take what it is offered."""
    for number, contents in enumerate(state.channels):
        if not contents:
            continue
        held = ", ".join(show_packet(ts.system.messages, packet) for packet in contents)
        yield f"{ts.system.channels[number].name} still holds {held}"
        channel = ts.system.channels[number]
        receiver = ts.system.instances[channel.receiver].name
        in_state = state.locals[channel.receiver].state
        for _, packet, reception in ts.offers(state, number):
            shown = show_packet(ts.system.messages, packet)
            if not reception.specified:
                yield from untaken(ts, state, number, packet)
            elif reception.steps:
                yield f"{receiver} waits for room before it can take {shown}"
            else:
                yield f"{receiver} defers {shown} in {in_state}"
