"""Text to syntax tree: what each construct becomes, where it stands, and hostile input."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcpspec.diagnostics import Diagnostics, render
from tcpspec.language import ast
from tcpspec.language.comments import Documentation
from tcpspec.language.parse import parse
from tcpspec.language.tables import lark_parser
from tcpspec.source import Source
from tests.cli.runner import LIBRARY
from tests.examples import examples


def tree(text: str) -> ast.File:
    found = Diagnostics()
    file = parse(Source("test.fsm", text), found)
    assert file is not None, [render(diagnostic) for diagnostic in found.all]
    assert not found.all
    return file


def errors(text: str) -> list[str]:
    found = Diagnostics()
    parse(Source("test.fsm", text), found)
    return [diagnostic.code for diagnostic in found.all]


def rule(text: str) -> ast.Rule:
    machine = tree(f"machine M {{ initial state A {{ {text} }} }}").items[0]
    assert isinstance(machine, ast.Machine)
    state = machine.members[0]
    assert isinstance(state, ast.State)
    assert len(state.rules) == 1
    found = state.rules[0]
    assert isinstance(found, ast.Rule)
    return found


def guard(text: str) -> ast.Expression | None:
    return rule(f"step [{text}]").guard


def show(node: object) -> str:
    """An expression with all its parentheses."""
    match node:
        case ast.Number() | ast.Truth():
            return str(node.value).lower()
        case ast.Reference():
            return node.name
        case ast.Unary():
            return f"({node.operator} {show(node.operand)})"
        case ast.Binary():
            return f"({show(node.left)} {node.operator} {show(node.right)})"
        case ast.Compare():
            pairs = zip(("", *node.operators), node.operands, strict=True)
            return "(" + "".join(f"{f' {op} ' if op else ''}{show(x)}" for op, x in pairs) + ")"
        case ast.Within():
            return f"({show(node.left)} in {{{', '.join(m.text for m in node.members)}}})"
        case ast.Extremum():
            return f"{node.function}({show(node.left)}, {show(node.right)})"
    raise TypeError(node)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b * c - d", "((a + (b * c)) - d)"),
        ("a or b and not c implies d implies e", "((a or (b and (not c))) implies (d implies e))"),
        ("not a == b", "(not (a == b))"),
        ("UNA < SEG.ACK <= NXT", "(UNA < SEG.ACK <= NXT)"),
        ("- a + -1", "((- a) + (- 1))"),
        ("(a or b) and c", "((a or b) and c)"),
        ("c in LISTEN and c in {A, B+C}", "((c in {LISTEN}) and (c in {A, B+C}))"),
        ("max(a, b) - min(1, 2) > 0", "((max(a, b) - min(1, 2)) > 0)"),
        ("true implies false", "(true implies false)"),
    ],
)
def test_operators_bind_as_the_field_reads_them(text: str, expected: str) -> None:
    assert show(guard(text)) == expected


def test_a_rule_has_all_its_parts() -> None:
    found = rule(
        "early: rcv SYN+ACK | ACK from wire [x == 1] / x := any; snd RST(SEQ = any) to peer; "
        'reset -> B @ "3.10"'
    )
    assert found.label is not None
    assert found.label.text == "early"
    assert found.trigger.messages is not None
    assert [name.text for name in found.trigger.messages.names] == ["SYN+ACK", "ACK"]
    assert found.trigger.port is not None
    assert found.trigger.port.text == "wire"
    assign, send, reset = found.actions
    assert isinstance(assign, ast.Assign)
    assert isinstance(assign.value, ast.AnyValue)
    assert isinstance(send, ast.Send)
    assert send.port is not None
    assert isinstance(reset, ast.Reset)
    assert (found.target and found.target.text, found.reference) == ("B", "3.10")


@pytest.mark.parametrize(
    ("text", "kind", "is_any"),
    [
        ("ignore RST", "ignore", False),
        ("defer any except RST", "defer", True),
        ("otherwise ignore", "otherwise ignore", True),
        ("otherwise / snd RST -> B", "otherwise", True),
        ("otherwise -> B", "otherwise", True),
        ("rcv any", "transition", True),
    ],
)
def test_kinds_of_rules(text: str, kind: str, is_any: bool) -> None:
    found = rule(text)
    assert found.kind == kind
    assert found.trigger.messages is not None
    assert found.trigger.messages.any is is_any


def test_words_of_the_language_may_be_names_where_they_cannot_be_meant() -> None:
    file = tree(
        "message bag = fifo | lossy\n"
        "machine M { initial state final { call state | idle -> final } "
        "in final, idle { rcv fifo } state idle { } }"
    )
    machine = file.items[1]
    assert isinstance(machine, ast.Machine)
    assert [m.name.text for m in machine.members if isinstance(m, ast.State)] == ["final", "idle"]


def test_every_node_knows_its_place() -> None:
    text = "protocol P\nmachine M {\n    initial state A { step\n / x := 1 -> A }\n}"
    machine = tree(text).items[0]
    assert isinstance(machine, ast.Machine)
    state = machine.members[0]
    assert isinstance(state, ast.State)
    place = state.rules[0].span
    assert (place.line, place.column, place.end_line, place.end_column) == (3, 23, 4, 15)
    assert place.text == "step / x := 1 -> A"
    for node in _nodes(tree(text)):
        assert node.span.source.name == "test.fsm"


def _nodes(node: object) -> list[ast.Node]:
    found = [node] if isinstance(node, ast.Node) else []
    children = node if isinstance(node, tuple) else []
    if isinstance(node, ast.Node):
        children = list(node.values_())
    return found + [one for child in children for one in _nodes(child)]


def test_a_text_does_not_contain_comments() -> None:
    found = rule('step [a # "why"\n == 1] # because "so"\n / x := 1')
    assert found.span.text == "step [a == 1] / x := 1"


def test_documentation_belongs_to_what_it_stands_before_or_beside() -> None:
    file = tree(
        "## what it is\n## in two lines\nprotocol P\n# not this\n"
        "const N = 1 ## how many\ncall go ## asked\nconst M = 2\n## nobody's\n"
    )
    assert file.protocol is not None
    docs = Documentation(file, [file.protocol, *file.items])
    assert docs.of(file.protocol) == "what it is\nin two lines"
    assert [docs.of(item) for item in file.items] == ["how many", "asked", None]


def test_a_hash_in_a_text_is_no_comment() -> None:
    file = tree('protocol P "number #1" # one')
    assert file.protocol is not None
    assert file.protocol.title == "number #1"
    assert [comment.text for comment in file.comments] == ["# one"]


def test_trees_are_equal_when_they_say_the_same() -> None:
    assert tree("const N = (1 + 2)").items == tree("\n\nconst  N=1+2 # three").items
    assert tree("const N = 1").items != tree("const N = 2").items


# --- the grammar ---------------------------------------------------------------------------


def test_the_grammar_has_no_conflict() -> None:
    assert lark_parser("grammar", strict=True).parse("const N = 1").data == "start"


def test_the_words_of_the_language_are_those_of_the_grammar() -> None:
    from tcpspec.model.reserved import WORDS

    terminals = lark_parser("grammar").terminals
    patterns = [t.pattern.value.replace(r"(?![\w.])", "") for t in terminals]
    words = {word for p in patterns for word in re.findall(r"[a-z]+", p) if "[" not in p}
    assert words == WORDS


@pytest.mark.parametrize("end", ["er", "_1", "2", ".x", "é"])
def test_a_name_may_begin_with_a_word(end: str) -> None:
    """In every place for a name: not even a part of it is taken for the word."""
    from tcpspec.model.reserved import WORDS

    for word in sorted(WORDS):
        name = word + end
        text = f"""
        protocol P
        call {name}
        timer t
        message M = {name}
        machine A {{
            var {name}: 0..3 = 0
            initial final state {name} {{
                call {name} [{name} < 2 and 0 <= {name}] / {name} := {name} + 1; snd {name}
                rcv {name} / {name} := max(0, {name})
                timeout t [not {name} == 2] -> {name}
            }}
        }}
        system S {{
            {name}: A may {name}
            timer t at most 2 times
            b: A
            channel {name} <-> b: fifo(1), lossy
        }}
        check S {{ "x": always {name} in {name} and {name} in ({name} -> b) }}
        scenario "y" on S {{
            {name}: {name}
            {name} -> b: {name}
            {name}: {name}
        }}
        """
        found = Diagnostics()
        assert parse(Source("test.fsm", text), found) is not None
        assert not found.all, (name, [render(d) for d in found.all])


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.name)
def test_every_specification_parses(path: Path) -> None:
    assert tree(path.read_text("utf-8")).protocol is not None


# --- syntax errors -------------------------------------------------------------------------


def message(text: str) -> str:
    found = Diagnostics()
    assert parse(Source("test.fsm", text), found) is None
    (diagnostic,) = found.all
    return render(diagnostic)


def test_an_error_shows_the_line_and_what_may_stand_there() -> None:
    assert message("protocol P\nconst N 3") == (
        "test.fsm:2:9: error[syntax]: unexpected `3`; expected `=`\n  const N 3\n          ^"
    )


def test_an_unclosed_text_says_so() -> None:
    assert 'a text ends with `"` on its line' in message('protocol P "open')


def test_an_unclosed_brace_says_so() -> None:
    assert "a `}` is missing" in message("machine M { initial state A { }\n\n")


def test_long_lines_and_control_characters_are_shown_safely() -> None:
    shown = message("const N = " + "1 + " * 100 + "\x1b[31m" + " + 1" * 100)
    assert "\x1b" not in shown
    assert max(map(len, shown.split("\n"))) < 400


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("const N = " + "(" * 50_000 + "1" + ")" * 50_000, []),
        ("const N = " + "-" * 50_000 + "1", ["nested-too-deeply"]),
        ("const N = " + "1 + " * 5_000 + "1", ["nested-too-deeply"]),
        ("const N = " + "9" * 5_000, ["number-too-large"]),
        ("const N = " + "0" * 5_000 + "7", []),
        ("machine M { initial state A { step [" + "not " * 500 + "a] } }", ["nested-too-deeply"]),
        ("{" * 10_000, ["syntax"]),
        ("", []),
        ("\x00", ["syntax"]),
        ("# only a comment", []),
    ],
    ids=range(10),
)
def test_hostile_texts_end_in_an_error_or_are_read(text: str, expected: list[str]) -> None:
    assert errors(text) == expected


@settings(max_examples=examples(50, thorough=200))
@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    found = Diagnostics()
    file = parse(Source("random.fsm", text), found)
    assert (file is None) == found.has_errors
    for diagnostic in found.all:
        assert diagnostic.span is not None
        assert 1 <= diagnostic.span.line <= text.count("\n") + 1
        assert render(diagnostic)


TOKENS = re.compile(r'"[^"\n]*"|[\w.]+|->|:=|==|\S')


@settings(max_examples=examples(50, thorough=150))
@given(st.data())
def test_mutated_specifications_never_crash_the_parser(data: st.DataObject) -> None:
    text = LIBRARY[0].read_text("utf-8")
    places = list(TOKENS.finditer(text))
    place = data.draw(st.sampled_from(places))
    new = data.draw(st.sampled_from(["", "}", "{", "->", "rcv", "[", '"', "any", "0", "+", ";"]))
    found = Diagnostics()
    file = parse(Source("mutant.fsm", text[: place.start()] + new + text[place.end() :]), found)
    assert (file is None) == found.has_errors
