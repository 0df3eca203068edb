"""``tcpspec simulate``: by lines of a pipe, by keys of a terminal, by chance."""

import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.runner import REPOSITORY, tcpspec, written

FIGURE = "tcpspec:figure5.fsm"

SMALL = """protocol Small
const MOST = 1
message M = PING | PONG
call ping
machine Client {
    var pings: 0..2 = 0
    initial final state A { call ping [pings < MOST] / pings := pings + 1; snd PING -> B }
    state B { rcv PONG -> A }
}
machine Server { initial final state A { rcv PING / snd PONG } }
system Net { c: Client may ping  s: Server  channel c <-> s: fifo(1), lossy }
system Other { c: Client may ping  s: Server  channel c <-> s: fifo(1) }
"""


def piped(
    text: str, *arguments: str, cwd: Path | None = None
) -> "subprocess.CompletedProcess[str]":
    """What ``simulate`` makes of these lines."""
    return tcpspec("simulate", *arguments, cwd=cwd, input=text)


@pytest.fixture
def small(tmp_path: Path) -> str:
    return written(tmp_path, SMALL)


# --- lines ----------------------------------------------------------------------------------

TOLD = """
Net  1 step
     c  │                        │  s
     A  │                        │  A
  1  B  ● ping                   │  A   c.pings = 1
        │────── PING ───────▶ …  │

  c       B*, pings = 1*
  s       A
  c -> s  PING*
  s -> c  empty

what can happen
   1  s: rcv PING / snd PONG
   2  c -> s: loses PING
"""


def test_a_choice_shows_the_ladder_what_changed_and_what_can_happen(small: str) -> None:
    done = piped("1\n", small, "--system", "Net")
    assert (done.returncode, done.stderr) == (0, "")
    start, _, after = done.stdout.partition("> 1\n")
    assert "   1  c: ping / snd PING -> B\n" in start
    assert after == TOLD


def test_what_cannot_happen_is_told_with_its_reason(small: str) -> None:
    done = piped("1\n1\n1\n", small, "--system", "Net")
    assert done.stdout.endswith(
        "nothing can happen\nwhat cannot\n"
        "   -  c: ping: the guard [pings < MOST] is false; pings < MOST is false: pings is 1\n"
        f"      ({small}:7)\n"
    )


def test_steps_are_taken_back(small: str) -> None:
    frames = piped("1\nundo\n1\n1\nrestart\n", small, "--system", "Net").stdout.split("\n> ")
    assert frames[2].partition("\n")[2] == frames[0]
    assert frames[3].partition("\n")[2] == frames[1].partition("\n")[2]
    assert frames[5].partition("\n")[2].rstrip("\n") == frames[0]


def test_a_set_constant_counts_and_is_saved(small: str, tmp_path: Path) -> None:
    lines = "1\n1\n1\n1\nsave run.fsm\n"
    done = piped(lines, "spec.fsm", "--system", "Net", "--set", "MOST=2", cwd=tmp_path)
    assert done.stdout.endswith("> save run.fsm\nsaved: tcpspec check run.fsm\n")
    assert (tmp_path / "run.fsm").read_text("utf-8") == (
        'protocol Small "a run of Net" extends "spec.fsm"\n'
        "\n"
        "replace const MOST = 2\n"
        "\n"
        'scenario "a run of Net" on Net {\n'
        "    c: ping\n"
        "    c -> s: PING\n"
        "    s -> c: PONG\n"
        "    c: ping\n"
        "    c -> s: PING delayed\n"
        "    expect c in B and c.pings == 2\n"
        "    expect s in A\n"
        "}\n"
    )
    assert tcpspec("fmt", "--check", str(tmp_path / "run.fsm")).returncode == 0
    checked = tcpspec("check", "run.fsm", cwd=tmp_path)
    assert checked.returncode == 0
    assert "ok    scenario a run of Net  possible, shown in 4 steps" in checked.stdout


def test_what_is_printed_can_be_pasted(small: str, tmp_path: Path) -> None:
    printed = piped("1\n2\nprint\n", small, "--system", "Net").stdout.partition("> print\n")[2]
    with Path(small).open("a", encoding="utf-8") as file:
        file.write(printed)
    checked = tcpspec("check", small)
    assert "ok    scenario a run of Net  possible, shown in 2 steps" in checked.stdout
    again = piped("print\n", small, "--system", "Net").stdout
    assert 'scenario "a run of Net, 2" on Net {' in again


