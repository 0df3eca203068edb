"""A run in the making: what has happened, what can happen next, and what cannot, and why.

A simulation never changes; a step or an undo gives another one. What is possible comes from the
interpreter alone.
"""

from __future__ import annotations

from functools import cached_property
from random import Random

from tcpspec.diagnostics import Diagnostic, SpecificationError
from tcpspec.display import Written
from tcpspec.explore.run import Run, RunStep
from tcpspec.model.model import Specification, System
from tcpspec.properties.disabled import Disabled, Obstacle, disabled
from tcpspec.record import Record, replace
from tcpspec.semantics.state import End, GlobalState, Successor
from tcpspec.semantics.system import TransitionSystem


class NotPossible(Exception):
    """There is no such step, or nothing to take back; the message says what there is."""


class Simulation(Record, Written):
    """A run so far. ``initial`` is None until one of several initial states is chosen."""

    ts: TransitionSystem
    initial: GlobalState | None
    taken: tuple[Successor, ...] = ()

    @property
    def system(self) -> System:
        return self.ts.system

    # --- where it is ---

    @property
    def state(self) -> GlobalState | None:
        """The state now; behind a step that ended the run, the last one before it."""
        return self._states[-1] if self._states else None

    @property
    def before(self) -> GlobalState | None:
        """The state before the last step, or None at the start."""
        if self.end is not None:
            return self.state
        return self._states[-2] if len(self._states) > 1 else None

    @cached_property
    def _states(self) -> list[GlobalState]:
        after = [one.state for one in self.taken if one.state is not None]
        return [] if self.initial is None else [self.initial, *after]

    @property
    def end(self) -> End | None:
        """What went wrong in the last step, if that ended the run."""
        return self.taken[-1].end if self.taken else None

    @property
    def run(self) -> Run | None:
        """The run so far; None until it has begun."""
        if self.initial is None:
            return None
        steps = tuple(RunStep(one.step, one.state) for one in self.taken)
        return Run(self.system, self.initial, steps, self.end)

    # --- where it can go ---

    @cached_property
    def starts(self) -> tuple[GlobalState, ...]:
        """The initial states to choose from, before the run has begun."""
        return self.ts.initial_states() if self.initial is None else ()

    @cached_property
    def steps(self) -> tuple[Successor, ...]:
        """The enabled steps, in the order of the specification. One that leads to no state is an
        error, and ends the run. What a bound cuts is not enabled.
        """
        if self.state is None or self.end is not None:
            return ()
        return tuple(s for s in self.ts.successors(self.state) if not s.is_cut)

    @cached_property
    def disabled(self) -> tuple[Disabled, ...]:
        """What is not enabled now, and why; without what the system never lets happen. Last come
        lines that only another line keeps from being taken.
        """
        if self.state is None or self.end is not None:
            return ()
        found = [d for d in disabled(self.ts, self.state) if d.obstacle is not Obstacle.NEVER]
        return tuple(sorted(found, key=lambda d: d.obstacle is Obstacle.OTHER_LINE))

    def take(self, number: int) -> Simulation:
        """After the step with this number, counted from 1; at first, from the initial state.

        Raises ``NotPossible``.
        """
        choices = len(self.starts or self.steps)
        if not 0 < number <= choices:
            there = f"choose from 1 to {choices}" if choices else "nothing can happen"
            raise NotPossible(f"there is no {number}: {there}")
        if self.initial is None:
            return replace(self, initial=self.starts[number - 1])
        return replace(self, taken=(*self.taken, self.steps[number - 1]))

    def undo(self) -> Simulation:
        """Without the last step, or without the choice of the initial state.

        Raises ``NotPossible`` where there was none.
        """
        if self.taken:
            return replace(self, taken=self.taken[:-1])
        beginning = begin(self.ts)
        if self == beginning:
            raise NotPossible("there is nothing to undo")
        return beginning


def at_random(simulation: Simulation, count: int, seed: int) -> tuple[Simulation, bool]:
    """After so many steps more, or fewer if the run ends; each enabled step is as likely as the
    others. The same seed gives the same run. Also, whether Ctrl-C ended it.
    """
    chance = Random(seed)
    if simulation.initial is None:
        simulation = simulation.take(1 + _below(chance, len(simulation.starts)))
    taken = list(simulation.taken)
    here, interrupted = simulation, False
    try:
        while len(taken) < len(simulation.taken) + count and here.steps:
            chosen = here.steps[_below(chance, len(here.steps))]
            taken.append(chosen)
            here = Simulation(here.ts, here.state, (chosen,))
    except KeyboardInterrupt:
        interrupted = True
    return replace(simulation, taken=tuple(taken)), interrupted


def _below(chance: Random, limit: int) -> int:
    """A number from 0. ``random`` is the one method whose results Python keeps the same."""
    return int(chance.random() * limit)


def begin(ts: TransitionSystem) -> Simulation:
    """A simulation that has not begun; if there is but one initial state, it stands there."""
    states = ts.initial_states()
    return Simulation(ts, states[0] if len(states) == 1 else None)


def simulate(specification: Specification, system: str | None = None) -> Simulation:
    """A simulation of a system; the name may be left out where there is but one.

    Raises ``SpecificationError`` if there is no such system.

    >>> import tcpspec
    >>> simulation = tcpspec.simulate(tcpspec.load("tcpspec:figure5.fsm"), "Pair")
    >>> simulation.take(1).undo() == simulation
    True
    """
    known = specification.systems
    name = next(iter(known)) if system is None and len(known) == 1 else system
    if name is None or name not in known:
        message = "which system?" if system is None else f"there is no system `{system}`"
        hint = f"systems are: {', '.join(known) or 'none'}"
        raise SpecificationError([Diagnostic("nothing-to-check", message, hint=hint)])
    return begin(TransitionSystem(known[name]))
