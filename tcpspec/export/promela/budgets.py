"""What calls, timers and duplications are permitted, and what is left of their budgets.

A budget is a field of what it belongs to: an instance or a channel. Instances of one machine may
have different ones, so ``forever`` stands for a budget without end, which is never spent.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tcpspec.export.exported import Refused
from tcpspec.export.promela.naming import Naming
from tcpspec.export.promela.scenery import InSystem
from tcpspec.export.promela.terms import term
from tcpspec.export.promela.text import EQUAL, ORDER, TRUE, Term, both, either
from tcpspec.export.promela.wiring import Input, Shape, Wiring, has_budget
from tcpspec.model.model import Kind, Limit, Machine, TimerRule

MAX_BUDGET = 32_000
"""What fits a ``short``, with room for ``forever``."""


@dataclass(frozen=True, slots=True)
class Budget:
    """A field for what is left, with its value at the start for each instance or channel."""

    name: str
    limits: dict[int, Limit]

    @property
    def needed(self) -> bool:
        """Whether anything is counted at all."""
        return any(has_budget(limit) for limit in self.limits.values()) or (
            len(set(self.limits.values())) > 1
        )

    def initial(self, owner: int) -> str:
        limit = self.limits[owner]
        return "forever" if limit is None else str(limit)


class Budgets:
    """All limits of a system."""

    def __init__(self, naming: Naming, wiring: Wiring) -> None:
        self.naming, self.wiring, self.system = naming, wiring, wiring.system
        self._scene = InSystem(naming, wiring)
        limits = [limit for budget in self._all() for limit in budget.limits.values()]
        self.largest = max((limit for limit in limits if limit is not None), default=0)
        if self.largest > MAX_BUDGET:
            raise Refused(f"something may happen {self.largest} times; the export counts to 32000")

    def _all(self) -> Iterator[Budget]:
        for machine in self.naming.machines:
            yield from self.of_machine(machine)
        yield from self.of_channels(slots=True)
        yield from self.of_channels(slots=False)

    @property
    def type(self) -> str:
        return "byte" if self.largest < 255 else "short"

    @property
    def forever(self) -> int:
        return 255 if self.largest < 255 else MAX_BUDGET + 1

    # --- which there are ---

    def of_machine(self, machine: Machine) -> list[Budget]:
        """The budgets of the instances of a machine."""
        calls = dict.fromkeys(
            event for line in machine.transitions for event in line.events if line.kind is Kind.CALL
        )
        timers = dict.fromkeys(
            event
            for line in machine.transitions
            for event in line.events
            if line.kind is Kind.TIMEOUT
        )
        found = [self._call(machine, call) for call in calls]
        found += [
            self._timer(machine, number)
            for number, rule in enumerate(self.system.timers)
            if rule.timer in timers
        ]
        return [budget for budget in found if budget.needed]

    def of_channels(self, *, slots: bool) -> list[Budget]:
        """The budgets of the channels of one array."""
        channels = {
            number: channel
            for number, channel in enumerate(self.system.channels)
            if self.wiring.ways[number].slots is slots
        }
        found = [
            Budget("losses", {n: c.losses for n, c in channels.items()}),
            Budget("copies", {n: c.duplications for n, c in channels.items()}),
        ]
        return [b for b in found if any(has_budget(limit) for limit in b.limits.values())]

    def _instances(self, machine: Machine) -> list[int]:
        return [n for n, i in enumerate(self.system.instances) if i.machine is machine]

    def _call(self, machine: Machine, call: str) -> Budget:
        limits = {n: self.system.instances[n].may.get(call, 0) for n in self._instances(machine)}
        return Budget(self.naming.call(call), limits)

    def _timer(self, machine: Machine, number: int) -> Budget:
        rule = self.system.timers[number]
        limits = {
            n: rule.at_most if rule.instance in (None, n) else None
            for n in self._instances(machine)
        }
        name = self.naming.add(("left", number), f"left_{rule.timer}".lower())
        return Budget(name, limits)

    # --- what they permit ---

    def permission(self, shape: Shape, kind: Kind, event: str) -> Term | None:
        """What allows a call or a timeout beside its guard; None if nothing ever does."""
        if kind is Kind.CALL:
            return self._permits(self._call(shape.machine, event), shape)
        terms = [TRUE]
        for number, rule in enumerate(self.system.timers):
            if kind is Kind.TIMEOUT and rule.timer == event:
                found = self._rule(rule, self._timer(shape.machine, number), shape)
                if found is None:
                    return None
                terms.append(found)
        return both(*terms)

    def _permits(self, budget: Budget, shape: Shape) -> Term | None:
        limits = [budget.limits[instance] for instance in shape.instances]
        if all(limit == 0 for limit in limits):
            return None
        if all(limit is None for limit in limits):
            return TRUE
        return Term(f"my.{budget.name} > 0", ORDER)

    def _rule(self, rule: TimerRule, budget: Budget, shape: Shape) -> Term | None:
        """One rule for a timer; it may be for one of the instances only."""
        permitted = self._permits(budget, shape)
        if permitted is None or rule.instance not in (None, *shape.instances):
            return permitted
        asked = [TRUE] if rule.condition is None else [term(rule.condition, self._scene)]
        asked += [Term("idle")] if rule.when_idle else []
        others = TRUE
        if rule.instance is None or len(shape.instances) == 1:
            return both(permitted, *asked)
        if both(*asked) != TRUE:
            others = Term(f"me != {self.wiring.position(rule.instance)}", EQUAL)
            return both(permitted, either(others, both(*asked)))
        return permitted

    def spent(self, shape: Shape, kind: Kind, event: str) -> list[str]:
        """What a call or a timeout uses up."""
        if kind is Kind.CALL:
            return self._spends(self._call(shape.machine, event), shape)
        found = []
        for number, rule in enumerate(self.system.timers):
            if kind is Kind.TIMEOUT and rule.timer == event:
                found += self._spends(self._timer(shape.machine, number), shape)
        return found

    def _spends(self, budget: Budget, shape: Shape) -> list[str]:
        limits = [budget.limits[instance] for instance in shape.instances]
        if all(limit is None for limit in limits):
            return []
        return [spend(f"my.{budget.name}", endless=None in limits)]

    # --- duplications ---

    def copies(self, input_: Input, place: str) -> Term:
        return Term(f"{place}.copies > 0", ORDER) if input_.limited else TRUE

    def copy_spent(self, input_: Input, place: str) -> list[str]:
        return [spend(f"{place}.copies", endless=True)] if input_.limited else []


def spend(budget: str, *, endless: bool) -> str:
    """One less, unless there is no end."""
    if endless:
        return f"{budget} = ({budget} == forever -> forever : {budget} - 1)"
    return f"{budget}--"
