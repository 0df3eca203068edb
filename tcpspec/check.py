"""Question in, answer out: a specification, what to look at and how far, to verdicts.

What that takes is imported when it is asked for: ``import tcpspec`` costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tcpspec.result import Failure, Result, SystemResult

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tcpspec.checking import Observer
    from tcpspec.explore.engines import Engine
    from tcpspec.explore.limits import Limits
    from tcpspec.model.model import Specification
    from tcpspec.model.types import ValueT

__all__ = ["Failure", "Result", "SystemResult", "check", "load"]


def load(name: str, constants: Mapping[str, ValueT] | None = None) -> Specification:
    """Read a specification; ``constants`` override those of the file.

    Raises ``SpecificationError`` with all that is wrong.
    """
    from tcpspec.checking import load_specification

    return load_specification(name, constants or {})


def check(
    specification: Specification,
    systems: Iterable[str] = (),
    limits: Limits | None = None,
    observer: Observer | None = None,
    engine: Engine | str = "auto",
    threads: int | None = None,
) -> Result:
    """Explore the systems (all, if none is named) and decide every check about them.

    ``threads`` are for the native engine: as many as there are processors, if nothing is said.
    Raises ``SpecificationError`` also for a model that the engine does not take.
    """
    from tcpspec.checking import Checking
    from tcpspec.explore.engines import Engine
    from tcpspec.explore.limits import Limits, processors

    many = threads or processors()
    checking = Checking(specification, limits or Limits(), observer, Engine(engine), many)
    return checking.run(tuple(systems))
