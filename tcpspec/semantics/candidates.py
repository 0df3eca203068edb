"""Lines of one state that may apply, and what they look at.

What none of them reads or writes goes through a step unchanged: where all else is the same, the
same steps are possible.
"""

from collections.abc import Mapping, Sequence, Set

from tcpspec.model.model import Machine, Transition
from tcpspec.semantics.lines import Line


class Candidates:
    """Lines, each with the event for which it may apply."""

    def __init__(self, pairs: Sequence[tuple[Line, str]], machine: Machine) -> None:
        self.pairs, self._machine = pairs, machine
        self.lines = [line for line, _ in pairs]

    @property
    def variables(self) -> tuple[int, ...]:
        """The slots of the variables that they read or write."""
        return self._any_of(self._machine.touched)

    @property
    def fields(self) -> tuple[int, ...]:
        """The slots of the fields that they read of a packet."""
        return self._any_of(self._machine.fields_read)

    def _any_of(self, slots: Mapping[Transition, Set[int]]) -> tuple[int, ...]:
        return tuple(sorted(set().union(*(slots[line.transition] for line in self.lines))))
