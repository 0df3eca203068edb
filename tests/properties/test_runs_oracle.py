"""Claims about the whole runs of random specifications, against an oracle that tries everything."""

from collections import Counter

from hypothesis import Phase, assume, given, settings

from tcpspec.check import check
from tcpspec.explore.limits import Limits
from tcpspec.model.model import Check, Claim
from tcpspec.properties.verdict import Status
from tcpspec.semantics.system import TransitionSystem
from tests.examples import examples
from tests.helpers import specification
from tests.properties.runs_oracle import Runs, TooLarge
from tests.strategies import specifications

EXAMPLES = examples(40, thorough=200)
ASKED = (Claim.EVENTUALLY, Claim.LEADS_TO)


def test_random_specifications() -> None:
    seen: Counter[tuple[str, Status]] = Counter()

    @settings(max_examples=EXAMPLES, derandomize=True, phases=[Phase.generate])
    @given(specifications(checks=True))
    def agree(text: str) -> None:
        (system,) = check(specification(text), limits=Limits(max_states=60)).systems
        assume(system.space.limit is None)
        for verdict in system.verdicts:
            if verdict.check.claim not in ASKED:
                continue
            try:
                holds = _holds(verdict.check, system.space.transition_system)
            except TooLarge:
                continue
            assert verdict.status is (Status.HOLDS if holds else Status.VIOLATED), (text, verdict)
            fairly = "unfair" if verdict.check.unfair else "fair"
            seen[fairly + " assuming" * bool(verdict.check.assumed), verdict.status] += 1

    agree()
    for fairly in ("fair", "fair assuming", "unfair"):
        for status in (Status.HOLDS, Status.VIOLATED):
            assert seen[fairly, status] >= 2, seen


def _holds(one: Check, system: TransitionSystem) -> bool:
    runs = Runs(system, one.assumed, fair=not one.unfair)
    predicates = [system.predicate(atom) for atom in one.atoms]
    if one.claim is Claim.EVENTUALLY:
        return runs.eventually(lambda state: bool(predicates[0](state)))
    cause, goal = predicates
    return runs.leads_to(lambda state: bool(cause(state)), lambda state: bool(goal(state)))
