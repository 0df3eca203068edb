"""TLC as a witness: what it says of a system, in the terms of our own verdicts and runs."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tcpspec.crosscheck import tlc_run
from tcpspec.crosscheck.testimony import Finding, Testimony, ToolFailed
from tcpspec.crosscheck.tlc_graph import Graph, always_possible, read_graph
from tcpspec.crosscheck.tlc_run import (
    GraphTooLarge,
    OutOfTime,
    Output,
    find_tool,
    missing,
    run_tlc,
)
from tcpspec.crosscheck.tlc_runs import Runs
from tcpspec.crosscheck.tlc_values import Reader
from tcpspec.crosscheck.tlc_witness import NAME, Seen, Witness
from tcpspec.explore.run import Run, replay
from tcpspec.export.exported import Asked, Form, LeftOut
from tcpspec.export.tla.module import Module
from tcpspec.model.model import Check, Claim, Specification, System
from tcpspec.properties.verdict import Status
from tcpspec.semantics.state import End, EndKind, GlobalState
from tcpspec.semantics.system import TransitionSystem

__all__ = ["missing", "testify", "trace"]

GRAPH = "graph.dot"
TOO_LARGE = "TLC's graph of states is too large to be looked at"


@dataclass(frozen=True, slots=True)
class _Checked:
    """One run of TLC on the witness module."""

    output: Output
    seen: Seen
    graph: Graph | None


def testify(
    specification: Specification, system: System, time_limit: float, heap: str = tlc_run.HEAP
) -> Testimony:
    """What TLC says of a system: states, coverage, and each claim. One run of TLC, or two, is for
    all but claims about whole runs; each of these takes some of its own.

    Raises Refused where TLA+ cannot say it, ToolMissing, and ToolFailed.
    """
    start = time.monotonic()
    module = Module(specification, system, None)
    checked = _check(module, start + time_limit, heap)
    findings = [
        _finding(asked, checked.seen)
        for asked in module.claims.asked
        if asked.form is Form.INVARIANT
    ]
    left_out: list[LeftOut] = []
    if checked.graph is not None:
        findings += _on_branches(module, checked.graph)
    else:
        left_out += [LeftOut(module.checks[number], TOO_LARGE) for number in module.claims.goals]
    unanswered: list[LeftOut] = []
    runs = Runs(specification, system, heap)
    for check in module.checks:
        if check.claim.is_temporal:
            try:
                said, _ = runs.decide(check, start + time_limit)
            except OutOfTime as error:
                unanswered.append(LeftOut(check, str(error)))
                continue
            if isinstance(said, Finding):
                findings.append(said)
            else:
                left_out.append(said)
    return Testimony(
        tool=f"TLC {_version(checked.output)}",
        system=system.name,
        states=_states(checked),
        findings=tuple(_completed(finding, checked.seen) for finding in findings),
        left_out=tuple(left_out),
        unanswered=tuple(unanswered),
        reached=checked.seen.reached,
        used=checked.seen.used,
        seconds=time.monotonic() - start,
    )


def _check(module: Module, deadline: float, heap: str) -> _Checked:
    """With the graph, if it is of use; once more without, if it is too large."""
    if module.claims.goals:
        try:
            return _check_once(module, deadline, heap, graph=True)
        except GraphTooLarge:
            pass
    return _check_once(module, deadline, heap, graph=False)


def _check_once(module: Module, deadline: float, heap: str, *, graph: bool) -> _Checked:
    witness = Witness(module, graph=graph)
    tool = find_tool()
    with TemporaryDirectory(prefix="tcpspec-tlc-") as name:
        folder = Path(name)
        output = run_tlc(
            tool, folder, witness.texts(), NAME, deadline, GRAPH if graph else None, heap
        )
        found = read_graph(folder / GRAPH) if graph else None
    return _Checked(output, witness.read(output.printed), found)


def _version(output: Output) -> str:
    """From ``TLC2 Version 2.15 of …``."""
    words = " ".join(output.texts(tlc_run.VERSION)).split()
    return words[words.index("Version") + 1] if "Version" in words[:-1] else ""


def _states(checked: _Checked) -> int:
    """Distinct states; cuts, which the witness adds, are none."""
    words = checked.output.texts(tlc_run.COUNTS)[-1].replace(",", "").split()
    total = int(words[words.index("distinct") - 1])
    return total - len(checked.graph.cuts) if checked.graph else total


def _finding(asked: Asked, seen: Seen) -> Finding:
    """Of ``reachable P``, the run that violates the invariant is the witness."""
    steps = seen.failed.get(asked.check)
    if asked.negated:
        found = Status.HOLDS if steps is not None else Status.VIOLATED
    else:
        found = Status.VIOLATED if steps is not None else Status.HOLDS
    return Finding(asked.check, found, steps)


def _on_branches(module: Module, graph: Graph) -> Iterator[Finding]:
    for goal, number in enumerate(module.claims.goals):
        answer = always_possible(graph, goal)
        steps = len(answer.run) - 1 if answer.run else None
        yield Finding(module.checks[number], answer.status, steps)


def _completed(finding: Finding, seen: Seen) -> Finding:
    """After a cut, what was not found may lie behind the bound."""
    if not seen.cut or finding.steps is not None:
        return finding
    sought = Status.VIOLATED if finding.check.claim is Claim.REACHABLE else Status.HOLDS
    unfound = finding.check.claim is Claim.REACHABLE or finding.check.violated
    if finding.status is sought and unfound:
        return Finding(finding.check, Status.UNKNOWN)
    return finding


# --- runs ---


def trace(
    specification: Specification, system: System, check: Check, time_limit: float,
    heap: str = tlc_run.HEAP,
) -> Run | None:  # fmt: skip
    """The run by which TLC answers a check, its counterexample or witness; None if it has none.

    Raises as ``testify`` does, and ToolFailed if what TLC shows is no run of ours.
    """
    module = Module(specification, system, None)
    deadline = time.monotonic() + time_limit
    if check.claim.is_temporal:
        return Runs(specification, system, heap).decide(check, deadline)[1]
    texts = list(_texts_of_states(module, check, deadline, heap))
    if not texts:
        return None
    return _replayed(module, texts)


def _texts_of_states(module: Module, check: Check, deadline: float, heap: str) -> Iterator[str]:
    """The states of TLC's run, as it prints them."""
    if check.claim is Claim.ALWAYS_POSSIBLE:
        graph = _check_once(module, deadline, heap, graph=True).graph
        assert graph is not None
        numbers = list(module.claims.goals)
        goal = numbers.index(module.checks.index(check))
        yield from (graph.labels[node] for node in always_possible(graph, goal).run)
        return
    names = [a.name for a in module.claims.asked if a.check == check and a.form is Form.INVARIANT]
    if names:
        yield from _violating(module, names[0], deadline, heap)


