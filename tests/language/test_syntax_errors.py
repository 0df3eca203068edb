"""Syntax errors by example: what is said of each mistake, and where; mutants of whole files."""

import shutil
from pathlib import Path

import pytest

from tcpspec.check import load
from tcpspec.diagnostics import Diagnostic, Diagnostics, SpecificationError, render
from tcpspec.language.parse import MAX_ERRORS, parse
from tcpspec.source import Source
from tests.examples import examples
from tests.language.mutations import FILES, Mutant, mutants

RULES = """protocol P
machine M {{
    initial state A {{
        {}
    }}
    state B {{ }}
}}
"""


def errors(text: str) -> list[Diagnostic]:
    found = Diagnostics()
    parse(Source("test.fsm", text), found)
    return list(found.all)


def told(text: str) -> tuple[str, str, str | None]:
    """The place as text, the message and the hint of the only error."""
    (error,) = errors(text)
    assert error.span is not None
    return error.span.text, error.message, error.hint


@pytest.mark.parametrize(
    ("line", "place", "message"),
    [
        ("rcv SYN B", "B", "a `->` is missing before this"),
        ("rcv SYN\n        rcv ACK B", "B", "a `->` is missing before this"),
        ("rcv SYN x := 1", "x", "a `/` is missing before this"),
        ("rcv SYN / snd A snd B", "snd", "a `;` is missing before this"),
        ("rcv SYN goto B", "goto", "`goto` means nothing here"),
        ("rcv SYN if x == 1", "if", "a guard stands in brackets"),
        ("recv SYN", "recv", "no rule begins with `recv`"),
        ("on SYN", "on", "no rule begins with `on`"),
        ("send SYN", "send", "no rule begins with `send`"),
        ("tiemout t", "tiemout", "no rule begins with `tiemout`"),
        ("rcv SYN, ACK", ",", "`,` does not separate here"),
        ("rcv SYN;", ";", "`;` stands only between actions"),
        ("rcv SYN / -> B", "->", "an action is missing after `/`"),
        ("rcv SYN -> B / snd A", "/", "actions stand before the next state"),
        ("rcv SYN / snd A [x]", "[", "a guard stands before the actions"),
        ("rcv SYN [x <> 1]", "<>", "`<>` is no operator"),
        ("rcv SYN [x => 1]", "=>", "`=>` means nothing"),
        ("rcv SYN [x === 1]", "=", "`===` is no operator"),
        ("rcv SYN [count == 1]", "count", "`count` is a word of the language"),
        ("rcv SYN @ '3'", "'", "a text stands in double quotes"),
        ("// a comment", "//", "`//` begins no comment"),
        ("rcv SYN -> SYN-SENT", "SYN-SENT", "there is no `-` in names"),
        ("rcv SYN -> FIN-WAIT-1", "FIN-WAIT-1", "there is no `-` in names"),
        ("rcv SYN -> B-1", "B-1", "there is no `-` in names"),
        ("rcv SYN [x] from p", "from", "the port stands before the guard"),
        ("rcv SYN [x]\n        from p", "from", "the port stands before the guard"),
        ("call go / X -> B", "X", "`X` is no action"),
        ("rcv SYN / ignore", "ignore", "`ignore` is no action"),
        ("call go / snd SYN(n)", "n", "values are given by name"),
        ("call go / snd SYN(A = 1, 3)", "3", "values are given by name"),
        ("on call go", "on", "no rule begins with `on`"),
        ("snd step -> B", "snd", "no rule begins with `snd`"),
        ("call go / snd SYN(A: 1)", ":", "values are given with `=`"),
        ("rcv SYN [x / 2 == 1] / snd A", "/", "`/` is no operator"),
        ("rcv SYN [x % 2 == 1]", "%", "`%` is no operator"),
        ("rcv SYN [x == 1 / snd A", "/", "the `[` in line 4 is never closed"),
        ("rcv\xa0SYN", "", r"`\xa0` (NO-BREAK SPACE) is no space here"),
        ("rcv SYN -> \u200bB", "\u200b", r"`\u200b` (ZERO WIDTH SPACE) is no space here"),
        ("rcv # a\xa0b\n        SYN SYN", "SYN", "a `->` is missing before this"),
        ("rcv SYN [x == 1\n        rcv ACK", "1", "the `[` in line 4 is never closed"),
        ("var x: bool = true", "var", "the `{` of `state A` in line 3 is never closed"),
        ("state C { }", "state", "the `{` of `state A` in line 3 is never closed"),
    ],
)
def test_a_mistake_in_a_rule_is_named(line: str, place: str, message: str) -> None:
    assert told(RULES.format(line))[:2] == (place, message)


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("check Y { no deadlocks }", "no", "`no deadlocks` asks nothing"),
        ("check Y { deadlock }", "deadlock", "`deadlock` asks nothing"),
        ("check Y { no unspecified receptions }", "no", "`no unspecified receptions` asks nothing"),
        ("check Y { every state is reachable }", "every", "`every state is` asks nothing"),
        ('check Y { "p": a in S ~> b in S }', "~", "`~>` is no operator"),
        ('check Y { "p": never X in a -> b }', "->", "a channel stands in parentheses"),
        ('check Y { "p": never a in A -> b in B }', "->", "`->` means nothing here"),
        ('check Y { "p": always a in S => b in S }', "=>", "`=>` means nothing here"),
        ('check Y { "p": always a in S ==> b in S }', "==", "`==>` means nothing here"),
        ('check Y { "p": always no deadlock }', "no", "`no deadlock` is a claim of its own"),
        ("check Y { foo\n no unspecified reception }", "foo", None),
        ("check Y { every transition used once\n no stall }", "once", None),
        ('check Y { "p": ltlZ "G x" }', "ltlZ", "`ltlZ` claims nothing"),
        ('check Y { "p": eventualy a in S }', "eventualy", "`eventualy` claims nothing"),
        ('check Y { "p": a in S }', "a", "nothing is claimed of this predicate"),
        ("system S { a: M(x: 1) }", ":", "values are given with `=`"),
        ("message Q(0..3) = FOO", "0", None),
        ("message Q := FOO", ":=", None),
        ("machine A { var x: T = 0\n int y = 0 state S { } }", "int", "`int` begins nothing here"),
        ("machine A { int n = 0 state S { } }", "int", "`int` begins nothing here"),
        ("machine A { bool b state S { } }", "bool", "`bool` begins nothing here"),
        ('machine A { var s: T = "a" state S { } }', '"a"', "a text is no value"),
        ("machine A { state S-1 { } }", "S-1", "there is no `-` in names"),
        ("replace machine A { }", "machine", "a machine is not replaced"),
        ("message M = X(N: 0..3)", "N", "a single message has no fields of its own"),
    ],
)
def test_a_mistake_outside_of_rules_is_named(text: str, place: str, message: str | None) -> None:
    """Where no message is given, none of these rules knows it."""
    found = told(f"{text}\n")
    assert found[0] == place
    if message is None:
        known = ("nothing here", "asks nothing", "by name", "in groups", "claims nothing")
        assert not found[1].endswith(known)
    else:
        assert found[1] == message


