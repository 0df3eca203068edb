"""The canonical form: what it looks like, that it says the same, and that it stays as it is."""

import re
from pathlib import Path
from random import Random
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcpspec.diagnostics import Diagnostics, render
from tcpspec.language import ast
from tcpspec.language.format import FormattingError, format_source
from tcpspec.language.parse import parse
from tcpspec.language.printer import print_file
from tcpspec.source import Source
from tests.examples import examples
from tests.trees import files

REPOSITORY = Path(__file__).parents[2]
SPECS = sorted(REPOSITORY.glob("specs/*.fsm"))
TEXTS = [*SPECS, *sorted(REPOSITORY.glob("tests/bench/*.fsm"))]


def formatted(text: str) -> str:
    found = Diagnostics()
    done = format_source(Source("given.fsm", text), found)
    assert done is not None, text + "\n".join(map(render, found.all))
    return done


def read(text: str) -> ast.File:
    file = parse(Source("read.fsm", text), Diagnostics())
    assert file is not None
    return file


def comments(text: str) -> list[str]:
    return [comment.text for comment in read(text).comments]


def check_properties(text: str) -> None:
    """Same tree, same comments in the same order, and a form that is its own form."""
    done = formatted(text)
    before, after = read(text), read(done)
    assert (before.protocol, before.items) == (after.protocol, after.items)
    assert comments(text) == comments(done)
    assert formatted(done) == done
    assert not re.search(r"[ \t\r]\n|\n\n\n|^\n|\n\n$", re.sub(r'"[^"\n]*"', "text", done))


# --- properties ------------------------------------------------------------------------------

TOKENS = re.compile(r'"[^"\n]*"|[\w.]+|<->|->|:=|[=!<>]=|\S')
SPACES = [" "] * 12 + [
    "\n", "\n\n", "\n    ", "\n\n\n\n", "\t", "\r\n", "  # behind\n", "\n# own\n", "\n    ## doc\n",
    " ## doc\n", "\n# a\n\n# b\n", ' # with "text"\n', " # behind\n           # goes on\n",
]  # fmt: skip


@settings(max_examples=examples(40, thorough=150))
@given(files, st.integers(0, 2**32))
def test_any_text_keeps_its_meaning_and_its_comments(file: ast.File, seed: int) -> None:
    spaces = Random(seed)
    tokens = TOKENS.findall(print_file(file))
    check_properties("".join(spaces.choice(SPACES) + token for token in tokens) + "# at the end\n")


@settings(max_examples=examples(30, thorough=100))
@given(files)
def test_printed_trees_have_a_form(file: ast.File) -> None:
    check_properties(print_file(file))


@pytest.mark.parametrize("path", TEXTS[:: examples(4, thorough=1)], ids=lambda path: path.name)
def test_specifications_keep_their_meaning(path: Path) -> None:
    check_properties(path.read_text("utf-8"))


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.name)
def test_specifications_are_in_their_form(path: Path) -> None:
    text = path.read_text("utf-8")
    assert formatted(text) == text, "tcpspec fmt specs"


# --- what it looks like ----------------------------------------------------------------------

