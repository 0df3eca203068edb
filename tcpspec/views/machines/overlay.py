"""What a check found, laid over a state diagram: what is never used, the steps of a run, and the
usual paths of a client and of a server.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from tcpspec.explore.run import Run
from tcpspec.explore.space import StateSpace
from tcpspec.model.labels import Label, label_of, stay_is_shown
from tcpspec.model.model import Machine, Transition
from tcpspec.properties.moves import uses
from tcpspec.properties.verdict import reservations
from tcpspec.record import Record
from tcpspec.views.theme import LIGHT, Theme

Move: TypeAlias = tuple[str, Label, str]
"""What a diagram shows of a transition: the state that it leaves, its label, where it leads."""


class Overlay(Record):
    """``used``, and the states that are ``reached``, are None if nobody asked; ``steps`` has the
    numbers of a run's steps by move.
    """

    used: frozenset[Move] | None = None
    reached: frozenset[str] | None = None
    steps: Mapping[Move, str] = {}
    client: frozenset[Move] = frozenset()
    server: frozenset[Move] = frozenset()
    captions: tuple[str, ...] = ()

    def is_unused(self, moves: Iterable[Move]) -> bool:
        return self.used is not None and self.used.isdisjoint(moves)

    def is_unreached(self, state: str) -> bool:
        return self.reached is not None and state not in self.reached

    def numbers(self, moves: Iterable[Move]) -> str:
        """The steps of the run that take one of these moves."""
        return ", ".join(filter(None, (self.steps.get(move, "") for move in moves)))


NOTHING = Overlay()


class Way(Record):
    """The steps of an instance in a run; ``title`` says what the run shows."""

    instance: str
    title: str
    run: Run


def overlay_of(
    machine: Machine, *, simple: bool, spaces: Sequence[StateSpace] | None = None,
    shown: tuple[str, Run] | None = None, client: Way | None = None, server: Way | None = None,
    theme: Theme = LIGHT,
) -> Overlay:  # fmt: skip
    """What is to be laid over the diagram of a machine, with captions that explain it as it looks
    in this theme.

    ``spaces``: what none of these uses is grey and dashed; those of systems without an instance of
    the machine say nothing. ``shown``: the steps of a run, and what it is for.
    """
    used = reached = None
    steps: Mapping[Move, str] = {}
    captions: list[str] = []
    if spaces is not None:
        about = [space for space in spaces if _is_used(machine, space)]
        used = used_in(machine, about, simple=simple)
        reached = reached_in(machine, about)
        captions += _unused(about, theme)
    if shown is not None:
        title, run = shown
        steps = steps_of(machine, run, simple=simple)
        look = "Heavy, with numbers" if theme.is_black_and_white else "Red"
        captions.append(f"{look}: the steps of the run for {title}.")
    paths = _path(machine, client, simple), _path(machine, server, simple)
    for look, way in (("Heavy", client), ("Heavy and dashed", server)):
        if way is not None:
            captions.append(f"{look}: the way of {way.instance} in {way.title}.")
    if not paths[0].isdisjoint(paths[1]):
        captions.append("Double: both.")
    return Overlay(used, reached, steps, *paths, tuple(captions))


def _unused(spaces: Sequence[StateSpace], theme: Theme) -> Iterator[str]:
    """What grey and dashed lines are, and what that rests on, line by line."""
    look = (
        "Dashed arrows and states, and what is called unused"
        if theme.is_black_and_white
        else "Grey and dashed"
    )
    names = [space.transition_system.system.name for space in spaces]
    notes = [f"{name}: {why}" for name, s in zip(names, spaces, strict=True)
             for why in reservations(s)]  # fmt: skip
    searched = ", as far as was searched" if notes else ""
    yield f"{look}: never used or reached in {', '.join(names) or 'any system'}{searched}."
    yield from notes


def _is_used(machine: Machine, space: StateSpace) -> bool:
    return any(one.machine == machine for one in space.transition_system.system.instances)


def used_in(machine: Machine, spaces: Iterable[StateSpace], *, simple: bool) -> frozenset[Move]:
    """The moves that some run of these systems makes."""
    return frozenset(
        _move(line, state, simple) for space in spaces for line, state in uses(machine, space)
    )


def reached_in(machine: Machine, spaces: Iterable[StateSpace]) -> frozenset[str]:
    """The states in which some instance of the machine is seen."""
    return frozenset(
        state
        for space in spaces
        for number, state in space.control_states()
        if space.transition_system.system.instances[number].machine == machine
    )


def steps_of(machine: Machine, run: Run, *, simple: bool) -> Mapping[Move, str]:
    """The numbers of the steps that take each move; with names, if several instances are such."""
    instances = [i.name for i in run.system.instances if i.machine == machine]
    found: dict[Move, list[str]] = {}
    for number, name, move in _moves(machine, run, simple):
        found.setdefault(move, []).append(f"{name} {number}" if len(instances) > 1 else f"{number}")
    return {move: ", ".join(numbers) for move, numbers in found.items()}


def _path(machine: Machine, way: Way | None, simple: bool) -> frozenset[Move]:
    if way is None:
        return frozenset()
    return path_of(machine, way.run, way.instance, simple=simple)


def path_of(machine: Machine, run: Run, instance: str, *, simple: bool) -> frozenset[Move]:
    """The moves that one instance makes in a run."""
    return frozenset(move for _, name, move in _moves(machine, run, simple) if name == instance)


def _moves(machine: Machine, run: Run, simple: bool) -> Iterator[tuple[int, str, Move]]:
    """Step, instance and move of each step of an instance of the machine that is drawn."""
    before = run.initial
    for number, run_step in enumerate(run.steps, 1):
        step = run_step.step
        if step.local is not None and step.instance is not None:
            instance = run.system.instances[step.instance]
            if instance.machine == machine:
                state = before.locals[step.instance].state
                line = step.local.transition
                if line.target not in (None, state) or stay_is_shown(line, simple=simple):
                    yield number, instance.name, _move(line, state, simple)
        before = run_step.state or before


def _move(line: Transition, state: str, simple: bool) -> Move:
    return state, label_of(line, simple=simple), line.target or state
