"""Bad, hostile and huge input: a clear error or exact text, never a traceback, in bounded time."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.runner import REPOSITORY, SPECS, tcpspec, written

HEAD = "protocol P\nmachine M { initial final state A { } }\n"


def refused(path: str) -> str:
    done = tcpspec("check", path, timeout=20)
    assert done.returncode == 2
    assert done.stdout == ""
    return done.stderr


@pytest.mark.parametrize("seed", range(5))
def test_random_bytes(tmp_path: Path, seed: int) -> None:
    import random

    path = tmp_path / "random.fsm"
    path.write_bytes(random.Random(seed).randbytes(2000))
    assert "error[" in refused(str(path))


@pytest.mark.parametrize("part", [0.1, 0.35, 0.6, 0.85, 0.97])
def test_truncated_files(tmp_path: Path, part: float) -> None:
    text = (SPECS / "figure5.fsm").read_text("utf-8")
    assert "error[" in refused(written(tmp_path, text[: int(len(text) * part)]))


def test_deep_nesting_and_long_numbers(tmp_path: Path) -> None:
    deep = written(tmp_path, HEAD + "const N = " + "(" * 50_000 + "1" + ")" * 50_000)
    assert tcpspec("check", deep).returncode == 0
    minus = written(tmp_path, HEAD + "const N = " + "-" * 50_000 + "1")
    assert "nested-too-deeply" in refused(minus)
    assert "number-too-large" in refused(written(tmp_path, HEAD + "const N = " + "7" * 5_000))


def test_defines_that_explode(tmp_path: Path) -> None:
    lines = ["define d0 = a in A", *(f"define d{i} = d{i - 1} and d{i - 1}" for i in range(1, 25))]
    text = HEAD + "\n".join(lines) + '\nsystem S { a: M }\ncheck S { "x": always d24 }'
    assert "expands-too-far" in refused(written(tmp_path, text))


def test_a_huge_file(tmp_path: Path) -> None:
    assert "larger than 1,000,000 bytes" in refused(written(tmp_path, "# x\n" * 2_500_000))


def test_endless_files() -> None:
    assert "larger than" in refused("/dev/zero")


def test_latin_1(tmp_path: Path) -> None:
    path = tmp_path / "latin.fsm"
    path.write_bytes('protocol P "Zürich"'.encode("latin-1"))
    assert "not UTF-8 text: byte 0xfc in line 1" in refused(str(path))


def test_a_byte_order_mark_and_windows_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "windows.fsm"
    path.write_bytes(b"\xef\xbb\xbf" + HEAD.replace("\n", "\r\n").encode())
    assert tcpspec("check", str(path)).returncode == 0


def test_directories_and_missing_files(tmp_path: Path) -> None:
    folder = tmp_path / "folder.fsm"
    folder.mkdir()
    assert "there is no .fsm file in" in refused(str(folder))
    assert "no such file" in refused(str(tmp_path / "missing.fsm"))


HOSTILE = """protocol P "[red]not markup[/red] \x1b[31m <script>alert(1)</script>"
call go
machine M {
    initial final state A "[bold]\x1b]0;title\x07" { call go -> B }
    state B "<script>" { }
}
system S "[link=x]" { a: M may go }
check S { "[red] \x1b[2J </text>": never a in B }
"""


def test_labels_are_shown_as_they_are(tmp_path: Path) -> None:
    done = tcpspec("check", written(tmp_path, HOSTILE))
    assert done.returncode == 1
    assert "[red]not markup[/red]" in done.stdout
    assert "<script>alert(1)</script>" in done.stdout
    assert "\\x1b[2J" in done.stdout
    assert "\x1b" not in done.stdout + done.stderr


def test_labels_are_escaped_in_pictures_and_file_names(tmp_path: Path) -> None:
    figures = tmp_path / "figures"
    tcpspec("check", written(tmp_path, HOSTILE), "--figures", str(figures))
    names = sorted(path.name for path in figures.iterdir())
    assert names == ["README.md", "spec-m.svg", "spec-s-red-2j-text.svg"]
    for path in figures.iterdir():
        text = path.read_text("utf-8")
        assert "<script" not in text
        assert "\x1b" not in text


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_what_the_terminal_cannot_show_is_replaced(tmp_path: Path, encoding: str) -> None:
    text = HOSTILE.replace("[bold]", "状態").replace("[link=x]", "état → 終")
    done = tcpspec(
        "check", written(tmp_path, text), env={"LANG": "C", "PYTHONIOENCODING": encoding}
    )
    assert done.returncode == 1
    assert "S" in done.stdout


def test_a_plain_c_locale_works() -> None:
    done = tcpspec("check", "tcpspec:figure5.fsm", env={"LC_ALL": "C", "LANG": "C"})
    assert done.returncode == 0


def test_a_reader_that_goes_away_is_no_error() -> None:
    command = f"{sys.executable} -m tcpspec check tcpspec:figure5.fsm | head -n 1"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}; echo status ${{PIPESTATUS[0]}}"],
        cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    assert done.stdout.startswith("Figure5")


def test_a_closed_standard_output_is_no_traceback() -> None:
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m tcpspec check tcpspec:figure5.fsm >&-"],
        cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr


def test_a_full_disk_is_an_error(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    done = tcpspec("draw", "state", "tcpspec:figure5.fsm", "-o", str(tmp_path / "no" / "x.svg"))
    assert done.returncode == 2
    assert "cannot write" in done.stderr


def test_ctrl_c_prints_what_is_known_and_exits_with_130(tmp_path: Path) -> None:
    text = """protocol Counter
machine C { var n: 0..4000000 = 0   initial final state S { step [n < 4000000] / n := n + 1 } }
system One { c: C }
check One { "far": reachable c.n == 3   "never": never c.n == 4000001 }
"""
    process = subprocess.Popen(
        [sys.executable, "-m", "tcpspec", "check", written(tmp_path, text)],
        cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    time.sleep(1.5)
    os.kill(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert "ok    far" in out
    assert "?     never  unknown" in out
    assert "interrupted" in out
