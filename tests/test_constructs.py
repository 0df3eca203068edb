"""The list of constructs is complete: random models are asked about every kind of node."""

from collections.abc import Iterator

from tcpspec.language import ast
from tcpspec.model import expressions
from tests.constructs import PLACES

PARTS = {
    ast.Name, ast.Argument, ast.Messages, ast.Trigger, ast.CheckLine, ast.Check,
    ast.BoolType, ast.RangeType, ast.ModType, ast.EnumType, ast.Calls, ast.Timers, ast.Const,
    ast.Define, ast.TypeDeclaration,
}  # fmt: skip
"""What other constructs consist of or name: these are asked about."""

ELSEWHERE = {
    ast.Protocol, ast.Include, ast.Remove, ast.Replace, ast.ReplaceVariable, ast.RemoveRule,
    ast.ReplaceRule, ast.RemoveCheck, ast.ReplaceCheck, ast.Scenario, ast.Event, ast.Comment,
}  # fmt: skip
"""Variants, which are gone when a model is built, and scenarios, which engines do not see."""

EXPRESSIONS = {
    ast.Number, ast.Truth, ast.Reference, ast.AnyValue, ast.Unary, ast.Binary, ast.Compare,
    ast.Within, ast.InChannel, ast.OfChannel, ast.OfPort, ast.Extremum,
}  # fmt: skip
"""Asked about once they are resolved."""


def below(kind: type[object]) -> Iterator[type[object]]:
    """The kinds of a kind that its module defines."""
    for one in kind.__subclasses__():
        if one.__module__ == kind.__module__:
            yield one
            yield from below(one)


def test_every_kind_of_node_is_asked_about() -> None:
    asked = {kind for table in PLACES.values() for kind in table}
    assert set(below(ast.Node)) - asked == PARTS | ELSEWHERE | EXPRESSIONS
    assert set(below(expressions.Expression)) - asked == {expressions.AnyOf}  # as `x := any`
