"""The command line: parse arguments, call, print, exit. Each command has a file."""

import gc
from typing import NoReturn

COLLECT_AFTER = 100_000
"""How many objects are made before cyclic garbage is looked for; Python's 700 are for programs that
start with few objects. Loading makes some ten thousand that stay.
"""


def main() -> NoReturn:
    """The console script; what it needs is imported when it runs."""
    gc.set_threshold(COLLECT_AFTER)

    from tcpspec.cli.app import main as run

    run()
