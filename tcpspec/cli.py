"""The command line: parse arguments, call, print, exit. The only place that prints.

Exit status: 0, all came out as the specification says; 1, some did not; 2, the specification or
the command line is wrong; 3, a limit was reached before an answer, and nothing failed; 130, Ctrl-C.
"""

import io
import os
import sys
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from tcpspec.diagnostics import SpecificationError, render
from tcpspec.escape import visible
from tcpspec.explore.engines import Engine
from tcpspec.language.ast import MAX_NUMBER
from tcpspec.version import VERSION

if TYPE_CHECKING:
    from tcpspec.check import Observer, Result
    from tcpspec.model.model import Machine, Specification
    from tcpspec.views.report import Line

OK, FAILED, WRONG, UNKNOWN, INTERRUPTED = 0, 1, 2, 3, 130

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
draw_app = typer.Typer(
    help="Draw a machine or a run.", no_args_is_help=True, rich_markup_mode=None,
    epilog="Example:  tcpspec draw state tcpspec:tcp.fsm -o tcp.svg",
)  # fmt: skip
app.add_typer(draw_app, name="draw")


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"


class Renderer(StrEnum):
    PURE = "pure"
    DOT = "dot"


# --- options that several commands share ---------------------------------------------------


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


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise typer.BadParameter(f"`{visible(text)}` is no number of seconds")
    return seconds


Spec = Annotated[str, typer.Argument(help="A file, or tcpspec:NAME for one of the library.")]
Set = Annotated[
    list[Any] | None,
    typer.Option("--set", metavar="NAME=VALUE", parser=_constant, help="Override a constant."),
]
Systems = Annotated[
    list[str] | None, typer.Option("--system", metavar="NAME", help="Only this system.")
]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Its ending says the form: .svg .png .dot; "
                 "without, SVG goes to standard output."),
]  # fmt: skip


def _version(wanted: bool) -> None:
    if wanted:
        _print(f"tcpspec {VERSION}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass


# --- check ---------------------------------------------------------------------------------


@app.command(epilog="Example:  tcpspec check tcpspec:tcp.fsm --system Lossy --max-states 100000")
def check(
    specs: Annotated[
        list[str],
        typer.Argument(metavar="SPEC...", help="Files, folders, or tcpspec:NAME for the library."),
    ],
    system: Systems = None,
    set_: Set = None,
    engine: Annotated[Engine, typer.Option(help="How states are found.")] = Engine.AUTO,
    max_states: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Stop a system's search at N states.")
    ] = None,
    max_memory: Annotated[
        Any,
        typer.Option(
            parser=_size,
            metavar="SIZE",
            help="Stop at this memory, such as 2G; default: three quarters of what is free.",
        ),
    ] = None,
    timeout: Annotated[
        Any,
        typer.Option(parser=_seconds, metavar="SECONDS", help="Stop after this time in all."),
    ] = None,
    format_: Annotated[Format, typer.Option("--format", help="For people or for scripts.")] = (
        Format.TEXT
    ),
    figures: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Also draw each machine and each run, as SVG."),
    ] = None,
) -> None:
    """Explore every system of a specification and answer its checks."""
    from tcpspec.explore.limits import Limits

    limits = Limits(max_states, max_memory, timeout)
    names = _files(specs)
    outcomes: list[tuple[str, Result | tuple[Any, ...]]] = []
    for name in names:
        outcome = _check_one(name, system or [], dict(set_ or ()), limits, engine)
        outcomes.append((name, outcome))
        if format_ is Format.TEXT:
            _show(outcome, separate=len(names) > 1)
    _close(outcomes, format_, several=len(specs) > 1 or names != list(specs))
    if figures is not None:
        _figures([one for _, one in outcomes if not isinstance(one, tuple)], figures)
    raise typer.Exit(_status([outcome for _, outcome in outcomes]))


def _files(specs: Iterable[str]) -> list[str]:
    """The files meant: a folder stands for every specification in it."""
    names = []
    for spec in specs:
        if not spec:
            _fail("the name of a specification is empty")
        folder = Path(spec)
        if _is_folder(folder):
            found = sorted(str(path) for path in folder.glob("*.fsm"))
            if not found:
                _fail(f"there is no .fsm file in `{visible(spec)}`")
            names += found
        else:
            names.append(spec)
    return names


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name that is too long: reading it says so
        return False


