"""First-order mutants: a specification with one thing wrong in one line of one machine.

A line is removed; it leads to another state, or nowhere; its guard is turned round, or taken away;
one of its actions is left out. ``ignore`` and ``defer`` lead nowhere and do nothing, so only their
guards and the lines themselves can be wrong. All of these are specifications again: what a line
needs is declared, and each mutant needs less of it, or another state of the same machine.

A mutant is made of the model, not of the text, so that it means what a line in that place would
mean; it keeps the number of its line. How DeMillo, Lipton and Sayward ("Hints on Test Data
Selection", 1978) judge tests by mutants is how checks are judged by these.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum

from tcpspec.model.expressions import Not
from tcpspec.model.labels import place
from tcpspec.model.model import Kind, Machine, Specification, System, Transition
from tcpspec.record import Record, replace


class Change(StrEnum):
    """What is wrong with the line."""

    REMOVED = "removed"
    REDIRECTED = "redirected"
    GUARD_NEGATED = "guard negated"
    GUARD_DROPPED = "guard dropped"
    ACTION_DROPPED = "action dropped"


class Mutant(Record, eq=False):
    """One wrong line. ``becomes`` is the line as it is then; None if it is removed.

    ``name`` tells it from all others of its specification, and stays as it is when lines move.
    """

    name: str
    machine: Machine
    line: Transition
    change: Change
    becomes: Transition | None


def mutants(specification: Specification, systems: Iterable[str]) -> Iterator[Mutant]:
    """All of the machines that these systems use, in the order of the text."""
    used = {one.machine for name in systems for one in specification.systems[name].instances}
    names: dict[str, int] = {}
    for machine in specification.machines.values():
        if machine not in used:
            continue
        for line in machine.transitions:
            for change, becomes in _changes(machine, line):
                name = _name(machine, line, becomes)
                names[name] = names.get(name, 0) + 1
                unique = name if names[name] == 1 else f"{name} ({names[name]})"
                yield Mutant(unique, machine, line, change, becomes)


def _name(machine: Machine, line: Transition, becomes: Transition | None) -> str:
    what = "removed" if becomes is None else f"becomes {becomes.text}"
    return f"{machine.name}, {place(line)}: {line.text} {what}"


def _changes(machine: Machine, line: Transition) -> Iterator[tuple[Change, Transition | None]]:
    """What can be wrong with a line, each different wrong line once."""
    yield Change.REMOVED, None
    made = {line.text}
    for change, becomes in _altered(machine, line):
        if becomes.text not in made:
            made.add(becomes.text)
            yield change, becomes


def _altered(machine: Machine, line: Transition) -> Iterator[tuple[Change, Transition]]:
    if line.kind not in (Kind.IGNORE, Kind.DEFER):
        for target in _targets(machine, line):
            yield Change.REDIRECTED, replace(line, target=target)
    if line.guard is not None:
        negated = replace(line, guard=Not(line.guard), guard_text=f"not ({line.guard_text})")
        yield Change.GUARD_NEGATED, negated
        yield Change.GUARD_DROPPED, replace(line, guard=None, guard_text=None)
    for nth in range(len(line.actions)):
        actions = line.actions[:nth] + line.actions[nth + 1 :]
        yield Change.ACTION_DROPPED, replace(line, actions=actions)


def _targets(machine: Machine, line: Transition) -> Iterator[str | None]:
    """Every other place where a line may lead; None is to stay, said once where it is one state."""
    only = line.states[0] if len(line.states) == 1 else None
    if line.target is not None and line.target != only:
        yield None
    yield from (state.name for state in machine.states if state.name not in (line.target, only))


def mutated(specification: Specification, mutant: Mutant) -> Specification:
    """The specification with the wrong line, in all systems that use its machine."""
    machine = mutant.machine
    lines = [mutant.becomes if line is mutant.line else line for line in machine.transitions]
    wrong = replace(machine, transitions=tuple(line for line in lines if line is not None))
    machines = dict(specification.machines) | {machine.name: wrong}
    systems = {
        name: _with_machine(system, machine, wrong)
        for name, system in specification.systems.items()
    }
    return replace(specification, machines=machines, systems=systems)


def _with_machine(system: System, machine: Machine, wrong: Machine) -> System:
    """The system with one machine in the place of another."""
    instances = tuple(
        replace(one, machine=wrong) if one.machine is machine else one for one in system.instances
    )
    return replace(system, instances=instances)
