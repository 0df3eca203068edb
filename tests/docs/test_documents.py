r"""Every snippet of TOUR, LANGUAGE, OTHER_TOOLS, ENGINES and PICTURES does what the text says.

What a block of code is, its first line says:

- ``fsm``: a whole specification. It loads without errors or warnings, and every check comes out as
  it says there.
- ``fsm PART``: lines that stand at a place of the specification in the block ``fsm frame``, where
  that has a comment ``# PART …``. The same holds of them, but for warnings: a part need not use all
  that it declares.
- ``error: CODE`` or ``warning: CODE`` behind these: exactly that is found.
- ``fsm file=NAME`` writes a file, ``diff file=NAME`` changes it, ``sh`` is run where the files are,
  and ``text`` behind it is what was printed; a line `…` stands for any number of lines. What a
  command reads may come from `printf '%s\n' LINE…`, before a pipe.
- ``promela file=NAME`` and ``tla file=NAME`` show what is in a file that a command wrote.

``pytest --update-golden`` rewrites what was printed, where it is not shortened, and the list of
diagnostics in LANGUAGE.md.
"""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tcpspec.check import check, load
from tcpspec.diagnostics import CATALOGUE, Diagnostic, SpecificationError, render
from tcpspec.export.promela import budgets, export, rules, wiring
from tcpspec.language import load as load_module
from tcpspec.language.ast import MAX_DEPTH, MAX_NUMBER
from tcpspec.model.declarations import MAX_CHAIN, MAX_VALUES
from tcpspec.model.machines import MAX_CHOICES
from tcpspec.model.resolve import MAX_SIZE
from tcpspec.model.systems import MAX_CAPACITY
from tests.cli.runner import REPOSITORY, SPECS, tcpspec

NAMES = ("TOUR", "LANGUAGE", "OTHER_TOOLS", "ENGINES", "PICTURES")
TOUR, LANGUAGE, OTHER_TOOLS, ENGINES, PICTURES = DOCUMENTS = tuple(
    SPECS / f"{name}.md" for name in NAMES
)
BLOCK = re.compile(r"^```(\S.*)\n((?:.*\n)*?)```$", re.MULTILINE)
INFO = re.compile(r"fsm ?(?P<part>[a-z]+)?(?P<finding> ?(?:error|warning): (?P<code>[a-z-]+))?")
PLACE = re.compile(r"^ *# (\w+) … *$\n", re.MULTILINE)
BEGIN, END = "<!-- made from tcpspec/diagnostics.py -->\n", "<!-- end of what is made -->\n"


@dataclass(frozen=True)
class Block:
    info: str
    text: str
    line: int

    @property
    def kind(self) -> str:
        return self.info.split()[0]

    @property
    def file(self) -> str | None:
        """The file that the block writes or changes."""
        found = re.search(r"file=(\S+)", self.info)
        return found.group(1) if found else None


def blocks(path: Path) -> Iterator[Block]:
    text = path.read_text("utf-8")
    for match in BLOCK.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        yield Block(match.group(1), match.group(2), line)


# --- snippets -----------------------------------------------------------------------------------

SNIPPETS = [
    pytest.param(block, id=f"{path.stem}-{block.line}")
    for path in DOCUMENTS
    for block in blocks(path)
    if block.kind == "fsm" and block.file is None and block.info != "fsm frame"
]
(FRAME,) = (block.text for block in blocks(LANGUAGE) if block.info == "fsm frame")


def framed(part: str, text: str) -> str:
    """The frame with these lines at the place for them, and nothing at the others."""
    assert part in PLACE.findall(FRAME), f"the frame has no place for `{part}`"
    return PLACE.sub(lambda place: text if place.group(1) == part else "", FRAME)


