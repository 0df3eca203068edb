"""A trail of SPIN as a run of ours: each step that it tells is looked up in the interpreter.

What a step tells does not always make it the only one: the values of ``any`` and fields of enums
are not told. So all runs that fit are followed together, and one is taken whose last state decides
the check.
"""

import re
from collections.abc import Iterator

from tcpspec.crosscheck.testimony import ToolFailed
from tcpspec.explore.run import Run, RunStep
from tcpspec.export.promela.export import Model
from tcpspec.export.promela.naming import all_fields, field_key
from tcpspec.model.model import Check, Claim
from tcpspec.model.types import EnumType
from tcpspec.properties.explain import stuck
from tcpspec.semantics.state import EndKind, GlobalState, Packet, Step, StepKind, Successor
from tcpspec.semantics.system import TransitionSystem

_LINE = re.compile(
    r"(?P<process>\w+) (?P<me>\d+): line (?P<line>\d+), "
    r"(?:rcv (?P<message>\w+)(?:\((?P<fields>[-\d,]*)\))? on (?P<input>\d+) again (?P<again>[01])"
    r"|(?P<kind>call|timeout|step) ?(?P<event>.*))"
)
_LOSS = re.compile(r"channel (?P<channel>\d+) loses (?P<message>\w+)(?:\((?P<fields>[-\d,]*)\))?")

_MAY_REST = {Claim.NO_DEADLOCK: ("final",), Claim.NO_STALL: ("final", "idle")}


def follow(model: Model, told: list[str], check: Check) -> Run:
    """The run that a trail tells."""
    following = _Following(model)
    for line in told:
        following.line(line.strip())
    return following.run(check)


class _Following:
    """All runs that fit what was told so far: for each state that they lead to, one."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._ts = TransitionSystem(model.system)
        self._runs: dict[GlobalState, tuple[GlobalState, tuple[RunStep, ...]]] = {
            state: (state, ()) for state in self._ts.initial_states()
        }

    def line(self, line: str) -> None:
        match = _LINE.fullmatch(line) or _LOSS.fullmatch(line)
        if match is None:
            return
        longer: dict[GlobalState, tuple[GlobalState, tuple[RunStep, ...]]] = {}
        for state, (initial, steps) in self._runs.items():
            for successor in self._ts.successors(state):
                if successor.state is not None and self._is(successor.step, match):
                    step = RunStep(successor.step, successor.state)
                    longer.setdefault(successor.state, (initial, (*steps, step)))
        if not longer:
            raise ToolFailed(f"SPIN tells a step that is none of ours: {line}")
        self._runs = longer

    def _is(self, step: Step, match: re.Match[str]) -> bool:
        """Whether a step is the one that was told."""
        groups = match.groupdict()
        if "channel" in groups:
            return (
                step.kind is StepKind.LOSS
                and step.channel == int(groups["channel"])
                and self._same_packet(step.packet, groups)
            )
        if step.local is None or step.instance is None:
            return False
        return (
            self._instance(step.instance, groups)
            and self._model.naming.line[step.local.transition] == int(groups["line"])
            and (self._reception if groups["message"] else self._spontaneous)(step, groups)
        )

    def _instance(self, instance: int, groups: dict[str, str]) -> bool:
        machine = self._model.system.instances[instance].machine
        process = self._model.naming.process(machine)
        position = self._model.wiring.position(instance)
        return process == groups["process"] and position == int(groups["me"])

    def _spontaneous(self, step: Step, groups: dict[str, str]) -> bool:
        assert step.local is not None
        event = step.local.event
        plain = "".join(c if c.isalnum() or c in " _." else "_" for c in event)
        return step.kind.value == groups["kind"] and plain == groups["event"]

    def _reception(self, step: Step, groups: dict[str, str]) -> bool:
        again = step.kind is StepKind.DUPLICATION
        if not again and step.kind is not StepKind.RECEIVE:
            return False
        assert step.instance is not None
        inputs = self._model.wiring.inputs[step.instance]
        return (
            again is (groups["again"] == "1")
            and step.channel == inputs[int(groups["input"])]
            and self._same_packet(step.packet, groups)
        )

    def _same_packet(self, packet: Packet | None, groups: dict[str, str]) -> bool:
        """The name is the same, and all fields that are numbers."""
        assert packet is not None
        naming = self._model.naming
        if naming.message(packet.name) != groups["message"]:
            return False
        told = [int(value) for value in (groups["fields"] or "").split(",") if value]
        message = self._model.system.messages[packet.name]
        values = {
            field_key(field.name, field.type): value
            for field, value in zip(message.fields, packet.values, strict=True)
            if not isinstance(field.type, EnumType)
        }
        keys = list(all_fields(naming.messages))
        return all(
            key not in values or values[key] == number
            for key, number in zip(keys, told, strict=True)
        )

    # --- the end ---

    def run(self, check: Check) -> Run:
        """A run that decides the check."""
        for state, (initial, steps) in self._runs.items():
            if check.claim is Claim.NO_OVERFLOW:
                for last in self._overflows(state):
                    ending = (*steps, RunStep(last.step, None))
                    return Run(self._model.system, initial, ending, last.end)
            elif self._decides(check, state):
                return Run(self._model.system, initial, steps)
        raise ToolFailed(f"SPIN's run does not decide {check.name}")

    def _overflows(self, state: GlobalState) -> Iterator[Successor]:
        for successor in self._ts.successors(state):
            if successor.end is not None and successor.end.kind is EndKind.OVERFLOW:
                yield successor

    def _decides(self, check: Check, state: GlobalState) -> bool:
        """Whether this state is what the check is about, by our own meaning of it."""
        if check.predicate is not None:
            holds = bool(self._ts.predicate(check.predicate)(state))
            return holds is not (check.claim is Claim.ALWAYS)
        if check.claim is Claim.NO_UNSPECIFIED_RECEPTION:
            return any(self._ts.unspecified(state))
        stays = {StepKind.CALL} if check.claim is Claim.NO_STALL else set()
        return all(
            successor.step.kind.is_fault or successor.step.kind in stays
            for successor in self._ts.successors(state)
        ) and bool(stuck(self._ts, state, _MAY_REST[check.claim]))
