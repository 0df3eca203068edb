"""The TLA+ export as a text; what TLC says of it is in tests/crosscheck."""

import re
from pathlib import Path

import pytest
from hypothesis import given

from tcpspec.check import load
from tcpspec.export.exported import Export, Form, Refused
from tcpspec.export.tla import export_tla
from tcpspec.export.tla.expressions import Expressions
from tcpspec.export.tla.naming import Naming
from tcpspec.export.tla.words import comment, comments, string, unspelled
from tcpspec.model.model import Specification
from tcpspec.record import replace
from tests.cli.runner import SOME
from tests.conftest import Golden
from tests.export.hostile import texts
from tests.helpers import specification

REPOSITORY = Path(__file__).parent.parent.parent


def exported(text: str, module: str | None = None) -> Export:
    """The export of the first system of a text."""
    spec = specification(text)
    return export_tla(spec, next(iter(spec.systems.values())), module)


def module_of(export: Export) -> str:
    return next(iter(export.files.values()))


def handshake() -> Specification:
    path = REPOSITORY / "tests" / "bench" / "handshake.fsm"
    return replace(load(str(path)), path="handshake.fsm")


SMALL = """
message M(F: 0..3 = x) = PING | PONG
call ask
timer again
machine Client {
    var x: 0..3 = 0     ## how often it has asked
    initial final state IDLE { call ask [x < 3] / x := x + 1; snd PING   -> ASKING }
    state ASKING {
        rcv PONG [M.F == x]                                             -> IDLE
        defer PONG
        timeout again / snd PING; snd PING(F = any)
    }
}
machine Server(ID: bool) ordered {
    port wire
    initial final state A {
        rcv PING [ID] / snd PONG(F = M.F)
        otherwise ignore
    }
    in A unless handled { step [full(wire)] }
}
system Net "bags and fifos" {
    c: Client may ask at most 2 times
    s: Server(ID = true)
    init c in IDLE
    init c in ASKING(x = 1)
    channel c -> s.wire: bag(2), duplicating, when full drop
    channel s.wire -> c: fifo(2), loses at most 1, when full wait
    timer again only when idle
    bound count(c -> s.wire) < 2
}
check Net {
    no deadlock
    no stall
    no unspecified reception
    "it ends": always possible c in IDLE
    "never three": violated never c.x == 3
    "an answer": reachable PONG(F = c.x) in (s.wire -> c)
    every transition used
}
"""


def test_golden(golden: Golden) -> None:
    spec = handshake()
    for name, text in export_tla(spec, spec.systems["ClientServer"]).files.items():
        golden(name, text)


def test_golden_of_everything_else(golden: Golden) -> None:
    spec = replace(specification(SMALL), path="small.fsm")
    for name, text in export_tla(spec, spec.systems["Net"], "Everything").files.items():
        golden(name, text)


@pytest.mark.parametrize("name", ["abp", "figure5", "tcp"])
def test_each_line_of_a_specification_is_one_action_and_quoted(name: str) -> None:
    spec = load(str(REPOSITORY / "specs" / f"{name}.fsm"))
    for system in spec.systems.values():
        text = module_of(export_tla(spec, system)).replace("\n\\*     ", " ")
        machines = {instance.machine for instance in system.instances}
        several = len({t.span.source.name for m in machines for t in m.transitions}) > 1
        for machine in machines:
            for transition in machine.transitions:
                span = transition.span
                number = transition.index + 1 if several else span.line
                place = re.escape(span.place) if several else f"line {number}"
                quoted = re.escape(comment(transition.text).removeprefix("\\* "))
                label = f"{transition.label}: " if transition.label else ""
                head = rf"^\\\* {place}: {re.escape(label)}{quoted}(   @ .*)?"
                action = rf"{head}\n{machine.name[:14]}_\w+_{number}\(self\) ==$"
                nobody = rf"{head}   \(nobody may call it\)$"
                assert re.search(f"{action}|{nobody}", text, re.MULTILINE), transition.text


