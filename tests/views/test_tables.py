"""Tables in their forms: the same cells, everything escaped, nothing cut off."""

import re
from collections.abc import Callable, Iterable
from xml.etree import ElementTree

import pytest

from tcpspec.check import check, load
from tcpspec.explore.limits import Limits
from tcpspec.model.model import Specification
from tcpspec.model.transition_table import transition_table
from tcpspec.properties.receptions import ReceptionMatrix, reception_matrix
from tcpspec.views.reports.report import Look
from tcpspec.views.tables import words
from tcpspec.views.tables.html import receptions_html, transitions_html
from tcpspec.views.tables.markdown import receptions_markdown, transitions_markdown
from tcpspec.views.tables.terminal import as_text, receptions_text, transitions_text
from tests.helpers import specification
from tests.views.runs import HOSTILE

SIGNS = """
message M = SYN | ACK | RST | FIN
call go
machine X ordered {
    var n: 0..1 = 0
    initial final state A {
        again: call go [n == 0] / n := 1; snd SYN; snd ACK -> B    @ "3.1"
        ignore SYN  rcv ACK [n == 0]  rcv ACK [n == 1] -> B  ignore RST
    }
    state B { defer SYN  ignore ACK }
    in A, B unless handled { call go / snd RST }
}
system S { a: X may go   b: X may go   channel a <-> b: bag(2), when full drop }
"""


def matrix(spec: Specification, name: str, limits: Limits | None = None) -> ReceptionMatrix:
    spaces = [system.space for system in check(spec, limits=limits).systems]
    return reception_matrix(spec.machines[name], spaces)


