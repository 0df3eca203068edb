"""Which engine finds the states: the one place that chooses."""

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from typing import TypeAlias

from tcpspec.explore.limits import Limits, Observer
from tcpspec.explore.listed import ListedSpace
from tcpspec.explore.reference import explore
from tcpspec.explore.space import Limit, StateSpace
from tcpspec.semantics.system import TransitionSystem


class Engine(StrEnum):
    """``auto`` takes the one that suits the model."""

    AUTO = "auto"
    REFERENCE = "reference"
    TABLE = "table"


Explorer: TypeAlias = Callable[[TransitionSystem, Limits, Observer | None], StateSpace]


HAND_OVER = 4000
"""From how many states on ``auto`` takes the table engine: so many the reference finds about as
soon as NumPy is imported."""


def _auto(
    transition_system: TransitionSystem, limits: Limits, observer: Observer | None
) -> StateSpace:
    """The reference starts at once; a model that turns out large is handed over, with all that is
    known of it.
    """
    begun = explore(transition_system, limits, observer, HAND_OVER)
    if not begun.begun:
        return begun
    left = None if limits.timeout is None else max(0.0, limits.timeout - begun.seconds)
    try:
        from tcpspec.explore import table

        found = table.explore(transition_system, replace(limits, timeout=left), observer, begun)
    except KeyboardInterrupt:  # before the search went on
        begun.limit = Limit.INTERRUPTED
        return begun
    found.seconds += begun.seconds
    return found


def _table(
    transition_system: TransitionSystem, limits: Limits, observer: Observer | None
) -> StateSpace:
    try:
        from tcpspec.explore import table  # NumPy takes a tenth of a second

        return table.explore(transition_system, limits, observer)
    except KeyboardInterrupt:  # before the search was begun
        return unexplored(transition_system, Limit.INTERRUPTED)


ENGINES: dict[Engine, Explorer] = {
    Engine.AUTO: _auto,
    Engine.REFERENCE: explore,
    Engine.TABLE: _table,
}


def unexplored(transition_system: TransitionSystem, limit: Limit) -> StateSpace:
    """The space of a system whose search was not even begun."""
    return ListedSpace(transition_system, Engine.REFERENCE.value, limit=limit)
