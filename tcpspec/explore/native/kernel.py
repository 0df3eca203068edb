"""The kernels: all steps of many states, and which of the states that they lead to are new.

They know nothing of any specification. What an instance can do, what a channel holds afterwards,
whether a bound holds: all of it are tables of numbers that the interpreter filled. A state that
needs an entry which is missing is put aside, and the entry asked for.

Successors are sorted by the high bits of their hash into partitions. Each partition owns a part of
the hash table, small enough for the processor's cache, and only one thread at a time puts states
into it: so there are neither random accesses to main memory nor locks. (Partitioning for the cache:
Manegold, Boncz, Kersten, "Optimizing main-memory join on modern hardware", TKDE 14(4), 2002.)

Compiled for one word a state, for two, and for any number (``words`` 0).
"""

from collections.abc import Callable
from typing import Any

from numba import int64, njit, uint64

from tcpspec.explore.components import NEVER
from tcpspec.explore.local_steps import Row
from tcpspec.explore.native.layout import (
    ASKED,
    ASKED_CHANNEL,
    CHANNEL,
    CONTENTS_OFFERS,
    FIELD,
    INSTANCE,
    LEVEL,
    PERMISSION,
    CROWDED,
    DONE,
    DROP,
    FULL,
    MISSING,
    NOT_PERMITTED,
    OUTCOME_KIND,
    OUTCOME_LINE,
    OUTCOME_SEND,
    OUTCOME_SENDS,
    REQUEST,
    SAYS_TRUE,
    SEND_CHANNEL,
    WAIT,
    Asked,
    Channel,
    Field,
    Instance,
    Level,
    Own,
    Permission,
    Question,
    Shared,
    Table,
)
from tcpspec.explore.native.memory import (
    bits_of,
    fetch,
    get,
    get_half,
    get_word,
    put,
    put_byte,
    put_half,
    put_word,
)

EXPANDED, STEP_ENABLED, MUST_GO_ON, CUT = 1, 2, 4, 8
OVERFLOW, OUT_OF_RANGE, CUT_HERE, UNSPECIFIED = 16, 32, 64, 128

ROW_COUNT, ROW_DEFERRED, ROW_UNSPECIFIED = Row.COUNT, Row.DEFERRED, Row.UNSPECIFIED

AHEAD = 24
"""So many states before it is put into the table, a state's slot is fetched."""


# --- tables -----------------------------------------------------------------------------------


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
def look_sorted(own, table):
    """The same of a table without a place for each entry, by halving; level by level."""
    arguments = get(own, Own.ARGUMENTS)
    found = get(arguments, 0)
    for nth in range(1, get(table, Table.ARITY)):
        level = get(table, Table.LEVELS) + LEVEL * (nth - 1)
        keys, low, high = get(level, Level.KEYS), 0, get(level, Level.COUNT)
        key = found << 32 | get(arguments, nth)
        count = high
        while low < high:
            middle = (low + high) >> 1
            if get(keys, middle) < key:
                low = middle + 1
            else:
                high = middle
        if low == count or get(keys, low) != key:
            request(own, table)
            return MISSING
        found = get(get(level, Level.VALUES), low)
    return found


@njit
def look_at(own, table, place):
    """The entry at a place, or of the arguments that stand in ``ARGUMENTS``."""
    entries, wide = get(table, Table.ENTRIES), get(table, Table.WIDE) != 0
    if entries == 0:
        return look_sorted(own, table)
    found = get(entries, place) if wide else get_half(entries, place)
    if found == MISSING and request(own, table):
        if wide:
            put(entries, place, ASKED)
        else:
            put_half(entries, place, ASKED)
    return found if found > ASKED else MISSING


@njit(inline="always")
def place_of(table, a, b, c):
    return (a * get(table, Table.SIZE + 1) + b) * get(table, Table.SIZE + 2) + c


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
        if found > ASKED:
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
            place = place * get(table, Table.SIZE + nth) + number
        found = look_at(own, table, place)
        if found == MISSING:
            return MISSING
        question = get(question, Question.TRUE if found == 1 else Question.FALSE)
    return 1 if question == SAYS_TRUE else 0


