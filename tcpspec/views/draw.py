"""Pictures of machines and of runs, in the forms that files can have."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tcpspec.check import Failure, Result, SystemResult
from tcpspec.explore.run import Run
from tcpspec.model.model import Machine
from tcpspec.properties.scenario import Followed, Outcome
from tcpspec.properties.verdict import Status, Verdict
from tcpspec.views.machines.state_diagram import state_diagram
from tcpspec.views.names import file_names
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


def state_picture(
    machine: Machine, form: str = "svg", *, simple: bool = False, renderer: str = "pure"
) -> bytes:
    """A machine as a state diagram; ``form`` is svg, png or dot."""
    return render(state_diagram(machine, simple=simple), form, renderer=renderer)


def sequence_picture(
    answer: Answer, form: str = "svg", *, values: bool = False, renderer: str = "pure"
) -> bytes:
    """A run as a sequence diagram; ``form`` is svg, png or dot."""
    return render(diagram_of(answer, values=values), form, renderer=renderer)


def diagram_of(answer: Answer, *, values: bool = False) -> Picture:
    """A run as a sequence diagram that is still to be drawn."""
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
        for simple, picture in enumerate(state_diagrams(machine)):
            yield origin, f"{stem(origin)} {machine.name}{' simple' * simple}", picture
    path = specification.path
    for answer in answers(result):
        yield path, f"{stem(path)} {answer.system} {answer.name}", diagram_of(answer)


def stem(path: str) -> str:
    """The name of a specification, from its file or from ``tcpspec:NAME``."""
    return path.rpartition(":")[2].rpartition("/")[2].removesuffix(".fsm")


def state_diagrams(machine: Machine) -> list[Picture]:
    """The whole diagram, and the simple one where that is another."""
    whole, simple = state_diagram(machine), state_diagram(machine, simple=True)
    return [whole] if simple.source == whole.source else [whole, simple]
