"""The contract of engines: each finds what the reference finds, and shows the very same runs."""

import os
import re
import signal
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings

import tcpspec
from tcpspec.check import Result, SystemResult, check, load
from tcpspec.diagnostics import SpecificationError
from tcpspec.explore import engines, expansion, packing, table
from tcpspec.explore.columns import Table
from tcpspec.explore.engines import Engine
from tcpspec.explore.layers import LayeredSpace
from tcpspec.explore.limits import Checkpoints, Limits
from tcpspec.explore.listed import ListedSpace
from tcpspec.explore.local_steps import Counts
from tcpspec.explore.native import code, search, slots, space, store, thread
from tcpspec.explore.native.space import NativeSpace
from tcpspec.explore.packing import Keys, Packing, Words
from tcpspec.explore.refused import Refusal, Refused
from tcpspec.explore.space import Limit, StateSpace
from tcpspec.model.model import Specification, WhenFull
from tcpspec.semantics.state import GlobalState
from tests.cli.runner import SPECS
from tests.helpers import BENCHMARK, assert_is_run, figures, only, specification
from tests.strategies import anew, plain_specifications, specifications

FAST = [engine for engine in Engine if engine not in (Engine.AUTO, Engine.REFERENCE)]
MOST = Limits(max_states=1000)
MODELS = 198
RANDOM = specifications(bounds=True, checks=True)
each_engine = pytest.mark.parametrize("engine", FAST)


def few(examples: int) -> settings:
    """Settings for so many examples."""
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
        suppress_health_check=[
            HealthCheck.too_slow,
            HealthCheck.data_too_large,
            HealthCheck.function_scoped_fixture,
        ],
    )


def facts(space: StateSpace) -> dict[GlobalState, int]:
    """What is known of each state; of a fast engine, the bits that the reference has too."""
    if isinstance(space, ListedSpace):
        return dict(zip(space.states, space.facts, strict=True))
    assert isinstance(space, LayeredSpace)
    known = np.concatenate([*space.facts, np.zeros(0, np.uint8)]) & 15
    return dict(zip(space.states, known.tolist(), strict=True))


def ends(space: StateSpace) -> list[tuple[object, ...]]:
    return [(kind, space.states[number], end) for kind, (number, end) in space.ends.items()]


def same_space(one: StateSpace, other: StateSpace) -> None:
    assert len(one.states) == len(other.states)
    assert facts(one) == facts(other)
    assert figures(one) == figures(other)
    assert (one.limit, one.bounds, one.used) == (other.limit, other.bounds, other.used)
    assert set(one.control_states()) == set(other.control_states())
    assert ends(one) == ends(other)


def same_answers(one: SystemResult, other: SystemResult) -> None:
    """Verdicts, reasons, and the very same runs."""
    for mine, yours in zip(one.verdicts, other.verdicts, strict=True):
        assert mine == yours, mine.check.name
    assert one.failures == other.failures
    for verdict in other.verdicts:
        if verdict.run is not None:
            assert_is_run(verdict.run, other.space.transition_system)


def same(reference: Result, fast: Result) -> None:
    for one, other in zip(reference.systems, fast.systems, strict=True):
        same_space(one.space, other.space)
        same_answers(one, other)
    assert reference.verdicts == fast.verdicts
    assert reference.warnings == fast.warnings


def finite(text: str) -> tuple[Specification, Result]:
    """A specification, and what the reference says of it, if it is small."""
    spec = specification(text)
    found = check(spec, limits=MOST, engine=Engine.REFERENCE)
    assume(not any(system.space.limit for system in found.systems))
    return spec, found


# --- the contract -----------------------------------------------------------------------------


