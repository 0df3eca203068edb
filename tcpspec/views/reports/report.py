"""The answer as text: per system what was looked at, each verdict, and the runs that show them.

Lines are made of styled pieces; the front door decides whether the styles become colours.
"""

from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap
from typing import TypeAlias

from tcpspec.check import Failure, Result, SystemResult
from tcpspec.escape import visible
from tcpspec.explore.run import Run, describe
from tcpspec.explore.space import Limit, StateSpace
from tcpspec.properties.scenario import Followed, Outcome
from tcpspec.properties.verdict import Status, Verdict
from tcpspec.record import Record
from tcpspec.semantics.assumptions import assumptions
from tcpspec.views.runs.ladder import ladder

Piece: TypeAlias = tuple[str, str]
"""Text and the name of its style: ``ok``, ``bad``, ``open``, ``strong``, ``faint`` or none."""

Line: TypeAlias = tuple[Piece, ...]


class Look(Record):
    """How wide the output may be, whether it has to do with ASCII, and whether it shows times.

    Without times, the same question gives the same bytes.
    """

    width: int = 100
    ascii: bool = False
    times: bool = False


def report(result: Result, look: Look) -> Iterator[Line]:
    """All lines of the answer for one specification."""
    specification = result.specification
    title = (
        f"{specification.name}: {specification.title}"
        if specification.title
        else specification.name
    )
    yield ((visible(title), "strong"), (f"  {visible(specification.path)}", "faint"))
    if specification.base:
        yield ((f"extends {visible(specification.base)}", "faint"),)
        for change in specification.changes:
            yield ((f"  {visible(change)}", ""),)
    for system in result.systems:
        yield ()
        yield from system_report(system, look)
    if result.verdicts:
        yield ()
        yield (("all systems together", "strong"),)
        for verdict in result.verdicts:
            yield from _verdict(verdict, look)
    for check in result.skipped:
        needs = ", ".join(name for name in check.systems)
        yield (
            ("  ", ""),
            ("-   ", "open"),
            (f"  {visible(check.name)}  not asked: needs {needs}", ""),
        )
    yield ()
    yield summary(result)


def system_report(result: SystemResult, look: Look) -> Iterator[Line]:
    """The lines about one system."""
    system, space = result.system, result.space
    title = f"  {visible(system.title)}" if system.title else ""
    yield ((system.name, "strong"), (title, ""))
    complete = "complete" if space.complete else "not complete"
    complete += f": {space.limit.end}" if space.limit else ""
    # all engines find the same: which one it was is for those who look at the time
    how = f", {space.engine} engine, {space.seconds:.2f} s" if look.times else ""
    if look.times and space.bytes_per_transition is not None:
        how += f", {space.bytes_per_transition:g} bytes a transition"
    yield ((f"  {extent(space)}", ""), (f"  {complete}{how}", "faint"))
    for number, assumption in enumerate(assumptions(system)):
        head = "  assumes " if number == 0 else "          "
        yield ((f"{head}{visible(assumption)}", "faint"),)
    for failure in result.failures:
        yield from _failure(failure, look)
    for verdict in result.verdicts:
        yield from _verdict(verdict, look)
    for scenario in result.scenarios:
        yield from _scenario(scenario, look)


def extent(space: StateSpace) -> str:
    """How many states and transitions were found, and how far away the last one is."""
    size = f"{plural(len(space.states), 'state')}, {plural(space.transitions, 'transition')}"
    return f"{size}, depth {space.depth}"


_MARKS = {True: ("ok  ", "ok"), False: ("FAIL", "bad")}


def mark(answered: Verdict | Followed) -> Piece:
    """Whether something came out as specified."""
    return ("?   ", "open") if answered.is_unknown else _MARKS[answered.ok]


def _verdict(verdict: Verdict, look: Look) -> Iterator[Line]:
    """One line for the verdict; below it the run, if something is violated, and the reasons."""
    check = verdict.check
    yield (
        ("  ", ""), mark(verdict), (f"  {visible(check.name)}", ""),
        (f"  {answer(verdict)}", "faint" if verdict.ok else mark(verdict)[1]),
    )  # fmt: skip
    if not verdict.ok:
        text = f"        asked: {check.text}  ({check.span.place})"
        yield ((visible(text), "faint"),)
    if verdict.status is Status.VIOLATED:
        yield from _reasons(verdict)
        if verdict.run is not None:
            yield from _run(verdict.run, look, None)
    if len(verdict.receptions) > 1:
        yield from _receptions(verdict, look)
    for reason in verdict.rests_on:
        yield ((f"        rests on: {visible(reason)}", "open"),)
    for part in verdict.vacuous:
        yield ((f"        note: {visible(part)}", "open"),)


