"""``tcpspec crosscheck``: our answers beside those of SPIN and TLC, with what is installed."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.cli.runner import SPECS, tcpspec, written
from tests.processes import still_running

FIGURE5 = str(SPECS / "figure5.fsm")
LARGE = """protocol Large
machine A { var x: mod 500 = 0  initial final state P { step / x := x + 1 } }
system S { a: A  b: A  c: A }
check S { "small": always a.x == a.x }
"""


def only(folder: Path, *programs: str) -> str:
    """A search path on which there are these programs and no others."""
    for program in programs:
        found = shutil.which(program)
        assert found is not None, f"{program} is not installed"
        (folder / program).symlink_to(found)
    return str(folder)


def test_both_agree_on_figure_5() -> None:
    done = tcpspec("crosscheck", FIGURE5, "--system", "Pair")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "differ" not in done.stdout
    assert "violated, 6 steps   violated, 6 steps   violated, 6 steps" in done.stdout
    assert done.stderr == ""


def test_what_they_found_is_shown_as_our_ladders(tmp_path: Path) -> None:
    text = (SPECS / "figure5.fsm").read_text("utf-8").replace("violated no deadlock", "no deadlock")
    done = tcpspec("crosscheck", written(tmp_path, text), "--system", "Pair", "--show")
    assert done.returncode == 0, done.stdout + done.stderr  # they agree, whatever is expected
    for tool in ("SPIN", "TLC"):
        shown = done.stdout.partition(f"{tool}, no deadlock")[2]
        assert "FIN_WAIT_1" in shown.partition("\n\n")[0]


def test_what_is_not_installed_is_said_in_one_line(tmp_path: Path) -> None:
    path = only(tmp_path, "spin", "gcc", "as", "ld", "cc")
    done = tcpspec("crosscheck", FIGURE5, "--system", "Pair", env={"PATH": path})
    assert done.returncode == 0, done.stdout + done.stderr
    (line,) = done.stderr.splitlines()
    assert line.startswith("warning: TLC is not asked: ")
    assert "SPIN" in done.stdout


def test_with_neither_there_is_no_answer(tmp_path: Path) -> None:
    done = tcpspec("crosscheck", FIGURE5, "--system", "Pair", env={"PATH": str(tmp_path)})
    assert done.returncode == 3
    assert "there is no other checker to ask" in done.stderr
    assert done.stdout == ""


def test_a_time_limit_leaves_answers_open() -> None:
    done = tcpspec("crosscheck", FIGURE5, "--timeout", "0.001")
    assert done.returncode == 3
    assert "SPIN took longer than allowed" in done.stdout
    assert "TLC took longer than allowed" in done.stdout


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    done = tcpspec(
        "crosscheck", FIGURE5, "--system", "Pair", cwd=tmp_path, env={"TMPDIR": str(tmp_path)}
    )
    assert done.returncode == 0
    assert not list(tmp_path.iterdir())


def children(process: int) -> list[psutil.Process]:
    """The programs that a process starts, as soon as there is one."""
    deadline = time.monotonic() + 60
    found: list[psutil.Process] = []
    while not found and time.monotonic() < deadline:
        time.sleep(0.01)
        found = psutil.Process(process).children(recursive=True)
    return found


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_who_is_told_to_end_leaves_no_process_and_no_file(
    number: signal.Signals, tmp_path: Path
) -> None:
    name = written(tmp_path, LARGE)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    with subprocess.Popen(
        [sys.executable, "-m", "tcpspec", "crosscheck", name, "--max-states", "100"],
        env=os.environ | {"TMPDIR": str(temporary)}, stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        started = children(process.pid)
        process.send_signal(number)
        _, errors = process.communicate(timeout=60)
    assert started
    assert process.returncode in (130, 128 + number)
    assert b"Traceback" not in errors
    assert not still_running(started)
    assert not list(temporary.iterdir())


def test_a_specification_that_is_wrong_is_not_asked_about(tmp_path: Path) -> None:
    done = tcpspec("crosscheck", written(tmp_path, "protocol"))
    assert done.returncode == 2
    done = tcpspec("crosscheck", FIGURE5, "--system", "Pear")
    assert done.returncode == 2
    assert "systems are: Pair" in done.stderr
