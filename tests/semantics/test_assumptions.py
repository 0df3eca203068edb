"""What verdicts rest on, in words."""

from tcpspec.model.model import System
from tcpspec.semantics.assumptions import assumptions, surroundings
from tests.helpers import specification

MACHINES = """protocol P
message G(F: 0..9 = 0) = X | Y(F = 1)
call go, stop
timer t
machine A(n: 0..9 = 0) {
    var x: 0..9 = n
    var up: bool = false
    initial final state S { call go / x := 1 -> S  call stop -> T  ignore X | Y }
    final state T { timeout t -> S  ignore X | Y }
}
"""


def system(body: str) -> System:
    return specification(f"{MACHINES}system S {{ {body} }}").systems["S"]


def test_what_users_may_call_is_told_where_it_is_not_everything() -> None:
    found = assumptions(system("a: A may go, stop  b: A may go once, stop  c: A may go  d: A"))
    assert found == ("b may go once, stop", "c may go", "d may call nothing")


def test_where_a_system_starts_is_told() -> None:
    body = "a: A may go, stop  b: A may go, stop"
    found = assumptions(system(f"{body}  init a in T, b in S(x = 3, up = true)  init a in T"))
    assert found == ("init a in T, b in S(x = 3, up = true)", "or init a in T")


def test_what_channels_do_and_hold_is_told() -> None:
    found = assumptions(
        system("""a: A may go, stop  b: A may go, stop
        channel a -> b: bag(4), loses at most 1, holds X(F = 2), holds Y
        timer t at most 3 times   bound a.x < 5""")
    )
    assert found == (
        "a -> b: bag(4), loses at most 1, when full error, holds X(F = 2), holds Y",
        "timer t at most 3 times",
        "bound a.x < 5",
    )


def test_a_document_has_a_table_of_calls_and_the_rest_below() -> None:
    one = system("a: A may go once  init a in T")
    assert assumptions(one) == ("a may go once", *surroundings(one))
    assert surroundings(one) == ("init a in T",)
