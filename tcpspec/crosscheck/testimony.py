"""What another checker says of a system: its states, and an answer to each check it can take."""

from dataclasses import dataclass

from tcpspec.export.exported import LeftOut
from tcpspec.model.model import Check
from tcpspec.properties.verdict import Status


class ToolMissing(Exception):
    """The checker, or what it needs, is not on this machine; the message says what to install."""


class ToolFailed(Exception):
    """The checker was run, and gave no answer: a time limit, no memory, an error of its own."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What the checker says of one check.

    ``status`` is that of the claim, whatever the specification expects. ``steps`` is the length of
    the shortest run that shows it, counted as ours are; None where the checker shows no run.
    """

    check: Check
    status: Status
    steps: int | None = None


@dataclass(frozen=True, slots=True)
class Testimony:
    """All that one checker says of one system.

    ``states`` counts distinct reachable states as ours are counted: what the encoding adds is
    subtracted.
    """

    tool: str
    system: str
    states: int
    findings: tuple[Finding, ...]
    left_out: tuple[LeftOut, ...]
    seconds: float
