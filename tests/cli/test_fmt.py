"""`tcpspec fmt`: in place, with --check, through standard input; what it refuses."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.runner import REPOSITORY, tcpspec, written

UGLY = "protocol P\nmachine M{\ninitial final state A{step/x:=1->A}# why\n}\n"
NEAT = "protocol P\nmachine M {\n    initial final state A { step / x := 1 -> A }    # why\n}\n"


def piped(data: bytes, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[bytes]":
    done = subprocess.run(
        [sys.executable, "-m", "tcpspec", "fmt", *arguments],
        input=data, cwd=REPOSITORY, env=os.environ | environment, capture_output=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert b"Traceback" not in done.stderr
    return done


def test_a_file_is_changed_in_place_and_named(tmp_path: Path) -> None:
    path = written(tmp_path, UGLY)
    done = tcpspec("fmt", path)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{path}\n", "")
    assert Path(path).read_text("utf-8") == NEAT
    assert [one.name for one in tmp_path.iterdir()] == ["spec.fsm"]


def test_a_file_in_its_form_is_not_written(tmp_path: Path) -> None:
    path = Path(written(tmp_path, NEAT))
    os.utime(path, (1, 1))
    inode = path.stat().st_ino
    done = tcpspec("fmt", str(path))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (path.stat().st_mtime, path.stat().st_ino) == (1, inode)


def test_check_names_what_would_change_and_changes_nothing(tmp_path: Path) -> None:
    ugly, neat = written(tmp_path, UGLY, "b.fsm"), written(tmp_path, NEAT, "a.fsm")
    done = tcpspec("fmt", "--check", neat, ugly)
    assert (done.returncode, done.stdout, done.stderr) == (1, f"{ugly}\n", "")
    assert Path(ugly).read_text("utf-8") == UGLY
    assert tcpspec("fmt", "--check", neat).returncode == 0


def test_a_folder_stands_for_the_specifications_in_it(tmp_path: Path) -> None:
    paths = [written(tmp_path, UGLY, name) for name in ("a.fsm", "b.fsm")]
    other = written(tmp_path, UGLY, "c.txt")
    done = tcpspec("fmt", str(tmp_path), paths[0])
    assert done.stdout.splitlines() == paths
    assert [Path(path).read_text("utf-8") for path in paths] == [NEAT, NEAT]
    assert Path(other).read_text("utf-8") == UGLY


def test_a_file_with_errors_is_left_alone_and_others_are_not(tmp_path: Path) -> None:
    bad, ugly = written(tmp_path, "const N 3", "bad.fsm"), written(tmp_path, UGLY)
    done = tcpspec("fmt", bad, ugly)
    assert (done.returncode, done.stdout) == (2, f"{ugly}\n")
    assert "bad.fsm:1:9: error[syntax]" in done.stderr
    assert Path(bad).read_text("utf-8") == "const N 3"
    assert Path(ugly).read_text("utf-8") == NEAT


def test_names_need_not_be_declared(tmp_path: Path) -> None:
    assert tcpspec("fmt", "--check", written(tmp_path, "define a = b\n")).returncode == 0


def test_windows_texts_become_plain(tmp_path: Path) -> None:
    path = tmp_path / "windows.fsm"
    path.write_bytes(b"\xef\xbb\xbf" + UGLY.replace("\n", "\r\n").encode())
    assert tcpspec("fmt", "--check", str(path)).returncode == 1
    assert tcpspec("fmt", str(path)).returncode == 0
    assert path.read_bytes() == NEAT.encode()


def test_mode_and_links_stay(tmp_path: Path) -> None:
    path = Path(written(tmp_path, UGLY))
    path.chmod(0o640)
    link = tmp_path / "link.fsm"
    link.symlink_to(path)
    assert tcpspec("fmt", str(link)).returncode == 0
    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert path.read_text("utf-8") == NEAT


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_file_that_may_not_be_written_is_an_error(tmp_path: Path) -> None:
    path = Path(written(tmp_path, UGLY))
    path.chmod(0o444)
    done = tcpspec("fmt", str(path))
    assert (done.returncode, done.stdout) == (2, "")
    assert "permission denied" in done.stderr
    assert path.read_text("utf-8") == UGLY


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("missing.fsm", "no such file"),
        ("tcpspec:tcp.fsm", "is of the library"),
        ("", "the name of a specification is empty"),
        ("/dev/zero", "not a file"),
        ("\udcff\x1b[31m.fsm", "no such file"),
        ("x" * 5000, "name too long"),
        ("empty", "there is no .fsm file in"),
    ],
)
def test_what_cannot_be_formatted(tmp_path: Path, name: str, why: str) -> None:
    (tmp_path / "empty").mkdir()
    done = tcpspec("fmt", name, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert why in done.stderr
    assert "\x1b" not in done.stderr


def test_what_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "latin.fsm").write_bytes('protocol P "Zürich"'.encode("latin-1"))
    (tmp_path / "large.fsm").write_bytes(b"# x\n" * 300_000)
    done = tcpspec("fmt", str(tmp_path))
    assert done.returncode == 2
    assert "byte 0xfc" in done.stderr
    assert "larger than 1,000,000 bytes" in done.stderr


def test_standard_input_goes_to_standard_output() -> None:
    done = piped(UGLY.encode(), "-")
    assert (done.returncode, done.stdout, done.stderr) == (0, NEAT.encode(), b"")


def test_standard_output_is_utf_8_everywhere() -> None:
    text = '# état → 終\nprotocol P "Zürich"\n'.encode()
    assert piped(text, "-", LC_ALL="C", PYTHONIOENCODING="ascii").stdout == text


def test_standard_input_is_checked() -> None:
    assert piped(NEAT.encode(), "-", "--check").returncode == 0
    done = piped(UGLY.encode(), "--check", "-")
    assert (done.returncode, done.stdout) == (1, b"-\n")


def test_errors_of_standard_input() -> None:
    done = piped(b"const N 3", "-")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"error[syntax]" in done.stderr
    assert piped(b"\xff", "-").returncode == 2


def test_an_empty_text_stays_empty() -> None:
    assert piped(b"", "-").stdout == b""
    assert piped(b"\n\n", "-").stdout == b""
