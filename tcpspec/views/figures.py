"""All pictures of some results: their file names, and a page that shows them."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tcpspec.check import Result
from tcpspec.escape import markdown_code, markdown_text
from tcpspec.language.load import STANDARD_INPUT
from tcpspec.model.model import Machine, Specification
from tcpspec.record import Record, replace
from tcpspec.views.draw import answers, sequence_of
from tcpspec.views.machines.state_diagram import state_diagram
from tcpspec.views.names import file_names
from tcpspec.views.render import Picture

INDEX = "README.md"
"""The page, under the name that is shown where folders are looked at."""

MARK = "Made by `tcpspec check SPEC --figures DIR`."
"""What each such page says."""


class Figure(Record):
    """A picture, the file that it goes into, the specification that it is of, and a caption."""

    file: str
    specification: Specification
    picture: Picture
    caption: str


class _Draft(Record):
    """A figure before it has a file name; ``origin`` is the file that declares what is drawn."""

    origin: str
    title: str
    figure: Figure


def figures(results: Iterable[Result]) -> list[Figure]:
    """Each machine, whole and simple, and each run of the results.

    A machine that several specifications take in as it is, from one file, is drawn once, and called
    after that file.
    """
    named: dict[tuple[str, str, str], _Draft] = {}
    for draft in (draft for result in results for draft in _drafts(result)):
        named.setdefault((draft.origin, draft.title, draft.figure.picture.source), draft)
    drafts = list(named.values())
    names = file_names([draft.title for draft in drafts])
    return [
        replace(draft.figure, file=f"{name}.svg") for name, draft in zip(names, drafts, strict=True)
    ]


def _drafts(result: Result) -> Iterator[_Draft]:
    """The pictures of one result."""
    specification = result.specification
    for machine in specification.machines_in_use:
        origin = specification.origins[machine.name]
        for simple, picture in enumerate(state_diagrams(machine)):
            caption = f"{machine.name}{', in short' * simple}"
            figure = Figure("", specification, picture, caption)
            yield _Draft(origin, f"{stem(origin)} {machine.name}{' simple' * simple}", figure)
    path = specification.path
    for answer in answers(result):
        count = len(answer.run.steps)
        first = f": {answer.outcome.splitlines()[0]}" if answer.outcome else ""
        steps = f"{count} {'step' if count == 1 else 'steps'}"
        caption = f"{answer.system}, {answer.name} ({steps}){first}"
        figure = Figure("", specification, sequence_of(answer), caption)
        yield _Draft(path, f"{stem(path)} {answer.system} {answer.name}", figure)


def stem(path: str) -> str:
    """The name of a specification, from its file or from ``tcpspec:NAME``."""
    if path == STANDARD_INPUT:
        return "standard input"
    return path.rpartition(":")[2].rpartition("/")[2].removesuffix(".fsm")


def state_diagrams(machine: Machine) -> list[Picture]:
    """The whole diagram, and the simple one where that is another."""
    whole, simple = state_diagram(machine), state_diagram(machine, simple=True)
    return [whole] if simple.source == whole.source else [whole, simple]


def index(shown: Iterable[Figure], folder: Path) -> str:
    """A Markdown page for a folder: each specification with its pictures and their captions."""
    groups: dict[str, list[Figure]] = {}
    for figure in shown:
        groups.setdefault(figure.specification.path, []).append(figure)
    contents = [
        f"- [{markdown_text(_heading(of))}](#{_anchor(_heading(of))})" for of in groups.values()
    ]
    parts = ["# Pictures", MARK, "\n".join(contents)]
    for path, of in groups.items():
        parts += [f"## {markdown_text(_heading(of))}", _source(path, folder)]
        for figure in of:
            caption = markdown_text(figure.caption)
            parts += [f"![{caption}]({figure.file})", f"*{caption}*"]
    return "\n\n".join(parts) + "\n"


def _heading(of: list[Figure]) -> str:
    specification = of[0].specification
    title = f": {specification.title}" if specification.title else ""
    return f"{stem(specification.path)}{title}"


def _anchor(heading: str) -> str:
    """The name that a heading gets where Markdown is shown."""
    plain = heading.lower().replace(" ", "-")
    return re.sub(r"[^\w-]", "", plain)


def _source(path: str, folder: Path) -> str:
    """The specification, with a link if it is a file."""
    if not Path(path).is_file():
        return markdown_code(path)
    target = Path(os.path.relpath(Path(path).resolve(), folder.resolve())).as_posix()
    return f"[{markdown_text(Path(path).name)}](<{target}>)"
