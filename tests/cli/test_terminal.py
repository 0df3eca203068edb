"""On a terminal: colour, and a line of progress for what takes long. Elsewhere: neither."""

import os
import pty
import sys
from pathlib import Path

from tests.cli.runner import written

SLOW = """protocol Counter
machine C { var n: 0..400000 = 0   initial final state S { step [n < 400000] / n := n + 1 } }
system One { c: C }
check One { "far": reachable c.n == 3 }
"""


def on_a_terminal(*arguments: str, **environment: str) -> tuple[str, int]:
    """What a terminal receives, and the exit status."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(environment)
        os.execv(sys.executable, [sys.executable, "-m", "tcpspec", *arguments])
    received = b""
    while True:
        try:
            data = os.read(terminal, 65536)
        except OSError:
            break
        if not data:
            break
        received += data
    return received.decode("utf-8"), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_colour_and_times_are_for_terminals(tmp_path: Path) -> None:
    text, status = on_a_terminal("check", "tcpspec:figure5.fsm")
    assert status == 0
    assert "\x1b[32mok" in text
    assert "reference engine, 0." in text


def test_no_color_is_respected(tmp_path: Path) -> None:
    text, _ = on_a_terminal("check", "tcpspec:figure5.fsm", NO_COLOR="1")
    assert "\x1b[32m" not in text


def test_long_searches_show_how_far_they_are(tmp_path: Path) -> None:
    text, status = on_a_terminal("check", written(tmp_path, SLOW), "--timeout", "2.5")
    assert status == 3
    assert "One: " in text
    assert "to look at" in text
