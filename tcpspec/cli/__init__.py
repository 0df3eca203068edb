"""The command line: parse arguments, call, print, exit. Each command has a file."""

import atexit
import gc
import os
import sys
from typing import NoReturn

COLLECT_AFTER = 100_000
"""How many new objects make Python look for cyclic garbage. Its own 700 are too few for a program
that soon ends: loading makes some ten thousand that stay.
"""


def main() -> NoReturn:
    """The console script; what it needs is imported when it runs."""
    gc.set_threshold(COLLECT_AFTER)

    from tcpspec.cli.app import main as run

    try:
        run()
    except SystemExit as end:
        _end(end.code)
        raise


def _end(status: object) -> None:
    """End at once: taking all modules apart takes a tenth of a small check. What is to be done at
    the end is done; all that was said was written when it was said.
    """
    atexit._run_exitfuncs()
    if isinstance(status, int):
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(status)
