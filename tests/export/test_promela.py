"""The text of the Promela export: what a reader finds in it, and what is refused.

That it means the same is for ``tests/crosscheck/test_spin.py``, which asks SPIN.
"""

import re
from pathlib import Path

import pytest

from tcpspec.check import load
from tcpspec.export.exported import Export, Form, Refused
from tcpspec.export.promela import export_promela
from tcpspec.model.types import ValueT
from tests.cli.runner import REPOSITORY, SOME, SPECS
from tests.conftest import Golden
from tests.helpers import specification

TCP = load(str(SPECS / "tcp.fsm"))


def exported(text: str, **constants: ValueT) -> Export:
    """The export of the one system of a text."""
    spec = specification(text, **constants)
    (system,) = spec.systems.values()
    return export_promela(spec, system)


def text_of(text: str, **constants: ValueT) -> str:
    (promela,) = exported(text, **constants).files.values()
    return promela


def machine(body: str, system: str = "a: A may c", **constants: ValueT) -> str:
    """The export of one machine with one state."""
    header = "message M(F: 0..3 = 0) = X | Y\ncall c\ntimer t\n"
    rules = f"machine A {{ var n: 0..9 = 0  initial final state S {{ {body} }} }}\n"
    return text_of(f"{header}{rules}system S {{ {system} }}", **constants)


# --- what a reader finds ---


def test_golden_handshake(golden: Golden) -> None:
    spec = load(str(REPOSITORY / "tests" / "bench" / "handshake.fsm"))
    export = export_promela(spec, spec.systems["ClientServer"])
    golden("handshake.pml", export.files["ClientServer.pml"])


EVERYTHING = """
message M(F: 0..3 = 0) = X | Y | Z
call c
timer t
machine A {
    port left, right
    var n: 0..3 = 0
    initial state S {
        call c / n := n + 1; snd X(F = any) to left; snd Y to right -> T
        defer Y from right
    }
    final state T { rcv X from left [M.F > 0] -> S  rcv Y from right / n := 0  otherwise ignore }
}
machine B { initial final state R { rcv X / snd X(F = M.F)  timeout t / snd Z  ignore Y | Z } }
system Net "a bag, errors, ports, a defer" {
    a: A may c at most 2 times
    b: B
    c: B
    channel a.left <-> b: bag(2), when full drop, duplicates at most 1
    channel a.right <-> c: fifo(2), loses at most 1
    timer t only when idle
}
check Net {
    no deadlock  no stall  no unspecified reception  no overflow
    "met": reachable a.n == 2 and X(F = 1) in (a.left -> b)
}
"""


def test_golden_of_everything_else(golden: Golden) -> None:
    golden("everything.pml", text_of(EVERYTHING))


PAIRS = [
    name for name, system in TCP.systems.items()
    if {instance.machine.name for instance in system.instances} == {"Endpoint"}
]  # fmt: skip


@pytest.mark.parametrize("name", PAIRS)
def test_each_transition_of_the_source_is_found_by_its_line(name: str) -> None:
    """In every state that it applies to, with its text; and what it does, or why nothing."""
    (promela,) = export_promela(TCP, TCP.systems[name]).files.values()
    endpoint = TCP.machines["Endpoint"]
    states = dict(
        re.findall(r"^\w+: /\* ([^*]*) \*/\n(.*?)^    (?:od|false);", promela, re.M | re.S)
    )
    for state in endpoint.states:
        words = [w for w in ("initial", "final", "idle") if getattr(state, w)]
        body = " ".join(states[" ".join([*words, "state", state.name])].split())
        for line in endpoint.of_state[state.name]:
            place = re.escape(f"tcp_endpoint.fsm:{line.span.line}")  # it is included
            if "nothing in this system leads here" in body:
                assert re.search(rf"these lines would apply:[^*]* {place}\b", body)
                continue
            quoted = re.escape(f": {line.text}")
            assert re.search(rf"/\* {place}{quoted}( @[^*]*)? \*/ (:: d_step|/\* no step: )", body)


