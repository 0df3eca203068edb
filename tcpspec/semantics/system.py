"""The waist: a system as a transition system.

``initial_states()`` and ``successors(state)`` are all that engines, properties and pictures know of
a specification; engines that work on components also use the parts that these are made of:
``rules`` (local steps of an instance), ``permissions``, ``channels.send`` and ``channels.take``.

The order of successors is the order of the specification: instance by instance; for each, calls,
timeouts and steps in the order of the text, then receptions channel by channel, packet by packet,
in the order of the text; last the faults, channel by channel, losses before duplications.
"""

from collections.abc import Iterator
from typing import TypeAlias

from tcpspec.diagnostics import Diagnostics
from tcpspec.model.expressions import Expression
from tcpspec.model.model import Kind, System, TimerRule, WhenFull
from tcpspec.model.types import contains
from tcpspec.semantics import channels
from tcpspec.semantics.evaluate import Evaluator, Function, LocalView
from tcpspec.semantics.local import LocalRules
from tcpspec.semantics.permissions import Permission, Permissions, spend
from tcpspec.semantics.show import show_packet
from tcpspec.semantics.state import (
    End,
    EndKind,
    GlobalState,
    LocalState,
    LocalStep,
    Packet,
    Reception,
    Step,
    StepKind,
    Successor,
)

STEP_KINDS = {Kind.CALL: StepKind.CALL, Kind.TIMEOUT: StepKind.TIMEOUT, Kind.STEP: StepKind.STEP}
_NO_COUNTS: tuple[int, ...] = ()

Network: TypeAlias = tuple[channels.Contents, ...]
"""The contents of all channels."""


