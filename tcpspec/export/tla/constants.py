"""What there is: sets of instances, parameters, messages, and the operators on numbers."""

from collections.abc import Iterator

from tcpspec.export.tla.expressions import value, values
from tcpspec.export.tla.features import Features
from tcpspec.export.tla.layout import Lines, definition, function, indented, strings, wrapped
from tcpspec.export.tla.naming import Naming
from tcpspec.export.tla.network import Network
from tcpspec.export.tla.words import comment, comments, string
from tcpspec.model.expressions import Comparison, Extremum
from tcpspec.model.model import Kind, Machine
from tcpspec.model.types import ModType


class Constants:
    """The part of a module that no step changes."""

    def __init__(self, naming: Naming, features: Features) -> None:
        self._naming = naming
        self._features = features

    def definitions(self) -> Iterator[Lines]:
        naming = self._naming
        for machine in naming.machines:
            names = naming.names(naming.instances(machine))
            yield definition(naming.set(machine), [strings(names)])
        yield definition("Instances", [" \\cup ".join(map(naming.set, naming.machines))])
        for machine in naming.machines:
            yield from self._parameters(machine)
        if self._features.channels:
            yield self._messages()
            yield from Network(naming, self._features).tables()
        if self._features.uses(Kind.CALL):
            yield self._allowed()
        yield from self._order()

    def _parameters(self, machine: Machine) -> Iterator[Lines]:
        """Each parameter as a function of the instances."""
        naming = self._naming
        instances = [naming.system.instances[n] for n in naming.instances(machine)]
        for slot, parameter in enumerate(machine.parameters):
            arguments = {i.name: value(i.arguments[slot]) for i in instances}
            table = function(naming.set(machine), "self", arguments)
            yield [
                *(comments(parameter.doc) if parameter.doc else []),
                *definition(naming.parameter(machine, slot), table),
            ]

    def _messages(self) -> Lines:
        """The set of all messages: one set of records for each group."""
        groups: dict[str, list[str]] = {}
        for message in self._naming.messages:
            groups.setdefault(message.group, []).append(message.name)
        first, *others = [self._records(names) for names in groups.values()]
        joined = [
            line for one in others for line in (f"\\cup {one[0]}", *indented(one[1:], 5))
        ]  # fmt: skip
        return definition("Message", [*first, *joined])

    def _records(self, names: list[str]) -> Lines:
        """The messages of one group."""
        fields = self._naming.system.messages[names[0]].fields
        parts = [f"name : {strings(names)}"]
        parts += [f"{self._naming.field(field)} : {values(field.type)}" for field in fields]
        return wrapped("[", parts, "]", 92)

    def _allowed(self) -> Lines:
        pairs = [
            f"<<{string(i.name)}, {string(call)}>>"
            for i in self._naming.system.instances
            for call, limit in i.may.items()
            if limit != 0
        ]
        return [
            comment("What the users of instances may call."),
            *definition("Allowed", wrapped("{", pairs, "}", 92)),
        ]

    def _order(self) -> Iterator[Lines]:
        """Serial-number order, and what is made with it; plain extrema."""
        nodes = self._features.nodes
        extrema = [n for n in nodes if isinstance(n, Extremum)]
        cyclic = [n for n in extrema if isinstance(n.type, ModType)]
        compared = any(
            isinstance(n, Comparison) and n.modulus is not None and {*n.operators} - {"==", "!="}
            for n in nodes
        )
        if compared or cyclic:
            yield [
                comment("The order of numbers modulo n: RFC 1982, section 3.2."),
                "Before(a, b, n) == LET d == (b - a) % n IN 0 < d /\\ 2 * d < n",
            ]
            yield ["NotAfter(a, b, n) == a = b \\/ Before(a, b, n)"]
        if cyclic:
            yield definition("LaterOf(a, b, n)", ["IF Before(a, b, n) THEN b ELSE a"])
            yield definition("EarlierOf(a, b, n)", ["IF Before(b, a, n) THEN b ELSE a"])
        if len(extrema) > len(cyclic):
            yield definition("Max(a, b)", ["IF a < b THEN b ELSE a"])
            yield definition("Min(a, b)", ["IF b < a THEN b ELSE a"])
