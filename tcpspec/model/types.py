"""Types of values. A value is a plain Python bool, int or, for enums, str."""

from collections.abc import Sequence
from typing import Any, TypeAlias

from tcpspec.record import Record

ValueT: TypeAlias = bool | int | str


class BoolType(Record):
    def __str__(self) -> str:
        return "bool"


class NumberType(Record):
    """A plain number: what arithmetic gives. No variable or field has this type."""

    def __str__(self) -> str:
        return "a plain number"


class RangeType(Record):
    """Numbers from ``low`` to ``high``, both included; a value outside is a reported violation."""

    low: int
    high: int

    def __str__(self) -> str:
        return f"{self.low}..{self.high}"


class ModType(Record):
    """Numbers counted modulo ``modulus``, with the order of RFC 1982."""

    modulus: int

    def __str__(self) -> str:
        return f"mod {self.modulus}"


class EnumType(Record):
    values: tuple[str, ...]

    def __str__(self) -> str:
        return f"{{{', '.join(self.values)}}}"


Type: TypeAlias = BoolType | NumberType | RangeType | ModType | EnumType

BOOL = BoolType()
NUMBER = NumberType()


def values_of(type_: Type) -> Sequence[ValueT]:
    """All values of a type, in their order."""
    match type_:
        case BoolType():
            return (False, True)
        case RangeType(low, high):
            return range(low, high + 1)
        case ModType(modulus):
            return range(modulus)
        case EnumType(values):
            return values
        case NumberType():
            raise ValueError("plain numbers have no end")


def is_limited(type_: Type) -> bool:
    """Whether a number may be outside of it: below or above a range, or not below a modulus."""
    return isinstance(type_, RangeType | ModType)


def contains(type_: Type, value: ValueT) -> bool:
    """Whether a number lies in a range or below a modulus; other values always fit their type."""
    if isinstance(type_, RangeType):
        return type_.low <= value <= type_.high  # type: ignore[operator]
    if isinstance(type_, ModType):
        return 0 <= value < type_.modulus  # type: ignore[operator]
    return True


def less(a: Any, b: Any, modulus: int | None) -> bool:
    """Order: of plain numbers as usual, of numbers modulo N that of RFC 1982, section 3.2.

    There a < b when 0 < 2 * ((b - a) mod N) < N; at a distance of half the modulus neither is less.

    >>> less(250, 3, 256), less(3, 250, 256), less(0, 128, 256), less(128, 0, 256)
    (True, False, False, False)
    """
    if modulus is None:
        return bool(a < b)
    return bool(0 < 2 * ((b - a) % modulus) < modulus)


def compare(a: Any, symbol: str, b: Any, modulus: int | None) -> bool:
    """One comparison, written ``==``, ``!=``, ``<``, ``<=``, ``>`` or ``>=``."""
    match symbol:
        case "==":
            return bool(a == b)
        case "!=":
            return bool(a != b)
        case "<":
            return less(a, b, modulus)
        case "<=":
            return bool(a == b) or less(a, b, modulus)
        case ">":
            return less(b, a, modulus)
    return bool(a == b) or less(b, a, modulus)


def extremum(function: str, a: Any, b: Any, modulus: int | None) -> Any:
    """``max`` or ``min`` in the same order; the first, where neither is less."""
    if function == "max":
        return b if less(a, b, modulus) else a
    return b if less(b, a, modulus) else a


def is_plain(type_: Type) -> bool:
    """Whether values of the type are plain numbers, without a modulus."""
    return isinstance(type_, NumberType | RangeType)
