"""``tcpspec draw``: a machine as a state diagram, a run as a sequence diagram, a state space."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from tcpspec.cli import options
from tcpspec.cli.exits import INTERRUPTED, OK, UNKNOWN
from tcpspec.cli.exploring import explored
from tcpspec.cli.specifications import chosen_machine, chosen_system, load
from tcpspec.cli.terminal import Progress, complain, deliver, fail, give_up
from tcpspec.diagnostics import SpecificationError
from tcpspec.escape import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tcpspec.check import Result
    from tcpspec.cli.options import Constants
    from tcpspec.model.model import Check, Machine, Specification
    from tcpspec.properties.verdict import Verdict
    from tcpspec.views.draw import Answer, Style
    from tcpspec.views.machines.overlay import Overlay, Way

T = TypeVar("T")


class Renderer(StrEnum):
    PURE = "pure"
    DOT = "dot"


class Look(StrEnum):
    LIGHT = "light"
    DARK = "dark"


class Form(StrEnum):
    SVG = "svg"
    PNG = "png"
    DOT = "dot"
    TXT = "txt"
    MMD = "mmd"
    PUML = "puml"


_DRAWN = (Form.SVG, Form.PNG, Form.DOT)
"""Forms that have colours."""


def _looks(command: Callable[..., T], forms: Sequence[Form] = tuple(Form)) -> Callable[..., T]:
    """Where a picture goes, and how it looks."""
    text = " .txt .mmd .puml (plain text as in RFCs, Mermaid, PlantUML)"
    more = text if Form.TXT in forms else ""
    for option in reversed((
        click.option(
            "-o", "--output", metavar="FILE", type=click.Path(path_type=Path),
            help=f"Its ending says the form: .svg .png .dot{more}.",
        ),
        click.option(
            "--format", "form", type=options.Choice(forms),
            help="The form, where no file says it; default: svg.",
        ),
        click.option(
            "--theme", type=options.Choice(Look), default=Look.LIGHT.value, show_default=True,
            help="Colours.",
        ),
        click.option("--rfc", is_flag=True, help="SVG as RFCs may have it (RFC 7996)."),
        click.option(
            "--renderer", type=options.Choice(Renderer), default=Renderer.PURE.value,
            show_default=True, help="Graphviz: built in, or yours.",
        ),
    )):  # fmt: skip
        command = option(command)
    return command


@click.group(cls=options.Group, epilog="Example:  tcpspec draw state tcpspec:tcp.fsm -o tcp.svg")
def draw() -> None:
    """Draw a machine, a run, or the reachable states of a system."""


@draw.command(epilog="Example:  tcpspec draw state tcpspec:tcp.fsm --simple -o tcp.svg")
@options.spec
@click.option("--machine", metavar="NAME", help="Which machine, if there are several.")
@click.option(
    "--simple",
    is_flag=True,
    help="As in Figure 5: without messages and timeouts that change no state, without "
    "assignments and the fields of messages.",
)
@click.option("--coverage", is_flag=True, help="Grey and dashed: what no system ever uses.")
@click.option("--check", "check_name", metavar="NAME", help="Red: the run that answers this check.")
@click.option("--scenario", metavar="NAME", help="Red: the run that shows this scenario.")
@click.option(
    "--client", nargs=2, metavar="INSTANCE SCENARIO", help="Solid: its way in a scenario."
)
@click.option(
    "--server", nargs=2, metavar="INSTANCE SCENARIO", help="Dashed: its way in a scenario."
)
@options.systems
@options.constants
@_looks
def state(
    spec: str, machine: str | None, simple: bool, coverage: bool, check_name: str | None,
    scenario: str | None, client: tuple[str, str] | None, server: tuple[str, str] | None,
    systems: tuple[str, ...], constants: Constants, output: Path | None, form: Form | None,
    theme: Look, rfc: bool, renderer: Renderer,
) -> None:  # fmt: skip
    """Draw a machine as a state diagram, in the manner of RFC 9293's Figure 5."""
    from tcpspec.views.draw import state_picture
    from tcpspec.views.machines.overlay import NOTHING

    wanted = _form(output, form)
    asked = coverage, check_name, scenario, client, server
    _only_drawn(wanted, coverage=coverage, check=check_name, scenario=scenario, client=client,
                server=server, theme=theme is not Look.LIGHT, rfc=rfc)  # fmt: skip
    specification = load(spec, constants)
    chosen = chosen_machine(specification, machine)
    style, overlay = _style(theme, rfc, renderer), NOTHING
    if any(asked):
        overlay = _laid_over(chosen, simple, style, _checked(specification, systems), *asked)
    _deliver(
        lambda: state_picture(chosen, wanted, simple=simple, style=style, overlay=overlay), output
    )


