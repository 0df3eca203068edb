"""What a state diagram in text draws as lines, what it only tells, and in which layer each box is.

Boxes and arrows are those of the ``outline``. An arrow that can be drawn is a *link*: a line from a
box to one in a lower layer, or back up. What would need more room than a line of text has is told
in the box where it begins, as the file writes it: ``rcv RST -> CLOSED``. First to be told are
arrows that pass by many layers, because they are the hardest to follow.

A label that is long gets a number, and stands below the figure. So any machine can be drawn.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from tcpspec.escape import ascii_text
from tcpspec.model.labels import Label, any_of
from tcpspec.model.model import Machine
from tcpspec.views.art.grid import ROOM, WIDTH, steps
from tcpspec.views.machines.outline import Arrow, Outline, Section
from tcpspec.wrap import filled, wrapped

_LABEL_WIDTH, _LABEL_HEIGHT = 22, 8
_BOX_WIDTH = 34
"""Characters of a line in a label and in a box, and lines of a label."""

_LINES, _LONG = 8, 9
"""So many lines side by side can be followed, and a line past so many layers."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A box: lines of text in parts with a rule between them. Only a state has a name."""

    parts: tuple[tuple[str, ...], ...]
    is_state: bool
    final: bool
    ports: int = 0
    """How many lines come in or go out on the side that has more."""

    @property
    def size(self) -> int:
        """Places, with the one after it."""
        text = max(len(line) for part in self.parts for line in part)
        return max(steps(text + 3), self.ports + 1) + 1

    @property
    def height(self) -> int:
        return sum(map(len, self.parts)) + len(self.parts) + 1


@dataclass(frozen=True, slots=True)
class Link:
    """A line between two boxes, by position; with ``up``, the arrow points to the upper one."""

    upper: int
    lower: int
    up: bool
    lines: tuple[str, ...]

    @property
    def size(self) -> int:
        """Places of the label beside the line, with the one after it."""
        return steps(max(map(len, self.lines), default=-2) + 3)


@dataclass(frozen=True, slots=True)
class Plan:
    """Boxes with the layers that they are in, lines between them, and what stands below."""

    frames: tuple[Frame, ...]
    layers: tuple[int, ...]
    links: tuple[Link, ...]
    notes: tuple[str, ...]


def plan(machine: Machine, shown: Outline) -> Plan:
    """As much as possible drawn as lines, the rest told."""
    told = frozenset[int]()
    while crowded := (attempt := _Attempt(machine, shown, told)).crowded():
        told |= crowded
    return attempt.plan


def _downwards(shown: Outline) -> list[int]:
    """Boxes in an order in which few arrows lead up: the first that nothing else has to precede.

    Lists come last.
    """
    states = [number for number, box in enumerate(shown.boxes) if box.state is not None]
    before = {number: set[int]() for number in states}
    for arrow in shown.arrows:
        if not arrow.up and arrow.source in before:
            before[arrow.target].add(arrow.source)
    order: list[int] = []
    while waiting := [number for number in states if number not in order]:
        ready = (number for number in waiting if before[number] <= {*order, number})
        order.append(next(ready, waiting[0]))
    return order + [number for number in range(len(shown.boxes)) if number not in before]


def _event_text(label: Label) -> str:
    """An upright stroke would be taken for a line.

    >>> _event_text(Label("rcv SYN | SYN+ACK"))
    'rcv SYN or SYN+ACK'
    """
    return _plain(label.event.replace(" | ", " or "))


def _plain(text: str) -> str:
    return ascii_text(" ".join(text.split()))


def _plainly(label: Label) -> Label:
    return Label(_event_text(label), _plain(label.guard), tuple(map(_plain, label.actions)))


def _block(label: Label) -> list[str]:
    """Event and guard over a rule over the actions."""
    label = _plainly(label)
    head = wrapped(label.event, _LABEL_WIDTH)
    if label.guard:
        head += filled(label.conditions, _LABEL_WIDTH)
    if not label.actions:
        return head
    actions = filled(label.followed, _LABEL_WIDTH)
    return [*head, "-" * max(map(len, head + actions)), *actions]


def _told(label: Label, target: str = "", width: int = _BOX_WIDTH, lead: str = "") -> list[str]:
    """A transition as it is written in the file; all lines but the first are indented."""
    parts = _plainly(label).lines(width - len(lead) - 2) + ([f"-> {target}"] if target else [])
    first, *others = filled(parts, width - len(lead) - 2)
    return [lead + first, *(" " * (len(lead) + 2) + other for other in others)]


