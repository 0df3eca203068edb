"""The state: its variables, what they may be, and what they are at the start."""

from collections.abc import Iterator

from tcpspec.export.tla.expressions import Expressions, record, value, values
from tcpspec.export.tla.features import Features
from tcpspec.export.tla.history import told
from tcpspec.export.tla.layout import (
    Lines,
    case_of,
    definition,
    function,
    indented,
    listed,
    wrapped,
)
from tcpspec.export.tla.naming import Naming
from tcpspec.export.tla.words import comment, string
from tcpspec.model.model import Machine
from tcpspec.semantics.state import GlobalState
from tcpspec.semantics.system import TransitionSystem

_MEANINGS = {
    "state": "the state of each instance",
    "network": "what is in each channel",
    "calls_left": "how often a user may yet make a call, where that is limited",
    "timers_left": "how often a timer may yet run out, where that is limited",
    "losses_left": "how many messages a channel may yet lose, where that is limited",
    "copies_left": "how many messages a channel may yet duplicate, where that is limited",
    "failure": 'the error that ends the run, or "none"',
    "last": "what the last step did; its turn changes with each step",
}


class State:
    """The variables of a module. All but the limits are functions: of instances, or of channels."""

    def __init__(self, naming: Naming, features: Features) -> None:
        self._naming = naming
        self._features = features
        self._system = TransitionSystem(naming.system)
        self._meanings = dict(_MEANINGS)
        for machine in naming.machines:
            for slot, variable in enumerate(machine.variables):
                doc = f": {variable.doc}" if variable.doc else ""
                meaning = f"{variable.name} of {machine.name}{doc}"
                self._meanings[naming.variable(machine, slot)] = meaning
        self.variables = list(self._variables())

    def _variables(self) -> Iterator[str]:
        yield "state"
        for machine in self._naming.machines:
            for slot in range(len(machine.variables)):
                yield self._naming.variable(machine, slot)
        if self._features.channels:
            yield "network"
        yield from (name for name, used in self._limits().items() if used)
        if self._features.fails:
            yield "failure"
        if self._features.tells_steps:
            yield "last"

    def _limits(self) -> dict[str, dict[str, int]]:
        """Each kind of limit: what is left at the start, by what it is for."""
        features = self._features
        name = [string(instance.name) for instance in self._naming.system.instances]
        channel = [string(channel.name) for channel in features.channels]

        def pairs(limits: dict[tuple[int, str], int]) -> dict[str, int]:
            return {f"<<{name[i]}, {string(what)}>>": n for (i, what), n in limits.items()}

        return {
            "calls_left": pairs(features.calls_left),
            "timers_left": pairs(features.timers_left),
            "losses_left": {channel[c]: n for c, n in features.losses_left.items()},
            "copies_left": {channel[c]: n for c, n in features.copies_left.items()},
        }

    def declarations(self) -> Iterator[Lines]:
        names = [f"{name}," for name in self.variables[:-1]] + self.variables[-1:]
        width = max(map(len, names))
        yield [
            "VARIABLES",
            *(
                f"    {text:<{width}}  {comment(self._meanings[name])}"
                for name, text in zip(self.variables, names, strict=True)
            ),
        ]
        yield definition("vars", wrapped("<<", self.variables, ">>", 92))

    # --- types ---

    def types(self) -> Lines:
        return ["TypeOK ==", *indented(listed(self._types()))]

    def _types(self) -> Iterator[str | Lines]:
        for machine in self._naming.machines:
            states = [string(state.name) for state in machine.states]
            before = f"\\A self \\in {self._naming.set(machine)} : state[self] \\in {{"
            yield wrapped(before, states, "}", 92)
        for machine in self._naming.machines:
            for slot, variable in enumerate(machine.variables):
                name, domain = self._naming.variable(machine, slot), self._naming.set(machine)
                yield f"{name} \\in [{domain} -> {values(variable.type)}]"
        if self._features.channels:
            yield from self._contents()
        for name, limits in self._limits().items():
            if limits:
                before, after = f"{name} \\in [{{", f"}} -> 0..{max(limits.values())}]"
                yield wrapped(before, list(limits), after, 92)
        if self._features.fails:
            yield 'failure \\in {"none", "overflow", "out of range"}'

    def _contents(self) -> Iterator[str | Lines]:
        """Sequences in fifos, bags in bags, and neither too full."""
        both = self._features.fifos and self._features.bags
        if self._features.fifos:
            domain = "Fifos" if both else "Channels"
            yield f"\\A c \\in {domain} : network[c] \\in Seq(Message)"
        if self._features.bags:
            domain = "Channels \\ Fifos" if both else "Channels"
            bag = ["IsABag(network[c])", "DOMAIN network[c] \\subseteq Message"]
            yield [f"\\A c \\in {domain} :", *indented(listed(bag), 3)]
        yield "\\A c \\in Channels : Size(network, c) <= Capacity[c]"

    # --- the start ---

    def init(self) -> Lines:
        """The initial states; what is in the channels, and the limits, are the same in each."""
        starts = [self._start(state) for state in self._system.initial_states()]
        items: list[str | Lines] = list(starts[0])
        if len(starts) > 1:
            items = [listed([listed(start) for start in starts], "\\/")]
        if self._features.channels:
            contents = {c.name: self._held(n) for n, c in enumerate(self._features.channels)}
            items.append(_valued("network", function("Channels", "c", contents)))
        for name, limits in self._limits().items():
            if limits:
                items.append(_valued(name, _limits(limits)))
        if self._features.fails:
            items.append('failure = "none"')
        if self._features.tells_steps:
            items.append(_valued("last", told({"turn": "0"})))
        return ["Init ==", *indented(listed(items))]

    def _start(self, start: GlobalState) -> list[str | Lines]:
        """State and variables of all instances."""
        names = [instance.name for instance in self._naming.system.instances]
        states = {n: string(local.state) for n, local in zip(names, start.locals, strict=True)}
        items: list[str | Lines] = [_valued("state", function("Instances", "self", states))]
        for machine in self._naming.machines:
            for slot in range(len(machine.variables)):
                name = self._naming.variable(machine, slot)
                items.append(_valued(name, self._values(start, machine, slot)))
        return items

    def _values(self, start: GlobalState, machine: Machine, slot: int) -> Lines:
        """A variable of all instances: as declared, if an ``init`` did not say otherwise."""
        instances, domain = self._naming.instances(machine), self._naming.set(machine)
        placed = [start.locals[n].values[slot] for n in instances]
        if placed == [self._system.rules[n].initial_values[slot] for n in instances]:
            initial = Expressions(self._naming, machine).text(machine.variables[slot].initial)
            return [f"[self \\in {domain} |-> {initial}]"]
        names = self._naming.names(instances)
        return function(domain, "self", dict(zip(names, map(value, placed), strict=True)))

    def _held(self, number: int) -> str:
        """What a channel holds at the start."""
        messages = []
        for held in self._features.channels[number].holds:
            fields = self._naming.system.messages[held.message].fields
            contents = tuple(value(v) for v in held.values)
            lines = record(self._naming, held.message, fields, contents)
            messages.append(" ".join(line.strip() for line in lines))
        if self._features.channels[number].ordered:
            return _broken("<<", messages, ">>") if messages else "<< >>"
        if len(set(messages)) == len(messages):  # a set is a bag that has each only once
            return _broken("SetToBag({", messages, "})") if messages else "EmptyBag"
        return " (+) ".join(f"SetToBag({{{message}}})" for message in messages)


def _broken(before: str, messages: list[str], after: str) -> str:
    """Messages one under the other."""
    return "\n    ".join(wrapped(before, messages, after, 40))


def _valued(name: str, lines: Lines) -> Lines:
    return [f"{name} = {lines[0]}", *lines[1:]]


def _limits(limits: dict[str, int]) -> Lines:
    """A function from pairs, or from channels."""
    one = len(set(limits.values())) == 1
    after = f"}} |-> {next(iter(limits.values()))}]" if one else "} |->"
    head = wrapped("[key \\in {", list(limits), after, 78)
    if one:
        return head
    *rest, last = case_of([(f"key = {key}", str(left)) for key, left in limits.items()])
    return [*head, *indented([*rest, f"{last}]"])]
