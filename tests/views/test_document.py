"""Documents as text; how they look and move is tested in a browser."""

import json
import re
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings

from tcpspec.check import check, load
from tcpspec.model.model import Machine
from tcpspec.record import replace
from tcpspec.views.document.gather import gather
from tcpspec.views.document.pages import pages
from tcpspec.views.names import Names
from tests.conftest import Golden
from tests.examples import examples
from tests.export.hostile import machines
from tests.views.documents import HOSTILE, SMALL, Page, answered, made, made_of

TEXTS = {"small": SMALL, "hostile": HOSTILE}


@pytest.fixture(scope="module", params=TEXTS)
def files(request: pytest.FixtureRequest) -> dict[str, str]:
    return made(TEXTS[request.param])


@pytest.fixture(scope="module")
def page(files: dict[str, str]) -> Page:
    return Page(files["test.html"])


def run_data(page: Page) -> list[dict[str, Any]]:
    return [json.loads(text) for kind, text in page.scripts if kind == "application/json"]


# --- the page ---


def test_ids_are_unique_and_links_lead_to_them(page: Page) -> None:
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    for name in ("href", "aria-labelledby", "xlink:href"):
        for target in page.values(name):
            assert target.removeprefix("#") in ids, target


def test_nothing_is_fetched_from_anywhere(page: Page) -> None:
    assert page.values("src") == []
    assert {tag for tag, _ in page.elements} & {"link", "img", "iframe", "object", "base"} == set()
    assert all(target.startswith("#") for target in page.values("href"))


def test_the_only_program_is_ours(page: Page) -> None:
    programs = [text for kind, text in page.scripts if kind is None]
    assert len(programs) == 1
    assert "eval" not in programs[0]
    assert "innerHTML" not in programs[0]
    assert not [name for _, given in page.elements for name in given if name.startswith("on")]


