"""A state space as a diagram, drawn by ``dot``.

What to show is decided in ``outline``; here it becomes DOT text. Boxes have numbers for names, and
every text of the file goes into labels through ``html_labels`` or ``dot_text``. Colours come from
the theme.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from tcpspec.escape import dot_text
from tcpspec.views.html_labels import beside, columns, nested, row, table
from tcpspec.views.render import Picture
from tcpspec.views.spaces.outline import Place, SpaceOutline, Way
from tcpspec.views.theme import LIGHT, Theme
from tcpspec.wrap import wrapped

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


def space_diagram(
    shown: SpaceOutline, *, outcome: str | None = None, theme: Theme = LIGHT
) -> Picture:
    """The reachable states of a system, or a quotient of them, and the steps between them.

    Initial states are entered from a dot, states at rest have a double border, deadlocks are red.
    If there is a path, it is red and numbered, and ``outcome`` says what is wrong at its end.
    """
    drawing, walked = _Drawing(shown, theme), _walked(shown)
    for number, place in enumerate(shown.places):
        drawing.place(number, place, walked.get((number, number), []), outcome)
    drawing.starts()
    far = _far(shown)
    for way in shown.ways:
        target = _AGAIN if way in far else str(way.target)
        drawing.way(way, target, walked.get((way.source, way.target), []))
    if far:
        drawing.again(shown.places[0])
    drawing.endings()
    what = "State space" if shown.whole else "Quotient of the state space"
    return Picture(drawing.graph.source, f"{what} of {shown.system.name}", drawing.words)


def _caption(shown: SpaceOutline) -> list[str]:
    """What a box is, and how many states and steps there are."""
    names = [instance.name for instance in shown.system.instances]
    states = sum(place.states for place in shown.places)
    steps = sum(way.count for way in shown.ways)
    if shown.whole:
        return [
            f"Each box is a state: {' | '.join(names)}; below, messages on their way, and the "
            "variables and budgets that are not as at the start.",
            f"{_plural(states, 'state')}, {_plural(steps, 'step')}. {_SIGNS}",
            *_repeated(shown),
            *shown.rests_on,
        ]
    inside = sum(place.inside for place in shown.places)
    all_ = steps + inside
    return [
        f"Each box stands for all states with these control states: {' | '.join(names)}.",
        f"{_plural(states, 'state')} in {len(shown.places):,} boxes; {_plural(all_, 'step')}, of "
        f"which {inside:,} stay in their box and are not drawn. {_SIGNS}",
        *_repeated(shown),
        *shown.rests_on,
    ]


def _repeated(shown: SpaceOutline) -> Iterator[str]:
    """What a lasso does for ever."""
    if shown.loop_from is None:
        return
    first, last = shown.loop_from + 1, len(shown.path) - 1
    steps = f"step {last}" if first == last else f"steps {first} to {last}"
    yield f"For ever again: {steps}." if first <= last else "It stays there for ever."


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


class _Drawing:
    """DOT text in the making."""

    def __init__(self, shown: SpaceOutline, theme: Theme) -> None:
        import graphviz  # takes 35 ms

        self._shown, self._theme = shown, theme
        captions = _caption(shown)
        self.words = " ".join(captions)
        """What the picture says of itself, for those who do not see it."""
        self.graph = graphviz.Digraph(
            "1",
            graph_attr={
                "rankdir": "TB", "nodesep": "0.3", "ranksep": "0.45", "fontname": "Helvetica",
                "pad": "0.2", "fontcolor": theme.grey, "fontsize": str(_TEXT_SIZE),
                "bgcolor": theme.paper,
                "label": graphviz.nohtml("\\l".join(map(dot_text, captions)) + "\\l"),
            },
            node_attr={
                "shape": "box", "style": "rounded,filled", "fillcolor": theme.box,
                "color": theme.ink, "fontname": "Helvetica", "fontcolor": theme.ink,
                "margin": "0.06,0.04",
            },
            edge_attr={
                "fontname": "Helvetica", "fontsize": str(_TEXT_SIZE), "fontcolor": theme.ink,
                "color": theme.ink, "arrowsize": "0.6",
            },
        )  # fmt: skip

    # --- boxes ---

    def place(self, number: int, place: Place, walked: Sequence[int], outcome: str | None) -> None:
        """A state, or all with the same control states, and the steps of the path that stay there:
        only in a whole space have they an arrow.
        """
        theme, path = self._theme, self._shown.path
        last = bool(path) and path[-1] == number
        bad = bool(place.deadlocked) or (last and outcome is not None)
        style = {"fillcolor": theme.wrong_box} if bad else {}
        if number in path:
            style |= {"color": theme.wrong, "penwidth": "2"}
        if place.unexpanded:
            style |= {"style": "rounded,filled,dashed"}
        rows = [*self._controls(place), *self._remarks(place)]
        if walked and not self._shown.whole:
            rows += self._small(f"{_numbered(walked)} (here)", theme.wrong)
        if last and outcome is not None:
            rows += self._small(outcome.partition("\n")[0], theme.wrong)
        border = "2" if place.at_rest else "1"
        self.graph.node(str(number), self._table(rows), peripheries=border, **style)

    def again(self, place: Place) -> None:
        """A place that is drawn above, where ways from far below lead to it."""
        rows = [*self._controls(place), *self._small("again: see above")]
        self.graph.node(_AGAIN, self._table(rows), style="rounded,dashed")

    def starts(self) -> None:
        """A dot, from which an arrow enters each place with an initial state."""
        start = str(len(self._shown.places))
        self.graph.node(start, "", shape="point", width="0.12", fillcolor=self._theme.ink)
        for number, place in enumerate(self._shown.places):
            if place.initial:
                self.graph.edge(start, str(number))

    def _controls(self, place: Place) -> Iterator[str]:
        """The control states of the instances."""
        names, ink = place.controls, self._theme.ink
        if len(names) > _SIDE_BY_SIDE:
            yield from (columns([name], _NAME_SIZE, ink, bold=True) for name in names)
        else:
            yield nested(self._table([columns(names, _NAME_SIZE, ink, bold=True)]))

    def _remarks(self, place: Place) -> Iterator[str]:
        """How many states of the place are what, or what the one state is besides."""
        whole = self._shown.whole
        for detail in place.details:
            yield from self._small(detail)
        if not whole:
            yield from self._small(_plural(place.states, "state"))
        for count, one, several, colour in (
            (place.at_rest, "", "at rest", self._theme.grey),  # of one state, the border says so
            (place.deadlocked, "deadlock", "deadlocked", self._theme.wrong),
            (place.unexpanded, "not looked at", "not looked at", self._theme.grey),
        ):
            text = one if whole else f"{count:,} {several}"
            if count and text:
                yield from self._small(text, colour)

    def _small(self, text: str, colour: str | None = None) -> Iterator[str]:
        for line in _wrapped(text):
            yield columns([line], _SMALL_SIZE, colour or self._theme.grey)

    def _table(self, rows: Sequence[str]) -> str:
        return table(rows, self._theme.rule, padding=1)

    # --- arrows ---

    def way(self, way: Way, target: str, walked: Sequence[int]) -> None:
        """Ways that lead back are given to ``dot`` the other way round, so that ranks run down."""
        theme, style = self._theme, dict[str, str]()
        rows = [row([text], _TEXT_SIZE, theme.ink, left=True) for text in _steps(way)]
        if walked:
            numbers = _wrapped(_numbered(walked))
            rows.insert(0, row(numbers, _TEXT_SIZE, theme.wrong, left=True))
            style = {"color": theme.wrong, "penwidth": "2"}
        label = beside(self._table(rows), theme.rule)
        if target != _AGAIN and way.target < way.source:
            self.graph.edge(target, str(way.source), label, dir="back", **style)
        else:
            self.graph.edge(str(way.source), target, label, **style)

    def endings(self) -> None:
        """Steps that lead nowhere end in their reasons."""
        shown, rule = self._shown, self._theme.rule
        reasons = dict.fromkeys(ending.why for ending in shown.endings)
        numbers = {why: str(len(shown.places) + 1 + n) for n, why in enumerate(reasons)}
        for why, number in numbers.items():
            self.graph.node(number, self._table(list(self._small(why))), shape="none", style="")
        for ending in shown.endings:
            count = row([f"×{ending.count:,}"], _TEXT_SIZE, self._theme.ink, left=True)
            label = beside(self._table([count]), rule) if ending.count > 1 else ""
            ends = str(ending.source), numbers[ending.why]
            self.graph.edge(*ends, label, style="dashed", color=rule)


def _steps(way: Way) -> Iterator[str]:
    """What the steps do; the most frequent first, if there are too many kinds."""
    kinds = sorted(way.steps, key=lambda step: -step[1])
    shown = kinds if len(kinds) <= _MOST_LINES + 1 else kinds[:_MOST_LINES]
    for text, count in shown:
        yield from _wrapped(f"{text} ×{count:,}" if count > 1 else text)
    if len(shown) < len(kinds):
        rest = kinds[len(shown) :]
        yield f"and {len(rest)} other kinds, {sum(count for _, count in rest):,} steps"


def _numbered(walked: Sequence[int]) -> str:
    return f"step{'' if len(walked) == 1 else 's'} {', '.join(map(str, walked))}"


def _wrapped(text: str) -> list[str]:
    """Lines that keep together what is equal to what."""
    lines = wrapped(text.replace(" = ", "\0=\0"), _WIDTH)
    return [line.replace("\0", " ") for line in lines]


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
