"""Constants, types, messages, calls, timers and defines: what is declared outside of machines."""

from collections.abc import Mapping
from typing import Any

from tcpspec.diagnostics import did_you_mean
from tcpspec.language import ast
from tcpspec.language.comments import Documentation
from tcpspec.model.expressions import Literal
from tcpspec.model.model import Field, Message
from tcpspec.model.resolve import Resolver
from tcpspec.model.scope import Context, Globals, Unresolved
from tcpspec.model.types import BOOL, NUMBER, EnumType, ModType, RangeType, Type, ValueT

MAX_VALUES = 2**32
"""How many values a type may have: TCP's own sequence numbers fit."""

MAX_CHAIN = 50
"""How many constants, or types, may be needed one for the other."""

_CHAIN = f"more than {MAX_CHAIN} of these need each other"

RESERVED = {"any", "timeout", "count", "full", "empty", "max", "min", "not", "true", "false"}
"""Words that no message may be called: a rule or a predicate could not name it."""


class Constants(Context):
    """Constants and types may use each other in any order; each is resolved at its first use."""

    def __init__(self, globals_: Globals, items: tuple[ast.Item, ...]) -> None:
        super().__init__(globals_)
        self._consts = {i.name.text: i for i in items if isinstance(i, ast.Const)}
        self._open: list[str] = []

    def reference(self, name: str) -> Any:
        if name in self._consts and name not in self.globals.constants:
            self.resolve(name)
        return Context.reference(self, name)

    def resolve(self, name: str) -> None:
        """Fold one constant; an error is told once, and what needs the constant fails silently."""
        if name in self.globals.failed:
            raise Unresolved
        const = self._consts[name]
        try:
            self._check_chain(const)
            self._open.append(name)
            try:
                value = Resolver(self).constant(const.value)
            finally:
                self._open.pop()
        except Unresolved:
            self.globals.failed.add(name)
            raise
        type_ = _type_of(self.globals, value)
        self.globals.constants[name] = Literal(value, type=type_, span=const.name.span)

    def _check_chain(self, const: ast.Const) -> None:
        name, found = const.name.text, self.globals.found
        if name in self._open:
            circle = " -> ".join([*self._open[self._open.index(name) :], name])
            found.error("cyclic-definition", const.name.span, f"`{name}` needs itself: {circle}")
            raise Unresolved
        if len(self._open) >= MAX_CHAIN:
            found.error("nested-too-deeply", const.name.span, _CHAIN)
            raise Unresolved


def _type_of(globals_: Globals, value: ValueT) -> Type:
    """The type of a constant: a truth value, an enum value or a plain number."""
    if isinstance(value, bool):
        return BOOL
    return globals_.enum_values.get(value, NUMBER) if isinstance(value, str) else NUMBER


def declare(
    globals_: Globals, items: tuple[ast.Item, ...], overrides: Mapping[str, ValueT]
) -> None:
    """Fill in everything that machines and systems refer to."""
    consts = [item for item in items if isinstance(item, ast.Const)]
    types = [item for item in items if isinstance(item, ast.TypeDeclaration)]
    for name in (*(c.name for c in consts), *(t.name for t in types)):
        globals_.declare(name)
    _enum_values(globals_, items)
    _override(globals_, consts, overrides)
    context = Constants(globals_, items)
    for const in consts:
        _try(context.reference, const.name.text)
    declared = _Types(globals_, types)
    for type_ in types:
        _try(declared.declare, type_.name.text)
    for item in items:
        match item:
            case ast.Define():
                globals_.declare(item.name)
                globals_.defines[item.name.text] = item
            case ast.Calls():
                _names(globals_, item.names, "call", globals_.calls)
            case ast.Timers():
                _names(globals_, item.names, "timer", globals_.timers)
    _one_meaning(globals_)


