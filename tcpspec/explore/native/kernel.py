"""The kernels: all steps of many states, and which of the states that they lead to are new.

They know nothing of any specification. What an instance can do, what a channel holds afterwards,
whether a bound holds: all of it are tables of numbers that the interpreter filled. A state that
needs an entry which is missing is put aside, and the entry asked for.

The states of a layer are expanded in the order in which they were found: then neighbours need the
same table entries, and often lead to the same states. The successors of a few states are made
together, and the slots where they belong fetched meanwhile, since what costs time is to wait for
memory. Threads share one table without locks: an empty slot is claimed by one of them with a single
instruction. (A. Laarman, J. van de Pol, M. Weber: "Boosting multi-core reachability performance
with shared hash tables", FMCAD 2010.)

Compiled for one word a state, for two, and for any number (``words`` 0). Plain systems have a
kernel of their own, which does much less (``plain``).
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import int64, njit, uint64

from tcpspec.explore.components import NEVER
from tcpspec.explore.native.insert import claimed, mixed, probed, take_in_all
from tcpspec.explore.native.layout import (
    CHANNEL,
    CONTENTS_OFFERS,
    CROWDED,
    CUT,
    CUT_HERE,
    DONE,
    DROP,
    EXPANDED,
    FIELD,
    FULL,
    GROW,
    INSTANCE,
    MISSING,
    MUST_GO_ON,
    NOT_PERMITTED,
    OUT_OF_RANGE,
    OUTCOME_KIND,
    OUTCOME_SEND,
    OUTCOME_SENDS,
    OVERFLOW,
    PERMISSION,
    SEND_CHANNEL,
    SIMPLE_CHANNEL,
    SIMPLE_KIND,
    SIMPLE_PACKET,
    STEP_ENABLED,
    UNSPECIFIED,
    WAIT,
    Channel,
    Field,
    Instance,
    Own,
    Permission,
    Shared,
)
from tcpspec.explore.native.lookup import (
    allowed,
    counts_of,
    holds,
    look,
    look_wide,
)
from tcpspec.explore.native.memory import (
    bits_of,
    fetch,
    get,
    get_byte,
    get_shared,
    get_word,
    put,
    put_byte,
    put_shared,
    put_word,
)
from tcpspec.explore.native.plain import expand_plain
from tcpspec.explore.rows import Row

ROW_COUNT, ROW_DEFERRED, ROW_UNSPECIFIED = Row.COUNT, Row.DEFERRED, Row.UNSPECIFIED

BATCH = 24
"""The successors of so many states are made before they are put into the table."""

AHEAD = 24
"""So many states before it is looked for, a state's slot is fetched."""

