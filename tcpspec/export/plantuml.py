"""A machine as a state diagram in PlantUML.

States have numbers for names, and every text of the file goes through ``plantuml_text``. Final
states have a thick border: an arrow to ``[*]`` would say that the machine ends there. What leaves a
state as it is stands in the state, as in UML.
"""

from collections.abc import Iterable, Iterator

from tcpspec.escape import plantuml_text
from tcpspec.model.labels import Label, arrows, remarks
from tcpspec.model.model import Machine, State
from tcpspec.wrap import wrapped

_ARROW_WIDTH, _BOX_WIDTH = 36, 48
"""Characters in a line; PlantUML breaks none itself."""
_BREAK, _INDENT = r"\n", "<U+00A0><U+00A0>"

_STYLE = """hide empty description
hide stereotype
skinparam shadowing false
skinparam state {
    BackgroundColor #f4f7fb
    BorderColor #1a1a1a
    ArrowColor #1a1a1a
    BackgroundColor<<accepting>> #dce8f7
    BorderThickness<<accepting>> 3
}"""


def plantuml(machine: Machine, *, simple: bool = False) -> str:
    """A machine's states and the transitions between them, each state with all its own.

    ``simple`` leaves out what Figure 5 of RFC 9293 leaves out.
    """
    ids = {state.name: f"s{number}" for number, state in enumerate(machine.states)}
    shown = arrows(machine, simple=simple)
    lines = [
        "@startuml",
        f"' State diagram of {plantuml_text(machine.name)}",
        *_STYLE.splitlines(),
        *([f"caption {' '.join(said)}"] if (said := remarks(machine, simple=simple)) else []),
        *(_state(state, ids[state.name]) for state in machine.states),
        *(line for (a, b), of in shown.items() if a == b for line in _in_box(ids[a], of)),
        f"[*] --> {ids[machine.initial.name]}",
        *(f"{ids[a]} --> {ids[b]} : {_on_arrow(of)}" for (a, b), of in shown.items() if a != b),
        "@enduml",
    ]
    return "\n".join(lines) + "\n"


def _state(state: State, id_: str) -> str:
    label = wrapped(state.label, _ARROW_WIDTH) if state.label else []
    text = _BREAK.join(map(plantuml_text, [state.name, *label]))
    return f'state "{text}" as {id_}{" <<accepting>>" if state.final else ""}'


def _on_arrow(labels: Iterable[Label]) -> str:
    return _BREAK.join(plantuml_text(li) for label in labels for li in label.lines(_ARROW_WIDTH))


def _in_box(id_: str, labels: Iterable[Label]) -> Iterator[str]:
    """All lines of a label but the first are indented: boxes align their texts on the left."""
    for label in labels:
        first, *others = map(plantuml_text, label.lines(_BOX_WIDTH))
        yield f"{id_} : {first}"
        yield from (f"{id_} : {_INDENT}{other}" for other in others)
