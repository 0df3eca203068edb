"""Pictures of machines and of runs, in the forms that files can have."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tcpspec.check import Failure, Result, SystemResult
from tcpspec.escape import visible
from tcpspec.explore.run import Run
from tcpspec.export.mermaid import mermaid
from tcpspec.export.plantuml import plantuml
from tcpspec.model.model import Machine
from tcpspec.properties.scenario import Followed, Outcome
from tcpspec.properties.verdict import Status, Verdict
from tcpspec.views.art.grid import WIDTH
from tcpspec.views.art.state_art import state_art
from tcpspec.views.machines.overlay import NOTHING, Overlay
from tcpspec.views.machines.state_diagram import state_diagram
from tcpspec.views.render import FORMATS, Picture, render
from tcpspec.views.runs.ladder import ladder_art
from tcpspec.views.runs.sequence_diagram import sequence_diagram
from tcpspec.views.runs.sequence_text import MERMAID, PLANTUML, sequence_text
from tcpspec.views.theme import LIGHT, PRINT, Theme

FORMS = (*FORMATS, "txt", "mmd", "puml")
"""The endings of files that pictures can have; the last are text, also for Mermaid and PlantUML."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A run that answers a check or shows a scenario, with what to write above and below it."""

    name: str
    system: str
    run: Run
    title: str
    outcome: str | None
    is_scenario: bool = False


def answers(result: Result) -> list[Answer]:
    """All runs of a result; what came out otherwise than specified first, then violations."""
    found = [answer for system in result.systems for answer in _answers(system)]
    return [answer for _, answer in sorted(found, key=lambda pair: pair[0])]


def chosen(
    found: Iterable[Answer], check: str | None = None, scenario: str | None = None
) -> list[Answer]:
    """The runs for a scenario, or for a check or an error of this name; all, if none is named."""
    wanted = check if scenario is None else scenario
    return [
        answer
        for answer in found
        if wanted in (None, answer.name)
        and (scenario is None or answer.is_scenario)
        and (check is None or not answer.is_scenario)
    ]


def no_run(found: Sequence[Answer], check: str | None = None, scenario: str | None = None) -> str:
    """That there is none, and what there are runs for, of the kind that was named."""
    if check is not None and scenario is not None:
        return "name a check or a scenario, not both"
    for_it = ""
    if check is not None:
        for_it = f' for the check "{visible(check)}"'
        for_it += ", which is a scenario" * bool(chosen(found, scenario=check))
        found = [answer for answer in found if not answer.is_scenario]
    if scenario is not None:
        for_it = f' for the scenario "{visible(scenario)}"'
        for_it += ", which is not a scenario" * bool(chosen(found, check=scenario))
        found = [answer for answer in found if answer.is_scenario]
    names = ", ".join(f'"{visible(name)}"' for name in dict.fromkeys(a.name for a in found))
    there_are = f"there are runs for: {names}" if names else "no answer has one"
    return f"there is no run to draw{for_it}; {there_are}"


def _answers(system: SystemResult) -> Iterator[tuple[int, Answer]]:
    name = system.system.name
    for failure in system.failures:
        yield 0, of_failure(name, failure)
    for verdict in system.verdicts:
        if verdict.run is not None:
            violated = verdict.status is Status.VIOLATED
            urgency = 0 if not verdict.ok else 1 if violated else 2
            yield urgency, of_verdict(name, verdict, verdict.run)
    for followed in system.scenarios:
        yield 2 if followed.ok else 0, of_scenario(name, followed)


def of_failure(system: str, failure: Failure) -> Answer:
    """The run to an error."""
    title = f"{system}: {failure.kind}"
    return Answer(failure.kind, system, failure.run, title, failure.message)


def of_verdict(system: str, verdict: Verdict, run: Run) -> Answer:
    """A run that shows why a verdict is as it is."""
    name = verdict.check.name
    outcome = _outcome(verdict) if verdict.status is Status.VIOLATED else None
    return Answer(name, system, run, f"{system}: {name}", outcome)


def of_scenario(system: str, followed: Followed) -> Answer:
    """The run that shows a scenario, or how far one goes."""
    possible = followed.outcome is Outcome.POSSIBLE
    outcome = None if possible else "\n".join(["no run goes on", *followed.reasons])
    name = followed.scenario.name
    return Answer(name, system, followed.run, name, outcome, is_scenario=True)


def _outcome(verdict: Verdict) -> str:
    """What was claimed, and why it is not so."""
    claim = verdict.check.text.removeprefix("violated ")
    return "\n".join([f"violated: {claim}", *verdict.reasons])


@dataclass(frozen=True, slots=True)
class Style:
    """How pictures look, and who draws them; ``rfc``: as an RFC may have them."""

    theme: Theme = LIGHT
    rfc: bool = False
    renderer: str = "pure"

    @property
    def colours(self) -> Theme:
        return PRINT if self.rfc else self.theme


USUAL = Style()


def state_picture(
    machine: Machine, form: str = "svg", *,
    simple: bool = False, style: Style = USUAL, overlay: Overlay = NOTHING,
) -> bytes:  # fmt: skip
    """A machine as a state diagram, in one of ``FORMS``. Raises ``RenderingError``."""
    if form == "txt":
        return state_art(machine, simple=simple).encode()
    if form in ("mmd", "puml"):
        return (mermaid if form == "mmd" else plantuml)(machine, simple=simple).encode()
    picture = state_diagram(machine, simple=simple, theme=style.colours, overlay=overlay)
    return render(picture, form, renderer=style.renderer, rfc=style.rfc)


def sequence_picture(
    answer: Answer, form: str = "svg", *, values: bool = False, style: Style = USUAL
) -> bytes:
    """A run as a sequence diagram, in one of ``FORMS``. Raises ``RenderingError``."""
    run, title, outcome = answer.run, answer.title, answer.outcome
    if form == "txt":
        return ladder_art(run, width=WIDTH, outcome=outcome, values=values).encode()
    if form in ("mmd", "puml"):
        dialect = MERMAID if form == "mmd" else PLANTUML
        return sequence_text(run, dialect, title=title, outcome=outcome, values=values).encode()
    picture = sequence_of(answer, values=values, theme=style.colours)
    return render(picture, form, renderer=style.renderer, rfc=style.rfc)


def sequence_of(answer: Answer, *, values: bool = False, theme: Theme = LIGHT) -> Picture:
    """A run under its title, with what came out."""
    return sequence_diagram(
        answer.run, title=answer.title, outcome=answer.outcome, values=values, theme=theme
    )


def draw(subject: Machine | Run, form: str = "svg") -> bytes:
    """A machine as a state diagram, a run as a sequence diagram."""
    if isinstance(subject, Machine):
        return state_picture(subject, form)
    return sequence_picture(
        Answer("", subject.system.name, subject, subject.system.name, None), form
    )
