"""The command line: parse arguments, call, print, exit. Each command has a file."""

import atexit
import gc
from typing import NoReturn

COLLECT_AFTER = 100_000
"""How many new objects make Python look for cyclic garbage. Its own 700 are too few for a program
that soon ends: loading makes some ten thousand that stay.
"""


def main() -> NoReturn:
    """The console script; what it needs is imported when it runs."""
    gc.set_threshold(COLLECT_AFTER)
    atexit.register(gc.freeze)  # nothing needs to be looked for at the end

    from tcpspec.cli.app import main as run

    run()
