"""A simulation as text: the ladder so far, where it stands, what can happen next, what cannot.

What the last step changed has a star behind it, and stands out where there is colour.
"""

from collections.abc import Iterator, Sequence

from tcpspec.escape import visible
from tcpspec.explore.run import describe
from tcpspec.model.model import Instance, System
from tcpspec.properties.disabled import Disabled, Obstacle
from tcpspec.semantics.show import show_packet, show_value
from tcpspec.semantics.state import GlobalState, LocalState, Successor
from tcpspec.simulation.simulation import Simulation
from tcpspec.views.measure import cells
from tcpspec.views.reports.report import Line, Look, Piece, plural
from tcpspec.views.runs.ladder import ladder
from tcpspec.wrap import filled, wrapped

ROWS = 12
"""How many lines of the ladder are shown, unless there is more room."""

DISABLED = 6
"""How many steps are shown that are not enabled, unless all are asked for."""

_INDENT = "  "


def frame(
    simulation: Simulation, look: Look, *, rows: int | None = ROWS, disabled: int | None = DISABLED
) -> Iterator[Line]:
    """All that there is to see before the next choice; None shows everything."""
    yield ()
    count = plural(len(simulation.taken), "step")
    yield ((visible(simulation.system.name), "strong"), (f"  {count}", "faint"))
    yield from ladder_lines(simulation, look, rows)
    if simulation.state is not None:
        yield ()
        yield from state_lines(simulation, look)
    yield ()
    yield from _choices(simulation, look)
    yield from disabled_lines(simulation, look, disabled)


def ladder_lines(simulation: Simulation, look: Look, rows: int | None = None) -> Iterator[Line]:
    """The ladder so far: its head and its last rows."""
    if simulation.run is None:
        return
    head, *lines = ladder(simulation.run, width=look.width - 2, ascii=look.ascii)
    yield ((_INDENT + head, ""),)
    if rows is not None and len(lines) > rows:
        lines = lines[-rows:]
        yield (("  …" if not look.ascii else "  ...", "faint"),)
    for line in lines:
        yield ((_INDENT + line, ""),)


# --- where it stands ---


def state_lines(simulation: Simulation, look: Look) -> Iterator[Line]:
    """The state of each instance, what is in each channel, what is left of each budget."""
    state, before = simulation.state, simulation.before
    assert state is not None
    rows = [
        *_instances(simulation.system, state, before),
        *_channels(simulation.system, state, before),
        *_budgets(simulation, state, before),
    ]
    width = max(cells(name) for name, _ in rows)
    for name, parts in rows:
        padding = " " * (width - cells(name))
        yield from _row(f"{_INDENT}{name}{padding}  ", parts, look.width)


_Row = tuple[str, list[Piece]]


def _instances(system: System, state: GlobalState, before: GlobalState | None) -> Iterator[_Row]:
    for number, (instance, local) in enumerate(zip(system.instances, state.locals, strict=True)):
        old = before.locals[number] if before else local
        parts = [_marked(local.state, old.state != local.state)]
        names = [variable.name for variable in instance.machine.variables]
        parts += _variables(names, local, old)
        yield visible(instance.name), parts


def _variables(names: Sequence[str], local: LocalState, old: LocalState) -> Iterator[Piece]:
    for name, value, previous in zip(names, local.values, old.values, strict=True):
        yield _marked(f"{name} = {show_value(value)}", value != previous)


def _channels(system: System, state: GlobalState, before: GlobalState | None) -> Iterator[_Row]:
    for number, (channel, packets) in enumerate(zip(system.channels, state.channels, strict=True)):
        old = before.channels[number] if before else packets
        shown = ", ".join(show_packet(system.messages, packet) for packet in packets)
        yield visible(channel.name), [_marked(shown or "empty", packets != old)]


def _budgets(
    simulation: Simulation, state: GlobalState, before: GlobalState | None
) -> Iterator[_Row]:
    old = before.budgets if before else state.budgets
    parts = [
        _marked(f"{budget.what} {left}", left != previous)
        for budget, left, previous in zip(
            simulation.ts.permissions.budgets, state.budgets, old, strict=True
        )
    ]
    if parts:
        yield "left", parts