@pytest.mark.parametrize("name", PAIRS)
def test_end_labels_are_those_of_final_states(name: str) -> None:
    (promela,) = export_promela(TCP, TCP.systems[name]).files.values()
    process = promela[promela.index("proctype Endpoint") : promela.index("#undef my")]
    labels = set(re.findall(r"^(end_\w+):", process, re.M))
    endpoint = TCP.machines["Endpoint"]
    assert labels == {f"end_{state.name}" for state in endpoint.states if state.final}
    assert not re.search(r"^(accept|progress)", promela, re.M)


def test_each_step_is_one_d_step_and_says_its_line() -> None:
    promela = machine("call c / n := 1; snd X -> S  rcv X", "a: A may c channel a -> a: fifo(1)")
    assert promela.count(":: d_step {") == 3  # two steps, one overflow
    assert "line 5, call c" in promela
    assert "received(6, msg);" in promela  # both stand on line 5


def test_claims_that_hold_are_asserted_and_others_on_demand() -> None:
    export = exported(
        "call c\nmachine A { initial state S { call c -> T } final state T { } }\n"
        'system S { a: A may c }\ncheck S { no deadlock "t": reachable a in T "s": never a in S\n'
        '"u": violated never a in T  "p": always possible a in T  every state reachable }'
    )
    (promela,) = export.files.values()
    assert set(re.findall(r"#ifdef (.*)", promela)) == {"ASK_t", "ASK_u"}
    assert "fails(no_deadlock)" in promela
    assert {(a.check.name, a.form, a.negated) for a in export.asked} == {
        ("no deadlock", Form.INVARIANT, False), ("t", Form.INVARIANT, True),
        ("s", Form.INVARIANT, False), ("u", Form.INVARIANT, False),
        ("every state reachable", Form.COVERAGE, False),
    }  # fmt: skip
    assert [left.check.name for left in export.left_out] == ["p"]
    assert "Not asked: p." in promela


def test_why_a_line_has_no_step_is_said() -> None:
    promela = machine(
        "call c / n := 1  timeout t  rcv X  step [false]  defer Y", "a: A  timer t at most 0 times"
    )
    for reason in (
        "no user may call this here", "this timer never runs out here", "nobody sends this here",
        "its guard is never true", "the message stays",
    ):  # fmt: skip
        assert f"/* no step: {reason} */" in promela


def test_states_without_a_way_to_them_are_empty() -> None:
    promela = text_of(
        "call c\nmachine A { initial state S { } state T { call c -> S } }\nsystem S { a: A may c }"
    )
    assert "leads here; these lines would apply: 3 */\n    false;" in promela


def test_whether_spin_sees_deadlocks_by_itself_is_said() -> None:
    pair = (
        "machine A { initial final state S { ignore any } }\nmessage M = X\n"
        "check S { no deadlock }\nsystem S { a: A "
    )
    assert "./pan -q" in text_of(pair + "channel a -> a: fifo(1) }")
    for faulty, reason in (
        ("fifo(1), lossy", "would miss deadlocks: a fault may still happen in one"),
        ("bag(2)", "would miss deadlocks with messages left over in an array"),
    ):  # fmt: skip
        promela = text_of(f"{pair}channel a -> a: {faulty} }}")
        assert "./pan -E" in promela
        assert reason in promela


def test_instances_that_are_wired_alike_share_a_process_type() -> None:
    header = "message M = X\nmachine A { initial final state S { rcv X / snd X } }\n"
    same = "system S { a: A  b: A  channel a <-> b: fifo(1)  channel c -> a: fifo(1) c: A }"
    promela = text_of(header.replace("rcv X / snd X", "rcv X") + same)
    assert len(re.findall(r"^proctype A", promela, re.M)) == 3
    assert len(re.findall(r"^proctype A", text_of(
        header + "system S { a: A  b: A  channel a -> b: fifo(1)  channel b -> a: fifo(3) }"
    ), re.M)) == 1  # fmt: skip


BOOK = sorted([*SOME, *(REPOSITORY / "tests" / "bench").glob("*.fsm")])


@pytest.mark.parametrize("path", BOOK, ids=lambda path: path.stem)
def test_nothing_is_too_wide_and_nothing_defined_for_nobody(path: Path) -> None:
    spec = load(str(path))
    for system in spec.systems.values():
        (promela,) = export_promela(spec, system).files.values()
        is_tidy(promela)


