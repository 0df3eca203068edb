"""A machine as a state diagram, after Figure 5 of RFC 9293, drawn by ``dot``.

What to show is decided in ``outline``; here it becomes DOT text. Boxes have numbers for names, and
every text of the file goes into labels through ``html_labels`` or ``dot_text``. Colours
come from the theme; an overlay tells them and the lines what a check found.
"""

from collections.abc import Iterable, Mapping, Sequence

from tcpspec.escape import dot_text
from tcpspec.model.labels import Label, any_of, remarks
from tcpspec.model.model import Machine, State
from tcpspec.views.html_labels import RULE, beside, columns, row, space, table
from tcpspec.views.machines.description import description
from tcpspec.views.machines.outline import Arrow, Box, Group, Section, outline
from tcpspec.views.machines.overlay import NOTHING, Move, Overlay
from tcpspec.views.measure import text_width
from tcpspec.views.render import HURRY, Picture
from tcpspec.views.theme import LIGHT, Theme
from tcpspec.wrap import filled, wrapped

_NAME_SIZE, _TEXT_SIZE, _SMALL_SIZE = 13, 10, 9
_LABEL_WIDTH, _LIST_WIDTH, _NOTE_WIDTH = 32, 48, 28  # characters
_LARGE = 150
"""From so many arrows on, less time is spent on a good layout."""
_HEAVY = "2.6"
"""How heavy the lines of usual paths and of a run are."""


def state_diagram(
    machine: Machine, *, simple: bool = False, theme: Theme = LIGHT, overlay: Overlay = NOTHING
) -> Picture:
    """A machine's states and the transitions between them.

    ``simple`` leaves out what Figure 5 leaves out: retransmissions, ignored messages, replies that
    change nothing, and variables.
    """
    shown = outline(machine, simple=simple)
    captions = [*remarks(machine, simple=simple), *overlay.captions]
    drawing = _Drawing(machine, theme, overlay, captions)
    if len(shown.arrows) > _LARGE:
        drawing.graph.attr(**HURRY)
    targets = {arrow.source: shown.boxes[arrow.target].state for arrow in shown.arrows}
    for number, box in enumerate(shown.boxes):
        drawing.box(number, box, None if box.state else targets.get(number))
    drawing.start(str(len(shown.boxes)))
    for number, arrow in enumerate(shown.arrows):
        drawing.arrow(number, arrow, shown.boxes[arrow.source], shown.boxes[arrow.target])
    title = f"State diagram of {machine.name}"
    words = " ".join([description(machine, shown), *captions])
    return Picture(drawing.graph.source, title, words)


