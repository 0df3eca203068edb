"""Variants: what an extending file may change, and what it must find in its base."""

from pathlib import Path

import pytest

from tcpspec.check import check, load
from tcpspec.diagnostics import SpecificationError
from tcpspec.model.model import Specification
from tcpspec.properties.verdict import Status
from tests.helpers import errors, figures, files, load_errors, loaded

BASE = """protocol Base "the base"
const N = 3
message G = X | Y | Z
call c, d
timer t
define small = m.x < N
define spare = true
machine M {
    var x: 0..9 = 1
    initial state A {
        go: call c -> B
        rcv X [x == 1] -> B
        rcv X [x == 2] -> C
        ignore Y
        defer Z
        step -> C
    }
    state B { timeout t / x := 2 -> C  otherwise ignore }
    state C {}
    in any { back: call d -> A }
}
machine Wire { initial final state W {} }
system S { w: Wire m: M may c, d channel w -> m: fifo(1), holds X }
system R { w: Wire m: M channel w -> m: fifo(1), holds Y }
check S, R {
    "small": always small
    "in c": reachable m in C
    every state reachable
}
check R { "there": reachable m in B }
scenario "nothing" on S { }
"""
NO_SCENARIO = BASE.replace('scenario "nothing" on S { }\n', "")


def variant(folder: Path, changes: str, base: str = NO_SCENARIO) -> Specification:
    return loaded(folder, {"base.fsm": base, "v.fsm": f'protocol V extends "base.fsm"\n{changes}'})


def same_as(folder: Path, changes: str, old: str, new: str) -> None:
    """A variant means what the base means with one piece of its text exchanged."""
    assert old in NO_SCENARIO
    left = check(variant(folder, changes))
    right = check(loaded(folder, {"one.fsm": NO_SCENARIO.replace(old, new)}))
    assert [figures(s.space) for s in left.systems] == [figures(s.space) for s in right.systems]
    assert [s.space.states for s in left.systems] == [s.space.states for s in right.systems]
    verdicts = [
        sorted((v.check.name, v.check.systems, v.status, v.ok) for v in found.all_verdicts)
        for found in (left, right)
    ]
    assert verdicts[0] == verdicts[1]


