"""Whether a wrong line changes what a system does, decided without looking for its states anew.

What an instance does depends on its own state, on the packet that it is offered, and on how full
its outputs are (``semantics/local.py``). All such situations that come up in the reachable states
of the right specification are gone through. If the wrong one does the same in each, it reaches the
same states by the same steps: that follows step by step from the initial states, which lines have
no part in. Calls and timeouts that the system never lets happen are left out. If it does something
else in one of the situations, it may still be that nothing comes of it: nothing is said then.
"""

from collections.abc import Iterator
from enum import Enum
from itertools import product
from typing import NamedTuple, TypeAlias

from tcpspec.explore.space import StateSpace
from tcpspec.model.model import Transition
from tcpspec.model.mutants import Mutant
from tcpspec.semantics.state import LocalState, LocalStep, Packet, Reception
from tcpspec.semantics.system import TransitionSystem


class Sameness(Enum):
    """How much of what a system does stays the same."""

    LINES = "the same lines do the same"
    """So that no verdict about runs can change."""
    STEPS = "the same steps, some of them by other lines"
    """So that verdicts change only where lines count: in fairness, and in coverage."""
    NONE = "different"


class Situation(NamedTuple):
    """Something that an instance meets: a packet at a port, or None where it acts alone."""

    instance: int
    local: LocalState
    packet: Packet | None
    port: int | None
    counts: tuple[int, ...]


Met: TypeAlias = dict[tuple[str, str | None], list[Situation]]
"""Situations, by the state of the instance and the name of the packet."""


def situations(space: StateSpace) -> Met:
    """All that come up in the states of a space, each once."""
    found: dict[Situation, None] = {}
    ts = space.transition_system
    for state in space.states:
        counts = [ts.view(state, number).counts for number in range(len(state.locals))]
        for number, local in enumerate(state.locals):
            found[Situation(number, local, None, None, counts[number])] = None
        for channel, model in enumerate(ts.system.channels):
            at, port = model.receiver, model.receiver_port
            for _, packet, _ in ts.offers(state, channel):
                found[Situation(at, state.locals[at], packet, port, counts[at])] = None
    met: Met = {}
    for one in found:
        name = None if one.packet is None else one.packet.name
        met.setdefault((one.local.state, name), []).append(one)
    return met


def sameness(
    right: TransitionSystem, wrong: TransitionSystem, mutant: Mutant, met: Met
) -> Sameness:
    """What stays the same of a system, whose situations these are, with a mutant's line."""
    least = Sameness.LINES
    for one in _concerned(mutant.line, met):
        if right.rules[one.instance].machine is not mutant.machine:
            continue
        before, after = (_reaction(ts, one) for ts in (right, wrong))
        if _by_lines(before) != _by_lines(after):
            least = Sameness.STEPS
            if _by_steps(before) != _by_steps(after):
                return Sameness.NONE
    return least


def _concerned(line: Transition, met: Met) -> Iterator[Situation]:
    """The situations in which the line has a part, be it right or wrong."""
    events = line.events if line.kind.takes_message else (None,)
    for key in product(line.states, events):
        yield from met.get(key, ())


def _reaction(ts: TransitionSystem, one: Situation) -> Reception:
    rules, may = ts.rules[one.instance], ts.permissions.of_event
    if one.packet is not None:
        return rules.receive(one.local, one.packet, one.port, one.counts)
    steps = rules.spontaneous(one.local, one.counts)
    allowed = (s for s in steps if may(one.instance, s.transition.kind, s.event) is not None)
    return Reception(tuple(allowed), deferred=False)


def _by_lines(reaction: Reception) -> tuple[object, ...]:
    """In order, with the numbers of the lines: a mutant keeps that of its own."""
    return reaction.deferred, *((step.transition.index, *step[1:]) for step in reaction.steps)


def _by_steps(reaction: Reception) -> tuple[object, ...]:
    return reaction.deferred, frozenset(map(_seen, reaction.steps))


def _seen(step: LocalStep) -> tuple[object, ...]:
    """What a step does, whichever line says so and whatever ``any`` was for it."""
    kind = step.transition.kind
    what = "rcv" if kind.takes_message else kind.value
    return what, step.event, step.after, step.sends, step.failure
