"""Systems that remember their steps.

Scenarios, the search and claims about whole runs all ask for the steps of the same states.
"""

from collections.abc import Iterator

from tcpspec.model.model import System
from tcpspec.semantics.state import GlobalState, Successor
from tcpspec.semantics.system import TransitionSystem

MOST_STATES = 1 << 13
"""Of so many states the steps are remembered: they take a few kilobytes each."""


class Remembered(TransitionSystem):
    """A system whose steps are found once."""

    def __init__(self, system: System, most: int = MOST_STATES) -> None:
        super().__init__(system)
        self._most = most
        self._known: dict[GlobalState, tuple[Successor, ...]] = {}

    def successors(self, state: GlobalState) -> Iterator[Successor]:
        """The same, found or remembered."""
        known = self._known.get(state)
        if known is None:
            if len(self._known) >= self._most:
                return self._found(state)
            known = self._known[state] = tuple(self._found(state))
        return iter(known)

    def _found(self, state: GlobalState) -> Iterator[Successor]:
        return super().successors(state)
