"""``tcpspec crosscheck``: our answers beside those of SPIN and TLC."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tcpspec.cli.exits import FAILED, OK, UNKNOWN
from tcpspec.cli.options import MaxStates, Set, Spec, Systems, seconds
from tcpspec.cli.specifications import load
from tcpspec.cli.terminal import Progress, complain, give_up, look, say_lines
from tcpspec.diagnostics import SpecificationError
from tcpspec.escape import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tcpspec.check import Result
    from tcpspec.crosscheck.comparison import Comparison
    from tcpspec.crosscheck.testimony import Witness
    from tcpspec.views.report import Line


def crosscheck(
    spec: Spec,
    system: Systems = None,
    show: Annotated[
        bool, typer.Option("--show", help="Also the runs that they found, as ladders.")
    ] = False,
    set_: Set = None,
    max_states: MaxStates = None,
    timeout: Annotated[
        Any,
        typer.Option(parser=seconds, metavar="SECONDS", help="What each may take for a system."),
    ] = 600.0,
) -> None:
    """Ask SPIN and TLC the same questions, whichever is installed, and compare the answers.

    The exit status is 0 if all that was compared agrees, 1 if something differs, 3 if one of them
    came to no end or nothing was compared.
    """
    from tcpspec.crosscheck.comparison import crosscheck as compare
    from tcpspec.views.crosscheck_report import crosscheck_report

    witnesses = _present()
    result = _result(load(spec, set_), system or [], max_states)
    comparison = compare(result, witnesses, timeout, _observer())
    say_lines(crosscheck_report(comparison, look()))
    if show:
        for witness in witnesses:
            say_lines(_runs(witness, comparison, timeout))
    raise typer.Exit(_status(comparison))


def _present() -> "list[Witness]":
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
        raise typer.Exit(UNKNOWN)
    return present


def _result(specification: Any, systems: list[str], max_states: int | None) -> "Result":
    from tcpspec.check import check
    from tcpspec.explore.limits import Limits

    progress = Progress()
    try:
        return check(specification, systems, Limits(max_states), progress.observer)
    except SpecificationError as error:
        give_up(error)
    finally:
        progress.close()


def _observer() -> "Callable[[str, str], None]":
    """Says who is being asked, where somebody is watching."""

    def observe(tool: str, system: str) -> None:
        if sys.stderr.isatty():
            complain(f"asking {tool} about {visible(system)} …")

    return observe


def _runs(witness: "Witness", comparison: "Comparison", time_limit: float) -> "Iterator[Line]":
    """What a checker shows for each answer that has a run."""
    from tcpspec.crosscheck.testimony import ToolFailed
    from tcpspec.views.crosscheck_report import shown_run

    specification = comparison.result.specification
    for system in comparison.systems:
        for row in system.rows:
            answer = next(a for a in row.answers if a.tool.startswith(witness.name))
            if answer.finding is None or answer.finding.steps is None:
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


def _status(comparison: "Comparison") -> int:
    if comparison.disagrees:
        return FAILED
    return UNKNOWN if comparison.unknown else OK