@pytest.mark.parametrize(
    ("changes", "old", "new"),
    [
        ("", "const N = 3", "const N = 3"),
        ("replace const N = 2", "const N = 3", "const N = 2"),
        ("replace define small = m.x < 2", "define small = m.x < N", "define small = m.x < 2"),
        (
            "replace message G(F: 0..1 = 0) = X | Y | Z(F = 0)",
            "message G = X | Y | Z",
            "message G(F: 0..1 = 0) = X | Y | Z(F = 0)",
        ),
        ("machine M { replace var x: 0..5 = 2 }", "var x: 0..9 = 1", "var x: 0..5 = 2"),
        # by label
        ("machine M { state A { remove go } }", "go: call c -> B", ""),
        ("machine M { state A { replace go: call c -> C } }", "go: call c -> B", "go: call c -> C"),
        ("machine M { state A { replace go: ignore Z } }", "go: call c -> B", "go: ignore Z"),
        ("machine M { in any { remove back } }", "back: call d -> A", ""),
        ("machine M { in any { replace back: call d -> B } }", "back: call d -> A", "call d -> B"),
        # by trigger
        ("machine M { state A { remove call c } }", "go: call c -> B", ""),
        ("machine M { state A { remove step } }", "step -> C", ""),
        ("machine M { state B { remove timeout t } }", "timeout t / x := 2 -> C", ""),
        ("machine M { state B { replace timeout t -> A } }", "t / x := 2 -> C", "t -> A"),
        ("machine M { state A { replace step -> B } }", "step -> C", "step -> B"),
        ("machine M { state A { remove rcv X [x == 1] } }", "rcv X [x == 1] -> B", ""),
        ("machine M { state A { remove rcv Y } }", "ignore Y", ""),
        ("machine M { state A { replace rcv Y -> C } }", "ignore Y", "rcv Y -> C"),
        (  # of several lines with this trigger, the one with this guard
            "machine M { state A { replace rcv X [x == 2] -> B } }",
            "rcv X [x == 2] -> C", "rcv X [x == 2] -> B",
        ),
        ("machine M { state B { replace otherwise -> C } }", "otherwise ignore", "otherwise -> C"),
        ("machine M { in any { remove call d } }", "back: call d -> A", ""),
        # additions
        ("machine M { state C { step -> A } }", "state C {}", "state C { step -> A }"),
        ("machine M { state C { } }", "state C {}", "state C {}"),
        ("machine M { final state C {} }", "state C {}", "final state C {}"),
        ("machine M { state D {} }", "state C {}", "state C {} state D {}"),
        ("machine M ordered {}", "machine M {", "machine M ordered {"),
        ("machine M { var z: 0..1 = 0 }", "var x: 0..9 = 1", "var x: 0..9 = 1 var z: 0..1 = 0"),
        # systems and checks
        (
            "remove system R",
            NO_SCENARIO[NO_SCENARIO.index("system R") :],
            'check S { "small": always small "in c": reachable m in C every state reachable }',
        ),
        (
            "replace system R { w: Wire m: M channel w -> m: fifo(1), holds Z }",
            "system R { w: Wire m: M channel w -> m: fifo(1), holds Y }",
            "system R { w: Wire m: M channel w -> m: fifo(1), holds Z }",
        ),
        ("remove define spare", "define spare = true", ""),
        ('check R { remove "there" }', '"there": reachable m in B', ""),
        ('check S, R { remove "small" }', '"small": always small', ""),
        (
            'check R { replace "there": violated reachable m in B }',
            '"there": reachable m in B',
            '"there": violated reachable m in B',
        ),
        (
            'check S { replace "in c": never m in C }',
            '"in c": reachable m in C',
            '} check R { "in c": reachable m in C } check S { "in c": never m in C } check S, R {',
        ),
        ('check R { "more": never m in B }', '"there"', '"more": never m in B "there"'),
    ],
)  # fmt: skip
def test_a_variant_means_the_changed_text(tmp_path: Path, changes: str, old: str, new: str) -> None:
    same_as(tmp_path, changes, old, new)


@pytest.mark.parametrize(
    "changes",
    [
        "replace const M = 2",
        "replace define large = true",
        "replace message N = X",
        "remove define large",
        "remove system T",
        "replace system T { m: M }",
        'remove scenario "something"',
        'replace scenario "something" on S { }',
        "machine M { replace var y: 0..1 = 0 }",
        "machine M { state A { remove stop } }",
        "machine M { state B { remove go } }",  # it is in A
        "machine M { state A { remove back } }",  # it is in the block
        "machine M { in any { remove go } }",
        "machine M { state A { replace stop: call c -> C } }",
        "machine M { state A { remove call d } }",
        "machine M { state A { replace call d -> C } }",
        "machine M { state A { remove timeout t } }",
        "machine M { state A { remove rcv X } }",  # two of them
        "machine M { state A { remove rcv X [x == 3] } }",
        "machine M { state A { replace rcv X -> C } }",  # two of them
        "machine M { state A { replace rcv X [x == 3] -> C } }",
        "machine M { state A { replace otherwise -> C } }",
        "machine M { state B { replace rcv any -> C } }",  # there is an otherwise, no `rcv any`
        "machine M { state D { remove step } }",
        "machine Q { state A { remove step } }",
        'check S { remove "there" }',  # it is about R
        'check R { remove "nowhere" }',
        'check R { replace "nowhere": no deadlock }',
    ],
)
def test_what_the_base_does_not_have_cannot_be_changed(tmp_path: Path, changes: str) -> None:
    path = files(tmp_path, {"base.fsm": BASE, "v.fsm": f'protocol V extends "base.fsm"\n{changes}'})
    assert "not-in-base" in load_errors(path)