class TransitionSystem:
    """One system of a specification, ready to be explored."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.half_way: set[Expression] = set()
        """Comparisons that met a distance of exactly half the modulus so far."""
        capacities = [channel.capacity for channel in system.channels]
        self._evaluator = Evaluator(capacities, self.half_way)
        self.rules = tuple(
            LocalRules(instance, self._capacities(number), self.half_way)
            for number, instance in enumerate(system.instances)
        )
        self._inputs = tuple(
            tuple(c for c, channel in enumerate(system.channels) if channel.receiver == number)
            for number in range(len(system.instances))
        )
        self._bounds = [(bound, self._evaluator.function(bound)) for bound in system.bounds]
        self.permissions = Permissions(system)
        self._conditions = {
            id(rule.condition): self._evaluator.function(rule.condition)
            for rule in system.timers
            if rule.condition is not None
        }
        self._waits = any(c.when_full is WhenFull.WAIT for c in system.channels)

    def _capacities(self, instance: int) -> tuple[int, ...]:
        return tuple(
            0 if channel is None else self.system.channels[channel].capacity
            for channel in self.system.outputs[instance]
        )

    def predicate(self, expression: Expression) -> Function:
        """A predicate over this system's states."""
        return self._evaluator.function(expression)

    # --- the start ---

    def initial_states(self) -> tuple[GlobalState, ...]:
        """The initial states, without repetition, in the order of the specification."""
        contents = tuple(channels.initial(channel) for channel in self.system.channels)
        states = []
        for placements in self.system.initial or ((),):
            locals_ = [rules.initial for rules in self.rules]
            for placement in placements:
                values = list(locals_[placement.instance].values)
                for slot, value in placement.values.items():
                    values[slot] = value
                locals_[placement.instance] = LocalState(placement.state, tuple(values))
            states.append(GlobalState(tuple(locals_), contents, self.permissions.initial))
        return tuple(dict.fromkeys(states))

    def check_start(self, found: Diagnostics) -> None:
        """Report initial values outside their type, and starts outside a bound."""
        for rules in self.rules:
            machine, instance = rules.machine, rules.instance
            for variable, value in zip(machine.variables, rules.initial_values, strict=True):
                if not contains(variable.type, value):
                    found.error(
                        "out-of-range", instance.span, f"{instance.name}.{variable.name} would "
                        f"start with {value}, outside {variable.type}",
                    )  # fmt: skip
        for state in self.initial_states() if not found.has_errors else ():
            for bound, within in self._bounds:
                if not within(state):
                    found.error("bad-system", bound.span, "an initial state is outside this bound")

    # --- steps ---

    def successors(self, state: GlobalState) -> Iterator[Successor]:
        """All enabled steps with what they lead to, in the order of the specification."""
        for number in range(len(self.rules)):
            yield from self._spontaneous(state, number)
            for channel in self._inputs[number]:
                if state.channels[channel]:
                    for step in self._receptions(state, channel):
                        successor = self._complete(state, step, state.budgets)
                        if successor is not None:
                            yield successor
        for channel, contents in enumerate(state.channels):
            if contents:
                yield from self._lost(state, channel)
                yield from self._duplicated(state, channel)

    def offers(self, state: GlobalState, channel: int) -> Iterator[tuple[int, Packet, Reception]]:
        """What a channel offers its receiver: a bag each packet, a fifo its head and what follows
        deferred ones.
        """
        contents = state.channels[channel]
        if not contents:
            return
        model = self.system.channels[channel]
        local, rules = state.locals[model.receiver], self.rules[model.receiver]
        counts = self._counts(state, model.receiver)
        positions = range(len(contents)) if model.ordered else channels.distinct(contents)
        for position in positions:
            reception = rules.receive(local, contents[position], model.receiver_port, counts)
            yield position, contents[position], reception
            if model.ordered and not reception.deferred:
                return

    def view(self, state: GlobalState, instance: int) -> LocalView:
        """What an instance sees when no packet is offered."""
        values, arguments = state.locals[instance].values, self.system.instances[instance].arguments
        return LocalView(values, arguments, None, self._counts(state, instance))

    def _counts(self, state: GlobalState, instance: int) -> tuple[int, ...]:
        """How full the outputs are, where any guard asks."""
        if not self.rules[instance].asks_outputs:
            return _NO_COUNTS
        return tuple(
            0 if channel is None else len(state.channels[channel])
            for channel in self.system.outputs[instance]
        )

    def _spontaneous(self, state: GlobalState, number: int) -> Iterator[Successor]:
        rules = self.rules[number]
        for local in rules.spontaneous(state.locals[number], self._counts(state, number)):
            kind = local.transition.kind
            permission = self.permissions.of_event(number, kind, local.event)
            budgets = self._permitted(state, permission)
            if budgets is not None:
                successor = self._complete(state, Step(STEP_KINDS[kind], number, local), budgets)
                if successor is not None:
                    yield successor

    def _permitted(
        self, state: GlobalState, permission: Permission | None
    ) -> tuple[int, ...] | None:
        """The budgets after a step with this permission, or None if the system forbids it."""
        if permission is None:
            return None
        for rule in permission.rules:
            if not self.meets_condition(state, rule) or (
                rule.when_idle and not self.is_idle(state)
            ):
                return None
        return spend(state.budgets, permission.slots)

    def meets_condition(self, state: GlobalState, rule: TimerRule) -> bool:
        """Whether the predicate of a rule for a timer holds, if it has one."""
        return rule.condition is None or bool(self._conditions[id(rule.condition)](state))

    def is_idle(self, state: GlobalState) -> bool:
        """No message can be received and no ``step`` taken: what ``only when idle`` asks."""
        for number, rules in enumerate(self.rules):
            for local in rules.spontaneous(state.locals[number], self._counts(state, number)):
                step = Step(StepKind.STEP, number, local)
                if local.transition.kind is Kind.STEP and self._complete(
                    state, step, state.budgets
                ):
                    return False
        return not any(
            self._complete(state, step, state.budgets)
            for channel in range(len(state.channels))
            for step in self._receptions(state, channel)
        )

    def _receptions(self, state: GlobalState, channel: int) -> Iterator[Step]:
        """Receptions of what a channel offers, whether or not there is room for the answers."""
        receiver = self.system.channels[channel].receiver
        for position, packet, reception in self.offers(state, channel):
            for local in reception.steps:
                yield Step(StepKind.RECEIVE, receiver, local, channel, position, packet)

    # --- completing a step ---

    def _complete(
        self, state: GlobalState, step: Step, budgets: tuple[int, ...]
    ) -> Successor | None:
        """The receipt, the new local state, the sends; None, if the step must wait for room."""
        number, local = step.instance, step.local
        assert number is not None
        assert local is not None
        contents = state.channels
        if step.kind is StepKind.RECEIVE:
            contents = self._taken(contents, step)
        if local.sends:
            if self._waits and self._without_room(contents, local, number):
                return None
            contents, dropped, overflow = self._sent(contents, local, number)
            step = Step(*step[:-1], dropped)
            if overflow is not None:
                return Successor(step, None, overflow)
        if local.after is None:
            return Successor(step, None, End(EndKind.OUT_OF_RANGE, local.failure or ""))
        locals_ = (*state.locals[:number], local.after, *state.locals[number + 1 :])
        return self._bounded(step, GlobalState(locals_, contents, budgets))

    def _taken(self, contents: Network, step: Step) -> Network:
        """The network without the packet that a step takes or loses."""
        assert step.channel is not None
        assert step.position is not None
        rest = channels.take(contents[step.channel], step.position)
        return (*contents[: step.channel], rest, *contents[step.channel + 1 :])

    def _sent(
        self, contents: Network, local: LocalStep, number: int
    ) -> tuple[Network, tuple[bool, ...], End | None]:
        """The network after the sends of a step, which of them a full channel dropped, and the
        overflow that ended them, if one did.
        """
        after = list(contents)
        dropped: list[bool] = []
        for output, packet in local.sends:
            channel = self.system.outputs[number][output]
            assert channel is not None  # systems are wired when they are built
            model = self.system.channels[channel]
            held = channels.send(model, after[channel], packet)
            if held is None:
                return contents, tuple(dropped), self._overflow(packet, model.name)
            dropped.append(held is after[channel])
            after[channel] = held
        return tuple(after), tuple(dropped), None

    def _overflow(self, packet: Packet, channel: str) -> End:
        shown = show_packet(self.system.messages, packet)
        return End(EndKind.OVERFLOW, f"{channel} is full when {shown} is sent")

    def _bounded(self, step: Step, after: GlobalState) -> Successor:
        """The successor, unless a bound cuts it."""
        for bound, within in self._bounds:
            if not within(after):
                return Successor(step, None, End(EndKind.CUT, f"bound {bound.text}"))
        return Successor(step, after)

    def waits_for(self, state: GlobalState, step: Step) -> list[int]:
        """The channels in which a step must wait until there is room for what it sends."""
        assert step.local is not None
        assert step.instance is not None
        received = step.kind is StepKind.RECEIVE
        contents = self._taken(state.channels, step) if received else state.channels
        return self._without_room(contents, step.local, step.instance)

    def _without_room(self, contents: Network, local: LocalStep, number: int) -> list[int]:
        """Of the channels that make senders wait, those without room for all sends of a step."""
        needed: dict[int, int] = {}
        for output, _ in local.sends:
            channel = self.system.outputs[number][output]
            assert channel is not None
            needed[channel] = needed.get(channel, 0) + 1
        return [
            channel
            for channel, count in needed.items()
            if (model := self.system.channels[channel]).when_full is WhenFull.WAIT
            and len(contents[channel]) + count > model.capacity
        ]

    # --- faults ---

    def _lost(self, state: GlobalState, channel: int) -> Iterator[Successor]:
        """A lossy fifo loses its head, a lossy bag any of its packets."""
        budgets = self._permitted(state, self.permissions.losses[channel])
        if budgets is None:
            return
        contents = state.channels[channel]
        positions = [0] if self.system.channels[channel].ordered else channels.distinct(contents)
        for position in positions:
            step = Step(StepKind.LOSS, None, None, channel, position, contents[position])
            after = self._taken(state.channels, step)
            yield self._bounded(step, GlobalState(state.locals, after, budgets))

    def _duplicated(self, state: GlobalState, channel: int) -> Iterator[Successor]:
        """A reception that leaves the packet where it was."""
        budgets = self._permitted(state, self.permissions.duplications[channel])
        if budgets is None:
            return
        for reception in self._receptions(state, channel):
            step = reception._replace(kind=StepKind.DUPLICATION)
            successor = self._complete(state, step, budgets)
            if successor is not None:
                yield successor

    # --- questions about one state ---

    def unspecified(self, state: GlobalState) -> Iterator[tuple[int, int, Packet]]:
        """Instance, channel and packet of each offer for which no rule's guard holds."""
        for channel in range(len(state.channels)):
            for _, packet, reception in self.offers(state, channel):
                if not reception.specified:
                    yield self.system.channels[channel].receiver, channel, packet
