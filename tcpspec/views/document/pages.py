"""A document as files: one HTML page that needs nothing else, and Markdown with its pictures."""

import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from tcpspec.escape import html_text, markdown_code, markdown_text, script_json
from tcpspec.properties.receptions import Cell
from tcpspec.record import Record
from tcpspec.semantics.assumptions import calls, surroundings
from tcpspec.semantics.show import show_value
from tcpspec.version import VERSION
from tcpspec.views.document.inline import inline
from tcpspec.views.document.parts import Document, Figure, MachinePart
from tcpspec.views.document.words import fields_text, kinds, machine_text
from tcpspec.views.render import RenderingError, render
from tcpspec.views.tables.html import receptions_html, transitions_html
from tcpspec.views.tables.markdown import receptions_markdown, transitions_markdown

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_TEMPLATES = files("tcpspec.views.document") / "templates"


MARK = "tcpspec doc "
"""How the command begins that each page shows: it makes the page."""


class Pages(Record):
    """Names below the folder and contents of all files; ``problems`` say what was not drawn."""

    files: Mapping[str, bytes]
    problems: tuple[str, ...]


def pages(document: Document) -> Pages:
    """All files of a document: the same document gives the same bytes."""
    drawn, problems = _draw(document.figures)
    folder = f"{document.name}-figures"
    found = {
        f"{document.name}.html": html_page(document, drawn).encode(),
        f"{document.name}.md": markdown_page(document, drawn, folder).encode(),
    }
    found |= {f"{folder}/{anchor}.svg": svg for anchor, svg in drawn.items()}
    return Pages(found, tuple(problems))


def _draw(figures: Iterable[Figure]) -> tuple[dict[str, bytes], list[str]]:
    """Each picture by its anchor; each waits for a program of its own, so several go at once."""
    drawn, problems = {}, []
    with ThreadPoolExecutor() as executor:
        for figure, svg in executor.map(_drawn, figures):
            if isinstance(svg, RenderingError):
                problems.append(f"{figure.title} is not drawn: {svg}")
            else:
                drawn[figure.anchor] = svg
    return drawn, problems


def _drawn(figure: Figure) -> tuple[Figure, bytes | RenderingError]:
    try:
        return figure, render(figure.picture)
    except RenderingError as error:
        return figure, error


def html_page(document: Document, drawn: Mapping[str, bytes]) -> str:
    """The page, with its style, its program and its pictures in it."""
    from markupsafe import Markup

    style, program = _source("style.css"), _source("viewer.js")
    environment = _environment(lambda text: Markup(html_text(text)))
    environment.filters["json"] = lambda value: Markup(script_json(value))

    def receptions(part: MachinePart) -> Markup:
        return Markup(receptions_html(part.receptions, link=_links(part)))

    def svg(figure: Figure) -> Markup | None:
        data = drawn.get(figure.anchor)
        return None if data is None else Markup(inline(data, figure.anchor))

    return environment.get_template("page.html").render(
        document=document, version=VERSION, svg=svg, receptions=receptions,
        transitions=lambda part: Markup(transitions_html(part.transitions)),
        style=Markup(style), style_hash=_hash(style),
        program=Markup(program), program_hash=_hash(program),
    )  # fmt: skip


def markdown_page(document: Document, drawn: Mapping[str, bytes], folder: str) -> str:
    """The same as Markdown; its pictures are files in a folder beside it."""
    from markupsafe import Markup

    environment = _environment(lambda text: Markup(markdown_text(text)))
    environment.filters["ready"] = Markup
    environment.filters["inner"] = lambda text: Markup(markdown_text(f"x{text}")[1:])
    environment.filters["code"] = lambda text: Markup(markdown_code(str(text)))
    environment.filters["line"] = lambda text: Markup(markdown_code(str(text), in_table=False))

    def receptions(part: MachinePart) -> Markup:
        return Markup(receptions_markdown(part.receptions, link=_links(part)))

    def svg(figure: Figure) -> str | None:
        return f"{folder}/{figure.anchor}.svg" if figure.anchor in drawn else None

    page = environment.get_template("page.md").render(
        document=document, version=VERSION, svg=svg, receptions=receptions,
        transitions=lambda part: Markup(transitions_markdown(part.transitions)),
    )  # fmt: skip
    return re.sub(r"\n{3,}", "\n\n", page)


def _links(part: MachinePart) -> Callable[[Cell], str]:
    """Where the run of an unspecified reception stands."""
    anchors = {
        id(cell): f"#{run.anchor}"
        for cell, run in zip(part.receptions.unspecified, part.runs, strict=True)
    }
    return lambda cell: anchors[id(cell)]


def _environment(escape: Callable[[str], "Markup"]) -> "Environment":
    """Templates in which everything is escaped that is not marked as ready."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    def finalize(value: Any) -> Any:
        ready = isinstance(value, int) or hasattr(value, "__html__")
        return value if ready else escape(str(value))

    environment = Environment(
        loader=FunctionLoader(_source), autoescape=True, undefined=StrictUndefined,
        finalize=finalize, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    environment.filters |= {
        "fields_text": fields_text, "kinds": kinds, "machine_text": machine_text,
        "may_text": calls, "paragraphs": _paragraphs, "surroundings": surroundings,
        "value": show_value,
    }  # fmt: skip
    return environment


def _source(name: str) -> str:
    return (_TEMPLATES / name).read_text("utf-8")


def _paragraphs(text: str | None) -> Iterator[str]:
    """What stands between empty lines, each on one line."""
    for part in (text or "").split("\n\n"):
        if folded := " ".join(part.split()):
            yield folded


def _hash(text: str) -> str:
    """By which a page's policy knows its own style and program, and lets no other in."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