PAIRS = {
    "the columns of a machine": (
        """
        machine M {
          state A { call go -> B @ "1"
            rcv SYN / snd ACK -> LONG_NAME @ "2"  # behind
            rcv SYN+ACK /snd ACK  @"3"
            ignore  RST [ x==1 ]
            rcv any[y == 1 and  z]/ reset
          }
          state B { step->A }   state C {
          } }
        """,
        """
        machine M {
            state A {
                call go                -> B          @ "1"
                rcv SYN     / snd ACK  -> LONG_NAME  @ "2"      # behind
                rcv SYN+ACK / snd ACK                @ "3"
                ignore RST [x == 1]
                rcv any    [y == 1 and z] / reset
            }
            state B { step -> A }
            state C { }
        }
        """,
    ),
    "declarations and comments": (
        """
        # first


        # second
        const A=1 # one
        const LONG_NAME=2     ## two
                              ## and more

        const B = (1+2)*3
        call a,b
        timer t
        type T=mod 3
        define one=(a or b) and c # why
        define three = x in {A} implies (y)
        message G(F:T=0) = X|Y+Z(F=1)
        """,
        """
        # first

        # second
        const A         = 1     # one
        const LONG_NAME = 2     ## two
                                ## and more

        const B = (1 + 2) * 3
        call  a, b
        timer t
        type T = mod 3
        define one   = (a or b) and c   # why
        define three = x in {A} implies (y)
        message G(F: T = 0) = X | Y+Z(F = 1)
        """,
    ),
    "variables and blocks": (
        """
        machine M { var x:T=0 # first
        persistent var yyy :0..3= 1


        # own
        in any except A, B [x==1] unless handled { step } # behind
          # last
        }
        """,
        """
        machine M {
            var x:              T    = 0    # first
            persistent var yyy: 0..3 = 1

            # own
            in any except A, B [x == 1] unless handled { step }     # behind
            # last
        }
        """,
    ),
    "a long rule, and one with comments inside": (
        """
        machine M {
          state A {
            rcv SYN+ACK [acks_new] / RCV.NXT := SEG.SEQ + 1;
              SND.UNA := SEG.ACK; seen := true; snd ACK -> ESTABLISHED
            rcv SYN+ACK # what a peer sends
              [acks_new] # if it is ours
              -> B
          } }
        """,
        """
        machine M {
            state A {
                rcv SYN+ACK [acks_new] / RCV.NXT := SEG.SEQ + 1; SND.UNA := SEG.ACK; seen := true;
                                         snd ACK  -> ESTABLISHED
                rcv SYN+ACK # what a peer sends
                    [acks_new] # if it is ours
                    -> B
            }
        }
        """,
    ),
    "systems, checks and scenarios": (
        """
        system S "two" {
        a: M(x=1) may go once,stop at most 1 times
        server: M may wait
        channel a<->server: fifo( 2 ),lossy,when full drop
        channel a -> server: bag(4), holds SYN(SEQ = 100),
          holds SYN(SEQ = 90), holds ACK(SEQ = 102, ACK = 350)
        init a in ESTABLISHED(SND.UNA = 101, SND.NXT = 101, RCV.NXT = 301),
          server in SYN_RCVD(RCV.NXT = 101)
        timer t at most 3 times[a in A]only when idle
        }
        check S { "one":always a in ESTABLISHED and server in ESTABLISHED
          implies a.SND.NXT == server.RCV.NXT
        no deadlock
         "the other one" : violated a in A leads to server in {B,C} }
        impossible scenario "s" on S { a:go
        a->server:SYN(SEQ=1)lost }
        """,
        """
        system S "two" {
            a:      M(x = 1) may go once, stop at most 1 times
            server: M        may wait
            channel a <-> server: fifo(2), lossy, when full drop
            channel a -> server: bag(4), holds SYN(SEQ = 100), holds SYN(SEQ = 90),
                                 holds ACK(SEQ = 102, ACK = 350)
            init a in ESTABLISHED(SND.UNA = 101, SND.NXT = 101, RCV.NXT = 301),
                 server in SYN_RCVD(RCV.NXT = 101)
            timer t at most 3 times [a in A] only when idle
        }
        check S {
            "one":           always a in ESTABLISHED and server in ESTABLISHED
                             implies a.SND.NXT == server.RCV.NXT
            no deadlock
            "the other one": violated a in A leads to server in {B, C}
        }
        impossible scenario "s" on S {
            a: go
            a -> server: SYN(SEQ = 1) lost
        }
        """,
    ),
    "a long message, documented": (
        """
        message SEGMENT(SEQ: Seq = SND.NXT, ACK: Seq = RCV.NXT)
          = SYN(ACK = 0) | SYN+ACK | ACK | FIN+ACK | RST ## doc
        """,
        """
        ## doc
        message SEGMENT(SEQ: Seq = SND.NXT, ACK: Seq = RCV.NXT)
              = SYN(ACK = 0) | SYN+ACK | ACK | FIN+ACK | RST
        """,
    ),
    "a long message in place of another": (
        """
        replace message SEG(SEQ: Seq = SND.NXT, ACK: Seq = RCV.NXT) =
          SYN(ACK = 0) | SYN+ACK | ACK | FIN+ACK | RST
        """,
        """
        replace message SEG(SEQ: Seq = SND.NXT, ACK: Seq = RCV.NXT)
              = SYN(ACK = 0) | SYN+ACK | ACK | FIN+ACK | RST
        """,
    ),
    "a long predicate": (
        """
        define d = a in ESTABLISHED and b in ESTABLISHED and c in ESTABLISHED and d in ESTABLISHED
          or e in CLOSED and f
        """,
        """
        define d = a in ESTABLISHED and b in ESTABLISHED and c in ESTABLISHED and d in ESTABLISHED
                   or e in CLOSED and f
        """,
    ),
    "braces on lines of their own": (
        """
        machine M # doc
        {
          state A
          {
          }
        }
        """,
        """
        machine M {     # doc
            state A { }
        }
        """,
    ),
    "one line stays one line": (
        """
        machine M{initial final state A{}}
        """,
        """
        machine M { initial final state A { } }
        """,
    ),
}


@pytest.mark.parametrize(("given", "expected"), PAIRS.values(), ids=PAIRS)
def test_texts_and_their_forms(given: str, expected: str) -> None:
    text, form = dedent(given), dedent(expected).lstrip("\n")
    assert formatted(text) == form
    check_properties(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing else\n",
        "machine M {\n    # nothing\n}\n",
        "define a = (b and c) or d\n",
        "define a = b in {C}\n",
        "protocol P      # why\n                # and how\n",
    ],
)
def test_what_is_a_form_already(text: str) -> None:
    assert formatted(text) == text


def test_windows_line_ends_and_tabs_go() -> None:
    assert formatted("machine M {\r\n\tport\ta # b\t\r\n}\r\n") == (
        "machine M {\n    port a  # b\n}\n".replace("  #", "      #")
    )


def test_an_error_leaves_no_form() -> None:
    found = Diagnostics()
    assert format_source(Source("bad.fsm", "const N = " + "9" * 30), found) is None
    assert [one.code for one in found.all] == ["number-too-large"]


def test_a_form_that_says_something_else_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tcpspec.language.format.format_file", lambda _: "const N = 2\n")
    with pytest.raises(FormattingError, match="would not say the same"):
        formatted("const N = 1")
