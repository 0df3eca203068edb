"""What the kernels read and write: the places of numbers in arrays of 64-bit integers.

Everything that the kernels know comes through these arrays: ``Shared``, one for a search, ``Own``,
one for each thread, and records that they point to. An *address* is that of an array's first item.
Python fills the records (``program``), the kernels read them (``kernel``).
"""

from enum import IntEnum, auto

LINE = 8
"""Words of a cache line. The table of states begins with a whole one."""

MISSING = -(1 << 31)
"""In a table of 32-bit numbers: not known yet."""

ASKED = MISSING + 1
"""Not known yet, and asked for."""

WIDE_MISSING, WIDE_ASKED = 0, 1
"""The same in a table of 64-bit numbers."""


class _Places(IntEnum):
    """Places counted from 0."""

    @staticmethod
    def _generate_next_value_(name: str, start: int, count: int, last_values: list[int]) -> int:
        return count


class Shared(_Places):
    """What all threads read."""

    WORDS = auto()  # how many words a state has
    INSTANCES = auto()  # how many
    CHANNELS = auto()  # how many
    BUDGETS = auto()  # the component that the budgets are
    COMPONENTS = auto()  # how many
    FIELDS = auto()  # address: a Field for each component
    INSTANCE = auto()  # address: an Instance for each
    CHANNEL = auto()  # address: a Channel for each
    PERMISSION = auto()  # address: a Permission for each
    SPEND = auto()  # address of the Table of budgets and permission to budgets
    BOUNDS = auto()  # how many
    BOUND = auto()  # address: the address of a predicate for each
    ASKS_IDLE = auto()  # whether some timer runs out only when idle
    LAYER = auto()  # address: the words of the states that are expanded, state by state
    FACTS = auto()  # address: a byte for each of these states, or 0
    TABLE = auto()  # address: the hash table, so many words a slot
    SLOT_BITS = auto()  # it has 2 ** so many slots
    THREADS = auto()  # how many put states into it; 0 if nobody has said


class Own(_Places):
    """What one thread reads and writes."""

    FIRST = auto()  # the first state to expand, or the first of the list
    LAST = auto()  # the one behind the last
    LIST = auto()  # address: numbers of states to expand, or 0 for all of a range
    NOW = auto()  # address: a number for each component, while a step is made
    BEFORE = auto()  # address: the same, of the state that is expanded
    PLACES = auto()  # address: where the next packet goes, for each channel
    SEGMENTS = auto()  # address: a Segment for each row of the state that is expanded
    STAGE = auto()  # address: words of successors, those of a few states together
    STAGED = auto()  # for how many successors there is room
    SLOTS = auto()  # address: the slot where each of them belongs
    USES = auto()  # address: for each of them the byte of the line that it uses, or 0
    SOURCES = auto()  # address: the state that each of them comes from
    FOUND = auto()  # address: words of the states that were new
    ORIGINS = auto()  # address: 0; or the state that each of these comes from: then all are kept
    COUNT = auto()  # how many of them there are
    ROOM = auto()  # for how many of them there is room
    QUOTA = auto()  # how many more states this thread may put into the table
    CUTS = auto()  # address: how many steps each bound cut
    STATE_CUTS = auto()  # address: the same for the state that is expanded
    TRANSITIONS = auto()  # how many steps were taken
    PENDING = auto()  # address: numbers of states that wait for a table entry
    PENDINGS = auto()  # how many
    REQUESTS = auto()  # address: Requests
    REQUESTED = auto()  # how many
    REQUEST_ROOM = auto()  # for how many there is room
    ARGUMENTS = auto()  # address: room for the arguments of one question
    ASKED = auto()  # address: the components that a predicate mentions
    ASKED_COUNT = auto()  # how many


class Field(_Places):
    """Where a component stands in a state."""

    WORD = auto()
    SHIFT = auto()
    MASK = auto()


class Table(_Places):
    """A function of one or more numbers."""

    ENTRIES = auto()  # address: 32 bits for each combination, or 0 if it is sorted
    NUMBER = auto()  # which table it is
    ARITY = auto()  # how many arguments
    WIDE = auto()  # whether an entry has 64 bits
    LEVELS = auto()  # address: of a sorted one, a Level for each argument but the first
    BITS = auto()  # of each axis, in as many places as there may be arguments


MOST_ARGUMENTS = 8
"""What a table may have."""


class Level(_Places):
    """Keys of two numbers each, in order, and their values."""

    KEYS = auto()  # address
    VALUES = auto()  # address
    COUNT = auto()  # how many


