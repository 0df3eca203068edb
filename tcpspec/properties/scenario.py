"""Scenarios: is there a run that shows exactly what is listed?

The search is breadth first over pairs of a global state and a place in the scenario. Every packet
on its way has a fate, which is what its line says of it:

* *prompt*, nothing behind it: it is received before anything else that is listed happens. While
  one is on its way, no call, timeout or delayed arrival is shown; the step that receives it may
  show the next lines by what it sends.
* *lost*: a full channel drops it, or a fault loses it before the scenario ends.
* *delayed*: it arrives where a line says so, as often as lines say so, or is on its way at the end.
  What a channel holds at the start is delayed.

A step shows a call, a timeout or the arrival of a delayed packet, and then what it sends; the lines
that it shows follow each other. Steps of the machine's own without sends, receptions of prompt
packets without answers, and losses of lost packets show nothing. ``expect`` is judged when no
prompt packet is on its way.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple, TypeAlias

from tcpspec.explore.limits import Limits, Watch
from tcpspec.explore.run import Run, RunStep, describe, sends_of
from tcpspec.explore.space import Limit
from tcpspec.model.model import Line, LineKind, Mark, Scenario
from tcpspec.properties.explain import why, why_no_event
from tcpspec.semantics.show import show_packet
from tcpspec.semantics.state import GlobalState, Packet, Step, StepKind, Successor
from tcpspec.semantics.system import TransitionSystem


class Fate(Enum):
    """What is to become of a packet on its way."""

    PROMPT = "prompt"
    LOST = "lost"
    DELAYED = "delayed"


_FATES = {None: Fate.PROMPT, Mark.LOST: Fate.LOST, Mark.DELAYED: Fate.DELAYED}

Fates: TypeAlias = tuple[tuple[Fate, ...], ...]
"""For each channel the fate of each of its packets, in the order of the contents."""

Sent: TypeAlias = tuple[int, Packet, Fate | None]
"""Channel, packet and fate of a send that a line lists; None if a full channel dropped it."""


class Place(NamedTuple):
    """A state, how many lines have been shown, and the fates of the packets on their way."""

    state: GlobalState
    line: int
    fates: Fates

    @property
    def is_prompt(self) -> bool:
        """Whether some packet must be received before anything else that is listed."""
        return any(Fate.PROMPT in fates for fates in self.fates)


class Outcome(Enum):
    POSSIBLE = "possible"
    IMPOSSIBLE = "impossible"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Followed:
    """How a scenario came out: the first shortest run that shows it, or how far one can follow.

    Where it is not possible, ``run`` shows the first ``lines`` lines, and no run shows more;
    ``reasons`` say why the next line cannot be shown, ``instead`` what could happen there.
    """

    scenario: Scenario
    outcome: Outcome
    run: Run
    lines: int
    reasons: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()
    rests_on: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether it came out as the specification says."""
        expected = Outcome.IMPOSSIBLE if self.scenario.impossible else Outcome.POSSIBLE
        return self.outcome is expected


def follow(ts: TransitionSystem, scenario: Scenario, limits: Limits | None = None) -> Followed:
    """The first shortest run that shows a scenario, or how far one can follow it."""
    return _Search(ts, scenario, limits or Limits()).run()