def findings(text: str, folder: Path) -> tuple[Diagnostic, ...]:
    """All errors and warnings; nothing that is asked may come out unexpectedly."""
    file = folder / "snippet.fsm"
    file.write_text(text, "utf-8")
    try:
        result = check(load(str(file)))
    except SpecificationError as error:
        return error.diagnostics
    wrong = [f"{v.check.name}: {v.status}" for v in result.all_verdicts if not v.ok]
    wrong += [f.message for s in result.systems for f in s.failures if not f.expected]
    wrong += [one.scenario.name for s in result.systems for one in s.scenarios if not one.ok]
    assert not wrong
    return tuple(d for d in result.warnings if d.code != "nothing-asked")


@pytest.mark.parametrize("block", SNIPPETS)
def test_snippets_come_out_as_they_say(block: Block, tmp_path: Path) -> None:
    match = INFO.fullmatch(block.info)
    assert match, f"what is `{block.info}`?"
    part, code = match["part"], match["code"]
    found = findings(framed(part, block.text) if part else block.text, tmp_path)
    if part:
        found = tuple(d for d in found if d.is_error or d.code == code)
    shown = "\n".join(map(render, found))
    assert {d.code for d in found} == ({code} if code else set()), shown


def test_the_frame_is_a_specification(tmp_path: Path) -> None:
    assert not any(d.is_error for d in findings(PLACE.sub("", FRAME), tmp_path))


# --- files and commands ---------------------------------------------------------------------------


def changed(text: str, diff: str) -> str:
    """A text with the changes of a diff; a line `…` separates its places."""
    for hunk in diff.split("…\n"):
        lines = hunk.splitlines(keepends=True)
        old = "".join(line[1:] for line in lines if line[0] in " -")
        new = "".join(line[1:] for line in lines if line[0] in " +")
        assert text.count(old) == 1, f"this is there {text.count(old)} times:\n{old}"
        text = text.replace(old, new)
    return text


def is_gap(line: str) -> bool:
    return line.strip() == "…"


def printed_as(shown: str, printed: str) -> bool:
    pattern = "".join(
        "(?:.*\n)*?" if is_gap(line) else re.escape(line) for line in shown.splitlines(True)
    )
    return re.fullmatch(pattern, printed) is not None


def run(commands: str, folder: Path) -> str:
    printed = ""
    for line in commands.splitlines():
        typed, _, command = line.rpartition(" | ")
        name, *arguments = shlex.split(command, comments=True)
        assert name == "tcpspec"
        done = tcpspec(*arguments, cwd=folder, input=_typed(typed))
        printed += done.stderr + done.stdout
    return printed


