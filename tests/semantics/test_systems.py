"""Whole systems: where they start, what bounds them, what may be asked of them."""

import pytest

from tests.helpers import (
    contents,
    errors,
    explored,
    holding,
    local_states,
    only,
    space_of,
    specification,
    statuses,
)

# --- starts -----------------------------------------------------------------------------------

START = """machine M { var x: 0..9 = 1 var y: 0..9 = 2
    initial state A { step -> B } state B { step -> C } state C {} }
"""


@pytest.mark.parametrize(
    ("init", "expected"),
    [
        ("", (3, 2, 2)),
        ("init m in B", (2, 1, 1)),
        ("init m in C", (1, 0, 0)),
        ("init m in A init m in C", (3, 2, 1)),  # C is at depth 0, B at 1
        ("init m in C init m in A", (3, 2, 1)),
        ("init m in B init m in B", (2, 1, 1)),  # the same twice is one
        ("init m in B(x = 1)", (2, 1, 1)),
        ("init m in B init m in B(x = 1)", (2, 1, 1)),
        ("init m in B(x = 5) init m in B", (4, 2, 1)),
    ],
)
def test_init(init: str, expected: tuple[int, int, int]) -> None:
    assert explored(f"{START} system S {{ m: M {init} }}") == expected


def test_init_leaves_other_instances_and_variables_as_they_are() -> None:
    space = space_of(f"{START} system S {{ m: M n: M init n in C(y = 7) }}")
    assert space.states[0].locals == (("A", (1, 2)), ("C", (1, 7)))


def test_one_init_places_several() -> None:
    text = f"{START} system S {{ m: M n: M init n in C, m in B }}"
    assert local_states(text) == {("B", "C"), ("C", "C")}


def test_budgets_are_full_at_every_start() -> None:
    # A1 -> B0 and B1 -> A0: four states.
    text = """call c machine M { initial state A { call c -> B } state B { call c -> A } }
    system S { m: M may c once init m in A init m in B }"""
    assert explored(text) == (4, 2, 1)


@pytest.mark.parametrize(
    ("init", "code"),
    [
        ("init q in A", "unknown-name"),
        ("init m in Q", "unknown-name"),
        ("init m in A(z = 1)", "unknown-name"),
        ("init m in A(x = 10)", "out-of-range"),
        ("init m in A(x = 1, x = 2)", "wrong-arguments"),
        ("init m in A(x = any)", "not-constant"),
        ("init m in A, m in B", "bad-system"),
    ],
)
def test_init_that_makes_no_sense(init: str, code: str) -> None:
    assert errors(f"{START} system S {{ m: M {init} }}") == [code]


@pytest.mark.parametrize(
    ("items", "code"),
    [
        ("m: M m: M", "bad-system"),
        ("m.x: M", "bad-system"),
        ("m: N", "unknown-name"),
        ("m: M channel m -> q: fifo(1)", "unknown-name"),
        ("m: M n: M channel m -> n: fifo(1) channel m -> m: fifo(1)", "bad-system"),
        ("m: M channel m <-> m: fifo(1)", "bad-system"),
    ],
)
def test_systems_that_make_no_sense(items: str, code: str) -> None:
    assert errors(f"{START} system S {{ {items} }}") == [code]


def test_a_system_without_instances_has_one_state() -> None:
    assert explored("system S {}") == (1, 0, 0)


# --- bounds -----------------------------------------------------------------------------------

COUNTER = "machine M { var x: 0..9 = 0 initial state A { step / x := x + 1 } }"


def test_a_step_out_of_a_bound_is_counted_as_cut_and_not_taken() -> None:
    space = space_of(f"{COUNTER} system S {{ m: M bound m.x <= 2 }}")
    assert (len(space.states), space.transitions, space.depth) == (3, 2, 2)
    assert list(space.bounds.values()) == [1]
    assert not space.complete


def test_several_bounds() -> None:
    # 0..3 x 0..2; steps 3 * 3 + 4 * 2; cut: 3 of m's, 4 of n's.
    text = f"{COUNTER} system S {{ m: M n: M bound m.x <= 3 bound n.x < 3 }}"
    space = space_of(text)
    assert (len(space.states), space.transitions, space.depth) == (12, 17, 5)
    assert sorted(space.bounds.values()) == [3, 4]


def test_a_bound_that_cuts_nothing_leaves_the_search_complete() -> None:
    text = "machine M { initial state A { step -> B } state B {} } system S { m: M bound true }"
    space = space_of(text)
    assert space.complete
    assert len(space.states) == 2


def test_a_bound_cuts_faults_too() -> None:
    text = """message G = X machine M { initial state A {} }
    system S { a: M b: M channel a -> b: fifo(1), lossy, holds X bound not empty(a -> b) }"""
    assert explored(text) == (1, 0, 0)
    assert list(space_of(text).bounds.values()) == [1]


