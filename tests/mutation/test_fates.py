"""What becomes of mutants, where the answer is known by hand or found by brute force."""

import json
from typing import Any

import pytest

from tcpspec import checking
from tcpspec.answers import Question, Source
from tcpspec.mutation.mutate import mutate
from tcpspec.mutation.result import Explanations, Fate, Judged, Mutation
from tcpspec.properties import safety
from tests.helpers import specification


def fates(text: str, **how: Any) -> dict[str, Judged]:
    return {one.mutant.name: one for one in judged(text, **how).judged}


def judged(text: str, **how: Any) -> Mutation:
    return mutate(specification(text), **({"jobs": 1} | how))


COUNTER = """
machine M {{
    var n: 0..2 = 0
    var unread: 0..9 = 0
    initial final state A {{
        step [n < 2] / n := n + 1; {action}
        {more}
    }}
}}
system S {{ m: M }}
check S {{ {checks} }}
"""


def counter(checks: str, action: str = "unread := n", more: str = "") -> str:
    return COUNTER.format(checks=checks, action=action, more=more)


def test_a_verdict_that_changes_catches() -> None:
    found = fates(counter('"two": reachable m.n == 2'))
    removed = found["M, A: step [n < 2] / n := n + 1; unread := n removed"]
    assert removed.fate is Fate.CAUGHT
    ((question, before, after),) = ((c.question, c.before, c.after) for c in removed.catches)
    assert question == Question(Source.CHECK, ("S",), "two")
    assert (before, after) == ("holds", "violated")


def test_a_value_out_of_its_range_catches_and_says_so() -> None:
    (one,) = (
        one for name, one in fates(counter('"two": reachable m.n == 2')).items()
        if name.endswith("becomes step / n := n + 1; unread := n")
    )  # fmt: skip
    assert one.fate is Fate.CAUGHT
    assert one.only_by_errors
    assert [c.after for c in one.catches] == ["n would be 3, outside 0..2"]


def test_what_nothing_depends_on_is_equivalent_unless_a_check_asks_for_it() -> None:
    name = "M, A: step [n < 2] / n := n + 1; unread := n becomes step [n < 2] / n := n + 1"
    assert fates(counter("no deadlock"))[name].fate is Fate.EQUIVALENT
    asked = counter('"unread": always m.unread <= 2')  # which stays so, and yet it is asked
    assert fates(asked)[name].fate is Fate.SURVIVED


def test_a_line_that_never_applies_may_go() -> None:
    found = fates(counter("no deadlock", more="step [n > 5] / unread := 3"))
    assert found["M, A: step [n > 5] / unread := 3 removed"].fate is Fate.EQUIVALENT
    assert found["M, A: step [n > 5] / unread := 3 becomes step [n > 5]"].fate is Fate.EQUIVALENT
    assert found["M, A: step [n > 5] / unread := 3 becomes step / unread := 3"].fate is not (
        Fate.EQUIVALENT
    )


def test_a_drift_of_counts_catches_nothing() -> None:
    """A state more, and no verdict that says so."""
    text = """
        machine M { initial final state A { step -> B } final state B { step -> A } }
        system S { m: M } check S { no deadlock }
    """
    found = fates(text)
    assert {one.fate for one in found.values()} == {Fate.SURVIVED}
    assert len(found) == 4


def test_the_same_steps_by_another_line_are_equivalent_unless_lines_count() -> None:
    """The first of two lines that say the same may go, but not for coverage."""
    text = """
        message M = X
        machine W { initial final state W { } }
        machine R ordered { initial final state A { ignore X  otherwise ignore } }
        system S { w: W  r: R  channel w -> r: fifo(1), holds X }
        check S { %s }
    """
    assert fates(text % "no deadlock")["R, A: ignore X removed"].fate is Fate.EQUIVALENT
    found = fates(text % "violated every transition used")["R, A: ignore X removed"]
    assert found.fate is Fate.CAUGHT


