"""A run as a document shows it: picture, steps in words, and what the run viewer moves.

The viewer gets rows, one for each state of the run, the initial one first: for each instance its
control state, the parts of its state diagram to light and the values of its variables; the contents
of each channel; and how far down the row stands in the picture.
"""

from collections.abc import Iterator, Mapping, Sequence

from tcpspec.escape import visible
from tcpspec.explore.run import Run, describe
from tcpspec.model.model import Machine
from tcpspec.record import replace
from tcpspec.semantics.show import show_packet, show_value
from tcpspec.semantics.state import GlobalState, Step
from tcpspec.views.document.parts import Figure, RunPart, StepPart
from tcpspec.views.draw import Answer, sequence_of
from tcpspec.views.machines.lighting import Lighting
from tcpspec.views.names import Names
from tcpspec.views.runs.story import changes, control_states, verdict_text

Diagrams = Mapping[Machine, tuple[str, Lighting]]
"""For each machine the anchor of the diagram that the viewer shows, and what to light in it."""


def run_part(answer: Answer, names: Names, diagrams: Diagrams) -> RunPart:
    """The part of one run; ``names`` gives its anchor and those of its steps."""
    run = answer.run
    steps = [f"step-{number}" for number in range(len(run.steps) + 1)]
    anchor = names.of(f"run {answer.system} {answer.name}", steps)
    picture = sequence_of(answer)
    return RunPart(
        anchor, answer.title, Figure(anchor, picture, picture.title), tuple(_steps(run)),
        tuple(instance.name for instance in run.system.instances), run.loop_from,
        verdict_text(run, answer.outcome), _data(run, picture.rows, diagrams),
    )  # fmt: skip


def _steps(run: Run) -> Iterator[StepPart]:
    """The initial state, then each step."""
    states = control_states(run)
    yield StepPart("the initial state", states[0])
    for row, (run_step, changed) in enumerate(zip(run.steps, changes(run)[1:], strict=True), 1):
        step = run_step.step
        told = StepPart(describe(run.system, step), states[row], tuple(map(str, changed)))
        if step.local is not None:
            line = step.local.transition
            told = replace(told, line=line.text, place=line.span.place, reference=line.reference)
        yield told


def _data(run: Run, rows: Sequence[float], diagrams: Diagrams) -> dict[str, object]:
    """What the viewer needs; every text in it is safe to show."""
    states, all_lit = _all_states(run), list(_lit(run, diagrams))
    instances = []
    for number, instance in enumerate(run.system.instances):
        locals_ = [state.locals[number] for state in states]
        instances.append({
            "name": visible(instance.name),
            "diagram": diagrams[instance.machine][0],
            "states": [visible(local.state) for local in locals_],
            "lit": [lit[number] for lit in all_lit],
            "variables": [
                [visible(variable.name), [visible(show_value(one.values[slot])) for one in locals_]]
                for slot, variable in enumerate(instance.machine.variables)
            ],
        })  # fmt: skip
    return {
        "rows": [round(y, 1) for y in rows],
        "loop": run.loop_from,
        "instances": instances,
        "channels": [
            [visible(channel.name), [_contents(run, state, number) for state in states]]
            for number, channel in enumerate(run.system.channels)
        ],
    }


def _all_states(run: Run) -> list[GlobalState]:
    """The state after each row; where a step leads nowhere, the one before it."""
    found = [run.initial]
    for run_step in run.steps:
        found.append(run_step.state or found[-1])
    return found


def _contents(run: Run, state: GlobalState, channel: int) -> list[str]:
    return [visible(show_packet(run.system.messages, one)) for one in state.channels[channel]]


def _lit(run: Run, diagrams: Diagrams) -> Iterator[list[list[str]]]:
    """For each row and instance the parts to light: its state, and the way that it took there."""
    before = run.initial
    yield [_parts(run, number, before, before, None, diagrams) for number in _numbers(run)]
    for run_step in run.steps:
        after = run_step.state or before
        yield [
            _parts(run, number, before, after, run_step.step, diagrams) for number in _numbers(run)
        ]
        before = after


def _numbers(run: Run) -> range:
    return range(len(run.system.instances))


def _parts(
    run: Run, number: int, before: GlobalState, after: GlobalState, step: Step | None,
    diagrams: Diagrams,
) -> list[str]:  # fmt: skip
    lighting = diagrams[run.system.instances[number].machine][1]
    old, new = before.locals[number].state, after.locals[number].state
    parts = lighting.of_state(new)
    if step is not None and step.instance == number and step.local is not None:
        parts += lighting.of_step(step.local.transition, old, new)
    return parts
