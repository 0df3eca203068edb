"""Runs: what happened, step by step, with the state after each; data for ladders and pictures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tcpspec.display import Drawn
from tcpspec.model.model import System
from tcpspec.record import Record
from tcpspec.semantics.show import show_packet, show_value
from tcpspec.semantics.state import End, GlobalState, LocalStep, Packet, Step, StepKind
from tcpspec.semantics.system import TransitionSystem


class RunStep(Record):
    """A step and the state after it; None where the run ends in a violation of the rules."""

    step: Step
    state: GlobalState | None


class Run(Record, Drawn):
    """A finite run from an initial state. ``end`` says what went wrong in the last step, if so.

    ``loop_from`` is set for a lasso: after the last step, the run goes on from the state with this
    number (0 is the initial state).
    """

    system: System
    initial: GlobalState
    steps: tuple[RunStep, ...]
    end: End | None = None
    loop_from: int | None = None

    def states(self) -> list[GlobalState]:
        """The states in order, the initial one first."""
        return [self.initial, *(s.state for s in self.steps if s.state is not None)]

    @property
    def last(self) -> GlobalState:
        return self.states()[-1]


def replay(
    transition_system: TransitionSystem, states: Sequence[GlobalState], end: End | None = None
) -> Run:
    """The run through these states: of the steps between two of them the first is taken.

    With ``end``, the first step of the last state that ends so is added. Every step comes from the
    interpreter, so a sequence that is no run raises ``ValueError``.
    """
    steps = []
    for before, after in pairwise(states):
        for successor in transition_system.successors(before):
            if successor.state == after:
                steps.append(RunStep(successor.step, after))
                break
        else:
            raise ValueError("these states are not a run")
    if end is not None:
        last = (s for s in transition_system.successors(states[-1]) if s.end == end)
        steps.append(RunStep(next(last).step, None))
    return Run(transition_system.system, states[0], tuple(steps), end)


@dataclass(slots=True)
class Flight:
    """A message from where it was sent to where it arrived, in rows of a ladder.

    Row i is the i-th step of the run, counted from 0. ``sent`` is None for a packet that the
    channel held at the start; ``arrived`` has a row for each reception, duplicates included.
    """

    packet: Packet
    channel: int
    sent: int | None
    arrived: list[int]
    lost: int | None = None
    """The row in which it was lost: by a fault, or, in the row where it was sent, dropped."""


def flights(run: Run) -> list[Flight]:
    """All messages of a run, in the order in which they were sent.

    A packet of a fifo is the one at its place; of equal packets in a bag the oldest is taken.
    """
    found: list[Flight] = []
    contents: list[list[Flight]] = []
    for number, packets in enumerate(run.initial.channels):
        contents.append([Flight(packet, number, None, []) for packet in packets])
        found += contents[number]
    for row, run_step in enumerate(run.steps):
        step = run_step.step
        if step.channel is not None:
            flight = _at(run.system, contents[step.channel], step)
            if step.kind is not StepKind.DUPLICATION:
                contents[step.channel].remove(flight)
            if step.kind is StepKind.LOSS:
                flight.lost = row
            else:
                flight.arrived.append(row)
        found += _sends(run.system, contents, step, row)
    return found


def _at(system: System, contents: list[Flight], step: Step) -> Flight:
    assert step.channel is not None
    assert step.position is not None
    if system.channels[step.channel].ordered:
        return contents[step.position]
    return next(flight for flight in contents if flight.packet == step.packet)


def _sends(system: System, contents: list[list[Flight]], step: Step, row: int) -> list[Flight]:
    """What a step sends; in a step that ends the run, as far as it got."""
    sent = []
    for channel, packet, dropped in sends_of(system, step):
        flight = Flight(packet, channel, row, [], lost=row if dropped else None)
        if not dropped:
            contents[channel].append(flight)
        sent.append(flight)
    return sent


def sends_of(system: System, step: Step) -> Iterator[tuple[int, Packet, bool]]:
    """Channel and packet of each send of a step, and whether a full channel dropped it."""
    if step.local is None or step.instance is None:
        return
    for (output, packet), dropped in zip(step.local.sends, step.dropped, strict=False):
        channel = system.outputs[step.instance][output]
        assert channel is not None
        yield channel, packet, dropped


def describe(system: System, step: Step) -> str:
    """One step in words: who, what.

    ``client: active_open``, ``server: rcv SYN(SEQ = 100)``, ``client -> server: loses SYN(…)``.
    """
    packet = show_packet(system.messages, step.packet) if step.packet else ""
    if step.kind is StepKind.LOSS and step.channel is not None:
        return f"{system.channels[step.channel].name}: loses {packet}"
    assert step.instance is not None
    assert step.local is not None
    who = system.instances[step.instance].name
    choices = (
        f" (any = {', '.join(map(show_value, step.local.choices))})" if step.local.choices else ""
    )
    what = {
        StepKind.CALL: step.local.event,
        StepKind.TIMEOUT: f"timeout {step.local.event}",
        StepKind.STEP: "step",
        StepKind.RECEIVE: f"rcv {packet}",
        StepKind.DUPLICATION: f"rcv {packet}, duplicated",
    }[step.kind]
    return f"{who}: {what}{choices}{_drops(step.local, step.dropped)}"


def _drops(local: LocalStep, dropped: tuple[bool, ...]) -> str:
    """What a full channel dropped: nothing is lost silently."""
    names = [packet.name for (_, packet), lost in zip(local.sends, dropped, strict=False) if lost]
    return f" ({', '.join(names)} dropped: full)" if names else ""