def test_coverage_of_several_systems_is_put_together() -> None:
    """The line is used in one of the two systems only, and B is reached by it only."""
    text = """
        call go
        machine M { initial final state A { call go -> B } final state B { } }
        system S { m: M may go } system T { m: M }
        check S, T { every state reachable }
    """
    found = fates(text)
    assert {name: one.fate for name, one in found.items()} == {
        "M, A: call go -> B removed": Fate.CAUGHT,
        "M, A: call go -> B becomes call go": Fate.CAUGHT,
    }
    assert found["M, A: call go -> B removed"].catches[0].question.systems == ("S", "T")
    assert set(fates(text, systems=("T",)).values()) >= set()
    assert {one.fate for one in fates(text, systems=("T",)).values()} == {Fate.EQUIVALENT}


def test_a_scenario_catches() -> None:
    text = """
        call go
        machine M { initial final state A { call go -> B } final state B { } }
        system S { m: M may go }
        scenario "it goes" on S { m: go expect m in B }
        impossible scenario "it goes twice" on S { m: go m: go }
    """
    found = fates(text)
    assert [c.question.name for c in found["M, A: call go -> B removed"].catches] == ["it goes"]
    stays = found["M, A: call go -> B becomes call go"].catches
    assert [(c.question.name, c.after) for c in stays] == [
        ("it goes", "impossible"), ("it goes twice", "possible"),
    ]  # fmt: skip


def test_a_space_that_explodes_is_unknown_and_says_why() -> None:
    wide = counter('"small": always m.n <= 9999', action="unread := 0").replace("0..2", "0..9999")
    found = fates(wide, max_states=50)
    (one,) = (one for name, one in found.items() if "becomes step / n := n + 1; unread" in name)
    assert one.fate is Fate.UNKNOWN
    assert one.note == "the search of S stopped at max-states after 50 states"


def test_no_time_judges_nothing() -> None:
    found = judged(counter("no deadlock"), timeout=0.0)
    assert {one.fate for one in found.judged} == {Fate.UNKNOWN}
    assert not found.interrupted


def test_explanations_are_for_those_that_survive() -> None:
    text = "machine M { initial final state A { step -> B } final state B { } } system S { m: M }"
    removed, stays = "M, A: step -> B removed", "M, A: step -> B becomes step"
    reasons = {removed: "nobody asks", "M, A: gone removed": "?"}
    found = judged(
        text + ' check S { "at B": reachable m in B or m in A }', explained=Explanations(reasons)
    )
    assert [(one.mutant.name, one.fate, one.note) for one in found.judged] == [
        (removed, Fate.EXPLAINED, "nobody asks"), (stays, Fate.SURVIVED, ""),
    ]  # fmt: skip
    assert found.stale == ("M, A: gone removed",)
    assert found.rate == (0, 2)
    assert [question.name for question in found.idle] == ["at B"]


@pytest.mark.parametrize("quick", [False, True])
def test_processes_find_what_one_finds(quick: bool) -> None:
    text = counter('"two": reachable m.n == 2  no deadlock  "small": never m.n > 1')
    one, two = (judged(text, jobs=jobs, quick=quick) for jobs in (1, 2))
    assert [(j.fate, j.catches, j.note) for j in one.judged] == [
        (j.fate, j.catches, j.note) for j in two.judged
    ]
    assert one.catches == two.catches
    assert json.dumps([j.mutant.name for j in one.judged])


def test_ctrl_c_before_the_first_mutant(monkeypatch: pytest.MonkeyPatch) -> None:
    """While the specification itself is asked, after its states are found."""
    decide, calls = safety.decide, []

    def interrupted(*asked: Any) -> Any:
        calls.append(asked)
        if len(calls) == 1:
            raise KeyboardInterrupt
        return decide(*asked)

    monkeypatch.setattr(checking, "decide", interrupted)
    found = judged(counter('"small": always m.n < 3'))
    assert found.interrupted
    assert {one.fate for one in found.judged} == {Fate.UNKNOWN}
