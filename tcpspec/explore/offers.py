"""Which messages are offered, and where no rule is for them, in layers of packed states."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from tcpspec.explore.columns import Flags, Numbers
from tcpspec.explore.expansion import SLICE, Tables
from tcpspec.explore.packing import Packing, Words
from tcpspec.explore.rows import Row
from tcpspec.explore.space import Offer


def first_offers(
    tables: Tables, packing: Packing, layers: Sequence[Words]
) -> Iterator[tuple[Offer, int, Words]]:
    """Each offer without a rule, the first layer that makes it, and its states there."""
    known: set[Offer] = set()
    for layer, words in enumerate(layers):
        new: dict[Offer, list[Numbers]] = {}
        for first, offer, places in _offers(tables, packing, words, Row.unspecified):
            if offer not in known:
                new.setdefault(offer, []).append(first + places)
        for offer, pieces in new.items():
            yield offer, layer, words[:, np.unique(np.concatenate(pieces))]
        known |= new.keys()


def offers(tables: Tables, packing: Packing, layers: Sequence[Words]) -> set[Offer]:
    """All offers, with a rule or without."""
    return {offer for words in layers for _, offer, _ in _offers(tables, packing, words, _every)}


def _offers(
    tables: Tables, packing: Packing, words: Words, wanted: Callable[[Numbers], Flags]
) -> Iterator[tuple[int, Offer, Numbers]]:
    """Those of a layer whose rows are wanted, slice by slice: the first state of the slice, and the
    places in it.
    """
    for first in range(0, words.shape[1], SLICE):
        columns = packing.columns(words[:, first : first + SLICE])
        for channel in range(len(tables.system.channels)):
            for offer, places in _made(tables, columns, channel, wanted):
                yield first, offer, places


def _every(rows: Numbers) -> Flags:
    return np.ones(len(rows), np.bool_)


def _made(
    tables: Tables, columns: list[Numbers], channel: int, wanted: Callable[[Numbers], Flags]
) -> Iterator[tuple[Offer, Numbers]]:
    """Offers whose rows are wanted, and the states that make them; one may come several times."""
    components = tables.components
    receiver = tables.system.channels[channel].receiver
    for offered in tables.offers(columns, channel):
        chosen = wanted(offered.row)
        source, packet = offered.source[chosen], offered.packet[chosen]
        local = columns[receiver][source]
        kinds, kind = np.unique(local * len(components.packets) + packet, return_inverse=True)
        for number, both in enumerate(kinds.tolist()):
            at, what = divmod(both, len(components.packets))
            state = components.locals[receiver].values[at].state
            offer = Offer(receiver, state, components.packets.values[what].name)
            yield offer, source[kind == number]