class _Search:
    """One breadth-first search; places are numbered in the order in which they are found."""

    def __init__(self, ts: TransitionSystem, scenario: Scenario, limits: Limits) -> None:
        self._ts = ts
        self._scenario = scenario
        self._lines = scenario.lines
        self._limits = limits
        self._watch = Watch(limits, None)
        self._places: list[Place] = []
        self._origins: dict[Place, tuple[int, Step | None]] = {}
        self._cut = False
        self._expects = {
            number: ts.predicate(line.predicate)
            for number, line in enumerate(scenario.lines)
            if line.predicate is not None
        }

    def run(self) -> Followed:
        limit = None
        try:
            for state in self._ts.initial_states():
                held = tuple((Fate.DELAYED,) * len(packets) for packets in state.channels)
                self._enter(Place(state, 0, held), -1, None)
            for number, place in enumerate(self._places):
                if self._is_shown(place):
                    run = self._run_to(number)
                    return Followed(self._scenario, Outcome.POSSIBLE, run, place.line)
                limit = self._limit(number)
                if limit is not None:
                    break
                self._expand(number, place)
        except KeyboardInterrupt:
            limit = Limit.INTERRUPTED
        return self._not_shown(limit)

    def _limit(self, number: int) -> Limit | None:
        known = len(self._places)
        if self._limits.max_states is not None and known > self._limits.max_states:
            return Limit.STATES
        return self._watch.look(known, 0, 0, known - number) if number % 256 == 0 else None

    def _is_shown(self, place: Place) -> bool:
        """Every line was shown, and what is on its way is delayed."""
        rest = {fate for fates in place.fates for fate in fates}
        return place.line == len(self._lines) and rest <= {Fate.DELAYED}

    def _enter(self, place: Place, origin: int, step: Step | None) -> None:
        """Note a new place, and those behind the expectations that it meets."""
        while place not in self._origins:
            number = len(self._places)
            self._origins[place] = (origin, step)
            self._places.append(place)
            expected = self._expects.get(place.line)
            if expected is None or place.is_prompt or not expected(place.state):
                return
            place, origin, step = place._replace(line=place.line + 1), number, None

    def _expand(self, number: int, place: Place) -> None:
        for successor in self._ts.successors(place.state):
            for after in self._behind(place, successor):
                self._enter(after, number, successor.step)

    # --- what a step shows ---

    def _behind(self, place: Place, successor: Successor) -> Iterator[Place]:
        """The places behind a step, if what it shows is what is listed; one for each fate."""
        step = successor.step
        for fate in self._fates_of(place, step):
            line = self._event(place, step, fate)
            sent = None if line is None else self._sends(line, step)
            if line is None or sent is None:
                continue
            if successor.state is None:
                self._cut = True  # a bound or an error ends the run at a step that was wanted
                continue
            fates = self._fates_after(place, step, fate, sent)
            yield Place(successor.state, line + len(sent), fates)

    def _fates_of(self, place: Place, step: Step) -> list[Fate | None]:
        """The fates that the packet of a step may have; equal ones in a bag may have several."""
        if step.channel is None or step.position is None:
            return [None]
        fates = place.fates[step.channel]
        if self._ts.system.channels[step.channel].ordered:
            return [fates[step.position]]
        contents = place.state.channels[step.channel]
        equal = (f for p, f in zip(contents, fates, strict=True) if p == step.packet)
        return list(dict.fromkeys(equal))

    def _event(self, place: Place, step: Step, fate: Fate | None) -> int | None:
        """The line behind the event of a step, None if it may not happen now."""
        if step.kind is StepKind.LOSS:
            return place.line if fate is Fate.LOST else None
        if step.kind is StepKind.RECEIVE and fate is Fate.PROMPT:
            return place.line
        if step.kind is StepKind.STEP and not (step.local and step.local.sends):
            return place.line
        if place.is_prompt:
            return None
        if step.kind is StepKind.STEP:
            return place.line
        if place.line < len(self._lines) and self._lists(self._lines[place.line], step, fate):
            return place.line + 1
        return None

    def _lists(self, line: Line, step: Step, fate: Fate | None) -> bool:
        """Whether a line lists the call, the timeout or the delayed arrival of a step."""
        if step.packet is not None:
            arrives = line.kind is LineKind.ARRIVES and line.channel == step.channel
            return arrives and fate is Fate.DELAYED and _matches(line, step.packet)
        assert step.local is not None
        same = line.instance == step.instance and line.name == step.local.event
        return same and line.kind.value == step.kind.value

    def _sends(self, first: int, step: Step) -> list[Sent] | None:
        """The sends of a step, each with the fate that its line says; None if not as listed."""
        sent: list[Sent] = []
        for number, (channel, packet, dropped) in enumerate(sends_of(self._ts.system, step), first):
            line = self._lines[number] if number < len(self._lines) else None
            if line is None or line.kind is not LineKind.SENT or line.channel != channel:
                return None
            if not _matches(line, packet) or (dropped and line.mark is not Mark.LOST):
                return None
            sent.append((channel, packet, None if dropped else _FATES[line.mark]))
        return sent

    def _fates_after(self, place: Place, step: Step, fate: Fate | None, sent: list[Sent]) -> Fates:
        """The fates of all packets behind a step, in the order of the contents behind it."""
        tagged = [
            list(zip(contents, fates, strict=True))
            for contents, fates in zip(place.state.channels, place.fates, strict=True)
        ]
        if step.channel is not None and step.kind is not StepKind.DUPLICATION:
            self._take(tagged[step.channel], step, fate)
        for channel, packet, new in sent:
            if new is not None:
                tagged[channel].append((packet, new))
        for channel, model in enumerate(self._ts.system.channels):
            if not model.ordered:
                tagged[channel].sort(key=lambda item: (item[0], item[1].value))
        return tuple(tuple(fate for _, fate in packets) for packets in tagged)

    def _take(self, packets: list[tuple[Packet, Fate]], step: Step, fate: Fate | None) -> None:
        """Take out the packet of a step: of equal ones in a bag one with this fate."""
        assert step.channel is not None
        assert step.position is not None
        if self._ts.system.channels[step.channel].ordered:
            del packets[step.position]
        else:
            packets.remove((step.packet, fate))  # type: ignore[arg-type]

    # --- the answer ---

    def _run_to(self, number: int) -> Run:
        """The run to a place; a step that only meets an expectation is none."""
        steps: list[RunStep] = []
        origin, step = self._origins[self._places[number]]
        while origin >= 0:
            if step is not None:
                steps.append(RunStep(step, self._places[number].state))
            number = origin
            origin, step = self._origins[self._places[number]]
        return Run(self._ts.system, self._places[number].state, tuple(reversed(steps)))

    def _not_shown(self, limit: Limit | None) -> Followed:
        """The first place behind the most lines: why not further, and what could happen instead."""
        most = max((place.line for place in self._places), default=0)
        number = next(n for n, place in enumerate(self._places) if place.line == most)
        place = self._places[number]
        rests_on = [f"the search stopped at {limit}"] if limit else []
        rests_on += ["a bound or an error ends the run"] if self._cut else []
        outcome = Outcome.UNKNOWN if rests_on else Outcome.IMPOSSIBLE
        instead = dict.fromkeys(
            shows(self._ts, successor.step) for successor in self._ts.successors(place.state)
        )
        reasons = _reasons(self._ts, self._scenario, place)
        return Followed(
            self._scenario, outcome, self._run_to(number), most, tuple(reasons), tuple(instead),
            tuple(rests_on),
        )  # fmt: skip


