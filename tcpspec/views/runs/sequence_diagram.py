"""A run as a sequence diagram: the layout as DOT text for ``neato -n2``, which moves nothing.

Boxes are nodes of fixed size, lines are edges between invisible points. Lines are drawn first, so
that a label hides the piece of its arrow that it stands on. Nodes have numbers for names, and every
text of the file goes through ``dot_html`` or ``dot_text``.
"""

from typing import TYPE_CHECKING

from tcpspec.escape import dot_html, dot_text
from tcpspec.explore.run import Run
from tcpspec.views.render import Picture
from tcpspec.views.runs.geometry import Point
from tcpspec.views.runs.sequence_layout import lay_out
from tcpspec.views.runs.sequence_parts import BOLD, FONT_SIZE, Layout, Line, Look, Stroke, Tag, Text

if TYPE_CHECKING:
    pass

_INK, _GREY, _BLUE, _RED, _PURPLE = "#1a1a1a", "#5b6470", "#1f4e8c", "#b3261e", "#6b3fa0"

_LIFT = 1.8  # points by which Graphviz sets a line with a bold piece too high

_GRAPH = {"splines": "line", "outputorder": "edgesfirst", "pad": "0.15"}
_NODE = {"shape": "box", "fixedsize": "true", "fontname": "Helvetica", "penwidth": "0"}
_EDGE = {"arrowhead": "none", "color": _INK, "arrowsize": "0.7", "penwidth": "1.1"}

_LOOKS: dict[Look, dict[str, str]] = {
    Look.TITLE: {},
    Look.HEAD: {"style": "filled", "fillcolor": "#e6ebf2", "penwidth": "1", "color": _GREY},
    Look.STATE: {"style": "rounded,filled", "fillcolor": "#f4f7fb", "penwidth": "0.8",
                 "color": "#8a94a3"},
    Look.NOTE: {"style": "filled", "fillcolor": "#fff6d8", "penwidth": "0.6", "color": "#c9b25f"},
    Look.VALUES: {"fontcolor": _GREY},
    Look.MESSAGE: {"style": "filled", "fillcolor": "white"},
    Look.CAPTION: {"style": "filled", "fillcolor": "white", "fontcolor": _RED},
    Look.LOOP: {"style": "filled", "fillcolor": "white", "fontcolor": _PURPLE},
    Look.OUTCOME: {"style": "filled", "fillcolor": "#fdecea", "penwidth": "1.2", "color": _RED,
                   "fontcolor": _RED},
}  # fmt: skip
_STROKES: dict[Stroke, dict[str, str]] = {
    Stroke.LIFELINE: {"color": "#9aa5b1", "penwidth": "1"},
    Stroke.MESSAGE: {"arrowhead": "normal"},
    Stroke.COPY: {"arrowhead": "normal", "style": "dashed"},
    Stroke.FLYING: {"arrowhead": "empty", "style": "dotted"},
    Stroke.LOST: {},
    Stroke.CROSS: {"color": _RED, "penwidth": "2"},
    Stroke.LOOP: {"color": _PURPLE, "style": "dashed", "penwidth": "0.9"},
    Stroke.BACK: {"color": _PURPLE, "arrowhead": "normal", "penwidth": "0.9"},
}


def sequence_diagram(
    run: Run, *, title: str, outcome: str | None = None, values: bool = False
) -> Picture:
    """A run as a ladder of messages; time runs down, one row a step.

    ``outcome`` says what went wrong; without it, a run that ends in an error says so itself.
    ``values`` shows the variables that change.
    """
    layout = lay_out(run, title=title, outcome=outcome, values=values)
    rows = tuple(y - layout.bottom for y in layout.rows)
    return Picture(_dot(layout), title or "Sequence diagram", pinned=True, rows=rows)


class _Dot:
    """DOT text in the making; numbers the nodes."""

    def __init__(self) -> None:
        import graphviz  # takes 35 ms

        self.graph: graphviz.Digraph = graphviz.Digraph(
            "1", graph_attr=_GRAPH, node_attr=_NODE, edge_attr=_EDGE
        )
        self._count = 0

    def node(self, at: Point, label: str, width: float, height: float, **style: str) -> str:
        """A node in its place, sizes in points; its number."""
        self._count += 1
        name = str(self._count)
        self.graph.node(
            name, label, pos=f"{at.x:.1f},{-at.y:.1f}!", width=f"{width / 72:.3f}",
            height=f"{height / 72:.3f}", **style,
        )  # fmt: skip
        return name

    def point(self, at: Point) -> str:
        return self.node(at, "", 0.4, 0.4, shape="point", style="invis")


def _dot(layout: Layout) -> str:
    dot = _Dot()
    for line in layout.lines:
        _draw_line(dot, line)
    for point in layout.dots:
        dot.node(point, "", 5, 5, shape="circle", style="filled", fillcolor=_INK)
    for tag in [*layout.labels, *layout.tags]:
        _draw_text(dot, tag)
    return str(dot.graph.source)


def _draw_line(dot: _Dot, line: Line) -> None:
    start, end = dot.point(line.segment.start), dot.point(line.segment.end)
    dot.graph.edge(start, end, **_STROKES[line.stroke])


def _draw_text(dot: _Dot, tag: Tag) -> None:
    """A line with a bold lead is HTML; all else is plain, which Graphviz centres better.

    So is a lead that is not ASCII: Graphviz would not know where to go on behind it.
    """
    import graphviz

    text, box = tag.text, tag.box
    style = _LOOKS[text.look] | {"fontsize": str(FONT_SIZE[text.look])}
    if text.lead.isascii() and text.lead:
        lowered = Point(box.middle.x, box.middle.y + _LIFT)
        dot.node(lowered, _with_lead(text), box.width, box.height, **style)
        return
    if text.look in BOLD:
        style["fontname"] = "Helvetica-Bold"
    label = graphviz.nohtml("\\n".join(map(dot_text, text.plain)))
    dot.node(box.middle, label, box.width, box.height, **style)


def _with_lead(text: Text) -> str:
    first, *others = map(dot_html, text.lines)
    return f"<{'<BR/>'.join([f'<B>{dot_html(text.lead)}</B> {first}'.rstrip(), *others])}>"