class _Drawing:
    """DOT text in the making."""

    def __init__(
        self, machine: Machine, theme: Theme, overlay: Overlay, captions: Sequence[str]
    ) -> None:
        import graphviz  # takes 35 ms

        self._machine, self._theme, self._overlay = machine, theme, overlay
        self.graph: graphviz.Digraph = graphviz.Digraph(
            "1",
            graph_attr={
                "rankdir": "TB", "nodesep": "0.3", "ranksep": "0.4", "fontname": "Helvetica",
                "pad": "0.2", "fontcolor": theme.grey, "fontsize": str(_SMALL_SIZE),
                "bgcolor": theme.paper,
            },
            node_attr={
                "shape": "box", "style": "rounded,filled", "fillcolor": theme.box,
                "color": theme.ink, "fontname": "Helvetica", "fontcolor": theme.ink,
                "margin": "0.1,0.05",
            },
            edge_attr={
                "fontname": "Helvetica", "fontsize": str(_TEXT_SIZE), "fontcolor": theme.ink,
                "color": theme.ink, "arrowsize": "0.7", "penwidth": "1.1",
            },
        )  # fmt: skip
        if captions:
            self.graph.attr(label="\\n".join(map(dot_text, captions)))

    # --- parts ---

    def start(self, number: str) -> None:
        """The dot from which an arrow enters the initial state."""
        self.graph.node(number, "", shape="point", width="0.12", fillcolor=self._theme.ink)
        self.graph.edge(number, "0", weight="10")

    def box(self, number: int, box: Box, target: str | None) -> None:
        """A state, or a list of what leads to the target."""
        node, name = str(number), box_id(number)
        if box.state is None:
            style = {"style": "rounded,dashed", "color": self._theme.rule}
            self.graph.node(node, self._list_label(box, target), **style, id=name)
            return
        state = self._machine.state[box.state]
        style = {"peripheries": "2" if state.final else "1", "id": name}
        if self._overlay.is_unreached(state.name):
            faint = self._theme.faint
            style |= {"style": "rounded,filled,dashed", "color": faint, "fontcolor": faint}
        if box.sections or (state.label and not box.again):
            self.graph.node(node, self._state_label(state, box), **style)
        else:
            self.graph.node(node, **_plain_state(state.name), **style)

    def arrow(self, number: int, arrow: Arrow, source: Box, target: Box) -> None:
        """Arrows that lead up are given to ``dot`` the other way round, so that ranks run down."""
        states = (source.state,) if source.state is not None else ()
        by_label = {
            label: _moves(states, label, target.state) for label in arrow.labels
        } or {
            label: _moves(section.states, label, target.state)
            for section in source.sections for label in section.labels
        }  # fmt: skip
        style = self._line([move for moves in by_label.values() for move in moves])
        label = self._arrow_label(by_label) if arrow.labels else ""
        ends = (str(arrow.source), str(arrow.target))
        if arrow.up:
            self.graph.edge(*ends[::-1], label, dir="back", **style, id=arrow_id(number))
        else:
            self.graph.edge(*ends, label, **style, id=arrow_id(number))

    def _line(self, moves: Sequence[Move]) -> dict[str, str]:
        """How an arrow looks: a run's before a usual path's before one that is never used."""
        theme, overlay = self._theme, self._overlay
        if overlay.numbers(moves):
            return {"color": theme.wrong, "penwidth": _HEAVY}
        client, server = (not path.isdisjoint(moves) for path in (overlay.client, overlay.server))
        if client and server:
            return {"color": f"{theme.ink}:{theme.ink}", "penwidth": "1.8"}
        if client or server:
            return {"penwidth": _HEAVY} | ({"style": "dashed"} if server else {})
        if overlay.is_unused(moves):
            return {"color": theme.faint, "style": "dashed"}
        return {}

    # --- labels ---

    def _state_label(self, state: State, box: Box) -> str:
        theme = self._theme
        ink = theme.faint if self._overlay.is_unreached(state.name) else theme.ink
        rows = [columns([state.name], _NAME_SIZE, ink, bold=True)]
        if state.label and not box.again:
            rows.append(row(wrapped(state.label, _NOTE_WIDTH), _SMALL_SIZE, theme.grey))
        rows += [RULE] if box.sections else []
        return table([*rows, *self._listed(box.sections, None)], theme.rule, padding=2)

    def _list_label(self, box: Box, target: str | None) -> str:
        """Lists of transitions, each under the states that it is for."""
        rows: list[str] = []
        for section in box.sections:
            rows += [RULE] if rows else []
            states = wrapped(any_of(self._machine, section.states), _LIST_WIDTH)
            rows.append(row(states, _SMALL_SIZE, self._theme.grey, left=True))
            rows += self._listed([section], target)
        return table(rows, self._theme.rule, padding=2)

    def _listed(self, sections: Iterable[Section], target: str | None) -> list[str]:
        """Transitions as they are written; without a target, they stay."""
        rows = []
        for section in sections:
            for label in section.labels:
                moves = _moves(section.states, label, target)
                lines = label.lines(_LIST_WIDTH)
                if lead := self._overlay.numbers(moves) or self._unused(moves):
                    lines[0] = f"{lead}: {lines[0]}"
                colour = self._colour(moves, self._theme.ink)
                rows.append(row(lines, _SMALL_SIZE, colour, left=True, hang=True))
        return rows

    def _unused(self, moves: Sequence[Move]) -> str:
        """A word for what is never used, where no colour says so."""
        told = self._theme.is_black_and_white and self._overlay.is_unused(moves)
        return "unused" if told else ""

    def _colour(self, moves: Sequence[Move], usual: str) -> str:
        if self._overlay.numbers(moves):
            return self._theme.wrong
        return self._theme.faint if self._overlay.is_unused(moves) else usual

    def _arrow_label(self, by_label: Mapping[Label, Sequence[Move]]) -> str:
        """Event and guard over a rule over the actions; several one under the other."""
        theme = self._theme
        rows: list[str] = []
        for label, moves in by_label.items():
            rows += [space(7)] if rows else []
            if numbers := self._overlay.numbers(moves):
                lines = wrapped(numbers, _LABEL_WIDTH)
                rows.append(row(lines, _TEXT_SIZE, theme.wrong, left=True, bold=True))
            ink, grey, blue = (
                self._colour(moves, usual) for usual in (theme.ink, theme.grey, theme.action)
            )
            event = ": ".join(filter(None, (self._unused(moves), label.event)))
            rows.append(row(wrapped(event, _LABEL_WIDTH), _TEXT_SIZE, ink, left=True))
            if label.guard:
                guard = filled(label.conditions, _LABEL_WIDTH)
                rows.append(row(guard, _TEXT_SIZE, grey, left=True))
            if label.actions:
                actions = filled(label.followed, _LABEL_WIDTH)
                rows += [RULE, row(actions, _TEXT_SIZE, blue, left=True)]
        return beside(table(rows, theme.rule, padding=1), theme.rule)


def _moves(states: Group, label: Label, target: str | None) -> list[Move]:
    return [(state, label, target or state) for state in states]


# --- names of its parts ---


def box_id(number: int) -> str:
    """What a box of the outline is called in the picture."""
    return f"box{number}"


def arrow_id(number: int) -> str:
    """What an arrow of the outline is called in the picture."""
    return f"arrow{number}"


def _plain_state(name: str) -> dict[str, str]:
    """A state with nothing but its name, which Graphviz centres better without HTML."""
    import graphviz

    width = text_width(name, _NAME_SIZE, bold=True) + 24
    return {"label": graphviz.nohtml(dot_text(name)), "width": f"{width / 72:.2f}",
            "height": "0.4", "fontname": "Helvetica-Bold", "fontsize": str(_NAME_SIZE)}  # fmt: skip