def _one_meaning(globals_: Globals) -> None:
    """A value of an enum must not be hidden by, or hide, another name."""
    for item in globals_.defines.values():
        if item.name.text in globals_.enum_values:
            globals_.found.error(
                "declared-twice", item.name.span,
                f"`{item.name.text}` is already a value of {globals_.enum_values[item.name.text]}",
            )  # fmt: skip
    for name in globals_.constants:
        if name in globals_.enum_values:
            globals_.found.error(
                "declared-twice", globals_.constants[name].span,
                f"`{name}` is already a value of {globals_.enum_values[name]}",
            )  # fmt: skip


def _try(function: Any, *arguments: Any) -> Any:
    """Go on after an error, so that the others are found too."""
    try:
        return function(*arguments)
    except Unresolved:
        return None


def _override(globals_: Globals, consts: list[ast.Const], overrides: Mapping[str, ValueT]) -> None:
    names = {const.name.text for const in consts}
    for name, value in overrides.items():
        if name not in names:
            globals_.found.error(
                "nothing-to-check", None, f"`--set {name}`: there is no constant of this name",
                hint=f"constants are: {', '.join(sorted(names)) or 'none'}",
            )  # fmt: skip
            continue
        if isinstance(value, str) and value not in globals_.enum_values:
            globals_.found.error(
                "nothing-to-check", None, f"`--set {name}={value}`: no value is called `{value}`",
                hint="a constant is a number, true, false or a value of an enum",
            )  # fmt: skip
            continue
        globals_.constants[name] = Literal(value, type=_type_of(globals_, value))


def _names(
    globals_: Globals, names: tuple[ast.Name, ...], kind: str, table: dict[str, ast.Name]
) -> None:
    for name in names:
        if name.text in ("any", "timeout"):
            globals_.found.error(
                "reserved-name", name.span, f"no {kind} can be called `{name.text}`"
            )
        if globals_.declare(name, kind):
            table[name.text] = name


def _enum_values(globals_: Globals, items: tuple[ast.Item, ...]) -> None:
    """Names of enum values are seen everywhere; one name stands for one enum only."""
    for enum in enum_types(items):
        type_ = EnumType(tuple(name.text for name in enum.values))
        if len(set(type_.values)) < len(type_.values):
            globals_.found.error("declared-twice", enum.span, f"{type_} names a value twice")
        for name in enum.values:
            if globals_.enum_values.setdefault(name.text, type_) != type_:
                globals_.found.error(
                    "declared-twice", name.span, f"`{name.text}` is a value of two enums"
                )


def enum_types(items: tuple[ast.Item, ...]) -> list[ast.EnumType]:
    """The enums that are written down, named or not."""
    types: list[ast.Type] = []
    for item in items:
        match item:
            case ast.TypeDeclaration():
                types.append(item.type)
            case ast.MessageGroup():
                types += [field.type for field in item.fields]
            case ast.Machine():
                types += [field.type for field in item.parameters]
                types += [m.type for m in item.members if isinstance(m, ast.Variable)]
    return [type_ for type_ in types if isinstance(type_, ast.EnumType)]


class _Types:
    """Types may name each other in any order; each is resolved after the one that it names."""

    def __init__(self, globals_: Globals, items: list[ast.TypeDeclaration]) -> None:
        self._globals = globals_
        self._items = {item.name.text: item for item in items}

    def declare(self, name: str, open_: tuple[str, ...] = ()) -> None:
        """Resolve one type; an error is told once, and what needs the type fails silently."""
        if name in self._globals.types or name not in self._items:
            return
        if name in self._globals.failed:
            raise Unresolved
        item = self._items[name]
        try:
            self._check_chain(item, open_)
            if isinstance(item.type, ast.NamedType):
                self.declare(item.type.name.text, (*open_, name))
            self._globals.types[name] = resolve_type(self._globals, item.type)
        except Unresolved:
            self._globals.failed.add(name)
            raise

    def _check_chain(self, item: ast.TypeDeclaration, open_: tuple[str, ...]) -> None:
        found, span = self._globals.found, item.name.span
        if item.name.text in open_:
            found.error("cyclic-definition", span, f"type `{item.name.text}` needs itself")
            raise Unresolved
        if len(open_) >= MAX_CHAIN:
            found.error("nested-too-deeply", span, _CHAIN)
            raise Unresolved


