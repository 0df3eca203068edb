"""What a specification says, once names are resolved and types are checked.

Frozen data: the semantics, the pictures and the tables all read this and nothing else of the
language. Where something is named by an int, it is a position in the owner's tuple.
"""

from collections.abc import Iterator, Mapping, Set
from enum import Enum, StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from tcpspec.diagnostics import Diagnostic
from tcpspec.display import Drawn
from tcpspec.model.expressions import (
    Expression,
    OfOutput,
    OwnVariable,
    ReceivedField,
    outputs_in,
    within,
)
from tcpspec.model.formulas import Formula
from tcpspec.model.types import Type, ValueT
from tcpspec.record import Record
from tcpspec.source import Span

Limit: TypeAlias = int | None
"""How often something may happen; None is without end."""


class Field(Record):
    name: str
    type: Type
    doc: str | None = None


class Message(Record):
    """One symbol that can be sent; ``fixed`` has the value of each field that it fixes, by slot."""

    name: str
    group: str
    fields: tuple[Field, ...]
    fixed: Mapping[int, ValueT]


class Variable(Record):
    name: str
    type: Type
    initial: Expression
    persistent: bool = False
    doc: str | None = None


class State(Record):
    name: str
    label: str | None
    initial: bool
    final: bool
    idle: bool
    span: Span
    doc: str | None = None


class Send(Record):
    """Send a message into an output of the machine; ``values`` has one for each of ``fields``."""

    message: str
    fields: tuple[Field, ...]
    values: tuple[Expression, ...]
    output: int
    text: str


class Assign(Record):
    slot: int
    type: Type
    value: Expression
    name: str
    text: str


class Reset(Record):
    text: str = "reset"


Action: TypeAlias = Send | Assign | Reset


class Kind(StrEnum):
    """What a written line does."""

    RECEIVE = "rcv"
    IGNORE = "ignore"
    DEFER = "defer"
    CALL = "call"
    TIMEOUT = "timeout"
    STEP = "step"

    @property
    def takes_message(self) -> bool:
        return self in (Kind.RECEIVE, Kind.IGNORE, Kind.DEFER)


class Rank(Enum):
    """A rule of a later rank applies only where none of an earlier one matches."""

    RULE = 0
    UNLESS_HANDLED = 1
    OTHERWISE = 2


class Transition(Record, eq=False):
    """One written line, for all the states it applies to. Compared by identity.

    ``events`` are names of messages, calls or timers, ``port`` narrows where a message comes from.
    ``target`` None stays. The texts are the parts as written, for pictures and tables.
    """

    index: int
    kind: Kind
    rank: Rank
    events: tuple[str, ...]
    port: int | None
    states: tuple[str, ...]
    guard: Expression | None
    actions: tuple[Action, ...]
    target: str | None
    label: str | None
    reference: str | None
    event_text: str
    guard_text: str | None
    span: Span
    doc: str | None = None

    @property
    def action_text(self) -> str:
        return "; ".join(action.text for action in self.actions)

    @property
    def text(self) -> str:
        """The line as written, without label and reference."""
        guard = f" [{self.guard_text}]" if self.guard_text else ""
        actions = f" / {self.action_text}" if self.actions else ""
        target = f" -> {self.target}" if self.target else ""
        return f"{self.event_text}{guard}{actions}{target}"


def values_in(transition: Transition) -> Iterator[Expression]:
    """The expressions of a transition: its guard and what its actions assign and send."""
    if transition.guard is not None:
        yield transition.guard
    for action in transition.actions:
        if isinstance(action, Assign):
            yield action.value
        elif isinstance(action, Send):
            yield from action.values


class Reads(NamedTuple):
    """What guard and values of a transition read."""

    variables: set[int]
    """Slots of its own variables."""
    fields: set[int]
    """Slots of the message that it takes."""
    questions: set[OfOutput]


def _reads(transition: Transition) -> Reads:
    reads = Reads(set(), set(), set())
    for value in values_in(transition):
        for part in within(value):
            if isinstance(part, OwnVariable):
                reads.variables.add(part.slot)
            elif isinstance(part, ReceivedField):
                reads.fields.add(part.slot)
            elif isinstance(part, OfOutput):
                reads.questions.add(part)
    return reads


def _written(transition: Transition, slots: range) -> set[int]:
    if any(isinstance(action, Reset) for action in transition.actions):
        return set(slots)
    return {action.slot for action in transition.actions if isinstance(action, Assign)}


