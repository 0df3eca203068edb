"""A run as a scenario: the lines that list what it shows, so that a check finds it possible.

A message may be written without a mark if it is received before anything else that is listed
happens: a call, a timeout, an arrival that has a line, a ``step`` that sends. Marking a message
*delayed* gives its arrival a line; so messages are marked until nothing changes any more.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from tcpspec.diagnostics import Diagnostics
from tcpspec.explore.run import Flight, Run, flights
from tcpspec.language.format import format_source
from tcpspec.model.model import Instance, Specification
from tcpspec.model.types import ValueT
from tcpspec.semantics.show import show_packet, show_value
from tcpspec.semantics.state import GlobalState, LocalState, Step, StepKind
from tcpspec.semantics.system import TransitionSystem
from tcpspec.source import Source

_ALWAYS_LISTED = (StepKind.CALL, StepKind.TIMEOUT)


class Unwritable(Exception):
    """The language has no words for this; the message says for what."""


def scenario(run: Run, name: str) -> str:
    """A run as a declaration, in canonical form. What an error ends is written up to the error.

    Raises ``Unwritable``.
    """
    lines = "\n".join(scenario_lines(run))
    return _canonical(f"scenario {quoted(name)} on {run.system.name} {{\n{lines}\n}}\n")


def variant(
    specification: Specification, run: Run, name: str, base: str, constants: Mapping[str, ValueT]
) -> str:
    """A run as a file that extends the specification, which that file calls ``base``; with the
    constants that were set.

    Raises ``Unwritable``.
    """
    set_ = "".join(f"replace const {n} = {show_value(value)}\n" for n, value in constants.items())
    title = quoted(f"a run of {run.system.name}")
    head = f"protocol {specification.name} {title} extends {quoted(base)}\n"
    return _canonical(f"{head}\n{set_}\n{scenario(run, name)}")


def _canonical(text: str) -> str:
    found = Diagnostics()
    formatted = format_source(Source("scenario", text), found)
    if formatted is None:
        raise Unwritable("; ".join(one.message for one in found.all))
    return formatted


def quoted(text: str) -> str:
    """A text in quotes, which know no escapes. Raises ``Unwritable``.

    >>> quoted("a run")
    '"a run"'
    """
    if not text.strip() or '"' in text or not text.isprintable():
        raise Unwritable("a text in quotes is not empty, and has no quotes or control characters")
    return f'"{text}"'


def scenario_lines(run: Run) -> Iterator[str]:
    """What a run shows, line by line, and what its last state is. Raises ``Unwritable``."""
    if run.end is not None:
        run = Run(run.system, run.initial, run.steps[:-1])
    sent = flights(run)
    _refuse(run, sent)
    marks = _Marks(run, sent)
    if len(TransitionSystem(run.system).initial_states()) > 1:
        yield from _expectations(run, run.initial, everything=True)
    for row in range(len(run.steps)):
        yield from _event(run, row, marks)
        yield from _sends(run, row, marks)
    yield from _expectations(run, run.last, everything=False)


def _refuse(run: Run, sent: Sequence[Flight]) -> None:
    """What is lost must have been sent, and not have arrived: a scenario has no line for others."""
    for flight in sent:
        if flight.lost is not None and (flight.sent is None or flight.arrived):
            shown = show_packet(run.system.messages, flight.packet)
            why = "was there at the start" if flight.sent is None else "had arrived before"
            what = f"step {flight.lost + 1} loses {shown}, which {why}"
            raise Unwritable(f"{what}: a scenario has no line for that")


class _Marks:
    """What becomes of each message; messages are called by their numbers."""

    def __init__(self, run: Run, sent: Sequence[Flight]) -> None:
        self._steps = [one.step for one in run.steps]
        self._sent = sent
        self._arriving = {row: n for n, flight in enumerate(sent) for row in flight.arrived}
        self._prompt = {n for n, flight in enumerate(sent) if self._may_be_prompt(flight)}
        while late := self._overtaken():
            self._prompt -= late

    def _may_be_prompt(self, flight: Flight) -> bool:
        """Sent, and received once and for all."""
        if flight.sent is None or flight.lost is not None or len(flight.arrived) != 1:
            return False
        return self._steps[flight.arrived[0]].kind is StepKind.RECEIVE

    def _overtaken(self) -> set[int]:
        """Those without a mark that something listed happens to while they are on their way."""
        listed = [row for row in range(len(self._steps)) if self._is_listed(row)]
        return {
            number
            for number in self._prompt
            if (flight := self._sent[number]).sent is not None
            and bisect_right(listed, flight.sent) < bisect_left(listed, flight.arrived[0])
        }

    def _is_listed(self, row: int) -> bool:
        step = self._steps[row]
        if step.kind is StepKind.STEP:
            return bool(step.local and step.local.sends)
        return step.kind in _ALWAYS_LISTED or self.arrives(row)

    def arrives(self, row: int) -> bool:
        """Whether a row is the arrival of a message that has a mark."""
        return row in self._arriving and self._arriving[row] not in self._prompt

    @cached_property
    def by_row(self) -> Mapping[int, list[tuple[Flight, str]]]:
        """The messages that each row sends, with their marks."""
        rows: dict[int, list[tuple[Flight, str]]] = {}
        for number, flight in enumerate(self._sent):
            mark = "" if number in self._prompt else " delayed"
            if flight.sent is not None:
                found = rows.setdefault(flight.sent, [])
                found.append((flight, " lost" if flight.lost is not None else mark))
        return rows


def _event(run: Run, row: int, marks: _Marks) -> Iterator[str]:
    """The call, the timeout or the arrival that a step shows."""
    step = run.steps[row].step
    if step.kind in _ALWAYS_LISTED:
        yield _alone(run, step)
    elif marks.arrives(row):
        assert step.channel is not None
        assert step.packet is not None
        shown = show_packet(run.system.messages, step.packet)
        yield f"arrives {run.system.channels[step.channel].name}: {shown}"


def _alone(run: Run, step: Step) -> str:
    assert step.instance is not None
    assert step.local is not None
    timeout = "timeout " if step.kind is StepKind.TIMEOUT else ""
    return f"{run.system.instances[step.instance].name}: {timeout}{step.local.event}"


def _sends(run: Run, row: int, marks: _Marks) -> Iterator[str]:
    for flight, mark in marks.by_row.get(row, ()):
        shown = show_packet(run.system.messages, flight.packet)
        yield f"{run.system.channels[flight.channel].name}: {shown}{mark}"


def _expectations(run: Run, state: GlobalState, *, everything: bool) -> Iterator[str]:
    """The state of each instance, with all values or those that are others than at the start."""
    together = zip(run.system.instances, state.locals, run.initial.locals, strict=True)
    for instance, local, first in together:
        values = _values(instance, local, None if everything else first)
        yield f"expect {' and '.join([f'{instance.name} in {local.state}', *values])}"


def _values(instance: Instance, local: LocalState, first: LocalState | None) -> Iterator[str]:
    before = first.values if first else (None,) * len(local.values)
    for variable, value, old in zip(instance.machine.variables, local.values, before, strict=True):
        if value != old:
            yield f"{instance.name}.{variable.name} == {show_value(value)}"
