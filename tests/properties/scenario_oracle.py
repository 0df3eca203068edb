"""What a run shows, said again: a whole run against a whole scenario, straight from the text.

There is no search over fates here. A run is taken as it is; each message of it gets a name of its
own; the lines of a scenario are laid beside what the run shows; and the rules are asked one by one.
``oracle`` then tries all runs, shortest first, in the order of the specification.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from tcpspec.explore.run import Run, RunStep, sends_of
from tcpspec.model.model import Line, LineKind, Mark, Scenario
from tcpspec.semantics.state import GlobalState, Packet, Step, StepKind
from tcpspec.semantics.system import TransitionSystem

HAPPENS_BY_ITSELF = (StepKind.CALL, StepKind.TIMEOUT)
ARRIVALS = (StepKind.RECEIVE, StepKind.DUPLICATION)


@dataclass
class Message:
    """One message of a run. Times count the steps from 1; what is held at the start has time 0."""

    channel: int
    packet: Packet
    sent: int
    dropped: bool = False
    number: int | None = None
    """Which of the sends of the run it is; None for what is held at the start."""
    arrivals: list[tuple[int, StepKind]] = field(default_factory=list)
    lost: int | None = None

    def copy(self) -> "Message":
        return Message(
            self.channel, self.packet, self.sent, self.dropped, self.number, list(self.arrivals),
            self.lost,
        )  # fmt: skip


History = list[Message]


def histories(ts: TransitionSystem, run: Run) -> Iterator[History]:
    """Which message each step takes: of equal ones in a bag it may be any."""
    held = [
        Message(channel, packet, 0)
        for channel, packets in enumerate(run.initial.channels)
        for packet in packets
    ]
    yield from _histories(ts, run, 0, held, list(range(len(held))))


def _histories(
    ts: TransitionSystem, run: Run, done: int, messages: History, under_way: list[int]
) -> Iterator[History]:
    if done == len(run.steps):
        yield messages
        return
    step, time = run.steps[done].step, done + 1
    for taken in _candidates(ts, step, messages, under_way):
        after, rest = [message.copy() for message in messages], list(under_way)
        if taken is not None:
            if step.kind is StepKind.LOSS:
                after[taken].lost = time
            else:
                after[taken].arrivals.append((time, step.kind))
            if step.kind is not StepKind.DUPLICATION:
                rest.remove(taken)
        for channel, packet, dropped in sends_of(ts.system, step):
            number = sum(message.number is not None for message in after)
            if not dropped:
                rest.append(len(after))
            after.append(Message(channel, packet, time, dropped, number))
        yield from _histories(ts, run, done + 1, after, rest)


def _candidates(
    ts: TransitionSystem, step: Step, messages: History, under_way: list[int]
) -> list[int] | list[None]:
    if step.channel is None or step.position is None:
        return [None]
    there = [number for number in under_way if messages[number].channel == step.channel]
    if ts.system.channels[step.channel].ordered:
        return [there[step.position]]
    return [number for number in there if messages[number].packet == step.packet]


# --- does this run show this scenario? -----------------------------------------------------


def shows(ts: TransitionSystem, run: Run, scenario: Scenario, *, strict: bool = False) -> bool:
    """Whether a run shows exactly what is listed.

    ``strict`` takes "before anything else that is listed happens" by the letter: also the answer to
    another message of the same step is such a thing.
    """
    return any(_Reading(ts, run, scenario, h, strict).holds() for h in histories(ts, run))


@dataclass
class _Item:
    """Something that a run shows, and when."""

    time: int
    kind: LineKind
    step: Step
    channel: int | None = None
    packet: Packet | None = None


class _Reading:
    """One run, with one history of its messages, against one scenario."""

    def __init__(
        self, ts: TransitionSystem, run: Run, scenario: Scenario, messages: History, strict: bool
    ) -> None:
        self._ts, self._run, self._lines, self._messages = ts, run, scenario.lines, messages
        self._strict = strict
        self._sent_lines = [line for line in self._lines if line.kind is LineKind.SENT]

    def holds(self) -> bool:
        if sum(m.number is not None for m in self._messages) != len(self._sent_lines):
            return False
        items = list(self._items())
        times = self._times(items)
        if times is None or not all(self._fate_is_as_listed(m, items) for m in self._messages):
            return False
        return self._expectations_hold(times)

    def _line_of(self, message: Message) -> Line | None:
        """The n-th line of a message lists the n-th message that the run sends."""
        return None if message.number is None else self._sent_lines[message.number]

    def _mark(self, message: Message) -> Mark | None:
        """What a channel holds is delayed."""
        line = self._line_of(message)
        return Mark.DELAYED if line is None else line.mark

    # what is shown

    def _items(self) -> Iterator[_Item]:
        """Calls, timeouts, arrivals of delayed messages, and everything that is sent."""
        for time, run_step in enumerate(self._run.steps, 1):
            step = run_step.step
            if step.kind in HAPPENS_BY_ITSELF:
                yield _Item(time, LineKind(step.kind.value), step)
            for message in self._messages:
                arrives = any(when == time for when, _ in message.arrivals)
                if arrives and self._mark(message) is Mark.DELAYED:
                    yield _Item(time, LineKind.ARRIVES, step, message.channel, message.packet)
            for message in self._messages:
                if message.number is not None and message.sent == time:
                    yield _Item(time, LineKind.SENT, step, message.channel, message.packet)

    def _times(self, items: list[_Item]) -> list[int | None] | None:
        """When each line is shown (None for expectations); None if it is not what is listed."""
        if len(items) != sum(line.kind is not LineKind.EXPECT for line in self._lines):
            return None
        left = iter(items)
        times: list[int | None] = []
        for line in self._lines:
            item = None if line.kind is LineKind.EXPECT else next(left)
            if item is not None and not _lists(line, item):
                return None
            times.append(item.time if item is not None else None)
        return times

    # what becomes of the messages

    def _fate_is_as_listed(self, message: Message, items: list[_Item]) -> bool:
        mark = self._mark(message)
        if mark is Mark.LOST:
            return (message.dropped or message.lost is not None) and not message.arrivals
        if message.dropped or message.lost is not None:
            return False
        if mark is Mark.DELAYED:
            return True  # its arrivals are items
        if len(message.arrivals) != 1 or message.arrivals[0][1] is not StepKind.RECEIVE:
            return False
        received = message.arrivals[0][0]
        return not any(
            message.sent < item.time < received and self._is_something_else(item) for item in items
        )

    def _is_something_else(self, item: _Item) -> bool:
        """Whether an item may not come between a message and its receipt."""
        return self._strict or item.kind is not LineKind.SENT or not self._is_answer(item)

    def _is_answer(self, item: _Item) -> bool:
        """Whether it is sent in the receipt of a message that has nothing behind it."""
        return any(
            (item.time, StepKind.RECEIVE) in message.arrivals and self._mark(message) is None
            for message in self._messages
        )

    # expectations

    def _expectations_hold(self, times: list[int | None]) -> bool:
        """Each in a state between the lines around it, none of which is left before an earlier."""
        states = self._run.states()
        earliest = 0
        for number, line in enumerate(self._lines):
            time = times[number]
            if time is not None:
                earliest = time
                continue
            following = [when for when in times[number:] if when is not None]
            latest = following[0] - 1 if following else len(states) - 1
            assert line.predicate is not None
            holds = self._ts.predicate(line.predicate)
            good = (
                when
                for when in range(earliest, latest + 1)
                if holds(states[when]) and not self._is_awaited(when)
            )
            found = next(good, None)
            if found is None:
                return False
            earliest = found
        return True

    def _is_awaited(self, when: int) -> bool:
        """Whether a message with nothing behind it is on its way in this state."""
        return any(
            message.sent <= when < message.arrivals[0][0]
            for message in self._messages
            if self._mark(message) is None
        )


def _lists(line: Line, item: _Item) -> bool:
    if line.kind is not item.kind:
        return False
    if item.packet is not None:
        return line.channel == item.channel and _names(line, item.packet)
    assert item.step.local is not None
    return (line.instance, line.name) == (item.step.instance, item.step.local.event)


def _names(line: Line, packet: Packet) -> bool:
    return packet.name == line.name and all(
        packet.values[slot] == value for slot, value in line.pattern
    )


# --- all runs ------------------------------------------------------------------------------


@dataclass
class Answer:
    """The first run that shows a scenario, among all up to ``complete`` steps."""

    run: Run | None
    complete: int


def oracle(
    ts: TransitionSystem, scenario: Scenario, longest: int, most: int, *, strict: bool = False
) -> Answer:
    """All runs up to a length, shortest first; fewer where there are too many."""
    runs = [Run(ts.system, state, ()) for state in ts.initial_states()]
    for length in range(longest + 1):
        for run in runs:
            if shows(ts, run, scenario, strict=strict):
                return Answer(run, length)
        if length == longest or len(runs) > most:
            return Answer(None, length)
        runs = [after for run in runs for after in _longer(ts, run) if _may_show(after, scenario)]
    raise AssertionError


def _longer(ts: TransitionSystem, run: Run) -> Iterator[Run]:
    last: GlobalState = run.last
    for step, state, _ in ts.successors(last):
        if state is not None:
            yield Run(ts.system, run.initial, (*run.steps, RunStep(step, state)))


def _may_show(run: Run, scenario: Scenario) -> bool:
    """No run goes on from one with more calls, timeouts, messages, arrivals or losses than listed.

    This only keeps their number down: calls, timeouts and messages cannot be hidden.
    """
    listed = [(line.kind.value, line.name) for line in scenario.lines]
    wanted = [one for one in listed if one[0] in ("call", "timeout", "sent")]
    shown: list[tuple[str, str]] = []
    arrivals = losses = 0
    for run_step in run.steps:
        step = run_step.step
        if step.kind in HAPPENS_BY_ITSELF and step.local:
            shown.append((step.kind.value, step.local.event))
        arrivals += step.kind in ARRIVALS
        losses += step.kind is StepKind.LOSS
        shown += [("sent", packet.name) for _, packet, _ in sends_of(run.system, step)]
    marks = [line.mark for line in scenario.lines if line.kind is LineKind.SENT]
    most = marks.count(None) + sum(kind == "arrives" for kind, _ in listed)
    within = arrivals <= most and losses <= marks.count(Mark.LOST)
    return within and shown == wanted[: len(shown)]
