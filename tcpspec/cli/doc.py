"""``tcpspec doc``: a specification with all answers as a document, HTML and Markdown."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tcpspec.cli import options
from tcpspec.cli.exits import status
from tcpspec.cli.specifications import load
from tcpspec.cli.terminal import Progress, complain, fail, give_up, say, spare
from tcpspec.diagnostics import SpecificationError, render
from tcpspec.escape import visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tcpspec.cli.options import Constants


@options.command(epilog="Example:  tcpspec doc tcpspec:tcp.fsm -o doc")
@options.spec
@click.option(
    "-o", "--output", metavar="DIR", required=True, type=options.Folder(),
    help="The folder that the document is written into.",
)  # fmt: skip
@options.systems
@options.constants
@options.threads
@options.max_states
@options.max_memory
@options.timeout
def doc(
    spec: str,
    output: Path,
    systems: tuple[str, ...],
    constants: Constants,
    threads: int | None,
    max_states: int | None,
    max_memory: int | None,
    timeout: float | None,
) -> int:
    """Write a specification as a document, with its pictures, tables, answers and runs."""
    from tcpspec.check import check
    from tcpspec.explore.limits import Limits
    from tcpspec.views.document.gather import gather
    from tcpspec.views.document.pages import pages

    progress = Progress()
    try:
        limits = Limits(max_states, max_memory, timeout)
        result = check(load(spec, constants), systems, limits, progress.observer, threads=threads)
    except SpecificationError as error:
        give_up(error)
    finally:
        progress.close()
    for warning in result.warnings:
        complain(render(warning))
    made = pages(gather(result, _command(spec, systems, constants, max_states)))
    for problem in made.problems:
        complain(f"warning: {visible(problem)}")
    _write(made.files, output)
    return status([result])


def _command(
    spec: str, systems: tuple[str, ...], constants: Constants, max_states: int | None
) -> str:
    """What one types to get the same document; where it goes and how long it may take is not said.

    So nothing of the machine that made it stands in the document.
    """
    from tcpspec.semantics.show import show_value
    from tcpspec.views.document.pages import MARK

    words = [*MARK.split(), spec, "-o", "DIR"]
    for system in systems:
        words += ["--system", system]
    for name, value in constants:
        words += ["--set", f"{name}={show_value(value)}"]
    if max_states is not None:
        words += ["--max-states", str(max_states)]
    return shlex.join(words)


def _write(files: Mapping[str, bytes], folder: Path) -> None:
    """Write all files below the folder; nothing is written where a link leads out of it, and no
    page over what is none.
    """
    from tcpspec.views.document.pages import MARK

    try:
        for name in files:
            if "/" not in name:
                spare(folder / name, MARK)
        for name, data in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            for one in (path, *path.parents[: name.count("/")]):
                if one.is_symlink():
                    fail(f"`{visible(str(one))}` is a link, which is not written to; remove it")
            path.write_bytes(data)
            if "/" not in name:
                say(visible(str(path)))
    except OSError as error:
        fail(f"cannot write to `{visible(str(folder))}`: {error.strerror}")