def _check_one(
    name: str, systems: list[str], constants: dict[str, Any], limits: Any, engine: str
) -> "Result | tuple[Any, ...]":
    """The result, or the diagnostics of a specification that cannot be checked."""
    from tcpspec.check import check as check_specification
    from tcpspec.check import load

    progress = _Progress()
    try:
        specification = load(name, constants)
        return check_specification(specification, systems, limits, progress.observer, engine)
    except SpecificationError as error:
        return error.diagnostics
    finally:
        progress.close()


def _show(outcome: "Result | tuple[Any, ...]", *, separate: bool) -> None:
    if isinstance(outcome, tuple):
        for diagnostic in outcome:
            _complain(render(diagnostic))
        return
    from tcpspec.views.report import report

    for warning in outcome.warnings:
        _complain(render(warning))
    _write(report(outcome, _look()))
    if separate:
        _print()


def _close(
    outcomes: list[tuple[str, "Result | tuple[Any, ...]"]], format_: Format, *, several: bool
) -> None:
    """What comes last: the table of several specifications, or the JSON object."""
    if format_ is Format.JSON:
        _print(_json(outcomes, several=several))
    elif several:
        from tcpspec.views.report import table

        _write(table((name, None if isinstance(one, tuple) else one) for name, one in outcomes))


def _json(outcomes: list[tuple[str, "Result | tuple[Any, ...]"]], *, several: bool) -> str:
    import json

    from tcpspec.views.json import errors_object, result_object

    objects = [
        errors_object(name, one) if isinstance(one, tuple) else result_object(one)
        for name, one in outcomes
    ]
    whole = {"specs": objects, "ok": all(one["ok"] for one in objects)} if several else objects[0]
    return json.dumps(whole, indent=2, ensure_ascii=not _shows_unicode())


def _status(outcomes: "list[Result | tuple[Any, ...]]") -> int:
    results = [one for one in outcomes if not isinstance(one, tuple)]
    if any(result.interrupted for result in results):
        return INTERRUPTED
    if len(results) < len(outcomes):
        return WRONG
    if any(result.failed for result in results):
        return FAILED
    return UNKNOWN if any(result.unknown for result in results) else OK


def _figures(results: "list[Result]", folder: Path) -> None:
    """Draw all pictures; one that cannot be drawn is told, and does not keep back the others."""
    from tcpspec.views.draw import figures
    from tcpspec.views.render import RenderingError
    from tcpspec.views.render import render as render_picture

    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, picture in figures(results):
            try:
                data = render_picture(picture)
            except RenderingError as error:
                _complain(f"warning: {name} is not drawn: {error}")
                continue
            (folder / name).write_bytes(data)
    except OSError as error:
        _fail(f"cannot write to `{visible(str(folder))}`: {error.strerror}")


# --- draw ----------------------------------------------------------------------------------


@draw_app.command(
    "state", epilog="Example:  tcpspec draw state tcpspec:tcp.fsm --simple -o tcp.svg"
)
def draw_state(
    spec: Spec,
    machine: Annotated[
        str | None, typer.Option(metavar="NAME", help="Which machine, if there are several.")
    ] = None,
    output: Output = None,
    simple: Annotated[
        bool, typer.Option("--simple", help="Leave out what stays in its state.")
    ] = False,
    set_: Set = None,
    renderer: Annotated[Renderer, typer.Option(help="Graphviz: built in, or yours.")] = (
        Renderer.PURE
    ),
) -> None:
    """Draw a machine as a state diagram, in the manner of RFC 9293's Figure 5."""
    from tcpspec.views.draw import state_picture

    chosen = _machine(_load(spec, set_), machine)
    _deliver(lambda form: state_picture(chosen, form, simple=simple, renderer=renderer), output)


