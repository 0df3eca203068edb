"""A run that is written down as a scenario is possible, and leads to the same state."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcpspec.check import check, load
from tcpspec.diagnostics import Diagnostics
from tcpspec.explore.run import Run
from tcpspec.language.format import format_source
from tcpspec.properties.scenario import Outcome, follow
from tcpspec.semantics.system import TransitionSystem
from tcpspec.simulation.recording import Unwritable, quoted, scenario, variant
from tcpspec.simulation.simulation import at_random, begin
from tcpspec.source import Source
from tests.examples import examples
from tests.helpers import control, files, loaded, specification
from tests.strategies import specifications
from tests.views.runs import OLD, basic, duplicated, lossy, relayed, walk


def lines(run: Run) -> list[str]:
    """What stands between the braces."""
    return [line.strip() for line in scenario(run, "it").splitlines()[1:-1]]


# --- what is written ------------------------------------------------------------------------


def test_a_run_without_delays_reads_like_the_figure() -> None:
    """Figure 6 of RFC 9293."""
    assert lines(basic()) == [
        "server: passive_open",
        "client: active_open",
        "client -> server: SYN(SEQ = 100)",
        "server -> client: SYN+ACK(SEQ = 300, ACK = 101)",
        "client -> server: ACK(SEQ = 101, ACK = 301)",
        "expect client in ESTABLISHED and client.SND.NXT == 101 and client.RCV.NXT == 301",
        "expect server in ESTABLISHED and server.SND.NXT == 301 and server.RCV.NXT == 101",
    ]


def test_what_is_overtaken_is_delayed_and_what_is_lost_is_lost() -> None:
    assert lines(lossy()) == [
        "client: active_open",
        "client -> server: SYN(SEQ = 100) delayed",
        "server: passive_open",
        "client: timeout retransmission",
        "client -> server: SYN(SEQ = 100) lost",
        "client: timeout retransmission",
        "client -> server: SYN(SEQ = 100) lost",
        "arrives client -> server: SYN(SEQ = 100)",
        "server -> client: SYN+ACK(SEQ = 300, ACK = 101)",
        "client -> server: ACK(SEQ = 101, ACK = 301) delayed",
        "expect client in ESTABLISHED and client.SND.NXT == 101 and client.RCV.NXT == 301",
        "expect server in SYN_RCVD and server.SND.NXT == 301 and server.RCV.NXT == 101",
    ]


def test_an_arrival_that_has_a_line_delays_what_it_overtakes() -> None:
    """The first SYN is received behind the second call, which the second SYN is sent by."""
    run = relayed()
    text = "\n".join(lines(run))
    assert "near -> relay.left: SYN\n" in text
    assert " delayed" in text


def test_old_duplicates_and_copies_arrive_where_a_line_says_so() -> None:
    run = walk(specification(OLD), "Pair", "a: go", "rcv SYN(SEQ = 7)", "rcv SYN(SEQ = 1), dupl")
    assert lines(run)[:5] == [
        "a: go",
        "a -> b: SYN(SEQ = 1) delayed",
        "a -> b: FIN(SEQ = 2) delayed",
        "arrives a -> b: SYN(SEQ = 7)",
        "arrives a -> b: SYN(SEQ = 1)",
    ]


def test_the_start_is_told_where_there_are_several() -> None:
    text = "machine M { var n: 0..2 = 1  initial final state A { step -> B } final state B { } }"
    model = specification(f"{text} system S {{ m: M   init m in A   init m in B(n = 2) }}")
    here = begin(TransitionSystem(model.systems["S"]))
    for number, first in [(1, "expect m in A and m.n == 1"), (2, "expect m in B and m.n == 2")]:
        run = here.take(number).run
        assert run is not None
        assert lines(run)[0] == first


def test_what_an_error_ends_is_written_up_to_the_error() -> None:
    text = "machine M { var n: 0..1 = 0  initial final state A { step / n := n + 1 } }"
    here = begin(TransitionSystem(specification(f"{text} system S {{ m: M }}").systems["S"]))
    run = here.take(1).take(1).run
    assert run is not None
    assert run.end is not None
    assert lines(run) == ["expect m in A and m.n == 1"]


def test_losses_without_a_line_are_not_written() -> None:
    with pytest.raises(Unwritable, match=r"step 4 loses SYN\(SEQ = 1\), which had arrived before"):
        scenario(duplicated(), "it")
    held = walk(specification(OLD), "Pair", "a -> b: loses SYN(SEQ = 7)")
    with pytest.raises(Unwritable, match=r"step 1 loses SYN\(SEQ = 7\), which was there at the s"):
        scenario(held, "it")


@pytest.mark.parametrize("name", ["", " ", 'a "run"', "a\nrun", "a\x1brun"])
def test_names_that_cannot_be_written(name: str) -> None:
    with pytest.raises(Unwritable, match="a text in quotes"):
        quoted(name)


# --- it is possible -------------------------------------------------------------------------


def canonical(text: str) -> str | None:
    return format_source(Source("it", text), Diagnostics())


@settings(max_examples=examples(25, thorough=2000))
@given(specifications(bounds=True), st.integers(0, 2**32), st.integers(1, 14))
def test_a_check_finds_it_possible(text: str, seed: int, count: int) -> None:
    ts = TransitionSystem(specification(text).systems["S"])
    run = at_random(begin(ts), count, seed)[0].run
    assert run is not None
    try:
        written = scenario(run, "it")
    except Unwritable:
        return
    assert canonical(written) == written
    model = specification(text + written)
    found = follow(TransitionSystem(model.systems["S"]), model.scenarios[0])
    assert found.outcome is Outcome.POSSIBLE, (written, found.reasons)
    assert control(found.run.last) == control(run.last)


def test_a_file_extends_the_specification_with_the_constants_that_were_set(tmp_path: Path) -> None:
    base = """protocol Base
    const N = 1
    machine M { var n: 0..9 = 0  initial final state A { step [n < N] / n := n + 1 } }
    system S { m: M }
    """
    model = load(str(files(tmp_path, {"base.fsm": base})), {"N": 3})
    here = begin(TransitionSystem(model.systems["S"]))
    run = here.take(1).take(1).take(1).run
    assert run is not None
    text = variant(model, run, "three", "base.fsm", {"N": 3})
    assert canonical(text) == text
    result = check(loaded(tmp_path, {"saved.fsm": text}))
    (found,) = result.all_scenarios
    assert (found.scenario.name, found.outcome) == ("three", Outcome.POSSIBLE)
    assert len(found.run.steps) == 3