@draw.command(epilog='Example:  tcpspec draw sequence tcpspec:figure5.fsm --check "no deadlock"')
@options.spec
@click.option("--check", "check_name", metavar="NAME", help="The run that answers this check.")
@click.option("--scenario", metavar="NAME", help="The run that shows this scenario.")
@click.option("--system", metavar="NAME", help="In this system.")
@click.option("--values", is_flag=True, help="Show how variables change.")
@options.constants
@_looks
def sequence(
    spec: str, check_name: str | None, scenario: str | None, system: str | None, values: bool,
    constants: Constants, output: Path | None, form: Form | None, theme: Look, rfc: bool,
    renderer: Renderer,
) -> None:  # fmt: skip
    """Draw the run that answers a check, or shows a scenario, as a sequence diagram."""
    from tcpspec.views.draw import sequence_picture

    wanted = _form(output, form)
    _only_drawn(wanted, theme=theme is not Look.LIGHT, rfc=rfc)
    result = _checked(load(spec, constants), [system] if system else [])
    answer = _chosen(result, check_name, scenario)
    style = _style(theme, rfc, renderer)
    _deliver(lambda: sequence_picture(answer, wanted, values=values, style=style), output)


# --- what is asked for ---


def _form(output: Path | None, form: Form | None, forms: Sequence[Form] = tuple(Form)) -> Form:
    """The form that the file's ending says, or the one that is named."""
    if output is None:
        if form is Form.PNG:
            fail("--format png needs a file: add -o FILE.png")
        return form or Form.SVG
    ending = output.suffix.removeprefix(".").lower()
    if ending not in forms:
        endings = ", ".join(f".{known}" for known in forms)
        fail(f"`{visible(str(output))}` must end in one of: {endings}")
    if form is not None and form != ending:
        fail(f"`{visible(str(output))}` does not end in .{form}, as --format says")
    return Form(ending)


def _only_drawn(form: Form, **asked: object) -> None:
    """An option that would change nothing is a mistake."""
    for name, value in asked.items():
        if value and form not in _DRAWN:
            fail(f"--{name} says nothing for .{form}")
    if asked.get("rfc") and form is not Form.SVG:
        fail("--rfc says nothing for any form but .svg")
    if asked.get("rfc") and asked.get("theme"):
        fail("--rfc is black and white: it has no --theme")


def _style(theme: Look, rfc: bool, renderer: Renderer) -> Style:
    from tcpspec.views.draw import Style
    from tcpspec.views.theme import THEMES

    return Style(THEMES[theme.value], rfc, renderer.value)


def _checked(specification: Specification, systems: Sequence[str]) -> Result:
    from tcpspec.check import check as check_specification

    progress = Progress()
    try:
        return check_specification(specification, systems, observer=progress.observer)
    except SpecificationError as error:
        give_up(error)
    finally:
        progress.close()


def _chosen(result: Result, check_name: str | None, scenario: str | None) -> Answer:
    """The run that answers what is named, or the one that matters most."""
    from tcpspec.views.draw import answers, chosen, no_run

    found = answers(result)
    wanted = chosen(found, check_name, scenario)
    if not wanted:
        verdicts = [verdict for system in result.systems for verdict in system.verdicts]
        answered = [v for v in [*verdicts, *result.verdicts] if v.check.name == check_name]
        if scenario is None and answered:
            fail("\n".join(map(_runless, answered)))
        fail(no_run(found, check_name, scenario))
    return wanted[0]


def _runless(verdict: Verdict) -> str:
    """Why there is nothing to draw; the answer, with what it rests on."""
    from tcpspec.views.reports.report import answer

    about = f'"{visible(verdict.check.name)}" of {", ".join(verdict.check.systems)}'
    return "; rests on: ".join(
        [f"no run shows the answer to {about}: {answer(verdict)}", *map(visible, verdict.rests_on)]
    )


