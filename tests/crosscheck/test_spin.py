"""SPIN on exported models, held against our own answers: states, verdicts, lengths of runs.

These tests need SPIN and a C compiler; where one is missing they fail, and do not skip.
"""

import subprocess
import time
from pathlib import Path

import pytest

from tcpspec.check import Result, check, load
from tcpspec.crosscheck import spin
from tcpspec.crosscheck.comparison import Comparison
from tcpspec.crosscheck.spin_run import Runner
from tcpspec.crosscheck.testimony import Testimony, ToolFailed, ToolMissing
from tcpspec.export.promela.export import export_promela
from tcpspec.model.model import Claim
from tcpspec.properties.verdict import Status
from tcpspec.semantics.system import TransitionSystem
from tests.crosscheck.asking_spin import HEADER, TAKER, compared
from tests.helpers import BENCHMARK, assert_is_run, specification

ALL = """no deadlock  no stall  no unspecified reception  no overflow
    every state reachable  every transition used"""


def statuses(comparison: Comparison) -> dict[str, Status]:
    """What SPIN says of each check that it was asked."""
    return {
        row.verdict.check.name: answer.finding.status
        for row in comparison.rows
        for answer in row.answers
        if answer.finding is not None
    }


# --- each thing that a specification can say ---

FEATURES = {
    "a bag gives any of its messages": """
        machine A { initial final state S { call c / snd X; snd Y -> T }  final state T { } }
        machine B { initial final state S { rcv Y -> YX  rcv X -> XY }
                    state XY { rcv Y -> END }  state YX { rcv X -> END }  final state END { } }
        system S { a: A may c  b: B  channel a -> b: bag(2) }
        check S { ALL  "Y first": reachable b in YX }""",
    "equal messages in a bag are one choice, and their order is none": """
        machine A { initial final state S { call c / snd X(F = 2)  call d / snd X(F = 1); snd Y } }
        machine B { var got: 0..3 = 0
                    initial final state S { rcv X | Y / got := M.F } }
        system S { a: A may c at most 2 times, d at most 2 times  b: B
                   channel a -> b: bag(4), when full drop, loses at most 1, duplicates at most 1 }
        check S { ALL  "it counts": always count(a -> b) <= 4
                  "one of them": reachable X(F = 1) in (a -> b) and Y in (a -> b)
                                 and b.got == 2 }""",
    "a deferred message waits, and what follows it is received": """
        machine A { initial final state S { call c / snd X(F = 1)  call d / snd Y(F = 2) } }
        machine B { var got: 0..3 = 0
                    initial state S { defer X  rcv Y / got := M.F -> T }
                    final state T { rcv X [M.F == 1] / got := 3 -> S  ignore Y } }
        system S { a: A may c, d  b: B  channel a -> b: fifo(3), lossy, when full drop }
        check S { ALL  "later": reachable b.got == 3 and X in (a -> b) }""",
    "what may be deferred or received may be both": """
        machine A { initial final state S { call c / snd X(F = 1)  call d / snd X(F = 2) } }
        machine B { var got: 0..3 = 0
                    initial final state S { defer X  rcv X / got := M.F } }
        system S { a: A may c, d  b: B  channel a -> b: fifo(3), when full drop, duplicating }
        check S { ALL }""",
    "an ordered machine that defers": """
        machine A { initial final state S { call c / snd X(F = 1)  call d / snd Y } }
        machine B ordered { initial final state S { rcv X [M.F == 0]  defer X  rcv any -> T }
                            state T { otherwise -> S } }
        system S { a: A may c, d  b: B  channel a -> b: fifo(2), when full drop }
        check S { ALL }""",
    "a duplicated message stays, and makes no room": """
        machine A { var n: 0..2 = 0
            initial final state S { rcv X [n < 2] / n := n + 1; snd Y  ignore Y  call c / snd X } }
        system S { a: A may c at most 2 times
                   channel a -> a: fifo(2), duplicates at most 2, when full wait }
        check S { ALL  "twice": reachable a.n == 2 }""",
    "a receipt makes room for its answer": """
        machine A { initial final state S { call c / snd X -> T }
                    final state T { rcv X / snd Y  rcv Y / snd X; snd Y } }
        system S { a: A may c  channel a -> a: fifo(1) }
        check S { ALL }""",
    "waiting needs room for all sends of a step": """
        machine A { var n: 0..9 = 0
            initial final state S { call c / snd X; snd Y  call d / snd Z } }
        machine B { initial state S { rcv X -> T  rcv Z }  final state T { rcv Y -> S } }
        system S { a: A may c, d  b: B  channel a -> b: fifo(3), when full wait }
        check S { ALL }""",
    "what is full drops each send for itself": """
        machine A { initial final state S { call c / snd X; snd Y; snd Z } }
        machine B { initial final state S { rcv X -> T }  final state T { rcv Y -> S  rcv Z } }
        system S { a: A may c  b: B  channel a -> b: fifo(2), when full drop }
        check S { ALL  "no Z": never Z in (a -> b) and Y in (a -> b) and X in (a -> b) }""",
    "budgets of calls, timers, losses": """
        machine A { var n: 0..9 = 0
            initial final state S { call c [n < 5] / n := n + 1; snd X  timeout t | u / snd Y } }
        system S { a: A may c at most 3 times  b: A may c
                   channel a -> b: fifo(1), loses at most 2, when full drop
                   channel b -> a: fifo(2), lossy, when full drop
                   timer t at most 2 times  timer a.t at most 1 times  timer u at most 0 times }
        check S { no deadlock  no stall }""",
    "timers that ask about the system": """
        machine A { var n: 0..2 = 0
            initial final state S { call c / snd X -> T  rcv X / snd Y }
            state T { timeout t [n < 2] / n := n + 1; snd X  timeout u -> S  rcv Y -> S
                      step [n == 2] / n := 0 } }
        system S { a: A may c  b: A  channel a <-> b: fifo(1), lossy, when full drop
                   timer t only when idle  timer a.u [b in S and a.n == 1] }
        check S { ALL }""",
    "idle is not what waits, nor what is deferred": """
        machine A { initial final state S { call c / snd X; snd X -> T  rcv Y }
                    final state T { timeout t -> S  rcv Y } }
        machine B { initial final state S { rcv X / snd Y; snd Y  timeout t / snd Y } }
        system S { a: A may c  b: B  channel a -> b: fifo(2)
                   channel b -> a: fifo(2), when full wait  timer t only when idle }
        check S { ALL }""",
    "a bound cuts": """
        machine A { var n: 0..9 = 0
            initial final state S { step / n := n + 1  call c / n := 0 -> T }
            state T { step [n == 1] -> S } }
        system S { a: A may c  b: A  bound a.n <= 2  bound b.n + a.n < 4  bound not b in T }
        check S { ALL  "low": always a.n < 3  "high": reachable b.n == 3 "more": reachable a.n == 5
                  "never so": violated always a.n < 4 }""",
    "ports": """
        machine A { port p, q
            initial final state S { call c / snd X to p -> T  rcv X from q / snd Y to q
                                    ignore X from p  rcv Y }
            final state T { rcv Y from p -> S  otherwise from q / snd Z to q -> S } }
        system S { a: A may c  b: A may c  channel a.p <-> b.q: fifo(1), when full drop
                   channel a.q <-> b.p: bag(2), when full drop }
        check S { ALL }""",
    "several channels to one instance": """
        machine A { initial final state S { call c / snd X(F = 2) } }
        machine B { var got: 0..3 = 0  initial final state S { rcv X / got := M.F  rcv Y -> S } }
        system S { a: A may c  b: A may c  r: B
                   channel a -> r: fifo(1), when full drop, duplicating
                   channel b -> r: fifo(2), when full drop, duplicates at most 1 }
        check S { ALL }""",
    "any value": """
        machine A { var n: 0..2 = 0  var e: {red, green} = red
            initial final state S { call c / n := any; e := any; snd X(F = any)
                                    rcv X [M.F == n] / n := M.F  ignore X [M.F != n] } }
        system S { a: A may c  channel a -> a: fifo(1), when full drop }
        check S { ALL
                  "it comes": reachable a.n == 2 and a.e == green and X(F = 3) in (a -> a) }""",
    "several initial states": """
        machine A { var n: 0..3 = 0
            initial state S { step [n < 3] / n := n + 1  call c -> T }  state T { step -> S } }
        system S { a: A may c once  b: A may c
                   init a in T, b in S(n = 1)  init b in T(n = 3)  init a in T, b in S(n = 1) }
        check S { ALL
                  "there": reachable b.n == 1 and a in T  "so": never b.n == 3 and a.n == 1 }""",
    "the start decides": """
        machine A { initial state S { call c -> S }  state T { } }
        system S { a: A may c }
        check S { no deadlock  "at once": never a in S  "here": reachable a in S  no stall }""",
    "a deadlock at the start": """
        machine A { initial state S { }  final state T { } }
        system S { a: A  b: A  init a in T }
        check S { ALL }""",
    "an overflow ends the run": """
        machine A { initial final state S { call c / snd X; snd Y -> T }  state T { } }
        system S { a: A may c  b: Taker  channel a -> b: fifo(1) }
        check S { ALL }""",
    "what comes first in the order of actions decides": """
        machine A { var n: 0..2 = 0
            initial final state S { call c / n := n + 1; snd X; n := n + 1; snd X(F = n + 2)
                                    call d / snd X; n := n + 2; snd Y } }
        system E { a: A may c, d  b: Taker  channel a -> b: fifo(1) }
        system W { a: A may c, d  b: Taker  channel a -> b: fifo(2), when full wait }
        system D { a: A may c, d  b: Taker  channel a -> b: fifo(1), when full drop }
        check E { no overflow no deadlock } check W { no overflow no deadlock no stall }
        check D { no overflow every transition used }""",
    "questions to outputs are answered as they are before the step": """
        machine A { var n: 0..3 = 0
            initial final state S { call c [not full(out)] / snd X; n := count(out); snd Y
                                    rcv X [empty(out)] / snd Z  rcv X [not empty(out)] -> S
                                    ignore Y | Z } }
        system S { a: A may c  channel a -> a: fifo(3), when full drop }
        check S { ALL  "before": reachable a.n == 2 }""",
    "numbers": """
        type N = mod 5
        message G(V: N, W: -3..3 = 0) = P
        machine A { var x: N = 4  var y: -3..3 = -3  var z: -300..70000 = 0
            initial final state S {
                call c [x < x + 1 and y < 3] / x := x + 1; y := y + 1; z := z + y * y * y
                call d / x := 0 - x * 2; z := max(y, z - 1) - min(y, 2)
                rcv P [G.V - x >= 3 or G.W == y] / x := max(x, G.V); y := G.W } }
        system S { a: A may c at most 6 times, d at most 2 times
                   channel a -> a: fifo(2), when full drop, holds P(V = 3, W = -2) }
        check S { ALL  "z": never a.z == 5  "x": reachable a.x == 3 and a.y == -2
                  "held": never P(W = -2) in (a -> a) and P(V = a.x - 1) in (a -> a) }""",
    "long conditions on sequence numbers": """
        machine A { var alpha: mod 5 = 0  var beta: mod 5 = 1
            initial final state S {
                step [alpha < min(alpha - 1, beta) and beta == 3] / alpha := alpha + 1
                step / beta := min(beta + alpha, max(alpha, beta - 2)) } }
        system S { a: A }
        check S { ALL }""",
    "ranks": """
        machine A { var p: bool = false
            initial final state S { call c [p] -> T  call d / p := true  rcv X [p] -> T
                                    otherwise -> U  step [p] / p := false }
            state T { step -> S }  state U { }
            in S unless handled { call c | d -> U  rcv X | Y [M.F == 0] -> T  step -> S } }
        system S { a: A may c, d at most 2 times  channel a -> a: bag(3), holds X, holds Y(F = 1) }
        check S { ALL }""",
    "channels of several capacities": """
        machine A { initial final state S { call c / snd X; snd Y  rcv X / snd Z  rcv Y | Z } }
        system S { a: A may c once  b: A may c once
                   channel a -> b: fifo(2), when full wait
                   channel b -> a: fifo(3), when full wait }
        system T { a: A may c once  b: A may c once
                   channel a -> b: bag(2), when full drop  channel b -> a: bag(3), when full drop }
        check S, T { every transition used }  check S { no deadlock }  check T { no stall }""",
    "messages of several groups": """
        message N(COLOUR: {red, green}, F: bool = true) = P | Q
        message O = R
        machine A { var e: {red, green} = green
            initial final state S { call c / snd P(COLOUR = e); snd R  call d / snd X(F = 3)
                                    rcv P [N.F] / e := red  ignore R | X  rcv Q } }
        system S { a: A may c, d  channel a -> a: bag(3), when full drop }
        check S { ALL  "green": never P(COLOUR = green) in (a -> a) and R in (a -> a) }""",
    "what else an expression asks": """
        machine A(K: 0..3) { var e: {red, green, blue} = red  var p: bool = false
            initial final state S {
                call c [e in {red, blue} and (e != red) == p] / e := any; p := (K > 1); snd X
                call d / snd X(F = K); snd Z
                rcv X | Y | Z [M in {X, Z} and M.F == K] / e := green
                rcv X | Y | Z [not (M in {X, Z} and M.F == K)] / p := (M in {X}) } }
        system S { a: A(K = 2) may c, d
                   channel a -> a: bag(2), when full drop }
        check S { ALL  "everywhere": always a in S or a.e in {red}
                  "2": reachable a.e == green and a.p and Z in (a -> a) }""",
    "what no message is there for": """
        message O = R
        machine A { initial final state S { call c / snd R -> T }  final state T { } }
        system S { a: A may c  b: A may c  channel a <-> b: fifo(1) }
        check S { ALL }""",
    "not a single message, not a single variable": """
        machine A { initial final state S { call c -> T }  final state T { call d -> S } }
        system S { a: A may c, d }
        check S { ALL }""",
}