@pytest.mark.parametrize("rest", ["", " | ACK", ", ACK", " ACK"])
def test_messages_without_a_group(rest: str) -> None:
    hint = "write `message GROUP = SYN | …`"
    expected = ("SYN", "messages are declared in groups", hint)
    assert told(f"message SYN{rest}\nmachine M {{ }}\n") == expected


def test_an_unclosed_brace_is_told_with_what_it_opened() -> None:
    (error,) = errors("protocol P\nmachine M {\n    state A {\n        rcv X\n}\nconst N = 1\n")
    assert error.message == "the `{` of `state A` in line 3 is never closed"
    assert error.span is not None
    assert error.span.line == 5  # the brace that stands where the machine began
    assert [note.span.line for note in error.notes if note.span] == [3]


def test_a_block_of_several_states_is_named_by_its_head() -> None:
    text = "machine M {\n    in A, B {\n        rcv X\n    state C { }\n}\n"
    assert told(text)[1] == "the `{` of `in A, B` in line 2 is never closed"


def test_a_brace_too_many_is_found_by_where_it_stands() -> None:
    text = "machine M {\n    state A {\n    }}\n\n\n    state B { }\n}\n"
    (error,) = errors(text)
    assert error.span is not None
    assert (error.span.line, error.hint) == (3, "there is a `}` too many")


def test_each_declaration_has_its_own_error() -> None:
    text = "const = 1\nmachine M { state A { rcv } }\nconst N = 2\nsystem X { a M }\n"
    assert [e.span.line for e in errors(text) if e.span] == [1, 2, 4]


def test_an_error_causes_no_others() -> None:
    text = (
        "machine M {\n    state A {\n        call c -> -> B\n        rcv\n    }\n}\nconst N = 1\n"
    )
    assert len(errors(text)) == 1


def test_there_is_an_end_to_errors() -> None:
    assert len(errors("const =\n" * 1000)) == MAX_ERRORS


# --- mutants -------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """All files beside each other, as some of them name others."""
    for path in FILES:
        shutil.copy(path, tmp_path)
    return tmp_path


def first_error(mutant: Mutant, folder: Path) -> Diagnostic | None:
    path = folder / "mutant.fsm"
    path.write_text(mutant.text, "utf-8")
    try:
        load(str(path))
    except SpecificationError as error:
        assert all(render(diagnostic) for diagnostic in error.diagnostics)
        return next(diagnostic for diagnostic in error.diagnostics if diagnostic.is_error)
    return None


def test_errors_stand_where_the_mistake_was_made(folder: Path) -> None:
    """Every slip of one token is read, or refused without a traceback; most where it was made."""
    made = [(m, e) for m in mutants(examples(120, thorough=400)) if (e := first_error(m, folder))]
    right = [m for m, e in made if e.span and e.span.line in (m.line, m.line + 1)]
    share = len(right) / len(made)
    print(f"{share:.1%} of {len(made)} errors stand on the changed line or the next")  # noqa: T201
    assert share >= 0.9
