"""Ctrl-C as a question that a search asks now and then, instead of an exception at any line."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any


class Interrupts:
    """While it is open, Ctrl-C only sets ``asked``; where someone else handles it, all stays so."""

    def __init__(self) -> None:
        self.asked = False
        self._before: Any = None

    def __enter__(self) -> "Interrupts":
        main = threading.current_thread() is threading.main_thread()
        if main and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            self._before = signal.signal(signal.SIGINT, self._ask)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Something that takes little time and must not be left half done: Ctrl-C counts behind it."""
    with Interrupts() as interrupts:
        yield
    if interrupts.asked:
        raise KeyboardInterrupt