@pytest.mark.parametrize("name", FEATURES)
def test_each_feature_means_the_same_in_promela(name: str) -> None:
    text = HEADER + TAKER + FEATURES[name].replace("ALL", ALL)
    comparison = compared(text)
    assert statuses(comparison)


def test_within_a_bound_nothing_more_is_said_than_we_say() -> None:
    comparison = compared(HEADER + FEATURES["a bound cuts"].replace("ALL", ALL))
    said = comparison.systems[0].testimonies[0]
    assert isinstance(said, Testimony)
    found = {finding.check.name: finding.status for finding in said.findings}
    assert found["low"] is Status.HOLDS
    assert found["more"] is found["never so"] is Status.UNKNOWN


def test_always_possible_is_left_out_with_a_reason() -> None:
    text = HEADER + TAKER + 'system S { a: Taker }\ncheck S { "p": always possible a in T }'
    (row,) = compared(text).rows
    assert "what stays possible" in row.answers[0].reason


# --- runs ---


def _runs_agree(text: str) -> None:
    """SPIN's own runs are runs of ours, and as long."""
    spec = specification(text)
    result: Result = check(spec)
    shown = 0
    for system in result.systems:
        for verdict in system.verdicts:
            run = spin.trace(spec, system.system, verdict.check, 60)
            assert (run is None) is (verdict.run is None or verdict.check.claim.is_coverage)
            if run is not None and verdict.run is not None:
                assert_is_run(run, TransitionSystem(system.system))
                assert len(run.steps) == len(verdict.run.steps)
                shown += 1
    assert shown


