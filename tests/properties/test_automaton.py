"""Automata against the definition: on random formulas and random words that repeat for ever."""

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcpspec.model.formulas import (
    FALSE,
    TRUE,
    Atom,
    Both,
    Either,
    Formula,
    Not,
    Release,
    Until,
    always,
    eventually,
    leads_to,
)
from tcpspec.properties.automaton import Automaton, TooComplex, automaton
from tcpspec.properties.judge import evaluate
from tests.examples import examples

P, Q = Atom(0), Atom(1)

formulas = st.recursive(
    st.sampled_from([P, Q, TRUE, FALSE]),
    lambda parts: st.one_of(
        st.builds(Not, parts),
        *(st.builds(kind, parts, parts) for kind in (Both, Either, Until, Release)),
    ),
    max_leaves=7,
)

letters = st.tuples(st.booleans(), st.booleans())


def accepts(made: Automaton, word: list[tuple[bool, bool]], loop: int) -> bool:
    """Whether some accepting run reads the word, the last letter of which leads back to one."""
    graph: nx.DiGraph[tuple[int, int]] = nx.DiGraph()
    starts = []
    after = {place: place + 1 for place in range(len(word) - 1)} | {len(word) - 1: loop}
    fits = {
        (place, number)
        for place, letter in enumerate(word)
        for number, node in enumerate(made.nodes)
        if all(letter[atom] is value for atom, value in node.literals)
    }
    for place, number in fits:
        graph.add_node((place, number))
        if place == 0 and made.nodes[number].initial:
            starts.append((place, number))
        for other in made.nodes[number].successors:
            if (after[place], other) in fits:
                graph.add_edge((place, number), (after[place], other))
    reached = set(starts).union(*(nx.descendants(graph, start) for start in starts))
    return any(
        graph.subgraph(part).number_of_edges()
        and set(range(made.sets)) <= {s for _, n in part for s in made.nodes[n].accepts}
        for part in nx.strongly_connected_components(graph.subgraph(reached))
    )


@settings(max_examples=examples(500, thorough=2000))
@given(formulas, st.lists(letters, min_size=1, max_size=5), st.integers(0, 4))
def test_an_automaton_accepts_what_its_formula_holds_on(
    formula: Formula, word: list[tuple[bool, bool]], loop: int
) -> None:
    loop = min(loop, len(word) - 1)
    truths = [[letter[atom] for letter in word] for atom in (0, 1)]
    assert accepts(automaton(formula), word, loop) is evaluate(formula, truths, loop, len(word))[0]


@pytest.mark.parametrize(
    ("formula", "word", "loop", "expected"),
    [
        (eventually(P), "..p", 2, True),
        (eventually(P), "...", 0, False),
        (always(P), "ppp", 0, True),
        (always(P), "ppp.", 3, False),
        (always(eventually(P)), "p..", 1, False),
        (always(eventually(P)), "..p", 0, True),
        (eventually(always(P)), "..p", 2, True),
        (eventually(always(P)), "..p", 1, False),
        (leads_to(P, Q), "p.q", 2, True),
        (leads_to(P, Q), "pq.p", 2, False),
        (leads_to(P, Q), "b..", 1, True),
        (Until(P, Q), "ppq", 0, True),
        (Until(P, Q), "ppp", 0, False),
        (Until(P, Q), "p.q", 2, False),
        (Release(P, Q), "qqq", 0, True),
        (Release(P, Q), "qb.", 2, True),
        (Release(P, Q), "q.b", 2, False),
    ],
)  # fmt: skip
def test_formulas_that_the_eye_can_check(
    formula: Formula, word: str, loop: int, expected: bool
) -> None:
    """A letter names the atoms that hold; b is both, and the last one leads back."""
    letters = [(letter in "pb", letter in "qb") for letter in word]
    truths = [[letter[atom] for letter in letters] for atom in (0, 1)]
    assert evaluate(formula, truths, loop, len(word))[0] is expected
    assert accepts(automaton(formula), letters, loop) is expected


def test_a_formula_beyond_reason_is_refused() -> None:
    formula: Formula = TRUE
    for number in range(14):
        formula = Both(formula, eventually(Atom(number)))
    with pytest.raises(TooComplex):
        automaton(formula)
