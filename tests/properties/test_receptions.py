"""Unspecified receptions: which messages are offered, and what is a rule for them."""

import pytest

from tcpspec.properties.verdict import Status
from tests.helpers import explored, only, verdict, warnings
from tests.properties.models import DEAF, GROUP


def receptions(rules: str, channel: str, system: str = "") -> list[tuple[str, str, str, int]]:
    """Instance, state, message, steps, as they are listed."""
    text = f"""{GROUP} machine M {{ initial final state A {{ {rules} }} state B {{}} }} {DEAF}
    system S {{ d: Deaf m: M channel d -> m: {channel} {system} }}
        check S {{ no unspecified reception }}"""
    found = verdict(text)
    listed = [(r.instance, r.state, r.message, len(r.run.steps)) for r in found.receptions]
    assert found.status is (Status.VIOLATED if listed else Status.HOLDS)
    return listed


@pytest.mark.parametrize(
    ("rules", "channel", "expected"),
    [
        ("", "fifo(1)", []),
        ("", "fifo(1), holds X", [("m", "A", "X", 0)]),
        ("rcv X -> A", "fifo(1), holds X", []),
        ("ignore X", "fifo(1), holds X", []),
        ("defer X", "fifo(1), holds X", []),
        ("otherwise ignore", "fifo(1), holds X", []),
        ("rcv X [false] -> A", "fifo(1), holds X", [("m", "A", "X", 0)]),
        ("ignore X [false]", "fifo(1), holds X", [("m", "A", "X", 0)]),
        ("defer X [false]", "fifo(1), holds X", [("m", "A", "X", 0)]),
        # After X comes Y: in A without a rule, one step later; in B likewise.
        ("ignore X", "fifo(2), holds X, holds Y", [("m", "A", "Y", 1)]),
        ("rcv X -> B", "fifo(2), holds X, holds Y", [("m", "B", "Y", 1)]),
        # A fifo offers its head only, a bag everything.
        ("", "fifo(2), holds X, holds Y", [("m", "A", "X", 0)]),
        ("", "bag(2), holds X, holds Y", [("m", "A", "X", 0), ("m", "A", "Y", 0)]),
        ("rcv X -> B", "bag(2), holds X, holds Y", [("m", "A", "Y", 0), ("m", "B", "Y", 1)]),
        # What follows a deferred message is offered.
        ("defer X", "fifo(2), holds X, holds Y", [("m", "A", "Y", 0)]),
        ("defer X ignore Y", "fifo(2), holds X, holds Y", []),
        ("defer Y", "fifo(2), holds X, holds Y", [("m", "A", "X", 0)]),
    ],
)
def test_unspecified_receptions(
    rules: str, channel: str, expected: list[tuple[str, str, str, int]]
) -> None:
    assert receptions(rules, channel) == expected


def test_a_rule_that_waits_for_room_is_a_rule() -> None:
    text = f"""{GROUP} machine M {{ initial final state A {{ rcv X / snd Y }} }}
    machine Keeper {{ initial final state D {{ defer any }} }}
    system S {{ d: Keeper m: M channel d -> m: fifo(1), holds X
        channel m -> d: fifo(1), when full wait, holds Y }}
        check S {{ no unspecified reception }}"""
    assert explored(text) == (1, 0, 0)
    assert verdict(text).status is Status.HOLDS


def test_a_rule_that_ends_in_an_error_is_a_rule() -> None:
    system = "channel m -> d: fifo(1)"
    assert receptions("rcv X / snd X; snd X", "fifo(1), holds X", system) == []


def test_a_message_may_be_unspecified_by_its_fields() -> None:
    text = f"""message H(F: 0..1) = Z {DEAF}
    machine M {{ initial state A {{ rcv Z [H.F == 1] }} }}
    system S {{ d: Deaf m: M channel d -> m: bag(2), holds Z(F = 1), holds Z(F = 0) }}
    check S {{ no unspecified reception }}"""
    assert verdict(text).status is Status.VIOLATED
    assert verdict(text.replace("holds Z(F = 0)", "holds Z(F = 1)")).status is Status.HOLDS


def test_a_message_is_offered_even_where_only_its_loss_comes_first() -> None:
    assert receptions("ignore Y", "fifo(2), lossy, holds Y, holds X") == [("m", "A", "X", 1)]


def test_a_rule_that_does_not_apply_is_told_with_what_is_false() -> None:
    """Found by a user: there was a rule, and the report said that there was none."""
    text = f"""{GROUP} machine M {{ var n: 0..3 = 0
        initial final state A {{ rcv X [n > 0 and n < 3] -> A  defer Y }} }} {DEAF}
    system S {{ d: Deaf m: M channel d -> m: fifo(1), holds X }}
        check S {{ no unspecified reception no deadlock }}"""
    unspecified, deadlock = only(text).verdicts
    reasons = (
        "m has no rule that applies to X in A",
        "not `rcv X [n > 0 and n < 3]`, line 3: n > 0 is false: n is 0",
    )
    assert unspecified.reasons == reasons
    assert deadlock.reasons[-2:] == reasons


def test_of_otherwise_only_what_applies_to_the_message_is_told() -> None:
    text = f"""{GROUP} machine M {{ var n: 0..3 = 0
        initial final state A {{ rcv X [n > 0] -> A  rcv Y }}
        in A [n > 1] {{ otherwise ignore }} }} {DEAF}
    system S {{ d: Deaf m: M channel d -> m: fifo(1), holds X }}
        check S {{ no unspecified reception }}"""
    (verdict,) = only(text).verdicts
    assert [reason.rpartition(": n > ")[2] for reason in verdict.reasons[1:]] == [
        "0 is false: n is 0", "1 is false: n is 0"
    ]  # fmt: skip


def test_who_explains_a_guard_is_no_reason_for_a_warning() -> None:
    text = """protocol P
    type Seq = mod 4
    message G(N: Seq = 2) = X
    machine M { var n: Seq = 0   initial final state A { rcv X [n == 1 and n < G.N] -> A } }
    machine Deaf { initial final state Z { } }
    system S { d: Deaf m: M channel d -> m: fifo(1), holds X }
    check S { violated no unspecified reception }"""
    assert warnings(text) == []