@pytest.mark.parametrize(
    "name",
    [
        "equal messages in a bag are one choice, and their order is none",
        "a duplicated message stays, and makes no room",
        "any value",
        "several initial states",
        "an overflow ends the run",
        "messages of several groups",
    ],
)
def test_traces_are_runs_of_ours(name: str) -> None:
    asked = "no deadlock  no unspecified reception  no overflow"
    _runs_agree(HEADER + TAKER + FEATURES[name].replace("ALL", asked))


def test_a_loss_is_a_step_of_a_trace() -> None:
    _runs_agree(
        HEADER + TAKER + "machine A { initial final state S { call c / snd X(F = 2) -> T } "
        "final state T { } }\n"
        "system S { a: A may c  b: Taker  channel a -> b: fifo(1), loses at most 1 }\n"
        'check S { "lost": violated never a in T and empty(a -> b) }'
    )


def test_a_trace_ends_in_a_state_that_decides_the_check() -> None:
    """Values of ``any`` and fields of enums are not told: of the runs that fit, one is right."""
    for text in (
        "machine A { var x: 0..3 = 0  initial final state P { call go / x := any -> Q }\n"
        "            state Q { step [x != 2] -> P } }\n"
        "system S { a: A may go once }\ncheck S { violated no deadlock  violated no stall }",
        "message M(K: {p, q, r} = p) = X\n"
        "machine A { initial state P { call go / snd X(K = any) -> Q }  final state Q { } }\n"
        "machine B { initial final state R { rcv X [M.K != r] } }\n"
        "system S { a: A may go  b: B  channel a -> b: fifo(1) }\n"
        "check S { violated no unspecified reception }",
    ):
        spec = specification(f"protocol Any\ncall go\n{text}")
        result = check(spec)
        (system,) = result.systems
        for verdict in system.verdicts:
            run = spin.trace(spec, system.system, verdict.check, 60)
            assert run is not None
            assert verdict.run is not None
            assert run.last == verdict.run.last  # there is only one that is wrong


