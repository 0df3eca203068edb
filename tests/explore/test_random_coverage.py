"""What the random models of the contract show: every construct, and every verdict of every claim.

``pytest tests/explore/test_random_coverage.py --log-cli-level=INFO`` shows how many of them do.
"""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator

from tcpspec.language import ast
from tcpspec.model import expressions
from tcpspec.model.model import Claim
from tcpspec.properties.verdict import Status, Verdict
from tests.constructs import ALL, PLACES, constructs
from tests.explore.test_engines import MODELS, RANDOM, finite
from tests.strategies import anew

CONSTRUCT, VERDICT = 5, 10
"""What a construct and a verdict are to come to, in per cent of the models."""

JUDGED = [f"{claim}: {status}" for claim in Claim for status in (Status.HOLDS, Status.VIOLATED)]


def test_every_construct_and_every_verdict_comes_up() -> None:
    shown: Counter[str] = Counter()
    models: set[str] = set()

    def look(text: str) -> None:
        (system,) = finite(text)[1].systems
        if text not in models:
            models.add(text)
            shown.update(constructs(text, system))
            shown.update(verdicts(system.verdicts))

    anew(MODELS, RANDOM, look)
    found = {name: 100 * shown[name] / len(models) for name in [*ALL, *JUDGED]}
    tell(len(models), found)
    assert [name for name in ALL if found[name] < CONSTRUCT] == []
    assert [name for name in JUDGED if found[name] < VERDICT] == []


def verdicts(of: Iterable[Verdict]) -> set[str]:
    return {f"{verdict.check.claim}: {verdict.status}" for verdict in of}


def tell(models: int, found: dict[str, float]) -> None:
    lines = [f"{percent:5.1f} %  {name}" for name, percent in found.items()]
    table = "\n".join([f"{models} models, of which have", *lines])
    logging.getLogger(__name__).info(table)
    print(table)  # noqa: T201


# --- the list is complete -----------------------------------------------------------------------

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
