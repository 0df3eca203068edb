"""``tcpspec export``: a system in another checker's language, a machine for other tools."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tcpspec.cli import options
from tcpspec.cli.specifications import chosen_machine, chosen_system, load
from tcpspec.cli.terminal import complain, deliver, fail, pass_on
from tcpspec.escape import visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tcpspec.cli.options import Constants
    from tcpspec.export.exported import Export
    from tcpspec.model.model import Specification


class Form(StrEnum):
    PROMELA = "promela"
    TLA = "tla"
    MERMAID = "mermaid"
    PLANTUML = "plantuml"
    GRAPHML = "graphml"
    JSON = "json"


@options.command(
    epilog="Example:  tcpspec export tcpspec:tcp.fsm --to tla --system Lossy -o Lossy.tla",
)
@options.spec
@click.option("--to", type=options.Choice(Form), required=True, help="The language.")
@click.option("--system", metavar="NAME", help="Promela, TLA+: which system, if there are several.")
@click.option(
    "--machine",
    metavar="NAME",
    help="Mermaid, PlantUML, GraphML: which machine, if there are several.",
)
@click.option(
    "--simple", is_flag=True, help="Mermaid, PlantUML: only what moves on, and what is sent."
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Where to write; for TLA+ its .cfg stands beside it. Without, standard output.",
)
@options.constants
def export(
    spec: str,
    to: Form,
    system: str | None,
    machine: str | None,
    simple: bool,
    output: Path | None,
    constants: Constants,
) -> None:
    """Write a system as a model for SPIN or TLC, or a machine for other tools."""
    if to is Form.TLA and output is not None and output.suffix != ".tla":
        fail(f"a module stands in a file of its name: `{visible(str(output))}` must end in .tla")
    _unused(to, system=system, machine=machine, simple=simple)
    specification = load(spec, constants)
    if to in (Form.PROMELA, Form.TLA):
        exported = _exported(specification, to, system, output)
        _hint(exported, to, output)
        _write(dict(exported.files), output)
    else:
        _write({"": _machine_text(specification, to, machine, simple)}, output)


_OPTIONS = {
    Form.PROMELA: {"system"},
    Form.TLA: {"system"},
    Form.MERMAID: {"machine", "simple"},
    Form.PLANTUML: {"machine", "simple"},
    Form.GRAPHML: {"machine"},
    Form.JSON: set[str](),
}


def _unused(to: Form, **options: object) -> None:
    """An option that would change nothing is a mistake."""
    for name, value in options.items():
        if value and name not in _OPTIONS[to]:
            fail(f"--{name} says nothing for --to {to}")


def _exported(
    specification: Specification, to: Form, name: str | None, output: Path | None
) -> Export:
    from tcpspec.export.exported import Refused
    from tcpspec.export.promela import export_promela
    from tcpspec.export.tla import export_tla

    system = chosen_system(specification, name)
    try:
        if to is Form.PROMELA:
            return export_promela(specification, system, output.name if output else None)
        return export_tla(specification, system, output.stem if output else None)
    except Refused as error:
        fail(f"{visible(system.name)} cannot be written in {_NAMES[to]}: {visible(str(error))}")


_NAMES = {Form.PROMELA: "Promela", Form.TLA: "TLA+"}


def _hint(exported: Export, to: Form, output: Path | None) -> None:
    """What the text does not have: checks that the language cannot ask, and the other file."""
    for left in exported.left_out:
        complain(f"warning: left out: {visible(left.check.name)}: {visible(left.reason)}")
    if len(exported.files) > 1 and output is None:
        others = ", ".join(list(exported.files)[1:])
        complain(f"note: with -o FILE, {visible(others)} is written beside it")


def _machine_text(specification: Specification, to: Form, name: str | None, simple: bool) -> str:
    from tcpspec.export.graphml import graphml
    from tcpspec.export.machine_json import json_text
    from tcpspec.export.mermaid import mermaid
    from tcpspec.export.plantuml import plantuml

    if to is Form.JSON:
        return json_text(specification)
    machine = chosen_machine(specification, name)
    if to is Form.GRAPHML:
        return graphml(machine)
    return (mermaid if to is Form.MERMAID else plantuml)(machine, simple=simple)


def _write(files: Mapping[str, str], output: Path | None) -> None:
    """The first text into the file that was named, others beside it with endings of their own."""
    (_, text), *others = files.items()
    if output is None:
        pass_on(text)
        return
    targets = [(output, text)]
    targets += [(output.with_suffix(Path(name).suffix), other) for name, other in others]
    for path, content in targets:
        deliver((content.rstrip("\n") + "\n").encode(), path)
