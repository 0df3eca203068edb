"""What tests of SPIN share: a few declarations, and a comparison that must not differ."""

from tcpspec.check import check
from tcpspec.crosscheck import spin
from tcpspec.crosscheck.comparison import Agreement, Comparison, crosscheck
from tcpspec.crosscheck.testimony import Testimony, Witness
from tests.helpers import specification

SPIN = Witness("SPIN", spin.missing, spin.testify, spin.trace)
TAKER = "machine Taker { initial final state T { ignore any } }\n"
HEADER = """message M(F: 0..3 = 0) = X | Y | Z
call c, d
timer t, u
"""


def compared(text: str) -> Comparison:
    """Our answers and SPIN's, which must say something of every system and differ nowhere."""
    comparison = crosscheck(check(specification(text)), [SPIN], time_limit=60)
    for system in comparison.systems:
        for said in system.testimonies:
            assert isinstance(said, Testimony), said
            assert said.states == len(system.result.space.states)
    wrong = [
        (row.verdict.check.name, row.verdict.status, answer.finding)
        for row in comparison.rows
        for answer in row.answers
        if answer.agreement is Agreement.DISAGREES
    ]
    assert not wrong
    return comparison
