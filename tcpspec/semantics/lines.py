"""Written lines as functions: whether a guard holds, and what the actions do, in order.

Each line is looked at once; carrying it out then takes some microseconds. Few local situations make
up many global states, but the interpreter fills a table entry for each of them.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import TypeAlias

from tcpspec.model.expressions import AnyOf, Expression
from tcpspec.model.model import Assign, Kind, Machine, Reset, Send, Transition
from tcpspec.model.types import ValueT, contains, is_limited, values_of
from tcpspec.semantics.evaluate import Function, LocalView
from tcpspec.semantics.state import LocalState, LocalStep, Packet


class Outcome:
    """Actions being carried out: one for each choice of ``any``."""

    __slots__ = ("choices", "failure", "sends", "values")

    def __init__(self, values: Sequence[ValueT]) -> None:
        self.values = list(values)
        self.sends: list[tuple[int, Packet]] = []
        self.choices: list[ValueT] = []
        self.failure: str | None = None

    def chosen(self, choices: Sequence[ValueT]) -> "Outcome":
        """The same with choices more."""
        other = Outcome(self.values)
        other.sends, other.choices = list(self.sends), [*self.choices, *choices]
        return other


Act: TypeAlias = Callable[[Outcome, Sequence[ValueT]], None]
"""Does something with values: to the variables, or to what is sent; or says why it cannot."""


class _Action:
    """One action: the functions of its values, None for each ``any``; and what is done with them.

    ``choices`` has the values that each ``any`` may be.
    """

    __slots__ = ("act", "choices", "functions")

    def __init__(
        self, values: Sequence[Expression], function: Callable[[Expression], Function], act: Act
    ) -> None:
        self.functions = [None if isinstance(v, AnyOf) else function(v) for v in values]
        self.choices = [values_of(v.type) for v in values if isinstance(v, AnyOf)]
        self.act = act

    def branches(self, before: Outcome, view: LocalView) -> Iterator[Outcome]:
        """One outcome for each combination of choices."""
        for combination in product(*self.choices):
            outcome = before.chosen(combination)
            seen, chosen = view._replace(values=before.values), iter(combination)
            values = [next(chosen) if value is None else value(seen) for value in self.functions]
            self.act(outcome, values)
            yield outcome


class Line:
    """A transition of a machine. ``function`` makes a function of an expression."""

    __slots__ = ("_actions", "_branches", "_guard", "defers", "port", "rank", "transition")

    def __init__(
        self, transition: Transition, machine: Machine, initial: Sequence[ValueT],
        function: Callable[[Expression], Function],
    ) -> None:  # fmt: skip
        self.transition = transition
        self.rank: int = transition.rank.value
        self.port = transition.port
        self.defers = transition.kind is Kind.DEFER
        self._guard = None if transition.guard is None else function(transition.guard)
        self._actions = [_action(a, machine, initial, function) for a in transition.actions]
        self._branches = any(action.choices for action in self._actions)

    def matches(self, view: LocalView) -> bool:
        """Whether the guard holds."""
        return self._guard is None or bool(self._guard(view))

    def take(self, event: str, local: LocalState, view: LocalView) -> tuple[LocalStep, ...]:
        """Carry out the actions in order: one step, or one for each value of ``any``."""
        if self._branches:
            outcomes = [Outcome(local.values)]
            for action in self._actions:
                outcomes = [
                    after
                    for before in outcomes
                    for after in ([before] if before.failure else action.branches(before, view))
                ]
            return tuple(self._step(event, local, outcome) for outcome in outcomes)
        if not self._actions:
            target = self.transition.target
            after = local if target is None else LocalState(target, local.values)
            return (LocalStep(self.transition, event, (), after, (), None),)
        outcome = Outcome(local.values)
        seen = LocalView(outcome.values, view.arguments, view.packet, view.counts)
        for action in self._actions:  # each sees what those before it assigned
            action.act(outcome, [value(seen) for value in action.functions])  # type: ignore[misc]
            if outcome.failure:
                break
        return (self._step(event, local, outcome),)

    def _step(self, event: str, local: LocalState, outcome: Outcome) -> LocalStep:
        target = self.transition.target or local.state
        return LocalStep(
            self.transition, event, tuple(outcome.choices),
            None if outcome.failure else LocalState(target, tuple(outcome.values)),
            tuple(outcome.sends), outcome.failure,
        )  # fmt: skip


def _action(
    action: Send | Assign | Reset, machine: Machine, initial: Sequence[ValueT],
    function: Callable[[Expression], Function],
) -> _Action:  # fmt: skip
    match action:
        case Reset():
            return _Action((), function, _resetting(machine, initial))
        case Assign():
            return _Action((action.value,), function, _assigning(action))
    return _Action(action.values, function, _sending(action))


def _resetting(machine: Machine, initial: Sequence[ValueT]) -> Act:
    slots = [slot for slot, variable in enumerate(machine.variables) if not variable.persistent]

    def reset(outcome: Outcome, _values: Sequence[ValueT]) -> None:
        for slot in slots:
            outcome.values[slot] = initial[slot]

    return reset


def _assigning(action: Assign) -> Act:
    slot, type_ = action.slot, action.type

    def assign(outcome: Outcome, values: Sequence[ValueT]) -> None:
        if contains(type_, values[0]):
            outcome.values[slot] = values[0]
        else:
            outcome.failure = f"{action.name} would be {values[0]}, outside {type_}"

    return assign


def _sending(action: Send) -> Act:
    output, message = action.output, action.message
    limited = [(i, field) for i, field in enumerate(action.fields) if is_limited(field.type)]

    def send(outcome: Outcome, values: Sequence[ValueT]) -> None:
        for place, field in limited:
            if not contains(field.type, values[place]):
                outcome.failure = (
                    f"{field.name} of {message} would be {values[place]}, outside {field.type}"
                )
                return
        outcome.sends.append((output, Packet(message, tuple(values))))

    return send
