"""All steps of many states at once, on tables: what ``TransitionSystem.successors`` says of each.

A slice of states is a column of numbers for each component. A table says how many outcomes each of
them has; each outcome becomes a row, which knows its state and what it changes. What the system
forbids, what has no room and what ends a run is left out on the way, and noted.

The order of the steps is not kept: the runs that are shown are put in order by the interpreter.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tcpspec.explore.columns import Flags, Numbers
from tcpspec.explore.components import NEVER, Components
from tcpspec.explore.graph import Small
from tcpspec.explore.labels import MOST_SENDS, Labels
from tcpspec.explore.local_steps import Counts, LocalSteps, Permitted, local_steps
from tcpspec.explore.packing import Packing, Words
from tcpspec.explore.predicates import Predicates
from tcpspec.explore.rows import Row
from tcpspec.explore.space import Fact
from tcpspec.model.model import WhenFull
from tcpspec.record import Record
from tcpspec.semantics.permissions import Permission
from tcpspec.semantics.state import EndKind, StepKind
from tcpspec.semantics.system import TransitionSystem

ENDED = {EndKind.OVERFLOW: 16, EndKind.OUT_OF_RANGE: 32, EndKind.CUT: 64}
"""More facts of a state: some step of it ends so."""

UNSPECIFIED = 128
"""One more: it may offer a message without a rule. That of an unexpanded state is not known."""

SLICE = 1 << 15
"""How many states are looked at at once where each takes the same time."""


@dataclass(slots=True)
class Steps:
    """Steps, one a row: the state that each starts from, and the numbers that are new after it.

    ``outcome`` is a row of the instance's local steps, ``line`` the written line; both are missing
    in a loss. Where actions are asked for, ``origin`` says what is taken, ``dropped`` has a bit for
    each send that a full channel drops, and ``label`` is the action's number.
    """

    source: Numbers
    changed: dict[int, Numbers]
    outcome: Numbers | None = None
    line: Numbers | None = None
    origin: Numbers | None = None
    dropped: Numbers | None = None
    label: Small | None = None

    def where(self, flags: Flags) -> "Steps":
        """Only these rows."""
        if flags.all():
            return self
        kept = np.flatnonzero(flags)
        return Steps(
            self.source[kept],
            {component: numbers[kept] for component, numbers in self.changed.items()},
            _of(self.outcome, kept),
            _of(self.line, kept),
            _of(self.origin, kept),
            _of(self.dropped, kept),
            None if self.label is None else self.label[kept],
        )


def _of(column: Numbers | None, rows: Numbers) -> Numbers | None:
    return None if column is None else column[rows]


class Offers(Record):
    """Rows of states with a packet that is offered: which state, at which place, what follows."""

    source: Numbers
    place: int
    packet: Numbers
    row: Numbers


class Tables:
    """All that is known of one system's steps; filled as its states are explored."""

    def __init__(self, transition_system: TransitionSystem) -> None:
        self.system = transition_system.system
        self.components = Components(transition_system)
        for state in transition_system.initial_states():
            self.components.numbers(state)
        self.predicates = Predicates(self.components)
        self.local = local_steps(self.components)
        self.counts = [Counts(self.components, i, one) for i, one in enumerate(self.local)]
        self.permitted = [Permitted(self.components, i, one) for i, one in enumerate(self.local)]
        machines = [instance.machine.transitions for instance in self.system.instances]
        self.lines = [line for lines in machines for line in lines]
        """Every written line, once for each instance."""
        self.first_line = [sum(map(len, machines[:i])) for i in range(len(machines))]
        self.asks_idle = any(rule.when_idle for rule in self.system.timers)
        permissions, number = transition_system.permissions, self.components.permissions.number
        self.losses = [None if p is None else number(p) for p in permissions.losses]
        self.duplications = [None if p is None else number(p) for p in permissions.duplications]

    def expand(self, columns: list[Numbers], labels: Labels | None = None) -> "Expansion":
        """All steps of these states; with ``labels``, also which actions they are."""
        expansion = Expansion(self, columns, labels)
        expansion.run()
        return expansion

    def offers(self, columns: list[Numbers], channel: int) -> Iterator[Offers]:
        """What a channel offers its receiver, with the row of the receiver's local steps."""
        model = self.system.channels[channel]
        local, of = self.local[model.receiver], self.components.contents[channel]
        contents = columns[self.components.of_channel(channel)]
        offers = of.offers[contents]
        counts = self.counts[model.receiver](columns)
        receive = local.receive[model.receiver_port]
        source, place = np.flatnonzero(offers), 0
        while len(source):
            packet = of.offered(contents[source], place)
            row = receive(columns[model.receiver][source], packet, counts[source])
            yield Offers(source, place, packet, row)
            if model.ordered:
                source = source[Row.deferred(row)]
            place += 1
            source = source[offers[source] > place]