def _matches(line: Line, packet: Packet) -> bool:
    """Whether a line names this packet; fields that it does not name are free."""
    return line.name == packet.name and all(packet.values[s] == v for s, v in line.pattern)


# --- why not -------------------------------------------------------------------------------


def shows(ts: TransitionSystem, step: Step) -> str:
    """A step, and the messages that it sends, as lines of a scenario would list them."""
    sent = [
        f"{ts.system.channels[channel].name}: {show_packet(ts.system.messages, packet)}"
        + (" lost" if dropped else "")
        for channel, packet, dropped in sends_of(ts.system, step)
    ]
    return "; ".join([describe(ts.system, step), *sent])


def _reasons(ts: TransitionSystem, scenario: Scenario, place: Place) -> Iterator[str]:
    """Why the next line cannot be shown; or, behind the last line, what is not as it should be."""
    if place.line < len(scenario.lines):
        line = scenario.lines[place.line]
        yield f"line {place.line + 1} cannot be shown: {line.text}"
    pending = list(_pending(ts, place, len(scenario.lines)))
    yield from pending
    if not pending and place.line < len(scenario.lines):
        yield from _why_line(ts, scenario, place)


def _pending(ts: TransitionSystem, place: Place, lines: int) -> Iterator[str]:
    """Packets that must arrive first; behind the last line, also those that must be lost."""
    for number, (contents, fates) in enumerate(zip(place.state.channels, place.fates, strict=True)):
        for packet, fate in zip(contents, fates, strict=True):
            what = f"{ts.system.channels[number].name}: {show_packet(ts.system.messages, packet)}"
            if fate is Fate.PROMPT:
                yield f"{what} must be received first{_instead_of(ts, place, number, packet)}"
            elif fate is Fate.LOST and place.line == lines:
                yield f"{what} must be lost, and cannot be"


