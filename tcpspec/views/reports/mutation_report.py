"""What became of the mutants, as text: the survivors, and what each check and scenario catches."""

from collections.abc import Iterable, Iterator
from textwrap import wrap

from tcpspec.escape import visible
from tcpspec.model.labels import place
from tcpspec.mutation.result import Fate, Judged, Mutation
from tcpspec.views.reports.report import Line, Look, Piece, plural

_STYLES = {
    Fate.CAUGHT: "ok", Fate.EQUIVALENT: "", Fate.EXPLAINED: "", Fate.SURVIVED: "bad",
    Fate.UNKNOWN: "open",
}  # fmt: skip


def mutation_report(mutation: Mutation, look: Look, *, everything: bool = False) -> Iterator[Line]:
    """All lines of the answer; with ``everything``, each mutant and not only the survivors."""
    specification = mutation.specification
    yield ((visible(specification.name), "strong"), (f"  {visible(specification.path)}", "faint"))
    fates = list(Fate) if everything else [Fate.EXPLAINED, Fate.UNKNOWN, Fate.SURVIVED]
    for fate in fates:
        found = mutation.of(fate)
        if found:
            yield ()
            yield ((f"{fate}: {plural(len(found), 'mutant')}", "strong"),)
            for one in found:
                yield from _mutant(one, look)
    yield ()
    yield from _questions(mutation)
    yield ()
    yield from _summary(mutation, look)


def _mutant(one: Judged, look: Look) -> Iterator[Line]:
    """The line as it is, as it would be, and what is known of it."""
    mutant = one.mutant
    yield ((f"  {visible(mutant.line.span.place)}  ", "faint"), (visible(place(mutant.line)), ""))
    yield ((f"    - {visible(mutant.line.text)}", ""),)
    if mutant.becomes is not None:
        yield ((f"    + {visible(mutant.becomes.text)}", _STYLES[one.fate]),)
    notes = [one.note] if one.note else []
    notes += [f"{c.question.full_title}: {_change(c.before, c.after)}" for c in one.catches]
    for note in notes:
        yield from _indented(note, look)


def _indented(note: str, look: Look) -> Iterator[Line]:
    for text in wrap(visible(note), look.width - 6, subsequent_indent="  "):
        yield ((f"      {text}", "faint"),)


def _change(before: str, after: str) -> str:
    return f"{before} becomes {after}" if before else after


def _questions(mutation: Mutation) -> Iterator[Line]:
    """How many mutants each question catches, and how many are caught by nothing else."""
    rows: list[tuple[tuple[str, ...], list[Piece]]] = []
    for question, (caught, alone) in mutation.catches.items():
        style = "open" if question in mutation.idle else ""
        row = [
            (f"{caught:,}", style), (f"{alone:,}" if not mutation.quick else "", "faint"),
            (visible(question.title), style),
        ]  # fmt: skip
        rows.append((question.systems, row))
    if not rows:
        return
    widths = [max(len(row[column][0]) for _, row in rows) for column in range(2)]
    head = "" if mutation.quick else ", of these alone"
    yield (("caught by each", "strong"), (head, "faint"))
    systems: tuple[str, ...] = ()
    for names, row in rows:
        if names != systems:
            systems = names
            yield ((f"  {', '.join(names)}", ""),)
        yield tuple(_cells(row, widths))


def _cells(row: list[Piece], widths: list[int]) -> Iterator[Piece]:
    for (text, style), width in zip(row, widths, strict=False):
        yield (f"    {text:>{width}}", style)
    yield (f"  {row[-1][0]}", row[-1][1])


def _summary(mutation: Mutation, look: Look) -> Iterator[Line]:
    known = ", as far as is known" if mutation.of(Fate.UNKNOWN) else ""
    for question in mutation.idle:
        yield ((f"catches nothing{known}: {visible(question.full_title)}", "open"),)
    for question, reason in mutation.reasons.items():
        yield ((f"catches nothing, explained: {visible(question.full_title)}", ""),)
        yield from _indented(reason, look)
    counts = {fate: len(mutation.of(fate)) for fate in Fate}
    listed = ", ".join(_parts(counts))
    yield ((f"{plural(len(mutation.judged), 'mutant')}: {listed or 'none'}", ""),)
    errors = sum(one.only_by_errors for one in mutation.judged)
    if errors:
        yield ((f"{errors:,} of those that are caught are so only by an error in a run", ""),)
    caught, all_ = mutation.rate
    unknown = counts[Fate.UNKNOWN]
    share = f", {100 * caught / (all_ + unknown):.1f} %" if all_ + unknown else ""
    if unknown:
        share = f" for certain{share}: what became of {unknown:,} is unknown"
    style = "bad" if counts[Fate.SURVIVED] else "open" if counts[Fate.UNKNOWN] else "ok"
    end = ", interrupted" if mutation.interrupted else ""
    those = f"{all_ + unknown:,} that {'may not be' if unknown else 'are not'} equivalent"
    yield ((f"{caught:,} of {those} are caught{share}{end}", style),)


def _parts(counts: dict[Fate, int]) -> Iterable[str]:
    return (f"{count:,} {fate}" for fate, count in counts.items() if count)
