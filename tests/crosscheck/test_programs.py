"""Programs that are started do not outlive us, whenever we are told to end."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from types import FrameType
from typing import Any, NoReturn

import psutil
import pytest

from tcpspec.crosscheck.programs import kill, running
from tests.processes import still_running

SLEEPS = [sys.executable, "-c", "import time; time.sleep(60)"]


def end(number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The programs that were started; SIGTERM comes as soon as one is."""
    started: list[int] = []

    class Started(subprocess.Popen[bytes]):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            started.append(self.pid)
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(0.1)  # another thread may be the one that gets it

    monkeypatch.setattr(subprocess, "Popen", Started)
    return started


@pytest.fixture
def another_thread() -> Iterator[None]:
    """A signal of the process may be delivered to it, whatever the main thread blocks."""
    ended = threading.Event()
    thread = threading.Thread(target=ended.wait)
    thread.start()
    yield
    ended.set()
    thread.join()


@pytest.mark.skipif(sys.platform == "win32", reason="os.kill ends the process")
@pytest.mark.usefixtures("another_thread")
def test_a_signal_while_one_is_started_ends_it(told: list[int]) -> None:
    before = signal.signal(signal.SIGTERM, end)
    try:
        with pytest.raises(SystemExit, match="143"), running(SLEEPS):
            pytest.fail("the signal came before")
        assert signal.getsignal(signal.SIGTERM) is end
    finally:
        signal.signal(signal.SIGTERM, before)
    (program,) = told
    assert not psutil.pid_exists(program)


def test_what_it_started_ends_too() -> None:
    shell = f"{sys.executable} -c 'import time; time.sleep(60)' & echo; wait"
    with running(["sh", "-c", shell], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        (child,) = psutil.Process(process.pid).children()
    assert not still_running([child])


def test_one_that_has_ended_is_left_alone() -> None:
    with running([sys.executable, "-c", ""]) as process:
        assert process.wait() == 0
        kill(process)


def test_one_that_cannot_be_started_leaves_signals_as_they_were() -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(FileNotFoundError), running(["no such program"]):
        pass
    assert signal.getsignal(signal.SIGINT) is before


def test_another_thread_starts_one_too() -> None:
    codes = []

    def start() -> None:
        with running([sys.executable, "-c", ""]) as process:
            codes.append(process.wait())

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert codes == [0]
