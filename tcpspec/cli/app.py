"""The whole command line: every command with an example, and the console script."""

import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Annotated, NoReturn

import typer

from tcpspec.cli.check import check
from tcpspec.cli.crosscheck import crosscheck
from tcpspec.cli.draw import draw
from tcpspec.cli.exits import INTERRUPTED, OK
from tcpspec.cli.export import export
from tcpspec.cli.fmt import fmt
from tcpspec.cli.terminal import complain, prepare_streams, say
from tcpspec.version import VERSION

app = typer.Typer(
    name="tcpspec",
    help="Write a connection state machine the way RFC 9293 draws it, and check it exhaustively.",
    epilog="Start with:  tcpspec check tcpspec:figure5.fsm",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _add(command: Callable[..., None], example: str) -> None:
    app.command(epilog=f"Example:  {example}")(command)


_add(check, "tcpspec check tcpspec:tcp.fsm --system Lossy --max-states 100000")
app.add_typer(draw, name="draw")
_add(export, "tcpspec export tcpspec:tcp.fsm --to tla --system Lossy -o Lossy.tla")
_add(crosscheck, "tcpspec crosscheck tcpspec:figure5.fsm --show")
_add(fmt, "tcpspec fmt --check specs")


def _version(wanted: bool) -> None:
    if wanted:
        say(f"tcpspec {VERSION}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass


def _end_by_signals() -> None:
    """Who is told to end cleans up first: programs that were started, temporary files."""

    def end(number: int, _frame: FrameType | None) -> NoReturn:
        sys.exit(128 + number)

    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):  # Windows has one of them
            signal.signal(getattr(signal, name), end)


def main() -> NoReturn:
    """The console script."""
    prepare_streams()
    _end_by_signals()
    try:
        app()
    except KeyboardInterrupt:
        complain("interrupted")
        sys.exit(INTERRUPTED)
    sys.exit(OK)
