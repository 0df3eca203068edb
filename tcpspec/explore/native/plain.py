"""The kernel for plain systems: states of one word, and little of what the other kernel can do.

All channels are fifos with slots, between different instances; nothing is duplicated or deferred;
there are neither bounds nor timers that depend on anything; a line sends at most once. Then a step
is a few operations on the word itself: an outcome is added where the local state was cut out, and a
packet behind those that the channel holds.

Each state is gone through twice: first its rows are looked up, and what is lost becomes a
successor; then all outcomes of all rows come in one loop. What that loop decides by numbers instead
of branches, the processor need not guess.
"""

from numba import int64, njit, uint64

from tcpspec.explore.components import NEVER
from tcpspec.explore.native.insert import mixed, take_in_all
from tcpspec.explore.native.layout import (
    CHANNEL,
    CROWDED,
    DONE,
    DROP,
    EXPANDED,
    FIELD,
    FULL,
    GROW,
    INSTANCE,
    MISSING,
    OUT_OF_RANGE,
    OVERFLOW,
    PERMISSION,
    PLAIN_CHANNEL,
    PLAIN_FACTS,
    PLAIN_FAILS,
    PLAIN_NEVER,
    PLAIN_PERMISSION,
    SEGMENT,
    UNSPECIFIED,
    WAIT,
    Channel,
    Field,
    Instance,
    Own,
    Permission,
    Segment,
    Shared,
)
from tcpspec.explore.native.lookup import counts_of, look, look_wide
from tcpspec.explore.native.memory import (
    bits_of,
    fetch,
    get,
    get_byte,
    get_word,
    put,
    put_byte,
    put_word,
)
from tcpspec.explore.rows import Row

ROW_COUNT, ROW_UNSPECIFIED = Row.COUNT, Row.UNSPECIFIED

BATCH = 64
"""About so many successors are made before they are put into the table."""

SPECIAL = PLAIN_NEVER | PLAIN_FAILS | 0xFFFF << PLAIN_PERMISSION
"""An outcome that has one of these bits is not simply a successor."""

FULL_WAITS, FULL_FAILS, FULL_DROPS = -1, -2, -3
"""In place of the place where the next packet stands in a channel."""


@njit(inline="always")
def staged(word, kept, table, shift, stage, slots, count):
    """One successor more, if it is ``kept``, 1 or 0: it is written in any case, behind the others.
    Its slot is on its way.
    """
    slot = int64(mixed(word) >> shift) & -kept
    fetch(table, slot)
    put(slots, count, slot)
    put_word(stage, count, word)
    return count + kept


@njit(inline="always")
def describe(channel, word, before):
    """Where the next packet goes into a channel; notes what it holds."""
    offset = get(channel, Channel.SHIFT)
    held = int64(word >> uint64(offset)) & get(channel, Channel.MASK)
    put(before, get(channel, Channel.COMPONENT), held)
    taken = get(get(channel, Channel.LENGTHS), bits_of(held))
    if taken < get(channel, Channel.SLOTS):
        return offset + taken
    when_full = get(channel, Channel.WHEN_FULL)
    return FULL_WAITS if when_full == WAIT else FULL_DROPS if when_full == DROP else FULL_FAILS


