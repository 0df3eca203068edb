"""Mutants of small machines, counted and written down by hand."""

from tcpspec.model.mutants import Change, Mutant, mutants, mutated
from tests.helpers import specification

TINY = """
message M(F: 0..3 = 0) = X | Y
call go
machine A {
    var n: 0..3 = 0
    initial final state P {
        call go [n < 3] / n := n + 1; snd X -> Q
        ignore Y [n == 0]
    }
    final state Q {
        rcv X -> Q
        in_both: rcv Y / reset; reset
    }
    in any { step [n > 2] -> P }
}
machine Unused { initial final state U { step -> U } }
system S { a: A may go  b: A  channel a <-> b: fifo(1) }
check S { no deadlock }
"""


def of(text: str) -> list[Mutant]:
    model = specification(text)
    return list(mutants(model, model.systems))


def test_the_mutants_of_a_tiny_machine() -> None:
    found = [(m.line.text, m.change.value, m.becomes and m.becomes.text) for m in of(TINY)]
    go = "call go [n < 3] / n := n + 1; snd X -> Q"
    ignore, take, reset, step = (
        "ignore Y [n == 0]", "rcv X -> Q", "rcv Y / reset; reset", "step [n > 2] -> P",
    )  # fmt: skip
    assert found == [
        (go, "removed", None),
        (go, "redirected", "call go [n < 3] / n := n + 1; snd X"),  # the other state is its own
        (go, "guard negated", "call go [not (n < 3)] / n := n + 1; snd X -> Q"),
        (go, "guard dropped", "call go / n := n + 1; snd X -> Q"),
        (go, "action dropped", "call go [n < 3] / snd X -> Q"),
        (go, "action dropped", "call go [n < 3] / n := n + 1 -> Q"),
        (ignore, "removed", None),
        (ignore, "guard negated", "ignore Y [not (n == 0)]"),
        (ignore, "guard dropped", "ignore Y"),
        (take, "removed", None),
        (take, "redirected", "rcv X -> P"),  # to stay means what it meant
        (reset, "removed", None),
        (reset, "redirected", "rcv Y / reset; reset -> P"),
        (reset, "action dropped", "rcv Y / reset"),  # whichever it is
        (step, "removed", None),
        (step, "redirected", "step [n > 2]"),  # in two states, to stay is no state of these
        (step, "redirected", "step [n > 2] -> Q"),
        (step, "guard negated", "step [not (n > 2)] -> P"),
        (step, "guard dropped", "step -> P"),
    ]


def test_names_are_different_and_do_not_depend_on_lines() -> None:
    names = [m.name for m in of(TINY)]
    assert len(set(names)) == len(names)
    assert names == [m.name for m in of("\n\n" + TINY)]
    assert "A, P, Q: step [n > 2] -> P becomes step -> P" in names


def test_lines_that_are_written_twice_have_different_names() -> None:
    twice = "machine M { initial final state A { step -> A  step -> A } } system S { m: M }"
    assert [m.name for m in of(twice)] == ["M, A: step -> A removed", "M, A: step -> A removed (2)"]


def test_a_mutant_is_what_the_same_text_would_be() -> None:
    model = specification(TINY)
    (mutant,) = (m for m in of(TINY) if m.change is Change.GUARD_DROPPED and m.line.index == 0)
    (mutant,) = (m for m in mutants(model, ["S"]) if m.name == mutant.name)
    wrong = mutated(model, mutant)
    written = specification(TINY.replace("call go [n < 3]", "call go"))
    texts, by_hand = (
        [line.text for line in one.systems["S"].instances[1].machine.transitions]
        for one in (wrong, written)
    )
    assert texts == by_hand
    assert wrong.machines["A"] is wrong.systems["S"].instances[0].machine
    assert wrong.machines["Unused"] is model.machines["Unused"]
