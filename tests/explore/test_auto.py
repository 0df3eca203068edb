"""The engine ``auto``: which engines it takes, when it goes from one to the next, when it stops."""

import sys

import pytest

from tcpspec.check import check, load
from tcpspec.diagnostics import SpecificationError
from tcpspec.explore import engines, reference
from tcpspec.explore.engines import Engine
from tcpspec.explore.native import code, search
from tcpspec.explore.refused import Refusal, Refused
from tcpspec.explore.space import Limit
from tcpspec.model.model import System
from tcpspec.semantics.system import TransitionSystem
from tcpspec.views.reports.report import summary
from tests.explore.contract import same
from tests.explore.models import HALF_WAY, KNOWN
from tests.explore.ways import hand_over
from tests.helpers import BENCHMARK, only, specification

pytestmark = pytest.mark.usefixtures("compiled")


EARLY = """message G = X | Y
machine A { var n: 0..60 = 0
    initial final state START { step / snd X -> WAIT }
    final state WAIT { rcv Y -> COUNT }
    final state COUNT { step [n < 60] / n := n + 1 } }
machine B { initial final state A { step / snd Y -> B } final state B { ignore X } }
system S { a: A b: B channel a <-> b: fifo(1) }
check S { no unspecified reception }"""


@pytest.mark.parametrize("native", [True, False])
def test_auto_knows_what_was_offered_before_it_handed_over(
    native: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the next engine begins, the message without a rule is offered no more."""
    hand_over(monkeypatch, after=20)
    monkeypatch.setattr(engines, "_compiled", lambda **_: native)
    spec = specification(EARLY)
    found = check(spec)
    assert found.systems[0].space.engine == ("native" if native else "table")
    same(check(spec, engine=Engine.REFERENCE), found)


def test_auto_takes_the_engine_that_suits(monkeypatch: pytest.MonkeyPatch) -> None:
    assert only(HALF_WAY).space.engine == "reference"
    spec = specification(KNOWN)
    assert check(spec).systems[0].space.engine == "native"
    monkeypatch.setattr(engines, "is_installed", lambda: False)
    assert check(spec).systems[0].space.engine == "table"


def test_auto_leaves_the_reference_sooner_once_the_native_engine_is_loaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """1,331 states are few to load it for, but many once that is done."""
    counting = "var n: 0..10 = 0 initial final state A { call go [n < 10] / n := n + 1 }"
    text = f"machine A {{ {counting} }} call go system S {{ a: A may go b: A may go c: A may go }}"
    spec = specification(text)
    monkeypatch.setattr(engines, "LOADED", 1000)
    loaded = check(spec)
    monkeypatch.delitem(sys.modules, engines.NATIVE_SEARCH)
    fresh = check(spec)
    assert [found.systems[0].space.engine for found in (loaded, fresh)] == ["native", "reference"]
    same(fresh, loaded)


def test_auto_leaves_the_table_engine_once_the_native_one_is_compiled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It does not lose what is done, wherever that happens."""
    spec = specification(KNOWN)
    reference = check(spec, engine=Engine.REFERENCE)
    hand_over(monkeypatch, after=20)
    monkeypatch.setattr(code, "compile_aside", lambda: None)
    for compiled_from in (0, 100, 1000, 3000, 7000):
        monkeypatch.setattr(engines, "COMPILE", compiled_from)
        answers = iter([False])
        monkeypatch.setattr(engines, "_compiled", lambda answers=answers, **_: next(answers, True))
        found = check(spec)
        assert found.systems[0].space.engine == "native"
        same(reference, found)


STOPS = """machine M { var x: 0..9 = 0 var y: 0..9999 = 0
    initial final state A { step / x := any  step [y < 9999] / y := y + 1 } }
system S { m: M n: M }
check S { "bad": never m.x == 3 "found": reachable n.x == 4 }"""


def test_auto_stops_early_when_all_is_decided_and_something_failed() -> None:
    spec = specification(STOPS)
    found = check(spec)
    assert found.systems[0].space.limit is Limit.DECIDED
    assert not found.systems[0].space.complete
    assert [v.status.value for v in found.all_verdicts] == ["violated", "holds"]
    assert found.failed
    assert len(found.systems[0].space.states) < 100_000
    ((told, _),) = summary(found)
    assert told.endswith("a search ended when all was answered: errors beyond that are unknown")


NEARER = """machine A { var x: 0..120 = 0 var y: 0..120 = 0
    initial final state P { step -> BAD step -> D1 }
    final state D1 { step -> D2 } final state D2 { step -> D3 }
    final state D3 { step -> D4 step -> P } final state D4 { }
    final state BAD { step [x < 120] / x := x + 1 step [y < 120] / y := y + 1 } }
system S { a: A }
define home = a in P
check S { LINE }"""


@pytest.mark.parametrize(
    "line", ['"a": always possible home', '"b": ltl "G F home"', '"c": not home leads to home']
)
def test_what_is_near_may_be_known_late(line: str) -> None:
    """BAD is one step away, but cannot come back only if nothing that follows it can: the run that
    auto shows has to wait for that.
    """
    spec = specification(NEARER.replace("LINE", line))
    (found,), (reference,) = (
        check(spec, engine=engine).all_verdicts for engine in (Engine.AUTO, Engine.REFERENCE)
    )
    assert found.run == reference.run
    assert found.run is not None


def test_auto_goes_on_while_a_check_is_open_or_all_is_as_it_should_be() -> None:
    few_states = STOPS.replace("9999", "99")
    for text in (
        few_states.replace('"bad":', '"bad": violated'),
        few_states.replace('"found"', '"open": never n.y == 200 "found"'),
    ):
        assert check(specification(text)).systems[0].space.complete


def test_the_reference_keeps_what_is_deep_and_narrow() -> None:
    assert only(EARLY.replace("60", "3000")).space.engine == "reference"


def test_auto_takes_another_engine_where_the_native_one_refuses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> None:
        raise Refused(Refusal.SUCCESSORS, most=7)

    monkeypatch.setattr(search, "explore", refuse)
    assert check(specification(KNOWN)).systems[0].space.engine == "table"
    with pytest.raises(SpecificationError, match="the native engine has room for 7 successors"):
        check(specification(KNOWN), engine=Engine.NATIVE)


@pytest.mark.parametrize(
    ("missing", "engine"),
    [
        (["native.code"], "table"),
        (["native.search"], "table"),
        (["native.code", "table"], "reference"),
    ],
)
def test_an_engine_that_cannot_be_loaded(
    missing: list[str], engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``auto`` takes the next; who asks for it by name is told why."""
    spec = specification(KNOWN)
    known = check(spec, engine=Engine.REFERENCE)
    for name in missing:
        monkeypatch.setitem(sys.modules, f"tcpspec.explore.{name}", None)
        package, _, module = f"tcpspec.explore.{name}".rpartition(".")
        monkeypatch.delattr(sys.modules[package], module, raising=False)
    found = check(spec)
    assert found.systems[0].space.engine == engine
    same(known, found)
    monkeypatch.setitem(sys.modules, "tcpspec.explore.native.search", None)
    monkeypatch.delattr("tcpspec.explore.native.search", raising=False)
    with pytest.raises(SpecificationError, match="the native engine cannot be loaded: "):
        check(spec, engine=Engine.NATIVE)


def test_without_addresses_nothing_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """OpenBLAS would end the process, without a word to us."""
    monkeypatch.setattr(engines, "free_addresses", lambda: iter([64 << 20]))
    spec = specification(KNOWN)
    assert check(spec).systems[0].space.engine == "reference"
    for engine in (Engine.TABLE, Engine.NATIVE):
        with pytest.raises(SpecificationError, match=f"the {engine} engine cannot be loaded: "):
            check(spec, engine=engine)


def handed_over(system: System) -> tuple[bool, int]:
    """Whether the reference would hand over to another engine, and how many states it knew."""
    found = reference.explore(TransitionSystem(system), most=engines.HAND_OVER)
    return found.begun, len(found.states)


@pytest.mark.parametrize(("name", "system", "states"), [
    ("tcp", "GivesUp", 1975), ("flood", "Burst", 2294), ("flood_backlog", "Burst", 2600),
])  # fmt: skip
def test_the_reference_keeps_what_is_small(name: str, system: str, states: int) -> None:
    """Of all systems in the library that have so few states, these grow most."""
    spec = load(f"tcpspec:{name}.fsm")
    assert handed_over(spec.systems[system]) == (False, states)


def test_the_reference_leaves_early_what_will_be_large() -> None:
    begun, states = handed_over(load(str(BENCHMARK), {"C": 1, "M": 4, "K": 2}).systems["Pair"])
    assert begun
    assert engines.HAND_OVER / 3 < states < engines.HAND_OVER / 2
