"""Escaping, once for each output language: text of a specification is shown as it is, never run."""

from collections.abc import Callable


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


def ascii_text(text: str) -> str:
    r"""Text for a figure of an RFC, which has nothing but ASCII.

    >>> ascii_text("naïve")
    'na\\xefve'
    """
    return visible(text).encode("ascii", "backslashreplace").decode("ascii")


def html_text(text: str) -> str:
    """Text inside an HTML page.

    >>> html_text('<script>"x" & y')
    '&lt;script&gt;&quot;x&quot; &amp; y'
    """
    import html

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


def mermaid_text(text: str) -> str:
    r"""Text inside a label of Mermaid, which decodes entity codes after it has read the diagram.

    In names of states it then looks for Markdown and formulas in what was decoded. A space without
    width behind such signs keeps them from meaning anything.

    >>> mermaid_text("rcv SYN+ACK [a < b] / RCV.NXT := 1")
    'rcv SYN+ACK [a #60; b] / RCV.NXT #58;= 1'
    >>> mermaid_text("- #35; *x*")
    '#45; #35;35#59; #42;#65279;x#42;#65279;'
    """
    return _plain(text, "_.,()[]/|+-=", _mermaid_code)


def _mermaid_code(sign: str) -> str:
    return f"#{ord(sign)};#65279;" if sign in "*_`~$\\" else f"#{ord(sign)};"


def plantuml_text(text: str) -> str:
    """Text inside a label of PlantUML, which takes characters by number and then leaves them alone.

    >>> plantuml_text("rcv SYN+ACK [a < b] / RCV.NXT := 1")
    'rcv SYN+ACK [a <U+003C> b] / RCV.NXT := 1'
    >>> plantuml_text("!include //x//")
    '<U+0021>include <U+002F><U+002F>x<U+002F><U+002F>'
    """
    return _plain(text, "_.,()[]/|+-=:;", lambda sign: f"<U+{ord(sign):04X}>")


def markdown_text(text: str, *, begins: bool = True) -> str:
    r"""Text in a line of Markdown; ``begins`` is to be false only where it does not begin the line.

    >>> markdown_text("SYN+ACK, in SYN_SENT: *a* | <b> [c](d)")
    'SYN+ACK, in SYN_SENT: &#42;a&#42; &#124; &#60;b&#62; &#91;c&#93;(d)'
    >>> markdown_text("3.1"), markdown_text("3.1", begins=False)
    ('&#51;.1', '3.1')
    >>> markdown_text("- https://x @y")
    '&#45; https:&#47;&#47;x &#64;y'
    """
    return _plain(text, "_.,()/+-=:;", lambda sign: f"&#{ord(sign)};", begins=begins)


def markdown_code(text: str, *, in_table: bool = True) -> str:
    r"""Text as a code span; in a table, a vertical bar would end its cell.

    >>> print(markdown_code("rcv A | B [x == 1]"), markdown_code("`a"))
    `rcv A \| B [x == 1]` `` `a ``
    >>> print(markdown_code("a|b.fsm", in_table=False))
    `a|b.fsm`
    """
    shown = visible(text).replace("|", r"\|" if in_table else "|")
    if "`" not in shown:
        return f"`{shown}`"
    import re

    fence = "`" * (1 + max(map(len, re.findall("`+", shown))))
    return f"{fence} {shown} {fence}"


def _plain(text: str, harmless: str, escaped: Callable[[str], str], *, begins: bool = True) -> str:
    """Text that can be taken for no markup: letters, digits, spaces and single harmless signs.

    Markup begins with the first sign of a line, a doubled one, one outside of a word that goes with
    another, as in ``_x_``, or one that is not harmless.
    """
    shown = visible(text)
    return "".join(
        sign if _is_plain(shown, position, harmless, begins) else escaped(sign)
        for position, sign in enumerate(shown)
    )


def _is_plain(text: str, position: int, harmless: str, begins: bool) -> bool:
    sign = text[position]
    before, after = text[max(position - 1, 0) : position], text[position + 1 : position + 2]
    if not before and begins:
        return sign.isalpha()
    if sign == "_":
        return before.isalnum() and after.isalnum()
    return sign.isalnum() or sign == " " or (sign in harmless and sign not in (before, after))


def json_document(document: object) -> str:
    r"""A JSON document; in its strings, what is not printable stands as an escape sequence.

    >>> print(json_document({"é": "a\u202eb\x1b"}))
    {
      "é": "a\u202eb\u001b"
    }
    """
    import json

    text = json.dumps(document, indent=2, ensure_ascii=False)
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)


def script_json(document: object) -> str:
    r"""A JSON document inside a script element of an HTML page, which no string in it ends.

    >>> script_json({"a": "</script><!-- é"})
    '{"a":"\\u003c/script>\\u003c!-- \\u00e9"}'
    """
    import json

    return json.dumps(document, separators=(",", ":")).replace("<", "\\u003c")
