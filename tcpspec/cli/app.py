"""The whole command line: every command by its name, and the console script."""

from __future__ import annotations

import gc
import os
import signal
import sys
from importlib import import_module
from typing import TYPE_CHECKING, NoReturn

import click

from tcpspec.cli.exits import INTERRUPTED, WRONG
from tcpspec.cli.options import Group
from tcpspec.cli.terminal import complain, prepare_streams, say
from tcpspec.escape import visible
from tcpspec.version import VERSION

if TYPE_CHECKING:
    from types import FrameType


class Commands(Group):
    """Commands that are imported when they are asked for, each from the file of its name."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.commands:
            return None
        command: click.Command = getattr(import_module(f"tcpspec.cli.{cmd_name}"), cmd_name)
        return command


def _version(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted:
        say(f"tcpspec {VERSION}")
        context.exit()


@click.group(
    cls=Commands,
    commands=[
        click.Command(name)
        for name in (
            "check",
            "draw",
            "table",
            "doc",
            "simulate",
            "mutate",
            "export",
            "crosscheck",
            "fmt",
        )
    ],
    epilog="Start with:  tcpspec check tcpspec:figure5.fsm",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version,
    help="Show the version.",
)  # fmt: skip
def app() -> None:
    """Write a connection state machine the way RFC 9293 draws it, and check it exhaustively."""


def _end_by_signals() -> None:
    """Who is told to end cleans up first: programs that were started, temporary files."""

    def end(number: int, _frame: FrameType | None) -> NoReturn:
        sys.exit(128 + number)

    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):  # Windows has one of them
            signal.signal(getattr(signal, name), end)


def _refuse(error: click.ClickException) -> int:
    """Say what is wrong with the command line, and where its help is."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        complain(error.format_message())
        return WRONG
    if isinstance(error, click.UsageError) and error.ctx is not None:
        complain(error.ctx.get_usage())
        complain(f"Try '{error.ctx.command_path} --help' for help.\n")
    lines = error.format_message().expandtabs(4).split("\n")
    complain("Error: " + "\n".join(map(visible, lines)))
    return WRONG


def _prepare_libraries() -> None:
    """For a process that does one thing and ends."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # NumPy's: they wait for work by spinning
    gc.set_threshold(100_000, 50, 50)  # a syntax tree has no cycles worth looking for


def main() -> NoReturn:
    """The console script. What a command returns is the exit status."""
    _prepare_libraries()
    prepare_streams()
    _end_by_signals()
    try:
        sys.exit(app.main(standalone_mode=False))
    except click.ClickException as error:
        sys.exit(_refuse(error))
    except click.Abort:  # what Click makes of Ctrl-C
        complain("interrupted")
        sys.exit(INTERRUPTED)
