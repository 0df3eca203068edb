"""States that several threads put into one table at the same time: each comes in once."""

import random
import threading
from collections.abc import Callable

import numpy as np
import pytest
from numba import cfunc, types
from numpy.typing import NDArray

from tcpspec.explore.native.insert import take_in_all
from tcpspec.explore.native.layout import LINE
from tcpspec.explore.native.records import address
from tests.examples import examples

ROUNDS = examples(40, thorough=2000)
Words = NDArray[np.uint64]


@pytest.fixture(scope="module")
def taken() -> Callable[..., int]:
    """As the kernels do it, as a function of addresses that lets other threads go on meanwhile."""

    @cfunc(types.int64(*[types.int64] * 7))
    def compiled(table, mask, single, stage, slots, count, found):  # type: ignore[no-untyped-def]
        return take_in_all(table, mask, single != 0, stage, slots, count, found, 0)

    function: Callable[..., int] = compiled.ctypes
    return function


def all_at_once(
    taken: Callable[..., int], offered: list[Words], bits: int
) -> tuple[Words, list[Words]]:
    """The table, and what was new to each thread, after each has put in what it was offered."""
    memory = np.zeros((1 << bits) + LINE, np.uint64)
    first = -(address(memory) // 8) % LINE
    table = memory[first : first + (1 << bits)]
    found = [np.zeros(len(states), np.uint64) for states in offered]
    counts = [0] * len(offered)
    together = threading.Barrier(len(offered))

    def take(number: int) -> None:
        states = offered[number]
        slots = (states % np.uint64(len(table))).astype(np.int64)  # where each belongs
        single = int(len(offered) == 1)
        together.wait()
        counts[number] = taken(
            address(table), len(table) - 1, single, address(states), address(slots), len(states),
            address(found[number]),
        )  # fmt: skip

    threads = [threading.Thread(target=take, args=(n,)) for n in range(len(offered))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return table, [one[:count] for one, count in zip(found, counts, strict=True)]


@pytest.mark.parametrize("threads", [1, 2, 3, 4])
def test_each_state_comes_in_once(taken: Callable[..., int], threads: int) -> None:
    """Also into a table that is full in the end, and where all begin with the same states."""
    chance = random.Random(threads)
    for _ in range(ROUNDS):
        bits = chance.choice([3, 5, 8, 12, 15])
        size = round((1 << bits) * chance.choice([0.3, 0.7, 1]))
        states = np.array(chance.sample(range(1 << 40), size), np.uint64)
        own = [states[: chance.randint(1, size)] for _ in range(threads - 1)]
        offered = [np.concatenate((one, one[::-1], one)) for one in (*own, states)]
        if chance.random() < 0.5:
            for one in offered:
                np.random.default_rng(chance.randrange(1 << 32)).shuffle(one)
        table, found = all_at_once(taken, offered, bits)
        assert sorted(np.concatenate(found).tolist()) == sorted(states.tolist())
        assert sorted((~table[table != 0]).tolist()) == sorted(states.tolist())
