"""What a check found, laid over a state diagram: what is never used, the steps of a run, and the
usual paths of a client and of a server.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from tcpspec.explore.run import Run
from tcpspec.explore.space import StateSpace
from tcpspec.model.labels import Label, label_of
from tcpspec.model.model import Machine, Transition
from tcpspec.properties.moves import uses
from tcpspec.record import Record

Move: TypeAlias = tuple[str, Label, str]
"""What a diagram shows of a transition: the state that it leaves, its label, where it leads."""


class Overlay(Record):
    """``used`` is None if nobody asked; ``steps`` has the numbers of a run's steps by move."""

    used: frozenset[Move] | None = None
    steps: Mapping[Move, str] = {}
    client: frozenset[Move] = frozenset()
    server: frozenset[Move] = frozenset()
    captions: tuple[str, ...] = ()

    def is_unused(self, moves: Iterable[Move]) -> bool:
        return self.used is not None and self.used.isdisjoint(moves)

    def numbers(self, moves: Iterable[Move]) -> str:
        """The steps of the run that take one of these moves."""
        return ", ".join(filter(None, (self.steps.get(move, "") for move in moves)))


NOTHING = Overlay()


def used_in(machine: Machine, spaces: Iterable[StateSpace], *, simple: bool) -> frozenset[Move]:
    """The moves that some run of these systems makes."""
    return frozenset(
        _move(line, state, simple) for space in spaces for line, state in uses(machine, space)
    )


def steps_of(machine: Machine, run: Run, *, simple: bool) -> Mapping[Move, str]:
    """The numbers of the steps that take each move; with names, if several instances are such."""
    instances = [i.name for i in run.system.instances if i.machine == machine]
    found: dict[Move, list[str]] = {}
    for number, name, move in _moves(machine, run, simple):
        found.setdefault(move, []).append(f"{name} {number}" if len(instances) > 1 else f"{number}")
    return {move: ", ".join(numbers) for move, numbers in found.items()}


def path_of(machine: Machine, run: Run, instance: str, *, simple: bool) -> frozenset[Move]:
    """The moves that one instance makes in a run."""
    return frozenset(move for _, name, move in _moves(machine, run, simple) if name == instance)


def _moves(machine: Machine, run: Run, simple: bool) -> Iterator[tuple[int, str, Move]]:
    """Step, instance and move of each step of an instance of the machine."""
    before = run.initial
    for number, run_step in enumerate(run.steps, 1):
        step = run_step.step
        if step.local is not None and step.instance is not None:
            instance = run.system.instances[step.instance]
            if instance.machine == machine:
                state = before.locals[step.instance].state
                yield number, instance.name, _move(step.local.transition, state, simple)
        before = run_step.state or before


def _move(line: Transition, state: str, simple: bool) -> Move:
    return state, label_of(line, simple=simple), line.target or state
