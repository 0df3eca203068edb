"""Kernels' table of states: where a state belongs, and how states of one word are taken in (for
larger ones see ``take_in`` of ``kernel``).

An empty slot is claimed with a single instruction; nothing is ever taken out, and no state moves
while threads are at work.
"""

from numba import njit, uint64

from tcpspec.explore.native.layout import LINE
from tcpspec.explore.native.memory import claim, get, get_word, line_with, lowest, put_word


@njit(inline="always")
def mixed(word):
    """A hash whose high bits depend on all bits."""
    word ^= word >> uint64(32)
    word *= uint64(0x9E3779B97F4A7C15)
    word ^= word >> uint64(29)
    word *= uint64(0xBF58476D1CE4E5B9)
    return word


@njit(inline="always")
def probed(slot, nth, mask):
    """The slot where a state stands that belongs into another, if it found so many others there:
    first round the slots of its cache line, then in those of the next ("walking the line", in
    the paper cited in ``kernel``).
    """
    return (slot + (nth & -LINE) & mask & -LINE) | (slot + nth & LINE - 1)


@njit(inline="always")
def claimed(table, place, word, single):
    """As ``claim``; where a single thread is at work, without the wait that it costs."""
    if single:
        put_word(table, place, word)
        return uint64(0)
    return claim(table, place, word)


@njit(inline="always")
def take_in_all(table, mask, single, stage, slots, count, found, new):
    """Put staged states of one word into the table, and keep those that are new behind the ``new``
    that were found before; says how many there are then.

    A line is looked at as a whole, once: if it has an empty slot and not the state, the state is
    nowhere, since it would have been put into this line. All threads try the empty slots for one
    state in the same order, that of ``probed``. So whoever claims one has seen other states in
    those before it, which stay there; and behind an empty slot the state cannot stand: it comes
    into the table once.
    """
    for nth in range(count):
        slot, key = get(slots, nth), ~get_word(stage, nth)
        line, offset = slot & -LINE, slot & LINE - 1
        while True:
            seen = line_with(table, line, key)
            if seen & (1 << LINE) - 1 != 0:
                break
            empty = seen >> LINE
            if empty == 0:
                line = line + LINE & mask
                continue
            free = lowest((empty | empty << LINE) >> offset) + offset & LINE - 1
            if claimed(table, line | free, key, single) == uint64(0):
                put_word(found, new, ~key)
                new += 1
                break
    return new
