"""Verdicts, figures and shortest runs on random small models, held against brute force."""

from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tcpspec.check import SystemResult, check
from tcpspec.explore.limits import Limits
from tcpspec.model.model import Kind, Specification
from tcpspec.properties.verdict import Status, Verdict
from tcpspec.semantics.state import EndKind, GlobalState
from tcpspec.semantics.system import TransitionSystem
from tests.examples import examples
from tests.helpers import assert_is_run, listed, only, specification
from tests.properties.oracle import Oracle, oracle
from tests.strategies import PATIENT, specifications

MOST = 300
"""States; larger models are passed over."""

CLAIMS = """check S {
    no deadlock
    no stall
    no unspecified reception
    no overflow
    "always": always a in S0 or b in S0
    "never": never a.x == 2 and b.y == 0
    "reachable": reachable a in S1 and b in S1
    "possible": always possible b in S1
    "return": always possible a in S0 and b.x == 1
    every state reachable
    every transition used
}
"""

common = settings(
    max_examples=examples(12, thorough=70),
    derandomize=True,
    suppress_health_check=[*PATIENT, HealthCheck.filter_too_much],
)


def in_state(state: GlobalState, number: int, name: str) -> bool:
    return state.locals[number].state == name


def both_left(state: GlobalState) -> bool:
    return not in_state(state, 0, "S0") and not in_state(state, 1, "S0")


def never_happens(state: GlobalState) -> bool:
    """Variables are x, y, p."""
    return state.locals[0].values[0] == 2 and state.locals[1].values[1] == 0


def both_in_s1(state: GlobalState) -> bool:
    return in_state(state, 0, "S1") and in_state(state, 1, "S1")


def b_in_s1(state: GlobalState) -> bool:
    return in_state(state, 1, "S1")


def returned(state: GlobalState) -> bool:
    return in_state(state, 0, "S0") and state.locals[1].values[0] == 1


def brute_force(spec: Specification) -> Oracle:
    """What is true of a specification with all claims."""
    (system,) = spec.systems.values()
    truth = oracle(TransitionSystem(system), MOST)
    assume(truth is not None)
    assert truth is not None
    return truth


def by_name(found: SystemResult) -> dict[str, Verdict]:
    return {verdict.check.name: verdict for verdict in found.verdicts}


def length(found: Verdict) -> int | None:
    return len(found.run.steps) if found.run else None


def states_transitions_and_depth(truth: Oracle, system: SystemResult) -> None:
    space = listed(system.space)
    assert len(space.states) == truth.states
    assert set(space.states) == set(truth.graph)
    assert space.transitions == truth.transitions
    assert space.depth == truth.depth
    assert space.complete
    assert set(space.ends) == {kind for kinds in truth.ends.values() for kind in kinds}
    for number, state in enumerate(space.states):
        after = Counter(space.states[target] for target in space.successors_of(number))
        assert after == Counter(target for _, target in truth.graph.out_edges(state))


BAD: dict[str, Callable[[Oracle], Callable[[GlobalState], bool]]] = {
    "no deadlock": lambda truth: truth.deadlocked,
    "no stall": lambda truth: truth.stalled,
    "always": lambda _: both_left,
    "never": lambda _: never_happens,
}


def violations_are_shown_by_a_shortest_run(truth: Oracle, system: SystemResult) -> None:
    found = by_name(system)
    for name, bad in BAD.items():
        nearest = truth.nearest(bad(truth))
        assert found[name].status is (Status.HOLDS if nearest is None else Status.VIOLATED), name
        assert length(found[name]) == nearest, name
        run = found[name].run
        if run is not None:
            assert bad(truth)(run.last)
            assert_is_run(run, truth.system)


def reachable_is_shown_by_a_shortest_witness(truth: Oracle, system: SystemResult) -> None:
    found = by_name(system)["reachable"]
    nearest = truth.nearest(both_in_s1)
    assert found.status is (Status.VIOLATED if nearest is None else Status.HOLDS)
    assert length(found) == nearest


def always_possible(truth: Oracle, system: SystemResult) -> None:
    found = by_name(system)
    for name, goal in (("possible", b_in_s1), ("return", returned)):
        leading = truth.leading_to(goal)
        nearest = truth.nearest(lambda state: state not in leading)  # noqa: B023
        assert (nearest is None) == truth.always_possible(goal)
        assert found[name].status is (Status.HOLDS if nearest is None else Status.VIOLATED)
        assert length(found[name]) == nearest


def overflow_and_values_out_of_range_are_always_reported(
    truth: Oracle, system: SystemResult
) -> None:
    for kind in (EndKind.OVERFLOW, EndKind.OUT_OF_RANGE):
        nearest = truth.nearest(lambda state: kind in truth.ends[state])  # noqa: B023
        reported = [f for f in system.failures if f.kind is kind]
        assert len(reported) == (nearest is not None)
        for failure in reported:
            assert nearest is not None
            assert len(failure.run.steps) == nearest + 1
            assert failure.run.steps[-1].state is None
            assert_is_run(failure.run, truth.system)
    found = {v.check.name: v for v in system.verdicts}["no overflow"]
    nearest = truth.nearest(truth.overflows)
    assert found.status is (Status.HOLDS if nearest is None else Status.VIOLATED)


