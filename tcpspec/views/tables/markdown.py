"""Tables in Markdown, as GitHub and GitLab read them (GitHub Flavored Markdown, section 4.10).

What comes from a specification stands in code spans, or goes through ``markdown_text``.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from tcpspec.escape import markdown_code, markdown_text, visible
from tcpspec.model.transition_table import Row, TransitionTable
from tcpspec.properties.receptions import Cell, ReceptionMatrix
from tcpspec.views.runs.ladder import ladder
from tcpspec.views.tables import words

Link: TypeAlias = Callable[[Cell], str]
"""Where the run of an unspecified reception stands, as a URL."""


def transitions_markdown(table: TransitionTable) -> str:
    """A table with one row for each line."""
    rows = [_cells(table, row) for row in table.rows]
    notes = [f"\n{markdown_text(note)}" for note in words.transitions_notes(table)]
    title = f"**{markdown_text(words.transitions_title(table))}**\n"
    return "\n".join([title, *_table(words.TRANSITIONS, rows), *notes]) + "\n"


def _cells(table: TransitionTable, row: Row) -> list[str]:
    return [
        _code(row.states),
        _code(words.event(row)),
        _code(row.guard),
        "<br>".join(map(_code, row.actions)),
        _code(row.next_state) if row.next_state else words.STAYS,
        markdown_text(row.reference or "", begins=False),
        markdown_text(words.line_of(table, row), begins=False),
    ]


def receptions_markdown(
    matrix: ReceptionMatrix, *, prefix: str = "", link: Link | None = None
) -> str:
    """The matrix, what its signs mean, and the runs to its unspecified receptions.

    With ``link``, the runs stand elsewhere, and cells lead there.
    """
    numbers = {id(cell): number for number, cell in enumerate(matrix.unspecified, start=1)}

    def inside(cell: Cell) -> str:
        text = words.cell_text(cell).replace(words.GUARDED, f"\\{words.GUARDED}")
        if not cell.unspecified:
            return text
        number = numbers[id(cell)]
        target = link(cell) if link else f"#{prefix}run-{number}"
        return f"[**{text} {number}**](<{target}>)"

    rows = [[_code(row[0].state), *map(inside, row)] for row in matrix.rows if row]
    table = _table(("State", *map(_code, matrix.messages)), rows)
    title = f"**{markdown_text(words.receptions_title(matrix))}**\n"
    runs = [] if link else _runs(matrix, prefix)
    return "\n".join([title, *table, "", *_legend(matrix), *runs]) + "\n"


def _legend(matrix: ReceptionMatrix) -> Iterator[str]:
    for note in words.notes(matrix):
        yield f"- {markdown_text(note.sign)}: {markdown_text(note.meaning)}"
    yield from (f"- {markdown_text(one)}" for one in words.scope(matrix))


def _runs(matrix: ReceptionMatrix, prefix: str) -> Iterator[str]:
    """Each under an anchor; indented code, in which nothing has a meaning."""
    for number, reception in words.numbered(matrix.unspecified):
        yield f'\n<a id="{prefix}run-{number}"></a>'
        yield f"**{number}.** {markdown_text(words.run_title(reception))}\n"
        yield from (f"    {visible(line)}" for line in ladder(reception.run, width=90))


def _table(head: Iterable[str], rows: Iterable[list[str]]) -> Iterator[str]:
    names = list(head)
    yield f"| {' | '.join(names)} |"
    yield f"|{' --- |' * len(names)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)


def _code(text: str) -> str:
    return markdown_code(text) if text else ""
