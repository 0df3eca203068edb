"""``tcpspec table``: a machine's transitions, and what it does with each message in each state."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tcpspec.cli import options
from tcpspec.cli.exits import INTERRUPTED, OK, UNKNOWN
from tcpspec.cli.exploring import explored
from tcpspec.cli.specifications import chosen_machine, load
from tcpspec.cli.terminal import (
    colours,
    deliver,
    fail,
    look,
    pass_on,
    say,
)
from tcpspec.escape import json_document, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tcpspec.cli.options import Constants
    from tcpspec.model.model import Machine, Specification
    from tcpspec.model.transition_table import TransitionTable
    from tcpspec.properties.receptions import ReceptionMatrix
    from tcpspec.views.reports.report import Look


class Form(StrEnum):
    TEXT = "text"
    MARKDOWN = "md"
    HTML = "html"
    JSON = "json"


_ENDINGS = {".txt": Form.TEXT, ".md": Form.MARKDOWN, ".html": Form.HTML, ".json": Form.JSON}

_machine = click.option(
    "--machine", metavar="NAME", help="Only this machine; default: each that a system uses."
)
_form = click.option(
    "--format", "form", type=options.Choice(Form),
    help="Default: what the file's ending says, .txt .md .html .json, or else text.",
)  # fmt: skip
_output = click.option(
    "-o", "--output", metavar="FILE", type=click.Path(path_type=Path),
    help="Where to write; without, standard output.",
)  # fmt: skip


@click.group(
    cls=options.Group, epilog="Example:  tcpspec table receptions tcpspec:figure5.fsm"
)  # fmt: skip
def table() -> None:
    """Write a machine as a table."""


@table.command(epilog="Example:  tcpspec table transitions tcpspec:figure5.fsm --format md")
@options.spec
@_machine
@_form
@_output
@options.constants
def transitions(
    spec: str, machine: str | None, form: Form | None, output: Path | None, constants: Constants
) -> None:
    """Write each line of a machine: state, event, guard, actions, next state, source."""
    from tcpspec.model.transition_table import transition_table

    chosen, specification = _chosen_form(form, output), load(spec, constants)
    tables = [transition_table(one) for one in _machines(specification, machine)]
    _deliver(chosen, output, _transitions(specification, tables, chosen, output))


@table.command(epilog="Example:  tcpspec table receptions tcpspec:tcp.fsm --system Lossy")
@options.spec
@_machine
@options.systems
@_form
@_output
@options.constants
@options.max_states
@options.max_memory
@options.timeout
def receptions(
    spec: str,
    machine: str | None,
    systems: tuple[str, ...],
    form: Form | None,
    output: Path | None,
    constants: Constants,
    max_states: int | None,
    max_memory: int | None,
    timeout: float | None,
) -> int:
    """Write what a machine does with each message in each state, and what comes of it."""
    from tcpspec.explore.limits import Limits
    from tcpspec.properties.receptions import reception_matrix

    chosen, specification = _chosen_form(form, output), load(spec, constants)
    machines = _machines(specification, machine)
    result = explored(specification, systems, Limits(max_states, max_memory, timeout))
    spaces = [one.space for one in result.systems]
    matrices = [reception_matrix(one, spaces) for one in machines]
    if machine is None and systems:
        matrices = [one for one in matrices if one.systems]
    _deliver(chosen, output, _receptions(specification, matrices, chosen, output))
    if result.interrupted:
        return INTERRUPTED
    return UNKNOWN if any(space.limit for space in spaces) else OK


def _machines(specification: Specification, name: str | None) -> Sequence[Machine]:
    """The machine of this name, or all that systems use."""
    if name is None and specification.machines:
        return specification.machines_in_use
    return [chosen_machine(specification, name)]


# --- forms --------------------------------------------------------------------------------------


def _chosen_form(form: Form | None, output: Path | None) -> Form:
    """What is asked for, or what the ending of the file says."""
    if form is not None or output is None:
        return form or Form.TEXT
    ending = output.suffix.lower()
    if ending not in _ENDINGS:
        fail(f"`{visible(str(output))}` must end in one of: {', '.join(_ENDINGS)}; or add --format")
    return _ENDINGS[ending]


def _deliver(form: Form, output: Path | None, text: str) -> None:
    """Into the file; on a terminal, what is for people is shown as the terminal can show it."""
    if output is not None:
        deliver(text.encode(), output)
    elif form is Form.TEXT:
        say(text)
    else:
        pass_on(text)


def _transitions(
    specification: Specification, tables: list[TransitionTable], form: Form, output: Path | None
) -> str:
    match form:
        case Form.JSON:
            from tcpspec.views.tables.json import transitions_object

            return json_document(transitions_object(specification, tables))
        case Form.HTML:
            from tcpspec.views.tables.html import page, transitions_html

            return page(specification, map(transitions_html, tables))
        case Form.MARKDOWN:
            from tcpspec.views.tables.markdown import transitions_markdown

            return "\n".join(map(transitions_markdown, tables))
    from tcpspec.views.tables.terminal import as_text, transitions_text

    how = _look(output)
    colour = output is None and colours()
    return "\n\n".join(as_text(transitions_text(one, how), how, colour=colour) for one in tables)


def _receptions(
    specification: Specification, matrices: list[ReceptionMatrix], form: Form, output: Path | None
) -> str:
    prefixes = [f"machine-{number}-" for number in range(1, len(matrices) + 1)]
    match form:
        case Form.JSON:
            from tcpspec.views.tables.json import receptions_object

            return json_document(receptions_object(specification, matrices))
        case Form.HTML:
            from tcpspec.views.tables.html import page, receptions_html

            pairs = zip(matrices, prefixes, strict=True)
            return page(specification, (receptions_html(one, prefix=p) for one, p in pairs))
        case Form.MARKDOWN:
            from tcpspec.views.tables.markdown import receptions_markdown

            pairs = zip(matrices, prefixes, strict=True)
            return "\n".join(receptions_markdown(one, prefix=p) for one, p in pairs)
    from tcpspec.views.tables.terminal import as_text, receptions_text

    how = _look(output)
    colour = output is None and colours()
    return "\n\n".join(as_text(receptions_text(one, how), how, colour=colour) for one in matrices)


def _look(output: Path | None) -> Look:
    """A file is as wide everywhere, and in UTF-8."""
    from tcpspec.views.reports.report import Look

    found: Look = Look() if output is not None else look()
    return found
