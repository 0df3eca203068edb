"""A state space as a diagram, drawn by ``dot``.

What to show is decided in ``outline``; here it becomes DOT text. Boxes have numbers for names, and
every text of the file goes through ``dot_html`` on its way into a label.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from tcpspec.escape import dot_html, dot_text
from tcpspec.views.measure import text_width
from tcpspec.views.render import Picture
from tcpspec.views.spaces.outline import Place, SpaceOutline, Way
from tcpspec.wrap import wrapped

if TYPE_CHECKING:
    import graphviz

_NAME_SIZE, _TEXT_SIZE, _SMALL_SIZE = 11, 9, 8
_WIDTH = 40
"""Characters in a line of a label."""
_MOST_LINES = 3
"""Kinds of steps that a way of a quotient tells; of more, how many more."""
_SIDE_BY_SIDE = 4
"""So many instances stand beside each other in a box; more stand one below the other."""
_AGAIN = "-1"
"""The number of the initial place where it is drawn again."""
_SIGNS = "Double border: at rest, all final and no message on its way."
_INK, _FAINT, _RULE, _BAD, _CUT = "#1a1a1a", "#5b6470", "#8a94a3", "#b3001b", "#8a94a3"
_FILL, _BAD_FILL = "#f4f7fb", "#fdecee"

_GRAPH = {"rankdir": "TB", "nodesep": "0.3", "ranksep": "0.45", "fontname": "Helvetica",
          "pad": "0.2", "fontcolor": _FAINT, "fontsize": str(_TEXT_SIZE)}  # fmt: skip
_NODE = {"shape": "box", "style": "rounded,filled", "fillcolor": _FILL, "color": _INK,
         "fontname": "Helvetica", "fontcolor": _INK, "margin": "0.06,0.04"}  # fmt: skip
_EDGE = {"fontname": "Helvetica", "fontsize": str(_TEXT_SIZE), "fontcolor": _INK, "color": _INK,
         "arrowsize": "0.6"}  # fmt: skip


def space_diagram(shown: SpaceOutline, *, outcome: str | None = None) -> Picture:
    """The reachable states of a system, or a quotient of them, and the steps between them.

    Initial states are entered from a dot, states at rest have a double border, deadlocks are red.
    If there is a path, it is red and numbered, and ``outcome`` says what is wrong at its end.
    """
    import graphviz  # takes 35 ms

    graph = graphviz.Digraph("1", graph_attr=_GRAPH, node_attr=_NODE, edge_attr=_EDGE)
    graph.attr(label=graphviz.nohtml("\\l".join(map(dot_text, _caption(shown))) + "\\l"))
    for number, place in enumerate(shown.places):
        _draw_place(graph, shown, number, place, outcome)
    _draw_starts(graph, shown)
    walked = _walked(shown)
    far = _far(shown)
    for way in shown.ways:
        target = _AGAIN if way in far else str(way.target)
        _draw_way(graph, way, target, walked.get((way.source, way.target), []))
    if far:
        _draw_again(graph, shown.places[0])
    _draw_endings(graph, shown)
    what = "State space" if shown.whole else "Quotient of the state space"
    return Picture(graph.source, f"{what} of {shown.system.name}")


def _caption(shown: SpaceOutline) -> list[str]:
    """What a box is, and how many states and steps there are."""
    names = [instance.name for instance in shown.system.instances]
    states = sum(place.states for place in shown.places)
    steps = sum(way.count for way in shown.ways)
    if shown.whole:
        return [
            f"Each box is a state: {' | '.join(names)}.",
            f"{_plural(states, 'state')}, {_plural(steps, 'step')}. {_SIGNS}",
            *shown.rests_on,
        ]
    inside = sum(place.inside for place in shown.places)
    all_ = steps + inside
    return [
        f"Each box stands for all states with these control states: {' | '.join(names)}.",
        f"{_plural(states, 'state')} in {len(shown.places):,} boxes; {_plural(all_, 'step')}, of "
        f"which {inside:,} stay in their box and are not drawn. {_SIGNS}",
        *shown.rests_on,
    ]


def _far(shown: SpaceOutline) -> set[Way]:
    """The ways from the far half back to the one initial place. It is drawn again below them, as
    Figure 5 of RFC 9293 draws CLOSED twice.
    """
    starts = [place for place in shown.places if place.initial]
    half = max(max(place.depth for place in shown.places) / 2, 2)
    return {
        way
        for way in shown.ways
        if len(starts) == 1 and way.target == 0 and shown.places[way.source].depth > half
    }


def _walked(shown: SpaceOutline) -> dict[tuple[int, int], list[int]]:
    """The steps of the path that take each way, by their numbers."""
    found: dict[tuple[int, int], list[int]] = defaultdict(list)
    for step in range(1, len(shown.path)):
        found[shown.path[step - 1], shown.path[step]].append(step)
    return found


# --- boxes ------------------------------------------------------------------------------------


def _draw_place(
    graph: "graphviz.Digraph", shown: SpaceOutline, number: int, place: Place, outcome: str | None
) -> None:
    last = bool(shown.path) and shown.path[-1] == number
    bad = bool(place.deadlocked) or (last and outcome is not None)
    style = {"fillcolor": _BAD_FILL} if bad else {}
    if number in shown.path:
        style |= {"color": _BAD, "penwidth": "2"}
    if place.unexpanded:
        style |= {"style": "rounded,filled,dashed"}
    rows = [*_controls(place), *_remarks(shown, place)]
    if last and outcome is not None:
        claim = outcome.partition("\n")[0]
        rows += [_row(_font(line, _SMALL_SIZE, _BAD)) for line in _wrapped(claim)]
    graph.node(str(number), _table(rows), peripheries="2" if place.at_rest else "1", **style)


def _controls(place: Place) -> Iterator[str]:
    """The control states of the instances."""
    cells = [_cell(_font(f"<B>{dot_html(name)}</B>", _NAME_SIZE, markup=True), name)
             for name in place.controls]  # fmt: skip
    if len(cells) > _SIDE_BY_SIDE:
        yield from (f"<TR>{cell}</TR>" for cell in cells)
    else:
        inner = "<VR/>".join(cells)
        yield _row(_table([f"<TR>{inner}</TR>"])[1:-1])


def _cell(inner: str, name: str) -> str:
    """A cell that is wide enough even where Graphviz does not know the letters."""
    width = round(text_width(name, _NAME_SIZE, bold=True)) + 8
    return f'<TD WIDTH="{width}">{inner}</TD>'


def _remarks(shown: SpaceOutline, place: Place) -> Iterator[str]:
    """How many states of the place are what, or what the one state is besides."""
    for detail in place.details:
        yield from (_row(_font(line, _SMALL_SIZE, _FAINT)) for line in _wrapped(detail))
    if not shown.whole:
        yield _row(_font(_plural(place.states, "state"), _SMALL_SIZE, _FAINT))
    for count, what, colour in (
        (place.at_rest, "at rest", _FAINT),
        (place.deadlocked, "deadlock", _BAD),
        (place.unexpanded, "not looked at", _FAINT),
    ):
        if count and (not shown.whole or what != "at rest"):
            text = what if shown.whole else f"{count:,} {what}"
            yield _row(_font(text, _SMALL_SIZE, colour))


def _draw_starts(graph: "graphviz.Digraph", shown: SpaceOutline) -> None:
    """A dot, from which an arrow enters each place with an initial state."""
    start = str(len(shown.places))
    graph.node(start, "", shape="point", width="0.12", fillcolor=_INK)
    for number, place in enumerate(shown.places):
        if place.initial:
            graph.edge(start, str(number))


def _draw_again(graph: "graphviz.Digraph", place: Place) -> None:
    rows = [*_controls(place), _row(_font("again: see above", _SMALL_SIZE, _FAINT))]
    graph.node(_AGAIN, _table(rows), style="rounded,dashed")


# --- arrows -----------------------------------------------------------------------------------


def _draw_way(graph: "graphviz.Digraph", way: Way, target: str, walked: Sequence[int]) -> None:
    """Ways that lead back are given to ``dot`` the other way round, so that ranks run down."""
    rows = [_row(_font(text, _TEXT_SIZE, _INK), left=True) for text in _steps(way)]
    style = {}
    if walked:
        numbers = f"step {', '.join(map(str, walked))}"
        rows.insert(0, _row(_font(numbers, _TEXT_SIZE, _BAD), left=True))
        style = {"color": _BAD, "penwidth": "2"}
    label = _beside(_table(rows))
    if target != _AGAIN and way.target < way.source:
        graph.edge(target, str(way.source), label, dir="back", **style)
    else:
        graph.edge(str(way.source), target, label, **style)


def _steps(way: Way) -> Iterator[str]:
    """What the steps do; the most frequent first, if there are too many kinds."""
    kinds = sorted(way.steps, key=lambda step: -step[1])
    shown = kinds if len(kinds) <= _MOST_LINES + 1 else kinds[:_MOST_LINES]
    for text, count in shown:
        yield from _wrapped(f"{text} ×{count:,}" if count > 1 else text)
    if len(shown) < len(kinds):
        rest = kinds[len(shown) :]
        yield f"and {len(rest)} other kinds, {sum(count for _, count in rest):,} steps"


def _draw_endings(graph: "graphviz.Digraph", shown: SpaceOutline) -> None:
    """Steps that lead nowhere end in their reasons."""
    reasons = dict.fromkeys(ending.why for ending in shown.endings)
    numbers = {why: str(len(shown.places) + 1 + n) for n, why in enumerate(reasons)}
    for why, number in numbers.items():
        rows = [_row(_font(line, _SMALL_SIZE, _FAINT)) for line in _wrapped(why)]
        graph.node(number, _table(rows), shape="none", style="")
    for ending in shown.endings:
        label = f"×{ending.count:,}" if ending.count > 1 else ""
        graph.edge(
            str(ending.source), numbers[ending.why], label, style="dashed", color=_CUT
        )  # fmt: skip


# --- labels -----------------------------------------------------------------------------------


def _wrapped(text: str) -> list[str]:
    """Lines that keep together what is equal to what."""
    lines = wrapped(text.replace(" = ", "\0=\0"), _WIDTH)
    return [line.replace("\0", " ") for line in lines]


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _font(text: str, size: int, colour: str = _INK, *, markup: bool = False) -> str:
    inner = text if markup else dot_html(text)
    return f'<FONT POINT-SIZE="{size}" COLOR="{colour}">{inner}</FONT>'


def _row(inner: str, *, left: bool = False) -> str:
    side = ' ALIGN="LEFT"' if left else ""
    return f"<TR><TD{side}>{inner}</TD></TR>"


def _beside(label: str) -> str:
    """A label with some room between it and its arrow."""
    return _table([f'<TR><TD WIDTH="5"></TD><TD>{label[1:-1]}</TD></TR>'])


def _table(rows: Iterable[str]) -> str:
    start = '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1"'
    return f'<{start} COLOR="{_RULE}">{"".join(rows)}</TABLE>>'
