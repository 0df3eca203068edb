"""Lines of one state that may apply, and what they look at.

What none of them reads or writes goes through a step unchanged: where all else is the same, the
same steps are possible.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property

from tcpspec.model.expressions import Expression, OwnVariable, ReceivedField, within
from tcpspec.model.model import Assign, Machine, Reset, Transition, values_in
from tcpspec.semantics.lines import Line


class Candidates:
    """Lines, each with the event for which it may apply."""

    def __init__(self, lines: Sequence[Line], events: Sequence[str], machine: Machine) -> None:
        self.lines, self.events, self._machine = lines, events, machine

    @cached_property
    def variables(self) -> tuple[int, ...]:
        """The slots of the variables that they read or write."""
        touched = {part.slot for part in self._parts if isinstance(part, OwnVariable)}
        for line in self.lines:
            touched.update(_written(line.transition, self._machine))
        return tuple(sorted(touched))

    @cached_property
    def fields(self) -> tuple[int, ...]:
        """The slots of the fields that they read of a packet."""
        return tuple(sorted({p.slot for p in self._parts if isinstance(p, ReceivedField)}))

    @property
    def _parts(self) -> Iterator[Expression]:
        for line in self.lines:
            for value in values_in(line.transition):
                yield from within(value)


def _written(transition: Transition, machine: Machine) -> Iterator[int]:
    """The slots of the variables that its actions may change."""
    for action in transition.actions:
        if isinstance(action, Assign):
            yield action.slot
        elif isinstance(action, Reset):
            yield from range(len(machine.variables))