class Expansion:
    """The steps of a slice of states: ``steps`` in blocks, ``facts`` of each state, ``cuts`` of
    each bound. With ``labels``, ``dead`` are the steps that lead nowhere.
    """

    def __init__(
        self, tables: Tables, columns: list[Numbers], labels: Labels | None = None
    ) -> None:
        self._labels = labels
        self.dead: list[Steps] = []
        self.tables = tables
        self.columns = columns
        self.size = len(columns[0])
        self.facts: NDArray[np.uint8] = np.full(self.size, Fact.EXPANDED, np.uint8)
        self.steps: list[Steps] = []
        self.cuts = [0] * len(tables.system.bounds)
        self._busy = np.zeros(self.size, np.bool_)
        """Where a message can be received or a ``step`` taken."""
        self._waiting: list[tuple[int, Permission, Steps]] = []
        """Timeouts that may need to know that."""

    def run(self) -> None:
        for instance in range(len(self.tables.local)):
            self._alone(instance)
        for channel in range(len(self.tables.system.channels)):
            self._through(channel)
        for instance, permission, steps in self._waiting:
            self._allowed(instance, permission, steps)

    def _note(self, source: Numbers, fact: int) -> None:
        self.facts[source] |= np.uint8(fact)

    # --- an instance alone ---

    def _alone(self, instance: int) -> None:
        local = self.tables.local[instance]
        row = local.alone(self.columns[instance], self.tables.counts[instance](self.columns))
        steps = self._outcomes(np.arange(self.size), row)
        self._originate(steps, np.zeros(len(steps.source), np.int64))
        permission = self.tables.permitted[instance](local.outcomes["event"][_outcome(steps)])
        self._complete(instance, steps.where(permission == 0))
        for number in np.flatnonzero(np.bincount(permission + 1)[2:]) + 1:
            needed = self.tables.components.permissions.values[int(number)]
            chosen = steps.where(permission == number)
            if any(rule.when_idle for rule in needed.rules):
                self._waiting.append((instance, needed, chosen))
            else:
                self._allowed(instance, needed, chosen)

    def _outcomes(self, source: Numbers, row: Numbers) -> Steps:
        """A row for each outcome of each of these states."""
        which, outcome = spread(Row.first(row), Row.count(row))
        return Steps(source[which], {}, outcome)

    def _originate(self, steps: Steps, origin: Numbers) -> None:
        """Note what the steps take."""
        if self._labels is not None:
            steps.origin, steps.dropped = origin, np.zeros_like(origin)

    def _label(self, instance: int | None, steps: Steps) -> Steps:
        """With their actions, where these are asked for."""
        if self._labels is not None and steps.label is None:
            assert steps.origin is not None
            assert steps.dropped is not None
            steps.label = self._labels.of(instance, steps.origin, steps.outcome, steps.dropped)
        return steps

    def _end(self, instance: int | None, steps: Steps) -> None:
        """These lead nowhere."""
        if self._labels is not None and len(steps.source):
            self.dead.append(self._label(instance, steps))

    def _allowed(self, instance: int, permission: Permission, steps: Steps) -> None:
        """Complete those that timer rules and budgets allow."""
        for rule in permission.rules:
            condition = rule.condition
            if condition is not None:
                source = steps.source
                look = lambda part, source=source: self.columns[part][source]  # noqa: E731
                steps = steps.where(self.tables.predicates.holds(condition, look, len(source)))
            if rule.when_idle:
                steps = steps.where(~self._busy[steps.source])
        number = self.tables.components.permissions.number(permission)
        self._complete(instance, self._spent(steps, number))

    def _spent(self, steps: Steps, permission: int) -> Steps:
        """Those whose budgets last, with what is left."""
        components = self.tables.components
        if not components.permissions.values[permission].slots or not len(steps.source):
            return steps
        before = self.columns[components.of_budgets][steps.source]
        left = components.spend(before, np.full_like(before, permission))
        steps.changed = {**steps.changed, components.of_budgets: left}
        return steps.where(left != NEVER)

    # --- what comes through a channel ---

    def _through(self, channel: int) -> None:
        """Receptions, losses and duplications."""
        tables, model = self.tables, self.tables.system.channels[channel]
        component = tables.components.of_channel(channel)
        of = tables.components.contents[channel]
        contents = self.columns[component]
        for offers in tables.offers(self.columns, channel):
            self._note(offers.source[Row.unspecified(offers.row)], UNSPECIFIED)
            steps = self._outcomes(offers.source, offers.row)
            before = contents[steps.source]
            rest = of.rest(before, np.full_like(before, offers.place))
            taken = Steps(steps.source, {component: rest}, steps.outcome)
            packets = np.repeat(offers.packet, Row.count(offers.row))
            self._taken(taken, StepKind.RECEIVE, channel, packets)
            self._complete(model.receiver, taken)
            permission = tables.duplications[channel]
            if permission is not None:
                self._taken(steps, StepKind.DUPLICATION, channel, packets)
                copied = self._spent(steps, permission)
                self._complete(model.receiver, copied, fault=True)
        permission = tables.losses[channel]
        if permission is not None:
            self._lost(channel, permission)

    def _taken(self, steps: Steps, kind: StepKind, channel: int, packets: Numbers) -> None:
        """Note which packets the steps take."""
        if self._labels is not None:
            self._originate(steps, self._labels.origin(kind, channel, packets))

    def _lost(self, channel: int, permission: int) -> None:
        tables = self.tables
        component, of = tables.components.of_channel(channel), tables.components.contents[channel]
        contents = self.columns[component]
        offers = of.offers[contents]
        most = 1 if tables.system.channels[channel].ordered else int(offers.max(initial=0))
        for place in range(most):
            source = np.flatnonzero(offers > place)
            rest = of.rest(contents[source], np.full(len(source), place, np.int64))
            steps = Steps(source, {component: rest})
            self._taken(steps, StepKind.LOSS, channel, of.offered(contents[source], place))
            self._bounded(None, self._spent(steps, permission))

    # --- completing steps ---

    def _complete(self, instance: int, steps: Steps, *, fault: bool = False) -> None:
        """Room, sends, the new local state, the bounds."""
        if not len(steps.source):
            return
        local = self.tables.local[instance]
        steps = self._with_room(instance, steps)
        if not fault:
            self._enabled(local.outcomes["kind"][_outcome(steps)], steps.source)
        steps = self._sent(instance, steps)
        outcome = _outcome(steps)
        after = local.outcomes["after"][outcome]
        steps.changed = {**steps.changed, instance: after}
        failed = after == NEVER
        if failed.any():
            self._note(steps.source[failed], ENDED[EndKind.OUT_OF_RANGE])
            self._end(instance, steps.where(failed))
            steps, outcome = steps.where(~failed), outcome[~failed]
        steps.line = local.outcomes["line"][outcome] + self.tables.first_line[instance]
        self._bounded(instance, steps)

    def _enabled(self, kind: Numbers, source: Numbers) -> None:
        """Note what is enabled."""
        self._note(source, Fact.STEP_ENABLED)
        self._note(source[kind != LocalSteps.CALL], Fact.MUST_GO_ON)
        if self.tables.asks_idle:
            self._busy[source[kind >= LocalSteps.STEP]] = True

    def _contents(self, steps: Steps, component: int) -> Numbers:
        """What a channel holds as far as the steps have come."""
        changed = steps.changed.get(component)
        return self.columns[component][steps.source] if changed is None else changed

    def _with_room(self, instance: int, steps: Steps) -> Steps:
        """Those that need not wait for room."""
        components, local = self.tables.components, self.tables.local[instance]
        for output, channel in enumerate(self.tables.system.outputs[instance]):
            if channel is None:
                continue
            model = self.tables.system.channels[channel]
            if model.when_full is WhenFull.WAIT:
                needed = local.needed(output, _outcome(steps))
                held = self._contents(steps, components.of_channel(channel))
                length = components.contents[channel].length[held]
                steps = steps.where((needed == 0) | (length + needed <= model.capacity))
        return steps

    def _sent(self, instance: int, steps: Steps) -> Steps:
        """Those whose sends do not overflow a channel, with what the channels hold after them."""
        local = self.tables.local[instance]
        sends = local.outcomes["sends"][_outcome(steps)]
        for nth in range(int(sends.max(initial=0))):
            for output, channel in enumerate(self.tables.system.outputs[instance]):
                outcome = _outcome(steps)
                sending = np.flatnonzero(local.outcomes["sends"][outcome] > nth)
                send = local.outcomes["first_send"][outcome[sending]] + nth
                here = local.sent["output"][send] == output
                if channel is not None and here.any():
                    packets = local.sent["packet"][send[here]]
                    self._put(channel, nth, steps, sending[here], packets)
                    steps = self._without_overflow(instance, channel, steps)
        return steps

    def _put(self, channel: int, nth: int, steps: Steps, rows: Numbers, packets: Numbers) -> None:
        """Send packets into a channel, the nth of these rows."""
        components = self.tables.components
        component = components.of_channel(channel)
        held = self._contents(steps, component).copy()
        before = held[rows]
        held[rows] = components.contents[channel].send(before, packets)
        if steps.dropped is not None and nth < MOST_SENDS:  # a channel holds as many as before
            steps.dropped[rows] |= (held[rows] == before).astype(np.int64) << nth
        steps.changed = {**steps.changed, component: held}

    def _without_overflow(self, instance: int, channel: int, steps: Steps) -> Steps:
        """Those that found room in a channel."""
        overflown = self._contents(steps, self.tables.components.of_channel(channel)) == NEVER
        if not overflown.any():
            return steps
        self._note(steps.source[overflown], ENDED[EndKind.OVERFLOW])
        self._end(instance, steps.where(overflown))
        return steps.where(~overflown)

    def _bounded(self, instance: int | None, steps: Steps) -> None:
        """Keep the steps that no bound cuts."""
        for number, bound in enumerate(self.tables.system.bounds):
            look = lambda part, steps=steps: self._contents(steps, part)  # noqa: E731
            within = self.tables.predicates.holds(bound, look, len(steps.source))
            self.cuts[number] += int(np.count_nonzero(~within))
            self._note(steps.source[~within], Fact.CUT | ENDED[EndKind.CUT])
            self._end(instance, steps.where(~within))
            steps = steps.where(within)
        if len(steps.source):
            self.steps.append(self._label(instance, steps))


