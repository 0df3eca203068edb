"""Places in a scenario: a state, how much has been shown, and the fates of packets on their way."""

from enum import Enum
from typing import NamedTuple, TypeAlias

from tcpspec.model.model import Line, Mark
from tcpspec.semantics.state import GlobalState, Packet


class Fate(Enum):
    """What is to become of a packet on its way."""

    PROMPT = "prompt"
    LOST = "lost"
    DELAYED = "delayed"


FATES = {None: Fate.PROMPT, Mark.LOST: Fate.LOST, Mark.DELAYED: Fate.DELAYED}

Fates: TypeAlias = tuple[tuple[Fate, ...], ...]
"""For each channel the fate of each of its packets, in the order of the contents."""


class Place(NamedTuple):
    """A state, how many lines have been shown, and the fates of the packets on their way."""

    state: GlobalState
    line: int
    fates: Fates

    @property
    def is_prompt(self) -> bool:
        """Whether some packet must be received before anything else that is listed."""
        return any(Fate.PROMPT in fates for fates in self.fates)


def matches(line: Line, packet: Packet) -> bool:
    """Whether a line names this packet; fields that it does not name are free."""
    return line.name == packet.name and all(packet.values[s] == v for s, v in line.pattern)