def mentioned(lines: list[str]) -> list[str]:
    """The words of a module, without strings and comments."""
    code = [re.sub(r'"[^"]*"|\\\*.*', "", line) for line in lines]
    return re.findall(r"[A-Za-z]\w*", "\n".join(code))


FILES = sorted([*SOME, *REPOSITORY.glob("tests/bench/*.fsm")])


@pytest.mark.parametrize("path", [*FILES, None], ids=lambda path: path.stem if path else "small")
def test_modules_are_narrow_and_define_only_what_is_used(path: Path | None) -> None:
    spec = load(str(path)) if path else specification(SMALL)
    for system in spec.systems.values():
        try:
            module, configuration = export_tla(spec, system).files.values()
        except Refused:
            continue
        assert max(map(len, f"{module}\n{configuration}".splitlines())) <= 100
        defined = re.findall(r"^([A-Za-z]\w*)(?:\(.*\))? ==", module, re.MULTILINE)
        words = mentioned(module.splitlines())
        asked = re.findall(r"\w+", configuration)
        goals = [name for name in defined if name.startswith("goal_")]
        unused = [n for n in defined if words.count(n) == 1 and n not in {*asked, *goals}]
        assert (system.name, unused) == (system.name, [])


def test_the_configuration_asks_for_what_should_hold() -> None:
    spec = handshake()
    export = export_tla(spec, spec.systems["ClientServer"])
    configuration = export.files["Handshake_ClientServer.cfg"].splitlines()
    assert "INVARIANT NoDeadlock" in configuration
    assert "INVARIANT open_ends_agree" in configuration
    assert "\\* INVARIANT never_both_ends_meet" in configuration
    assert {left.check.name for left in export.left_out} == {"opening stays possible"}


def test_each_check_is_asked_or_left_out() -> None:
    export = exported(SMALL)
    names = {asked.check.name: (asked.form, asked.negated) for asked in export.asked}
    assert names["an answer"] == (Form.INVARIANT, True)
    assert names["never three"] == (Form.INVARIANT, False)
    assert names["every transition used"] == (Form.COVERAGE, False)
    (left,) = export.left_out
    assert left.check.name == "it ends"
    module, configuration = export.files.values()
    for asked in export.asked:
        if asked.form is Form.INVARIANT:
            assert f"\n{asked.name} ==" in module
            assert f"INVARIANT {asked.name}\n" in configuration
    assert "CONSTRAINT Within" in configuration


PREDICATES = {
    "a.x + 1 - (a.x - 2) * 3 == 0": "(x[\"a\"] + 1) - ((x[\"a\"] - 2) * 3) = 0",
    "0 <= a.x < 2 and not a.p": '0 <= x["a"] /\\ x["a"] < 2 /\\ ~p["a"]',
    "a.p or a.x == 1 and a.p": 'p["a"] \\/ (x["a"] = 1 /\\ p["a"])',
    "a.p implies a.p implies a.p": 'p["a"] => (p["a"] => p["a"])',
    "not (a.p or a.p)": '~(p["a"] \\/ p["a"])',
    "a.p == (a.x != -1)": 'p["a"] = (x["a"] # (-1))',
    "a.s < 3 and a.s >= 7": 'Before(s["a"], 3, 8) /\\ NotAfter(7, s["a"], 8)',
    "max(a.s, 3) == a.s - 1": 'LaterOf(s["a"], 3, 8) = (s["a"] - 1) % 8',
    "min(a.x, 1) == max(a.x, 2)": 'Min(x["a"], 1) = Max(x["a"], 2)',
    "a.e in {red} and a.e != green": 'e["a"] = "red" /\\ e["a"] # "green"',
    "a in A or a in {A, B}": 'state["a"] = "A" \\/ state["a"] \\in {"A", "B"}',
    "count(a -> a) > 1": 'Size(network, "a -> a") > 1',
    "full(a -> a) or empty(a -> a)":
        'Size(network, "a -> a") >= Capacity["a -> a"] \\/ Size(network, "a -> a") = 0',
    "M(F = a.x) in (a -> a) implies a.p":
        '(\\E m \\in Contents("a -> a") : m.name = "M" /\\ m.F = x["a"]) => p["a"]',
    "M(G = (M in (a -> a))) in (a -> a)":
        '\\E m \\in Contents("a -> a") : m.name = "M" /\\ '
        'm.G = (\\E mm \\in Contents("a -> a") : mm.name = "M")',
}  # fmt: skip


