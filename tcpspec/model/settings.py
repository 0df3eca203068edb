"""What sets a constant from outside of a specification: ``NAME=VALUE``."""

from tcpspec.escape import visible
from tcpspec.language.ast import MAX_NUMBER
from tcpspec.model.types import ValueT


def setting(text: str) -> tuple[str, ValueT]:
    """A name and a value: a number, a truth value, or what may be the value of an enum.

    Raises ``ValueError``.

    >>> setting("N=4"), setting("LOUD=true"), setting("LIGHT=red")
    (('N', 4), ('LOUD', True), ('LIGHT', 'red'))
    """
    name, equals, value = text.partition("=")
    if not equals or not name or not value:
        raise ValueError(f"`{visible(text)}` is not NAME=VALUE")
    if value in ("true", "false"):
        return name, value == "true"
    if not value.removeprefix("-").isdecimal():
        return name, value
    if len(value) > 20 or abs(int(value)) > MAX_NUMBER:
        raise ValueError(f"`{visible(value)}` is too large")
    return name, int(value)
