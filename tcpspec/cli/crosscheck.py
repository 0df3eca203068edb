"""``tcpspec crosscheck``: our answers beside those of SPIN and TLC."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from tcpspec.cli import options
from tcpspec.cli.exits import FAILED, OK, UNKNOWN
from tcpspec.cli.specifications import load
from tcpspec.cli.terminal import Progress, complain, give_up, look, say_lines
from tcpspec.diagnostics import SpecificationError
from tcpspec.escape import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tcpspec.check import Result
    from tcpspec.cli.options import Constants
    from tcpspec.crosscheck.comparison import Comparison
    from tcpspec.crosscheck.testimony import Witness
    from tcpspec.model.model import Specification
    from tcpspec.views.reports.report import Line


@options.command(epilog="Example:  tcpspec crosscheck tcpspec:figure5.fsm --show")
@options.spec
@options.systems
@click.option("--show", is_flag=True, help="Also the runs that they found, as ladders.")
@options.constants
@options.max_states
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=options.seconds,
    default=600.0,
    show_default=True,
    help="What each may take for a system.",
)
def crosscheck(
    spec: str,
    systems: tuple[str, ...],
    show: bool,
    constants: Constants,
    max_states: int | None,
    timeout: float,
) -> int:
    """Ask SPIN and TLC the same questions, whichever is installed, and compare the answers.

    The exit status is 0 if all that was compared agrees, 1 if something differs, 3 if one of them
    came to no end or nothing was compared.
    """
    from tcpspec.crosscheck.comparison import crosscheck as compare
    from tcpspec.views.reports.crosscheck_report import crosscheck_report

    witnesses = _present()
    result = _result(load(spec, constants), systems, max_states)
    comparison = compare(result, witnesses, timeout, _observer())
    say_lines(crosscheck_report(comparison, look()))
    if show:
        for witness in witnesses:
            say_lines(_runs(witness, comparison, timeout))
    return _status(comparison)


def _present() -> list[Witness]:
    """The checkers that are installed; of the others, one line each says what to install."""
    from tcpspec.crosscheck.witnesses import WITNESSES

    present = []
    for witness in WITNESSES:
        needed = witness.missing()
        if needed is None:
            present.append(witness)
        else:
            complain(f"warning: {witness.name} is not asked: {needed}")
    if not present:
        complain("error: there is no other checker to ask")
        sys.exit(UNKNOWN)
    return present


def _result(
    specification: Specification, systems: tuple[str, ...], max_states: int | None
) -> Result:
    from tcpspec.check import check
    from tcpspec.explore.limits import Limits

    progress = Progress()
    try:
        return check(specification, systems, Limits(max_states), progress.observer)
    except SpecificationError as error:
        give_up(error)
    finally:
        progress.close()


def _observer() -> Callable[[str, str], None]:
    """Says who is being asked, where somebody is watching."""

    def observe(tool: str, system: str) -> None:
        if sys.stderr.isatty():
            complain(f"asking {tool} about {visible(system)} …")

    return observe


def _runs(witness: Witness, comparison: Comparison, time_limit: float) -> Iterator[Line]:
    """What a checker shows for each answer that has a run."""
    from tcpspec.crosscheck.testimony import ToolFailed
    from tcpspec.views.reports.crosscheck_report import shown_run

    specification = comparison.result.specification
    for system in comparison.systems:
        for row in system.rows:
            answer = next(a for a in row.answers if a.tool.startswith(witness.name))
            if answer.finding is None or not answer.finding.shows_run:
                continue
            try:
                run = witness.trace(
                    specification, system.result.system, row.verdict.check, time_limit
                )
            except ToolFailed as error:
                complain(f"warning: {witness.name}, {visible(row.verdict.check.name)}: {error}")
                continue
            if run is not None:
                yield from shown_run(witness.name, row, run, look())


def _status(comparison: Comparison) -> int:
    if comparison.disagrees:
        return FAILED
    return UNKNOWN if comparison.unknown else OK
