"""What stands in the cells of tables, in every form that they are written in, and what it means.

Plain words and signs, not yet escaped; the forms add what links and colours they have.
"""

from collections.abc import Iterator, Sequence
from pathlib import PurePath

from tcpspec.model.labels import ORDERED, event_of
from tcpspec.model.transition_table import Row, TransitionTable
from tcpspec.properties.receptions import Cell, Meeting, ReceptionMatrix
from tcpspec.properties.verdict import UnspecifiedReception
from tcpspec.record import Record

# --- transitions ------------------------------------------------------------------------------

TRANSITIONS = ("State", "Event", "Guard", "Actions", "Next state", "Source", "Line")
"""What the columns of a transition table are called."""

STAYS = "stays"
"""In place of a next state."""


def transitions_title(table: TransitionTable, *, folder: bool = True) -> str:
    """What the table shows; with the file, if all lines are from one, and perhaps its folder."""
    files = [name if folder else PurePath(name).name for name in _files(table)]
    return f"Transitions of {table.machine.name}" + (f" ({files[0]})" if len(files) == 1 else "")


def transitions_notes(table: TransitionTable) -> list[str]:
    """What has to be said below."""
    return [ORDERED] if table.machine.ordered else []


def event(row: Row) -> str:
    """The event, with the line's label and rank."""
    label = f"{row.label}: " if row.label else ""
    return label + event_of(row.transition)


def line_of(table: TransitionTable, row: Row) -> str:
    """The number of the line; with its file, if the lines are from several."""
    span = row.transition.span
    name = PurePath(span.source.name).name
    return str(span.line) if len(_files(table)) == 1 else f"{name}:{span.line}"


def _files(table: TransitionTable) -> list[str]:
    return list(dict.fromkeys(row.transition.span.source.name for row in table.rows))


# --- receptions -------------------------------------------------------------------------------

NOTHING, OPEN, GUARDED = "–", "?", "*"

_NO_SYSTEM = "no system that was explored has this machine"

_OPEN = (Meeting.UNKNOWN, Meeting.FAILING)
"""Cells whose state and message were not found together, though they may meet."""

_UNMET = (Meeting.NEVER, Meeting.BOUNDED, *_OPEN)
"""Cells whose state and message were not found together."""


class Note(Record):
    """What a sign in the matrix means."""

    sign: str
    meaning: str


def receptions_title(matrix: ReceptionMatrix) -> str:
    return f"Receptions of {matrix.machine.name}"


def cell_text(cell: Cell) -> str:
    """A cell in a word or two; that of an unspecified reception still wants its run's number."""
    if cell.meeting is Meeting.UNSPECIFIED:
        return "/".join([*cell.handling, "unspecified"])
    word = "/".join(cell.handling) + (GUARDED if cell.guarded else "")
    if cell.meeting in _UNMET:
        sign = OPEN if cell.meeting in _OPEN else NOTHING
        return f"({word})" if cell.lines else sign
    return word if cell.lines else "no line"


def notes(matrix: ReceptionMatrix) -> Iterator[Note]:
    """What the signs mean that the matrix has, and what that rests on."""
    cells = [cell for row in matrix.rows for cell in row]
    specified = [cell for cell in cells if cell.meeting is not Meeting.UNSPECIFIED]
    unmet = {cell.meeting for cell in cells if cell.meeting in _UNMET}
    if matrix.unspecified:
        met = "the message comes, and no line for it applies: see the run with this number"
        yield Note("unspecified", met)
    guarded = [cell for cell in specified if cell.guarded and cell.lines]
    if guarded:
        held = any(cell.systems for cell in guarded)
        yield Note(GUARDED, f"only lines with guards{_held(matrix) if held else ''}")
    for meeting in unmet:
        if any(cell.meeting is meeting and not cell.lines for cell in cells):
            yield Note(OPEN if meeting in _OPEN else NOTHING, f"no line; {meeting}")
        if any(cell.meeting is meeting and cell.lines for cell in cells):
            yield Note("(…)", f"there are lines; {meeting}")
    if any(cell.meeting is Meeting.UNASKED and not cell.lines for cell in cells):
        yield Note("no line", "nothing is said of what happens")


def _held(matrix: ReceptionMatrix) -> str:
    """What became of the guards."""
    if any(one.rests_on for one in matrix.systems):
        return "; wherever the two were found to meet, one of them held"
    return "; wherever the two meet in these systems, one of them holds"


def scope(matrix: ReceptionMatrix) -> list[str]:
    """Which systems the matrix is about, with their reservations, and what it leaves out."""
    names = [one.system for one in matrix.systems]
    found = [f"systems: {', '.join(names)}" if names else _NO_SYSTEM]
    found += [f"{one.system}: {why}" for one in matrix.systems for why in one.rests_on]
    if matrix.left_out:
        left = ", ".join(matrix.left_out)
        found.append(f"no channel of these systems can bring: {left}")
    return found


def run_title(reception: UnspecifiedReception) -> str:
    """What the run of an unspecified reception shows."""
    count = len(reception.run.steps)
    steps = f"{count} step{'' if count == 1 else 's'}"
    where = f"{reception.instance} in {reception.state}"
    return f"{where} is offered {reception.message}, in {reception.run.system.name}: {steps}"


def numbered(cells: Sequence[Cell]) -> Iterator[tuple[int, UnspecifiedReception]]:
    """The shortest run of each of these cells, with its number."""
    for number, cell in enumerate(cells, start=1):
        yield number, cell.unspecified[0]
