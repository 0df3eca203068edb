"""What the picture of a state space shows, before anything is drawn: places, and ways between them.

A place stands for one state, or, in a quotient, for all states in which the instances are in the
same control states. A way stands for all steps from one place to another. Nothing is left out: the
steps on ways, those that stay in a place and those that lead nowhere are all steps there are.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import TypeAlias

import numpy as np

from tcpspec.explore.columns import Flags, Numbers
from tcpspec.explore.graph import Action, Graph
from tcpspec.explore.run import Run
from tcpspec.explore.space import StateSpace
from tcpspec.model.expressions import InstanceIn, OfChannel
from tcpspec.model.model import System
from tcpspec.properties.verdict import reservations
from tcpspec.record import Record, replace
from tcpspec.semantics.show import show_packet, show_value
from tcpspec.semantics.state import EndKind, GlobalState, StepKind
from tcpspec.semantics.system import TransitionSystem

Controls: TypeAlias = tuple[str, ...]
"""The control state of each instance."""

BEYOND = "not looked at"
"""Where a step leads that a limit kept from being followed."""


class Place(Record):
    """States that are drawn as one, and how many of them are what.

    ``details`` are what tells a single state from others in the same control states: the contents
    of channels, and the variables and budgets that are not as they were at the start. ``inside`` is
    the number of steps that lead from the place to itself.
    """

    controls: Controls
    details: tuple[str, ...]
    states: int
    initial: int
    at_rest: int
    """All instances are in final states, and all channels are empty."""
    deadlocked: int
    """No step but a fault is enabled, and they are not at rest."""
    unexpanded: int
    """A limit kept their steps from being looked at."""
    inside: int
    depth: int
    """So many ways from the start, at least."""


class Way(Record):
    """All steps from one place to another, by position; ``steps`` says what they do, and how many
    do so.
    """

    source: int
    target: int
    steps: tuple[tuple[str, int], ...]

    @property
    def count(self) -> int:
        return sum(count for _, count in self.steps)


class Ending(Record):
    """Steps of a place that lead nowhere: why, and how many."""

    source: int
    why: str
    count: int


class SpaceOutline(Record):
    """Places, those of the first states first, and what leads where. ``whole``: each place is one
    state. ``path`` are the places of a run, with the number of the step that leads there.
    """

    system: System
    whole: bool
    places: tuple[Place, ...]
    ways: tuple[Way, ...]
    endings: tuple[Ending, ...]
    rests_on: tuple[str, ...]
    """What was not looked at, and why."""
    path: tuple[int, ...] = ()
    loop_from: int | None = None
    """Of a run that goes on for ever: after its last step comes again the one behind this."""


def whole_space(space: StateSpace, run: Run | None = None) -> SpaceOutline:
    """Every state is a place."""
    return _outline(space, np.arange(len(space.states)), run, whole=True)


def quotient(space: StateSpace, run: Run | None = None) -> SpaceOutline:
    """All states with the same control states are one place."""
    together = np.zeros(len(space.states), np.int64)
    for number, instance in enumerate(space.transition_system.system.instances):
        names = [state.name for state in instance.machine.states]
        control = np.zeros_like(together)
        for nth, name in enumerate(names[1:], 1):
            control[space.truth(InstanceIn(number, frozenset({name})))] = nth
        together = np.unique(together * len(names) + control, return_inverse=True)[1]
    return _outline(space, together, run, whole=False)


def _controls(state: GlobalState) -> Controls:
    return tuple(local.state for local in state.locals)


def _outline(space: StateSpace, place: Numbers, run: Run | None, *, whole: bool) -> SpaceOutline:
    """With a place for each state."""
    graph = space.graph()
    source = np.repeat(np.arange(graph.states), np.diff(graph.offsets))
    followed = graph.targets >= 0
    targets = np.where(followed, place[graph.targets], -1)
    steps = _counted(place[source], targets, graph.labels.astype(np.int64))
    places = _places(space, graph, place, _stuck(graph, source), steps, whole=whole)
    depths = _depths(places, steps)
    order = _order(space.transition_system.system, places, depths)
    rank = {number: position for position, number in enumerate(order)}
    path = [rank[number] for number in _path(space, place, run)]
    return SpaceOutline(
        space.transition_system.system,
        whole,
        tuple(replace(places[number], depth=depths[number]) for number in order),
        tuple(_ways(space.transition_system.system, graph, steps, rank, whole=whole)),
        tuple(_endings(space, source[~followed], place, rank)),
        reservations(space),
        tuple(path),
        run.loop_from if run and len(path) == len(run.states()) else None,
    )


_Steps: TypeAlias = dict[tuple[int, int], Counter[int]]
"""How many steps lead from one place to another, -1 for nowhere, by the numbers of actions."""


def _counted(source: Numbers, target: Numbers, label: Numbers) -> _Steps:
    """All steps, put together."""
    ways, way = np.unique(source << 32 | target + 1, return_inverse=True)
    kinds, counts = np.unique(way << 32 | label, return_counts=True)
    found: _Steps = {}
    for kind, count in zip(kinds.tolist(), counts.tolist(), strict=True):
        a, b = divmod(int(ways[kind >> 32]), 1 << 32)
        found.setdefault((a, b - 1), Counter())[kind & (1 << 32) - 1] = count
    return found


# --- places -----------------------------------------------------------------------------------


def _stuck(graph: Graph, source: Numbers) -> Flags:
    """The states in which no step but a fault is enabled."""
    moves = np.array([not action.kind.is_fault for action in graph.actions], np.bool_)
    going = np.zeros(graph.states, np.bool_)
    if len(source):
        going[source[moves[graph.labels]]] = True
    stuck: Flags = graph.rests & ~going
    return stuck


def _places(
    space: StateSpace, graph: Graph, place: Numbers, stuck: Flags, steps: _Steps, *, whole: bool
) -> list[Place]:
    """In the order of their numbers."""
    ts = space.transition_system
    unexpanded = ~graph.rests & (np.diff(graph.offsets) == 0)
    first, rest = np.unique(place, return_index=True)[1], _at_rest(space)
    count = partial(np.bincount, minlength=len(first))
    initial = np.zeros(graph.states, np.bool_)
    initial[list(_initial(space))] = True
    kinds = (np.ones_like(rest), initial, rest, stuck & ~rest, unexpanded)
    many, first_, resting, dead, open_ = (count(place[flags]).tolist() for flags in kinds)
    start = ts.initial_states()[0]
    return [
        Place(
            _controls(state),
            tuple(_details(ts, start, state)) if whole else (),
            many[number],
            first_[number],
            resting[number],
            dead[number],
            open_[number],
            sum(steps.get((number, number), Counter[int]()).values()),
            0,
        )
        for number, state in enumerate(space.states[at] for at in first.tolist())
    ]


def _initial(space: StateSpace) -> Iterator[int]:
    """Those initial states that were found: a limit may have cut off others."""
    for state in space.transition_system.initial_states():
        number = space.number_of(state)
        if number is not None:
            yield number


def _at_rest(space: StateSpace) -> Flags:
    """The states in which all instances are in final states and all channels are empty."""
    rest, system = np.ones(len(space.states), np.bool_), space.transition_system.system
    for number, instance in enumerate(system.instances):
        final = frozenset(state.name for state in instance.machine.states if state.final)
        rest &= space.truth(InstanceIn(number, final))
    for number in range(len(system.channels)):
        rest &= space.truth(OfChannel("empty", number))
    return rest


def _details(ts: TransitionSystem, start: GlobalState, state: GlobalState) -> Iterator[str]:
    """What is on its way, and the variables and budgets that are not as they were at the start."""
    system = ts.system
    for channel, contents in zip(system.channels, state.channels, strict=True):
        if contents:
            packets = ", ".join(show_packet(system.messages, packet) for packet in contents)
            yield f"{channel.name}: {packets}"
    for instance, local, before in zip(system.instances, state.locals, start.locals, strict=True):
        for variable, value, old in zip(
            instance.machine.variables, local.values, before.values, strict=True
        ):
            if value != old:
                yield f"{instance.name}.{variable.name} = {show_value(value)}"
    for budget, left in zip(ts.permissions.budgets, state.budgets, strict=True):
        if left != budget.most:
            yield f"{budget.what} {left} left"


def _depths(places: Sequence[Place], steps: _Steps) -> dict[int, int]:
    """How many ways lead from the start to each place, at least."""
    after: dict[int, list[int]] = {}
    for source, target in steps:
        after.setdefault(source, []).append(target)
    depths = {number: 0 for number, place in enumerate(places) if place.initial}
    for number in (queue := list(depths)):
        for target in after.get(number, ()):
            if target >= 0 and target not in depths:
                depths[target] = depths[number] + 1
                queue.append(target)
    return depths


def _order(system: System, places: Sequence[Place], depths: dict[int, int]) -> list[int]:
    """By depth, then in the order of the machines' texts: the places of a quotient stand the same
    whichever engine numbered the states.
    """
    names = [[state.name for state in one.machine.states] for one in system.instances]

    def in_text(number: int) -> list[int]:
        return [of.index(at) for of, at in zip(names, places[number].controls, strict=True)]

    return sorted(depths, key=lambda number: (depths[number], in_text(number), number))


def _path(space: StateSpace, place: Numbers, run: Run | None) -> Iterator[int]:
    """As far as its states were found: a limit may have come before."""
    for state in run.states() if run else ():
        number = space.number_of(state)
        if number is None:
            return
        yield int(place[number])


# --- ways -------------------------------------------------------------------------------------


def _ways(
    system: System, graph: Graph, steps: _Steps, rank: dict[int, int], *, whole: bool
) -> Iterator[Way]:
    """In the order of their places."""
    for (a, b), actions in sorted(
        steps.items(), key=lambda item: (rank[item[0][0]], rank.get(item[0][1], -1))
    ):
        if b >= 0 and (whole or a != b):
            texts: Counter[str] = Counter()
            for action, count in actions.items():
                texts[_text(system, graph.actions[action], whole=whole)] += count
            yield Way(rank[a], rank[b], tuple(sorted(texts.items())))


def _text(system: System, action: Action, *, whole: bool) -> str:
    """Who does what; in a whole space, with the fields of messages."""
    packet = ""
    if action.packet is not None:
        packet = show_packet(system.messages, action.packet) if whole else action.packet.name
    if action.kind is StepKind.LOSS:
        assert action.channel is not None
        return f"{system.channels[action.channel].name}: loses {packet}"
    assert action.instance is not None
    assert action.transition is not None
    what = {
        StepKind.CALL: action.event or "",
        StepKind.TIMEOUT: action.transition.event_text,
        StepKind.STEP: action.transition.label or "step",
        StepKind.RECEIVE: f"rcv {packet}",
        StepKind.DUPLICATION: f"rcv {packet}, duplicated",
    }[action.kind]
    return f"{system.instances[action.instance].name}: {what}"


def _endings(
    space: StateSpace, sources: Iterable[int], place: Numbers, rank: dict[int, int]
) -> Iterator[Ending]:
    """What the steps that lead nowhere end in; the interpreter knows why."""
    ts, found = space.transition_system, Counter[tuple[int, str]]()
    for number in dict.fromkeys(int(source) for source in sources):
        for successor in ts.successors(space.states[number]):
            if successor.end is not None:
                kind = successor.end.kind
                why = successor.end.message if kind is EndKind.CUT else str(kind)
                found[rank[int(place[number])], why] += 1
            elif successor.state is not None and space.number_of(successor.state) is None:
                found[rank[int(place[number])], BEYOND] += 1
    yield from (Ending(source, why, count) for (source, why), count in sorted(found.items()))
