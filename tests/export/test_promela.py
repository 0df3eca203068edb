"""The text of the Promela export: what a reader finds in it, and what is refused.

That it means the same is for ``tests/crosscheck/test_spin.py``, which asks SPIN.
"""

import re

import pytest

from tcpspec.check import load
from tcpspec.export.exported import Export, Form, Refused
from tcpspec.export.promela import export_promela
from tcpspec.model.types import ValueT
from tests.cli.runner import REPOSITORY, SPECS
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


@pytest.mark.parametrize("name", TCP.systems)
def test_each_transition_of_the_source_is_found_by_its_line(name: str) -> None:
    """In every state that it applies to, with its text; and as many times as states."""
    (promela,) = export_promela(TCP, TCP.systems[name]).files.values()
    (endpoint,) = TCP.machines.values()
    states = dict(
        re.findall(r"^\w+: /\* ([^*]*) \*/\n(.*?)^    (?:od|false);", promela, re.M | re.S)
    )
    for state in endpoint.states:
        words = [w for w in ("initial", "final", "idle") if getattr(state, w)]
        body = states[" ".join([*words, "state", state.name])]
        for line in endpoint.of_state[state.name]:
            assert f"/* {line.span.line}: {line.text}" in body


@pytest.mark.parametrize("name", TCP.systems)
def test_end_labels_are_those_of_final_states(name: str) -> None:
    (promela,) = export_promela(TCP, TCP.systems[name]).files.values()
    process = promela[promela.index("proctype Endpoint") : promela.index("#undef my")]
    labels = set(re.findall(r"^(end_\w+):", process, re.M))
    (endpoint,) = TCP.machines.values()
    assert labels == {f"end_{state.name}" for state in endpoint.states if state.final}
    assert not re.search(r"^(accept|progress)", promela, re.M)


def test_each_step_is_one_d_step_and_says_its_line() -> None:
    promela = machine("call c / n := 1; snd X -> S  rcv X", "a: A may c channel a -> a: fifo(1)")
    assert promela.count(":: d_step {") == 3  # two steps, one overflow
    assert "line 5, call c" in promela
    assert "received(5, msg, 0, 0)" in promela or "received(6, msg, 0, 0)" in promela


def test_claims_that_hold_are_asserted_and_others_on_demand() -> None:
    export = exported(
        "call c\nmachine A { initial state S { call c -> T } final state T { } }\n"
        'system S { a: A may c }\ncheck S { no deadlock "t": reachable a in T "s": never a in S\n'
        '"u": violated never a in T  "p": always possible a in T  every state reachable }'
    )
    (promela,) = export.files.values()
    assert "#if defined(ASK_ALL) || defined(ASK_no_deadlock) || !defined(ASK_ONE)" in promela
    assert "#if defined(ASK_ALL) || defined(ASK_t_2)\n" in promela or (
        "#if defined(ASK_ALL) || defined(ASK_t)\n" in promela
    )
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
    assert "nothing in this system leads here */\n    /* 3: call c -> S */\n    false;" in promela


def test_whether_spin_sees_deadlocks_by_itself_is_said() -> None:
    pair = "machine A { initial final state S { ignore any } }\nmessage M = X\nsystem S { a: A "
    assert "./pan -q" in text_of(pair + "channel a -> a: fifo(1) }")
    for faulty, reason in (
        ("fifo(1), lossy", "a fault may still happen"), ("bag(2)", "it does not look into arrays"),
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


def test_the_same_specification_gives_the_same_text() -> None:
    text = "machine A { initial final state S { step -> S } }\nsystem S { a: A }"
    assert text_of(text) == text_of(text)


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


@pytest.mark.parametrize("most", ["2147483648", "4294967295 * 4"])
def test_numbers_beyond_32_bits_are_refused(most: str) -> None:
    with pytest.raises(Refused, match="32"):
        text_of(
            f"machine A {{ var n: 0..9 = 0  var m: 0..{most.split(maxsplit=1)[0]} = 0\n"
            f"initial final state S {{ step [n * {most.split(maxsplit=1)[0]} > 1] -> S }} }}\n"
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
