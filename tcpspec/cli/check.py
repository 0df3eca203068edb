"""``tcpspec check``: explore every system of a specification and answer its checks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tcpspec.cli import options
from tcpspec.cli.exits import FAILED, INTERRUPTED, OK, UNKNOWN, WRONG
from tcpspec.cli.options import Choice, Format
from tcpspec.cli.specifications import files
from tcpspec.cli.terminal import Progress, complain, fail, look, say, say_lines, shows_unicode
from tcpspec.diagnostics import SpecificationError, render
from tcpspec.escape import visible

if TYPE_CHECKING:
    from tcpspec.check import Result
    from tcpspec.cli.options import Constants
    from tcpspec.explore.engines import Engine
    from tcpspec.explore.limits import Limits


class _Engine(click.ParamType["Engine"]):
    """An engine's name; the engines are imported when one is chosen or all are listed."""

    name = "engine"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str | None:
        return self._choice.get_metavar(param, ctx)

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> Engine:
        return self._choice.convert(value, param, ctx)

    @property
    def _choice(self) -> Choice[Engine]:
        from tcpspec.explore.engines import Engine

        return Choice(Engine)


@click.command(epilog="Example:  tcpspec check tcpspec:tcp.fsm --system Lossy --max-states 100000")
@click.argument(
    "specs",
    metavar="SPEC...",
    nargs=-1,
    required=True,
    help="Files, folders, or tcpspec:NAME for the library.",
)
@options.systems
@options.constants
@click.option(
    "--engine",
    type=_Engine(),
    default="auto",
    show_default=True,
    help="How states are found.",
)
@options.threads
@options.max_states
@options.max_memory
@options.timeout
@options.format_
@click.option(
    "--figures",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Also draw each machine and each run, as SVG.",
)
def check(
    specs: tuple[str, ...],
    systems: tuple[str, ...],
    constants: Constants,
    engine: Engine,
    threads: int | None,
    max_states: int | None,
    max_memory: int | None,
    timeout: float | None,
    format_: Format,
    figures: Path | None,
) -> int:
    """Explore every system of a specification and answer its checks."""
    from tcpspec.explore.limits import Limits

    limits = Limits(max_states, max_memory, timeout)
    names = files(specs)
    outcomes: list[tuple[str, Result | tuple[Any, ...]]] = []
    for name in names:
        outcome = _check_one(name, systems, dict(constants), limits, engine, threads)
        outcomes.append((name, outcome))
        if format_ is Format.TEXT:
            _show(outcome, separate=len(names) > 1)
    _close(outcomes, format_, several=len(specs) > 1 or names != list(specs))
    if figures is not None:
        _figures([one for _, one in outcomes if not isinstance(one, tuple)], figures)
    return _status([outcome for _, outcome in outcomes])


def _check_one(
    name: str, systems: tuple[str, ...], constants: dict[str, Any], limits: Limits,
    engine: Engine, threads: int | None,
) -> Result | tuple[Any, ...]:  # fmt: skip
    """The result, or the diagnostics of a specification that cannot be checked."""
    from tcpspec.check import check as check_specification
    from tcpspec.check import load

    progress = Progress()
    try:
        specification = load(name, constants)
        return check_specification(
            specification, systems, limits, progress.observer, engine, threads
        )
    except SpecificationError as error:
        return error.diagnostics
    finally:
        progress.close()


def _show(outcome: Result | tuple[Any, ...], *, separate: bool) -> None:
    if isinstance(outcome, tuple):
        for diagnostic in outcome:
            complain(render(diagnostic))
        return
    from tcpspec.views.report import report

    for warning in outcome.warnings:
        complain(render(warning))
    say_lines(report(outcome, look()))
    if separate:
        say()


def _close(
    outcomes: list[tuple[str, Result | tuple[Any, ...]]], format_: Format, *, several: bool
) -> None:
    """What comes last: the table of several specifications, or the JSON object."""
    if format_ is Format.JSON:
        say(_json(outcomes, several=several))
    elif several:
        from tcpspec.views.report import table

        say_lines(table((name, None if isinstance(one, tuple) else one) for name, one in outcomes))


def _json(outcomes: list[tuple[str, Result | tuple[Any, ...]]], *, several: bool) -> str:
    import json

    from tcpspec.views.json import errors_object, result_object

    objects = [
        errors_object(name, one) if isinstance(one, tuple) else result_object(one)
        for name, one in outcomes
    ]
    whole = {"specs": objects, "ok": all(one["ok"] for one in objects)} if several else objects[0]
    return json.dumps(whole, indent=2, ensure_ascii=not shows_unicode())


def _status(outcomes: list[Result | tuple[Any, ...]]) -> int:
    results = [one for one in outcomes if not isinstance(one, tuple)]
    if any(result.interrupted for result in results):
        return INTERRUPTED
    if len(results) < len(outcomes):
        return WRONG
    if any(result.failed for result in results):
        return FAILED
    return UNKNOWN if any(result.unknown for result in results) else OK


def _figures(results: list[Result], folder: Path) -> None:
    """Draw all pictures; one that cannot be drawn is told, and does not keep back the others."""
    from tcpspec.views.draw import figures
    from tcpspec.views.render import RenderingError
    from tcpspec.views.render import render as render_picture

    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, picture in figures(results):
            try:
                data = render_picture(picture)
            except RenderingError as error:
                complain(f"warning: {name} is not drawn: {error}")
                continue
            (folder / name).write_bytes(data)
    except OSError as error:
        fail(f"cannot write to `{visible(str(folder))}`: {error.strerror}")
