"""Questions that are asked of a space while it is searched, and after."""

import os
import signal
from typing import Any

import pytest

from tcpspec.check import check
from tcpspec.explore.engines import Engine
from tcpspec.explore.native import space
from tests.explore.contract import same
from tests.explore.models import KNOWN, NINE
from tests.explore.ways import CURIOUS, Way
from tests.helpers import specification

pytestmark = pytest.mark.usefixtures("compiled")


FORBIDDEN = """message M = X | Y
call c
machine A { var x: 0..99 = 0
    initial final state P { step / snd X -> Q  call c / x := any }
    final state Q { step / snd X  step / snd Y  ignore any } }
machine B { initial final state W { rcv X -> R  ignore Y }
    final state R { step / snd X  step / snd Y  ignore any } }
system S { a: A b: B channel a <-> b: fifo(6), when full drop }
check S { "bad": violated never count(a -> b) == 5 and count(b -> a) == 3 }"""


@pytest.mark.parametrize("way", CURIOUS, ids=str)
def test_what_never_happens_has_numbers_too(way: Way) -> None:
    """Where a call leads that nobody may make: a hundred local states that are in no state."""
    spec = specification(FORBIDDEN)
    way.found_as_by(check(spec, engine=Engine.REFERENCE), spec)


OUTGROWN = """
message P(N: 0..20 = 0) = P
message R(K: 0..20 = 0) = R
message Q = Q0 | Q1 | Q2 | Q3 | Q4
machine M {
    initial final state S { rcv P [P.N < 15] / snd P(N = P.N + 1)  ignore P [P.N == 15] }
}
machine U { initial final state S { rcv R [R.K < 4] / snd R(K = R.K + 1) } }
machine Grow { var x: 0..6 = 0  initial final state S { step / x := any -> T }  final state T { } }
machine Source { initial final state S { } }
machine Sink { initial final state S { ignore any } }
system S {
    a: M  b: M  c: U  d: U  s: Source  t: Sink  g0: Grow  g1: Grow  g2: Grow  g3: Grow
    channel a -> b: fifo(2), holds P(N = 0)
    channel b -> a: fifo(2)
    channel c -> d: fifo(1), holds R(K = 0)
    channel d -> c: fifo(1)
    channel s -> t: fifo(5), holds Q0, holds Q1, holds Q2, holds Q3, holds Q4
}
check S { no unspecified reception }"""


def test_a_question_may_have_more_packets_numbered_than_a_slot_has_room_for() -> None:
    """It is asked at a thousand states, about those that are not expanded yet: what these could
    receive has no room, though all states have; and then a run is shown.
    """
    spec = specification(OUTGROWN)
    found = []
    for engine in (Engine.TABLE, Engine.NATIVE, Engine.AUTO):
        (verdict,) = check(spec, engine=engine).systems[0].verdicts
        assert verdict.run is not None
        found.append((verdict.status, verdict.run.states()))
    assert found[0] == found[1] == found[2]


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