def _marked(text: str, changed: bool) -> Piece:
    return (f"{visible(text)}*", "strong") if changed else (visible(text), "")


def _row(head: str, parts: Sequence[Piece], width: int) -> Iterator[Line]:
    """Parts beside a name, in as many lines as they need."""
    line: list[Piece] = [(head, "")]
    used = cells(head)
    for number, (text, style) in enumerate(parts):
        comma = "," if number < len(parts) - 1 else ""
        if used + cells(text) + 1 > width and len(line) > 1:
            yield tuple(line)
            line, used = [(" " * cells(head), "")], cells(head)
        line += [(text, style), (f"{comma} ", "")]
        used += cells(text) + 2
    yield tuple(line)


# --- what can happen ---


def _choices(simulation: Simulation, look: Look) -> Iterator[Line]:
    if simulation.starts:
        yield (("where to start", "strong"),)
        for number, state in enumerate(simulation.starts, 1):
            yield from _numbered(number, _start(simulation.system, state), "", look)
        return
    if simulation.steps:
        yield (("what can happen", "strong"),)
    else:
        yield (("nothing can happen", "strong"), (_over(simulation), ""))
    for number, successor in enumerate(simulation.steps, 1):
        error = "" if successor.end is None else _error(successor, look)
        yield from _numbered(number, effect(simulation.system, successor), error, look)


def _over(simulation: Simulation) -> str:
    return "" if simulation.end is None else f": {visible(simulation.end.message)}"


def _start(system: System, state: GlobalState) -> str:
    together = zip(system.instances, state.locals, strict=True)
    return ", ".join(
        f"{instance.name} in {_place(instance, local)}" for instance, local in together
    )


def _place(instance: Instance, local: LocalState) -> str:
    """``OPEN(SND.NXT = 2)``: as an ``init`` line would say it."""
    together = zip(instance.machine.variables, local.values, strict=True)
    values = ", ".join(f"{variable.name} = {show_value(value)}" for variable, value in together)
    return f"{local.state}({values})" if values else local.state


def _error(successor: Successor, look: Look) -> str:
    assert successor.end is not None
    wrong = "!!" if look.ascii else "✗"
    return f"  {wrong} {successor.end.kind}: {successor.end.message}"


def effect(system: System, successor: Successor) -> str:
    """A step, what it sends and where it leads: ``b: rcv SYN(SEQ = 1) / snd ACK -> OPEN``."""
    step = successor.step
    if step.local is None:
        return describe(system, step)
    sends = "; ".join(f"snd {show_packet(system.messages, p)}" for _, p in step.local.sends)
    text = describe(system, step) + (f" / {sends}" if sends else "")
    target = step.local.transition.target
    return f"{text} -> {target}" if target else text


def _numbered(number: int, text: str, error: str, look: Look) -> Iterator[Line]:
    first, *others = wrapped(visible(text), look.width - 6)
    yield ((f"{number:>4}  ", "strong"), (first, ""))
    for other in others:
        yield ((f"{'':6}{other}", ""),)
    if error:
        yield ((f"{'':4}{visible(error)}", "bad"),)


# --- what cannot ---


def disabled_lines(simulation: Simulation, look: Look, most: int | None = None) -> Iterator[Line]:
    """Steps that are not enabled, and why. Where only the first are shown, none of them is a line
    that another one goes before: what it is for does happen.
    """
    found = simulation.disabled
    if most is None:
        shown = found
    else:
        shown = tuple(d for d in found if d.obstacle is not Obstacle.OTHER_LINE)[:most]
    if found:
        yield (("what cannot", "strong"),)
    for one in shown:
        yield from _refused(one, look)
    if len(found) > len(shown):
        yield ((f"   -  {'and ' * bool(shown)}{len(found) - len(shown)} more: why", "faint"),)


def _refused(one: Disabled, look: Look) -> Iterator[Line]:
    parts = [f"{one.what}:", *(f"{reason};" for reason in one.reasons[:-1]), one.reasons[-1]]
    place = f"({one.transition.span.place})" if one.transition else ""
    lines = filled([visible(part) for part in [*parts, place] if part], look.width - 6)
    for number, line in enumerate(lines):
        yield ((f"   {'-' if number == 0 else ' '}  {line}", "faint"),)
