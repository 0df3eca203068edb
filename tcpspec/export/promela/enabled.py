"""What can happen in a state of the system, as macros: for deadlocks, stalls and idle timers.

SPIN's own invalid end states are not enough: a message that may be lost keeps SPIN from seeing that
nobody can do anything else, and it looks into no array.
"""

import re
from collections.abc import Iterable, Iterator

from tcpspec.export.promela.process import Process
from tcpspec.export.promela.scenery import InSystem, amount
from tcpspec.export.promela.terms import one_of
from tcpspec.export.promela.text import (
    EQUAL,
    FALSE,
    TRUE,
    Term,
    both,
    condition_lines,
    either,
    grouped,
    negated,
)
from tcpspec.export.promela.wiring import Shape, Wiring
from tcpspec.model.model import Kind, State

_RECEPTIONS = (Kind.RECEIVE, Kind.IGNORE)


class Enabled:
    """Macros about what is enabled; only those that were asked for are written."""

    def __init__(self, wiring: Wiring, processes: dict[Shape, Process], scene: InSystem) -> None:
        self._wiring, self._processes, self._scene = wiring, processes, scene
        self._wanted: dict[tuple[str, Shape], str] = {}
        self._told: set[str] = set()

    # --- terms over the system ---

    def idle(self) -> Term:
        """No message can be received and no step taken."""
        return negated(either(*self._each("receive"), *self._each("step")))

    def nothing_but_calls(self) -> Term:
        return negated(either(*self._each("receive"), *self._each("step"), *self._each("timeout")))

    def nothing(self) -> Term:
        return both(self.nothing_but_calls(), negated(either(*self._each("call"))))

    def unspecified(self) -> Term:
        """Some channel offers a message for which there is no line."""
        return either(*self._each("unhandled"))

    def resting(self, *flags: str) -> Term:
        """All instances are in states where they may rest, and all channels are empty."""
        system, naming = self._wiring.system, self._scene.naming
        terms = [
            self._scene.state(
                number,
                frozenset(
                    s.name for s in instance.machine.states if any(getattr(s, f) for f in flags)
                ),
            )
            for number, instance in enumerate(system.instances)
        ]
        terms += [
            Term(f"{amount(way, naming.channel(number))} == 0", EQUAL)
            for number, way in enumerate(self._wiring.ways)
        ]
        return both(*terms)

    def _each(self, what: str) -> list[Term]:
        return [self._of(what, number) for number in range(len(self._wiring.system.instances))]

    def _of(self, what: str, instance: int) -> Term:
        shape = self._wiring.shape_of(instance)
        process = self._processes[shape]
        if all(_TERMS[what](process, state) == FALSE for state in shape.machine.states):
            return FALSE
        name = process.naming.add((what, shape), f"{process.name}_{_VERBS[what]}")
        self._wanted[what, shape] = name
        mentioned = self._mentioned(what, process)
        pairs = zip(self._parameters(process), self._arguments(instance), strict=True)
        arguments = [argument for parameter, argument in pairs if parameter in mentioned]
        return Term(f"{name}({', '.join(arguments)})")

    def _mentioned(self, what: str, process: Process) -> set[str]:
        """The words of a condition: what it does not mention is no parameter."""
        return set(re.findall(r"\w+", _in_any_state(what, process).text))

    def _arguments(self, instance: int) -> Iterator[str]:
        wiring = self._wiring
        inputs = wiring.inputs[instance]
        yield str(wiring.position(instance))
        yield self._scene.naming.instance(instance)
        if self._processes[wiring.shape_of(instance)].mirrored:
            yield f"{self._scene.naming.channel(inputs[0])}.head"
        outputs = [c for c in wiring.system.outputs[instance] if c is not None]
        yield from (self._scene.naming.channel(channel) for channel in [*inputs, *outputs])

    # --- macros about instances ---

    def macros(self) -> Iterator[str]:
        """All that was asked for and not yet told."""
        for (what, shape), name in self._wanted.items():
            if name not in self._told:
                self._told.add(name)
                process = self._processes[shape]
                yield ""
                yield f"/* {_MEANING[what]} */"
                mentioned = self._mentioned(what, process)
                parameters = [p for p in self._parameters(process) if p in mentioned]
                condition = _in_any_state(what, process)
                yield from condition_lines(f"{name}({', '.join(parameters)})", condition)

    def _parameters(self, process: Process) -> Iterable[str]:
        mirrored = ["msg"] if process.mirrored else []
        return ["me", "my", *mirrored, *(place for place, _, _ in process.ends)]


def _in_any_state(what: str, process: Process) -> Term:
    return either(*_by_state(what, process))


def _by_state(what: str, process: Process) -> Iterator[Term]:
    """What is true in each state; states of which the same is true together."""
    states: dict[Term, list[str]] = {}
    for state in process.machine.states:
        found = _TERMS[what](process, state)
        states.setdefault(found, []).append(process.naming.state(state.name))
    for found, names in states.items():
        everywhere = len(names) == len(process.machine.states)
        yield both(TRUE if everywhere else one_of(Term("my.state"), names), found)


def _spontaneous(process: Process, state: State, kind: Kind) -> Term:
    attempts = [a for a in process.attempts[state.name] if a.kind is kind]
    return grouped((a.guard, a.form.enabled) for a in attempts)


def _receive(process: Process, state: State) -> Term:
    """Some message can be received: by any line, if none waits or defers."""
    attempts = [a for a in process.attempts[state.name] if a.kind in _RECEPTIONS and not a.fault]
    ports = {input_.port for input_ in process.shape.inputs}
    defers = any(process.rules.defers(state.name, port) for port in ports)
    if defers or any(a.form.enabled != TRUE for a in attempts):
        return grouped((a.guard, a.form.enabled) for a in attempts)
    return either(*(handled for _, _, handled in _offers(process, state)))


def _offers(process: Process, state: State) -> Iterator[tuple[Term, str, Term]]:
    """What each input may offer: a condition, the message, and whether there is a line for it."""
    if not process.steps.reach.reaches(process.shape, state.name):
        return
    for number, input_ in enumerate(process.shape.inputs):
        place = process.rules.places.inputs[number]
        for position in process.rules.positions(state.name, input_):
            message = process.steps.message(number, position)
            offered = process.rules.offered(state.name, input_, place, position)
            yield offered, message, process.rules.handled(state.name, input_.port, message)


def _unhandled(process: Process, state: State) -> Term:
    found = []
    for offered, message, handled in _offers(process, state):
        some = Term(f"{message}.name != 0", EQUAL)
        if handled != some:
            found.append(both(offered, some, negated(handled)))
    return either(*found)


_TERMS = {
    "receive": _receive,
    "step": lambda process, state: _spontaneous(process, state, Kind.STEP),
    "timeout": lambda process, state: _spontaneous(process, state, Kind.TIMEOUT),
    "call": lambda process, state: _spontaneous(process, state, Kind.CALL),
    "unhandled": _unhandled,
}
_VERBS = {
    "receive": "can_receive",
    "step": "can_step",
    "timeout": "can_time_out",
    "call": "can_be_called",
    "unhandled": "has_no_line",
}
_MEANING = {
    "receive": "A message can be received.",
    "step": "A step can be taken.",
    "timeout": "A timer can run out.",
    "call": "The user can make a call.",
    "unhandled": "A message is offered for which there is no line.",
}
