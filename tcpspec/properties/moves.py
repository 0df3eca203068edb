"""Which lines of machines are used in which of their states.

Coverage counts a line once, wherever it is used; a picture has an arrow for each state that a line
applies to, and says of each whether some run takes it.
"""

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np

from tcpspec.explore.columns import Flags, Numbers
from tcpspec.explore.graph import NOWHERE, Graph
from tcpspec.explore.space import StateSpace
from tcpspec.model.expressions import InstanceIn
from tcpspec.model.model import Kind, Machine, Transition

Use: TypeAlias = tuple[Transition, str]
"""A line, and a state in which it is used."""


def uses(machine: Machine, space: StateSpace) -> frozenset[Use]:
    """What the instances of a machine use in some step, also in part of a duplication.

    To defer is no step: a line that defers counts where one of its messages is offered. Steps that
    end in an error, or that a bound cuts, are not taken.
    """
    return frozenset([*_taken(machine, space), *_deferring(machine, space)])


def _taken(machine: Machine, space: StateSpace) -> Iterator[Use]:
    graph = space.graph()
    source = np.repeat(np.arange(graph.states), np.diff(graph.offsets))
    followed = graph.targets != NOWHERE
    for number, state in _control_states(machine, space):
        there = space.truth(InstanceIn(number, frozenset([state])))
        for line in _lines(graph, number, followed & there[source]):
            yield line, state


def _lines(graph: Graph, instance: int, steps: Flags) -> Iterator[Transition]:
    """The lines of an instance that these steps take."""
    labels: Numbers = np.unique(graph.labels[steps])
    for action in (graph.actions[label] for label in labels):
        if action.instance == instance and action.transition is not None:
            yield action.transition


def _deferring(machine: Machine, space: StateSpace) -> Iterator[Use]:
    instances = space.transition_system.system.instances
    for offer in space.offered():
        if instances[offer.instance].machine.name == machine.name:
            for line in machine.of_state[offer.state]:
                if line.kind is Kind.DEFER and offer.message in line.events:
                    yield line, offer.state


def _control_states(machine: Machine, space: StateSpace) -> Iterator[tuple[int, str]]:
    instances = space.transition_system.system.instances
    return (
        seen for seen in space.control_states()
        if instances[seen[0]].machine.name == machine.name
    )  # fmt: skip
