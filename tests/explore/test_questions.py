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