BUSY = np.uint64(1)
"""Stands in a slot of several words while they are written: no state's first word, inverted."""


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
        taken = get(get(channel, Channel.LENGTHS), bits_of(held))
        if taken < get(channel, Channel.SLOTS):
            return held | (packet + 1) << taken
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

    @njit(inline="always")
    def slot_of(state, at, size, shift):
        """Where a state belongs in the table."""
        return int64(hash_of(state, at, size) >> shift)

    @njit(inline="always")
    def take_in(table, mask, single, slot, state, at, size):
        """Whether a state is new: then it stands in the table now."""
        key, nth = ~get_word(state, at), 0
        while True:
            place = probed(slot, nth, mask) * size
            there = get_shared(table, place)
            if there == uint64(0):
                if size == 1:
                    there = claimed(table, place, key, single)
                    if there == uint64(0):
                        return True
                else:
                    there = claimed(table, place, BUSY, single)
                    if there == uint64(0):
                        for word in range(1, size):
                            put_word(table, place + word, get_word(state, at + word))
                        put_shared(table, place, key)
                        return True
            if size > 1:
                while there == BUSY:
                    there = get_shared(table, place)
            if there == key:
                same = True
                for word in range(1, size):
                    if get_word(table, place + word) != get_word(state, at + word):
                        same = False
                if same:
                    return False
            nth += 1

    @njit(inline="always")
    def flush(shared, own, count):
        """Put staged successors into the table, and keep what is new; or keep all, for those who
        ask where each comes from.
        """
        size = width(shared)
        stage, slots, found = get(own, Own.STAGE), get(own, Own.SLOTS), get(own, Own.FOUND)
        origins, sources = get(own, Own.ORIGINS), get(own, Own.SOURCES)
        table, mask = get(shared, Shared.TABLE), (1 << get(shared, Shared.SLOT_BITS)) - 1
        single = get(shared, Shared.THREADS) == 1
        before = new = get(own, Own.COUNT)
        if words == 1 and origins == 0:
            new = take_in_all(table, mask, single, stage, slots, count, found, new)
        else:
            for nth in range(count):
                at = nth * size
                if origins != 0:
                    put(origins, new, get(sources, nth))
                elif not take_in(table, mask, single, get(slots, nth), stage, at, size):
                    continue
                for word in range(size):
                    put_word(found, new * size + word, get_word(stage, at + word))
                new += 1
        put(own, Own.COUNT, new)
        put(own, Own.QUOTA, get(own, Own.QUOTA) - (new - before))

    def expand(shared, own):  # noqa: PLR0915 -- a call costs more than a step
        """All steps of some states: what they lead to, if it is new, is kept.

        Returns ``DONE``, ``FULL``, ``CROWDED`` or ``GROW``; then it can go on from ``FIRST``.
        """
        size = width(shared)
        fields, components = get(shared, Shared.FIELDS), get(shared, Shared.COMPONENTS)
        instances, channels = get(shared, Shared.INSTANCES), get(shared, Shared.CHANNELS)
        instance_at, channel_at = get(shared, Shared.INSTANCE), get(shared, Shared.CHANNEL)
        permission_at, budgets = get(shared, Shared.PERMISSION), get(shared, Shared.BUDGETS)
        spend, bounds = get(shared, Shared.SPEND), get(shared, Shared.BOUNDS)
        layer, facts_at = get(shared, Shared.LAYER), get(shared, Shared.FACTS)
        table = get(shared, Shared.TABLE)
        shift = uint64(64 - get(shared, Shared.SLOT_BITS))
        parts = instances + channels
        if get(shared, Shared.ASKS_IDLE) != 0:
            parts += instances
        numbers, now, before = get(own, Own.LIST), get(own, Own.NOW), get(own, Own.BEFORE)
        stage, staged, uses = get(own, Own.STAGE), get(own, Own.STAGED), get(own, Own.USES)
        slots, sources = get(own, Own.SLOTS), get(own, Own.SOURCES)
        state_cuts, cuts = get(own, Own.STATE_CUTS), get(own, Own.CUTS)
        first, last = get(own, Own.FIRST), get(own, Own.LAST)
        room = get(own, Own.ROOM)
        batch, count = 0, 0
        how = DONE
        while first < last:
            if get(own, Own.COUNT) + staged > room:
                how = FULL
                break
            if get(own, Own.QUOTA) <= 0:
                how = GROW
                break
            state = first if numbers == 0 else get(numbers, first)
            at = state * size
            decode(fields, components, layer, at, before, now)
            start, had = get_word(layer, at), get(before, budgets)
            for bound in range(bounds):
                put(state_cuts, bound, 0)
            begun, facts = count, EXPANDED
            known, busy, crowded = True, False, False
            for part in range(parts):
                channel, held, component, offer, places = 0, 0, -1, 0, 1
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
                        places = 64  # it ends behind the last packet
                    else:
                        contents = get(get(channel, Channel.CONTENTS), held)
                        offer = contents & 0xFFFFFFFF
                        places = contents >> CONTENTS_OFFERS
                    number = get(channel, Channel.RECEIVER)
                    lose = get(channel, Channel.LOSS)
                    copy, ordered = (
                        get(channel, Channel.DUPLICATION), get(channel, Channel.ORDERED),
                    )  # fmt: skip
                instance = instance_at + INSTANCE * number
                counts = counts_of(instance, before)
                local = get(before, number)
                for place in range(places):
                    if channel == 0:
                        row = look_wide(own, get(instance, Instance.ALONE), local, counts, 0)
                    else:
                        packet = offered(channel, held, offer, place)
                        if packet < 0:
                            break
                        row = look_wide(own, get(channel, Channel.RECEIVE), local, packet, counts)
                    if row == MISSING:
                        known = False
                        if ordered != 0:
                            break
                        continue
                    outcome = row & 0xFFFFFFFF
                    outcomes = outcome + (row >> ROW_COUNT & 0xFFFFFFF)
                    if row >> ROW_UNSPECIFIED & 1 != 0:
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
                    simple, used = get(instance, Instance.SIMPLE), get(instance, Instance.USED)
                    # each outcome once; twice, if the channel may also keep the packet
                    twice = 2 if copy >= 0 else 1
                    for nth in range(twice * (outcomes - outcome)):
                        copied, which = False, outcome + nth
                        if twice == 2:
                            copied, which = nth & 1 == 1, outcome + (nth >> 1)
                        word, successor = start, count * size
                        if words != 1:
                            for each in range(size):
                                put_word(stage, successor + each, get_word(layer, at + each))
                        if channel != 0 and not copied:
                            word = change(word, fields, component, stage, successor, held, rest)
                        easy = 0 if idle or copied else get(simple, which)
                        if easy != 0:
                            packet = easy >> SIMPLE_PACKET & 0xFFFFF
                            kind = easy >> SIMPLE_KIND & 3
                            if packet != 0:
                                into = channel_at + CHANNEL * (easy >> SIMPLE_CHANNEL & 0xFFF)
                                target = get(into, Channel.COMPONENT)
                                holds_now = rest if target == component else get(before, target)
                                after = sent(own, into, holds_now, packet - 1)
                                if after < 0:
                                    if after == MISSING:
                                        known = False
                                    elif get(into, Channel.WHEN_FULL) != WAIT:
                                        facts |= STEP_ENABLED | OVERFLOW
                                        if kind != 0:
                                            facts |= MUST_GO_ON
                                        busy = busy or kind >= 2
                                    continue
                                word = change(
                                    word, fields, target, stage, successor, holds_now, after
                                )
                            facts |= STEP_ENABLED
                            if kind != 0:
                                facts |= MUST_GO_ON
                            busy = busy or kind >= 2
                            word = change(
                                word, fields, number, stage, successor, local, easy & 0xFFFFFFF
                            )
                            if words == 1:
                                put_word(stage, count, word)
                            put(uses, count, used + which)
                            count += 1
                            continue
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
                        if channel != 0 and not copied:
                            put(now, component, rest)
                        send = meaning >> OUTCOME_SEND
                        sends = send + (naming >> OUTCOME_SENDS & 0xFFFFFFF)
                        enabled, valid = True, True
                        for each in range(send, sends):
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
                                word = change(word, fields, number, stage, successor, local, after)
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
                                        put_word(stage, count, word)
                                    put(uses, count, used + which)
                                    count += 1
                                elif over == MISSING:
                                    known = False
                                else:
                                    facts |= CUT | CUT_HERE
                        for each in range(send, sends):
                            what = get(get(instance, Instance.SENDS), each)
                            into = channel_at + CHANNEL * (what >> SEND_CHANNEL)
                            target = get(into, Channel.COMPONENT)
                            put(now, target, get(before, target))
                        if channel != 0:
                            put(now, component, held)
                    if lost:
                        left = had
                        if lose != 0:
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
                                word = change(word, fields, budgets, stage, successor, had, left)
                            over = 0
                            if bounds != 0:
                                put(now, component, rest)
                                put(now, budgets, left)
                                over = cut(shared, own, now)
                                put(now, component, held)
                                put(now, budgets, had)
                            if over == 0:
                                if words == 1:
                                    put_word(stage, count, word)
                                put(uses, count, 0)
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
                count = begun
                if begun == 0:
                    how = CROWDED
                    break
                flush(shared, own, count)
                batch, count = 0, 0
                continue
            first += 1
            if not known:
                count = begun
                pendings = get(own, Own.PENDINGS)
                put(get(own, Own.PENDING), pendings, state)
                put(own, Own.PENDINGS, pendings + 1)
                continue
            if facts_at != 0:
                put_byte(facts_at, state, facts)
            for bound in range(bounds):
                put(cuts, bound, get(cuts, bound) + get(state_cuts, bound))
            put(own, Own.TRANSITIONS, get(own, Own.TRANSITIONS) + count - begun)
            for nth in range(begun, count):
                slot = slot_of(stage, nth * size, size, shift)
                put(slots, nth, slot)
                fetch(table, slot * size)
                put(sources, nth, state)
                use = get(uses, nth)
                if use != 0 and get_byte(use, 0) == 0:  # else threads would fight for the line
                    put_byte(use, 0, 1)
            batch += 1
            if batch == BATCH:
                flush(shared, own, count)
                batch, count = 0, 0
        flush(shared, own, count)
        put(own, Own.FIRST, first)
        return how

    def add(shared, states, first, last):
        """Put states that are not there into the table."""
        size = width(shared)
        table, bits = get(shared, Shared.TABLE), get(shared, Shared.SLOT_BITS)
        mask, shift = (1 << bits) - 1, uint64(64 - bits)
        for nth in range(first, last):
            ahead = min(nth + AHEAD, last - 1) * size
            fetch(table, slot_of(states, ahead, size, shift) * size)
            slot = slot_of(states, nth * size, size, shift)
            take_in(table, mask, True, slot, states, nth * size, size)
        return 0

    def rehash(shared, old, first, last):
        """Move the states of some slots from a smaller table, while nobody else is at work."""
        size = width(shared)
        table, bits = get(shared, Shared.TABLE), get(shared, Shared.SLOT_BITS)
        mask, shift = (1 << bits) - 1, uint64(64 - bits)
        for slot in range(first, last):
            at = slot * size
            key = get_word(old, at)
            if key != uint64(0):
                if size > 1:
                    put_word(old, at, ~key)
                    belongs = slot_of(old, at, size, shift)
                else:
                    belongs = int64(mixed(~key) >> shift)
                place, nth = belongs * size, 0
                while get_word(table, place) != uint64(0):
                    nth += 1
                    place = probed(belongs, nth, mask) * size
                put_word(table, place, key)
                for word in range(1, size):
                    put_word(table, place + word, get_word(old, at + word))
        return 0

    def locate(shared, states, count, target):
        """The slot of each of these states, or -1."""
        size = width(shared)
        table, bits = get(shared, Shared.TABLE), get(shared, Shared.SLOT_BITS)
        mask, shift = (1 << bits) - 1, uint64(64 - bits)
        for nth in range(count):
            ahead = min(nth + AHEAD, count - 1) * size
            fetch(table, slot_of(states, ahead, size, shift) * size)
            at, tries = nth * size, 0
            first = slot = slot_of(states, at, size, shift)
            while True:
                there = get_word(table, slot * size)
                same = there == ~get_word(states, at)
                for word in range(1, size):
                    if get_word(table, slot * size + word) != get_word(states, at + word):
                        same = False
                if same or there == uint64(0):
                    break
                tries += 1
                slot = probed(first, tries, mask)
            put(target, nth, slot if same else -1)
        return 0

    def ask(shared, own, states, first, last, question, target):
        """Whether a predicate holds in each of these states: 1, 0, or 2 where an entry is missing.

        Returns how many of them are missing.
        """
        size, missing = width(shared), 0
        fields, now = get(shared, Shared.FIELDS), get(own, Own.NOW)
        asked, count = get(own, Own.ASKED), get(own, Own.ASKED_COUNT)
        for state in range(first, last):
            for nth in range(count):
                component = get(asked, nth)
                field = fields + FIELD * component
                word = state * size + (0 if words == 1 else get(field, Field.WORD))
                bits = get_word(states, word) >> uint64(get(field, Field.SHIFT))
                put(now, component, int64(bits & uint64(get(field, Field.MASK))))
            found = holds(own, question, now)
            if found == MISSING:
                missing += 1
                found = 2
            put_byte(target, state, found)
        return missing

    found = {"expand": expand, "rehash": rehash, "add": add, "locate": locate, "ask": ask}
    return {**found, "expand_plain": expand_plain} if words == 1 else found