def test_replace_otherwise_does_not_take_a_reception_of_everything(tmp_path: Path) -> None:
    """`rcv any` and `otherwise` are different triggers, though they name the same messages."""
    base = NO_SCENARIO.replace("state C {}", "state C { rcv any [x == 2] -> A }")
    path = files(
        tmp_path,
        {
            "base.fsm": base,
            "v.fsm": """protocol V extends "base.fsm"
                machine M { state C { replace otherwise -> A } }""",
        },
    )
    assert load_errors(path) == ["not-in-base"]


def test_replace_otherwise_beside_a_reception_of_everything(tmp_path: Path) -> None:
    base = NO_SCENARIO.replace("otherwise ignore", "rcv any [x == 2] -> A otherwise ignore")
    spec = variant(tmp_path, "machine M { state B { replace otherwise -> C } }", base)
    texts = [t.text for t in spec.machines["M"].transitions if "B" in t.states]
    assert "rcv any [x == 2] -> A" in texts
    assert "otherwise -> C" in texts
    assert "otherwise ignore" not in texts


@pytest.mark.parametrize(
    "changes", ["replace const N = 5", "remove define spare", 'check R { remove "there" }']
)
def test_a_file_without_a_base_has_nothing_to_change(tmp_path: Path, changes: str) -> None:
    path = files(tmp_path, {"one.fsm": NO_SCENARIO + changes})
    assert load_errors(path) == ["not-in-base"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ("const N = 4", "declared-twice"),
        ("define small = true", "declared-twice"),
        ("system S { m: M }", "declared-twice"),
        ('check R { "there": always true }', "declared-twice"),
        ("machine M(P: 0..1) {}", "declared-twice"),
        ("machine M { var x: 0..1 = 0 }", "declared-twice"),
        ("machine M { state C { go: step -> A } }", "declared-twice"),
    ],
)
def test_a_variant_adds_and_does_not_silently_overwrite(
    tmp_path: Path, changes: str, code: str
) -> None:
    path = files(
        tmp_path, {"base.fsm": NO_SCENARIO, "v.fsm": f'protocol V extends "base.fsm"\n{changes}'}
    )
    assert load_errors(path) == [code]


def test_removing_and_replacing_a_scenario(tmp_path: Path) -> None:
    assert [one.name for one in variant(tmp_path, "", BASE).scenarios] == ["nothing"]
    assert variant(tmp_path, 'remove scenario "nothing"', BASE).scenarios == ()
    spec = variant(tmp_path, 'replace scenario "nothing" on S { expect true }', BASE)
    assert [len(one.lines) for one in spec.scenarios] == [1]


def test_a_replaced_line_keeps_its_place_in_an_ordered_machine(tmp_path: Path) -> None:
    base = """protocol B message G = X machine Wire { initial state W {} }
    machine M ordered { initial state A { first: rcv X -> B rcv X -> C } state B {} state C {} }
    system S { w: Wire m: M channel w -> m: fifo(1), holds X }
    check S { "b": reachable m in B "c": reachable m in C }"""
    spec = variant(tmp_path, "machine M { state A { replace first: rcv X -> A } }", base)
    assert [v.status for v in check(spec).all_verdicts] == [Status.VIOLATED] * 2
    spec = variant(tmp_path, "machine M { state A { remove first } }", base)
    assert [v.status for v in check(spec).all_verdicts] == [Status.VIOLATED, Status.HOLDS]


def test_a_variant_of_a_variant(tmp_path: Path) -> None:
    spec = loaded(
        tmp_path,
        {
            "base.fsm": NO_SCENARIO,
            "one.fsm": """protocol One extends "base.fsm"
                replace const N = 4 define more = m.x < N + 1""",
            "two.fsm": 'protocol Two extends "one.fsm" replace const N = 5 remove define spare',
        },
    )
    assert spec.constants == {"N": 5}
    assert spec.name == "Two"


def test_a_constant_of_the_base_may_be_set(tmp_path: Path) -> None:
    path = files(tmp_path, {"base.fsm": NO_SCENARIO, "v.fsm": 'protocol V extends "base.fsm"'})
    assert load(str(path), {"N": 7}).constants == {"N": 7}


