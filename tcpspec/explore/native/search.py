"""The search of the native engine: layer by layer, and each layer in rounds.

In a round, all threads expand states and put what they find into one table, until the layer is
done, an entry is missing, the table has to grow, or somebody's room is used up. Between two rounds
only one thread is at work: it has the interpreter fill what is missing, and makes room.
"""

import threading
from collections.abc import Callable, Iterable

import numpy as np

from tcpspec.explore.beginning import Beginning, beginning
from tcpspec.explore.columns import Numbers
from tcpspec.explore.interrupts import Interrupts
from tcpspec.explore.limits import Checkpoints, Task, Watch, uncollected
from tcpspec.explore.native import code
from tcpspec.explore.native.helpers import Helpers
from tcpspec.explore.native.layout import CROWDED, DONE, FULL, Shared
from tcpspec.explore.native.program import Program, Used
from tcpspec.explore.native.records import address
from tcpspec.explore.native.slots import SlotPacking, packing_of, repacked
from tcpspec.explore.native.space import NativeSpace, Ways
from tcpspec.explore.native.store import TooLarge, store_of
from tcpspec.explore.native.thread import STAGE, Piece, States, Thread
from tcpspec.explore.packing import Packing, Words
from tcpspec.explore.refused import Refusal, Refused
from tcpspec.explore.space import Fact, Limit, StateSpace

ROOM = 1 << 16
"""For so many new states each thread has room before they are taken from it."""

SLICE = 1 << 13
"""So many states are expanded at most between two looks at the clock."""

STEPS = 1 << 19
"""So many steps are made about then: some hundredths of a second."""

ALONE = 1 << 11
"""So few states are left to one thread."""

SLOW = 1.1
"""A layer that is not so many times as large as the one before shows that the largest is near: a
third of all states is known then in the benchmark. Where the guess is wrong, only time is lost.
"""

CROWD = 1 << 20
"""A state may have so many successors."""


def explore(task: Task, begun: StateSpace | None = None) -> NativeSpace:
    """All reachable states, or as many as the limits allow; never raises for a limit or Ctrl-C.

    With ``begun``, it goes on where another engine stopped. Raises ``Refused``, and ``MemoryError``
    where there is no memory to begin.
    """
    with Interrupts() as interrupts, uncollected():
        try:
            search = _Search(task, interrupts, beginning(task.transition_system, begun))
        except TooLarge:
            raise MemoryError from None
        search.run()
        return search.finish()


class _Work:
    """What is left to expand of a layer. Threads take pieces of it."""

    def __init__(self, states: int, size: int) -> None:
        self._next, self._states, self._size = 0, states, size
        self._pieces: list[Piece] = []
        self._lock = threading.Lock()

    def __bool__(self) -> bool:
        return bool(self._pieces) or self._next < self._states

    def take(self) -> Piece | None:
        with self._lock:
            if self._pieces:
                return self._pieces.pop()
            if self._next == self._states:
                return None
            first, self._next = self._next, min(self._next + self._size, self._states)
            return first, self._next, None

    def give(self, first: int, last: int, numbers: Numbers | None = None) -> None:
        """There is this to do as well."""
        if first < last:
            with self._lock:
                self._pieces.append((first, last, numbers))


