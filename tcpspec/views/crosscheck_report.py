"""What other checkers say, beside our own answers: one table a system, reasons below it."""

from collections.abc import Iterable, Iterator
from textwrap import wrap

from tcpspec.crosscheck.comparison import Agreement, Answer, Comparison, Row, SystemComparison
from tcpspec.crosscheck.testimony import Testimony
from tcpspec.escape import visible
from tcpspec.explore.run import Run
from tcpspec.properties.verdict import Status
from tcpspec.views.ladder import ladder
from tcpspec.views.report import Line, Look, Piece

_STYLES = {
    Agreement.AGREES: "",
    Agreement.DISAGREES: "bad",
    Agreement.NOT_COMPARED: "open",
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
        yield from _table(
            [_heading("all systems together", tools), *map(_row, comparison.together)]
        )
        yield from _reasons(comparison.together, look)
    yield ()
    yield from _summary(comparison)


def _system(comparison: SystemComparison, look: Look) -> Iterator[Line]:
    tools = [said.tool for said in comparison.testimonies]
    table = [_heading(comparison.result.system.name, tools), _states(comparison)]
    if look.times:
        table.append(_seconds(comparison))
    yield from _table([*table, *map(_row, comparison.rows)])
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


def _row(row: Row) -> list[Piece]:
    verdict = row.verdict
    steps = len(verdict.run.steps) if verdict.run is not None else None
    ours = _shown(verdict.status, steps)
    return [(f"  {visible(verdict.check.name)}", ""), (ours, ""), *map(_said, row.answers)]


def _said(answer: Answer) -> Piece:
    if answer.finding is None:
        return ("not asked", "open")
    shown = _shown(answer.finding.status, answer.finding.steps)
    return (
        f"{shown}  ✗" * (answer.agreement is Agreement.DISAGREES) or shown,
        _STYLES[answer.agreement],
    )


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
        listed = "" if len(names) > 3 else f" ({', '.join(map(visible, names))})"
        text = f"{_short(tool)}: {visible(reason)}{listed}"
        for line in wrap(text, look.width - 2, subsequent_indent="    "):
            yield ((f"  {line}", "faint"),)


def _summary(comparison: Comparison) -> Iterator[Line]:
    answers = [answer for row in comparison.rows for answer in row.answers]
    agreeing = sum(answer.agreement is Agreement.AGREES for answer in answers)
    differing = sum(answer.agreement is Agreement.DISAGREES for answer in answers)
    states = [
        system.same_states(said)
        for system in comparison.systems
        for said in system.testimonies
        if isinstance(said, Testimony)
    ]
    parts = [f"{agreeing} of {len(answers)} answers agree"]
    parts += [f"{differing} differ"] * (differing > 0)
    parts += [f"{len(answers) - agreeing - differing} not compared"] * (
        len(answers) > agreeing + differing
    )
    parts.append(f"{states.count(True)} of {len(states)} numbers of states agree")
    tools = dict.fromkeys(s.tool for system in comparison.systems for s in system.testimonies)
    yield ((f"asked: {', '.join(tools)}", "faint"),)
    style = "bad" if comparison.disagrees else "open" if comparison.unknown else "ok"
    yield ((", ".join(parts), style),)


def shown_run(tool: str, row: Row, run: Run, look: Look) -> Iterator[Line]:
    """The run by which another checker answers, as one of our ladders."""
    check = row.verdict.check
    yield ()
    yield ((f"{tool}, {visible(check.name)}: {visible(check.text)}", "strong"),)
    for text in ladder(run, width=look.width - 4, ascii=look.ascii):
        yield ((f"    {text}", ""),)
