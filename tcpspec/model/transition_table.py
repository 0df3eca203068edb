"""A machine as a table: one row for each written line, in the order of the text."""

from tcpspec.model.labels import any_of, label_of
from tcpspec.model.model import Machine, Rank, Transition
from tcpspec.record import Record


class Row(Record):
    """One written line, as the parts of a table.

    ``states`` are those that it applies to, in the fewest words. ``next_state`` is None where the
    state stays as it is.
    """

    transition: Transition
    states: str
    event: str
    guard: str
    actions: tuple[str, ...]
    next_state: str | None

    @property
    def label(self) -> str | None:
        return self.transition.label

    @property
    def reference(self) -> str | None:
        """The section that the line cites."""
        return self.transition.reference

    @property
    def unless_handled(self) -> bool:
        """Whether it applies only where no other line with the same event does."""
        return self.transition.rank is Rank.UNLESS_HANDLED

    @property
    def place(self) -> str:
        """File and line."""
        return self.transition.span.place


class TransitionTable(Record):
    """All lines of a machine. If it is ``ordered``, the first of several that match is taken."""

    machine: Machine
    rows: tuple[Row, ...]


def transition_table(machine: Machine) -> TransitionTable:
    """The table of a machine; lines of blocks are one row for all states of the block."""
    return TransitionTable(machine, tuple(_row(machine, line) for line in machine.transitions))


def _row(machine: Machine, line: Transition) -> Row:
    label = label_of(line)
    return Row(
        line, any_of(machine, line.states), line.event_text, label.guard, label.actions, line.target
    )
