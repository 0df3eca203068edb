"""The parser finds what Lark finds with the same grammar: in texts that are right, and up to an
error.
"""

import random
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from tcpspec.language.lalr import FOLDER, Unexpected, parser_of
from tcpspec.language.tables import GRAMMARS, lark_parser, make
from tests.examples import examples
from tests.language.mutations import FILES, mutants


@cache
def lark(grammar: str = "grammar") -> Lark:
    return lark_parser(grammar, strict=True)


def flat(tree: Tree[Token]) -> Any:
    """Lark's tree as nested tuples: the rule, what it is made of, and where that stands."""
    done: dict[int, Any] = {}
    for part in tree.iter_subtrees():
        children = [
            done[id(child)] if isinstance(child, Tree) else valued(child) for child in part.children
        ]
        meta = part.meta
        first = last = None
        if not meta.empty:
            first, last = (meta.line, meta.column), (meta.end_line, meta.end_column)
        done[id(part)] = node(part.data, children, first, last)
    return done[id(tree)]


def valued(token: Token | None) -> str | None:
    if token is None:
        return None
    return str(token)[1:-1] if token.type == "STRING" else str(token)


def node(rule: str, children: list[Any], first: Any, last: Any) -> Any:
    return str(rule), tuple(children), first, last


def asked(text: str, grammar: str) -> Any:
    """What Lark says: the tree; or where the error is, and what could stand there."""
    try:
        tree = lark(grammar).parse(text)
    except UnexpectedInput as error:
        token, interactive = getattr(error, "token", None), error.interactive_parser
        at_end = token is not None and token.type == "$END"
        place = len(text) if at_end else error.pos_in_stream
        return place, interactive.accepts()  # type: ignore[no-untyped-call]
    return flat(tree)


def found(text: str, grammar: str) -> Any:
    try:
        return parser_of(grammar).parse(text, node)
    except Unexpected as error:
        return error.position, error.accepted


def assert_same(text: str, grammar: str = "grammar") -> None:
    assert found(text, grammar) == asked(text, grammar)


@pytest.mark.parametrize("grammar", GRAMMARS)
def test_the_shipped_tables_are_those_of_the_grammar(grammar: str) -> None:
    shipped = (FOLDER / f"{grammar}.json").read_text("utf-8")
    assert shipped == make(grammar), "python -m tcpspec.language.tables"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_specifications(path: Any) -> None:
    text = path.read_text("utf-8")
    assert_same(text)
    assert_same(text.replace("\n", "\r\n"))


def test_slips_of_the_hand() -> None:
    for mutant in mutants(60, seed=7):
        assert_same(mutant.text)


def test_missing_and_additional_characters() -> None:
    random_ = random.Random(3)
    text = "".join(path.read_text("utf-8")[:1500] for path in FILES[:2])
    for _ in range(150):
        at = random_.randrange(len(text))
        assert_same(text[:at] + text[at + 1 :])
        assert_same(text[:at] + random_.choice(' \n.-<>=:"#{[(0aä\x00') + text[at:])


@settings(max_examples=examples(50, thorough=150))
@given(st.lists(st.sampled_from(sorted({t.pattern.value for t in lark().terminals}))))
def test_words_and_signs_without_spaces(words: list[str]) -> None:
    assert_same("machine M { state A { " + "".join(words))


@settings(max_examples=examples(20, thorough=150))
@given(st.text(max_size=40))
def test_any_text(text: str) -> None:
    assert_same(text)
    assert_same(f"const N = {text}")


SIGNS = [
    *("p", "q", "G.p", "Gp", "G", "F", "X", "U", "W", "R", "V", "true", "false", "(", ")", " "),
    *("[]", "<>", "!", "~", "->", "<->", "&&", "||", "&", "|", "not", "and", "or", "implies"),
]


@settings(max_examples=examples(150, thorough=1000))
@given(st.lists(st.sampled_from(SIGNS), max_size=9))
def test_formulas(signs: list[str]) -> None:
    assert_same("".join(signs), "formula")
    assert_same(" ".join(signs), "formula")
