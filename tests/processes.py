"""Programs that a test starts by others, and what has become of them."""

import time
from collections.abc import Iterable

import psutil


def still_running(processes: Iterable[psutil.Process], seconds: float = 30) -> list[psutil.Process]:
    """Those that do not end in this time: killed is not ended yet, and who has been told that it
    was killed need not be the one that waits for it."""
    deadline = time.monotonic() + seconds
    running = [process for process in processes if _runs(process)]
    while running and time.monotonic() < deadline:
        time.sleep(0.01)
        running = [process for process in running if _runs(process)]
    return running


def _runs(process: psutil.Process) -> bool:
    """Zombies have ended, and wait for whoever inherited them."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
