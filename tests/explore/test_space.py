"""Spaces and runs: numbering, edges backwards, replay, and what a run tells of messages."""

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcpspec.explore.limits import Limits
from tcpspec.explore.listed import ListedSpace
from tcpspec.explore.run import describe, flights, replay
from tcpspec.explore.space import Fact
from tcpspec.semantics.state import End, EndKind
from tests.examples import examples
from tests.helpers import assert_is_run, listed, only, result, space_of, steps_of
from tests.strategies import specifications

common = settings(max_examples=examples(10, thorough=25), derandomize=True)
MOST = Limits(max_states=150)


def graph(space: ListedSpace) -> "nx.DiGraph[int]":
    found: nx.DiGraph[int] = nx.DiGraph()
    found.add_nodes_from(range(len(space.states)))
    for number in range(len(space.states)):
        found.add_edges_from((number, target) for target in space.successors_of(number))
    return found


@common
@given(specifications(), st.data())
def test_backward_is_what_networkx_says(text: str, data: st.DataObject) -> None:
    space = listed(space_of(text, MOST))
    every = range(len(space.states))
    goals = data.draw(st.lists(st.sampled_from(every), max_size=3))
    known = graph(space)
    expected = {n for goal in goals for n in (goal, *nx.ancestors(known, goal))}
    marked = space.backward_from(iter(goals))
    assert {number for number in every if marked[number]} == expected


@pytest.mark.parametrize(
    ("edges", "goals", "expected"),
    [
        ([], [0], {0}),
        ([], [], set()),
        ([(0, 0)], [0], {0}),
        ([(0, 1), (1, 2), (2, 0)], [2], {0, 1, 2}),
        ([(0, 1), (0, 2), (1, 3), (2, 3)], [3], {0, 1, 2, 3}),  # a diamond
        ([(0, 1), (0, 2), (1, 3), (2, 3)], [1], {0, 1}),
        ([(0, 1), (0, 1), (2, 3)], [1, 3], {0, 1, 2, 3}),  # twice the same edge
        ([(3, 0), (1, 0), (2, 1)], [0], {0, 1, 2, 3}),
    ],
)
def test_backward_on_drawn_graphs(
    edges: list[tuple[int, int]], goals: list[int], expected: set[int]
) -> None:
    base = space_of("machine M { initial state A {} } system S { m: M }")
    space = ListedSpace(base.transition_system, "drawn")
    space.states.extend(list(base.states) * 4)
    for source in range(4):
        space.targets.extend(target for start, target in edges if start == source)
        space.offsets.append(len(space.targets))
    marked = space.backward_from(iter(goals))
    assert {number for number in range(4) if marked[number]} == expected


@common
@given(specifications())
def test_states_are_numbered_breadth_first_and_every_run_replays(text: str) -> None:
    space = listed(space_of(text, MOST))
    known = graph(space)
    starts = [number for number, parent in enumerate(space.parents) if parent < 0]
    assert [space.states[number] for number in starts] == list(
        space.transition_system.initial_states()
    )
    layers = list(nx.bfs_layers(known, starts))
    assert space.depth == len(layers) - 1
    last = 0
    for steps, layer in enumerate(layers):
        assert min(layer) == last
        last += len(layer)
        for number in (min(layer), max(layer)):
            run = space.run_to(number)
            assert len(run.steps) == steps
            assert run.last == space.states[number]
            assert_is_run(run, space.transition_system)
    assert last == len(space.states)


@common
@given(specifications())
def test_facts_say_what_is_enabled(text: str) -> None:
    space = listed(space_of(text, MOST))
    known = set(space.states)
    for number in space.expanded():
        kinds, cut = set(), False
        for successor in space.transition_system.successors(space.states[number]):
            kinds.add(successor.step.kind.value)
            cut |= successor.state is not None and successor.state not in known
        fact = space.facts[number]
        assert bool(fact & Fact.STEP_ENABLED) is bool(kinds & {"call", "timeout", "step", "rcv"})
        assert bool(fact & Fact.MUST_GO_ON) is bool(kinds & {"timeout", "step", "rcv"})
        assert bool(fact & Fact.CUT) is cut


