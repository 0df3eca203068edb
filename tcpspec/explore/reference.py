"""The reference engine: breadth first, in plain Python, straight from the interpreter.

It is the definition of what the other engines find, so it is written to be obvious.
"""

import sys

from tcpspec.explore.limits import Limits, Observer, Watch, uncollected
from tcpspec.explore.listed import ListedSpace
from tcpspec.explore.space import Fact, Limit
from tcpspec.semantics.state import EndKind, GlobalState, StepKind, Successor
from tcpspec.semantics.system import TransitionSystem

LOOK_EVERY = 256
"""After how many states the limits are looked at."""

WIDE = 64
"""Of a layer with fewer states, other engines take longer than this one."""

PATIENCE = 100
"""So many times ``most`` states are enough to hand over in any case: they take much memory here."""

GROWS = 1.2
"""A layer of so many times as many states as the one before it, when a third of ``most`` are known:
then more than ``most`` are to be expected. With 3,000 it came true in all systems of the library;
it is a guess about time, and what is found does not depend on it.
"""


def explore(
    transition_system: TransitionSystem,
    limits: Limits | None = None,
    observer: Observer | None = None,
    most: int | None = None,
) -> ListedSpace:
    """All reachable states, or as many as the limits allow; never raises for a limit or Ctrl-C.

    With ``most``, it stops soon after there are more states than that, or when so many are to be
    expected, if many of them are still to be looked at: see ``StateSpace.begun``.
    """
    search = _Search(transition_system, limits or Limits(), observer, most)
    try:
        with uncollected():
            search.run()
    except KeyboardInterrupt:
        search.space.limit = Limit.INTERRUPTED
    except MemoryError:
        search.space.limit = Limit.MEMORY
    return search.finish()


class _Search:
    def __init__(
        self,
        transition_system: TransitionSystem,
        limits: Limits,
        observer: Observer | None,
        most: int | None,
    ) -> None:
        self._most = most
        self.space = ListedSpace(transition_system, "reference")
        self._numbers: dict[GlobalState, int] = {}
        self._depths = 0
        self._layer_end = 0
        self._before: tuple[int, dict[str, int]] = 0, {}
        """Where the present layer begins, and what bounds had cut before it."""
        self._limits = limits
        self._watch = Watch(limits, observer)

    def run(self) -> None:
        """Expand states in the order of their numbers; a limit leaves the rest unexpanded."""
        space = self.space
        for state in space.transition_system.initial_states():
            self._number(state, -1)
        self._layer_end = len(space.states)
        self._before = 0, dict(space.bounds)
        number = 0
        while number < len(space.states):
            if number == self._layer_end:
                before = self._layer_end - self._before[0]
                self._before = self._layer_end, dict(space.bounds)
                space.depth += 1
                self._layer_end = len(space.states)
                if self._foresees_many(before):
                    space.begun = True
                    return
            if (number % LOOK_EVERY == 0 or self._watch.is_late()) and self._stop(number):
                return
            self._expand(number)
            number += 1

    def _foresees_many(self, before: int) -> bool:
        """Whether a layer is so much wider than the one before it, which had so many states, that
        more than ``most`` are to be expected.
        """
        most, width = self._most, self._layer_end - self._before[0]
        return (
            most is not None
            and self.space.limit is None
            and 3 * self._layer_end >= most
            and width >= max(WIDE, GROWS * before)
        )

    def _stop(self, number: int) -> bool:
        space, known = self.space, len(self.space.states)
        reached = self._watch.look(known, len(space.targets), space.depth, known - number)
        space.limit = reached or space.limit  # a limit of states that was reached before stays
        if reached is None and self._most is not None and known > self._most:
            wide = self._layer_end - self._before[0] >= WIDE or known > PATIENCE * self._most
            space.begun = space.limit is None and wide
        return reached is not None or space.begun

    def _expand(self, number: int) -> None:
        space = self.space
        fact = Fact.EXPANDED
        for successor in space.transition_system.successors(space.states[number]):
            fact |= _ENABLED[successor.step.kind]
            if successor.state is None:
                fact |= self._ended(number, successor)
                continue
            target = self._number(successor.state, number)
            if target is None:
                fact |= Fact.CUT
                continue
            space.targets.append(target)
            if successor.step.local is not None:
                space.used.add(successor.step.local.transition)
        space.offsets.append(len(space.targets))
        space.facts[number] = fact  # last, so that an interrupt never leaves a state without edges

    def _number(self, state: GlobalState, parent: int) -> int | None:
        """The number of a state, a new one if it is new; None if the limit of states is reached."""
        number = self._numbers.get(state)
        if number is not None:
            return number
        space = self.space
        if self._limits.max_states is not None and len(space.states) >= self._limits.max_states:
            space.limit = Limit.STATES
            return None
        number = self._numbers[state] = len(space.states)
        space.states.append(state)
        space.parents.append(parent)
        space.facts.append(0)
        return number

    def _ended(self, number: int, successor: Successor) -> int:
        """Note how a run ends; only a cut leaves something unknown."""
        end = successor.end
        assert end is not None
        self.space.ends.setdefault(end.kind, (number, end))
        if end.kind is not EndKind.CUT:
            return 0
        self.space.bounds[end.message] = self.space.bounds.get(end.message, 0) + 1
        return Fact.CUT

    def finish(self) -> ListedSpace:
        """Drop what an interrupt left half done, and add the figures."""
        space = self.space
        if space.begun:
            self._back_to_layer()
        known = min(len(space.states), len(space.parents), len(space.facts))
        del space.states[known:], space.parents[known:], space.facts[known:]
        del space.targets[space.offsets[-1] :]
        space.transitions = len(space.targets)
        written = [f"bound {bound.text}" for bound in space.transition_system.system.bounds]
        space.bounds = {text: space.bounds[text] for text in written if text in space.bounds}
        space.seconds = self._watch.seconds
        if space.states:
            space.bytes_per_state = round(_store_size(space, self._numbers) / len(space.states), 1)
        return space

    def _back_to_layer(self) -> None:
        """Forget what was found since the present layer was begun."""
        space, (first, bounds) = self.space, self._before
        del space.states[self._layer_end :], space.offsets[first + 1 :]
        space.facts[first:] = bytes(self._layer_end - first)
        space.bounds = bounds
        space.ends = {kind: at for kind, at in space.ends.items() if at[0] < first}


_ENABLED = {
    kind: 0 if kind.is_fault
    else Fact.STEP_ENABLED if kind is StepKind.CALL
    else Fact.STEP_ENABLED | Fact.MUST_GO_ON
    for kind in StepKind
}  # fmt: skip
"""What an enabled step of each kind says of a state."""


def _store_size(space: ListedSpace, numbers: dict[GlobalState, int]) -> int:
    """Bytes of the containers and of one state's own tuples; what states share is not counted."""
    one = space.states[-1]
    tuples = sys.getsizeof(one) + sum(sys.getsizeof(part) for part in one)
    containers = (space.states, space.parents, space.facts, space.offsets, space.targets, numbers)
    return sum(map(sys.getsizeof, containers)) + tuples * len(space.states)
