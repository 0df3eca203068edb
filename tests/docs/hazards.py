"""The index of hazards and remedies: from a name to the run that shows it to what cures it.

``hazard_NAME.fsm`` shows a hazard, and ``hazard_NAME_REMEDY.fsm``, which extends it, a remedy. What
the index says of them is what ``tcpspec check REMEDY --against HAZARD`` says. A hazard is shown by
what it specifies as violated, and by what a remedy changes.
"""

from collections.abc import Iterator
from pathlib import Path

from tcpspec.answers import Question, Source
from tcpspec.check import Result, check, load
from tcpspec.difference import Difference, difference
from tcpspec.model.labels import place
from tcpspec.views.difference_report import line_texts, named, verdict_text
from tcpspec.views.draw import answers, file_names

FIRST = "hazard_"


def index(folder: Path, pictures: Path) -> str:
    """The index as Markdown, for a file in the folder of the specifications."""
    results = {path: check(load(str(path))) for path in sorted(folder.glob(f"{FIRST}*.fsm"))}
    remedies = {path: base for path, result in results.items() if (base := _base(path, result))}
    hazards = {path: result for path, result in results.items() if path not in remedies}
    lines: list[str] = []
    for path, hazard in hazards.items():
        cures = {
            other: difference(hazard, results[other])
            for other, base in remedies.items()
            if base == path
        }
        lines += _hazard(path, hazard, list(cures.values()), pictures)
        for other, found in cures.items():
            lines += _remedy(other, results[other], found)
    assert set(remedies.values()) <= set(hazards), "a remedy extends the file of its hazard"
    names = [f"[{title(one)}](#{anchor(title(one))})" for one in hazards.values()]
    return "\n".join([" ·\n".join(names), "", *lines]) if names else ""


def _base(path: Path, result: Result) -> Path | None:
    """The hazard that a remedy extends; a hazard may extend something else."""
    base = result.specification.base
    return path.with_name(Path(base).name) if base and Path(base).name.startswith(FIRST) else None


def title(result: Result) -> str:
    return result.specification.title or result.specification.name


def anchor(text: str) -> str:
    """What GitHub makes of a heading."""
    kept = "".join(c for c in text.lower() if c.isalnum() or c in " -_")
    return kept.replace(" ", "-")


def _hazard(path: Path, hazard: Result, cures: list[Difference], pictures: Path) -> Iterator[str]:
    """The name, the file, and the runs that show it."""
    yield f"### {title(hazard)}\n"
    yield f"[`{path.name}`]({path.name}) shows it:\n"
    for question in _shown_by(hazard, cures):
        yield f"- {', '.join(question.systems)}: {_picture(path, question, pictures)}"
    yield ""


def _shown_by(hazard: Result, cures: list[Difference]) -> list[Question]:
    """What is violated as specified, or changed by a remedy, if a run answers it."""
    weak = {v.check.name for v in hazard.all_verdicts if v.check.violated}
    changed = {
        c.question for found in cures for c in found.verdicts if None not in (c.before, c.after)
    }
    runs = {
        Question(Source.SCENARIO if run.is_scenario else Source.CHECK, (run.system,), run.name): run
        for run in answers(hazard)
    }
    return [
        one for one in runs if one in changed or (one.source is Source.CHECK and one.name in weak)
    ]


def _picture(path: Path, question: Question, pictures: Path) -> str:
    """The name of a check, with a link to the picture of its run."""
    (name,) = file_names([f"{path.stem} {question.systems[0]} {question.name}"])
    link = f"../{pictures.name}/{name}.svg"
    assert (pictures / f"{name}.svg").is_file(), (
        f"draw {name}.svg first: tests/docs/test_diagrams.py"
    )
    return f"[{named(question)}]({link})"


def _remedy(path: Path, result: Result, found: Difference) -> Iterator[str]:
    """The file, the verdicts that change, and the lines that do it."""
    yield f"**Remedy: {title(result)}**, [`{path.name}`]({path.name})\n"
    for change in found.verdicts:
        systems = ", ".join(change.question.systems)
        yield f"- {systems}: {named(change.question)}: {verdict_text(change)}"
    yield ""
    if found.constants or found.lines:
        yield "```diff"
        yield from _changes(found)
        yield "```\n"


def _changes(found: Difference) -> Iterator[str]:
    for name, before, after in found.constants:
        values = {"-": before, "+": after}
        yield from (f"{s} const {name} = {v}" for s, v in values.items() if v is not None)
    heads: list[str] = []
    for one in found.lines:
        line = one.after or one.before
        assert line is not None
        head = f"  {one.machine}, {place(line)}"
        if heads[-1:] != [head]:
            heads.append(head)
            yield head
        yield from (f"{' ' if sign == '=' else sign} {text}" for sign, text in line_texts(one))
