"""What one instance can do: alone, or with one packet that it is offered.

This is the meaning of a written line. It depends on the instance's own state, on the packet, and,
where a guard asks, on how full the instance's outputs are; on nothing else. Engines that work on
components take their tables from here, and results are kept, since few local situations make up
many global states.
"""

from collections.abc import Iterable, Iterator

from tcpspec.model.expressions import AnyOf, Expression, questions_in
from tcpspec.model.model import (
    Assign,
    Instance,
    Kind,
    Machine,
    Reset,
    Send,
    Transition,
    values_in,
)
from tcpspec.model.types import ValueT, contains, values_of
from tcpspec.semantics.evaluate import Evaluator, Function, LocalView, answer
from tcpspec.semantics.state import LocalState, LocalStep, Packet, Reception

_SPONTANEOUS = (Kind.CALL, Kind.TIMEOUT, Kind.STEP)


class _Outcome:
    """Actions being carried out: one branch for each choice of ``any``."""

    __slots__ = ("choices", "failure", "sends", "values")

    def __init__(self, values: Iterable[ValueT]) -> None:
        self.values = list(values)
        self.sends: list[tuple[int, Packet]] = []
        self.choices: list[ValueT] = []
        self.failure: str | None = None

    def copy(self) -> "_Outcome":
        other = _Outcome(self.values)
        other.sends, other.choices = list(self.sends), list(self.choices)
        return other


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
        self.questions = {
            question
            for transition in self.machine.transitions
            for value in values_in(transition)
            for question in questions_in(value)
        }
        """What its guards and values ask its outputs: all that they know of how full these are."""
        self.asks_outputs = bool(self.questions)
        self.capacities = capacities
        self._takers = _takers(self.machine)
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

    # --- alone ---

    def spontaneous(self, local: LocalState, counts: tuple[int, ...] = ()) -> tuple[LocalStep, ...]:
        """Calls, timeouts and steps, in the order of the text, whether or not anyone makes them."""
        key = (local, counts)
        if key not in self._spontaneous:
            self._spontaneous[key] = tuple(self._spontaneous_steps(local, counts))
        return self._spontaneous[key]

    def _spontaneous_steps(self, local: LocalState, counts: tuple[int, ...]) -> Iterator[LocalStep]:
        view = LocalView(local.values, self.instance.arguments, None, counts)
        matching = [
            (transition, event)
            for transition in self.machine.of_state[local.state]
            if transition.kind in _SPONTANEOUS and self._guard_holds(transition, view)
            for event in transition.events or ("",)
        ]
        ranks: dict[tuple[Kind, str], int] = {}
        for transition, event in matching:
            key = (transition.kind, event)
            ranks[key] = min(ranks.get(key, transition.rank.value), transition.rank.value)
        for transition, event in matching:
            if transition.rank.value == ranks[transition.kind, event]:
                yield from self._take(transition, event, local, view)

    # --- with a packet ---

    def receive(
        self, local: LocalState, packet: Packet, port: int | None, counts: tuple[int, ...] = ()
    ) -> Reception:
        """What the instance can do with a packet that arrives at a port."""
        key = (local, packet, port, counts)
        if key not in self._receptions:
            self._receptions[key] = self._reception(local, packet, port, counts)
        return self._receptions[key]

    def _reception(
        self, local: LocalState, packet: Packet, port: int | None, counts: tuple[int, ...]
    ) -> Reception:
        view = LocalView(local.values, self.instance.arguments, packet, counts)
        matching = [
            transition
            for transition in self._takers.get((local.state, packet.name), ())
            if transition.port in (None, port) and self._guard_holds(transition, view)
        ]
        first = min((transition.rank.value for transition in matching), default=0)
        chosen = [transition for transition in matching if transition.rank.value == first]
        if self.machine.ordered:
            chosen = chosen[:1]
        self.overlaps.update((chosen[0], other) for other in chosen[1:])
        steps = [
            step
            for transition in chosen
            if transition.kind is not Kind.DEFER
            for step in self._take(transition, packet.name, local, view)
        ]
        return Reception(tuple(steps), any(t.kind is Kind.DEFER for t in chosen))

    # --- a written line ---

    def _guard_holds(self, transition: Transition, view: LocalView) -> bool:
        return transition.guard is None or bool(self.value(transition.guard, view))

    def _take(
        self, transition: Transition, event: str, local: LocalState, view: LocalView
    ) -> Iterator[LocalStep]:
        """Carry out the actions in order: one step, or one for each value of ``any``."""
        outcomes = [_Outcome(local.values)]
        for action in transition.actions:
            outcomes = [after for o in outcomes for after in self._act(action, o, view)]
        target = transition.target or local.state
        for outcome in outcomes:
            after = None if outcome.failure else LocalState(target, tuple(outcome.values))
            yield LocalStep(
                transition, event, tuple(outcome.choices), after, tuple(outcome.sends),
                outcome.failure,
            )  # fmt: skip

    def _act(
        self, action: Send | Assign | Reset, before: _Outcome, view: LocalView
    ) -> list[_Outcome]:
        if before.failure:
            return [before]
        seen = LocalView(before.values, view.arguments, view.packet, view.counts)
        match action:
            case Reset():
                return [self._reset(before)]
            case Assign():
                return [
                    self._assign(action, outcome, value)
                    for outcome, value in self._branches(action.value, before, seen)
                ]
        return self._send(action, before, seen)

    def _reset(self, outcome: _Outcome) -> _Outcome:
        for slot, variable in enumerate(self.machine.variables):
            if not variable.persistent:
                outcome.values[slot] = self.initial_values[slot]
        return outcome

    def _branches(
        self, value: Expression, before: _Outcome, view: LocalView
    ) -> Iterator[tuple[_Outcome, ValueT]]:
        """The value of an expression, or, for ``any``, a branch for each value of the type."""
        if not isinstance(value, AnyOf):
            yield before, self.value(value, view)
            return
        for choice in values_of(value.type):
            outcome = before.copy()
            outcome.choices.append(choice)
            yield outcome, choice

    def _assign(self, action: Assign, outcome: _Outcome, value: ValueT) -> _Outcome:
        if contains(action.type, value):
            outcome.values[action.slot] = value
        else:
            outcome.failure = f"{action.name} would be {value}, outside {action.type}"
        return outcome

    def _send(self, action: Send, before: _Outcome, view: LocalView) -> list[_Outcome]:
        branches: list[tuple[_Outcome, tuple[ValueT, ...]]] = [(before, ())]
        for expression in action.values:
            branches = [
                (after, (*values, value))
                for outcome, values in branches
                for after, value in self._branches(expression, outcome, view)
            ]
        return [self._sent(action, outcome, values) for outcome, values in branches]

    def _sent(self, action: Send, outcome: _Outcome, values: tuple[ValueT, ...]) -> _Outcome:
        for field, value in zip(action.fields, values, strict=True):
            if not contains(field.type, value):
                outcome.failure = (
                    f"{field.name} of {action.message} would be {value}, outside {field.type}"
                )
                return outcome
        outcome.sends.append((action.output, Packet(action.message, values)))
        return outcome

    def value(self, expression: Expression, view: LocalView) -> ValueT:
        """The value of an expression of this machine, as the instance sees it."""
        known = self._functions.get(id(expression))
        if known is None:
            known = expression, self._evaluator.function(expression)
            self._functions[id(expression)] = known
        value: ValueT = known[1](view)
        return value


def _takers(machine: Machine) -> dict[tuple[str, str], list[Transition]]:
    """For a state and a message the lines that may take it, in the order of the text."""
    found: dict[tuple[str, str], list[Transition]] = {}
    for state, transitions in machine.of_state.items():
        for transition in transitions:
            if transition.kind.takes_message:
                for name in dict.fromkeys(transition.events):
                    found.setdefault((state, name), []).append(transition)
    return found
