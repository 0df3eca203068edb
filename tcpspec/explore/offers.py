"""Which messages are offered where no rule is for them, in layers of packed states."""

from collections.abc import Iterator, Sequence

import numpy as np

from tcpspec.explore.columns import Numbers
from tcpspec.explore.expansion import SLICE, Tables
from tcpspec.explore.local_steps import Row
from tcpspec.explore.packing import Packing, Words
from tcpspec.explore.space import Offer


def first_offers(
    tables: Tables, packing: Packing, layers: Sequence[Words], channel: int
) -> Iterator[tuple[Offer, int, Words]]:
    """Each offer of a channel without a rule, the first layer that makes it, its states there."""
    known: set[Offer] = set()
    for layer, words in enumerate(layers):
        new: dict[Offer, list[Numbers]] = {}
        for first in range(0, words.shape[1], SLICE):
            columns = packing.columns(words[:, first : first + SLICE])
            for offer, places in _unspecified(tables, columns, channel):
                if offer not in known:
                    new.setdefault(offer, []).append(first + places)
        for offer, pieces in new.items():
            yield offer, layer, words[:, np.unique(np.concatenate(pieces))]
        known |= new.keys()


def _unspecified(
    tables: Tables, columns: list[Numbers], channel: int
) -> Iterator[tuple[Offer, Numbers]]:
    """Offers without a rule, and the states that make them; one offer may come several times."""
    components = tables.components
    receiver = tables.system.channels[channel].receiver
    contents = columns[components.of_channel(channel)]
    for offers in tables.offers(columns, channel):
        source = offers.source[Row.unspecified(offers.row)]
        packet = components.contents[channel].offered(contents[source], offers.place)
        local = columns[receiver][source]
        kinds, kind = np.unique(local * len(components.packets) + packet, return_inverse=True)
        for number, both in enumerate(kinds.tolist()):
            at, what = divmod(both, len(components.packets))
            state = components.locals[receiver].values[at].state
            offer = Offer(receiver, state, components.packets.values[what].name)
            yield offer, source[kind == number]
