"""One mistake, one error: what depends on something that is declared wrongly says nothing."""

import pytest

from tcpspec.diagnostics import SpecificationError
from tests.helpers import specification


def test_who_uses_what_is_declared_wrongly_says_nothing() -> None:
    """Constants, types, fields, parameters, variables, defines and instances."""
    with pytest.raises(SpecificationError) as error:
        specification("""
        const N = X + 1
        type T = 0..X
        define big = Z > 3
        message D(S: T = 0) = A | B
        machine M(p: T) {
            var s: T = 0
            var t: int = 0
            initial state X1 {
                rcv A [s > 0 and D.S == 1 and t == 1 and big and p == 0] / s := s + 1; t := N -> Y
            }
            state Y { rcv B [t == N] / snd A(S = 1) }
        }
        system S { a: M(p = 0)  b: L  channel a <-> b: fifo(N) }
        check S { "a": never a.s == N and a.t == 0 and b in Y  "b": never A in (a -> b) }
        """)
    assert [d.message for d in error.value.diagnostics] == [
        "no value is called `X`",
        "no value is called `X`",
        "no value is called `Z`",
        "no type is called `int`",
        "no machine is called `L`",
    ]


def test_all_that_is_wrong_in_a_rule_is_told() -> None:
    """Trigger, port, guard, each action and its values, target; but of a message that nobody knows
    no field is.
    """
    with pytest.raises(SpecificationError) as error:
        specification("""
        message M(N: 0..3 = 0) = HELLO
        call go
        machine A {
            var n: 0..3 = 0
            initial state S {
                rcv HELO | WRLD from p [M.N > q and m]
                    / t := u; n := M.N; snd HELLO(Q = 1, R = 2) -> Z
                call gone | went / n := true; f := n
                rcv HELLO [M.N > k] / n := M.K -> T
            }
        }
        """)
    told = [d.message.rpartition(" called ")[2].strip("`") for d in error.value.diagnostics]
    assert told == [
        "HELO", "WRLD", "p", "q", "m", "t", "u", "Q", "R", "Z", "gone", "went",
        "this is bool, but 0..3 is needed", "f", "k", "M.K", "T",
    ]  # fmt: skip
