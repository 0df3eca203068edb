"""The checks as assertions: a process that looks at every state, and errors in steps.

Each check is a variable that is true but within the step that finds it violated, so that SPIN's
message names it and no state is added. What the specification expects to be violated, and what is
to be reachable, is only asked for when its ASK_ name is defined, or ASK_ALL; with ASK_ONE, nothing
is asked but what has its name defined.
"""

from collections.abc import Iterator

from tcpspec.export.exported import Asked, Form, LeftOut
from tcpspec.export.promela.enabled import Enabled
from tcpspec.export.promela.naming import Naming
from tcpspec.export.promela.process import guarded
from tcpspec.export.promela.scenery import InSystem
from tcpspec.export.promela.start import Start
from tcpspec.export.promela.terms import term
from tcpspec.export.promela.text import Term, both, comment, negated
from tcpspec.model.model import Check, Claim


class Asserting:
    """The checks of a system that are asked, and those that are not."""

    def __init__(self, naming: Naming, scene: InSystem, enabled: Enabled) -> None:
        self._naming, self._scene, self._enabled = naming, scene, enabled
        self.asked: list[Asked] = []
        self.left_out: list[LeftOut] = []
        self._broken: dict[str, tuple[Check, Term]] = {}
        self._overflow_checks: list[Check] = []
        for check in naming.checks:
            self._ask(check)

    def _ask(self, check: Check) -> None:
        if check.claim is Claim.ALWAYS_POSSIBLE:
            reason = "Promela makes claims about single runs, not about what stays possible"
            self.left_out.append(LeftOut(check, reason))
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

    # --- which are asked ---

    def switches(self) -> Iterator[str]:
        """What is asked, as the command line of SPIN says it."""
        yield from self._switch(
            self._naming.overflow, any(c.violated for c in self._overflow_checks)
        )
        yield from self._switch(self._naming.in_range, False)

    def _switch(self, name: str, unwanted: bool) -> Iterator[str]:
        yield f"bool {name} = true;"
        yield f"#if {_condition(name, unwanted)}"
        yield f"#define fails_{name} {name} = false; assert({name}); {name} = true"
        yield "#else"
        yield f"#define fails_{name} skip"
        yield "#endif"

    def process(self, start: Start) -> Iterator[str]:
        """The process that looks at every state."""
        if not self._broken:
            return
        start.others.append("checks")
        yield ""
        yield from (f"bool {name} = true;" for name in self._broken)
        yield ""
        yield f"proctype checks(){start.provided_others} {{"
        yield "end:"
        yield "    do"
        for name, (check, broken) in self._broken.items():
            unwanted = on_demand(check)
            yield f"    {comment(self._asked_text(check))}"
            yield f"#if {_condition(name, unwanted)}"
            yield from guarded(broken)
            yield f"           {name} = false; assert({name}); {name} = true }}"
            yield "#endif"
        yield "    :: false"
        yield "    od"
        yield "}"


def on_demand(check: Check) -> bool:
    """Whether a check is asked only by those who want to see its run."""
    return not check.claim.is_coverage and (check.violated or check.claim is Claim.REACHABLE)


def _condition(name: str, unwanted: bool) -> str:
    asked = f"defined(ASK_ALL) || defined(ASK_{name})"
    return asked if unwanted else f"{asked} || !defined(ASK_ONE)"
