"""``diagrams/`` holds what ``tcpspec check specs --figures diagrams`` draws, byte for byte."""

import json
from hashlib import sha256
from pathlib import Path

import pytest

from tcpspec.check import check, load
from tcpspec.views.figures import INDEX, Figure, figures, index
from tcpspec.views.render import render
from tests.cli.runner import LIBRARY, REPOSITORY
from tests.examples import examples

DIAGRAMS = REPOSITORY / "diagrams"
DRAWN = Path(__file__).parent / "golden" / "diagrams.json"
"""Digests of the picture as data and of its file, by the file's name."""


def digest(data: bytes) -> str:
    return sha256(data).hexdigest()[:16]


@pytest.mark.sweep
def test_every_picture_is_up_to_date(request: pytest.FixtureRequest) -> None:
    """Drawing them all takes a minute. So it is kept of which text in DOT each was drawn, and only
    some are drawn again each time; all with ``--thorough``.
    """
    found = figures([check(load(str(path))) for path in LIBRARY])
    page = index(found, DIAGRAMS).encode()
    if request.config.getoption("--update-golden"):
        for path in DIAGRAMS.iterdir():
            path.unlink()
        (DIAGRAMS / INDEX).write_bytes(page)
        for figure in found:
            (DIAGRAMS / figure.file).write_bytes(render(figure.picture))
        made = {f.file: [digest(repr(f.picture).encode()), digest(kept(f))] for f in found}
        DRAWN.write_text(json.dumps(made, indent=0) + "\n", "utf-8")
    assert (DIAGRAMS / INDEX).read_bytes() == page
    assert sorted(path.name for path in DIAGRAMS.iterdir()) == sorted(
        [INDEX, *(figure.file for figure in found)]
    )
    drawn = json.loads(DRAWN.read_text("utf-8"))
    now = {f.file: [digest(repr(f.picture).encode()), digest(kept(f))] for f in found}
    assert [name for name in now if now[name] != drawn.get(name)] == []
    for figure in found[:: examples(8, thorough=1)]:
        assert kept(figure) == render(figure.picture), figure.file


def kept(figure: Figure) -> bytes:
    return (DIAGRAMS / figure.file).read_bytes()


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
