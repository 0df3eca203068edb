"""What cannot happen in a system whatever the values are: states without a way to them, messages
that nobody sends.

Only control states and names of messages are followed, so more than is reachable may be found, but
never less. Leaving out the rest makes the export shorter; it changes nothing that can happen.
"""

from collections.abc import Iterable

from tcpspec.export.promela.wiring import Shape, Wiring
from tcpspec.model.model import Kind, Send, Transition
from tcpspec.semantics.state import GlobalState


class Reach:
    """States that each instance may get to, and messages that each channel may hold."""

    def __init__(self, wiring: Wiring, starts: Iterable[GlobalState]) -> None:
        self._wiring, self._system = wiring, wiring.system
        self._states = [
            {state.locals[number].state for state in starts}
            for number in range(len(self._system.instances))
        ]
        self._messages = [{held.message for held in c.holds} for c in self._system.channels]
        before = -1
        while before < (before := self._size()):
            for number in range(len(self._system.instances)):
                self._follow(number)

    def _size(self) -> int:
        return sum(map(len, [*self._states, *self._messages]))

    def _follow(self, instance: int) -> None:
        machine = self._system.instances[instance].machine
        for state in list(self._states[instance]):
            for line in machine.of_state[state]:
                if self._possible(instance, line):
                    self._take(instance, line)

    def _possible(self, instance: int, line: Transition) -> bool:
        match line.kind:
            case Kind.CALL:
                may = self._system.instances[instance].may
                return any(may.get(event, 0) != 0 for event in line.events)
            case Kind.TIMEOUT:
                return any(not self._never(instance, event) for event in line.events)
            case Kind.STEP:
                return True
            case Kind.DEFER:
                return False
        return any(
            line.port in (None, self._system.channels[channel].receiver_port)
            and not self._messages[channel].isdisjoint(line.events)
            for channel in self._wiring.inputs[instance]
        )

    def _never(self, instance: int, timer: str) -> bool:
        return any(
            rule.timer == timer and rule.instance in (None, instance) and rule.at_most == 0
            for rule in self._system.timers
        )

    def _take(self, instance: int, line: Transition) -> None:
        if line.target is not None:
            self._states[instance].add(line.target)
        for action in line.actions:
            if isinstance(action, Send):
                channel = self._system.outputs[instance][action.output]
                assert channel is not None
                self._messages[channel].add(action.message)

    # --- for a process type ---

    def reaches(self, shape: Shape, state: str) -> bool:
        """Whether any of these instances may get to a state."""
        return any(state in self._states[instance] for instance in shape.instances)

    def brings(self, shape: Shape, number: int, line: Transition) -> bool:
        """Whether an input may bring a message that a line is for."""
        return any(
            not self._messages[self._wiring.inputs[instance][number]].isdisjoint(line.events)
            for instance in shape.instances
        )
