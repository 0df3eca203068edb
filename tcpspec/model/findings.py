"""What can be said of a machine without running it: warnings about its graph.

The searches here are two lines each and spare every check the start-up time of NetworkX; the tests
hold them to the same questions asked of ``machine_graph``.
"""

from collections.abc import Iterable, Iterator
from itertools import combinations

from tcpspec.diagnostics import Diagnostic, Note
from tcpspec.model.model import Machine, Transition


def findings(machine: Machine) -> Iterator[Diagnostic]:
    """All warnings about one machine, in the order of the text."""
    yield from _unreachable(machine)
    yield from _no_way_to_final(machine)
    yield from _shadowed(machine) if machine.ordered else _overlapping(machine)


def _edges(machine: Machine) -> list[tuple[str, str]]:
    return [
        (state, transition.target or state)
        for transition in machine.transitions
        for state in transition.states
    ]


def closure(edges: Iterable[tuple[str, str]], start: Iterable[str]) -> set[str]:
    """All that can be reached from the start along the edges."""
    table: dict[str, set[str]] = {}
    for source, target in edges:
        table.setdefault(source, set()).add(target)
    found, todo = set(), list(start)
    while todo:
        node = todo.pop()
        if node not in found:
            found.add(node)
            todo += table.get(node, ())
    return found


def _unreachable(machine: Machine) -> Iterator[Diagnostic]:
    reached = closure(_edges(machine), [machine.initial.name])
    for state in machine.states:
        if state.name not in reached:
            yield Diagnostic(
                "unreachable-state",
                f"no path leads from {machine.initial.name} to {state.name}",
                state.span,
            )


def _no_way_to_final(machine: Machine) -> Iterator[Diagnostic]:
    """Only where some state is final: a machine without any never rests, and says so."""
    finals = [state.name for state in machine.states if state.final]
    leading = closure([(b, a) for a, b in _edges(machine)], finals)
    for state in machine.states if finals else ():
        if state.name not in leading:
            yield Diagnostic(
                "no-way-to-final", f"no path leads from {state.name} to a final state", state.span
            )


def _pairs(machine: Machine) -> Iterator[tuple[str, Transition, Transition, list[str]]]:
    """Pairs of receptions in one state that share messages, a port and a rank, earlier first."""
    for state in machine.states:
        receptions = [t for t in machine.of_state[state.name] if t.kind.takes_message]
        for first, second in combinations(receptions, 2):
            shared = [event for event in second.events if event in first.events]
            same_port = None in (first.port, second.port) or first.port == second.port
            if shared and same_port and first.rank == second.rank:
                yield state.name, first, second, shared


def overlap(first: Transition, second: Transition, state: str | None = None) -> Diagnostic:
    """The warning that two rules may match the same message."""
    where = f" in {state}" if state else ""
    return Diagnostic(
        "overlapping-transitions",
        f"`{second.event_text}` may match the same message as an earlier rule{where}",
        second.span,
        hint="make their guards exclude each other, or mark the machine `ordered`",
        notes=(Note(f"the other rule: {first.text}", first.span),),
    )


def _overlapping(machine: Machine) -> Iterator[Diagnostic]:
    """Without guards, both always match; guarded rules are watched while they run."""
    told = set()
    for state, first, second, _ in _pairs(machine):
        if first.guard is None and second.guard is None and (first, second) not in told:
            told.add((first, second))
            yield overlap(first, second, state)


def _shadowed(machine: Machine) -> Iterator[Diagnostic]:
    """A rule whose every message is taken, in all its states, by earlier rules without guards."""
    taken: dict[Transition, set[tuple[str, str]]] = {}
    blame: dict[Transition, Transition] = {}
    for state, first, second, shared in _pairs(machine):
        if first.guard is None and first.port in (None, second.port):
            taken.setdefault(second, set()).update((state, event) for event in shared)
            blame.setdefault(second, first)
    for transition, pairs in taken.items():
        if len(pairs) == len(transition.states) * len(transition.events):
            yield Diagnostic(
                "shadowed-transition",
                f"`{transition.event_text}` never matches: an earlier rule takes every message",
                transition.span,
                notes=(
                    Note(f"the earlier rule: {blame[transition].text}", blame[transition].span),
                ),
            )
