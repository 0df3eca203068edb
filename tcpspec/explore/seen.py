"""The states that were found: layer by layer, each layer ordered by keys; and which are known.

What is known is kept a second time, in a few ordered runs that are merged when the last is no
longer much smaller than the one before: a new layer is looked up in each run, by halving.

All of it is one value that never changes, so that an interrupt leaves nothing half done.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tcpspec.explore.beginning import Beginning
from tcpspec.explore.columns import Flags
from tcpspec.explore.packing import Collision, Keys, Packing, Words


@dataclass(frozen=True, slots=True)
class Ordered:
    """Different states in the order of their keys."""

    words: Words
    keys: Keys

    def __len__(self) -> int:
        return len(self.keys)


@dataclass(frozen=True, slots=True)
class Slice:
    """What the steps of some states of a layer lead to, and what is known of these states.

    ``cuts`` has the number of steps that each bound cut, ``used`` a flag for each written line.
    """

    words: Words
    facts: NDArray[np.uint8]
    transitions: int
    cuts: NDArray[np.int64]
    used: Flags


@dataclass(frozen=True, slots=True)
class Seen:
    """Layers of states, the facts of all layers that were expanded, and slices of the next one."""

    packing: Packing
    layers: tuple[Words, ...]
    runs: tuple[Ordered, ...]
    facts: tuple[NDArray[np.uint8], ...]
    transitions: int
    cuts: NDArray[np.int64]
    used: Flags
    slices: tuple[Slice, ...] = ()
    size: int = 0
    """How many states are in the layers."""
    done: int = 0
    """How many of them are in layers with facts."""

    @classmethod
    def of(cls, begun: Beginning) -> "Seen":
        """What a search begins with."""
        packing = Packing([len(part) for part in begun.tables.components.parts])
        seen = cls(packing, (), (), (), begun.transitions, begun.cuts, begun.used)
        for number, columns in enumerate(begun.layers):
            words = packing.pack(columns)
            order = packing.order(words)
            seen = seen.with_layer(words[:, order])
            if number < len(begun.facts):
                facts = (*seen.facts, begun.facts[number][order])
                seen = replace(seen, facts=facts, done=seen.size)
        return seen

    def __len__(self) -> int:
        return self.size

    @property
    def expanded(self) -> int:
        """How many states of the present layer were expanded."""
        return sum(len(one.facts) for one in self.slices)

    @property
    def bytes(self) -> int:
        """What the arrays take."""
        runs = sum(run.keys.nbytes + run.words.nbytes * (len(run.words) > 1) for run in self.runs)
        layers = sum(layer.nbytes for layer in self.layers)
        return runs + layers + sum(facts.nbytes for facts in self.facts)

    # --- what is known ---

    def known(self, words: Words) -> Flags:
        """Which of these states are known."""
        flags = np.zeros(words.shape[1], np.bool_)
        for run in self.runs:
            flags |= self.packing.find(words, run.words, run.keys)[1]
        return flags

    def fresh(self, words: Words) -> Words:
        """Those that are not known, each once, in order."""
        found = self.packing.unique(words)
        for run in self.runs:
            found = found[:, ~self.packing.find(found, run.words, run.keys, new=True)[1]]
        return found

    # --- what comes next; each gives a new value ---

    def with_slice(self, one: Slice) -> "Seen":
        return replace(self, slices=(*self.slices, one))

    def without_slices(self) -> "Seen":
        return replace(self, slices=())

    def found_next(self) -> Words:
        """The new states that the slices lead to."""
        if len(self.slices) == 1:
            return self.slices[0].words
        return self.packing.unique(np.concatenate([one.words for one in self.slices], axis=1))

    def with_layer(self, fresh: Words) -> "Seen":
        """With these new states, in order; none is known."""
        if not fresh.shape[1]:
            return self
        runs = _merged((*self.runs, Ordered(fresh, self.packing.keys(fresh))))
        size = self.size + fresh.shape[1]
        return replace(self, layers=(*self.layers, fresh), runs=runs, size=size)

    def closed(self) -> "Seen":
        """The present layer as far as its slices go; the rest of it is not expanded."""
        facts = np.zeros(self.layers[len(self.facts)].shape[1], np.uint8)
        facts[: self.expanded] = np.concatenate([one.facts for one in self.slices])
        return replace(
            self,
            facts=(*self.facts, facts),
            done=self.done + len(facts),
            transitions=self.transitions + sum(one.transitions for one in self.slices),
            cuts=self.cuts + sum(one.cuts for one in self.slices),
            used=np.logical_or.reduce([self.used, *(one.used for one in self.slices)]),
            slices=(),
        )

    def repacked(self, sizes: list[int], *, collision: bool = False) -> "Seen":
        """In a packing for components of these sizes; the slices must be made again."""
        seed = self.packing.seed + collision
        while True:
            try:
                return self._moved(Packing(sizes, seed))
            except Collision:
                seed += 1

    def _moved(self, packing: Packing) -> "Seen":
        layers: list[Words] = []
        facts: list[NDArray[np.uint8]] = []
        runs: tuple[Ordered, ...] = ()
        for number, layer in enumerate(self.layers):
            words = packing.pack(self.packing.columns(layer))
            order = packing.order(words)
            layers.append(words[:, order])
            if number < len(self.facts):
                facts.append(self.facts[number][order])
            runs = _merged((*runs, Ordered(layers[-1], packing.keys(layers[-1]))))
        if layers:
            packing.order(np.concatenate(layers, axis=1))  # no two have the same key
        return replace(
            self, packing=packing, layers=tuple(layers), runs=runs, facts=tuple(facts), slices=()
        )


def _merged(runs: tuple[Ordered, ...]) -> tuple[Ordered, ...]:
    """The last runs as one, until each is at least twice as long as the next."""
    while len(runs) > 1 and len(runs[-2]) < 2 * len(runs[-1]):
        runs = (*runs[:-2], _merge(*runs[-2:]))
    return runs


def _merge(one: Ordered, other: Ordered) -> Ordered:
    keys = np.concatenate((one.keys, other.keys))
    if len(one.words) == 1:  # the words are the keys
        keys.sort(kind="stable")  # which finds the two ordered runs
        return Ordered(keys[np.newaxis], keys)
    order = np.argsort(keys, kind="stable")
    return Ordered(np.concatenate((one.words, other.words), axis=1)[:, order], keys[order])
