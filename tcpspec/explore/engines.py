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


Explorer: TypeAlias = Callable[[TransitionSystem, Limits, Observer | None], StateSpace]

ENGINES: dict[Engine, Explorer] = {Engine.AUTO: explore, Engine.REFERENCE: explore}


def unexplored(transition_system: TransitionSystem, limit: Limit) -> StateSpace:
    """The space of a system whose search was not even begun."""
    return ListedSpace(transition_system, Engine.REFERENCE.value, limit=limit)
