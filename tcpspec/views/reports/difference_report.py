"""What is different in a variant, as text and as a JSON object."""

from collections.abc import Iterator
from typing import Any

from tcpspec.difference import Difference, VerdictChange
from tcpspec.escape import visible
from tcpspec.model.differences import LineDifference
from tcpspec.model.labels import place
from tcpspec.model.model import Transition
from tcpspec.semantics.show import show_value
from tcpspec.views.reports.report import Line

Object = dict[str, Any]


def difference_report(found: Difference) -> Iterator[Line]:
    """All lines: verdicts system by system, then constants and lines of machines."""
    yield (("against ", "strong"), (visible(found.base.path), "strong"))
    yield from _verdicts(found.verdicts)
    for name, before, after in found.constants:
        values = [show_value(value) if value is not None else "none" for value in (before, after)]
        yield ((f"  const {visible(name)}: {values[0]} becomes {values[1]}", ""),)
    yield from _lines(found.lines)


def _verdicts(changes: tuple[VerdictChange, ...]) -> Iterator[Line]:
    if not changes:
        yield (("  no verdict changes", ""),)
    systems: tuple[str, ...] = ()
    for change in changes:
        if change.question.systems != systems:
            systems = change.question.systems
            yield ((f"  {', '.join(systems)}", ""),)
        name = f"    {visible(change.question.title)}: "
        note = "  (another claim of that name)" if change.asked_otherwise else ""
        yield ((name, ""), (verdict_text(change), "strong"), (note, "faint"))


def verdict_text(change: VerdictChange) -> str:
    """What becomes of a verdict."""
    if change.before is None:
        return f"new, {visible(change.after or '')}"
    if change.after is None:
        return f"gone, was {visible(change.before)}"
    return f"{visible(change.before)} becomes {visible(change.after)}"


def _lines(lines: tuple[LineDifference, ...]) -> Iterator[Line]:
    if not lines:
        yield (("  no transition differs", ""),)
    for one in lines:
        line = one.after or one.before
        assert line is not None
        note = ", by what its names mean" if one.only_in_meaning else ""
        head = f"  {one.machine}, {place(line)}: {one.change}{note}"
        yield ((visible(head), ""), (f"  {line.span.place}", "faint"))
        for sign, text in line_texts(one):
            yield ((f"    {sign} {visible(text)}", ""),)


def line_texts(one: LineDifference) -> Iterator[tuple[str, str]]:
    """The texts that are gone, with -, and that have come, with +; = is one that stays."""
    if one.before and one.after and one.before.text == one.after.text:
        yield "=", one.after.text
        return
    if one.before:
        yield "-", one.before.text
    if one.after:
        yield "+", one.after.text


def difference_object(found: Difference) -> Object:
    """The same for scripts."""
    return {
        "spec": found.base.path,
        "verdicts": [
            {
                "source": change.question.source,
                "systems": list(change.question.systems),
                "name": change.question.name,
                "before": change.before,
                "after": change.after,
                "asked_otherwise": change.asked_otherwise,
            }
            for change in found.verdicts
        ],
        "constants": [
            {"name": name, "before": before, "after": after}
            for name, before, after in found.constants
        ],
        "transitions": [
            {
                "machine": one.machine,
                "change": one.change,
                "only_in_meaning": one.only_in_meaning,
                "before": _line(one.before),
                "after": _line(one.after),
            }
            for one in found.lines
        ],
    }


def _line(line: Transition | None) -> Object | None:
    if line is None:
        return None
    return {
        "states": list(line.states),
        "text": line.text,
        "file": line.span.source.name,
        "line": line.span.line,
    }
