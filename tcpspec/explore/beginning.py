"""What a search begins with: the initial states, or what another engine has found."""

from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from tcpspec.explore.columns import Numbers
from tcpspec.explore.expansion import ENDED, UNSPECIFIED, Tables
from tcpspec.explore.layers import LayeredSpace
from tcpspec.explore.listed import ListedSpace
from tcpspec.explore.space import StateSpace
from tcpspec.record import Record
from tcpspec.semantics.state import GlobalState
from tcpspec.semantics.system import TransitionSystem

Columns: TypeAlias = list[Numbers]
"""States: for each component a number for each state."""


class Beginning(Record):
    """Layers of states, all expanded but the last, with their facts; and figures of the steps."""

    tables: Tables
    layers: Sequence[Columns]
    facts: Sequence[NDArray[np.uint8]]
    transitions: int
    cuts: NDArray[np.int64]
    used: NDArray[np.bool_]


def beginning(transition_system: TransitionSystem, begun: StateSpace | None = None) -> Beginning:
    """Where to go on; without a space, the initial states."""
    if isinstance(begun, LayeredSpace):
        tables = begun.tables
        layers = [begun.packing.columns(words) for words in begun.layers]
        return Beginning(tables, layers, begun.facts[:-1], *_figures(begun, tables))
    tables = Tables(transition_system)
    if begun is None:
        cuts, used = (
            np.zeros(len(tables.system.bounds), np.int64),
            np.zeros(len(tables.lines), bool),
        )
        layers = [_columns(transition_system.initial_states(), tables)]
        return Beginning(tables, layers, (), 0, cuts, used)
    assert isinstance(begun, ListedSpace)
    pairs = list(pairwise(begun.layers()))
    layers = [_columns(begun.states[first:last], tables) for first, last in pairs]
    for columns in layers[:-1]:
        tables.expand(columns)  # so that whatever these states may ask for has a number
    facts = np.frombuffer(bytes(begun.facts), np.uint8).copy()
    for kind, (number, _) in begun.ends.items():
        facts[number] |= ENDED[kind]  # the first of its kind is enough
    facts |= UNSPECIFIED  # whether they do is asked when someone wants to know
    parts = [facts[first:last] for first, last in pairs[:-1]]
    return Beginning(tables, layers, parts, *_figures(begun, tables))


def _columns(states: Sequence[GlobalState], tables: Tables) -> Columns:
    numbers = [tables.components.numbers(state) for state in states]
    array = np.array(numbers, np.int64).reshape(len(numbers), len(tables.components))
    return list(array.T.copy())


def _figures(space: StateSpace, tables: Tables) -> tuple[int, NDArray[np.int64], NDArray[np.bool_]]:
    """Transitions; how many steps each bound cut (what the same text cut counts for the first of
    them); and which lines are used.
    """
    left = dict(space.bounds)
    cuts = [left.pop(f"bound {bound.text}", 0) for bound in tables.system.bounds]
    used = [line in space.used for line in tables.lines]
    return space.transitions, np.array(cuts, np.int64), np.array(used, np.bool_)
