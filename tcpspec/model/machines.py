"""Machines: variables, ports, states, and the written lines with the states they apply to."""

from collections.abc import Callable, Iterator
from functools import partial

from tcpspec.diagnostics import Note, did_you_mean
from tcpspec.language import ast
from tcpspec.language.comments import Documentation
from tcpspec.model.declarations import resolve_fields, resolve_type
from tcpspec.model.expressions import AnyOf, Expression, Literal, Logic
from tcpspec.model.model import (
    Action,
    Assign,
    Field,
    Kind,
    Machine,
    Message,
    Rank,
    Reset,
    Send,
    State,
    Transition,
    Variable,
)
from tcpspec.model.resolve import Resolver, references
from tcpspec.model.scope import Globals, MachineContext, Unresolved, each
from tcpspec.model.types import Type, values_of
from tcpspec.record import Record

_KINDS = {"rcv": Kind.RECEIVE, "call": Kind.CALL, "timeout": Kind.TIMEOUT, "step": Kind.STEP}
_PASSING = {"ignore": Kind.IGNORE, "defer": Kind.DEFER, "otherwise ignore": Kind.IGNORE}
MAX_CHOICES = 10_000
"""How many steps one line may stand for, by ``any``."""

_RESERVED = ("any", "timeout")


class _Place(Record):
    """Where a rule stands: the states that it applies to, and what its block adds."""

    states: tuple[str, ...]
    guard: ast.Expression | None
    unless_handled: bool