def test_random_plain_specifications() -> None:
    """The kernel for plain systems is taken for nearly all of them, with every kind of channel."""
    taken: list[bool] = []
    when_full: set[str] = set()

    def as_the_reference(text: str) -> None:
        spec, reference = finite(text)
        found = check(spec, engine=Engine.NATIVE)
        same(reference, found)
        space = found.systems[0].space
        assert isinstance(space, NativeSpace)
        taken.append(space.program.is_plain and space.packing.words == 1)
        when_full.update(c.when_full for c in space.transition_system.system.channels if taken[-1])

    anew(MODELS, plain_specifications(), as_the_reference)
    assert len(taken) > MODELS // 2
    assert sum(taken) > len(taken) * 0.9
    assert when_full == set(WhenFull)


def test_random_specifications() -> None:
    """What they show is measured in ``test_random_coverage.py``."""

    def as_the_reference(text: str) -> None:
        spec, reference = finite(text)
        for engine in FAST:
            found = check(spec, engine=engine)
            assert [system.space.engine for system in found.systems] == [engine]
            same(reference, found)

    anew(MODELS, RANDOM, as_the_reference)


@each_engine
@pytest.mark.parametrize("path", sorted(SPECS.glob("*.fsm")), ids=lambda path: path.stem)
def test_every_specification_of_the_library(path: Path, engine: Engine) -> None:
    spec = load(str(path))
    same(check(spec, engine=Engine.REFERENCE), check(spec, engine=engine))


@each_engine
@pytest.mark.parametrize(
    ("constants", "expected"),
    [
        ((1, 2, 1), (1357, 3970, 20)),
        ((1, 2, 2), (10184, 34536, 23)),
        ((1, 4, 2), (42044, 141668, 35)),
        ((2, 4, 1), (54680, 203380, 39)),
        ((2, 4, 2), (484187, 1986346, 42)),
    ],
)
def test_the_benchmark(
    constants: tuple[int, int, int], expected: tuple[int, int, int], engine: Engine
) -> None:
    """As other model checkers count them."""
    spec = load(str(BENCHMARK), dict(zip("CMK", constants, strict=True)))
    found = check(spec, engine=engine)
    assert figures(found.systems[0].space) == expected
    if expected[0] < 2000:
        same(check(spec, engine=Engine.REFERENCE), found)


@pytest.mark.parametrize("threads", [1, 2])
def test_a_larger_benchmark(threads: int) -> None:
    spec = load(str(BENCHMARK), dict(zip("CMK", (2, 8, 2), strict=True)))
    found = check(spec, engine=Engine.NATIVE, threads=threads)
    assert figures(found.systems[0].space) == (1912827, 7849074, 66)


def ring(members: int) -> str:
    """A token goes round; each member and each channel takes at least a bit."""
    names = [f"m{number}" for number in range(members)]
    wires = [f"channel {a}.o -> {b}.i: fifo(1), lossy" for a, b in pairwise([*names, names[0]])]
    return f"""message G = T
    machine M {{ port i, o
        initial state A {{ rcv T from i / snd T to o -> B }}
        final state B {{ rcv T from i -> A }} }}
    machine S {{ port i, o
        initial state A {{ step / snd T to o -> B }} final state B {{ ignore T }} }}
    system R {{ m0: S {" ".join(f"{name}: M" for name in names[1:])}
        {" ".join(wires)} }}
    check R {{ violated no deadlock "round": reachable m{members - 1} in B }}"""


@pytest.mark.parametrize(("members", "words"), [(20, 1), (50, 2), (90, 3), (200, 7)])
def test_states_of_several_words(members: int, words: int) -> None:
    spec = specification(ring(members))
    found = check(spec, engine=Engine.NATIVE)
    space = found.systems[0].space
    assert isinstance(space, LayeredSpace)
    assert space.packing.words == words
    same(check(spec, engine=Engine.REFERENCE), found)


HALF_WAY = """type T = mod 4
machine M { var x: T = 0 initial state A { step / x := any -> B } state B {} }
system S { m: M n: M }
check S {
    "early": never m in B
    "never asked": always (m in B or m in A) or m.x < n.x
    "late": never n.x == 3 and (m in A or m.x < n.x)
}"""


