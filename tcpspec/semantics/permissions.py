"""What a system lets happen, and how often: budgets, and rules for timers."""

from typing import NamedTuple

from tcpspec.model.model import Kind, Limit, System, TimerRule


class Permission(NamedTuple):
    """What a step needs beside its own instance: something left in these slots of the budgets, and
    that these rules let its timer run out.
    """

    slots: tuple[int, ...] = ()
    rules: tuple[TimerRule, ...] = ()


FREE = Permission()
"""What needs nothing."""


class Budget(NamedTuple):
    """What may happen so often, in words: ``client: close``, ``client -> server: loss``."""

    what: str
    most: int


class Permissions:
    """All permissions of a system. None stands for what never happens.

    Budgets stand in the order: calls, timers, losses, duplications.
    """

    def __init__(self, system: System) -> None:
        self.budgets: list[Budget] = []
        """What each slot is for."""
        self._calls = [
            {
                call: self._slots(limit, f"{instance.name}: {call}")
                for call, limit in instance.may.items()
                if limit != 0
            }
            for instance in system.instances
        ]
        self._timers = [
            [
                (rule, self._slots(rule.at_most, f"{instance.name}: timeout {rule.timer}"))
                for rule in system.timers
                if rule.instance in (None, number)
            ]
            for number, instance in enumerate(system.instances)
        ]
        self.losses = tuple(self._limited(c.losses, f"{c.name}: loss") for c in system.channels)
        self.duplications = tuple(
            self._limited(c.duplications, f"{c.name}: duplication") for c in system.channels
        )
        self.initial = tuple(budget.most for budget in self.budgets)
        self._of_events: dict[tuple[int, Kind, str], Permission | None] = {}

    def _slots(self, limit: Limit, what: str) -> tuple[int, ...]:
        """A slot of its own for a limit above zero; none for one without end, or for never."""
        if not limit:
            return ()
        self.budgets.append(Budget(what, limit))
        return (len(self.budgets) - 1,)

    def _limited(self, limit: Limit, what: str) -> Permission | None:
        return None if limit == 0 else Permission(self._slots(limit, what))

    def of_event(self, instance: int, kind: Kind, event: str) -> Permission | None:
        """What a call, a timeout or a ``step`` of an instance needs."""
        key = instance, kind, event
        if key not in self._of_events:
            self._of_events[key] = self._of_event(instance, kind, event)
        return self._of_events[key]

    def _of_event(self, instance: int, kind: Kind, event: str) -> Permission | None:
        if kind is Kind.CALL:
            slots = self._calls[instance].get(event)
            return None if slots is None else Permission(slots)
        if kind is Kind.TIMEOUT:
            return self._timeout(instance, event)
        return FREE

    def _timeout(self, instance: int, timer: str) -> Permission | None:
        rules = [(rule, slots) for rule, slots in self._timers[instance] if rule.timer == timer]
        if any(rule.at_most == 0 for rule, _ in rules):
            return None
        slots = tuple(slot for _, own in rules for slot in own)
        return Permission(slots, tuple(rule for rule, _ in rules))


def spend(budgets: tuple[int, ...], slots: tuple[int, ...]) -> tuple[int, ...] | None:
    """The budgets after something was taken from these slots; None if one of them is used up."""
    if not slots:
        return budgets
    left = list(budgets)
    for slot in slots:
        if not left[slot]:
            return None
        left[slot] -= 1
    return tuple(left)