def resolve_type(globals_: Globals, node: ast.Type) -> Type:
    """The type that is written, with its bounds as numbers."""
    resolver = Resolver(Context(globals_))
    match node:
        case ast.BoolType():
            return BOOL
        case ast.EnumType():
            return EnumType(tuple(name.text for name in node.values))
        case ast.NamedType():
            if node.name.text not in globals_.types:
                raise _unknown_type(globals_, node.name)
            return globals_.types[node.name.text]
        case ast.ModType():
            return _modulus(globals_, node, resolver.count(node.modulus))
    low, high = (resolver.constant(bound, NUMBER) for bound in (node.low, node.high))
    assert isinstance(low, int)
    assert isinstance(high, int)
    if not low <= high < low + MAX_VALUES:
        raise _bad_type(globals_, node, f"{low}..{high} is empty or too large")
    return RangeType(low, high)


def _unknown_type(globals_: Globals, name: ast.Name) -> Unresolved:
    known = [*globals_.types, "bool"]
    written = "a type is `bool`, `0..7`, `mod 8` or `{A, B}`, or one that `type` declares"
    hint = did_you_mean(name.text, known) or written
    return globals_.unknown(name, name.text, "type", known, hint)


def _modulus(globals_: Globals, node: ast.ModType, modulus: int) -> Type:
    if not 2 <= modulus <= MAX_VALUES:
        raise _bad_type(globals_, node, f"a modulus is from 2 to {MAX_VALUES}, not {modulus}")
    return ModType(modulus)


def _bad_type(globals_: Globals, node: ast.Type, message: str) -> Unresolved:
    globals_.found.error("bad-type", node.span, message)
    return Unresolved()


def resolve_fields(
    globals_: Globals, fields: tuple[ast.Field, ...], documentation: Documentation
) -> tuple[Field, ...]:
    """Fields of a group or parameters of a machine, types resolved."""
    resolved: list[Field] = []
    for field in fields:
        if field.name.text in (other.name for other in resolved):
            globals_.found.error(
                "declared-twice", field.name.span, f"`{field.name.text}` is declared twice"
            )
        type_ = _try(resolve_type, globals_, field.type)
        if type_ is None:
            globals_.failed.add(field.name.text)
        else:
            resolved.append(Field(field.name.text, type_, documentation.of(field)))
    return tuple(resolved)


def declare_messages(
    globals_: Globals, items: tuple[ast.Item, ...], documentation: Documentation
) -> None:
    """Message groups, their fields, and the fields that single messages fix."""
    for group in items:
        if isinstance(group, ast.MessageGroup) and globals_.declare(group.name):
            fields = resolve_fields(globals_, group.fields, documentation)
            defaults = {field.name.text: field.default for field in group.fields}
            globals_.defaults[group.name.text] = tuple(defaults[field.name] for field in fields)
            messages = [_message(globals_, group, case, fields) for case in group.cases]
            globals_.groups[group.name.text] = tuple(messages)


def _message(
    globals_: Globals, group: ast.MessageGroup, case: ast.MessageCase, fields: tuple[Field, ...]
) -> Message:
    message = Message(case.name.text, group.name.text, fields, {})
    if not RESERVED.isdisjoint(case.name.text.split("+")):
        globals_.found.error(
            "reserved-name", case.name.span, f"no message can be called `{case.name.text}`"
        )
    if globals_.declare(case.name, "message"):
        globals_.messages[message.name] = message
        resolver = Resolver(Context(globals_))
        fixed = _try(resolver.arguments, case.fixed, message.name) or []
        values: dict[int, ValueT] = {}
        for slot, value in fixed:
            if isinstance(value, Literal):
                values[slot] = value.value
            else:
                globals_.found.error(
                    "not-constant", value.span, f"`{message.name}` can only fix a constant"
                )
        message = Message(message.name, message.group, fields, values)
        globals_.messages[message.name] = message
    return message