def test_more_bags_than_a_byte_can_count() -> None:
    ports = [f"i{n}, o{n}" for n in range(4)]
    nodes = [f"n{n}: Node{' may go once' * (n == 65)}" for n in range(66)]
    ring = [
        f"channel n{n}.o{k} -> n{(n + 1) % 66}.i{k}: bag(1)" for k in range(4) for n in range(66)
    ]
    comparison = compared(
        f"protocol Bags\ncall go\nmessage M = X\nmachine Node {{ port {', '.join(ports)}\n"
        "initial final state P { call go / snd X to o3 -> Q  rcv X from i3 -> Q\n"
        "                        otherwise ignore }\n"
        "final state Q { ignore any } }\n"
        f"system S {{ {' '.join(nodes + ring)} }}\n"
        'check S { "sent": reachable X in (n65.o3 -> n0.i3)  "wrong": never n1 in Q }'
    )
    assert not comparison.disagrees


@pytest.mark.parametrize(
    ("check", "option"),
    [
        ("no deadlock", "-q"),
        ('"p": always true', "-E"),
        ("violated no deadlock", "-E"),
    ],
)
def test_end_states_are_errors_only_where_that_is_claimed(check: str, option: str) -> None:
    spec = specification(
        "protocol Q\ncall go\nmessage M = X\n"
        "machine A { initial final state P { call go / snd X -> Q } idle state Q { } }\n"
        "machine B { initial final state R { ignore X } }\n"
        "system S { a: A may go  b: B  channel a -> b: fifo(1) }\n"
        f"check S {{ {check} }}"
    )
    (text,) = export_promela(spec, spec.systems["S"]).files.values()
    assert f"./pan {option}\n" in text


