"""Random specifications, asked of SPIN and of TLC: no answer and no number of states differs.

``pytest tests/crosscheck/test_random.py --spin-examples 3000 --tlc-examples 300`` asks more. Claims
about whole runs are asked in ``test_random_runs.py``.
"""

import logging
from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings

from tcpspec.check import check
from tcpspec.crosscheck.comparison import Agreement, Comparison, crosscheck
from tcpspec.crosscheck.testimony import Testimony, Witness
from tcpspec.crosscheck.witnesses import SPIN, TLC
from tcpspec.explore.limits import Limits
from tests.helpers import of_states, specification
from tests.strategies import specifications

FEWEST = 4
"""States; smaller systems show little."""

MOST = {"SPIN": 20_000, "TLC": 3_000}


@pytest.mark.hypothesis
@pytest.mark.parametrize("witness", [SPIN, TLC], ids=lambda witness: witness.name)
def test_random_specifications_agree(witness: Witness, request: pytest.FixtureRequest) -> None:
    count = int(request.config.getoption(f"--{witness.name.lower()}-examples"))
    compared: Counter[str] = Counter()
    refused: list[str] = []

    @settings(
        max_examples=count, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate, Phase.shrink],
    )  # fmt: skip
    @given(specifications(bounds=True, checks=True))
    def agree(text: str) -> None:
        compared.update(_answers(_compared(text, witness, refused)))

    agree()
    log = logging.getLogger(__name__)  # shown by --log-cli-level=INFO
    for answer, number in sorted(compared.items()):
        log.info("%s, %d specifications, %s: %d agree", witness.name, count, answer, number)
    log.info("%s, refused: %d: %s", witness.name, len(refused), set(refused))
    assert len(refused) <= count // 5
    assert compared["no deadlock: holds"] + compared["no deadlock: violated"] >= count * 9 // 10


def _compared(text: str, witness: Witness, refused: list[str]) -> Comparison:
    """The comparison of one specification; those that show little or cost too much are left out."""
    limits = Limits(max_states=MOST[witness.name])
    result = check(of_states(specification(text)), limits=limits)
    (system,) = result.systems
    assume(system.space.limit is None and len(system.space.states) >= FEWEST)
    comparison = crosscheck(result, [witness], time_limit=120)
    (said,) = comparison.systems[0].testimonies
    if not isinstance(said, Testimony):
        assert not said.failed, said.reason
        refused.append(said.reason)
        assume(False)
    assert not comparison.disagrees, _differences(comparison)
    return comparison


def _answers(comparison: Comparison) -> list[str]:
    """Claim and verdict of each answer that was compared."""
    return [
        f"{row.verdict.check.claim}: {row.verdict.status}"
        for row in comparison.rows
        for answer in row.answers
        if answer.agreement is Agreement.AGREES
    ]


def _differences(comparison: Comparison) -> str:
    """What to look at first."""
    lines = [
        f"{row.verdict.check.name}: {row.verdict.status}, {answer.finding}"
        for row in comparison.rows
        for answer in row.answers
        if answer.agreement is Agreement.DISAGREES
    ]
    (system,) = comparison.systems
    lines += [f"states: {len(system.result.space.states)}, {said}" for said in system.testimonies]
    return "\n".join(lines)
