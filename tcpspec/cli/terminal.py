"""What a command says: standard output, standard error, colours and progress.

The only file that prints. What a terminal cannot show is replaced; where there is no terminal, the
same bytes come out every time.
"""

from __future__ import annotations

import io
import os
import sys
import time
from typing import TYPE_CHECKING, Any, NoReturn

from tcpspec.cli.exits import WRONG
from tcpspec.escape import visible

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tcpspec.checking import Observer
    from tcpspec.diagnostics import SpecificationError
    from tcpspec.views.reports.report import Line


def prepare_streams() -> None:
    """What cannot be shown is replaced; a stream that is closed takes all and shows nothing."""
    if sys.stdout is None:
        sys.stdout = io.StringIO()
    if sys.stderr is None:
        sys.stderr = io.StringIO()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def say(text: str = "") -> None:
    """Standard output; a reader that has gone away is no error, a full disk is one."""
    problem = _write_to(sys.stdout, text)
    if problem is not None:
        _discard(sys.stdout)
        if not isinstance(problem, BrokenPipeError):
            fail(f"cannot write to standard output: {problem.strerror}")


def complain(text: str) -> None:
    """Standard error; where nobody reads it, there is nobody to tell."""
    if _write_to(sys.stderr, text) is not None:
        _discard(sys.stderr)


def _write_to(stream: Any, text: str) -> OSError | None:
    """Write at once; says why that was not possible."""
    try:
        print(text, file=stream, flush=True)
    except OSError as error:
        return error
    return None


def _discard(stream: Any) -> None:
    """What could not be written goes nowhere, also when Python flushes at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def pass_on(text: str) -> None:
    """To standard output, in UTF-8 whatever the terminal's encoding is: it goes into a file."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    if text:
        say(text.removesuffix("\n"))


def deliver(data: bytes, output: Path | None) -> None:
    """Into the file; to standard output if there is none."""
    if output is None:
        say(data.decode("utf-8").rstrip("\n"))
        return
    try:
        if _is_specification(output):
            fail(f"`{visible(str(output))}` is a specification, which is not written over")
        output.write_bytes(data)
    except OSError as error:
        fail(f"cannot write `{visible(str(output))}`: {error.strerror}")


def _is_specification(path: Path) -> bool:
    """Whether it is there, and is what was read, or is called like what can be read."""
    if not path.exists():
        return False
    from pathlib import Path

    import click

    read = Path(click.get_current_context().params.get("spec", ""))
    return path.suffix == ".fsm" or (read.exists() and path.samefile(read))


def spare(path: Path, mark: str) -> None:
    """A page may be written over by the next that is made, but nothing else: ends with an error if
    what is there is without the ``mark`` that all such pages have.
    """
    if path.is_file() and mark.encode() not in path.read_bytes():
        shown = visible(str(path))
        fail(f"`{shown}` was not made by tcpspec, and is not written over; name another folder")


def fail(message: str) -> NoReturn:
    complain(f"error: {message}")
    sys.exit(WRONG)


def give_up(error: SpecificationError) -> NoReturn:
    from tcpspec.diagnostics import render

    for diagnostic in error.diagnostics:
        complain(render(diagnostic))
    sys.exit(WRONG)


_COLOURS: dict[str, dict[str, Any]] = {
    "ok": {"fg": "green"},
    "bad": {"fg": "red", "bold": True},
    "open": {"fg": "yellow"},
    "strong": {"bold": True},
    "faint": {"dim": True},
}


def look() -> Any:
    """A terminal's width and times; elsewhere the same bytes every time."""
    import shutil

    from tcpspec.views.reports.report import Look

    terminal = sys.stdout.isatty()
    width = max(60, shutil.get_terminal_size((100, 24)).columns) if terminal else 100
    return Look(width, ascii=not shows_unicode(), times=terminal)


def shows_unicode() -> bool:
    return (sys.stdout.encoding or "ascii").lower().replace("-", "").startswith("utf")


def colours() -> bool:
    """Whether what is said may be coloured."""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


def say_lines(lines: Iterable[Line]) -> None:
    import click

    colour = colours()
    text = "\n".join(
        "".join(
            click.style(text, **_COLOURS[style]) if colour and style else text
            for text, style in line
        ).rstrip()
        for line in lines
    )
    say(text)


class Status:
    """A line on standard error that says how far something is, on a terminal only."""

    AFTER = 1.0
    """Seconds that pass before it is shown."""

    def __init__(self) -> None:
        self._start = time.perf_counter()
        self._status: Any = None

    def show(self, line: str) -> None:
        if not sys.stderr.isatty() or time.perf_counter() - self._start < self.AFTER:
            return
        if self._status is None:
            from rich.console import Console

            self._status = Console(stderr=True, markup=False, highlight=False).status("")
            self._status.start()
        from rich.text import Text

        self._status.update(Text(line))

    def close(self) -> None:
        if self._status is not None:
            self._status.stop()


class Progress:
    """How far the search of a system is."""

    def __init__(self) -> None:
        self._status = Status()
        self.observer: Observer | None = self._observe if sys.stderr.isatty() else None
        self.close = self._status.close

    def _observe(self, system: str, progress: Any) -> None:
        if progress.deciding is not None:
            self._status.show(
                f"{visible(system)}: {progress.states:,} states, "
                f"{progress.transitions:,} steps; deciding {visible(progress.deciding)}, "
                f"{progress.seconds:,.0f} s, {progress.memory / 2**20:,.0f} MB"
            )
            return
        rate = progress.states / max(progress.seconds, 1e-9)
        self._status.show(
            f"{visible(system)}: {progress.states:,} states, {rate:,.0f}/s, "
            f"depth {progress.depth}, "
            f"{progress.frontier:,} to look at, {progress.memory / 2**20:,.0f} MB"
        )
