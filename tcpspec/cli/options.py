"""Arguments and options that several commands share, and what reads their values."""

from enum import StrEnum
from typing import Annotated, Any

import typer

from tcpspec.escape import visible
from tcpspec.language.ast import MAX_NUMBER


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"


def _constant(text: str) -> tuple[str, bool | int | str]:
    name, equals, value = text.partition("=")
    if not equals or not name or not value:
        raise typer.BadParameter(f"`{visible(text)}` is not NAME=VALUE")
    if value in ("true", "false"):
        return name, value == "true"
    if not value.removeprefix("-").isdecimal():
        return name, value
    if len(value) > 20 or abs(int(value)) > MAX_NUMBER:
        raise typer.BadParameter(f"`{visible(value)}` is too large")
    return name, int(value)


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
        raise typer.BadParameter(f"`{visible(text)}` is no size; write 500M or 2G")
    return int(size)


def seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise typer.BadParameter(f"`{visible(text)}` is no number of seconds")
    return value


Spec = Annotated[str, typer.Argument(help="A file, or tcpspec:NAME for one of the library.")]
Set = Annotated[
    list[Any] | None,
    typer.Option("--set", metavar="NAME=VALUE", parser=_constant, help="Override a constant."),
]
Systems = Annotated[
    list[str] | None, typer.Option("--system", metavar="NAME", help="Only this system.")
]
MaxStates = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="Stop a system's search at N states.")
]
MaxMemory = Annotated[
    Any,
    typer.Option(
        parser=_size,
        metavar="SIZE",
        help="Stop at this memory, such as 2G; default: three quarters of what is free.",
    ),
]
Timeout = Annotated[
    Any, typer.Option(parser=seconds, metavar="SECONDS", help="Stop after this time in all.")
]