# --- runs -------------------------------------------------------------------------------------

LADDER = """message G(F: 0..3 = x, H: bool = true) = X | Y(F = 2) call go timer t
machine M { var x: 0..3 = 0
    initial state A { call go / x := any; snd X; snd Y -> B  rcv X -> C }
    state B { timeout t / snd Y -> B  rcv X -> C } state C { step -> B ignore any } }
system S { m: M may go once n: M
        channel m -> n: fifo(2), lossy, duplicates at most 1, when full drop
    channel n -> m: fifo(1) timer t at most 1 times }
check S { CLAIM }"""


def first_run(claim: str) -> list[str]:
    system = only(LADDER.replace("CLAIM", claim))
    (found,) = system.verdicts
    assert found.run is not None
    assert_is_run(found.run, system.space.transition_system)
    return steps_of(found.run)


def test_a_run_in_words() -> None:
    assert first_run('"x": reachable m.x == 2') == ["m: go (any = 2)"]
    assert first_run('"x": reachable n in C and X in (m -> n)') == [
        "m: go (any = 0)", "n: rcv X(F = 0, H = true), duplicated",
    ]  # fmt: skip
    assert first_run('"x": reachable m in B and empty(m -> n) and n in A') == [
        "m: go (any = 0)", "m -> n: loses X(F = 0, H = true)", "m -> n: loses Y(H = true)",
    ]  # fmt: skip
    assert first_run('"x": reachable n in B') == [
        "m: go (any = 0)", "n: rcv X(F = 0, H = true)", "n: step",
    ]  # fmt: skip


def test_flights_follow_messages_from_send_to_receipt() -> None:
    (found,) = only(
        LADDER.replace("CLAIM", '"x": reachable n in C and count(m -> n) == 2 and m in B')
    ).verdicts
    assert found.run is not None
    seen = [(f.packet.name, f.sent, f.arrived, f.lost) for f in flights(found.run)]
    # go sends X and Y; X is received and stays.
    assert seen == [("X", 0, [1], None), ("Y", 0, [], None)]


def test_flights_know_what_was_lost_dropped_and_held() -> None:
    text = """message G = X | Y machine M { initial state A { step / snd X; snd Y -> B }
        state B {} }
    machine Deaf { initial state D {} }
    system S { m: M d: Deaf channel m -> d: fifo(2), lossy, holds Y, when full drop }
    check S { "gone": reachable m in B and empty(m -> d) }"""
    (found,) = only(text).verdicts
    assert found.run is not None
    # The shortest run sends first, so that one message is dropped, and loses the two that are left.
    rows = [describe(found.run.system, run_step.step) for run_step in found.run.steps]
    assert rows == [
        "m: step (Y dropped: full)",
        "m -> d: loses Y",
        "m -> d: loses X",
    ]
    lost = [(f.packet.name, f.sent, f.lost) for f in flights(found.run)]
    assert lost == [("Y", None, 1), ("X", 0, 2), ("Y", 0, 0)]


def test_replay_refuses_what_is_no_run() -> None:
    space = space_of(
        """machine M { initial state A { step -> B } state B { step -> C } state C {} }
        system S { m: M }"""
    )
    assert len(replay(space.transition_system, space.states).steps) == 2
    with pytest.raises(ValueError, match="not a run"):
        replay(space.transition_system, [space.states[0], space.states[2]])


def test_a_run_that_ends_in_an_error_ends_with_its_step() -> None:
    text = (
        """machine M { var x: 0..1 = 0 initial state A { step / x := x + 1 } } system S { m: M }"""
    )
    (failure,) = result(text).systems[0].failures
    assert failure.run.end == End(EndKind.OUT_OF_RANGE, failure.message)
    assert [step.state is None for step in failure.run.steps] == [False, True]
    assert len(failure.run.states()) == 2
