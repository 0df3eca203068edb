"""What a reader of the file is told first: what it is, how to run it, what it does not ask."""

from collections.abc import Iterator
from pathlib import PurePath
from textwrap import wrap

from tcpspec.export.exported import LeftOut
from tcpspec.export.promela.asserting import Asserting, on_demand
from tcpspec.export.promela.text import comment
from tcpspec.export.promela.wiring import Wiring
from tcpspec.model.model import Specification, System


def header(
    specification: Specification, system: System, wiring: Wiring, asserting: Asserting
) -> Iterator[str]:
    """The comment at the top."""
    title = f", {system.title}" if system.title else ""
    yield comment(f"System {system.name}{title}")
    yield comment(f"of protocol {specification.name}, {PurePath(specification.path).name}")
    file = f"{system.name}.pml"
    option = "-E" if _why_not(system, wiring) else "-q"
    yield ""
    yield "/* To check it, breadth first, so that the first error has a shortest run:"
    yield f"     spin -a {comment(file)[3:-3]}"
    yield "     gcc -DSAFETY -DNOREDUCE -DBFS -o pan pan.c"
    yield f"     ./pan {option}"
    yield f"     spin -t -T {comment(file)[3:-3]}    (the steps of the run that was found)"
    yield "   Numbers in comments are lines of the specification; one d_step is one step of it."
    yield from _deadlocks(system, wiring)
    asked = [asked.name for asked in asserting.asked if on_demand(asked.check)]
    if asked:
        yield "   What is to be reachable, or to fail, is an error only if it is asked for:"
        yield from (f"     spin -a -DASK_{name} ..." for name in asked if name)
    yield "*/"
    for left_out in asserting.left_out:
        yield from _left_out(left_out)


def _why_not(system: System, wiring: Wiring) -> str:
    """What keeps SPIN from seeing a deadlock by itself."""
    if any(c.losses != 0 or c.duplications != 0 for c in system.channels):
        return "a fault may still happen in a deadlock"
    if any(way.slots for way in wiring.ways):
        return "it does not look into arrays"
    return ""


def _deadlocks(system: System, wiring: Wiring) -> Iterator[str]:
    reason = _why_not(system, wiring)
    if reason:
        yield "   SPIN's own invalid end states are not all deadlocks, since"
        yield f"   {reason}: hence -E, and the assertion no_deadlock."
    else:
        yield "   Only final states have end labels, and -q asks for empty channels: so SPIN's own"
        yield "   invalid end states are deadlocks; the assertion no_deadlock says the same."


def _left_out(left_out: LeftOut) -> Iterator[str]:
    text = comment(f"Not asked: {left_out.check.name}. {left_out.reason}.")
    yield from wrap(text, 100, subsequent_indent="   ")