@draw.command(epilog="Example:  tcpspec draw space tcpspec:abp.fsm --system Line -o abp.svg")
@options.spec
@click.option("--system", metavar="NAME", help="Which system, if there are several.")
@click.option("--check", "check_name", metavar="NAME", help="Show the run that answers this check.")
@click.option("--full", is_flag=True, help="One box for each state.")
@click.option(
    "--quotient", is_flag=True,
    help="One box for all states with the same control states; default: for more than 60 states.",
)  # fmt: skip
@options.constants
@options.max_states
@options.max_memory
@options.timeout
@partial(_looks, forms=_DRAWN)
def space(
    spec: str,
    system: str | None,
    check_name: str | None,
    full: bool,
    quotient: bool,
    output: Path | None,
    constants: Constants,
    max_states: int | None,
    max_memory: int | None,
    timeout: float | None,
    form: Form | None,
    theme: Look,
    rfc: bool,
    renderer: Renderer,
) -> int:
    """Draw the reachable states of a system; of many, a quotient that can be read."""
    from tcpspec.explore.limits import Limits
    from tcpspec.views.draw import answers
    from tcpspec.views.render import render
    from tcpspec.views.spaces.drawing import TooLarge, space_drawing

    if full and quotient:
        fail("--full and --quotient: which of the two?")
    wanted = _form(output, form, _DRAWN)
    _only_drawn(wanted, theme=theme is not Look.LIGHT, rfc=rfc)
    style = _style(theme, rfc, renderer)
    specification = load(spec, constants)
    name = chosen_system(specification, system).name
    limits = Limits(max_states, max_memory, timeout)
    result = explored(specification, [name], limits)
    run, outcome = None, None
    if check_name is not None:
        asked = explored(specification, [name], limits, _named(specification, name, check_name))
        found = [one for one in answers(asked) if one.name == check_name]
        if not found:
            fail("\n".join(map(_runless, asked.systems[0].verdicts)))
        run, outcome = found[0].run, found[0].outcome
    try:
        drawing = space_drawing(
            result.systems[0].space, whole=full if full or quotient else None,
            run=run, outcome=outcome, theme=style.colours,
        )  # fmt: skip
    except TooLarge as error:
        fail(str(error))
    for note in drawing.notes:
        complain(f"note: {visible(note)}")
    _deliver(
        lambda: render(drawing.picture, wanted, renderer=style.renderer, rfc=style.rfc), output
    )
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


def _laid_over(
    machine: Machine, simple: bool, style: Style, result: Result, coverage: bool,
    check_name: str | None, scenario: str | None, client: tuple[str, str] | None,
    server: tuple[str, str] | None,
) -> Overlay:  # fmt: skip
    """What is asked for, laid over a state diagram."""
    from tcpspec.views.machines.overlay import overlay_of

    shown = None
    if check_name is not None or scenario is not None:
        answer = _chosen(result, check_name, scenario)
        shown = answer.title, answer.run
    overlay = overlay_of(
        machine, simple=simple, shown=shown,
        spaces=[one.space for one in result.systems] if coverage else None,
        client=client and _way(machine, result, *client),
        server=server and _way(machine, result, *server), theme=style.colours,
    )  # fmt: skip
    if shown is not None and not overlay.steps:
        drawn = ", with --simple," if simple else ""
        fail(f'the run for "{visible(shown[0])}"{drawn} has no step of {machine.name} to show')
    return overlay


def _way(machine: Machine, result: Result, name: str, scenario: str) -> Way:
    """An instance of the machine, in a scenario."""
    from tcpspec.views.machines.overlay import Way

    run = _chosen(result, None, scenario).run
    known = [i.name for i in run.system.instances if i.machine == machine]
    if name not in known:
        listed = ", ".join(known) or "none"
        fail(f"`{visible(name)}` is no {machine.name} in that scenario; such are: {listed}")
    return Way(name, scenario, run)


def _deliver(picture: Callable[[], bytes], output: Path | None) -> None:
    from tcpspec.views.render import RenderingError

    try:
        data = picture()
    except RenderingError as error:
        fail(str(error))
    deliver(data, output)
