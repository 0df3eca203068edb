"""Documents in a real browser: what they do, and what can be measured of how they look."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    FloatRect,
    Locator,
    Page,
    ViewportSize,
)

from tcpspec.check import check, load
from tests.views.browser import DESK, PHONE, chromium
from tests.views.documents import HOSTILE, SMALL, made, made_of

PAPER: ViewportSize = {"width": 672, "height": 1000}
"""What A4 leaves between margins of 1.6 cm, in CSS pixels."""

HIGHEST = 870
"""Pixels of a picture that fits on one page: 23 cm."""

RUN = "run-lossy-a-close-ends-by-an-ack"

LONG = re.sub(
    r"IDLE|client|asked|ASK\b|Line", lambda name: 6 * f"{name[0]}_with_a_long_name_", SMALL
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    yield from chromium()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of four documents."""
    place = tmp_path_factory.mktemp("documents")
    texts = {"small": made(SMALL)["test.html"], "hostile": made(HOSTILE)["test.html"]}
    texts["long"] = made(LONG)["test.html"]
    texts["tcp"] = made_of(check(load("tcpspec:tcp.fsm")))["tcp.html"]
    for name, text in texts.items():
        (place / f"{name}.html").write_text(text, "utf-8")
    return place


class Opened:
    """A page, with what the browser complains of and what it asks for."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(address)

    def run(self, anchor: str) -> "Viewer":
        return Viewer(self.page, anchor)


class Viewer:
    """The viewer of one run."""

    def __init__(self, page: Page, anchor: str) -> None:
        self.page = page
        self.section = page.locator(f"section#{anchor}")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def click(self, name: str) -> None:
        self.section.get_by_role("button", name=name).click()

    @property
    def step(self) -> str:
        return self.section.locator(".count").inner_text()

    @property
    def said(self) -> str:
        return self.section.get_by_role("status").inner_text()

    @property
    def heads(self) -> list[str]:
        return self.section.locator(".panel h5").all_inner_texts()

    @property
    def lit(self) -> list[str]:
        """The names of the states that are lit."""
        boxes = self.section.locator(".panel .node.lit")
        return [text.split()[0] for text in boxes.all_text_contents()]


def opened_in(context: BrowserContext, folder: Path, name: str) -> Opened:
    """A page by the name of its file, perhaps with an anchor."""
    file, _, anchor = name.partition("#")
    return Opened(context, (folder / f"{file}.html").as_uri() + (f"#{anchor}" if anchor else ""))


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made_now = browser.new_context(viewport=DESK, offline=True)
    yield made_now
    made_now.close()


@pytest.fixture
def opened(context: BrowserContext, folder: Path) -> Callable[[str], Opened]:
    return partial(opened_in, context, folder)


@pytest.fixture(scope="module", params=["small", "hostile", "tcp"])
def shared(browser: Browser, folder: Path, request: pytest.FixtureRequest) -> Iterator[Opened]:
    """A page that several tests look at; each says how large it is, and what it is shown on."""
    context = browser.new_context(viewport=DESK, offline=True)
    yield opened_in(context, folder, request.param)
    context.close()


def seen(
    opened: Opened, size: ViewportSize, media: Literal["print", "screen"] = "screen",
    colours: Literal["dark", "light"] = "light",
) -> Page:  # fmt: skip
    """The page as it looks there."""
    opened.page.set_viewport_size(size)
    opened.page.emulate_media(media=media, color_scheme=colours)
    return opened.page


def sideways(page: Page) -> int:
    """How far the page can be scrolled sideways."""
    found: int = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return found


def place(locator: Locator) -> FloatRect:
    box = locator.bounding_box()
    assert box is not None
    return box


# --- stepping ---


def test_keys_and_buttons_step_through_a_run(opened: Callable[[str], Opened]) -> None:
    page = opened("tcp")
    viewer = page.run(RUN)
    assert viewer.step == "13 steps"
    viewer.section.get_by_role("button", name="Step forward").focus()
    viewer.press("ArrowRight", "ArrowRight")
    assert viewer.step == "1 of 13"
    assert viewer.said == "Step 1: client: active_open"
    assert viewer.heads[:2] == ["client in SYN_SENT", "server in CLOSED"]
    viewer.press("End")
    assert viewer.step == "13 of 13"
    viewer.click("Step back")
    assert viewer.step == "12 of 13"
    viewer.press("Home")
    assert viewer.step == "0 of 13"
    assert page.page.url.endswith(f"#{RUN}-step-0")
    viewer.press("Escape")
    assert viewer.step == "13 steps"
    assert page.page.url.endswith(f"#{RUN}")
    assert page.complaints == []


def test_everything_moves_together(opened: Callable[[str], Opened]) -> None:
    viewer = opened("tcp").run(RUN)
    viewer.click("Step forward")
    viewer.click("Step forward")
    assert viewer.lit == ["SYN_SENT", "CLOSED", "CLOSED"]  # CLOSED is drawn twice
    assert "was 0" not in viewer.section.locator(".panels").inner_text()
    assert "SYN(SEQ = 100)" in viewer.section.locator(".panel").last.inner_text()
    before = place(viewer.section.locator(".curtain"))
    viewer.section.get_by_role("slider").fill("4")
    assert viewer.lit == ["ESTABLISHED", "SYN_RCVD"]
    assert "301 (was 0)" in viewer.section.locator(".panels").inner_text()
    assert viewer.section.locator(".edge.lit").count() == 1
    assert place(viewer.section.locator(".curtain"))["y"] > before["y"]
    assert viewer.section.locator("li[aria-current=step] a").text_content() == (
        "client: rcv SYN+ACK(SEQ = 300, ACK = 101)"
    )


def test_the_curtain_hides_what_has_not_happened(opened: Callable[[str], Opened]) -> None:
    """Its edge lies between the row that is shown and the next one, in the picture."""
    viewer = opened("small").run("run-line-lost")
    dots = viewer.section.locator(".ladder svg ellipse")
    viewer.click("Step forward")
    viewer.click("Step forward")
    edge = place(viewer.section.locator(".here"))["y"]
    tops = [place(dots.nth(number))["y"] for number in range(dots.count())]
    assert sum(top < edge for top in tops) == 1
    assert len(tops) == 2


def test_a_lasso_goes_on_where_it_repeats(opened: Callable[[str], Opened]) -> None:
    viewer = opened("tcp").run("run-lossy-not-by-luck-alone")
    viewer.click("Last step")
    assert "it goes on as from" in viewer.said
    last = viewer.step
    viewer.click("Step forward")
    assert viewer.step != last


def test_a_lasso_that_stays_where_it_is_says_so(opened: Callable[[str], Opened]) -> None:
    viewer = opened("small").run("run-line-asked-at-last")
    assert viewer.step == "0 steps"
    viewer.click("Step forward")
    assert viewer.said == "Step 0: the initial state; it stays like this for ever"
    viewer.press("ArrowRight")
    assert viewer.step == "0 of 0"


def test_a_link_to_a_step_opens_it(opened: Callable[[str], Opened]) -> None:
    page = opened(f"tcp#{RUN}-step-5")
    viewer = page.run(RUN)
    assert viewer.step == "5 of 13"
    page.page.evaluate(f"location.hash = '{RUN}-step-2'")
    page.page.wait_for_function("document.querySelector('.now:not(:empty)').innerText[5] == 2")
    assert viewer.step == "2 of 13"
    assert -50 < place(viewer.section)["y"] < DESK["height"] / 2
    viewer.section.locator("summary").click()
    viewer.section.locator("li a").nth(4).click()
    page.page.wait_for_function(f"location.hash == '#{RUN}-step-4'")
    assert viewer.step == "4 of 13"


def test_links_to_what_is_not_there_do_nothing(opened: Callable[[str], Opened]) -> None:
    for anchor in ("run-line-lost-step-99", "run-none-step-1", "%E0%A4%A", "x"):
        page = opened(f"small#{anchor}")
        assert page.run("run-line-lost").step == "5 steps"
        assert page.complaints == []


# --- wherever it is read ---


def test_nothing_is_complained_of_and_nothing_is_fetched(shared: Opened) -> None:
    shared.page.evaluate(
        """document.querySelectorAll("[data-go=forward]").forEach((one) => {
            one.click();
            one.dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowRight", bubbles: true}));
        })"""
    )
    steps = shared.page.locator(".count").all_inner_texts()
    assert steps
    assert all(step.startswith("1 of") or step == "0 of 0" for step in steps), steps
    assert shared.complaints == []
    assert len(shared.requests) == 1


def test_every_control_and_picture_has_a_name(shared: Opened) -> None:
    page = shared.page
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    named = {"button", "slider", "link", "img", "image", "region", "navigation",
             "DisclosureTriangle"}  # fmt: skip
    found = [
        (node["role"]["value"], node.get("name", {}).get("value", ""))
        for node in nodes
        if not node["ignored"] and node["role"]["value"] in named
    ]
    assert {role for role, _ in found} >= {"button", "slider", "link", "image"}
    assert [role for role, called in found if not called.strip()] == []


def test_a_phone_does_not_scroll_sideways(shared: Opened) -> None:
    page = seen(shared, PHONE)
    assert sideways(page) == 0
    page.evaluate("document.querySelectorAll('[data-go=forward]').forEach((one) => one.click())")
    page.evaluate("document.querySelectorAll('details').forEach((one) => one.open = true)")
    assert sideways(page) == 0


def test_a_phone_does_not_scroll_sideways_for_long_names(opened: Callable[[str], Opened]) -> None:
    page = seen(opened("long"), PHONE)
    assert sideways(page) == 0
    page.evaluate("document.querySelectorAll('[data-go=last]').forEach((one) => one.click())")
    page.evaluate("document.querySelectorAll('details').forEach((one) => one.open = true)")
    assert sideways(page) == 0


def test_a_button_is_large_enough_for_a_finger(shared: Opened) -> None:
    sides = seen(shared, PHONE).evaluate(
        """[...document.querySelectorAll("button:not([hidden])")].flatMap((one) =>
            [one.getBoundingClientRect().width, one.getBoundingClientRect().height])"""
    )
    assert sides
    assert min(sides) >= 44


def test_dark_pages_are_dark(shared: Opened) -> None:
    page = seen(shared, DESK, colours="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 23, 28)"
    inks, fills = page.evaluate(
        """["text", "path, polygon"].map((kind) => [...new Set(
            [...document.querySelectorAll("svg")].flatMap((one) => [...one.querySelectorAll(kind)])
            .map((one) => getComputedStyle(one).fill))])"""
    )
    assert [ink for ink in inks if max(numbers(ink)) < 150] == []
    assert [fill for fill in fills if min(numbers(fill), default=0) > 235] == []


def numbers(colour: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", colour)[:3]]


def test_on_paper_nothing_is_cut(shared: Opened) -> None:
    page = seen(shared, PAPER, "print")
    assert sideways(page) == 0
    assert not page.get_by_role("button").first.is_visible()
    heights = page.evaluate(
        "[...document.querySelectorAll('svg')].map((one) => one.getBoundingClientRect().height)"
    )
    assert 0 < max(heights) <= HIGHEST
    cut = page.evaluate(
        """[...document.querySelectorAll(".picture, .wide, table")]
        .filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.ariaLabel)"""
    )
    assert cut == []


def test_a_printed_document_has_whole_pages_of_a4(opened: Callable[[str], Opened]) -> None:
    pdf = opened("small").page.pdf(prefer_css_page_size=True)
    pages = re.findall(rb"/Type\s*/Page\b", pdf)
    sizes = re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert len(pages) > 1
    assert {(round(float(w)), round(float(h))) for w, h in sizes} <= {(595, 842), (594, 842)}


def test_without_a_program_there_are_the_pictures(browser: Browser, folder: Path) -> None:
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = opened_in(context, folder, "small#run-line-lost-step-3").page
    assert page.get_by_role("button").count() == 0
    run = page.locator("#run-line-lost")
    assert run.locator("svg").is_visible()
    assert run.locator("#run-line-lost-step-3").is_visible()  # the link has opened the steps
    context.close()