@pytest.mark.parametrize(
    "name",
    ["si_pid", "SI.VALUE", "st_atime", "sa_handler", "toascii_l", "maxseq0", "OLL_ERR",
     "OSIX_FADV_NORMAL", "THREAD_KEYS_MAX", "fails_no_overflow", "fails_x", "ASK_x"],
)  # fmt: skip
def test_names_that_are_macros_of_c_or_of_the_export(name: str) -> None:
    flat = name.replace(".", "_")
    comparison = compared(
        f"protocol Names\ncall go\nmessage M({name}: 0..2 = 0) = {flat} | X\n"
        f"machine {flat} {{ var {name}: 0..2 = 0\n"
        f"  initial final state {flat} {{\n"
        f"    call go [{name} < 2] / {name} := {name} + 1; snd {flat} }} }}\n"
        "machine B { initial final state R { ignore any } }\n"
        f"system S {{ {flat}: {flat} may go  b: B\n"
        f"  channel {flat} -> b: fifo(1), when full drop }}\n"
        f'check S {{ "x": reachable {flat}.{name} == 2  "no overflow": no overflow }}'
    )
    assert not comparison.disagrees


def test_names_that_are_functions_of_c(tmp_path: Path) -> None:
    """All that ``pan.c`` declares, in the ways of compiling it that people use."""
    spec = specification(
        "protocol Names\ncall go\n"
        "machine Read { initial final state R { call go -> W } state W {} }\n"
        "system S { a: Read may go }\n"
        'check S { "open": reachable a in W  "Close!": always a in {R, W}  no deadlock }'
    )
    (model,) = export_promela(spec, spec.systems["S"]).files.values()
    (tmp_path / "S.pml").write_text(model, "utf-8")
    subprocess.run(["spin", "-a", "S.pml"], cwd=tmp_path, check=True)
    for flags in (["-DSAFETY"], ["-DSAFETY", "-DNCORE=2"], ["-DBFS"], ["-DBFS_PAR"]):
        subprocess.run(["gcc", "-w", "-c", *flags, "pan.c"], cwd=tmp_path, check=True)


# --- names ---


