"""Scenarios: what is listed, line by line, with names resolved in the scenario's system."""

from collections.abc import Mapping

from tcpspec.language import ast
from tcpspec.model.expressions import AnyOf, Literal
from tcpspec.model.model import Line, LineKind, Mark, Scenario
from tcpspec.model.resolve import Resolver
from tcpspec.model.scope import Globals, SystemContext, Unresolved
from tcpspec.model.types import ValueT


def build_scenarios(
    globals_: Globals, nodes: list[ast.Scenario], contexts: Mapping[str, SystemContext]
) -> tuple[Scenario, ...]:
    """All scenarios, in the order of the text."""
    scenarios: list[Scenario] = []
    for node in nodes:
        if node.system.text not in contexts:
            globals_.unknown(node.system, node.system.text, "system", contexts)
            continue
        if not node.name:
            globals_.found.error("syntax", node.span, "a scenario needs a name")
        if any(node.name == other.name for other in scenarios):
            globals_.found.error("declared-twice", node.span, f'"{node.name}" names two scenarios')
        lines = _Lines(globals_, contexts[node.system.text])
        resolved = [line for event in node.events if (line := lines.resolve(event)) is not None]
        scenarios.append(
            Scenario(node.name, node.system.text, node.impossible, tuple(resolved), node.span)
        )
    return tuple(scenarios)


class _Lines:
    """Resolves the lines of one scenario."""

    def __init__(self, globals_: Globals, context: SystemContext) -> None:
        self._globals = globals_
        self._context = context
        self._resolver = Resolver(context)

    def resolve(self, event: ast.Event) -> Line | None:
        """One line, or None after an error."""
        try:
            return self._resolve(event)
        except Unresolved:
            return None

    def _resolve(self, event: ast.Event) -> Line:
        if event.kind == "expect":
            assert event.predicate is not None
            predicate = self._resolver.boolean(event.predicate)
            return Line(LineKind.EXPECT, event.span, predicate=predicate)
        assert event.instance is not None
        assert event.what is not None
        if event.kind in ("call", "timeout"):
            return self._event(event, event.instance, event.what)
        assert event.receiver is not None
        message = self._globals.message(event.what)
        channel = self._context.channel(event.instance, event.receiver)
        pattern = tuple(
            (slot, self._constant(value, event))
            for slot, value in self._resolver.arguments(event.arguments, message.name)
        )
        kind = LineKind.SENT if event.kind == "sent" else LineKind.ARRIVES
        mark = Mark(event.mark) if event.mark else None
        return Line(
            kind, event.span, channel=channel, name=message.name, pattern=pattern, mark=mark
        )

    def _event(self, event: ast.Event, instance: ast.Name, what: ast.Name) -> Line:
        """A call or a timeout of one instance."""
        instances = self._context.instances
        if instance.text not in instances:
            raise self._globals.unknown(instance, instance.text, "instance", instances)
        call = event.kind == "call"
        known = self._globals.calls if call else self._globals.timers
        if what.text not in known:
            raise self._globals.unknown(what, what.text, "call" if call else "timer", known)
        number = list(instances).index(instance.text)
        kind = LineKind.CALL if call else LineKind.TIMEOUT
        return Line(kind, event.span, instance=number, name=what.text)

    def _constant(self, value: object, event: ast.Event) -> ValueT:
        if isinstance(value, Literal):
            return value.value
        what = "leave out a field that may have any value" if isinstance(value, AnyOf) else None
        self._globals.found.error(
            "not-constant", event.span, "a scenario names constant values", hint=what
        )
        raise Unresolved