class MachineBuilder:
    """Builds one machine; reports all that is wrong with it."""

    def __init__(self, globals_: Globals, node: ast.Machine, documentation: Documentation) -> None:
        self._globals = globals_
        self._found = globals_.found
        self._node = node
        self._documentation = documentation
        self._parameters: tuple[Field, ...] = ()
        self._variables: tuple[Variable, ...] = ()
        self._ports: tuple[str, ...] = ()
        self._state_names: tuple[str, ...] = ()

    def build(self) -> Machine:
        node = self._node
        self._parameters = resolve_fields(self._globals, node.parameters, self._documentation)
        self._ports = self._declare_ports()
        states = self._states()
        self._state_names = tuple(state.name for state in states)
        self._declare_variables()
        transitions = tuple(self._transitions())
        return Machine(
            node.name.text, self._parameters, self._variables, self._ports, states, transitions,
            node.ordered, node.span, self._documentation.of(node),
        )  # fmt: skip

    # --- ports, states and variables ---

    def _declare_ports(self) -> tuple[str, ...]:
        ports: dict[str, ast.Name] = {}
        for member in self._node.members:
            for name in member.names if isinstance(member, ast.Ports) else ():
                if name.text in _RESERVED:
                    self._found.error(
                        "reserved-name", name.span, f"no port can be called `{name.text}`"
                    )
                if name.text in ports:
                    self._found.error(
                        "declared-twice", name.span, f"port `{name.text}` is declared twice",
                        notes=[Note("first declared here", ports[name.text].span)],
                    )  # fmt: skip
                ports[name.text] = name
        return tuple(ports)

    def _states(self) -> tuple[State, ...]:
        """States in the order of the text; a state opened twice is one."""
        states: dict[str, State] = {}
        for node in self._node.members:
            if isinstance(node, ast.State):
                name, old = node.name.text, states.get(node.name.text)
                if old and old.span.source is node.span.source:
                    self._found.error(
                        "declared-twice", node.name.span, f"state `{name}` is declared twice",
                        notes=[Note("first declared here", old.span)],
                    )  # fmt: skip
                if name in _RESERVED:
                    self._found.error(
                        "reserved-name", node.name.span, f"no state can be called `{name}`"
                    )
                flags = {*node.modifiers, *(_modifiers(old) if old else ())}
                doc = self._documentation.of(node) or (old.doc if old else None)
                states[name] = State(
                    name, node.label or (old.label if old else None), "initial" in flags,
                    "final" in flags, "idle" in flags, old.span if old else node.name.span, doc,
                )  # fmt: skip
        initial = [state.name for state in states.values() if state.initial]
        if len(initial) != 1:
            which = ", ".join(initial) or "none"
            self._found.error(
                "bad-machine", self._node.name.span,
                f"machine `{self._node.name.text}` needs exactly one initial state; it has {which}",
            )  # fmt: skip
        return tuple(states.values())

    def _declare_variables(self) -> None:
        """Variables one by one: an initial value may use parameters, not other variables."""
        names: dict[str, ast.Name] = {}
        for parameter in self._node.parameters:
            self._unique(parameter.name, names)
        variables = []
        for node in self._node.members:
            if isinstance(node, ast.Variable):
                self._unique(node.name, names)
                try:
                    type_ = resolve_type(self._globals, node.type)
                except Unresolved:
                    self._globals.failed.add(node.name.text)
                    continue
                initial = self._initial(node, type_)
                doc = self._documentation.of(node)
                variables.append(Variable(node.name.text, type_, initial, node.persistent, doc))
        self._variables = tuple(variables)

    def _initial(self, node: ast.Variable, type_: Type) -> Expression:
        """The initial value; after an error any, so that the variable is known all the same."""
        try:
            return self._resolver(own=False).of_type(node.initial, type_)
        except Unresolved:
            return Literal(0, type=type_)

    def _unique(self, name: ast.Name, names: dict[str, ast.Name]) -> None:
        """A variable must not hide another name that may stand in an expression."""
        globals_ = self._globals
        group = name.text.partition(".")[0]
        taken = (*globals_.constants, *globals_.enum_values, *globals_.defines, *names)
        if name.text in taken or (group != name.text and group in globals_.groups):
            self._found.error(
                "declared-twice", name.span, f"`{name.text}` already means something else here"
            )
        names[name.text] = name

    def _resolver(self, received: tuple[Message, ...] = (), *, own: bool = True) -> Resolver:
        variables = self._variables if own else ()
        return Resolver(
            MachineContext(self._globals, self._parameters, variables, self._ports, received)
        )

    # --- rules ---

    def _rules(self) -> Iterator[tuple[ast.Rule, _Place]]:
        for member in self._node.members:
            if isinstance(member, ast.State):
                place = _Place((member.name.text,), None, False)
            elif isinstance(member, ast.Block):
                place = _Place(self._block_states(member), member.guard, member.unless_handled)
            else:
                continue
            for rule in member.rules:
                if isinstance(rule, ast.Rule):
                    yield rule, place

    def _block_states(self, block: ast.Block) -> tuple[str, ...]:
        for name in block.states:
            if name.text not in self._state_names:
                self._found.error(
                    "unknown-name", name.span, f"machine `{self._node.name.text}` has no state "
                    f"`{name.text}`", hint=did_you_mean(name.text, self._state_names),
                )  # fmt: skip
        named = {name.text for name in block.states}
        return tuple(name for name in self._state_names if (name in named) != block.any)

    def _transitions(self) -> Iterator[Transition]:
        labels: dict[str, ast.Name] = {}
        for index, (rule, place) in enumerate(self._rules()):
            if rule.label:
                first = labels.setdefault(rule.label.text, rule.label)
                if first is not rule.label:
                    self._found.error(
                        "declared-twice", rule.label.span, f"`{rule.label.text}` labels two rules"
                    )
            try:
                yield self._transition(index, rule, place)
            except Unresolved:
                continue

    def _transition(self, index: int, rule: ast.Rule, place: _Place) -> Transition:
        kind = _PASSING.get(rule.kind) or _KINDS[rule.trigger.kind]
        try:
            messages, events, port = self._trigger(rule.trigger)
        except Unresolved:
            with self._globals.no_fields():
                self._body(rule, place, ())
            raise
        guard, actions = self._body(rule, place, messages)
        self._check_choices(rule, actions)
        rank = Rank.OTHERWISE if rule.kind.startswith("otherwise") else Rank.RULE
        if place.unless_handled and rank is Rank.RULE:
            rank = Rank.UNLESS_HANDLED
        return Transition(
            index, kind, rank, events, port, place.states, guard, actions,
            rule.target.text if rule.target else None, rule.label.text if rule.label else None,
            rule.reference, _event_text(rule), _guard_text(rule, place), rule.span,
            self._documentation.of(rule),
        )  # fmt: skip

    def _trigger(
        self, trigger: ast.Trigger
    ) -> tuple[tuple[Message, ...], tuple[str, ...], int | None]:
        """Messages, events and port."""
        messages: list[Message] = []
        ports: list[int] = []
        each(
            (
                lambda: messages.extend(self._messages(trigger)),
                lambda: ports.extend(each([trigger.port] if trigger.port else [], self._port)),
            ),
            _call,
        )
        events = tuple(m.name for m in messages) or self._events(trigger)
        return tuple(messages), events, ports[0] if ports else None

    def _body(
        self, rule: ast.Rule, place: _Place, messages: tuple[Message, ...]
    ) -> tuple[Expression | None, tuple[Action, ...]]:
        """Guard and actions; where several parts of a rule are wrong, all are told."""
        resolver = self._resolver(messages)
        guards: list[Expression | None] = []
        actions: list[Action] = []
        each(
            (
                lambda: guards.append(self._guard(resolver, rule, place)),
                lambda: actions.extend(each(rule.actions, partial(self._action, resolver))),
                lambda: self._check_target(rule),
            ),
            _call,
        )
        return guards[0], tuple(actions)

    def _check_target(self, rule: ast.Rule) -> None:
        if rule.target and rule.target.text not in self._state_names:
            raise self._globals.unknown(
                rule.target, rule.target.text, f"state of {self._node.name.text}", self._state_names
            )

    def _messages(self, trigger: ast.Trigger) -> tuple[Message, ...]:
        """The messages that a reception names; ``any`` is all of them but the excepted."""
        if trigger.messages is None:
            return ()
        named = each(trigger.messages.names, self._globals.message)
        if not trigger.messages.any:
            return tuple({message.name: message for message in named}.values())
        excepted = {message.name for message in named}
        return tuple(m for m in self._globals.messages.values() if m.name not in excepted)

    def _events(self, trigger: ast.Trigger) -> tuple[str, ...]:
        if trigger.kind not in ("call", "timeout"):
            return ()
        known = self._globals.calls if trigger.kind == "call" else self._globals.timers
        what = "call" if trigger.kind == "call" else "timer"

        def event(name: ast.Name) -> str:
            if name.text not in known:
                raise self._globals.unknown(name, name.text, what, known)
            return name.text

        return tuple(dict.fromkeys(each(trigger.names, event)))

    def _port(self, name: ast.Name) -> int:
        if name.text not in self._ports:
            raise self._globals.unknown(name, name.text, "port", self._ports)
        return self._ports.index(name.text)

    def _guard(self, resolver: Resolver, rule: ast.Rule, place: _Place) -> Expression | None:
        guards = each([g for g in (place.guard, rule.guard) if g is not None], resolver.boolean)
        if len(guards) == 2:
            return Logic("and", guards[0], guards[1], span=guards[1].span)
        return guards[0] if guards else None

    def _check_choices(self, rule: ast.Rule, actions: tuple[Action, ...]) -> None:
        """``any`` is one step for each value: there must be a moderate number of them."""
        choices = 1
        for action in actions:
            values = action.values if isinstance(action, Send) else ()
            for value in (action.value,) if isinstance(action, Assign) else values:
                choices *= len(values_of(value.type)) if isinstance(value, AnyOf) else 1
        if choices > MAX_CHOICES:
            self._found.error(
                "too-many-choices", rule.span, f"`any` stands for {choices:,} steps here; at most "
                f"{MAX_CHOICES:,} can be explored", hint="use a smaller type",
            )  # fmt: skip

    # --- actions ---

    def _action(self, resolver: Resolver, action: ast.Action) -> Action:
        match action:
            case ast.Reset():
                return Reset()
            case ast.Assign():
                return self._assign(resolver, action)
        return self._send(resolver, action)

    def _assign(self, resolver: Resolver, node: ast.Assign) -> Assign:
        names = [variable.name for variable in self._variables]
        name = node.variable.text
        if name not in names:
            unknown = self._globals.unknown(node.variable, name, "variable", names)
            if not isinstance(node.value, ast.AnyValue):
                resolver.expression(node.value)
            raise unknown
        slot = names.index(name)
        type_ = self._variables[slot].type
        return Assign(slot, type_, resolver.of_type(node.value, type_), name, node.span.text)

    def _send(self, resolver: Resolver, node: ast.Send) -> Send:
        message = self._globals.message(node.message)
        given = dict(resolver.arguments(node.arguments, message.name))
        values = tuple(
            given[slot] if slot in given else self._default(resolver, node, message, slot)
            for slot in range(len(message.fields))
        )
        return Send(message.name, message.fields, values, self._output(node), node.span.text)

    def _output(self, node: ast.Send) -> int:
        if node.port:
            return self._port(node.port)
        if len(self._ports) > 1:
            self._found.error(
                "bad-machine", node.span, "which port is this sent to?",
                hint=f"write `snd {node.message.text} to {self._ports[0]}`",
            )  # fmt: skip
            raise Unresolved
        return 0

    def _default(
        self, resolver: Resolver, node: ast.Send, message: Message, slot: int
    ) -> Expression:
        """A field that is not given: fixed by the message, or the default as the sender sees it."""
        field = message.fields[slot]
        if slot in message.fixed:
            return Literal(message.fixed[slot], type=field.type)
        default = self._globals.defaults[message.group][slot]
        if default is None or not self._sees(default):
            why = (
                "it has no default" if default is None else "this machine does not know its default"
            )
            self._found.error(
                "wrong-arguments", node.span, f"`{field.name}` must be given: {why}",
                hint=f"write `snd {message.name}({field.name} = …)`",
            )  # fmt: skip
            raise Unresolved
        return resolver.of_type(default, field.type)

    def _sees(self, default: ast.Expression) -> bool:
        """Whether this machine knows every name of a default."""
        context = MachineContext(self._globals, self._parameters, self._variables)
        known = {*context.known(), *self._globals.constants}
        return all(name in known for name in references(default))


def _call(function: Callable[[], object]) -> object:
    return function()


def _modifiers(state: State) -> list[str]:
    flags = {"initial": state.initial, "final": state.final, "idle": state.idle}
    return [name for name, is_set in flags.items() if is_set]


def _event_text(rule: ast.Rule) -> str:
    if rule.kind == "otherwise":
        return "otherwise"
    if rule.kind == "otherwise ignore":
        return "otherwise ignore"
    source = f" from {rule.trigger.port.text}" if rule.trigger.port else ""
    if rule.kind in ("ignore", "defer"):
        return f"{rule.kind} {rule.trigger.span.text}{source}"
    return rule.trigger.span.text


def _guard_text(rule: ast.Rule, place: _Place) -> str | None:
    texts = [guard.span.text for guard in (place.guard, rule.guard) if guard is not None]
    return " and ".join(texts) or None
