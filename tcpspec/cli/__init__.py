"""The command line: parse arguments, call, print, exit. Each command has a file."""

from typing import NoReturn


def main() -> NoReturn:
    """The console script; what it needs is imported when it runs."""
    from tcpspec.cli.app import main as run

    run()
