"""In which lines two specifications differ, machine by machine.

Lines are the same if they are written the same, for the same states, and every name in them means
the same: a constant that is set otherwise changes the lines that use it. Where a line was is of
interest in an ordered machine only.
"""

from collections.abc import Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from enum import StrEnum

from tcpspec.model.expressions import Arithmetic, Expression, Extremum
from tcpspec.model.model import Assign, Machine, Send, Specification, Transition
from tcpspec.model.types import ModType
from tcpspec.record import Record


class Change(StrEnum):
    """What became of a line."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


class LineDifference(Record):
    """A line before and after; None where there is none."""

    machine: str
    change: Change
    before: Transition | None
    after: Transition | None

    @property
    def only_in_meaning(self) -> bool:
        """Whether it is written the same, and a name in it means something else."""
        return (
            self.change is Change.CHANGED
            and self.before is not None
            and self.after is not None
            and self.before.text == self.after.text
            and self.before.states == self.after.states
        )


def line_differences(before: Specification, after: Specification) -> Iterator[LineDifference]:
    """All of them: what is gone or changed in the order of the first, then what is new."""
    for name in dict.fromkeys((*before.machines, *after.machines)):
        yield from _of_machine(name, before.machines.get(name), after.machines.get(name))


def _of_machine(
    name: str, before: Machine | None, after: Machine | None
) -> Iterator[LineDifference]:
    old = before.transitions if before else ()
    new = after.transitions if after else ()
    ordered = bool(before and after and before.ordered and after.ordered)
    gone, come = _apart(old, new) if ordered else _without_order(old, new)
    for line in gone:
        match = next((other for other in come if _same(line, other)), None)
        if match is not None:
            come.remove(match)
            yield LineDifference(name, Change.MOVED, line, match)
            continue
        match = next((other for other in come if _replaces(line, other)), None)
        if match is None:
            yield LineDifference(name, Change.REMOVED, line, None)
        else:
            come.remove(match)
            yield LineDifference(name, Change.CHANGED, line, match)
    for line in come:
        yield LineDifference(name, Change.ADDED, None, line)


Lines = list[Transition]


def _apart(old: Sequence[Transition], new: Sequence[Transition]) -> tuple[Lines, Lines]:
    """What is only in the one, and only in the other, in the order of the text."""
    matcher = SequenceMatcher(None, [*map(_key, old)], [*map(_key, new)], autojunk=False)
    gone: Lines = []
    come: Lines = []
    for what, first, last, start, stop in matcher.get_opcodes():
        if what != "equal":
            gone += old[first:last]
            come += new[start:stop]
    return gone, come


def _without_order(old: Sequence[Transition], new: Sequence[Transition]) -> tuple[Lines, Lines]:
    """The same, wherever lines stand."""
    come, gone = list(new), []
    for line in old:
        same = next((other for other in come if _same(line, other)), None)
        if same is None:
            gone.append(line)
        else:
            come.remove(same)
    return gone, come


def _same(line: Transition, other: Transition) -> bool:
    return _key(line) == _key(other)


def _replaces(line: Transition, other: Transition) -> bool:
    """Whether another line stands for this one: by its label, or for the same event there."""
    if line.label is not None and line.label == other.label:
        return True
    return (line.states, line.event_text) == (other.states, other.event_text)


def _key(line: Transition) -> Hashable:
    parts = line.guard, *line.actions
    return line.text, line.states, line.rank, line.events, tuple(map(_meaning, parts))


def _meaning(value: object) -> Hashable:
    """What is said, with names for slots: where variables stand in a machine means nothing."""
    match value:
        case Send(message, _, values, output):
            return "snd", message, tuple(map(_meaning, values)), output
        case Assign(_, _, said, name):
            return "assign", name, _meaning(said)
        case Expression():
            wraps = isinstance(value, Arithmetic | Extremum) and isinstance(value.type, ModType)
            inner = (_meaning(getattr(value, part)) for part in value.parts_ if part != "slot")
            return type(value).__name__, str(value.type) if wraps else "", *inner
        case tuple():
            return tuple(map(_meaning, value))
    return value if isinstance(value, Hashable) else repr(value)
