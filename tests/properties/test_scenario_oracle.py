"""Scenarios on random small systems, held against all runs up to a length."""

import random
import re
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tcpspec.explore.run import Run, RunStep, describe
from tcpspec.model.model import Scenario, Specification, System
from tcpspec.properties.scenario import Followed, Outcome, follow
from tcpspec.semantics.show import show_packet
from tcpspec.semantics.state import StepKind
from tcpspec.semantics.system import TransitionSystem
from tests.examples import examples
from tests.helpers import assert_is_run, specification
from tests.properties.scenario_oracle import (
    ARRIVALS,
    HAPPENS_BY_ITSELF,
    Message,
    histories,
    oracle,
    shows,
)
from tests.strategies import PATIENT, specifications

LONGEST = 6
"""Steps; longer runs are not tried, and what they could show is not compared."""
MOST = 400
"""Runs of one length that are still made longer."""
CHANGES = (0, 0, 1, 1, 2, 3)
"""How many changes are made to each of the scenarios that random runs are listed in."""


# --- scenarios that are almost right -------------------------------------------------------


def walk(ts: TransitionSystem, length: int, chooser: random.Random) -> Run:
    """A random run; messages are rather received than not."""
    state = chooser.choice(ts.initial_states())
    run = Run(ts.system, state, ())
    for _ in range(length):
        going_on = [one for one in ts.successors(run.last) if one.state is not None]
        if not going_on:
            break
        arrivals = [one for one in going_on if one.step.kind in ARRIVALS]
        pool = arrivals if arrivals and chooser.random() < 0.4 else going_on
        step, after, _ = chooser.choice(pool)
        run = Run(ts.system, run.initial, (*run.steps, RunStep(step, after)))
    return run


def lines_of(ts: TransitionSystem, run: Run, chooser: random.Random) -> list[str]:
    """The lines that list a run; what may be received at once may also be delayed."""
    messages = next(histories(ts, run))
    marks = {id(m): _mark(run, m, chooser) for m in messages}
    listed: list[str] = []
    for time, run_step in enumerate(run.steps, 1):
        step = run_step.step
        if step.kind in HAPPENS_BY_ITSELF and step.local and step.instance is not None:
            what = "timeout " if step.kind is StepKind.TIMEOUT else ""
            listed.append(f"{run.system.instances[step.instance].name}: {what}{step.local.event}")
        listed += [
            f"arrives {_shown(run.system, message, chooser)}"
            for message in messages
            if marks[id(message)] == " delayed" and any(t == time for t, _ in message.arrivals)
        ]
        listed += [
            _shown(run.system, message, chooser) + marks[id(message)]
            for message in messages
            if message.number is not None and message.sent == time
        ]
    return listed


def _mark(run: Run, message: Message, chooser: random.Random) -> str:
    if message.dropped or message.lost is not None:
        return " lost"
    once = [kind for _, kind in message.arrivals] == [StepKind.RECEIVE]
    if message.number is None or not once:
        return " delayed"
    between = run.steps[message.sent : message.arrivals[0][0] - 1]
    quiet = not any(one.step.kind in HAPPENS_BY_ITSELF for one in between)
    return "" if chooser.random() < (0.8 if quiet else 0.1) else " delayed"


def _shown(system: System, message: Message, chooser: random.Random) -> str:
    packet = show_packet(system.messages, message.packet)
    if chooser.random() < 0.5:
        packet = packet.partition("(")[0]
    return f"{system.channels[message.channel].name}: {packet}"


