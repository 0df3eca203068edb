"""Names in another language: each of ours gets one of theirs, never the same, never a reserved one.

Names are handed out one after the other, in the order of the specification, so that the same file
gives the same names. What is no letter or digit there becomes an underscore, what is too long is
cut; where that makes two names one, the later gets a number.
"""

import re
from collections.abc import Container, Hashable, Iterable

MAX_LENGTH = 48
"""Longer names are cut: some tools have buffers."""

NOTHING = re.compile(r"(?!)")
"""Matches nothing at all."""


class Names:
    """The names of one namespace of the other language.

    >>> names = Names(reserved=["do"])
    >>> names.add("a", "SYN+ACK"), names.add("b", "SYN_ACK"), names.add("c", "do")
    ('SYN_ACK', 'SYN_ACK_2', 'do_2')
    >>> names["b"]
    'SYN_ACK_2'
    >>> names.add("d", "9 lives"), names.add("e", "«»"), names.add("f", "Zürich")
    ('x_9_lives', 'x', 'Z_rich')
    """

    def __init__(
        self, reserved: Iterable[str] = (), *, fold: bool = True, underscore: bool = False,
        starts: re.Pattern[str] = NOTHING,
    ) -> None:  # fmt: skip
        """With ``fold``, names that differ in capitals only count as one; with ``underscore``, a
        reserved one gets that behind it rather than a number. No name begins with ``starts``.
        """
        self._starts = starts
        self._underscore = underscore
        self._fold = fold
        self._reserved = {self._folded(word) for word in reserved}
        self._taken: set[str] = set()
        self._names: dict[Hashable, str] = {}

    def add(self, key: Hashable, wanted: str, also: Container[str] = ()) -> str:
        """A name for what ``key`` stands for, as near as can be to what is wanted; ``also`` are
        reserved for this one.
        """
        plain = re.sub(r"[^A-Za-z0-9]+", "_", wanted)[:MAX_LENGTH].strip("_")
        if not plain[:1].isalpha() or self._starts.match(plain):
            plain = f"x_{plain}".rstrip("_")
        if plain in also or (self._underscore and self._folded(plain) in self._reserved):
            plain = f"{plain}_"
        name, number = plain, 2
        while self._folded(name) in self._taken | self._reserved:
            name, number = f"{plain.rstrip('_')}_{number}", number + 1
        self._taken.add(self._folded(name))
        self._names[key] = name
        return name

    def share(self, key: Hashable, other: Hashable) -> str:
        """For what ``key`` stands for, the name of something else, if they cannot be confused."""
        self._names[key] = self._names[other]
        return self._names[key]

    def _folded(self, name: str) -> str:
        return name.lower() if self._fold else name

    def __getitem__(self, key: Hashable) -> str:
        return self._names[key]

    def __contains__(self, key: Hashable) -> bool:
        return key in self._names
