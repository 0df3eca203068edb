"""What a system makes use of: a module defines only what it needs."""

from functools import cached_property

from tcpspec.export.effects import Effect, effect
from tcpspec.export.lines import receptions, spontaneous
from tcpspec.export.tla.naming import Naming
from tcpspec.model.expressions import Expression
from tcpspec.model.model import (
    Channel,
    Check,
    Kind,
    Limit,
    Machine,
    Transition,
    WhenFull,
    values_in,
)


class Features:
    """Questions about one system."""

    def __init__(
        self, naming: Naming, checks: tuple[Check, ...], *, tells_steps: bool = False
    ) -> None:
        self.naming = naming
        self.system = naming.system
        self.checks = checks
        self.tells_steps = tells_steps
        """Whether a variable, ``last``, says what the last step did."""
        self.effects: dict[Transition, Effect] = {
            transition: effect(transition, machine)
            for machine in naming.machines
            for transition in machine.transitions
        }

    # --- channels ---

    @property
    def channels(self) -> tuple[Channel, ...]:
        return self.system.channels

    @property
    def fifos(self) -> bool:
        return any(channel.ordered for channel in self.channels)

    @property
    def bags(self) -> bool:
        return any(not channel.ordered for channel in self.channels)

    @property
    def drops(self) -> bool:
        return any(c.when_full is WhenFull.DROP for c in self.channels)

    @property
    def waits(self) -> bool:
        return any(self.may_wait(t, machine) for machine, t in self.lines)

    @property
    def lines(self) -> list[tuple[Machine, Transition]]:
        return [(m, t) for m in self.naming.machines for t in m.transitions]

    def inputs(self, machine: Machine) -> list[Channel]:
        """The channels that lead to instances of a machine."""
        return [c for c in self.channels if self.system.instances[c.receiver].machine is machine]

    def leads_into(self, machine: Machine, output: int, when_full: WhenFull) -> bool:
        """Whether an output of some instance leads into a channel of this kind."""
        numbers = (self.system.outputs[n][output] for n in self.naming.instances(machine))
        return any(
            number is not None and self.channels[number].when_full is when_full
            for number in numbers
        )

    def may_wait(self, transition: Transition, machine: Machine) -> bool:
        return self._sends_into(transition, machine, WhenFull.WAIT)

    def may_overflow(self, transition: Transition, machine: Machine) -> bool:
        return self._sends_into(transition, machine, WhenFull.ERROR)

    def _sends_into(self, transition: Transition, machine: Machine, when_full: WhenFull) -> bool:
        sends = self.effects[transition].sends
        return any(self.leads_into(machine, sent.output, when_full) for sent in sends)

    def duplicates(self, machine: Machine) -> bool:
        return any(channel.duplications != 0 for channel in self.inputs(machine))

    @cached_property
    def by_place(self) -> bool:
        """Whether some fifo may defer its head, so that it offers more than one message."""
        receivers = {self.system.instances[c.receiver].machine for c in self.channels if c.ordered}
        return any(t.kind is Kind.DEFER for machine in receivers for t in machine.transitions)

    @property
    def place(self) -> str:
        """What a message is taken by: its place, or itself."""
        return "i" if self.by_place else "m"

    @property
    def loses(self) -> bool:
        return any(channel.losses != 0 for channel in self.channels)

    def defers(self, machine: Machine) -> bool:
        """Whether a fifo leads to a machine that defers."""
        ordered = any(channel.ordered for channel in self.inputs(machine))
        return ordered and any(t.kind is Kind.DEFER for t in machine.transitions)

    # --- which line takes an event ---

    @cached_property
    def before(self) -> dict[Transition, dict[Transition, None]]:
        """For each line those that may keep it from applying, in whatever state."""
        found: dict[Transition, dict[Transition, None]] = {t: {} for _, t in self.lines}
        for machine in self.naming.machines:
            for state in machine.of_state:
                for candidate in (*receptions(machine, state), *spontaneous(machine, state)):
                    found[candidate.transition].update(dict.fromkeys(candidate.unless))
        return found

    def called(self, transition: Transition, machine: Machine) -> bool:
        """Whether a line is no call, or one that some user may make."""
        users = [self.system.instances[n].may for n in self.naming.instances(machine)]
        calls = {call for may in users for call, limit in may.items() if limit != 0}
        return transition.kind is not Kind.CALL or not calls.isdisjoint(transition.events)

    def ruled(self, transition: Transition, machine: Machine) -> bool:
        """Whether the system says something of a line's timer."""
        instances = self.naming.instances(machine)
        return any(
            rule.timer in transition.events and rule.instance in (None, *instances)
            for rule in self.system.timers
        )

    def limits(self, transition: Transition, machine: Machine) -> bool:
        """Whether a line's call or timer may come only so many times."""
        left = self.calls_left if transition.kind is Kind.CALL else self.timers_left
        instances = self.naming.instances(machine)
        return any(n in instances and name in transition.events for n, name in left)

    # --- errors and limits ---

    @property
    def overflows(self) -> bool:
        return any(self.may_overflow(t, machine) for machine, t in self.lines)

    @property
    def leaves_range(self) -> bool:
        return any(self.effects[t].tests for _, t in self.lines)

    @property
    def fails(self) -> bool:
        return self.overflows or self.leaves_range

    @cached_property
    def calls_left(self) -> dict[tuple[int, str], int]:
        """Instance and call of each limited call, with its limit."""
        return {
            (number, call): limit
            for number, instance in enumerate(self.system.instances)
            for call, limit in instance.may.items()
            if limit
        }

    @cached_property
    def timers_left(self) -> dict[tuple[int, str], int]:
        """Of several limits of one timer, the least is the one that counts."""
        found: dict[tuple[int, str], int] = {}
        for number in range(len(self.system.instances)):
            for rule in self.system.timers:
                if rule.instance in (None, number) and rule.at_most:
                    key = number, rule.timer
                    found[key] = min(rule.at_most, found.get(key, rule.at_most))
        return found

    @cached_property
    def losses_left(self) -> dict[int, int]:
        return _limited([channel.losses for channel in self.channels])

    @cached_property
    def copies_left(self) -> dict[int, int]:
        return _limited([channel.duplications for channel in self.channels])

    @property
    def limited(self) -> bool:
        limits = (self.calls_left, self.timers_left, self.losses_left, self.copies_left)
        return any(limits)

    @property
    def idle(self) -> bool:
        return any(rule.when_idle for rule in self.system.timers)

    def uses(self, kind: Kind) -> bool:
        """Whether some line is of this kind."""
        return any(transition.kind is kind for _, transition in self.lines)

    # --- expressions ---

    @cached_property
    def expressions(self) -> list[Expression]:
        """Every expression of the module, without parts."""
        found = [value for _, t in self.lines for value in values_in(t)]
        for chosen in self.effects.values():
            found += [*chosen.values.values(), *(v for s in chosen.sends for v in s.values)]
            found += [test.value for test in chosen.tests]
        found += [v.initial for machine in self.naming.machines for v in machine.variables]
        found += [rule.condition for rule in self.system.timers if rule.condition is not None]
        found += self.system.bounds
        found += [predicate for check in self.checks for predicate in check.predicates]
        return found

    @cached_property
    def nodes(self) -> list[Expression]:
        """Every expression of the module with all its parts; each object once."""
        seen: dict[int, Expression] = {}
        todo = list(self.expressions)
        while todo:
            node = todo.pop()
            if id(node) not in seen:
                seen[id(node)] = node
                todo += node.parts
        return list(seen.values())


def _limited(limits: list[Limit]) -> dict[int, int]:
    return {number: limit for number, limit in enumerate(limits) if limit}