def _by_box(pairs: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    """The links of each box, from pairs of both."""
    found: dict[int, list[int]] = {}
    for link, box in pairs:
        found.setdefault(box, []).append(link)
    return found


class _Attempt:
    """A plan in which some arrows are told."""

    def __init__(self, machine: Machine, shown: Outline, told: frozenset[int]) -> None:
        self._machine, self._shown = machine, shown
        self._numbered: list[Label] = []
        self._order = _downwards(shown)
        lists = {number for number, box in enumerate(shown.boxes) if box.state is None}
        drawn = {
            number: arrow for number, arrow in enumerate(shown.arrows)
            if number not in told and arrow.source not in lists
        }  # fmt: skip
        self._links = {number: self._link(arrow) for number, arrow in drawn.items()}
        self._arrows: dict[int, list[int]] = {}
        for number, arrow in enumerate(shown.arrows):
            self._arrows.setdefault(arrow.source, []).append(number)
        self._begin = _by_box((i, link.upper) for i, link in self._links.items())
        self._end = _by_box((i, link.lower) for i, link in self._links.items())
        self._frames = [self._frame(number) for number in range(len(shown.boxes))]
        self._layers = self._layered()

    @property
    def plan(self) -> Plan:
        notes = (
            line
            for number, label in enumerate(self._numbered, 1)
            for line in _told(label, "", WIDTH, lead=f"({number}) ")
        )
        links = tuple(self._links.values())
        return Plan(tuple(self._frames), tuple(self._layers), links, tuple(notes))

    # --- what is drawn ---

    def _link(self, arrow: Arrow) -> Link:
        upper, lower = sorted((arrow.source, arrow.target), key=self._order.index)
        lines: list[str] = []
        for label in arrow.labels:
            block = _block(label)
            if len(block) > _LABEL_HEIGHT or max(map(len, block)) > _LABEL_WIDTH:
                self._numbered.append(label)
                block = [f"({len(self._numbered)})"]
            lines += ["", *block] if lines else block
        return Link(upper, lower, arrow.target == upper, tuple(lines))

    def _frame(self, number: int) -> Frame:
        box = self._shown.boxes[number]
        if box.state is None:
            sections = tuple(self._section(number, section) for section in box.sections)
            return Frame(sections, is_state=False, final=False)
        told = [
            line
            for index in self._arrows.get(number, [])
            if index not in self._links
            for label in self._shown.arrows[index].labels
            for line in _told(label, self._target(index), _BOX_WIDTH)
        ]
        state = self._machine.state[box.state]
        head = wrapped(ascii_text(state.name), WIDTH - 4)
        if state.label and not box.again:
            head += wrapped(f"({ascii_text(state.label)})", _BOX_WIDTH)
        stays = [line for s in box.sections for label in s.labels for line in _told(label)]
        parts = [part for part in (head, stays + told) if part]
        ports = max(len(side.get(number, [])) for side in (self._begin, self._end))
        return Frame(tuple(map(tuple, parts)), True, state.final, ports)

    def _section(self, number: int, section: Section) -> tuple[str, ...]:
        """What applies to several states, and where it leads."""
        leads = self._arrows.get(number, [])
        target = self._target(leads[0]) if leads else ""
        head = wrapped(ascii_text(any_of(self._machine, section.states)) + ":", WIDTH - 4)
        told = (line for label in section.labels for line in _told(label, target, WIDTH - 4))
        return (*head, *told)

    def _target(self, arrow: int) -> str:
        return ascii_text(self._shown.boxes[self._shown.arrows[arrow].target].state or "")

    # --- layers ---

    def _layered(self) -> list[int]:
        """Each box below those from which lines come, in a layer where there is room."""
        layers: dict[int, int] = {}
        taken = Counter[int]()
        passing = Counter[int]()
        open_: dict[int, int] = {}  # links whose upper ends are placed, with the layers of these
        layer = 0
        for number in self._order:
            frame = self._frames[number]
            above = [open_.pop(i) for i in self._end.get(number, [])]
            layer = max((upper + 1 for upper in above), default=layer)
            if not frame.is_state:
                layer = max(layers.values()) + 1
            while layer in taken:
                beside = passing[layer] + sum(upper < layer for upper in open_.values())
                if taken[layer] + frame.size + beside <= ROOM:
                    break
                layer += 1
            for upper in above:
                passing.update(range(upper + 1, layer))
            open_ |= dict.fromkeys(self._begin.get(number, []), layer)
            taken[layer] += frame.size
            layers[number] = layer
        return [layers[number] for number in range(len(self._frames))]

    # --- room ---

    def crowded(self) -> frozenset[int]:
        """Arrows that have to be told: for each place where there is no room, the longest one; at
        a box, all that are too many, because a hub may have hundreds.
        """
        places = [self._in_layer(layer) for layer in range(max(self._layers) + 1)]
        places += [self._below(layer) for layer in range(max(self._layers))]
        longest = (max(place, key=self._span) for place in places if place)
        return frozenset(longest).union(*map(self._at, range(len(self._frames))))

    def _span(self, number: int) -> tuple[int, bool, int]:
        """How many layers a line goes down; of equal ones, one that leads back is longer."""
        link = self._links[number]
        return self._layers[link.lower] - self._layers[link.upper], link.up, number

    def _crossing(self, first: int, last: int) -> list[int]:
        """The lines that begin in a layer or above it and end in another or below it."""
        return [
            number for number, link in self._links.items()
            if self._layers[link.upper] <= first and self._layers[link.lower] >= last
        ]  # fmt: skip

    def _in_layer(self, layer: int) -> list[int]:
        """What passes by the boxes of a layer, if that is too much."""
        passing = self._crossing(layer - 1, layer + 1)
        boxes = (f for f, at in zip(self._frames, self._layers, strict=True) if at == layer)
        return passing if sum(frame.size for frame in boxes) + len(passing) > ROOM else []

    def _below(self, layer: int) -> list[int]:
        """What runs between a layer and the next, if that is too much, or too long to follow."""
        lines = self._crossing(layer, layer + 1)
        widest = max((self._links[number].size - 1 for number in lines), default=0)
        if len(lines) > _LINES or len(lines) + widest > ROOM:
            return lines
        return [number for number in lines if self._span(number)[0] > _LONG]

    def _at(self, number: int) -> list[int]:
        """What begins or ends at a box, if the box would be too wide for it: as many as are too
        many, the longest.
        """
        too_many = self._frames[number].size - ROOM
        if too_many <= 0:
            return []
        ends = (i for i, link in self._links.items() if number in (link.upper, link.lower))
        return sorted(ends, key=self._span)[-too_many:]
