"""Channels: order, capacity and what happens when they are full, faults and their budgets.

A comment derives each figure by hand: states, transitions, depth.
"""

import pytest

from tcpspec.semantics.state import EndKind
from tests.helpers import contents, errors, explored, failures, space_of

SENDER = """message G = X | Y
call go
machine Sender { initial final state A { call go / snd X } }
machine Pair { initial final state A { call go / snd X; snd Y } }
machine Deaf { initial final state D {} }
machine Taker { initial final state T { ignore any } }
machine Fork { initial state F { rcv X -> HX rcv Y -> HY } final state HX { ignore any }
               final state HY { ignore any } }
"""


def system(channel: str, receiver: str = "Deaf", sender: str = "Sender", times: int = 3) -> str:
    return f"""{SENDER} system S {{ a: {sender} may go at most {times} times b: {receiver}
        channel a -> b: {channel} }}"""


# --- full channels ----------------------------------------------------------------------------


def test_an_error_is_the_default_and_the_step_is_not_counted() -> None:
    # 0, 1, 2 messages; the third send finds the channel full.
    assert explored(system("fifo(2)")) == (3, 2, 2)
    assert explored(system("fifo(2), when full error")) == (3, 2, 2)
    assert failures(system("fifo(2)")) == [(EndKind.OVERFLOW, ["a: go"] * 3)]


def test_a_drop_is_a_step() -> None:
    # 0, 1, 2, 2 messages; the calls that are left tell the last two apart.
    assert explored(system("fifo(2), when full drop")) == (4, 3, 3)
    assert failures(system("fifo(2), when full drop")) == []


def test_waiting_is_no_step() -> None:
    assert explored(system("fifo(2), when full wait")) == (3, 2, 2)
    assert failures(system("fifo(2), when full wait")) == []


def test_each_send_is_dropped_for_itself() -> None:
    # -, XY, XYX: of the second pair Y alone is dropped.
    space = space_of(system("fifo(3), when full drop", sender="Pair", times=2))
    assert [contents(state) for state in space.states] == [[""], ["X Y"], ["X Y X"]]


def test_a_step_waits_for_room_for_all_its_sends() -> None:
    # The second pair needs two places and finds one: it does not send half of itself.
    assert explored(system("fifo(3), when full wait", sender="Pair", times=2)) == (2, 1, 1)
    assert explored(system("fifo(4), when full wait", sender="Pair", times=2)) == (3, 2, 2)


def test_two_sends_overflow_together() -> None:
    # The first is sent, the second finds the channel full: the step as a whole is not taken.
    text = system("fifo(1)", sender="Pair", times=1)
    assert explored(text) == (1, 0, 0)
    assert failures(text) == [(EndKind.OVERFLOW, ["a: go"])]


def test_more_sends_than_the_capacity_could_never_wait_long_enough() -> None:
    assert errors(system("fifo(1), when full wait", sender="Pair")) == ["bad-system"]
    assert explored(system("fifo(1), when full drop", sender="Pair", times=1)) == (2, 1, 1)


def test_room_is_needed_in_every_channel_that_waits() -> None:
    # p has room for one more, q is full: the step to both waits, and sends to neither.
    text = """message G = X call go
    machine M { port p, q initial final state A { call go / snd X to p; snd X to q } }
    machine Deaf { initial final state D {} }
    system S { a: M may go b: Deaf c: Deaf
        channel a.p -> b: fifo(2), when full wait
        channel a.q -> c: fifo(1), when full wait }"""
    assert explored(text) == (2, 1, 1)


def test_a_full_channel_that_drops_does_not_make_the_step_wait() -> None:
    # p waits, q drops: two steps until p is full; q keeps its first message.
    text = """message G = X call go
    machine M { port p, q initial final state A { call go / snd X to p; snd X to q } }
    machine Deaf { initial final state D {} }
    system S { a: M may go b: Deaf c: Deaf
        channel a.p -> b: fifo(2), when full wait
        channel a.q -> c: fifo(1), when full drop }"""
    space = space_of(text)
    assert [contents(state) for state in space.states] == [["", ""], ["X", "X"], ["X X", "X"]]


