"""What a notebook shows: pictures of machines and runs, the report of a result, a simulation."""

import warnings
from collections.abc import Iterable

from tcpspec.check import Result, SystemResult
from tcpspec.display import Form
from tcpspec.escape import html_text
from tcpspec.explore.run import Run
from tcpspec.model.model import Machine
from tcpspec.simulation.simulation import Simulation
from tcpspec.views.draw import draw
from tcpspec.views.render import RenderingError
from tcpspec.views.reports.report import Line, Look, report, system_report
from tcpspec.views.runs.simulation import frame

_STYLES = {
    "ok": "color:#2e8b57",
    "bad": "color:#d32f2f;font-weight:bold",
    "open": "color:#b8860b",
    "strong": "font-weight:bold",
    "faint": "opacity:.65",
}
"""Colours that can be read on light and on dark ground."""


def show(value: object, form: Form) -> str | None:
    """A value as SVG or HTML; None, with a warning, if its picture cannot be drawn."""
    if form is Form.SVG and isinstance(value, Machine | Run):
        try:
            text = draw(value).decode()
        except RenderingError as error:
            warnings.warn(f"the picture is not shown: {error}", stacklevel=3)
            return None
        return text[text.index("<svg") :]  # a page has a head of its own
    match value:
        case Result():
            return in_html(report(value, Look()))
        case SystemResult():
            return in_html(system_report(value, Look()))
        case Simulation():
            return in_html(frame(value, Look(), rows=None, disabled=None))
    return None


def in_html(lines: Iterable[Line]) -> str:
    """Styled lines as they stand on a terminal.

    >>> in_html([(("FAIL", "bad"), ("  a < b", ""))])
    '<pre><span style="color:#d32f2f;font-weight:bold">FAIL</span>  a &lt; b</pre>'
    """
    text = "\n".join("".join(_piece(*piece) for piece in line).rstrip() for line in lines)
    return f"<pre>{text}</pre>"


def _piece(text: str, style: str) -> str:
    escaped = html_text(text)
    return f'<span style="{_STYLES[style]}">{escaped}</span>' if style and text else escaped