def mutated(lines: list[str], system: System, chooser: random.Random) -> list[str]:
    """One change: a line, the order, a field, a mark, an expectation, an arrival."""
    after = list(lines)
    place = chooser.randrange(len(after) + 1)
    what = chooser.randrange(8)
    here = min(place, len(after) - 1)
    if what == 0 and after:
        del after[here]
    elif what == 1 and len(after) > 1:
        other = chooser.randrange(len(after))
        after[here], after[other] = after[other], after[here]
    elif what in (2, 3) and after and _is_message(after[here]):
        after[here] = _changed(after[here], what == 2, chooser)
    elif what == 4 and after and _is_message(after[here]):
        message = after[here].removesuffix(" lost").removesuffix(" delayed")
        after.insert(place, "arrives " + message.removeprefix("arrives "))
    elif what == 5 and after:
        after.insert(place, chooser.choice(after))
    else:
        after.insert(place, f"expect {_predicate(system, chooser)}")
    return after


def _is_message(line: str) -> bool:
    return "->" in line and not line.startswith("expect")


def _changed(line: str, field: bool, chooser: random.Random) -> str:
    message = line.removesuffix(" lost").removesuffix(" delayed")
    mark = line.removeprefix(message)
    if field and "F = " in message:
        message = re.sub(r"F = \d", f"F = {chooser.randrange(3)}", message)
    elif not line.startswith("arrives"):
        mark = chooser.choice(["", " lost", " delayed"])
    return message + mark


def _predicate(system: System, chooser: random.Random) -> str:
    channel = chooser.choice(system.channels).name
    choices = [f"count({channel}) == {chooser.randrange(3)}", f"empty({channel})", "true"]
    choices += [f"{x} in S{chooser.randrange(2)}" for x in "ab"]
    choices += [f"{x}.x == {chooser.randrange(3)}" for x in "ab"]
    return chooser.choice(choices)


def scenarios(text: str, chooser: random.Random) -> Specification:
    """A text with scenarios of random runs of its system: two as they are, and changed ones."""
    (system,) = specification(text).systems.values()
    ts = TransitionSystem(system)
    listed: list[str] = []
    for number, changes in enumerate(CHANGES):
        walks = [walk(ts, chooser.randint(2, 5), chooser) for _ in range(4)]
        lines = lines_of(ts, max(walks, key=lambda run: len(run.steps)), chooser)
        for _ in range(changes):
            lines = mutated(lines, system, chooser)
        listed.append(f'scenario "{number}" on S {{\n    ' + "\n    ".join(lines) + "\n}")
    return specification(text + "\n".join(listed))


# --- the comparison ------------------------------------------------------------------------


def disagreements(ts: TransitionSystem, followed: Followed) -> Iterator[str]:
    """Where the answer is not what the oracle says, as far as that can say."""
    possible = followed.outcome is Outcome.POSSIBLE
    answer = oracle(ts, followed.scenario, LONGEST, MOST)
    assert_is_run(followed.run, ts)
    if possible and not shows(ts, followed.run, followed.scenario):
        yield "the run does not show it"
    if answer.run is None:
        if possible and len(followed.run.steps) <= answer.complete:
            yield "no run shows it"
    elif not possible:
        yield f"it is {followed.outcome.value}, but shown by {steps_of(answer.run)}"
    elif len(answer.run.steps) != len(followed.run.steps):
        yield f"{steps_of(answer.run)} is shorter than {steps_of(followed.run)}"
    elif answer.run != followed.run:
        yield f"{steps_of(answer.run)} comes before {steps_of(followed.run)}"


def steps_of(run: Run) -> list[str]:
    return [describe(run.system, one.step) for one in run.steps]


common = settings(
    derandomize=True,
    suppress_health_check=[*PATIENT, HealthCheck.filter_too_much],
)


@settings(common, max_examples=examples(6, thorough=80))
@given(specifications(), st.integers(0, 2**32))
def test_what_is_possible_is_what_some_run_shows(text: str, seed: int) -> None:
    spec = scenarios(text, random.Random(seed))
    (system,) = spec.systems.values()
    ts = TransitionSystem(system)
    for scenario in spec.scenarios:
        listed = "\n".join(line.text for line in scenario.lines)
        assert list(disagreements(ts, follow(ts, scenario))) == [], listed


