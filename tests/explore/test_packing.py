"""States packed into words: what has no room in them is said, and is never another state."""

import numpy as np
import pytest

from tcpspec.check import check, load
from tcpspec.explore import packing
from tcpspec.explore.engines import Engine
from tcpspec.explore.expansion import Tables
from tcpspec.explore.native.slots import SlotPacking, packing_of
from tcpspec.explore.packing import Packing
from tcpspec.semantics.state import Packet
from tcpspec.semantics.system import TransitionSystem
from tests.helpers import BENCHMARK, specification

COUNTERS = """
message P(N: 0..20 = 0) = P
machine M { initial final state S { rcv P [P.N < 20] / snd P(N = P.N + 1)  ignore P [P.N == 20] } }
system S {
    a: M  b: M
    channel a -> b: fifo(3), holds P(N = 0)
    channel b -> a: fifo(3)
}
check S { no deadlock }"""


def test_contents_without_room_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where their bits, put side by side, are those of others."""
    monkeypatch.setattr(packing, "WORD", 24)
    ts = TransitionSystem(specification(COUNTERS).systems["S"])
    components = Tables(ts).components
    (start,) = ts.initial_states()
    numbers = [np.array([number]) for number in components.numbers(start)]
    slots, ab = packing_of(components), components.of_channel(0)
    assert isinstance(slots, SlotPacking)
    refused = 0
    for n in range(1, 21):
        first, second = Packet("P", (n,)), Packet("P", (0,))
        number = components.packets.number(first)
        numbers[ab] = np.array([components.contents[0].number((first, second))])
        if number + 1 < 1 << slots.slot:
            assert slots.columns(slots.pack(numbers))[ab] == numbers[ab]
        else:
            refused += 1
            with pytest.raises(OverflowError, match=f"component {ab}"):
                slots.pack(numbers)
    assert 0 < refused < 20


def test_numbers_without_room_are_refused() -> None:
    words = Packing([3, 5])
    first, second = (1 << place.width for place in words.places)
    for numbers in ([first, 0], [0, second], [-1, 0]):
        with pytest.raises(OverflowError, match="bits"):
            words.pack([np.array([n]) for n in numbers])


def test_the_bits_to_spare_are_enough_for_the_benchmark() -> None:
    """Its 325 local states and 84 packets, of which only the first are known, so that states need
    not be packed anew: that takes the time of a search, and memory for all states once more.
    """
    system = load(str(BENCHMARK), {"C": 3, "M": 4, "K": 2}).systems["Pair"]
    components = Tables(TransitionSystem(system)).components
    slots = packing_of(components)
    assert isinstance(slots, SlotPacking)
    for number in range(84):
        components.packets.number(Packet("SYN", (number,)))
    assert slots.fits([325 if part in components.locals else 1 for part in components.parts])


@pytest.mark.parametrize("capacity", [58, 62, 64, 1000])
def test_large_fifos_without_a_packet_yet(capacity: int) -> None:
    """Found by review: slots had no bits, and were moved to others that had none."""
    text = f"""message M = X
        machine A {{ initial final state P {{ step -> Q }} final state Q {{ step -> R }}
            final state R {{ step / snd X -> P }} }}
        machine B {{ initial final state P {{ ignore X }} }}
        system S {{ a: A  b: B  channel a -> b: fifo({capacity}), when full drop }}
        check S {{ no deadlock }}"""
    found = check(specification(text), engine=Engine.NATIVE).systems[0].space
    assert len(found.states) == 3 * (capacity + 1)
