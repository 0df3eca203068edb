"""From a result to the parts of its document, in the order in which they stand there."""

from tcpspec.explore.space import StateSpace
from tcpspec.model.model import Machine
from tcpspec.model.transition_table import transition_table
from tcpspec.properties.receptions import reception_matrix
from tcpspec.properties.scenario import Followed
from tcpspec.properties.verdict import UnspecifiedReception, Verdict
from tcpspec.result import Failure, Result, SystemResult
from tcpspec.views.document.parts import Document, Drawn, Figure, Finding, MachinePart, SystemPart
from tcpspec.views.document.runs import Diagrams, run_part
from tcpspec.views.document.words import search_text
from tcpspec.views.draw import (
    Answer,
    of_failure,
    of_scenario,
    of_verdict,
)
from tcpspec.views.figures import state_diagrams, stem
from tcpspec.views.machines.lighting import Lighting
from tcpspec.views.names import Names
from tcpspec.views.reports.report import answer, extent, mark, scenario_answer, summary


def gather(result: Result, command: str) -> Document:
    """The document of one specification; ``command`` is what one types to get it."""
    names = Names()
    drawn = [_drawn(machine, names) for machine in result.specification.machines_in_use]
    diagrams = {one.machine: _diagram(one) for one in drawn}
    spaces = [one.space for one in result.systems]
    of_machines = [_machine(one, spaces, names, diagrams) for one in drawn]
    systems = [_system(one, names, diagrams) for one in result.systems]
    words, look = summary(result)[0]
    return Document(
        result, command, Names().of(stem(result.specification.path)), words, look,
        tuple(of_machines), tuple(systems),
        tuple(_of_verdict(verdict, "", names, diagrams) for verdict in result.verdicts),
    )  # fmt: skip


def _drawn(machine: Machine, names: Names) -> Drawn:
    anchor, pictures = names.of(f"machine {machine.name}"), state_diagrams(machine)
    kinds = (" with every line", "") if len(pictures) > 1 else ("",)
    whole, *others = [
        Figure(names.of(f"state diagram {machine.name}{kind}"), picture, f"{picture.title}{kind}")
        for kind, picture in zip(kinds, pictures, strict=True)
    ]
    return Drawn(anchor, machine, whole, others[0] if others else None)


def _diagram(drawn: Drawn) -> tuple[str, Lighting]:
    """What the run viewer shows of a machine."""
    return drawn.shown.anchor, Lighting(drawn.machine, simple=drawn.simple is not None)


def _machine(
    drawn: Drawn, spaces: list[StateSpace], names: Names, diagrams: Diagrams
) -> MachinePart:
    matrix = reception_matrix(drawn.machine, spaces)
    runs = [
        run_part(_of_reception(cell.unspecified[0]), names, diagrams) for cell in matrix.unspecified
    ]
    return MachinePart(drawn, transition_table(drawn.machine), matrix, tuple(runs))


def _of_reception(reception: UnspecifiedReception) -> Answer:
    who, state, message = reception.instance, reception.state, reception.message
    system = reception.run.system.name
    return Answer(
        f"{who} {state} {message}", system, reception.run,
        f"{system}: {who} in {state}, {message}",
        f"{who} has no rule that applies to {message} in {state}",
    )  # fmt: skip


def _system(one: SystemResult, names: Names, diagrams: Diagrams) -> SystemPart:
    system = one.system.name
    return SystemPart(
        names.of(f"system {system}"), one, extent(one.space), search_text(one.space),
        (
            *(_of_failure(failure, system, names, diagrams) for failure in one.failures),
            *(_of_verdict(verdict, system, names, diagrams) for verdict in one.verdicts),
            *(_of_scenario(followed, system, names, diagrams) for followed in one.scenarios),
        ),
    )  # fmt: skip


def _of_failure(failure: Failure, system: str, names: Names, diagrams: Diagrams) -> Finding:
    words = f"{failure.message}{', as specified' * failure.expected}"
    run = run_part(of_failure(system, failure), names, diagrams)
    look = "ok" if failure.expected else "bad"
    return Finding("error", failure.kind, look, words, "", None, runs=(run,))


def _of_verdict(verdict: Verdict, system: str, names: Names, diagrams: Diagrams) -> Finding:
    check = verdict.check
    return Finding(
        "check", check.name, mark(verdict)[1], answer(verdict), check.text, check.span.place,
        verdict.reasons, (), verdict.rests_on, verdict.vacuous,
        () if verdict.run is None
        else (run_part(of_verdict(system, verdict, verdict.run), names, diagrams),),
    )  # fmt: skip


def _of_scenario(followed: Followed, system: str, names: Names, diagrams: Diagrams) -> Finding:
    scenario = followed.scenario
    return Finding(
        "scenario", scenario.name, mark(followed)[1], scenario_answer(followed),
        "", scenario.span.place, followed.reasons,
        followed.instead, followed.rests_on, (),
        (run_part(of_scenario(system, followed), names, diagrams),),
    )  # fmt: skip
