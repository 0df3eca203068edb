"""Specifications in colour: nothing is lost, and nothing that is right looks wrong."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from pygments.lexers import get_lexer_by_name, get_lexer_for_filename
from pygments.token import Comment, Error, Keyword, Name, Operator, String, _TokenType

from tcpspec.lexer import TcpspecLexer
from tcpspec.model.reserved import WORDS
from tests.cli.runner import SPECS
from tests.examples import examples
from tests.strategies import specifications

FILES = sorted(SPECS.glob("*.fsm"))


def tokens(text: str) -> list[tuple[_TokenType, str]]:
    return list(TcpspecLexer(stripnl=False, ensurenl=False).get_tokens(text))


def kinds(text: str) -> dict[str, _TokenType]:
    return {value: kind for kind, value in tokens(text)}


def assert_clean(text: str) -> None:
    found = tokens(text)
    assert "".join(value for _, value in found) == text
    assert [value for kind, value in found if kind is Error] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_specification_is_all_there(path: Path) -> None:
    assert_clean(path.read_text("utf-8"))


@settings(max_examples=examples(10, thorough=300))
@given(specifications(bounds=True, checks=True))
def test_random_ones_too(text: str) -> None:
    assert_clean(text)


def test_pygments_finds_it() -> None:
    for lexer in (get_lexer_by_name("fsm"), get_lexer_for_filename("tcp.fsm")):
        assert isinstance(lexer, TcpspecLexer)


def test_every_word_of_the_language_is_one() -> None:
    for word in sorted(WORDS):
        ((kind, value), *rest) = tokens(f"{word} :")
        assert value == word
        assert kind in (Name.Builtin, Operator.Word) or Keyword in kind.split(), word
        assert rest


def test_what_looks_like_a_word_is_none() -> None:
    for name in ("stateful", "state.x", "x.state", "timeout_", "Any", "größe"):
        assert kinds(name)[name] is Name


def test_names_in_their_places() -> None:
    found = kinds('machine M { state any_ "x" { rcv SYN+ACK [a.B >= 1] -> OPEN @ "3.10" } }')
    assert found["M"] is Name.Class
    assert (found["any_"], found["OPEN"]) == (Name.Label, Name.Label)
    assert found["SYN+ACK"] is Name.Entity
    assert found["a.B"] is Name
    assert (found['"x"'], found['"3.10"']) == (String.Double, String.Other)


def test_comments_and_documentation() -> None:
    found = kinds('# a "comment\n## a doc\nconst N = 1 # x')
    assert found['# a "comment'] is Comment.Single
    assert found["## a doc"] is String.Doc
    assert found["# x"] is Comment.Single


@pytest.mark.parametrize("text", ["$", '"open', "a ! b", "%"])
def test_what_no_specification_has_is_an_error(text: str) -> None:
    assert Error in {kind for kind, _ in tokens(text)}
    assert "".join(value for _, value in tokens(text)) == text
