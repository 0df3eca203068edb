"""All states of systems, for commands that ask no check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tcpspec.cli.terminal import Progress, give_up
from tcpspec.diagnostics import SpecificationError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tcpspec.check import Result
    from tcpspec.explore.limits import Limits
    from tcpspec.model.model import Check, Specification


def explored(
    specification: Specification,
    systems: Sequence[str],
    limits: Limits,
    checks: tuple[Check, ...] = (),
) -> Result:
    """What is found of the systems, where only these checks are asked: without any, all states,
    since no search ends early for having decided everything.
    """
    from tcpspec.check import check
    from tcpspec.record import replace

    progress = Progress()
    try:
        asked = replace(specification, checks=checks, scenarios=())
        return check(asked, systems, limits, progress.observer)
    except SpecificationError as error:
        give_up(error)
    finally:
        progress.close()
