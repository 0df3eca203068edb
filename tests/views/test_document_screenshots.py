"""What a document looks like, held to pictures that a person has looked at and approved.

They stand in ``approved/``. ``pytest --update-golden`` takes new ones, which then have to be looked
at. Other fonts make other pictures of the same page: where those of the approved ones are missing,
nothing is compared.
"""

import json
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ViewportSize

from tcpspec.check import check, load
from tests.views.browser import DESK, PHONE, chromium
from tests.views.documents import made_of

APPROVED = Path(__file__).parent / "approved"
FONTS = APPROVED / "fonts.json"
SHARE = 0.01
"""So many of the pixels may be of another colour: browsers smooth letters each in their own way."""

WIDTHS = """() => ["sans-serif", "monospace"].map(family => {
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = "16px " + family;
    return pen.measureText("SYN+ACK seq=0123456789 FIN-WAIT-1 (RFC 9293)").width;
})"""
"""How wide letters are, which tells fonts apart."""

DIFFERENCE = """async ([one, other]) => {
    const pixels = await Promise.all([one, other].map(async data => {
        const image = new Image();
        image.src = "data:image/png;base64," + data;
        await image.decode();
        const canvas = new OffscreenCanvas(image.width / 2, image.height / 2);
        const [pen, size] = [canvas.getContext("2d"), [canvas.width, canvas.height]];
        pen.drawImage(image, 0, 0, ...size);
        return [image.width, image.height, pen.getImageData(0, 0, ...size).data];
    }));
    const [[w, h, a], [v, k, b]] = pixels;
    if (w != v || h != k) return 1;
    let others = 0;
    for (let at = 0; at < a.length; at += 4)
        others += [0, 1, 2].some(c => Math.abs(a[at + c] - b[at + c]) > 64);
    return others / (a.length / 4);
}"""
"""The share of pixels, after halving, in which two pictures are not alike; 1 for other sizes."""


STEP = "#run-pair-no-deadlock-step-3"
"""A run in its viewer, after three steps."""

VIEWS: dict[str, tuple[ViewportSize, str]] = {
    "desk": (DESK, ""), "run": (DESK, STEP), "phone": (PHONE, ""), "phone-run": (PHONE, STEP),
}  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    yield from chromium()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    page = tmp_path_factory.mktemp("approved") / "figure5.html"
    page.write_text(made_of(check(load("tcpspec:figure5.fsm")))["figure5.html"], "utf-8")
    return page.as_uri()


@pytest.mark.parametrize("name", VIEWS)
def test_it_looks_as_approved(
    name: str, browser: Browser, address: str, request: pytest.FixtureRequest
) -> None:
    size, anchor = VIEWS[name]
    now, widths = shot(browser, size, address + anchor)
    picture = APPROVED / f"{name}.png"
    if request.config.getoption("--update-golden"):
        APPROVED.mkdir(exist_ok=True)
        picture.write_bytes(now)
        FONTS.write_text(json.dumps(widths) + "\n", "utf-8")
    if json.loads(FONTS.read_text("utf-8")) != pytest.approx(widths, abs=0.5):
        pytest.skip("other fonts than those of the approved pictures")
    share = difference(browser, now, picture.read_bytes())
    assert share <= SHARE, f"{name}: {100 * share:.1f} % of the pixels are others"


def test_differences_are_seen(browser: Browser, address: str) -> None:
    """A page that opens at another place is not the same picture."""
    one, _ = shot(browser, DESK, address)
    two, _ = shot(browser, DESK, address + STEP)
    assert difference(browser, one, two) > 5 * SHARE
    assert difference(browser, one, one) == 0


def shot(browser: Browser, size: ViewportSize, address: str) -> tuple[bytes, list[float]]:
    """What is to be seen of a page, and how wide letters are in it."""
    page = browser.new_page(viewport=size, reduced_motion="reduce")
    page.goto(address)
    found = page.screenshot(animations="disabled"), page.evaluate(WIDTHS)
    page.close()
    return found


def difference(browser: Browser, one: bytes, other: bytes) -> float:
    """Looked at in a page of its own: documents let no pictures in."""
    page = browser.new_page()
    share: float = page.evaluate(DIFFERENCE, [b64encode(data).decode() for data in (one, other)])
    page.close()
    return share
