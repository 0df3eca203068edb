"""What an engine found: the reachable states, how they hang together, and where it had to stop.

All engines give this one result, and properties are decided on it alone. States are numbered in
breadth-first order, which is also the order of the specification among states of one depth, so the
first state with some property ends the first shortest run to it.
"""

from __future__ import annotations  # array is generic for type checkers only before Python 3.12

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from tcpspec.explore.run import Run, replay
from tcpspec.model.model import Transition
from tcpspec.semantics.state import End, EndKind, GlobalState
from tcpspec.semantics.system import TransitionSystem


class Fact:
    """What is known of one expanded state, as bits of a byte (an enum is too slow here)."""

    EXPANDED = 1
    """All its steps were looked at."""
    STEP_ENABLED = 2
    """Some step that is no fault is enabled."""
    MUST_GO_ON = 4
    """Some step that is neither a fault nor a call is enabled."""
    CUT = 8
    """Some step leads out of a bound, or was not followed because of a limit."""


class Limit(StrEnum):
    """Why a search ended before it was complete."""

    STATES = "max-states"
    MEMORY = "max-memory"
    TIMEOUT = "timeout"
    INTERRUPTED = "interrupted"


@dataclass(slots=True)
class StateSpace:
    """The states of a system as far as they were explored.

    ``parents[i]`` is the state from which state i was first reached, -1 for an initial one.
    ``offsets`` and ``targets`` are the edges of expanded states: those of state i are
    ``targets[offsets[i]:offsets[i + 1]]``. ``ends`` has the first state and step for each way in
    which runs end, and ``bounds`` how many steps each bound cut.
    """

    transition_system: TransitionSystem
    engine: str
    states: list[GlobalState] = field(default_factory=list)
    parents: array[int] = field(default_factory=lambda: array("q"))
    facts: bytearray = field(default_factory=bytearray)
    offsets: array[int] = field(default_factory=lambda: array("q", [0]))
    targets: array[int] = field(default_factory=lambda: array("q"))
    transitions: int = 0
    depth: int = 0
    used: set[Transition] = field(default_factory=set)
    ends: dict[EndKind, tuple[int, End]] = field(default_factory=dict)
    bounds: dict[str, int] = field(default_factory=dict)
    limit: Limit | None = None
    seconds: float = 0.0
    bytes_per_state: float = 0.0

    @property
    def complete(self) -> bool:
        """Whether every reachable state was seen: no limit was reached and no bound cut a step."""
        return self.limit is None and not self.bounds

    @property
    def failures(self) -> list[tuple[EndKind, int, End]]:
        """Overflows and values out of range, the first of each kind."""
        return [(kind, *at) for kind, at in self.ends.items() if kind is not EndKind.CUT]

    def expanded(self) -> Iterator[int]:
        """The numbers of states whose steps are known."""
        return (number for number, fact in enumerate(self.facts) if fact & Fact.EXPANDED)

    def run_to(self, number: int, end: End | None = None) -> Run:
        """The first shortest run to a state, replayed through the interpreter."""
        path = [number]
        while self.parents[path[-1]] >= 0:
            path.append(self.parents[path[-1]])
        return replay(self.transition_system, [self.states[i] for i in reversed(path)], end)

    def successors_of(self, number: int) -> Sequence[int]:
        """The states that one step leads to, one entry for each step."""
        if number + 1 >= len(self.offsets):
            return ()
        return self.targets[self.offsets[number] : self.offsets[number + 1]]

    def backward_from(self, numbers: Iterator[int]) -> bytearray:
        """For each state, 1 if some run leads from it to one of these."""
        marked = bytearray(len(self.states))
        todo = array("q", numbers)
        for number in todo:
            marked[number] = 1
        starts, sources = self._reversed()
        while todo:
            number = todo.pop()
            for i in range(starts[number], starts[number + 1]):
                if not marked[sources[i]]:
                    marked[sources[i]] = 1
                    todo.append(sources[i])
        return marked

    def _reversed(self) -> tuple[array[int], array[int]]:
        """The edges the other way round, in the same form, by counting sort."""
        starts = array("q", bytes(8 * (len(self.states) + 2)))
        for target in self.targets:
            starts[target + 2] += 1
        for number in range(2, len(starts)):
            starts[number] += starts[number - 1]
        sources = array("q", bytes(8 * len(self.targets)))
        for source in range(len(self.offsets) - 1):
            for i in range(self.offsets[source], self.offsets[source + 1]):
                target = self.targets[i]
                sources[starts[target + 1]] = source
                starts[target + 1] += 1
        return starts, sources
