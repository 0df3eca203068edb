"""Scenarios: what a run may show, rule by rule, and every run as a scenario of its own."""

import random
from collections.abc import Iterator

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tcpspec.check import check
from tcpspec.explore.limits import Limits
from tcpspec.explore.run import Flight, Run, RunStep, describe, flights
from tcpspec.properties.scenario import Followed, Outcome, follow
from tcpspec.semantics.show import show_packet
from tcpspec.semantics.state import StepKind
from tcpspec.semantics.system import TransitionSystem
from tests.examples import examples
from tests.helpers import specification
from tests.strategies import specifications

PING = """
message SEG(SEQ: 0..9 = n) = PING | PONG
call go, stop
timer again
machine Client {
    var n: 0..9 = 0
    initial final state IDLE { call go [n < 9] / n := n + 1; snd PING -> BUSY   ignore PONG }
    state BUSY {
        rcv PONG [SEG.SEQ == n] -> IDLE
        ignore PONG [SEG.SEQ != n]
        timeout again / snd PING
        call stop -> IDLE
    }
}
machine Server {
    var n: 0..9 = 0
    initial final state WAIT { rcv PING / n := SEG.SEQ; snd PONG }
}
system Net {
    c: Client may go, stop
    s: Server
    channel c <-> s: KIND
}
"""


def first(text: str, limits: Limits | None = None) -> Followed:
    """The first scenario of a text, followed."""
    model = specification(text)
    scenario = model.scenarios[0]
    return follow(TransitionSystem(model.systems[scenario.system]), scenario, limits)


def followed(events: str, kind: str = "fifo(2), lossy, when full drop") -> Followed:
    return first(PING.replace("KIND", kind) + f'\nscenario "it" on Net {{\n{events}\n}}')


def steps(events: str, kind: str = "fifo(2), lossy, when full drop") -> list[str]:
    """The run that shows a scenario; it must be possible."""
    scenario = followed(events, kind)
    assert scenario.outcome is Outcome.POSSIBLE, scenario.reasons
    return [describe(scenario.run.system, one.step) for one in scenario.run.steps]


def impossible(events: str, kind: str = "fifo(2), lossy, when full drop") -> str:
    """Why a scenario is impossible, in one text."""
    scenario = followed(events, kind)
    assert scenario.outcome is Outcome.IMPOSSIBLE
    assert scenario.lines <= len(scenario.scenario.lines)
    return "\n".join([f"{scenario.lines} shown", *scenario.reasons])


# --- what is listed ------------------------------------------------------------------------


def test_a_message_with_nothing_behind_it_is_received() -> None:
    assert steps("c: go\nc -> s: PING(SEQ = 1)\ns -> c: PONG(SEQ = 1)\nexpect c in IDLE") == [
        "c: go", "s: rcv PING(SEQ = 1)", "c: rcv PONG(SEQ = 1)",
    ]  # fmt: skip


def test_at_the_end_too() -> None:
    why = impossible("c: go\nc -> s: PING")
    assert "2 shown" in why
    assert "c -> s: PING(SEQ = 1) must be received first, which shows s: rcv PING" in why


def test_only_what_is_listed_happens() -> None:
    why = impossible("c: go\nc: timeout again")
    assert "it shows c: go; c -> s: PING(SEQ = 1); the next line is: c: timeout again" in why
    assert "0 shown" in impossible("c -> s: PING")
    assert steps("") == []


def test_fields_that_are_not_named_are_free_and_the_others_must_agree() -> None:
    assert len(steps("c: go\nc -> s: PING\ns -> c: PONG")) == 3
    why = impossible("c: go\nc -> s: PING(SEQ = 2)")
    assert "the next line is: c -> s: PING(SEQ = 2)" in why


def test_before_a_call_is_shown_what_is_on_its_way_is_received() -> None:
    assert "c -> s: PING(SEQ = 1) must be received first" in impossible(
        "c: go\nc -> s: PING\nc: stop\ns -> c: PONG"
    )
    assert len(steps("c: go\nc -> s: PING delayed\nc: stop")) == 2


def test_an_expectation_is_judged_in_its_place() -> None:
    ping = "c: go\nc -> s: PING delayed\n"
    assert len(steps(f"expect c in IDLE\n{ping}expect c in BUSY and s.n == 0")) == 1
    why = impossible(f"{ping}expect c in IDLE or s.n == 4")
    assert "c is in BUSY, not in IDLE" in why
    assert "s.n == 4 is false: s.n is 0" in why
    assert len(steps("expect true\nexpect c.n == 0\nexpect not s.n == 1")) == 0


# --- lost, delayed, arrives ----------------------------------------------------------------


