"""Sameness and bisimulation against brute force: all states and steps, compared as they are.

The brute force does not know of situations, nor of parts of a partition: it lists the steps of each
reachable state of both systems, and pairs states until no pair is wrong any more.
"""

from typing import Any

from hypothesis import HealthCheck, assume, given, settings

from tcpspec.check import load
from tcpspec.explore.engines import ENGINES, Engine
from tcpspec.explore.limits import Task
from tcpspec.model.model import Specification
from tcpspec.model.mutants import Mutant, mutants, mutated
from tcpspec.mutation.bisimulation import Outside, watched
from tcpspec.mutation.sameness import Sameness, sameness, situations
from tcpspec.mutation.wrong import Wrong
from tcpspec.semantics.remembered import Remembered
from tcpspec.semantics.state import GlobalState, Step
from tcpspec.semantics.system import TransitionSystem
from tests.cli.runner import SPECS
from tests.examples import examples
from tests.helpers import specification
from tests.strategies import specifications

MOST = 60


def seen(step: Step, *, lines: bool) -> Any:
    """A step without its state; its line only where lines count."""
    local = step.local
    if local is None:
        return step
    line = local.transition.index if lines else None
    choices = local.choices if lines else ()
    return step.kind, step.instance, line, choices, *local[1:2], *local[3:], *step[3:]


def steps(ts: TransitionSystem, *, lines: bool) -> dict[GlobalState, Any] | None:
    """The steps of each reachable state; None if there are many states."""
    found: dict[GlobalState, Any] = {}
    todo = list(ts.initial_states())
    while todo:
        state = todo.pop()
        if state not in found:
            successors = list(ts.successors(state))
            one = [(seen(s.step, lines=lines), s.state, s.end) for s in successors]
            unspecified = list(ts.unspecified(state))
            found[state] = (one if lines else set(one), unspecified)
            todo += [s.state for s in successors if s.state is not None]
        if len(found) > MOST:
            return None
    return found


def pairs(model: Specification) -> list[tuple[Mutant, TransitionSystem, TransitionSystem]]:
    return [
        (mutant, TransitionSystem(system), TransitionSystem(mutated(model, mutant).systems[name]))
        for mutant in mutants(model, model.systems)
        for name, system in model.systems.items()
    ]


def claimed(right: TransitionSystem, wrong: TransitionSystem, mutant: Mutant) -> Sameness:
    return sameness(right, wrong, mutant, situations(ENGINES[Engine.REFERENCE](Task(right))))


@settings(
    max_examples=examples(3, thorough=25), deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(specifications(bounds=True, checks=True))
def test_what_is_said_to_be_the_same_is_so(text: str) -> None:
    model = specification(text)
    assume(all(steps(TransitionSystem(s), lines=True) for s in model.systems.values()))
    for mutant, right, wrong in pairs(model):
        same = claimed(right, wrong, mutant)
        if same is Sameness.LINES:
            assert steps(right, lines=True) == steps(wrong, lines=True), mutant.name
        if same is not Sameness.NONE:
            assert steps(right, lines=False) == steps(wrong, lines=False), mutant.name
        small = steps(wrong, lines=False)
        if small is not None:
            system = right.system
            outside = Outside(right, watched(model, system))
            mine = outside.is_that_of(wrong, lambda: None)
            assert mine == by_pairs(right, wrong, watched(model, system)), mutant.name
            assert outside.is_that_of(right, lambda: None)


@settings(
    max_examples=examples(3, thorough=25), deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(specifications(bounds=True, checks=True))
def test_steps_that_are_shared_are_those_of_the_wrong_system(text: str) -> None:
    """Lines and all, in their order; what was remembered comes out again."""
    model = specification(text)
    for name, system in model.systems.items():
        right = Remembered(system)
        for mutant in mutants(model, [name]):
            wrong = mutated(model, mutant).systems[name]
            shares, alone = Wrong(wrong, mutant, right), TransitionSystem(wrong)
            found = steps(alone, lines=True) or {}
            for state in found:
                expected = list(alone.successors(state))
                assert list(shares.successors(state)) == expected, mutant.name
                assert list(shares.successors(state)) == expected, mutant.name


def by_pairs(right: TransitionSystem, wrong: TransitionSystem, asked: Any) -> bool:
    """The largest bisimulation, by throwing pairs out."""
    first, second = steps(right, lines=False), steps(wrong, lines=False)
    assert first is not None
    assert second is not None

    def look(state: GlobalState, unspecified: Any) -> Any:
        values = [state.locals[at].values[slot] for at, slot in sorted(asked)]
        return [one.state for one in state.locals], values, state[1:], unspecified

    def label(step: Any) -> Any:  # without the local state behind it, and the place in a channel
        if isinstance(step, Step):
            return step._replace(position=None)
        return (*step[:5], *step[6:9], *step[10:])

    def moves(one: Any) -> list[Any]:
        return [(label(step), after, end) for step, after, end in one[0]]

    looks = [
        {state: look(state, one[1]) for state, one in each.items()} for each in (first, second)
    ]
    related = {(a, b) for a in first for b in second if looks[0][a] == looks[1][b]}

    def answered(mine: list[Any], theirs: list[Any], *, turned: bool) -> bool:
        return all(
            any(
                step == other and end == ended
                and (after == other_after if after is None or other_after is None
                     else ((other_after, after) if turned else (after, other_after)) in related)
                for other, other_after, ended in theirs
            )
            for step, after, end in mine
        )  # fmt: skip

    while True:
        wrong_ones = {
            (a, b) for a, b in related
            if not answered(moves(first[a]), moves(second[b]), turned=False)
            or not answered(moves(second[b]), moves(first[a]), turned=True)
        }  # fmt: skip
        if not wrong_ones:
            starts = zip(right.initial_states(), wrong.initial_states(), strict=True)
            return all(pair in related for pair in starts)
        related -= wrong_ones


def test_brute_force_tells_the_mutants_of_the_alternating_bit_apart() -> None:
    """None of them does the same: known from a look at the twenty-seven."""
    model = load(str(SPECS / "abp.fsm"), {"CAPACITY": 1})
    apart = [m.name for m, a, b in pairs(model) if claimed(a, b, m) is not Sameness.NONE]
    assert apart == []
