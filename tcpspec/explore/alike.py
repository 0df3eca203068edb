"""Rows of local steps for many situations, of which few are worked out.

Situations are alike where the lines that may apply see the same: the variables that they read or
write, and the fields that they read, have the same values. The interpreter is asked about the first
of them. In the others the same steps are possible, and variables that no line touches keep what
they are. Where no line may apply, nobody is asked.
"""

from collections.abc import Callable, Hashable, Sequence
from operator import itemgetter
from typing import Any, TypeAlias

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
    """What some lines see of local states and packets, and what they leave alone."""

    __slots__ = ("candidates", "carried", "others", "rest", "seen", "touched")

    def __init__(
        self, candidates: Candidates, touched: _Looks, rest: _Looks, others: tuple[int, ...]
    ) -> None:
        self.candidates = candidates
        self.touched, self.rest, self.others = touched, rest, others
        self.seen: dict[int, _Known] = {}
        """What is known, by what is seen of the packet."""
        self.carried: dict[tuple[int, int], int] = {}
        """Where outcomes lead, as in a word, by a local state and another rest."""


class _Known:
    """Rows of local states with packets of which the same is seen."""

    __slots__ = ("asked", "rows")

    def __init__(self) -> None:
        self.asked: dict[int, int] = {}
        """What the interpreter said, by what is seen of the local state."""
        self.rows: dict[tuple[int, int], int] = {}
        """The same by what is seen and the rest."""


_Case: TypeAlias = tuple[_Sight, _Known | None] | None
"""A packet and counts in one state. None where no line may apply; nothing is kept where the lines
see everything, since no two situations are alike then.
"""


class Alike:
    """The rows of one table: of local states, packets and counts, given as lists.

    ``candidates(state, name, counts)`` are the lines that may apply to packets of a name, and
    ``ask(lines, local state, packet, counts)`` has the interpreter work out a row.
    """

    def __init__(
        self, locals_: Interned[LocalState], packets: Interned[Packet],
        counts: Interned[tuple[int, ...]], outcomes: Outcomes, none: int,
        candidates: Callable[[str, str, tuple[int, ...]], Candidates],
        ask: Callable[[Candidates, LocalState, Packet, tuple[int, ...]], int],
    ) -> None:  # fmt: skip
        """``none`` is the row where no line may apply."""
        self._locals, self._packets, self._counts = locals_, packets, counts
        self._outcomes, self._none = outcomes, none
        self._candidates, self._ask = candidates, ask
        self._cases: dict[str, dict[tuple[int, int], _Case]] = {}
        """By a state; then by a packet and counts."""
        self._sights: dict[tuple[str, str, int], _Sight | None] = {}
        """By a state, a packet's name, and counts; None where no line may apply."""
        self._of_locals, self._of_packets = _Views(locals_), _Views(packets)

    def __call__(
        self, locals_: Sequence[int], packets: Sequence[int], counts: Sequence[int]
    ) -> list[int]:
        found: list[int] = []
        before, values = -1, self._locals.values
        cases: dict[tuple[int, int], _Case] = {}
        for local, packet, count in zip(locals_, packets, counts, strict=True):
            if local != before:  # they come in order
                before, at = local, values[local]
                cases = self._cases.setdefault(at.state, {})
            try:
                case = cases[packet, count]
            except KeyError:
                case = cases[packet, count] = self._case(at.state, packet, count)
            if case is None:
                found.append(self._none)
                continue
            sight, known = case
            if known is None:
                found.append(self._asked(sight, at, packet, count))
                continue
            key = seen, rest = sight.touched[local], sight.rest[local]
            row = known.rows.get(key)
            if row is None:
                row = known.asked.get(seen)
                if row is None:
                    row = known.asked[seen] = self._asked(sight, at, packet, count)
                else:
                    row = self._carried(sight, row, local, rest)
                known.rows[key] = row
            found.append(row)
        return found

    def _case(self, state: str, packet: int, count: int) -> _Case:
        arrived = self._packets.values[packet]
        where = state, arrived.name, count
        if where not in self._sights:
            self._sights[where] = self._sight(*where)
        sight = self._sights[where]
        if sight is None:
            return None
        read = sight.candidates.fields
        if not sight.others and len(read) == len(arrived.values):
            return sight, None
        return sight, sight.seen.setdefault(self._of_packets[read][packet], _Known())

    def _sight(self, state: str, name: str, count: int) -> _Sight | None:
        candidates = self._candidates(state, name, self._counts.values[count])
        if not candidates.lines:
            return None
        touched, slots = candidates.variables, range(len(self._locals.values[0].values))
        others = tuple(slot for slot in slots if slot not in touched)
        return _Sight(candidates, self._of_locals[touched], self._of_locals[others], others)

    def _asked(self, sight: _Sight, at: LocalState, packet: int, count: int) -> int:
        """A row that the interpreter works out."""
        arrived, counts = self._packets.values[packet], self._counts.values[count]
        return self._ask(sight.candidates, at, arrived, counts)

    def _carried(self, sight: _Sight, row: int, local: int, rest: int) -> int:
        """The row of a local state that looks the same, but for the rest."""
        words, carried = self._outcomes.words, sight.carried
        first, here = row & _FIRST, len(words)
        for word in words[first : first + (row >> _COUNT & _OUTCOMES)]:
            after = word >> _AFTER
            if after == NEVER:
                words.append(word)
                continue
            leads = carried.get((after, rest))
            if leads is None:
                leads = carried[after, rest] = Outcomes.word(self._after(sight, after, local), 0)
            words.append(leads | word & _MOVE)
        return Row.beginning(here, row)

    def _after(self, sight: _Sight, after: int, local: int) -> int:
        """A local state with the rest of another."""
        state, values = self._locals.values[after]
        kept, changed = self._locals.values[local].values, list(values)
        for slot in sight.others:
            changed[slot] = kept[slot]
        return self._locals.number(LocalState(state, tuple(changed)))
