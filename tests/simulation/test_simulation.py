"""A run in the making: it leads where the interpreter leads, and back."""

from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tcpspec
from tcpspec.diagnostics import SpecificationError
from tcpspec.explore.run import describe
from tcpspec.semantics.state import EndKind, GlobalState, Successor
from tcpspec.semantics.system import TransitionSystem
from tcpspec.simulation.simulation import NotPossible, Simulation, at_random, begin, simulate
from tests.examples import examples
from tests.helpers import assert_is_run, specification
from tests.strategies import specifications
from tests.views.runs import handshake


def simulation(text: str) -> Simulation:
    return simulate(specification(text))


def steps(here: Simulation) -> list[str]:
    """What can happen, in words."""
    return [describe(here.system, one.step) for one in here.steps]


COUNTER = """
machine Counter {
    var n: 0..1 = 0
    initial final state A { step / n := n + 1   step -> B }
    final state B { }
}
system S { c: Counter   bound c in A }
"""


def test_steps_are_numbered_in_the_order_of_the_specification() -> None:
    here = simulate(handshake(), "ClientServer")
    assert steps(here) == ["client: active_open", "server: passive_open"]
    after = here.take(2).take(1)
    assert [describe(after.system, one.step) for one in after.taken] == [
        "server: passive_open", "client: active_open",
    ]  # fmt: skip
    assert here.taken == ()


@pytest.mark.parametrize("number", [0, 3, -1])
def test_only_what_is_there_can_be_taken(number: int) -> None:
    with pytest.raises(NotPossible, match=f"there is no {number}: choose from 1 to 2"):
        simulate(handshake(), "ClientServer").take(number)


def test_nothing_can_be_undone_at_the_beginning() -> None:
    with pytest.raises(NotPossible, match="there is nothing to undo"):
        simulate(handshake(), "ClientServer").undo()


def test_an_error_ends_the_run_and_can_be_undone() -> None:
    here = simulation(COUNTER).take(1)
    broken = here.take(1)
    assert broken.end is not None
    assert broken.end.kind is EndKind.OUT_OF_RANGE
    assert broken.state == here.state
    assert (broken.steps, broken.disabled) == ((), ())
    with pytest.raises(NotPossible, match="there is no 1: nothing can happen"):
        broken.take(1)
    assert broken.undo() == here


def test_what_a_bound_cuts_is_not_enabled() -> None:
    here = simulation(COUNTER)
    assert len(here.steps) == 1
    assert [one.reasons for one in here.disabled] == [("it would leave `bound c in A`",)]


STARTS = """
machine M { initial final state A { }  final state B { step -> A } }
system S { m: M   n: M   init m in B   init n in B }
"""


def test_of_several_initial_states_one_is_chosen_first() -> None:
    here = simulation(STARTS)
    assert (here.state, here.run, here.before, here.steps) == (None, None, None, ())
    assert len(here.starts) == 2
    begun = here.take(2)
    assert begun.state == here.starts[1]
    assert steps(begun) == ["n: step"]
    assert begun.take(1).undo().undo() == here
    with pytest.raises(NotPossible):
        here.undo()


TWO = "machine M { initial final state A { } } system S { m: M } system T { m: M }"


@pytest.mark.parametrize(
    ("name", "message"), [(None, "which system"), ("X", "there is no system `X`")]
)
def test_a_system_is_named(name: str | None, message: str) -> None:
    with pytest.raises(SpecificationError, match=message) as caught:
        simulate(specification(TWO), name)
    assert caught.value.diagnostics[0].hint == "systems are: S, T"


def test_the_library_offers_it() -> None:
    assert tcpspec.simulate is simulate


# --- against the interpreter ----------------------------------------------------------------


@settings(max_examples=examples(25, thorough=1000))
@given(specifications(bounds=True), st.lists(st.integers(-3, 12), max_size=12))
def test_choices_and_undos_lead_where_the_interpreter_leads(text: str, moves: list[int]) -> None:
    """Below zero is an undo; each other number is taken from what there is, round and round."""
    ts = TransitionSystem(specification(text).systems["S"])
    here = begin(ts)
    starts = ts.initial_states()
    stack: list[Successor] = []
    start = starts[0] if len(starts) == 1 else None
    for move in moves:
        if move < 0:
            if stack:
                stack.pop()
            elif start is not None and len(starts) > 1:
                start = None
            else:
                with pytest.raises(NotPossible):
                    here.undo()
                continue
            here = here.undo()
        elif start is None:
            start = starts[move % len(starts)]
            here = here.take(1 + move % len(starts))
        else:
            last = stack[-1].state if stack else start
            possible = [] if last is None else list(ts.successors(last))
            possible = [s for s in possible if s.end is None or s.end.kind is not EndKind.CUT]
            assert list(here.steps) == possible
            if possible:
                stack.append(possible[move % len(possible)])
                here = here.take(1 + move % len(possible))
        assert here.initial == start
        assert list(here.taken) == stack
        if here.run is not None:
            assert_is_run(here.run, ts)


@settings(max_examples=examples(15, thorough=500))
@given(specifications(bounds=True), st.integers(0, 2**32), st.integers(1, 12))
def test_by_chance_the_same_seed_gives_the_same_run(text: str, seed: int, most: int) -> None:
    ts = TransitionSystem(specification(text).systems["S"])
    once, interrupted = at_random(begin(ts), most, seed)
    assert not interrupted
    again, _ = at_random(begin(TransitionSystem(ts.system)), most, seed)
    assert (again.initial, again.taken) == (once.initial, once.taken)
    assert once.run is not None
    assert_is_run(once.run, ts)
    assert len(once.taken) == most or not once.steps


def test_by_chance_every_enabled_step_comes_up() -> None:
    here = simulate(handshake(), "ClientServer")
    seen = {at_random(here, 1, seed)[0].taken for seed in range(40)}
    assert seen == {(one,) for one in here.steps}


def test_ctrl_c_keeps_the_run_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    ts = TransitionSystem(handshake().systems["ClientServer"])
    here, asked, successors = begin(ts), count(), ts.successors

    def interrupting(state: GlobalState) -> Iterator[Successor]:
        if next(asked) == 3:
            raise KeyboardInterrupt
        return successors(state)

    monkeypatch.setattr(ts, "successors", interrupting)
    after, interrupted = at_random(here, 50, 0)
    assert interrupted
    assert len(after.taken) == 3
