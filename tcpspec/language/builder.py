"""From the rules of the grammar to our syntax tree.

Most grammar rules have a node class whose parts are the rule's children in their order; the
tables below wire those. The others have a method named like the rule.

Nodes are built from the inside out, so that no input can exhaust Python's stack here; the passes
that follow are recursive, and are protected by MAX_DEPTH, checked as expressions are built.
"""

from collections.abc import Callable
from typing import Any

from tcpspec.diagnostics import Diagnostics
from tcpspec.language import ast
from tcpspec.language.ast import MAX_DEPTH, MAX_NUMBER
from tcpspec.language.lalr import Place
from tcpspec.record import replace
from tcpspec.source import Source, Span

# The node's parts are the children, in order; absent options are None, or () where a tuple stands.
_DIRECT: dict[str, type[ast.Node]] = {
    "any_value": ast.AnyValue, "argument": ast.Argument, "of_channel": ast.OfChannel,
    "of_port": ast.OfPort, "protocol": ast.Protocol, "include": ast.Include, "const": ast.Const,
    "type_": ast.TypeDeclaration, "mod_type": ast.ModType, "range_type": ast.RangeType,
    "bool_type": ast.BoolType, "named_type": ast.NamedType, "field": ast.Field,
    "message_case": ast.MessageCase, "define": ast.Define, "replace": ast.Replace,
    "replace_variable": ast.ReplaceVariable, "by_label": ast.RemoveRule,
    "replace_labelled": ast.ReplaceRule, "send": ast.Send, "assign": ast.Assign,
    "reset": ast.Reset, "allowance": ast.Allowance, "placement": ast.Placement,
    "assumption": ast.Assumption,
    "bound": ast.Bound, "holds": ast.Holds, "when_full": ast.WhenFull,
    "named_check": ast.CheckLine, "remove_check": ast.RemoveCheck,
    "replace_check": ast.ReplaceCheck,
}  # fmt: skip

# The node's one part is the tuple of all children.
_LISTS: dict[str, Callable[..., ast.Node]] = {
    "enum_type": ast.EnumType, "calls": ast.Calls, "timers": ast.Timers, "ports": ast.Ports,
    "init": ast.Init,
}  # fmt: skip

# A claim without predicate, or with one as its only child.
_CLAIMS = {
    "no_deadlock", "no_stall", "no_unspecified_reception", "no_overflow", "always", "never",
    "reachable", "always_possible", "eventually", "every_state_reachable", "every_transition_used",
}  # fmt: skip

# Rules that only group: a sequence of children, or the single child they stand around.
_SEQUENCES = {"arguments", "fields", "actions", "assuming"}
_TRANSPARENT = {
    "parenthesised", "guard", "transition", "pass_by", "otherwise", "from_port", "to_port",
    "target", "reference", "at_most", "timer_times",
}  # fmt: skip

_BINARY = {
    "plus": "+",
    "minus": "-",
    "times_": "*",
    "and_": "and",
    "or_": "or",
    "implies": "implies",
}


def _tuple_parts(node: type[ast.Node]) -> frozenset[int]:
    """Which parts of a node are tuples, so that an absent one is () and not None."""
    types = [str(node.__annotations__[name]) for name in node.parts_]
    return frozenset(i for i, type_ in enumerate(types) if type_.startswith("tuple"))


_TUPLES: dict[Callable[..., ast.Node], frozenset[int]] = {
    node: _tuple_parts(node) for node in _DIRECT.values()
}


def _direct(node: Callable[..., ast.Node], children: list[Any], span: Span) -> ast.Node:
    tuples = _TUPLES[node]
    parts = (() if c is None and i in tuples else c for i, c in enumerate(children))
    return node(*parts, span=span)


def _present(children: Any) -> tuple[Any, ...]:
    """Without what stands for absent options."""
    return tuple(child for child in children if child is not None)