def test_the_handshake_without_simultaneous_open(tmp_path: Path) -> None:
    handshake = (Path(__file__).parents[1] / "bench" / "handshake.fsm").read_text(encoding="utf-8")
    spec = variant(
        tmp_path, "machine Endpoint { state SYN_SENT { remove simultaneous } }", handshake
    )
    (before,) = check(loaded(tmp_path, {"h.fsm": handshake})).systems
    (after,) = check(spec).systems
    # Only the client opens, so nobody ever sends it a SYN in SYN_SENT: the same behaviour.
    assert figures(after.space) == figures(before.space)
    labels = [t.label for t in spec.machines["Endpoint"].transitions]
    assert "simultaneous" not in labels


def test_without_a_protocol_there_is_no_specification(tmp_path: Path) -> None:
    assert load_errors(files(tmp_path, {"x.fsm": "const N = 3"})) == ["syntax"]
    assert errors("protocol A protocol B") == ["syntax"]


def test_lines_without_a_name_are_called_by_their_claim(tmp_path: Path) -> None:
    base = """protocol B machine M { initial state A { step -> A } } system S { m: M }
    check S { no deadlock violated reachable m.x == 1 every state reachable }""".replace(
        "m.x == 1", "not m in A"
    )
    spec = variant(
        tmp_path, 'check S { replace "no deadlock": violated no deadlock '
        'remove "reachable not m in A" }', base,
    )  # fmt: skip
    assert [(c.name, c.violated) for c in spec.checks] == [
        ("no deadlock", True), ("every state reachable", False),
    ]  # fmt: skip


def test_a_variant_says_what_it_changes(tmp_path: Path) -> None:
    changes = """replace const N = 2
    remove system T
    define spare = true
    machine M {
        var extra: bool = false
        state A { remove stop  replace go: call c -> C  call d -> B }
    }
    check S { remove "in c"  replace "in b": violated reachable m in B  "more": never m in C }
    """
    base = """protocol B const N = 1 call c, d
    machine M {
        initial state A { go: call c -> B  stop: call d -> C }
        state B { } state C { }
    }
    system S { m: M may c, d } system T { m: M }
    check S { "in b": reachable m in B "in c": reachable m in C }
    """
    spec = variant(tmp_path, changes, base)
    assert spec.base == str(tmp_path / "base.fsm")
    assert spec.changes == (
        "replaces const N = 2",
        "removes system T",
        "adds define spare = true",
        "in machine M: adds `var extra: bool = false`",
        "in machine M, state A: removes `stop: call d -> C`",
        "in machine M, state A: removes `go: call c -> B`",
        "in machine M, state A: puts in its place `call c -> C`",
        "in machine M, state A: adds `call d -> B`",
        'removes check "in c"',
        'check "in b" is now violated reachable m in B',
        'adds check "more": never m in C',
    )
    alone = loaded(tmp_path, {"one.fsm": base})
    assert (alone.base, alone.changes) == (None, ())


def test_what_is_not_there_to_change_is_told_with_what_there_is(tmp_path: Path) -> None:
    base = """protocol B
message G = X | Y
machine M { var e: {red, green} = red
    initial state IDLE { ignore X } in IDLE [e in {red, green}] { rcv Y -> IDLE } }"""
    variant = """protocol V
extends "base.fsm"
machine M {
    state IDEL { remove rcv X }
    state IDLE { remove rcv Y }
    in any { remove rcv Y }
}"""
    path = files(tmp_path, {"base.fsm": base, "variant.fsm": variant})
    with pytest.raises(SpecificationError) as error:
        load(str(path))
    assert [(d.message, d.hint) for d in error.value.diagnostics] == [
        ("there is no state `IDEL` to change here", "did you mean `IDLE`?"),
        ("there is no rule with this trigger to change here", "there are: `ignore X`"),
        (
            "there is no block with this head to change here",
            "there are: `in IDLE [e in {red, green}]`",
        ),
    ]
