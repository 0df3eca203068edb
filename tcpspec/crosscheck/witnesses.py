"""The checkers that can be asked."""

from tcpspec.crosscheck import spin, tlc
from tcpspec.crosscheck.testimony import Witness

SPIN = Witness("SPIN", spin.missing, spin.testify, spin.trace)
TLC = Witness("TLC", tlc.missing, tlc.testify, tlc.trace)
WITNESSES = (SPIN, TLC)
