"""The checks as assertions: a process that looks at every state, and errors in steps.

Each check is a variable that is true but within the step that finds it violated, so that SPIN's
message names it and no state is added. What the specification expects to be violated, and what is
to be reachable, is only asked for when its ASK_ name is defined.
"""

from collections.abc import Iterator

from tcpspec.export.exported import LINEAR, OF_STATES, Asked, Form, LeftOut
from tcpspec.export.promela.enabled import Enabled
from tcpspec.export.promela.naming import Naming
from tcpspec.export.promela.process import guarded
from tcpspec.export.promela.scenery import InSystem
from tcpspec.export.promela.start import Start
from tcpspec.export.promela.telling import ForReader
from tcpspec.export.promela.terms import term
from tcpspec.export.promela.text import FALSE, Definition, Term, both, negated, remark
from tcpspec.model.model import Check, Claim


class Asserting:
    """The checks of a system that are asked, and those that are not."""

    def __init__(
        self, naming: Naming, scene: InSystem, enabled: Enabled, telling: ForReader
    ) -> None:
        self._naming, self._scene, self._enabled = naming, scene, enabled
        self._telling = telling
        self.asked: list[Asked] = []
        self.left_out: list[LeftOut] = []
        self._broken: dict[str, tuple[Check, Term]] = {}
        self._overflow_checks: list[Check] = []
        for check in naming.checks:
            self._ask(check)

    def _ask(self, check: Check) -> None:
        if check.claim is Claim.ALWAYS_POSSIBLE:
            self.left_out.append(LeftOut(check, f"Promela {LINEAR}"))
        elif check.claim.is_temporal:
            self.left_out.append(LeftOut(check, f"This model {OF_STATES}"))
        elif check.claim.is_coverage:
            self.asked.append(Asked(check, "", Form.COVERAGE))
        elif check.claim is Claim.NO_OVERFLOW:
            self._overflow_checks.append(check)
            self.asked.append(Asked(check, self._naming.overflow, Form.INVARIANT))
        else:
            name = self._naming.check(check)
            self._broken[name] = (check, self._violation(check))
            negated_ = check.claim is Claim.REACHABLE
            self.asked.append(Asked(check, name, Form.INVARIANT, negated_))

    def _violation(self, check: Check) -> Term:
        """What is true in a state that decides the check."""
        match check.claim:
            case Claim.NO_DEADLOCK:
                return both(self._enabled.nothing(), negated(self._enabled.resting("final")))
            case Claim.NO_STALL:
                resting = self._enabled.resting("final", "idle")
                return both(self._enabled.nothing_but_calls(), negated(resting))
            case Claim.NO_UNSPECIFIED_RECEPTION:
                return self._enabled.unspecified()
        assert check.predicate is not None
        found = term(check.predicate, self._scene)
        return negated(found) if check.claim is Claim.ALWAYS else found

    def _asked_text(self, check: Check) -> str:
        name = f'"{check.name}": ' if check.name not in check.text else ""
        return f"{self._naming.place(check.span)}: {name}{check.text}"

    @property
    def names(self) -> list[str]:
        """The assertions that are in the text, those in steps left out."""
        return [name for name, (_, broken) in self._broken.items() if broken != FALSE]

    def is_in_text(self, name: str) -> bool:
        """Whether there is something to look for."""
        return name not in self._broken or name in self.names

    # --- which are asked ---

    def definitions(self) -> Iterator[Definition]:
        """How an assertion fails; and errors within steps, if they are asked for."""
        yield Definition("fails", _FAILS)
        unwanted = any(check.violated for check in self._overflow_checks)
        yield self._error(self._naming.overflow, unwanted)
        yield self._error(self._naming.in_range, False)

    def _error(self, name: str, unwanted: bool) -> Definition:
        switch = self._telling.switch(name, on_demand=unwanted)
        macro = f"#define fails_{name}"
        fails = [f"{macro} fails({name})"]
        if switch:
            fails = [switch, *fails, "#else", f"{macro} skip", "#endif"]
        return Definition(f"fails_{name}", [f"bool {name} = true;", *fails])

    def process(self, start: Start) -> Iterator[str]:
        """The process that looks at every state."""
        if not self._broken:
            return
        yield from (f"bool {name} = true;" for name in self.names)
        yield ""
        yield f"proctype checks(){start.provided_others} {{"
        yield "end:"
        yield "    do"
        for name, (check, broken) in self._broken.items():
            yield from self._option(name, check, broken)
        yield "    :: false    /* without it, a loop in which nothing is asked would be none */"
        yield "    od"
        yield "}"

    def _option(self, name: str, check: Check, broken: Term) -> Iterator[str]:
        if broken == FALSE:
            why = "be so" if check.claim is Claim.REACHABLE else "fail"
            yield from remark(f"{self._asked_text(check)} (no option: here it cannot {why})", 4)
            return
        yield from remark(self._asked_text(check), 4)
        switch = self._telling.switch(name, on_demand=on_demand(check))
        lines = [*guarded(broken), f"           fails({name}) }}"]
        yield from [switch, *lines, "#endif"] if switch else lines


_FAILS = [
    "",
    "/* What a check that fails does: its variable is false within this step only, so that SPIN",
    "   names the check, and no state is added. */",
    "#define fails(check) check = false; assert(check); check = true",
]


def on_demand(check: Check) -> bool:
    """Whether a check is asked only by those who want to see its run."""
    return not check.claim.is_coverage and (check.violated or check.claim is Claim.REACHABLE)
