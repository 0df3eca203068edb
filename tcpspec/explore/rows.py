"""What can follow in one situation, in one number."""

from typing import TypeVar

from tcpspec.explore.columns import Flags, Numbers
from tcpspec.explore.refused import Refusal, Refused

N = TypeVar("N", int, Numbers)


class Row:
    """What can follow in one situation, in one number: a range of outcomes, and flags."""

    COUNT, DEFERRED, UNSPECIFIED, KNOWN = 32, 60, 61, 62
    """From which bit on; the first outcome stands below. ``KNOWN`` is set in every row."""

    FIRST, OUTCOMES = (1 << COUNT) - 1, (1 << DEFERRED - COUNT) - 1
    """All bits of the first outcome, and of how many there are."""

    @classmethod
    def of(cls, first: int, count: int, *, deferred: bool, unspecified: bool) -> int:
        if count >> (cls.DEFERRED - cls.COUNT):
            raise Refused(Refusal.BITS, bits=cls.COUNT, what="outcomes")
        flags = deferred << cls.DEFERRED | unspecified << cls.UNSPECIFIED
        return cls.beginning(first, count << cls.COUNT | flags | 1 << cls.KNOWN)

    @classmethod
    def beginning(cls, first: int, row: int) -> int:
        """The same, but for where the outcomes stand."""
        if first >> cls.COUNT:
            raise Refused(Refusal.BITS, bits=cls.COUNT, what="outcomes")
        return first | row >> cls.COUNT << cls.COUNT

    @classmethod
    def first(cls, rows: N) -> N:
        return rows & cls.FIRST

    @classmethod
    def count(cls, rows: N) -> N:
        return rows >> cls.COUNT & cls.OUTCOMES

    @classmethod
    def deferred(cls, rows: Numbers) -> Flags:
        flags: Flags = rows & 1 << cls.DEFERRED != 0
        return flags

    @classmethod
    def unspecified(cls, rows: Numbers) -> Flags:
        flags: Flags = rows & 1 << cls.UNSPECIFIED != 0
        return flags


NO_RULE = Row.of(0, 0, deferred=False, unspecified=True)
"""No rule matches a packet."""

NO_STEP = Row.of(0, 0, deferred=False, unspecified=False)
"""No rule applies to an instance alone."""
