"""What holds of all kinds of expressions."""

from collections.abc import Iterator
from typing import Any, get_type_hints

import pytest

import tcpspec.export.effects  # has a kind of its own
from tcpspec.model.expressions import Expression, Literal

assert tcpspec.export.effects


def kinds(kind: type[Expression] = Expression) -> Iterator[type[Expression]]:
    for one in kind.__subclasses__():
        yield one
        yield from kinds(one)


@pytest.mark.parametrize("kind", list(kinds()), ids=lambda kind: kind.__name__)
def test_parts_leave_no_expression_out(kind: type[Expression]) -> None:
    """What is said of all parts of an expression, which variables it reads, say, rests on it."""
    inner = [Literal(number) for number in range(4)]
    left = iter(inner)
    values: dict[str, Any] = {}
    for name, hint in get_type_hints(kind).items():
        if name.endswith("_"):  # what all records have
            continue
        if hint is Expression:
            values[name] = next(left)
        elif hint == tuple[Expression, ...]:
            values[name] = (next(left), next(left))
        elif hint == tuple[tuple[int, Expression], ...]:
            values[name] = ((0, next(left)), (1, next(left)))
        else:
            assert "Expression" not in str(hint), hint
            values[name] = None
    given = inner[: len(inner) - len(list(left))]
    assert list(kind(**values).parts) == given