def is_tidy(promela: str) -> None:
    """Lines have their length and their end, and whatever is defined is used."""
    assert [line for line in promela.splitlines() if len(line) > 100 or line != line.rstrip()] == []
    assert "\n\n\n" not in promela
    code = re.sub(r"/\*.*?\*/", " ", promela, flags=re.DOTALL)
    places = set(re.findall(r"^#define (\w+) (?:\w+_\d|link|bag|\w+)\[\d+\]$", code, re.M))
    code = re.sub(r"^#undef .*", "", code, flags=re.M)
    defined = re.findall(r"^(?:#define|inline|bool) (\w+)", code, re.M)
    assert [n for n in defined if n not in places and len(re.findall(rf"\b{n}\b", code)) < 2] == []
    assert not re.search(r"ASK_ALL|ASK_ONE|COVERAGE|\bused\b", code)


def test_names_keep_their_spelling_where_they_can() -> None:
    promela = text_of(
        "message M(BIT: 0..1 = 0) = X | R | SND\n"
        "machine A { var BIT: 0..1 = 0  var SND.UNA: 0..1 = 0  var EOF: 0..1 = 0\n"
        "initial final state U { rcv X / BIT := M.BIT  ignore any } }\n"
        "system S { a: A  channel a -> a: fifo(1), holds X }"
    )
    assert "mtype = { U };" in promela
    assert "mtype = { X, R, SND };" in promela
    assert "my.bit_ = msg.bit_" in promela
    assert "byte SND_UNA;" in promela
    assert "byte eof;" in promela


@pytest.mark.parametrize("file", ["$(x).pml", "a`b.pml", "a */ b.pml", "-a.pml", 'a"b.pml', "a\nb"])
def test_names_of_files_that_a_shell_would_change_are_refused(file: str) -> None:
    spec = specification("machine A { initial final state S { } }\nsystem S { a: A }")
    with pytest.raises(Refused, match="command line"):
        export_promela(spec, spec.systems["S"], file)


# --- what is refused ---


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("channel a -> a: fifo(300)", "holds 300 messages"),
        ("channel a -> a: bag(20)", "array of slots"),
        ("channel a -> a: fifo(1)  bound count(a -> a) < 1", "before the step is taken"),
        ("channel a -> a: fifo(1)  bound not X in (a -> a)", "before the step is taken"),
        ("timer t at most 100000 times", "counts to 32000"),
    ],
)
def test_systems_that_promela_cannot_say_are_refused(text: str, reason: str) -> None:
    with pytest.raises(Refused, match=re.escape(reason)):
        machine("timeout t  ignore any", f"a: A  {text}")


def test_too_many_values_of_any_are_refused() -> None:
    with pytest.raises(Refused, match="one option for each value"):
        text_of(
            "machine A { var n: 0..999 = 0 initial final state S { step / n := any } }\n"
            "system S { a: A }"
        )


@pytest.mark.parametrize(
    ("variables", "guard", "reason"),
    [
        ("var m: 0..2147483648 = 0", "m == 1", "may not fit the 32 bits"),
        ("var n: 0..9 = 0", "n * 400000000 > 1", "`n * 400000000 > 1` may not fit the 32 bits"),
        ("var m: 0..2147483648 = 0", "true", "from 0 to 2147483648 do not fit"),
    ],
)
def test_numbers_beyond_32_bits_are_refused(variables: str, guard: str, reason: str) -> None:
    with pytest.raises(Refused, match=re.escape(reason)):
        text_of(
            f"machine A {{ {variables}\ninitial final state S {{ step [{guard}] -> S }} }}\n"
            "system S { a: A }"
        )


def test_too_many_names_are_refused() -> None:
    names = " | ".join(f"M{number}" for number in range(260))
    with pytest.raises(Refused, match="255 at most"):
        text_of(
            f"message M = {names}\nmachine A {{ initial final state S {{ }} }}\nsystem S {{ a: A }}"
        )


def test_too_many_options_are_refused() -> None:
    with pytest.raises(Refused, match="options"):
        text_of(
            "message M(F: 0..9, G: 0..9) = X\nmachine A {\n"
            + "initial final state S { "
            + "rcv X / snd X(F = any, G = any) " * 6
            + "}}\nsystem S { a: A  channel a -> a: bag(10), holds X(F = 1, G = 2) }"
        )
