"""Notes about claims that hold for no good reason."""

import pytest

from tcpspec.check import check
from tests.helpers import specification

TEXT = """
protocol Vacuity
message M = ASK | ANSWER
call ask, get_lost
define asking = c in ASKING
define here = c in HOME
define start = c in HOME and s in READY
machine Client {
    initial final state HOME { call ask / snd ASK -> ASKING  call get_lost -> LOST }
    state ASKING { rcv ANSWER -> HOME }
    final state LOST { }
}
machine Server { initial final idle state READY { rcv ASK / snd ANSWER } }
system X { c: Client may ask  s: Server  channel c <-> s: fifo(1) }
check X { "it": %s }
"""

WHETHER = "`c in HOME` comes again and again, whether or not `c in LOST`"


@pytest.mark.parametrize("engine", ["reference", "table", "native"])
@pytest.mark.parametrize(
    ("claim", "notes"),
    [
        ("always asking implies ASK in (c -> s) or ANSWER in (s -> c)", ()),
        ("never ASK in (c -> s) and ANSWER in (s -> c)", ()),
        ("always c in LOST implies empty(c -> s)", ("`c in LOST` never holds",)),
        ("always asking implies s in READY",
         ("it would hold even if `asking` were always true",)),
        ("never c in LOST and asking",
         ("it would hold even if `asking` were always true",)),
        ("always not (asking and here)", ()),
        ("c in LOST leads to c in HOME", (WHETHER, "`c in LOST` never holds")),
        ("asking leads to here", ()),  # it asks wherever it is not here
        ("asking and ASK in (c -> s) leads to here",
         ("`here` comes again and again, whether or not `asking and ASK in (c -> s)`",)),
        ('ltl "asking -> F here"', ("it would hold even if `asking` were always true",
                                    "it would hold even if `here` were never true")),
        ('ltl "G F here"', ()),
        ('ltl "here W asking"', ()),
        # W stands for a formula in which its right side is there twice: that does not show.
        ('ltl "here W start"', ("it would hold even if `here` were never true",)),
        ("violated always here", ()),
        ("reachable asking", ()),
    ],
)  # fmt: skip
def test_what_does_not_matter(claim: str, notes: tuple[str, ...], engine: str) -> None:
    (verdict,) = check(specification(TEXT % claim), engine=engine).systems[0].verdicts
    assert verdict.ok
    assert verdict.vacuous == notes


@pytest.mark.parametrize("engine", ["reference", "table", "native"])
def test_what_holds_only_where_an_error_ends_runs_is_not_said_never_to_hold(engine: str) -> None:
    text = """protocol P machine M {
        var v: 0..1 = 0
        initial final state A { step / v := v + 1 -> B   step -> C }
        state B { step / v := v + 1 -> C }
        final state C { }
    }
    system S { m: M } check S { "it": m in B leads to m in C }"""
    (system,) = check(specification(text), engine=engine).systems
    assert len(system.failures) == 1
    (verdict,) = system.verdicts
    assert verdict.ok
    assert verdict.vacuous == ("`m in C` comes again and again, whether or not `m in B`",)
