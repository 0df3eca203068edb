"""``tcpspec table``: forms, choices, exit statuses, mistakes; its contents are tested elsewhere."""

import json
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import pytest

from tests.cli.runner import tcpspec, written

SCHEMA = json.loads((Path(__file__).parent / "schema.json").read_text("utf-8"))

TWO = """protocol Two "<script>alert(1)</script> | [a](b)"
message M = X | Y
call go
machine One { initial final state A { call go / snd X -> B }   state B { rcv Y -> A } }
machine Other { initial final state A { rcv X / snd Y   step -> B }   state B { } }
machine Unused { initial final state A { ignore any } }
system Pair { one: One may go   other: Other   channel one <-> other: fifo(1) }
system Alone { one: One may go   other: One   channel one <-> other: fifo(1) }
"""


def rows(text: str) -> list[list[str]]:
    """The cells of a Markdown table's rows, without its head."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [line.strip("| ").split(" | ") for line in lines if "---" not in line][1:]


def test_receptions_for_people(tmp_path: Path) -> None:
    done = tcpspec("table", "receptions", written(tmp_path, TWO), "--machine", "Other")
    assert (done.returncode, done.stderr) == (0, "")
    lines = [line.strip() for line in done.stdout.splitlines()]
    assert any(line.split() == ["│", "B", "│", "unspecified", "1", "│"] for line in lines)
    assert "1  other in B is offered X, in Pair: 2 steps" in lines
    assert "one: go; other: step" in lines
    assert "systems: Pair" in lines


def test_only_some_systems(tmp_path: Path) -> None:
    path = written(tmp_path, TWO)
    done = tcpspec("table", "receptions", path, "--system", "Alone", "--format", "md")
    assert "**Receptions of One**" in done.stdout
    assert "Other" not in done.stdout
    assert [row[1:] for row in rows(done.stdout)] == [
        ["[**unspecified 1**](<#machine-1-run-1>)"], ["–"],
    ]  # fmt: skip


def test_machines_that_no_system_uses_are_left_out_unless_named(tmp_path: Path) -> None:
    path = written(tmp_path, TWO)
    assert "Unused" not in tcpspec("table", "transitions", path).stdout
    assert "Unused" in tcpspec("table", "transitions", path, "--machine", "Unused").stdout
    done = tcpspec("table", "receptions", path, "--machine", "Unused")
    assert "no system that was explored has this machine" in done.stdout


@pytest.mark.parametrize(
    ("command", "form", "ending"),
    [("transitions", "md", "md"), ("transitions", "json", "json"), ("receptions", "html", "html"),
     ("receptions", "text", "txt")],
)  # fmt: skip
def test_the_ending_of_the_file_says_the_form(
    tmp_path: Path, command: str, form: str, ending: str
) -> None:
    path, file = written(tmp_path, TWO), tmp_path / f"table.{ending}"
    done = tcpspec("table", command, path, "--format", form)
    assert tcpspec("table", command, path, "-o", str(file)).stdout == ""
    assert file.read_text("utf-8").rstrip("\n") == done.stdout.rstrip("\n")


@pytest.mark.parametrize("command", ["transitions", "receptions"])
def test_hostile_titles_are_text(tmp_path: Path, command: str) -> None:
    done = tcpspec("table", command, written(tmp_path, TWO), "--format", "html")
    seen: list[str] = []

    class Tags(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:
            seen.append(tag)

    Tags().feed(done.stdout)
    assert "table" in seen
    assert "script" not in seen
    assert "&lt;script&gt;" in done.stdout


def test_a_limit_is_told_and_has_its_status(tmp_path: Path) -> None:
    path = written(tmp_path, TWO)
    done = tcpspec("table", "receptions", path, "--max-states", "2", "--machine", "Other")
    assert done.returncode == 3
    assert "Pair: the search stopped at max-states after 2 states" in done.stdout
    assert "?" in done.stdout


def test_a_check_that_fails_does_not_end_the_search(tmp_path: Path) -> None:
    path = written(tmp_path, TWO + 'check Pair { "no": never one in B }')
    done = tcpspec("table", "receptions", path)
    assert (done.returncode, "stopped" in done.stdout) == (0, False)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--machine", "X"], "there is no machine `X`; there are: One, Other, Unused"),
        (["-o", "x.pdf"], "must end in one of: .txt, .md, .html, .json; or add --format"),
        (["-o", "no/where/x.md"], "cannot write `no/where/x.md`"),
        (["--set", "N=1"], "there is no constant of this name"),
    ],
)
def test_mistakes_are_told(tmp_path: Path, arguments: list[str], message: str) -> None:
    for command in ("transitions", "receptions"):
        done = tcpspec("table", command, written(tmp_path, TWO), *arguments, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        assert message in done.stderr
    done = tcpspec("table", "receptions", written(tmp_path, TWO), "--system", "X")
    assert "there is no system `X`" in done.stderr


@pytest.mark.parametrize("name", ["figure5", "hazard_blind", "two_phase_commit"])
def test_json_follows_the_schema(name: str) -> None:
    for command in ("transitions", "receptions"):
        done = tcpspec("table", command, f"tcpspec:{name}.fsm", "--format", "json")
        assert (done.returncode, done.stderr) == (0, "")
        jsonschema.validate(json.loads(done.stdout), SCHEMA)
        assert json.loads(done.stdout)["machines"]
