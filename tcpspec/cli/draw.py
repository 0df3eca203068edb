"""``tcpspec draw``: a machine as a state diagram, a run as a sequence diagram."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from tcpspec.cli.options import Set, Spec
from tcpspec.cli.specifications import chosen_machine, load
from tcpspec.cli.terminal import Progress, deliver, fail, give_up
from tcpspec.diagnostics import SpecificationError
from tcpspec.escape import visible

draw = typer.Typer(
    help="Draw a machine or a run.", no_args_is_help=True, rich_markup_mode=None,
    epilog="Example:  tcpspec draw state tcpspec:tcp.fsm -o tcp.svg",
)  # fmt: skip


class Renderer(StrEnum):
    PURE = "pure"
    DOT = "dot"


Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Its ending says the form: .svg .png .dot; "
                 "without, SVG goes to standard output."),
]  # fmt: skip


@draw.command("state", epilog="Example:  tcpspec draw state tcpspec:tcp.fsm --simple -o tcp.svg")
def state(
    spec: Spec,
    machine: Annotated[
        str | None, typer.Option(metavar="NAME", help="Which machine, if there are several.")
    ] = None,
    output: Output = None,
    simple: Annotated[
        bool, typer.Option("--simple", help="Leave out what stays in its state.")
    ] = False,
    set_: Set = None,
    renderer: Annotated[Renderer, typer.Option(help="Graphviz: built in, or yours.")] = (
        Renderer.PURE
    ),
) -> None:
    """Draw a machine as a state diagram, in the manner of RFC 9293's Figure 5."""
    from tcpspec.views.draw import state_picture

    chosen = chosen_machine(load(spec, set_), machine)
    _deliver(lambda form: state_picture(chosen, form, simple=simple, renderer=renderer), output)


@draw.command(
    "sequence", epilog='Example:  tcpspec draw sequence tcpspec:figure5.fsm --check "no deadlock"'
)
def sequence(
    spec: Spec,
    check_name: Annotated[
        str | None, typer.Option("--check", metavar="NAME", help="The run that answers this check.")
    ] = None,
    scenario: Annotated[
        str | None, typer.Option(metavar="NAME", help="The run that shows this scenario.")
    ] = None,
    system: Annotated[str | None, typer.Option(metavar="NAME", help="In this system.")] = None,
    output: Output = None,
    values: Annotated[bool, typer.Option("--values", help="Show how variables change.")] = False,
    set_: Set = None,
    renderer: Annotated[Renderer, typer.Option(help="Graphviz: built in, or yours.")] = (
        Renderer.PURE
    ),
) -> None:
    """Draw the run that answers a check, or shows a scenario, as a sequence diagram."""
    from tcpspec.check import check as check_specification
    from tcpspec.views.draw import answers, sequence_picture

    progress = Progress()
    try:
        result = check_specification(
            load(spec, set_), [system] if system else [], observer=progress.observer
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


def _deliver(picture: Any, output: Path | None) -> None:
    """Make the picture in the form that the file's ending says, and write it."""
    from tcpspec.views.render import FORMATS, RenderingError

    form = output.suffix.removeprefix(".").lower() if output else "svg"
    if form not in FORMATS:
        fail(f"`{visible(str(output))}` must end in one of: {', '.join('.' + f for f in FORMATS)}")
    try:
        data: bytes = picture(form)
    except RenderingError as error:
        fail(str(error))
    deliver(data, output)
