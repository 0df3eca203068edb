"""What engines refuse: with a reason, and ``auto`` takes another engine."""

import re

import pytest

from tcpspec.check import check
from tcpspec.diagnostics import SpecificationError
from tcpspec.explore.engines import Engine
from tcpspec.explore.local_steps import Counts
from tcpspec.explore.native import search
from tcpspec.explore.refused import Refusal
from tests.cli.runner import SPECS
from tests.explore.contract import same
from tests.explore.models import NINE
from tests.explore.ways import hand_over
from tests.helpers import specification

pytestmark = pytest.mark.usefixtures("compiled")


MANY_SUCCESSORS = """message G(F: 0..99 = 0, H: 0..99 = 0) = X
machine M { var x: 0..99 = 0 initial state A { step / x := any; snd X(F = any, H = any) -> B }
    final state B {} }
machine N { initial final state A { ignore X } }
system S { m: M n: N channel m -> n: fifo(1) }
check S { "x": reachable m.x == 99 }"""


def test_a_state_with_too_many_successors(monkeypatch: pytest.MonkeyPatch) -> None:
    """A million from one state: more room is made until it is too much."""
    monkeypatch.setattr(search, "CROWD", 1 << 12)
    spec = specification(MANY_SUCCESSORS.replace("99", "18"))
    with pytest.raises(SpecificationError, match="has room for 4,096 successors of a state"):
        check(spec, engine=Engine.NATIVE)
    monkeypatch.setattr(search, "CROWD", 1 << 20)
    same(check(spec, engine=Engine.TABLE), check(spec, engine=Engine.NATIVE))


def test_a_comparison_of_too_many_instances(monkeypatch: pytest.MonkeyPatch) -> None:
    """Auto takes the table engine then."""
    names = [f"m{n}" for n in range(9)]
    text = f"""{NINE}
    system S {{ {" ".join(f"{name}: M" for name in names)}
        bound {" + ".join(f"{name}.x" for name in names)} < 5 }}
    check S {{ "one": reachable m0.x == 1 }}"""
    spec = specification(text)
    with pytest.raises(SpecificationError, match="takes no comparison of more than 8"):
        check(spec, engine=Engine.NATIVE)
    hand_over(monkeypatch, after=20)
    found = check(spec)
    assert found.systems[0].space.engine == "table"
    same(check(spec, engine=Engine.REFERENCE), found)


def test_too_many_questions_about_channels(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the table engine does not take either, the reference does."""
    monkeypatch.setattr(Counts, "MOST", 1)
    hand_over(monkeypatch, after=3)
    text = """message G = X machine M { var x: 0..9 = 0 initial final state A {
        step [not full(out) and x < 9] / x := x + 1; snd X  ignore X } }
    system S { m: M n: M channel m <-> n: fifo(2), when full drop } check S { no stall }"""
    for engine in (Engine.TABLE, Engine.NATIVE):
        with pytest.raises(SpecificationError, match="tells 1 combinations of full channels"):
            check(specification(text), engine=engine)
    assert check(specification(text)).systems[0].space.engine == "reference"


def test_the_list_of_refusals_is_in_the_documentation() -> None:
    text = (SPECS / "ENGINES.md").read_text("utf-8").split("## What is refused")[1].split("## ")[0]
    told = re.findall(r"^- `(.*)`:", text, re.MULTILINE)
    assert told == [f"the native engine {refusal}" for refusal in Refusal]
