"""Tables in documents, made of docutils' own tables, so that every builder can show them."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, TypeAlias

from docutils import nodes
from docutils.parsers.rst import directives

from tcpspec.escape import visible
from tcpspec.model.transition_table import Row, TransitionTable, transition_table
from tcpspec.properties.receptions import Cell, ReceptionMatrix, reception_matrix
from tcpspec.sphinx.specifications import OPTIONS, SpecificationDirective
from tcpspec.views.runs.ladder import ladder
from tcpspec.views.tables import words

Inside: TypeAlias = Sequence[nodes.Node]
"""What stands in a cell."""

MAX_WIDTH = 40
"""Characters of a column, beyond which its texts are broken where lines have a width."""

LADDER_WIDTH = 90
"""Columns of a run below a matrix."""


class TableDirective(SpecificationDirective):
    """A table of a machine."""

    option_spec: ClassVar[dict[str, Any]] = {
        **OPTIONS,
        "machine": directives.unchanged_required, "class": directives.class_option,
        "name": directives.unchanged,
    }  # fmt: skip

    def table(
        self, title: str, head: Sequence[Inside], rows: Iterable[Sequence[Inside]]
    ) -> nodes.table:
        """A table with a title, to which `:name:` gives a target."""
        body = list(rows)
        group = nodes.tgroup(cols=len(head))
        group += [
            nodes.colspec(colwidth=_width(column)) for column in zip(head, *body, strict=True)
        ]
        group += nodes.thead("", _row(head))
        group += nodes.tbody("", *(_row(row) for row in body))
        table = nodes.table("", nodes.title("", visible(title)), group)
        table["classes"] += ["tcpspec", *self.options.get("class", [])]
        self.set_source_info(table)
        self.add_name(table)
        return table


class TransitionsDirective(TableDirective):
    """``.. tcpspec:transitions:: FILE``: every line of a machine."""

    def show(self) -> list[nodes.Node]:
        table = transition_table(self.machine())
        head = [_text(name) for name in words.TRANSITIONS]
        rows = [_transition(table, row) for row in table.rows]
        made = self.table(words.transitions_title(table, folder=False), head, rows)
        return [made, *(nodes.paragraph("", note) for note in words.transitions_notes(table))]


def _transition(table: TransitionTable, row: Row) -> list[Inside]:
    next_state = _code(row.next_state) if row.next_state else _text(words.STAYS)
    return [
        _code(row.states), _code(words.event(row)), _code(row.guard), _lines(row.actions),
        next_state, _text(row.reference or ""), _text(words.line_of(table, row)),
    ]  # fmt: skip


class ReceptionsDirective(TableDirective):
    """``.. tcpspec:receptions:: FILE``: what a machine does in each state with each message, and
    the runs to those that no line is for.
    """

    option_spec: ClassVar[dict[str, Any]] = {
        **TableDirective.option_spec, "system": directives.unchanged_required,
    }  # fmt: skip

    def show(self) -> list[nodes.Node]:
        machine = self.machine()
        matrix = reception_matrix(machine, self.spaces(self.options.get("system")))
        numbers = {id(cell): number for number, cell in enumerate(matrix.unspecified, 1)}
        head = [_text("State"), *(_code(name) for name in matrix.messages)]
        rows = [_receptions(cells, numbers) for cells in matrix.rows]
        table = self.table(words.receptions_title(matrix), head, rows)
        return [table, *_legend(matrix), *_runs(matrix)]


def _receptions(cells: Sequence[Cell], numbers: dict[int, int]) -> list[Inside]:
    inside = [
        _text(f"{words.cell_text(cell)} {numbers.get(id(cell), '')}".rstrip()) for cell in cells
    ]
    return [_code(cells[0].state), *inside] if cells else []


def _legend(matrix: ReceptionMatrix) -> list[nodes.Node]:
    """What the signs mean, and which systems it is about."""
    items = [
        nodes.definition_list_item(
            "", nodes.term("", note.sign), nodes.definition("", nodes.paragraph("", note.meaning))
        )
        for note in words.notes(matrix)
    ]
    said = [nodes.paragraph("", text) for text in words.scope(matrix)]
    return [nodes.definition_list("", *items), *said] if items else [*said]


def _runs(matrix: ReceptionMatrix) -> Iterable[nodes.Node]:
    """The shortest run to each reception that no line is for, as a ladder."""
    for number, reception in words.numbered(matrix.unspecified):
        yield nodes.paragraph("", f"{number}. {words.run_title(reception)}")
        text = "\n".join(ladder(reception.run, width=LADDER_WIDTH))
        yield nodes.literal_block(text, text, language="none")


def _width(column: Iterable[Inside]) -> int:
    """That of the longest line, within reason, and two more for the quotes that code may get."""
    lines = (line for inside in column for node in inside for line in node.astext().split("\n"))
    return min(max(map(len, lines), default=0), MAX_WIDTH) + 2


def _row(cells: Iterable[Inside]) -> nodes.row:
    return nodes.row("", *(nodes.entry("", *inside) for inside in cells))


def _text(text: str) -> Inside:
    return [nodes.paragraph("", visible(text))] if text else []


def _code(text: str) -> Inside:
    return _lines([text] if text else [])


def _lines(texts: Sequence[str]) -> Inside:
    """One below the other."""
    codes = [nodes.literal(text, text) for text in map(visible, texts)]
    if len(codes) < 2:
        return [nodes.paragraph("", "", code) for code in codes]
    return [nodes.line_block("", *(nodes.line("", "", code) for code in codes))]
