"""Bounds: a step is taken only if they hold after it.

What happens in a ``d_step`` cannot be undone, so the question is put before: with the values that
the step would give. That can be said of variables and states, not of what is in channels.
"""

from dataclasses import dataclass
from functools import cached_property

from tcpspec.export.exported import Refused
from tcpspec.export.promela.naming import Naming
from tcpspec.export.promela.rules import Form
from tcpspec.export.promela.scenery import InSystem
from tcpspec.export.promela.terms import term
from tcpspec.export.promela.text import EQUAL, FALSE, TRUE, Term, both, chosen
from tcpspec.export.promela.wiring import Shape, Wiring
from tcpspec.model.expressions import (
    Expression,
    InChannel,
    InstanceIn,
    InstanceVariable,
    OfChannel,
    within,
)
from tcpspec.model.types import ValueT


class Inside:
    """The bounds of a system."""

    def __init__(self, naming: Naming, wiring: Wiring) -> None:
        self._naming, self._wiring = naming, wiring
        self._bounds = wiring.system.bounds
        for bound in self._bounds:
            if any(isinstance(part, OfChannel | InChannel) for part in within(bound)):
                raise Refused(
                    f"`bound {bound.text}` asks what is in a channel after a step; Promela cannot "
                    "ask that before the step is taken"
                )

    def after(self, shape: Shape, form: Form, target: str) -> Term:
        """All bounds hold after a step of an instance of this shape."""
        return both(*(self._after(bound, shape, form, target) for bound in self._bounds))

    def _after(self, bound: Expression, shape: Shape, form: Form, target: str) -> Term:
        found = TRUE
        for instance in reversed(shape.instances):
            if not _speaks_of(bound, instance):
                asked = TRUE  # what it speaks of stays as it is
            else:
                behind = _Behind(InSystem(self._naming, self._wiring), instance, form, target)
                asked = term(bound, behind)
            if instance == shape.instances[-1]:
                found = asked
            else:
                this = Term(f"me == {self._wiring.position(instance)}", EQUAL)
                found = chosen(this, asked, found)
        return found


def _speaks_of(bound: Expression, instance: int) -> bool:
    return any(
        isinstance(part, InstanceVariable | InstanceIn) and part.instance == instance
        for part in within(bound)
    )


@dataclass(frozen=True)
class _Behind:
    """A predicate as it will be behind a step of one instance."""

    system: InSystem
    instance: int
    form: Form
    target: str

    def value(self, value: ValueT) -> Term:
        return self.system.value(value)

    @cached_property
    def _values(self) -> dict[int, Expression]:
        return dict(self.form.effect.values)

    def leaf(self, expression: Expression) -> Term:
        match expression:
            case InstanceVariable(self.instance, slot) if slot in self._values:
                return term(self._values[slot], self.form.scene)
            case InstanceIn(self.instance, states):
                return TRUE if self.target in states else FALSE
        return self.system.leaf(expression)
