"""Claims about the whole runs of random specifications, asked of TLC, which judges fairness itself.

``pytest tests/crosscheck/test_random_runs.py --tlc-run-examples 200`` asks more; that takes half an
hour.
"""

import logging
import time
from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings

from tcpspec.check import check
from tcpspec.crosscheck.testimony import Finding
from tcpspec.crosscheck.tlc_run import HEAP
from tcpspec.crosscheck.tlc_runs import NO_PRODUCTS, NO_UNTIL, Runs
from tcpspec.explore.limits import Limits
from tcpspec.export.exported import Refused
from tcpspec.properties.verdict import Status
from tests.helpers import specification
from tests.strategies import specifications

FEWEST, MOST = 4, 150
"""States; TLC has several of its own for each, one for each way to get there."""
SECONDS = 120.0
LEFT_OUT = {NO_UNTIL, NO_PRODUCTS}


def test_random_whole_runs_agree(request: pytest.FixtureRequest) -> None:
    count = int(request.config.getoption("--tlc-run-examples"))
    compared: Counter[str] = Counter()

    @settings(
        max_examples=count, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate],
    )  # fmt: skip
    @given(specifications(bounds=True, checks=True))
    def agree(text: str) -> None:
        compared.update(_compared(text))

    agree()
    log = logging.getLogger(__name__)  # shown by --log-cli-level=INFO
    for answer, number in sorted(compared.items()):
        log.info("%d specifications, %s: %d agree", count, answer, number)
    assert sum(compared.values()) >= count


def _compared(text: str) -> list[str]:
    """Claim and verdict of each answer that was compared."""
    (system,) = check(specification(text), limits=Limits(max_states=MOST)).systems
    assume(system.space.limit is None and len(system.space.states) >= FEWEST)
    spec = specification(text)
    try:
        runs = Runs(spec, spec.systems[system.system.name], HEAP)
    except Refused:
        assume(False)
    agreed = []
    for verdict in system.verdicts:
        if not verdict.check.claim.is_temporal or verdict.status is Status.UNKNOWN:
            continue
        said, run = runs.decide(verdict.check, time.monotonic() + SECONDS)
        if not isinstance(said, Finding):
            assert said.reason in LEFT_OUT
            continue
        assert said.status is verdict.status, (verdict.check.text, verdict.status, run, text)
        fairly = "unfair " * verdict.check.unfair + "assuming " * bool(verdict.check.assumed)
        agreed.append(f"{fairly}{verdict.check.claim}: {verdict.status}")
    return agreed
