"""How wide text is in Helvetica, and on a terminal.

Graphviz measures ASCII with the same table but takes everything else for spaces, so boxes get their
width from here. The widths are those of Adobe's font metrics, in thousandths of the font size;
Arial, Arimo and Liberation Sans have the same.
"""

import unicodedata

_WIDTHS = {
    191: "'",
    222: "ijl",
    260: "|",
    278: " !,./:;I[\\]ft",
    333: "()-`r",
    334: "{}",
    355: '"',
    389: "*",
    469: "^",
    500: "Jcksvxyz",
    584: "+<=>~",
    611: "FTZ",
    667: "&ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    889: "%",
    944: "W",
    1015: "@",
}
_WIDTH = {character: width for width, characters in _WIDTHS.items() for character in characters}
_USUAL = 556  # figures, most small letters, and whatever is not in the table
_BOLD = 1.08


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Points that a line of text takes.

    >>> round(text_width("SYN", 10), 2)
    20.56
    """
    return sum(map(_character, text)) * size / 1000 * (_BOLD if bold else 1)


def _character(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    if unicodedata.east_asian_width(character) in "WF":
        return 1000
    return _WIDTH.get(character, _USUAL)


def cells(text: str) -> int:
    """Columns that a line of text takes on a terminal.

    >>> cells("naïve"), cells("日本")
    (5, 4)
    """
    return sum(
        0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF")
        for c in text
    )
