"""SVG as RFCs may have it: SVG 1.2 Tiny, cut down by RFC 7996 and checked by ``svgcheck``.

There are no document types, no units, no names of fonts, and no colours but black and white.
"""

import re

_CUTS = (
    (re.compile(r"<!DOCTYPE[^>]*>\s*"), ""),
    (re.compile(r"<!--.*?-->\s*", re.DOTALL), ""),
    (re.compile(r' xmlns:xlink="[^"]*"'), ""),
    (re.compile(r' xml:space="[^"]*"'), ""),
    (re.compile(r' (?:fill|stroke)-opacity="[^"]*"'), ""),
    (re.compile(r'(?<=<g) id="\w+" class="\w+"'), ""),  # the same in all pictures of a document
    (re.compile(r' stroke="(?:none|transparent)"'), ""),  # which xml2rfc does not take
    (re.compile(r'="transparent"'), '="none"'),
    (re.compile(r'font-family="[^"]*"'), 'font-family="sans-serif"'),
    (re.compile(r'(<svg [^>]*?)width="([\d.]+)pt" height="([\d.]+)pt"'),
     r'\1version="1.2" baseProfile="tiny" width="\2" height="\3"'),
)  # fmt: skip


def rfc_svg(svg: str) -> str:
    """What Graphviz drew in black and white, with nothing that the profile does not have."""
    for pattern, replacement in _CUTS:
        svg = pattern.sub(replacement, svg)
    return svg
