"""Frozen records for the syntax tree, expressions, the model and answers: some hundred classes.

They behave like frozen dataclasses, which would be used if ``dataclass`` did not compile five
methods for each class: that took 80 ms of every start, a third of what a small check may take in
all. Here all classes share their methods, and defining one costs next to nothing.
"""

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
    """Parts are the annotated names, in order, those of the base class first; they never change.

    With ``eq=False`` a class's records are compared by identity.
    """

    parts_: ClassVar[tuple[str, ...]] = ()
    """What is given by position and compared."""
    keywords_: ClassVar[tuple[str, ...]] = ()
    """What is given by name only. A subclass that adds some lists all of them."""
    named_: ClassVar[frozenset[str]] = frozenset()
    """The same, as a set."""
    known_: ClassVar[frozenset[str]] = frozenset()
    """All parts, also those that count."""
    required_: ClassVar[frozenset[str]] = frozenset()
    """Those without a default."""

    def __init_subclass__(cls, *, eq: bool = True) -> None:
        own = cls.__annotations__
        cls.parts_ += tuple(n for n in own if n not in cls.keywords_ and n != "keywords_")
        cls.named_ = frozenset(cls.keywords_)
        cls.known_ = cls.named_.union(cls.parts_)
        cls.required_ = frozenset(n for n in cls.known_ if getattr(cls, n, ...) is ...)
        type.__setattr__(cls, "__match_args__", cls.parts_)
        if not eq:
            type.__setattr__(cls, "__eq__", object.__eq__)
            type.__setattr__(cls, "__hash__", object.__hash__)

    def __init__(self, *values: Any, **named: Any) -> None:
        if len(values) != len(self.parts_) or named.keys() != self.named_:
            self._check(values, named)
        put = object.__setattr__  # not through __dict__, which would make reading slower
        for name, value in zip(self.parts_, values, strict=False):
            put(self, name, value)
        for name, value in named.items():
            put(self, name, value)

    @classmethod
    def _check(cls, values: tuple[Any, ...], named: dict[str, Any]) -> None:
        """Whether each part has one value, or a default; says what is wrong."""
        given = {*cls.parts_[: len(values)], *named}
        if unknown := given - cls.known_:
            raise TypeError(f"{cls.__name__}: it has no {sorted(unknown)}")
        if len(given) < len(values) + len(named):
            raise TypeError(f"{cls.__name__}: too many values")
        if missing := cls.required_ - given:
            raise TypeError(f"{cls.__name__}: {', '.join(sorted(missing))} is missing")

    def values_(self) -> list[Any]:
        """The parts that count, in order."""
        return [getattr(self, name) for name in self.parts_]

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self is other or self.values_() == other.values_()

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
    values = [changes.pop(name, getattr(record, name)) for name in record.parts_]
    named = {name: changes.pop(name, getattr(record, name)) for name in record.keywords_}
    return type(record)(*values, **named, **changes)
