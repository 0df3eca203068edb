"""The index of hazards and remedies: from a name to the run that shows it to what cures it.

``hazard_NAME.fsm`` shows a hazard, and ``hazard_NAME_REMEDY.fsm``, which extends it or another of
its remedies, a remedy. What the index says of them is what ``tcpspec check REMEDY --against BASE``
says. A hazard is shown by what it specifies as violated, and by what a remedy changes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tcpspec.answers import Question, Source
from tcpspec.check import Result, check, load
from tcpspec.difference import Difference, difference
from tcpspec.model.labels import place
from tcpspec.properties.scenario import Outcome
from tcpspec.semantics.show import show_value
from tcpspec.views.draw import answers
from tcpspec.views.names import file_names
from tcpspec.views.reports.difference_report import line_texts, verdict_text
from tcpspec.views.reports.report import plural

Groups = Mapping[str, Sequence[str]]
"""Headings, and the files of the hazards below each, without their ending."""

GROUPS: Groups = {
    "Opening a connection": (
        "hazard_two_way", "hazard_old_syn", "hazard_syn_received", "flood",
        "hazard_split_handshake", "hazard_land",
    ),
    "While it is open": ("hazard_half_open", "hazard_blind"),
    "Closing it": ("hazard_early_close", "hazard_no_close", "hazard_last_ack"),
    "And the next one": ("hazard_time_wait", "hazard_old_data", "hazard_abort"),
}  # fmt: skip
"""In the order of a connection's life."""

Runs = Mapping[Question, int]
"""What a run answers, with its length."""


@dataclass(frozen=True)
class _Index:
    """The answers of all files of a folder that have to do with hazards, and their pictures."""

    results: Mapping[str, Result]
    pictures: Path

    def of(self, hazard: str) -> Iterator[str]:
        """A hazard, and its remedies, each behind what it extends."""
        cures = [
            (stem, difference(self.results[base], self.results[stem]))
            for stem, base in self._remedies(hazard, hazard)
        ]
        yield from self._hazard(hazard, [found for _, found in cures])
        for stem, found in cures:
            yield from self._remedy(stem, found, hazard)

    def _remedies(self, base: str, hazard: str) -> Iterator[tuple[str, str]]:
        """The variants of a file that bear the name of the hazard, and theirs, with what each
        extends.
        """
        for stem in self.results:
            if stem.startswith(f"{hazard}_") and _base(self.results[stem]) == base:
                yield stem, base
                yield from self._remedies(stem, hazard)

    def _hazard(self, stem: str, cures: list[Difference]) -> Iterator[str]:
        """The name, what it is, the file, and the runs that show it."""
        hazard = self.results[stem]
        yield f"#### {title(hazard)}\n"
        yield f"{summary(hazard)}\n"
        yield f"[`{stem}.fsm`]({stem}.fsm) shows it:\n"
        for question, steps in _shown_by(hazard, cures).items():
            what = "violated" if question.source is Source.CHECK else "possible"
            yield f"- {self._picture(stem, question)}: {what}, shown in {plural(steps, 'step')}"
        yield ""

    def _remedy(self, stem: str, found: Difference, hazard: str) -> Iterator[str]:
        """What it is, the file, the verdicts that change, and the lines that do it."""
        result = self.results[stem]
        base = _base(result)
        behind = "" if base == hazard else f", on top of\n[`{base}.fsm`]({base}.fsm)"
        yield f"**Remedy: {title(result)}**, [`{stem}.fsm`]({stem}.fsm){behind}\n"
        yield f"{summary(result)}\n"
        shown = _runs(result)
        for change in found.verdicts:
            question = change.question
            name = self._picture(stem, question) if question in shown else question.full_title
            yield f"- {name}: {verdict_text(change)}"
        yield ""
        if changes := list(_changes(found)):
            yield "\n".join(["```diff", *changes, "```\n"])

    def _picture(self, stem: str, question: Question) -> str:
        """The name of a check, with a link to the picture of its run."""
        (name,) = file_names([f"{stem} {question.systems[0]} {question.name}"])
        assert (self.pictures / f"{name}.svg").is_file(), (
            f"draw {name}.svg first: tests/docs/test_diagrams.py"
        )
        return f"[{question.full_title}](../{self.pictures.name}/{name}.svg)"


