"""A picture as part of an HTML page: its SVG as HTML writes it, with ids that are its own.

The SVG is read as XML and written anew, so that what stands in the page is well formed whatever
stands in the file; comments and the document type stay behind. Colours and fonts stay attributes,
which the page's style sheet overrides.
"""

import re
from xml.etree import ElementTree

from tcpspec.views.measure import text_width

_NAMESPACE = re.compile(r"^\{[^}]*\}")
_XML = "{http://www.w3.org/XML/1998/namespace}"
_POINT = 96 / 72
"""CSS pixels in a point."""

_BROAD = 640
"""Pixels from which on a picture is broad."""


def inline(svg: bytes, anchor: str) -> str:
    """The SVG element of a picture, ``anchor`` before each id: ``machine-a.box0``.

    Its size is in pixels, without a unit, and its title is its name for screen readers. If it is
    ``broad``, its class says so: on a narrow screen, little would be left of it. Texts are as long
    as they were laid out to be, whatever fonts the reader has.
    """
    root = ElementTree.fromstring(svg)
    for element in root.iter():
        element.tag = _NAMESPACE.sub("", str(element.tag))
        element.attrib = {
            _attribute(name): _value(name, value, anchor) for name, value in element.attrib.items()
        }
    for text in root.iter("text"):
        _set_length(text)
    width, height = (
        round(float(root.get(side, "0pt").removesuffix("pt")) * _POINT)
        for side in ("width", "height")
    )
    root.attrib |= {"width": str(width), "height": str(height)}
    if width > _BROAD:
        root.set("class", "broad")
    title = root.find("title")
    if title is not None:
        title.set("id", f"{anchor}.title")
        root.set("aria-labelledby", f"{anchor}.title")
    return ElementTree.tostring(root, encoding="unicode", method="html")


def _attribute(name: str) -> str:
    """Without its namespace, but for those that HTML knows by their prefix."""
    return name.replace(_XML, "xml:") if name.startswith(_XML) else _NAMESPACE.sub("", name)


def _value(name: str, value: str, anchor: str) -> str:
    if name == "id":
        return f"{anchor}.{value}"
    if name.endswith("href") and value.startswith("#"):
        return f"#{anchor}.{value[1:]}"
    return value.replace("url(#", f"url(#{anchor}.")


def _set_length(element: ElementTree.Element) -> None:
    """Where it is known how wide the letters are."""
    text = element.text or ""
    if text.isascii() and text.strip():
        bold = element.get("font-weight") == "bold"
        length = text_width(text, float(element.get("font-size", "14")), bold=bold)
        element.attrib |= {"textLength": f"{length:.1f}", "lengthAdjust": "spacingAndGlyphs"}
