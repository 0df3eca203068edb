"""Channels in TLA+: tables of what they are like, and the operators that speak of their contents.

``network`` maps each channel to what is in it: a sequence for a fifo, a bag for a bag.
"""

from collections.abc import Iterator

from tcpspec.export.tla.features import Features
from tcpspec.export.tla.layout import (
    WIDTH,
    Lines,
    case_of,
    definition,
    function,
    indented,
    listed,
    strings,
)
from tcpspec.export.tla.naming import Naming
from tcpspec.export.tla.words import comment, comments, string
from tcpspec.model.model import Channel, Machine


class Network:
    """The parts of a module that are about channels."""

    def __init__(self, naming: Naming, features: Features) -> None:
        self._naming = naming
        self._features = features

    def tables(self) -> Iterator[Lines]:
        """Constants: which channels there are, and what each is like."""
        names = self._naming.system.instances
        channels = self._features.channels
        yield [
            *(line for channel in channels for line in comments(channel.assumption)),
            *definition("Channels", [strings(channel.name for channel in channels)]),
        ]
        if self._features.fifos and self._features.bags:
            yield definition("Fifos", [strings(c.name for c in channels if c.ordered)])
        yield self._table("Capacity", {c.name: str(c.capacity) for c in channels})
        yield self._table("WhenFull", {c.name: string(c.when_full) for c in channels})
        yield self._table("Receiver", {c.name: string(names[c.receiver].name) for c in channels})
        if any(channel.receiver_port is not None for channel in channels):
            yield self._table("Port", {c.name: string(self._port(c)) for c in channels})
        yield definition(
            "Inputs", ["[self \\in Instances |-> {c \\in Channels : Receiver[c] = self}]"]
        )
        for name, faulty in (
            ("Lossy", [c for c in channels if c.losses != 0]),
            ("Duplicating", [c for c in channels if c.duplications != 0]),
        ):
            if faulty:
                yield definition(name, [strings(channel.name for channel in faulty)])
        yield from self._outputs()

    def _table(self, name: str, values: dict[str, str]) -> Lines:
        return definition(name, function("Channels", "c", values))

    def _port(self, channel: Channel) -> str:
        if channel.receiver_port is None:
            return ""
        return self._naming.system.instances[channel.receiver].machine.ports[channel.receiver_port]

    def _outputs(self) -> Iterator[Lines]:
        """For each machine, where its instances send."""
        for machine in self._naming.machines:
            owners = [n for n in self._naming.instances(machine) if self._sends(n)]
            if not owners:
                continue
            name, bound = self._naming.out(machine), self._naming.set(machine)
            if machine.ports:
                yield definition(name, self._by_port(owners, machine.ports))
                continue
            targets = {self._naming.system.instances[n].name: self._target(n, 0) for n in owners}
            if len(owners) < len(self._naming.instances(machine)):
                bound = strings(targets)
            yield definition(name, function(bound, "self", targets))

    def _by_port(self, owners: list[int], ports: tuple[str, ...]) -> Lines:
        """A function of instance and port, of those that are wired."""
        pairs = [
            (
                f"<<{string(self._naming.system.instances[n].name)}, {string(port)}>>",
                self._target(n, i),
            )
            for n in owners
            for i, port in enumerate(ports)
            if self._naming.system.outputs[n][i] is not None
        ]
        domain = "{" + ", ".join(key for key, _ in pairs) + "}"
        if len(pairs) == 1:
            return [f"[end \\in {domain} |-> {pairs[0][1]}]"]
        *rest, last = case_of([(f"end = {key}", target) for key, target in pairs])
        return [f"[end \\in {domain} |->", *("    " + line for line in rest), f"    {last}]"]

    def _sends(self, instance: int) -> bool:
        return any(channel is not None for channel in self._naming.system.outputs[instance])

    def _target(self, instance: int, output: int) -> str:
        number = self._naming.system.outputs[instance][output]
        assert number is not None
        return string(self._features.channels[number].name)

    # --- operators ---

    def operators(self) -> Iterator[Lines]:
        """What is in a channel, and what is when a message comes or goes."""
        yield [
            comment(
                "How much is in a channel, and which messages; net is the network, now or later."
            ),
            *self._either("Size(net, c)", "Len(net[c])", "BagCardinality(net[c])"),
        ]
        yield self._either(
            "Contents(c)", "{network[c][i] : i \\in 1..Len(network[c])}", "BagToSet(network[c])"
        )
        yield from self._room()
        if self._features.tells_steps and self._features.drops:
            yield from self._into_room()
        yield self._put()
        yield from self._without()

    def _either(self, head: str, fifo: str, bag: str) -> Lines:
        """What depends on the kind of the channel c."""
        if not self._features.bags:
            return definition(head, [fifo])
        if not self._features.fifos:
            return definition(head, [bag])
        if len(fifo) > WIDTH - 24:
            return definition(head, ["IF c \\in Fifos", f"THEN {fifo}", f"ELSE {bag}"])
        return definition(head, [f"IF c \\in Fifos THEN {fifo}", f"               ELSE {bag}"])

    def _room(self) -> Iterator[Lines]:
        """A channel that waits lets nobody send, and one that errs ends the run, if it is full."""
        yield [
            comment("Whether there is room for n messages more."),
            *definition("Fits(net, c, n)", ["Size(net, c) + n <= Capacity[c]"]),
        ]
        alike = len({channel.when_full for channel in self._features.channels}) == 1
        waits, errs = (
            ("", "") if alike else ('WhenFull[c] = "wait" => ', 'WhenFull[c] = "error" /\\ ')
        )
        yield definition("MaySend(net, c, n)", [f"{waits}Fits(net, c, n)"])
        yield definition("Overflows(net, c, n)", [f"{errs}~Fits(net, c, n)"])

    def _into_room(self) -> Iterator[Lines]:
        """Whether what is sent finds room, in a channel that drops what finds none."""
        yield [
            comment("What is sent into a channel that drops: if it finds room, and if not."),
            "FoundRoom(net, c, m) ==",
            '    IF WhenFull[c] = "drop" /\\ Fits(net, c, 1) THEN {<<c, m>>} ELSE {}',
        ]
        yield [
            "Dropped(net, c, m) ==",
            '    IF WhenFull[c] = "drop" /\\ ~Fits(net, c, 1) THEN {<<c, m>>} ELSE {}',
        ]

    def _put(self) -> Lines:
        body = self._either("", "Append(@, m)", "@ (+) SetToBag({m})")[0].removeprefix(" == ")
        if self._features.fifos and self._features.bags:
            body = "IF c \\in Fifos THEN Append(@, m) ELSE @ (+) SetToBag({m})"
        put = f"[net EXCEPT ![c] = {body}]"
        if not self._features.drops:
            return [comment("With one message more."), *definition("Put(net, c, m)", [put])]
        return [
            comment("With one message more; a channel that is full drops it."),
            *definition(
                "Put(net, c, m)", ["IF Size(net, c) < Capacity[c]", f"THEN {put}", "ELSE net"]
            ),
        ]

    def _without(self) -> Iterator[Lines]:
        """Taking a message: by its place, where a fifo may offer more than its head."""
        if self._features.by_place:
            taken = "SubSeq(@, 1, i - 1) \\o SubSeq(@, i + 1, Len(@))"
            place, bag = "i", "@ (-) SetToBag({i})"
        else:
            taken, place, bag = "Tail(@)", "m", "@ (-) SetToBag({m})"
        if self._features.fifos and self._features.bags:
            change = [f"IF c \\in Fifos THEN {taken}", f"               ELSE {bag}]"]
        else:
            change = [f"{taken if self._features.fifos else bag}]"]
        before = "[network EXCEPT ![c] = "
        yield [
            comment("The network when a message has been taken."),
            *definition(
                f"Without(c, {place})",
                [before + change[0], *indented(change[1:], len(before))],
            ),
        ]

    # --- what is offered ---

    def offers(self) -> Iterator[Lines]:
        """What a channel offers its receiver; after the rules, which say what is deferred."""
        bag = "BagToSet(network[c])"
        if not self._features.by_place:
            head = "IF network[c] = << >> THEN {} ELSE {Head(network[c])}"
            head = f"({head})" if self._features.bags else head
            yield [
                comment("What channel c offers its receiver."),
                *self._either("Offers(c)", head, bag),
            ]
            return
        yield self._deferred()
        fifo = "{i \\in 1..Len(network[c]) : \\A j \\in 1..(i - 1) : Deferred(c, network[c][j])}"
        yield [
            comment(
                "The places of what channel c offers its receiver: in a fifo its head, and what"
            ),
            comment("follows deferred messages; in a bag, a message is its own place."),
            *self._either("Offers(c)", fifo, bag),
        ]
        yield self._either("At(c, i)", "network[c][i]", "i")

    def _deferred(self) -> Lines:
        """Whether the receiver lets a message of a fifo be."""
        defers = self._dispatch(
            [
                (machine, f"{self._naming.defers(machine)}({self._arguments(machine)})")
                for machine in self._naming.machines
                if self._features.defers(machine)
            ]
        )
        channels = self._features.channels
        may = [channel.name for channel in channels if self._may_defer(channel)]
        if len(may) < len(channels):
            defers = listed([f"c \\in {strings(may)}", defers])
        return definition("Deferred(c, m)", defers)

    def _may_defer(self, channel: Channel) -> bool:
        machine = self._naming.system.instances[channel.receiver].machine
        return channel.ordered and self._features.defers(machine)

    def _arguments(self, machine: Machine) -> str:
        return "Receiver[c], m, Port[c]" if machine.ports else "Receiver[c], m"

    def _dispatch(self, cases: list[tuple[Machine, str]]) -> Lines:
        """What depends on the machine of the receiver of channel c."""
        return case_of(
            [(f"Receiver[c] \\in {self._naming.set(machine)}", text) for machine, text in cases]
        )

    def all_rules(self) -> Lines:
        """The lines that take what is offered, whoever the receiver is."""
        machines = [m for m in self._naming.machines if self._features.inputs(m)]
        body = self._dispatch(
            [(m, f"{self._naming.rules(m)}({self._arguments(m)})") for m in machines]
        )
        return definition("Rules(c, m)", body)
