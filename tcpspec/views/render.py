"""From DOT text to bytes of a picture.

The usual renderer is ``graphviz-pure``: a program of its own without any dependencies, which draws
the same bytes everywhere. It is run as a subprocess with a time limit, since a huge
specification must not hang its reader. The system's Graphviz is the user's choice.

An SVG gets a title and a description that screen readers say; Graphviz's own titles (node numbers)
are taken out, because browsers show them as tooltips.
"""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tcpspec.escape import html_text
from tcpspec.views.rfc_svg import rfc_svg

FORMATS = ("svg", "png", "dot")
RENDERERS = ("pure", "dot")
TIME_LIMIT = 60.0
"""Seconds that one picture may take."""

HURRY = {"nslimit": "1", "nslimit1": "1", "mclimit": "0.2"}
"""Attributes with which ``dot`` lays out a large graph in a fifth of the time, and not as well."""

_PNG_DPI = 144
_TITLES = re.compile(r"<title>[^<]*</title>\n")
_SVG_START = re.compile(r"<svg ([^>]*)>")
_FONT = 'font-family="Helvetica,sans-Serif"'
_FONTS = 'font-family="Helvetica,Arial,Liberation Sans,sans-serif"'


class RenderingError(Exception):
    """A picture could not be drawn; the message says why."""


@dataclass(frozen=True, slots=True)
class Picture:
    """DOT text, the layout that it is meant for, what the picture is called, and what it shows.

    ``pinned`` pictures give the position of each node; others are laid out by ``dot``.
    """

    source: str
    title: str
    description: str = ""
    pinned: bool = False


def render(
    picture: Picture,
    format: str = "svg",
    *,
    renderer: str = "pure",
    rfc: bool = False,
    time_limit: float = TIME_LIMIT,
) -> bytes:
    """The picture as bytes of a file. Raises ``RenderingError``.

    ``renderer`` is ``pure``, or ``dot`` for the system's Graphviz. ``rfc`` makes an SVG of the
    profile that RFCs may have; the picture must be drawn in black and white.
    """
    if format not in FORMATS or renderer not in RENDERERS:
        raise RenderingError(f"no renderer {renderer!r} for {format!r} pictures")
    if format == "dot":
        return picture.source.encode()
    program = _pure() if renderer == "pure" else _system()
    drawn = _run(program, picture, format, time_limit)
    if format != "svg":
        return drawn
    svg = _finished(drawn.decode(), picture)
    return (rfc_svg(svg) if rfc else svg).encode()


def positions(source: str) -> dict[str, tuple[float, float]]:
    """Where ``dot`` places the nodes of a graph, in inches. Raises ``RenderingError``."""
    told = _run(_pure(), Picture(source, ""), "plain", TIME_LIMIT).decode()
    nodes = (line.split() for line in told.splitlines() if line.startswith("node "))
    return {name: (float(x), float(y)) for _, name, x, y, *_ in nodes}


def _command(program: str, picture: Picture, format: str) -> list[str]:
    """``dot`` lays out; ``neato -n2`` takes positions as they are."""
    engine = ["-Kneato", "-n2"] if picture.pinned else ["-Kdot"]
    return [program, *engine, f"-T{format}", *([f"-Gdpi={_PNG_DPI}"] if format == "png" else [])]


def _run(program: str, picture: Picture, format: str, time_limit: float) -> bytes:
    command = _command(program, picture, format)
    name = Path(program).name
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
        raise RenderingError(f"{name} cannot be run: {error.strerror}") from error
    if done.returncode != 0 or not done.stdout:
        raise RenderingError(f"{name} failed: {_last_line(done.stderr)}")
    return done.stdout


def _pure() -> str:
    """Where pip put the program: beside this Python, or else anywhere on the path."""
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


def _system() -> str:
    """The system's Graphviz."""
    found = shutil.which("dot")
    if found is None:
        raise RenderingError("there is no system Graphviz (`dot`) on the path")
    return found


def _last_line(errors: bytes | str | None) -> str:
    """What a renderer says last is why it failed; warnings come before."""
    text = errors.decode(errors="replace") if isinstance(errors, bytes) else errors or ""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it drew nothing and did not say why"


def _finished(svg: str, picture: Picture) -> str:
    """An SVG with one title and one description, as an image for screen readers, in fonts that
    exist.
    """
    told = f"<title>{html_text(picture.title)}</title>"
    if picture.description:
        told += f"\n<desc>{html_text(picture.description)}</desc>"
    start = rf'<svg \1 role="img">\n{_plain(told)}'
    return _SVG_START.sub(start, _TITLES.sub("", svg).replace(_FONT, _FONTS), count=1)


def _plain(text: str) -> str:
    """Text for a replacement of ``re``, where a backslash is special."""
    return text.replace("\\", r"\\")
