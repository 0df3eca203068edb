"""Pictures of state spaces: places and ways held to the interpreter, and how they are drawn."""

import re
from collections import Counter
from itertools import combinations, pairwise
from typing import TypeAlias
from xml.etree import ElementTree

import pytest

from tcpspec.check import check, load
from tcpspec.explore.engines import Engine
from tcpspec.explore.limits import Limits
from tcpspec.explore.space import StateSpace
from tcpspec.model.model import Claim, Specification
from tcpspec.properties.verdict import Status
from tcpspec.record import replace
from tcpspec.semantics.state import EndKind, GlobalState
from tcpspec.views.draw import answers
from tcpspec.views.measure import text_width
from tcpspec.views.render import render
from tcpspec.views.spaces import drawing
from tcpspec.views.spaces.drawing import TooLarge, space_drawing
from tcpspec.views.spaces.outline import SpaceOutline, quotient, whole_space
from tcpspec.views.spaces.space_diagram import space_diagram
from tcpspec.views.theme import DARK, LIGHT, Theme
from tests.examples import examples
from tests.helpers import control, result, space_of, specification
from tests.strategies import anew, specifications
from tests.views.runs import HOSTILE, svg_texts

Pair: TypeAlias = tuple[tuple[str, ...], tuple[str, ...]]

ENDS = """message M = X
machine A { var n: 0..2 = 0
    initial state P { step / n := n + 1  step / snd X -> Q } final state Q { ignore X } }
system S { a: A b: A channel a <-> b: fifo(1) bound a.n <= 1 }"""


def space(name: str, system: str) -> StateSpace:
    spec = load(f"tcpspec:{name}.fsm")
    return check(replace(spec, checks=(), scenarios=()), [system]).systems[0].space


def at_rest(found: StateSpace, state: GlobalState) -> bool:
    machines = [one.machine for one in found.transition_system.system.instances]
    final = [m.state[at.state].final for m, at in zip(machines, state.locals, strict=True)]
    return all(final) and not any(state.channels)


class Counted:
    """All steps of a space, one by one, from the interpreter, with places by control states."""

    def __init__(self, found: StateSpace) -> None:
        ts, known = found.transition_system, set(found.states)
        self.ways, self.inside, self.ends = Counter[Pair](), Counter[tuple[str, ...]](), 0
        self.dead, self.states = Counter[tuple[str, ...]](), Counter[tuple[str, ...]]()
        for state in found.states:
            here, successors = control(state), list(ts.successors(state))
            self.states[here] += 1
            if all(one.step.kind.is_fault for one in successors) and not at_rest(found, state):
                self.dead[here] += 1
            for one in successors:
                if one.state is None or one.state not in known:
                    self.ends += 1
                elif control(one.state) == here:
                    self.inside[here] += 1
                else:
                    self.ways[here, control(one.state)] += 1


def held_to_the_interpreter(text: str) -> None:
    """In all numbers, of a whole search; and by each engine the same."""
    spec = specification(text)
    found = check(spec, limits=Limits(max_states=300)).systems[0].space
    if found.limit is not None:
        return
    counted, by_controls, each = Counted(found), quotient(found), whole_space(found)
    places = by_controls.places
    assert {p.controls: p.states for p in places} == counted.states
    assert {p.controls: p.deadlocked for p in places if p.deadlocked} == counted.dead
    assert {p.controls: p.inside for p in places if p.inside} == counted.inside
    ways = {(places[w.source].controls, places[w.target].controls): w.count
            for w in by_controls.ways}  # fmt: skip
    assert ways == counted.ways
    assert sum(ending.count for ending in by_controls.endings) == counted.ends
    assert len(each.places) == len(found.states)
    assert sum(way.count for way in each.ways) == found.transitions
    assert sum(place.at_rest for place in each.places) == sum(
        at_rest(found, state) for state in found.states
    )
    initial = len(found.transition_system.initial_states())
    assert sum(place.initial for place in each.places) == initial
    table = check(spec, engine=Engine.TABLE).systems[0].space
    assert quotient(table) == by_controls


@pytest.mark.hypothesis
def test_random_spaces() -> None:
    anew(examples(8, thorough=1000), specifications(bounds=True), held_to_the_interpreter)


@pytest.mark.parametrize(
    ("name", "system"), [("figure5", "Pair"), ("leader_election", "Ring"), ("sctp", "Attack")]
)
def test_every_state_and_every_step_is_drawn(name: str, system: str) -> None:
    found = space(name, system)
    shown = whole_space(found)
    assert len(shown.places) == len(found.states)
    assert sum(way.count for way in shown.ways) == found.transitions


@pytest.mark.parametrize(
    ("name", "system"),
    [("figures", "Simultaneous"), ("leader_election", "Lossy"), ("sctp", "Restart")],
)
def test_no_two_states_are_told_the_same(name: str, system: str) -> None:
    told = Counter((p.controls, p.details) for p in whole_space(space(name, system)).places)
    assert set(told.values()) == {1}