def after(words: Words, expansion: Expansion, packing: Packing) -> tuple[Numbers, Words]:
    """Where all steps of a slice start, as places in it, and the states that they lead to."""
    rows = sum(len(steps.source) for steps in expansion.steps)
    found = np.empty((len(words), rows), np.uint64)
    first = 0
    for steps in expansion.steps:
        part = found[:, first : first + len(steps.source)]
        np.take(words, steps.source, axis=1, out=part)
        packing.replace(part, steps.changed)
        first += len(steps.source)
    sources = [steps.source for steps in expansion.steps]
    return np.concatenate(sources or [np.zeros(0, np.int64)]), found


class SliceSize:
    """How many states to expand at once, so that the steps are about as many as wanted."""

    ROWS = 1 << 18
    """Steps: some hundredths of a second."""

    FIRST = 256
    """States of the first slice."""

    def __init__(self) -> None:
        self.states = self.FIRST

    def learn(self, states: int, steps: int) -> None:
        """So many states had so many steps."""
        enough = max(1, states * self.ROWS // max(1, steps))
        self.states = min(2 * self.states, enough, self.ROWS)


def slices_after(
    tables: Tables, packing: Packing, words: Words
) -> Iterator[tuple[int, Numbers, Words]]:
    """All steps of expanded states, slice by slice: the place of the slice's first state, and for
    each step where in the slice it starts, and the state that it leads to.
    """
    size, first = SliceSize(), 0
    while first < words.shape[1]:
        here = words[:, first : first + size.states]
        source, found = after(here, tables.expand(packing.columns(here)), packing)
        yield first, source, found
        first += here.shape[1]
        size.learn(here.shape[1], len(source))


def spread(first: Numbers, count: Numbers) -> tuple[Numbers, Numbers]:
    """For ranges that start at ``first``, the number of the range and the item of each entry.

    >>> which, item = spread(np.array([7, 0, 3]), np.array([2, 0, 1]))
    >>> which.tolist(), item.tolist()
    ([0, 0, 2], [7, 8, 3])
    """
    which = np.repeat(np.arange(len(count)), count)
    starts = np.cumsum(count) - count
    return which, np.arange(len(which)) + np.repeat(first - starts, count)


def _outcome(steps: Steps) -> Numbers:
    assert steps.outcome is not None
    return steps.outcome
