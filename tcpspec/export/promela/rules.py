"""Which line takes a message, and whether what it does can be completed: terms over the state.

The condition of a line says what keeps the lines before it from taking the message: those of an
earlier rank, and in an ordered machine all that stand before it.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product

from tcpspec.export.bounds import bounds
from tcpspec.export.effects import Effect, RangeTest, effect
from tcpspec.export.exported import Refused
from tcpspec.export.lines import Candidate, receptions, spontaneous
from tcpspec.export.promela.naming import Naming
from tcpspec.export.promela.scenery import InMachine, amount
from tcpspec.export.promela.terms import one_of, term
from tcpspec.export.promela.text import (
    EQUAL,
    FALSE,
    ORDER,
    TRUE,
    Term,
    both,
    condition_lines,
    either,
    negated,
)
from tcpspec.export.promela.wiring import Input, Shape, Way
from tcpspec.model.expressions import outputs_in
from tcpspec.model.model import Kind, Transition, WhenFull
from tcpspec.model.types import ValueT, values_of

MAX_CHOICES = 300
"""Options that one line may stand for by ``any``."""


@dataclass(frozen=True)
class Places:
    """What a process type calls its channels, and their numbers, which are its parameters."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    from_: tuple[str, ...]
    to: tuple[str, ...]


def places(naming: Naming, shape: Shape) -> Places:
    """Short names where there is one channel; with the port, or a number, where there are more."""
    ports = shape.machine.ports
    at = [str(n) if i.port is None else ports[i.port] for n, i in enumerate(shape.inputs, 1)]
    if len(set(at)) < len(at):  # several channels lead to one port
        at = [str(number) for number in range(1, len(at) + 1)]
    single = len(at) == 1 and not ports
    return Places(
        ("inbox",) if single else tuple(naming.end("inbox", end) for end in at),
        tuple(naming.end("outbox", port) for port in ports) or ("outbox",),
        ("from",) if single else tuple(naming.end("from", end) for end in at),
        tuple(naming.end("to", port) for port in ports) or ("to",),
    )