def test_expressions_read_as_they_are_meant() -> None:
    checks = "\n".join(f'"{number}": always {text}' for number, text in enumerate(PREDICATES))
    spec = specification(
        f"""message M(F: -2..2 = 0, G: bool = true) = M
        machine A {{
            var x: -2..2 = 0   var p: bool = false   var s: mod 8 = 0   var e: {{red, green}} = red
            initial state A {{ ignore any  step -> B }}   state B {{ }}
        }}
        system S {{ a: A  channel a -> a: fifo(2) }}
        check S {{ {checks} }}"""
    )
    expressions = Expressions(Naming(spec.systems["S"], "Module"), None)
    for check, expected in zip(spec.checks, PREDICATES.values(), strict=True):
        assert check.predicate is not None
        assert expressions.text(check.predicate) == expected


def test_long_predicates_are_broken_at_every_depth() -> None:
    spec = specification(
        """machine A { var x: 0..9 = 0  initial state A { step } }
        system S { a: A }
        check S { "p": always not (0 <= a.x < 2 and a.x == 3) implies a.x == 1 or not a.x == 2 }"""
    )
    predicate = spec.checks[0].predicate
    assert predicate is not None
    lines = Expressions(Naming(spec.systems["S"], "Module"), None).lines(predicate, 20)
    assert (
        "\n".join(lines)
        == r"""
(~(/\ /\ 0 <= x["a"]
      /\ x["a"] < 2
   /\ x["a"] = 3))
=> (\/ x["a"] = 1
    \/ ~(x["a"] = 2))""".removeprefix("\n")
    )


def test_names_stay_apart() -> None:
    text = module_of(
        exported(
            """call go
            machine A { var x.y: bool = false  var x_y: bool = false  var Next: bool = false
                initial state S { call go / x.y := true; x_y := (not x_y); Next := x.y } }
            machine B { var x.y: 0..1 = 0  initial state S { call go / x.y := 1 } }
            system S { a: A may go  b: B may go }"""
        )
    )
    declared = re.findall(r"^    (\w+),? +\\\*", text, re.MULTILINE)
    assert declared == ["state", "A_x_y", "x_y", "Next_2", "B_x_y", "failure"][: len(declared)]
    assert len(set(declared)) == len(declared) == 5


LINES = """
machine A {
    var x: bool = false
    initial state S { step -> T   step -> S }
    state T { a.label: step / x := true }
}
system S { a: A }
"""


def test_lines_that_share_a_line_of_the_source_are_numbered_in_order() -> None:
    text = module_of(exported(LINES))
    assert "\\* line 5: step -> S\nA_step_2(self)" in text
    assert re.findall(r"^(A_\w+)\(self\)", text, re.MULTILINE) == [
        "A_step_1", "A_step_2", "A_a_label_3",
    ]  # fmt: skip


# --- what an action says -----------------------------------------------------------------------


RANKS = """
message M = PING | PONG | BYE
call go, halt
timer soon, late
machine A ordered {
    initial state S {
        rcv PING -> S
        rcv PING | PONG
        rcv BYE
        call go
        call halt -> T
        timeout soon
        timeout late
    }
    state T { rcv PING | PONG | BYE / snd PING; snd PING }
}
system N {
    a: A may go at most 2 times
    b: A may go
    channel a -> b: fifo(2), when full wait
    channel b -> a: fifo(2), when full drop
    timer a.soon at most 1 times
}
check N { no unspecified reception }
"""


def actions(text: str) -> dict[str, str]:
    """The bodies of a module's actions, by name."""
    found = re.findall(
        r"^(\w+)\(self\) ==\n((?:    .*\n)+)", module_of(exported(text)), re.MULTILINE
    )
    return dict(found)