def test_lost_is_a_fault() -> None:
    assert steps("c: go\nc -> s: PING lost\nc: timeout again\nc -> s: PING\ns -> c: PONG") == [
        "c: go", "c: timeout again", "c -> s: loses PING(SEQ = 1)", "s: rcv PING(SEQ = 1)",
        "c: rcv PONG(SEQ = 1)",
    ]  # fmt: skip
    assert "must be lost, and cannot be" in impossible("c: go\nc -> s: PING lost", "fifo(2)")


def test_lost_is_also_what_a_full_channel_drops() -> None:
    events = "c: go\nc -> s: PING delayed\nc: timeout again\nc -> s: PING"
    kind = "fifo(1), when full drop"
    assert steps(events + " lost", kind) == ["c: go", "c: timeout again (PING dropped: full)"]
    assert "c: timeout again (PING dropped: full); c -> s: PING(SEQ = 1) lost; the next line" in (
        impossible(events, kind)
    )
    assert impossible(events + " delayed", kind)


def test_a_fault_that_is_not_listed_does_not_happen() -> None:
    assert impossible("c: go\nc -> s: PING\nc: timeout again\nc -> s: PING\ns -> c: PONG")


def test_delayed_arrives_where_a_line_says_so_or_is_on_its_way_at_the_end() -> None:
    ping = "c: go\nc -> s: PING delayed\n"
    assert len(steps(ping)) == 1
    arrival = f"{ping}c: stop\narrives c -> s: PING(SEQ = 1)\ns -> c: PONG\nexpect c in IDLE"
    assert steps(arrival)[2] == "s: rcv PING(SEQ = 1)"
    assert "no such message is on its way" in impossible(f"{ping}arrives s -> c: PONG")
    assert impossible(f"{ping}s -> c: PONG")  # it does not arrive without a line


def test_in_a_fifo_what_is_before_must_go_first() -> None:
    two = "c: go\nc -> s: PING(SEQ = 1) delayed\nc: stop\nc: go\nc -> s: PING(SEQ = 2) delayed\n"
    late = "arrives c -> s: PING(SEQ = 2)\ns -> c: PONG(SEQ = 2)"
    assert "other messages are before it" in impossible(two + late)
    assert len(steps(two + late, "bag(2)")) == 5


def test_a_second_arrival_is_a_duplication() -> None:
    again = "arrives c -> s: PING\ns -> c: PONG(SEQ = 1)\n"
    events = f"c: go\nc -> s: PING delayed\n{again}{again}"
    assert impossible(events, "fifo(3)")
    run = steps(events, "fifo(3), duplicating")
    assert run[1] == "s: rcv PING(SEQ = 1), duplicated"
    assert run[3] == "s: rcv PING(SEQ = 1)"
    assert impossible(f"c: go\nc -> s: PING\n{again}{again}", "fifo(3), duplicating")


def test_what_a_channel_holds_is_delayed() -> None:
    text = PING.replace(
        "channel c <-> s: KIND",
        "channel c -> s: bag(2), holds PING(SEQ = 7)   channel s -> c: bag(2)",
    )
    events = "arrives c -> s: PING(SEQ = 7)\ns -> c: PONG(SEQ = 7)\nexpect c in IDLE"
    assert first(f'{text}\nscenario "it" on Net {{ {events} }}').outcome is Outcome.POSSIBLE


def test_equal_messages_in_a_bag_may_have_different_fates() -> None:
    kind = "bag(3), lossy, when full drop"
    events = """c: go
    c -> s: PING delayed
    c: timeout again
    c -> s: PING lost
    c: timeout again
    c -> s: PING
    s -> c: PONG
    expect c in IDLE and count(c -> s) == 1"""
    assert "c -> s: loses PING(SEQ = 1)" in steps(events, kind)


# --- steps of the machine's own ------------------------------------------------------------

STEPPING = """
message SEG = TICK
call go
machine M {
    initial final state A { step -> B   call go -> C   ignore TICK }
    final state B { step / snd TICK -> C   ignore TICK }
    final state C { ignore TICK }
}
system Net { m: M may go   n: M   channel m <-> n: fifo(3) }
"""


@pytest.mark.parametrize(
    ("events", "outcome"),
    [
        ("expect m in B and n in B", Outcome.POSSIBLE),
        ("expect m in C", Outcome.IMPOSSIBLE),
        ("m -> n: TICK expect m in C and n in A", Outcome.POSSIBLE),
        ("m: go expect m in C", Outcome.POSSIBLE),
        ("expect m in B m: go", Outcome.IMPOSSIBLE),
    ],
)
def test_steps_without_sends_need_no_line(events: str, outcome: Outcome) -> None:
    assert first(f'{STEPPING} scenario "it" on Net {{ {events} }}').outcome is outcome


