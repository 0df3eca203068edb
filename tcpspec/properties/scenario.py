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

from collections.abc import Callable, Iterator
from enum import Enum
from typing import TypeAlias

from tcpspec.explore.limits import Limits, Watch
from tcpspec.explore.run import Run, RunStep, sends_of
from tcpspec.explore.space import Limit
from tcpspec.model.model import Line, LineKind, Mark, Scenario
from tcpspec.properties.scenario_places import FATES, Fate, Fates, Place, matches
from tcpspec.properties.scenario_reasons import reasons, shows
from tcpspec.record import Record
from tcpspec.semantics.state import Packet, Step, StepKind, Successor
from tcpspec.semantics.system import TransitionSystem

Sent: TypeAlias = tuple[int, Packet, Fate | None]
"""Channel, packet and fate of a send that a line lists; None if a full channel dropped it."""


class Outcome(Enum):
    POSSIBLE = "possible"
    IMPOSSIBLE = "impossible"
    UNKNOWN = "unknown"


class Followed(Record):
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
    interrupted: bool = False

    @property
    def ok(self) -> bool:
        """Whether it came out as the specification says."""
        expected = Outcome.IMPOSSIBLE if self.scenario.impossible else Outcome.POSSIBLE
        return self.outcome is expected

    @property
    def is_unknown(self) -> bool:
        return self.outcome is Outcome.UNKNOWN


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
        self._numbers: dict[Place, int] = {}
        self._depths: list[int] = []
        self._before: list[list[int]] = []
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
                self._enter(Place(state, 0, held), 0, None)
            for number, place in enumerate(self._places):
                if self._is_shown(place):
                    run = self._first_run(self._depths[number], self._is_shown)
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

    def _enter(self, place: Place, depth: int, origin: int | None) -> None:
        """Note a place and those behind the expectations that it meets, and how to come there."""
        for behind in self._with_expectations(place):
            number = self._numbers.setdefault(behind, len(self._places))
            if number == len(self._places):
                self._places.append(behind)
                self._depths.append(depth)
                self._before.append([])
            if origin is not None and self._depths[number] == depth:
                self._before[number].append(origin)

    def _with_expectations(self, place: Place) -> Iterator[Place]:
        """A place, and the places behind the expectations that hold there."""
        yield place
        while (expected := self._expects.get(place.line)) is not None:
            if place.is_prompt or not expected(place.state):
                return
            place = place._replace(line=place.line + 1)
            yield place

    def _expand(self, number: int, place: Place) -> None:
        line = self._lines[place.line] if place.line < len(self._lines) else None
        sent = line.name if line is not None and line.kind is LineKind.SENT else None
        for successor in self._ts.successors(place.state):
            step = successor.step
            if (
                step.kind is StepKind.STEP
                and step.dropped
                and step.local is not None
                and step.local.sends[0][1].name != sent
            ):
                continue  # soon seen of most steps of whoever sends all that there is
            for after in self._behind(place, successor):
                self._enter(after, self._depths[number] + 1, number)

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
            return arrives and fate is Fate.DELAYED and matches(line, step.packet)
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
            if not matches(line, packet) or (dropped and line.mark is not Mark.LOST):
                return None
            sent.append((channel, packet, None if dropped else FATES[line.mark]))
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
            assert step.packet is not None
            assert fate is not None
            packets.remove((step.packet, fate))

    # --- the answer ---

    def _first_run(self, depth: int, is_goal: Callable[[Place], bool]) -> Run:
        """Of the shortest runs to a goal the first in the order of the specification.

        One sequence of steps may lead to several places, which differ in lines and fates: so the
        run is walked forwards with the set of places that lie on shortest runs.
        """
        useful = self._leading_to(
            n for n, p in enumerate(self._places) if self._depths[n] == depth and is_goal(p)
        )
        start = next(n for n in sorted(useful) if self._depths[n] == 0)
        state = initial = self._places[start].state
        here = [n for n in useful if self._depths[n] == 0 and self._places[n].state == state]
        steps: list[RunStep] = []
        while len(steps) < depth:
            for successor in self._ts.successors(state):
                there = {n for n in self._after(here, successor) if n in useful}
                there = {n for n in there if self._depths[n] == len(steps) + 1}
                if there and successor.state is not None:
                    here, state = list(there), successor.state
                    steps.append(RunStep(successor.step, state))
                    break
        return Run(self._ts.system, initial, tuple(steps))

    def _leading_to(self, goals: Iterator[int]) -> set[int]:
        """All places on shortest runs to these."""
        found: set[int] = set()
        todo = list(goals)
        while todo:
            number = todo.pop()
            if number not in found:
                found.add(number)
                todo += self._before[number]
        return found

    def _after(self, here: list[int], successor: Successor) -> Iterator[int]:
        """The places behind one step from any of these."""
        for number in here:
            for place in self._behind(self._places[number], successor):
                for behind in self._with_expectations(place):
                    if behind in self._numbers:
                        yield self._numbers[behind]

    def _not_shown(self, limit: Limit | None) -> Followed:
        """A place behind the most lines: why not further, and what could happen instead."""
        if not self._places:  # interrupted before anything was looked at
            state = self._ts.initial_states()[0]
            self._enter(Place(state, 0, tuple(() for _ in state.channels)), 0, None)
        most = max(place.line for place in self._places)
        furthest = [n for n, place in enumerate(self._places) if place.line == most]
        calm = [n for n in furthest if not self._places[n].is_prompt]
        number = (calm or furthest)[0]
        place = self._places[number]
        rests_on = [f"the search {limit.end}"] if limit else []
        rests_on += ["a bound or an error ends the run"] if self._cut else []
        outcome = Outcome.UNKNOWN if rests_on else Outcome.IMPOSSIBLE
        instead = dict.fromkeys(
            shows(self._ts, successor.step) for successor in self._ts.successors(place.state)
        )
        run = self._first_run(self._depths[number], lambda other: other == place)
        return Followed(
            self._scenario, outcome, run, most, tuple(reasons(self._ts, self._scenario, place)),
            tuple(instead), tuple(rests_on), limit is Limit.INTERRUPTED,
        )  # fmt: skip