# --- a channel from an instance to itself -----------------------------------------------------

LOOP = "message G = X | Y machine M { initial state A { rcv X / snd Y rcv Y / snd X } }"


@pytest.mark.parametrize("full", ["error", "drop", "wait"])
def test_the_receipt_makes_room_for_the_answer(full: str) -> None:
    # [X] <-> [Y]
    text = f"{LOOP} system S {{ m: M channel m -> m: fifo(1), holds X, when full {full} }}"
    assert explored(text) == (2, 2, 1)
    assert failures(text) == []


def test_waiting_for_oneself() -> None:
    # 0, 1, 2 messages: up by the step while there is room, down by receiving.
    text = """message G = X machine M { initial state A { step / snd X ignore X } }
    system S { m: M channel m -> m: fifo(2), when full wait }"""
    assert explored(text) == (3, 4, 2)


def test_a_duplication_does_not_make_room() -> None:
    # rcv: [X] -> [Y]. Duplicated, X stays and the answer finds no room: no step.
    text = (
        f"{LOOP} system S {{ m: M channel m -> m: fifo(1), holds X, when full wait, duplicating }}"
    )
    assert explored(text) == (2, 2, 1)


def test_a_duplication_with_room_keeps_the_message_before_its_answer() -> None:
    # [X]: rcv -> [Y]; duplicated -> [X Y]. [Y]: rcv -> [X]; the budget is used up on the way.
    # With budget 1: X1 -> Y1, X1 -> XY0, Y1 -> X1, Y1 -> YX0; XY0 -> YY0, YX0 -> XX0;
    # YY0 -> YX0, XX0 -> XY0: 6 states, 8 steps; depth: X1 Y1 YX0 XX0 = 3.
    text = f"{LOOP} system S {{ m: M channel m -> m: fifo(2), holds X, duplicates at most 1 }}"
    assert explored(text) == (6, 8, 3)
    assert {contents(s)[0] for s in space_of(text).states} == {"X", "Y", "X Y", "Y X", "X X", "Y Y"}


# --- order ------------------------------------------------------------------------------------


def held(channel: str, receiver: str = "Deaf") -> str:
    return f"{SENDER} system S {{ a: Deaf b: {receiver} channel a -> b: {channel} }}"


def test_a_fifo_delivers_in_order() -> None:
    # F XY -> HX Y -> HX -
    assert explored(held("fifo(2), holds X, holds Y", "Fork")) == (3, 2, 2)


def test_a_bag_delivers_in_any_order() -> None:
    # F XY -> HX Y -> HX -, and F XY -> HY X -> HY -
    assert explored(held("bag(2), holds X, holds Y", "Fork")) == (5, 4, 2)


def test_equal_messages_in_a_bag_are_one_choice() -> None:
    # F XX -> HX X -> HX -
    assert explored(held("bag(2), holds X, holds X", "Fork")) == (3, 2, 2)


def test_a_bag_has_no_order() -> None:
    # -, X, Y, and XY however it came about: 1 + 2 + 1 states, 2 + 2 steps. A fifo tells XY from YX.
    text = """message G = X | Y call x, y
    machine M { initial state A { call x / snd X call y / snd Y } }
    machine Deaf { initial state D {} }
    system S { m: M may x once, y once n: Deaf channel m -> n: KIND(2) }"""
    assert explored(text.replace("KIND", "bag")) == (4, 4, 2)
    assert explored(text.replace("KIND", "fifo")) == (5, 4, 2)


def test_fields_tell_messages_of_a_bag_apart() -> None:
    # F with X0 X1 -> two ways: the other one is left -> taken: 1 + 2 + 1 (both paths end empty).
    text = """message G(F: 0..1) = X
    machine T { initial final state T { ignore X } }
    system S { a: T b: T channel a -> b: bag(2), holds X(F = 1), holds X(F = 0) }"""
    assert explored(text) == (4, 4, 2)


