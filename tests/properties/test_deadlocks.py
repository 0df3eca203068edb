"""Deadlock and stall: who may rest, and who is stuck."""

import pytest

from tcpspec.properties.verdict import Status
from tests.helpers import holding, steps_of, verdict
from tests.properties.models import DEAF, GROUP


def claim(text: str, system: str) -> str:
    return f"{GROUP} {text} system S {{ {system} }} check S {{ CLAIM }}"


def deadlocks(text: str, system: str = "m: M") -> bool:
    return holding(claim(text, system).replace("CLAIM", "no deadlock")) == set()


def stalls(text: str, system: str = "m: M") -> bool:
    return holding(claim(text, system).replace("CLAIM", "no stall")) == set()


@pytest.mark.parametrize(
    ("rules", "system", "deadlock", "stall"),
    [
        ("initial state A {}", "m: M", True, True),
        ("initial final state A {}", "m: M", False, False),
        ("initial idle state A {}", "m: M", True, False),
        ("initial idle final state A {}", "m: M", False, False),
        # A call is a step, but nobody has to make it.
        ("initial state A { call c }", "m: M may c", False, True),
        ("initial idle state A { call c }", "m: M may c", False, False),
        ("initial state A { call c }", "m: M", True, True),
        ("initial state A { call c }", "m: M may c once", True, True),  # after the call
        ("initial state A { call c [false] }", "m: M may c", True, True),
        ("initial state A { step }", "m: M", False, False),
        ("initial state A { timeout t }", "m: M", False, False),
        ("initial state A { timeout t }", "m: M timer t at most 1 times", True, True),
        ("initial state A { timeout t }", "m: M timer t [false]", True, True),
        ("initial state A { step -> B } final state B {}", "m: M", False, False),
        ("initial final state A { step -> B } state B {}", "m: M", True, True),
        # One of two instances that is not final is enough; one that goes on hides it.
        ("initial final state A {} state B {}", "m: M n: M init n in B", True, True),
        ("initial final state A {} state B {}", "m: M", False, False),
        ("initial final state A { step } state B {}", "m: M n: M init n in B", False, False),
    ],
)
def test_who_may_rest(rules: str, system: str, deadlock: bool, stall: bool) -> None:
    text = f"machine M {{ {rules} }}"
    assert deadlocks(text, system) is deadlock
    assert stalls(text, system) is stall


def wired(rules: str) -> str:
    return f"machine M {{ initial final state A {{ {rules} }} state B {{}} }} {DEAF}"


@pytest.mark.parametrize("options", ["", ", lossy", ", duplicating", ", lossy, duplicating"])
def test_a_channel_that_is_not_empty_is_no_rest_and_no_fault_hides_it(options: str) -> None:
    system = f"d: Deaf m: M channel d -> m: fifo(1), holds X{options}"
    assert deadlocks(wired(""), system)
    assert stalls(wired(""), system)
    assert deadlocks(wired("defer X"), system)
    assert not deadlocks(wired("ignore X"), system)


def test_a_duplicating_reception_is_still_a_reception() -> None:
    # The only rule leads to B, which is not final; the duplication does not save it.
    system = "d: Deaf m: M channel d -> m: fifo(1), holds X, duplicating"
    assert deadlocks(wired("rcv X -> B"), system)


def test_waiting_for_room_for_ever_is_a_deadlock() -> None:
    text = f"{DEAF} machine M {{ initial final state A {{ step / snd X }} }}"
    assert deadlocks(text, "m: M d: Deaf channel m -> d: fifo(1), when full wait")
    assert not deadlocks(text, "m: M d: Deaf channel m -> d: fifo(1), when full drop")


def test_two_that_wait_for_each_other() -> None:
    text = "machine M { initial final state A { rcv X / snd X; snd X } }"
    system = """m: M n: M channel m -> n: fifo(2), when full wait, holds X, holds X
        channel n -> m: fifo(2), when full wait, holds X, holds X"""
    assert deadlocks(text, system)


def test_an_error_is_no_deadlock() -> None:
    text = f"{DEAF} machine M {{ initial state A {{ step / snd X; snd X }} }}"
    assert not deadlocks(text, "m: M d: Deaf channel m -> d: fifo(1)")


def test_a_state_whose_steps_were_cut_is_no_deadlock() -> None:
    text = "machine M { initial state A { step -> B } state B {} }"
    found = verdict(claim(text, "m: M bound m in A").replace("CLAIM", "no deadlock"))
    assert found.status is Status.HOLDS
    assert any("bound" in reason for reason in found.rests_on)


def test_the_run_to_a_deadlock_is_a_shortest_one_and_says_who_is_stuck() -> None:
    text = """machine M { initial final state A { step -> B step -> C } final state B { step -> D }
        final state C { step -> E } final state D { step -> STUCK } state E {} state STUCK {} }"""
    found = verdict(claim(text, "m: M").replace("CLAIM", "no deadlock"))
    assert steps_of(found.run) == ["m: step", "m: step"]
    assert found.run is not None
    assert found.run.last.locals[0].state == "E"
    assert any("m is in E" in reason for reason in found.reasons)


def test_a_final_state_with_steps_goes_on() -> None:
    assert not deadlocks("machine M { initial state A { step -> B } final state B { step -> A } }")