class Instance(_Places):
    """An instance, and its outputs."""

    ALONE = auto()  # address of the Table of local state and counts to a row
    ASKS = auto()  # about how many channels its guards ask
    ASKED = auto()  # address: for each of these an Asked
    COUNTS = auto()  # address: the counts, by the sum of what stands there; 0 if that is the same
    SHIFT = auto()  # where its local state begins, in states of one word
    MASK = auto()  # how far it goes
    INPUT = auto()  # address of the first Channel that leads to it, or 0
    PLAIN = auto()  # address: two words for each plain outcome
    SIMPLE = auto()  # address: outcomes that need nothing else, in a word each; others are 0
    OUTCOMES = auto()  # address: four words each, of which one is free
    SENDS = auto()  # address: a packed send each
    USED = auto()  # address: a byte for each outcome


class Asked(_Places):
    """A channel whose length is asked for."""

    COMPONENT = auto()
    PLACES = auto()  # address: a number for each of its contents, or by the bits of its slots
    SLOTTED = auto()


class Channel(_Places):
    """A channel, and what becomes of its contents."""

    COMPONENT = auto()
    SHIFT = auto()  # where its contents begin, in states of one word
    MASK = auto()  # how far they go
    RECEIVER = auto()
    NEXT = auto()  # address of the next Channel that leads to the same instance, or 0
    ORDERED = auto()
    WHEN_FULL = auto()  # FAIL, DROP or WAIT
    SLOT = auto()  # the bits of a slot, or 0 if its contents are numbered
    SLOTS = auto()  # the bits of all slots
    LENGTHS = auto()  # address: the bits of the slots that are taken, by the highest that is set
    RECEIVE = auto()  # address of the Table of local state, packet and counts to a row
    SEND = auto()  # address of the Table of contents and packet to contents
    REST = auto()  # address of the Table of contents and place to contents
    CONTENTS = auto()  # address: packed contents
    PACKET = auto()  # address: the packet of each offer
    LOSS = auto()  # the permission, or -1
    DUPLICATION = auto()  # the permission, or -1


class Segment(_Places):
    """The outcomes of one row of a state. All outcomes of the state are counted through."""

    BASE = auto()  # the state without the local state and the packet that is taken
    OUTCOMES = auto()  # address of the first, less 16 bytes for each outcome of earlier rows
    USED = auto()  # address of the first one's byte, less one for each outcome of earlier rows
    END = auto()  # the number of the first outcome of the next row


class Permission(_Places):
    """What a step needs."""

    CONDITIONS = auto()  # how many predicates
    CONDITION = auto()  # address: the address of each
    WHEN_IDLE = auto()
    SPENDS = auto()


class Question(_Places):
    """A part of a predicate: a table of the components that it mentions, and what comes next."""

    TABLE = auto()  # address
    COMPONENTS = auto()  # address: as many components as the table has arguments
    NUMBERINGS = auto()  # address: for each of them the Table that numbers its slots, or 0
    TRUE = auto()  # the next question, or an answer
    FALSE = auto()


SAYS_TRUE, SAYS_FALSE = -1, -2
"""Answers, in place of a next question."""

FAIL, DROP, WAIT = range(3)
"""What a full channel does."""

DONE, FULL, CROWDED, GROW = range(4)
"""How ``expand`` ends: all is done; there is no room for more new states; one state has more
successors than there is room for; the table has to grow.
"""

REQUEST = 1 + MOST_ARGUMENTS
"""Numbers of a request: the table, and the arguments."""

# What one word holds beside another thing, from which bit on. Each width is checked when a word is
# made.
OUTCOME_SEND = 32  # the local state afterwards, or -1; the first send
OUTCOME_SENDS, OUTCOME_KIND = 32, 60  # permission; sends; kind
# the third word is the first send itself
SEND_CHANNEL = 32  # packet; channel
CONTENTS_OFFERS = 32  # the first offer; how many

SIMPLE_PACKET, SIMPLE_CHANNEL, SIMPLE_KIND, SIMPLE = 28, 48, 60, 62
# the local state afterwards; the packet that is sent + 1, or 0; into which channel; kind; always 1

PLAIN_CHANNEL, PLAIN_PERMISSION, PLAIN_FACTS = 20, 32, 48
# the local state afterwards, where it stands in a word; and: the packet that is sent + 1, or 0;
# into which channel; the permission; facts of the state
PLAIN_FAILS, PLAIN_NEVER = 1 << 56, 1 << 57
# a value leaves its range; nobody may

EXPANDED, STEP_ENABLED, MUST_GO_ON, CUT = 1, 2, 4, 8
OVERFLOW, OUT_OF_RANGE, CUT_HERE, UNSPECIFIED = 16, 32, 64, 128
"""Facts of a state: see ``space.Fact`` and ``expansion``."""

NOT_PERMITTED = (1 << OUTCOME_SENDS) - 1
"""In place of a permission."""

FIELD, LEVEL, INSTANCE, ASKED_CHANNEL, CHANNEL, PERMISSION, SEGMENT = (
    8 * len(places) for places in (Field, Level, Instance, Asked, Channel, Permission, Segment)
)
"""Bytes of each record."""