class Builder:
    """Builds the syntax tree of one file; faults that the grammar cannot see go to ``found``."""

    def __init__(self, source: Source, found: Diagnostics) -> None:
        self._source = source
        self._found = found
        self._depths: dict[int, int] = {}

    def build(self, rule: str, children: list[Any], first: Place | None, last: Place | None) -> Any:
        """What a rule stands for; the children as plain values, and the place."""
        return self._build(
            rule, children, Span(self._source, *(first or (1, 1)), *(last or (1, 1)))
        )

    def _build(self, rule: str, children: list[Any], span: Span) -> Any:
        if rule in _TRANSPARENT:
            return children[0]
        if rule in _SEQUENCES:
            return tuple(children)
        if rule in _DIRECT:
            return _direct(_DIRECT[rule], children, span)
        if rule in _LISTS:
            return _LISTS[rule](tuple(children), span=span)
        if rule in _BINARY:
            return self._nested(ast.Binary(_BINARY[rule], *children, span=span), *children)  # type: ignore[arg-type]
        if rule in _CLAIMS:
            return ast.Claim(rule.replace("_", " "), *children, span=span)
        return getattr(self, rule)(span, *children)

    def _nested(self, node: Any, *parts: object) -> Any:
        """Note how deep an expression is, and say so where it becomes too deep."""
        depth = 1 + max((self._depths.get(id(part), 0) for part in parts), default=0)
        if depth == MAX_DEPTH + 1:
            self._found.error(
                "nested-too-deeply",
                node.span,
                f"this expression is nested more than {MAX_DEPTH} deep",
                hint="give names to its parts with `define`",
            )
        self._depths[id(node)] = depth
        return node

    # --- names and expressions ---

    def start(self, span: Span, *items: Any) -> ast.File:
        protocol = items[0] if items and isinstance(items[0], ast.Protocol) else None
        return ast.File(protocol, items[1:] if protocol else items, (), span=span)

    def name(self, span: Span, text: str) -> ast.Name:
        return ast.Name(text, span=span)

    def message_name(self, span: Span, *flags: ast.Name) -> ast.Name:
        return ast.Name("+".join(flag.text for flag in flags), span=span)

    def variable_name(self, span: Span, text: str) -> ast.Reference:
        return ast.Reference(text, span=span)

    def number(self, span: Span, text: str) -> ast.Number:
        digits = text.lstrip("0")
        value = int(digits or "0") if len(digits) < 20 else MAX_NUMBER + 1
        if value > MAX_NUMBER:
            self._found.error("number-too-large", span, f"this number is larger than {MAX_NUMBER}")
        return ast.Number(min(value, MAX_NUMBER), span=span)

    def true(self, span: Span) -> ast.Truth:
        return ast.Truth(True, span=span)

    def false(self, span: Span) -> ast.Truth:
        return ast.Truth(False, span=span)

    def negative(self, span: Span, operand: Any) -> ast.Unary:
        return self._nested(ast.Unary("-", operand, span=span), operand)  # type: ignore[no-any-return]

    def not_(self, span: Span, operand: Any) -> ast.Unary:
        return self._nested(ast.Unary("not", operand, span=span), operand)  # type: ignore[no-any-return]

    def compare(self, span: Span, *parts: Any) -> Any:
        return self._nested(ast.Compare(parts[0::2], parts[1::2], span=span), *parts[0::2])

    def in_set(self, span: Span, left: Any, *members: ast.Name) -> Any:
        return self._nested(ast.Within(left, members, span=span), left)

    in_state = in_set

    def in_channel(self, span: Span, message: Any, arguments: Any, *ends: ast.Name) -> Any:
        node = ast.InChannel(message, arguments or (), *ends, span=span)
        return self._nested(node, message, *(argument.value for argument in node.arguments))

    def extremum(self, span: Span, function: Any, left: Any, right: Any) -> Any:
        return self._nested(ast.Extremum(function, left, right, span=span), left, right)

    # --- declarations and machines ---

    def message(self, span: Span, name: Any, parts: Any, *cases: Any) -> ast.MessageGroup:
        return ast.MessageGroup(name, parts or (), cases, span=span)

    def remove(self, span: Span, what: str, name: ast.Name | str) -> ast.Remove:
        if isinstance(name, str):
            name = ast.Name(name, span=span)
        return ast.Remove(what, name, span=span)

    def machine(
        self, span: Span, name: Any, parameters: Any, ordered: Any, *members: Any
    ) -> ast.Machine:
        return ast.Machine(name, parameters or (), ordered is not None, members, span=span)

    def variable(
        self, span: Span, persistent: Any, name: Any, type_: Any, initial: Any
    ) -> ast.Variable:
        return ast.Variable(name, type_, initial, persistent is not None, span=span)

    def state(self, span: Span, *parts: Any) -> ast.State:
        count = next(i for i, part in enumerate(parts) if isinstance(part, ast.Name))
        name, label, *rules = parts[count:]
        return ast.State(name, parts[:count], label, tuple(rules), span=span)

    def any_state(self, span: Span, *names: Any) -> tuple[bool, tuple[ast.Name, ...]]:
        return True, _present(names)

    def named_states(self, span: Span, *names: Any) -> tuple[bool, tuple[ast.Name, ...]]:
        return False, names

    def block(self, span: Span, states: Any, guard: Any, unless: Any, *rules: Any) -> ast.Block:
        any_, names = states
        return ast.Block(any_, names, guard, unless is not None, rules, span=span)

    def labelled(self, span: Span, label: ast.Name, rule: ast.Rule) -> ast.Rule:
        return replace(rule, label=label, span=span)

    def transition_body(
        self, span: Span, trigger: Any, guard: Any, actions: Any, *rest: Any
    ) -> ast.Rule:
        return ast.Rule("transition", trigger, guard, actions or (), *rest, span=span)

    def pass_by_body(
        self, span: Span, kind: Any, messages: Any, port: Any, guard: Any, reference: Any
    ) -> ast.Rule:
        trigger = ast.Trigger("rcv", messages, port, span=messages.span)
        return ast.Rule(kind, trigger, guard, reference=reference, span=span)

    def otherwise_body(self, span: Span, port: Any, outcome: Any, reference: Any) -> ast.Rule:
        trigger = ast.Trigger("rcv", ast.Messages(True, (), span=span), port, span=span)
        kind, actions, target = outcome
        return ast.Rule(kind, trigger, None, actions, target, reference, span=span)

    def outcome_ignore(self, span: Span, _: str) -> tuple[str, tuple[()], None]:
        return "otherwise ignore", (), None

    def outcome_actions(self, span: Span, actions: Any, target: Any) -> tuple[str, Any, Any]:
        return "otherwise", actions, target

    def outcome_target(self, span: Span, target: Any) -> tuple[str, Any, Any]:
        return "otherwise", (), target

    def remove_rule(self, span: Span, removed: ast.RemoveRule) -> ast.RemoveRule:
        return replace(removed, span=span)

    def by_trigger(self, span: Span, trigger: Any, guard: Any) -> ast.RemoveRule:
        return ast.RemoveRule(None, trigger, guard, span=span)

    def replace_triggered(self, span: Span, rule: ast.Rule) -> ast.ReplaceRule:
        return ast.ReplaceRule(None, rule, span=span)

    def receive(self, span: Span, messages: Any, port: Any) -> ast.Trigger:
        return ast.Trigger("rcv", messages, port, span=span)

    def call(self, span: Span, *names: ast.Name) -> ast.Trigger:
        return ast.Trigger("call", names=names, span=span)

    def timeout(self, span: Span, *names: ast.Name) -> ast.Trigger:
        return ast.Trigger("timeout", names=names, span=span)

    def step(self, span: Span) -> ast.Trigger:
        return ast.Trigger("step", span=span)

    def any_message(self, span: Span, *excepted: Any) -> ast.Messages:
        return ast.Messages(True, _present(excepted), span=span)

    def named_messages(self, span: Span, *names: Any) -> ast.Messages:
        return ast.Messages(False, names, span=span)

    # --- systems ---

    def system(self, span: Span, name: Any, title: Any, *items: Any) -> ast.System:
        return ast.System(name, title, items, span=span)

    def instance(
        self, span: Span, name: Any, machine: Any, arguments: Any, *may: Any
    ) -> ast.Instance:
        return ast.Instance(name, machine, arguments or (), _present(may), span=span)

    def once(self, span: Span) -> ast.Number:
        return ast.Number(1, span=span)

    def channel(
        self, span: Span, left: Any, both_ways: Any, right: Any, kind: Any, capacity: Any,
        *options: Any,
    ) -> ast.Channel:  # fmt: skip
        return ast.Channel(left, right, both_ways, kind, capacity, _present(options), span=span)

    def both_ways(self, span: Span) -> bool:
        return True

    def one_way(self, span: Span) -> bool:
        return False

    def lossy(self, span: Span) -> ast.Fault:
        return ast.Fault("loss", None, span=span)

    def loses(self, span: Span, times: Any) -> ast.Fault:
        return ast.Fault("loss", times, span=span)

    def duplicating(self, span: Span) -> ast.Fault:
        return ast.Fault("duplication", None, span=span)

    def duplicates(self, span: Span, times: Any) -> ast.Fault:
        return ast.Fault("duplication", times, span=span)

    def timer_rule(
        self, span: Span, timer: Any, at_most: Any, condition: Any, when_idle: Any
    ) -> ast.TimerRule:
        return ast.TimerRule(timer, at_most, condition, when_idle is not None, span=span)

    # --- checks and scenarios ---

    def check(self, span: Span, *parts: Any) -> ast.Check:
        systems = tuple(part for part in parts if isinstance(part, ast.Name))
        return ast.Check(systems, parts[len(systems) :], span=span)

    def unnamed_check(self, span: Span, claim: ast.Claim) -> ast.CheckLine:
        return ast.CheckLine(None, claim, span=span)

    def claim(self, span: Span, *parts: Any) -> ast.Claim:
        *words, plain, assuming = parts
        assert isinstance(plain, ast.Claim)
        return replace(
            plain, violated="violated" in words, unfair="unfair" in words, assuming=assuming or (),
            span=span,
        )  # fmt: skip

    bare_claim = claim

    def leads_to(self, span: Span, predicate: Any, consequence: Any) -> ast.Claim:
        return ast.Claim("leads to", predicate, consequence, span=span)

    def ltl(self, span: Span, formula: str) -> ast.Claim:
        return ast.Claim("ltl", formula=formula, span=span)

    def scenario(self, span: Span, impossible: Any, _: str, *parts: Any) -> ast.Scenario:
        name, system, *events = parts
        return ast.Scenario(name, system, impossible is not None, tuple(events), span=span)

    def called(self, span: Span, instance: ast.Name, call: ast.Name) -> ast.Event:
        return ast.Event("call", instance, call, span=span)

    def timed_out(self, span: Span, instance: ast.Name, timer: ast.Name) -> ast.Event:
        return ast.Event("timeout", instance, timer, span=span)

    def sent(
        self, span: Span, sender: Any, receiver: Any, message: Any, arguments: Any, mark: Any
    ) -> ast.Event:
        return ast.Event("sent", sender, message, receiver, arguments or (), mark, span=span)

    def arrives(
        self, span: Span, sender: Any, receiver: Any, message: Any, arguments: Any
    ) -> ast.Event:
        return ast.Event("arrives", sender, message, receiver, arguments or (), span=span)

    def expect(self, span: Span, predicate: Any) -> ast.Event:
        return ast.Event("expect", predicate=predicate, span=span)
