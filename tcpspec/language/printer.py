"""Syntax tree to text: one statement a line, with parentheses only where they are needed.

``parse(print_file(tree)) == tree`` for every tree that the grammar can make. What a tree does not
tell, such as parentheses that only help the reader, a ``Notation`` decides; how statements are laid
out in columns, with their comments, is ``format.py``'s.
"""

from dataclasses import dataclass
from typing import Any

from tcpspec.language import ast
from tcpspec.language.expressions import SUM, Expressions, Notation, listed, quoted, words

CONTAINERS = (ast.Machine, ast.State, ast.Block, ast.System, ast.Check, ast.Scenario)
"""What has a head and, in braces, statements of its own."""


@dataclass(frozen=True, slots=True)
class RuleParts:
    """A rule as the texts that stand in columns; an absent one is empty."""

    trigger: str
    guard: str = ""
    actions: tuple[str, ...] = ()
    target: str = ""
    reference: str = ""

    def __str__(self) -> str:
        actions = f"/ {'; '.join(self.actions)}" if self.actions else ""
        return words(self.trigger, self.guard, actions, self.target, self.reference)


def inner(node: ast.Node) -> tuple[ast.Node | None, tuple[ast.Node, ...]]:
    """The container that a node is, if any, and the statements in its braces."""
    if isinstance(node, ast.Replace):
        return inner(node.item)
    parts = {"Machine": "members", "System": "items", "Check": "lines", "Scenario": "events"}
    if isinstance(node, CONTAINERS):
        return node, getattr(node, parts.get(type(node).__name__, "rules"))
    return None, ()