def _violating(module: Module, invariant: str, deadline: float, heap: str) -> Iterator[str]:
    constraints = [f"CONSTRAINT {name}" for name in module.constraints]
    configuration = "\n".join(["SPECIFICATION Spec", *constraints, f"INVARIANT {invariant}", ""])
    texts = {f"{module.name}.tla": module.text(), f"{module.name}.cfg": configuration}
    tool = find_tool()
    with TemporaryDirectory(prefix="tcpspec-tlc-") as name:
        output = run_tlc(tool, Path(name), texts, module.name, deadline, heap=heap)
    for text in output.texts(tlc_run.VIOLATED_AT_START):
        yield text.partition("\n")[2]
    for text in output.texts(tlc_run.STATE):
        yield text.partition("\n")[2]


def _replayed(module: Module, texts: list[str]) -> Run:
    """The run of ours through these states; the last may only repeat that a step failed."""
    reader = Reader(module)
    states: list[GlobalState] = []
    failure = "none"
    for text in texts:
        state, failure = reader.state(text)
        if failure == "none":
            states.append(state)
    system = TransitionSystem(module.system)
    end = None if failure == "none" else _end(system, states[-1], failure)
    if not states or states[0] not in system.initial_states():
        raise ToolFailed("the run that TLC shows does not start where ours do")
    try:
        return replay(system, states, end)
    except ValueError:
        raise ToolFailed("the run that TLC shows is none of ours") from None


def _end(system: TransitionSystem, state: GlobalState, failure: str) -> End:
    """The error that ends the run."""
    kind = EndKind.OVERFLOW if failure == "overflow" else EndKind.OUT_OF_RANGE
    for successor in system.successors(state):
        if successor.end is not None and successor.end.kind is kind:
            return successor.end
    raise ToolFailed(f"TLC shows a run that ends in {failure}, and ours does not")
