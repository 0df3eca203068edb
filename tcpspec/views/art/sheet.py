"""A plan in rows: each row has boxes, or lines and the labels beside them, from left to right.

Every line goes from one row to the next, so that one that passes by others is a chain of *knots*.
A label stands beside its line where that begins; of labels that have no room side by side, some
stand in a row below. In which order the knots of a row stand is up to ``dot``, which is good at
avoiding crossings; where they stand is decided here.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean

from tcpspec.views.art.grid import ROOM, spread
from tcpspec.views.art.plan import Plan
from tcpspec.views.render import HURRY, positions

_SWEEPS = 9
"""So often knots move towards those above or below them."""

_LARGE = 400
"""From so many knots on, less time is spent on a good order."""

_UNIT = 0.2
"""Inches that ``dot`` takes a place for."""


@dataclass(slots=True, eq=False)
class Knot:
    """A box, or a piece of a line; ``place`` is its left border or the line itself."""

    size: int
    box: int | None = None
    label: tuple[str, ...] = ()
    place: int = 0

    @property
    def middle(self) -> float:
        """Where lines begin and end: in the middle of a box."""
        return 0.0 if self.box is None else (self.size - 1) / 2


@dataclass(slots=True)
class Strand:
    """The piece of a link between two rows; it leaves the upper at one place and arrives at
    another.
    """

    upper: Knot
    lower: Knot
    link: int
    leaves: int = 0
    arrives: int = 0


@dataclass(slots=True)
class Sheet:
    """Rows of knots, and the strands from each row to the next."""

    rows: list[list[Knot]] = field(default_factory=list)
    strands: list[list[Strand]] = field(default_factory=list)


def sheet(plan: Plan) -> Sheet:
    """All knots in their places, and where each strand leaves and arrives."""
    made = _rows(plan)
    _order(made)
    for number in range(_SWEEPS):
        _sweep(made, down=number % 2 == 0)
    for strands in made.strands:
        _connect(strands)
    return made


# --- rows ---


def _rows(plan: Plan) -> Sheet:
    """For each layer a row of boxes, and below it rows of the labels that stand there."""
    made = Sheet()
    boxes = [Knot(frame.size, box=number) for number, frame in enumerate(plan.frames)]
    open_: dict[int, Knot] = {}
    for layer in range(max(plan.layers) + 1):
        here = [number for number, at in enumerate(plan.layers) if at == layer]
        goes_on = {n: boxes[plan.links[n].lower] if plan.links[n].lower in here else Knot(1)
                   for n in open_}  # fmt: skip
        passing = {n: knot for n, knot in goes_on.items() if knot.box is None}
        _add(made, [*(boxes[number] for number in here), *passing.values()], open_, goes_on)
        begins = {n: boxes[li.upper] for n, li in enumerate(plan.links) if li.upper in here}
        open_ = passing | begins
        for labelled in _label_rows(plan, layer, open_):
            knots = {n: _line(plan, n, labelled) for n in open_}
            _add(made, list(knots.values()), open_, knots)
            open_ = knots
    return made


def _add(
    made: Sheet, row: list[Knot], above: Mapping[int, Knot], below: Mapping[int, Knot]
) -> None:
    if made.rows:
        made.strands.append([Strand(above[n], below[n], n) for n in above])
    made.rows.append(row)


def _line(plan: Plan, number: int, labelled: Sequence[int]) -> Knot:
    link = plan.links[number]
    return Knot(link.size, label=link.lines) if number in labelled else Knot(1)


def _label_rows(plan: Plan, layer: int, lines: Mapping[int, Knot]) -> list[list[int]]:
    """Which lines have their labels below a layer, row by row, as many in each as fit."""
    room = ROOM - len(lines)
    rows: list[list[int]] = []
    for number in lines:
        link = plan.links[number]
        begins = plan.layers[link.lower] - 1 if link.up else plan.layers[link.upper]
        if begins != layer:
            continue
        for row in rows:
            if sum(plan.links[n].size - 1 for n in [*row, number]) <= room:
                row.append(number)
                break
        else:
            rows.append([number])
    return rows


# --- places ---


def _order(made: Sheet) -> None:
    """The order in which ``dot`` has the knots of each row, and about where it has them."""
    names = {knot: str(number) for number, knot in enumerate(k for row in made.rows for k in row)}
    at = positions(_dot(made, names))
    for row in made.rows:
        row.sort(key=lambda knot: at[names[knot]][0])
        wanted = [at[names[knot]][0] / _UNIT - knot.middle for knot in row]
        _settle(row, wanted)


def _dot(made: Sheet, names: Mapping[Knot, str]) -> str:
    """Knots as boxes of their sizes; every edge leads one rank down, so ranks are rows."""
    lines = [
        "digraph {",
        f"nodesep={_UNIT / 4}; ranksep=0.2",
        'node [shape=box height=0.1 label=""]',
    ]
    if len(names) > _LARGE:
        lines += [f"{name}={value}" for name, value in HURRY.items()]
    lines += [f"{name} [width={knot.size * _UNIT:.2f}]" for knot, name in names.items()]
    for strands in made.strands:
        for strand in strands:
            straight = strand.upper.box is strand.lower.box is None
            weight = 4 if straight else 1
            lines.append(f"{names[strand.upper]} -> {names[strand.lower]} [weight={weight}]")
    return "\n".join([*lines, "}"])


def _settle(row: Sequence[Knot], wanted: Sequence[float]) -> None:
    places = spread(wanted, [knot.size for knot in row], ROOM)
    for knot, place in zip(row, places, strict=True):
        knot.place = place


def _sweep(made: Sheet, *, down: bool) -> None:
    """Each row in turn moves to where its strands are straight; what has none stays."""
    rows = range(1, len(made.rows)) if down else range(len(made.rows) - 2, -1, -1)
    for number in rows:
        strands = made.strands[number - 1 if down else number]
        pulls: dict[Knot, list[float]] = {}
        for strand in strands:
            near, far = strand.upper, strand.lower
            if down:
                near, far = far, near
            pulls.setdefault(near, []).append(far.place + far.middle)
        row = made.rows[number]
        _settle(row, [fmean(pulls.get(k, [k.place + k.middle])) - k.middle for k in row])


# --- strands ---


def _connect(strands: Sequence[Strand]) -> None:
    """Where each strand leaves its upper knot and arrives at its lower one."""
    for leaving in _by_knot(strands, lambda strand: strand.upper):
        ends = [strand.lower.place + strand.lower.middle for strand in leaving]
        for strand, place in _ports(leaving[0].upper, leaving, ends):
            strand.leaves = place
    for arriving in _by_knot(strands, lambda strand: strand.lower):
        ends = [float(strand.leaves) for strand in arriving]
        for strand, place in _ports(arriving[0].lower, arriving, ends):
            strand.arrives = place


def _by_knot(strands: Sequence[Strand], end: Callable[[Strand], Knot]) -> list[list[Strand]]:
    found: dict[Knot, list[Strand]] = {}
    for strand in strands:
        found.setdefault(end(strand), []).append(strand)
    return list(found.values())


def _ports(
    knot: Knot, strands: Sequence[Strand], wanted: Sequence[float]
) -> Iterator[tuple[Strand, int]]:
    """A place on the side of a knot for each strand, as near as can be to where it goes."""
    if knot.box is None:
        yield strands[0], knot.place
        return
    room, count = knot.size - 2, len(strands)
    apart = 2 if 2 * count - 1 <= room else 1
    pairs = sorted(zip(wanted, range(count), strict=True))
    first = knot.place + 1
    sizes = [apart] * (count - 1) + [1]
    for (_, number), place in zip(
        pairs, spread([w - first for w, _ in pairs], sizes, room), strict=True
    ):
        yield strands[number], first + place
