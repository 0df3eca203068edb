"""Names made of titles, for files and for places in a page: safe and distinct."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

_LONGEST = 80


class Names:
    """Gives out names, none of them twice.

    >>> names = Names()
    >>> [names.of(title) for title in ("TCP: no deadlock", "TCP no deadlock", "../../etc", "…")]
    ['tcp-no-deadlock', 'tcp-no-deadlock-2', 'etc', 'figure']
    """

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def of(self, title: str, parts: Iterable[object] = ()) -> str:
        """The name of a title. Names of its parts, ``NAME-PART``, are nobody else's either.

        >>> names = Names()
        >>> names.of("a run", parts=range(3)), names.of("a run 2")
        ('a-run', 'a-run-2-2')
        """
        slug, inner = _slug(title), list(parts)
        name, number = slug, 2
        while self._taken & (wanted := {name, *(f"{name}-{part}" for part in inner)}):
            name, number = f"{slug}-{number}", number + 1
        self._taken |= wanted
        return name


def file_names(titles: Iterable[str]) -> Iterator[str]:
    """A safe, distinct file name, without an ending, for each title."""
    return map(Names().of, titles)


def _slug(title: str) -> str:
    """Small letters, digits, underscores and single hyphens."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9_]+", "-", plain.lower()).strip("-")[:_LONGEST] or "figure"
