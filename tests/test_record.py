"""Records behave as frozen dataclasses do."""

import pickle
from copy import copy
from functools import cached_property

import pytest

from tcpspec.record import Record, keyword, replace


class Point(Record):
    keywords_ = ("note",)
    x: int
    y: int = 0
    note: str = keyword(default="", kw_only=True)


class Strict(Record):
    keywords_ = ("where",)
    name: str
    where: int = keyword(kw_only=True)


class Thing(Record, eq=False):
    name: str

    @cached_property
    def shout(self) -> str:
        return self.name.upper()


def test_parts_are_given_by_position_or_by_name() -> None:
    assert (Point(1, 2).x, Point(1).y, Point(x=3).x, Point(1, note="n").note) == (1, 0, 3, "n")


def test_keywords_do_not_count_in_comparisons() -> None:
    assert Point(1, 2, note="a") == Point(1, 2, note="b")
    assert hash(Point(1, 2, note="a")) == hash(Point(1, 2))
    assert Point(1, 2) != Point(1, 3)
    assert Point(1, 2) != (1, 2)
    assert len({Point(1), Point(1, 0), Strict("a", where=1)}) == 2


@pytest.mark.parametrize(
    ("values", "named"),
    [((), {}), ((1, 2, 3), {}), ((1,), {"x": 2}), ((1,), {"z": 2}), ((1, 2, "n"), {})],
)
def test_wrong_values_are_refused(values: tuple[object, ...], named: dict[str, object]) -> None:
    with pytest.raises(TypeError):
        Point(*values, **named)  # type: ignore[arg-type]


def test_a_keyword_without_default_is_required() -> None:
    with pytest.raises(TypeError, match="where is missing"):
        Strict("a")  # type: ignore[call-arg]


def test_records_never_change() -> None:
    point = Point(1)
    with pytest.raises(AttributeError):
        point.x = 2  # type: ignore[misc]
    with pytest.raises(AttributeError):
        del point.x
    assert replace(point, y=5) == Point(1, 5)
    assert point.y == 0


def test_records_can_be_matched_and_shown() -> None:
    match Point(1, 2):
        case Point(x, y):
            assert (x, y) == (1, 2)
    assert repr(Point(1, 2)) == "Point(x=1, y=2)"


def test_things_are_compared_by_identity() -> None:
    thing, other = Thing("a"), Thing("a")
    assert thing == thing  # noqa: PLR0124
    assert thing != other
    assert len({thing, other, thing}) == 2


def test_what_is_computed_is_no_part() -> None:
    thing = Thing("a")
    assert thing.shout == "A"
    assert replace(thing, name="b").shout == "B"
    assert repr(thing) == "Thing(name='a')"


def test_records_can_be_copied() -> None:
    for copied in (copy(Point(1, note="n")), pickle.loads(pickle.dumps(Point(1, note="n")))):
        assert (copied, copied.note) == (Point(1), "n")
