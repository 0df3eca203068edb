"""What other checkers say, beside our own answers: one table a system, reasons below it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from textwrap import wrap

from tcpspec.crosscheck.comparison import Agreement, Answer, Comparison, Row, SystemComparison
from tcpspec.crosscheck.testimony import Testimony
from tcpspec.escape import visible
from tcpspec.explore.run import Run
from tcpspec.properties.verdict import Status
from tcpspec.views.reports.report import Line, Look, Piece
from tcpspec.views.runs.ladder import ladder

_STYLES = {
    Agreement.AGREES: "",
    Agreement.DISAGREES: "bad",
    Agreement.NOT_COMPARED: "open",
    Agreement.NO_ANSWER: "open",
}


def crosscheck_report(comparison: Comparison, look: Look) -> Iterator[Line]:
    """All lines of the answer for one specification."""
    specification = comparison.result.specification
    yield ((visible(specification.name), "strong"), (f"  {visible(specification.path)}", "faint"))
    for system in comparison.systems:
        yield ()
        yield from _system(system, look)
    if comparison.together:
        yield ()
        tools = [answer.tool for answer in comparison.together[0].answers]
        rows = [_row(row, look) for row in comparison.together]
        yield from _table([_heading("all systems together", tools), *rows])
        yield from _reasons(comparison.together, look)
    yield ()
    yield from _summary(comparison)


def _system(comparison: SystemComparison, look: Look) -> Iterator[Line]:
    tools = [said.tool for said in comparison.testimonies]
    table = [_heading(comparison.result.system.name, tools), _states(comparison)]
    if look.times:
        table.append(_seconds(comparison))
    yield from _table([*table, *(_row(row, look) for row in comparison.rows)])
    yield from _reasons(comparison.rows, look)


def _heading(name: str, tools: Iterable[str]) -> list[Piece]:
    named = [(_short(tool), "faint") for tool in tools]
    return [(visible(name), "strong"), ("tcpspec", "faint"), *named]


def _short(tool: str) -> str:
    """Without its version."""
    return tool.partition(" ")[0]


def _states(comparison: SystemComparison) -> list[Piece]:
    ours = f"{len(comparison.result.space.states):,}"
    return [("  states", ""), (ours, ""), *(_found(comparison, s) for s in comparison.testimonies)]


def _found(comparison: SystemComparison, said: object) -> Piece:
    if not isinstance(said, Testimony):
        return ("-", "open")
    style = "bad" if comparison.same_states(said) is False else ""
    return (f"{said.states:,}", style)


def _seconds(comparison: SystemComparison) -> list[Piece]:
    theirs = [
        (f"{said.seconds:.2f} s", "faint") if isinstance(said, Testimony) else ("-", "open")
        for said in comparison.testimonies
    ]
    return [("  time", ""), (f"{comparison.result.space.seconds:.2f} s", "faint"), *theirs]


def _row(row: Row, look: Look) -> list[Piece]:
    verdict = row.verdict
    steps = len(verdict.run.steps) if verdict.run is not None else None
    ours = _shown(verdict.status, steps)
    theirs = [_said(answer, look) for answer in row.answers]
    return [(f"  {visible(verdict.check.name)}", ""), (ours, ""), *theirs]


def _said(answer: Answer, look: Look) -> Piece:
    style = _STYLES[answer.agreement]
    if answer.agreement is Agreement.NO_ANSWER:
        return ("no answer", style)
    if answer.finding is None:
        return ("not asked", style)
    shown = _shown(answer.finding.status, answer.finding.steps)
    mark = "  !!" if look.ascii else "  ✗"
    return (shown + mark * (answer.agreement is Agreement.DISAGREES), style)


def _shown(status: Status, steps: int | None) -> str:
    return (
        f"{status}, {steps} step{'' if steps == 1 else 's'}" if steps is not None else str(status)
    )


def _table(rows: list[list[Piece]]) -> Iterator[Line]:
    widths = [max(len(row[column][0]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        yield tuple(
            (f"{text:<{width}}   ", style) for (text, style), width in zip(row, widths, strict=True)
        )


def _reasons(rows: Iterable[Row], look: Look) -> Iterator[Line]:
    """Why something was not compared, each reason once with the checks that it is about."""
    about: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        for answer in row.answers:
            if answer.reason:
                about.setdefault((answer.tool, answer.reason), []).append(row.verdict.check.name)
    for (tool, reason), names in about.items():
        few = ", ".join(map(visible, names))
        listed = f" ({few if len(names) <= 3 else f'{len(names)} checks'})"
        named = reason if reason.startswith(_short(tool)) else f"{_short(tool)}: {reason}"
        text = f"{visible(named)}{listed}"
        for line in wrap(text, look.width - 2, subsequent_indent="    "):
            yield ((f"  {line}", "faint"),)


def _summary(comparison: Comparison) -> Iterator[Line]:
    answers = [answer for row in comparison.rows for answer in row.answers]
    count = Counter(answer.agreement for answer in answers)
    parts = [f"{count[Agreement.AGREES]} of {len(answers)} answers agree"]
    parts += [
        f"{count[agreement]} {words}" for agreement, words in _OTHERWISE.items() if count[agreement]
    ]
    parts += _of_states(comparison)
    tools = _tools(comparison)
    if tools:
        yield ((f"asked: {', '.join(tools)}", "faint"),)
    style = "bad" if comparison.disagrees else "open" if comparison.unknown else "ok"
    yield ((", ".join(parts), style),)


_OTHERWISE = {
    Agreement.DISAGREES: "differ",
    Agreement.NOT_COMPARED: "not compared",
    Agreement.NO_ANSWER: "without an answer",
}


def _of_states(comparison: Comparison) -> list[str]:
    """How many numbers of states agree, of those that were compared."""
    compared = [
        same
        for system in comparison.systems
        for said in system.testimonies
        if isinstance(said, Testimony) and (same := system.same_states(said)) is not None
    ]
    if not compared:
        return []
    return [f"{compared.count(True)} of {len(compared)} numbers of states agree"]


def _tools(comparison: Comparison) -> list[str]:
    """Who said something, with the version."""
    said = [s for system in comparison.systems for s in system.testimonies]
    return list(dict.fromkeys(s.tool for s in said if isinstance(s, Testimony)))


def shown_run(tool: str, row: Row, run: Run, look: Look) -> Iterator[Line]:
    """The run by which another checker answers, as one of our ladders."""
    check = row.verdict.check
    yield ()
    yield ((f"{tool}, {visible(check.name)}: {visible(check.text)}", "strong"),)
    for text in ladder(run, width=look.width - 4, ascii=look.ascii):
        yield ((f"    {text}", ""),)
