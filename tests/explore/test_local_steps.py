"""Rows of local steps, each held to what the interpreter says of that one situation."""

from collections import Counter
from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import assume

from tcpspec.check import check
from tcpspec.explore.columns import Table
from tcpspec.explore.components import NEVER
from tcpspec.explore.engines import Engine
from tcpspec.explore.expansion import Tables
from tcpspec.explore.limits import Limits
from tcpspec.explore.local_steps import LocalSteps
from tcpspec.explore.rows import Row
from tcpspec.model.model import Kind
from tcpspec.semantics.candidates import Candidates
from tcpspec.semantics.local import LocalRules
from tcpspec.semantics.state import LocalState, LocalStep, Packet, Reception
from tcpspec.semantics.system import TransitionSystem
from tests.examples import examples
from tests.helpers import specification
from tests.strategies import anew, specifications

MODELS = examples(36, thorough=360)
MOST = Limits(max_states=200)

Outcome = tuple[int, tuple[Kind, str] | None, LocalState | None, list[tuple[int, Packet]]]
"""Which line it is, the event if it is no reception, where it leads, what it sends."""


def outcomes_of(row: int, tables: Tables, instance: int) -> list[Outcome]:
    local, values = tables.local[instance], tables.components.locals[instance].values
    found = []
    for nth in range(Row.first(row), Row.first(row) + Row.count(row)):
        after, move = int(local.outcomes["after"][nth]), int(local.outcomes["move"][nth])
        line, kind, event, first, count, fails = local.moves.rows[move]
        assert fails == (after == NEVER)
        sends = [
            (output, tables.components.packets.values[packet])
            for output, packet in local.sent.rows[first : first + count]
        ]
        called = None if kind == LocalSteps.RECEIPT else local.events.values[event]
        found.append((line, called, None if after == NEVER else values[after], sends))
    return found


def said(steps: tuple[LocalStep, ...]) -> list[Outcome]:
    return [
        (
            step.transition.index,
            None if step.transition.kind.takes_message else (step.transition.kind, step.event),
            step.after,
            list(step.sends),
        )
        for step in steps
    ]


def rows(table: Table, situations: Sequence[tuple[int, ...]]) -> list[int]:
    found: list[int] = table(*np.array(situations, np.int64).T.copy()).tolist()
    return found


def hold_all(ts: TransitionSystem, tables: Tables, shared: Counter[str]) -> None:
    """All rows of all situations whose parts have come up so far."""
    packets = tables.components.packets
    for number, rules in enumerate(ts.rules):
        local, locals_ = tables.local[number], tables.components.locals[number]
        fresh = LocalRules(rules.instance, rules.capacities, set())
        fulls = local.counts.values
        pairs = list(product(range(len(locals_)), range(len(fulls))))
        for (at, full), row in zip(pairs, rows(local.alone, pairs), strict=True):
            steps = fresh.steps_alone(locals_.values[at], fulls[full])
            assert outcomes_of(row, tables, number) == said(steps)
            assert not row >> Row.UNSPECIFIED & 1
        for port, table in local.receive.items():
            triples = [(at, packet, full) for packet in range(len(packets)) for at, full in pairs]
            if not triples:
                continue
            found = rows(table, triples)
            for (at, packet, full), row in zip(triples, found, strict=True):
                reception = fresh.reception(
                    locals_.values[at], packets.values[packet], port, fulls[full]
                )
                assert outcomes_of(row, tables, number) == said(reception.steps)
                assert bool(row >> Row.DEFERRED & 1) == reception.deferred
                assert bool(row >> Row.UNSPECIFIED & 1) == (not reception.specified)
            shared["rows"] += sum(Row.count(row) > 0 for row in found)
            shared["different"] += len({row for row in found if Row.count(row)})


@pytest.mark.hypothesis
def test_rows_of_random_machines_say_what_the_interpreter_says() -> None:
    shared: Counter[str] = Counter()

    def hold(text: str) -> None:
        spec = specification(text)
        space = check(spec, limits=MOST, engine=Engine.REFERENCE).systems[0].space
        ts = space.transition_system
        tables = Tables(ts)
        for state in list(space.states)[:60]:
            tables.components.numbers(state)
        assume(sum(map(len, tables.components.locals)) * len(tables.components.packets) < 3000)
        hold_all(ts, tables, shared)

    anew(MODELS, specifications(bounds=True), hold)
    assert 0 < shared["different"] < shared["rows"]


TOUCHED_BY_SOME = """
protocol P
message M(x: 0..3 = 0, y: 0..3 = 0) = DATA | NEXT | OLD
machine A {
    var last: 0..3 = 0
    var seen: 0..9 = 0
    persistent var kept: 0..3 = 0
    initial state S {
        rcv DATA [M.x != last] / last := M.x
        rcv NEXT / seen := seen + 1
        rcv OLD [M.y == 0] / reset
        ignore OLD [M.y > 0]
        step [seen > 5] -> T
    }
    state T { rcv DATA / kept := last; snd DATA(x = kept, y = last) }
}
system W { a: A b: A channel a <-> b: fifo(2), when full drop }
check W { no deadlock }
"""


@pytest.fixture
def tables() -> Tables:
    spec = specification(TOUCHED_BY_SOME)
    return Tables(TransitionSystem(next(iter(spec.systems.values()))))


def test_what_no_line_touches_is_carried_along(
    tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Written by one line only, read by one only, reset: all of that is touched."""
    components = tables.components
    for state, values in product(("S", "T"), product(range(4), range(10), range(4))):
        components.locals[0].number(LocalState(state, values))
    for name, x, y in product(("DATA", "NEXT", "OLD"), range(4), range(4)):
        components.packets.number(Packet(name, (x, y)))
    asked: Counter[str] = Counter()
    rules = tables.components.transition_system.rules[0]
    reception = rules.reception_by

    def counted(lines: Candidates, local: LocalState, packet: Packet, *rest: Any) -> Reception:
        asked[f"{packet.name} in {local.state}"] += 1
        return reception(lines, local, packet, *rest)

    monkeypatch.setattr(rules, "reception_by", counted)
    hold_all(components.transition_system, tables, Counter())
    assert asked == {
        "DATA in S": 4 * 4,  # last, x
        "NEXT in S": 10,  # seen
        "OLD in S": 4 * 10 * 4 * 4,  # all variables, which it may reset, and y
        "DATA in T": 4 * 4,  # last, and kept, which it writes
    }


def test_each_rest_is_carried_along_as_it_is() -> None:
    """Whatever comes first: local states are numbered so that no rest has the number of another."""
    spec = specification("""
    message D = ACK
    machine M {
        var s: 0..1 = 0
        var r: 0..2 = 0
        initial state S { step [s == 1] / s := 0 -> T }
        state T { ignore any }
    }
    system X { a: M  b: M  channel a <-> b: fifo(1) }
    check X { no deadlock }
    """)
    ts = TransitionSystem(spec.systems["X"])
    tables = Tables(ts)
    for values in ((0, 0), (1, 1), (1, 2), (1, 0)):
        tables.components.locals[0].number(LocalState("S", values))
    hold_all(ts, tables, Counter())
