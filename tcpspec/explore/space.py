"""What an engine found: the reachable states, and the questions that properties ask of them.

All engines answer these, and properties are decided on the answers alone. States are numbered from
0, layer by layer: first the initial ones, then those one step away, and so on. How states of one
layer are numbered is the engine's business, but which of them comes *first* is not: the first state
of some kind ends the first shortest run to one of that kind, where runs of the same length are
compared step by step in the order of the specification. So all engines show the same runs.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from tcpspec.explore.run import Run
from tcpspec.model.expressions import Expression
from tcpspec.model.model import Transition
from tcpspec.semantics.state import End, EndKind, GlobalState
from tcpspec.semantics.system import TransitionSystem

if TYPE_CHECKING:
    from tcpspec.explore.columns import Flags
    from tcpspec.explore.graph import Graph
    from tcpspec.explore.limits import Look


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
    DECIDED = "decided"
    """Every check is decided, and one of them is not as the specification says."""

    @property
    def end(self) -> str:
        """What it did to the search."""
        ends = {Limit.INTERRUPTED: "was interrupted", Limit.DECIDED: "ended when all was answered"}
        return ends.get(self, f"stopped at {self}")


class Offer(NamedTuple):
    """A message that is offered to an instance in one of its control states."""

    instance: int
    state: str
    message: str


@dataclass(slots=True)
class StateSpace(ABC):
    """The states of a system as far as they were explored.

    ``transitions`` are the steps between states that were found, ``depth`` is the number of steps
    to the last layer. ``used`` has the written lines of these steps, and ``bounds`` says how many
    steps each bound cut.
    """

    transition_system: TransitionSystem
    engine: str
    transitions: int = 0
    depth: int = 0
    used: set[Transition] = field(default_factory=set)
    bounds: dict[str, int] = field(default_factory=dict)
    limit: Limit | None = None
    seconds: float = 0.0
    bytes_per_state: float = 0.0
    kept_graph: "Graph | None" = None
    begun: bool = False
    """Whether the search was only begun, for another engine to go on with: all layers are known up
    to one of which nothing is expanded.
    """

    @property
    def complete(self) -> bool:
        """Whether every reachable state was seen: no limit was reached and no bound cut a step."""
        return self.limit is None and not self.bounds

    @property
    def failures(self) -> list[tuple[EndKind, int, End]]:
        """Overflows and values out of range, the first of each kind."""
        return [(kind, *at) for kind, at in self.ends.items() if kind is not EndKind.CUT]

    # --- states and runs ---

    @property
    @abstractmethod
    def states(self) -> Sequence[GlobalState]:
        """All states, by their numbers; an engine may make each one when it is asked for."""

    @property
    @abstractmethod
    def ends(self) -> Mapping[EndKind, tuple[int, End]]:
        """The first state and step for each way in which runs end, the first of them first."""

    @abstractmethod
    def run_to(self, number: int, end: End | None = None) -> Run:
        """The first shortest run to a state, replayed through the interpreter.

        With ``end``, the first step of the state that ends so is added.
        """

    # --- questions ---

    @abstractmethod
    def first_where(self, predicate: Expression, value: bool) -> int | None:
        """The first state in which a predicate has this value."""

    @abstractmethod
    def has(self, predicate: Expression, value: bool) -> bool:
        """Whether a predicate has this value in some state."""

    @abstractmethod
    def first_unrested(self, going_on: int, quiet: Sequence[Collection[str]]) -> int | None:
        """The first expanded state without these facts in which some instance is in none of its
        quiet states, or some channel holds a message.
        """

    @abstractmethod
    def first_cut_off(self, predicate: Expression, *, beyond: bool) -> int | None:
        """The first state from which no run leads to one in which a predicate holds.

        With ``beyond``, nor to one some of whose steps were not looked at: there may be more.
        """

    @abstractmethod
    def unspecified(self) -> list[tuple[Offer, int]]:
        """Every offer without a rule, each with the first state that makes it, in their order."""

    @abstractmethod
    def offered(self) -> set[Offer]:
        """Every offer that some state makes, with a rule for it or without."""

    @abstractmethod
    def control_states(self) -> Iterator[tuple[int, str]]:
        """Every instance with each control state in which it is seen."""

    # --- whole runs ---

    def graph(self, look: "Look | None" = None) -> "Graph":
        """All steps of the states that were found, and what they do; made when first asked for.
        Raises what ``look`` raises.
        """
        if self.kept_graph is None:
            self.kept_graph = self._graph(look or (lambda: None))
        return self.kept_graph

    @property
    def bytes_per_transition(self) -> float | None:
        """Of the graph that claims about whole runs look at; None if there was no need for it."""
        if self.kept_graph is None:
            return None
        return round(self.kept_graph.nbytes / max(1, len(self.kept_graph.targets)), 1)

    @abstractmethod
    def _graph(self, look: "Look") -> "Graph":
        """The same, made anew."""

    @abstractmethod
    def truth(self, predicate: Expression) -> "Flags":
        """For each state whether a predicate holds in it."""

    @abstractmethod
    def number_of(self, state: GlobalState) -> int | None:
        """The number of a state; None for one that was not found."""