def test_hostile_names_are_harmless(tmp_path: Path) -> None:
    long_name = "x" * 300
    text = f"""
message int(chan: 0..3 = 0, ACK: 0..3 = 1, {long_name}: bool = true)
      = SYN+ACK | SYN_ACK | fi | unix | ACK | Größe | GroBe | {long_name}a | {long_name}b
call run, do, end, linux, skip
timer od
machine active(EOF: 0..3 = 2) {{
    var now: 0..3 = 0   ## */ }} }} assert(0) /* ?? %n \\
    var errno: bool = false
    var stdin: 0..1 = 0
    var NULL: {{true_, False, Ä, A, register}} = Ä
    var {long_name}: 0..3 = 0
    var _pid: 0..3 = 3
    initial final state mtype "label */ #define x " {{
        call run | do / snd fi(chan = now) -> accept
        call linux / errno := true; stdin := 1; now := EOF; NULL := register
        rcv SYN+ACK | SYN_ACK | unix -> progress_0   # */ comment
        rcv {long_name}a | Größe [int.{long_name}] / snd {long_name}b; {long_name} := 1
                              @ "*/ \\"
        otherwise ignore
    }}
    state accept "\U0001f600" {{ step / snd unix; snd Größe; snd GroBe -> end0
                                otherwise ignore }}
    final state progress_0 {{ otherwise / snd {long_name}a -> {long_name} }}
    final state end0 {{ call end | skip -> mtype  otherwise ignore  timeout od / snd SYN_ACK }}
    state {long_name} {{ step -> mtype }}
}}
system typedef "*/ title" {{
    d_step: active may run once, do, linux, end once
    proctype: active(EOF = 1) may skip
    channel d_step <-> proctype: fifo(3), when full drop
    timer od at most 1 times
}}
check typedef {{
    {ALL}
    "*/ }} }} assert(0) \\ %s": always d_step.now != 3
    "int": reachable d_step.errno and proctype.NULL == Ä and fi in (d_step -> proctype)
    "{long_name}": never d_step in accept and proctype in {long_name}
    "no overflow!": never proctype in progress_0
    "é": reachable d_step in end0
}}
"""
    comparison = compared(text)
    assert len(statuses(comparison)) == 11
    spec = specification(text)
    export = export_promela(spec, spec.systems["typedef"], "hostile.pml")
    Runner(tmp_path, 60).generate(export.files["hostile.pml"], [])  # SPIN takes a reader's text too


# --- failures ---


def test_a_missing_tool_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = specification("machine A { initial final state S { } } system S { a: A }")
    monkeypatch.setattr("shutil.which", lambda name: None if name == "spin" else f"/bin/{name}")
    assert "install spin" in (spin.missing() or "")
    with pytest.raises(ToolMissing, match="spin"):
        spin.testify(spec, spec.systems["S"], 10)
    monkeypatch.setattr("shutil.which", lambda name: "/bin/spin" if name == "spin" else None)
    assert "install gcc" in (spin.missing() or "")
    monkeypatch.undo()
    assert spin.missing() is None


def test_a_time_limit_ends_it() -> None:
    spec = load(str(BENCHMARK))
    start = time.monotonic()
    with pytest.raises(ToolFailed, match="longer than allowed"):
        spin.testify(spec, spec.systems["Pair"], 0.3)
    assert time.monotonic() - start < 5


def test_an_interrupt_ends_what_runs(tmp_path: Path) -> None:
    def interrupt(line: str) -> None:
        raise KeyboardInterrupt

    pan = tmp_path / "pan"
    pan.write_text("#!/bin/sh\necho $$ >pid; echo begun; sleep 60\n", "ascii")
    pan.chmod(0o755)
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        Runner(tmp_path, 30).search([], interrupt)
    assert time.monotonic() - start < 10
    assert not Path(f"/proc/{(tmp_path / 'pid').read_text().strip()}").exists()


def test_a_check_that_is_not_asked_has_no_trace() -> None:
    spec = specification(
        "machine A { initial final state S { } } system S { a: A } "
        'check S { every state reachable "p": always possible a in S no stall }'
    )
    claims = [c for c in spec.checks if c.claim is not Claim.NO_STALL]
    assert [spin.trace(spec, spec.systems["S"], c, 10) for c in claims] == [None, None]


def test_what_spin_does_not_take_is_told(tmp_path: Path) -> None:
    with pytest.raises(ToolFailed, match="does not take the model"):
        Runner(tmp_path, 10).generate("proctype {", [])
