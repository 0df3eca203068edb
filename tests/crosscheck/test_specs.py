"""What comes with the package, asked of SPIN and of TLC: everything agrees, and what was not asked
is a list.
"""

from collections.abc import Callable

import pytest

from tcpspec.check import check, load
from tcpspec.crosscheck.comparison import Agreement, Comparison, crosscheck
from tcpspec.crosscheck.testimony import Testimony, Witness
from tcpspec.crosscheck.witnesses import SPIN, TLC, WITNESSES
from tests.cli.runner import LIBRARY, SPECS
from tests.helpers import of_states

NAMES = [path.stem for path in LIBRARY]

LINEAR = "Promela makes claims about single runs, not about what stays possible"
NOT_ASKED: dict[tuple[str, str], dict[str, set[str]]] = {
    ("SPIN", "abp"): {LINEAR: {"every message can arrive"}},
    ("SPIN", "abp_no_bit"): {LINEAR: {"every message can arrive"}},
    ("SPIN", "hazard_early_close"): {LINEAR: {"a close stays possible"}},
    ("SPIN", "hazard_early_close_retransmission"): {LINEAR: {"a close stays possible"}},
    ("SPIN", "flood"): {LINEAR: {"it may be lucky"}},
    ("SPIN", "flood_backlog"): {LINEAR: {"it may be lucky"}},
    ("SPIN", "flood_cookies"): {LINEAR: {"it may be lucky"}},
    ("SPIN", "go_back_n"): {LINEAR: {"every message can arrive"}},
    ("SPIN", "tcp"): {LINEAR: {
        "a close stays possible", "a way out remains", "both ends can meet",
    }},
}  # fmt: skip
"""For each witness and specification, by reason, the checks that are not asked. No specification is
refused as a whole.
"""


@pytest.mark.parametrize("witness", WITNESSES, ids=lambda witness: witness.name)
@pytest.mark.parametrize("name", NAMES)
def test_everything_that_is_asked_of_states_agrees(
    name: str, witness: Witness, asked: Callable[[str], None]
) -> None:
    asked(name)
    specification = of_states(load(str(SPECS / f"{name}.fsm")))
    comparison = crosscheck(check(specification), [witness], time_limit=120)
    for system in comparison.systems:
        for said in system.testimonies:
            assert isinstance(said, Testimony)
            assert system.same_states(said), (system.result.system.name, said.states)
    assert not comparison.disagrees
    assert not comparison.unknown
    assert not_asked(comparison) == NOT_ASKED.get((witness.name, name), {})


def not_asked(comparison: Comparison) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in comparison.rows:
        for answer in row.answers:
            if answer.agreement is Agreement.NOT_COMPARED:
                found.setdefault(answer.reason, set()).add(row.verdict.check.name)
    return found


def test_runs_of_equal_length_are_shown_for_every_answer_that_has_one() -> None:
    """Their counterexamples, as runs of ours: replayed by the interpreter, and as long."""
    specification = load(str(SPECS / "figure5.fsm"))
    result = check(specification)
    system = result.systems[0]
    for witness in (SPIN, TLC):
        for verdict in system.verdicts:
            if verdict.run is None:
                continue
            run = witness.trace(specification, system.system, verdict.check, 120)
            assert run is not None, (witness.name, verdict.check.name)
            assert len(run.steps) == len(verdict.run.steps)
