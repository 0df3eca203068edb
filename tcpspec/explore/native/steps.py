"""What one instance can do, as kernels read it: outcomes and sends, packed into words."""

from collections.abc import Sequence
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from tcpspec.explore.columns import Column, Numbers, distinct
from tcpspec.explore.components import NEVER
from tcpspec.explore.local_steps import LocalSteps, Permitted
from tcpspec.explore.native.layout import (
    MUST_GO_ON,
    NOT_PERMITTED,
    OUTCOME_KIND,
    OUTCOME_SEND,
    OUTCOME_SENDS,
    PLAIN_CHANNEL,
    PLAIN_FACTS,
    PLAIN_FAILS,
    PLAIN_NEVER,
    PLAIN_PERMISSION,
    SEND_CHANNEL,
    SIMPLE,
    SIMPLE_CHANNEL,
    SIMPLE_KIND,
    SIMPLE_PACKET,
    STEP_ENABLED,
)
from tcpspec.explore.outcomes import Move, Outcomes
from tcpspec.explore.refused import Refusal, Refused

N = TypeVar("N", bound=np.generic)

Arrays: TypeAlias = tuple[NDArray[np.generic], ...]

ROWS = 1 << 10
"""For so many outcomes and sends there is room at first."""


class Steps:
    """What one instance can do: outcomes and sends, packed; and which outcomes were used.

    What an outcome has from its move is packed once for each move. Rows are added at the end and
    never change, but for where a local state stands in a word. With ``bounds``, no outcome is
    simple.
    """

    def __init__(
        self, local: LocalSteps, permitted: Permitted, outputs: Sequence[int | None], *,
        bounds: bool,
    ) -> None:  # fmt: skip
        self._local, self._permitted, self._outputs = local, permitted, outputs
        self._bounds, self._shift = bounds, 0
        self._outcomes, self._plain, self._sends = 0, 0, 0
        self._plain_moves = Column()
        self._simple_moves, self._rests = Column(), Column()
        """Of each move what ``simple`` has of it, and the second word of ``outcomes``."""
        self.outcomes = np.zeros((ROWS, 4), np.int64)
        self.sends = np.zeros(ROWS, np.int64)
        self.simple = np.zeros(ROWS, np.int64)
        self.plain = np.zeros((ROWS, 2), np.int64)
        self.used = np.zeros(ROWS, np.uint8)
        self.all_plain = True
        """Whether all that was found fits into the words of ``plain``."""

    @property
    def arrays(self) -> Arrays:
        """What kernels read: replaced by larger ones as more is added."""
        return self.plain, self.simple, self.outcomes, self.used, self.sends

    def add_plain(self) -> None:
        """Add what is new for the kernel for plain systems."""
        outcomes, first = self._local.outcomes, self._plain
        if first == len(outcomes):
            return
        moves = self._moves(len(self._plain_moves))
        self._plain_moves.add(np.array([self._plain_move(move) for move in moves], np.int64))
        last = len(outcomes)
        self.used, self.plain = _with_room(self.used, last), _with_room(self.plain, last)
        words = outcomes.numbers[first:]
        self.plain[first:last, 0] = _placed(outcomes.after(words), self._shift)
        self.plain[first:last, 1] = self._plain_moves.numbers[outcomes.move(words)]
        self._plain = last

    def _moves(self, first: int) -> list[Move]:
        """All moves from this one on."""
        return [Move._make(row) for row in self._local.moves.rows[first:]]

    def _plain_move(self, move: Move) -> int:
        """One word; 0, and not ``all_plain``, where it does not fit."""
        permission, send = self._permission(move), self._only_send(move)
        facts = STEP_ENABLED | (0 if move.kind == LocalSteps.CALL else MUST_GO_ON)
        word = facts << PLAIN_FACTS | (PLAIN_FAILS if move.fails else 0)
        if permission == NOT_PERMITTED:
            word, permission = word | PLAIN_NEVER, 0
        if send is None or permission >> PLAIN_FACTS - PLAIN_PERMISSION:
            self.all_plain = False
            return 0
        packet, channel = send
        return word | packet | channel << PLAIN_CHANNEL | permission << PLAIN_PERMISSION

    def add(self) -> None:
        """Add what is new for the kernel for all systems."""
        outcomes, first = self._local.outcomes, self._outcomes
        last = len(outcomes)
        if first == last:
            return
        self._add_sends()
        moves = self._moves(len(self._rests))
        self._simple_moves.add(np.array([self._simple_move(move) for move in moves], np.int64))
        self._rests.add(np.array([self._rest(move) for move in moves], np.int64))
        self.used = _with_room(self.used, last)
        self.simple, self.outcomes = _with_room(self.simple, last), _with_room(self.outcomes, last)
        words = outcomes.numbers[first:]
        after, move = outcomes.after(words), outcomes.move(words)
        simple, send = self._simple_moves.numbers[move], outcomes["first_send"][first:]
        easy = (simple != 0) & (after >> SIMPLE_PACKET == 0)
        self.simple[first:last] = np.where(easy, after | simple, 0)
        self.outcomes[first:last, 0] = after & (1 << OUTCOME_SEND) - 1 | send << OUTCOME_SEND
        self.outcomes[first:last, 1] = self._rests.numbers[move]
        self._outcomes = last

    def _add_sends(self) -> None:
        """The sends of all moves; ``first_send`` of a move is where its own begin."""
        sent, first = self._local.sent.rows, self._sends
        self.sends = _with_room(self.sends, len(sent))
        for number in range(first, len(sent)):
            output, packet = sent[number]
            channel = self._outputs[output]
            fitting(packet, SEND_CHANNEL, "a packet")
            self.sends[number] = packet | (-1 if channel is None else channel) << SEND_CHANNEL
        self._sends = len(sent)

    def _simple_move(self, move: Move) -> int:
        """All but where it leads; 0 if it needs or does anything else."""
        send = self._only_send(move)
        if send is None or self._permission(move) or self._bounds:
            return 0
        packet, channel = send
        word = packet << SIMPLE_PACKET | channel << SIMPLE_CHANNEL
        return word | move.kind << SIMPLE_KIND | 1 << SIMPLE

    def _rest(self, move: Move) -> int:
        """What it needs, how much it sends, and of which kind it is."""
        fitting(move.first_send, 31, "the number of a send")
        fitting(move.sends, OUTCOME_KIND - OUTCOME_SENDS, "sends")
        return self._permission(move) | move.sends << OUTCOME_SENDS | move.kind << OUTCOME_KIND

    def _permission(self, move: Move) -> int:
        """What a move needs; a reception needs nothing."""
        if move.kind == LocalSteps.RECEIPT:
            return 0
        permission = self._permitted.of(move.event)
        if permission == NEVER:
            return NOT_PERMITTED
        return fitting(permission, OUTCOME_SENDS, "a permission")

    def _only_send(self, move: Move) -> tuple[int, int] | None:
        """The packet that a move sends, counted from 1, and into which channel; twice 0 if none.
        None if that is not all, or leads nowhere, or does not fit.
        """
        if move.sends == 0:
            return 0, 0
        output, packet = self._local.sent.rows[move.first_send]
        channel = self._outputs[output]
        if move.sends > 1 or channel is None or channel >> SIMPLE_KIND - SIMPLE_CHANNEL:
            return None
        return None if packet + 1 >> PLAIN_CHANNEL else (packet + 1, channel)

    def placed(self, shift: int) -> Numbers:
        """What ``plain`` has of where outcomes lead, if local states stand there in a state."""
        words = self._local.outcomes.numbers[: self._plain]
        return _placed(Outcomes.after(words), shift)

    def place(self, shift: int, placed: Numbers) -> None:
        """Local states stand there from now on, in states of one word."""
        self._shift = shift
        self.plain[: self._plain, 0] = placed

    def lines(self) -> Numbers:
        """The written lines of the outcomes that were used, by their numbers in the machine."""
        return distinct(self._local.outcomes["line"][np.flatnonzero(self.used)])


def _placed(after: Numbers, shift: int) -> Numbers:
    return np.maximum(after, 0) << shift


def _with_room(array: NDArray[N], rows: int) -> NDArray[N]:
    """An array that begins with the same rows, if it has to be larger; new ones are 0."""
    if rows <= len(array):
        return array
    larger = np.zeros((max(rows, 2 * len(array)), *array.shape[1:]), array.dtype)
    larger[: len(array)] = array
    return larger


def fitting(number: int, bits: int, what: str) -> int:
    """A number that takes no more bits than there are."""
    if number >> bits:
        raise Refused(Refusal.BITS, bits=bits, what=what)
    return number