# --- verdicts ------------------------------------------------------------------------------


def test_impossible_is_as_specified_when_no_run_shows_it() -> None:
    text = PING.replace("KIND", "fifo(1), when full drop")
    for word, events, ok in [("impossible ", "c: stop", True), ("", "c: stop", False),
                             ("impossible ", "", False), ("", "", True)]:  # fmt: skip
        result = check(specification(f'{text} {word}scenario "it" on Net {{ {events} }}'))
        assert result.systems[0].scenarios[0].ok is ok
        assert result.failed is not ok


def test_a_limit_or_a_bound_makes_it_unknown() -> None:
    text = (
        PING.replace("KIND", "fifo(2)")
        + """
        scenario "it" on Net { c: go c -> s: PING delayed }"""
    )
    assert first(text).outcome is Outcome.POSSIBLE
    assert first(text, Limits(timeout=0)).outcome is Outcome.UNKNOWN
    assert first(text, Limits(max_states=1)).outcome is Outcome.POSSIBLE
    assert check(specification(text), limits=Limits(timeout=0)).unknown
    bounded = first(text.replace("s: Server", "s: Server  bound c in IDLE"))
    assert (bounded.outcome, bounded.ok) == (Outcome.UNKNOWN, False)
    assert bounded.rests_on == ("a bound or an error ends the run",)


def test_a_guard_that_fails_is_told_with_its_values() -> None:
    rounds = "".join(
        f"c: go\nc -> s: PING({'SEQ = ' + str(i)}) lost\nc: stop\n" for i in range(1, 10)
    )
    why = impossible(rounds + "c: go")
    assert "the guard [n < 9] is false" in why
    assert "n < 9 is false: n is 9" in why
    assert "c has no transition for call stop in IDLE" in impossible("c: stop")


def test_the_run_is_the_first_shortest() -> None:
    assert steps("c: go\nc -> s: PING lost", "fifo(2), lossy") == [
        "c: go", "c -> s: loses PING(SEQ = 1)",
    ]  # fmt: skip


# --- every run is a scenario of its own ----------------------------------------------------


def walk(ts: TransitionSystem, length: int, chooser: random.Random) -> Run:
    """A random run, as long as it can go on."""
    state = chooser.choice(ts.initial_states())
    steps: list[RunStep] = []
    initial = state
    while len(steps) < length:
        successors = [s for s in ts.successors(state) if s.state is not None]
        if not successors:
            break
        chosen = chooser.choice(successors)
        assert chosen.state is not None
        state = chosen.state
        steps.append(RunStep(chosen.step, state))
    return Run(ts.system, initial, tuple(steps))


def lines_of(run: Run) -> Iterator[str]:
    """The lines that list a run: every message of it is delayed, or else lost."""
    system = run.system
    by_row: dict[int, list[Flight]] = {}
    for flight in flights(run):
        if flight.sent is not None:
            by_row.setdefault(flight.sent, []).append(flight)
    for row, one in enumerate(run.steps):
        step = one.step
        if step.kind in (StepKind.CALL, StepKind.TIMEOUT) and step.local:
            what = "timeout " if step.kind is StepKind.TIMEOUT else ""
            assert step.instance is not None
            yield f"{system.instances[step.instance].name}: {what}{step.local.event}"
        if step.kind in (StepKind.RECEIVE, StepKind.DUPLICATION):
            assert step.channel is not None
            assert step.packet is not None
            shown = show_packet(system.messages, step.packet)
            yield f"arrives {system.channels[step.channel].name}: {shown}"
        for flight in by_row.get(row, []):
            shown = show_packet(system.messages, flight.packet)
            mark = "lost" if flight.lost is not None else "delayed"
            yield f"{system.channels[flight.channel].name}: {shown} {mark}"


@settings(max_examples=examples(30, thorough=120))
@given(specifications(), st.integers(0, 2**32))
def test_every_run_shows_the_scenario_that_lists_it(text: str, seed: int) -> None:
    chooser = random.Random(seed)
    system = next(iter(specification(text).systems.values()))
    run = walk(TransitionSystem(system), 8, chooser)
    lost = [flight for flight in flights(run) if flight.lost is not None]
    # what a channel holds is delayed, and what is lost never arrives: no lines say otherwise
    assume(not any(flight.sent is None or flight.arrived for flight in lost))
    listed = "\n".join(lines_of(run))
    scenario = f'\nscenario "it" on {system.name} {{\n{listed}\n}}'
    shown = first(text + scenario)
    assert shown.outcome is Outcome.POSSIBLE, (listed, shown.reasons)
    assert len(shown.run.steps) <= len(run.steps)
    assert shown.lines == len(shown.scenario.lines)
