"""``tcpspec draw``: a machine as a state diagram, a run as a sequence diagram, a state space."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tcpspec.cli import options
from tcpspec.cli.exits import INTERRUPTED, OK, UNKNOWN
from tcpspec.cli.exploring import explored
from tcpspec.cli.specifications import chosen_machine, chosen_system, load
from tcpspec.cli.terminal import Progress, complain, deliver, fail, give_up
from tcpspec.diagnostics import SpecificationError
from tcpspec.escape import visible

if TYPE_CHECKING:
    from collections.abc import Callable

    from tcpspec.cli.options import Constants
    from tcpspec.model.model import Check, Specification


class Renderer(StrEnum):
    PURE = "pure"
    DOT = "dot"


_output = click.option(
    "-o", "--output", metavar="FILE", type=click.Path(path_type=Path),
    help="Its ending says the form: .svg .png .dot; without, SVG goes to standard output.",
)  # fmt: skip
_renderer = click.option(
    "--renderer", type=options.Choice(Renderer), default=Renderer.PURE.value, show_default=True,
    help="Graphviz: built in, or yours.",
)  # fmt: skip


@click.group(cls=options.Group, epilog="Example:  tcpspec draw state tcpspec:tcp.fsm -o tcp.svg")
def draw() -> None:
    """Draw a machine, a run, or the reachable states of a system."""


@draw.command(epilog="Example:  tcpspec draw state tcpspec:tcp.fsm --simple -o tcp.svg")
@options.spec
@click.option("--machine", metavar="NAME", help="Which machine, if there are several.")
@_output
@click.option("--simple", is_flag=True, help="Leave out what stays in its state.")
@options.constants
@_renderer
def state(
    spec: str,
    machine: str | None,
    output: Path | None,
    simple: bool,
    constants: Constants,
    renderer: Renderer,
) -> None:
    """Draw a machine as a state diagram, in the manner of RFC 9293's Figure 5."""
    from tcpspec.views.draw import state_picture

    chosen = chosen_machine(load(spec, constants), machine)
    _deliver(lambda form: state_picture(chosen, form, simple=simple, renderer=renderer), output)


@draw.command(epilog='Example:  tcpspec draw sequence tcpspec:figure5.fsm --check "no deadlock"')
@options.spec
@click.option("--check", "check_name", metavar="NAME", help="The run that answers this check.")
@click.option("--scenario", metavar="NAME", help="The run that shows this scenario.")
@click.option("--system", metavar="NAME", help="In this system.")
@_output
@click.option("--values", is_flag=True, help="Show how variables change.")
@options.constants
@_renderer
def sequence(
    spec: str,
    check_name: str | None,
    scenario: str | None,
    system: str | None,
    output: Path | None,
    values: bool,
    constants: Constants,
    renderer: Renderer,
) -> None:
    """Draw the run that answers a check, or shows a scenario, as a sequence diagram."""
    from tcpspec.check import check as check_specification
    from tcpspec.views.draw import answers, sequence_picture

    progress = Progress()
    try:
        result = check_specification(
            load(spec, constants), [system] if system else [], observer=progress.observer
        )
    except SpecificationError as error:
        give_up(error)
    finally:
        progress.close()
    found = answers(result)
    wanted = check_name if scenario is None else scenario
    chosen = [
        answer
        for answer in found
        if wanted in (None, answer.name)
        and (scenario is None or answer.is_scenario)
        and (check_name is None or not answer.is_scenario)
    ]
    if not chosen:
        names = ", ".join(f'"{visible(name)}"' for name in dict.fromkeys(a.name for a in found))
        for_it = "" if wanted is None else f' for "{visible(wanted)}"'
        fail(f"there is no run to draw{for_it}; there are runs for: {names or 'no check'}")
    answer = chosen[0]
    _deliver(lambda form: sequence_picture(answer, form, values=values, renderer=renderer), output)


@draw.command(epilog="Example:  tcpspec draw space tcpspec:abp.fsm --system Line -o abp.svg")
@options.spec
@click.option("--system", metavar="NAME", help="Which system, if there are several.")
@click.option("--check", "check_name", metavar="NAME", help="Show the run that answers this check.")
@click.option("--full", "how", flag_value="full", help="One box for each state.")
@click.option(
    "--quotient", "how", flag_value="quotient",
    help="One box for all states with the same control states; default: for more than 60 states.",
)  # fmt: skip
@_output
@options.constants
@options.max_states
@options.max_memory
@options.timeout
@_renderer
def space(
    spec: str,
    system: str | None,
    check_name: str | None,
    how: str | None,
    output: Path | None,
    constants: Constants,
    max_states: int | None,
    max_memory: int | None,
    timeout: float | None,
    renderer: Renderer,
) -> int:
    """Draw the reachable states of a system; of many, a quotient that can be read."""
    from tcpspec.explore.limits import Limits
    from tcpspec.views.draw import answers
    from tcpspec.views.render import render
    from tcpspec.views.spaces.drawing import TooLarge, space_drawing

    _form(output)  # before a search that may take long
    specification = load(spec, constants)
    name = chosen_system(specification, system).name
    limits = Limits(max_states, max_memory, timeout)
    result = explored(specification, [name], limits)
    run, outcome = None, None
    if check_name is not None:
        asked = explored(specification, [name], limits, _named(specification, name, check_name))
        found = [one for one in answers(asked) if one.name == check_name]
        if not found:
            fail(f'no run answers "{visible(check_name)}"')
        run, outcome = found[0].run, found[0].outcome
    try:
        drawing = space_drawing(
            result.systems[0].space, whole=None if how is None else how == "full",
            run=run, outcome=outcome,
        )  # fmt: skip
    except TooLarge as error:
        fail(str(error))
    for note in drawing.notes:
        complain(f"note: {visible(note)}")
    _deliver(lambda form: render(drawing.picture, form, renderer=renderer), output)
    if result.interrupted:
        return INTERRUPTED
    return UNKNOWN if result.systems[0].space.limit else OK


def _named(specification: Specification, system: str, name: str) -> tuple[Check, ...]:
    """The check of this name about the system alone."""
    about = [check for check in specification.checks if check.systems == (system,)]
    found = tuple(check for check in about if check.name == name)
    if not found:
        names = ", ".join(f'"{visible(check.name)}"' for check in about)
        fail(f'there is no check "{visible(name)}" of {visible(system)} alone; there are: {names}')
    return found


def _form(output: Path | None) -> str:
    """The form that the file's ending says."""
    from tcpspec.views.render import FORMATS

    form = output.suffix.removeprefix(".").lower() if output else "svg"
    if form not in FORMATS:
        fail(f"`{visible(str(output))}` must end in one of: {', '.join('.' + f for f in FORMATS)}")
    return form


def _deliver(picture: Callable[[str], bytes], output: Path | None) -> None:
    """Make the picture in the form that the file's ending says, and write it."""
    from tcpspec.views.render import RenderingError

    form = _form(output)
    try:
        data = picture(form)
    except RenderingError as error:
        fail(str(error))
    deliver(data, output)
