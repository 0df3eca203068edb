"""What one instance can do, as kernels read it: outcomes and sends, packed into words."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from tcpspec.explore.columns import Numbers, distinct
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
from tcpspec.explore.refused import Refusal, Refused

N = TypeVar("N", bound=np.generic)

ROWS = 1 << 10
"""For so many outcomes and sends there is room at first."""


class Steps:
    """What one instance can do: outcomes and sends, packed; and which outcomes were used.

    Rows are added at the end and never change, but for where a local state stands in a word. With
    ``bounds``, no outcome is simple.
    """

    def __init__(
        self, local: LocalSteps, permitted: Permitted, outputs: Sequence[int | None], *,
        bounds: bool,
    ) -> None:  # fmt: skip
        self._local, self._permitted, self._bounds = local, permitted, bounds
        self._outputs = np.array([-1 if c is None else c for c in outputs] or [-1], np.int64)
        self._shift = 0
        self._outcomes, self._sends = 0, 0
        self.outcomes = np.zeros((ROWS, 4), np.int64)
        self.sends = np.zeros(ROWS, np.int64)
        self.simple = np.zeros(ROWS, np.int64)
        self.plain = np.zeros((ROWS, 2), np.int64)
        self.used = np.zeros(ROWS, np.uint8)
        self.all_plain = True
        """Whether all that was found fits into the words of ``plain``."""
        self.refresh()

    def refresh(self) -> None:
        """Add what is new."""
        outcomes, sent = self._local.outcomes, self._local.sent
        first, last = self._sends, len(sent)
        if first < last:
            packets = checked(sent["packet"][first:last], SEND_CHANNEL, "a packet")
            channels = self._outputs[sent["output"][first:last]]
            self.sends = _with(self.sends, first, packets | channels << SEND_CHANNEL)
            self._sends = last
        first, last = self._outcomes, len(outcomes)
        if first < last:
            columns = {name: outcomes[name][first:last] for name in outcomes.names}
            permissions = self._permissions(columns)
            self.outcomes = _with(self.outcomes, first, _packed(columns, permissions))
            sends = columns["sends"] > 0
            sent_first = np.where(sends, self.sends[columns["first_send"] * sends], 0)
            packet = (sent_first & (1 << SEND_CHANNEL) - 1) + sends
            channel = (sent_first >> SEND_CHANNEL) * sends
            fits = (columns["sends"] <= 1) & (packet >> PLAIN_CHANNEL == 0)
            fits &= (channel >= 0) & (channel >> SIMPLE_KIND - SIMPLE_CHANNEL == 0)
            kind = columns["kind"]
            after = columns["after"]
            simple = fits & (permissions == 0) & (after >> SIMPLE_PACKET == 0)
            words = after | packet << SIMPLE_PACKET | channel << SIMPLE_CHANNEL
            words |= kind << SIMPLE_KIND | 1 << SIMPLE
            words[~simple | self._bounds] = 0
            self.simple = _with(self.simple, first, words)
            never = permissions == NOT_PERMITTED
            fits &= never | (permissions >> PLAIN_FACTS - PLAIN_PERMISSION == 0)
            self.all_plain = self.all_plain and bool(fits.all())
            facts = STEP_ENABLED | np.where(kind == LocalSteps.CALL, 0, MUST_GO_ON)
            words = packet | channel << PLAIN_CHANNEL | facts << PLAIN_FACTS
            words |= np.where(never, PLAIN_NEVER, permissions << PLAIN_PERMISSION)
            words |= np.where(after < 0, PLAIN_FAILS, 0)
            self.plain = _with(self.plain, first, np.stack((self._placed(after), words), axis=1))
            self.used = _with(self.used, first, np.zeros(last - first, np.uint8))
            self._outcomes = last

    def place(self, shift: int) -> None:
        """Where local states stand in states of one word from now on."""
        self._shift = shift
        after = self._local.outcomes["after"][: self._outcomes]
        self.plain[: self._outcomes, 0] = self._placed(after)

    def _placed(self, after: Numbers) -> Numbers:
        return np.maximum(after, 0) << self._shift

    def _permissions(self, columns: dict[str, Numbers]) -> Numbers:
        """What each outcome needs; a reception needs nothing."""
        events = self._permitted(np.arange(len(self._local.events)))
        found = np.zeros(len(columns["kind"]), np.int64)
        alone = columns["kind"] != LocalSteps.RECEIPT
        found[alone] = events[columns["event"][alone]]
        found[found < 0] = NOT_PERMITTED
        return checked(found, OUTCOME_SENDS, "a permission")

    def lines(self) -> Numbers:
        """The written lines of the outcomes that were used, by their numbers in the machine."""
        return distinct(self._local.outcomes["line"][np.flatnonzero(self.used)])


def _with(array: NDArray[N], first: int, rows: NDArray[N]) -> NDArray[N]:
    """An array with these rows from here on: the same, or a larger one."""
    last = first + len(rows)
    if last > len(array):
        larger = np.zeros((max(last, 2 * len(array)), *array.shape[1:]), array.dtype)
        larger[:first] = array[:first]
        array = larger
    array[first:last] = rows
    return array


def _packed(columns: dict[str, Numbers], permissions: Numbers) -> Numbers:
    """Outcomes in four words each, of which the last two are free."""
    packed = np.zeros((len(permissions), 4), np.int64)
    packed[:, 0] = (
        checked(columns["after"], 31, "a local state") & (1 << OUTCOME_SEND) - 1
        | checked(columns["first_send"], 31, "the number of a send") << OUTCOME_SEND
    )
    packed[:, 1] = (
        permissions
        | checked(columns["sends"], OUTCOME_KIND - OUTCOME_SENDS, "sends") << OUTCOME_SENDS
        | columns["kind"] << OUTCOME_KIND
    )
    return packed


def checked(numbers: Numbers, bits: int, what: str) -> Numbers:
    """The numbers, none of which takes more bits than there are."""
    if len(numbers) and int(numbers.max()) >= 1 << bits:
        raise Refused(Refusal.BITS, bits=bits, what=what)
    return numbers
