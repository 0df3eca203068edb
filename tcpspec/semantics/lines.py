"""Written lines as functions: whether a guard holds, and what the actions do, in order.

Each line is looked at once; carrying it out then takes some microseconds. Few local situations make
up many global states, but the interpreter fills a table entry for each of them.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import TypeAlias

from tcpspec.model.expressions import (
    AnyOf,
    Expression,
    Literal,
    Logic,
    Not,
    OfOutput,
    ReceivedIs,
)
from tcpspec.model.model import Assign, Kind, Machine, Reset, Send, Transition
from tcpspec.model.types import ValueT, is_limited, values_of
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


_new = tuple.__new__
"""Makes a named tuple of its parts in a third of the time."""

Act: TypeAlias = Callable[[Outcome, tuple[ValueT, ...]], None]
"""Does something with values: to the variables, or to what is sent; or says why it cannot."""


class _Action:
    """One action: the functions of its values, None for each ``any``; and what is done with them.

    ``choices`` has the values that each ``any`` may be.
    """

    __slots__ = ("act", "choices", "functions", "values")

    def __init__(
        self, values: Sequence[Expression], function: Callable[[Expression], Function], act: Act
    ) -> None:
        self.functions = [None if isinstance(v, AnyOf) else function(v) for v in values]
        self.choices = [values_of(v.type) for v in values if isinstance(v, AnyOf)]
        self.values = _together([f for f in self.functions if f is not None])
        self.act = act

    def branches(self, before: Outcome, view: LocalView) -> Iterator[Outcome]:
        """One outcome for each combination of choices."""
        for combination in product(*self.choices):
            outcome = before.chosen(combination)
            seen, chosen = view._replace(values=before.values), iter(combination)
            values = [next(chosen) if value is None else value(seen) for value in self.functions]
            self.act(outcome, tuple(values))
            yield outcome


def _together(functions: Sequence[Function]) -> Callable[[LocalView], tuple[ValueT, ...]]:
    """Some functions as one. Most actions have one value or two: these need no loop."""
    match functions:
        case []:
            return lambda _: ()
        case [first]:
            return lambda view: (first(view),)
        case [first, second]:
            return lambda view: (first(view), second(view))
    return lambda view: tuple([function(view) for function in functions])


class Line:
    """A transition of a machine. ``function`` makes a function of an expression."""

    __slots__ = (
        "_actions", "_branches", "_front", "_tests", "defers", "port", "rank", "transition",
    )  # fmt: skip

    def __init__(
        self, transition: Transition, machine: Machine, initial: Sequence[ValueT],
        function: Callable[[Expression], Function],
    ) -> None:  # fmt: skip
        self.transition = transition
        self.rank: int = transition.rank.value
        self.port = transition.port
        self.defers = transition.kind is Kind.DEFER
        tests = [] if transition.guard is None else list(_conjuncts(transition.guard))
        first = next((n for n, test in enumerate(tests) if not _is_of_name(test)), len(tests))
        self._front = [function(test) for test in tests[:first]]
        self._tests = [function(test) for test in tests[first:]]
        self._actions = [_action(a, machine, initial, function) for a in transition.actions]
        self._branches = any(action.choices for action in self._actions)

    def may_match(self, view: LocalView) -> bool:
        """Whether those parts of the guard hold that come first and ask for nothing but the name of
        the packet and how full the outputs are: many local situations have these in common.
        """
        return all(test(view) for test in self._front)

    def matches(self, view: LocalView) -> bool:
        """Whether the rest of the guard holds, where these parts do."""
        for test in self._tests:  # noqa: SIM110 -- faster than all()
            if not test(view):
                return False
        return True

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
            after = local if target is None else _new(LocalState, (target, local.values))
            return (_new(LocalStep, (self.transition, event, (), after, (), None)),)
        outcome = Outcome(local.values)
        seen = _new(LocalView, (outcome.values, *view[1:]))
        for action in self._actions:  # each sees what those before it assigned
            action.act(outcome, action.values(seen))
            if outcome.failure:
                break
        return (self._step(event, local, outcome),)

    def _step(self, event: str, local: LocalState, outcome: Outcome) -> LocalStep:
        failure, after = outcome.failure, None
        if failure is None:
            target = self.transition.target or local.state
            after = _new(LocalState, (target, tuple(outcome.values)))
        choices, sends = tuple(outcome.choices), tuple(outcome.sends)
        return _new(LocalStep, (self.transition, event, choices, after, sends, failure))


def _conjuncts(guard: Expression) -> Iterator[Expression]:
    """What has to hold, in order: where one does not, nobody looks at those behind it."""
    if isinstance(guard, Logic) and guard.operator == "and":
        yield from _conjuncts(guard.left)
        yield from _conjuncts(guard.right)
    else:
        yield guard


def _is_of_name(expression: Expression) -> bool:
    """Whether it says the same of all packets of one name, in all local states."""
    match expression:
        case Literal() | ReceivedIs() | OfOutput():
            return True
        case Not() | Logic():
            return all(map(_is_of_name, expression.parts))
    return False


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

    def reset(outcome: Outcome, _values: tuple[ValueT, ...]) -> None:
        for slot in slots:
            outcome.values[slot] = initial[slot]

    return reset


def _assigning(action: Assign) -> Act:
    slot, type_ = action.slot, action.type
    allowed = values_of(type_) if is_limited(type_) else None

    def assign(outcome: Outcome, values: tuple[ValueT, ...]) -> None:
        value = values[0]
        if allowed is None or value in allowed:
            outcome.values[slot] = value
        else:
            outcome.failure = f"{action.name} would be {value}, outside {type_}"

    return assign


def _sending(action: Send) -> Act:
    output, message = action.output, action.message
    limited = [
        (place, values_of(field.type), field)
        for place, field in enumerate(action.fields)
        if is_limited(field.type)
    ]

    def send(outcome: Outcome, values: tuple[ValueT, ...]) -> None:
        for place, allowed, field in limited:
            if values[place] not in allowed:
                outcome.failure = (
                    f"{field.name} of {message} would be {values[place]}, outside {field.type}"
                )
                return
        outcome.sends.append((output, _new(Packet, (message, values))))

    return send