def test_headings_do_not_leave_out_a_level(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_run_has_a_picture_and_data_that_fit_each_other(page: Page) -> None:
    ids, runs = page.values("id"), run_data(page)
    assert len(runs) == page.values("class").count("run")
    for run in runs:
        count = len(run["rows"])
        assert run["rows"] == sorted(run["rows"])
        for instance in run["instances"]:
            assert {len(instance["states"]), len(instance["lit"])} == {count}
            assert {len(values) for _, values in instance["variables"]} <= {count}
            for part in {part for parts in instance["lit"] for part in parts}:
                assert f"{instance['diagram']}.{part}" in ids
        assert all(len(contents) == count for _, contents in run["channels"])


def test_every_colour_of_a_picture_is_one_of_the_page(files: dict[str, str]) -> None:
    style = files["test.html"].split("<style>")[1].split("</style>")[0]
    pictures = [text for name, text in files.items() if name.endswith(".svg")]
    found = {pair for text in pictures for pair in re.findall(r' (fill|stroke)="([^"]+)"', text)}
    for name, colour in found - {("fill", "none"), ("stroke", "none")}:
        assert f'svg [{name}="{colour}"]' in style


def test_the_same_bytes_each_time(files: dict[str, str]) -> None:
    text = SMALL if "Small" in files["test.html"] else HOSTILE
    assert made_of(answered(text)) == files


def test_markdown_shows_pictures_that_are_there(files: dict[str, str]) -> None:
    shown = re.findall(r"!\[[^]]*\]\(([^)]+)\)", files["test.md"])
    assert sorted(shown) == sorted(name for name in files if name.endswith(".svg"))


def test_links_of_markdown_lead_somewhere(files: dict[str, str]) -> None:
    links = set(re.findall(r"\]\(<?#([^)>]+)", files["test.md"]))
    assert links
    assert links <= set(re.findall(r'<a id="([^"]+)">', files["test.md"]))


def test_a_command_with_a_pipe_can_be_copied_from_markdown() -> None:
    command = "tcpspec doc 'a|b`.fsm' -o DIR"
    text = pages(gather(answered("protocol P"), command)).files["test.md"].decode()
    assert text.endswith(f"\n\n`` {command} ``\n")


def test_the_markdown_of_a_small_specification(golden: Golden) -> None:
    golden("document.md", made(SMALL)["test.md"])


# --- what it says ---


def test_the_small_page_says_what_the_specification_says() -> None:
    text = " ".join(Page(made(SMALL)["test.html"]).text.split())
    for said in [
        "a request, and an answer", "It asks once.", "The other end answers.", "for an answer",
        "how often", "6 of 7 checks and scenarios as specified", "client Client ask once",
        "fifo(1), lossy", "timeout again / snd ASK", "holds, shown in",
        "tcpspec doc test.fsm -o DIR",
    ]:  # fmt: skip
        assert said in text, said


def test_the_answers_of_all_systems_together_are_counted_too() -> None:
    second = "system Two { client: Client  server: Server  channel client <-> server: fifo(1) }"
    files = made(f"{SMALL}{second} check Line, Two {{ every state reachable }}")
    together = r"All systems together(\]\(#together\))?[ |]+[01] of 1"
    assert re.search(together, " ".join(Page(files["test.html"]).text.split()))
    assert re.search(together, files["test.md"])
    assert not re.search(together, made(SMALL)["test.md"])


def test_an_unspecified_reception_links_its_run() -> None:
    page = Page(made(SMALL)["test.html"])
    runs = [given["id"] for tag, given in page.elements if given.get("class") == "run"]
    assert "run-line-server-busy-ask" in runs
    assert "#run-line-server-busy-ask" in page.values("href")


def test_a_variant_says_what_it_changes() -> None:
    files = made_of(check(load("tcpspec:hazard_half_open_keep_alive.fsm")))
    text = Page(files["hazard_half_open_keep_alive.html"]).text
    assert "hazard_half_open.fsm" in text


def test_a_step_lights_the_arrow_that_it_takes() -> None:
    page = Page(made(SMALL)["test.html"])
    (run,) = [one for one in run_data(page) if len(one["rows"]) == 6]
    client = run["instances"][0]
    assert client["states"] == ["IDLE", *["WAITING"] * 4, "IDLE"]
    sizes = [len(lit) for lit in client["lit"]]
    assert sizes == [1, 2, 1, 1, 1, 2]
    assert client["lit"][1][1].startswith("arrow")


def test_a_picture_that_cannot_be_drawn_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from tcpspec.views import render

    monkeypatch.setattr(render, "TIME_LIMIT", 0.0)
    defaults = dict(render.render.__kwdefaults__ or {}, time_limit=0.0)
    monkeypatch.setattr(render.render, "__kwdefaults__", defaults)
    made_now = pages(gather(answered(SMALL), "x"))
    assert "is not drawn" in made_now.problems[0]
    assert set(made_now.files) == {"test.html", "test.md"}
    assert "could not be drawn" in Page(made_now.files["test.html"].decode()).text


# --- hostile names ---


def test_hostile_text_is_text() -> None:
    files = made(HOSTILE)
    page = Page(files["test.html"])
    kinds = [kind for kind, _ in page.scripts]
    assert kinds.count(None) == 1
    assert set(kinds) == {None, "application/json"}
    assert "<script>alert('check')</script>" in page.text
    assert "{{ 7 * 7 }}" in page.text
    assert "<b>bold</b>" in page.text
    assert not [tag for tag, given in page.elements if "onerror" in given or "onload" in given]


def test_hostile_text_is_text_in_markdown() -> None:
    text = made(HOSTILE)["test.md"]
    outside = re.sub(r"`[^`\n]*`", "", text)
    assert not re.search(r"<(?!a id=|/a>|br>|#)", outside)
    assert "](javascript" not in outside
    assert "49" not in re.sub(r"&#\d+;", "", outside).replace("test.fsm", "")


@settings(max_examples=examples(2, thorough=100))
@given(machines())
def test_no_name_whatever_it_is_breaks_the_page(machine: Machine) -> None:
    result = answered("protocol P")
    known = {machine.name: machine}
    changed = replace(result.specification, machines=known, origins={machine.name: "x.fsm"})
    files = made_of(replace(result, specification=changed))
    page = Page(files["test.html"])
    assert [kind for kind, _ in page.scripts] == [None]
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert not [name for _, given in page.elements for name in given if name.startswith("on")]
    assert not set("\x00\x1b\u202e\ud800") & set("".join(files.values()))


def test_no_file_leaves_the_folder() -> None:
    for name in made(HOSTILE):
        assert re.fullmatch(r"test(\.html|\.md|-figures/[a-z0-9_-]+\.svg)", name)


def test_a_run_is_never_called_what_a_step_of_another_is() -> None:
    names = Names()
    first = names.of("run x", [f"step-{number}" for number in range(4)])
    assert names.of("run x step 3") not in {first, f"{first}-step-3"}
    assert names.of("run x", ["step-0"]) == "run-x-2"
