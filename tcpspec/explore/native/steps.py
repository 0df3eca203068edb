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
        self._outcomes, self._plain, self._sends = 0, 0, 0
        self.outcomes = np.zeros((ROWS, 4), np.int64)
        self.sends = np.zeros(ROWS, np.int64)
        self.simple = np.zeros(ROWS, np.int64)
        self.plain = np.zeros((ROWS, 2), np.int64)
        self.used = np.zeros(ROWS, np.uint8)
        self.all_plain = True
        """Whether all that was found fits into the words of ``plain``."""

    def _new(self, first: int) -> "_Outcomes | None":
        """The outcomes from here on; None if there are none."""
        last, sent = len(self._local.outcomes), self._local.sent
        if first == last:
            return None
        self.used = _with_room(self.used, last)
        if self._sends < len(sent):
            new = slice(self._sends, len(sent))
            packets = checked(sent["packet"][new], SEND_CHANNEL, "a packet")
            channels = self._outputs[sent["output"][new]]
            self.sends = _with(self.sends, self._sends, packets | channels << SEND_CHANNEL)
            self._sends = len(sent)
        outcomes = self._local.outcomes
        columns = {name: outcomes[name][first:last] for name in outcomes.names}
        return _Outcomes(columns, self._permissions(columns), self.sends)

    def add_plain(self) -> None:
        """Add what is new for the kernel for plain systems."""
        new = self._new(self._plain)
        if new is None:
            return
        kind, after = new.columns["kind"], new.columns["after"]
        never = new.permissions == NOT_PERMITTED
        fits = new.fits & (never | (new.permissions >> PLAIN_FACTS - PLAIN_PERMISSION == 0))
        self.all_plain = self.all_plain and bool(fits.all())
        facts = STEP_ENABLED | np.where(kind == LocalSteps.CALL, 0, MUST_GO_ON)
        words = new.packet | new.channel << PLAIN_CHANNEL | facts << PLAIN_FACTS
        words |= np.where(never, PLAIN_NEVER, new.permissions << PLAIN_PERMISSION)
        words |= np.where(after < 0, PLAIN_FAILS, 0)
        rows = np.stack((self._placed(after), words), axis=1)
        self.plain = _with(self.plain, self._plain, rows)
        self._plain += len(rows)

    def add(self) -> None:
        """Add what is new for the kernel for all systems."""
        new = self._new(self._outcomes)
        if new is None:
            return
        after = new.columns["after"]
        simple = new.fits & (new.permissions == 0) & (after >> SIMPLE_PACKET == 0)
        words = after | new.packet << SIMPLE_PACKET | new.channel << SIMPLE_CHANNEL
        words |= new.columns["kind"] << SIMPLE_KIND | 1 << SIMPLE
        words[~simple | self._bounds] = 0
        self.simple = _with(self.simple, self._outcomes, words)
        packed = _packed(new.columns, new.permissions)
        self.outcomes = _with(self.outcomes, self._outcomes, packed)
        self._outcomes += len(words)

    def place(self, shift: int) -> None:
        """Where local states stand in states of one word from now on."""
        self._shift = shift
        after = self._local.outcomes["after"][: self._plain]
        self.plain[: self._plain, 0] = self._placed(after)

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


class _Outcomes:
    """Some outcomes as columns: what each needs, and its first send, if it has one.

    ``fits`` says of each whether that is all it sends, into an output that leads somewhere.
    """

    def __init__(self, columns: dict[str, Numbers], permissions: Numbers, sends: Numbers) -> None:
        self.columns, self.permissions = columns, permissions
        some = columns["sends"] > 0
        first = np.where(some, sends[columns["first_send"] * some], 0)
        self.packet = (first & (1 << SEND_CHANNEL) - 1) + some
        self.channel = (first >> SEND_CHANNEL) * some
        self.fits = (columns["sends"] <= 1) & (self.packet >> PLAIN_CHANNEL == 0)
        self.fits &= (self.channel >= 0) & (self.channel >> SIMPLE_KIND - SIMPLE_CHANNEL == 0)


def _with(array: NDArray[N], first: int, rows: NDArray[N]) -> NDArray[N]:
    """An array with these rows from here on: the same, or a larger one."""
    array = _with_room(array, first + len(rows))
    array[first : first + len(rows)] = rows
    return array


def _with_room(array: NDArray[N], rows: int) -> NDArray[N]:
    """An array that begins with the same rows, if it has to be larger; new ones are 0."""
    if rows <= len(array):
        return array
    larger = np.zeros((max(rows, 2 * len(array)), *array.shape[1:]), array.dtype)
    larger[: len(array)] = array
    return larger


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
