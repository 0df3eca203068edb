"""``diagrams/`` holds what ``tcpspec check specs --figures diagrams`` draws, byte for byte; no text
in it stands on another.
"""

from itertools import combinations
from pathlib import Path

import pytest

from tcpspec.check import Result, check, load
from tcpspec.views.draw import answers
from tcpspec.views.figures import INDEX, figures, index
from tcpspec.views.render import render
from tcpspec.views.runs.ladder import ladder_art
from tcpspec.views.runs.sequence_layout import lay_out
from tests.cli.runner import LIBRARY, REPOSITORY

DIAGRAMS = REPOSITORY / "diagrams"


@pytest.fixture(scope="module")
def results() -> list[Result]:
    return [check(load(str(path))) for path in LIBRARY]


@pytest.fixture(scope="module")
def drawn(results: list[Result]) -> dict[str, bytes]:
    found = figures(results)
    page = {INDEX: index(found, DIAGRAMS).encode()}
    return page | {figure.file: render(figure.picture) for figure in found}


@pytest.mark.sweep
def test_every_picture_is_up_to_date(
    drawn: dict[str, bytes], request: pytest.FixtureRequest
) -> None:
    if request.config.getoption("--update-golden"):
        for path in DIAGRAMS.iterdir():
            path.unlink()
        for name, data in drawn.items():
            (DIAGRAMS / name).write_bytes(data)
    kept = {path.name: path.read_bytes() for path in DIAGRAMS.iterdir()}
    assert sorted(kept) == sorted(drawn)
    assert [name for name in kept if kept[name] != drawn[name]] == []


@pytest.mark.sweep
def test_no_text_of_a_run_hides_another(results: list[Result]) -> None:
    for answer in (answer for result in results for answer in answers(result)):
        for values in (False, True):
            shown = lay_out(answer.run, title=answer.title, outcome=answer.outcome, values=values)
            boxes = [tag.box for tag in [*shown.tags, *shown.labels]]
            hidden = any(one.overlaps(other) for one, other in combinations(boxes, 2))
            assert not hidden, answer.title


@pytest.mark.sweep
def test_every_run_fits_into_an_rfc(results: list[Result]) -> None:
    for answer in (answer for result in results for answer in answers(result)):
        text = ladder_art(answer.run, width=69, outcome=answer.outcome, values=True)
        assert text.isascii()
        assert max(map(len, text.split("\n"))) <= 69, answer.title


def test_the_page_shows_every_picture_once() -> None:
    page = (DIAGRAMS / INDEX).read_text("utf-8")
    for path in DIAGRAMS.glob("*.svg"):
        assert page.count(f"]({path.name})") == 1


@pytest.mark.parametrize("path", sorted(DIAGRAMS.glob("*.svg")), ids=lambda path: path.stem)
def test_every_picture_says_what_it_is(path: Path) -> None:
    text = path.read_text("utf-8")
    assert "<title" in text
    assert "<desc" in text
    assert "<script" not in text
