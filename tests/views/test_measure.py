import doctest

import pytest

from tcpspec import escape, wrap
from tcpspec.views import measure
from tcpspec.views.measure import cells, text_width
from tcpspec.wrap import filled, wrapped


@pytest.mark.parametrize("module", [measure, escape, wrap])
def test_the_examples_in_the_documentation_are_right(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


def test_wide_letters_are_wide_and_accents_take_no_room() -> None:
    assert text_width("日本", 10) == 20
    assert text_width("e\u0301", 10) == text_width("e", 10)
    assert (cells("日本"), cells("e\u0301")) == (4, 1)
    assert text_width("WWW", 10, bold=True) > text_width("WWW", 10) > text_width("iii", 10)


def test_text_is_broken_at_spaces_and_only_if_need_be_in_words() -> None:
    assert wrapped("", 5) == [""]
    assert wrapped("aaaaaaaa", 5) == ["aaaaa", "aaa"]
    assert filled([], 5) == [""]
    assert filled(["a b c d", "e"], 5) == ["a b c", "d e"]
