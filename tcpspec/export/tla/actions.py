"""Each written line as one action, and the rules that say which line takes a message."""

from collections.abc import Iterator
from itertools import groupby

from tcpspec.export.effects import Effect, RangeTest
from tcpspec.export.tla.expressions import Expressions, values
from tcpspec.export.tla.features import Features
from tcpspec.export.tla.history import told
from tcpspec.export.tla.layout import (
    WIDTH,
    Lines,
    all_of,
    any_of,
    definition,
    enclosed,
    indented,
    listed,
    one_of,
    strings,
    wrapped,
)
from tcpspec.export.tla.naming import Line, Naming
from tcpspec.export.tla.words import comment, comments, string
from tcpspec.model.model import Kind, Machine, Rank, Transition, WhenFull


class Rules:
    """For each machine an operator: the numbers of the lines that a message may be taken by."""

    def __init__(self, naming: Naming, features: Features) -> None:
        self._naming = naming
        self._features = features

    def definitions(self, machine: Machine) -> Iterator[Lines]:
        ranks = [self._cases(machine, rank) for rank in Rank]
        names = ["rules", "unhandled", "otherwise"]
        given = [(name, cases) for name, cases in zip(names, ranks, strict=True) if cases]
        if not given:
            given = [("rules", [])]
        head = f"{self._naming.rules(machine)}({self._parameters(machine)})"
        what = "the first in the text that matches" if machine.ordered else "those that match"
        yield [
            comment(f"The lines of {machine.name} that take message m: {what}."),
            *self._meaning(machine),
            *definition(head, self._body(given, machine.ordered)),
        ]
        if self._features.defers(machine):
            numbers = (str(line.number) for line in self._naming.kinds(machine, Kind.DEFER))
            call = f"{self._naming.rules(machine)}({self._parameters(machine)})"
            head = f"{self._naming.defers(machine)}({self._parameters(machine)})"
            yield definition(head, [f"{call} \\cap {{{', '.join(numbers)}}} # {{}}"])

    def _meaning(self, machine: Machine) -> Lines:
        """What an action means that asks for its own number."""
        if not any(self._features.before[t] for t in machine.transitions if t.kind.takes_message):
            return []
        first = "before it in the text" if machine.ordered else "of an earlier rank"
        call = f"{self._naming.rules(machine)}({self._parameters(machine)})"
        return [
            comment(f"An action says `n \\in {call}` where there are lines"),
            comment(f"{first} for the same message: none of those matches it."),
        ]

    def _parameters(self, machine: Machine) -> str:
        return "self, m, port" if machine.ports else "self, m"

    def _body(self, ranks: list[tuple[str, list[Lines]]], ordered: bool) -> Lines:
        """Of each rank a set; the first that is not empty counts."""
        if len(ranks) == 1:
            union = _union(ranks[0][1])
            if not ordered:
                return union
            return (
                [f"First({union[0]})"]
                if len(union) == 1
                else [f"First({union[0]}", *union[1:-1], f"{union[-1]})"]
            )
        *before, (last, _) = ranks
        chosen = "".join(f"IF {name} # {{}} THEN {name} ELSE " for name, _ in before) + last
        lines: Lines = []
        for number, (name, cases) in enumerate(ranks):
            bodies = _union(cases)
            prefix = "LET " if number == 0 else "    "
            lines += [f"{prefix}{name} == {bodies[0]}", *indented(bodies[1:], 6)]
        return [*lines, f"IN  First({chosen})" if ordered else f"IN  {chosen}"]

    def _cases(self, machine: Machine, rank: Rank) -> list[Lines]:
        """The lines of one rank; those that stand together in the same states, together."""
        lines = [
            line
            for line in self._naming.lines[machine]
            if line.transition.kind.takes_message
            and line.transition.rank is rank
            and line.transition.states
            and line.transition.events
        ]
        return [
            self._in_states(machine, states, [self._case(line, machine) for line in together])
            for states, together in groupby(lines, lambda line: line.transition.states)
        ]

    def _in_states(self, machine: Machine, states: tuple[str, ...], cases: list[Lines]) -> Lines:
        where, union = self._naming.in_states(machine, states), _union(cases)
        if not where:
            return union
        single = f"IF {where} THEN {union[0]} ELSE {{}}"
        if len(union) == 1 and len(single) <= WIDTH - 16:
            return [single]
        if len(cases) == 1:
            return [f"IF {where}", f"THEN {union[0]}", *indented(union[1:], 5), "ELSE {}"]
        return [f"IF {where} THEN {union[0]}", *union[1:-1], f"{union[-1]} ELSE {{}}"]

    def _case(self, line: Line, machine: Machine) -> Lines:
        before = f"Line({line.number}, "
        width = WIDTH - 16
        tests = matches(self._naming, machine, line.transition, "port", width - len(before))
        joined = f"{before}{all_of([test for lines in tests for test in lines])})"
        if all(len(lines) == 1 for lines in tests) and len(joined) <= width:
            return [joined]
        return enclosed(before, tests[0] if len(tests) == 1 else listed(tests))


