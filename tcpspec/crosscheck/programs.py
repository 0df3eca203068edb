"""Programs that are started, and end with us whatever ends us."""

import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

ENDING = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)


@contextmanager
def running(command: Sequence[str], **options: Any) -> Iterator["subprocess.Popen[bytes]"]:
    """A program in a session of its own, with the ``options`` of ``subprocess.Popen``. At the end,
    it is killed with all that it started.
    """
    process = None
    try:
        with _signals_held():
            process = subprocess.Popen(command, start_new_session=True, **options)
        yield process
    finally:
        if process is not None:
            kill(process)
            process.communicate()  # closes its pipes, and waits


def kill(process: "subprocess.Popen[bytes]") -> None:
    """End a program with all that it started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)


@contextmanager
def _signals_held() -> Iterator[None]:
    """Signals that end us wait until there is something to kill: between the start of a program
    and the first line that could kill it, one would leave it behind.

    Their handlers are replaced, since a signal that one thread blocks goes to another; then Python
    runs its handler in the main thread all the same.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # no handler runs here
        return
    waiting: list[int] = []
    before: dict[int, Any] = {}
    holding = True

    def hold(number: int, frame: FrameType | None) -> None:
        if holding:
            waiting.append(number)
        else:  # one came while handlers are put back
            before[number](number, frame)

    try:
        for number in ENDING:
            if callable(handler := signal.getsignal(number)):  # others ignore it, or end at once
                before[number] = handler
                signal.signal(number, hold)
        yield
    finally:
        holding = False
        for number, handler in before.items():
            signal.signal(number, handler)
    for number in waiting:
        signal.raise_signal(number)
