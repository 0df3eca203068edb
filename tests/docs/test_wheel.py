"""The wheel has all that is needed: it works in an empty folder, library included."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.runner import REPOSITORY, SOME


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the package as a wheel installs it; its dependencies are ours."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    _copy(source)
    pip: list[str | Path] = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "wheel", "--no-deps", "-w", folder, source], check=True, timeout=300)
    (wheel,) = folder.glob("tcpspec-*.whl")
    target = folder / "site"
    install = [*pip, "install", "--no-deps", "--target", target, wheel]
    subprocess.run(install, check=True, timeout=300)
    return target


def _copy(target: Path) -> None:
    """The files that belong to the project, not what was built beside them."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=REPOSITORY, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in listed.stdout.splitlines():
        path = REPOSITORY / name
        if path.is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_bytes(path.read_bytes())


def run(installed: Path, folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    program = (
        f"import sys; sys.path.insert(0, {str(installed)!r}); import tcpspec.cli; "
        f"assert tcpspec.__file__.startswith({str(installed)!r}), tcpspec.__file__; "
        "tcpspec.cli.main()"
    )
    return subprocess.run(
        [sys.executable, "-c", program, *arguments], cwd=folder, capture_output=True, text=True,
        timeout=300, check=False,
    )  # fmt: skip


@pytest.mark.sweep
def test_the_library_is_found_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    done = run(installed, tmp_path, "check", *(f"tcpspec:{path.name}" for path in SOME[::3]))
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_file_can_extend_the_library(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.fsm").write_text(
        'protocol Mine "a variant" extends "tcpspec:figure5.fsm"\n'
        "machine TCP { state FIN_WAIT_1 { ignore SYN+ACK } }\n"
        'check Pair { "still": reachable A in FIN_WAIT_1 }\n'
    )
    done = run(installed, tmp_path, "check", "mine.fsm")
    assert "ok    still" in done.stdout, done.stdout + done.stderr


def test_pictures_are_drawn_without_a_system_graphviz(installed: Path, tmp_path: Path) -> None:
    done = run(installed, tmp_path, "draw", "state", "tcpspec:figure5.fsm", "-o", "figure.svg")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "figure.svg").read_text("utf-8").startswith("<?xml")


def test_a_document_is_made_from_the_templates_in_the_wheel(
    installed: Path, tmp_path: Path
) -> None:
    done = run(installed, tmp_path, "doc", "tcpspec:hazard_land.fsm", "-o", "doc")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "doc" / "hazard_land.html").read_text("utf-8").startswith("<!DOCTYPE html>")


def test_the_tables_of_the_grammar_are_in_the_wheel(installed: Path) -> None:
    folder = installed / "tcpspec" / "language"
    assert (folder / "grammar.lark").exists()
    assert (folder / "grammar.json").exists()
    assert (installed / "tcpspec" / "py.typed").exists()
