import pytest

from tcpspec.views.runs.geometry import Box, Point, Segment, beside
from tcpspec.views.runs.label_places import Wish, around, on_arrow, place

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
    (box,), hidden = place([on_arrow(20, 10, arrow)], [], [arrow])
    assert (box.middle, hidden) == (Point(50, 10), 0)


def test_labels_of_crossing_arrows_stand_apart_and_off_the_crossing() -> None:
    down, up = Segment(Point(0, 0), Point(200, 60)), Segment(Point(200, 0), Point(0, 60))
    boxes, hidden = place([on_arrow(40, 12, a) for a in (down, up)], [], [down, up])
    assert hidden == 0
    assert not boxes[0].overlaps(boxes[1])
    assert not boxes[0].crossed_by(up)
    assert not boxes[1].crossed_by(down)


def test_what_cannot_stand_free_says_so() -> None:
    arrow = Segment(Point(0, 0), Point(10, 0))
    _, hidden = place([on_arrow(40, 12, arrow)] * 2, [], [arrow])
    assert hidden > 0


def test_captions_avoid_lines() -> None:
    line = Segment(Point(-50, 10), Point(50, 10))
    (box,), _ = place([around(20, 8, Point(0, 0), 5)], [], [line])
    assert box.bottom < 0


def test_a_wish_has_its_own_line_for_free() -> None:
    line = Segment(Point(-50, 0), Point(50, 0))
    assert place([Wish((BOX,), line)], [], [line]) == ([BOX], 0)
    assert place([Wish((BOX,))], [], [line])[1] > 0
