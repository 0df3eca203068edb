"""``tcpspec check``: explore every system of a specification and answer its checks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import click

from tcpspec.cli import options
from tcpspec.cli.exits import INTERRUPTED, WRONG, status
from tcpspec.cli.options import Choice, Format
from tcpspec.cli.specifications import specifications, with_only
from tcpspec.cli.terminal import (
    Progress,
    complain,
    fail,
    give_up,
    look,
    say,
    say_lines,
    shows_unicode,
    spare,
)
from tcpspec.diagnostics import SpecificationError, render
from tcpspec.escape import visible

if TYPE_CHECKING:
    from tcpspec.check import Result
    from tcpspec.cli.options import Constants
    from tcpspec.diagnostics import Diagnostic
    from tcpspec.explore.engines import Engine
    from tcpspec.explore.limits import Limits


Outcome: TypeAlias = "Result | tuple[Diagnostic, ...]"
"""The result, or what is wrong with a specification that cannot be checked."""


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


@options.command(
    epilog="Example:  tcpspec check tcpspec:tcp.fsm --system Lossy --max-states 100000",
)
@click.argument(
    "specs",
    metavar="SPEC...",
    nargs=-1,
    required=True,
    help="Files, folders, tcpspec:NAME for the library, or - for standard input.",
)
@options.systems
@click.option(
    "--check", "asked", metavar="NAME", multiple=True, help="Only this check, or scenario."
)
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
    "--against",
    metavar="BASE",
    help="Also say which verdicts and transitions are others than in this specification.",
)
@click.option(
    "--verbose",
    "-v",
    is_flag=True,
    help="Of several specifications, report also on those with nothing remarkable in the answers.",
)
@click.option(
    "--figures",
    metavar="DIR",
    type=options.Folder(),
    help="Also draw each machine and each run, as SVG, with a page that shows them.",
)
def check(
    specs: tuple[str, ...],
    systems: tuple[str, ...],
    asked: tuple[str, ...],
    constants: Constants,
    engine: Engine,
    threads: int | None,
    max_states: int | None,
    max_memory: int | None,
    timeout: float | None,
    format_: Format,
    against: str | None,
    verbose: bool,
    figures: Path | None,
) -> int:
    """Explore every system of a specification and answer its checks."""
    from tcpspec.explore.limits import Limits

    limits = Limits(max_states, max_memory, timeout)
    names = specifications(specs)
    several = len(specs) > 1 or names != list(specs)
    if against is not None and several:
        raise click.UsageError("--against compares one specification with another.")
    if asked and (several or against is not None):
        raise click.UsageError("--check asks of one specification alone.")

    if figures is not None:
        from tcpspec.views.figures import INDEX, MARK

        spare(figures / INDEX, MARK)

    def answer(name: str) -> Outcome:
        return _check_one(name, systems, asked, dict(constants), limits, engine, threads)

    base = answer(against) if against is not None else None
    if isinstance(base, tuple):
        give_up(SpecificationError(base))
    outcomes: list[tuple[str, Outcome]] = []
    for name in names:
        outcomes.append((name, answer(name)))
        if format_ is Format.TEXT and (verbose or not several or _remarkable(outcomes[-1][1])):
            _show(outcomes[-1][1], base, separate=several)
    _close(outcomes, base, format_, several=several)
    if figures is not None:
        _figures([one for _, one in outcomes if not isinstance(one, tuple)], figures)
    return _status([outcome for _, outcome in outcomes], base)


def _check_one(
    name: str, systems: tuple[str, ...], asked: tuple[str, ...], constants: dict[str, Any],
    limits: Limits, engine: Engine, threads: int | None,
) -> Outcome:  # fmt: skip
    from tcpspec.check import check as check_specification
    from tcpspec.check import load

    progress = Progress()
    try:
        specification = load(name, constants)
        if asked:
            specification, systems = with_only(specification, asked, systems)
        return check_specification(
            specification, systems, limits, progress.observer, engine, threads
        )
    except SpecificationError as error:
        return error.diagnostics
    finally:
        progress.close()


def _remarkable(outcome: Outcome) -> bool:
    """Whether the table of several specifications does not say all about this one."""
    return isinstance(outcome, tuple) or not outcome.unremarkable


def _show(outcome: Outcome, base: Result | None, *, separate: bool) -> None:
    if isinstance(outcome, tuple):
        for diagnostic in outcome:
            complain(render(diagnostic))
        return
    from tcpspec.views.reports.report import report

    for warning in outcome.warnings:
        complain(render(warning))
    say_lines(report(outcome, look()))
    if base is not None:
        from tcpspec.difference import difference
        from tcpspec.views.reports.difference_report import difference_report

        say()
        say_lines(difference_report(difference(base, outcome)))
    if separate:
        say()


def _close(
    outcomes: list[tuple[str, Outcome]], base: Result | None, format_: Format, *, several: bool
) -> None:
    """What comes last: the table of several specifications, or the JSON object."""
    if format_ is Format.JSON:
        say(_json(outcomes, base, several=several))
    elif several:
        from tcpspec.views.reports.report import table

        say_lines(table((name, None if isinstance(one, tuple) else one) for name, one in outcomes))


def _json(outcomes: list[tuple[str, Outcome]], base: Result | None, *, several: bool) -> str:
    import json

    objects = [_object(name, outcome, base) for name, outcome in outcomes]
    whole = {"specs": objects, "ok": all(one["ok"] for one in objects)} if several else objects[0]
    return json.dumps(whole, indent=2, ensure_ascii=not shows_unicode())


def _object(name: str, outcome: Outcome, base: Result | None) -> dict[str, Any]:
    from tcpspec.views.reports.json import errors_object, result_object

    if isinstance(outcome, tuple):
        return errors_object(name, outcome)
    if base is None:
        return result_object(outcome)
    from tcpspec.difference import difference
    from tcpspec.views.reports.difference_report import difference_object

    return result_object(outcome) | {"against": difference_object(difference(base, outcome))}


def _status(outcomes: list[Outcome], base: Result | None) -> int:
    """Of a base it only counts whether it was checked to its end."""
    results = [one for one in outcomes if not isinstance(one, tuple)]
    found = INTERRUPTED if base is not None and base.interrupted else status(results)
    return WRONG if len(results) < len(outcomes) and found != INTERRUPTED else found


def _figures(results: list[Result], folder: Path) -> None:
    """Draw all pictures; one that cannot be drawn is told, and does not keep back the others."""
    from tcpspec.views.figures import INDEX, figures, index
    from tcpspec.views.render import RenderingError
    from tcpspec.views.render import render as render_picture

    try:
        folder.mkdir(parents=True, exist_ok=True)
        drawn = []
        for figure in figures(results):
            try:
                data = render_picture(figure.picture)
            except RenderingError as error:
                complain(f"warning: {figure.file} is not drawn: {error}")
                continue
            (folder / figure.file).write_bytes(data)
            drawn.append(figure)
        page = index(drawn, folder)
        (folder / INDEX).write_text(page, encoding="utf-8", newline="\n")
    except OSError as error:
        fail(f"cannot write to `{visible(str(folder))}`: {error.strerror}")