@draw_app.command(
    "sequence", epilog='Example:  tcpspec draw sequence tcpspec:figure5.fsm --check "no deadlock"'
)
def draw_sequence(
    spec: Spec,
    check_name: Annotated[
        str | None, typer.Option("--check", metavar="NAME", help="The run that answers this check.")
    ] = None,
    scenario: Annotated[
        str | None, typer.Option(metavar="NAME", help="The run that shows this scenario.")
    ] = None,
    system: Annotated[str | None, typer.Option(metavar="NAME", help="In this system.")] = None,
    output: Output = None,
    values: Annotated[bool, typer.Option("--values", help="Show how variables change.")] = False,
    set_: Set = None,
    renderer: Annotated[Renderer, typer.Option(help="Graphviz: built in, or yours.")] = (
        Renderer.PURE
    ),
) -> None:
    """Draw the run that answers a check, or shows a scenario, as a sequence diagram."""
    from tcpspec.check import check as check_specification
    from tcpspec.views.draw import answers, sequence_picture

    progress = _Progress()
    try:
        result = check_specification(
            _load(spec, set_), [system] if system else [], observer=progress.observer
        )
    except SpecificationError as error:
        _give_up(error)
    finally:
        progress.close()
    found = answers(result)
    wanted = check_name if scenario is None else scenario
    chosen = [
        answer
        for answer in found
        if wanted in (None, answer.name)
        and (scenario is None or answer.is_scenario)
        and (check_name is None or not answer.is_scenario)
    ]
    if not chosen:
        names = ", ".join(f'"{visible(name)}"' for name in dict.fromkeys(a.name for a in found))
        for_it = "" if wanted is None else f' for "{visible(wanted)}"'
        _fail(f"there is no run to draw{for_it}; there are runs for: {names or 'no check'}")
    answer = chosen[0]
    _deliver(lambda form: sequence_picture(answer, form, values=values, renderer=renderer), output)


def _machine(specification: "Specification", name: str | None) -> "Machine":
    machines = specification.machines
    listed = ", ".join(machines) or "none"
    if name is None and len(machines) == 1:
        return next(iter(machines.values()))
    if name is None:
        _fail(f"which machine? Add --machine NAME; there are: {listed}")
    if name not in machines:
        _fail(f"there is no machine `{visible(name)}`; there are: {listed}")
    return machines[name]


def _deliver(picture: Any, output: Path | None) -> None:
    """Make the picture in the form that the file's ending says, and write it."""
    from tcpspec.views.render import FORMATS, RenderingError

    form = output.suffix.removeprefix(".").lower() if output else "svg"
    if form not in FORMATS:
        _fail(f"`{visible(str(output))}` must end in one of: {', '.join('.' + f for f in FORMATS)}")
    try:
        data: bytes = picture(form)
    except RenderingError as error:
        _fail(str(error))
    if output is None:
        _print(data.decode("utf-8").rstrip("\n"))
        return
    try:
        output.write_bytes(data)
    except OSError as error:
        _fail(f"cannot write `{visible(str(output))}`: {error.strerror}")


def _load(spec: str, constants: Any) -> "Specification":
    from tcpspec.check import load

    try:
        return load(spec, dict(constants or ()))
    except SpecificationError as error:
        _give_up(error)


# --- fmt -----------------------------------------------------------------------------------


@app.command(epilog="Example:  tcpspec fmt --check specs")
def fmt(
    specs: Annotated[
        list[str],
        typer.Argument(metavar="SPEC...", help="Files, folders, or - for standard input."),
    ],
    check_only: Annotated[
        bool, typer.Option("--check", help="Only name the files that are in another form.")
    ] = False,
) -> None:
    """Bring specifications into their canonical form, comments and all, and name what changed."""
    from tcpspec.language.load import LIBRARY

    for spec in specs:
        if spec.startswith(LIBRARY):
            _fail(f"`{visible(spec)}` is of the library, which is not changed; copy it first")
    statuses = [_format_one(name, check_only) for name in dict.fromkeys(_files(specs))]
    raise typer.Exit(max(statuses))


def _format_one(name: str, check_only: bool) -> int:
    """Format one file; one that cannot be read, formatted or written stays as it is."""
    from tcpspec.diagnostics import Diagnostics
    from tcpspec.language.format import FormattingError, format_source
    from tcpspec.source import Source

    found = Diagnostics()
    try:
        data = _read(name)
        text = format_source(Source(name, data.decode("utf-8-sig")), found)
        for diagnostic in found.in_order():
            _complain(render(diagnostic))
        if text is not None:
            return _settle(name, data, text, check_only)
    except (UnicodeDecodeError, FormattingError) as error:
        _complain(f"error: cannot format `{visible(name)}`: {visible(str(error))}")
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        _complain(f"error: cannot format `{visible(name)}`: {visible(why).lower()}")
    return WRONG


def _settle(name: str, before: bytes, text: str, check_only: bool) -> int:
    """Say, write or pass on what the canonical form is."""
    after = text.encode()
    if name == "-" and not check_only:
        _pass_on(text)
    elif before != after:
        if not check_only:
            _overwrite(Path(name).resolve(), after)
        _print(visible(name))
        return FAILED if check_only else OK
    return OK


