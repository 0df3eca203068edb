"""What notebooks show of machines, runs, results and simulations.

They stand on floors below the views that draw them, so they do not know how they look: they ask the
``shower``, which the package sets when it is imported. Notebooks call ``_repr_svg_`` and
``_repr_html_``, and show the plain text where these return None.
"""

from collections.abc import Callable
from enum import Enum
from typing import TypeAlias


class Form(Enum):
    """What is asked for."""

    SVG = "svg"
    HTML = "html"


Shower: TypeAlias = Callable[[object, Form], str | None]
"""Makes the text of a picture or a piece of a page; None if that cannot be made."""

_showers: list[Shower] = []


def show_with(shower: Shower) -> None:
    """Set how everything looks, in the place of what was set before."""
    _showers[:] = [shower]


def _shown(value: object, form: Form) -> str | None:
    return _showers[-1](value, form) if _showers else None


class Drawn:
    """What is shown as a picture."""

    __slots__ = ()

    def _repr_svg_(self) -> str | None:
        return _shown(self, Form.SVG)


class Written:
    """What is shown as a piece of a page."""

    __slots__ = ()

    def _repr_html_(self) -> str | None:
        return _shown(self, Form.HTML)
