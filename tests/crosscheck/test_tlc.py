"""What TLC says of systems, held against our own answers: each test is one run of TLC, or a few.

These tests fail, and are not skipped, where TLC is missing: an answer that nobody checked is none.
"""

import subprocess
import time
from pathlib import Path

import pytest

from tcpspec.check import SystemResult, check, load
from tcpspec.crosscheck import tlc, tlc_run
from tcpspec.crosscheck.testimony import Testimony, ToolFailed, ToolMissing
from tcpspec.crosscheck.tlc_run import find_tool, run_tlc
from tcpspec.export.tla import export_tla
from tcpspec.model.model import Specification
from tcpspec.properties.verdict import Status
from tcpspec.semantics.system import TransitionSystem
from tests.cli.runner import tcpspec
from tests.helpers import assert_is_run, specification

SECONDS = 120.0
BENCH = Path(__file__).parent.parent / "bench" / "handshake.fsm"


def agreed(spec: Specification) -> dict[str, tuple[SystemResult, Testimony]]:
    """Both answers for each system, which do not differ in anything that can be compared."""
    found = {}
    for ours in check(spec).systems:
        said = tlc.testify(spec, ours.system, SECONDS)
        _agree(ours, said)
        found[ours.system.name] = ours, said
    return found


def _agree(ours: SystemResult, said: Testimony) -> None:
    space = ours.space
    assert said.states == len(space.states)
    assert said.used == space.used
    instances = ours.system.instances
    assert said.reached == {
        (instance.machine.name, local.state)
        for state in space.states
        for instance, local in zip(instances, state.locals, strict=True)
    }
    verdicts = {v.check.name: v for v in ours.verdicts if not v.check.claim.is_coverage}
    assert not said.left_out
    assert {finding.check.name for finding in said.findings} == set(verdicts)
    for finding in said.findings:
        verdict = verdicts[finding.check.name]
        steps = len(verdict.run.steps) if verdict.run else None
        assert (finding.status, finding.steps) == (verdict.status, steps), finding.check.name


def statuses(said: Testimony) -> dict[str, Status]:
    return {finding.check.name: finding.status for finding in said.findings}


PLAIN = """
    no deadlock
    no stall
    no unspecified reception
    no overflow
"""

CHANNELS = f"""
message M(F: 0..1 = x, G: bool = false) = X | Y
message N(G: {{red, green}} = red, F: mod 3 = 2) = Z | W(F = 0)
call go, other
machine A {{
    var x: 0..1 = 1
    var e: {{red, green}} = green
    initial final state S {{
        call go | other / snd X(F = any); x := any  -> T
        rcv Z [N.G == red] / e := red
        rcv W / x := 0; snd Y(G = true)                             -> S
        rcv Z / x := 0
    }}
    state T {{
        defer Z [N.G == green]
        rcv Z | X / snd Y
        rcv Y [M.G or full(out)] / reset                           -> S
        otherwise / x := 1                                -> S
    }}
}}
machine B ordered {{
    var y: mod 3 = 2
    initial idle state S {{
        otherwise ignore
        rcv X [M.F < 1] / snd Z(F = y); y := max(y, 1)
        defer X
        rcv any except X / snd W; y := y - 1
    }}
}}
system Mixed {{
    a: A may go once
    b: B
    channel a -> b: fifo(2), loses at most 1, when full drop, holds X(F = 1), holds Y(F = 0)
    channel b -> a: bag(2), duplicates at most 1, when full wait, holds Z
}}
system Loop {{
    a: A may go once
    b: B
    init a in T
    init a in S(x = 0), b in S(y = 1)
    channel a -> a: fifo(3), lossy, duplicates at most 1, when full wait
    channel b -> a: fifo(1), when full drop, holds Z(G = green)
}}
check Mixed {{ {PLAIN}
    "two": never count(a -> b) == 2 and W in (b -> a)
    "same": always X(F = a.x) in (a -> b) implies a in S
    "back": always possible a in S and empty(a -> b)
    "ever": reachable Z(G = green, F = b.y + 1) in (b -> a)
}}
check Loop {{ {PLAIN} "full": reachable full(a -> a) and b.y == 1  "out": always possible a in S }}
"""


def test_fifos_and_bags_with_deferring_faults_and_several_starts() -> None:
    found = agreed(specification(CHANNELS))
    assert found["Mixed"][1].states > 2000
    assert found["Loop"][1].states > 100