def expand_plain(shared, own):  # noqa: PLR0915 -- a call costs more than a step
    """All steps of some states: what they lead to, if it is new, is kept. As ``expand``."""
    instances, channels = get(shared, Shared.INSTANCES), get(shared, Shared.CHANNELS)
    instance_at, channel_at = get(shared, Shared.INSTANCE), get(shared, Shared.CHANNEL)
    permission_at, spend = get(shared, Shared.PERMISSION), get(shared, Shared.SPEND)
    budgets = get(shared, Shared.FIELDS) + FIELD * get(shared, Shared.BUDGETS)
    budget_shift, budget_mask = uint64(get(budgets, Field.SHIFT)), get(budgets, Field.MASK)
    layer, facts_at = get(shared, Shared.LAYER), get(shared, Shared.FACTS)
    table, mask = get(shared, Shared.TABLE), (1 << get(shared, Shared.SLOT_BITS)) - 1
    shift = uint64(64 - get(shared, Shared.SLOT_BITS))
    numbers, before, places = get(own, Own.LIST), get(own, Own.BEFORE), get(own, Own.PLACES)
    stage, most, slots = get(own, Own.STAGE), get(own, Own.STAGED), get(own, Own.SLOTS)
    found, new, room = get(own, Own.FOUND), get(own, Own.COUNT), get(own, Own.ROOM)
    first, last, quota = get(own, Own.FIRST), get(own, Own.LAST), get(own, Own.QUOTA)
    segments, single = get(own, Own.SEGMENTS), get(shared, Shared.THREADS) == 1
    count, transitions, how, crowded = 0, 0, DONE, False
    while True:
        if count >= BATCH or crowded or first == last:
            quota += new
            new = take_in_all(table, mask, single, stage, slots, count, found, new)
            quota -= new
            count, crowded = 0, False
            if first == last:
                break
        if new + most > room or quota <= 0:
            how = FULL if quota > 0 else GROW
            last = first  # put what is staged into the table, and end
            continue
        state = first if numbers == 0 else get(numbers, first)
        word = get_word(layer, state)
        for nth in range(channels):
            put(places, nth, describe(channel_at + CHANNEL * nth, word, before))
        had = int64(word >> budget_shift) & budget_mask
        begun, facts, steps, known = count, EXPANDED, 0, True
        segment, total = segments, 0
        for number in range(instances):
            instance = instance_at + INSTANCE * number
            local_shift, local_mask = get(instance, Instance.SHIFT), get(instance, Instance.MASK)
            local = int64(word >> uint64(local_shift)) & local_mask
            kept = ~(uint64(local_mask) << uint64(local_shift))
            counts = counts_of(instance, before)
            outcomes_at, used = get(instance, Instance.PLAIN), get(instance, Instance.USED)
            row = look_wide(own, get(instance, Instance.ALONE), local, counts, 0)
            base, channel = word, get(instance, Instance.INPUT)
            while True:
                if row == MISSING:
                    known = False
                    row = 0
                facts |= (row >> ROW_UNSPECIFIED & 1) * UNSPECIFIED
                outcome, outcomes = row & 0xFFFFFFFF, row >> ROW_COUNT & 0xFFFFFFF
                put_word(segment, Segment.BASE, base & kept)
                put(segment, Segment.OUTCOMES, outcomes_at + 16 * (outcome - total))
                put(segment, Segment.USED, used + outcome - total)
                total += outcomes
                put(segment, Segment.END, total)
                segment += SEGMENT * int64(outcomes != 0)
                # the next packet that is offered to this instance
                held = 0
                while channel != 0:
                    held = get(before, get(channel, Channel.COMPONENT))
                    if held != 0:
                        break
                    channel = get(channel, Channel.NEXT)
                if channel == 0:
                    break
                slot, lose = get(channel, Channel.SLOT), get(channel, Channel.LOSS)
                packet = (held & ((1 << slot) - 1)) - 1
                row = look_wide(own, get(channel, Channel.RECEIVE), local, packet, counts)
                base = word ^ uint64(held ^ held >> slot) << uint64(get(channel, Channel.SHIFT))
                channel = get(channel, Channel.NEXT)
                if lose < 0:
                    continue
                left, after = had, base
                if lose != 0 and get(permission_at + PERMISSION * lose, Permission.SPENDS) != 0:
                    left = look(own, spend, had, lose)
                    after ^= uint64(had ^ left) << budget_shift
                if left == MISSING:
                    known = False
                elif left != NEVER:
                    if count + 1 > most:
                        crowded = True
                        break
                    count = staged(after, 1, table, shift, stage, slots, count)
                    steps += 1
            if crowded:
                break
        crowded = crowded or count + total > most  # so what is not kept also stays inside
        if crowded or not known:
            total = 0
        segment = segments
        for nth in range(total):
            at = get(segment, Segment.OUTCOMES) + 16 * nth
            after, other = get_word(segment, Segment.BASE) | get_word(at, 0), get(at, 1)
            used = get(segment, Segment.USED) + nth
            segment += SEGMENT * int64(get(segment, Segment.END) == nth + 1)
            packet = other & 0xFFFFF
            place = get(places, other >> PLAIN_CHANNEL & 0xFFF)
            # 1 if it sends and the channel is full: both numbers below are negative then
            blocked = (-packet & place) >> 63 & 1
            if other & SPECIAL != 0 or (blocked != 0 and place != FULL_WAITS):
                if other & PLAIN_NEVER != 0:
                    continue
                permission = other >> PLAIN_PERMISSION & 0xFFFF
                if permission != 0:
                    left = look(own, spend, had, permission)
                    if left < 0:
                        known = known and left != MISSING
                        continue
                    after ^= uint64(had ^ left) << budget_shift
                if blocked != 0:
                    if place == FULL_WAITS:
                        continue
                    if place == FULL_FAILS:
                        facts |= other >> PLAIN_FACTS & 0xFF | OVERFLOW
                        continue
                    packet, blocked = 0, 0  # it is dropped
                if other & PLAIN_FAILS != 0:
                    facts |= other >> PLAIN_FACTS & 0xFF | OUT_OF_RANGE
                    continue
            facts |= other >> PLAIN_FACTS & 0xFF & blocked - 1
            if get_byte(used, 0) | blocked == 0:  # else threads would fight for the line
                put_byte(used, 0, 1)
            after |= uint64(packet) << uint64(place & 63)
            count = staged(after, 1 - blocked, table, shift, stage, slots, count)
            steps += 1 - blocked
        if crowded:
            count = begun
            if begun == 0:
                how = CROWDED
                last = first
            continue  # with the same state, when there is room
        first += 1
        if known:
            put_byte(facts_at, state, facts)
            transitions += steps
        else:
            count = begun
            pendings = get(own, Own.PENDINGS)
            put(get(own, Own.PENDING), pendings, state)
            put(own, Own.PENDINGS, pendings + 1)
    put(own, Own.COUNT, new)
    put(own, Own.QUOTA, quota)
    put(own, Own.FIRST, first)
    put(own, Own.TRANSITIONS, get(own, Own.TRANSITIONS) + transitions)
    return how
