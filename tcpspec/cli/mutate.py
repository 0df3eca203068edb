"""``tcpspec mutate``: which wrong lines do the checks and scenarios catch?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from tcpspec.cli import options
from tcpspec.cli.exits import FAILED, INTERRUPTED, OK, UNKNOWN
from tcpspec.cli.options import Format
from tcpspec.cli.specifications import load
from tcpspec.cli.terminal import (
    Status,
    complain,
    fail,
    give_up,
    look,
    say,
    say_lines,
    shows_unicode,
)
from tcpspec.diagnostics import SpecificationError
from tcpspec.escape import visible

if TYPE_CHECKING:
    from tcpspec.cli.options import Constants
    from tcpspec.mutation.result import Explanations, Mutation


@options.command(epilog="Example:  tcpspec mutate tcpspec:abp.fsm --system Line --quick")
@options.spec
@options.systems
@options.constants
@click.option("--all", "everything", is_flag=True, help="List each mutant, and what catches it.")
@click.option(
    "--quick", is_flag=True,
    help="Stop a mutant at the first system that catches it: which others would is not told.",
)  # fmt: skip
@click.option(
    "--jobs", metavar="N", type=click.IntRange(min=1, max=256),
    help="Processes; default: one for each processor.",
)  # fmt: skip
@click.option(
    "--max-states", metavar="N", type=click.IntRange(min=1),
    help="Stop a mutant's search of a system at N states; default: ten times as many as the "
    "system has, and at least 20,000.",
)  # fmt: skip
@options.timeout
@options.format_
def mutate(
    spec: str,
    systems: tuple[str, ...],
    constants: Constants,
    everything: bool,
    quick: bool,
    jobs: int | None,
    max_states: int | None,
    timeout: float | None,
    format_: Format,
) -> int:
    """Make one line wrong at a time, and see whether a check or scenario comes out otherwise.

    Each line is removed, led to each other state, its guard negated and dropped, each of its
    actions dropped. A mutant is caught if a verdict changes. It is equivalent if it is proved to do
    the same. It may be explained in NAME.expected.json beside the specification, under "survivors",
    by its name. What else survives shows that a check is missing. Under "idle" may be explained why
    a check catches no mutant, by "SYSTEM: its name".

    The exit status is 0 if nothing survives, 1 if something does, 3 if a limit kept some mutants
    from being judged, and nothing survives.
    """
    from tcpspec.mutation.mutate import mutate as judge

    specification = load(spec, constants)
    status = Status()

    def observe(done: int, count: int) -> None:
        status.show(f"{visible(specification.name)}: {done:,} of {count:,} mutants")

    try:
        mutation = judge(
            specification, systems, max_states=max_states, timeout=timeout, jobs=jobs, quick=quick,
            explained=_explained(spec), observer=observe,
        )  # fmt: skip
    except SpecificationError as error:
        give_up(error)
    finally:
        status.close()
    _show(mutation, format_, everything=everything)
    return _status(mutation)


def _explained(spec: str) -> Explanations:
    """What the expected results beside a specification explain."""
    from tcpspec.language.load import expected_results
    from tcpspec.mutation.result import Explanations

    path = expected_results(spec)
    if not path.is_file():
        return Explanations()
    try:
        results = json.loads(path.read_text("utf-8"))
        survivors, idle = (results.get(name, {}) for name in ("survivors", "idle"))
    except (OSError, ValueError, AttributeError):
        fail(f"`{visible(str(path))}` cannot be read as expected results: is it a JSON object?")
    for name, reasons, of in (
        ("survivors", survivors, "name of a mutant"), ("idle", idle, "check: `SYSTEM: its name`")
    ):  # fmt: skip
        if not isinstance(reasons, dict) or not all(isinstance(r, str) for r in reasons.values()):
            fail(f'`{visible(str(path))}`: "{name}" has a reason for each {of}')
    return Explanations(survivors, idle)


def _show(mutation: Mutation, format_: Format, *, everything: bool) -> None:
    for name in mutation.stale:
        complain(f"warning: explained, but needs no explanation: {visible(name)}")
    if format_ is Format.JSON:
        from tcpspec.views.reports.mutation_json import mutation_object

        say(json.dumps(mutation_object(mutation), indent=2, ensure_ascii=not shows_unicode()))
        return
    from tcpspec.views.reports.mutation_report import mutation_report

    say_lines(mutation_report(mutation, look(), everything=everything))


def _status(mutation: Mutation) -> int:
    from tcpspec.mutation.result import Fate

    if mutation.interrupted:
        return INTERRUPTED
    if mutation.of(Fate.SURVIVED):
        return FAILED
    return UNKNOWN if mutation.of(Fate.UNKNOWN) else OK
