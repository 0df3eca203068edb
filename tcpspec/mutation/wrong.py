"""Wrong systems, which share the steps of the right one.

The steps of a state are those of the right system as long as the wrong line has no part in them:
where no instance that has it is in one of its states, or, for a line that receives, where none of
its messages is on the way to such an instance. What a system lets happen besides (budgets, timers,
faults, bounds) does not depend on lines.
"""

from collections.abc import Iterator

from tcpspec.model.model import System
from tcpspec.model.mutants import Mutant
from tcpspec.semantics.remembered import Remembered
from tcpspec.semantics.state import GlobalState, Successor

MOST_STATES = 20_000
"""Of so many states the steps are remembered: more would take much memory in each process."""


class Wrong(Remembered):
    """A system with a mutant's line, beside the right one."""

    def __init__(self, system: System, mutant: Mutant, right: Remembered) -> None:
        super().__init__(system, MOST_STATES)
        self._right = right
        line = mutant.line
        self._states = frozenset(line.states)
        self._messages = frozenset(line.events) if line.kind.takes_message else None
        self._having = [
            (number, _inputs(system, number))
            for number, one in enumerate(right.system.instances)
            if one.machine is mutant.machine
        ]

    def _found(self, state: GlobalState) -> Iterator[Successor]:
        return super()._found(state) if self._concerns(state) else self._right.successors(state)

    def _concerns(self, state: GlobalState) -> bool:
        """Whether the line may have a part in the steps of a state."""
        for number, inputs in self._having:
            if state.locals[number].state in self._states:
                if self._messages is None:
                    return True
                for channel in inputs:
                    if any(packet.name in self._messages for packet in state.channels[channel]):
                        return True
        return False


def _inputs(system: System, number: int) -> tuple[int, ...]:
    """The channels that an instance receives from."""
    return tuple(c for c, model in enumerate(system.channels) if model.receiver == number)