class Printer(Expressions):
    """The text of each kind of statement, on one line."""

    # --- rules ---

    def rule(self, node: ast.Rule | ast.RemoveRule | ast.ReplaceRule) -> RuleParts:
        match node:
            case ast.RemoveRule(label=None, trigger=ast.Trigger() as trigger):
                return RuleParts(f"remove {self._trigger(trigger)}", self._guard(node.guard))
            case ast.RemoveRule(label=ast.Name(text=label)):
                return RuleParts(f"remove {label}")
            case ast.ReplaceRule():
                label = f"{node.label.text}: " if node.label else ""
                return self._rule(node.rule, f"replace {label}")
            case ast.Rule():
                return self._rule(node, f"{node.label.text}: " if node.label else "")
        raise TypeError(type(node).__name__)

    def _rule(self, rule: ast.Rule, before: str) -> RuleParts:
        return RuleParts(
            before + self._head(rule),
            self._guard(rule.guard),
            tuple(self._action(action) for action in rule.actions),
            f"-> {rule.target.text}" if rule.target else "",
            "" if rule.reference is None else f"@ {quoted(rule.reference)}",
        )

    def _head(self, rule: ast.Rule) -> str:
        port = f"from {rule.trigger.port.text}" if rule.trigger.port else ""
        match rule.kind:
            case "transition":
                return self._trigger(rule.trigger)
            case "otherwise":
                return words("otherwise", port)
            case "otherwise ignore":
                return words("otherwise", port, "ignore")
        assert rule.trigger.messages is not None
        return words(rule.kind, self._messages(rule.trigger.messages), port)

    def _trigger(self, trigger: ast.Trigger) -> str:
        if trigger.messages is None:
            return words(trigger.kind, listed(trigger.names, " | "))
        port = f"from {trigger.port.text}" if trigger.port else ""
        return words(trigger.kind, self._messages(trigger.messages), port)

    def _messages(self, messages: ast.Messages) -> str:
        names = listed(messages.names, " | ")
        if not messages.any:
            return names
        return f"any except {names}" if names else "any"

    def _guard(self, guard: ast.Expression | None) -> str:
        return "" if guard is None else f"[{self.expression(guard)}]"

    def _action(self, action: ast.Action) -> str:
        match action:
            case ast.Send():
                port = f" to {action.port.text}" if action.port else ""
                return f"snd {self.message(action.message, action.arguments)}{port}"
            case ast.Assign():
                return f"{action.variable.text} := {self.expression(action.value)}"
            case ast.Reset():
                return "reset"

    # --- systems ---

    def allowance(self, node: ast.Allowance) -> str:
        if node.times is None:
            return node.call.text
        if node.times == ast.Number(1, span=node.span) and self.notation.once(node.times):
            return f"{node.call.text} once"
        return f"{node.call.text} {self._at_most(node.times)} times"

    def _at_most(self, times: ast.Expression) -> str:
        return f"at most {self.expression(times, SUM)}"

    def placement(self, node: ast.Placement) -> str:
        return f"{node.instance.text} in {self.message(node.state, node.values)}"

    def option(self, node: ast.Fault | ast.WhenFull | ast.Holds) -> str:
        """What a channel may do, or holds."""
        match node:
            case ast.Fault(kind=kind, at_most=None):
                return "lossy" if kind == "loss" else "duplicating"
            case ast.Fault() if node.at_most is not None:
                verb = "loses" if node.kind == "loss" else "duplicates"
                return f"{verb} {self._at_most(node.at_most)}"
            case ast.WhenFull():
                return f"when full {node.behaviour}"
            case ast.Holds():
                return f"holds {self.message(node.message, node.arguments)}"
        raise TypeError(type(node).__name__)

    def channel(self, node: ast.Channel) -> str:
        """A channel, without its options."""
        arrow = "<->" if node.both_ways else "->"
        capacity = self.enclosed(node.capacity)
        return f"channel {node.left.text} {arrow} {node.right.text}: {node.kind}({capacity})"

    def _timer_rule(self, node: ast.TimerRule) -> str:
        limit = "" if node.at_most is None else f"{self._at_most(node.at_most)} times"
        idle = "only when idle" if node.when_idle else ""
        return words("timer", node.timer.text, limit, self._guard(node.condition), idle)

    # --- checks and scenarios ---

    def claim(self, node: ast.Claim) -> tuple[str, str]:
        """The words before what is claimed, and what is claimed."""
        modifiers = words("violated" * node.violated, "unfair" * node.unfair)
        if node.consequence is not None:
            return modifiers, " leads to ".join(
                self.expression(one) for one in (node.predicate, node.consequence)
            )
        predicate = "" if node.predicate is None else self.expression(node.predicate)
        return modifiers, words(node.kind, predicate, quoted(node.formula))

    def assuming(self, node: ast.Claim) -> str:
        """What a claim assumes of users."""
        calls = [f"{one.instance.text} calls {one.call.text}" for one in node.assuming]
        return f"assuming {', '.join(calls)}" if calls else ""

    def line_name(self, node: ast.CheckLine | ast.RemoveCheck | ast.ReplaceCheck) -> str:
        """What stands before the claim of a line of a check."""
        if isinstance(node, ast.RemoveCheck):
            return f"remove {quoted(node.name)}"
        word = "replace " if isinstance(node, ast.ReplaceCheck) else ""
        return "" if node.name is None else f"{word}{quoted(node.name)}:"

    def _event(self, node: ast.Event) -> str:
        if node.kind == "expect":
            return f"expect {self.expression(node.predicate)}"
        assert node.instance is not None
        assert node.what is not None
        if node.receiver is None:
            timeout = "timeout" if node.kind == "timeout" else ""
            return words(f"{node.instance.text}:", timeout, node.what.text)
        arrives = "arrives" if node.kind == "arrives" else ""
        ends = f"{node.instance.text} -> {node.receiver.text}:"
        return words(arrives, ends, self.message(node.what, node.arguments), node.mark or "")

    # --- whole statements ---

    def statement(self, node: Any) -> str:
        """A statement without braces, on one line."""
        match node:
            case ast.Rule() | ast.RemoveRule() | ast.ReplaceRule():
                return str(self.rule(node))
            case ast.CheckLine() | ast.ReplaceCheck():
                claim = node.claim
                return words(self.line_name(node), *self.claim(claim), self.assuming(claim))
            case ast.RemoveCheck():
                return self.line_name(node)
            case ast.Event():
                return self._event(node)
            case ast.Replace(item=item):
                return f"replace {self.statement(item)}"
            case ast.ReplaceVariable(variable=variable):
                return f"replace {self.statement(variable)}"
        return self._declaration(node) or self._system_item(node)

    def _declaration(self, node: Any) -> str:
        match node:
            case ast.Protocol(extends=base):
                extends = "" if base is None else f"extends {quoted(base)}"
                return words("protocol", node.name.text, quoted(node.title), extends)
            case ast.Include():
                return f"include {quoted(node.path)}"
            case ast.Const() | ast.TypeDeclaration() | ast.Define() | ast.Variable():
                name, type_, value = self.declared(node)
                return f"{words(name, type_)} = {value}"
            case ast.MessageGroup():
                return " = ".join((self.group(node), " | ".join(self.cases(node))))
            case ast.Calls() | ast.Timers() | ast.Ports():
                return f"{type(node).__name__.lower()[:-1]} {listed(node.names)}"
            case ast.Remove(what=what, name=name):
                return f"remove {what} {quoted(name.text) if what == 'scenario' else name.text}"
        return ""

    def declared(self, node: Any) -> tuple[str, str, str]:
        """The name that a declaration gives, its type if it has one, and its value."""
        match node:
            case ast.Variable():
                word = "persistent var" if node.persistent else "var"
                value = self.expression(node.initial, SUM)
                return f"{word} {node.name.text}:", self.type_(node.type), value
            case ast.Const():
                return f"const {node.name.text}", "", self.expression(node.value, SUM)
            case ast.Define():
                return f"define {node.name.text}", "", self.expression(node.body)
        return f"type {node.name.text}", "", self.type_(node.type)

    def group(self, node: ast.MessageGroup) -> str:
        return f"message {node.name.text}{self.fields(node.fields)}"

    def cases(self, node: ast.MessageGroup) -> list[str]:
        return [self.message(case.name, case.fixed) for case in node.cases]

    def _system_item(self, node: Any) -> str:
        match node:
            case ast.Instance():
                return words(*self.instance(node))
            case ast.Init():
                return f"init {', '.join(self.placement(one) for one in node.placements)}"
            case ast.Channel():
                return ", ".join((self.channel(node), *map(self.option, node.options)))
            case ast.TimerRule():
                return self._timer_rule(node)
            case ast.Bound():
                return f"bound {self.expression(node.predicate)}"
        raise TypeError(type(node).__name__)

    def instance(self, node: ast.Instance) -> tuple[str, str, str]:
        """Its name, its machine, and what its user may call."""
        may = ", ".join(self.allowance(one) for one in node.may)
        machine = self.message(node.machine, node.arguments)
        return f"{node.name.text}:", machine, f"may {may}" if may else ""

    def head(self, node: Any) -> str:
        """What stands before the braces of a container."""
        match node:
            case ast.Replace(item=item):
                return f"replace {self.head(item)}"
            case ast.Machine():
                ordered = "ordered" if node.ordered else ""
                return words("machine", node.name.text + self.fields(node.parameters), ordered)
            case ast.State():
                return words(*node.modifiers, "state", node.name.text, quoted(node.label))
            case ast.Block():
                return self._block(node)
            case ast.System():
                return words("system", node.name.text, quoted(node.title))
            case ast.Check():
                return f"check {listed(node.systems)}"
            case ast.Scenario():
                word = "impossible scenario" if node.impossible else "scenario"
                return f"{word} {quoted(node.name)} on {node.system.text}"
        raise TypeError(type(node).__name__)

    def _block(self, node: ast.Block) -> str:
        states = listed(node.states)
        if node.any:
            states = words("any", states and f"except {states}")
        handled = "unless handled" if node.unless_handled else ""
        return words("in", states, self._guard(node.guard), handled)


def print_file(file: ast.File) -> str:
    """The text of a tree, without comments."""
    printer = Printer(Notation())
    items = [file.protocol, *file.items] if file.protocol else file.items
    return "".join(f"{line}\n" for item in items for line in _lines(printer, item, ""))


def _lines(printer: Printer, node: ast.Node, indent: str) -> list[str]:
    container, statements = inner(node)
    if container is None:
        return [indent + printer.statement(node)]
    inside = [line for one in statements for line in _lines(printer, one, indent + "    ")]
    return [f"{indent}{printer.head(node)} {{", *inside, indent + "}"]
