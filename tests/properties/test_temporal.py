"""Claims about whole runs, on small systems whose answers can be told by thinking."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcpspec.check import check
from tcpspec.diagnostics import SpecificationError
from tcpspec.explore.engines import Engine
from tcpspec.explore.limits import Limits
from tcpspec.explore.run import RunStep
from tcpspec.properties.judge import holds, unfairness
from tcpspec.properties.lasso import shortest
from tcpspec.properties.verdict import Status, Verdict
from tcpspec.semantics.state import GlobalState, LocalState, Step, StepKind
from tests.helpers import specification

MACHINES = """
protocol Runs
message M = ASK | ANSWER
call ask, stop
timer again
define asking = c in ASKING
define asked = c in DONE
machine Client {
    initial final state IDLE { call ask / snd ASK -> ASKING  ignore ANSWER }
    state ASKING { rcv ANSWER -> DONE  timeout again / snd ASK }
    final state DONE { ignore ANSWER }
}
machine Patient {
    initial final state IDLE { call ask / snd ASK -> ASKING }
    state ASKING { rcv ANSWER -> DONE }
    final state DONE { }
}
machine Server { initial final idle state READY { rcv ASK / snd ANSWER } }
machine Deaf { initial final idle state READY { rcv ASK } }
machine Stepper {
    initial final state IDLE { call ask -> ASKING }
    state ASKING { step -> DONE  call stop -> ASKING }
    final state DONE { }
}
machine Blinker {
    initial final state IDLE { call ask -> ASKING }
    state ASKING { step -> DONE  call stop -> AWAY }
    state AWAY { call stop -> ASKING }
    final state DONE { }
}
"""


def verdict_of(system: str, claim: str, more: str = "", **options: Any) -> Verdict:
    """The verdict of one claim about a system whose instance is called c; the same in all engines,
    and its run judged.
    """
    text = f'{MACHINES}{more}system X {{ {system} }} check X {{ "it": {claim} }}'
    found = []
    for engine in (Engine.REFERENCE, Engine.TABLE, Engine.NATIVE):
        spec = specification(text)
        (verdict,) = check(spec, engine=engine, **options).systems[0].verdicts
        ts = check(spec, engine=engine, **options).systems[0].space.transition_system
        if verdict.run is not None and verdict.check.formula is not None:
            assert not holds(ts, verdict.check.formula, verdict.check.atoms, verdict.run)
            assert verdict.check.unfair or not unfairness(ts, verdict.run, verdict.check.assumed)
        found.append((verdict.status, verdict.reasons, shown(verdict)))
    if not options:
        assert found[0] == found[1] == found[2]
    return verdict


def shown(verdict: Verdict) -> Any:
    run = verdict.run
    return run and (run.states(), run.loop_from)


LOSSY = "channel c <-> s: fifo(1), lossy, when full drop"
RETRIES = f"c: Client may ask  s: Server  {LOSSY}"

CASES = {
    "lost again and again, so received in the end": (RETRIES, "asking leads to asked", True),
    "lost for ever": (RETRIES, "unfair asking leads to asked", False),
    "nobody has to call": (RETRIES, "eventually asking", False),
    "lost once and for all": (
        "c: Patient may ask  s: Server  channel c <-> s: fifo(1), lossy",
        "asking leads to asked", False,
    ),
    "nothing is lost": (
        "c: Patient may ask  s: Server  channel c <-> s: fifo(1)", "asking leads to asked", True,
    ),
    "nobody answers": (f"c: Client may ask  s: Deaf  {LOSSY}", "asking leads to asked", False),
    "a step that stays enabled": ("c: Stepper may ask, stop", "asking leads to asked", True),
    "a step that does not": ("c: Blinker may ask, stop", "asking leads to asked", False),
    "a step is taken, unless that is not asked for": (
        "c: Stepper may ask, stop", "unfair asking leads to asked", False,
    ),
    "a call that is not repeated for ever": (
        "c: Blinker may ask, stop at most 3 times", "asking leads to asked", False,
    ),
    "what holds already": (RETRIES, "asking leads to c in ASKING", True),
    "formulas": (RETRIES, 'ltl "G (asking -> asking U asked)"', True),
    "weak until": (RETRIES, 'ltl "!asked W asking"', True),
    "until promises": (RETRIES, 'ltl "!asked U asking"', False),
    "again and again": (RETRIES, 'ltl "G F asking"', False),
    "never again": (RETRIES, 'ltl "G (asked -> G asked)"', True),
    "a user is assumed to call": (RETRIES, "eventually asking assuming c calls ask", True),
    "a call that is assumed, but not always possible": (
        "c: Blinker may ask, stop", "asking leads to asked assuming c calls stop", False,
    ),
    "whoever is away comes back": (
        "c: Blinker may ask, stop", "c in AWAY leads to asking assuming c calls stop", True,
    ),
    "whoever is away need not come back": (
        "c: Blinker may ask, stop", "c in AWAY leads to asking", False,
    ),
    "an assumption about formulas": (RETRIES, 'ltl "F asked" assuming c calls ask', True),
    "constants": (RETRIES, 'ltl "true U false || G true"', True),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_answers_are_those_of_the_definition(name: str) -> None:
    system, claim, expected = CASES[name]
    verdict = verdict_of(system, claim)
    assert verdict.status is (Status.HOLDS if expected else Status.VIOLATED)


def test_a_run_that_stops_stays_in_its_last_state() -> None:
    run = verdict_of(CASES["lost once and for all"][0], "asking leads to asked").run
    assert run is not None
    assert run.loop_from == len(run.steps) == 2


def test_a_loop_is_short_and_says_why_it_is_fair() -> None:
    verdict = verdict_of("c: Blinker may ask, stop", "asking leads to asked")
    assert verdict.run is not None
    assert (len(verdict.run.steps), verdict.run.loop_from) == (2, 2)  # AWAY: nothing has to happen
    verdict = verdict_of(f"c: Client may ask  s: Deaf  {LOSSY}", "asking leads to asked")
    assert "c -> s: ASK is received in it" in verdict.reasons
    assert any("repeat for ever" in reason for reason in verdict.reasons)


def test_what_keeps_going_past_a_timeout_that_comes_and_goes() -> None:
    more = (
        "machine Clock { initial final state ON { call ask -> OFF  timeout again -> RUNG }\n"
        "state OFF { step -> ON } final state RUNG { } }\n"
    )
    verdict = verdict_of("c: Clock may ask", "eventually c in RUNG", more)
    assert verdict.status is Status.VIOLATED
    assert "c: timeout again is not enabled all the time" in verdict.reasons


def test_a_run_that_ends_in_an_error_is_none_that_goes_on() -> None:
    more = "machine Counter { var n: 0..2 = 0 initial final state UP { step / n := n + 1 } }\n"
    verdict = verdict_of("c: Counter", "eventually c.n == 2", more)
    assert verdict.status is Status.HOLDS
    assert verdict_of("c: Counter", "eventually false", more).status is Status.HOLDS
    assert any("error" in reason for reason in verdict.rests_on)


def test_behind_a_bound_only_what_was_found_is_final() -> None:
    more = (
        "machine Counter { var n: 0..9 = 0 initial final state UP\n"
        "{ step [n < 9] / n := n + 1  step [n == 9] / n := 0  call ask } }\n"
    )
    system = "c: Counter may ask  bound c.n < 3"
    verdict = verdict_of(system, "eventually c.n == 2", more)
    assert verdict.status is Status.UNKNOWN
    assert verdict_of(system, "unfair eventually c.n == 2", more).status is Status.VIOLATED


def test_before_a_limit_only_what_was_found_is_final() -> None:
    limits = Limits(max_states=3)
    assert verdict_of(RETRIES, "asking leads to asked", limits=limits).status is Status.UNKNOWN
    assert verdict_of(RETRIES, "eventually asking", limits=limits).status is Status.VIOLATED


def test_there_is_no_memory_for_all_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tcpspec.checking.STEP_ON", 1 << 50)
    verdict = verdict_of(RETRIES, "asking leads to asked")
    assert verdict.status is Status.UNKNOWN
    assert "more than there is" in verdict.rests_on[0]


def test_a_formula_that_is_too_large() -> None:
    formula = " && ".join(f"F (asking && p{n})" for n in range(12))
    more = "".join(f"define p{n} = asking or c in IDLE\n" for n in range(12))
    verdict = verdict_of(RETRIES, f'ltl "!({formula})"', more)
    assert verdict.status is Status.UNKNOWN
    assert verdict.rests_on == ("the formula is too large",)


def test_no_time_is_left_to_decide() -> None:
    spec = specification(f'{MACHINES}system X {{ {RETRIES} }} check X {{ "it": eventually asked }}')
    found = check(spec, engine=Engine.REFERENCE, limits=Limits(timeout=1e-9))
    (verdict,) = found.systems[0].verdicts
    assert verdict.status is Status.UNKNOWN
    assert verdict.rests_on == ("the time was up before it was decided",)


def test_ctrl_c_while_deciding_keeps_what_is_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    claims = '"a": always not asked or asked "b": eventually asked "c": reachable asked'
    spec = specification(f"{MACHINES}system X {{ {RETRIES} }} check X {{ {claims} }}")
    monkeypatch.setattr("tcpspec.properties.temporal.automaton", interrupt)
    found = check(spec, engine=Engine.REFERENCE)
    assert found.interrupted
    statuses = [verdict.status for verdict in found.systems[0].verdicts]
    assert statuses == [Status.HOLDS, Status.UNKNOWN, Status.HOLDS]
    assert found.systems[0].verdicts[1].rests_on == ("it was interrupted before it was decided",)


def test_a_line_may_send_much() -> None:
    """Found by review: more sends than there were bits for."""
    many = "; ".join(["snd ASK"] * 12)
    more = f"machine Sender {{ initial final state ON {{ call ask / {many} }} }}\n"
    system = "c: Sender may ask  s: Deaf  channel c -> s: fifo(3), lossy, when full drop"
    verdict = verdict_of(system, "eventually full(c -> s)", more)
    assert verdict.status is Status.VIOLATED


@pytest.mark.parametrize(
    "formula",
    [
        " <-> ".join(["asking", "asked"] * 13),
        " && ".join(["G F asking", "G F asked"] * 6),
        "G " * 60 + "asking",
        " U ".join(["asking", "asked"] * 30),
        " -> ".join(["asking", "asked"] * 100),
    ],
)
def test_formulas_that_grow(formula: str) -> None:
    """They took minutes, or for ever: they are decided, or said to be too large."""
    verdict = verdict_of(RETRIES, f'ltl "{formula}"')
    decided = verdict.status is not Status.UNKNOWN
    assert decided or verdict.rests_on == ("the formula is too large",)


def test_words_end_where_words_end() -> None:
    more = "define Ub = c in IDLE\ndefine orb = c in IDLE\n"
    verdict = verdict_of(RETRIES, 'ltl "Ub && orb"', more)
    assert verdict.status is Status.HOLDS
    with pytest.raises(SpecificationError):
        verdict_of(RETRIES, 'ltl "asked Ub"', more)


# --- the loop that is shown ---

AHEAD = """
message M = ASK
timer again
machine A { initial state S { call go / snd ASK -> T }  state T { timeout again / snd ASK } }
machine B { initial state R { ignore ASK } }
system X { a: A may go  b: B  channel a -> b: fifo(1), when full drop }
call go
define home = a in S
check X { "back": unfair (not home) leads to home   "still": unfair ltl "F G home" }
"""


def test_a_loop_is_gone_through_once_and_begins_at_once() -> None:
    """A node of an automaton says what was true a step ago: loops of nodes are longer, or later."""
    back, still = check(specification(f"protocol P {AHEAD}")).systems[0].verdicts
    for verdict in (back, still):
        assert verdict.run is not None
        lasso = list(verdict.run.steps)
        again = lasso[verdict.run.loop_from :]
        before = lasso[: verdict.run.loop_from]
        assert shortest(verdict.run.initial, before, again) == (before, again)
    assert back.run is not None
    assert (len(back.run.steps), back.run.loop_from) == (2, 1)  # go, then again for ever


@given(st.data())
def test_the_shortest_lasso_is_the_same_endless_run(data: st.DataObject) -> None:
    """Against all lassos of the same endless word, on words of a few letters: a letter is where a
    step leads, and the step is always the same.
    """
    letters = st.lists(st.sampled_from("ab"), max_size=5)
    before, around = data.draw(letters), data.draw(letters.filter(bool))
    initial = data.draw(st.sampled_from("ab"))
    start = before[-1] if before else initial
    around = [*around, start]  # a loop leads back to where it began

    def steps(word: list[str]) -> list[RunStep]:
        return [RunStep(STEP, STATES[letter]) for letter in word]

    def endless(before: list[str], around: list[str]) -> list[str]:
        return [*before, *around * 30][:30]

    told = shortest(STATES[initial], steps(before), steps(around))
    shorter = [["ab"[one.state == STATES["b"]] for one in part] for part in told]
    assert endless(*shorter) == endless(before, around)
    lassos = [
        (first, length)
        for first in range(len(before) + 1)
        for length in range(1, len(around) + 1)
        if endless(before, around)
        == endless(endless(before, around)[:first], endless(before, around)[first : first + length])
        and [initial, *endless(before, around)][first]
        == [initial, *endless(before, around)][first + length]
    ]
    assert (len(shorter[0]), len(shorter[1])) == min(lassos, key=lambda one: (one[1], one[0]))


STEP = Step(StepKind.STEP, 0, None)
STATES = {letter: GlobalState((LocalState(letter, ()),), (), ()) for letter in "ab"}