@njit
def numbered(own, numbering, slots):
    """The number of a fifo's contents; the arguments that stand in ``ARGUMENTS`` stay there."""
    level = get(numbering, Table.LEVELS)
    keys, low, count = get(level, Level.KEYS), 0, get(level, Level.COUNT)
    high = count
    while low < high:
        middle = (low + high) >> 1
        if get(keys, middle) < slots:
            low = middle + 1
        else:
            high = middle
    if low < count and get(keys, low) == slots:
        return get(get(level, Level.VALUES), low)
    arguments = get(own, Own.ARGUMENTS)
    put(arguments, 0, slots >> 32)
    put(arguments, 1, slots & 0xFFFFFFFF)
    request(own, numbering)
    return MISSING


@njit(inline="always")
def counts_of(instance, before):
    """How full the outputs of an instance are, as far as any guard asks."""
    asked, place = get(instance, Instance.ASKED), 0
    for _ in range(get(instance, Instance.ASKS)):
        held, lengths = get(before, get(asked, Asked.COMPONENT)), get(asked, Asked.LENGTHS)
        if lengths != 0:
            held = get(lengths, bits_of(held))
        place += get(get(asked, Asked.PLACES), held)
        asked += ASKED_CHANNEL
    return get(get(instance, Instance.COUNTS), place)


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


@njit(inline="always")
def mixed(word):
    """A hash whose high bits depend on all bits."""
    word ^= word >> uint64(32)
    word *= uint64(0x9E3779B97F4A7C15)
    word ^= word >> uint64(29)
    word *= uint64(0xBF58476D1CE4E5B9)
    return word


# --- kernels for states of some width ---------------------------------------------------------