def index(folder: Path, pictures: Path, groups: Groups = GROUPS) -> str:
    """The index as Markdown, for a file in the folder of the specifications."""
    hazards = [stem for group in groups.values() for stem in group]
    files = [path for path in sorted(folder.glob("*.fsm")) if _family(path.stem, hazards)]
    left = {path.stem for path in folder.glob("hazard_*.fsm")} - {path.stem for path in files}
    assert not left, f"in none of the groups: {left}"
    results = {path.stem: check(load(str(path))) for path in files}
    made = _Index(results, pictures)
    lines: list[str] = []
    for group, stems in groups.items():
        names = [title(results[stem]) for stem in stems]
        lines.append(f"- {group}")
        lines += [f"  - [{name}](#{anchor(name)})" for name in names]
    for group, stems in groups.items():
        lines += ["", f"### {group}\n", *(line for stem in stems for line in made.of(stem))]
        while lines[-1] == "":
            lines.pop()
    return "\n".join([*lines, ""])


def _family(stem: str, hazards: Sequence[str]) -> bool:
    return any(stem == hazard or stem.startswith(f"{hazard}_") for hazard in hazards)


def _base(result: Result) -> str | None:
    """What it extends, without folder and ending."""
    base = result.specification.base
    return Path(base).stem if base else None


def title(result: Result) -> str:
    """What it is about, as a heading."""
    text = result.specification.title or result.specification.name
    return text[0].upper() + text[1:]


def summary(result: Result) -> str:
    """The first paragraph of what the file says of itself."""
    doc = result.specification.doc
    assert doc, result.specification.path
    return doc.split("\n\n")[0]


def anchor(text: str) -> str:
    """What GitHub makes of a heading."""
    kept = "".join(c for c in text.lower() if c.isalnum() or c in " -_")
    return kept.replace(" ", "-")


def _runs(result: Result) -> Runs:
    """Everything that a run shows."""
    return {
        Question(Source.SCENARIO if one.is_scenario else Source.CHECK, (one.system,), one.name):
            len(one.run.steps)
        for one in answers(result)
        if not one.is_scenario or _possible(result, one.name)
    }  # fmt: skip


def _possible(result: Result, scenario: str) -> bool:
    """Whether the run of a scenario goes to its end."""
    return any(
        one.outcome is Outcome.POSSIBLE
        for one in result.all_scenarios
        if one.scenario.name == scenario
    )


def _shown_by(hazard: Result, cures: list[Difference]) -> Runs:
    """What is violated as specified, or changed by a remedy, if a run answers it."""
    weak = {v.check.name for v in hazard.all_verdicts if v.check.violated}
    changed = {
        c.question for found in cures for c in found.verdicts if None not in (c.before, c.after)
    }
    return {
        one: steps
        for one, steps in _runs(hazard).items()
        if one in changed or (one.source is Source.CHECK and one.name in weak)
    }


def _changes(found: Difference) -> Iterator[str]:
    """Constants and lines of machines; not lines that are written as before, and mean more or less
    only because something else is new.
    """
    for name, before, after in found.constants:
        values = {"-": before, "+": after}
        yield from (
            f"{s} const {name} = {show_value(v)}" for s, v in values.items() if v is not None
        )
    heads: list[str] = []
    for one in (one for one in found.lines if not one.only_in_meaning):
        line = one.after or one.before
        assert line is not None
        head = f"  {one.machine}, {place(line)}"
        if heads[-1:] != [head]:
            heads.append(head)
            yield head
        yield from (f"{' ' if sign == '=' else sign} {text}" for sign, text in line_texts(one))
