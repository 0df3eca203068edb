"""Every engine on random small models, the same ones each time.

What the reference finds of a model is found once, and everything else is held to it. What the
models show is measured on the way:
``pytest tests/explore/test_random.py --log-cli-level=INFO`` shows how many of them do.
"""

from collections import Counter
from collections.abc import Callable
from itertools import cycle, islice

import pytest
from hypothesis import assume, note

from tcpspec.check import Result, check
from tcpspec.explore.engines import Engine
from tcpspec.explore.limits import Limits
from tcpspec.explore.native.space import NativeSpace
from tcpspec.model.model import Specification, WhenFull
from tests.examples import examples
from tests.explore.contract import FAST
from tests.explore.shown import Shown
from tests.explore.ways import (
    CURIOUS,
    HANDING_OVER,
    SIZES,
    Way,
    with_little_room,
    with_many_threads,
)
from tests.helpers import specification
from tests.strategies import anew, anew_once, plain_specifications, rounds, specifications

pytestmark = [pytest.mark.hypothesis, pytest.mark.usefixtures("compiled")]

MODELS = examples(54, thorough=198)
MOST = Limits(max_states=1000)
RANDOM = specifications(bounds=True, checks=True)
PLAINLY = [Way(engine) for engine in FAST]
"""These are taken for all models."""

IN_TURN = [*SIZES, *HANDING_OVER, *CURIOUS, *CURIOUS]
AT_A_TIME = 3
"""So many of those that take turns are taken for each round of models."""

FEWEST = {way: MODELS // (6 if way in CURIOUS else 11) for way in IN_TURN}
"""How many models each of them is asked about, at least."""


def finite(text: str) -> tuple[Specification, Result]:
    """A specification, and what the reference says of it, if it is small."""
    spec = specification(text)
    found = check(spec, limits=MOST, engine=Engine.REFERENCE)
    assume(not any(system.space.limit for system in found.systems))
    return spec, found


def held_to_the_reference(
    ways: list[Way], shown: Shown, asked: Counter[Way]
) -> Callable[[str], None]:
    """A test of one model."""

    def test(text: str) -> None:
        spec, reference = finite(text)
        shown.add(text, reference.systems[0])
        for way in ways:
            note(str(way))
            space = way.found_as_by(reference, spec).systems[0].space
            if way.engine is not Engine.AUTO:
                assert space.engine == way.engine
            elif way in HANDING_OVER:
                assert space.engine == "reference" or len(space.states) > HANDING_OVER[way]
            asked[way] += 1

    return test


def test_random_specifications() -> None:
    shown = Shown()
    asked: Counter[Way] = Counter()
    turns = cycle(IN_TURN)
    for number in rounds(MODELS):
        ways = [*PLAINLY, *islice(turns, AT_A_TIME)]
        anew_once(number, RANDOM, held_to_the_reference(ways, shown, asked))
    shown.tell()
    assert shown.too_seldom() == []
    assert [str(way) for way, fewest in FEWEST.items() if asked[way] < fewest] == []


def test_random_plain_specifications() -> None:
    """The kernel for plain systems is taken for nearly all of them, with every kind of channel, by
    one thread and by several.
    """
    ways = cycle([
        Way(Engine.NATIVE, threads=1),
        Way(Engine.NATIVE, with_many_threads, threads=4),
        Way(Engine.NATIVE, with_little_room, threads=1),
        Way(Engine.NATIVE, threads=2),
    ])  # fmt: skip
    taken: list[bool] = []
    when_full: set[str] = set()

    def as_the_reference(text: str) -> None:
        spec, reference = finite(text)
        found = next(ways).found_as_by(reference, spec)
        space = found.systems[0].space
        assert isinstance(space, NativeSpace)
        taken.append(space.program.is_plain and space.packing.words == 1)
        when_full.update(c.when_full for c in space.transition_system.system.channels if taken[-1])

    models = MODELS // 4
    anew(models, plain_specifications(), as_the_reference)
    assert len(taken) > models // 2
    assert sum(taken) > len(taken) * 0.9
    assert when_full == set(WhenFull)