def test_what_is_left_of_a_budget_is_told() -> None:
    found = space_of(
        """message M = X
        call go
        timer t
        machine A { initial final state P { call go  timeout t  ignore X } }
        system S { a: A may go at most 2 times  channel a -> a: fifo(1), loses at most 1, holds X
            timer t at most 1 times }"""
    )
    told = {p.details for p in whole_space(found).places}
    assert ("a -> a: X", "a: go 1 left", "a: timeout t 0 left") in told
    assert ("a: go 0 left", "a: timeout t 0 left", "a -> a: loss 0 left") in told
    assert len(told) == len(found.states)


@pytest.mark.parametrize("name", ["figure5", "abp", "hazard_two_way", "leader_election"])
def test_deadlocks_are_where_the_check_finds_them(name: str) -> None:
    for one in check(load(f"tcpspec:{name}.fsm"), engine=Engine.REFERENCE).systems:
        for verdict in one.verdicts:
            if verdict.check.claim is Claim.NO_DEADLOCK:
                dead = sum(place.deadlocked for place in quotient(one.space).places)
                assert (dead > 0) == (verdict.status is Status.VIOLATED)


def test_what_leads_nowhere_says_why() -> None:
    found = space_of(ENDS)
    shown = quotient(found)
    whys = Counter[str]()
    for ending in shown.endings:
        whys[ending.why] += ending.count
    assert set(whys) == {"bound a.n <= 1", str(EndKind.OUT_OF_RANGE)}
    assert whys["bound a.n <= 1"] == found.bounds["bound a.n <= 1"]
    assert shown.rests_on[0].startswith("bound a.n <= 1 cut")


def test_a_limit_leaves_places_that_were_not_looked_at() -> None:
    found = space_of(ENDS, Limits(max_states=4))
    shown = whole_space(found)
    assert len(shown.places) == 4
    assert any(place.unexpanded for place in shown.places) or any(
        ending.why == "not looked at" for ending in shown.endings
    )
    assert "stopped at max-states" in space_diagram(shown).source


# --- how it is drawn --------------------------------------------------------------------------


def drawn(shown: SpaceOutline) -> str:
    return space_diagram(shown).source


def test_node_names_are_numbers() -> None:
    spec = specification(HOSTILE)
    for found in check(replace(spec, checks=())).systems:
        source = drawn(quotient(found.space))
        lines = [line.strip() for line in source.splitlines()[1:-1]]
        statements = [line for line in lines if not re.match(r"(graph|node|edge) \[|label=", line)]
        assert len(statements) > 3
        assert all(re.match(r"-?\d+( -> -?\d+)? \[?", line) for line in statements)


def test_hostile_names_are_text() -> None:
    text = HOSTILE.replace("me: X may go", "me: X may go   init me in 日本語   init me in A.b")
    shown = whole_space(check(specification(text)).systems[1].space)
    texts = svg_texts(render(space_diagram(shown)).decode())
    assert {"日本語", "red", "A.b"} <= set(texts)
    assert "me -> me: A.b(Größe = 0)" in texts


def test_a_run_is_red_and_numbered_and_says_what_is_wrong() -> None:
    spec: Specification = load("tcpspec:figure5.fsm")
    found = check(spec)
    (answer,) = [one for one in answers(found) if one.name == "no deadlock"]
    shown = quotient(found.systems[0].space, answer.run)
    assert len(shown.path) == len(answer.run.steps) + 1
    source = space_diagram(shown, outcome=answer.outcome).source
    assert re.findall(r">step (\d+)<", source) == ["1", "2", "3", "4", "5", "6"]
    assert source.count("violated: no deadlock") == 1


def test_a_lasso_says_what_it_does_for_ever() -> None:
    found = check(load("tcpspec:abp.fsm"))
    (answer,) = [one for one in answers(found) if one.name == "not by luck alone"]
    source = drawn(quotient(found.systems[0].space, answer.run))
    assert answer.run.loop_from == 2
    assert "For ever again: step 3." in source
    assert "For ever" not in drawn(quotient(found.systems[0].space))


def numbered(source: str) -> list[int]:
    """The numbers of steps that stand in boxes and on arrows, in order."""
    plain = re.sub(r"<[^>]*>", " ", source)
    found = re.findall(r"(?<!again: )\bsteps? (\d+(?:,\s+\d+)*)", plain)
    return sorted(int(number) for text in found for number in text.split(","))


@pytest.mark.sweep
@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("name", ["abp", "leader_election"])
def test_each_step_of_a_run_has_its_number_also_where_it_stays_in_its_box(
    name: str, whole: bool
) -> None:
    found = check(load(f"tcpspec:{name}.fsm"))
    spaces = {one.system.name: one.space for one in found.systems}
    for answer in answers(found):
        shown = (whole_space if whole else quotient)(spaces[answer.system], answer.run)
        assert numbered(drawn(shown)) == list(range(1, len(shown.path)))


