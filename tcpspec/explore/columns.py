"""What fast engines are made of: numbers for values, and functions of numbers as arrays.

``Interned`` gives each distinct value a small number. ``Table`` is a function of such numbers that
is filled on demand: whoever asks for an entry that is missing has it computed, once, in Python.
Everything else about a table is arrays of integers, for NumPy and for compiled kernels.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence, Sized
from typing import Generic, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

Numbers: TypeAlias = NDArray[np.int64]
"""Numbers of values, or positions of states: one for each row of what is looked at."""

Flags: TypeAlias = NDArray[np.bool_]
"""One for each row."""

Entries: TypeAlias = NDArray[np.int32] | NDArray[np.int64]
"""The values of a table, with an axis for each argument."""

T = TypeVar("T", bound=Hashable)

OfRows: TypeAlias = Callable[..., list[int]]
"""A function of numbers, for many rows at once: of a list for each argument."""


def each(function: Callable[..., int]) -> OfRows:
    """The same, of a function that knows one row at a time."""
    return lambda *arguments: list(map(function, *arguments))


def distinct(numbers: Numbers) -> Numbers:
    """Each number once, in order: ``np.unique``, which imports ten milliseconds of other things."""
    ordered = np.sort(numbers)
    kept = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=kept[1:])
    return ordered[kept]


class Column:
    """Numbers to which others are added at the end."""

    def __init__(self) -> None:
        self._array = np.zeros(16, np.int64)
        self._size = 0

    def __len__(self) -> int:
        return self._size

    @property
    def numbers(self) -> Numbers:
        return self._array[: self._size]

    def add(self, numbers: Numbers) -> None:
        size = self._size + len(numbers)
        if size > len(self._array):
            larger = np.zeros(_power(size), np.int64)
            larger[: self._size] = self.numbers
            self._array = larger
        self._array[self._size : size] = numbers
        self._size = size

    def cut(self, size: int) -> None:
        """Drop the numbers from here on."""
        self._size = min(self._size, size)


class Records:
    """Rows of numbers that are appended in Python, one by one, and read as columns."""

    def __init__(self, *names: str) -> None:
        self.names = names
        self.rows: list[tuple[int, ...]] = []
        self._columns = {name: (place, Column()) for place, name in enumerate(names)}

    def append(self, *row: int) -> int:
        """The number of the new row."""
        self.rows.append(row)
        return len(self.rows) - 1

    def cut(self, size: int) -> None:
        """Drop the rows from here on."""
        del self.rows[size:]
        for _, column in self._columns.values():
            column.cut(size)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, name: str) -> Numbers:
        """A column."""
        place, column = self._columns[name]
        if len(column) < len(self.rows):
            new = [row[place] for row in self.rows[len(column) :]]
            column.add(np.array(new, np.int64))
        return column.numbers


class Interned(Generic[T]):
    """Distinct values, numbered from 0 in the order in which they come."""

    def __init__(self) -> None:
        self.values: list[T] = []
        self._numbers: dict[T, int] = {}

    def number(self, value: T) -> int:
        number = self._numbers.get(value)
        if number is None:
            number = len(self.values)
            self.values.append(value)  # first, so that an interrupt leaves no number without value
            self._numbers[value] = number
        return number

    def __contains__(self, value: object) -> bool:
        return value in self._numbers

    def __len__(self) -> int:
        return len(self.values)


class Table:
    """A function of one or more numbers, each below the size of its domain, which may grow.

    Small ones are an array with an axis for each argument; one that would become larger than
    ``DENSE`` is a sorted list of keys, with a value for each. Arguments of a sorted table beyond
    two are numbered in pairs first, so that a key always fits into one word.
    """

    DENSE = 1 << 23
    """Entries of the largest table that has a place for each combination of its arguments."""

    def __init__(self, function: OfRows, *domains: Sized, wide: bool = False) -> None:
        """``wide`` entries take 64 bits, others 32. They are larger than 1: such a table is zeros
        at first, which costs nothing where nobody looks.
        """
        self._function = function
        self._domains = domains
        self._wide = wide
        self.missing = 0 if wide else int(np.iinfo(np.int32).min)
        """Stands where nothing was computed yet."""
        self.asked = self.missing + 1
        """The same, where a kernel has asked for it."""
        self._array = self._unknown(*[1 for _ in domains])
        self._sorted: SortedTable | None = None

    def _unknown(self, *shape: int) -> Entries:
        if self._wide:
            return np.zeros(shape, np.int64)
        return np.full(shape, self.missing, np.int32)

    @property
    def entries(self) -> Entries | None:
        """A place for each combination of arguments; None for a sorted table."""
        return None if self._sorted else self._array

    @property
    def levels(self) -> list[tuple[Numbers, Numbers]]:
        """Keys and values of a sorted table, for each argument but the first."""
        return self._sorted.levels if self._sorted else []

    def __call__(self, *arguments: Numbers) -> Numbers:
        """The function of each row of arguments."""
        self.grow()
        if self._sorted is not None:
            return self._sorted(*arguments)
        keys = self._keys(arguments)
        found = self._array.reshape(-1)[keys]
        missing = found <= self.asked
        if missing.any():
            self._fill(keys[missing])
            return self(*arguments)
        return found.astype(np.int64)

    def _keys(self, arguments: tuple[Numbers, ...]) -> Numbers:
        keys = arguments[0]
        for size, argument in zip(self._array.shape[1:], arguments[1:], strict=True):
            keys = keys * size + argument
        return keys

    def fill(self, *arguments: Numbers) -> None:
        """Have entries computed, for rows of arguments within the present domains: of a table
        with a place for each, all that are given are missing.
        """
        if self._sorted is not None:
            self._sorted(*arguments)
        else:
            self._fill(self._keys(arguments))

    def _fill(self, keys: Numbers) -> None:
        missing = distinct(keys)
        columns = (column.tolist() for column in np.unravel_index(missing, self._array.shape))
        self._array.reshape(-1)[missing] = self._function(*columns)

    def _has_room(self) -> bool:
        for domain, size in zip(self._domains, self._array.shape, strict=True):
            if len(domain) > size:  # faster than all(): this is asked after each filling
                return False
        return True

    def grow(self) -> None:
        """Make room for each number of each domain; or give up having a place for each."""
        if self._sorted is not None or self._has_room():
            return
        old = self._array
        shape = [max(n, _power(len(d))) for d, n in zip(self._domains, old.shape, strict=True)]
        if np.prod(shape, dtype=float) > self.DENSE and len(shape) > 1:
            self._sorted = SortedTable(self._function, len(shape))
            self._array = self._unknown(*[1 for _ in shape])
            return
        self._array = self._unknown(*shape)
        known = tuple(slice(min(n, len(d))) for d, n in zip(self._domains, old.shape, strict=True))
        self._array[known] = old[known]


def _power(size: int) -> int:
    """The next power of two."""
    return 1 << max(0, size - 1).bit_length()


class SortedTable:
    """The same for large domains of two or more numbers: keys in order, found by halving."""

    HALF = 32
    """Bits of each of the two numbers in a key."""

    def __init__(self, function: OfRows, arguments: int) -> None:
        self._function = function
        self._pairs: SortedTable | None = None
        self._firsts: list[tuple[int, ...]] = []
        if arguments > 2:
            self._pairs = SortedTable(each(self._first), arguments - 1)
        self._known = np.zeros(0, np.int64), np.zeros(0, np.int64)
        """Keys and their values, set together: an interrupt leaves none without the other."""

    @property
    def levels(self) -> list[tuple[Numbers, Numbers]]:
        """Keys and values for each argument but the first."""
        return [*(self._pairs.levels if self._pairs else []), self._known]

    def _first(self, *arguments: int) -> int:
        """A number for all arguments but the last."""
        self._firsts.append(arguments)
        return len(self._firsts) - 1

    def __call__(self, *arguments: Numbers) -> Numbers:
        first = self._pairs(*arguments[:-1]) if self._pairs else arguments[0]
        keys = first << self.HALF | arguments[-1]
        missing = distinct(keys[self._find(keys)[1]])
        if len(missing):
            self._fill(missing)
        return self._known[1][self._find(keys)[0]]

    def _find(self, keys: Numbers) -> tuple[Numbers, Flags]:
        """Where each key stands, and which of them are missing."""
        known = self._known[0]
        if not len(known):
            return np.zeros(len(keys), np.int64), np.ones(len(keys), np.bool_)
        at = np.searchsorted(known, keys)
        at[at == len(known)] = 0
        return at, known[at] != keys

    def _fill(self, keys: Numbers) -> None:
        first, last = (keys >> self.HALF).tolist(), (keys & (1 << self.HALF) - 1).tolist()
        before: Iterable[Sequence[int]] = (first,)
        if self._pairs:
            before = zip(*[self._firsts[number] for number in first], strict=True)
        values = self._function(*map(list, before), last)
        at = np.searchsorted(self._known[0], keys)
        self._known = np.insert(self._known[0], at, keys), np.insert(self._known[1], at, values)
