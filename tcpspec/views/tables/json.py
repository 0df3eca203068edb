"""Tables as JSON objects, for scripts: their form is fixed by a schema in the tests."""

from collections.abc import Sequence
from typing import Any

from tcpspec.model.model import Specification, Transition
from tcpspec.model.transition_table import Row, TransitionTable
from tcpspec.properties.receptions import Cell, ReceptionMatrix
from tcpspec.properties.verdict import UnspecifiedReception
from tcpspec.version import VERSION
from tcpspec.views.reports.json import reception_object

Object = dict[str, Any]


def transitions_object(specification: Specification, tables: Sequence[TransitionTable]) -> Object:
    """The transition tables of a specification's machines."""
    machines = [
        {
            "name": table.machine.name,
            "ordered": table.machine.ordered,
            "transitions": [_row(row) for row in table.rows],
        }
        for table in tables
    ]
    return _heading(specification) | {"machines": machines}


def _row(row: Row) -> Object:
    return {
        "states": list(row.transition.states),
        "kind": row.transition.kind,
        "events": list(row.transition.events),
        "event": row.event,
        "guard": row.guard or None,
        "actions": list(row.actions),
        "next_state": row.next_state,
        "label": row.label,
        "rank": row.transition.rank.name.lower(),
        "reference": row.reference,
    } | _place(row.transition)


def receptions_object(specification: Specification, matrices: Sequence[ReceptionMatrix]) -> Object:
    """The reception matrices of a specification's machines."""
    return _heading(specification) | {"machines": [_matrix(one) for one in matrices]}


def _matrix(matrix: ReceptionMatrix) -> Object:
    return {
        "name": matrix.machine.name,
        "states": [state.name for state in matrix.machine.states],
        "messages": list(matrix.messages),
        "left_out": list(matrix.left_out),
        "systems": [
            {
                "name": one.system,
                "complete": one.complete,
                "limited": one.limited,
                "rests_on": list(one.rests_on),
            }
            for one in matrix.systems
        ],
        "cells": [_cell(cell) for row in matrix.rows for cell in row],
    }


def _cell(cell: Cell) -> Object:
    return {
        "state": cell.state,
        "message": cell.message,
        "handling": list(cell.handling),
        "guarded": cell.guarded,
        "lines": [{"text": line.text} | _place(line) for line in cell.lines],
        "meeting": cell.meeting,
        "systems": list(cell.systems),
        "unspecified": [_unspecified(one) for one in cell.unspecified],
    }


def _unspecified(reception: UnspecifiedReception) -> Object:
    return {"system": reception.run.system.name} | reception_object(reception)


def _place(line: Transition) -> Object:
    return {"file": line.span.source.name, "line": line.span.line}


def _heading(specification: Specification) -> Object:
    return {"spec": specification.path, "protocol": specification.name, "version": VERSION}