def markdown_rows(text: str) -> list[list[str]]:
    """The cells of a table: pipes that are escaped end none."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[one.strip() for one in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def html(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(f"<div>{text}</div>")


def html_rows(text: str) -> list[list[str]]:
    rows = html(text).iter("tr")
    return [["".join(cell.itertext()) for cell in row] for row in rows]


def text_rows(text: str) -> list[list[str]]:
    lines = [line for line in text.splitlines() if line.startswith(("│", "|"))]
    return [[one.strip() for one in re.split("[│|]", line)[1:-1]] for line in lines]


# --- transitions ------------------------------------------------------------------------------


def test_the_parts_of_a_line() -> None:
    table = transition_table(specification(SIGNS).machines["X"])
    text = transitions_markdown(table)
    assert markdown_rows(text)[2] == [
        "`A`", "`again: call go`", "`n == 0`", "`n := 1`<br>`snd SYN`<br>`snd ACK`", "`B`", "3.1",
        "8",
    ]  # fmt: skip
    assert markdown_rows(text)[-1] == [
        "`any state`", "`call go, unless handled`", "", "`snd RST`", "stays", "", "12",
    ]  # fmt: skip
    assert "Of several rules that match, the first in the text is taken" in text


@pytest.mark.parametrize("width", [60, 100, 200])
def test_no_part_of_a_line_is_cut_off(width: int) -> None:
    """Also where not all columns can be as wide as they would like."""
    table = transition_table(load("tcpspec:tcp.fsm").machines["Endpoint"])
    text = as_text(transitions_text(table, Look(width)), Look(width), colour=False)
    assert max(map(len, text.splitlines())) <= width
    letters = re.sub(r"\s", "", text)
    for row in table.rows:
        for part in row.actions:
            assert width < 100 or re.sub(r"\s", "", part).split("(")[0] in letters
        assert str(row.transition.span.line) in text


def test_lines_of_several_files_are_told_apart() -> None:
    table = transition_table(load("tcpspec:tcp_data.fsm").machines["Endpoint"])
    files = {words.line_of(table, row).rpartition(":")[0] for row in table.rows}
    assert files == {"tcpspec:tcp_data.fsm", "tcpspec:tcp_endpoint.fsm"}


# --- receptions -------------------------------------------------------------------------------


def test_the_same_words_in_all_forms() -> None:
    found = matrix(specification(SIGNS), "X")
    expected = [
        ["State", "SYN", "ACK", "RST"],
        ["A", "ignored", "handled*", "ignored"],
        ["B", "deferred", "ignored", "unspecified 1"],
    ]
    text = as_text(receptions_text(found, Look()), Look(), colour=False)
    assert text_rows(text) == expected
    assert [
        [cell.replace("\xa0", " ") for cell in r] for r in html_rows(receptions_html(found))
    ] == (expected)
    rows = markdown_rows(receptions_markdown(found))
    del rows[1]
    assert [[re.sub(r"[`\\]|\[?\*\*\]?|\(<.*>\)", "", cell) for cell in row] for row in rows] == (
        expected
    )


def test_legends_say_what_the_signs_mean_and_no_more() -> None:
    found = matrix(specification(SIGNS), "X")
    assert [note.sign for note in words.notes(found)] == ["unspecified", "*"]
    figure5 = matrix(load("tcpspec:figure5.fsm"), "TCP")
    assert [note.sign for note in words.notes(figure5)] == ["unspecified", "–"]
    limited = matrix(load("tcpspec:figure5.fsm"), "TCP", Limits(max_states=3))
    signs = {note.sign: note.meaning for note in words.notes(limited)}
    assert signs["?"] == "no line; not found before a limit was reached"
    assert signs["(…)"] == "there are lines; not found before a limit was reached"
    assert "–" not in signs
    assert words.scope(limited)[1] == "Pair: the search stopped at max-states after 3 states"


def test_each_unspecified_reception_links_its_run() -> None:
    found = matrix(load("tcpspec:figure5.fsm"), "TCP")
    count = len(found.unspecified)
    assert count > 5
    page = html(receptions_html(found, prefix="m-"))
    links = [a.get("href", "") for a in page.iter("a")]
    runs = [one.get("id") for one in page.iter("figure")]
    assert links == [f"#{one}" for one in runs] == [f"#m-run-{n}" for n in range(1, count + 1)]
    text = receptions_markdown(found, prefix="m-")
    assert re.findall(r"\]\(<#([^>]*)>\)", text) == re.findall(r'<a id="([^"]*)">', text) == runs


def test_runs_may_stand_elsewhere() -> None:
    found = matrix(load("tcpspec:figure5.fsm"), "TCP")
    page = html(receptions_html(found, link=lambda cell: f"runs.html#{cell.state}&{cell.message}"))
    links = [a.get("href") for a in page.iter("a")]
    assert links[0] == "runs.html#CLOSED&SYN"
    assert not list(page.iter("figure"))
    assert "](<x>)" in receptions_markdown(found, link=lambda _: "x")


def test_a_wide_matrix_comes_in_pieces() -> None:
    names = [f"MESSAGE_{n}" for n in range(12)]
    text = f"message M = {' | '.join(names)} machine X {{ initial final state A {{"
    text += " ".join(f"step / snd {name} ignore {name}" for name in names)
    text += "} } system S { a: X b: X channel a <-> b: fifo(1), when full drop }"
    shown = as_text(
        receptions_text(matrix(specification(text), "X"), Look(60)), Look(60), colour=False
    )
    assert max(map(len, shown.splitlines())) <= 60
    heads = [row[1:] for row in text_rows(shown) if row[0] == "State"]
    assert [name for row in heads for name in row] == names
    assert len(heads) > 1


# --- what is hostile --------------------------------------------------------------------------

Form = Callable[[Specification], str]


def _markdown(spec: Specification) -> str:
    machine = spec.machines["X"]
    return transitions_markdown(transition_table(machine)) + receptions_markdown(matrix(spec, "X"))


def _html(spec: Specification) -> str:
    machine = spec.machines["X"]
    return transitions_html(transition_table(machine)) + receptions_html(matrix(spec, "X"))


def _ascii(spec: Specification) -> str:
    look = Look(100, ascii=True)
    parts: Iterable[object] = [
        *transitions_text(transition_table(spec.machines["X"]), look),
        *receptions_text(matrix(spec, "X"), look),
    ]
    return as_text(parts, look, colour=True)  # type: ignore[arg-type]


def test_brackets_of_a_guard_are_no_markup_of_the_terminal() -> None:
    spec = specification(SIGNS.replace("n == 0", "n in_range").replace("n in_range", "n == 0"))
    assert "[n == 0]" in _ascii(spec)


def test_in_html_names_are_text() -> None:
    spec = specification(HOSTILE.replace("call go", "call go, script", 1))
    shown = html(_html(spec))
    codes = {"".join(code.itertext()) for code in shown.iter("code")}
    assert {"A.b", "日本語", "red"} <= codes
    assert {e.tag for e in shown.iter()} <= {
        "div", "table", "caption", "thead", "tbody", "tr", "th", "td", "code", "br", "a", "dl",
        "dt", "dd", "p", "figure", "figcaption", "pre",
    }  # fmt: skip


def test_pipes_end_no_cell_of_markdown() -> None:
    rows = markdown_rows(_markdown(specification(SIGNS.replace("ignore ACK", "ignore ACK | FIN"))))
    assert "`ignore ACK \\| FIN`" in {row[1] for row in rows}
    assert {len(row) for row in rows} == {7, 4}
