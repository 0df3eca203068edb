"""What is declared and not used, and where nothing is said about it."""

from pathlib import Path

import pytest

from tcpspec.model.model import Specification
from tests.helpers import errors, loaded, specification

FRAME = """
{top}
message G(F: 0..3 = 0) = X | Y
call c
machine M {{
    {members}
    initial state A {{ call c / snd X   rcv X / snd Y   ignore Y   {rules} }}
}}
system S {{ a: M may c   channel a -> a: fifo(2) {items} }}
check S {{ no deadlock   {checks} }}
"""


def found(model: Specification) -> set[tuple[str, str]]:
    """Codes, and the text of the place."""
    return {(d.code, d.span.text if d.span else "") for d in model.warnings}


def framed(
    top: str = "", members: str = "", rules: str = "", items: str = "", checks: str = ""
) -> set[tuple[str, str]]:
    text = FRAME.format(top=top, members=members, rules=rules, items=items, checks=checks)
    return found(specification(text))


def test_the_frame_is_free_of_warnings() -> None:
    assert not framed()


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        ({"top": "const N = 1"}, "N"),
        ({"top": "define d = 1 == 1"}, "d"),
        ({"top": "type T = 0..1"}, "T"),
        ({"top": "type T = {red, green}"}, "T"),
        ({"top": "call d"}, "d"),
        ({"top": "call d", "items": ""}, "d"),
        ({"top": "timer t", "items": "timer t at most 1 times"}, "t"),
        ({"top": "message H = Z"}, "Z"),
        ({"top": "machine N { initial state A { } }"}, "N"),
        ({"top": "system T { b: M  channel b -> b: fifo(1) }"}, "T"),
        ({"members": "var x: 0..1 = 0", "rules": "step / x := 1"}, "x"),
    ],
)
def test_what_nothing_uses_is_told(parts: dict[str, str], name: str) -> None:
    assert framed(**parts) == {("unused", name)}


@pytest.mark.parametrize(
    "parts",
    [
        {"top": "const N = 1  define d = N == N", "rules": "step [d]"},
        {"top": "type T = {red, green}  const N = red", "rules": "step [N == red]"},
        {"top": "type T = 0..1", "members": "var x: T = 0", "rules": "step [x == 1]"},
        {"members": "var x: 0..1 = 0", "checks": '"c": always a.x == 0'},
        {"members": "var x: 0..1 = 0", "items": "bound a.x == 0"},
        {"members": "var x: 0..1 = 0", "rules": "step / snd X(F = x)"},
        {"top": "message H = Z", "checks": '"c": never Z in (a -> a)'},
        {"top": "message H = Y+Z", "checks": '"c": never Y+Z in (a -> a)'},
        {"top": "timer t", "rules": "timeout t", "items": "timer t at most 0 times"},
        {"rules": "otherwise ignore"},
    ],
)
def test_what_is_used_anywhere_is_not(parts: dict[str, str]) -> None:
    assert not framed(**parts)


def test_nothing_is_judged_in_a_file_without_systems() -> None:
    assert not found(specification("const N = 1 call c machine M { initial state A { } }"))


def test_only_what_the_file_itself_declares_is_judged(tmp_path: Path) -> None:
    base = "protocol B\nconst N = 1\ncall c, d\nmachine M { initial state A { call c } }\n"
    variant = (
        'protocol V extends "base.fsm"\nconst K = 1\nsystem S { a: M }\ncheck S { no stall }\n'
    )
    assert found(loaded(tmp_path, {"base.fsm": base, "v.fsm": variant})) == {("unused", "K")}


def test_a_guard_that_a_constant_decides_is_a_switch() -> None:
    switch = "const SWITCH = 0  define enabled = SWITCH == 1"
    for guard in ("SWITCH == 1", "SWITCH == 0", "enabled", "not enabled", "enabled or x == 0"):
        rules = f"step [{guard}]  step [enabled and x == 1]"
        assert not framed(top=switch, members="var x: 0..1 = 0", rules=rules)


def test_a_condition_of_a_define_is_judged_as_a_whole_only() -> None:
    top = "define d = x >= 0 and x == 1"
    assert not framed(top=top, members="var x: 0..1 = 0", rules="step [d]")


def test_what_never_fires() -> None:
    assert framed(top="call d", rules="call d") == {("never-fires", "call d")}
    assert framed(rules="step [false]") == {("never-fires", "false")}
    assert framed(rules="step [1 == 1]") == {("constant-guard", "1 == 1")}
    x = {"members": "var x: 0..1 = 0"}
    assert framed(**x, rules="step [x > 1 and x == 0]") == {("never-fires", "x > 1 and x == 0")}


def test_messages_are_followed_through_ports() -> None:
    text = """
    message G = X | Y
    machine M {
        port left, right
        initial state A { step / snd X to left; snd Y to right
                          rcv X from left   rcv Y from left   rcv any from right }
    }
    system S {
        a: M  b: M  channel a.left <-> b.left: fifo(1)  channel a.right <-> b.right: fifo(1)
    }
    check S { no deadlock }
    """
    assert found(specification(text)) == {("never-fires", "rcv Y from left")}


def test_messages_that_nobody_sends_or_takes() -> None:
    top = "message H = Z"
    assert framed(top=top, rules="rcv Z") == {("never-sent", "Z")}
    assert framed(top=top, rules="step / snd Z") == {("never-received", "Z")}
    assert not framed(top=top, rules="rcv Z   step / snd Z")
    assert not framed(top=top, rules="ignore Z   step / snd Z")


def test_what_a_channel_holds_is_sent() -> None:
    text = """
    message G = X
    machine M { initial state A { rcv X } }
    machine N { initial state A { } }
    system S { a: N  b: M  channel a -> b: fifo(1), holds X }
    check S { no stall }
    """
    assert not found(specification(text))


@pytest.mark.parametrize(
    "body", ["nowhere == 1", "a.nothing == 1", "a in A and b in B", "Q in (a -> a)"]
)
def test_names_in_unused_defines_must_be_known(body: str) -> None:
    text = FRAME.format(top=f"define d = {body}", members="", rules="", items="", checks="")
    assert set(errors(text)) == {"unknown-name"}


@pytest.mark.parametrize("body", ["a in A", "G.F == 1", "X in (a -> a)", "G in {X}", "a.x == K"])
def test_names_that_some_view_knows_are_known(body: str) -> None:
    top = f"const K = 0  define d = {body}"
    text = FRAME.format(top=top, members="var x: 0..1 = 0", rules="", items="", checks="")
    assert ("unused", "d") in found(specification(text))


def test_what_is_constant_in_one_system_only_is_no_mistake() -> None:
    """Machines of other systems have other ranges."""
    text = """machine M { var x: 0..9 = 0 initial final state A { step / x := any } }
        machine K { var x: 0..20 = 0 initial final state A { step / x := any } }
        system One { a: M } system Two { a: K }
        define low = a.x <= 9
        check One, Two { "g": always a.x <= 9 "h": always a.x >= 0 "i": always not low }
        check One { "one": always a.x <= 9 }"""
    warnings = [w for w in specification(text).warnings if w.code == "constant-guard"]
    assert [w.span.line for w in warnings if w.span] == [6, 7]
    assert [w.span.text for w in warnings if w.span] == ["a.x >= 0", "a.x <= 9"]