BAG = """
message G(F: 0..2 = 0) = X | Y
call c, d
machine M {
    var x: 0..2 = 0
    initial final state S0 { call c / snd X  call d / snd X; snd X -> S1  ignore Y }
    final state S1 { call c / snd X  ignore Y }
}
machine N {
    var x: 0..2 = 0
    initial final state S0 { rcv X / snd Y -> S1 }
    final state S1 { rcv X -> S0 }
}
system S {
    a: M may c at most 2 times, d once   b: N
    channel a -> b: bag(3), lossy, duplicating, when full drop   channel b -> a: bag(2)
}
"""


@pytest.mark.parametrize("seed", range(20))
def test_equal_messages_in_a_bag_may_have_any_fates(seed: int) -> None:
    spec = scenarios(BAG, random.Random(seed))
    ts = TransitionSystem(spec.systems["S"])
    for scenario in spec.scenarios:
        assert list(disagreements(ts, follow(ts, scenario))) == [], _lines(scenario)


@settings(common, max_examples=examples(4, thorough=25))
@given(specifications(), st.integers(0, 2**32))
def test_what_a_bound_keeps_back_is_not_called_impossible(text: str, seed: int) -> None:
    free = scenarios(text, random.Random(seed))
    listed = [f'scenario "{s.name}" on S {{\n{_lines(s)}\n}}' for s in free.scenarios]
    bounded = specification(
        text.replace("system S {", "system S { bound a.x < 2 bound b.x < 2") + "\n".join(listed)
    )
    without, within = (TransitionSystem(spec.systems["S"]) for spec in (free, bounded))
    for scenario, same in zip(free.scenarios, bounded.scenarios, strict=True):
        outcome = follow(within, same).outcome
        if outcome is not Outcome.UNKNOWN:
            possible = follow(without, scenario).outcome is Outcome.POSSIBLE
            assert (outcome is Outcome.POSSIBLE) <= possible, _lines(scenario)
            answer = oracle(without, scenario, LONGEST, MOST)
            assert (outcome is Outcome.IMPOSSIBLE) <= (answer.run is None), _lines(scenario)


def _lines(scenario: Scenario) -> str:
    return "\n".join(line.text for line in scenario.lines)


# --- the first -----------------------------------------------------------------------------

TWO = """
message SEG = TICK
call go
machine M { initial final state A { call go -> B } final state B {} }
machine N { initial final state A { step -> B } final state B {} }
system S { a: M may go   b: N   channel a -> b: fifo(1) }
"""


@pytest.mark.parametrize(
    "events",
    [
        "a: go  expect b in B",
        "expect true  a: go  expect b in B",
    ],
)
def test_the_run_is_the_first_of_the_shortest(events: str) -> None:
    spec = specification(f'{TWO} scenario "it" on S {{ {events} }}')
    ts = TransitionSystem(spec.systems["S"])
    first = oracle(ts, spec.scenarios[0], LONGEST, MOST).run
    assert first is not None
    assert steps_of(follow(ts, spec.scenarios[0]).run) == steps_of(first)


# --- what stays open in the text -----------------------------------------------------------


def test_by_the_letter_an_answer_would_wait_for_both_messages_of_a_step() -> None:
    """The project's reference decides it: only calls, timeouts and arrivals wait."""
    spec = specification("""
        message SEG = X | Y
        call two
        machine A { initial final state I { call two / snd X; snd X   ignore Y } }
        machine B { initial final state I { rcv X / snd Y } }
        system S { a: A may two once   b: B   channel a <-> b: fifo(2) }
        scenario "it" on S { a: two   a -> b: X   a -> b: X   b -> a: Y   b -> a: Y }
    """)
    ts, scenario = TransitionSystem(spec.systems["S"]), spec.scenarios[0]
    assert follow(ts, scenario).outcome is Outcome.POSSIBLE
    assert oracle(ts, scenario, LONGEST, MOST).run is not None
    assert oracle(ts, scenario, LONGEST, MOST, strict=True).run is None
