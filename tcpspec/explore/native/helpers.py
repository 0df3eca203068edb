"""Threads beside the one that searches."""

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

T = TypeVar("T")
R = TypeVar("R")


class Helpers:
    """So many threads, begun when there is work for them: what they are made of takes as long to
    import as a small search takes.
    """

    def __init__(self, many: int) -> None:
        self._many = many

    @cached_property
    def _pool(self) -> "ThreadPoolExecutor":
        from concurrent.futures import ThreadPoolExecutor

        return ThreadPoolExecutor(self._many)

    def begin(self, work: Callable[..., R], *arguments: object) -> "Future[R]":
        """Have one of them do this."""
        return self._pool.submit(work, *arguments)

    def map(self, work: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        """Have them do this for each of some items."""
        return self._pool.map(work, items)

    def end(self) -> None:
        """When all have done what they were told to."""
        if "_pool" in vars(self):
            self._pool.shutdown()
