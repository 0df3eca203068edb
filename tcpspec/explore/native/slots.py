"""States of one word in which each fifo has a slot for each packet, the head in the lowest bits.

The kernels send and receive in them without a look into any table. What else asks for a fifo's
contents gets the number that ``Components`` give them: see ``Numbering``.
"""

import numpy as np

from tcpspec.explore import packing
from tcpspec.explore.columns import Numbers, SortedTable, each
from tcpspec.explore.components import Components, Contents
from tcpspec.explore.packing import Keys, Packing, Place, Words

VARIED = 2
"""A local state has up to so many more bits to spare than a packet: it is made of more parts."""


class Numbering:
    """From slots, as the two halves of a word, to numbers of contents: a table with two arguments,
    sorted from the start.
    """

    entries = None
    missing, asked = 0, 0

    def __init__(self, contents: Contents, components: Components, slot: int) -> None:
        self._contents, self._components, self._slot = contents, components, slot
        self._table = SortedTable(each(self._number), 2)
        self._slots: list[int] = []

    @property
    def levels(self) -> list[tuple[Numbers, Numbers]]:
        return self._table.levels

    def grow(self) -> None:
        """It has no place for what is not asked for."""

    def fill(self, high: Numbers, low: Numbers) -> None:
        """Have contents numbered."""
        self._table(high, low)

    def _number(self, high: int, low: int) -> int:
        slots, packets = high << SortedTable.HALF | low, self._components.packets.values
        held = []
        while slots:
            held.append(packets[(slots & (1 << self._slot) - 1) - 1])
            slots >>= self._slot
        return self._contents.number(tuple(held))

    def numbers(self, slots: Numbers) -> Numbers:
        return self._table(slots >> SortedTable.HALF, slots & (1 << SortedTable.HALF) - 1)

    def slots(self, numbers: Numbers) -> Numbers:
        """The other way round; -1 where a packet is too large for a slot."""
        for contents in self._contents.values[len(self._slots) :]:
            fields = [self._components.packets.number(packet) + 1 for packet in contents]
            fits = max(fields, default=0) >> self._slot == 0
            slots = sum(one << self._slot * i for i, one in enumerate(fields))
            self._slots.append(slots if fits else -1)
        return np.array(self._slots, np.int64)[numbers]


class SlotPacking(Packing):
    """``slot`` is how many bits a packet takes; 0 stands for none. Use ``slotted``."""

    def __init__(self, components: Components, widths: list[int], slot: int) -> None:
        self.words, self.seed, self.slot = 1, 0, slot
        self._components = components
        shifts = [sum(widths[:n]) for n in range(len(widths))]
        self.places = tuple(
            Place(0, shift, width) for shift, width in zip(shifts, widths, strict=True)
        )
        known: dict[int, Numbering] = {}
        self.numberings: dict[int, Numbering] = {}
        """For each component that is a fifo."""
        for channel, contents in enumerate(components.contents):
            if contents.channel.ordered:
                known.setdefault(id(contents), Numbering(contents, components, slot))
                self.numberings[components.of_channel(channel)] = known[id(contents)]

    def fits(self, sizes: list[int]) -> bool:
        others = [
            size <= 1 << place.width
            for number, (place, size) in enumerate(zip(self.places, sizes, strict=True))
            if number not in self.numberings
        ]
        return all(others) and len(self._components.packets) < 1 << self.slot

    def keys(self, words: Words) -> Keys:
        key: Keys = words[0]
        return key

    def _numbers(self, component: int, fields: Numbers) -> Numbers:
        numbering = self.numberings.get(component)
        if numbering is None:
            return fields
        different, which = np.unique(fields, return_inverse=True)
        return numbering.numbers(different)[which]

    def _fields(self, component: int, numbers: Numbers) -> Numbers:
        numbering = self.numberings.get(component)
        return numbers if numbering is None else numbering.slots(numbers)


def packing_of(components: Components) -> Packing:
    """Slots, if a state with them fits into one word; numbers for everything otherwise."""
    sizes = [len(part) for part in components.parts]
    found = slotted(components, sizes)
    return Packing(sizes) if found is None else found


def slotted(components: Components, sizes: list[int]) -> SlotPacking | None:
    """The packing with slots, with bits to spare for what is found later; None if it is too wide.

    The highest bit is never set: a word of ones is no state.
    """
    needed = [max(0, size - 1).bit_length() for size in sizes]
    capacity = {
        components.of_channel(number): contents.channel.capacity
        for number, contents in enumerate(components.contents)
        if contents.channel.ordered
    }
    slot, best = len(components.packets).bit_length(), None

    def width(number: int, more: int) -> int:
        if number in capacity:
            return (slot + more) * capacity[number]
        if number < len(components.locals):
            return needed[number] + more + min(more, VARIED)
        if number == components.of_budgets and not components.limited:
            return needed[number]
        return needed[number] + more

    for more in range(packing.WORD):
        widths = [width(number, more) for number in range(len(needed))]
        if sum(widths) >= packing.WORD:
            break
        if slot + more:  # there may be no packet yet: then all its bits are to spare
            best = SlotPacking(components, widths, slot + more)
    return best


def repacked(words: Words, old: Packing, new: Packing) -> Words:
    """The same states in another packing."""
    if not (isinstance(old, SlotPacking) and isinstance(new, SlotPacking)):
        return new.pack(old.columns(words))
    moved = np.zeros_like(words)
    for component, (before, after) in enumerate(zip(old.places, new.places, strict=True)):
        field = words >> np.uint64(before.shift) & np.uint64(before.mask)
        if component in old.numberings:
            field = _spaced(field, old.slot, new.slot)
        moved |= field << np.uint64(after.shift)
    return moved


def _spaced(slots: Words, old: int, new: int) -> Words:
    """Slots of another width."""
    moved, mask = np.zeros_like(slots), np.uint64((1 << old) - 1)
    for nth in range(64 // max(old, new)):
        moved |= (slots >> np.uint64(nth * old) & mask) << np.uint64(nth * new)
    return moved
