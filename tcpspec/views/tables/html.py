"""Tables as fragments of HTML: elements with classes, for pages that have their own style.

All that comes from a specification goes through ``html_text``. Ids are numbers behind a prefix,
so that several tables may stand on one page.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import TypeAlias

from tcpspec.escape import html_text
from tcpspec.model.model import Specification
from tcpspec.model.transition_table import Row, TransitionTable
from tcpspec.properties.receptions import Cell, ReceptionMatrix
from tcpspec.views.runs.ladder import ladder
from tcpspec.views.tables import words

Link: TypeAlias = Callable[[Cell], str]
"""Where the run of an unspecified reception stands, as a URL."""


def transitions_html(table: TransitionTable) -> str:
    """A table with one row for each line; a state that several lines in a row share stands once."""
    head = _row(f'<th scope="col">{name}</th>' for name in words.TRANSITIONS)
    groups = groupby(table.rows, key=lambda row: row.states)
    bodies = [_body(table, list(rows)) for _, rows in groups]
    notes = "".join(map(_note, words.transitions_notes(table)))
    return (
        f'<table class="transitions"><caption>{html_text(words.transitions_title(table))}</caption>'
        f"\n<thead>{head}</thead>\n{''.join(bodies)}</table>\n{notes}"
    )


def _body(table: TransitionTable, rows: list[Row]) -> str:
    first = f'<th scope="rowgroup" rowspan="{len(rows)}">{_code(rows[0].states)}</th>'
    lines = [_row(_parts(table, row, first if row is rows[0] else "")) for row in rows]
    return f"<tbody>{''.join(lines)}</tbody>\n"


def _parts(table: TransitionTable, row: Row, first: str) -> Iterator[str]:
    yield first
    yield _cell(_code(words.event(row)))
    yield _cell(_code(row.guard))
    yield _cell("<br/>".join(map(_code, row.actions)))
    yield _cell(_code(row.next_state) if row.next_state else words.STAYS)
    yield _cell(html_text(row.reference or ""))
    yield _cell(html_text(words.line_of(table, row)))


def receptions_html(matrix: ReceptionMatrix, *, prefix: str = "", link: Link | None = None) -> str:
    """The matrix, what its signs mean, and the runs to its unspecified receptions.

    With ``link``, the runs stand elsewhere, and cells lead there.
    """
    numbers = {id(cell): number for number, cell in enumerate(matrix.unspecified, start=1)}

    def inside(cell: Cell) -> str:
        text = html_text(words.cell_text(cell))
        if not cell.unspecified:
            return text
        number = numbers[id(cell)]
        target = link(cell) if link else f"#{prefix}run-{number}"
        return f'<a href="{html_text(target)}">{text}&#160;{number}</a>'

    head = _row(f'<th scope="col">{_code(name)}</th>' for name in matrix.messages)
    head = head.replace("<tr>", '<tr><th scope="col">State</th>', 1)
    rows = [_matrix_row(cells, inside) for cells in matrix.rows]
    runs = "" if link else "".join(_runs(matrix, prefix))
    return (
        f'<table class="receptions"><caption>{html_text(words.receptions_title(matrix))}</caption>'
        f"\n<thead>{head}</thead>\n<tbody>{''.join(rows)}</tbody></table>\n{_legend(matrix)}{runs}"
    )


def _matrix_row(cells: tuple[Cell, ...], inside: Callable[[Cell], str]) -> str:
    state = f'<th scope="row">{_code(cells[0].state)}</th>' if cells else ""
    return _row([state, *(f"<td{_attributes(cell)}>{inside(cell)}</td>" for cell in cells)])


def _attributes(cell: Cell) -> str:
    """What the cell is, for styles; its lines, for those who point at it."""
    classes = [*cell.handling, cell.meeting.name.lower()] + ["guarded"] * cell.guarded
    title = "\n".join(html_text(line.text) for line in cell.lines)
    return f' class="{" ".join(classes)}"' + (f' title="{title}"' if title else "")


def _legend(matrix: ReceptionMatrix) -> str:
    signs = [
        f"<dt>{html_text(note.sign)}</dt><dd>{html_text(note.meaning)}</dd>"
        for note in words.notes(matrix)
    ]
    legend = f'<dl class="legend">{"".join(signs)}</dl>\n' if signs else ""
    return legend + "".join(map(_note, words.scope(matrix)))


def _runs(matrix: ReceptionMatrix, prefix: str) -> Iterator[str]:
    for number, reception in words.numbered(matrix.unspecified):
        title = html_text(f"{number}. {words.run_title(reception)}")
        lines = "\n".join(html_text(line) for line in ladder(reception.run, width=90))
        yield (
            f'<figure class="run" id="{html_text(prefix)}run-{number}">'
            f"<figcaption>{title}</figcaption>\n<pre>{lines}</pre></figure>\n"
        )


def _note(text: str) -> str:
    return f'<p class="note">{html_text(text)}</p>\n'


def _row(cells: Iterable[str]) -> str:
    return f"<tr>{''.join(cells)}</tr>\n"


def _cell(inner: str) -> str:
    return f"<td>{inner}</td>"


def _code(text: str) -> str:
    return f"<code>{html_text(text)}</code>" if text else ""


_STYLE = """
:root { color-scheme: light dark; font-family: system-ui, sans-serif; line-height: 1.4 }
body { max-width: 75rem; margin: 2rem auto; padding: 0 1rem }
.wide { overflow-x: auto }
table { border-collapse: collapse; margin: 1rem 0 }
caption { text-align: left; font-weight: bold; padding: .3rem 0 }
th, td { border: 1px solid #8888; padding: .2rem .5rem; text-align: left; vertical-align: top }
.never, .bounded, .note { color: GrayText }
.unspecified { background: #d003; font-weight: bold }
.unknown, .failing { background: #fb04 }
dl.legend { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem }
dd { margin: 0 }
pre { overflow-x: auto; line-height: 1.2 }
"""


def page(specification: Specification, fragments: Iterable[str]) -> str:
    """Tables as one page of their own, which needs nothing else."""
    title = html_text(specification.title or specification.name)
    inner = "".join(f'<div class="wide">\n{one}</div>\n' for one in fragments)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<h1>{title}</h1>\n{inner}</body>\n</html>\n"
    )