def test_the_library_is_extended_from_anywhere(tmp_path: Path) -> None:
    done = piped("1\nsave mine.fsm\n", FIGURE, "--system", "Pair", cwd=tmp_path)
    assert done.returncode == 0
    assert 'extends "tcpspec:figure5.fsm"' in (tmp_path / "mine.fsm").read_text("utf-8")
    assert "scenario a run of Pair  possible" in tcpspec("check", "mine.fsm", cwd=tmp_path).stdout


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("3\n", "there is no 3: choose from 1 to 1"),
        ("0\n", "there is no 0: choose from 1 to 1"),
        ("99999999999999999999\n", "`99999999999999999999` is no command; `help` lists them"),
        ("undo\n", "there is nothing to undo"),
        ("jump\n", "`jump` is no command; `help` lists them"),
        ("1 2\n", "`1 2` is no command"),
        ("\x1b[31m\udcff\n", "`\\x1b[31m\ufffd` is no command"),
        ("save\n", "save where? Name a file"),
        ("save no/where.fsm\n", "save it in "),
        ("save spec.fsm\n", "`spec.fsm` is there already: name another file"),
        ("save nul\0.fsm\n", "cannot write `nul\\x00.fsm`: embedded null byte"),
        ("save .\n", "`.` is there already"),
    ],
)
def test_a_line_that_means_nothing_ends_it(
    small: str, tmp_path: Path, lines: str, message: str
) -> None:
    done = piped(f"{lines}1\n", small, "--system", "Net", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert message in done.stderr
    assert "> 1\n" not in done.stdout
    assert "\x1b" not in done.stderr + done.stdout


def test_blank_lines_letters_and_the_end_of_the_input(small: str) -> None:
    done = piped("\n  \nw\nl\nh\nq\n1\n", small, "--system", "Net")
    assert done.returncode == 0
    assert [line for line in done.stdout.splitlines() if line.startswith(">")] == [
        "> w", "> l", "> h", "> q",
    ]  # fmt: skip
    assert "nothing is kept from happening here" in done.stdout
    assert piped("", small, "--system", "Net").returncode == 0
    assert piped("1", small, "--system", "Net").stdout.endswith(TOLD)


def test_a_closed_standard_input_is_no_traceback(small: str) -> None:
    command = f"{sys.executable} -m tcpspec simulate {small} --system Net <&-"
    done = subprocess.run(
        ["bash", "-c", command], cwd=REPOSITORY, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert "what can happen" in done.stdout


def test_several_starts_are_chosen_from(tmp_path: Path) -> None:
    text = """protocol P
    machine M { var n: 0..2 = 1  initial final state A { step -> B } final state B { } }
    system S { m: M   init m in A   init m in B(n = 2) }"""
    done = piped("print\n", written(tmp_path, text))
    assert done.returncode == 2
    assert done.stderr == "error: the run has not begun\n"
    assert "where to start\n   1  m in A(n = 1)\n   2  m in B(n = 2)\n" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "error: which system? Add --system NAME; there are: Net, Other"),
        (["--system", "X"], "error: there is no system `X`; there are: Net, Other"),
        (["--system", "Net", "--seed", "1"], "--seed and --save say nothing without --random."),
        (["--system", "Net", "--random", "0"], "0 is not in the range 1<=x<=10000."),
        (["--system", "Net", "--set", "N=1"], "there is no constant of this name"),
    ],
)
def test_mistakes_are_told(small: str, arguments: list[str], message: str) -> None:
    done = piped("1\n", small, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


# --- by chance ------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bytes() -> None:
    run = [FIGURE, "--system", "Pair", "--random", "8"]
    shown = [tcpspec("simulate", *run, "--seed", str(seed)) for seed in (3, 3, 4, 0)]
    assert {done.returncode for done in shown} == {0}
    texts = [done.stdout for done in shown]
    assert texts[0] == texts[1] != texts[2]
    assert tcpspec("simulate", *run).stdout == texts[3]
    assert texts[0].startswith("Pair  ")


def test_a_run_by_chance_can_be_saved_and_is_possible(tmp_path: Path) -> None:
    (tmp_path / "tcp").mkdir()
    path = str(tmp_path / "tcp" / "run.fsm")
    arguments = ["tcpspec:tcp.fsm", "--system", "Lossy", "--random", "25", "--seed", "9"]
    assert tcpspec("simulate", *arguments, "--save", path).returncode == 0
    checked = tcpspec("check", path, "--system", "Lossy")
    assert "ok    scenario a run of Lossy  possible" in checked.stdout


def test_an_error_in_a_run_by_chance_is_the_status(tmp_path: Path) -> None:
    text = """protocol P
    machine M { var n: 0..1 = 0  initial final state A { step / n := n + 1 } }
    system S { m: M }"""
    path = written(tmp_path, text)
    done = tcpspec("simulate", path, "--random", "5")
    assert done.returncode == 1
    assert "S  2 steps\n" in done.stdout
    assert "nothing can happen: n would be 2, outside 0..1" in done.stdout
    assert tcpspec("simulate", path, "--random", "1").returncode == 0


# --- keys -----------------------------------------------------------------------------------

PROMPT = b"q quit > "


class Terminal:
    """``simulate`` on a pseudo-terminal: keys go in when it asks for them."""

    def __init__(self, *arguments: str, cwd: Path) -> None:
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.chdir(cwd)
            os.environ.update(COLUMNS="100", LINES="40", TERM="xterm")
            os.execv(sys.executable, [sys.executable, "-m", "tcpspec", "simulate", *arguments])
        self.seen = b""

    def wait_for(self, text: bytes) -> str:
        """What is shown until this text comes up."""
        new = b""
        end = time.monotonic() + 30
        while text not in new:
            assert select.select([self.terminal], [], [], end - time.monotonic())[0], new
            data = os.read(self.terminal, 65536)
            assert data, new
            new += data
        time.sleep(0.05)  # until it reads keys, not lines
        return new.decode()

    def press(self, keys: str, until: bytes = PROMPT) -> str:
        os.write(self.terminal, keys.encode())
        return self.wait_for(until)

    def end(self, keys: str = "") -> tuple[str, int]:
        """What is shown behind the last keys, and the exit status."""
        os.write(self.terminal, keys.encode())
        new = b""
        while True:
            try:
                data = os.read(self.terminal, 65536)
            except OSError:
                break
            if not data:
                break
            new += data
        os.close(self.terminal)
        return new.decode(), os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


@pytest.fixture
def terminal(small: str, tmp_path: Path) -> Terminal:
    terminal = Terminal(small, "--system", "Net", cwd=tmp_path)
    terminal.wait_for(PROMPT)
    return terminal


def test_a_key_is_enough(terminal: Terminal) -> None:
    after = terminal.press("1")
    assert "Net\x1b[0m\x1b[2m  1 step" in after
    assert "\x1b[1mB*\x1b[0m, \x1b[1mpings = 1*\x1b[0m" in after
    assert "0 steps" in terminal.press("u")
    assert "1 step" in terminal.press("1")
    assert "0 steps" in terminal.press("\x7f")
    text, status = terminal.end("q")
    assert (text, status) == ("quit\r\n", 0)


def test_mistakes_can_be_mended(terminal: Terminal) -> None:
    assert "error: there is no 7: choose from 1 to 1" in terminal.press("7")
    assert "there is nothing to undo" in terminal.press("\x1b[D")
    assert "1 step" in terminal.press("x1")
    assert terminal.end("\x04") == ("\r\n", 0)


def test_ctrl_c_ends_it_with_130(terminal: Terminal) -> None:
    text, status = terminal.end("\x03")
    assert text == "\r\ninterrupted\r\n"
    assert status == 130


def test_a_file_to_save_in_is_asked_for(terminal: Terminal, tmp_path: Path) -> None:
    terminal.press("1")
    assert "save where? Name a file" in (terminal.press("s", b"file: ") and terminal.press("\n"))
    terminal.press("s", b"file: ")
    assert "saved: tcpspec check run.fsm" in terminal.press("run.fsm\n")
    assert (tmp_path / "run.fsm").exists()
    terminal.press("s", b"file: ")
    assert "save where?" in terminal.press("\x04")
    terminal.press("s", b"file: ")
    text, status = terminal.end("\x03")
    assert text.endswith("interrupted\r\n")
    assert status == 130


def test_numbers_of_two_digits(tmp_path: Path) -> None:
    calls = ", ".join(f"c{number}" for number in range(1, 13))
    lines = " ".join(f"call c{number} -> A" for number in range(1, 13))
    text = f"""protocol P
    call {calls}
    machine M {{ initial final state A {{ {lines} }} }}
    system S {{ m: M may {calls} }}"""
    terminal = Terminal(written(tmp_path, text), cwd=tmp_path)
    terminal.wait_for(PROMPT)
    assert "● c12" in terminal.press("12")
    assert "● c1 " in terminal.press("1\r")
    assert "● c7 " in terminal.press("7")
    assert "● c11 " in terminal.press("1\x7f11")
    assert terminal.end("q")[1] == 0
