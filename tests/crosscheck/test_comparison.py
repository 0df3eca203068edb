"""Held against witnesses that lie, fail or keep silent, a comparison says so."""

from dataclasses import replace

import pytest

from tcpspec.check import Result
from tcpspec.crosscheck.comparison import Agreement, Comparison, crosscheck
from tcpspec.crosscheck.testimony import Finding, Testimony, ToolFailed, Witness
from tcpspec.explore.limits import Limits
from tcpspec.export.exported import LeftOut, Refused
from tcpspec.model.model import Specification, System
from tcpspec.properties.verdict import Status
from tcpspec.views.reports.crosscheck_report import crosscheck_report
from tcpspec.views.reports.report import Look
from tests.helpers import result

TEXT = """
message M = PING
call go
machine A { initial final state S { call go / snd PING -> T }  final state T { } }
machine B { initial final state S { rcv PING -> T }            state T { } }
system One { a: A may go  b: B  channel a -> b: fifo(1) }
system Two { a: A         b: B  channel a -> b: fifo(1) }
check One { "it arrives": reachable b in T   violated no deadlock }
check Two { "it never does": never b in T }
check One, Two { every state reachable  every transition used }
"""


def honest(found: Result, system: System) -> Testimony:
    """What a witness that is right says."""
    (one,) = (one for one in found.systems if one.system is system)
    return Testimony(
        "Echo 1", system.name, len(one.space.states),
        tuple(
            Finding(v.check, v.status, len(v.run.steps) if v.run else None) for v in one.verdicts
        ),
        (),
        frozenset(
            (instance.machine.name, local.state)
            for state in one.space.states
            for instance, local in zip(system.instances, state.locals, strict=True)
        ),
        frozenset(one.space.used),
        0.0,
    )  # fmt: skip


def compared(found: Result, testify: object) -> Comparison:
    def ask(specification: Specification, system: System, time_limit: float) -> Testimony:
        assert callable(testify)
        said = testify(system)
        assert isinstance(said, Testimony)
        return said

    witness = Witness("Echo", lambda: None, ask, lambda *_: None)
    return crosscheck(found, [witness], 1.0)


def shown(comparison: Comparison) -> str:
    lines = crosscheck_report(comparison, Look())
    return "\n".join("".join(text for text, _ in line).rstrip() for line in lines)


def test_a_witness_that_is_right_agrees() -> None:
    found = result(TEXT)
    comparison = compared(found, lambda system: honest(found, system))
    assert not comparison.disagrees
    assert not comparison.unknown
    assert {a.agreement for row in comparison.rows for a in row.answers} == {Agreement.AGREES}
    assert "5 of 5 answers agree, 2 of 2 numbers of states agree" in shown(comparison)


def test_another_verdict_another_length_another_number_of_states_disagree() -> None:
    found = result(TEXT)

    other = {Status.HOLDS: Status.VIOLATED, Status.VIOLATED: Status.HOLDS}

    def verdict(system: System) -> Testimony:
        said = honest(found, system)
        turned = tuple(replace(f, status=other[f.status]) for f in said.findings)
        return replace(said, findings=turned)

    def unsure(system: System) -> Testimony:
        said = honest(found, system)
        return replace(
            said, findings=tuple(replace(f, status=Status.UNKNOWN) for f in said.findings)
        )

    def longer(system: System) -> Testimony:
        said = honest(found, system)
        return replace(
            said, findings=tuple(replace(f, steps=f.steps and f.steps + 1) for f in said.findings)
        )

    def states(system: System) -> Testimony:
        said = honest(found, system)
        return replace(said, states=said.states + 1)

    def coverage(system: System) -> Testimony:
        return replace(honest(found, system), used=frozenset())

    for lie in (verdict, unsure, longer, states, coverage):
        comparison = compared(found, lie)
        assert comparison.disagrees
    assert "✗" in shown(compared(found, verdict))


def test_a_check_for_which_its_time_was_not_enough_has_no_answer() -> None:
    """That all else agrees is not enough: who asks for all answers has to be told."""
    found = result(TEXT)

    def slow(system: System) -> Testimony:
        said = honest(found, system)
        first, *others = said.findings
        unanswered = (LeftOut(first.check, "it took longer than allowed"),)
        return replace(said, findings=tuple(others), unanswered=unanswered)

    comparison = compared(found, slow)
    assert not comparison.disagrees
    assert comparison.unknown
    assert "no answer" in shown(comparison)
    assert "not asked" not in shown(comparison)
    assert "it took longer than allowed" in shown(comparison)


def test_a_witness_that_keeps_silent_is_not_compared() -> None:
    found = result(TEXT)

    def refuse(system: System) -> Testimony:
        raise Refused("too wide")

    comparison = compared(found, refuse)
    assert not comparison.disagrees
    assert comparison.unknown  # nothing at all was compared
    assert "Echo: too wide" in shown(comparison)
    assert "not asked" in shown(comparison)
    assert shown(comparison).endswith("\n0 of 5 answers agree, 5 not compared")


def test_a_witness_that_knows_only_one_of_two_systems_is_compared_there() -> None:
    found = result(TEXT)

    def ask(system: System) -> Testimony:
        if system.name == "Two":
            raise Refused("too wide")
        return honest(found, system)

    comparison = compared(found, ask)
    assert not comparison.disagrees
    assert not comparison.unknown
    assert shown(comparison).endswith(
        "asked: Echo 1\n2 of 5 answers agree, 3 not compared, 1 of 1 numbers of states agree"
    )


def test_a_witness_that_fails_leaves_the_answer_open() -> None:
    found = result(TEXT)

    def fail(system: System) -> Testimony:
        raise ToolFailed("no memory")

    comparison = compared(found, fail)
    assert comparison.unknown
    assert "Echo: no memory (5 checks)" not in shown(comparison)  # two systems, two tables
    assert "Echo: no memory (it arrives, no deadlock)" in shown(comparison)
    assert "no answer" in shown(comparison)
    assert "not asked" not in shown(comparison)
    assert shown(comparison).endswith("\n0 of 5 answers agree, 5 without an answer")


def test_a_check_that_is_left_out_says_why() -> None:
    found = result(TEXT)

    def left_out(system: System) -> Testimony:
        said = honest(found, system)
        return replace(
            said, findings=(), left_out=tuple(LeftOut(f.check, "no") for f in said.findings)
        )

    comparison = compared(found, left_out)
    assert not comparison.disagrees
    assert "Echo: no (it arrives, no deadlock)" in shown(comparison)


def test_a_witness_must_answer_or_say_why_not() -> None:
    found = result(TEXT)
    with pytest.raises(LookupError, match="it arrives"):
        compared(found, lambda system: replace(honest(found, system), findings=()))


def test_what_our_own_limits_keep_back_is_not_compared() -> None:
    whole = result(TEXT)
    found = result(TEXT, Limits(max_states=1))

    def ask(system: System) -> Testimony:
        (other,) = (one.system for one in whole.systems if one.system.name == system.name)
        said = honest(whole, other)
        ours = [v.check for s in found.systems if s.system is system for v in s.verdicts]
        findings = tuple(
            replace(finding, check=check)
            for finding, check in zip(said.findings, ours, strict=True)
        )
        machines = {i.machine for s in found.systems for i in s.system.instances}
        used = frozenset(t for machine in machines for t in machine.transitions)
        return replace(said, findings=findings, used=used)

    comparison = compared(found, ask)
    assert not comparison.disagrees
    assert comparison.unknown
    assert "our own answer is unknown" in shown(comparison)
    assert "1 of 1 numbers of states" in shown(comparison)  # of the system that has no more
