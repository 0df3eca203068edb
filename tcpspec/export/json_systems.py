"""Systems, checks and scenarios as JSON: the second half of ``machine_json``."""

from collections.abc import Mapping

from tcpspec.export.json_expressions import Object, Scope
from tcpspec.model.expressions import Expression
from tcpspec.model.model import (
    Channel,
    Check,
    Instance,
    Line,
    Message,
    Placement,
    Scenario,
    Specification,
    System,
    TimerRule,
)
from tcpspec.model.types import ValueT
from tcpspec.source import Span


def place(span: Span) -> Object:
    """Where something stands."""
    return {"file": span.source.name, "line": span.line}


def system_object(system: System) -> Object:
    scope = _scope(system)
    return {
        "name": system.name,
        "title": system.title,
        "doc": system.doc,
        "instances": [_instance(instance) for instance in system.instances],
        "channels": [_channel(channel, system) for channel in system.channels],
        "initial": [[_placement(one, system) for one in start] for start in system.initial],
        "timers": [_timer(timer, scope) for timer in system.timers],
        "bounds": [_predicate(bound, scope) for bound in system.bounds],
    } | place(system.span)


def _scope(system: System) -> Scope:
    return Scope(
        system.messages,
        instances=[instance.name for instance in system.instances],
        channels=[channel.name for channel in system.channels],
    )


def _predicate(predicate: Expression, scope: Scope) -> Object:
    return {"text": predicate.text, "expression": scope.expression(predicate)}


def _instance(instance: Instance) -> Object:
    arguments = zip(instance.machine.parameters, instance.arguments, strict=True)
    return {
        "name": instance.name,
        "machine": instance.machine.name,
        "arguments": {parameter.name: value for parameter, value in arguments},
        "may": dict(instance.may),
    } | place(instance.span)


def _channel(channel: Channel, system: System) -> Object:
    """``losses`` and ``duplications`` are how often that may happen: 0 is never."""
    return {
        "name": channel.name,
        "from": _end(system, channel.sender, channel.sender_port),
        "to": _end(system, channel.receiver, channel.receiver_port),
        "kind": "fifo" if channel.ordered else "bag",
        "capacity": channel.capacity,
        "when_full": channel.when_full,
        "losses": channel.losses,
        "duplications": channel.duplications,
        "holds": [
            {
                "message": held.message,
                "fields": _fields(system.messages[held.message], dict(enumerate(held.values))),
            }
            for held in channel.holds
        ],
    } | place(channel.span)


def _end(system: System, number: int, port: int | None) -> Object:
    instance = system.instances[number]
    name = None if port is None else instance.machine.ports[port]
    return {"instance": instance.name, "port": name}


def _fields(message: Message, values: Mapping[int, ValueT]) -> Object:
    """Values by the names of the fields; fixed ones are not shown."""
    return {
        message.fields[slot].name: value
        for slot, value in values.items()
        if slot not in message.fixed
    }


def _placement(placement: Placement, system: System) -> Object:
    instance = system.instances[placement.instance]
    variables = instance.machine.variables
    values = {variables[slot].name: value for slot, value in placement.values.items()}
    return {"instance": instance.name, "state": placement.state, "values": values}


def _timer(timer: TimerRule, scope: Scope) -> Object:
    """``instance`` null: each instance for itself."""
    condition = timer.condition
    return {
        "timer": timer.timer,
        "instance": None if timer.instance is None else scope.instances[timer.instance],
        "at_most": timer.at_most,
        "condition": None if condition is None else _predicate(condition, scope),
        "only_when_idle": timer.when_idle,
        "text": timer.text,
    }


# --- checks and scenarios ---


def check_object(check: Check, specification: Specification) -> Object:
    """A claim about one system; about several only where it says what all of them cover."""
    scope = _scope(specification.systems[check.systems[0]])
    predicate = check.predicate
    return {
        "name": check.name,
        "systems": list(check.systems),
        "claim": check.claim,
        "predicate": None if predicate is None else _predicate(predicate, scope),
        "atoms": [_predicate(atom, scope) for atom in check.atoms],
        "fair": check.claim.is_temporal and not check.unfair,
        "expected": "violated" if check.violated else "holds",
        "text": check.text,
    } | place(check.span)


def scenario_object(scenario: Scenario, specification: Specification) -> Object:
    system = specification.systems[scenario.system]
    return {
        "name": scenario.name,
        "system": scenario.system,
        "expected": "impossible" if scenario.impossible else "possible",
        "lines": [_line(line, system) for line in scenario.lines],
    } | place(scenario.span)


def _line(line: Line, system: System) -> Object:
    """``what`` is a call, a timer or a message; of its ``fields``, those not named are free."""
    scope, message = _scope(system), system.messages.get(line.name)
    return {
        "kind": line.kind,
        "instance": None if line.instance is None else scope.instances[line.instance],
        "channel": None if line.channel is None else scope.channels[line.channel],
        "what": line.name or None,
        "fields": _fields(message, dict(line.pattern)) if message and line.pattern else {},
        "mark": line.mark,
        "predicate": None if line.predicate is None else _predicate(line.predicate, scope),
        "text": line.text,
    } | place(line.span)