def matches(
    naming: Naming, machine: Machine, transition: Transition, port: str, width: int
) -> list[Lines]:
    """Message, port and guard of a line."""
    tests: list[Lines] = []
    if message := naming.is_one_of(transition.events):
        tests.append([message])
    if transition.port is not None:
        tests.append([one_of(port, [machine.ports[transition.port]])])
    if transition.guard is not None:
        expressions = Expressions(naming, machine, transition.events)
        tests.append(expressions.conjunct_lines(transition.guard, width))
    return tests


def _union(cases: list[Lines]) -> Lines:
    """The union of sets, each of which may take several lines."""
    if len(cases) < 2:
        return cases[0] if cases else ["{}"]
    *rest, last = cases
    separated = [line for case in rest for line in [*case[:-1], f"{case[-1]},"]]
    return ["UNION {", *indented([*separated, *last]), "}"]


class Actions:
    """The actions of a system's instances."""

    def __init__(self, naming: Naming, features: Features, variables: list[str]) -> None:
        self._naming = naming
        self._features = features
        self._variables = variables

    def action(self, line: Line, machine: Machine) -> Lines:
        """One written line."""
        return [
            *self._quoted(line),
            f"{line.action}(self) ==",
            *indented(_Action(self._naming, self._features, self._variables, line, machine).body()),
        ]

    def none(self, line: Line, why: str) -> Lines:
        """A line that is never a step."""
        return self._quoted(line, f"   ({why})")

    def _quoted(self, line: Line, remark: str = "") -> Lines:
        """Where a line stands, what it says, and on what grounds."""
        label = f"{line.transition.label}: " if line.transition.label else ""
        cited = f"   @ {line.transition.reference}" if line.transition.reference else ""
        said = f"{line.place}: {label}{line.transition.text}"
        whole = comments(f"{said}{cited}{remark}")
        if len(whole) == 1 or not cited + remark:
            return whole
        return [*comments(said), comment(f"   {cited}{remark}")]

    def fail(self) -> Lines:
        """A step that ends in an error changes nothing else: the run ends there."""
        rest = [name for name in self._variables if name not in ("failure", "last")]
        return [
            comment("A step that goes wrong: it is not taken, and the run ends (see Unfailed)."),
            "Fail(kind) ==",
            *indented(listed(["failure' = kind", wrapped("UNCHANGED <<", rest, ">>", 92)])),
        ]


