"""Places and tracks of figures in text, against what can be said of them without drawing."""

from itertools import combinations, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from tcpspec.views.art.grid import ROOM, spread
from tcpspec.views.art.tracks import Piece, Wire, tracks
from tests.examples import examples

SIZES = st.lists(st.integers(1, 6), min_size=1, max_size=6)


@settings(max_examples=examples(100, thorough=5000))
@given(SIZES, st.data(), st.integers(0, 10))
def test_things_are_spread_as_near_as_can_be(
    sizes: list[int], data: st.DataObject, more: int
) -> None:
    room = sum(sizes) + more
    wanted = [float(data.draw(st.integers(-3, room + 3))) for _ in sizes]
    places = spread(wanted, sizes, room)
    assert places[0] >= 0
    assert all(a + size <= b for (a, b), size in zip(pairwise(places), sizes, strict=False))
    assert places[-1] + sizes[-1] <= room
    cost = sum((p - w) ** 2 for p, w in zip(places, wanted, strict=True))
    for number in range(len(places)):
        for step in (-1, 1):
            other = list(places)
            other[number] += step
            fits = other[0] >= 0 and other[-1] + sizes[-1] <= room
            apart = all(a + s <= b for (a, b), s in zip(pairwise(other), sizes, strict=False))
            if fits and apart:
                assert sum((p - w) ** 2 for p, w in zip(other, wanted, strict=True)) >= cost - 1


@st.composite
def wires(draw: st.DrawFn) -> list[Wire]:
    count = draw(st.integers(1, 12))
    places = st.lists(st.integers(0, 14), min_size=count, max_size=count, unique=True)
    return [Wire(*ends) for ends in zip(draw(places), draw(places), strict=True)]


@settings(max_examples=examples(200, thorough=5000))
@given(wires())
def test_wires_arrive_and_never_run_along_each_other(found: list[Wire]) -> None:
    pieces, count = tracks(found)
    for wire, parts in zip(found, pieces, strict=True):
        assert bool(parts) == (wire.above != wire.below)
        assert [p.wire.above for p in parts] == [wire.above, *(p.wire.below for p in parts)][
            : len(parts)
        ]
        assert not parts or parts[-1].wire.below == wire.below
        assert [p.track for p in parts] == sorted({p.track for p in parts})
    cells = [upright(wire, parts, count) for wire, parts in zip(found, pieces, strict=True)]
    assert not any(one & other for one, other in combinations(cells, 2))
    across = [piece for parts in pieces for piece in parts]
    for one, other in combinations(across, 2):
        assert one.track != other.track or not one.wire.meets(other.wire)


def upright(wire: Wire, parts: tuple[Piece, ...], count: int) -> set[tuple[int, int]]:
    """The cells of the upright pieces of a wire, corners included."""
    place, row, found = wire.above, -1, set()
    for part in parts:
        found |= {(place, r) for r in range(row, part.track + 1)}
        place, row = part.wire.below, part.track
    return found | {(place, r) for r in range(row, count + 1)}


def test_a_circle_takes_a_detour() -> None:
    pieces, _ = tracks([Wire(1, 2), Wire(2, 3), Wire(3, 1)])
    assert sorted(map(len, pieces)) == [1, 1, 2]


def test_figures_are_as_wide_as_rfcs_have_room_for() -> None:
    """72 columns less three, the last of them a line's."""
    assert 2 * (ROOM - 1) + 1 == 69
