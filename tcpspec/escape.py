"""Escaping, once for each output language: text of a specification is shown as it is, never run."""

import html


def visible(text: str) -> str:
    r"""Text for a terminal: control characters and direction marks are spelled out.

    >>> visible("a\x1b[31mred\n")
    'a\\x1b[31mred\\n'
    >>> visible("naïve ⇒ fine")
    'naïve ⇒ fine'
    >>> visible("\u202eabc")
    '\\u202eabc'
    """
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text
    )


def html_text(text: str) -> str:
    """Text inside an HTML page.

    >>> html_text('<script>"x" & y')
    '&lt;script&gt;&quot;x&quot; &amp; y'
    """
    return html.escape(visible(text), quote=True)


def dot_text(text: str) -> str:
    r"""Text inside a plain label of Graphviz, which knows escapes like ``\N`` and HTML's entities.

    What is made of it has to go through ``graphviz.nohtml``, for labels like ``<b>``.

    >>> dot_text(r"\N & a\b")
    '\\\\N &amp; a\\\\b'
    """
    return visible(text).replace("&", "&amp;").replace("\\", "\\\\")


def dot_html(text: str) -> str:
    r"""Text inside an HTML label of Graphviz, which expands escapes like ``\N`` there too.

    >>> dot_html(r"<b>\N")
    '&lt;b&gt;\\\\N'
    """
    return html_text(text).replace("\\", "\\\\")
