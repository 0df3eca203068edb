"""Frozen records for the syntax tree and for expressions, of which there are some seventy classes.

They behave like frozen dataclasses, which would be used if ``dataclass`` did not compile five
methods for each class: that took 60 ms of every start, a tenth of what a small check may take in
all. Here all classes share four methods, and defining one costs next to nothing.
"""

from collections.abc import Iterator
from inspect import get_annotations
from typing import Any, ClassVar, TypeVar, dataclass_transform

R = TypeVar("R", bound="Record")


def keyword(*, default: Any = ..., kw_only: bool) -> Any:
    """A part that is given by name and does not count when records are compared.

    ``kw_only`` is for type checkers, who want to read it where the part is declared.
    """
    assert kw_only
    return default


@dataclass_transform(frozen_default=True, eq_default=True, field_specifiers=(keyword,))
class Record:
    """Parts are the annotated names, in order, those of the base class first; they never change."""

    parts_: ClassVar[tuple[str, ...]] = ()
    """What is given by position and compared."""
    keywords_: ClassVar[tuple[str, ...]] = ()
    """What is given by name only. A subclass that adds some lists all of them."""

    def __init_subclass__(cls) -> None:
        own = get_annotations(cls)
        cls.parts_ += tuple(n for n in own if n not in cls.keywords_ and n != "keywords_")
        type.__setattr__(cls, "__match_args__", cls.parts_)

    def __init__(self, *values: Any, **named: Any) -> None:
        given = dict(zip(self.parts_, values, strict=False)) | named
        known = (*self.parts_, *self.keywords_)
        if len(values) > len(self.parts_) or len(given) < len(values) + len(named):
            raise TypeError(f"{type(self).__name__}: too many values")
        if unknown := given.keys() - set(known):
            raise TypeError(f"{type(self).__name__}: it has no {sorted(unknown)}")
        for name in known:
            if name not in given and getattr(type(self), name, ...) is ...:
                raise TypeError(f"{type(self).__name__}: {name} is missing")
        self.__dict__.update(given)

    def values_(self) -> Iterator[Any]:
        """The parts that count, in order."""
        return (getattr(self, name) for name in self.parts_)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(a == b for a, b in zip(self.values_(), other.values_(), strict=True))

    def __hash__(self) -> int:
        return hash((type(self), *self.values_()))

    def __repr__(self) -> str:
        parts = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.parts_)
        return f"{type(self).__name__}({parts})"

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen")


def replace(record: R, **changes: Any) -> R:
    """The same record with some parts changed."""
    return type(record)(**(record.__dict__ | changes))
