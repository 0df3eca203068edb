"""States in words: the numbers of all components side by side, in one or more of 64 bits.

Words are arrays with a row for each word and a column for each state, ``W x N``. They are compared
by keys of one word each: with one word that is the key, with more it is a hash of them, and states
with the same key are then compared word by word. Should two different states ever have one key, all
is done again with another hash, so nothing depends on luck.
"""

from copy import copy
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from tcpspec.explore.columns import Flags, Numbers
from tcpspec.record import Record

Words: TypeAlias = NDArray[np.uint64]
"""States: a row for each word, a column for each state."""

Keys: TypeAlias = NDArray[np.uint64]

WORD = 64

TRIES = 100
"""Hashes, of which each has different keys for a million different states in nearly all cases."""


class Collision(Exception):
    """Two different states have the same key."""


class Place(Record):
    """Where a component stands: in which word, from which bit on, and how many bits it has."""

    word: int
    shift: int
    width: int

    @property
    def mask(self) -> int:
        return (1 << self.width) - 1


class Packing:
    """A layout for components of these sizes, with bits to spare for what is found later."""

    def __init__(self, sizes: list[int], seed: int = 0) -> None:
        self.places = tuple(_places([max(0, size - 1).bit_length() for size in sizes]))
        self.words = 1 + max((place.word for place in self.places), default=0)
        self.seed = seed

    def fits(self, sizes: list[int]) -> bool:
        """Whether each component still has bits enough for all its numbers."""
        pairs = zip(self.places, sizes, strict=True)
        return all(size <= 1 << place.width for place, size in pairs)

    # --- components ---

    def column(self, words: Words, component: int) -> Numbers:
        """The number of one component in each state."""
        place = self.places[component]
        found: Keys = (words[place.word] >> np.uint64(place.shift)) & np.uint64(place.mask)
        return self._numbers(component, found.view(np.int64))

    def _numbers(self, _component: int, fields: Numbers) -> Numbers:
        """What stands in the field of a component, as numbers of its values."""
        return fields

    def _fields(self, _component: int, numbers: Numbers) -> Numbers:
        """The same the other way round; below 0 what has no room in any field."""
        return numbers

    def columns(self, words: Words) -> list[Numbers]:
        return [self.column(words, component) for component in range(len(self.places))]

    def pack(self, columns: list[Numbers]) -> Words:
        """The states with these components; raises ``OverflowError`` if one does not fit."""
        words = np.zeros((self.words, len(columns[0])), np.uint64)
        for component, (place, column) in enumerate(zip(self.places, columns, strict=True)):
            field = self._fields(component, column)
            if len(field) and not 0 <= int(field.min()) <= int(field.max()) <= place.mask:
                raise OverflowError(f"component {component} has {place.width} bits")
            words[place.word] |= field.view(np.uint64) << np.uint64(place.shift)
        return words

    def replace(self, words: Words, changed: dict[int, Numbers]) -> None:
        """Put other numbers in the places of some components."""
        for word in {self.places[component].word for component in changed}:
            here = [c for c in changed if self.places[c].word == word]
            gone = sum(self.places[c].mask << self.places[c].shift for c in here)
            row = words[word]
            row &= np.uint64(~gone & (1 << WORD) - 1)
            for component in here:
                new = self._fields(component, changed[component]).view(np.uint64)
                row |= new << np.uint64(self.places[component].shift)

    # --- keys ---

    def keys(self, words: Words) -> Keys:
        """One word for each state; the same for the same state."""
        key: Keys = words[0]
        if self.words == 1:
            return key
        key = np.full(words.shape[1], _mixed(self.seed + 1), np.uint64)
        for row in words:
            key ^= row
            key *= np.uint64(0x9E3779B97F4A7C15)
            key ^= key >> np.uint64(29)
            key *= np.uint64(0xBF58476D1CE4E5B9)
            key ^= key >> np.uint64(32)
        return key

    def unique(self, words: Words) -> Words:
        """Each state once, by increasing key. May sort in place."""
        if self.words == 1:
            words[0].sort()
            return words[:, _firsts(words[0])]
        keys = self.keys(words)
        order = np.argsort(keys)
        keys, words = keys[order], words[:, order]
        kept = _firsts(keys)
        again = np.flatnonzero(~kept)
        if (words[:, again] != words[:, again - 1]).any():
            raise Collision
        return words[:, kept]

    def order(self, words: Words) -> Numbers:
        """The order of different states by their keys."""
        keys = self.keys(words)
        order = np.argsort(keys, kind="stable")
        if not _firsts(keys[order]).all():
            raise Collision
        return order

    def ordered(self, words: Words) -> "tuple[Packing, Numbers]":
        """The same layout, with keys of which no two of these different states have the same; and
        the order by these keys.
        """
        packing = self
        for _ in range(TRIES):
            try:
                return packing, packing.order(words)
            except Collision:
                packing = copy(packing)
                packing.seed += 1
        raise AssertionError("two of these states are the same")

    def find(
        self, words: Words, among: Words, keys: Keys, *, new: bool = False
    ) -> tuple[Numbers, Flags]:
        """Where each state stands among others, which are ordered by their keys; and which do.

        With ``new``, those that are not found are to join them, so none may have another's key.
        """
        if not len(keys):
            return np.zeros(words.shape[1], np.int64), np.zeros(words.shape[1], np.bool_)
        wanted = self.keys(words)
        at = np.searchsorted(keys, wanted)
        at[at == len(keys)] = 0
        found = keys[at] == wanted
        if self.words > 1:
            alike = np.flatnonzero(found)
            same = (words[:, alike] == among[:, at[alike]]).all(axis=0)
            if new and not same.all():
                raise Collision
            found[alike] = same
        return at, found


def _places(needed: list[int]) -> list[Place]:
    """Fields in order, none across two words, with all spare bits dealt out.

    The highest bit of a word is never set: a word of ones is no state, and masks are signed.
    """
    words: list[list[int]] = [[]]
    for component, width in enumerate(needed):
        if sum(needed[c] for c in words[-1]) + width > _room():
            words.append([])
        words[-1].append(component)
    places = []
    for word, components in enumerate(words):
        widths = _widened([needed[component] for component in components], _room())
        shift = 0
        for width in widths:
            places.append(Place(word, shift, width))
            shift += width
    return places


def _room() -> int:
    """How many bits of a word are for fields."""
    return WORD - 1


def _widened(needed: list[int], room: int) -> list[int]:
    """The widths, with the spare bits of the word dealt out evenly."""
    spare, count = room - sum(needed), len(needed)
    return [w + spare // count + (i < spare % count) for i, w in enumerate(needed)]


def _firsts(keys: Keys) -> Flags:
    """Which of the ordered keys differ from the one before."""
    kept = np.ones(len(keys), np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=kept[1:])
    return kept


def _mixed(seed: int) -> int:
    return seed * 0xD6E8FEB86659FD93 & (1 << WORD) - 1