def test_a_cut_step_uses_no_budget_and_takes_no_message() -> None:
    # b may take X only once a is in Q.
    text = """message G = X
    machine Wire { initial state P { step -> Q } state Q {} }
    machine M { initial state A { rcv X -> B } state B {} }
    system S { a: Wire b: M channel a -> b: fifo(1), holds X bound b in A or a in Q }"""
    # (P,A,X) -> (Q,A,X) -> (Q,B,-), one step cut at the start.
    assert explored(text) == (3, 2, 2)


def test_an_initial_state_must_be_within_the_bound() -> None:
    assert errors(f"{COUNTER} system S {{ m: M bound m.x > 0 }}") == ["bad-system"]
    assert errors(
        f"{COUNTER} system S {{ m: M bound m.x < 9 init m in A init m in A(x = 9) }}"
    ) == ["bad-system"]


def test_an_error_is_no_cut() -> None:
    system = only(f"{COUNTER} system S {{ m: M }}")
    assert system.space.complete
    assert len(system.failures) == 1


# --- predicates -------------------------------------------------------------------------------

NETWORK = """message G(F: 0..3 = 0, H: bool = false) = X | Y(F = 2) | X+Y
machine M { initial state P {} state Q {} }
system S { a: M b: M
    channel a -> b: bag(3), holds X(F = 1, H = true), holds Y, holds X+Y(F = 3)
    channel b -> a: fifo(2) }
check S { CHECKS }"""


def true_of(text: str, *predicates: str) -> list[bool]:
    """Which of these hold in the one state of a system that does nothing."""
    checks = " ".join(f'"{p}": always {p}' for p in predicates)
    found = holding(text.replace("CHECKS", checks))
    return [p in found for p in predicates]


def test_channels_can_be_counted() -> None:
    predicates = [
        "empty(a -> b)", "empty(b -> a)", "full(a -> b)", "full(b -> a)", "count(a -> b) == 3",
        "count(b -> a) == 0", "count(a -> b) - count(b -> a) > 2",
    ]  # fmt: skip
    assert true_of(NETWORK, *predicates) == [False, True, True, False, True, True, True]


@pytest.mark.parametrize(
    ("predicate", "expected"),
    [
        ("X in (a -> b)", True),
        ("X in (b -> a)", False),
        ("X+Y in (a -> b)", True),
        ("X(F = 1) in (a -> b)", True),
        ("X(F = 3) in (a -> b)", False),  # that is X+Y's
        ("X+Y(F = 3) in (a -> b)", True),
        ("X(F = 1, H = true) in (a -> b)", True),
        ("X(F = 1, H = false) in (a -> b)", False),
        ("X(H = true) in (a -> b)", True),
        ("Y(H = false) in (a -> b)", True),
        ("not X in (a -> b)", False),
        ("X in (a -> b) and not X in (b -> a)", True),
        ("X(F = count(a -> b) - 2) in (a -> b)", True),
    ],
)
def test_messages_in_channels(predicate: str, expected: bool) -> None:
    assert true_of(NETWORK, predicate) == [expected]


def test_a_pattern_wraps_like_a_send() -> None:
    # n := 5 in a field modulo 4 is sent as 1, and so it is looked for.
    text = """message G(F: mod 4 = n) = X
    machine M { var n: 0..9 = 5 initial state A { step / snd X -> B } state B {} }
    machine Deaf { initial state D {} }
    system S { a: M b: Deaf channel a -> b: fifo(1) }
    check S { "sent": always (a in B implies X(F = a.n) in (a -> b)) }"""
    assert holding(text) == {"sent"}


@pytest.mark.parametrize(
    ("predicate", "code"),
    [
        ("X(F = any) in (a -> b)", "type-mismatch"),
        ("X(F = true) in (a -> b)", "type-mismatch"),
        ("X(F = 7) in (a -> b)", "out-of-range"),
        ("X(K = 1) in (a -> b)", "unknown-name"),
        ("W in (a -> b)", "unknown-name"),
        ("X in (a -> a)", "unknown-name"),
        ("empty(a -> q)", "unknown-name"),
        ("full(out)", "type-mismatch"),
        ("count(a -> b)", "type-mismatch"),
        ("a in R", "unknown-name"),
        ("a.x == 1", "unknown-name"),
        ("P", "unknown-name"),
    ],
)
def test_predicates_that_make_no_sense(predicate: str, code: str) -> None:
    assert errors(NETWORK.replace("CHECKS", f'"p": always {predicate}')) == [code]


def test_states_and_variables() -> None:
    text = """machine M { var x: 0..9 = 3 var c: {red, blue} = red initial state P {} state Q {} }
    system S { a: M b: M init b in Q(x = 4) }
    check S { CHECKS }"""
    predicates = {
        "a in P": True,
        "a in Q": False,
        "b in {P, Q}": True,
        "not b in P": True,
        "a.x + 1 == b.x": True,
        "a.c == red and b.c in {red}": True,
        "a in P implies b in P": False,
        "a in Q implies b in P": True,
        "(a.x < b.x) == (a in P)": True,
    }
    assert true_of(text, *predicates) == list(predicates.values())


