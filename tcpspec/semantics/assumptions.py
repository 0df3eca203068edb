"""What every verdict on a system rests on, in the words of the language: what users may call, how
it starts, what channels do and hold, how far timers go, what bounds cut.
"""

from collections.abc import Mapping, Sequence

from tcpspec.model.model import Channel, Instance, Kind, Limit, Placement, System
from tcpspec.semantics.show import show_packet, show_value
from tcpspec.semantics.state import Packet


def assumptions(system: System) -> tuple[str, ...]:
    """All of them; of users, those who may not call everything as often as they like."""
    users = [
        f"{instance.name} may {'' if instance.may else 'call '}{calls(instance.may)}"
        for instance in system.instances
        if any(instance.may.get(call, 0) is not None for call in _taken(instance))
    ]
    return (*users, *surroundings(system))


def surroundings(system: System) -> tuple[str, ...]:
    """All but what users may call."""
    starts = [", ".join(_placed(system, one) for one in start) for start in system.initial]
    return (
        *(f"{'or ' if number else ''}init {start}" for number, start in enumerate(starts)),
        *(channel.assumption + _held(system, channel) for channel in system.channels),
        *(rule.text for rule in system.timers),
        *(f"bound {bound.text}" for bound in system.bounds),
    )


def calls(may: Mapping[str, Limit]) -> str:
    """What a user may call, and how often: ``open once, close``."""
    return ", ".join(f"{call}{_often(limit)}" for call, limit in may.items()) or "nothing"


def _often(limit: Limit) -> str:
    if limit is None:
        return ""
    return " once" if limit == 1 else f" at most {limit} times"


def _taken(instance: Instance) -> Sequence[str]:
    """The calls that its machine has lines for."""
    lines = instance.machine.transitions
    return [event for line in lines if line.kind is Kind.CALL for event in line.events]


def _placed(system: System, placement: Placement) -> str:
    """``A in OPEN(SND.NXT = 2)``."""
    instance = system.instances[placement.instance]
    values = ", ".join(
        f"{instance.machine.variables[slot].name} = {show_value(value)}"
        for slot, value in placement.values.items()
    )
    return f"{instance.name} in {placement.state}" + (f"({values})" if values else "")


def _held(system: System, channel: Channel) -> str:
    """What it holds at the start."""
    held = (Packet(one.message, one.values) for one in channel.holds)
    return "".join(f", holds {show_packet(system.messages, packet)}" for packet in held)