def unspecified(truth: Oracle) -> dict[tuple[str, str, str], int]:
    """Instance, state, message of each offer without a rule, and the steps to the first one."""
    found: dict[tuple[str, str, str], int] = {}
    ts = truth.system
    for state, steps in truth.distances().items():
        for number, packets in enumerate(state.channels):
            channel = ts.system.channels[number]
            local, rules = state.locals[channel.receiver], ts.rules[channel.receiver]
            for packet in packets:
                counts = ts._counts(state, channel.receiver)
                reception = rules.receive(local, packet, channel.receiver_port, counts)
                if not reception.steps and not reception.deferred:
                    name = ts.system.instances[channel.receiver].name
                    key = (name, local.state, packet.name)
                    found[key] = min(steps, found.get(key, steps))
                if channel.ordered and not reception.deferred:
                    break
    return found


def every_unspecified_reception_is_listed_with_a_shortest_run(
    truth: Oracle, system: SystemResult
) -> None:
    found = by_name(system)["no unspecified reception"]
    listed = {(r.instance, r.state, r.message): len(r.run.steps) for r in found.receptions}
    assert listed == unspecified(truth)
    assert found.status is (Status.VIOLATED if listed else Status.HOLDS)


def coverage(truth: Oracle, system: SystemResult) -> None:
    found = by_name(system)
    instances = system.system.instances
    machines = {instance.machine.name: instance.machine for instance in instances}
    seen = {
        (instances[number].machine.name, local.state)
        for state in truth.graph
        for number, local in enumerate(state.locals)
    }
    missing = [
        (m.name, s.name)
        for m in machines.values()
        for s in m.states
        if (m.name, s.name) not in seen
    ]
    verdict = found["every state reachable"]
    assert verdict.status is (Status.VIOLATED if missing else Status.HOLDS)
    assert len(verdict.reasons) == len(missing)
    used = {
        successor.step.local.transition
        for state in truth.graph
        for successor in truth.system.successors(state)
        if successor.state is not None and successor.step.local is not None
    }
    written = [t for machine in machines.values() for t in machine.transitions]
    unused = [t for t in written if t.kind is not Kind.DEFER and t not in used]
    verdict = found["every transition used"]
    assert verdict.status is (Status.VIOLATED if unused else Status.HOLDS)
    assert len(verdict.reasons) == len(unused)


def the_same_when_asked_again(one: SystemResult, other: SystemResult) -> None:
    assert [v.status for v in one.verdicts] == [v.status for v in other.verdicts]
    assert listed(one.space).states == listed(other.space).states
    assert listed(one.space).targets == listed(other.space).targets


def right_or_unknown(whole: SystemResult, part: SystemResult, most: int) -> None:
    """What a limit of states leaves of the verdicts."""
    assert len(part.space.states) == min(most, len(whole.space.states))
    for found in part.verdicts:
        full = by_name(whole)[found.check.name]
        if found.status is not Status.UNKNOWN:
            assert found.status is full.status, found.check.name
        elif part.space.complete:
            pytest.fail(f"{found.check.name} is unknown though nothing was left out")
        if found.run and found.check.name not in ("possible", "return"):
            assert length(found) == length(full)


@common
@given(specifications(), st.integers(1, 60))
def test_figures_verdicts_and_runs(text: str, most: int) -> None:
    spec = specification(text + CLAIMS)
    truth = brute_force(spec)
    found = check(spec)
    (system,) = found.systems
    states_transitions_and_depth(truth, system)
    violations_are_shown_by_a_shortest_run(truth, system)
    reachable_is_shown_by_a_shortest_witness(truth, system)
    always_possible(truth, system)
    overflow_and_values_out_of_range_are_always_reported(truth, system)
    every_unspecified_reception_is_listed_with_a_shortest_run(truth, system)
    coverage(truth, system)
    again = check(spec)
    the_same_when_asked_again(system, again.systems[0])
    assert found.warnings == again.warnings
    right_or_unknown(system, check(spec, limits=Limits(max_states=most)).systems[0], most)


# --- what a bound leaves of it ----------------------------------------------------------------

BOUND = "    bound a in S0 or b in S0\n}\n"


@common
@given(specifications(inits=False))
def test_under_a_bound_what_is_final_is_right(text: str) -> None:
    """Counterexamples and witnesses that are found, and what they do not need a cut for."""
    unbounded = only(text + CLAIMS, Limits(max_states=MOST))
    assume(unbounded.space.limit is None)
    whole = by_name(unbounded)
    bounded = text.rstrip().removesuffix("}") + BOUND
    system = only(bounded + CLAIMS)
    assert system.space.limit is None
    for found in system.verdicts:
        name, full = found.check.name, whole[found.check.name]
        if system.space.complete:
            assert (found.status, length(found)) == (full.status, length(full))
        elif name in ("reachable", "every state reachable", "every transition used"):
            assert found.status in (Status.UNKNOWN, full.status)
            assert found.status is not Status.VIOLATED
        elif name == "no unspecified reception":
            pairs = {(r.instance, r.state, r.message) for r in full.receptions}
            assert {(r.instance, r.state, r.message) for r in found.receptions} <= pairs
        elif found.status is Status.VIOLATED:
            assert full.status is Status.VIOLATED, name
        elif found.status is Status.HOLDS:
            assert any("bound" in reason for reason in found.rests_on), name
