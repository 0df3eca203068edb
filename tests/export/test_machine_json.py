"""A specification as data: it follows the schema, names what is there, and means the same."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings

from tcpspec.check import load
from tcpspec.export.machine_json import json_text, specification_object
from tcpspec.model.model import Machine, Message, Specification
from tcpspec.model.types import ValueT, compare, extremum, values_of
from tcpspec.semantics.evaluate import Evaluator, LocalView
from tcpspec.semantics.state import Packet
from tests.conftest import Golden
from tests.examples import examples
from tests.export import hostile
from tests.helpers import BENCHMARK, loaded, specification
from tests.strategies import specifications

SCHEMA = json.loads((Path(__file__).parent / "schema.json").read_text("utf-8"))
LIBRARY = ("figure5", "tcp", "abp", "abp_no_bit")
Object = dict[str, Any]
common = settings(max_examples=examples(10, thorough=60), derandomize=True)

ALL = """
protocol All "everything"
const N = 4
message M(F: mod N = 1, G: {red, green} = red, H: -1..1 = 0) = A | B(F = 2)
call go
timer t
## a machine
machine X(n: mod N) ordered {
    port left, right
    var x: mod N = n
    persistent var y: 0..3 = 1
    var b: bool = false
    ## a state
    initial final idle state S "label" {
        ## a line
        first: rcv A from left [M.F < x <= n and M.G in {red} or not b]
            / x := any; reset -> T @ "1.2"
        rcv any [max(x, n) == x + 1 and M in {A} implies n - x == y]
            / snd A(F = x, H = y - 1) to right
        defer B
        call go [full(right) or count(left) < 1]
    }
    state T { timeout t / b := true   step [b] -> S   otherwise ignore }
    in any [y == 1] unless handled { ignore A }
}
machine Y { initial state U { ignore any } }
system One "both" {
    a: X(n = 1) may go at most 2 times
    b: X(n = 2) may go
    init a in T
    init a in S, b in T(x = 3)
    channel a.left <-> b.right: fifo(2), loses at most 1, when full wait
    channel a.right -> b.left: bag(3), duplicating, when full drop, holds A(F = 3), holds B
    channel b.left -> a.right: fifo(1)
    timer a.t at most 3 times
    timer t [a in {S, T} and b.x == 1] only when idle
    bound count(a.right -> b.left) < 3
}
system Two { y: Y   channel y -> y: fifo(1), lossy }
check One {
    no deadlock
    "full": violated always full(a.right -> b.left) or A(F = 1) in (a.right -> b.left)
}
check One, Two { every state reachable }
impossible scenario "lost" on One {
    a: go
    a: timeout t
    a.right -> b.left: A(F = 1, G = green) lost
    expect empty(a.right -> b.left)
}
"""


def everything() -> Object:
    made = specification_object(specification(ALL))
    assert isinstance(made, dict)
    return made


def kinds(value: object) -> Iterator[str]:
    """Every ``kind`` in a document."""
    if isinstance(value, dict):
        if "kind" in value:
            yield value["kind"]
        for part in value.values():
            yield from kinds(part)
    elif isinstance(value, list):
        for part in value:
            yield from kinds(part)


def follows_schema(of: Specification) -> None:
    jsonschema.validate(json.loads(json_text(of)), SCHEMA)


# --- the shape ---


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", LIBRARY)
def test_the_library_follows_the_schema(name: str) -> None:
    follows_schema(load(f"tcpspec:{name}.fsm"))


@common
@given(text=specifications())
def test_whatever_can_be_written_follows_the_schema(text: str) -> None:
    follows_schema(specification(text))


def test_everything_follows_the_schema() -> None:
    follows_schema(specification(ALL))


def test_everything_has_all_kinds_of_expressions() -> None:
    wanted = {
        one["properties"]["kind"].get("const") for one in SCHEMA["$defs"]["expression"]["oneOf"]
    }
    assert wanted - {None} <= set(kinds(everything()))
    assert {"variable", "parameter"} <= set(kinds(everything()))


@common
@given(of=hostile.machines())
def test_texts_are_kept_and_nothing_unprintable_is_printed(of: Machine) -> None:
    whole = specification("machine X { initial state A { step } }")
    text = json_text(Specification(**(vars(whole) | {"machines": {of.name: of}})))
    assert all(c.isprintable() or c == "\n" for c in text)
    read = json.loads(text)["machines"][0]
    assert read["name"] == of.name
    assert [state["label"] for state in read["states"]] == [state.label for state in of.states]
    assert [one["text"]["event"] for one in read["transitions"]] == [
        one.event_text for one in of.transitions
    ]


def test_golden(golden: Golden) -> None:
    path = BENCHMARK.parent / "handshake.fsm"
    folder = json.dumps(str(path.parent))[1:-1]
    golden("handshake.json", json_text(load(str(path))).replace(f"{folder}/", ""))


# --- what it says ---


def test_a_transition() -> None:
    machine = everything()["machines"][0]
    first = machine["transitions"][0]
    guard, actions = first.pop("guard"), first.pop("actions")
    place = first.pop("file"), first.pop("line")
    assert place[0].endswith("test.fsm")
    assert first == {
        "name": "first", "states": ["S"], "kind": "rcv", "events": ["A"], "port": "left",
        "rank": "rule", "target": "T", "reference": "1.2", "doc": "a line",
        "text": {
            "event": "rcv A from left", "guard": "M.F < x <= n and M.G in {red} or not b",
            "action": "x := any; reset",
        },
    }  # fmt: skip
    assert guard["left"]["left"] == {
        "kind": "comparison",
        "operators": ["<", "<="],
        "operands": [
            {"kind": "received field", "group": "M", "field": "F"},
            {"kind": "variable", "name": "x"},
            {"kind": "parameter", "name": "n"},
        ],
        "modulus": 4,
    }
    assert actions == [
        {
            "kind": "assign",
            "variable": "x",
            "value": {"kind": "any", "type": {"kind": "mod", "modulus": 4}},
            "text": "x := any",
        },
        {"kind": "reset", "text": "reset"},
    ]


def test_blocks_are_taken_apart() -> None:
    last = everything()["machines"][0]["transitions"][-1]
    assert (last["states"], last["rank"]) == (["S", "T"], "unless handled")


def test_a_system() -> None:
    one, two = everything()["systems"]
    assert [instance["may"] for instance in one["instances"]] == [{"go": 2}, {"go": None}]
    assert one["instances"][1]["arguments"] == {"n": 2}
    assert one["initial"][1][1] == {"instance": "b", "state": "T", "values": {"x": 3}}
    bag = one["channels"][2]
    assert bag["from"] == {"instance": "a", "port": "right"}
    assert bag["holds"][1] == {"message": "B", "fields": {"G": "red", "H": 0}}
    assert (bag["losses"], bag["duplications"], bag["when_full"]) == (0, None, "drop")
    assert [timer["instance"] for timer in one["timers"]] == ["a", None]
    assert one["timers"][1]["condition"]["expression"]["left"]["states"] == ["S", "T"]
    assert two["channels"][0]["losses"] is None


def test_checks_and_scenarios() -> None:
    made = everything()
    assert [(c["claim"], c["expected"]) for c in made["checks"]] == [
        ("no deadlock", "holds"), ("always", "violated"), ("every state reachable", "holds"),
    ]  # fmt: skip
    assert made["checks"][2]["systems"] == ["One", "Two"]
    (scenario,) = made["scenarios"]
    assert scenario["expected"] == "impossible"
    assert [line["what"] for line in scenario["lines"]] == ["go", "t", "A", None]
    sent = scenario["lines"][2]
    assert (sent["fields"], sent["mark"]) == ({"F": 1, "G": "green"}, "lost")


def test_a_variant_says_what_it_extends_and_where_things_stand(tmp_path: Path) -> None:
    base = "protocol A\nmachine X { initial state S { step } }"
    of = loaded(tmp_path, {"a.fsm": base, "b.fsm": 'protocol B extends "a.fsm"\ncall go'})
    made = specification_object(of)
    assert made["extends"].endswith("a.fsm")
    assert made["machines"][0]["file"].endswith("a.fsm")
    follows_schema(of)


# --- what it means ---

CAPACITY = 2


class Reader:
    """What another program may make of a guard: it knows the document, and names with values."""

    def __init__(self, of: Machine, view: LocalView, packet: Packet, message: Message) -> None:
        self.variables = {v.name: x for v, x in zip(of.variables, view.values, strict=True)}
        self.parameters = {p.name: x for p, x in zip(of.parameters, view.arguments, strict=True)}
        self.fields = {f.name: x for f, x in zip(message.fields, packet.values, strict=True)}
        self.counts = dict(zip(of.ports or (None,), view.counts, strict=True))
        self.message = packet.name

    def value(self, node: Object) -> Any:
        match node:
            case {"kind": "literal", "value": value}:
                return value
            case {"kind": "variable", "name": name}:
                return self.variables[name]
            case {"kind": "parameter", "name": name}:
                return self.parameters[name]
            case {"kind": "received field", "field": name}:
                return self.fields[name]
            case {"kind": "received message", "messages": messages}:
                return self.message in messages
            case {"kind": "output", "question": question, "port": port}:
                count = self.counts[port]
                return {"count": count, "full": count >= CAPACITY, "empty": count == 0}[question]
            case {"kind": "not", "operand": operand}:
                return not self.value(operand)
            case {"kind": "among", "operand": operand, "values": values}:
                return self.value(operand) in values
            case {"kind": "comparison", "operators": operators, "operands": operands}:
                values = [self.value(operand) for operand in operands]
                pairs = zip(values, operators, values[1:], strict=False)
                return all(compare(a, sign, b, node["modulus"]) for a, sign, b in pairs)
        return self.combined(node, self.value(node["left"]), self.value(node["right"]))

    def combined(self, node: Object, left: Any, right: Any) -> Any:
        match node:
            case {"kind": "logic", "operator": operator}:
                both = {"and": left and right, "or": left or right}
                return (both | {"implies": not left or right})[operator]
            case {"kind": "extremum", "function": function, "modulus": modulus}:
                return extremum(function, left, right, modulus)
        found = {"+": left + right, "-": left - right, "*": left * right}[node["operator"]]
        return found if node["modulus"] is None else found % node["modulus"]


def views(of: Machine, messages: Mapping[str, Message]) -> Iterator[tuple[LocalView, Message]]:
    """Some of what a machine may see."""
    random = Random(1)

    def some(types: Any) -> tuple[ValueT, ...]:
        return tuple(random.choice(values_of(one.type)) for one in types)

    for _ in range(10):
        message = random.choice(list(messages.values()))
        packet = Packet(message.name, some(message.fields))
        counts = tuple(random.randint(0, CAPACITY) for _ in of.ports or (None,))
        yield LocalView(some(of.variables), some(of.parameters), packet, counts), message


@common
@given(text=specifications())
def test_a_guard_that_is_read_means_what_the_interpreter_says(text: str) -> None:
    of = specification(text)
    read = json.loads(json_text(of))
    for machine, document in zip(of.machines.values(), read["machines"], strict=True):
        evaluator = Evaluator([CAPACITY] * max(len(machine.ports), 1), set())
        for view, message in views(machine, of.messages):
            assert view.packet
            reader = Reader(machine, view, view.packet, message)
            for transition, line in zip(machine.transitions, document["transitions"], strict=True):
                seen = not transition.kind.takes_message or message.name in transition.events
                if transition.guard is not None and seen:
                    wanted = evaluator.function(transition.guard)(view)
                    assert reader.value(line["guard"]) == wanted