def test_a_bag_has_a_capacity() -> None:
    assert explored(system("bag(2)")) == (3, 2, 2)
    assert failures(system("bag(2)")) == [(EndKind.OVERFLOW, ["a: go"] * 3)]
    assert explored(system("bag(2), when full drop")) == (4, 3, 3)
    assert explored(system("bag(2), when full wait")) == (3, 2, 2)


@pytest.mark.parametrize("capacity", [0, 1001])
def test_capacities_are_sensible(capacity: int) -> None:
    assert errors(system(f"fifo({capacity})")) == ["bad-system"]


# --- loss -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("channel", "expected"),
    [
        ("fifo(2), lossy", (3, 2, 2)),  # XY -> Y -> -: only the head
        ("bag(2), lossy", (4, 4, 2)),  # XY -> X or Y -> -
        ("fifo(2), loses at most 1", (2, 1, 1)),  # XY with 1 -> Y with 0
        ("bag(2), loses at most 1", (3, 2, 1)),
        ("fifo(2), loses at most 0", (1, 0, 0)),
        ("fifo(2), loses at most 5", (3, 2, 2)),
        ("fifo(2)", (1, 0, 0)),
    ],
)
def test_loss(channel: str, expected: tuple[int, int, int]) -> None:
    assert explored(held(f"{channel}, holds X, holds Y")) == expected


def test_equal_messages_of_a_bag_are_lost_as_one_choice() -> None:
    assert explored(held("bag(2), lossy, holds X, holds X")) == (3, 2, 2)


def test_each_direction_has_its_own_budget() -> None:
    # One direction: call left 1, loss left 1, nothing -> X -> lost: 3 states, 2 steps.
    # Two of them: 9 states, 2 * 3 + 2 * 3 steps, depth 4.
    text = f"""{SENDER} system S {{ a: Sender may go once b: Sender may go once
        channel a <-> b: fifo(1), loses at most 1 }}"""
    assert explored(text) == (9, 12, 4)


def test_each_direction_has_its_own_capacity() -> None:
    # One direction: 0, 1, 2 messages. Together 9 states, 12 steps.
    text = f"""{SENDER} system S {{ a: Sender may go at most 2 times
        b: Sender may go at most 2 times
        channel a <-> b: fifo(2), when full wait }}"""
    assert explored(text) == (9, 12, 4)


def test_drops_use_no_loss_budget() -> None:
    # State: calls left, messages, losses left. Start 3,0,1 -> 2,1,1.
    # 2,1,1 -> 1,1,1 (dropped) or 2,0,0 (lost); 1,1,1 -> 0,1,1 or 1,0,0; 0,1,1 -> 0,0,0;
    # 2,0,0 -> 1,1,0 -> 0,1,0 (dropped); 1,0,0 -> 0,1,0.
    # 9 states; 1 + 2 + 2 + 1 + 1 + 1 + 1 steps; depth 4 (0,1,0).
    assert explored(system("fifo(1), when full drop, loses at most 1")) == (9, 9, 4)


# --- duplication ------------------------------------------------------------------------------


def test_a_duplication_is_a_reception_that_leaves_the_message() -> None:
    # F X: rcv -> HX -, duplicated -> HX X. HX X: ignore -> HX -, duplicated -> itself.
    assert explored(held("fifo(1), duplicating, holds X", "Fork")) == (3, 4, 1)


def test_a_duplication_uses_its_budget() -> None:
    # F X 1 -> HX - 1, or HX X 0 -> HX - 0.
    assert explored(held("fifo(1), duplicates at most 1, holds X", "Fork")) == (4, 3, 2)
    assert explored(held("fifo(1), duplicates at most 0, holds X", "Fork")) == (2, 1, 1)


def test_what_cannot_be_received_cannot_be_duplicated() -> None:
    assert explored(held("fifo(1), duplicating, holds X", "Deaf")) == (1, 0, 0)


