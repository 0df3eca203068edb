"""All mutants of a specification, judged on all processors.

Each process judges mutants by their numbers, which are the same in all of them. What comes out does
not depend on how many there are, nor on which of them is first.
"""

import signal
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing import active_children, get_context
from typing import TypeAlias

from tcpspec.answers import Source
from tcpspec.explore.limits import Limits, default_max_memory, processors
from tcpspec.model.model import Specification
from tcpspec.mutation.answers import Answers, about_several, ask, checking_of, together
from tcpspec.mutation.judge import Judge, Options
from tcpspec.mutation.result import Explanations, Fate, Judged, Mutation
from tcpspec.record import replace

Observer: TypeAlias = Callable[[int, int], None]
"""Called with how many mutants are judged, and how many there are."""

NO_TIME = "the time was up"
NOT_ASKED = "it was interrupted"


def mutate(
    specification: Specification,
    systems: tuple[str, ...] = (),
    *,
    max_states: int | None = None,
    timeout: float | None = None,
    jobs: int | None = None,
    quick: bool = False,
    explained: Explanations | None = None,
    observer: Observer | None = None,
) -> Mutation:
    """Judge all mutants of the machines that these systems (all, if none is named) use.

    ``max_states`` is for each search, ``timeout`` in seconds for everything, ``jobs`` are processes
    (as many as there are processors).
    Raises ``SpecificationError`` for a system that there is not.
    """
    deadline = None if timeout is None else time.time() + timeout
    names = tuple(n for n in specification.systems if n in systems or not systems)
    base = _base(specification, systems, names, timeout)
    many = jobs or processors()
    options = Options(max_states, deadline, default_max_memory() // many, quick)
    judge = Judge(specification, names, base, options)
    fates: list[Judged | None] = [None] * len(judge.mutants)
    interrupted = base.interrupted
    if not (base.limits or interrupted):
        interrupted = _judge_all(judge, fates, many, observer or _unobserved)
    note = base.limits[0] if base.limits else NOT_ASKED if interrupted else NO_TIME
    judged = (
        fate or Judged(mutant, Fate.UNKNOWN, note=note)
        for mutant, fate in zip(judge.mutants, fates, strict=True)
    )
    return _explained(
        Mutation(
            specification, names, tuple(judged),
            tuple(q for q in base.told if q.source is not Source.ERROR), quick,
            interrupted=interrupted,
        ),
        explained or Explanations(),
    )  # fmt: skip


def _unobserved(_done: int, _all: int) -> None:
    """Nobody looks."""


def _base(
    specification: Specification, asked: tuple[str, ...], names: tuple[str, ...],
    timeout: float | None,
) -> Answers:  # fmt: skip
    """What the specification itself answers."""
    base = ask(checking_of(specification, Limits(timeout=timeout)), asked)
    if base.limits:
        return base
    several = about_several(specification, names)
    told = dict(base.told) | dict(together(check, base.seen) for check in several)
    return replace(base, told=told)


def _explained(mutation: Mutation, explained: Explanations) -> Mutation:
    """With the reasons why some may survive, and why some questions catch none."""
    reasons = explained.survivors
    judged = tuple(
        replace(one, fate=Fate.EXPLAINED, note=reasons[one.mutant.name])
        if one.fate is Fate.SURVIVED and one.mutant.name in reasons
        else one
        for one in mutation.judged
    )
    kept = {one.mutant.name for one in judged if one.fate in (Fate.EXPLAINED, Fate.UNKNOWN)}
    caught = {one.mutant.name for one in judged if one.fate is Fate.CAUGHT}
    idle = {one.full_title: one for one in mutation.idle}
    asked = {one.full_title for one in mutation.questions}
    everywhere = len(mutation.systems) == len(mutation.specification.systems)
    partial = _is_partial(mutation)
    return replace(
        mutation, judged=judged,
        reasons={idle[name]: reason for name, reason in explained.idle.items() if name in idle},
        stale=(
            *(
                name for name in reasons
                if (name not in kept if everywhere and not mutation.interrupted else name in caught)
            ),
            *(
                name for name in explained.idle
                if (not partial and name not in idle if name in asked else everywhere)
            ),
        ),
    )  # fmt: skip


def _is_partial(mutation: Mutation) -> bool:
    """Whether it is not known of all questions what they catch."""
    return mutation.quick or mutation.interrupted or bool(mutation.of(Fate.UNKNOWN))


# --- all of them ----------------------------------------------------------------------------------


def _judge_all(judge: Judge, fates: list[Judged | None], jobs: int, observer: Observer) -> bool:
    """Fill in the fates; whether Ctrl-C came before all were known."""
    alone = jobs == 1 or len(fates) < 2
    try:
        for done, (number, fate) in enumerate(
            _one_by_one(judge) if alone else _by_processes(judge, min(jobs, len(fates))), 1
        ):
            if fate is None:
                return True
            fates[number] = fate
            observer(done, len(fates))
    except KeyboardInterrupt:
        return True
    return False


def _one_by_one(judge: Judge) -> Iterator[tuple[int, Judged | None]]:
    for number in range(len(judge.mutants)):
        if judge.is_late:
            return
        yield number, judge.judge(number)


def _by_processes(judge: Judge, jobs: int) -> Iterator[tuple[int, Judged | None]]:
    with _pool(judge, jobs) as pool:
        with _uninterrupted():
            tasks: dict[Future[Judged | None], int] = {
                pool.submit(_judge_here, number): number for number in range(len(judge.mutants))
            }
        for task in as_completed(tasks):
            number, fate = tasks[task], task.result()
            if fate is not None:  # what crossed over is a copy
                fate = replace(fate, mutant=judge.mutants[number])
                yield number, fate


@contextmanager
def _pool(judge: Judge, jobs: int) -> Iterator[Executor]:
    """Processes that judge; they end with what is done here, whatever ends it."""
    before = set(active_children())
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), _begin, (judge,))
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for child in set(active_children()) - before:
            child.terminate()
        raise
    else:
        pool.shutdown()


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ctrl-C waits until the processes have started: half a start ends in complaints of theirs.

    They inherit that it is blocked, so that it is for this process alone.
    """
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_judges: list[Judge] = []
"""The one of a process that judges."""


def _begin(judge: Judge) -> None:
    """Ctrl-C is for the process that started this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _judges.append(judge)


def _judge_here(number: int) -> Judged | None:
    return None if _judges[0].is_late else _judges[0].judge(number)
