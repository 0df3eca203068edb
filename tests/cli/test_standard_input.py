"""Every command reads a specification from standard input, where ``-`` stands for it."""

from pathlib import Path

import pytest

from tests.cli.runner import tcpspec

TEXT = """protocol Piped
include "part.fsm"
message D = SYN
system S { a: M  b: M  channel a <-> b: fifo(1) }
check S { "b": never b in B }
"""
PART = (
    "machine M { initial final state A { ignore any  step -> B } final state B { ignore any } }\n"
)


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["check", "-"], 1),
        (["check", "-", "--format", "json"], 1),
        (["draw", "state", "-"], 0),
        (["draw", "sequence", "-", "--check", "b"], 0),
        (["draw", "space", "-"], 0),
        (["table", "transitions", "-"], 0),
        (["doc", "-", "-o", "document"], 1),
        (["export", "-", "--to", "promela"], 0),
        (["simulate", "-", "--random", "2"], 0),
        (["mutate", "-"], 0),
    ],
)
def test_commands_read_it(arguments: list[str], status: int, tmp_path: Path) -> None:
    """What it includes stands in the present folder."""
    (tmp_path / "part.fsm").write_text(PART)
    (tmp_path / "piped.fsm").write_text(TEXT)
    done = tcpspec(*arguments, cwd=tmp_path, input=TEXT)
    assert done.returncode == status, done.stderr
    named = ["piped.fsm" if word == "-" else word for word in arguments]
    other = tcpspec(*named, cwd=tmp_path)
    assert done.stdout == other.stdout.replace("piped.fsm", "-").replace("piped", "standard-input")


def test_errors_name_it(tmp_path: Path) -> None:
    done = tcpspec("check", "-", cwd=tmp_path, input="protocol P\nmachine M { state }\n")
    assert done.returncode == 2
    assert done.stderr.startswith("-:2:19: error[syntax]: unexpected `}`")
    done = tcpspec("check", "-", cwd=tmp_path, input="#" * 1_000_001)
    assert "cannot read `-`: larger than 1,000,000 bytes" in done.stderr


def test_a_part_called_so_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "-").write_text(PART)
    (tmp_path / "piped.fsm").write_text(TEXT.replace("part.fsm", "-"))
    done = tcpspec("check", "piped.fsm", cwd=tmp_path, input="machine")
    assert done.returncode == 1, done.stderr


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ([], "standard input says which steps to take: name a file"),
        (["--random", "2", "--save", "s.fsm"], "what --save writes extends the specification"),
    ],
)
def test_simulate_needs_a_file(more: list[str], message: str) -> None:
    done = tcpspec("simulate", "-", *more, input="")
    assert done.returncode == 2
    assert message in done.stderr
