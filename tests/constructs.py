"""The constructs of the language, and which of them a model shows.

A written line counts where some run takes it, and a block where some line of it counts: what is
merely written says nothing about how an engine treats it. Labels, citations, titles and comments
mean nothing to an engine, and scenarios and variants never reach it.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias

from tcpspec.check import SystemResult
from tcpspec.diagnostics import Diagnostics
from tcpspec.language import ast
from tcpspec.language.parse import parse
from tcpspec.model import expressions as ex
from tcpspec.model import model as m
from tcpspec.model.model import values_in
from tcpspec.model.types import BoolType, EnumType, ModType, RangeType
from tcpspec.model.usage import used_names
from tcpspec.semantics.state import EndKind
from tcpspec.source import Source

Test: TypeAlias = Callable[[Any], object]
Constructs: TypeAlias = dict[type, dict[str, Test]]
"""For each class of nodes, what one of them may be, and when it is."""

ORDER = {"<", "<=", ">", ">="}


def _always(_: object) -> bool:
    return True


def _is(part: str, value: object) -> Test:
    return lambda node: getattr(node, part) == value


def _each(part: str, values: Iterable[str], name: str = "{}") -> dict[str, Test]:
    """One construct for each value that a part of a node may have."""
    return {name.format(value): _is(part, value) for value in values}


def _takes(rule: ast.Rule, kind: str) -> bool:
    return rule.kind == "transition" and rule.trigger.kind == kind


def _messages(rule: ast.Rule) -> tuple[bool, int]:
    """Whether it says ``any``, and how many names follow."""
    messages = rule.trigger.messages
    return (messages.any, len(messages.names)) if messages else (False, 0)


def _may_say(word: str, rule: Callable[[ast.Rule], bool]) -> dict[str, Test]:
    """The ways in which a line says which messages it takes."""
    return {
        f"{word} M": lambda r: rule(r) and _messages(r) == (False, 1),
        f"{word} M | N": lambda r: rule(r) and (False, 1) < _messages(r) < (True, 0),
        f"{word} any": lambda r: rule(r) and _messages(r) == (True, 0),
        f"{word} any except M": lambda r: rule(r) and _messages(r) > (True, 0),
    }


def _types(what: str, type_of: Callable[[Any], object]) -> dict[str, Test]:
    return {
        f"{what}: bool": lambda node: isinstance(type_of(node), BoolType),
        f"{what}: range": lambda node: isinstance(type_of(node), RangeType),
        f"{what}: enum": lambda node: isinstance(type_of(node), EnumType),
        f"{what}: mod": lambda node: isinstance(type_of(node), ModType),
    }


def _machines(system: ast.System) -> list[str]:
    return [item.machine.text for item in system.items if isinstance(item, ast.Instance)]


def _count(of: ast.System | ast.File, kind: type) -> int:
    return sum(isinstance(item, kind) for item in of.items)


def _uses(file: ast.File, kind: type[ast.Const | ast.Define]) -> bool:
    declared = {item.name.text for item in file.items if isinstance(item, kind)}
    return not declared.isdisjoint(used_names(file).values)


def _instance(end: ast.Name) -> str:
    return end.text.partition(".")[0]


WRITTEN: Constructs = {
    ast.NamedType: {"type, used": _always},
    ast.File: {
        "several message groups": lambda f: _count(f, ast.MessageGroup) > 1,
        "const, used": lambda f: _uses(f, ast.Const),
        "define, used": lambda f: _uses(f, ast.Define),
    },
    ast.MessageGroup: {"several fields": lambda g: len(g.fields) > 1},
    ast.MessageCase: {
        "fixed field": lambda c: c.fixed != (),
        "message of several flags": lambda c: "+" in c.name.text,
    },
    ast.Field: {"default of a field": lambda f: f.default is not None},
    ast.Machine: {
        "ordered": lambda n: n.ordered,
        "not ordered": lambda n: not n.ordered,
        "parameter": lambda n: n.parameters != (),
    },
    ast.Variable: {
        "persistent var": lambda v: v.persistent,
        "var that starts with a parameter": lambda v: isinstance(v.initial, ast.Reference),
    },
    ast.Ports: {"port": _always},
    ast.State: {
        "initial": lambda s: "initial" in s.modifiers,
        "final": lambda s: "final" in s.modifiers,
        "idle": lambda s: "idle" in s.modifiers,
    },
    ast.Block: {
        "in any": lambda b: b.any and not b.states,
        "in any except A": lambda b: b.any and b.states != (),
        "in A": lambda b: not b.any and len(b.states) == 1,
        "in A, B": lambda b: not b.any and len(b.states) > 1,
        "in …, with a guard": lambda b: b.guard is not None,
        "in … unless handled": lambda b: b.unless_handled,
    },
    ast.Rule: {
        **_may_say("rcv", lambda r: _takes(r, "rcv")),
        **_may_say("ignore", lambda r: r.kind == "ignore"),
        **_may_say("defer", lambda r: r.kind == "defer"),
        "rcv … from p": lambda r: _takes(r, "rcv") and r.trigger.port,
        "rcv … [guard]": lambda r: _takes(r, "rcv") and r.guard,
        "ignore … from p": lambda r: r.kind == "ignore" and r.trigger.port,
        "ignore … [guard]": lambda r: r.kind == "ignore" and r.guard,
        "defer … [guard]": lambda r: r.kind == "defer" and r.guard,
        "call c": lambda r: _takes(r, "call") and len(r.trigger.names) == 1,
        "call c | d": lambda r: _takes(r, "call") and len(r.trigger.names) > 1,
        "call … [guard]": lambda r: _takes(r, "call") and r.guard,
        "timeout t": lambda r: _takes(r, "timeout") and len(r.trigger.names) == 1,
        "timeout t | u": lambda r: _takes(r, "timeout") and len(r.trigger.names) > 1,
        "timeout … [guard]": lambda r: _takes(r, "timeout") and r.guard,
        "step": lambda r: _takes(r, "step"),
        "step [guard]": lambda r: _takes(r, "step") and r.guard,
        "otherwise ignore": lambda r: r.kind == "otherwise ignore",
        "otherwise / actions": lambda r: r.kind == "otherwise" and r.actions,
        "otherwise -> S": lambda r: r.kind == "otherwise" and r.target,
        "otherwise from p": lambda r: r.kind.startswith("otherwise") and r.trigger.port,
        "… -> S": lambda r: r.target is not None,
        "no target": lambda r: r.kind == "transition" and r.target is None,
        "several sends": lambda r: sum(isinstance(a, ast.Send) for a in r.actions) > 1,
    },
    ast.Send: {
        "snd M": lambda s: not s.arguments,
        "snd M(F = e)": lambda s: s.arguments != (),
        "snd M to p": lambda s: s.port is not None,
        "snd M(F = any)": lambda s: any(isinstance(a.value, ast.AnyValue) for a in s.arguments),
    },
    ast.Assign: {
        "x := e": lambda a: not isinstance(a.value, ast.AnyValue),
        "x := any": lambda a: isinstance(a.value, ast.AnyValue),
    },
    ast.Reset: {"reset": _always},
    ast.System: {
        "instances of one machine": lambda s: len(_machines(s)) > len(set(_machines(s))),
        "instances of different machines": lambda s: len(set(_machines(s))) > 1,
        "three instances": lambda s: len(_machines(s)) > 2,
        "several timer rules": lambda s: _count(s, ast.TimerRule) > 1,
    },
    ast.Instance: {
        "argument": lambda i: i.arguments != (),
        "no calls allowed": lambda i: i.may == (),
    },
    ast.Allowance: {
        "may c": lambda a: a.times is None,
        "may c once": lambda a: a.times == ast.Number(1, span=a.span),
        "may c at most N times": lambda a: a.times not in (None, ast.Number(1, span=a.span)),
    },
    ast.Init: {"init": _always, "init of several": lambda i: len(i.placements) > 1},
    ast.Placement: {"init in S(x = 1)": lambda p: p.values != ()},
    ast.Channel: {
        "a <-> b": lambda c: c.both_ways,
        "a -> b": lambda c: not c.both_ways,
        "a -> a": lambda c: _instance(c.left) == _instance(c.right),
        "fifo": lambda c: c.kind == "fifo",
        "bag": lambda c: c.kind == "bag",
        "capacity of 1": lambda c: c.capacity == ast.Number(1, span=c.span),
        "capacity of more": lambda c: c.capacity != ast.Number(1, span=c.span),
        "when full, not said": lambda c: not any(isinstance(o, ast.WhenFull) for o in c.options),
    },
    ast.WhenFull: _each("behaviour", ("error", "drop", "wait"), "when full {}"),
    ast.Fault: {
        "lossy": lambda f: f.kind == "loss" and f.at_most is None,
        "loses at most N": lambda f: f.kind == "loss" and f.at_most is not None,
        "duplicating": lambda f: f.kind == "duplication" and f.at_most is None,
        "duplicates at most N": lambda f: f.kind == "duplication" and f.at_most is not None,
    },
    ast.Holds: {"holds M": lambda h: not h.arguments, "holds M(F = 1)": lambda h: h.arguments},
    ast.TimerRule: {
        "timer t at most N times": lambda t: t.at_most is not None,
        "timer t [predicate]": lambda t: t.condition is not None,
        "timer t only when idle": lambda t: t.when_idle,
        "timer a.t": lambda t: "." in t.timer.text,
    },
    ast.Bound: {"bound": _always},
    ast.Claim: {
        **_each("kind", m.Claim),
        "violated": lambda c: c.violated,
        "unfair": lambda c: c.unfair,
    },
    ast.Assumption: {"assuming a calls c": _always},
}  # fmt: skip
"""What stands in the text."""

_ANYWHERE: Constructs = {
    ex.Literal: {"true, false": lambda e: isinstance(e.value, bool)},
    ex.Comparison: {
        "==": lambda e: "==" in e.operators,
        "!=": lambda e: "!=" in e.operators,
        "chained comparison": lambda e: len(e.operators) > 1,
        "order of plain numbers": lambda e: e.modulus is None and ORDER & set(e.operators),
        "serial-number order": lambda e: e.modulus is not None and ORDER & set(e.operators),
    },
    ex.Among: {"enum in {…}": _always},
    ex.Not: {"not": _always},
    ex.Logic: _each("operator", ("and", "or", "implies")),
    ex.Arithmetic: {
        **_each("operator", ("+", "-", "*")),
        "sum modulo N": lambda e: isinstance(e.type, ModType),
        "distance modulo N": lambda e: e.distance is not None,
    },
    ex.Extremum: {
        "max": lambda e: e.function == "max",
        "min": lambda e: e.function == "min",
        "max, min modulo N": lambda e: isinstance(e.type, ModType),
    },
}  # fmt: skip

IN_MACHINES: Constructs = {
    **_ANYWHERE,
    ex.OwnVariable: {"variable": _always},
    ex.Parameter: {"parameter, read": _always},
    ex.ReceivedField: {"G.F": _always},
    ex.ReceivedIs: {"G in {M, N}": _always},
    ex.OfOutput: _each("question", ("empty", "full", "count"), "{}(out)"),
    m.Assign: _types("assigned", lambda action: action.type),
    m.Field: _types("sent", lambda field: field.type),
}
"""What the guards and the actions of lines say, once names are resolved."""

IN_PREDICATES: Constructs = {
    **_ANYWHERE,
    ex.InstanceIn: {
        "a in S": lambda e: len(e.states) == 1,
        "a in {S, T}": lambda e: len(e.states) > 1,
    },
    ex.InstanceVariable: _types("a.x", lambda e: e.type),
    ex.OfChannel: _each("question", ("empty", "full", "count"), "{}(a -> b)"),
    ex.InChannel: {
        "M in (a -> b)": lambda e: not e.pattern,
        "M(F = 1) in (a -> b)": lambda e: e.pattern,
    },
}
"""What predicates over a system say: in claims, bounds and timer rules."""

IN_RUNS: Constructs = {
    SystemResult: {
        "several initial states": lambda s: len(s.system.initial) > 1,
        "10 states and more": lambda s: len(s.space.states) >= 10,
        "100 states and more": lambda s: len(s.space.states) >= 100,
        "a bound cuts a step": lambda s: s.space.bounds,
        "an overflow ends a run": lambda s: EndKind.OVERFLOW in s.space.ends,
        "a value out of range ends a run": lambda s: EndKind.OUT_OF_RANGE in s.space.ends,
    }
}
"""What comes of it."""

PLACES = {
    "": WRITTEN,
    "in machines: ": IN_MACHINES,
    "in predicates: ": IN_PREDICATES,
    "in runs: ": IN_RUNS,
}
ALL = [
    place + name for place, table in PLACES.items() for names in table.values() for name in names
]


def constructs(text: str, found: SystemResult) -> set[str]:
    """The constructs that the model of a text shows, given what the reference found."""
    used = {(line.span.line, line.span.column) for line in found.space.used}
    nodes: dict[str, list[object]] = {
        "": list(_written(parse(Source("it", text), Diagnostics()), used)),
        "in machines: ": list(_said_by_lines(found)),
        "in predicates: ": list(_predicates(found)),
        "in runs: ": [found],
    }
    return {
        place + name
        for place, table in PLACES.items()
        for node in nodes[place]
        for name, is_one in table.get(type(node), {}).items()
        if is_one(node)
    }


def _written(part: object, used: set[tuple[int, int]]) -> Iterator[ast.Node]:
    """All nodes of a tree but for lines that no run takes."""
    if isinstance(part, tuple):
        for one in part:
            yield from _written(one, used)
    elif isinstance(part, ast.Node) and not _idles(part, used):
        yield part
        yield from _written(tuple(part.values_()), used)


def _idles(node: ast.Node, used: set[tuple[int, int]]) -> bool:
    """Whether no run takes this line, or any of this block; `defer` is never taken."""
    if isinstance(node, ast.Block):
        return all(_idles(rule, used) for rule in node.rules)
    deferring = isinstance(node, ast.Rule) and node.kind == "defer"
    return isinstance(node, ast.Rule) and not deferring and _place(node) not in used


def _place(rule: ast.Rule) -> tuple[int, int]:
    return rule.span.line, rule.span.column


def _said_by_lines(found: SystemResult) -> Iterator[object]:
    for line in found.space.used:
        for value in values_in(line):
            yield from _inside(value)
        for action in line.actions:
            yield action
            if isinstance(action, m.Send):
                yield from action.fields


def _predicates(found: SystemResult) -> Iterator[object]:
    asked = [verdict.check.predicate for verdict in found.verdicts]
    conditions = [rule.condition for rule in found.system.timers]
    for predicate in (*asked, *conditions, *found.system.bounds):
        if predicate is not None:
            yield from _inside(predicate)


def _inside(expression: ex.Expression) -> Iterator[ex.Expression]:
    """An expression and all of its parts."""
    yield expression
    for part in expression.parts:
        yield from _inside(part)