def _scenario(followed: Followed, look: Look) -> Iterator[Line]:
    """One line; below it, if it did not come out as specified, how far a run can follow it."""
    scenario = followed.scenario
    style = "faint" if followed.ok else mark(followed)[1]
    name = (f"  scenario {visible(scenario.name)}", "")
    yield (("  ", ""), mark(followed), name, (f"  {scenario_answer(followed)}", style))
    if not followed.ok:
        text = f"        {scenario.span.place}, on {scenario.system}"
        yield ((visible(text), "faint"),)
        for reason in followed.reasons:
            yield ((f"        {visible(reason)}", ""),)
        yield from _run(followed.run, look, None)
        if followed.instead:
            yield (("        what is possible there:", ""),)
            for step in followed.instead:
                yield ((f"        - {visible(step)}", "faint"),)
    for reason in followed.rests_on:
        yield ((f"        rests on: {visible(reason)}", "open"),)


def answer(verdict: Verdict) -> str:
    """The answer to a check, in words."""
    words = str(verdict.status)
    if verdict.bounded:
        words = "holds within the bound"
    if verdict.check.claim.is_temporal and verdict.status is Status.HOLDS:
        words += " on every run" if verdict.check.unfair else " on every fair run"
        words += "".join(verdict.check.text.partition(" assuming ")[1:])
    if verdict.run is not None:
        count = len(verdict.run.steps)
        words += f", shown in {count} step{'' if count == 1 else 's'}"
    if verdict.check.violated:
        words += ", as specified" if verdict.ok else ", but specified to be violated"
    return words


def scenario_answer(followed: Followed) -> str:
    """What came out of a scenario, in words."""
    words = followed.outcome.value
    if followed.outcome is Outcome.POSSIBLE:
        words += f", shown in {plural(len(followed.run.steps), 'step')}"
    return words + (", as specified" if followed.scenario.impossible and followed.ok else "")


def _reasons(verdict: Verdict) -> Iterator[Line]:
    for reason in verdict.reasons:
        yield ((f"        {visible(reason)}", ""),)


def _run(run: Run, look: Look, outcome: str | None) -> Iterator[Line]:
    for text in ladder(run, width=look.width - 8, ascii=look.ascii, outcome=outcome):
        yield ((f"        {text}", ""),)


def _receptions(verdict: Verdict, look: Look) -> Iterator[Line]:
    """Every pair, and below it the shortest run to it, wrapped to the width."""
    which = "each pair of state and message without a rule"
    if verdict.rests_on:
        which = "pairs of state and message without a rule, as far as was looked"
    yield ((f"        {which}, and how they meet:", ""),)
    for reception in verdict.receptions:
        pair = f"{reception.instance} in {reception.state}: {reception.message}"
        yield ((f"        - {visible(pair)}", ""),)
        steps = "; ".join(describe(reception.run.system, s.step) for s in reception.run.steps)
        for text in wrap(f"after {visible(steps) or 'nothing'}", look.width - 12):
            yield ((f"            {text}", "faint"),)


def _failure(failure: Failure, look: Look) -> Iterator[Line]:
    mark: Piece = ("ok  ", "ok") if failure.expected else ("FAIL", "bad")
    note = ", as specified" if failure.expected else ""
    yield (("  ", ""), mark, (f"  {failure.kind}: {visible(failure.message)}{note}", ""))
    if not failure.expected:
        yield from _run(failure.run, look, failure.message)


