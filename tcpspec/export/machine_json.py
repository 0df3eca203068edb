"""A whole specification as one JSON object, for programs that want to read it without our parser.

The shape is numbered by ``format`` and fixed by a schema in the tests: what is added to it keeps
the number, any other change takes the next. What a reader has to know:

* Names stand for what they name; lists are in the order of the text. Defines and constants are
  resolved wherever they are used.
* What the file does not say is null. Of numbers of times, null means without end.
* The ``states`` of a transition are all that it applies to, with blocks taken apart; a ``target``
  of null stays. A transition of a later ``rank`` applies only where none of an earlier one matches;
  in an ``ordered`` machine the first that matches is taken, otherwise each of them may be.
* Guards, values and predicates are trees: see ``json_expressions``. ``text`` is what the file says.
* ``file`` and ``line`` say where something stands; what a file extends stands in another.
"""

from collections.abc import Mapping

from tcpspec.escape import json_document
from tcpspec.export.json_expressions import Object, Scope, type_object
from tcpspec.export.json_systems import check_object, place, scenario_object, system_object
from tcpspec.model.model import (
    Action,
    Assign,
    Field,
    Machine,
    Message,
    Reset,
    Send,
    Specification,
    State,
    Transition,
    Variable,
)

FORMAT = 1


def json_text(specification: Specification) -> str:
    """The specification as a JSON document."""
    return json_document(specification_object(specification)) + "\n"


def specification_object(specification: Specification) -> Object:
    messages = specification.messages
    return {
        "format": FORMAT,
        "protocol": specification.name,
        "title": specification.title,
        "doc": specification.doc,
        "file": specification.path,
        "extends": specification.base,
        "changes": list(specification.changes),
        "constants": dict(specification.constants),
        "messages": [_message(message) for message in messages.values()],
        "calls": list(specification.calls),
        "timers": list(specification.timers),
        "machines": [
            machine_object(machine, messages) for machine in specification.machines.values()
        ],
        "systems": [system_object(system) for system in specification.systems.values()],
        "checks": [check_object(check, specification) for check in specification.checks],
        "scenarios": [scenario_object(one, specification) for one in specification.scenarios],
    }


def _field(field: Field) -> Object:
    return {"name": field.name, "type": type_object(field.type), "doc": field.doc}


def _message(message: Message) -> Object:
    """``fixed`` has the fields that this message fixes, which are not sent with it."""
    return {
        "name": message.name,
        "group": message.group,
        "fields": [_field(field) for field in message.fields],
        "fixed": {message.fields[slot].name: value for slot, value in message.fixed.items()},
    }


# --- machines ---


def machine_object(machine: Machine, messages: Mapping[str, Message]) -> Object:
    scope = Scope(messages, outputs=machine.ports or (None,))
    return {
        "name": machine.name,
        "doc": machine.doc,
        "ordered": machine.ordered,
        "parameters": [_field(parameter) for parameter in machine.parameters],
        "variables": [_variable(variable, scope) for variable in machine.variables],
        "ports": list(machine.ports),
        "initial": machine.initial.name,
        "states": [_state(state) for state in machine.states],
        "transitions": [_transition(transition, scope) for transition in machine.transitions],
    } | place(machine.span)


def _variable(variable: Variable, scope: Scope) -> Object:
    return {
        "name": variable.name,
        "type": type_object(variable.type),
        "initial": scope.expression(variable.initial),
        "persistent": variable.persistent,
        "doc": variable.doc,
    }


def _state(state: State) -> Object:
    return {
        "name": state.name,
        "label": state.label,
        "initial": state.initial,
        "final": state.final,
        "idle": state.idle,
        "doc": state.doc,
    } | place(state.span)


def _transition(transition: Transition, scope: Scope) -> Object:
    """``events`` are messages, calls or timers; ``port`` narrows where a message comes from."""
    port, guard = transition.port, transition.guard
    return {
        "name": transition.label,
        "states": list(transition.states),
        "kind": transition.kind,
        "events": list(transition.events),
        "port": None if port is None else scope.outputs[port],
        "rank": transition.rank.name.lower().replace("_", " "),
        "guard": None if guard is None else scope.expression(guard),
        "actions": [_action(action, scope) for action in transition.actions],
        "target": transition.target,
        "reference": transition.reference,
        "text": {
            "event": transition.event_text,
            "guard": transition.guard_text,
            "action": transition.action_text or None,
        },
        "doc": transition.doc,
    } | place(transition.span)


def _action(action: Action, scope: Scope) -> Object:
    match action:
        case Send():
            values = zip(action.fields, action.values, strict=True)
            own: Object = {
                "kind": "send",
                "message": action.message,
                "port": scope.outputs[action.output],
                "fields": {field.name: scope.expression(value) for field, value in values},
            }
        case Assign():
            value = scope.expression(action.value)
            own = {"kind": "assign", "variable": action.name, "value": value}
        case Reset():
            own = {"kind": "reset"}
    return own | {"text": action.text}