def kernels(words: int) -> dict[str, Callable[..., Any]]:  # noqa: PLR0915
    """The functions of all kernels, for states of one word, of two, or (0) of any number."""

    @njit
    def width(shared):
        return words if words else get(shared, Shared.WORDS)

    @njit
    def hash_of(state, at, size):
        if words == 1:
            return mixed(get_word(state, at))
        found = uint64(size)
        for nth in range(size):
            found = mixed(found ^ get_word(state, at + nth))
            found ^= found >> uint64(32)
        return found * uint64(0x9E3779B97F4A7C15)

    @njit(inline="always")
    def change(word, fields, component, stage, at, before, after):
        """Put another number in the place of a component: in the word, if there is only one."""
        field = fields + FIELD * component
        flipped = uint64(before ^ after) << uint64(get(field, Field.SHIFT))
        if words == 1:
            return word ^ flipped
        place = at + get(field, Field.WORD)
        put_word(stage, place, get_word(stage, place) ^ flipped)
        return word

    @njit
    def decode(fields, components, state, at, before, now):
        for component in range(components):
            field = fields + FIELD * component
            word = at + (0 if words == 1 else get(field, Field.WORD))
            bits = get_word(state, word) >> uint64(get(field, Field.SHIFT))
            number = int64(bits & uint64(get(field, Field.MASK)))
            put(before, component, number)
            put(now, component, number)

    @njit(inline="always")
    def sent(own, channel, held, packet):
        """What a channel holds after a send; ``NEVER`` if it is full and does not drop."""
        slot = get(channel, Channel.SLOT) if words == 1 else 0
        if slot == 0:
            return look(own, get(channel, Channel.SEND), held, packet)
        length = get(get(channel, Channel.LENGTHS), bits_of(held))
        if length < get(channel, Channel.CAPACITY):
            return held | (packet + 1) << (slot * length)
        return held if get(channel, Channel.WHEN_FULL) == DROP else NEVER

    @njit(inline="always")
    def without(own, channel, held, place):
        """What a channel holds after one of its offers was taken."""
        slot = get(channel, Channel.SLOT) if words == 1 else 0
        if slot == 0:
            return look(own, get(channel, Channel.REST), held, place)
        return held & ((1 << slot * place) - 1) | held >> (slot * place + slot) << slot * place

    @njit(inline="always")
    def offered(channel, held, offer, place):
        """A packet that a channel offers."""
        slot = get(channel, Channel.SLOT) if words == 1 else 0
        if slot == 0:
            return get(get(channel, Channel.PACKET), offer + place)
        return (held >> (slot * place) & ((1 << slot) - 1)) - 1

    @njit
    def cut(shared, own, now):
        """Whether a bound cuts the step to this state: 1, 0, or ``MISSING``."""
        for bound in range(get(shared, Shared.BOUNDS)):
            found = holds(own, get(get(shared, Shared.BOUND), bound), now)
            if found == MISSING:
                return MISSING
            if found == 0:
                cuts = get(own, Own.STATE_CUTS)
                put(cuts, bound, get(cuts, bound) + 1)
                return 1
        return 0

    @njit
    def flush(shared, own, state, count):
        """Pass the successors of a state on; says whether there is room for another state's."""
        size = width(shared)
        stage, lines = get(own, Own.STAGE), get(own, Own.LINES)
        filled, buffer = get(own, Own.FILLED), get(own, Own.BUFFER)
        room, sources = get(shared, Shared.ROOM), get(own, Own.SOURCES)
        used, near = get(shared, Shared.USED), get(own, Own.NEAR)
        table, slot_bits = get(shared, Shared.TABLE), get(shared, Shared.SLOT_BITS)
        shift = uint64(64 - get(shared, Shared.PARTITIONS))
        most, full = room - get(own, Own.STAGED), False
        for nth in range(count):
            line = get(lines, nth)
            if line >= 0:
                put_byte(used, line, 1)
            partition = 0
            if sources == 0:
                found = hash_of(stage, nth * size, size)
                partition = int64(found >> shift)
                if near != 0:
                    fetch(table, int64(found >> uint64(64 - slot_bits)) * size)
            place = get(filled, partition)
            at = (partition * room + place) * size
            for word in range(size):
                put_word(buffer, at + word, get_word(stage, nth * size + word))
            if sources != 0:
                put(sources, place, state)
            put(filled, partition, place + 1)
            full = full or place + 1 > most
        return not full

    def generate(shared, own):
        """All steps of some states: their successors go to the buffer.

        Returns ``DONE``, ``FULL`` if the buffer has to be emptied first, ``CROWDED`` if one state
        has more successors than there is room for.
        """
        size = width(shared)
        fields, components = get(shared, Shared.FIELDS), get(shared, Shared.COMPONENTS)
        instances, channels = get(shared, Shared.INSTANCES), get(shared, Shared.CHANNELS)
        instance_at, channel_at = get(shared, Shared.INSTANCE), get(shared, Shared.CHANNEL)
        permission_at, budgets = get(shared, Shared.PERMISSION), get(shared, Shared.BUDGETS)
        spend = get(shared, Shared.SPEND)
        bounds, layer = get(shared, Shared.BOUNDS), get(shared, Shared.LAYER)
        facts_at = get(shared, Shared.FACTS)
        parts = instances + channels
        if get(shared, Shared.ASKS_IDLE) != 0:
            parts += instances
        numbers, now, before = get(own, Own.LIST), get(own, Own.NOW), get(own, Own.BEFORE)
        stage, lines, staged = get(own, Own.STAGE), get(own, Own.LINES), get(own, Own.STAGED)
        state_cuts, cuts = get(own, Own.STATE_CUTS), get(own, Own.CUTS)
        first, last = get(own, Own.FIRST), get(own, Own.LAST)
        while first < last:
            state = first if numbers == 0 else get(numbers, first)
            at = state * size
            decode(fields, components, layer, at, before, now)
            start, had = get_word(layer, at), get(before, budgets)
            for bound in range(bounds):
                put(state_cuts, bound, 0)
            count, facts = 0, EXPANDED
            known, busy, crowded = True, False, False
            for part in range(parts):
                channel, held, component, offer, places = 0, 0, 0, 0, 1
                lose, copy, ordered = -1, -1, 1
                idle = part >= instances + channels
                if part < instances:
                    number = part
                elif idle:
                    number = part - instances - channels
                else:
                    channel = channel_at + CHANNEL * (part - instances)
                    component = get(channel, Channel.COMPONENT)
                    held = get(before, component)
                    if held == 0:
                        continue
                    if words == 1 and get(channel, Channel.SLOT) != 0:
                        places = get(get(channel, Channel.LENGTHS), bits_of(held))
                    else:
                        contents = get(get(channel, Channel.CONTENTS), held)
                        offer = contents & 0xFFFFFFFF
                        places = contents >> CONTENTS_OFFERS
                    number = get(channel, Channel.RECEIVER)
                    lose, copy = get(channel, Channel.LOSS), get(channel, Channel.DUPLICATION)
                    ordered = get(channel, Channel.ORDERED)
                instance = instance_at + INSTANCE * number
                counts = counts_of(instance, before)
                local = get(before, number)
                for place in range(places):
                    if channel == 0:
                        row = look_wide(own, get(instance, Instance.ALONE), local, counts, 0)
                    else:
                        packet = offered(channel, held, offer, place)
                        row = look_wide(own, get(channel, Channel.RECEIVE), local, counts, packet)
                    if row == MISSING:
                        known = False
                        if ordered != 0:
                            break
                        continue
                    outcome = row & 0xFFFFFFFF
                    outcomes = outcome + (row >> ROW_COUNT & 0xFFFFFFF)
                    if row >> ROW_UNSPECIFIED != 0:
                        facts |= UNSPECIFIED
                    lost = lose >= 0 and (place == 0 or ordered == 0)
                    rest = held
                    if channel != 0 and (lost or outcome < outcomes):
                        rest = without(own, channel, held, place)
                        if rest == MISSING:
                            known = False
                            outcomes, lost = outcome, False
                    if count + 2 * (outcomes - outcome) + 1 > staged:
                        crowded = True
                        break
                    # each outcome once; twice, if the channel may also keep the packet
                    twice = 2 if copy >= 0 else 1
                    for nth in range(twice * (outcomes - outcome)):
                        copied = False
                        if twice == 2:
                            copied = nth & 1 == 1
                            which = outcome + (nth >> 1)
                        else:
                            which = outcome + nth
                        told = get(instance, Instance.OUTCOMES) + 32 * which
                        meaning, naming = get(told, 0), get(told, 1)
                        permitted = copy if copied else naming & NOT_PERMITTED
                        left = had
                        if permitted != 0:
                            if permitted == NOT_PERMITTED:
                                continue
                            permission = permission_at + PERMISSION * permitted
                            if (get(permission, Permission.WHEN_IDLE) != 0) != idle:
                                continue
                            may = allowed(own, permission, before, busy)
                            if may == 1 and get(permission, Permission.SPENDS) != 0:
                                left = look(own, spend, had, permitted)
                                may = left if left < 0 else 1
                            if may != 1:
                                known = known and may != MISSING
                                continue
                        elif idle:
                            continue
                        word, successor = start, count * size
                        if words != 1:
                            for each in range(size):
                                put_word(stage, successor + each, get_word(layer, at + each))
                        if channel != 0 and not copied:
                            word = change(word, fields, component, stage, successor, held, rest)
                            put(now, component, rest)
                        send = meaning >> OUTCOME_SEND
                        sends = send + ((naming >> OUTCOME_SENDS) & 0xFFF)
                        enabled, valid = True, True
                        for each in range(send, sends):
                            what = get(told, 2)
                            if each != send:
                                what = get(get(instance, Instance.SENDS), each)
                            into = channel_at + CHANNEL * (what >> SEND_CHANNEL)
                            target = get(into, Channel.COMPONENT)
                            holds_now = get(now, target)
                            after = sent(own, into, holds_now, what & 0xFFFFFFFF)
                            if after >= 0:
                                word = change(
                                    word, fields, target, stage, successor, holds_now, after
                                )
                                put(now, target, after)
                            elif after == MISSING:
                                known, valid = False, False
                            elif get(into, Channel.WHEN_FULL) == WAIT:
                                enabled = False
                            else:
                                valid = False
                        if enabled:
                            if not copied:
                                facts |= STEP_ENABLED
                                kind = naming >> OUTCOME_KIND
                                if kind != 0:
                                    facts |= MUST_GO_ON
                                busy = busy or kind >= 2
                            after = meaning << 32 >> 32
                            if not valid:
                                facts |= OVERFLOW
                            elif after < 0:
                                facts |= OUT_OF_RANGE
                            else:
                                word = change(
                                    word, fields, number, stage, successor, local, after
                                )
                                if left != had:
                                    word = change(
                                        word, fields, budgets, stage, successor, had, left
                                    )
                                over = 0
                                if bounds != 0:
                                    put(now, number, after)
                                    put(now, budgets, left)
                                    over = cut(shared, own, now)
                                    put(now, number, local)
                                    put(now, budgets, had)
                                if over == 0:
                                    if words == 1:
                                        put_word(stage, successor, word)
                                    line = (naming >> OUTCOME_LINE) & 0xFFFFFF
                                    put(lines, count, get(instance, Instance.LINE) + line)
                                    count += 1
                                elif over == MISSING:
                                    known = False
                                else:
                                    facts |= CUT | CUT_HERE
                        for each in range(send, sends):
                            what = get(told, 2)
                            if each != send:
                                what = get(get(instance, Instance.SENDS), each)
                            into = channel_at + CHANNEL * (what >> SEND_CHANNEL)
                            target = get(into, Channel.COMPONENT)
                            put(now, target, get(before, target))
                        if channel != 0:
                            put(now, component, held)
                    if lost:
                        left = had
                        permission = permission_at + PERMISSION * lose
                        if get(permission, Permission.SPENDS) != 0:
                            left = look(own, spend, had, lose)
                        if left == MISSING:
                            known = False
                        elif left >= 0:
                            word, successor = start, count * size
                            if words != 1:
                                for each in range(size):
                                    put_word(stage, successor + each, get_word(layer, at + each))
                            word = change(word, fields, component, stage, successor, held, rest)
                            if left != had:
                                word = change(
                                    word, fields, budgets, stage, successor, had, left
                                )
                            over = 0
                            if bounds != 0:
                                put(now, component, rest)
                                put(now, budgets, left)
                                over = cut(shared, own, now)
                                put(now, component, held)
                                put(now, budgets, had)
                            if over == 0:
                                if words == 1:
                                    put_word(stage, successor, word)
                                put(lines, count, -1)
                                count += 1
                            elif over == MISSING:
                                known = False
                            else:
                                facts |= CUT | CUT_HERE
                    if ordered != 0 and row >> ROW_DEFERRED & 1 == 0:
                        break
                if crowded:
                    break
            if crowded:
                put(own, Own.FIRST, first)
                return CROWDED
            first += 1
            if not known:
                pendings = get(own, Own.PENDINGS)
                put(get(own, Own.PENDING), pendings, state)
                put(own, Own.PENDINGS, pendings + 1)
                continue
            if facts_at != 0:
                put_byte(facts_at, state, facts)
            for bound in range(bounds):
                put(cuts, bound, get(cuts, bound) + get(state_cuts, bound))
            put(own, Own.TRANSITIONS, get(own, Own.TRANSITIONS) + count)
            if not flush(shared, own, state, count):
                put(own, Own.FIRST, first)
                return FULL
        put(own, Own.FIRST, first)
        return DONE

    @njit
    def slot_of(table, slots, base, offset, state, at, size):
        """Where a state stands in its partition of the table, or ``~`` where it would be put."""
        while True:
            slot = base + offset
            first = get_word(table, slot * size)
            if first == uint64(0):
                return ~slot
            if first == ~get_word(state, at):
                same = True
                for word in range(1, size):
                    if get_word(table, slot * size + word) != get_word(state, at + word):
                        same = False
                if same:
                    return slot
            offset = (offset + 1) & (slots - 1)

    @njit
    def take_in(table, slot, state, at, size):
        put_word(table, slot * size, ~get_word(state, at))
        for word in range(1, size):
            put_word(table, slot * size + word, get_word(state, at + word))

    def insert(shared, first, last):
        """Put what the buffers hold into some partitions of the table; what is new stands first in
        each part of a buffer then.

        Returns the partition that has to grow first, or ``last``.
        """
        size = width(shared)
        table, slot_bits = get(shared, Shared.TABLE), get(shared, Shared.SLOT_BITS)
        slots = 1 << (slot_bits - get(shared, Shared.PARTITIONS))
        shift, room = uint64(64 - slot_bits), get(shared, Shared.ROOM)
        threads, own_at = get(shared, Shared.THREADS), get(shared, Shared.OWN)
        for partition in range(first, last):
            taken, filled = get(get(shared, Shared.COUNTS), partition), 0
            for thread in range(threads):
                filled += get(get(get(own_at, thread), Own.FILLED), partition)
            if filled == 0:
                continue
            if 4 * (taken + filled) > 3 * slots:
                return partition
            base = partition * slots
            for thread in range(threads):
                own = get(own_at, thread)
                count = get(get(own, Own.FILLED), partition)
                part = get(own, Own.BUFFER) + 8 * size * room * partition
                fresh = 0
                for nth in range(count):
                    ahead = min(nth + AHEAD, count - 1)
                    soon = int64(hash_of(part, ahead * size, size) >> shift)
                    fetch(table, soon * size)
                    at = nth * size
                    offset = int64(hash_of(part, at, size) >> shift) & (slots - 1)
                    slot = slot_of(table, slots, base, offset, part, at, size)
                    if slot < 0:
                        take_in(table, ~slot, part, at, size)
                        for word in range(size):
                            put_word(part, fresh * size + word, get_word(part, at + word))
                        fresh += 1
                put(get(own, Own.FRESH), partition, fresh)
                put(get(own, Own.FILLED), partition, 0)
                taken += fresh
            put(get(shared, Shared.COUNTS), partition, taken)
        return last

    def gather(shared, target):
        """Copy the new states of all buffers to one place; says how many they are."""
        size, room, total = width(shared), get(shared, Shared.ROOM), 0
        for thread in range(get(shared, Shared.THREADS)):
            own = get(get(shared, Shared.OWN), thread)
            for partition in range(1 << get(shared, Shared.PARTITIONS)):
                part = get(own, Own.BUFFER) + 8 * size * room * partition
                fresh = get(get(own, Own.FRESH), partition)
                if target != 0:
                    for word in range(fresh * size):
                        put_word(target, total * size + word, get_word(part, word))
                    put(get(own, Own.FRESH), partition, 0)
                total += fresh
        return total

    def rehash(shared, old, old_bits, first, last):
        """Move the states of some partitions from a smaller table."""
        size = width(shared)
        table, slot_bits = get(shared, Shared.TABLE), get(shared, Shared.SLOT_BITS)
        partitions = get(shared, Shared.PARTITIONS)
        slots, old_slots = 1 << (slot_bits - partitions), 1 << (old_bits - partitions)
        shift = uint64(64 - slot_bits)
        for slot in range(first * old_slots, last * old_slots):
            at = slot * size
            if get_word(old, at) == uint64(0):
                continue
            put_word(old, at, ~get_word(old, at))
            found = int64(hash_of(old, at, size) >> shift)
            base, offset = found & ~(slots - 1), found & (slots - 1)
            take_in(
                table, ~slot_of(table, slots, base, offset, old, at, size), old, at, size
            )
        return 0

    def add(shared, states, first, last):
        """Put states that are not there into the table, one by one.

        Returns the state before which the table has to grow, or ``last``.
        """
        size = width(shared)
        table, slot_bits = get(shared, Shared.TABLE), get(shared, Shared.SLOT_BITS)
        partitions, counts = get(shared, Shared.PARTITIONS), get(shared, Shared.COUNTS)
        slots = 1 << (slot_bits - partitions)
        shift = uint64(64 - slot_bits)
        for nth in range(first, last):
            at = nth * size
            found = int64(hash_of(states, at, size) >> shift)
            base, offset = found & ~(slots - 1), found & (slots - 1)
            partition = found >> (slot_bits - partitions)
            taken = get(counts, partition)
            if 4 * (taken + 1) > 3 * slots:
                return nth
            take_in(
                table, ~slot_of(table, slots, base, offset, states, at, size), states, at, size
            )
            put(counts, partition, taken + 1)
        return last

    def locate(shared, states, count, target):
        """The slot of each of these states, or -1."""
        size = width(shared)
        table, slot_bits = get(shared, Shared.TABLE), get(shared, Shared.SLOT_BITS)
        slots = 1 << (slot_bits - get(shared, Shared.PARTITIONS))
        shift = uint64(64 - slot_bits)
        for nth in range(count):
            ahead = min(nth + AHEAD, count - 1)
            fetch(table, int64(hash_of(states, ahead * size, size) >> shift) * size)
            at = nth * size
            found = int64(hash_of(states, at, size) >> shift)
            base, offset = found & ~(slots - 1), found & (slots - 1)
            put(target, nth, max(-1, slot_of(table, slots, base, offset, states, at, size)))
        return 0

    def ask(shared, own, states, first, last, question, target):
        """Whether a predicate holds in each of these states: 1, 0, or 2 where an entry is missing.

        Returns how many of them are missing.
        """
        size, missing = width(shared), 0
        fields, components = get(shared, Shared.FIELDS), get(shared, Shared.COMPONENTS)
        now = get(own, Own.NOW)
        for state in range(first, last):
            decode(fields, components, states, state * size, now, now)
            found = holds(own, question, now)
            if found == MISSING:
                missing += 1
                found = 2
            put_byte(target, state, found)
        return missing

    return {
        "generate": generate,
        "insert": insert,
        "gather": gather,
        "rehash": rehash,
        "add": add,
        "locate": locate,
        "ask": ask,
    }
