"""The steps of a system: who may do what, the actions of all lines, the faults, and ``Next``."""

from collections.abc import Iterator

from tcpspec.export.tla.actions import Actions, Rules
from tcpspec.export.tla.expressions import Binding, Expressions
from tcpspec.export.tla.features import Features
from tcpspec.export.tla.history import told
from tcpspec.export.tla.layout import (
    WIDTH,
    Lines,
    any_of,
    definition,
    enclosed,
    indented,
    listed,
    one_of,
    wrapped,
)
from tcpspec.export.tla.naming import Line, Naming
from tcpspec.export.tla.network import Network
from tcpspec.export.tla.words import comment, comments
from tcpspec.model.model import Kind, Machine, TimerRule

_GROUPS = {
    "Receptions": (Kind.RECEIVE, Kind.IGNORE),
    "Steps": (Kind.STEP,),
    "Timeouts": (Kind.TIMEOUT,),
    "Calls": (Kind.CALL,),
}


class Steps:
    """The part of a module that says what can happen.

    ``groups`` has, by name, the disjunction of all actions of a kind; ``Next`` is any of them.
    """

    def __init__(self, naming: Naming, features: Features, variables: list[str]) -> None:
        self._naming = naming
        self._features = features
        self._variables = variables
        self._network = Network(naming, features)
        self._actions = Actions(naming, features, variables)
        self.groups = {name: body for name, body in self._grouped() if body}

    @property
    def waits_for_idleness(self) -> bool:
        """Whether timeouts can be said only after what idleness depends on."""
        return self._features.idle and self._features.uses(Kind.TIMEOUT)

    # --- which line takes a message ---

    def taking(self) -> Iterator[Lines]:
        if not self._features.channels:
            return
        yield [
            comment("A line, by its number, if it applies."),
            "Line(number, applies) == IF applies THEN {number} ELSE {}",
        ]
        yield [
            comment("The first of several lines in the text."),
            "First(lines) == {n \\in lines : \\A k \\in lines : n <= k}",
        ]
        rules = Rules(self._naming, self._features)
        for machine in self._naming.machines:
            taken = any(line.transition.kind.takes_message for line in self._naming.lines[machine])
            if taken or self._features.inputs(machine):
                yield from rules.definitions(machine)
        yield self._network.all_rules()
        yield from self._network.offers()

    # --- permissions ---

    def permissions(self) -> Iterator[Lines]:
        features = self._features
        if features.limited:
            yield [
                comment("What is limited may happen while something of its limit is left."),
                "Left(left, key) == key \\in DOMAIN left => left[key] > 0",
            ]
            yield [
                "Spent(left, key) ==",
                "    IF key \\in DOMAIN left THEN [left EXCEPT ![key] = @ - 1] ELSE left",
            ]
        if features.uses(Kind.CALL):
            tests = ["<<self, call>> \\in Allowed"]
            tests += ["Left(calls_left, <<self, call>>)"] if features.calls_left else []
            yield definition("MayCall(self, call)", [" /\\ ".join(tests)])
        if not self.waits_for_idleness:
            yield from self._timers()
        if any(features.duplicates(machine) for machine in self._naming.machines):
            yield from self._duplication()

    def _duplication(self) -> Iterator[Lines]:
        left = " /\\ Left(copies_left, c)" if self._features.copies_left else ""
        place = self._features.place
        yield [
            comment("A duplication is a reception that leaves the message where it was."),
            f"MayStay(c) == IF c \\in Duplicating{left} THEN {{FALSE, TRUE}} ELSE {{FALSE}}",
        ]
        yield [f"After(c, {place}, kept) == IF kept THEN network ELSE Without(c, {place})"]

    def _timers(self) -> Iterator[Lines]:
        """What the system says of timers."""
        timers = self._naming.system.timers
        if not timers or not self._features.uses(Kind.TIMEOUT):
            return
        tests = [test for rule in timers for test in self._timer(rule)]
        if self._features.timers_left:
            tests.append("Left(timers_left, <<self, timer>>)")
        yield [
            *(line for rule in timers for line in comments(rule.text)),
            "TimerAllows(self, timer) ==",
            *indented(listed(tests)),
        ]

    def _timer(self, rule: TimerRule) -> Iterator[str | Lines]:
        which = one_of("timer", [rule.timer])
        if rule.instance is not None:
            owner = self._naming.system.instances[rule.instance].name
            which = f"({one_of('self', [owner])} /\\ {which})"
        if rule.at_most == 0:
            yield f"{which} => FALSE"
        if rule.condition is not None:
            predicates = Expressions(self._naming, None)
            lines = predicates.lines(rule.condition, WIDTH - len(which) - 14)
            if len(lines) == 1:
                yield f"{which} => {predicates.text(rule.condition, Binding.RELATION)}"
            else:
                yield enclosed(f"{which} => (", lines)
        if rule.when_idle:
            yield f"{which} => Idle"

    # --- lines ---

    def fail(self) -> Iterator[Lines]:
        if self._features.fails:
            yield self._actions.fail()

    def lines(self, machine: Machine) -> Iterator[Lines]:
        """The actions of a machine, in the order of the text."""
        for line in self._naming.lines[machine]:
            kind = line.transition.kind
            if kind is Kind.DEFER:
                yield self._actions.none(line, "no step: see the rules above")
            elif kind.takes_message and not self._features.channels:
                yield self._actions.none(line, "no channel brings it")
            elif not self._features.called(line.transition, machine):
                yield self._actions.none(line, "nobody may call it")
            elif not (self.waits_for_idleness and kind is Kind.TIMEOUT):
                yield self._actions.action(line, machine)

    def late_lines(self) -> Iterator[Lines]:
        """Timeouts, and what they wait for."""
        if not self.waits_for_idleness:
            return
        forced = [name for name in ("Receptions", "Steps") if name in self.groups]
        for name in forced:
            yield [f"{name} ==", *indented(self.groups[name])]
        idle = f"~ENABLED ({any_of(forced)})" if forced else "TRUE"
        yield [
            comment("No message can be received and no step taken."),
            *definition("Idle", [idle]),
        ]
        yield from self._timers()
        for machine in self._naming.machines:
            for line in self._naming.kinds(machine, Kind.TIMEOUT):
                yield self._actions.action(line, machine)

    # --- faults ---

    def faults(self) -> Iterator[Lines]:
        features = self._features
        if not features.loses:
            return
        changed = ["network", *(["losses_left"] if features.losses_left else [])]
        kept = [name for name in self._variables if name not in (*changed, "last")]
        head = []
        if features.by_place and features.fifos:
            head = ["c \\in Fifos => i = 1" if features.bags else "i = 1"]
        gone: list[str | Lines] = [*head, f"network' = Without(c, {features.place})"]
        if features.tells_steps:
            message = "At(c, i)" if features.by_place else "m"
            record = told({"lost": f"{{<<c, {message}>>}}"})
            gone.append([f"last' = {record[0]}", *record[1:]])
        items: list[str | Lines] = ["c \\in Lossy"]
        items += ["Left(losses_left, c)"] if features.losses_left else []
        items.append([f"\\E {features.place} \\in Offers(c) :", *indented(listed(gone), 3)])
        items += ["losses_left' = Spent(losses_left, c)"] if features.losses_left else []
        items.append(wrapped("UNCHANGED <<", kept, ">>", 90))
        yield [
            comment("A fifo loses its head, a bag any message."),
            "Lose(c) ==",
            *indented(listed(items)),
        ]

    # --- the whole ---

    def _grouped(self) -> Iterator[tuple[str, Lines]]:
        for name, kinds in _GROUPS.items():
            if name == "Receptions" and not self._features.channels:
                continue
            parts = [self._group(machine, kinds) for machine in self._naming.machines]
            found = [part for part in parts if part]
            yield name, found[0] if len(found) == 1 else listed(found, "\\/")
        if self._features.loses:
            yield "Faults", ["\\E c \\in Channels : Lose(c)"]

    def _group(self, machine: Machine, kinds: tuple[Kind, ...]) -> Lines:
        names = [
            f"{line.action}(self)"
            for line in self._naming.lines[machine]
            if line.transition.kind in kinds and self._features.called(line.transition, machine)
        ]
        if not names:
            return []
        return [
            f"\\E self \\in {self._naming.set(machine)} :",
            *indented(listed(names, "\\/")),
        ]

    def actions(self, machine: Machine) -> list[Line]:
        """The lines that have an action."""
        kinds = [kind for name, kinds in _GROUPS.items() if name in self.groups for kind in kinds]
        return [
            line
            for line in self._naming.lines[machine]
            if line.transition.kind in kinds and self._features.called(line.transition, machine)
        ]

    def whole(self) -> Iterator[Lines]:
        early = ("Receptions", "Steps") if self.waits_for_idleness else ()
        for name, body in self.groups.items():
            if name not in early:
                yield [f"{name} ==", *indented(body)]
        yield definition("Next", [any_of(list(self.groups))])
        yield definition("Spec", ["Init /\\ [][Next]_vars"])
        if self._features.fails:
            yield [
                comment("A run ends at an error: nothing is explored beyond, nor is it counted."),
                *definition("Unfailed", ['failure = "none"']),
            ]
        if self._naming.system.bounds:
            yield self._bounds()

    def _bounds(self) -> Lines:
        predicates = Expressions(self._naming, None)
        bounds = self._naming.system.bounds
        return [
            *(line for bound in bounds for line in comments(f"bound {bound.text}")),
            comment("A step out of it is not taken. What is claimed is claimed within, and what"),
            comment("is not found within may lie outside."),
            "Within ==",
            *indented(listed([predicates.lines(bound) for bound in bounds])),
        ]
