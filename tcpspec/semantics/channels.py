"""Contents of one channel: a tuple of packets, oldest first in a fifo, sorted in a bag.

Sorting makes two bags with the same packets one state, and equal packets in a bag one choice.
"""

from bisect import insort
from collections.abc import Iterator
from typing import TypeAlias

from tcpspec.model.model import Channel, WhenFull
from tcpspec.semantics.state import Packet

Contents: TypeAlias = tuple[Packet, ...]


def initial(channel: Channel) -> Contents:
    """The old duplicates that the channel holds at the start."""
    held = [Packet(item.message, item.values) for item in channel.holds]
    return tuple(held if channel.ordered else sorted(held))


def send(channel: Channel, contents: Contents, packet: Packet) -> Contents | None:
    """The contents after a send: the same if it was dropped, None if that is an error.

    A full channel that makes senders wait is none that anything is sent into.
    """
    if len(contents) < channel.capacity:
        return put(channel, contents, packet)
    return contents if channel.when_full is WhenFull.DROP else None


def put(channel: Channel, contents: Contents, packet: Packet) -> Contents:
    """With one packet more; there must be room."""
    if channel.ordered:
        return (*contents, packet)
    packets = list(contents)
    insort(packets, packet)
    return tuple(packets)


def take(contents: Contents, position: int) -> Contents:
    """Without the packet at a position."""
    return contents[:position] + contents[position + 1 :]


def distinct(contents: Contents) -> Iterator[int]:
    """The position of each packet of a bag, equal ones once."""
    for position, packet in enumerate(contents):
        if position == 0 or contents[position - 1] != packet:
            yield position