def test_ports_name_the_ends_of_channels() -> None:
    text = """message G = X
    machine M { port p, q initial state P {} }
    machine Wire { initial state W {} }
    system S { a: M b: Wire channel a.p <-> b: fifo(1) channel a.q -> a.q: fifo(1), holds X }
    check S { CHECKS }"""
    assert true_of(text, "empty(a.p -> b)", "empty(b -> a.p)", "X in (a.q -> a.q)") == [True] * 3
    assert errors(text.replace("CHECKS", '"p": always empty(a -> b)')) == ["unknown-name"]


def test_defines_are_seen_from_machines_timers_bounds_and_checks() -> None:
    text = """const K = 2 define enough = K + 1 define both = a.x == enough and b.x == enough
    timer t
    machine M { var x: 0..9 = 0 initial state A { timeout t [x < enough] / x := x + 1 } }
    system S { a: M b: M timer t [not both] bound a.x <= enough }
    check S { "both": reachable both "more": never a.x > enough }"""
    # 0..3 x 0..3
    assert explored(text) == (16, 24, 6)
    assert holding(text) == {"both", "more"}


def test_a_define_that_means_nothing_where_it_is_not_used_does_no_harm() -> None:
    text = """message G(F: 0..1) = X define good = G.F == 1 define far = m in A
    machine M { initial state A { rcv X [good] } }
    machine N { initial state P {} }
    system S { n: N m: M channel n -> m: fifo(1) }
    check S { "far": always far }"""
    assert statuses(text) == {"far": "holds"}
    assert errors(text.replace("always far", "always good")) == ["unknown-name"]


# --- a machine's own outgoing side ------------------------------------------------------------


@pytest.mark.parametrize(
    ("guard", "sent"),
    [
        ("not full(out)", 2),
        ("count(out) < 1", 1),
        ("empty(out)", 1),
        ("full(out)", 0),
        ("count(out) + 1 <= 2", 2),
    ],
)
def test_guards_ask_their_own_outgoing_side(guard: str, sent: int) -> None:
    text = f"""message G = X machine M {{ initial state A {{ step [{guard}] / snd X }} }}
    machine Deaf {{ initial state D {{}} }}
    system S {{ m: M d: Deaf channel m -> d: fifo(2), when full wait }}"""
    assert explored(text) == (sent + 1, sent, sent)


@pytest.mark.parametrize(("guard", "sent"), [("not full(p)", 2), ("empty(q)", 0), ("full(q)", 2)])
def test_guards_ask_by_port(guard: str, sent: int) -> None:
    text = f"""message G = X
    machine M {{ port p, q initial state A {{ step [{guard}] / snd X to p }} }}
    machine Deaf {{ initial state D {{}} }}
    system S {{ m: M d: Deaf e: Deaf channel m.p -> d: fifo(2), when full wait
        channel m.q -> e: fifo(1), holds X }}"""
    assert explored(text) == (sent + 1, sent, sent)


@pytest.mark.parametrize("port", ["out", "r"])
def test_ports_that_are_asked_about_are_known(port: str) -> None:
    text = f"""message G = X machine M {{ port p initial state A {{ step [full({port})] }} }}
    system S {{ m: M n: M channel m.p -> n.p: fifo(1) }}"""
    assert errors(text) == ["unknown-name"]


def test_a_machine_does_not_see_the_network() -> None:
    text = """message G = X machine M { initial state A { step [empty(m -> n)] } }
    system S { m: M n: M channel m -> n: fifo(1) }"""
    assert errors(text) == ["type-mismatch"]


def test_the_outgoing_side_is_asked_before_the_receipt() -> None:
    # m's channel to itself is full when X is offered, so the guard fails; nothing happens.
    text = """message G = X machine M { initial state A { rcv X [not full(out)] / snd X } }
    system S { m: M channel m -> m: fifo(1), holds X }"""
    assert explored(text) == (1, 0, 0)
    assert explored(text.replace("fifo(1)", "fifo(2)")) == (1, 1, 0)


def test_what_a_guard_asks_follows_the_channel() -> None:
    # As the channel empties by losses, the same local state sends again.
    text = """message G = X machine M { initial state A { step [empty(out)] / snd X } }
    machine Deaf { initial state D {} }
    system S { m: M d: Deaf channel m -> d: fifo(1), loses at most 1 }"""
    # - 1 -> X 1 -> - 0 -> X 0
    assert explored(text) == (4, 3, 3)
    assert [contents(state)[0] for state in space_of(text).states] == ["", "X", "", "X"]


def test_a_question_about_an_outgoing_side_that_is_not_there_is_an_error() -> None:
    text = """machine M { initial state A { step [full(out)] } } system S { m: M }"""
    assert errors(text) == ["bad-system"]


def test_the_same_machine_in_two_systems() -> None:
    text = """message G = X machine M { initial state A { step / snd X -> B } state B {} }
    machine Deaf { initial state D {} }
    system S { m: M d: Deaf channel m -> d: fifo(1) }
    system R { m: M d: Deaf channel m -> d: fifo(1), lossy }"""
    spec = specification(text)
    assert list(spec.systems) == ["S", "R"]
    assert spec.systems["S"].instances[0].machine is spec.systems["R"].instances[0].machine
