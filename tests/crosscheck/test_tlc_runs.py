"""What TLC says of whole runs: fairness clause by clause, where the answer can be seen by eye."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tcpspec.check import check, load
from tcpspec.crosscheck.testimony import Finding
from tcpspec.crosscheck.tlc_run import HEAP
from tcpspec.crosscheck.tlc_runs import NO_PRODUCTS, NO_UNTIL, Runs
from tcpspec.explore.run import Run
from tcpspec.export.exported import LeftOut
from tcpspec.model.model import Check, Specification, System
from tcpspec.properties.judge import unfairness
from tcpspec.properties.verdict import Status
from tcpspec.semantics.system import TransitionSystem
from tests.cli.runner import LIBRARY, SPECS, tcpspec, written
from tests.examples import examples
from tests.helpers import specification

SECONDS = 200.0


def answers(text: str) -> dict[str, str]:
    """Of each claim what TLC says, which is what we say; or why it is not asked."""
    spec = specification(text)
    (ours,) = check(spec).systems
    runs = Runs(spec, ours.system, HEAP)
    found = {}
    for verdict in ours.verdicts:
        said, run = runs.decide(verdict.check, time.monotonic() + SECONDS)
        if isinstance(said, Finding):
            assert said.status is verdict.status, verdict.check.name
            assert (run is not None) is (said.status is Status.VIOLATED)
            found[verdict.check.name] = str(said.status)
        else:
            found[verdict.check.name] = said.reason
    return found


def test_steps_and_timeouts_must_come_and_calls_need_not() -> None:
    assert answers("""
        call go timer t define done = a in C
        machine A {
            var x: mod 2 = 0
            initial state A { step -> B  step / x := x + 1 }
            state B { timeout t / x := any  call go -> C }
            final state C { }
        }
        system S { a: A may go }
        check S {
            "leaves A": eventually a in B
            "not without fairness": violated unfair eventually a in B
            "nobody has to call": violated eventually done
            "somebody does": eventually done assuming a calls go
            "rests": ltl "F G done" assuming a calls go
        }
    """) == {
        "leaves A": "holds",
        "not without fairness": "violated",
        "nobody has to call": "violated",
        "somebody does": "holds",
        "rests": "holds",
    }


LINE = """
    message M = X | Y   call go  timer t
    machine A { initial final state A { timeout t / snd X  timeout t / snd Y } }
    machine B { var n: mod 2 = 0 initial final state B { rcv X -> C  ignore Y } state C { RULES } }
    system S { a: A  b: B  channel a -> b: KIND }
"""


FAIRNESS = [
    ("fifo(1), when full drop", "rcv Y -> B  ignore X", "holds"),
    # a line that waits for room is not enabled all the time: Y may wait for ever
    ("fifo(1), duplicating, when full wait", "rcv Y -> B  ignore X", "violated"),
    ("bag(2), when full drop", "rcv Y -> B  ignore X", "holds"),
    ("fifo(1), lossy, when full drop", "rcv Y -> B  ignore X", "holds"),
    ("fifo(1), duplicating, when full drop", "rcv Y -> B  ignore X", "holds"),
    ("fifo(1), when full drop", "ignore Y  ignore X", "violated"),
    ("fifo(1), when full drop", "ignore Y  rcv X / n := n + 1", "violated"),
]


@pytest.mark.parametrize(("kind", "rules", "expected"), FAIRNESS[: examples(3, thorough=7)])
def test_messages_are_received_lost_and_dropped_fairly(
    kind: str, rules: str, expected: str
) -> None:
    text = LINE.replace("KIND", kind).replace("RULES", rules)
    found = answers(text + 'check S { "out": b in C leads to b in B }')
    assert found == {"out": expected}


def test_a_run_may_rest_after_a_loss_and_after_an_error_it_may_not() -> None:
    assert answers("""
        message M = X  call go  timer t
        machine A {
            var x: 0..1 = 0
            initial final state A { call go / snd X -> D }
            final state D { }
        }
        machine B { initial final state B { rcv X -> C } state C { } }
        system S { a: A may go  b: B  channel a -> b: fifo(1), lossy }
        check S { "arrives": violated a in D leads to b in C }
    """) == {"arrives": "violated"}
    assert answers("""
        timer t
        machine A { var x: 0..1 = 0  initial state A { timeout t / x := x + 1 } }
        system S { a: A }
        check S { "two": eventually a.x == 2 }
    """) == {"two": "holds"}


def test_what_tla_cannot_say_is_left_out() -> None:
    assert answers("""
        define p = a in A  define q = a.x == 1
        machine A { var x: mod 3 = 0  initial final state A { } }
        system S { a: A }
        check S { "until": ltl "p U q"  "product": violated eventually a.x * 2 == 1 }
    """) == {"until": NO_UNTIL, "product": NO_PRODUCTS}


# --- what comes with the package ---------------------------------------------------------------


def _temporal() -> list[tuple[str, Check]]:
    return [
        (path.stem, one)
        for path in LIBRARY
        for one in load(str(path)).checks
        if one.claim.is_temporal
    ]


@pytest.mark.parametrize(
    ("name", "claim"), _temporal(), ids=lambda value: getattr(value, "name", value)
)
def test_claims_of_the_library_are_agreed_on(
    name: str, claim: Check, asked: Callable[[str], None], request: pytest.FixtureRequest
) -> None:
    asked(name)
    spec = load(str(SPECS / f"{name}.fsm"))
    (system,) = check(spec, claim.systems).systems
    if len(system.space.states) > int(request.config.getoption("--tlc-run-states")):
        pytest.skip("a large system takes TLC minutes: see --tlc-run-states")
    (verdict,) = [v for v in system.verdicts if v.check.name == claim.name]
    said, run = _decide(spec, system.system, verdict.check)
    if not isinstance(said, Finding):
        assert isinstance(said, LeftOut)
        assert said.reason == NO_UNTIL
        return
    assert said.status is verdict.status
    if run is not None and not claim.unfair:
        assert not unfairness(TransitionSystem(system.system), run, claim.assumed)


def _decide(spec: Specification, system: System, claim: Check) -> tuple[object, Run | None]:
    return Runs(spec, system, HEAP).decide(claim, time.monotonic() + SECONDS)


ASKS = """protocol Asks
message M = ASK
timer again
machine A { initial final state A { timeout again / snd ASK } }
machine B { var n: mod 2 = 0  initial final state B { rcv ASK / n := n + 1 } }
system S { a: A  b: B  channel a -> b: fifo(1), when full drop }
check S { "odd again": violated ltl "F G odd"  "odd": eventually b.n == 1 }
define odd = b.n == 1
"""


def test_they_are_asked_by_crosscheck_and_their_runs_are_shown(tmp_path: Path) -> None:
    shown = tcpspec("crosscheck", written(tmp_path, ASKS), "--show", timeout=SECONDS)
    assert shown.returncode == 0
    assert "repeats from here" in shown.stdout
    assert "TLC" in shown.stdout
