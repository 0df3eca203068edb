"""Pictures of machines and of runs, in the forms that files can have."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tcpspec.check import Result, SystemResult
from tcpspec.explore.run import Run
from tcpspec.export.mermaid import mermaid
from tcpspec.export.plantuml import plantuml
from tcpspec.model.model import Machine
from tcpspec.properties.scenario import Outcome
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


def _answers(system: SystemResult) -> Iterator[tuple[int, Answer]]:
    name = system.system.name
    for failure in system.failures:
        title = f"{name}: {failure.kind}"
        yield 0, Answer(failure.kind, name, failure.run, title, failure.message)
    for verdict in system.verdicts:
        if verdict.run is not None:
            violated = verdict.status is Status.VIOLATED
            urgency = 0 if not verdict.ok else 1 if violated else 2
            outcome = _outcome(verdict) if violated else None
            title = f"{name}: {verdict.check.name}"
            yield urgency, Answer(verdict.check.name, name, verdict.run, title, outcome)
    for followed in system.scenarios:
        possible = followed.outcome is Outcome.POSSIBLE
        outcome = None if possible else "\n".join(["no run goes on", *followed.reasons])
        scenario = followed.scenario.name
        urgency = 2 if followed.ok else 0
        yield urgency, Answer(scenario, name, followed.run, scenario, outcome, is_scenario=True)


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
    picture = _sequence_diagram(answer, values=values, theme=style.colours)
    return render(picture, form, renderer=style.renderer, rfc=style.rfc)


def _sequence_diagram(answer: Answer, *, values: bool = False, theme: Theme = LIGHT) -> Picture:
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


def figures(results: Iterable[Result]) -> list[tuple[str, Picture]]:
    """File names and pictures of each machine, whole and simple, and of each run of the results.

    A machine that several specifications take in as it is, from one file, is drawn once, and called
    after that file.
    """
    found = [picture for result in results for picture in _figures(result)]
    named = {(file, title, picture.source): (title, picture) for file, title, picture in found}
    names = file_names([title for title, _ in named.values()])
    return [
        (f"{name}.svg", picture) for name, (_, picture) in zip(names, named.values(), strict=True)
    ]


def _figures(result: Result) -> Iterator[tuple[str, str, Picture]]:
    """The pictures of one result, with the file that each is of and what it is called."""
    specification = result.specification
    for machine in _machines(result):
        origin = specification.origins[machine.name]
        for simple, picture in enumerate(_state_diagrams(machine)):
            yield origin, f"{_stem(origin)} {machine.name}{' simple' * simple}", picture
    path = specification.path
    for answer in answers(result):
        yield path, f"{_stem(path)} {answer.system} {answer.name}", _sequence_diagram(answer)


def _stem(path: str) -> str:
    """The name of a specification, from its file or from ``tcpspec:NAME``."""
    return path.rpartition(":")[2].rpartition("/")[2].removesuffix(".fsm")


def _machines(result: Result) -> Iterator[Machine]:
    """Those of the specification that its systems use: a variant may leave some of its base."""
    systems = result.specification.systems.values()
    used = {one.machine for system in systems for one in system.instances}
    return (m for m in result.specification.machines.values() if m in used or not used)


def _state_diagrams(machine: Machine) -> list[Picture]:
    """The whole diagram, and the simple one where that is another."""
    whole, simple = state_diagram(machine), state_diagram(machine, simple=True)
    return [whole] if simple.source == whole.source else [whole, simple]


def file_names(titles: list[str]) -> Iterator[str]:
    """A safe, distinct file name, without an ending, for each title.

    >>> list(file_names(["TCP no deadlock", "TCP: no deadlock", "../../etc/passwd", "…"]))
    ['tcp-no-deadlock', 'tcp-no-deadlock-2', 'etc-passwd', 'figure']
    """
    taken: set[str] = set()
    for title in titles:
        plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
        slug = re.sub(r"[^a-z0-9_]+", "-", plain.lower()).strip("-")[:80] or "figure"
        name, number = slug, 2
        while name in taken:
            name, number = f"{slug}-{number}", number + 1
        taken.add(name)
        yield name
