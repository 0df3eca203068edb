"""``diagrams/`` holds what ``tcpspec check specs --figures diagrams`` draws, byte for byte."""

from pathlib import Path

import pytest

from tcpspec.check import check, load
from tcpspec.views.draw import figures
from tcpspec.views.render import render
from tests.cli.runner import LIBRARY, REPOSITORY

DIAGRAMS = REPOSITORY / "diagrams"


@pytest.fixture(scope="module")
def drawn() -> dict[str, bytes]:
    results = [check(load(str(path))) for path in LIBRARY]
    return {name: render(picture) for name, picture in figures(results)}


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


@pytest.mark.parametrize("path", sorted(DIAGRAMS.glob("*.svg")), ids=lambda path: path.stem)
def test_every_picture_says_what_it_is(path: Path) -> None:
    text = path.read_text("utf-8")
    assert "<title" in text
    assert "<script" not in text
