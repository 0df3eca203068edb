"""Limits of a search, and how it tells how far it is."""

import gc
import mmap
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeAlias

from tcpspec.explore.space import Limit, StateSpace
from tcpspec.record import Record
from tcpspec.semantics.system import TransitionSystem


class Limits(Record):
    """How far a search may go. None is without a limit, but for memory: a share of what is free.

    Memory is that of the whole process, in bytes; time is in seconds.
    """

    max_states: int | None = None
    max_memory: int | None = None
    timeout: float | None = None


class Progress(Record):
    """How far a search is; ``frontier`` states are known but not yet looked at. When all are, and a
    claim takes long to be decided, ``deciding`` is its name.
    """

    states: int
    transitions: int
    depth: int
    frontier: int
    seconds: float
    memory: int
    deciding: str | None = None


Observer: TypeAlias = Callable[[Progress], None]


class Stopped(Exception):
    """Deciding something took longer than there was time for."""


Look: TypeAlias = Callable[[], None]
"""Called now and then by what takes long; raises ``Stopped``."""


def no_look() -> None:
    """There is no limit."""


Question: TypeAlias = Callable[[StateSpace], bool]
"""Something about a search, as far as it has come."""


class Task(Record):
    """What an engine is asked for. ``settled`` says whether nothing more needs to be found."""

    transition_system: TransitionSystem
    limits: Limits = Limits()
    observer: Observer | None = None
    threads: int = 1
    settled: Question | None = None


class Checkpoints:
    """When to ask whether all is settled: each time there are so many times as many states."""

    FIRST = 1000
    TIMES = 10

    def __init__(self, settled: Question | None, states: int = 0) -> None:
        """``states`` were known before."""
        self._settled = settled
        self._pass(states)

    def _pass(self, states: int) -> None:
        self._next = self.FIRST
        while self._next <= states:
            self._next *= self.TIMES

    def due(self, states: int) -> bool:
        return self._settled is not None and states >= self._next

    def settled(self, space: StateSpace) -> bool:
        """Whether it is, of a search that goes on otherwise."""
        assert self._settled is not None
        self._pass(len(space.states))
        before, space.limit = space.limit, Limit.DECIDED
        if self._settled(space):
            return True
        space.limit = before
        return False


@contextmanager
def uncollected() -> Iterator[None]:
    """Without looks for cycles: states have none, and looking costs a fifth of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):  # not everywhere
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def memory_in_use() -> int:
    """Bytes of memory that this process holds now."""
    return _own_memory()[1]


def _own_memory() -> tuple[int, int]:
    """Bytes of addresses and of memory that this process has."""
    with suppress(OSError):  # Linux says it at once; psutil takes long to import
        pages = Path("/proc/self/statm").read_text("utf-8").split()
        return int(pages[0]) * mmap.PAGESIZE, int(pages[1]) * mmap.PAGESIZE
    import psutil

    memory = psutil.Process().memory_info()
    return int(memory.vms), int(memory.rss)


def _free_memory() -> int:
    """Bytes that may be had without others losing theirs."""
    with suppress(OSError):
        for line in Path("/proc/meminfo").read_text("utf-8").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    import psutil

    return int(psutil.virtual_memory().available)


def default_max_memory() -> int:
    """Three quarters of what is free now, beside what the process holds; in a container, and under
    ``ulimit -v``, of what is free there.
    """
    free = min([_free_memory(), *_free_in_container(), *free_addresses()])
    return memory_in_use() + free * 3 // 4


_GROUPS = (
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
)
"""Where Linux says what a container may use and uses; of both versions."""


def _free_in_container() -> Iterator[int]:
    for limit, used in _GROUPS:
        with suppress(OSError, ValueError):  # none, or "max"
            yield max(0, int(Path(limit).read_text("utf-8")) - int(Path(used).read_text("utf-8")))


def free_addresses() -> Iterator[int]:
    """Bytes that ``ulimit -v`` leaves; nothing where there is no such limit."""
    try:
        import resource
    except ImportError:  # Windows
        return
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit != resource.RLIM_INFINITY:
        yield max(0, limit - _own_memory()[0])


class Watch:
    """Looks at clock and memory every now and then, and passes progress on."""

    EVERY = 0.1
    """Seconds between two looks."""
    LITTLE = 1 << 20
    """Bytes that nobody asks about."""

    def __init__(self, limits: Limits, observer: Observer | None) -> None:
        self._limits = limits
        self._observer = observer
        self._max_memory = limits.max_memory
        self._start = self._last = time.perf_counter()

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self._start

    def is_late(self) -> bool:
        """Whether the time is up."""
        timeout = self._limits.timeout
        return timeout is not None and time.perf_counter() - self._start >= timeout

    def may_take(self, size: int) -> bool:
        """Whether so many bytes more are within the limit of memory."""
        if size < self.LITTLE:
            return True
        return memory_in_use() + size <= self._most_memory()

    def _most_memory(self) -> int:
        if self._max_memory is None:
            self._max_memory = default_max_memory()
        return self._max_memory

    def look(self, states: int, transitions: int, depth: int, frontier: int) -> Limit | None:
        """The limit that was reached, if any. Cheap enough to be asked every few hundred states."""
        if self.is_late():
            return Limit.TIMEOUT
        now = time.perf_counter()
        if now - self._last < self.EVERY:
            return None
        self._last = now
        memory = memory_in_use()
        if self._observer:
            self._observer(
                Progress(states, transitions, depth, frontier, now - self._start, memory)
            )
        return Limit.MEMORY if memory > self._most_memory() else None
