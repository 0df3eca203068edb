"""What a reader of the file is told first: what it is, how to run it, what it does not ask."""

import shlex
from collections.abc import Iterator
from pathlib import PurePath

from tcpspec.export.exported import Refused
from tcpspec.export.promela.asserting import Asserting, on_demand
from tcpspec.export.promela.text import remark
from tcpspec.export.promela.wiring import Wiring
from tcpspec.model.model import Claim, Specification, System

PAN_VECTOR = 1024
"""Bytes of a state that pan takes if it is not told."""


def header(
    specification: Specification, system: System, wiring: Wiring, asserting: Asserting,
    file: str, vector: int,
) -> Iterator[str]:  # fmt: skip
    """The comment at the top; a state has ``vector`` bytes at most."""
    title = f", {system.title}" if system.title else ""
    yield from remark(f"System {system.name}{title}")
    yield from remark(f"of protocol {specification.name}, {PurePath(specification.path).name}")
    name = _quoted(file)
    option = "-q" if _native(system, wiring, asserting) else "-E"
    size = f" -DVECTORSZ={1 << (vector - 1).bit_length()}" if vector > PAN_VECTOR else ""
    yield ""
    yield "/* To check it, breadth first, so that the first error has a shortest run, and see it:"
    yield f"     spin -a {name}"
    yield f"     gcc -DSAFETY -DNOREDUCE -DBFS{size} -o pan pan.c"
    yield f"     ./pan {option}"
    yield f"     spin -t -T {name}"
    yield "   Numbers in comments are lines of the specification; one d_step is one step of it."
    yield from _deadlocks(system, wiring, asserting)
    yield from _on_demand(asserting, name)
    yield "*/"
    for left_out in asserting.left_out:
        yield from remark(f"Not asked: {left_out.check.name}. {left_out.reason}.")


def _quoted(file: str) -> str:
    """The name of the file for a shell; SPIN hands it to another one, in double quotes."""
    if not all(c.isalnum() or c in "_-+=.,:@% /" for c in file) or file.startswith("-"):
        raise Refused("the name of the file has characters that a command line would not keep")
    return shlex.quote(file)


def _why_not(system: System, wiring: Wiring) -> str:
    """What keeps SPIN from seeing deadlocks by itself."""
    if any(c.losses != 0 or c.duplications != 0 for c in system.channels):
        return "would miss deadlocks: a fault may still happen in one"
    if any(way.slots for way in wiring.ways):
        return "would miss deadlocks with messages left over in an array"
    return ""


def _claimed(asserting: Asserting) -> str | None:
    """The assertion that there is no deadlock, where that is claimed and expected to hold."""
    asked = (a for a in asserting.asked if a.check.claim is Claim.NO_DEADLOCK)
    return next((one.name for one in asked if not on_demand(one.check)), None)


def _native(system: System, wiring: Wiring, asserting: Asserting) -> bool:
    """Whether SPIN's invalid end states are errors: deadlocks, and claimed not to be there."""
    return _claimed(asserting) is not None and not _why_not(system, wiring)


def _deadlocks(system: System, wiring: Wiring, asserting: Asserting) -> Iterator[str]:
    reason, name = _why_not(system, wiring), _claimed(asserting)
    if _native(system, wiring, asserting):
        yield "   Only final states have end labels, and -q asks for empty channels: so SPIN's own"
        yield f"   invalid end states are deadlocks; the assertion {name} says the same."
    elif reason:
        instead = f"; the assertion {name} misses none" if name else ""
        yield f"   SPIN's own search {reason}."
        yield f"   Hence -E, which switches it off{instead}."
    else:
        yield "   That there is no deadlock is not claimed. Hence -E, which switches SPIN's own"
        yield "   search for invalid end states off."


def _on_demand(asserting: Asserting, file: str) -> Iterator[str]:
    asked = [asked.name for asked in asserting.asked if on_demand(asked.check)]
    in_text = [name for name in asked if asserting.is_in_text(name)]
    if in_text:
        yield "   What is to be reachable, or to fail, is an error only if it is asked for, by both"
        yield "   commands of spin:"
        yield from (f"     spin -DASK_{name} -a {file}" for name in in_text)
