"""The reception matrix: what its cells say, held to the interpreter on every reachable state."""

from collections.abc import Iterator

import pytest

from tcpspec.check import check, load
from tcpspec.explore.limits import Limits
from tcpspec.explore.space import StateSpace
from tcpspec.model.model import Machine
from tcpspec.properties.receptions import Cell, Meeting, ReceptionMatrix, reception_matrix
from tcpspec.semantics.state import Reception
from tcpspec.views.tables import words
from tests.examples import examples
from tests.helpers import assert_is_run, result, specification
from tests.properties.models import DEAF, GROUP
from tests.strategies import anew, specifications

LIMITS = Limits(max_states=400)


def matrix_of(
    rules: str, channel: str = "fifo(1), holds X", machine: str = "machine M", rest: str = ""
) -> ReceptionMatrix:
    """The matrix of a machine with these rules in A, and none in B."""
    text = f"""{GROUP} {machine} {{ initial final state A {{ {rules} }} state B {{}} }} {DEAF}
    system S {{ d: Deaf m: M channel d -> m: {channel} {rest} }}"""
    found = result(text)
    machine_ = found.specification.machines["M"]
    return reception_matrix(machine_, [system.space for system in found.systems])


def cells(matrix: ReceptionMatrix) -> dict[tuple[str, str], Cell]:
    return {(cell.state, cell.message): cell for row in matrix.rows for cell in row}


# --- what is written --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "handling", "lines", "guarded"),
    [
        ("", [], 0, True),
        ("rcv X", ["handled"], 1, False),
        ("ignore X", ["ignored"], 1, False),
        ("defer X", ["deferred"], 1, False),
        ("rcv Y", [], 0, True),
        ("rcv any", ["handled"], 1, False),
        ("otherwise ignore", ["ignored"], 1, False),
        ("rcv X [v == 1]", ["handled"], 1, True),
        ("rcv X [v == 1] ignore X [v != 1]", ["handled", "ignored"], 2, True),
        ("rcv X [v == 1] otherwise ignore", ["handled", "ignored"], 2, False),
        ("otherwise ignore  rcv X", ["handled"], 1, False),
        ("rcv X  ignore X", ["handled", "ignored"], 2, False),
        ("rcv X [v <= 1]", ["handled"], 1, False),
        ("rcv X [v > 1]", [], 0, True),
    ],
)
def test_what_is_written(rules: str, handling: list[str], lines: int, guarded: bool) -> None:
    matrix = matrix_of(f"}} var v: 0..1 = 0 in A {{ {rules}")
    cell = cells(matrix)["A", "X"]
    assert [str(one) for one in cell.handling] == handling
    assert (len(cell.lines), cell.guarded) == (lines, guarded)


def test_in_an_ordered_machine_a_line_ends_what_may_come_after_it() -> None:
    matrix = matrix_of("rcv X  ignore X  otherwise ignore", machine="machine M ordered")
    assert [line.event_text for line in cells(matrix)["A", "X"].lines] == ["rcv X"]


def test_a_line_for_another_port_is_none() -> None:
    text = f"""{GROUP} machine Two {{ port a, b
        initial final state A {{ rcv X from a  rcv Y from a  ignore Y from b }} }} {DEAF}
    system S {{ m: Two d: Deaf e: Deaf
        channel d -> m.a: fifo(1), holds X  channel e -> m.b: bag(2), holds X, holds Y }}"""
    found = result(text)
    matrix = reception_matrix(found.specification.machines["Two"], [found.systems[0].space])
    x, y = cells(matrix)["A", "X"], cells(matrix)["A", "Y"]
    assert ([line.event_text for line in x.lines], x.guarded) == (["rcv X from a"], True)
    assert x.meeting is Meeting.UNSPECIFIED
    assert ([line.event_text for line in y.lines], y.guarded) == (["ignore Y from b"], False)


def test_columns_are_what_may_come() -> None:
    matrix = matrix_of("rcv any")
    assert (matrix.messages, matrix.left_out) == (("X",), ("Y",))


def test_without_a_system_only_what_is_written_is_told() -> None:
    machine = specification(f"{GROUP} machine M {{ initial state A {{ rcv X }} }}").machines["M"]
    matrix = reception_matrix(machine, [])
    assert [cell.meeting for cell in matrix.rows[0]] == [Meeting.UNASKED]
    assert (matrix.messages, matrix.systems) == (("X",), ())


# --- what happens -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "meeting"),
    [
        ("", Meeting.UNSPECIFIED),
        ("rcv X [false]", Meeting.UNSPECIFIED),
        ("rcv X -> B", Meeting.HAPPENS),
        ("defer X", Meeting.HAPPENS),
    ],
)
def test_what_comes_of_it(rules: str, meeting: Meeting) -> None:
    found = cells(matrix_of(rules))
    assert found["A", "X"].meeting is meeting
    assert found["B", "X"].meeting is Meeting.NEVER


