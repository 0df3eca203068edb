"""A machine as a state diagram, after Figure 5 of RFC 9293, drawn by ``dot``.

What to show is decided in ``outline``; here it becomes DOT text. Boxes have numbers for names, and
every text of the file goes through ``dot_html`` or ``dot_text`` on its way into a label.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from tcpspec.escape import dot_html, dot_text
from tcpspec.model.labels import ORDERED, Label, any_of
from tcpspec.model.model import Machine, State
from tcpspec.views.machines.outline import Arrow, Box, Outline, outline
from tcpspec.views.measure import text_width
from tcpspec.views.render import Picture
from tcpspec.wrap import filled, wrapped

if TYPE_CHECKING:
    import graphviz

_NAME_SIZE, _TEXT_SIZE, _SMALL_SIZE = 13, 10, 9
_LABEL_WIDTH, _LIST_WIDTH, _NOTE_WIDTH = 32, 48, 28  # characters
_INK, _GUARD, _ACTION, _RULE = "#1a1a1a", "#5b6470", "#1f4e8c", "#8a94a3"
_FILL, _NOTE_FILL = "#f4f7fb", "#ffffff"

_GRAPH = {"rankdir": "TB", "nodesep": "0.3", "ranksep": "0.4", "fontname": "Helvetica",
          "pad": "0.2", "fontcolor": _GUARD, "fontsize": str(_SMALL_SIZE)}  # fmt: skip
_NODE = {"shape": "box", "style": "rounded,filled", "fillcolor": _FILL, "color": _INK,
         "fontname": "Helvetica", "fontcolor": _INK, "margin": "0.1,0.05"}  # fmt: skip
_EDGE = {"fontname": "Helvetica", "fontsize": str(_TEXT_SIZE), "fontcolor": _INK, "color": _INK,
         "arrowsize": "0.7", "penwidth": "1.1"}  # fmt: skip


def state_diagram(machine: Machine, *, simple: bool = False) -> Picture:
    """A machine's states and the transitions between them.

    ``simple`` leaves out what Figure 5 leaves out: retransmissions, ignored messages, replies that
    change nothing, and variables.
    """
    import graphviz  # takes 35 ms

    shown = outline(machine, simple=simple)
    graph = graphviz.Digraph("1", graph_attr=_GRAPH, node_attr=_NODE, edge_attr=_EDGE)
    if machine.ordered:
        graph.attr(label=ORDERED)
    for number, box in enumerate(shown.boxes):
        _draw_box(graph, machine, number, box)
    _draw_start(graph, shown)
    for number, arrow in enumerate(shown.arrows):
        _draw_arrow(graph, number, arrow)
    return Picture(graph.source, f"State diagram of {machine.name}")


def _draw_start(graph: "graphviz.Digraph", shown: Outline) -> None:
    """The dot from which an arrow enters the initial state."""
    start = str(len(shown.boxes))
    graph.node(start, "", shape="point", width="0.12", fillcolor=_INK)
    graph.edge(start, "0", weight="10")


def _draw_box(graph: "graphviz.Digraph", machine: Machine, number: int, box: Box) -> None:
    node, name = str(number), box_id(number)
    if box.state is None:
        style = {"style": "rounded,dashed", "color": _RULE}
        graph.node(node, _list_label(machine, box), **style, id=name)
        return
    state = machine.state[box.state]
    border = "2" if state.final else "1"
    if box.sections or (state.label and not box.again):
        graph.node(node, _state_label(state, box), peripheries=border, id=name)
    else:
        graph.node(node, **_plain_state(state.name), peripheries=border, id=name)


def _draw_arrow(graph: "graphviz.Digraph", number: int, arrow: Arrow) -> None:
    """Arrows that lead up are given to ``dot`` the other way round, so that ranks run down."""
    label, name = _arrow_label(arrow.labels) if arrow.labels else "", arrow_id(number)
    if arrow.up:
        graph.edge(str(arrow.target), str(arrow.source), label, dir="back", id=name)
    else:
        graph.edge(str(arrow.source), str(arrow.target), label, id=name)


# --- names of its parts ---


def box_id(number: int) -> str:
    """What a box of the outline is called in the picture."""
    return f"box{number}"


def arrow_id(number: int) -> str:
    """What an arrow of the outline is called in the picture."""
    return f"arrow{number}"


# --- labels ---


def _plain_state(name: str) -> dict[str, str]:
    """A state with nothing but its name, which Graphviz centres better without HTML."""
    import graphviz

    width = text_width(name, _NAME_SIZE, bold=True) + 24
    return {"label": graphviz.nohtml(dot_text(name)), "width": f"{width / 72:.2f}",
            "height": "0.4", "fontname": "Helvetica-Bold", "fontsize": str(_NAME_SIZE)}  # fmt: skip


def _state_label(state: State, box: Box) -> str:
    width = text_width(state.name, _NAME_SIZE, bold=True)
    rows = [_row(_font(state.name, _NAME_SIZE, bold=True), width)]
    if state.label and not box.again:
        rows.append(_lines(wrapped(state.label, _NOTE_WIDTH), _SMALL_SIZE, _GUARD))
    rows += ["<HR/>"] if box.sections else []
    return _table([*rows, *_listed(box)], padding=2)


def _list_label(machine: Machine, box: Box) -> str:
    """Lists of transitions, each under the states that it is for."""
    rows: list[str] = []
    for section in box.sections:
        rows += ["<HR/>"] if rows else []
        states = wrapped(any_of(machine, section.states), _LIST_WIDTH)
        rows.append(_lines(states, _SMALL_SIZE, _GUARD, left=True))
        rows += _listed(Box(None, (section,)))
    return _table(rows, padding=2)


def _listed(box: Box) -> list[str]:
    """The transitions that a box lists, as they are written."""
    labels = [label for section in box.sections for label in section.labels]
    return [
        _lines(one.lines(_LIST_WIDTH), _SMALL_SIZE, _INK, left=True, hang=True) for one in labels
    ]


def _arrow_label(labels: Iterable[Label]) -> str:
    """Event and guard over a rule over the actions; several one under the other."""
    rows: list[str] = []
    for label in labels:
        rows += ['<TR><TD HEIGHT="7"></TD></TR>'] if rows else []
        rows.append(_lines(wrapped(label.event, _LABEL_WIDTH), _TEXT_SIZE, _INK, left=True))
        if label.guard:
            guard = wrapped(f"[{label.guard}]", _LABEL_WIDTH)
            rows.append(_lines(guard, _TEXT_SIZE, _GUARD, left=True))
        if label.actions:
            actions = filled(label.followed, _LABEL_WIDTH)
            rows += ["<HR/>", _lines(actions, _TEXT_SIZE, _ACTION, left=True)]
    return _beside(_table(rows, padding=1))


def _beside(label: str) -> str:
    """A label with some room between it and its arrow, which runs along its left side."""
    gap = '<TD WIDTH="5"></TD>'
    return _table([f"<TR>{gap}<TD>{label[1:-1]}</TD>{gap}</TR>"], padding=0)


def _lines(
    texts: Sequence[str], size: int, color: str, *, left: bool = False, hang: bool = False
) -> str:
    """A row of one or more lines; with ``hang``, all but the first are indented."""
    side = ' ALIGN="LEFT"' if left else ""
    indent = f'<FONT POINT-SIZE="{size}">&#160;&#160;</FONT>' if hang else ""
    first, *others = [f"{_font(text, size, color)}<BR{side}/>" for text in texts]
    inner = "".join([first, *(indent + other for other in others)])
    return _row(inner, max(text_width(text, size) for text in texts), side)


def _font(text: str, size: int, color: str = _INK, *, bold: bool = False) -> str:
    inner = f"<B>{dot_html(text)}</B>" if bold else dot_html(text)
    return f'<FONT POINT-SIZE="{size}" COLOR="{color}">{inner}</FONT>'


def _row(inner: str, width: float, side: str = "") -> str:
    """A row that is wide enough even where Graphviz does not know its letters."""
    return f'<TR><TD{side} BALIGN="LEFT" WIDTH="{round(width) + 4}">{inner}</TD></TR>'


def _table(rows: Iterable[str], padding: int) -> str:
    start = '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0"'
    return f'<{start} CELLPADDING="{padding}" COLOR="{_RULE}">{"".join(rows)}</TABLE>>'
