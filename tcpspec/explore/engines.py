"""Which engine finds the states: the one place that chooses.

``auto`` starts at once, with the reference, which needs nothing. A model that turns out large is
handed over with all that is known of it: to the native engine, if it is installed and compiled, and
to the table engine otherwise, which hands over in its turn once the native one is compiled.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from importlib.util import find_spec
from typing import TypeAlias

from tcpspec.explore import reference
from tcpspec.explore.limits import Checkpoints, Task, free_addresses
from tcpspec.explore.listed import ListedSpace
from tcpspec.explore.refused import Refusal, Refused
from tcpspec.explore.space import Limit, StateSpace
from tcpspec.record import replace
from tcpspec.semantics.system import TransitionSystem


class Engine(StrEnum):
    """``auto`` takes the one that suits the model."""

    AUTO = "auto"
    REFERENCE = "reference"
    TABLE = "table"
    NATIVE = "native"


Explorer: TypeAlias = Callable[[Task], StateSpace]
"""Raises ``Refused``."""

HAND_OVER = 3000
"""From how many states on ``auto`` leaves the reference: so many it finds sooner than others are
imported."""

LOADED = 1000
"""The same, once the native engine is loaded, for an earlier system: then it only has to begin."""

NATIVE_SEARCH = "tcpspec.explore.native.search"

COMPILE = 50_000
"""From how many states on ``auto`` has the native engine compiled: in another process, meanwhile,
and for all that come later."""


def _auto(task: Task) -> StateSpace:
    most = min(HAND_OVER, LOADED) if NATIVE_SEARCH in sys.modules else HAND_OVER
    begun: StateSpace = reference.explore(task.transition_system, task.limits, task.observer, most)
    if not begun.begun or _settled(task, begun):
        return begun
    try:
        return _larger(task, begun)
    except KeyboardInterrupt:  # before another search went on
        begun.limit = Limit.INTERRUPTED
        return begun
    except MemoryError:  # there is none to go on
        begun.limit = Limit.MEMORY
        return begun
    except Refused:  # by all others
        return _reference(task)


def _settled(task: Task, begun: StateSpace) -> bool:
    checkpoints = Checkpoints(task.settled)
    return checkpoints.due(len(begun.states)) and checkpoints.settled(begun)


def _larger(task: Task, begun: StateSpace) -> StateSpace:
    """Go on with what is there."""
    if _compiled():
        return _native_or_table(task, begun)
    with _loading(TABLE_NEEDS):
        from tcpspec.explore import table

    found = _goes_on(task, begun, lambda rest, space: table.explore(rest, space, _pause))
    return _native_or_table(task, found) if found.begun else found


def _native_or_table(task: Task, begun: StateSpace) -> StateSpace:
    try:
        with _loading(NATIVE_NEEDS):
            from tcpspec.explore.native import search

        return _goes_on(task, begun, search.explore)
    except Refused:
        with _loading(TABLE_NEEDS):
            from tcpspec.explore import table

        return _goes_on(task, begun, table.explore)


def _goes_on(
    task: Task, begun: StateSpace, explore: Callable[[Task, StateSpace], StateSpace]
) -> StateSpace:
    """With the time that is left."""
    limits = task.limits
    if limits.timeout is not None:
        limits = replace(limits, timeout=max(0.0, limits.timeout - begun.seconds))
    found = explore(replace(task, limits=limits), begun)
    found.seconds += begun.seconds
    return found


def _pause(states: int) -> bool:
    """Whether the native engine can go on from so many states; has it compiled if need be."""
    return states >= COMPILE and _compiled(aside=True)


def is_installed() -> bool:
    """Whether the native engine is: ``pip install 'tcpspec[native]'``."""
    return all(find_spec(name) is not None for name in ("numba", "llvmlite"))


def _compiled(*, aside: bool = False) -> bool:
    """Whether the native engine can begin at once. It is compiled ``aside`` if need be."""
    if not is_installed():
        return False
    try:
        with _loading(NATIVE_NEEDS):
            from tcpspec.explore.native import code
    except Refused:
        return False
    if aside:
        code.compile_aside()
    return all(code.kept(kind) for kind in code.KINDS)


TABLE_NEEDS, NATIVE_NEEDS = 128 << 20, 256 << 20
"""Addresses that an engine's libraries take: without them, some end the process at once."""


@contextmanager
def _loading(needs: int) -> Iterator[None]:
    """An engine whose libraries cannot be loaded is refused: under a low ``ulimit -v``, say."""
    if min(free_addresses(), default=needs) < needs:
        raise Refused(Refusal.NOT_LOADED, why=f"that takes {needs >> 20} MiB of addresses")
    try:
        yield
    except (ImportError, OSError) as error:
        cause: BaseException = error
        while cause.__context__ is not None:
            cause = cause.__context__
        raise Refused(Refusal.NOT_LOADED, why=cause) from error


def _table(task: Task) -> StateSpace:
    def explore() -> StateSpace:
        with _loading(TABLE_NEEDS):
            from tcpspec.explore import table  # NumPy takes a tenth of a second

        return table.explore(task)

    return _begun(task, explore)


def _native(task: Task) -> StateSpace:
    if not is_installed():
        raise Refused(Refusal.NOT_INSTALLED)

    def explore() -> StateSpace:
        with _loading(NATIVE_NEEDS):
            from tcpspec.explore.native import search

        return search.explore(task)

    return _begun(task, explore)


def _begun(task: Task, explore: Callable[[], StateSpace]) -> StateSpace:
    """What is found, also if the search ends before it is begun."""
    try:
        return explore()
    except KeyboardInterrupt:
        return unexplored(task.transition_system, Limit.INTERRUPTED)
    except MemoryError:
        return unexplored(task.transition_system, Limit.MEMORY)


def _reference(task: Task) -> StateSpace:
    return reference.explore(task.transition_system, task.limits, task.observer)


ENGINES: dict[Engine, Explorer] = {
    Engine.AUTO: _auto,
    Engine.REFERENCE: _reference,
    Engine.TABLE: _table,
    Engine.NATIVE: _native,
}


def unexplored(transition_system: TransitionSystem, limit: Limit) -> StateSpace:
    """The space of a system whose search was not even begun."""
    return ListedSpace(transition_system, Engine.REFERENCE.value, limit=limit)
