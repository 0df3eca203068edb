"""What a specification declares and does not use, and rules that can never apply.

Only what the file itself declares is judged, not what it extends or includes: a base or a library
offers more than one file needs. For the same reason nothing is judged in a file without systems.
And a guard that a constant decides is a switch (``--set``), and no mistake.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Set
from functools import cached_property

from tcpspec.diagnostics import Diagnostic
from tcpspec.language import ast
from tcpspec.model.expressions import (
    Expression,
    InstanceVariable,
    Logic,
    Not,
    OwnVariable,
    Parameter,
    within,
)  # fmt: skip
from tcpspec.model.model import (
    Check,
    Kind,
    Machine,
    Specification,
    System,
    Transition,
    outputs_of,
    values_in,
)  # fmt: skip
from tcpspec.model.ranges import decide
from tcpspec.model.wiring import arriving, sends
from tcpspec.source import Source, Span

_DECLARING = (
    ast.Const, ast.TypeDeclaration, ast.Field, ast.MessageCase, ast.MessageGroup, ast.Calls,
    ast.Timers, ast.Define, ast.Variable, ast.Ports, ast.State, ast.Machine, ast.System,
    ast.Instance, ast.Argument, ast.EnumType,
)  # fmt: skip
_OWN = {"name", "names", "label", "values", "span"}
"""The parts of a declaration that name it, or what it declares."""

_WORD = r"[^\W\d]\w*(?:\.[^\W\d]\w*)*"


class Names:
    """The names that a file uses: in expressions, as types, and all others."""

    def __init__(self) -> None:
        self.values: set[str] = set()
        self.types: set[str] = set()
        self.others: set[str] = set()

    def note(self, node: ast.Node) -> None:
        match node:
            case ast.Reference(name):
                self.values.add(name)
            case ast.NamedType(name):
                self.types.add(name.text)
            case ast.Name(text):
                self.others.add(text)
            case ast.Claim() if node.formula is not None:
                self.values.update(re.findall(_WORD, node.formula))
            case ast.InChannel():
                self.others.add(node.message.span.text.replace(" ", ""))


def used_names(file: ast.File) -> Names:
    """All names that a file uses."""
    used = Names()
    todo: list[object] = list(file.items)
    while todo:
        node = todo.pop()
        if isinstance(node, tuple):
            todo += node
        elif isinstance(node, ast.Node):
            used.note(node)
            own = _OWN if isinstance(node, _DECLARING) else ("span",)
            todo += [part for name, part in node.__dict__.items() if name not in own]
    return used


def static_warnings(
    file: ast.File, specification: Specification, overridden: Collection[str] = ()
) -> tuple[Diagnostic, ...]:
    """All that this module finds; ``overridden`` are the constants set from outside."""
    if not specification.systems:
        return ()
    usage = _Usage(file, specification, constants_set=bool(overridden))
    return (
        *usage.declarations(), *usage.machines(), *usage.messages(), *usage.transitions(),
        *usage.claims(),
    )  # fmt: skip


def _unused(span: Span, what: str, why: str) -> Diagnostic:
    return Diagnostic("unused", f"{what} {why}", span)


def _unless(used: set[str], name: ast.Name, kind: str) -> Iterator[Diagnostic]:
    if name.text not in used:
        yield _unused(name.span, f"{kind} `{name.text}`", "is never used")


class _Usage:
    """One specification, and the file that it was made from. No dataclass, for quick starts."""

    def __init__(
        self, file: ast.File, specification: Specification, *, constants_set: bool
    ) -> None:
        self.file = file
        self.specification = specification
        self.constants_set = constants_set

    @property
    def _source(self) -> Source:
        return self.file.span.source

    def _own(self, span: Span | None) -> bool:
        return span is not None and span.source is self._source

    @cached_property
    def _used(self) -> Names:
        return used_names(self.file)

    @cached_property
    def _machines(self) -> dict[str, Machine]:
        """The machines that some system uses."""
        systems = self.specification.systems.values()
        return {i.machine.name: i.machine for s in systems for i in s.instances}

    # --- declarations ---

    def declarations(self) -> Iterator[Diagnostic]:
        for item in self.file.items:
            if self._own(item.span):
                yield from self._declaration(item)

    def _declaration(self, item: ast.Item) -> Iterator[Diagnostic]:
        used = self._used
        match item:
            case ast.Const() | ast.Define():
                kind = "constant" if isinstance(item, ast.Const) else "define"
                yield from _unless(used.values, item.name, kind)
            case ast.TypeDeclaration():
                values = item.type.values if isinstance(item.type, ast.EnumType) else ()
                if not any(value.text in used.values | used.others for value in values):
                    yield from _unless(used.types, item.name, "type")
            case ast.MessageGroup():
                for case in item.cases:
                    yield from _unless(used.others, case.name, "message")
            case ast.Calls() | ast.Timers():
                yield from self._events(item)
            case ast.Machine() if item.name.text not in self._machines:
                yield _unused(item.name.span, f"machine `{item.name.text}`", "is in no system")
            case ast.System():
                yield from self._system(item)

    def _events(self, item: ast.Calls | ast.Timers) -> Iterator[Diagnostic]:
        kind = Kind.CALL if isinstance(item, ast.Calls) else Kind.TIMEOUT
        transitions = [t for m in self.specification.machines.values() for t in m.transitions]
        known = {event for t in transitions if t.kind is kind for event in t.events}
        what = "call" if kind is Kind.CALL else "timer"
        for name in item.names:
            if name.text not in known:
                yield _unused(name.span, f"{what} `{name.text}`", "appears in no rule")

    def _system(self, item: ast.System) -> Iterator[Diagnostic]:
        """Where nothing is asked at all, ``nothing-asked`` says so."""
        checks, scenarios = self.specification.checks, self.specification.scenarios
        asked = {name for check in checks for name in check.systems}
        asked |= {scenario.system for scenario in scenarios}
        if asked and item.name.text not in asked:
            yield _unused(
                item.name.span, f"system `{item.name.text}`", "has no check and no scenario"
            )

    # --- machines ---

    def machines(self) -> Iterator[Diagnostic]:
        """Variables, parameters and ports, of the machines that systems use."""
        for node in self.file.items:
            if isinstance(node, ast.Machine) and node.name.text in self._machines:
                machine = self._machines[node.name.text]
                yield from self._ports(node, machine)
                yield from self._variables(node, machine)

    def _ports(self, node: ast.Machine, machine: Machine) -> Iterator[Diagnostic]:
        rules = machine.transitions
        if any(rule.kind.takes_message and rule.port is None for rule in rules):
            return
        used = {rule.port for rule in rules} | {o for rule in rules for o in outputs_of(rule)}
        for member in node.members:
            for name in member.names if isinstance(member, ast.Ports) else ():
                if self._own(name.span) and machine.ports.index(name.text) not in used:
                    yield _unused(name.span, f"port `{name.text}`", "appears in no rule")

    def _variables(self, node: ast.Machine, machine: Machine) -> Iterator[Diagnostic]:
        read = {e.name for e in _read(machine) if isinstance(e, OwnVariable | Parameter)}
        read |= self._observed.get(machine.name, set())
        declarations: list[ast.Variable | ast.Field] = list(node.parameters)
        declarations += [m for m in node.members if isinstance(m, ast.Variable)]
        for declared in declarations:
            if self._own(declared.span) and declared.name.text not in read:
                what = "variable" if isinstance(declared, ast.Variable) else "parameter"
                why = "is never read"
                yield _unused(declared.name.span, f"{what} `{declared.name.text}`", why)

    @cached_property
    def _observed(self) -> dict[str, set[str]]:
        """For each machine, its variables that predicates of a system look at."""
        observed: dict[str, set[str]] = {}
        for system, predicate in _predicates(self.specification):
            for part in within(predicate):
                if isinstance(part, InstanceVariable):
                    machine = system.instances[part.instance].machine
                    name = machine.variables[part.slot].name
                    observed.setdefault(machine.name, set()).add(name)
        return observed

    # --- messages ---

    @cached_property
    def _sent(self) -> set[str]:
        """All messages that a machine of some system sends, or that a channel holds."""
        sent = {name for m in self._machines.values() for s in sends(m).values() for name in s}
        channels = (c for s in self.specification.systems.values() for c in s.channels)
        return sent | {held.message for channel in channels for held in channel.holds}

    def messages(self) -> Iterator[Diagnostic]:
        named = self._named()
        rules = [rule for machine in self._machines.values() for rule in machine.transitions]
        taken = {event for rule in rules if rule.kind.takes_message for event in rule.events}
        for group in self.file.items:
            for case in group.cases if isinstance(group, ast.MessageGroup) else ():
                name = case.name.text
                if not self._own(case.name.span):
                    continue
                if name in named and name not in self._sent:
                    message = f"`{name}` is received, but no machine of a system sends it"
                    yield Diagnostic("never-sent", message, case.name.span)
                if name in self._sent and name not in taken:
                    message = f"`{name}` is sent, but no machine of a system has a rule for it"
                    yield Diagnostic("never-received", message, case.name.span)

    def _named(self) -> set[str]:
        """The messages that receptions of machines in use name one by one."""
        return {
            name.text
            for item in self.file.items
            if isinstance(item, ast.Machine) and item.name.text in self._machines
            for member in item.members if isinstance(member, ast.State | ast.Block)
            for rule in member.rules if isinstance(rule, ast.Rule) and rule.kind == "transition"
            if rule.trigger.messages and not rule.trigger.messages.any
            for name in rule.trigger.messages.names
        }  # fmt: skip

    # --- rules ---

    def transitions(self) -> Iterator[Diagnostic]:
        """Rules that never apply, and guards that decide nothing."""
        arrives, allowed = arriving(self.specification.systems.values()), self._allowed()
        for machine in self._machines.values():
            for rule in machine.transitions:
                if self._own(rule.span):
                    yield from self._guard(rule)
                    yield from self._event(rule, arrives[machine.name], allowed[machine.name])

    def _event(
        self, rule: Transition, arrives: Set[tuple[int | None, str]], allowed: Set[str]
    ) -> Iterator[Diagnostic]:
        if rule.kind is Kind.CALL and allowed.isdisjoint(rule.events):
            why = "no instance of a system may make this call"
            yield Diagnostic("never-fires", f"`{rule.event_text}` never fires: {why}", rule.span)
        elif rule.kind is Kind.RECEIVE and rule.events and self._sent.issuperset(rule.events):
            ports = {port for port, name in arrives if name in rule.events}
            if not ports or (rule.port is not None and rule.port not in ports):
                why = "no channel can bring this"
                yield Diagnostic(
                    "never-fires", f"`{rule.event_text}` never fires: {why}", rule.span
                )

    def _allowed(self) -> dict[str, set[str]]:
        allowed: dict[str, set[str]] = {name: set() for name in self._machines}
        for system in self.specification.systems.values():
            for instance in system.instances:
                allowed[instance.machine.name] |= instance.may.keys()
        return allowed

    # --- guards ---

    def _guard(self, rule: Transition) -> Iterator[Diagnostic]:
        guard = rule.guard
        if guard is None or self.constants_set:
            return
        for part, decided in self._decided(guard, rule.span):
            if not decided and decide(guard) is False:
                why = f"never fires: `{part.text}` is always false"
                yield Diagnostic("never-fires", f"`{rule.event_text}` {why}", part.span)
            else:
                yield _constant(part, decided)

    def claims(self) -> Iterator[Diagnostic]:
        """Conditions of checks that are what they are whatever happens, in all systems that are
        asked.
        """
        lines: dict[Span, list[Check]] = {}
        for check in () if self.constants_set else self.specification.checks:
            if self._own(check.span):
                lines.setdefault(check.span, []).append(check)
        for span, checks in lines.items():
            first, *others = (
                [one for asked in check.predicates for one in self._decided(asked, span)]
                for check in checks
            )
            for part, decided in first:
                if all((part.span, decided) in [(p.span, d) for p, d in other] for other in others):
                    yield _constant(part, decided)

    def _decided(self, condition: Expression, place: Span) -> Iterator[tuple[Expression, bool]]:
        """The parts that are true, or false, whatever the values in them are: of what is written in
        this place, not in a define, which may depend on the run elsewhere, nor by a switch.
        """
        for part in _conditions(condition):
            decided = decide(part)
            if decided is not None and _is_in(part, place) and not self._is_switch(part.text):
                yield part, decided

    def _is_switch(self, text: str) -> bool:
        """Whether a constant has a part in it, directly or in a define."""
        words = set(re.findall(_WORD, text))
        if words & self.specification.constants.keys():
            return True
        words |= {word.rpartition(".")[2] for word in words}
        bodies = (body for word in words for body in self._bodies.get(word, ()))
        return any(self._is_switch(body) for body in bodies)

    @cached_property
    def _bodies(self) -> Mapping[str, set[str]]:
        """What defines say, and the types of fields, parameters and variables, by their names."""
        found: dict[str, set[str]] = {}
        for item in self.file.items:
            match item:
                case ast.Define():
                    found.setdefault(item.name.text, set()).add(item.body.span.text)
                case ast.TypeDeclaration():
                    found.setdefault(item.name.text, set()).add(item.type.span.text)
            for declared in _declared_in(item):
                name, type_ = declared.name.text, declared.type.span.text
                for known in (name, name.rpartition(".")[2]):
                    found.setdefault(known, set()).add(type_)
        return found


def _declared_in(item: ast.Item) -> Iterator[ast.Field | ast.Variable]:
    """Fields of messages; parameters and variables of machines."""
    match item:
        case ast.MessageGroup():
            yield from item.fields
        case ast.Machine():
            yield from item.parameters
            yield from (member for member in item.members if isinstance(member, ast.Variable))


def _read(machine: Machine) -> Iterator[Expression]:
    """Every expression of a machine, with all its parts."""
    for variable in machine.variables:
        yield from within(variable.initial)
    for rule in machine.transitions:
        for value in values_in(rule):
            yield from within(value)


def _constant(part: Expression, decided: bool) -> Diagnostic:
    text = f"`{part.text}` is always {str(decided).lower()}"
    return Diagnostic("constant-guard", text, part.span)


def _is_in(part: Expression, place: Span) -> bool:
    """Whether an expression is written there."""
    span = part.span
    return span is not None and span.source is place.source and (
        (place.line, place.column) <= (span.line, span.column)
        and (span.end_line, span.end_column) <= (place.end_line, place.end_column)
    )  # fmt: skip


def _conditions(guard: Expression) -> Iterator[Expression]:
    """The whole guard if it is decided, else the smaller conditions that it joins."""
    if decide(guard) is not None or not isinstance(guard, Logic | Not):
        yield guard
        return
    for part in guard.parts:
        yield from _conditions(part)


def _predicates(specification: Specification) -> Iterator[tuple[System, Expression]]:
    """What is asked of systems, and what their bounds and timers look at."""
    systems = specification.systems
    for system in systems.values():
        yield from ((system, bound) for bound in system.bounds)
        yield from ((system, rule.condition) for rule in system.timers if rule.condition)
    for check in specification.checks:
        yield from ((systems[check.systems[0]], asked) for asked in check.predicates)
    for scenario in specification.scenarios:
        for line in scenario.lines:
            if line.predicate is not None:
                yield systems[scenario.system], line.predicate
