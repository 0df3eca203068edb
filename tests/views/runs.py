"""Runs to draw: specifications, and a run through one, step by step in words."""

from xml.etree import ElementTree

from tcpspec.check import load
from tcpspec.explore.run import Run, RunStep, describe
from tcpspec.model.model import Specification
from tcpspec.record import replace
from tcpspec.semantics.system import TransitionSystem
from tests.helpers import BENCHMARK, specification

HOSTILE = """
message M(Größe: 0..7 = 0) = A.b | 日本語 | SYN+ACK
call go
timer t
machine X {
    var v.x: 0..1 = 0
    initial state A.b "<script>alert(1)</script>" { call go / snd SYN+ACK; snd A.b -> red }
    state red "[red]" { rcv 日本語 [v.x == 0] / v.x := 1 -> 日本語   rcv SYN+ACK -> A.b
                        ignore A.b }
    final state 日本語 "\\N & &lt;" { rcv any / snd 日本語 -> A.b }
}
system Two {
    a: X may go
    b: X may go
    channel a <-> b: bag(3), lossy, duplicating, when full drop
}
system Self {
    me: X may go
    channel me -> me: fifo(2), loses at most 1, when full drop
}
"""

RELAY = """
message M = SYN | ACK
call go
timer t
machine End { initial final state IDLE { call go / snd SYN -> BUSY   ignore SYN | ACK }
              state BUSY { rcv ACK -> IDLE   ignore SYN   timeout t / snd SYN } }
machine Relay { port left, right
    initial final state UP { rcv any from left / snd SYN to right
                             rcv any from right / snd ACK to left -> DOWN }
    final state DOWN { ignore any from left   ignore any from right   again: step -> UP } }
system Chain {
    near: End may go
    relay: Relay
    far: End may go
    channel near <-> relay.left: fifo(2), lossy
    channel far <-> relay.right: fifo(2), when full drop
}
machine Tap { initial final state UP { ignore any } }
system Wide {
    near: End may go
    tap: Tap
    far: End may go
    channel near <-> far: fifo(2), lossy
}
"""

OLD = """
message M(SEQ: 0..9 = 1) = SYN | FIN
call go, pick
machine End {
    var n: 0..9 = 0
    initial final state UP { call go / snd SYN; snd FIN(SEQ = 2); n := 9 -> DONE
                             call pick / n := any   rcv any / n := any }
    final state DONE { ignore any   call go / n := n + 1 }
}
system Pair {
    a: End may go, pick
    b: End may go
    channel a -> b: bag(3), duplicating, lossy, holds SYN(SEQ = 7)
    channel b -> a: fifo(1), when full drop
}
system Older {
    a: End may go, pick
    b: End may go
    channel a -> b: bag(5), lossy, holds SYN(SEQ = 7), holds FIN(SEQ = 7),
        holds SYN(SEQ = 8), holds FIN(SEQ = 8)
    channel b -> a: fifo(3), when full drop, holds SYN(SEQ = 3), holds SYN(SEQ = 4)
}
"""


def handshake() -> Specification:
    return load(str(BENCHMARK.parent / "handshake.fsm"))


def walk(spec: Specification, system: str, *steps: str, loop_from: int | None = None) -> Run:
    """The run that takes, again and again, the first step that is described by these words."""
    transition_system = TransitionSystem(spec.systems[system])
    state = initial = transition_system.initial_states()[0]
    taken: list[RunStep] = []
    end = None
    for words in steps:
        successor = next(
            s
            for s in transition_system.successors(state)
            if words in describe(transition_system.system, s.step)
        )
        taken.append(RunStep(successor.step, successor.state))
        state, end = successor.state or state, successor.end
    return replace(
        Run(transition_system.system, initial, tuple(taken)), end=end, loop_from=loop_from
    )


def basic() -> Run:
    """Figure 6 of RFC 9293."""
    return walk(
        handshake(), "ClientServer",
        "passive_open", "active_open", "rcv SYN", "rcv SYN+ACK", "rcv ACK",
    )  # fmt: skip


def lossy() -> Run:
    """Everything that can happen to a message but a duplication."""
    return walk(
        handshake(), "ClientServer",
        "active_open", "passive_open", "timeout", "timeout", "server: rcv SYN", "loses SYN",
        "client: rcv SYN+ACK",
    )  # fmt: skip


def duplicated() -> Run:
    """An old duplicate, a duplicate, a loss of one of two, and one that stays on its way."""
    return walk(
        specification(OLD), "Pair",
        "a: go", "rcv SYN(SEQ = 7)", "rcv SYN(SEQ = 1), duplicated", "loses SYN(SEQ = 1)",
    )  # fmt: skip


def copied() -> Run:
    """An old duplicate and another message, each duplicated, whose copies stay on their way."""
    return walk(
        specification(OLD), "Pair",
        "a: go", "rcv SYN(SEQ = 7), duplicated", "rcv SYN(SEQ = 1), duplicated",
    )  # fmt: skip


def older() -> Run:
    """Six messages from before: two arrive, one is lost, three stay on their way."""
    return walk(
        specification(OLD), "Older",
        "a: go", "rcv FIN(SEQ = 7)", "loses SYN(SEQ = 8)", "b: rcv FIN(SEQ = 8)",
    )  # fmt: skip


def relayed(**lasso: int) -> Run:
    return walk(
        specification(RELAY), "Chain",
        "near: go", "relay: rcv SYN", "far: go", "relay: rcv SYN", "relay: step", **lasso,
    )  # fmt: skip


def long() -> Run:
    """Sixty steps of a chain, with much on its way at once."""
    transition_system = TransitionSystem(specification(RELAY).systems["Chain"])
    state = initial = transition_system.initial_states()[0]
    taken: list[RunStep] = []
    for number in range(60):
        going_on = [s for s in transition_system.successors(state) if s.state is not None]
        successor = going_on[number * 7 % len(going_on)]
        state = successor.state or state
        taken.append(RunStep(successor.step, state))
    return Run(transition_system.system, initial, tuple(taken))


def svg_texts(svg: str) -> list[str]:
    """The texts of a picture, as a reader sees them."""
    texts = ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    return ["".join(text.itertext()) for text in texts]
