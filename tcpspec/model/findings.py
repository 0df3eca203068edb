"""What can be said of a machine without running it: warnings about its graph.

The searches here are two lines each and spare every check the start-up time of NetworkX; the tests
hold them to the same questions asked of ``machine_graph``.
"""

from collections.abc import Iterable, Iterator

from tcpspec.diagnostics import Diagnostic, Note
from tcpspec.model.model import Machine, Rank, Transition


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
    """For each reception, the first earlier ones without guard that take its messages too.

    They share the state, the rank, the port, and the messages that are listed. Rules with guards
    are watched as they run.
    """
    for state in machine.states:
        plain: dict[tuple[str, Rank], list[Transition]] = {}
        for second in machine.of_state[state.name]:
            if second.kind.takes_message:
                shared: dict[Transition, list[str]] = {}
                for event in second.events:
                    for first in plain.get((event, second.rank), ()):
                        if first.port in (None, second.port) or second.port is None:
                            shared.setdefault(first, []).append(event)
                            break
                yield from ((state.name, first, second, events) for first, events in shared.items())
                _remember(plain, second)


def _remember(plain: dict[tuple[str, Rank], list[Transition]], rule: Transition) -> None:
    """The first rule without guard for each message and port: later ones never come to it."""
    for event in rule.events if rule.guard is None else ():
        known = plain.setdefault((event, rule.rank), [])
        if all(other.port != rule.port for other in known):
            known.append(rule)


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
        if second.guard is None and (first, second) not in told:
            told.add((first, second))
            yield overlap(first, second, state)


def _shadowed(machine: Machine) -> Iterator[Diagnostic]:
    """A rule whose every message is taken, in all its states, by earlier rules without guards."""
    taken: dict[Transition, set[tuple[str, str]]] = {}
    blame: dict[Transition, Transition] = {}
    for state, first, second, shared in _pairs(machine):
        if first.port in (None, second.port):
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
