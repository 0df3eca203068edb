"""A run as a sequence diagram: the layout as DOT text for ``neato -n2``, which moves nothing.

Boxes are nodes of fixed size, lines are edges between invisible points. Lines are drawn first, so
that a label hides the piece of its arrow that it stands on. Nodes have numbers for names, and every
text of the file goes through ``dot_html`` or ``dot_text``.
"""

from tcpspec.escape import dot_html, dot_text
from tcpspec.explore.run import Run
from tcpspec.views.render import Picture
from tcpspec.views.runs.description import description
from tcpspec.views.runs.geometry import Point
from tcpspec.views.runs.sequence_layout import lay_out
from tcpspec.views.runs.sequence_parts import BOLD, FONT_SIZE, Layout, Line, Look, Stroke, Tag, Text
from tcpspec.views.theme import LIGHT, Theme

_LIFT = 1.8  # points by which Graphviz sets a line with a bold piece too high


def _looks(theme: Theme) -> dict[Look, dict[str, str]]:
    blank = {"style": "filled", "fillcolor": theme.paper}
    return {
        Look.TITLE: {},
        Look.HEAD: {"style": "filled", "fillcolor": theme.head, "penwidth": "1",
                    "color": theme.grey},
        Look.STATE: {"style": "rounded,filled", "fillcolor": theme.box, "penwidth": "0.8",
                     "color": theme.rule},
        Look.NOTE: {"style": "filled", "fillcolor": theme.note, "penwidth": "0.6",
                    "color": theme.note_rule},
        Look.VALUES: {"fontcolor": theme.grey},
        Look.MESSAGE: blank,
        Look.CAPTION: blank | {"fontcolor": theme.wrong},
        Look.LOOP: blank | {"fontcolor": theme.loop},
        Look.OUTCOME: {"style": "filled", "fillcolor": theme.wrong_box, "penwidth": "1.2",
                       "color": theme.wrong, "fontcolor": theme.wrong},
    }  # fmt: skip


def _strokes(theme: Theme) -> dict[Stroke, dict[str, str]]:
    return {
        Stroke.LIFELINE: {"color": theme.lifeline, "penwidth": "1"},
        Stroke.GAP: {"color": theme.paper, "penwidth": "6"},
        Stroke.MESSAGE: {"arrowhead": "normal"},
        Stroke.COPY: {"arrowhead": "normal", "style": "dashed"},
        Stroke.FLYING: {"arrowhead": "empty", "style": "dotted"},
        Stroke.LOST: {},
        Stroke.CROSS: {"color": theme.wrong, "penwidth": "2"},
        Stroke.LOOP: {"color": theme.loop, "style": "dashed", "penwidth": "0.9"},
        Stroke.BACK: {"color": theme.loop, "arrowhead": "normal", "penwidth": "0.9"},
    }


def sequence_diagram(
    run: Run, *, title: str, outcome: str | None = None, values: bool = False,
    theme: Theme = LIGHT,
) -> Picture:  # fmt: skip
    """A run as a ladder of messages; time runs down, one row a step.

    ``outcome`` says what went wrong; without it, a run that ends in an error says so itself.
    ``values`` shows the variables that change.
    """
    layout = lay_out(run, title=title, outcome=outcome, values=values)
    rows = tuple(y - layout.bottom for y in layout.rows)
    title = title or "Sequence diagram"
    return Picture(_dot(layout, theme), title, description(run, outcome), pinned=True, rows=rows)


class _Dot:
    """DOT text in the making; numbers the nodes."""

    def __init__(self, theme: Theme) -> None:
        import graphviz  # takes 35 ms

        self.looks, self.strokes = _looks(theme), _strokes(theme)
        self.ink = theme.ink
        self.graph: graphviz.Digraph = graphviz.Digraph(
            "1",
            graph_attr={
                "splines": "line", "outputorder": "edgesfirst", "pad": "0.15",
                "bgcolor": theme.paper,
            },
            node_attr={
                "shape": "box", "fixedsize": "true", "fontname": "Helvetica", "penwidth": "0",
                "fontcolor": theme.ink,
            },
            edge_attr={
                "arrowhead": "none", "color": theme.ink, "arrowsize": "0.7", "penwidth": "1.1",
            },
        )  # fmt: skip
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


def _dot(layout: Layout, theme: Theme) -> str:
    dot = _Dot(theme)
    for line in layout.lines:
        _draw_line(dot, line)
    for point in layout.dots:
        dot.node(point, "", 5, 5, shape="circle", style="filled", fillcolor=dot.ink)
    for tag in [*layout.labels, *layout.tags]:
        _draw_text(dot, tag)
    return str(dot.graph.source)


def _draw_line(dot: _Dot, line: Line) -> None:
    start, end = dot.point(line.segment.start), dot.point(line.segment.end)
    style = dot.strokes[line.stroke] | ({"arrowhead": "none"} if line.goes_on else {})
    dot.graph.edge(start, end, **style)


def _draw_text(dot: _Dot, tag: Tag) -> None:
    """A line with a bold lead is HTML; all else is plain, which Graphviz centres better.

    So is a lead that is not ASCII: Graphviz would not know where to go on behind it.
    """
    import graphviz

    text, box = tag.text, tag.box
    style = dot.looks[text.look] | {"fontsize": str(FONT_SIZE[text.look])}
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