class ShapeRules:
    """The lines of a machine for one shape of instances."""

    def __init__(self, naming: Naming, shape: Shape, places: Places) -> None:
        self.naming, self.shape, self.places = naming, shape, places
        self.machine = shape.machine

    @cached_property
    def asks(self) -> tuple[int, ...]:
        """The outputs that guards of receptions ask about: parameters of the macros."""
        lines = [t for t in self.machine.transitions if t.kind.takes_message]
        asked = set().union(*(outputs_in(t.guard) for t in lines if t.guard is not None))
        return tuple(sorted(asked))

    def scene(
        self, message: str = "msg", choices: Sequence[ValueT] = (), counts: Sequence[int] = ()
    ) -> InMachine:
        kept = {output: f"asked[{output}]" for output in counts}
        return InMachine(
            self.naming, self.machine, self.shape.outputs, self.places.outputs, message, kept,
            choices,
        )  # fmt: skip

    # --- matching ---

    def matches(self, line: Transition, message: str) -> Term:
        """A line names a message, and its guard holds."""
        return both(self._named(line.events, message), self.guard(line, self.scene(message)))

    def guard(self, line: Transition, scene: InMachine) -> Term:
        return TRUE if line.guard is None else term(line.guard, scene)

    def _named(self, events: Collection[str], message: str) -> Term:
        """The name of the message is one of these; whichever way is shorter to say."""
        known = [m.name for m in self.naming.messages]
        name = Term(f"{message}.name")
        others = [n for n in known if n not in events]
        if len(others) + 1 >= len(events):
            return one_of(name, [self.naming.message(n) for n in known if n in events])
        tests = [Term(f"{name.text} != {self.naming.message(n)}", EQUAL) for n in others]
        return both(Term(f"{name.text} != 0", EQUAL), *tests)

    def candidates(self, state: str, port: int | None) -> list[Candidate]:
        """The lines of a state for what arrives at a port, in the order in which they are tried."""
        found = []
        for candidate in receptions(self.machine, state):
            if candidate.transition.port in (None, port):
                unless = tuple(t for t in candidate.unless if t.port in (None, port))
                found.append(replace(candidate, unless=unless))
        return found

    def takes(self, candidate: Candidate, message: str) -> Term:
        """A line is the one that takes, or may take, a message.

        Of the lines that come before only those are mentioned that share a name with what is left.
        """
        line, scene = candidate.transition, self.scene(message)
        unguarded = [other for other in candidate.unless if other.guard is None]
        names = set(line.events).difference(*(other.events for other in unguarded))
        if not names:
            return FALSE
        before = []
        for other in candidate.unless:
            shared = names & set(other.events)
            if shared and other.guard is not None:
                named = TRUE if shared == names else self._named(shared, message)
                before.append(negated(both(named, self.guard(other, scene))))
        return both(self._named(names, message), *before, self.guard(line, scene))

    def handled(self, state: str, port: int | None, message: str) -> Term:
        """Some line takes a message, or leaves it for later."""
        lines = [candidate.transition for candidate in self.candidates(state, port)]
        surely = {event for line in lines if line.guard is None for event in line.events}
        perhaps = [
            both(self._named(rest, message), self.guard(line, self.scene(message)))
            for line in lines
            if (rest := set(line.events) - surely)
        ]
        return either(self._named(surely, message) if surely else FALSE, *perhaps)

    def defers(self, state: str, port: int | None) -> bool:
        """Whether the state may leave messages for later."""
        return any(c.transition.kind is Kind.DEFER for c in self.candidates(state, port))

    def deferred(self, state: str, port: int | None, message: str) -> Term:
        if not self.defers(state, port):
            return FALSE
        return Term(self._call("defers", state, port, message))

    def offered(self, state: str, input_: Input, place: str, position: int) -> Term:
        """A position of an array is one that the receiver may look at."""
        if not input_.way.ordered:
            return TRUE
        before = [f"{place}.slot[{earlier}]" for earlier in range(position)]
        return both(*(self.deferred(state, input_.port, slot) for slot in before))

    def positions(self, state: str, input_: Input) -> range:
        """The positions of an array from which a message may be taken."""
        if input_.way.slots and (not input_.way.ordered or self.defers(state, input_.port)):
            return range(input_.way.capacity)
        return range(1)

    # --- macros ---

    def _call(self, what: str, state: str, port: int | None, message: str) -> str:
        arguments = {parameter: parameter for parameter in self._parameters(state, port)}
        if "msg" in arguments:
            arguments["msg"] = message
        return f"{self._macro(what, state, port)}({', '.join(arguments.values())})"

    def _parameters(self, state: str, port: int | None) -> list[str]:
        """What the macro for the messages that are left for later mentions."""
        words = re.findall(r"\w+", self._leaves(state, port).text)
        known = ["my", "msg", *(self.places.outputs[output] for output in self.asks)]
        return [parameter for parameter in known if parameter in words]

    def _leaves(self, state: str, port: int | None) -> Term:
        """The message may be left for later."""
        lines = [c for c in self.candidates(state, port) if c.transition.kind is Kind.DEFER]
        return either(*(self.takes(candidate, "msg") for candidate in lines))

    def _macro(self, what: str, state: str, port: int | None) -> str:
        by_port = any(c.transition.port is not None for c in receptions(self.machine, state))
        at = f"_from_{self.machine.ports[port]}" if by_port and port is not None else ""
        asked = tuple(self.shape.outputs[output] for output in self.asks)
        key = (what, state, port if by_port else None, self.machine, asked)
        process = self.naming.process(self.machine)
        return self.naming.add(key, f"{process}_{what}_in_{self.naming.state(state)}{at}")

    def macros(self, told: set[str]) -> Iterator[str]:
        """The macros that say what may be left for later, but for those that were ``told``."""
        ports = dict.fromkeys(
            input_.port
            for input_ in self.shape.inputs
            if input_.way.ordered and input_.way.capacity > 1  # something may come before another
        )
        for state in self.machine.states:
            for port in ports:
                if self.defers(state.name, port):
                    name = self._macro("defers", state.name, port)
                    if name not in told:
                        yield from self._deferring(name, state.name, port)
                    told.add(name)

    def _deferring(self, name: str, state: str, port: int | None) -> Iterator[str]:
        head = f"{name}({', '.join(self._parameters(state, port))})"
        yield from condition_lines(head, self._leaves(state, port))

    # --- what a line does ---

    def spontaneous(self, state: str) -> list[Candidate]:
        return spontaneous(self.machine, state)

    def applies(self, candidate: Candidate, event: str) -> Term:
        """A call, timeout or step has a guard that holds, and none of an earlier rank does."""
        unless = [
            self.guard(other, self.scene())
            for other in candidate.unless
            if event in other.events or not event
        ]
        return both(self.guard(candidate.transition, self.scene()), negated(either(*unless)))

    def forms(self, line: Transition, message: str, input_: int | None) -> list["Form"]:
        """What a line does, once for each choice of values for ``any``.

        ``input_`` is the input whose message it takes away, if it does.
        """
        done = effect(line, self.machine)
        number = 1
        for type_ in done.choices:
            number *= len(values_of(type_))
            if number > MAX_CHOICES:
                raise Refused(
                    f"`{line.text}` is one option for each value of `any`, more than {MAX_CHOICES}"
                )
        choices = product(*(values_of(type_) for type_ in done.choices))
        return [Form(self, line, done, choice, message, input_) for choice in choices]


