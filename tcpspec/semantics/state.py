"""What a system is in, and what happens to it: states, packets and steps, all immutable tuples."""

from enum import StrEnum
from typing import NamedTuple, TypeAlias

from tcpspec.model.model import Transition
from tcpspec.model.types import ValueT


class Packet(NamedTuple):
    """A message on its way: its name and the value of each field of its group."""

    name: str
    values: tuple[ValueT, ...]


class LocalState(NamedTuple):
    """One instance: its control state and the values of its variables."""

    state: str
    values: tuple[ValueT, ...]


class GlobalState(NamedTuple):
    """All instances, the contents of all channels (bags sorted), what is left of the budgets."""

    locals: tuple[LocalState, ...]
    channels: tuple[tuple[Packet, ...], ...]
    budgets: tuple[int, ...]


class StepKind(StrEnum):
    CALL = "call"
    TIMEOUT = "timeout"
    STEP = "step"
    RECEIVE = "rcv"
    LOSS = "loss"
    DUPLICATION = "duplication"

    @property
    def is_fault(self) -> bool:
        return self in (StepKind.LOSS, StepKind.DUPLICATION)


class EndKind(StrEnum):
    """Why a step leads nowhere."""

    OVERFLOW = "overflow"
    OUT_OF_RANGE = "value out of range"
    CUT = "cut by a bound"


class End(NamedTuple):
    """The end of a run at a step that cannot be completed, or that a bound cuts."""

    kind: EndKind
    message: str


Sends: TypeAlias = tuple[tuple[int, Packet], ...]
"""Packets, each with the output into which it is sent, in order."""


class LocalStep(NamedTuple):
    """What one instance does by one written line, whatever the rest of the system is like.

    ``after`` is None, and ``failure`` says why, where a value leaves its range; ``sends`` has the
    output and the packet of each send before that. ``choices`` are the values that ``any`` took.
    """

    transition: Transition
    event: str
    choices: tuple[ValueT, ...]
    after: LocalState | None
    sends: Sends
    failure: str | None


class Reception(NamedTuple):
    """What one instance can do with a packet: its steps, and whether it may leave it for later."""

    steps: tuple[LocalStep, ...]
    deferred: bool

    @property
    def specified(self) -> bool:
        """Whether any rule matches at all."""
        return bool(self.steps) or self.deferred


class Step(NamedTuple):
    """One step of the system.

    ``local`` is what an instance does, None for a loss. ``channel`` and ``position`` are where the
    packet is taken (or stays, in a duplication). ``dropped`` says of each send whether a full
    channel dropped it.
    """

    kind: StepKind
    instance: int | None
    local: LocalStep | None
    channel: int | None = None
    position: int | None = None
    packet: Packet | None = None
    dropped: tuple[bool, ...] = ()


class Successor(NamedTuple):
    """A step and the state that it leads to; or, where ``state`` is None, the end of the run."""

    step: Step
    state: GlobalState | None
    end: End | None = None

    @property
    def is_cut(self) -> bool:
        """Whether a bound cuts it."""
        return self.end is not None and self.end.kind is EndKind.CUT