def summary(result: Result) -> tuple[Piece]:
    """How much came out as specified."""
    verdicts, scenarios = result.all_verdicts, result.all_scenarios
    asked = len(verdicts) + len(scenarios)
    good = sum(verdict.ok for verdict in verdicts) + sum(s.ok for s in scenarios)
    unknown = sum(verdict.status is Status.UNKNOWN for verdict in verdicts)
    unknown += sum(s.outcome is Outcome.UNKNOWN for s in scenarios)
    errors = sum(not f.expected for system in result.systems for f in system.failures)
    bad = asked - good - unknown
    what = "checks and scenarios" if scenarios else "check" if asked == 1 else "checks"
    parts = [f"{good} of {asked} {what} as specified"]
    parts += [f"{bad} not"] * (bad > 0) + [f"{unknown} unknown"] * (unknown > 0)
    limits = {s.space.limit: None for s in result.systems if s.space.limit}
    parts += [_beyond(limit) for limit in limits]
    parts += [f"{errors} error{'s' * (errors > 1)} in runs"] * (errors > 0)
    if result.interrupted:
        parts.append("interrupted")
    style = "bad" if result.failed else "open" if result.unknown else "ok"
    return ((", ".join(parts), style),)


def _beyond(limit: Limit) -> str:
    if limit is Limit.DECIDED:
        return "a search ended when all was answered: errors beyond that are unknown"
    return f"errors beyond the limit ({limit}) are unknown"


def table(results: Iterable[tuple[str, Result | None]]) -> Iterator[Line]:
    """One line a system: file, name, states, checks, scenarios, answer; None is a specification
    with errors. Checks about several systems have a line of their own. The last line has the sums.
    """
    found = list(results)
    rows = [row for name, result in found for row in _rows(name, result)]
    widths = [max(len(row[column][0]) for row in rows) for column in range(len(_COLUMNS))]
    for row in rows:
        cells = zip(row, widths, _COLUMNS, strict=True)
        yield tuple((f"{text:{side}{width}}  ", style) for (text, style), width, side in cells)
    yield ()
    yield _sums([result for _, result in found])


_COLUMNS = "<<>>><"
"""To which side each column of the table is set."""


def _rows(name: str, result: Result | None) -> Iterator[list[Piece]]:
    if result is None:
        yield [(visible(name), ""), *[("", "")] * 4, ("errors", "bad")]
        return
    first = visible(name)
    for one in result.systems:
        failed = any(not failure.expected for failure in one.failures)
        mark = _all_of([*one.verdicts, *one.scenarios], failed, one.space.limit is not None)
        counts = _cells(len(one.space.states), len(one.verdicts), len(one.scenarios))
        yield [(first, ""), (one.system.name, ""), *counts, mark]
        first = ""
    if result.verdicts or not result.systems:
        what = "all together" if result.systems else "no system"
        counts = _cells(None, len(result.verdicts), 0)
        yield [(first, ""), (what, "faint"), *counts, _all_of(result.verdicts)]


def _all_of(
    answers: Sequence[Verdict | Followed], failed: bool = False, unknown: bool = False
) -> Piece:
    """What came out of all of these, where something else may have failed or be unknown."""
    if failed or any(not one.ok and not one.is_unknown for one in answers):
        return ("FAIL", "bad")
    if unknown or any(one.is_unknown for one in answers):
        return ("unknown", "open")
    return ("ok", "ok")


def _cells(states: int | None, checks: int, scenarios: int) -> list[Piece]:
    return [
        ("" if states is None else plural(states, "state"), ""),
        (plural(checks, "check") if checks else "", ""),
        (plural(scenarios, "scenario") if scenarios else "", ""),
    ]


def _sums(results: list[Result | None]) -> Line:
    """How much there is in all, and how much of it came out as specified."""
    sound = [result for result in results if result is not None]
    systems = [system for result in sound for system in result.systems]
    asked = [v for result in sound for v in (*result.all_verdicts, *result.all_scenarios)]
    checks = sum(len(result.all_verdicts) for result in sound)
    parts = [
        plural(len(results), "specification"), plural(len(systems), "system"),
        plural(sum(len(one.space.states) for one in systems), "state"), plural(checks, "check"),
        plural(len(asked) - checks, "scenario"),
    ]  # fmt: skip
    bad = sum(result.failed for result in sound) + len(results) - len(sound)
    unknown = sum(not result.ok and not result.failed for result in sound)
    ends = [f"{plural(bad, 'specification')} not as specified"] if bad else []
    ends += [f"{plural(unknown, 'specification')} unknown"] if unknown else []
    end = "; ".join(["", *(ends or ["all as specified"])])
    return ((", ".join(parts), "strong"), (end, "bad" if bad else "open" if unknown else "ok"))


def plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
