"""A machine as a state diagram in Mermaid, for pages that draw it: GitHub, GitLab, documentation.

States have numbers for names, and every text of the file goes through ``mermaid_text``. Final
states have a thick border: an arrow to ``[*]`` would say that the machine ends there. What leaves a
state as it is stands in the state, as in UML: Mermaid draws the labels of loops over its boxes.
"""

from collections.abc import Iterable, Mapping, Sequence

from tcpspec.escape import mermaid_text
from tcpspec.model.labels import Label, arrows, remarks
from tcpspec.model.model import Machine, State
from tcpspec.wrap import wrapped

_ARROW_WIDTH, _BOX_WIDTH = 26, 40
"""Characters in a line. Mermaid breaks what is longer than 200 pixels, but not in boxes."""
_BREAK, _INDENT = "<br/>", "#160;#160;"


def mermaid(machine: Machine, *, simple: bool = False) -> str:
    """A machine's states and the transitions between them, each state with all its own.

    ``simple`` leaves out what Figure 5 of RFC 9293 leaves out.
    """
    ids = {state.name: f"s{number}" for number, state in enumerate(machine.states)}
    shown = arrows(machine, simple=simple)
    lines = [
        "stateDiagram-v2",
        f"accTitle: State diagram of {mermaid_text(machine.name)}",
        *(f'state "{_state(state)}" as {ids[state.name]}' for state in machine.states),
        *(f"{ids[a]} : {_in_box(labels)}" for (a, b), labels in shown.items() if a == b),
        f"[*] --> {ids[machine.initial.name]}",
        *(f"{ids[a]} --> {ids[b]} : {_on_arrow(of)}" for (a, b), of in shown.items() if a != b),
        *_final(machine, ids),
    ]
    return _heading(remarks(machine, simple=simple)) + "\n    ".join(lines) + "\n"


def _heading(said: Sequence[str]) -> str:
    """A title, which Mermaid takes from YAML before the diagram."""
    return f'---\ntitle: "{" ".join(said)}"\n---\n' if said else ""


def _state(state: State) -> str:
    lines = wrapped(state.label, _ARROW_WIDTH) if state.label else []
    return _BREAK.join(map(mermaid_text, [state.name, *lines]))


def _on_arrow(labels: Iterable[Label]) -> str:
    return _BREAK.join(mermaid_text(li) for label in labels for li in label.lines(_ARROW_WIDTH))


def _in_box(labels: Iterable[Label]) -> str:
    """All lines of a label but the first are indented: boxes align their texts on the left."""
    inner = _BREAK + _INDENT
    return _BREAK.join(inner.join(map(mermaid_text, label.lines(_BOX_WIDTH))) for label in labels)


def _final(machine: Machine, ids: Mapping[str, str]) -> list[str]:
    final = [ids[state.name] for state in machine.states if state.final]
    style = "classDef accepting stroke-width:4px"
    return [style, f"class {','.join(final)} accepting"] if final else []
