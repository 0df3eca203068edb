"""Checks as operators of the module, and the configuration that asks TLC about them."""

from collections.abc import Iterator

from tcpspec.export.exported import LINEAR, OF_STATES, Asked, Form, LeftOut
from tcpspec.export.tla.expressions import Binding, Expressions
from tcpspec.export.tla.features import Features
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
from tcpspec.export.tla.naming import Naming
from tcpspec.export.tla.words import comment, comments, string
from tcpspec.model.model import Check, Claim, Machine

NO_BRANCHING = f"TLA+ {LINEAR}"
NO_FAIRNESS = f"This module {OF_STATES}"
COUNTED = "no invariant: TLC counts it, with -coverage 1"

_WANTED = {
    Claim.NO_DEADLOCK: "NoDeadlock",
    Claim.NO_STALL: "NoStall",
    Claim.NO_UNSPECIFIED_RECEPTION: "NoUnspecifiedReception",
    Claim.NO_OVERFLOW: "NoOverflow",
}

_RESTS = {"AllFinal": ("final",), "AllFinalOrIdle": ("final", "idle")}


class Claims:
    """The claims about one system."""

    def __init__(self, naming: Naming, features: Features, groups: list[str]) -> None:
        self._naming = naming
        self._features = features
        self._groups = groups
        self._predicates = Expressions(naming, None)
        self.asked: list[Asked] = []
        self.left_out: list[LeftOut] = []
        self.goals: dict[int, str] = {}
        """For each ``always possible``, by its number, the operator that is its predicate."""
        for number, check in enumerate(features.checks):
            self._ask(number, check)
        self.errors = list(self._errors())

    def _ask(self, number: int, check: Check) -> None:
        claim = check.claim
        if claim.is_coverage:
            self.asked.append(Asked(check, "", Form.COVERAGE))
            return
        if claim.is_temporal:
            self.left_out.append(LeftOut(check, NO_FAIRNESS))
            return
        negated = claim is Claim.REACHABLE
        own = check.name if _named(check) else _WANTED.get(claim, check.name)
        if claim is Claim.ALWAYS_POSSIBLE:
            self.goals[number] = self._naming.identifiers.add(check, f"goal {own}")
            self.left_out.append(LeftOut(check, NO_BRANCHING))
        else:
            name = self._naming.identifiers.add(check, f"never {own}" if negated else own)
            self.asked.append(Asked(check, name, Form.INVARIANT, negated))

    def _errors(self) -> Iterator[tuple[str, str]]:
        """Errors that are reported whether or not a check asks: name and text of the invariant."""
        ids = self._naming.identifiers
        if self._features.leaves_range:
            name = ids.add("range", "NoValueOutOfRange")
            yield name, 'failure # "out of range"'
        asked = any(check.claim is Claim.NO_OVERFLOW for check in self._features.checks)
        if self._features.overflows and not asked:
            name = ids.add("overflow", "NoOverflow")
            yield name, 'failure # "overflow"'

    # --- operators ---

    def definitions(self) -> Iterator[Lines]:
        yield from self._rest()
        for name, body in self.errors:
            yield definition(name, [body])
        goals = iter(self.goals.values())
        asked = {a.check: a.name for a in self.asked}
        for check in self._features.checks:
            if check.claim.is_coverage:
                yield comments(f"{self._said(check)}   ({COUNTED})")
            elif check.claim.is_temporal:
                yield comments(f"{self._said(check)}   (not asked: {NO_FAIRNESS})")
            elif check.claim is Claim.ALWAYS_POSSIBLE and check.predicate is not None:
                yield [
                    *comments(self._said(check)),
                    comment(f"{NO_BRANCHING}."),
                    comment("This is what should stay possible, not an invariant:"),
                    *definition(next(goals), self._predicates.lines(check.predicate)),
                ]
            else:
                yield [
                    *comments(self._said(check)),
                    *definition(asked[check], self._invariant(check)),
                ]
        yield ["THEOREM Spec => []TypeOK"]

    def _said(self, check: Check) -> str:
        name = f'"{check.name}": ' if _named(check) else ""
        violated = "violated " if check.violated and not check.text.startswith("violated") else ""
        return f"{name}{violated}{check.text}"

    def _rest(self) -> Iterator[Lines]:
        """When it is right that nothing happens."""
        for name, flags in _RESTS.items():
            tests = [self._resting(machine, flags) for machine in self._naming.machines]
            yield definition(name, tests[0] if len(tests) == 1 else listed(tests))
        if self._features.channels:
            yield definition("AllQuiet", ["\\A c \\in Channels : Size(network, c) = 0"])

    @property
    def _stalled(self) -> str:
        """When nobody waits for anything; idle states are named only where there are some."""
        states = [state for machine in self._naming.machines for state in machine.states]
        idle = any(state.idle and not state.final for state in states)
        return "AllFinalOrIdle" if idle else "AllFinal"

    def _resting(self, machine: Machine, flags: tuple[str, ...]) -> Lines:
        names = [s.name for s in machine.states if any(getattr(s, flag) for flag in flags)]
        each = f"\\A self \\in {self._naming.set(machine)} :"
        line = f"{each} {one_of('state[self]', names) if names else 'FALSE'}"
        if len(line) <= WIDTH - 8:
            return [line]
        return [each, *indented(wrapped("state[self] \\in {", list(map(string, names)), "}", 84))]

    def _invariant(self, check: Check) -> Lines:
        """What is true in every reachable state if the claim holds (of ``reachable``: if not)."""
        body = self._body(check)
        if not self._naming.system.bounds or check.claim is Claim.NO_OVERFLOW:
            return body
        if len(body) > 1:
            return enclosed("Within => (", body)
        return [f"Within => {body[0]}"]

    def _body(self, check: Check) -> Lines:
        match check.claim:
            case Claim.NO_DEADLOCK:
                return self._enabled(("Receptions", "Steps", "Timeouts", "Calls"), "AllFinal")
            case Claim.NO_STALL:
                return self._enabled(("Receptions", "Steps", "Timeouts"), self._stalled)
            case Claim.NO_UNSPECIFIED_RECEPTION:
                return [self._specified()]
            case Claim.NO_OVERFLOW:
                return ['failure # "overflow"'] if self._features.overflows else ["TRUE"]
        assert check.predicate is not None
        if check.claim is Claim.ALWAYS:
            lines = self._predicates.lines(check.predicate)
            bare = len(lines) > 1 or not self._naming.system.bounds
            return lines if bare else [self._predicates.text(check.predicate, Binding.RELATION)]
        lines = self._predicates.lines(check.predicate)
        if len(lines) > 1:
            return enclosed("~(", lines)
        return [f"~{self._predicates.text(check.predicate, Binding.ATOM)}"]

    def _enabled(self, groups: tuple[str, ...], rest: str) -> Lines:
        found = [name for name in groups if name in self._groups]
        quiet = f"{rest} /\\ AllQuiet" if self._features.channels else rest
        if not found:
            return listed([quiet], "\\/") if self._naming.system.bounds else [quiet]
        return listed([f"ENABLED ({any_of(found)})", quiet], "\\/")

    def _specified(self) -> str:
        if not self._features.channels:
            return "TRUE"
        if self._features.by_place:
            return "\\A c \\in Channels : \\A i \\in Offers(c) : Rules(c, At(c, i)) # {}"
        return "\\A c \\in Channels : \\A m \\in Offers(c) : Rules(c, m) # {}"

    # --- the configuration ---

    def configuration(self, constraints: list[str]) -> Lines:
        """What to ask: claims that should hold are invariants; the others would stop TLC."""
        active = [name for name, _ in self.errors]
        others: list[str] = []
        for asked in self.asked:
            if asked.form is Form.INVARIANT:
                expected = asked.check.violated == asked.negated
                (active if expected else others).append(asked.name)
        lines = ["SPECIFICATION Spec", *(f"CONSTRAINT {name}" for name in constraints), ""]
        lines += ["INVARIANT TypeOK", *(f"INVARIANT {name}" for name in active)]
        if others:
            lines += ["", comment("Expected to be violated (TLC then shows a run): uncomment one.")]
            lines += [comment(f"INVARIANT {name}") for name in others]
        return lines


def _named(check: Check) -> bool:
    """Whether a check has a name of its own."""
    return check.name not in (check.text, check.text.removeprefix("violated "))