PORTS = f"""
message M = X | Y
call go
machine Source {{ initial final state A {{ call go / snd X  ignore any }} }}
machine Relay {{
    port inside, outside, unused
    var n: 0..3 = 0
    initial final state A {{
        call go / n := 0
        rcv X from inside [n < 2] / snd Y to outside; snd X to inside; n := n + 1
        ignore X from outside
        step [full(outside)] / n := 0
    }}
    final state B {{ ignore any }}
    in A unless handled {{
        call go                 -> B
        rcv any / n := n + 1
        step [n == 3]           -> B
    }}
    in any {{ otherwise from outside -> A }}
}}
system Chain {{
    a: Source may go at most 2 times
    r: Relay
    z: Source may go
    channel a <-> r.inside: fifo(1), when full wait
    channel r.outside -> z: bag(2), when full drop
    channel z -> r.outside: fifo(1), when full drop
}}
check Chain {{ {PLAIN}
    "through": reachable Y in (r.outside -> z)
    "third": never r.n == 3
    "again": always possible r.n == 0
}}
"""


def test_ports_ranks_and_one_machine_in_two_places() -> None:
    agreed(specification(PORTS))


TIMERS = f"""
message M = X | Y
call go
timer t, u, v
machine A {{
    initial final state S {{
        timeout t / snd X       -> T
        timeout u | v / snd Y
        ignore any
    }}
    final state T {{
        timeout t | u           -> S
        timeout v / snd X; snd Y
        step                    -> S
        rcv X                   -> S
    }}
}}
system Net {{
    a: A
    b: A
    channel a <-> b: fifo(2), lossy, when full drop
    timer t at most 3 times only when idle
    timer a.t at most 2 times
    timer u [a in S and empty(b -> a)]
    timer b.u at most 1 times only when idle
    timer a.v at most 0 times
    timer b.v [count(b -> a) < 1 or b in S]
}}
check Net {{ {PLAIN}
    "both": reachable a in T and b in T
    "quiet": never full(a -> b) and full(b -> a)
    "rest": always possible empty(a -> b) and empty(b -> a)
}}
"""


def test_timers() -> None:
    agreed(specification(TIMERS))


BOUNDS = """
machine A {
    var x: 0..9 = 0
    var gone: bool = false
    initial state S {
        step / x := x + 1
        step [x == 1] / gone := true            -> T
        step [x == 2] / x := 0; gone := true    -> U
    }
    state T { step [x > 5] -> S }
    state U { step / x := x + 1                 -> U }
}
system S { a: A  bound a.x <= 2 }
check S {
    no deadlock
    no stall
    "small":      always a.x < 3
    "small too":  violated always a.x < 3
    "two":        reachable a.x == 2
    "four":       reachable a.x == 4
    "not four":   violated reachable a.x == 4
    "lost":       always possible not a.gone
    "beyond":     always possible a.x == 0 or a.x > 5 or a in T
    "in reach":   always possible a.x < 3
    every state reachable
    every transition used
}
"""


def test_what_a_bound_leaves_open() -> None:
    found = agreed(specification(BOUNDS))
    said = statuses(found["S"][1])
    assert said["four"] is said["small too"] is said["beyond"] is Status.UNKNOWN
    assert said["lost"] is Status.VIOLATED
    assert said["in reach"] is said["two"] is Status.HOLDS


ERRORS = f"""
message M(F: 0..1 = 0) = X
call go, on, out
machine A {{
    var x: 0..3 = 0
    var y: -1..1 = 0
    initial final state S {{
        call go / snd X; x := x + 1; snd X(F = x - 2)       -> T
        call on / y := y - 1; y := y + 1; x := x * 2 + 1
    }}
    final state T {{ call go / x := 0; snd X; snd X(F = y + 2); snd X; y := 1 }}
}}
machine B {{ initial final state S {{ ignore X [M.F == 0] }} }}
system Late  {{ a: A may go, on  b: B  channel a -> b: fifo(2) }}
system Early {{ a: A may go, on  b: B  channel a -> b: bag(1) }}
system Waits {{ a: A may go, on  b: B  channel a -> b: fifo(3), when full wait }}
check Late  {{ {PLAIN} "b": always possible a in T }}
check Early {{ {PLAIN} "b": reachable a in T }}
check Waits {{ {PLAIN} "b": reachable full(a -> b) }}
"""


def test_errors_end_runs_in_the_order_of_the_actions() -> None:
    found = agreed(specification(ERRORS))
    assert statuses(found["Early"][1])["no overflow"] is Status.VIOLATED
    assert statuses(found["Waits"][1])["no overflow"] is Status.HOLDS


