"""Predicates over whole columns of states.

``and``, ``or``, ``implies`` and ``not`` are operations on arrays of truth values. What they join
mentions one or two components of a state, mostly, and is a table over these, filled by the
interpreter on a state that has them. As there, the right side is not asked where the left decides.
"""

from collections.abc import Callable, Iterator, Sized
from typing import Any, TypeAlias

import numpy as np

from tcpspec.explore.columns import Flags, Numbers, Table, each
from tcpspec.explore.components import Components
from tcpspec.model.expressions import (
    Expression,
    InChannel,
    InstanceIn,
    InstanceVariable,
    Logic,
    Not,
    OfChannel,
)
from tcpspec.semantics.state import GlobalState

Look: TypeAlias = Callable[[int], Numbers]
"""The column of a component."""


class Predicates:
    """The predicates of one system, with the tables of all that was asked so far."""

    def __init__(self, components: Components) -> None:
        self._components = components
        self._sample = components.numbers(components.transition_system.initial_states()[0])
        self._tables: dict[int, tuple[Expression, list[int], Table]] = {}
        """By identity; the expression is kept, so that its identity stays its own."""

    def holds(self, expression: Expression, look: Look, size: int) -> Flags:
        """Whether it holds in each of so many rows."""
        match expression:
            case Not(operand):
                return ~self.holds(operand, look, size)
            case Logic():
                return self._logic(expression, look, size)
        return self._ask(expression, look, size)

    def always(self, expression: Expression) -> bool | None:
        """What it says of every state, if that can be told from the local states that came up: it
        mentions one instance, and says the same of each of these.
        """
        mentioned = self.mentioned(expression)
        if len(mentioned) != 1 or mentioned[0] >= len(self._components.locals):
            return None
        size = len(self._components.parts[mentioned[0]])
        truth = self.holds(expression, lambda _: np.arange(size), size)
        return bool(truth[0]) if (truth == truth[0]).all() else None

    def _ask(self, atom: Expression, look: Look, size: int) -> Flags:
        mentioned, table = self.table_of(atom)
        if not mentioned:  # the same everywhere
            return np.full(size, table(np.zeros(1, np.int64)) == 1, np.bool_)
        truth: Flags = table(*(look(component) for component in mentioned)) == 1
        return truth

    def table_of(self, atom: Expression) -> tuple[list[int], Table]:
        """The components that an atom mentions, and its truth as a function of their numbers: of
        one number, 0, if it mentions none.
        """
        if id(atom) not in self._tables:
            self._tables[id(atom)] = (atom, *self._table(atom))
        _, mentioned, table = self._tables[id(atom)]
        return mentioned, table

    def _logic(self, node: Logic, look: Look, size: int) -> Flags:
        left = self.holds(node.left, look, size)
        result = ~left if node.operator == "implies" else left.copy()
        open_ = np.flatnonzero(~left if node.operator == "or" else left)
        if len(open_):
            result[open_] = self.holds(node.right, lambda part: look(part)[open_], len(open_))
        return result

    def _table(self, atom: Expression) -> tuple[list[int], Table]:
        """The components that an atom mentions, and its truth as a function of their numbers."""
        mentioned = self.mentioned(atom)
        truth = self._components.transition_system.predicate(atom)
        state = self._components.state(self._sample)
        values: list[Any] = [*state.locals, *state.channels]
        instances, of = len(state.locals), self._components.parts

        def value(*numbers: int) -> int:
            for component, number in zip(mentioned, numbers, strict=False):
                values[component] = of[component].values[number]
            asked = GlobalState(tuple(values[:instances]), tuple(values[instances:]), state.budgets)
            return int(bool(truth(asked)))

        domains: list[Sized] = [of[component] for component in mentioned]
        return mentioned, Table(each(value), *(domains or [range(1)]))

    def mentioned(self, expression: Expression) -> list[int]:
        """The components that an expression asks about, in order."""
        return sorted(set(self._mentioned(expression)))

    def _mentioned(self, expression: Expression) -> Iterator[int]:
        """The components that an expression asks about."""
        match expression:
            case InstanceVariable() | InstanceIn():
                yield expression.instance
            case OfChannel() | InChannel():
                yield self._components.of_channel(expression.channel)
        for part in expression.parts:
            yield from self._mentioned(part)
