"""Rows of local steps for many situations, of which few are worked out.

Situations are alike where the lines that may apply see the same: the variables that they read or
write, and the fields that they read, have the same values. The interpreter is asked about the first
of them. In the others the same steps are possible, and variables that no line touches keep what
they are. Where no line may apply, nobody is asked.
"""

from collections.abc import Callable, Hashable
from operator import itemgetter
from typing import Any

from tcpspec.explore.columns import Interned
from tcpspec.explore.components import NEVER
from tcpspec.explore.outcomes import Outcomes
from tcpspec.explore.rows import Row
from tcpspec.model.types import ValueT
from tcpspec.semantics.candidates import Candidates
from tcpspec.semantics.state import LocalState, Packet

_FIRST, _COUNT, _OUTCOMES = Row.FIRST, Row.COUNT, Row.OUTCOMES
_AFTER, _MOVE = Outcomes.AFTER, (1 << Outcomes.AFTER) - 1
"""Where a row has its outcomes, and how many; and an outcome its local state and its move: a call
for each would cost as much as all that is done with them.
"""


class _Looks(dict[int, int]):
    """Of each interned value a number that is the same for all that have the same in some slots."""

    def __init__(self, of: Interned[Any], slots: tuple[int, ...]) -> None:
        self._of, self._pick = of, itemgetter(*slots) if slots else _nothing
        self._different: Interned[Hashable] = Interned()

    def __missing__(self, value: int) -> int:
        seen = self._pick(self._of.values[value].values)
        number = self[value] = self._different.number(seen)
        return number


def _nothing(_values: tuple[ValueT, ...]) -> None:
    """The values in no slots."""


class _Views(dict[tuple[int, ...], _Looks]):
    """How local states, or packets, look in each set of slots that someone asks for."""

    def __init__(self, of: Interned[Any]) -> None:
        self._of = of

    def __missing__(self, slots: tuple[int, ...]) -> _Looks:
        looks = self[slots] = _Looks(self._of, slots)
        return looks


class _Sight:
    """What some lines see of local states and packets, what they leave alone, and what is known.

    If they ``see_all``, no two situations are alike, and nothing is kept of them.
    """

    __slots__ = ("asked", "carried", "others", "read", "rest", "rows", "see_all", "touched")

    def __init__(
        self, touched: _Looks, read: _Looks, rest: _Looks, others: tuple[int, ...], *,
        see_all: bool,
    ) -> None:  # fmt: skip
        self.touched, self.read, self.rest, self.others = touched, read, rest, others
        self.see_all = see_all
        self.asked: dict[tuple[int, int], tuple[int, int]] = {}
        """What the interpreter said, by what is seen; and what the rest was then."""
        self.rows: dict[tuple[int, int], int] = {}
        """The same with another rest."""
        self.carried: dict[tuple[int, int], int] = {}
        """Local states with another rest."""


class Alike:
    """The rows of one table: of local states, packets and counts.

    ``candidates(state, name, counts)`` are the lines that may apply to packets of a name, and
    ``ask(local state, packet, counts)`` has the interpreter work out a row.
    """

    def __init__(
        self, locals_: Interned[LocalState], packets: Interned[Packet],
        counts: Interned[tuple[int, ...]], outcomes: Outcomes, none: int,
        candidates: Callable[[str, str, tuple[int, ...]], Candidates],
        ask: Callable[[LocalState, Packet, tuple[int, ...]], int],
    ) -> None:  # fmt: skip
        """``none`` is the row where no line may apply."""
        self._locals, self._packets, self._counts = locals_, packets, counts
        self._outcomes, self._none = outcomes, none
        self._candidates, self._ask = candidates, ask
        self._sights: dict[tuple[str, str, int], _Sight | None] = {}
        """By a state, a packet's name, and counts; None where no line may apply."""
        self._of_locals, self._of_packets = _Views(locals_), _Views(packets)

    def __call__(self, local: int, packet: int, counts: int) -> int:
        at, arrived = self._locals.values[local], self._packets.values[packet]
        where = at.state, arrived.name, counts
        try:
            sight = self._sights[where]
        except KeyError:
            sight = self._sights[where] = self._sight(at, arrived, counts)
        if sight is None:
            return self._none
        if sight.see_all:
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
        candidates = self._candidates(at.state, arrived.name, self._counts.values[counts])
        if not candidates.lines:
            return None
        touched, read = candidates.variables, candidates.fields
        others = tuple(slot for slot in range(len(at.values)) if slot not in touched)
        return _Sight(
            self._of_locals[touched], self._of_packets[read], self._of_locals[others], others,
            see_all=not others and len(read) == len(arrived.values),
        )  # fmt: skip

    def _carried(self, sight: _Sight, row: int, local: int) -> int:
        """The row of a local state that looks the same, but for the rest."""
        words, rest = self._outcomes.words, sight.rest[local]
        first, here = row & _FIRST, len(words)
        for word in words[first : first + (row >> _COUNT & _OUTCOMES)]:
            after = leads = word >> _AFTER
            if after != NEVER:
                leads = sight.carried.get((after, rest), NEVER)
                if leads == NEVER:
                    leads = sight.carried[after, rest] = self._after(sight, after, local)
            words.append(Outcomes.word(leads, word & _MOVE))
        return Row.beginning(here, row)

    def _after(self, sight: _Sight, after: int, local: int) -> int:
        """A local state with the rest of another."""
        state, values = self._locals.values[after]
        kept, changed = self._locals.values[local].values, list(values)
        for slot in sight.others:
            changed[slot] = kept[slot]
        return self._locals.number(LocalState(state, tuple(changed)))
