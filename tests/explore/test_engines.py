"""Every engine on specifications that are given: the library, the benchmark, extreme ones."""

from itertools import pairwise
from pathlib import Path

import pytest

from tcpspec.check import check, load
from tcpspec.explore.engines import Engine
from tcpspec.explore.layers import LayeredSpace
from tests.cli.runner import SOME
from tests.explore.contract import FAST, each_engine, same
from tests.explore.models import HALF_WAY, MANY
from tests.explore.ways import SIZES, Way, with_a_bad_hash
from tests.helpers import BENCHMARK, figures, specification


@pytest.mark.sweep
@pytest.mark.parametrize("path", SOME, ids=lambda path: path.stem)
def test_every_specification_of_the_library(path: Path) -> None:
    spec = load(str(path))
    reference = check(spec, engine=Engine.REFERENCE)
    for engine in FAST:
        same(reference, check(spec, engine=engine))


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


@each_engine
def test_the_same_warnings_come_up(engine: Engine) -> None:
    spec = specification(HALF_WAY)
    reference = check(spec, engine=Engine.REFERENCE)
    assert [warning.message for warning in reference.warnings if "half" in warning.code] == [
        "`m.x < n.x` compared numbers at half the modulus: neither is less"
    ]
    same(reference, check(spec, engine=engine))


@each_engine
def test_states_by_their_numbers(engine: Engine) -> None:
    space = check(specification(MANY), engine=engine).systems[0].space
    states = space.states
    assert [states[number] for number in range(len(states))] == list(states)
    assert states[-1] == list(states)[-1]
    assert states[5:20:3] == list(states)[5:20:3]
    with pytest.raises(IndexError):
        states[len(states)]


@pytest.mark.parametrize("way", SIZES, ids=str)
def test_nothing_depends_on_sizes(way: Way) -> None:
    spec = specification(MANY)
    found = way.found_as_by(check(spec, engine=Engine.REFERENCE), spec)
    if way.change is with_a_bad_hash and way.engine is Engine.TABLE:
        space = found.systems[0].space
        assert isinstance(space, LayeredSpace)
        assert space.packing.seed > 0


def test_bounds_are_told_in_the_order_of_the_text() -> None:
    """Found by review: in the reference, the first to cut a step came first."""
    same_everywhere("""machine M {
        var x: 0..9 = 0   var y: 0..9 = 0
        initial final state A { step / y := y + 1   step / x := x + 1 }
    }
    system S { m: M   bound m.x < 5   bound m.y < 2 }
    check S { no deadlock   "r": reachable m.x == 9 }""")


def test_a_component_that_has_a_word_for_itself() -> None:
    """Found by review: 63 instances fill the first word, and what is left of a run's calls stands
    in the next, alone.
    """
    names = [f"m{number}" for number in range(63)]
    same_everywhere(f"""call c
    machine M {{ initial final state A {{ call c }}  final state B {{ }} }}
    system S {{
        m0: M may c once   {" ".join(f"{name}: M" for name in names[1:])}
        init m0 in A
        init {", ".join(f"{name} in B" for name in names)}
    }}
    check S {{ no deadlock }}""")


def same_everywhere(text: str) -> None:
    spec = specification(text)
    reference = check(spec, engine=Engine.REFERENCE)
    for engine in FAST:
        same(reference, check(spec, engine=engine))
