"""Why: which part of a predicate is false in a state, and what keeps a state from going on."""

from collections.abc import Iterator

from tcpspec.model.expressions import (
    Expression,
    InstanceIn,
    InstanceVariable,
    Literal,
    Logic,
    Not,
    parts,
)
from tcpspec.model.model import System
from tcpspec.semantics.show import show_packet, show_value
from tcpspec.semantics.state import GlobalState
from tcpspec.semantics.system import TransitionSystem


def why(
    transition_system: TransitionSystem, expression: Expression, state: GlobalState, value: bool
) -> list[str]:
    """The smallest parts that make a predicate have this value, each with what it found."""
    return list(dict.fromkeys(_why(transition_system, expression, state, value)))


def _why(
    ts: TransitionSystem, expression: Expression, state: GlobalState, value: bool
) -> Iterator[str]:
    match expression:
        case Not(operand):
            yield from _why(ts, operand, state, not value)
        case Logic():
            for part, part_value in _responsible(ts, expression, state, value):
                yield from _why(ts, part, state, part_value)
        case InstanceIn(instance, states):
            yield _where(ts.system.instances[instance].name, state.locals[instance].state, states)
        case _:
            found = _values(ts, expression, state)
            verdict = "true" if value else "false"
            yield f"{expression.text} is {verdict}" + (f": {found}" if found else "")


def _where(name: str, state: str, states: frozenset[str]) -> str:
    """Where an instance is, and, if it is not there, where it was asked to be."""
    if state in states:
        return f"{name} is in {state}"
    return f"{name} is in {state}, not in {' or '.join(sorted(states))}"


def _responsible(
    ts: TransitionSystem, node: Logic, state: GlobalState, value: bool
) -> Iterator[tuple[Expression, bool]]:
    """The operands that decide: all of a true `and`, the false ones of a false one, and so on."""
    operands = [(node.left, bool(ts.predicate(node.left)(state)))]
    operands.append((node.right, bool(ts.predicate(node.right)(state))))
    decisive = [not value if node.operator == "implies" else value, value]
    for (part, part_value), wanted in zip(operands, decisive, strict=True):
        if part_value is wanted:
            yield part, part_value


def _values(ts: TransitionSystem, expression: Expression, state: GlobalState) -> str:
    """What the names in an atom stand for in this state."""
    names: dict[str, str] = {}
    for part in _atoms(expression):
        match part:
            case InstanceVariable(instance, slot, name):
                names[name] = f"{name} is {show_value(state.locals[instance].values[slot])}"
    return ", ".join(names.values())


def _atoms(expression: Expression) -> Iterator[Expression]:
    if isinstance(expression, Literal):
        return
    yield expression
    for part in parts(expression):
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
                yield f"{receiver} has no rule for {shown} in {in_state}"
            elif reception.steps:
                yield f"{receiver} waits for room before it can take {shown}"
            else:
                yield f"{receiver} defers {shown} in {in_state}"