def _instead_of(ts: TransitionSystem, place: Place, channel: int, packet: Packet) -> str:
    """What the receipt of a packet would show, or that it cannot be received."""
    receipts = [
        successor.step
        for successor in ts.successors(place.state)
        if successor.step.kind is StepKind.RECEIVE
        and (successor.step.channel, successor.step.packet) == (channel, packet)
    ]
    if not receipts:
        return ", and cannot be"
    return ", which shows " + " or ".join(shows(ts, step) for step in receipts)


def _why_line(ts: TransitionSystem, scenario: Scenario, place: Place) -> Iterator[str]:
    line = scenario.lines[place.line]
    match line.kind:
        case LineKind.EXPECT:
            assert line.predicate is not None
            yield from why(ts, line.predicate, place.state, value=False)
        case LineKind.CALL | LineKind.TIMEOUT:
            rest = scenario.lines[place.line + 1 :]
            yield from _why_no_event(ts, line, rest[0] if rest else None, place)
        case LineKind.ARRIVES:
            yield from _why_no_arrival(ts, line, place)
        case LineKind.SENT:
            yield from _why_not_sent(ts, line, place)


def _why_no_event(
    ts: TransitionSystem, line: Line, following: Line | None, place: Place
) -> Iterator[str]:
    """Either the event cannot happen, or it sends something else than the lines behind list."""
    steps = [
        successor.step
        for successor in ts.successors(place.state)
        if successor.step.instance == line.instance
        and successor.step.local is not None
        and (successor.step.kind.value, successor.step.local.event) == (line.kind.value, line.name)
    ]
    next_line = f"the next line is: {following.text}" if following else "no line follows"
    for step in steps:
        yield f"it shows {shows(ts, step)}; {next_line}"
    if not steps:
        assert line.instance is not None
        yield from why_no_event(ts, place.state, line.instance, line.kind.value, line.name)


def _why_no_arrival(ts: TransitionSystem, line: Line, place: Place) -> Iterator[str]:
    assert line.channel is not None
    contents = place.state.channels[line.channel]
    if not any(_matches(line, packet) for packet in contents):
        held = ", ".join(show_packet(ts.system.messages, packet) for packet in contents)
        yield f"no such message is on its way there, but {held or 'nothing'}"
        return
    for _, packet, reception in ts.offers(place.state, line.channel):
        if _matches(line, packet):
            what = "has no rule for it" if not reception.specified else "cannot take it now"
            yield f"{ts.system.instances[ts.system.channels[line.channel].receiver].name} {what}"
            return
    yield "other messages are before it"


def _why_not_sent(ts: TransitionSystem, line: Line, place: Place) -> Iterator[str]:
    """Steps that send the message with other fields, or lose it, are near misses."""
    near = False
    for successor in ts.successors(place.state):
        for channel, packet, dropped in sends_of(ts.system, successor.step):
            if channel == line.channel and packet.name == line.name:
                near = True
                shown = show_packet(ts.system.messages, packet)
                lost = ", lost because the channel is full" if dropped else ""
                yield f"{describe(ts.system, successor.step)} would send {shown}{lost}"
    if not near:
        yield "no step that is possible here sends this message"