LITTLE = f"""
message M = X
call go
timer t
machine Alone {{ initial state S {{ call go -> T  rcv X -> T }} final state T {{ }} }}
machine Nothing {{ initial final state S {{ }} }}
machine Clock {{ initial state S {{ timeout t -> T }} state T {{ }} }}
system One {{ a: Alone }}
system None {{ a: Nothing  b: Nothing }}
system Only {{ c: Clock  n: Nothing  timer t only when idle }}
check One {{ {PLAIN} "t": reachable a in T }}
check None {{ {PLAIN} "s": always a in S }}
check Only {{ {PLAIN} "t": always possible c in T }}
"""


def test_systems_with_next_to_nothing() -> None:
    found = agreed(specification(LITTLE))
    assert statuses(found["One"][1])["no deadlock"] is Status.VIOLATED
    assert statuses(found["None"][1])["no deadlock"] is Status.HOLDS


HOSTILE = """protocol TLC "a (* title *) ==== \\* with ---- MODULE signs"
## docs *) (* ==== ---- MODULE X ---- \\* "quotes" ü
const N = 4
message IF(name: 0..2 = 0, IN: bool = false, WF_f: {rot, grün} = rot) = THEN | ELSE | THEN+ELSE
message Other(IN: 0..3 = 0, name: {eins, zwei} = zwei, Name: bool = true) = THEN_ELSE | Grüße
call  ENABLED, UNCHANGED
timer INIT
machine LET(CASE: 0..1, self: mod N = 0) ordered {
    var vars: bool = false        ## a doc *) ==== "x"
    var network: 0..2 = 1
    var m: mod N = self
    var WF_x: {rot, grün} = rot
    var LONG_1: bool = false
    var LONG_2: bool = false
    initial final state Next { EXTENDS: call ENABLED / snd THEN(WF_f = grün) -> Zürich
        call UNCHANGED / snd Grüße(IN = network)
    }
    state Zürich {
        rcv THEN | THEN+ELSE [IF.IN == false] / network := network + 1; WF_x := IF.WF_f -> Next
        rcv Grüße [Other.name == zwei and Other.Name] / m := m + Other.IN
        otherwise ignore
        timeout INIT / snd ELSE; vars := (not vars) -> Zürich_2
    }
    final state Zürich_2 { ignore any  step / LONG_2 := true }
}
system TLC "a system *) called (* TLC" {
    IF: LET(CASE = 1) may ENABLED, UNCHANGED once
    ß: LET(CASE = 0, self = 2) may ENABLED once
    channel IF -> ß: bag(2), when full drop
    channel ß -> IF: bag(2), when full drop
    timer INIT at most 2 times only when idle
}
check TLC {
    no deadlock
    "TypeOK": never IF in Zürich_2 and ß.m == 2 and ß.LONG_1
    "wer (* weiß *) \\* ==== ": reachable Grüße(IN = 1) in (IF -> ß)
    "Init": violated always IF.WF_x == rot
}
""".replace("LONG", "a" * 200)


def test_hostile_names_are_harmless() -> None:
    spec = specification(HOSTILE)
    agreed(spec)
    (asked,) = [one for one in spec.checks if one.name == "Init"]
    run = tlc.trace(spec, spec.systems["TLC"], asked, SECONDS)
    assert run is not None
    assert_is_run(run, TransitionSystem(spec.systems["TLC"]))


# --- runs --------------------------------------------------------------------------------------


def test_the_runs_that_tlc_shows_are_ours() -> None:
    spec = specification(CHANNELS + "check Mixed { every state reachable }")
    (ours, _) = check(spec).systems
    wanted = {"no stall", "two", "back", "ever", "every state reachable"}
    lengths = {}
    for verdict in ours.verdicts:
        if verdict.check.name not in wanted:
            continue
        run = tlc.trace(spec, ours.system, verdict.check, SECONDS)
        assert (run is None) == (verdict.run is None)
        if run is not None and verdict.run is not None:
            assert_is_run(run, TransitionSystem(ours.system))
            assert len(run.steps) == len(verdict.run.steps)
            lengths[verdict.check.name] = len(run.steps)
    assert set(lengths) == {"no stall", "two", "back"}


def test_a_run_may_end_in_an_error_or_at_its_start() -> None:
    text = ERRORS + 'check Late { "start": never a in S }'
    spec = specification(text)
    asked = {one.name: one for one in spec.checks if one.systems == ("Late",)}
    run = tlc.trace(spec, spec.systems["Late"], asked["no overflow"], SECONDS)
    assert run is not None
    assert run.end is not None
    assert run.end.message.startswith("a -> b is full")
    assert_is_run(run, TransitionSystem(spec.systems["Late"]))
    run = tlc.trace(spec, spec.systems["Late"], asked["start"], SECONDS)
    assert run is not None
    assert run.steps == ()


