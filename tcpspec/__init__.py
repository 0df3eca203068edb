"""tcpspec: connection state machines as RFC 9293 words them, checked exhaustively and drawn.

>>> import tcpspec
>>> result = tcpspec.check(tcpspec.load("tcpspec:figure5.fsm"))
>>> [str(verdict.status) for verdict in result.systems[0].verdicts][:2]
['violated', 'violated']
"""

from typing import TYPE_CHECKING, Any

from tcpspec.check import check, load
from tcpspec.display import Form, show_with
from tcpspec.version import VERSION

if TYPE_CHECKING:
    from tcpspec.simulation.simulation import simulate
    from tcpspec.views.draw import draw

__all__ = ["check", "draw", "load", "simulate"]
__version__ = VERSION


def __getattr__(name: str) -> Any:
    """``draw`` and ``simulate`` are imported when they are asked for: a check does without."""
    if name == "draw":
        from tcpspec.views.draw import draw

        return draw
    if name == "simulate":
        from tcpspec.simulation.simulation import simulate

        return simulate
    raise AttributeError(f"module 'tcpspec' has no attribute {name!r}")


def _show(value: object, form: Form) -> str | None:
    """How notebooks show what the library gives; the views are imported when they do."""
    from tcpspec.views.notebook import show

    return show(value, form)


show_with(_show)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