def test_an_action_says_what_it_receives_and_asks_for_the_order_only_where_it_matters() -> None:
    found = actions(RANKS)
    assert 'm.name = "PING"' in found["A_rcv_PING_8"]
    assert "A_rules" not in found["A_rcv_PING_8"]
    assert 'm.name # "BYE"' in found["A_rcv_PING_PONG_9"]
    assert "9 \\in A_rules(self, m)" in found["A_rcv_PING_PONG_9"]
    assert "A_rules" not in found["A_rcv_BYE_10"]


def test_a_name_of_a_line_is_whole_or_its_kind() -> None:
    assert "A_rcv_PING_PONG_BYE_16" in actions(RANKS)
    long = RANKS.replace("BYE", "A_MUCH_LONGER_NAME")
    assert "A_rcv_16" in actions(long)


def test_only_what_is_restricted_is_asked_for_permission() -> None:
    found = actions(RANKS)
    assert "TimerAllows" in found["A_timeout_soon_13"]
    assert "timers_left' =" in found["A_timeout_soon_13"]
    assert "TimerAllows" not in found["A_timeout_late_14"]
    assert "timers_left' =" not in found["A_timeout_late_14"]
    assert "Spent" in found["A_call_go_11"]
    assert "A_call_halt_12" not in found


def test_a_module_extends_what_it_uses() -> None:
    bag = RANKS.replace("fifo", "bag")
    assert "EXTENDS Integers, Bags\n" in module_of(exported(bag))
    assert "EXTENDS Integers, Sequences\n" in module_of(exported(RANKS))
    assert "EXTENDS Integers\n" in module_of(exported(LINES))


def test_what_should_stay_possible_is_no_invariant() -> None:
    module, configuration = exported(SMALL).files.values()
    assert "an invariant:\ngoal_it_ends == " in module
    assert "it_ends" not in configuration


def test_a_check_that_is_expected_to_fail_keeps_the_name_of_its_claim() -> None:
    text = RANKS.replace("{ no un", "{ violated no un")
    module, configuration = exported(text).files.values()
    assert "\\* violated no unspecified reception\nNoUnspecifiedReception ==" in module
    assert "\n\\* INVARIANT NoUnspecifiedReception\n" in configuration


# --- what is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", "9lives", "a-b", "CASE", "Integers", "WF_x", "../x", "ä"])
def test_a_module_needs_a_name_of_tla(name: str) -> None:
    with pytest.raises(Refused, match="cannot be the name"):
        exported(LINES, name)


@pytest.mark.parametrize("text", [
    "machine A { var x: 0..3000000000 = 0  initial state S { step / x := 1 } }",
    "machine A { var x: mod 4294967296 = 0  initial state S { step / x := x + 1 } }",
    "machine A { var x: 0..100000 = 0  initial state S { step [x * x > 1] / x := 1 } }",
    "call c\nmachine A { initial state S { call c } }",
])  # fmt: skip
def test_numbers_beyond_those_of_tlc_are_refused(text: str) -> None:
    with pytest.raises(Refused, match="2\\^31"):
        exported(
            f"{text}\nsystem S {{ a: A{' may c at most 9999999999 times' * ('call' in text)} }}"
        )


@pytest.mark.parametrize("action", ["y := y + y", "y := y + 1"])
def test_actions_that_grow_without_end_are_refused(action: str) -> None:
    actions = "; ".join([action] * 200)
    with pytest.raises(Refused, match="too long"):
        exported(
            f"machine A {{ var y: mod 8 = 1  initial state S {{ step / {actions} }} }}\n"
            "system S { a: A }"
        )


# --- words -------------------------------------------------------------------------------------


@given(texts)
def test_any_text_is_a_string_on_one_line(text: str) -> None:
    quoted = string(text)
    assert re.fullmatch(r'"[ !#-\[\]-~]*"', quoted)
    assert unspelled(quoted[1:-1]) == text


@given(texts)
def test_any_text_is_a_comment_on_one_line(text: str) -> None:
    assert re.fullmatch(r"\\\*( [ -~]*)?", comment(text))
    assert all(re.fullmatch(r"\\\*( [ -~]*)?", line) for line in comments(text))
    assert "(*" not in comment(text)
    assert "*)" not in comment(text)
