"""From states of the interpreter to packed ones: how a search by tables begins."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tcpspec.explore.expansion import ENDED, Tables
from tcpspec.explore.listed import ListedSpace
from tcpspec.explore.packing import Packing, Words
from tcpspec.explore.seen import Seen
from tcpspec.semantics.state import GlobalState


def empty(tables: Tables) -> Seen:
    """Nothing is seen yet."""
    packing = Packing([len(part) for part in tables.components.parts])
    cuts = np.zeros(len(tables.system.bounds), np.int64)
    return Seen(packing, (), (), (), 0, cuts, np.zeros(len(tables.lines), np.bool_))


def packed(states: Sequence[GlobalState], tables: Tables, packing: Packing) -> Words:
    """These states, all of whose components have numbers."""
    numbers = [tables.components.numbers(state) for state in states]
    columns = np.array(numbers, np.int64).reshape(len(numbers), len(tables.components)).T.copy()
    return packing.pack(list(columns))


def taken_over(space: ListedSpace, tables: Tables) -> Seen:
    """What the reference found: whole layers, all expanded but the last."""
    for state in space.states:
        tables.components.numbers(state)
    seen = empty(tables)
    facts = np.frombuffer(bytes(space.facts), np.uint8).copy()
    for kind, (number, _) in space.ends.items():
        facts[number] |= ENDED[kind]  # the first of its kind is enough
    layers = list(pairwise(space.layers()))
    for nth, (first, last) in enumerate(layers):
        words = packed(space.states[first:last], tables, seen.packing)
        order = seen.packing.order(words)
        seen = seen.with_layer(words[:, order])
        if nth < len(layers) - 1:
            seen = seen.with_facts(facts[first:last][order])
    return seen.with_figures(space.transitions, _cuts(space, tables), _used(space, tables))


def _cuts(space: ListedSpace, tables: Tables) -> NDArray[np.int64]:
    """How many steps each bound cut; what the same text cut counts for the first of them."""
    left = dict(space.bounds)
    return np.array([left.pop(f"bound {b.text}", 0) for b in tables.system.bounds], np.int64)


def _used(space: ListedSpace, tables: Tables) -> NDArray[np.bool_]:
    return np.array([line in space.used for line in tables.lines], np.bool_)
