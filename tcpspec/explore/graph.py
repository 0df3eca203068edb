"""All steps between the states of a space, as arrays, and what each of them does.

What fairness asks of a step, and nothing else, is its ``Action``: few actions make up millions of
steps, so that each step is two numbers, where it leads and which action it is.
"""

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tcpspec.explore.columns import Flags, Numbers
from tcpspec.model.model import Transition, WhenFull
from tcpspec.record import Record
from tcpspec.semantics.state import Packet, Step, StepKind
from tcpspec.semantics.system import TransitionSystem

Small: TypeAlias = NDArray[np.int32]


class Put(NamedTuple):
    """A packet that is sent into a channel which drops what it has no room for."""

    channel: int
    packet: Packet
    dropped: bool


class Action(NamedTuple):
    """What a step does. ``event`` is what is called; ``channel`` and ``packet`` are what is taken,
    lost or duplicated.
    """

    kind: StepKind
    instance: int | None
    transition: Transition | None
    event: str | None
    channel: int | None
    packet: Packet | None
    puts: tuple[Put, ...]


NOWHERE = -1
"""In place of a target: the run ends there, or a bound or limit cuts the step."""


class Graph(Record):
    """The steps of state i are ``targets[offsets[i]:offsets[i + 1]]``, and so are their ``labels``:
    numbers of ``actions``.

    ``rests`` says where a run may stop: nothing but calls and faults is enabled.
    """

    offsets: Numbers
    targets: Small
    labels: Small
    actions: list[Action]
    rests: Flags

    @property
    def states(self) -> int:
        return len(self.rests)

    @property
    def nbytes(self) -> int:
        arrays = (self.offsets, self.targets, self.labels, self.rests)
        return sum(array.nbytes for array in arrays)


def action_of(ts: TransitionSystem, step: Step) -> Action:
    """What a step of the interpreter does."""
    transition, puts = None, list[Put]()
    if step.local is not None and step.instance is not None:
        transition = step.local.transition
        outputs = ts.system.outputs[step.instance]
        for nth, (output, packet) in enumerate(step.local.sends):
            channel = outputs[output]
            assert channel is not None
            if ts.system.channels[channel].when_full is WhenFull.DROP:
                dropped = nth < len(step.dropped) and step.dropped[nth]
                puts.append(Put(channel, packet, dropped))
    called = step.local.event if step.local and step.kind is StepKind.CALL else None
    return Action(
        step.kind, step.instance, transition, called, step.channel, step.packet, tuple(puts)
    )


def graph_of(
    sources: list[Small], targets: list[Small], labels: list[Small], actions: list[Action],
    rests: Flags,
) -> Graph:  # fmt: skip
    """The graph of steps in pieces, whose sources are in order from piece to piece."""
    nothing = np.zeros(0, np.int32)
    source = np.concatenate([*sources, nothing])
    offsets = np.zeros(len(rests) + 1, np.int64)
    np.cumsum(np.bincount(source, minlength=len(rests)), out=offsets[1:])
    return Graph(
        offsets, np.concatenate([*targets, nothing]), np.concatenate([*labels, nothing]), actions,
        rests,
    )  # fmt: skip
