"""A picture as part of an HTML page: its SVG as HTML writes it, with ids that are its own.

The SVG is read as XML and written anew, so that what stands in the page is well formed whatever
stands in the file; comments and the document type stay behind. Colours and fonts stay attributes,
which the page's style sheet overrides.
"""

import re
from xml.etree import ElementTree

_NAMESPACE = re.compile(r"^\{[^}]*\}")
_XML = "{http://www.w3.org/XML/1998/namespace}"
_POINT = 96 / 72
"""CSS pixels in a point."""


def inline(svg: bytes, anchor: str) -> str:
    """The SVG element of a picture, ``anchor`` before each id: ``machine-a.box0``.

    Its size is in pixels, without a unit, and its title is its name for screen readers.
    """
    root = ElementTree.fromstring(svg)
    for element in root.iter():
        element.tag = _NAMESPACE.sub("", str(element.tag))
        element.attrib = {
            _attribute(name): _value(name, value, anchor) for name, value in element.attrib.items()
        }
    root.set("width", _pixels(root.get("width", "")))
    root.set("height", _pixels(root.get("height", "")))
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


def _pixels(length: str) -> str:
    return f"{float(length.removesuffix('pt')) * _POINT:.0f}"
