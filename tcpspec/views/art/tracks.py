"""Lines between two rows of a drawing: how they get from one place to another.

A *wire* comes down at one place and goes on at another. In between it runs across, on a track of
its own or on one that it shares with wires far enough away. Where one wire begins in the column in
which another ends, it must turn away higher up. Wires that would have to do so in a circle take a
detour through a column that nobody uses.

Of wires that go the same way, the foremost turns first: so they do not cross.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tcpspec.views.art.grid import ROOM

_APART = 2
"""Tracks between two corners in one column, so that they are not taken for a line."""


@dataclass(frozen=True, slots=True)
class Wire:
    """From the place above to the place below."""

    above: int
    below: int

    @property
    def turn(self) -> tuple[int, int]:
        """What turns first comes first."""
        ahead = self.below > self.above
        return (-self.above, 0) if ahead else (self.above, 1)

    def meets(self, other: "Wire") -> bool:
        """Whether both would touch on one track."""
        low, high = sorted((self.above, self.below))
        first, last = sorted((other.above, other.below))
        return low <= last and first <= high


@dataclass(frozen=True, slots=True)
class Piece:
    """A wire, or half of one with a detour, on its track."""

    wire: Wire
    track: int


def tracks(wires: Sequence[Wire]) -> tuple[list[tuple[Piece, ...]], int]:
    """The pieces of each wire, none if it is straight, and the number of tracks.

    >>> tracks([Wire(1, 5), Wire(2, 2)])
    ([(Piece(wire=Wire(above=1, below=5), track=0),), ()], 1)
    """
    bent = [wire for wire in wires if wire.above != wire.below]
    detours: dict[Wire, tuple[Wire, Wire]] = {}
    while (placed := _placed(bent, detours)) is None:
        free = _free_place(wires, detours.values())
        wire = next(wire for wire in bent if wire not in detours and _is_waited_for(wire, bent))
        detours[wire] = (Wire(wire.above, free), Wire(free, wire.below))
    pieces = [
        tuple(Piece(part, placed[part]) for part in detours.get(wire, (wire,)) if part in placed)
        for wire in wires
    ]
    return pieces, max(placed.values(), default=-1) + 1


def _free_place(wires: Iterable[Wire], detours: Iterable[tuple[Wire, Wire]]) -> int:
    """A place that no wire uses."""
    used = {place for wire in wires for place in (wire.above, wire.below)}
    used |= {first.below for first, _ in detours}
    return next(place for place in range(ROOM + 1) if place not in used)


def _is_waited_for(wire: Wire, wires: Iterable[Wire]) -> bool:
    return any(wire.above == other.below for other in wires)


def _placed(
    bent: Sequence[Wire], detours: Mapping[Wire, tuple[Wire, Wire]]
) -> dict[Wire, int] | None:
    """A track for each piece, from above; None if some wait for each other."""
    wires = sorted((part for w in bent for part in detours.get(w, (w,))), key=lambda w: w.turn)
    before = {w: [other for other in wires if other.above == w.below] for w in wires}
    for first, second in detours.values():
        before[first].remove(second)
        before[second].append(first)
    placed: dict[Wire, int] = {}
    track = 0
    while len(placed) < len(wires):
        waiting = [wire for wire in wires if wire not in placed]
        if not any(all(other in placed for other in before[wire]) for wire in waiting):
            return None
        for wire in waiting:
            ready = all(placed.get(other, track) + _APART <= track for other in before[wire])
            here = (other for other, at in placed.items() if at == track)
            if ready and not any(wire.meets(other) for other in here):
                placed[wire] = track
        track += 1
    return placed
