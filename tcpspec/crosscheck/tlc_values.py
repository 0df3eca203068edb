"""States as TLC prints them, read back as states of ours."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypeAlias, cast

from lark import Lark, Transformer

from tcpspec.export.tla.module import Module
from tcpspec.export.tla.words import unspelled
from tcpspec.model.model import Channel, Limit
from tcpspec.model.types import ValueT
from tcpspec.semantics.state import GlobalState, LocalState, Packet

GRAMMAR = r"""
    state: ("/\\"? NAME "=" value)+
    ?value: INT -> number
          | STRING -> string
          | "TRUE" -> true
          | "FALSE" -> false
          | "<<" [value ("," value)*] ">>" -> sequence
          | "{" [value ("," value)*] "}" -> sequence
          | "[" KEY value ("," KEY value)* "]" -> record
          | "(" value ":>" value ("@@" value ":>" value)* ")" -> function
    KEY: /[^\s|"\[\]<>{},]+\s*\|->/
    NAME: /[A-Za-z]\w*/
    INT: /-?\d+/
    STRING: /"[^"]*"/
    %ignore /\s+/
"""

Value: TypeAlias = Any
"""An int, a bool, a str; a tuple for a sequence or a set; a ``Table`` for functions and records."""


class Table(tuple[tuple[Value, Value], ...]):
    """A function, as pairs of argument and value; it can itself be an argument."""

    __slots__ = ()

    def __getitem__(self, key: Value) -> Value:
        return dict(self)[key]


class _Values(Transformer[Any, Any]):
    """From syntax trees to values."""

    def state(self, parts: list[Any]) -> dict[str, Value]:
        return {str(name): value for name, value in zip(parts[::2], parts[1::2], strict=True)}

    def number(self, parts: list[Any]) -> int:
        return int(parts[0])

    def string(self, parts: list[Any]) -> str:
        return unspelled(parts[0][1:-1])

    def true(self, _: list[Any]) -> bool:
        return True

    def false(self, _: list[Any]) -> bool:
        return False

    def sequence(self, parts: list[Any]) -> tuple[Any, ...]:
        return tuple(part for part in parts if part is not None)

    def record(self, parts: list[Any]) -> Table:
        names = [str(part).removesuffix("|->").strip() for part in parts[::2]]
        return Table(zip(names, parts[1::2], strict=True))

    def function(self, parts: list[Any]) -> Table:
        return Table(zip(parts[::2], parts[1::2], strict=True))


@lru_cache(maxsize=1)
def _parser() -> Lark:
    return Lark(GRAMMAR, start="state", parser="lalr", transformer=_Values())


def parse_state(text: str) -> dict[str, Value]:
    r"""The variables of a state.

    >>> parse_state('/\\ x = (<<"a b">> :> -1)\n/\\ y = [n |-> TRUE]\n/\\ z = <<  >>')
    {'x': ((('a b',), -1),), 'y': (('n', True),), 'z': ()}
    """
    return cast("dict[str, Value]", _parser().parse(text))  # what the transformer makes of it


class Reader:
    """Makes our states of TLC's."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self._system = module.system
        self._features = module.features

    def state(self, text: str) -> tuple[GlobalState, str]:
        """The state that a text of TLC's shows, and the error that ended the run, or "none"."""
        values = parse_state(text)
        locals_ = tuple(self._local(values, n) for n in range(len(self._system.instances)))
        channels = tuple(
            self._contents(channel, values["network"][channel.name])
            for channel in self._system.channels
        )
        failure = str(values.get("failure", "none"))
        return GlobalState(locals_, channels, tuple(self._budgets(values))), failure

    def _local(self, values: Mapping[str, Value], number: int) -> LocalState:
        instance = self._system.instances[number]
        own = tuple(
            values[self._module.naming.variable(instance.machine, slot)][instance.name]
            for slot in range(len(instance.machine.variables))
        )
        return LocalState(values["state"][instance.name], own)

    def _contents(self, channel: Channel, value: Value) -> tuple[Packet, ...]:
        if channel.ordered:
            return tuple(map(self.packet, value))
        packets = [self.packet(message) for message, count in value for _ in range(count)]
        return tuple(sorted(packets))

    def packet(self, message: Table) -> Packet:
        """The packet that a record of TLC's is."""
        name = message["name"]
        fields = self._system.messages[name].fields
        values: tuple[ValueT, ...] = tuple(message[self._module.naming.field(f)] for f in fields)
        return Packet(name, values)

    def _budgets(self, values: Mapping[str, Value]) -> list[int]:
        """What is left of each limit, in the order of our states: calls, timers, losses, copies."""
        names = [instance.name for instance in self._system.instances]
        found = [
            values["calls_left"][names[number], call] for number, call in self._features.calls_left
        ]
        for number, name in enumerate(names):
            for rule in self._system.timers:
                if rule.instance in (None, number) and rule.at_most:
                    least = self._features.timers_left[number, rule.timer]
                    found.append(rule.at_most - least + values["timers_left"][name, rule.timer])
        found += self._faults(values, "losses_left", [c.losses for c in self._system.channels])
        return found + self._faults(
            values, "copies_left", [c.duplications for c in self._system.channels]
        )

    def _faults(self, values: Mapping[str, Value], name: str, limits: list[Limit]) -> list[int]:
        channels = self._system.channels
        return [values[name][channels[n].name] for n, limit in enumerate(limits) if limit]
