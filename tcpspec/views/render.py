"""From DOT text to bytes of a picture.

The usual renderer is ``graphviz-pure``: a program of its own without any dependencies, which draws
the same bytes everywhere. It is run as a subprocess with a time limit, since a huge
specification must not hang its reader. The system's Graphviz is the user's choice.

An SVG gets a title that screen readers say; Graphviz's own titles (node numbers) are taken out,
because browsers show them as tooltips.
"""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tcpspec.escape import html_text

FORMATS = ("svg", "png", "dot")
RENDERERS = ("pure", "dot")
TIME_LIMIT = 60.0
"""Seconds that one picture may take."""

_PNG_DPI = 144
_TITLES = re.compile(r"<title>[^<]*</title>\n")
_SVG_START = re.compile(r"<svg ([^>]*)>")
_FONT = 'font-family="Helvetica,sans-Serif"'
_FONTS = 'font-family="Helvetica,Arial,Liberation Sans,sans-serif"'


class RenderingError(Exception):
    """A picture could not be drawn; the message says why."""


@dataclass(frozen=True, slots=True)
class Picture:
    """DOT text, the layout that it is meant for, and what the picture is called.

    ``pinned`` pictures give the position of each node; others are laid out by ``dot``.
    """

    source: str
    title: str
    pinned: bool = False
    rows: tuple[float, ...] = ()
    """Of a ladder: where each row stands in its SVG, the initial state's first. Graphviz counts
    from the lowest piece, so all of them are negative.
    """


def render(
    picture: Picture,
    format: str = "svg",
    *,
    renderer: str = "pure",
    time_limit: float = TIME_LIMIT,
) -> bytes:
    """The picture as bytes of a file. Raises ``RenderingError``.

    ``renderer`` is ``pure``, or ``dot`` for the system's Graphviz, which has no time limit.
    """
    if format not in FORMATS or renderer not in RENDERERS:
        raise RenderingError(f"no renderer {renderer!r} for {format!r} pictures")
    if format == "dot":
        return picture.source.encode()
    draw = _pure if renderer == "pure" else _system
    drawn = draw(picture, format, time_limit)
    return _finished(drawn, picture.title) if format == "svg" else drawn


def _command(program: str, picture: Picture, format: str) -> list[str]:
    """``dot`` lays out; ``neato -n2`` takes positions as they are."""
    engine = ["-Kneato", "-n2"] if picture.pinned else ["-Kdot"]
    return [program, *engine, f"-T{format}", *([f"-Gdpi={_PNG_DPI}"] if format == "png" else [])]


def _pure(picture: Picture, format: str, time_limit: float) -> bytes:
    command = _command(_program(), picture, format)
    try:
        done = subprocess.run(
            command, input=picture.source.encode(), capture_output=True, timeout=time_limit,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise RenderingError(
            f"the picture took longer than {time_limit:g} seconds to draw; it may be too large"
        ) from error
    except OSError as error:
        raise RenderingError(f"graphviz-pure cannot be run: {error.strerror}") from error
    if done.returncode != 0 or not done.stdout:
        raise RenderingError(f"graphviz-pure failed: {_last_line(done.stderr)}")
    return done.stdout


def _program() -> str:
    """Where pip put the program: beside this Python, or else anywhere on the path."""
    import shutil
    from importlib import metadata

    try:
        files = metadata.files("graphviz-pure") or []
    except metadata.PackageNotFoundError:
        files = []
    for file in files:
        path = Path(str(file.locate()))
        if path.stem == "graphviz-pure" and path.is_file():
            return str(path.resolve())
    found = shutil.which("graphviz-pure")
    if found is None:
        raise RenderingError("graphviz-pure is not installed; `pip install graphviz-pure`")
    return found


def _system(picture: Picture, format: str, _time_limit: float) -> bytes:
    """The system's Graphviz, through the ``graphviz`` package."""
    import graphviz

    text = picture.source
    try:
        if not picture.pinned:
            return _as_bytes(graphviz.Source(_with_dpi(text, format), engine="dot").pipe(format))
        source = graphviz.Source(_with_dpi(text, format), engine="neato")
        return _as_bytes(source.pipe(format, neato_no_op=2))
    except graphviz.ExecutableNotFound as error:
        raise RenderingError("there is no system Graphviz (`dot`) on the path") from error
    except subprocess.CalledProcessError as error:
        raise RenderingError(f"dot failed: {_last_line(error.stderr)}") from error


def _with_dpi(text: str, format: str) -> str:
    """The package takes no options for resolution, so it goes into the graph."""
    return text.replace("{", f"{{\n\tdpi={_PNG_DPI}", 1) if format == "png" else text


def _as_bytes(drawn: object) -> bytes:
    assert isinstance(drawn, bytes)
    return drawn


def _last_line(errors: bytes | str | None) -> str:
    """What a renderer says last is why it failed; warnings come before."""
    text = errors.decode(errors="replace") if isinstance(errors, bytes) else errors or ""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it drew nothing and did not say why"


def _finished(svg: bytes, title: str) -> bytes:
    """An SVG with one title, as an image for screen readers, in fonts that exist."""
    text = _TITLES.sub("", svg.decode()).replace(_FONT, _FONTS)
    start = rf'<svg \1 role="img">\n<title>{_plain(html_text(title))}</title>'
    return _SVG_START.sub(start, text, count=1).encode()


def _plain(text: str) -> str:
    """Text for a replacement of ``re``, where a backslash is special."""
    return text.replace("\\", r"\\")
