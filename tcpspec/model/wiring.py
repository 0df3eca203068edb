"""What may travel where, from what is written alone: who sends what, and who may be offered it."""

from collections.abc import Iterable
from typing import TypeAlias

from tcpspec.model.model import Machine, Send, System

Arriving: TypeAlias = dict[str, set[tuple[int | None, str]]]
"""By the name of a machine: ports, None where it has none, and messages that may come there."""


def sends(machine: Machine) -> dict[int, set[str]]:
    """What a machine sends, by output."""
    found: dict[int, set[str]] = {}
    for rule in machine.transitions:
        for action in rule.actions:
            if isinstance(action, Send):
                found.setdefault(action.output, set()).add(action.message)
    return found


def arriving(systems: Iterable[System]) -> Arriving:
    """For each machine of these systems, what some channel can bring to it, and to which port."""
    found: Arriving = {}
    for system in systems:
        for instance in system.instances:
            found.setdefault(instance.machine.name, set())
        for channel in system.channels:
            names = {held.message for held in channel.holds}
            sent = sends(system.instances[channel.sender].machine)
            names |= sent.get(channel.sender_port or 0, set())
            receiver = system.instances[channel.receiver].machine.name
            found[receiver] |= {(channel.receiver_port, name) for name in names}
    return found