class _Search:
    def __init__(self, task: Task, interrupts: Interrupts, start: Beginning) -> None:
        self._task, self._interrupts = task, interrupts
        self._watch = Watch(task.limits, task.observer)
        self._checkpoints = Checkpoints(task.settled, sum(len(c[0]) for c in start.layers))
        self._most = task.limits.max_states
        self._ended: Limit | None = None
        self._tables = start.tables
        self._layers: list[States] = []
        self._facts = list(start.facts)
        self._chunks: list[States] = []
        """Pieces of the next layer, as far as it is known."""
        self._known, self._lost = 0, False
        self._transitions, self._cuts = start.transitions, start.cuts
        self._many, self._stage = task.threads, STAGE
        self._threads: list[Thread] = []
        self._helpers = Helpers(max(1, task.threads - 1))
        self._open()
        self._program.set_used(start.used)
        for columns in start.layers:
            self._begin_with(self._packing.pack(columns))

    # --- the start ---

    def _begin_with(self, words: Words) -> None:
        """A layer that is known."""
        if self._most is not None and self._known + words.shape[1] > self._most:
            words, self._ended = words[:, : self._most - self._known], Limit.STATES
        states = np.ascontiguousarray(words.T)
        self._layers.append(states)
        self._store.add(states)
        self._known += len(states)

    def run(self) -> None:
        """Expand layer after layer; a limit leaves the rest unexpanded."""
        try:
            while self._ended is None and len(self._facts) < len(self._layers):
                if self._checkpoints.due(self._known) and self._checkpoints.settled(self.finish()):
                    self._ended = Limit.DECIDED
                else:
                    self._expand()
            if self._ended is Limit.STATES:
                self._connect()
        except (TooLarge, MemoryError):
            self._ended = Limit.MEMORY
        finally:
            self._helpers.end()
        del self._layers[len(self._facts) + 1 :]  # what no state leads to that is known as expanded

    def _open(self) -> None:
        self._packing = packing_of(self._tables.components)
        self._program = Program(self._tables, self._packing)
        self._shared = self._program.shared
        self._shared[Shared.THREADS] = self._many
        self._ready(())

    def _ready(self, known: Iterable[States]) -> None:
        """Code, table and threads for states of the present width."""
        words = self._packing.words
        self._code = code.load(words)
        self._store = store_of(self._code, self._shared, words, self._may, known)
        self._equip()

    def _equip(self) -> None:
        """Buffers for each thread; the old ones are empty."""
        self._transitions, self._cuts = self._totals()
        words, room = self._packing.words, max(ROOM, self._stage)
        self._threads = []
        self._threads = [Thread(self._program, words, room, self._stage) for _ in range(self._many)]

    # --- figures ---

    def _totals(self) -> tuple[int, Numbers]:
        """Transitions, and how many steps each bound cut."""
        n = len(self._cuts)
        return self._made(), sum((thread.cuts[:n] for thread in self._threads), self._cuts)

    def _made(self) -> int:
        """Transitions."""
        return self._transitions + sum(thread.transitions for thread in self._threads)

    @property
    def _size(self) -> int:
        """Bytes of all that is kept of states."""
        layers = sum(layer.nbytes for layer in self._layers)
        return self._store.nbytes + layers + sum(facts.nbytes for facts in self._facts)

    def _may(self, size: int) -> bool:
        return self._watch.may_take(size)

    # --- a layer ---

    def _expand(self) -> None:
        """All steps of the last layer."""
        facts = np.zeros(len(self._layers[-1]), np.uint8)
        self._facts.append(facts)
        self._shared[Shared.FACTS] = address(facts)
        before = *self._totals(), self._program.marks()
        each = self._made() // max(1, self._known - len(facts))
        work = _Work(len(facts), max(1, min(SLICE, STEPS // max(1, each))))
        try:
            self._program.catch_up()
            self._fit()
            while work and self._ended is None:
                self._round(work)
                self._look()
            if self._ended is Limit.STATES:
                chunks = self._chunks
                self._undo(before)
                self._chunks = chunks
            self._close()
        except (TooLarge, MemoryError):
            self._ended = Limit.MEMORY
            self._undo(before)

    def _close(self) -> None:
        """What is known of the next layer becomes one, in the order in which it was found."""
        if self._chunks:
            layer = _joined(self._chunks)
            if layer is not None:
                for thread in self._threads:
                    thread.settle()
            else:
                if not self._may(sum(states.nbytes for states in self._chunks)):
                    raise TooLarge
                layer = np.concatenate(self._chunks)
                for thread in self._threads:
                    thread.reuse()
            if self._most is not None:
                layer = layer[: self._most - self._known]
            self._layers.append(layer)
            self._known += len(layer)
        self._chunks = []

    def _connect(self) -> None:
        """Nothing new is taken in any more: steps between states that are known still count."""
        while len(self._facts) < len(self._layers) and self._ended is Limit.STATES:
            self._fit()
            ways = Ways(self._program, self._packing.words, self._stage)
            ways.look_for(self._layers)
            states = self._layers[len(self._facts)]
            facts, transitions = np.zeros(len(states), np.uint8), 0
            for source, target in ways.from_(states, facts):
                self._ended = self._stopped(self._known, len(states)) or Limit.STATES
                if not self._fits or self._ended is not Limit.STATES:
                    break
                facts[source[target < 0]] |= np.uint8(Fact.CUT)
                transitions += int(np.count_nonzero(target >= 0))
            else:
                self._facts.append(facts)
                self._transitions += transitions
                self._cuts = self._cuts + ways.cuts[: len(self._cuts)]

    def _undo(self, before: tuple[int, Numbers, list[Used]]) -> None:
        """As if the last layer had not been looked at."""
        del self._facts[len(self._layers) - 1 :]
        self._transitions, self._cuts = before[0], before[1]
        self._threads = []
        self._program.set_marks(before[2])
        self._chunks = []

    def _look(self) -> None:
        """The limits, between two slices."""
        if self._ended is not None:
            return
        new = sum(map(len, self._chunks))
        known = self._known + new
        if self._most is not None and known > self._most:
            self._ended = Limit.STATES
        else:
            self._ended = self._stopped(known, new + len(self._layers[-1]))

    def _stopped(self, known: int, frontier: int) -> Limit | None:
        """A limit of time or memory that was reached, or Ctrl-C."""
        if self._interrupts.asked:
            return Limit.INTERRUPTED
        return self._watch.look(known, self._made(), len(self._layers) - 1, frontier)

    # --- a round ---

    def _round(self, work: _Work) -> None:
        """Expand states, then make good what was missing."""
        while self._quota <= 0:
            self._store.grow(4 if self._slows else 8)
        self._shared[Shared.LAYER] = address(self._layers[-1])
        for thread in self._threads:
            thread.allow(self._quota)
        helpers = [] if len(self._layers[-1]) <= ALONE else self._threads[1:]
        others = [self._helpers.begin(self._work, thread, work) for thread in helpers]
        try:
            ends = [self._work(self._threads[0], work, self._look)]
        finally:
            for other in others:
                other.exception()  # waits: what they write into must not go before
        ends += [other.result() for other in others]
        if self._lost:
            raise TooLarge
        self._store.states = self._known + sum(map(len, self._chunks))
        self._fill(work)
        self._fit()
        if CROWDED in ends:
            self._widen()

    @property
    def _slows(self) -> bool:
        """Whether layers hardly grow any more: most states may soon be known."""
        return len(self._layers) > 1 and len(self._layers[-1]) < SLOW * len(self._layers[-2])

    @property
    def _quota(self) -> int:
        """How many states each thread may add: one batch more does no harm."""
        return self._store.free // self._many - self._stage

    def _work(self, thread: Thread, work: _Work, between: Callable[[], None] | None = None) -> int:
        """One thread's part; says how it ended."""
        shared = address(self._shared)
        plain = self._packing.words == 1 and self._program.is_plain
        expand = self._code.expand_plain if plain else self._code.expand
        while self._ended is None:
            piece = work.take()
            if piece is None:
                break
            first, last, numbers = piece
            thread.give(first, last, numbers)
            how = expand(shared, thread.at)
            self._keep(thread)
            if how != DONE:
                work.give(thread.first, last, numbers)
            if how not in (DONE, FULL):
                return how
            if between:
                between()
        return DONE

    def _keep(self, thread: Thread) -> None:
        """Take what a thread has found."""
        if thread.count:
            try:
                self._chunks.append(thread.keep_found())
            except MemoryError:
                self._ended, self._lost = Limit.MEMORY, True

    def _fill(self, work: _Work) -> None:
        """What was missing in the tables; the states that had to wait are to be done again."""
        waiting = [thread.take_pending() for thread in self._threads]
        requests = np.concatenate([thread.take_requests() for thread in self._threads])
        for pending in waiting:
            work.give(0, len(pending), pending)
        if len(requests):
            self._program.fill(requests)
        elif any(map(len, waiting)):
            self._program.forget_asked()

    def _widen(self) -> None:
        """More room for the successors of one state."""
        self._stage *= 4
        if self._stage > CROWD:
            raise Refused(Refusal.SUCCESSORS, most=CROWD)
        self._equip()

    @property
    def _fits(self) -> bool:
        """Whether all components still fit into their places."""
        return self._packing.fits([len(part) for part in self._tables.components.parts])

    def _fit(self) -> None:
        """Where a component has more values than there are bits for, pack all states anew."""
        if self._fits:
            return
        old, new = self._packing, packing_of(self._tables.components)
        if isinstance(old, SlotPacking) and not isinstance(new, SlotPacking):
            for states in [*self._layers, *self._chunks]:
                old.columns(states.T)  # contents get their numbers only when someone asks
            new = packing_of(self._tables.components)
        layers = [_moved(states, old, new) for states in self._layers]
        chunks = [_moved(states, old, new) for states in self._chunks]
        self._program.repack(new)
        self._packing, self._layers, self._chunks = new, layers, chunks  # together, or not at all
        self._program.refresh()
        self._ready([*layers, *chunks])

    # --- the end ---

    def finish(self) -> NativeSpace:
        """What was found."""
        transitions, cuts = self._totals()
        size = self._size
        facts = list(self._facts)
        facts += [np.zeros(len(one), np.uint8) for one in self._layers[len(facts) :]]
        space = NativeSpace(
            self._tables.components.transition_system, "native", tables=self._tables,
            packing=self._packing, layers=[states.T for states in self._layers], facts=facts,
            program=self._program, threads=self._many, stage=self._stage,
        )  # fmt: skip
        space.set_figures(transitions, cuts, self._program.used(), size)
        space.limit, space.seconds = self._ended, self._watch.seconds
        return space


def _joined(chunks: list[States]) -> States | None:
    """The same states as one array, if a thread has written them one behind the other."""
    if len(chunks) == 1:
        return chunks[0]
    whole, at = chunks[0].base, address(chunks[0])
    if whole is None:
        return None
    first = (at - address(whole)) // whole.strides[0]
    for states in chunks:
        if states.base is not whole or address(states) != at:
            return None
        at += states.nbytes
    return whole[first : first + sum(map(len, chunks))]


def _moved(states: States, old: Packing, new: Packing) -> States:
    return np.ascontiguousarray(repacked(states.T, old, new).T)