def _read(name: str) -> bytes:
    """The bytes of a specification, or of standard input."""
    from tcpspec.language.load import MAX_BYTES

    if name == "-":
        data = sys.stdin.buffer.read(MAX_BYTES + 1) if sys.stdin else b""
    elif Path(name).exists() and not Path(name).is_file():
        raise ValueError("not a file")
    else:
        with Path(name).open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ValueError(f"larger than {MAX_BYTES:,} bytes")
    return data


def _pass_on(text: str) -> None:
    """To standard output, in UTF-8 whatever the terminal's encoding is: it goes into a file."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    if text:
        _print(text.removesuffix("\n"))


def _overwrite(path: Path, data: bytes) -> None:
    """Replace a file as a whole, so that nobody finds half of it; its mode and owner stay."""
    import contextlib
    import tempfile

    if not os.access(path, os.W_OK):
        raise PermissionError(13, "permission denied")
    descriptor, temporary = tempfile.mkstemp(prefix=".tcpspec-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
        status = path.stat()
        with contextlib.suppress(OSError):
            os.chown(temporary, status.st_uid, status.st_gid)
        Path(temporary).chmod(status.st_mode & 0o7777)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink()
        raise


# --- the terminal --------------------------------------------------------------------------


def _print(text: str = "") -> None:
    """Standard output; a reader that has gone away is no error, a full disk is one."""
    problem = _write_to(sys.stdout, text)
    if problem is not None and not isinstance(problem, BrokenPipeError):
        _fail(f"cannot write to standard output: {problem.strerror}")


def _complain(text: str) -> None:
    """Standard error; where nobody reads it, there is nobody to tell."""
    _write_to(sys.stderr, text)


def _write_to(stream: Any, text: str) -> OSError | None:
    """Write at once. What cannot be written goes nowhere, also when Python flushes at its end."""
    try:
        print(text, file=stream, flush=True)
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        return error
    return None


def _fail(message: str) -> NoReturn:
    _complain(f"error: {message}")
    raise typer.Exit(WRONG)


def _give_up(error: SpecificationError) -> NoReturn:
    for diagnostic in error.diagnostics:
        _complain(render(diagnostic))
    raise typer.Exit(WRONG)


_COLOURS: dict[str, dict[str, Any]] = {
    "ok": {"fg": "green"},
    "bad": {"fg": "red", "bold": True},
    "open": {"fg": "yellow"},
    "strong": {"bold": True},
    "faint": {"dim": True},
}


def _look() -> Any:
    """A terminal's width and times; elsewhere the same bytes every time."""
    import shutil

    from tcpspec.views.report import Look

    terminal = sys.stdout.isatty()
    width = max(60, shutil.get_terminal_size((100, 24)).columns) if terminal else 100
    return Look(width, ascii=not _shows_unicode(), times=terminal)


def _shows_unicode() -> bool:
    return (sys.stdout.encoding or "ascii").lower().replace("-", "").startswith("utf")


def _write(lines: "Iterable[Line]") -> None:
    colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    text = "\n".join(
        "".join(
            typer.style(text, **_COLOURS[style]) if colour and style else text
            for text, style in line
        ).rstrip()
        for line in lines
    )
    _print(text)


class _Progress:
    """A line on standard error for what takes longer than a second, on a terminal only."""

    AFTER = 1.0

    def __init__(self) -> None:
        self._status: Any = None
        self.observer: Observer | None = self._observe if sys.stderr.isatty() else None

    def _observe(self, system: str, progress: Any) -> None:
        if progress.seconds < self.AFTER:
            return
        rate = progress.states / progress.seconds
        line = (
            f"{visible(system)}: {progress.states:,} states, {rate:,.0f}/s, "
            f"depth {progress.depth}, "
            f"{progress.frontier:,} to look at, {progress.memory / 2**20:,.0f} MB"
        )
        if self._status is None:
            from rich.console import Console

            self._status = Console(stderr=True, markup=False, highlight=False).status("")
            self._status.start()
        from rich.text import Text

        self._status.update(Text(line))

    def close(self) -> None:
        if self._status is not None:
            self._status.stop()


def _prepare_streams() -> None:
    """What cannot be shown is replaced; a stream that is closed takes all and shows nothing."""
    if sys.stdout is None:
        sys.stdout = io.StringIO()
    if sys.stderr is None:
        sys.stderr = io.StringIO()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def main() -> NoReturn:
    """The console script."""
    _prepare_streams()
    try:
        app()
    except KeyboardInterrupt:
        _complain("interrupted")
        sys.exit(INTERRUPTED)
    sys.exit(OK)


if __name__ == "__main__":
    main()