@each_engine
def test_the_same_warnings_come_up(engine: Engine) -> None:
    spec = specification(HALF_WAY)
    reference = check(spec, engine=Engine.REFERENCE)
    assert [warning.message for warning in reference.warnings if "half" in warning.code] == [
        "`m.x < n.x` compared numbers at half the modulus: neither is less"
    ]
    same(reference, check(spec, engine=engine))


MANY = """message G(F: 0..3 = x) = X
machine M { var x: 0..3 = 0 initial final state A { step / x := any; snd X  ignore X } }
system S { m: M n: M channel m <-> n: fifo(2), when full drop, lossy }
check S { "bad": never m.x == 3 and n.x == 2 and full(m -> n) and full(n -> m) }"""

KNOWN = MANY.replace('"bad":', '"bad": violated')
"""The same, as it should be: no reason to stop early."""


@each_engine
def test_states_by_their_numbers(engine: Engine) -> None:
    space = check(specification(MANY), engine=engine).systems[0].space
    states = space.states
    assert [states[number] for number in range(len(states))] == list(states)
    assert states[-1] == list(states)[-1]
    assert states[5:20:3] == list(states)[5:20:3]
    with pytest.raises(IndexError):
        states[len(states)]


# --- what happens seldom ----------------------------------------------------------------------


