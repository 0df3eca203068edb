"""``tcpspec draw``: a machine as a state diagram, a run as a sequence diagram."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tcpspec.cli import options
from tcpspec.cli.specifications import chosen_machine, load
from tcpspec.cli.terminal import Progress, deliver, fail, give_up
from tcpspec.diagnostics import SpecificationError
from tcpspec.escape import visible

if TYPE_CHECKING:
    from collections.abc import Callable

    from tcpspec.cli.options import Constants


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
    """Draw a machine or a run."""


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
    """Draw the reachable states of a system, or, of many, a quotient that can be read."""
    from tcpspec.explore.limits import Limits
    from tcpspec.views.spaces.draw import TooLarge, space_picture

    specification = load(spec, constants)
    chosen = chosen_system(specification, system)
    asked = None if check_name is None else _asked(specification, chosen, check_name)
    limits = Limits(max_states, max_memory, timeout)
    found, interrupted = explored(specification, (chosen.name,), limits)
    verdict = None if asked is None else decide(asked, found)
    whole = None if how is None else how == "full"
    try:
        drawing = space_drawing(found[0], verdict, whole=whole)
    except TooLarge as error:
        fail(str(error))
    for note in drawing.notes:
        complain(f"note: {note}")
    _deliver(lambda form: render(drawing.picture, form, renderer=renderer), output)


def _deliver(picture: Callable[[str], bytes], output: Path | None) -> None:
    """Make the picture in the form that the file's ending says, and write it."""
    from tcpspec.views.render import FORMATS, RenderingError

    form = output.suffix.removeprefix(".").lower() if output else "svg"
    if form not in FORMATS:
        fail(f"`{visible(str(output))}` must end in one of: {', '.join('.' + f for f in FORMATS)}")
    try:
        data = picture(form)
    except RenderingError as error:
        fail(str(error))
    deliver(data, output)
