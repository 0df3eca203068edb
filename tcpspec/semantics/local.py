"""What one instance can do: alone, or with one packet that it is offered.

This is the meaning of a written line. It depends on the instance's own state, on the packet, and,
where a guard asks, on how full the instance's outputs are; on nothing else. Engines that work on
components take their tables from here, and results are kept, since few local situations make up
many global states.
"""

from collections.abc import Sequence
from functools import cached_property

from tcpspec.model.expressions import Expression, OfOutput
from tcpspec.model.model import Instance, Kind, Transition
from tcpspec.model.types import ValueT
from tcpspec.semantics.candidates import Candidates
from tcpspec.semantics.evaluate import Evaluator, Function, LocalView, answer
from tcpspec.semantics.lines import Line
from tcpspec.semantics.state import LocalState, LocalStep, Packet, Reception

NOTHING = Reception((), deferred=False)
"""No rule matches."""

_SPONTANEOUS = (Kind.CALL, Kind.TIMEOUT, Kind.STEP)


class LocalRules:
    """The local steps of one instance. ``capacities`` are those of its outputs."""

    def __init__(
        self, instance: Instance, capacities: tuple[int, ...], half_way: set[Expression]
    ) -> None:
        self.instance = instance
        self.machine = instance.machine
        self._evaluator = Evaluator(capacities, half_way)
        self._functions: dict[int, tuple[Expression, Function]] = {}
        """By identity; the expression is kept, so that its identity stays its own."""
        self._spontaneous: dict[tuple[LocalState, tuple[int, ...]], tuple[LocalStep, ...]] = {}
        self._receptions: dict[
            tuple[LocalState, Packet, int | None, tuple[int, ...]], Reception
        ] = {}
        self._candidates: dict[tuple[str, str, int | None, tuple[int, ...]], Candidates] = {}
        self._candidates_alone: dict[tuple[str, tuple[int, ...]], Candidates] = {}
        asked = self.machine.questions
        self.questions = set[OfOutput]().union(*asked.values())
        """What its guards and values ask its outputs: all that they know of how full these are."""
        self.asks_outputs = bool(self.questions)
        self.asks_alone = any(asked.get(kind) for kind in _SPONTANEOUS)
        """Whether lines that need no message do so."""
        self.capacities = capacities
        self.overlaps: set[tuple[Transition, Transition]] = set()
        """Pairs of rules that matched one packet in one local state so far."""
        self.initial_values = self._initial_values()

    @property
    def likeness(self) -> tuple[object, ...]:
        """Instances with the same can do the same in the same local state."""
        return self.machine, self.instance.arguments, self.capacities

    # --- the start ---

    def _initial_values(self) -> tuple[ValueT, ...]:
        view = LocalView((), self.instance.arguments, None, ())
        return tuple(self.value(v.initial, view) for v in self.machine.variables)

    @property
    def initial(self) -> LocalState:
        return LocalState(self.machine.initial.name, self.initial_values)

    def alike(self, output: int, count: int) -> int:
        """The lowest number of packets in an output of which all questions say what they say of
        this one: what the instance can do is the same.
        """
        questions = [q.question for q in self.questions if q.output == output]
        replies = [answer(question, self.capacities[output]) for question in questions]
        told = [reply(count) for reply in replies]
        return next(n for n in range(count + 1) if [reply(n) for reply in replies] == told)

    @cached_property
    def _lines(self) -> dict[str, list[Line]]:
        """The lines of each state, in the order of the text."""
        lines = {
            transition: Line(
                transition, self.machine, self.initial_values, self._evaluator.function
            )
            for transition in self.machine.transitions
        }
        return {state: [lines[t] for t in ts] for state, ts in self.machine.of_state.items()}

    @cached_property
    def _alone(self) -> dict[str, list[tuple[Line, str]]]:
        """Those that need no message, once for each event."""
        return {
            state: [
                (line, event)
                for line in lines
                if line.transition.kind in _SPONTANEOUS
                for event in line.transition.events or ("",)
            ]
            for state, lines in self._lines.items()
        }

    @cached_property
    def _takers(self) -> dict[tuple[str, str], list[Line]]:
        """Those of a state that may take a message."""
        found: dict[tuple[str, str], list[Line]] = {}
        for state, lines in self._lines.items():
            for line in lines:
                if line.transition.kind.takes_message:
                    for name in dict.fromkeys(line.transition.events):
                        found.setdefault((state, name), []).append(line)
        return found

    # --- alone ---

    def spontaneous(self, local: LocalState, counts: tuple[int, ...] = ()) -> tuple[LocalStep, ...]:
        """Calls, timeouts and steps, in the order of the text, whether or not anyone makes them."""
        key = (local, counts)
        if key not in self._spontaneous:
            self._spontaneous[key] = self.steps_alone(local, counts)
        return self._spontaneous[key]

    def steps_alone(self, local: LocalState, counts: tuple[int, ...]) -> tuple[LocalStep, ...]:
        """The same for those who keep results themselves."""
        return self.steps_of(self.candidates_alone(local.state, counts), local, counts)

    def steps_of(
        self, candidates: Candidates, local: LocalState, counts: tuple[int, ...]
    ) -> tuple[LocalStep, ...]:
        """The same for those who know the lines that may apply."""
        view = LocalView(local.values, self.instance.arguments, None, counts)
        steps: list[LocalStep] = []
        for line, event in _applying(candidates, view):
            steps += line.take(event, local, view)
        return tuple(steps)

    def lines_alone(self, state: str, view: LocalView) -> list[tuple[Line, str]]:
        """The lines that apply, each with its event: their guards hold, and none goes before."""
        return _applying(self.candidates_alone(state, view.counts), view)

    def candidates_alone(self, state: str, counts: tuple[int, ...]) -> Candidates:
        """The lines that may apply, as far as the counts say."""
        key = (state, counts)
        candidates = self._candidates_alone.get(key)
        if candidates is None:
            view = LocalView((), (), None, counts)
            pairs = [one for one in self._alone[state] if one[0].may_match(view)]
            candidates = self._candidates_alone[key] = Candidates(pairs, self.machine)
        return candidates

    # --- with a packet ---

    def receive(
        self, local: LocalState, packet: Packet, port: int | None, counts: tuple[int, ...] = ()
    ) -> Reception:
        """What the instance can do with a packet that arrives at a port."""
        key = (local, packet, port, counts)
        if key not in self._receptions:
            self._receptions[key] = self.reception(local, packet, port, counts)
        return self._receptions[key]

    def reception(
        self, local: LocalState, packet: Packet, port: int | None, counts: tuple[int, ...]
    ) -> Reception:
        """The same for those who keep results themselves."""
        candidates = self.candidates(packet.name, local.state, port, counts)
        return self.reception_by(candidates, local, packet, counts)

    def reception_by(
        self, candidates: Candidates, local: LocalState, packet: Packet, counts: tuple[int, ...]
    ) -> Reception:
        """The same for those who know the lines that may apply."""
        if not candidates.lines:
            return NOTHING
        view = LocalView(local.values, self.instance.arguments, packet, counts)
        matching = self._matching(candidates.lines, view)
        if len(matching) == 1 and not matching[0].defers:
            return Reception(matching[0].take(packet.name, local, view), deferred=False)
        for other in matching[1:]:
            self.overlaps.add((matching[0].transition, other.transition))
        steps = [
            step
            for line in matching
            if not line.defers
            for step in line.take(packet.name, local, view)
        ]
        return Reception(tuple(steps), any(line.defers for line in matching))

    def lines_for(
        self, packet: Packet, state: str, port: int | None, view: LocalView
    ) -> Sequence[Line]:
        """The lines that apply to a packet that arrives at a port, those that defer it included."""
        return self._matching(self.candidates(packet.name, state, port, view.counts).lines, view)

    def candidates(
        self, name: str, state: str, port: int | None, counts: tuple[int, ...]
    ) -> Candidates:
        """The lines that may apply to a packet, as far as its name and the counts say."""
        key = (state, name, port, counts)
        candidates = self._candidates.get(key)
        if candidates is None:
            view = LocalView((), (), Packet(name, ()), counts)
            pairs = [
                (line, name)
                for line in self._takers.get((state, name), ())
                if line.port in (None, port) and line.may_match(view)
            ]
            candidates = self._candidates[key] = Candidates(pairs, self.machine)
        return candidates

    def _matching(self, candidates: Sequence[Line], view: LocalView) -> Sequence[Line]:
        """Those of them that do apply, and before which no other goes."""
        matching = [line for line in candidates if line.matches(view)]
        if len(matching) > 1:
            first = min(line.rank for line in matching)
            matching = [line for line in matching if line.rank == first]
            if self.machine.ordered:
                matching = matching[:1]
        return matching

    # --- values ---

    def value(self, expression: Expression, view: LocalView) -> ValueT:
        """The value of an expression of this machine, as the instance sees it."""
        known = self._functions.get(id(expression))
        if known is None:
            known = expression, self._evaluator.function(expression)
            self._functions[id(expression)] = known
        value: ValueT = known[1](view)
        return value


def _applying(candidates: Candidates, view: LocalView) -> list[tuple[Line, str]]:
    """Those of the lines that need no message that do apply, and before which no other goes."""
    matching = [one for one in candidates.pairs if one[0].matches(view)]
    for line, _ in matching:
        if line.rank:
            return _first_ranks(matching)
    return matching


def _first_ranks(matching: list[tuple[Line, str]]) -> list[tuple[Line, str]]:
    """Of the lines that match one event, those of the first rank."""
    ranks: dict[tuple[Kind, str], int] = {}
    for line, event in matching:
        key = (line.transition.kind, event)
        ranks[key] = min(ranks.get(key, line.rank), line.rank)
    return [one for one in matching if one[0].rank == ranks[one[0].transition.kind, one[1]]]