def in_small_slices(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(expansion.SliceSize, "FIRST", 3)
    patch.setattr(expansion.SliceSize, "ROWS", 60)
    patch.setattr(search, "SLICE", 3)
    patch.setattr(space, "SLICE", 3)
    patch.setattr(space, "ASK", 5)


def in_short_words(patch: pytest.MonkeyPatch) -> None:
    """So that a state takes several."""
    patch.setattr(packing, "WORD", 7)


def in_two_words(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(packing, "WORD", 14)


def with_sorted_tables(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Table, "DENSE", 2)


def with_numbered_contents(patch: pytest.MonkeyPatch) -> None:
    """No slots for the messages of a fifo."""
    patch.setattr(slots, "slotted", lambda *_: None)


def with_little_room(patch: pytest.MonkeyPatch) -> None:
    """Buffers, tables and lists of what is missing are full at once."""
    patch.setattr(search, "ROOM", 1)
    patch.setattr(search, "STAGE", 1)
    patch.setattr(store, "SLOT_BITS", 2)
    patch.setattr(thread, "REQUESTS", 1)
    patch.setattr(space, "PIECE", 1)


def with_many_threads(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(search, "ALONE", 0)
    patch.setattr(search, "SLICE", 2)


def with_a_bad_hash(patch: pytest.MonkeyPatch) -> None:
    """The first hash of the table engine gives most states the same keys."""
    in_short_words(patch)
    keys = Packing.keys

    def few_keys(self: Packing, words: Words) -> Keys:
        bad = self.words > 1 and self.seed == 0
        return keys(self, words) & np.uint64(7) if bad else keys(self, words)

    patch.setattr(Packing, "keys", few_keys)


TABLE_SELDOM = [in_small_slices, in_short_words, with_sorted_tables, with_a_bad_hash]
NATIVE_SELDOM = [
    in_small_slices,
    in_short_words,
    in_two_words,
    with_sorted_tables,
    with_numbered_contents,
    with_little_room,
    with_many_threads,
]
THREADS: dict[Callable[[pytest.MonkeyPatch], None], int] = {
    with_many_threads: 4,
    with_little_room: 3,
}
SELDOM = [(Engine.TABLE, change) for change in TABLE_SELDOM]
SELDOM += [(Engine.NATIVE, change) for change in NATIVE_SELDOM]


@pytest.mark.parametrize(("engine", "change"), SELDOM)
@few(15)
@given(text=RANDOM)
def test_nothing_depends_on_sizes(
    text: str, engine: Engine, change: Callable[[pytest.MonkeyPatch], None]
) -> None:
    spec, reference = finite(text)
    with pytest.MonkeyPatch.context() as patch:
        change(patch)
        same(reference, check(spec, engine=engine, threads=THREADS.get(change)))


@pytest.mark.parametrize(("engine", "change"), SELDOM)
def test_nothing_depends_on_sizes_in_a_larger_model(
    engine: Engine, change: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = specification(MANY)
    reference = check(spec, engine=Engine.REFERENCE)
    change(monkeypatch)
    found = check(spec, engine=engine, threads=THREADS.get(change))
    same(reference, found)
    if change is with_a_bad_hash:
        space = found.systems[0].space
        assert isinstance(space, LayeredSpace)
        assert space.packing.seed > 0


# --- auto -------------------------------------------------------------------------------------


@pytest.mark.parametrize("most", [0, 3, 20])
@few(15)
@given(text=RANDOM)
def test_auto_hands_over_what_is_known(text: str, most: int) -> None:
    spec, reference = finite(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engines, "HAND_OVER", most)
        patch.setattr("tcpspec.explore.reference.LOOK_EVERY", 1)
        patch.setattr("tcpspec.explore.reference.WIDE", 0)
        found = check(spec)
    space = found.systems[0].space
    assert space.engine == "reference" or len(space.states) > most
    same(reference, found)


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
    monkeypatch.setattr(engines, "HAND_OVER", 20)
    monkeypatch.setattr("tcpspec.explore.reference.LOOK_EVERY", 1)
    monkeypatch.setattr("tcpspec.explore.reference.WIDE", 0)
    monkeypatch.setattr(engines, "_compiled", lambda: native)
    spec = specification(EARLY)
    found = check(spec)
    assert found.systems[0].space.engine == ("native" if native else "table")
    same(check(spec, engine=Engine.REFERENCE), found)


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    """All kernels, so that ``auto`` may take them."""
    for words in (1, 2, 3):
        code.load(words)


def test_auto_takes_the_engine_that_suits(monkeypatch: pytest.MonkeyPatch) -> None:
    assert only(HALF_WAY).space.engine == "reference"
    spec = specification(KNOWN)
    assert check(spec).systems[0].space.engine == "native"
    monkeypatch.setattr(engines, "is_installed", lambda: False)
    assert check(spec).systems[0].space.engine == "table"


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


def test_auto_leaves_the_table_engine_once_the_native_one_is_compiled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It does not lose what is done, wherever that happens."""
    spec = specification(KNOWN)
    reference = check(spec, engine=Engine.REFERENCE)
    monkeypatch.setattr(engines, "HAND_OVER", 20)
    monkeypatch.setattr("tcpspec.explore.reference.LOOK_EVERY", 1)
    monkeypatch.setattr("tcpspec.explore.reference.WIDE", 0)
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


# --- questions between the layers -------------------------------------------------------------


NINE = "machine M { var x: 0..1 = 0 initial final state A { step / x := any } }"


class Curious(Checkpoints):
    """Asks before each layer, and is never content."""

    def due(self, states: int) -> bool:
        return True

    def settled(self, space: StateSpace) -> bool:
        space.unspecified()
        assert space.ends is not None
        return False


def curious(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(engines, "HAND_OVER", 3)
    patch.setattr(engines, "_settled", lambda *_: False)
    patch.setattr("tcpspec.explore.reference.LOOK_EVERY", 1)
    patch.setattr("tcpspec.explore.reference.WIDE", 0)
    patch.setattr(search, "Checkpoints", Curious)
    patch.setattr(table, "Checkpoints", Curious)


@pytest.mark.parametrize("native", [True, False])
def test_questions_between_layers_change_nothing(native: bool) -> None:
    """They may have tables filled, behind the back of the kernels."""

    def as_the_reference(text: str) -> None:
        spec, reference = finite(text)
        with pytest.MonkeyPatch.context() as patch:
            curious(patch)
            patch.setattr(engines, "_compiled", lambda: native)
            same(reference, check(spec))

    anew(36, RANDOM, as_the_reference)


FORBIDDEN = """message M = X | Y
call c
machine A { var x: 0..99 = 0
    initial final state P { step / snd X -> Q  call c / x := any }
    final state Q { step / snd X  step / snd Y  ignore any } }
machine B { initial final state W { rcv X -> R  ignore Y }
    final state R { step / snd X  step / snd Y  ignore any } }
system S { a: A b: B channel a <-> b: fifo(6), when full drop }
check S { "bad": violated never count(a -> b) == 5 and count(b -> a) == 3 }"""


@pytest.mark.parametrize("native", [True, False])
def test_what_never_happens_has_numbers_too(native: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a call leads that nobody may make: a hundred local states that are in no state."""
    curious(monkeypatch)
    monkeypatch.setattr(engines, "_compiled", lambda: native)
    spec = specification(FORBIDDEN)
    same(check(spec, engine=Engine.REFERENCE), check(spec))


def test_a_predicate_that_mentions_too_much_for_kernels() -> None:
    names = [f"m{n}" for n in range(9)]
    text = f"""{NINE}
    system S {{ {" ".join(f"{name}: M" for name in names)} }}
    check S {{ "all": never {" + ".join(f"{name}.x" for name in names)} == 9 }}"""
    spec = specification(text)
    same(check(spec, engine=Engine.REFERENCE), check(spec, engine=Engine.NATIVE))


@pytest.mark.parametrize("kernel", ["ask", "expand"])
def test_ctrl_c_while_deciding(kernel: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A verdict that is asked for again is the same."""
    spec = specification(KNOWN)
    wanted = check(spec, engine=Engine.NATIVE)
    pressed: list[int] = []

    def press(self: object, *args: object) -> Any:
        if not pressed:
            pressed.append(1)
            os.kill(os.getpid(), signal.SIGINT)
        return original(self, *args)

    owner = space.Asker if kernel == "ask" else space.Ways
    name = "ask" if kernel == "ask" else "_some"
    original: Any = getattr(owner, name)
    monkeypatch.setattr(owner, name, press)
    found = check(spec, engine=Engine.NATIVE)
    assert found.interrupted
    assert pressed
    assert [v.status for v in found.all_verdicts] == [v.status for v in wanted.all_verdicts]


def test_the_key_of_the_code_knows_all_sources() -> None:
    """Whatever the kernels import of ours is in their key."""
    folder = Path(code.__file__).parent
    known = {(folder / name).resolve() for name in code.SOURCES}
    package = Path(tcpspec.__file__).parent
    for name in ("kernel", "lookup", "layout", "memory", "compile"):
        text = (folder / f"{name}.py").read_text("utf-8")
        for module in re.findall(r"^from tcpspec\.([a-z_.]+) import", text, re.MULTILINE):
            assert (package / f"{module.replace('.', '/')}.py").resolve() in known, module


# --- what is refused --------------------------------------------------------------------------


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
    monkeypatch.setattr(engines, "HAND_OVER", 20)
    monkeypatch.setattr("tcpspec.explore.reference.LOOK_EVERY", 1)
    monkeypatch.setattr("tcpspec.explore.reference.WIDE", 0)
    found = check(spec)
    assert found.systems[0].space.engine == "table"
    same(check(spec, engine=Engine.REFERENCE), found)


def test_too_many_questions_about_channels(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the table engine does not take either, the reference does."""
    monkeypatch.setattr(Counts, "MOST", 1)
    monkeypatch.setattr(engines, "HAND_OVER", 3)
    monkeypatch.setattr("tcpspec.explore.reference.LOOK_EVERY", 1)
    monkeypatch.setattr("tcpspec.explore.reference.WIDE", 0)
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
