"""Lines of one state that may apply, and what they look at.

What none of them reads or writes goes through a step unchanged: where all else is the same, the
same steps are possible.
"""

from collections.abc import Iterable, Sequence, Set
from functools import cached_property

from tcpspec.model.model import Machine
from tcpspec.semantics.lines import Line


class Candidates:
    """Lines, each with the event for which it may apply."""

    def __init__(self, pairs: Sequence[tuple[Line, str]], machine: Machine) -> None:
        self.pairs, self._machine = pairs, machine
        self.lines = [line for line, _ in pairs]

    @cached_property
    def variables(self) -> tuple[int, ...]:
        """The slots of the variables that they read or write."""
        touched = self._machine.touched
        return _ordered(touched[line.transition] for line in self.lines)

    @cached_property
    def fields(self) -> tuple[int, ...]:
        """The slots of the fields that they read of a packet."""
        reads = self._machine.reads
        return _ordered(reads[line.transition].fields for line in self.lines)


def _ordered(slots: Iterable[Set[int]]) -> tuple[int, ...]:
    return tuple(sorted(set().union(*slots)))
