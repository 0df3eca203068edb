"""Programs that are started, and end with us whatever ends us."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

ENDING = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)


@contextmanager
def running(command: Sequence[str], **options: Any) -> Iterator["subprocess.Popen[bytes]"]:
    """A program in a session of its own, with the ``options`` of ``subprocess.Popen``. At the end,
    it is killed with all that it started.

    Signals that end us wait until there is something to kill: between its start and the first line
    that could kill it, one would leave it behind.
    """
    process = None
    held = _hold()
    try:
        process = subprocess.Popen(command, start_new_session=True, **options)
        _let_go(held)
        yield process
    finally:
        _let_go(held)
        if process is not None:
            kill(process)
            process.communicate()  # closes its pipes, and waits


def kill(process: "subprocess.Popen[bytes]") -> None:
    """End a program with all that it started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)


def _hold() -> set[Any]:
    """Have signals wait; the program is started so as well, but is only ever killed."""
    if sys.platform == "win32":
        return set()
    return set(signal.pthread_sigmask(signal.SIG_BLOCK, ENDING))


def _let_go(held: set[Any]) -> None:
    """Signals as they were before; one that has waited ends us here."""
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_SETMASK, held)
