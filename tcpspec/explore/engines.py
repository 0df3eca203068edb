"""Which engine finds the states: the one place that chooses."""

from collections.abc import Callable
from enum import StrEnum
from typing import TypeAlias

from tcpspec.explore.limits import Limits, Observer
from tcpspec.explore.listed import ListedSpace
from tcpspec.explore.reference import explore
from tcpspec.explore.space import Limit, StateSpace
from tcpspec.semantics.system import TransitionSystem


class Engine(StrEnum):
    """``auto`` takes the one that suits the model; so far that is always the reference."""

    AUTO = "auto"
    REFERENCE = "reference"
    TABLE = "table"


Explorer: TypeAlias = Callable[[TransitionSystem, Limits, Observer | None], StateSpace]


def _table(
    transition_system: TransitionSystem, limits: Limits, observer: Observer | None
) -> StateSpace:
    from tcpspec.explore import table  # NumPy takes a tenth of a second

    return table.explore(transition_system, limits, observer)


ENGINES: dict[Engine, Explorer] = {
    Engine.AUTO: explore,
    Engine.REFERENCE: explore,
    Engine.TABLE: _table,
}


def unexplored(transition_system: TransitionSystem, limit: Limit) -> StateSpace:
    """The space of a system whose search was not even begun."""
    return ListedSpace(transition_system, Engine.REFERENCE.value, limit=limit)
