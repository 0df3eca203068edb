"""Tables for a terminal, made with Rich: what a specification says is text, and never markup."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias

from tcpspec.escape import visible
from tcpspec.explore.run import describe
from tcpspec.model.transition_table import Row, TransitionTable
from tcpspec.properties.receptions import Cell, Meeting, ReceptionMatrix
from tcpspec.views.measure import cells as width_of
from tcpspec.views.reports.report import Look
from tcpspec.views.tables import words

if TYPE_CHECKING:
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

Shown: TypeAlias = "Text | Table | Padding"
"""What a console of Rich prints."""

_AROUND = 3
"""Columns that a column of a table takes besides its text."""

_APART = 2
"""Columns between two columns of a table without a box."""

_ACTIONS = 24
"""An action needs more room than other parts: so many columns, if there is one as long."""

_STYLES = {
    Meeting.UNSPECIFIED: "bold red",
    Meeting.UNKNOWN: "yellow",
    Meeting.FAILING: "yellow",
    Meeting.NEVER: "dim",
    Meeting.BOUNDED: "dim",
}


def as_text(parts: Iterable[Shown], look: Look, *, colour: bool) -> str:
    """What Rich makes of these, line by line, without spaces at the ends."""
    from io import StringIO

    from rich.console import Console

    stream = StringIO()
    console = Console(
        file=stream, width=look.width, force_terminal=colour, no_color=not colour, highlight=False,
        legacy_windows=False,
    )  # fmt: skip
    for part in parts:
        console.print(part)
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines())


def transitions_text(table: TransitionTable, look: Look) -> Iterator[Shown]:
    """A table with one row for each line, and what has to be said below."""
    yield _text(words.transitions_title(table), "bold")
    shown = _table(look, boxed=False)
    widths = _widths(_columns(table), look.width - _APART * len(words.TRANSITIONS) + 1)
    for name, width in zip(words.TRANSITIONS, widths, strict=True):
        shown.add_column(name, width=width, overflow="fold")
    for _, group in groupby(table.rows, key=lambda row: row.states):
        rows = list(group)
        for row in rows:
            first, *others = _parts(table, row)
            shown.add_row(_lines(first if row is rows[0] else []), *map(_lines, others))
        shown.add_section()
    yield shown
    yield from (_text(note) for note in words.transitions_notes(table))


def _parts(table: TransitionTable, row: Row) -> list[list[str]]:
    """The lines of each cell: each action has one."""
    guard = [f"[{row.guard}]"] if row.guard else []
    actions = [f"{action};" for action in row.actions[:-1]] + list(row.actions[-1:])
    return [
        [row.states], [words.event(row)], guard, actions, [row.next_state or words.STAYS],
        [row.reference] if row.reference else [], [words.line_of(table, row)],
    ]  # fmt: skip


def _columns(table: TransitionTable) -> list[list[str]]:
    """All lines of each column, its name first."""
    rows = [_parts(table, row) for row in table.rows]
    return [
        [name, *(line for row in rows for line in row[column])]
        for column, name in enumerate(words.TRANSITIONS)
    ]


def _widths(columns: list[list[str]], room: int) -> list[int]:
    """How wide each column is, so that all fit: first what has long lines gets narrower, as far as
    no word has to be broken. (Rich would rather cut off the last columns.)
    """
    widths = [_longest(texts) for texts in columns]
    least = [_longest(word for text in texts for word in text.split()) for texts in columns]
    actions = words.TRANSITIONS.index("Actions")
    least[actions] = max(least[actions], min(_ACTIONS, widths[actions]))
    while sum(widths) > room:
        spare = [width - low for width, low in zip(widths, least, strict=True)]
        largest = spare if any(spare) else widths
        widths[largest.index(max(largest))] -= 1
        least = [min(pair) for pair in zip(widths, least, strict=True)]
    return widths


def _longest(texts: Iterable[str]) -> int:
    """Columns of the terminal that the longest takes."""
    return max((width_of(visible(text)) for text in texts), default=1)


def receptions_text(matrix: ReceptionMatrix, look: Look) -> Iterator[Shown]:
    """The matrix, in as many pieces as the width needs; its signs; how each unspecified reception
    comes about.
    """
    yield _text(words.receptions_title(matrix), "bold")
    numbers = {id(cell): number for number, cell in enumerate(matrix.unspecified, start=1)}
    texts = [[_number(cell, numbers, look) for cell in row] for row in matrix.rows]
    for columns in _pieces(matrix, texts, look):
        yield _matrix(matrix, texts, columns, look)
    for note in words.notes(matrix):
        yield _text(f"{_sign(note.sign, look)}  {note.meaning}")
    yield from (_text(one, "dim") for one in words.scope(matrix))
    yield from _runs(matrix)


def _number(cell: Cell, numbers: dict[int, int], look: Look) -> str:
    number = f" {numbers[id(cell)]}" if cell.unspecified else ""
    return _sign(words.cell_text(cell), look) + number


def _sign(text: str, look: Look) -> str:
    """What a terminal without Unicode can show."""
    return text.replace(words.NOTHING, "-").replace("…", "...") if look.ascii else text


def _pieces(matrix: ReceptionMatrix, texts: list[list[str]], look: Look) -> Iterator[range]:
    """The columns of each piece: as many as fit beside the states."""
    states = _longest(["State", *(state.name for state in matrix.machine.states)]) + _AROUND
    first, used = 0, states
    for column, message in enumerate(matrix.messages):
        width = _longest([message, *(row[column] for row in texts)]) + _AROUND
        if column > first and used + width > look.width - 1:
            yield range(first, column)
            first, used = column, states
        used += width
    yield range(first, len(matrix.messages))


def _matrix(
    matrix: ReceptionMatrix, texts: list[list[str]], columns: Sequence[int], look: Look
) -> "Table":
    shown = _table(look)
    shown.add_column("State", no_wrap=True)
    for column in columns:
        shown.add_column(_text(matrix.messages[column]), overflow="fold")
    for state, cells, row in zip(matrix.machine.states, matrix.rows, texts, strict=True):
        styled = [_text(row[c], _STYLES.get(cells[c].meeting, "")) for c in columns]
        shown.add_row(_text(state.name), *styled)
    return shown


def _runs(matrix: ReceptionMatrix) -> Iterator[Shown]:
    for number, reception in words.numbered(matrix.unspecified):
        yield _text(f"{number}  {words.run_title(reception)}")
        run = reception.run
        steps = "; ".join(describe(run.system, one.step) for one in run.steps)
        if steps:
            yield _below(steps)


def _table(look: Look, *, boxed: bool = True) -> "Table":
    from rich import box
    from rich.table import Table

    if boxed:
        return Table(box=box.ASCII2 if look.ascii else box.ROUNDED, header_style="bold")
    lines = box.ASCII2 if look.ascii else box.HORIZONTALS
    return Table(box=lines, header_style="bold", padding=(0, 1, 0, 0), show_edge=False)


def _lines(texts: Iterable[str]) -> "Text":
    return _text("\n").join(map(_text, texts))


def _text(text: str, style: str = "") -> "Text":
    from rich.text import Text

    return Text(text if text == "\n" else visible(text), style)


def _below(text: str) -> "Padding":
    """Indented, and dim."""
    from rich.padding import Padding

    return Padding(_text(text, "dim"), (0, 0, 0, 4))
