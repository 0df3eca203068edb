"""The lexer finds what Lark's contextual one finds: in texts that are right, and up to an error."""

import random
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lark import Lark, Tree
from lark.exceptions import UnexpectedInput

from tcpspec.language.lexer import StateLexer
from tcpspec.language.parse import _parser, build_parser
from tests.language.mutations import FILES, mutants


@cache
def contextual() -> Lark:
    return build_parser(strict=True)


def places(tree: Any) -> Iterator[tuple[Any, ...]]:
    """Where all that a tree is made of stands."""
    for part in tree.iter_subtrees():
        meta = part.meta
        yield () if meta.empty else (meta.line, meta.column, meta.end_line, meta.end_column)
        for token in part.children:
            if token is not None and not isinstance(token, Tree):
                yield token.type, token.start_pos, token.line, token.end_column, token.end_pos


def outcome(parser: Lark, text: str) -> Any:
    """The tree and all places in it; or where the error is, and what could stand there."""
    try:
        tree = parser.parse(text)
    except UnexpectedInput as error:
        token, interactive = getattr(error, "token", None), error.interactive_parser
        place = "end" if token and token.type == "$END" else error.pos_in_stream
        return place, interactive.accepts()  # type: ignore[no-untyped-call]
    return tree, list(places(tree))


def assert_same(text: str) -> None:
    assert outcome(_parser(), text) == outcome(contextual(), text)


def test_each_parser_has_its_lexer() -> None:
    def lexer(parser: Any) -> object:
        return parser.parser.lexer

    assert isinstance(lexer(_parser()), StateLexer)
    assert not isinstance(lexer(contextual()), StateLexer)


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


@settings(deadline=None, max_examples=150)
@given(st.lists(st.sampled_from(sorted({t.pattern.value for t in _parser().terminals}))))
def test_words_and_signs_without_spaces(words: list[str]) -> None:
    assert_same("machine M { state A { " + "".join(words))


@settings(deadline=None, max_examples=150)
@given(st.text(max_size=40))
def test_any_text(text: str) -> None:
    assert_same(text)
    assert_same(f"const N = {text}")