class _Action:
    """The body of one action."""

    def __init__(
        self, naming: Naming, features: Features, variables: list[str], line: Line, machine: Machine
    ) -> None:
        self._naming = naming
        self._features = features
        self._variables = variables
        self._line = line
        self._transition = line.transition
        self._machine = machine
        self._effect: Effect = features.effects[line.transition]
        self._expressions = Expressions(naming, machine, line.transition.events)
        self._duplicates = line.transition.kind.takes_message and features.duplicates(machine)

    def body(self) -> Lines:
        states = self._naming.in_states(self._machine, self._transition.states)
        before = [states] if states else []
        if self._transition.kind.takes_message:
            return listed([*before, self._reception()])
        return listed([*before, *self._spontaneous()])

    # --- what must be so ---

    def _reception(self) -> Lines:
        inner = listed([*self._taken(), *self._chosen()])
        kept = " : \\E kept \\in MayStay(c)" if self._duplicates else ""
        if self._features.by_place:
            head = f"\\E c \\in Inputs[self] : \\E i \\in Offers(c){kept} :"
            return [head, *indented(["LET m == At(c, i) IN", *inner], 3)]
        return [f"\\E c \\in Inputs[self] : \\E m \\in Offers(c){kept} :", *indented(inner, 3)]

    def _taken(self) -> list[str | Lines]:
        """What the message must be; and, where other lines come first, that they do not apply."""
        transition, machine = self._transition, self._machine
        if not self._features.before[transition]:
            return [*matches(self._naming, machine, transition, "Port[c]", WIDTH - 16)]
        rules = f"{self._naming.rules(machine)}(self, m{', Port[c]' if machine.ports else ''})"
        tests = [self._naming.is_one_of(transition.events), f"{self._line.number} \\in {rules}"]
        return [test for test in tests if test]

    def _spontaneous(self) -> list[str | Lines]:
        """Guard, ranks and permission of a call, timeout or step, and then what it does."""
        transition = self._transition
        tests: list[str | Lines] = []
        if transition.guard is not None:
            tests.append(self._expressions.conjunct_lines(transition.guard, WIDTH - 8))
        if transition.kind is Kind.STEP:
            return [*tests, *self._unless(""), *self._chosen()]
        bound = "call" if transition.kind is Kind.CALL else "timer"
        if len(transition.events) == 1:
            event = string(transition.events[0])
            return [*tests, *self._permitted(event), *self._unless(event), *self._chosen(event)]
        inner = [*self._permitted(bound), *self._unless(bound), *self._chosen(bound)]
        head = f"\\E {bound} \\in {strings(transition.events)} :"
        return [*tests, [head, *indented(listed(inner), 3)]]

    def _permitted(self, event: str) -> list[str]:
        if self._transition.kind is Kind.CALL:
            return [f"MayCall(self, {event})"]
        ruled = self._features.ruled(self._transition, self._machine)
        return [f"TimerAllows(self, {event})"] if ruled else []

    def _unless(self, event: str) -> list[str]:
        """That no line of an earlier rank, for the same event, is for now."""
        return [
            f"~({self._applies(other, event)})" for other in self._features.before[self._transition]
        ]

    def _applies(self, other: Transition, event: str) -> str:
        """When another line is for an event, in the states of this one."""
        own = self._transition
        states = [state for state in other.states if state in own.states]
        events = [name for name in other.events if name in own.events]
        tests = []
        if set(states) != set(own.states):
            tests.append(one_of("state[self]", states))
        if set(events) != set(own.events):
            tests.append(one_of(event, events))
        if other.guard is not None:
            tests.append(self._expressions.conjunct(other.guard))
        return all_of(tests)

    # --- what happens ---

    def _chosen(self, event: str = "") -> list[str | Lines]:
        """The values of ``any``, and then the step."""
        choices = self._effect.choices
        if not choices:
            return self._outcome(event)
        bound = ", ".join(f"any{n} \\in {values(type_)}" for n, type_ in enumerate(choices))
        return [[f"\\E {bound} :", *indented(listed(self._outcome(event)), 3)]]

    @property
    def _before(self) -> str:
        """The network when the message, if there is one, has been taken."""
        if not self._transition.kind.takes_message:
            return "network"
        place = "i" if self._features.by_place else "m"
        return f"After(c, {place}, kept)" if self._duplicates else f"Without(c, {place})"

    def _outcome(self, event: str) -> list[str | Lines]:
        """The step, or the error that ends it: the first in the order of the actions."""
        waits = self._room("MaySend", len(self._effect.sends))
        fails = self._room("Overflows", len(self._effect.sends))
        done: list[str | Lines] = [*waits]
        if fails:
            step = listed(self._step(event))
            done.append(
                [
                    f"IF {any_of(fails)}",
                    'THEN Fail("overflow")',
                    f"ELSE {step[0]}",
                    *indented(step[1:], 5),
                ]
            )
        else:
            done += self._step(event)
        for after, tests in reversed(self._tests()):
            done = [self._tested(after, tests, done)]
        return [*self._last(event), *done]

    def _tests(self) -> list[tuple[int, list[RangeTest]]]:
        """The tests of ranges, by the number of sends before them."""
        found: dict[int, list[RangeTest]] = {}
        for test in self._effect.tests:
            found.setdefault(test.after_sends, []).append(test)
        return sorted(found.items())

    def _tested(self, after: int, tests: list[RangeTest], otherwise: list[str | Lines]) -> Lines:
        """A value leaves its range after so many sends; they come first, and may fail first."""
        waits, fails = self._room("MaySend", after), self._room("Overflows", after)
        failing = '"out of range"'
        if fails:
            failing = f'IF {any_of(fails)} THEN "overflow" ELSE {failing}'
        ending = listed([*waits, f"Fail({failing})"])
        if len(ending) == 1:
            ending = [ending[0].removeprefix("/\\ ")]
        going_on = listed(otherwise)
        outside = [self._expressions.range_test(test.value, test.type) for test in tests]
        condition = any_of(list(dict.fromkeys(outside)))
        return [
            f"IF {condition}",
            f"THEN {ending[0]}", *indented(ending[1:], 5),
            f"ELSE {going_on[0]}", *indented(going_on[1:], 5),
        ]  # fmt: skip

    def _room(self, operator: str, sends: int) -> list[str]:
        """Of each channel, whether there is room for the first so many sends, or a lack of it."""
        may = self._features.may_wait if operator == "MaySend" else self._features.may_overflow
        if not may(self._transition, self._machine):
            return []
        counts: dict[int, int] = {}
        for sent in self._effect.sends[:sends]:
            counts[sent.output] = counts.get(sent.output, 0) + 1
        return [
            f"{operator}({self._before}, {self._expressions.channel(output)}, {count})"
            for output, count in counts.items()
        ]

    def _step(self, event: str) -> list[str | Lines]:
        """The state after, if nothing goes wrong."""
        changes = dict(self._changes(event))
        kept = [name for name in self._variables if name not in changes and name != "last"]
        done: list[str | Lines] = [
            [f"{name}' = {lines[0]}", *lines[1:]] for name, lines in changes.items()
        ]
        if kept:
            done.append(wrapped("UNCHANGED <<", kept, ">>", 79))
        return done

    def _changes(self, event: str) -> Iterator[tuple[str, Lines]]:
        """Each variable that changes, with its new value, in the order of the variables."""
        target = self._transition.target
        if target is not None and self._transition.states != (target,):
            yield "state", [f"[state EXCEPT ![self] = {string(target)}]"]
        for slot, value in sorted(self._effect.values.items()):
            name = self._naming.variable(self._machine, slot)
            head, text = f"[{name} EXCEPT ![self] =", self._expressions.text(value)
            long = len(f"{name}' = {head} {text}]") > 79
            yield name, [head, f"    {text}]"] if long else [f"{head} {text}]"]
        network = self._sent()
        if network != ["network"]:
            yield "network", network
        if self._features.limits(self._transition, self._machine):
            left = "calls_left" if self._transition.kind is Kind.CALL else "timers_left"
            yield left, [f"Spent({left}, <<self, {event}>>)"]
        if self._duplicates and self._features.copies_left:
            yield "copies_left", ["IF kept THEN Spent(copies_left, c) ELSE copies_left"]

    def _last(self, event: str) -> Iterator[Lines]:
        """What the step will have done, said also where it ends in an error."""
        if not self._features.tells_steps:
            return
        what = {"self": "self", "line": str(self._line.number)}
        if self._transition.kind is Kind.CALL:
            what["event"] = event
        if self._transition.kind.takes_message:
            pair = "{<<c, m>>}"
            what["taken"] = f"IF kept THEN {{}} ELSE {pair}" if self._duplicates else pair
            if self._duplicates:
                what["kept"] = f"IF kept THEN {pair} ELSE {{}}"
        for name, operator in (("room", "FoundRoom"), ("dropped", "Dropped")):
            if pairs := list(self._into_room(operator)):
                what[name] = " \\cup ".join(pairs)
        record = told(what)
        yield [f"last' = {record[0]}", *record[1:]]

    def _into_room(self, operator: str) -> Iterator[str]:
        """For each send into a channel that may drop it, what found room, or did not."""
        network = self._before
        for sent in self._effect.sends:
            contents = tuple(self._expressions.text(value) for value in sent.values)
            lines = self._expressions.record(sent.message, contents)
            message = " ".join(line.strip() for line in lines)
            into = f"{self._expressions.channel(sent.output)}, {message}"
            if self._features.leads_into(self._machine, sent.output, WhenFull.DROP):
                yield f"{operator}({network}, {into})"
            network = f"Put({network}, {into})"

    def _sent(self) -> Lines:
        """The network with all that is sent."""
        lines = [self._before]
        for sent in self._effect.sends:
            contents = tuple(self._expressions.text(value) for value in sent.values)
            message = self._expressions.record(sent.message, contents)
            out = self._expressions.channel(sent.output)
            if len(lines) == 1:
                lines = [f"Put({lines[0]}, {out},", *enclosed("    ", message)]
            else:
                lines = [
                    f"Put({lines[0]}",
                    *indented(lines[1:-1]),
                    f"    {lines[-1]}, {out},",
                    *enclosed("    ", message),
                ]
        return lines