def _typed(command: str) -> str:
    """What `printf '%s\\n' …` gives the command behind it."""
    if not command:
        return ""
    name, form, *lines = shlex.split(command)
    assert (name, form) == ("printf", "%s\\n")
    return "".join(f"{line}\n" for line in lines)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_commands_print_what_is_shown(
    path: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    printed: str | None = None
    document = path.read_text("utf-8")
    for block in blocks(path):
        file = tmp_path / (block.file or "none")
        match block.kind:
            case "fsm" if block.file:
                file.write_text(block.text, "utf-8")
            case "diff":
                file.write_text(changed(file.read_text("utf-8"), block.text), "utf-8")
            case "promela" | "tla":
                assert printed_as(block.text, file.read_text("utf-8")), block.text
            case "sh" if "run=no" not in block.info:
                assert not printed, f"{path.name}:{block.line}: what the last command printed?"
                printed = run(block.text, tmp_path)
            case "text" if printed is not None:
                whole = not any(map(is_gap, block.text.splitlines()))
                if whole and request.config.getoption("--update-golden"):
                    old, new = (f"```text\n{text}```\n" for text in (block.text, printed))
                    document = document.replace(old, new, 1)
                else:
                    assert printed_as(block.text, printed), f"{path.name}:{block.line}:\n{printed}"
                printed = None
    assert not printed
    if document != path.read_text("utf-8"):
        path.write_text(document, "utf-8")


# --- what is made, and links ----------------------------------------------------------------------


ELSEWHERE = {
    "unreadable-file": 'extends "no_such_file.fsm"',
    "file-cycle": 'include "this_very_file.fsm"',
    "file-outside": 'extends "../../elsewhere.fsm"',
    "not-in-base": 'remove scenario "never written"',
    "nested-too-deeply": "((((… a hundred times …",
    "expands-too-far": "define d20 = d19 and d19",
    "nothing-to-check": "tcpspec check tcp.fsm --system Nobody",
    "not-for-this-engine": "tcpspec check tcp.fsm --engine native",
    "half-way-comparison": "0 < 128, both mod 256",
    "nothing-asked": "system S { a: M }",
}
"""Examples of findings that no one line of one file shows."""


def examples() -> dict[str, str]:
    """For each code the first line that the snippets of tests/diagnostics mark with it."""
    found: dict[str, str] = {}
    for path in sorted((REPOSITORY / "tests" / "diagnostics").glob("*.md")):
        for line in path.read_text("utf-8").splitlines():
            text, mark, codes = line.partition(" # error: ")
            if not mark:
                text, mark, codes = line.partition(" # warning: ")
            for code in re.findall(r"\[([a-z-]+)\]", codes) if text.strip() else ():
                found.setdefault(code, " ".join(text.split()))
    return ELSEWHERE | found


def catalogue() -> str:
    """The list of diagnostics: what each means, an example, how to mend it."""
    shown = examples()
    rows = [
        f"| `{code}` | {'error' if kind.error else 'warning'} | {kind.meaning} "
        f"| `{shown[code].replace('|', chr(92) + '|')}` | {kind.mend} |"
        for code, kind in CATALOGUE.items()
    ]
    head = [
        "| Code | | What it means | Example | What to do |", "| --- | --- | --- | --- | --- |",
    ]  # fmt: skip
    return "\n".join([*head, *rows]) + "\n"


def test_the_list_of_diagnostics_is_that_of_the_tool(request: pytest.FixtureRequest) -> None:
    before, rest = LANGUAGE.read_text("utf-8").split(BEGIN)
    made, after = rest.split(END)
    if request.config.getoption("--update-golden"):
        made = catalogue()
        LANGUAGE.write_text(before + BEGIN + made + END + after, "utf-8")
    assert made == catalogue(), "run pytest tests/docs/test_documents.py --update-golden"


def test_the_limits_are_those_of_the_tool() -> None:
    table = LANGUAGE.read_text("utf-8").split("## Limits")[1].split("## ")[0]
    limits = [
        load_module.MAX_BYTES, load_module.MAX_FILES, MAX_NUMBER, MAX_VALUES, MAX_DEPTH, MAX_SIZE,
        MAX_CHAIN, MAX_CHOICES, MAX_CAPACITY,
    ]  # fmt: skip
    rows = re.findall(r"^\| .+ \| ([\d,]+)", table, re.MULTILINE)
    assert rows == [f"{limit:,}" for limit in limits]


def test_the_limits_of_the_promela_export_are_those_of_the_tool() -> None:
    text = OTHER_TOOLS.read_text("utf-8").split("## What is not asked")[1]
    paragraph = text.split("too large in Promela**")[1].split("\n- ")[0]
    limits = [
        wiring.MAX_CAPACITY, wiring.MAX_SLOTS, rules.MAX_CHOICES, export.MAX_OPTIONS,
        export.MAX_PROCESSES, budgets.MAX_BUDGET,
    ]  # fmt: skip
    assert re.findall(r"\d[\d,]*", paragraph) == [f"{limit:,}" for limit in limits]


def anchors(path: Path) -> set[str]:
    """What GitHub makes of the headings."""
    text = BLOCK.sub("", path.read_text("utf-8"))
    heads = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("path", [*DOCUMENTS, SPECS / "README.md"], ids=lambda path: path.stem)
def test_links_lead_somewhere(path: Path) -> None:
    text = BLOCK.sub("", path.read_text("utf-8"))
    links = re.findall(r"\]\((?!https?:)([^)\s]+)\)", text)
    assert links
    for link in links:
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        assert target.exists(), link
        assert target.is_relative_to(REPOSITORY)
        assert not anchor or anchor in anchors(target), link