def test_many_steps_on_one_way_are_told_in_several_lines() -> None:
    found = result(
        """machine A { var n: 0..29 = 0
        initial state P { step -> Q } state Q { step [n < 29] / n := n + 1 -> P } }
        system S { a: A } check S { "far": reachable a.n == 29 }"""
    )
    (answer,) = answers(found)
    source = drawn(quotient(found.systems[0].space, answer.run))
    assert numbered(source) == list(range(1, 59))
    assert max(map(len, re.findall(r">([^<>\n]+)<", source))) <= 40


def test_colours_are_those_of_the_theme() -> None:
    found = space("hazard_two_way", "OldSyn")
    shown = {
        theme: space_diagram(whole_space(found), theme=theme).source for theme in (LIGHT, DARK)
    }
    for theme, source in shown.items():
        colours = set(re.findall(r"#[0-9a-f]{6}", source))
        assert theme.paper in colours
        assert colours <= {getattr(theme, name) for name in Theme.__annotations__}


def test_the_start_is_drawn_again_where_runs_end() -> None:
    source = drawn(quotient(space("tcp", "Lossy")))
    assert source.count("again: see above") == 1
    assert len(re.findall(r"-> -1 ", source)) == 6


SVG = "{http://www.w3.org/2000/svg}"


def boxes(svg: str) -> list[tuple[str, float, float, float, float]]:
    """Each text with its left, right, upper and lower end."""
    return boxes_in(ElementTree.fromstring(svg))


def boxes_in(part: ElementTree.Element) -> list[tuple[str, float, float, float, float]]:
    found = []
    for text in part.iter(f"{SVG}text"):
        shown, size = "".join(text.itertext()), float(text.get("font-size", "14"))
        width, x, y = text_width(shown, size), float(text.get("x", 0)), float(text.get("y", 0))
        left = {"middle": x - width / 2, "end": x - width}.get(text.get("text-anchor", ""), x)
        found.append((shown, left, left + width, y - size * 0.7, y))
    return found


@pytest.mark.parametrize(
    ("name", "system"),
    [("tcp", "Lossy"), ("abp", "Line"), ("hazard_two_way", "OldSyn"), ("figure5", "Pair")],
)
def test_no_two_texts_overlap(name: str, system: str) -> None:
    found = boxes(render(space_drawing(space(name, system)).picture).decode())
    assert len(found) > 10
    for (one, a, b, top, low), (other, c, d, up, down) in combinations(found, 2):
        assert b <= c or d <= a or low <= up or down <= top, (one, other)


def test_the_number_of_steps_that_lead_nowhere_stands_beside_their_arrow() -> None:
    svg = render(space_diagram(quotient(space_of(ENDS)))).decode()
    arrows = [g for g in ElementTree.fromstring(svg).iter(f"{SVG}g") if g.get("class") == "edge"]
    numbered = [g for g in arrows if any(shown.startswith("×") for shown, *_ in boxes_in(g))]
    assert numbered
    for arrow in numbered:
        (path,) = arrow.iter(f"{SVG}path")
        numbers = [float(n) for n in re.findall(r"-?\d+\.?\d*", path.get("d", ""))]
        for (x, y), (to_x, to_y) in pairwise(zip(numbers[::2], numbers[1::2], strict=True)):
            for shown, left, right, upper, lower in boxes_in(arrow):
                for part in range(11):
                    at = x + (to_x - x) * part / 10, y + (to_y - y) * part / 10
                    assert not (left <= at[0] <= right and upper <= at[1] <= lower), shown


# --- few, many, too many ----------------------------------------------------------------------


def test_few_states_are_drawn_one_by_one_and_many_are_not() -> None:
    few = space_drawing(space("leader_election", "Ring"))
    assert (few.notes, few.picture.title) == ((), "State space of Ring")
    many = space_drawing(space("tcp", "Lossy"))
    assert many.picture.title == "Quotient of the state space of Lossy"
    assert many.notes[0].startswith(
        "385 states are more than the 60 that can be read: drawn are 38"
    )
    assert space_drawing(space("leader_election", "Ring"), whole=False).notes == ()


def test_too_many_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TooLarge, match="there are 385 states, and at most 150 boxes are drawn"):
        space_drawing(space("tcp", "Lossy"), whole=True)
    monkeypatch.setattr(drawing, "MOST", 30)
    with pytest.raises(TooLarge, match="there are 38 combinations of control states"):
        space_drawing(space("tcp", "Lossy"))


def test_the_same_bytes_each_time() -> None:
    spec = result(ENDS).specification
    first, second = (check(spec).systems[0].space for _ in range(2))
    assert drawn(quotient(first)) == drawn(quotient(second))
