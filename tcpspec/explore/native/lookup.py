"""Kernels' looks into tables: what the interpreter said, or a request to ask it."""

from numba import njit

from tcpspec.explore.native.layout import (
    ASKED,
    ASKED_CHANNEL,
    LEVEL,
    MISSING,
    REQUEST,
    SAYS_TRUE,
    WIDE_ASKED,
    WIDE_MISSING,
    Asked,
    Instance,
    Level,
    Own,
    Permission,
    Question,
    Table,
)
from tcpspec.explore.native.memory import bits_of, get, get_half, put, put_half


@njit
def request(own, table):
    """Ask for an entry: of a table, for the arguments that stand in ``ARGUMENTS``. Says whether
    there was room to ask.
    """
    count = get(own, Own.REQUESTED)
    asks = count < get(own, Own.REQUEST_ROOM)
    if asks:
        at = get(own, Own.REQUESTS) + 8 * REQUEST * count
        put(at, 0, get(table, Table.NUMBER))
        for nth in range(get(table, Table.ARITY)):
            put(at, 1 + nth, get(get(own, Own.ARGUMENTS), nth))
        put(own, Own.REQUESTED, count + 1)
    return asks


@njit
def value_of(level, key):
    """The value of a key, found by halving, or ``MISSING``."""
    keys, count = get(level, Level.KEYS), get(level, Level.COUNT)
    low, high = 0, count
    while low < high:
        middle = (low + high) >> 1
        if get(keys, middle) < key:
            low = middle + 1
        else:
            high = middle
    if low < count and get(keys, low) == key:
        return get(get(level, Level.VALUES), low)
    return MISSING


@njit
def look_sorted(own, table):
    """The same of a table without a place for each entry, level by level."""
    arguments = get(own, Own.ARGUMENTS)
    found = get(arguments, 0)
    for nth in range(1, get(table, Table.ARITY)):
        level = get(table, Table.LEVELS) + LEVEL * (nth - 1)
        found = value_of(level, found << 32 | get(arguments, nth))
        if found == MISSING:
            request(own, table)
            return MISSING
    return found


@njit
def look_at(own, table, place):
    """The entry at a place, or of the arguments that stand in ``ARGUMENTS``."""
    entries = get(table, Table.ENTRIES)
    if entries == 0:
        return look_sorted(own, table)
    if get(table, Table.WIDE) != 0:
        found = get(entries, place)
        if found == WIDE_MISSING and request(own, table):
            put(entries, place, WIDE_ASKED)
        return found if found > WIDE_ASKED else MISSING
    found = get_half(entries, place)
    if found == MISSING and request(own, table):
        put_half(entries, place, ASKED)
    return found if found > ASKED else MISSING


@njit(inline="always")
def place_of(table, a, b, c):
    return (a << get(table, Table.BITS + 1) | b) << get(table, Table.BITS + 2) | c


@njit
def look_slowly(own, table, a, b, c):
    """The entry of up to three arguments; ``MISSING`` where it is asked for."""
    arguments = get(own, Own.ARGUMENTS)
    put(arguments, 0, a)
    put(arguments, 1, b)
    put(arguments, 2, c)
    return look_at(own, table, place_of(table, a, b, c))


@njit(inline="always")
def look(own, table, a, b):
    """The entry of two arguments, in a table of 32 bits."""
    entries = get(table, Table.ENTRIES)
    if entries != 0:
        found = get_half(entries, place_of(table, a, b, 0))
        if found > ASKED:
            return found
    return look_slowly(own, table, a, b, 0)


@njit(inline="always")
def look_wide(own, table, a, b, c):
    """The entry of up to three arguments, in a table of 64 bits."""
    entries = get(table, Table.ENTRIES)
    if entries != 0:
        found = get(entries, place_of(table, a, b, c))
        if found > WIDE_ASKED:
            return found
    return look_slowly(own, table, a, b, c)


@njit
def holds(own, question, now):
    """Whether a predicate holds of a state: 1, 0, or ``MISSING``."""
    arguments = get(own, Own.ARGUMENTS)
    while question >= 0:
        table, components = get(question, Question.TABLE), get(question, Question.COMPONENTS)
        numberings, place = get(question, Question.NUMBERINGS), 0
        for nth in range(get(table, Table.ARITY)):
            number, numbering = get(now, get(components, nth)), get(numberings, nth)
            if numbering != 0:
                number = numbered(own, numbering, number)
                if number == MISSING:
                    return MISSING
            put(arguments, nth, number)
            place = place << get(table, Table.BITS + nth) | number
        found = look_at(own, table, place)
        if found == MISSING:
            return MISSING
        question = get(question, Question.TRUE if found == 1 else Question.FALSE)
    return 1 if question == SAYS_TRUE else 0


@njit
def numbered(own, numbering, slots):
    """The number of a fifo's contents; the arguments that stand in ``ARGUMENTS`` stay there."""
    found = value_of(get(numbering, Table.LEVELS), slots)
    if found == MISSING:
        arguments = get(own, Own.ARGUMENTS)
        put(arguments, 0, slots >> 32)
        put(arguments, 1, slots & 0xFFFFFFFF)
        request(own, numbering)
    return found


@njit(inline="always")
def counts_of(instance, before):
    """How full the outputs of an instance are, as far as any guard asks."""
    asked, place = get(instance, Instance.ASKED), 0
    for _ in range(get(instance, Instance.ASKS)):
        held = get(before, get(asked, Asked.COMPONENT))
        if get(asked, Asked.SLOTTED) != 0:
            held = bits_of(held)
        place += get(get(asked, Asked.PLACES), held)
        asked += ASKED_CHANNEL
    counts = get(instance, Instance.COUNTS)
    return place if counts == 0 else get(counts, place)


@njit
def allowed(own, permission, before, busy):
    """Whether timer rules allow a step: 1, 0, or ``MISSING``."""
    for nth in range(get(permission, Permission.CONDITIONS)):
        condition = get(get(permission, Permission.CONDITION), nth)
        if condition == 0:
            if busy:
                return 0
            continue
        found = holds(own, condition, before)
        if found != 1:
            return found
    return 1
