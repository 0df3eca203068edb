"""Tables that the interpreter fills, as records that kernels can follow."""

import numpy as np
from numpy.typing import NDArray

from tcpspec.explore import columns
from tcpspec.explore.native.layout import (
    MOST_ARGUMENTS,
    Level,
    Table,
)
from tcpspec.explore.native.slots import Numbering
from tcpspec.explore.refused import Refusal, Refused


def address(array: NDArray[np.generic]) -> int:
    at: int = array.__array_interface__["data"][0]  # half the time of ``ctypes.data``
    return at


class TableRecords:
    """A record for each table that a kernel looks into."""

    def __init__(self) -> None:
        self._known: dict[int, int] = {}
        self.tables: list[columns.Table | Numbering] = []
        self._records: list[NDArray[np.int64]] = []
        self._kept: list[list[object]] = []

    def record(self, table: columns.Table | Numbering, arity: int) -> int:
        """The address of a table's record."""
        if id(table) not in self._known:
            if arity > MOST_ARGUMENTS:
                raise Refused(Refusal.ARGUMENTS, most=MOST_ARGUMENTS)
            record = np.zeros(Table.BITS + MOST_ARGUMENTS, np.int64)
            record[Table.NUMBER], record[Table.ARITY] = len(self.tables), arity
            record[Table.WIDE] = table.entries is not None and table.entries.itemsize == 8
            self._known[id(table)] = address(record)
            self.tables.append(table)
            self._records.append(record)
            self._kept.append([])
            self._point(len(self.tables) - 1)
        return self._known[id(table)]

    def arity(self, number: int) -> int:
        """How many arguments a table has."""
        return int(self._records[number][Table.ARITY])

    def refresh(self) -> None:
        for number in range(len(self.tables)):
            self._point(number)

    def _point(self, number: int) -> None:
        table, record = self.tables[number], self._records[number]
        table.grow()
        entries = table.entries
        if entries is not None and self._kept[number] and self._kept[number][0] is entries:
            return
        record[Table.BITS : Table.BITS + MOST_ARGUMENTS] = 0
        if entries is not None:
            record[Table.ENTRIES] = address(entries)
            bits = [size.bit_length() - 1 for size in entries.shape]  # all are powers of two
            record[Table.BITS : Table.BITS + entries.ndim] = bits
            self._kept[number] = [entries]
            return
        levels = np.zeros((max(1, len(table.levels)), len(Level)), np.int64)
        self._kept[number] = [levels]
        for level, (keys, values) in zip(levels, table.levels, strict=False):
            level[Level.KEYS], level[Level.VALUES] = address(keys), address(values)
            level[Level.COUNT] = len(keys)
            self._kept[number] += [keys, values]
        record[Table.ENTRIES], record[Table.LEVELS] = 0, address(levels)

    def forget_asked(self) -> None:
        """Whoever asked for an entry and was interrupted may ask again."""
        for table in self.tables:
            if table.entries is not None:
                table.entries[table.entries == table.asked] = table.missing