def test_duplication_in_a_fifo_is_of_the_head() -> None:
    # F XY: rcv X -> HX Y, duplicated -> HX XY.
    # HX XY: ignore X -> HX Y, dup -> itself. HX Y: ignore -> HX -, dup -> itself.
    # States F XY, HX Y, HX XY, HX -; steps 2 + 2 + 2.
    assert explored(held("fifo(2), duplicating, holds X, holds Y", "Fork")) == (4, 6, 2)


def test_duplication_in_a_bag_is_of_any_message_once() -> None:
    # T XXY: rcv X, rcv Y, dup X, dup Y: equal ones are one choice each.
    # States are sets of what is left: XXY, XY, XX, Y, X, -: 6.
    # Receptions XXY 2, XY 2, XX 1, X 1, Y 1 = 7, and as many duplications, all loops. Depth 3.
    text = held("bag(3), duplicating, holds X, holds X, holds Y", "Taker")
    assert explored(text) == (6, 14, 3)


def test_loss_and_duplication_budgets_together() -> None:
    # X with losses 1 and duplications 1: rcv -> - 1 1; lost -> - 0 1; dup -> X 1 0.
    # X 1 0: rcv -> - 1 0; lost -> - 0 0.
    text = held("fifo(1), loses at most 1, duplicates at most 1, holds X", "Taker")
    assert explored(text) == (6, 5, 2)


def test_loss_duplication_and_call_budgets_together() -> None:
    # State: call left, messages, losses left, duplications left. The call once, then as above:
    # 1,-,1,1 -> 0,X,1,1 -> ... one state and one step more at the front.
    text = system("fifo(1), loses at most 1, duplicates at most 1", "Taker", times=1)
    assert explored(text) == (7, 6, 3)


@pytest.mark.parametrize(
    "options",
    ["lossy, loses at most 1", "duplicating, duplicating", "when full drop, when full wait"],
)
def test_contradictory_options_are_errors(options: str) -> None:
    assert errors(held(f"fifo(1), {options}")) == ["bad-system"]


# --- what a channel holds ---------------------------------------------------------------------


def test_old_duplicates_stand_in_the_order_of_the_text() -> None:
    (first,) = space_of(held("fifo(2), holds Y, holds X")).states
    assert contents(first) == ["Y X"]


def test_old_duplicates_belong_to_one_direction() -> None:
    text = f"{SENDER} system S {{ a: Deaf b: Deaf channel a <-> b: fifo(1), holds X }}"
    assert errors(text) == ["bad-system"]


def test_a_channel_holds_no_more_than_its_capacity() -> None:
    assert errors(held("fifo(1), holds X, holds X")) == ["bad-system"]


HELD = """const K = 2
message G(F: 0..3 = DEFAULT) = X
machine M { initial final state A { ignore X } }
system S { a: M b: M channel a -> b: fifo(1), holds X }
check S { "two": always X(F = 2) in (a -> b) or empty(a -> b) }"""


@pytest.mark.parametrize("default", ["2", "K", "K + 0", "(1 + 1)"])
def test_a_constant_default_needs_not_be_given(default: str) -> None:
    assert explored(HELD.replace("DEFAULT", default)) == (2, 1, 1)


def test_an_enum_value_is_a_constant_default() -> None:
    text = """message G(C: {red, green} = green) = X
    machine M { initial final state A { ignore X } }
    system S { a: M b: M channel a -> b: fifo(1), holds X }"""
    assert explored(text) == (2, 1, 1)


def test_a_default_of_a_sender_must_be_given() -> None:
    text = """message G(F: 0..3 = V) = X
    machine M { var V: 0..3 = 0 initial final state A { ignore X } }
    system S { a: M b: M channel a -> b: fifo(1), holds X }"""
    assert errors(text) == ["wrong-arguments"]
    assert explored(text.replace("holds X", "holds X(F = 1)")) == (2, 1, 1)