def outputs_of(transition: Transition) -> set[int]:
    """The outputs that a transition sends into or asks about."""
    sent = {action.output for action in transition.actions if isinstance(action, Send)}
    return sent.union(*(outputs_in(expression) for expression in values_in(transition)))


class Machine(Record, Drawn, eq=False):
    """A state machine. Compared by identity.

    ``ports`` is empty for a machine that receives from every channel that leads to it; its one
    output has number 0. Otherwise output i is port i.
    """

    name: str
    parameters: tuple[Field, ...]
    variables: tuple[Variable, ...]
    ports: tuple[str, ...]
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    ordered: bool
    span: Span
    doc: str | None = None

    @cached_property
    def state(self) -> Mapping[str, State]:
        return {state.name: state for state in self.states}

    @cached_property
    def initial(self) -> State:
        return next(state for state in self.states if state.initial)

    @cached_property
    def slots(self) -> Mapping[str, int]:
        """Where each variable stands in a tuple of values."""
        return {variable.name: slot for slot, variable in enumerate(self.variables)}

    @cached_property
    def of_state(self) -> Mapping[str, tuple[Transition, ...]]:
        """The transitions that apply in each state, in the order of the text."""
        table: dict[str, list[Transition]] = {state.name: [] for state in self.states}
        for transition in self.transitions:
            for name in transition.states:
                table[name].append(transition)
        return {name: tuple(transitions) for name, transitions in table.items()}

    @cached_property
    def reads(self) -> Mapping[Transition, Reads]:
        """What each transition reads."""
        return {transition: _reads(transition) for transition in self.transitions}

    @cached_property
    def questions(self) -> Mapping[Kind, set[OfOutput]]:
        """What guards and values ask the outputs, for each kind of line."""
        asked: dict[Kind, set[OfOutput]] = {}
        for transition, reads in self.reads.items():
            asked.setdefault(transition.kind, set()).update(reads.questions)
        return asked

    @cached_property
    def touched(self) -> Mapping[Transition, Set[int]]:
        """The slots of the variables that each transition reads or may write."""
        slots = range(len(self.variables))
        return {t: reads.variables | _written(t, slots) for t, reads in self.reads.items()}


class Instance(Record):
    """A machine at work; ``may`` has what its user may call, and how often."""

    name: str
    machine: Machine
    arguments: tuple[ValueT, ...]
    may: Mapping[str, Limit]
    span: Span


class WhenFull(StrEnum):
    ERROR = "error"
    DROP = "drop"
    WAIT = "wait"


class Held(Record):
    """An old duplicate that a channel holds at the start."""

    message: str
    values: tuple[ValueT, ...]


class Channel(Record):
    """One way from an instance to an instance; ports are None where a machine has none."""

    sender: int
    sender_port: int | None
    receiver: int
    receiver_port: int | None
    ordered: bool
    """True for ``fifo``, False for ``bag``."""
    capacity: int
    when_full: WhenFull
    losses: Limit
    duplications: Limit
    holds: tuple[Held, ...]
    name: str
    span: Span

    @property
    def assumption(self) -> str:
        """What this channel is assumed to do, in words."""
        parts = [f"{self.name}: {'fifo' if self.ordered else 'bag'}({self.capacity})"]
        parts += _fault(self.losses, "lossy", "loses")
        parts += _fault(self.duplications, "duplicating", "duplicates")
        parts.append(f"when full {self.when_full}")
        return ", ".join(parts)


def _fault(limit: Limit, unlimited: str, limited: str) -> list[str]:
    if limit is None:
        return [unlimited]
    return [f"{limited} at most {limit}"] if limit else []


class TimerRule(Record):
    """A restriction on a timer, of one instance or, if ``instance`` is None, of each."""

    timer: str
    instance: int | None
    at_most: Limit
    condition: Expression | None
    when_idle: bool
    text: str


class Placement(Record):
    """Where one instance starts: a state and, by slot, values of its variables."""

    instance: int
    state: str
    values: Mapping[int, ValueT]


class System(Record, eq=False):
    """Instances, the channels between them, and what is assumed. Compared by identity.

    ``initial`` has one tuple of placements for each alternative start; empty, everything starts
    where its machine does.
    """

    name: str
    title: str | None
    instances: tuple[Instance, ...]
    channels: tuple[Channel, ...]
    initial: tuple[tuple[Placement, ...], ...]
    timers: tuple[TimerRule, ...]
    bounds: tuple[Expression, ...]
    messages: Mapping[str, Message]
    span: Span
    doc: str | None = None

    @cached_property
    def outputs(self) -> tuple[tuple[int | None, ...], ...]:
        """For each instance, the channel that each of its outputs leads into, or None."""
        table = []
        for number, instance in enumerate(self.instances):
            ports = range(len(instance.machine.ports)) if instance.machine.ports else (None,)
            table.append(tuple(self._channel_from(number, port) for port in ports))
        return tuple(table)

    def _channel_from(self, instance: int, port: int | None) -> int | None:
        for number, channel in enumerate(self.channels):
            if (channel.sender, channel.sender_port) == (instance, port):
                return number
        return None


