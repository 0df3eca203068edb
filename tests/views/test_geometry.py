import pytest

from tcpspec.views.runs.geometry import Box, Point, Segment, along, beside, segments
from tcpspec.views.runs.label_places import Wish, around, on_arrow, place
from tcpspec.views.runs.passing import Passages

BOX = Box(Point(0, 0), 10, 4)


def test_boxes_that_touch_do_not_overlap() -> None:
    assert BOX.overlaps(Box(Point(9, 3), 10, 4))
    assert not BOX.overlaps(Box(Point(10, 0), 10, 4))
    assert not BOX.overlaps(Box(Point(0, 4), 10, 4))


@pytest.mark.parametrize(
    ("start", "end", "crosses"),
    [
        ((-20, 0), (20, 0), True),
        ((0, -20), (0, 20), True),
        ((-20, -20), (20, 20), True),
        ((-20, 2), (20, 2), False),
        ((5, -20), (5, 20), False),
        ((-20, 3), (20, 9), False),
        ((-20, -8), (-1, 20), False),
        ((-1, 0), (1, 1), True),
        ((10, 0), (20, 0), False),
    ],
)
def test_lines_cross_boxes(
    start: tuple[float, float], end: tuple[float, float], crosses: bool
) -> None:
    assert BOX.crossed_by(Segment(Point(*start), Point(*end))) is crosses
    assert BOX.crossed_by(Segment(Point(*end), Point(*start))) is crosses


def test_beside_touches() -> None:
    assert beside(Point(5, 1), 4, 2, left=True).right == 5
    assert beside(Point(5, 1), 4, 2, left=False).left == 5


def test_a_label_stands_in_the_middle_if_nothing_else_does() -> None:
    arrow = Segment(Point(0, 0), Point(100, 20))
    (box,), hidden = place([on_arrow(20, 10, (arrow,))], [], [arrow])
    assert (box.middle, hidden) == (Point(50, 10), 0)


def test_labels_of_crossing_arrows_stand_apart_and_off_the_crossing() -> None:
    down, up = Segment(Point(0, 0), Point(200, 60)), Segment(Point(200, 0), Point(0, 60))
    boxes, hidden = place([on_arrow(40, 12, (a,)) for a in (down, up)], [], [down, up])
    assert hidden == 0
    assert not boxes[0].overlaps(boxes[1])
    assert not boxes[0].crossed_by(up)
    assert not boxes[1].crossed_by(down)


def test_what_cannot_stand_free_says_so() -> None:
    arrow = Segment(Point(0, 0), Point(10, 0))
    _, hidden = place([on_arrow(40, 12, (arrow,))] * 2, [], [arrow])
    assert hidden > 0


def test_captions_avoid_lines() -> None:
    line = Segment(Point(-50, 10), Point(50, 10))
    (box,), _ = place([around(20, 8, Point(0, 0), 5)], [], [line])
    assert box.bottom < 0


def test_a_wish_has_its_own_line_for_free() -> None:
    line = Segment(Point(-50, 0), Point(50, 0))
    assert place([Wish((BOX,), (line,))], [], [line]) == ([BOX], 0)
    assert place([Wish((BOX,))], [], [line])[1] > 0


def test_a_part_of_the_way_along_a_path() -> None:
    path = segments([Point(0, 0), Point(30, 0), Point(30, 10)])
    assert [along(path, part) for part in (0, 0.5, 0.75, 0.875, 1)] == [
        Point(0, 0), Point(20, 0), Point(30, 0), Point(30, 5), Point(30, 10),
    ]  # fmt: skip
    assert along(segments([Point(1, 2), Point(1, 2)]), 0.5) == Point(1, 2)


@pytest.mark.parametrize(
    ("start", "end", "crosses"),
    [
        ((0, 10), (10, 0), True),
        ((0, 10), (4, 6), False),  # too short
        ((0, 0), (10, 0), False),  # from the same point
        ((5, 5), (10, 0), False),  # from a point on it
        ((0, 1), (10, 11), False),
    ],
)
def test_lines_cross_lines(
    start: tuple[float, float], end: tuple[float, float], crosses: bool
) -> None:
    diagonal, other = Segment(Point(0, 0), Point(10, 10)), Segment(Point(*start), Point(*end))
    assert diagonal.crosses(other) is other.crosses(diagonal) is crosses


# --- past lifelines ---

LINE = Segment(Point(0, 0), Point(200, 100))


def heights(passages: Passages, line: Segment = LINE) -> list[float]:
    return [point.y for point in passages.path(line)]


def test_a_message_goes_straight_where_it_can() -> None:
    passages = Passages({0: [], 50: [(30, 90)], 100: [(0, 50)], 200: []}, [], [LINE])
    assert heights(passages) == [0, 25, 50, 100]
    back = Segment(LINE.end, LINE.start)
    passages = Passages({0: [], 50: [], 100: [], 200: []}, [], [])
    assert [at.x for at in passages.path(back)] == [200, 100, 50, 0]


def test_it_passes_above_or_below_what_stands_there() -> None:
    assert heights(Passages({100: [(30, 60)]}, [], [LINE])) == [0, 60, 100]
    assert heights(Passages({100: [(45, 80)]}, [], [LINE])) == [0, 45, 100]
    assert heights(Passages({100: [(30, 60), (55, 90)]}, [], [LINE])) == [0, 30, 100]


def test_it_goes_a_little_farther_before_it_crosses_another() -> None:
    other = Segment(Point(0, 20), Point(100, 65))
    assert heights(Passages({100: [(42, 60)]}, [], [LINE, other])) == [0, 42, 100]
    above = Segment(Point(0, -10), Point(200, 98))
    assert heights(Passages({100: [(42, 60)]}, [], [LINE, above])) == [0, 60, 100]


def test_it_does_not_go_behind_a_box() -> None:
    beside_it = Box(Point(80, 50), 40, 20)
    passages = Passages({100: [(40, 60)]}, [beside_it], [LINE])
    _, at, _ = passages.path(LINE)
    assert not any(beside_it.crossed_by(way) for way in segments((LINE.start, at, LINE.end)))


def test_two_do_not_pass_at_one_point() -> None:
    passages = Passages({100: []}, [], [LINE, LINE])
    first, second = heights(passages)[1], heights(passages)[1]
    assert abs(first - second) > 5
    assert passages.blocked == 0


def test_without_room_it_goes_straight_and_that_is_said() -> None:
    passages = Passages({50: [(-10, 110)], 100: []}, [], [LINE])
    assert heights(passages) == [0, 25, 50, 100]
    assert passages.blocked == 1
