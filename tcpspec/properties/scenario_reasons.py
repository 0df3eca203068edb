"""Why a scenario cannot be followed further: for people who wrote it and expected that it can."""

from collections.abc import Callable, Iterator

from tcpspec.explore.run import describe, sends_of
from tcpspec.model.model import Line, LineKind, Scenario
from tcpspec.properties.disabled import disabled
from tcpspec.properties.explain import why
from tcpspec.properties.scenario_places import Fate, Place, matches
from tcpspec.semantics.show import show_packet
from tcpspec.semantics.state import Packet, Step, StepKind
from tcpspec.semantics.system import TransitionSystem


def shows(ts: TransitionSystem, step: Step) -> str:
    """A step, and the messages that it sends, as lines of a scenario would list them."""
    sent = [
        f"{ts.system.channels[channel].name}: {show_packet(ts.system.messages, packet)}"
        + (" lost" if dropped else "")
        for channel, packet, dropped in sends_of(ts.system, step)
    ]
    if step.local is not None and len(step.dropped) < len(step.local.sends):
        _, packet = step.local.sends[len(step.dropped)]
        shown = show_packet(ts.system.messages, packet)
        sent.append(f"and then no room for {shown}, which is an error")
    return "; ".join([describe(ts.system, step), *sent])


def reasons(ts: TransitionSystem, scenario: Scenario, place: Place) -> Iterator[str]:
    """Why the next line cannot be shown; or, behind the last line, what is not as it should be."""
    if place.line < len(scenario.lines):
        line = scenario.lines[place.line]
        yield f"line {place.line + 1} cannot be shown: {line.text}"
    pending = list(_pending(ts, place, len(scenario.lines)))
    yield from pending
    if not pending and place.line < len(scenario.lines):
        yield from _why_line(ts, scenario, place)


def _pending(ts: TransitionSystem, place: Place, lines: int) -> Iterator[str]:
    """Packets that must arrive first; behind the last line, also those that must be lost."""
    for number, (contents, fates) in enumerate(zip(place.state.channels, place.fates, strict=True)):
        for packet, fate in zip(contents, fates, strict=True):
            what = f"{ts.system.channels[number].name}: {show_packet(ts.system.messages, packet)}"
            if fate is Fate.PROMPT:
                yield f"{what} must be received first{_instead_of(ts, place, number, packet)}"
            elif fate is Fate.LOST and place.line == lines:
                yield f"{what} must be lost, and cannot be"


def _instead_of(ts: TransitionSystem, place: Place, channel: int, packet: Packet) -> str:
    """What the receipt of a packet would show, or that it cannot be received."""
    receipts = _receipts(ts, place, channel, lambda other: other == packet)
    if not receipts:
        return ", and cannot be"
    return ", which shows " + " or ".join(shows(ts, step) for step in receipts)


def _why_line(ts: TransitionSystem, scenario: Scenario, place: Place) -> Iterator[str]:
    line = scenario.lines[place.line]
    following = next(iter(scenario.lines[place.line + 1 :]), None)
    match line.kind:
        case LineKind.EXPECT:
            assert line.predicate is not None
            yield from why(ts, line.predicate, place.state, value=False)
        case LineKind.CALL | LineKind.TIMEOUT:
            yield from _why_no_event(ts, line, following, place)
        case LineKind.ARRIVES:
            yield from _why_no_arrival(ts, line, following, place)
        case LineKind.SENT:
            yield from _why_not_sent(ts, line, place)


def _why_no_event(
    ts: TransitionSystem, line: Line, following: Line | None, place: Place
) -> Iterator[str]:
    """Either the event cannot happen, or it sends something else than the lines behind list."""
    steps = [
        successor.step
        for successor in ts.successors(place.state)
        if successor.step.instance == line.instance
        and successor.step.local is not None
        and (successor.step.kind.value, successor.step.local.event) == (line.kind.value, line.name)
    ]
    for step in steps:
        yield f"it shows {shows(ts, step)}; {_next(following)}"
    if not steps:
        yield from _why_disabled(ts, line, place)


def _why_disabled(ts: TransitionSystem, line: Line, place: Place) -> Iterator[str]:
    """What keeps an instance from a call or a timeout."""
    assert line.instance is not None
    wanted = (line.instance, line.kind.value, line.name)
    found = [d for d in disabled(ts, place.state) if (d.instance, d.kind.value, d.event) == wanted]
    yield from dict.fromkeys(reason for one in found for reason in one.reasons)
    if not found:
        name, state = (
            ts.system.instances[line.instance].name,
            place.state.locals[line.instance].state,
        )
        yield f"{name} has no transition for {line.kind} {line.name} in {state}"


def _why_no_arrival(
    ts: TransitionSystem, line: Line, following: Line | None, place: Place
) -> Iterator[str]:
    assert line.channel is not None
    contents = list(zip(place.state.channels[line.channel], place.fates[line.channel], strict=True))
    fates = {fate for packet, fate in contents if matches(line, packet)}
    if not fates:
        held = ", ".join(show_packet(ts.system.messages, packet) for packet, _ in contents)
        yield f"no such message is on its way there, but {held or 'nothing'}"
        return
    if fates == {Fate.LOST}:
        yield "the only such message is listed as lost"
        return
    steps = _receipts(ts, place, line.channel, lambda packet: matches(line, packet))
    yield from (f"it shows {shows(ts, step)}; {_next(following)}" for step in steps)
    if not steps:
        yield _why_not_taken(ts, line, place)


def _why_not_taken(ts: TransitionSystem, line: Line, place: Place) -> str:
    """A message is on its way, and its receiver does not take it now."""
    assert line.channel is not None
    receiver = ts.system.instances[ts.system.channels[line.channel].receiver].name
    for _, packet, reception in ts.offers(place.state, line.channel):
        if matches(line, packet):
            if not reception.specified:
                return f"{receiver} has no rule that applies to it"
            return f"{receiver} {'has no room to answer' if reception.steps else 'defers it'}"
    return "other messages are before it"


def _receipts(
    ts: TransitionSystem, place: Place, channel: int, wanted: Callable[[Packet], bool]
) -> list[Step]:
    """The receptions that are possible of the packets of a channel that are wanted."""
    return [
        successor.step
        for successor in ts.successors(place.state)
        if successor.step.kind is StepKind.RECEIVE
        and successor.step.channel == channel
        and successor.step.packet is not None
        and wanted(successor.step.packet)
    ]


def _next(line: Line | None) -> str:
    return f"the next line is: {line.text}" if line else "no line follows"


def _why_not_sent(ts: TransitionSystem, line: Line, place: Place) -> Iterator[str]:
    """Steps that send the message with other fields, or lose it, are near misses."""
    near = False
    for successor in ts.successors(place.state):
        for channel, packet, dropped in sends_of(ts.system, successor.step):
            if channel == line.channel and packet.name == line.name:
                near = True
                shown = show_packet(ts.system.messages, packet)
                lost = ", lost because the channel is full" if dropped else ""
                yield f"{describe(ts.system, successor.step)} would send {shown}{lost}"
    if not near:
        yield "no step that is possible here sends this message"
