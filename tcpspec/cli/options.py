"""What several commands share: arguments, options, what reads their values, a kind of group."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import click

from tcpspec.cli.terminal import say
from tcpspec.escape import visible

if TYPE_CHECKING:
    from tcpspec.model.types import ValueT

E = TypeVar("E", bound=StrEnum)


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"


class Choice(click.Choice[E]):
    """One of an enumeration, written as its value."""

    def normalize_choice(self, choice: object, ctx: click.Context | None) -> str:
        return str(choice)


class Folder(click.Path):
    """A folder that is written into. One without a name, as where a variable of the shell is not
    set, would be the present one.
    """

    def __init__(self) -> None:
        super().__init__(file_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":
            self.fail("it is empty; the present folder is `.`", param, ctx)
        return super().convert(value, param, ctx)


def _show_help(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        say(context.get_help())
        context.exit()


class Command(click.Command):
    """A command whose help goes the way of all that is said."""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.callback = _show_help
        return option


command = partial(click.command, cls=Command)
"""As Click's, for commands that are in no group of their own file."""


class Group(Command, click.Group):
    """A group whose commands are listed in the order in which they were added."""

    command_class = Command

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


Constants: TypeAlias = "tuple[tuple[str, ValueT], ...]"
"""What ``--set`` gives: names and values, in the order of the command line."""


def _constant(text: str) -> tuple[str, ValueT]:
    from tcpspec.model.settings import setting

    try:
        return setting(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


_UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}


def _size(text: str) -> int:
    """Bytes of a size such as 500M or 2G."""
    number, unit = text.upper().removesuffix("B"), ""
    if number[-1:] in _UNITS and number:
        number, unit = number[:-1], number[-1]
    try:
        size = float(number) * _UNITS[unit]
    except (ValueError, KeyError):
        size = 0.0
    if not 0 < size < 2**60:
        raise click.BadParameter(f"`{visible(text)}` is no size; write 500M or 2G")
    return int(size)


def seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise click.BadParameter(f"`{visible(text)}` is no number of seconds")
    return value


spec = click.argument(
    "spec",
    metavar="SPEC",
    help="A file, tcpspec:NAME for one of the library, or - for standard input.",
)
constants = click.option(
    "--set", "constants", metavar="NAME=VALUE", multiple=True, type=_constant,
    help="Override a constant.",
)  # fmt: skip
systems = click.option(
    "--system", "systems", metavar="NAME", multiple=True, help="Only this system."
)
max_states = click.option(
    "--max-states",
    metavar="N",
    type=click.IntRange(min=1),
    help="Stop a system's search at N states.",
)
max_memory = click.option(
    "--max-memory", metavar="SIZE", type=_size,
    help="Stop at this memory, such as 2G; default: three quarters of what is free.",
)  # fmt: skip
timeout = click.option(
    "--timeout", metavar="SECONDS", type=seconds, help="Stop searching after this time in all."
)
threads = click.option(
    "--threads",
    metavar="N",
    type=click.IntRange(min=1, max=256),
    help="Threads of the native engine; default: one for each processor.",
)
format_ = click.option(
    "--format",
    "format_",
    type=Choice(Format),
    default=Format.TEXT.value,
    show_default=True,
    help="For people or for scripts.",
)