def test_a_limit_and_a_bound_are_told() -> None:
    rules = "} var v: 0..9 = 0 in A { step [v < 9] / v := v + 1  step [v == 9] -> B"
    assert cells(matrix_of(rules))["B", "X"].meeting is Meeting.UNSPECIFIED
    bounded = matrix_of(rules, rest="bound m.v < 5")
    assert cells(bounded)["B", "X"].meeting is Meeting.BOUNDED
    assert bounded.systems[0].rests_on == ("bound m.v < 5 cut 1 step",)
    text = f"{GROUP} machine M {{ initial state A {{ {rules} }} state B {{}} }} {DEAF}"
    text += " system S { d: Deaf m: M channel d -> m: fifo(1), holds X }"
    found = result(text, Limits(max_states=3))
    matrix = reception_matrix(found.specification.machines["M"], [found.systems[0].space])
    assert cells(matrix)["B", "X"].meeting is Meeting.UNKNOWN
    assert matrix.systems[0].limited


@pytest.mark.parametrize("bound", ["", "bound m.w < 1"])
def test_behind_an_error_it_may_happen(bound: str) -> None:
    """What might come behind the step that fails is not looked at."""
    rules = """} var v: 0..1 = 0 var w: 0..1 = 0 in A {
        step / v := v + 1  step [v == 1] / v := v + 1 -> B  step [w == 0] / w := w + 1"""
    matrix = matrix_of(rules, rest=bound)
    cell = cells(matrix)["B", "X"]
    assert (cell.meeting, words.cell_text(cell)) == (Meeting.FAILING, "?")
    meanings = {note.sign: note.meaning for note in words.notes(matrix)}
    assert meanings["?"] == "no line; not found, but an error ended runs: it may happen"


def test_the_shortest_run_of_all_systems_comes_first() -> None:
    text = f"""{GROUP} machine M {{ initial state A {{ ignore X }} }}
    machine Late {{ initial state W {{ step -> V }} state V {{ step / snd Y -> W }} }} {DEAF}
    system Slow {{ d: Late m: M channel d -> m: fifo(1), when full drop }}
    system Fast {{ d: Deaf m: M channel d -> m: fifo(1), holds Y }}"""
    found = result(text)
    matrix = reception_matrix(found.specification.machines["M"], [s.space for s in found.systems])
    cell = cells(matrix)["A", "Y"]
    shown = [(one.run.system.name, len(one.run.steps)) for one in cell.unspecified]
    assert shown == [("Fast", 0), ("Slow", 2)]
    assert cell.systems == ("Slow", "Fast")


def test_figure_5_has_the_receptions_that_its_check_lists() -> None:
    found = check(load("tcpspec:figure5.fsm"))
    system = found.systems[0]
    matrix = reception_matrix(found.specification.machines["TCP"], [system.space])
    (verdict,) = [v for v in system.verdicts if v.check.name == "no unspecified reception"]
    listed = {(one.state, one.message) for one in verdict.receptions}
    assert {(cell.state, cell.message) for cell in matrix.unspecified} == listed


# --- held to the interpreter ------------------------------------------------------------------


def offers(machine: Machine, spaces: list[StateSpace]) -> Iterator[tuple[str, str, str, Reception]]:
    """System, state, message and what can be done, for all that is offered to a machine."""
    for space in spaces:
        ts = space.transition_system
        for state in space.states:
            for number, channel in enumerate(ts.system.channels):
                if ts.system.instances[channel.receiver].machine is machine:
                    for _, packet, reception in ts.offers(state, number):
                        at = state.locals[channel.receiver].state
                        yield ts.system.name, at, packet.name, reception


def held_to_the_interpreter(text: str) -> None:
    found = check(specification(text), limits=LIMITS)
    spaces = [system.space for system in found.systems]
    for machine in found.specification.machines_in_use:
        matrix = cells(reception_matrix(machine, spaces))
        met: dict[tuple[str, str], set[str]] = {pair: set() for pair in matrix}
        unspecified = set()
        for system, state, message, reception in offers(machine, spaces):
            pair = state, message
            met[pair].add(system)
            taken = {step.transition for step in reception.steps}
            assert taken <= set(matrix[pair].lines)
            if not reception.specified:
                unspecified.add(pair)
                assert matrix[pair].guarded
        complete = all(space.complete and not space.failures for space in spaces)
        for pair, cell in matrix.items():
            assert set(cell.systems) == met[pair]
            assert bool(cell.unspecified) == (pair in unspecified)
            assert (cell.meeting is Meeting.UNSPECIFIED) == (pair in unspecified)
            assert (cell.meeting is Meeting.NEVER) == (not met[pair] and complete)
            for one in cell.unspecified:
                at = [i.name for i in one.run.system.instances].index(one.instance)
                assert one.run.last.locals[at].state == cell.state
                space = next(s for s in spaces if s.transition_system.system is one.run.system)
                assert_is_run(one.run, space.transition_system)


@pytest.mark.hypothesis
def test_random_specifications() -> None:
    anew(examples(10, thorough=1500), specifications(bounds=True), held_to_the_interpreter)
