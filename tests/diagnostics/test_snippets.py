"""Every snippet of the Markdown files beside this one gives exactly the findings it says.

A comment `# error: [code] hint` (or `# warning: [code]`) stands on the offending line; the hint is
optional, and several codes may stand in brackets.
"""

import re
from pathlib import Path

import pytest

from tcpspec.check import check, load
from tcpspec.diagnostics import CATALOGUE, Diagnostic, SpecificationError, render

FOLDER = Path(__file__).parent
BLOCK = re.compile(r"```fsm\n(.*?)```", re.DOTALL)
EXPECTED = re.compile(r"# (?:error|warning): ((?:\[[a-z-]+\] ?)+)(.*)")

QUIET = {"unused", "never-sent", "never-received", "never-fires", "constant-guard"}
"""Codes that a snippet about something else need not mark: it is seldom a whole specification."""

SNIPPETS = [
    pytest.param(match.group(1), id=f"{path.stem}-{number}")
    for path in sorted(FOLDER.glob("*.md"))
    for number, match in enumerate(BLOCK.finditer(path.read_text("utf-8")))
]


def expected(text: str) -> set[tuple[int, str]]:
    return {
        (number, code)
        for number, line in enumerate(text.split("\n"), 1)
        for match in EXPECTED.finditer(line)
        for code in re.findall(r"\[([a-z-]+)\]", match.group(1))
    }


def findings(text: str, folder: Path) -> tuple[Diagnostic, ...]:
    file = folder / "snippet.fsm"
    file.write_text(text, "utf-8")
    try:
        return check(load(str(file))).warnings
    except SpecificationError as error:
        return error.diagnostics


@pytest.mark.parametrize("text", SNIPPETS)
def test_findings_are_exactly_those_that_are_marked(text: str, tmp_path: Path) -> None:
    found = findings(text, tmp_path)
    shown = "\n".join(render(diagnostic) for diagnostic in found)
    # a syntax error ends where the reader stopped: an unclosed brace is found at the end
    quiet = {"nothing-asked"} | (QUIET - {code for _, code in expected(text)})
    places = {(d.span.line if d.span else 0, d.code) for d in found if d.code not in quiet}
    assert places == expected(text), shown


@pytest.mark.parametrize("text", SNIPPETS)
def test_hints_are_given_where_they_are_marked(text: str, tmp_path: Path) -> None:
    found = findings(text, tmp_path)
    for number, line in enumerate(text.split("\n"), 1):
        match = EXPECTED.search(line)
        if match and match.group(2).strip():
            hints = [d.hint for d in found if d.span and d.span.line == number]
            assert match.group(2).strip() in hints


def test_every_code_has_a_snippet() -> None:
    marked = {code for param in SNIPPETS for _, code in expected(str(param.values[0]))}
    files = {"unreadable-file", "file-cycle", "file-outside", "not-in-base"}
    elsewhere = {
        "nested-too-deeply", "expands-too-far", "nothing-to-check", "half-way-comparison",
        "nothing-asked", "not-for-this-engine",
    }  # fmt: skip
    assert marked | files | elsewhere == set(CATALOGUE)
