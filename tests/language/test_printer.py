"""Syntax tree to text: what is printed is read as the same tree, with no parenthesis too many."""

from pathlib import Path

import pytest
from hypothesis import given, settings

from tcpspec.diagnostics import Diagnostics, render
from tcpspec.language import ast
from tcpspec.language.parse import parse
from tcpspec.language.printer import print_file
from tcpspec.record import replace
from tcpspec.source import Source
from tests.examples import examples
from tests.trees import files

REPOSITORY = Path(__file__).parents[2]
TEXTS = sorted([*REPOSITORY.glob("specs/*.fsm"), *REPOSITORY.glob("tests/bench/*.fsm")])


def tree(text: str) -> ast.File:
    found = Diagnostics()
    file = parse(Source("printed.fsm", text), found)
    assert file is not None, text + "\n".join(map(render, found.all))
    return file


@settings(max_examples=examples(100, thorough=400))
@given(files)
def test_what_is_printed_is_read_as_the_same_tree(file: ast.File) -> None:
    assert tree(print_file(file)) == file


@pytest.mark.parametrize("path", TEXTS[:: examples(4, thorough=1)], ids=lambda path: path.name)
def test_specifications_are_printed_and_read_again(path: Path) -> None:
    file = tree(path.read_text("utf-8"))
    assert tree(print_file(file)) == replace(file, comments=())


@pytest.mark.parametrize(
    "text",
    [
        "a or b and not c implies d implies e",
        "(a implies b) implies c",
        "(a or b) and c",
        "a - (b - c) - d",
        "a * (b + c) * -d",
        "-(a + b) - -c",
        "not (a and b) or not c == d",
        "not not a",
        "(a == b) == c",
        "a < b <= c == d",
        "(a < b) < c",
        "(a in B) == (a in {C, D+E})",
        "a in {B+C}",
        "SYN+ACK in (a -> b)",
        "SYN+ACK(SEQ = 90, ACK = any) in (a -> b)",
        "(SYN + 1) * 2 in (a -> b)",
        "max(a or b, min(1, 2)) + count(a -> b) > 0",
        "empty(a -> b) and not full(out)",
        "true implies false",
    ],
)
def test_parentheses_stand_where_they_are_needed(text: str) -> None:
    assert print_file(tree(f"define d = ((({text})))")) == f"define d = {text}\n"


@pytest.mark.parametrize(
    "text",
    [
        "const N = (a == b)",
        "const N = (a implies b) + 1",
        "type T = 0..N - 1",
        "type T = mod (a and b)",
        "type T = {red, green}",
        "message G(F: T = (a == b), H: bool) = A | B+C(F = a == b)",
        'protocol P "title" extends "file"',
        'include "file"',
        'remove scenario "one"',
        "remove system S",
        "replace const N = 2",
        "replace message G = A | B+C",
    ],
)
def test_declarations(text: str) -> None:
    assert print_file(tree(text)) == f"{text}\n"


STATEMENTS = """machine M(a: T, b: 0..1 = 0) ordered {
    persistent var x: T = 0
    replace var y: bool = false
    port p, q
    initial final state A "label" {
        early: rcv SYN+ACK | ACK from p [x == 1] / x := any; snd RST(A = any) to q; reset -> B @ "3"
        rcv any except SYN
        call c | d -> A
        timeout t / reset
        step
        ignore any from p [a]
        defer SYN @ "4"
        otherwise from p ignore
        otherwise / reset -> A
        one: otherwise -> A
        remove early
        remove rcv SYN [a]
        replace early: step -> A
        replace ignore SYN
    }
    in any {
    }
    in any except A, B [x == 1] unless handled {
    }
    in A, B {
    }
}
system S "title" {
    a: M(a = 1) may c once, d at most 2 + 1 times, e
    b: M
    init a in A(x = 1), b in B
    channel a <-> b: fifo(1), duplicating, loses at most 1, duplicates at most 2, when full wait
    channel a -> b: bag(N + 1), lossy, holds SYN(A = 1)
    timer t at most 1 times [a in B] only when idle
    bound a.x < 3
}
check S, T {
    no unspecified reception
    unfair eventually a in B
    "one": violated unfair a in A leads to a in B
    "two": ltl "G p"
    remove "three"
    replace "four": violated always possible p
}
impossible scenario "none" on S {
    a: c
    a: timeout t
    a -> b: SYN(A = 1) lost
    arrives a -> b: SYN+ACK
    expect p and q
}
"""


def test_statements_of_all_kinds() -> None:
    assert print_file(tree(STATEMENTS)) == STATEMENTS
