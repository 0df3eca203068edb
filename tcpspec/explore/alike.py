"""Rows of local steps for many situations, of which few are worked out.

Situations are alike where the lines that may apply see the same: the variables that they read or
write, and the fields that they read, have the same values. The interpreter is asked about the first
of them. In the others the same steps are possible, and variables that no line touches keep what
they are. Where no line may apply, nobody is asked.
"""

from collections.abc import Callable, Hashable, Sequence
from operator import itemgetter
from typing import Any, Generic, TypeVar

from tcpspec.explore.columns import Interned, Records
from tcpspec.explore.components import NEVER
from tcpspec.explore.rows import Row
from tcpspec.semantics.candidates import Candidates
from tcpspec.semantics.state import LocalState, Packet

T = TypeVar("T", bound=Hashable)


class _Looks(dict[int, int], Generic[T]):
    """Of each interned value a number that is the same for all that look alike."""

    def __init__(self, of: Interned[T], look: Callable[[T], Hashable]) -> None:
        self._of, self._look = of, look
        self._different: Interned[Hashable] = Interned()

    def __missing__(self, value: int) -> int:
        number = self[value] = self._different.number(self._look(self._of.values[value]))
        return number


class _Sight:
    """What some lines see of local states and packets, what they leave alone, and what is known.

    If they see ``all``, no two situations are alike, and nothing is kept of them.
    """

    __slots__ = ("all", "asked", "carried", "others", "read", "rest", "rows", "touched")

    def __init__(
        self, touched: _Looks[LocalState], read: _Looks[Packet], rest: _Looks[LocalState],
        others: tuple[int, ...], *, all_: bool,
    ) -> None:  # fmt: skip
        self.touched, self.read, self.rest, self.others = touched, read, rest, others
        self.all = all_
        self.asked: dict[tuple[int, int], tuple[int, int]] = {}
        """What the interpreter said, by what is seen; and what the rest was then."""
        self.rows: dict[tuple[int, int], int] = {}
        """The same with another rest."""
        self.carried: dict[tuple[int, int], int] = {}
        """Local states with another rest."""


class Alike:
    """The rows of one table: of local states, packets and counts.

    ``candidates(state, packet, counts)`` are the lines that may apply to packets of its name, and
    ``ask(local state, packet, counts)`` has the interpreter work out a row.
    """

    def __init__(
        self, locals_: Interned[LocalState], packets: Interned[Packet],
        counts: Interned[tuple[int, ...]], outcomes: Records, none: int,
        candidates: Callable[[str, Packet, tuple[int, ...]], Candidates],
        ask: Callable[[LocalState, Packet, tuple[int, ...]], int],
    ) -> None:  # fmt: skip
        """``none`` is the row where no line may apply."""
        self._locals, self._packets, self._counts = locals_, packets, counts
        self._outcomes, self._none = outcomes, none
        self._candidates, self._ask = candidates, ask
        self._sights: dict[tuple[str, str, int], _Sight | None] = {}
        """By a state, a packet's name, and counts; None where no line may apply."""
        self._at: dict[tuple[int, ...], _Looks[LocalState]] = {}
        self._in: dict[tuple[int, ...], _Looks[Packet]] = {}
        """How local states and packets look in these slots."""

    def __call__(self, local: int, packet: int, counts: int) -> int:
        at, arrived = self._locals.values[local], self._packets.values[packet]
        where = at.state, arrived.name, counts
        try:
            sight = self._sights[where]
        except KeyError:
            sight = self._sights[where] = self._sight(at, arrived, counts)
        if sight is None:
            return self._none
        if sight.all:
            return self._ask(at, arrived, self._counts.values[counts])
        seen, rest = (sight.touched[local], sight.read[packet]), sight.rest[local]
        asked = sight.asked.get(seen)
        if asked is None:
            row = self._ask(at, arrived, self._counts.values[counts])
            sight.asked[seen] = row, rest
            return row
        row, other = asked
        if rest == other:
            return row
        found = sight.rows.get((row, rest))
        if found is None:
            found = sight.rows[row, rest] = self._carried(sight, row, local)
        return found

    def _sight(self, at: LocalState, arrived: Packet, counts: int) -> _Sight | None:
        candidates = self._candidates(at.state, arrived, self._counts.values[counts])
        if not candidates.lines:
            return None
        touched = candidates.variables
        others = tuple(slot for slot in range(len(at.values)) if slot not in touched)
        fields = candidates.fields
        return _Sight(
            self._slots(touched), self._fields(fields), self._slots(others), others,
            all_=not others and len(fields) == len(arrived.values),
        )  # fmt: skip

    def _slots(self, slots: tuple[int, ...]) -> _Looks[LocalState]:
        if slots not in self._at:
            pick = _picking(slots)
            self._at[slots] = _Looks(self._locals, lambda local: pick(local.values))
        return self._at[slots]

    def _fields(self, slots: tuple[int, ...]) -> _Looks[Packet]:
        if slots not in self._in:
            pick = _picking(slots)
            self._in[slots] = _Looks(self._packets, lambda packet: pick(packet.values))
        return self._in[slots]

    def _carried(self, sight: _Sight, row: int, local: int) -> int:
        """The row of a local state that looks the same, but for the rest."""
        outcomes, rest = self._outcomes.rows, sight.rest[local]
        first, here = Row.first(row), len(outcomes)
        for after, *others in outcomes[first : first + Row.count(row)]:
            leads = after
            if after != NEVER:
                leads = sight.carried.get((after, rest), NEVER)
                if leads == NEVER:
                    leads = sight.carried[after, rest] = self._after(sight, after, local)
            outcomes.append((leads, *others))
        return Row.beginning(here, row)

    def _after(self, sight: _Sight, after: int, local: int) -> int:
        """A local state with the rest of another."""
        state, values = self._locals.values[after]
        kept, changed = self._locals.values[local].values, list(values)
        for slot in sight.others:
            changed[slot] = kept[slot]
        return self._locals.number(LocalState(state, tuple(changed)))


def _picking(slots: Sequence[int]) -> Callable[[Sequence[Any]], Hashable]:
    """The values in these slots."""
    return itemgetter(*slots) if slots else lambda _: None