# --- the exported files ------------------------------------------------------------------------


def test_the_exported_configuration_finds_no_error(tmp_path: Path) -> None:
    spec = load(str(BENCH))
    export = export_tla(spec, spec.systems["ClientServer"], "Opening")
    output = run_tlc(find_tool(), tmp_path, export.files, "Opening", deadline=_soon())
    assert output.texts(tlc_run.COMPLETE)
    assert " 105 distinct states found" in output.texts(tlc_run.COUNTS)[-1]


@pytest.mark.parametrize("violated", [False, True])
def test_the_command_in_the_header_can_be_pasted(tmp_path: Path, violated: bool) -> None:
    """As it stands in the file that was written, under a name of one's own."""
    jar = find_tool().jar
    (tmp_path / jar.name).symlink_to(jar)
    done = tcpspec("export", str(BENCH), "--to", "tla", "-o", str(tmp_path / "Opening.tla"))
    assert done.returncode == 0, done.stderr
    configuration = tmp_path / "Opening.cfg"
    lines = (tmp_path / "Opening.tla").read_text().splitlines()
    (command,) = (line for line in lines if "tlc2.TLC" in line)
    assert command.removeprefix("\\*").strip() in configuration.read_text()
    if violated:
        text = configuration.read_text()
        configuration.write_text(text.replace("\\* INVARIANT", "INVARIANT", 1))
    words = command.removeprefix("\\*").split()
    said = subprocess.run(
        words, cwd=tmp_path, capture_output=True, check=False, text=True, timeout=SECONDS
    )
    assert ("No error has been found" in said.stdout) is not violated, said.stdout
    assert ("is violated" in said.stdout) is violated, said.stdout


def _soon() -> float:
    return time.monotonic() + SECONDS


# --- what goes wrong ---------------------------------------------------------------------------

COUNTER = """
machine A { var x: mod 100000 = 0  initial state S { step / x := x + 1 } }
system S { a: A }
check S { no deadlock "zero": always possible a.x == 0 }
"""


def _testify(text: str, seconds: float = SECONDS, heap: str = tlc_run.HEAP) -> Testimony:
    spec = specification(text)
    (system,) = spec.systems.values()
    return tlc.testify(spec, system, seconds, heap)


def test_a_time_limit_ends_tlc() -> None:
    with pytest.raises(ToolFailed, match="took longer than allowed"):
        _testify(COUNTER, seconds=0.3)


def test_too_little_memory_is_told() -> None:
    with pytest.raises(ToolFailed, match="TLC gave no answer"):
        _testify(COUNTER, heap="1m")


def test_a_graph_that_is_too_large_leaves_branches_out(monkeypatch: pytest.MonkeyPatch) -> None:
    text = COUNTER.replace("100000", "500")
    monkeypatch.setattr(tlc_run, "MAX_GRAPH", 0)
    monkeypatch.setattr(tlc_run, "POLL", 0.01)
    said = _testify(text)
    assert said.states == 500
    assert [left.check.name for left in said.left_out] == ["zero"]


def test_too_much_output_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tlc_run, "MAX_OUTPUT", 0)
    monkeypatch.setattr(tlc_run, "POLL", 0.01)
    with pytest.raises(ToolFailed, match="wrote more than allowed"):
        _testify(COUNTER)


def test_what_is_missing_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert tlc.missing() is None
    monkeypatch.setenv(tlc_run.VARIABLE, str(tmp_path / "none.jar"))
    assert "tcpspec[tlc]" in (tlc.missing() or "")
    (tmp_path / "some.jar").write_text("")
    monkeypatch.setenv(tlc_run.VARIABLE, str(tmp_path / "some.jar"))
    with pytest.raises(ToolFailed):
        _testify(COUNTER)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolMissing, match="Java"):
        find_tool()


def test_the_jar_of_the_package_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(tlc_run.VARIABLE, raising=False)
    assert find_tool().jar.name == "tla2tools.jar"
    monkeypatch.setattr(tlc_run, "SYSTEM_JAR", Path("/nowhere/tla2tools.jar"))
    monkeypatch.setattr(tlc_run, "PACKAGE", "no-such-package")
    with pytest.raises(ToolMissing):
        find_tool()
