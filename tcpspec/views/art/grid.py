"""Where things stand on a line of characters: as near as can be to where they would like to.

Lines run in every second column, so that there is always a dash between two corners. So places are
counted in steps of two characters.
"""

from collections.abc import Sequence

STEP = 2
"""Characters from one place to the next."""

WIDTH = 69
"""Characters in a line: xml2rfc sets figures in by three, and RFCs have 72."""

ROOM = (WIDTH + 1) // STEP
"""Places in a line."""


def steps(characters: int) -> int:
    """The places that so many characters take."""
    return -(-characters // STEP)


def spread(wanted: Sequence[float], sizes: Sequence[int], room: int) -> list[int]:
    """Places from 0 on for things in this order, none on another, in all as near as can be.

    Pools adjacent violators (isotonic regression) after the sizes have been taken away. All sizes
    together must not be larger than ``room``.

    >>> spread([3, 3, 9], [2, 2, 1], 12)
    [2, 4, 9]
    >>> spread([0, 0], [5, 5], 10)
    [0, 5]
    """
    before = [sum(sizes[:number]) for number in range(len(sizes))]
    pools: list[tuple[float, int]] = []
    for want, taken in zip(wanted, before, strict=True):
        mean, count = want - taken, 1
        while pools and pools[-1][0] > mean:
            other, more = pools.pop()
            mean, count = (mean * count + other * more) / (count + more), count + more
        pools.append((mean, count))
    free = room - sum(sizes)
    near = [min(max(round(mean), 0), free) for mean, count in pools for _ in range(count)]
    return [place + taken for place, taken in zip(near, before, strict=True)]
