"""Labels of Graphviz that are tables: the parts that all diagrams of boxes and arrows share.

Every text goes through ``dot_html`` here, and every row is wide enough even where Graphviz does not
know its letters. Sizes are in points.
"""

from collections.abc import Iterable, Sequence

from tcpspec.escape import dot_html
from tcpspec.views.measure import text_width

RULE = "<HR/>"
"""A line across a table, between two rows."""

_GAP = '<TD WIDTH="5"></TD>'


def row(
    texts: Sequence[str], size: int, colour: str, *,
    left: bool = False, hang: bool = False, bold: bool = False,
) -> str:  # fmt: skip
    """A row of one or more lines; with ``hang``, all but the first are indented."""
    side = ' ALIGN="LEFT"' if left else ""
    indent = f'<FONT POINT-SIZE="{size}">&#160;&#160;</FONT>' if hang else ""
    first, *others = [f"{_font(text, size, colour, bold=bold)}<BR{side}/>" for text in texts]
    inner = "".join([first, *(indent + other for other in others)])
    return f'<TR><TD{side} BALIGN="LEFT" WIDTH="{_width(texts, size, bold)}">{inner}</TD></TR>'


def columns(texts: Sequence[str], size: int, colour: str, *, bold: bool = False) -> str:
    """A row of cells with rules between them."""
    cells = [
        f'<TD WIDTH="{_width([text], size, bold)}">{_font(text, size, colour, bold=bold)}</TD>'
        for text in texts
    ]
    return f"<TR>{'<VR/>'.join(cells)}</TR>"


def _font(text: str, size: int, colour: str, *, bold: bool = False) -> str:
    shown = dot_html(text) if text.strip() else "&#160;"  # Graphviz takes no empty piece
    inner = f"<B>{shown}</B>" if bold else shown
    return f'<FONT POINT-SIZE="{size}" COLOR="{colour}">{inner}</FONT>'


def _width(texts: Sequence[str], size: int, bold: bool) -> int:
    return round(max(text_width(text, size, bold=bold) for text in texts)) + 4


def space(height: int) -> str:
    """An empty row."""
    return f'<TR><TD HEIGHT="{height}"></TD></TR>'


def nested(label: str) -> str:
    """A row that holds a whole table."""
    return f"<TR><TD>{label[1:-1]}</TD></TR>"


def table(rows: Iterable[str], rule: str, *, padding: int) -> str:
    """A label. ``rule`` is the colour of its rules; every cell has so much ``padding``."""
    start = '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0"'
    return f'<{start} CELLPADDING="{padding}" COLOR="{rule}">{"".join(rows)}</TABLE>>'


def beside(label: str, rule: str) -> str:
    """A label with some room between it and the arrows on both sides of it."""
    return table([f"<TR>{_GAP}<TD>{label[1:-1]}</TD>{_GAP}</TR>"], rule, padding=0)