class Form:
    """What one line does, for one choice of values, and when that can be done.

    A step may have to wait for room; it may find a channel full, or a value outside its range, and
    then the run ends. What comes first in the order of its actions decides.
    """

    def __init__(
        self, rules: ShapeRules, line: Transition, done: Effect, choices: tuple[ValueT, ...],
        message: str, input_: int | None,
    ) -> None:  # fmt: skip
        self.line, self.choices, self.effect = line, choices, done
        self._rules = rules
        self._shape = rules.shape
        self._taken_from = None if input_ is None else self._shape.inputs[input_].same_as
        scene = rules.scene(message, choices)
        self._scene = scene
        self._fits = [_fits(test, scene) for test in done.tests]

    @property
    def scene(self) -> InMachine:
        return self._scene

    @cached_property
    def _cases(self) -> list[tuple[Term, int, bool]]:
        """How far the line gets: a condition, how many sends are tried, whether all went well."""
        cases, before = [], TRUE
        for test, fits in zip(self.effect.tests, self._fits, strict=True):
            cases.append((both(before, negated(fits)), test.after_sends, False))
            before = both(before, fits)
        return [*cases, (before, len(self.effect.sends), True)]

    @property
    def enabled(self) -> Term:
        """It is a step, if only one that ends the run."""
        if all(self._room(sends) == TRUE for _, sends, _ in self._cases):
            return TRUE
        return either(*(both(case, self._room(sends)) for case, sends, _ in self._cases))

    @property
    def completed(self) -> Term:
        """It is a step that leads to a state."""
        case, sends, _ = self._cases[-1]
        return both(case, self._room(sends), self._no_overflow(sends))

    @property
    def overflows(self) -> Term:
        """A send finds a channel full that says ``when full error``."""
        return either(
            *(
                both(case, self._room(sends), self._overflow(sends))
                for case, sends, _ in self._cases
            )
        )

    @property
    def out_of_range(self) -> Term:
        """A value would leave its range."""
        return either(
            *(
                both(case, self._room(sends), self._no_overflow(sends))
                for case, sends, well in self._cases
                if not well
            )
        )

    def _sent(self, sends: int, when_full: WhenFull) -> Iterator[tuple[int, Way, int]]:
        """Output and number of messages, for the first sends and channels of one kind."""
        outputs = [sent.output for sent in self.effect.sends[:sends]]
        for output in dict.fromkeys(outputs):
            way = self._shape.outputs[output]
            assert way is not None
            if way.when_full is when_full:
                yield output, way, outputs.count(output)

    def _tight(self, sends: int, when_full: WhenFull) -> Iterator[tuple[str, str, int]]:
        """How full each of these channels is, what it can hold, and how much room is needed."""
        for output, way, sent in self._sent(sends, when_full):
            place = self._rules.places.outputs[output]
            freed = self._taken_from == output
            yield amount(way, place), way.room(place), sent - freed

    def _room(self, sends: int) -> Term:
        """There is room in the channels that make senders wait."""
        return both(*(_fit(*channel) for channel in self._tight(sends, WhenFull.WAIT)))

    def _no_overflow(self, sends: int) -> Term:
        return both(*(_fit(*channel) for channel in self._tight(sends, WhenFull.ERROR)))

    def _overflow(self, sends: int) -> Term:
        return either(*(_fit_not(*channel) for channel in self._tight(sends, WhenFull.ERROR)))


def _fit(length: str, capacity: str, needed: int) -> Term:
    """There is room for so many messages more."""
    if needed <= 0:
        return TRUE
    if not capacity.isdigit():
        return Term(f"{length} <= {capacity} - {needed}", ORDER)
    most = int(capacity) - needed
    return Term(f"{length} <= {most}", ORDER) if most >= 0 else FALSE


def _fit_not(length: str, capacity: str, needed: int) -> Term:
    if needed <= 0:
        return FALSE
    if not capacity.isdigit():
        return Term(f"{length} > {capacity} - {needed}", ORDER)
    most = int(capacity) - needed
    return Term(f"{length} > {most}", ORDER) if most >= 0 else TRUE


def _fits(test: RangeTest, scene: InMachine) -> Term:
    """A value lies in its range; what is certain is not asked."""
    value = term(test.value, scene)
    low, high = bounds(test.value)
    return both(
        TRUE if low >= test.type.low else Term(f"{value.within(ORDER)} >= {test.type.low}", ORDER),
        TRUE
        if high <= test.type.high
        else Term(f"{value.within(ORDER)} <= {test.type.high}", ORDER),
    )
