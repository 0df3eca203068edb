"""Pictures of machines and of runs, in the forms that files can have."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tcpspec.check import Result, SystemResult
from tcpspec.escape import visible
from tcpspec.explore.run import Run
from tcpspec.model.model import Machine
from tcpspec.properties.scenario import Outcome
from tcpspec.properties.verdict import Status, Verdict
from tcpspec.views.machines.state_diagram import state_diagram
from tcpspec.views.render import Picture, render
from tcpspec.views.runs.sequence_diagram import sequence_diagram


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


def no_run(found: Iterable[Answer], wanted: str | None) -> str:
    """That there is none, and what there are runs for."""
    names = ", ".join(f'"{visible(name)}"' for name in dict.fromkeys(a.name for a in found))
    for_it = "" if wanted is None else f' for "{visible(wanted)}"'
    return f"there is no run to draw{for_it}; there are runs for: {names or 'no check'}"


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


def state_picture(
    machine: Machine, form: str = "svg", *, simple: bool = False, renderer: str = "pure"
) -> bytes:
    """A machine as a state diagram; ``form`` is svg, png or dot."""
    return render(state_diagram(machine, simple=simple), form, renderer=renderer)


def sequence_picture(
    answer: Answer, form: str = "svg", *, values: bool = False, renderer: str = "pure"
) -> bytes:
    """A run as a sequence diagram; ``form`` is svg, png or dot."""
    return render(_sequence_diagram(answer, values=values), form, renderer=renderer)


def _sequence_diagram(answer: Answer, *, values: bool = False) -> Picture:
    return sequence_diagram(answer.run, title=answer.title, outcome=answer.outcome, values=values)


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
    for machine in specification.machines_in_use:
        origin = specification.origins[machine.name]
        for simple, picture in enumerate(_state_diagrams(machine)):
            yield origin, f"{_stem(origin)} {machine.name}{' simple' * simple}", picture
    path = specification.path
    for answer in answers(result):
        yield path, f"{_stem(path)} {answer.system} {answer.name}", _sequence_diagram(answer)


def _stem(path: str) -> str:
    """The name of a specification, from its file or from ``tcpspec:NAME``."""
    return path.rpartition(":")[2].rpartition("/")[2].removesuffix(".fsm")


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