class Claim(StrEnum):
    """What can be claimed, in the words of the language."""

    NO_DEADLOCK = "no deadlock"
    NO_STALL = "no stall"
    NO_UNSPECIFIED_RECEPTION = "no unspecified reception"
    NO_OVERFLOW = "no overflow"
    ALWAYS = "always"
    NEVER = "never"
    REACHABLE = "reachable"
    ALWAYS_POSSIBLE = "always possible"
    EVENTUALLY = "eventually"
    LEADS_TO = "leads to"
    LTL = "ltl"
    EVERY_STATE_REACHABLE = "every state reachable"
    EVERY_TRANSITION_USED = "every transition used"

    @property
    def is_coverage(self) -> bool:
        return self in (Claim.EVERY_STATE_REACHABLE, Claim.EVERY_TRANSITION_USED)

    @property
    def is_temporal(self) -> bool:
        """Whether it is about whole runs, and depends on which of them are fair."""
        return self in (Claim.EVENTUALLY, Claim.LEADS_TO, Claim.LTL)


class Check(Record):
    """One claim about one system, or, for coverage, about several together.

    ``violated`` is set where the specification expects the claim to fail. A temporal claim is a
    ``formula`` over ``atoms``; with ``unfair``, it is about runs that are not fair, too. It may
    assume of instances' users that a call which stays possible is made in the end.
    """

    name: str
    claim: Claim
    predicate: Expression | None
    violated: bool
    systems: tuple[str, ...]
    text: str
    span: Span
    formula: Formula | None = None
    atoms: tuple[Expression, ...] = ()
    unfair: bool = False
    assumed: tuple[tuple[int, str], ...] = ()

    @property
    def predicates(self) -> tuple[Expression, ...]:
        """All that it asks of states."""
        return self.atoms if self.predicate is None else (self.predicate, *self.atoms)


class LineKind(StrEnum):
    """What a line of a scenario shows."""

    CALL = "call"
    TIMEOUT = "timeout"
    SENT = "sent"
    ARRIVES = "arrives"
    EXPECT = "expect"


class Mark(StrEnum):
    """What becomes of a message that a scenario lists, when it does not arrive at once."""

    LOST = "lost"
    DELAYED = "delayed"


class Line(Record):
    """One line of a scenario.

    ``name`` is a call, a timer or a message; ``pattern`` has the values of the fields that are
    named, by slot, the others are free.
    """

    kind: LineKind
    span: Span
    instance: int | None = None
    channel: int | None = None
    name: str = ""
    pattern: tuple[tuple[int, ValueT], ...] = ()
    mark: Mark | None = None
    predicate: Expression | None = None

    @property
    def text(self) -> str:
        """The line as written."""
        return self.span.text


class Scenario(Record):
    """What some run of a system shows, line by line; ``impossible`` where none is to show it."""

    name: str
    system: str
    impossible: bool
    lines: tuple[Line, ...]
    span: Span


class Specification(Record, eq=False):
    """A whole specification. ``machines`` and ``systems`` are in the order of the text."""

    name: str
    title: str | None
    path: str
    machines: Mapping[str, Machine]
    systems: Mapping[str, System]
    checks: tuple[Check, ...]
    scenarios: tuple[Scenario, ...]
    messages: Mapping[str, Message]
    calls: tuple[str, ...]
    timers: tuple[str, ...]
    constants: Mapping[str, ValueT]
    doc: str | None = None
    base: str | None = None
    """The file that this one extends, and ``changes`` in words."""
    changes: tuple[str, ...] = ()
    origins: Mapping[str, str] = MappingProxyType({})
    """For each machine the file that last declared or changed it."""
    warnings: tuple[Diagnostic, ...] = ()
    """What is odd about it, whatever its runs do."""

    @property
    def machines_in_use(self) -> tuple[Machine, ...]:
        """Those of its systems: a variant may leave some of its base. Without systems, all."""
        used = {one.machine for system in self.systems.values() for one in system.instances}
        return tuple(m for m in self.machines.values() if m in used or not used)
