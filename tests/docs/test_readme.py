"""Every command and every program of README.md runs, and its pictures are there."""

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.cli.runner import REPOSITORY, tcpspec

README = (REPOSITORY / "README.md").read_text("utf-8")
BLOCKS = re.compile(r"```(\w*)\n(.*?)```", re.DOTALL)
SHELL = [
    line for kind, text in BLOCKS.findall(README) if kind == "sh" for line in text.splitlines()
]
COMMANDS = [line.partition("#")[0].strip() for line in SHELL if line.startswith("tcpspec ")]
SETUPS = [line for line in SHELL if "venv" in line]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with some of the specifications, where commands may write: those that README names,
    and what they are made of.
    """
    (tmp_path / "specs").mkdir()
    for name in {*re.findall(r"specs/(\w+\.fsm)", "\n".join(SHELL)), "tcp_endpoint.fsm"}:
        (tmp_path / "specs" / name).symlink_to(REPOSITORY / "specs" / name)
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_runs(command: str, checkout: Path) -> None:
    done = tcpspec(*shlex.split(command)[1:], cwd=checkout)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_program_runs(checkout: Path) -> None:
    programs = [text for kind, text in BLOCKS.findall(README) if kind == "python"]
    assert programs
    for program in programs:
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=checkout, capture_output=True, text=True,
            timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr


def test_the_first_setup_checks_tcp_and_the_second_is_what_integration_runs() -> None:
    first, second = SETUPS
    assert first.endswith(".venv/bin/tcpspec check specs/tcp.fsm")
    assert second in (REPOSITORY / ".ci" / "run").read_text("utf-8")


def test_every_picture_and_link_is_there() -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert len(targets) >= 4
    for target in targets:
        assert (REPOSITORY / target).exists(), target


def test_the_lines_at_the_top_are_those_of_the_specification() -> None:
    text = BLOCKS.findall(README)[0][1]
    folded = " ".join((REPOSITORY / "specs" / "figure5.fsm").read_text("utf-8").split())
    assert " ".join(text.split()) in folded


def test_the_top_level_is_as_agreed() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    top = {line.split("/")[0] for line in tracked if line and not line.startswith(".")}
    assert top <= {"pyproject.toml", "README.md", "tcpspec", "specs", "diagrams", "tests"}


def test_the_packages_in_the_wheel_are_all_there_are() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
    listed = set(project["tool"]["setuptools"]["packages"])
    found = {
        ".".join(path.parent.relative_to(REPOSITORY).parts)
        for path in (REPOSITORY / "tcpspec").rglob("__init__.py")
    }
    assert listed == found | {"tcpspec.specs"}
