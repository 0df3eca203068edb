"""All pictures of some results: their file names, and a page that shows them."""

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from tcpspec.check import Result
from tcpspec.escape import markdown_code, markdown_text
from tcpspec.model.model import Machine, Specification
from tcpspec.record import Record, replace
from tcpspec.views.draw import answers, sequence_of
from tcpspec.views.machines.state_diagram import state_diagram
from tcpspec.views.render import Picture

INDEX = "README.md"
"""The page, under the name that is shown where folders are looked at."""


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
    found = [draft for result in results for draft in _drafts(result)]
    named = {(d.origin, d.title, d.figure.picture.source): d for d in reversed(found)}
    drafts = list(reversed(named.values()))
    names = file_names([draft.title for draft in drafts])
    return [
        replace(draft.figure, file=f"{name}.svg") for name, draft in zip(names, drafts, strict=True)
    ]


def _drafts(result: Result) -> Iterator[_Draft]:
    """The pictures of one result."""
    specification = result.specification
    for machine in _machines(result):
        origin = specification.origins[machine.name]
        for simple, picture in enumerate(_state_diagrams(machine)):
            caption = f"{machine.name}{', in short' * simple}"
            figure = Figure("", specification, picture, caption)
            yield _Draft(origin, f"{_stem(origin)} {machine.name}{' simple' * simple}", figure)
    path = specification.path
    for answer in answers(result):
        count = len(answer.run.steps)
        first = f": {answer.outcome.splitlines()[0]}" if answer.outcome else ""
        steps = f"{count} {'step' if count == 1 else 'steps'}"
        caption = f"{answer.system}, {answer.name} ({steps}){first}"
        figure = Figure("", specification, sequence_of(answer), caption)
        yield _Draft(path, f"{_stem(path)} {answer.system} {answer.name}", figure)


def _stem(path: str) -> str:
    """The name of a specification, from its file or from ``tcpspec:NAME``."""
    return path.rpartition(":")[2].rpartition("/")[2].removesuffix(".fsm")


def _machines(result: Result) -> Iterator[Machine]:
    """Those of the specification that its systems use: a variant may leave some of its base."""
    systems = result.specification.systems.values()
    used = {one.machine for system in systems for one in system.instances}
    return (m for m in result.specification.machines.values() if m in used or not used)


def _state_diagrams(machine: Machine) -> list[Picture]:
    """The whole diagram, and the simple one where that is another."""
    whole, simple = state_diagram(machine), state_diagram(machine, simple=True)
    return [whole] if simple.source == whole.source else [whole, simple]


def index(shown: Iterable[Figure], folder: Path) -> str:
    """A Markdown page for a folder: each specification with its pictures and their captions."""
    groups: dict[str, list[Figure]] = {}
    for figure in shown:
        groups.setdefault(figure.specification.path, []).append(figure)
    contents = [f"- [{_heading(of)}](#{_anchor(_heading(of))})" for of in groups.values()]
    parts = ["# Pictures", "Made by `tcpspec check SPEC --figures DIR`.", "\n".join(contents)]
    for path, of in groups.items():
        parts += [f"## {_heading(of)}", _source(path, folder)]
        for figure in of:
            caption = markdown_text(figure.caption)
            parts += [f"![{caption}]({figure.file})", f"*{caption}*"]
    return "\n\n".join(parts) + "\n"


def _heading(of: list[Figure]) -> str:
    specification = of[0].specification
    title = f": {specification.title}" if specification.title else ""
    return markdown_text(f"{_stem(specification.path)}{title}")


def _anchor(heading: str) -> str:
    """The name that a heading gets where Markdown is shown."""
    plain = heading.replace("\\", "").lower().replace(" ", "-")
    return re.sub(r"[^\w-]", "", plain)


def _source(path: str, folder: Path) -> str:
    """The specification, with a link if it is a file."""
    if not Path(path).is_file():
        return markdown_code(path)
    target = Path(os.path.relpath(Path(path).resolve(), folder.resolve())).as_posix()
    return f"[{markdown_text(Path(path).name)}](<{target}>)"


def file_names(titles: list[str]) -> Iterator[str]:
    """A safe, distinct file name, without an ending, for each title.

    >>> list(file_names(["TCP no deadlock", "TCP: no deadlock", "../../etc/passwd", "…"]))
    ['tcp-no-deadlock', 'tcp-no-deadlock-2', 'etc-passwd', 'figure']
    """
    taken: set[str] = set()
    for title in titles:
        plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
        slug = re.sub(r"[^a-z0-9_]+", "-", plain.lower()).strip("-")[:80] or "figure"
        name, number = slug, 2
        while name in taken:
            name, number = f"{slug}-{number}", number + 1
        taken.add(name)
        yield name
