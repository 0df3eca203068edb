"""What the kernels read of a system: records that point to the tables which the interpreter fills.

``refresh`` brings them up to date after tables were filled. Whatever does not fit into the place
that a record has for it is refused: nothing overflows silently.
"""

from collections.abc import Mapping
from enum import IntEnum
from operator import is_not
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from tcpspec.explore.columns import Flags, Numbers, distinct
from tcpspec.explore.expansion import Tables
from tcpspec.explore.native.layout import (
    CONTENTS_OFFERS,
    DROP,
    FAIL,
    SAYS_FALSE,
    SAYS_TRUE,
    WAIT,
    Asked,
    Channel,
    Field,
    Instance,
    Permission,
    Question,
    Shared,
)
from tcpspec.explore.native.records import TableRecords, address
from tcpspec.explore.native.slots import Numbering, SlotPacking
from tcpspec.explore.native.steps import Arrays, Steps, fitting
from tcpspec.explore.packing import Packing
from tcpspec.model.expressions import Expression, Logic, Not
from tcpspec.model.model import Kind, Send, WhenFull

Used: TypeAlias = NDArray[np.uint8]
"""A byte for each outcome."""


def _record(places: type[IntEnum]) -> NDArray[np.int64]:
    return np.zeros(len(places), np.int64)


class Program:
    """All records of one system. ``shared`` is what the kernels get."""

    def __init__(self, tables: Tables, packing: Packing) -> None:
        self.tables = tables
        self.shared = _record(Shared)
        self._tables = TableRecords()
        self._kept: list[NDArray[np.generic]] = []
        self._questions: dict[int, tuple[Expression, int]] = {}
        """By identity; the expression is kept, so that its identity stays its own."""
        self._used = np.zeros(len(tables.lines), np.bool_)
        self._refreshed: tuple[int, ...] = ()
        self._read: tuple[int, ...] = ()
        """Of each channel, how many contents and offers there were when they were packed."""
        self._packed: list[Numbers] = []
        """What records of channels and questions point to."""
        self._numberings: dict[int, Numbering] = {}
        self._asked_of: list[tuple[Numbers, Numbers]] = []
        self._permission = np.zeros((0, len(Permission)), np.int64)
        self._steps = [
            Steps(*three, bounds=bool(tables.system.bounds))
            for three in zip(tables.local, tables.permitted, tables.system.outputs, strict=True)
        ]
        self._pointed: list[Arrays | None] = [None for _ in self._steps]
        """Of each instance, the arrays to which its record points."""
        self._simple = self._is_simple()
        self._whole = False
        """Whether also the kernel for all systems is to find outcomes, though this one is plain."""
        self._describe()
        self.repack(packing)
        self.refresh()

    @property
    def components(self) -> int:
        return len(self.tables.components)

    def _keep(self, array: NDArray[np.generic]) -> int:
        """The address of an array that lives as long as the program."""
        self._kept.append(array)
        return address(array)

    @property
    def is_plain(self) -> bool:
        """Whether the kernel for plain systems can do it: see ``plain``."""
        return self._simple and bool(self._slot) and all(s.all_plain for s in self._steps)

    def _is_simple(self) -> bool:
        """What ``is_plain`` asks for, as far as it can be read from the text."""
        system = self.tables.system
        lines = [t for instance in system.instances for t in instance.machine.transitions]
        return not (
            system.bounds
            or any(rule.condition is not None or rule.when_idle for rule in system.timers)
            or any(not c.ordered or c.sender == c.receiver for c in system.channels)
            or any(one is not None for one in self.tables.duplications)
            or any(t.kind is Kind.DEFER for t in lines)
            or any(sum(isinstance(a, Send) for a in t.actions) > 1 for t in lines)
        )

    # --- once ---

    def _describe(self) -> None:
        """What never changes."""
        shared, tables = self.shared, self.tables
        system, components = tables.system, tables.components
        shared[Shared.INSTANCES] = len(system.instances)
        shared[Shared.CHANNELS] = len(system.channels)
        shared[Shared.COMPONENTS] = len(components)
        shared[Shared.BUDGETS] = components.of_budgets
        shared[Shared.SPEND] = self._tables.record(components.spend, 2)
        shared[Shared.ASKS_IDLE] = tables.asks_idle
        bounds = [self.question(bound) for bound in system.bounds]
        shared[Shared.BOUNDS] = len(bounds)
        shared[Shared.BOUND] = self._keep(np.array([*bounds, 0], np.int64))
        self._instances = np.zeros((len(system.instances), len(Instance)), np.int64)
        self._channels = np.zeros((max(1, len(system.channels)), len(Channel)), np.int64)
        shared[Shared.INSTANCE] = address(self._instances)
        shared[Shared.CHANNEL] = address(self._channels)
        self._asked_channels: list[NDArray[np.int64]] = []
        for number in range(len(system.instances)):
            self._describe_instance(number)
        for number in reversed(range(len(system.channels))):
            self._describe_channel(number)

    def _describe_instance(self, number: int) -> None:
        record, local = self._instances[number], self.tables.local[number]
        record[Instance.ALONE] = self._tables.record(local.alone, 2)
        counts = self.tables.counts[number]
        record[Instance.ASKS] = len(counts.channels)
        record[Instance.COUNTS] = 0 if len(counts.channels) == 1 else address(counts.numbers)
        asked = np.zeros((max(1, len(counts.channels)), len(Asked)), np.int64)
        for one, channel in zip(asked, counts.channels, strict=False):
            one[Asked.COMPONENT] = self.tables.components.of_channel(channel)
        self._asked_channels.append(asked)
        record[Instance.ASKED] = address(asked)

    def _describe_channel(self, number: int) -> None:
        record, model = self._channels[number], self.tables.system.channels[number]
        contents = self.tables.components.contents[number]
        record[Channel.COMPONENT] = self.tables.components.of_channel(number)
        record[Channel.RECEIVER] = model.receiver
        instance = self._instances[model.receiver]
        record[Channel.NEXT], instance[Instance.INPUT] = instance[Instance.INPUT], address(record)
        record[Channel.ORDERED] = model.ordered
        record[Channel.WHEN_FULL] = _WHEN_FULL[model.when_full]
        receive = self.tables.local[model.receiver].receive[model.receiver_port]
        record[Channel.RECEIVE] = self._tables.record(receive, 3)
        record[Channel.SEND] = self._tables.record(contents.send, 2)
        record[Channel.REST] = self._tables.record(contents.rest, 2)
        losses, copies = self.tables.losses[number], self.tables.duplications[number]
        record[Channel.LOSS] = -1 if losses is None else losses
        record[Channel.DUPLICATION] = -1 if copies is None else copies

    # --- predicates ---

    def question(self, predicate: Expression) -> int:
        """Where a predicate begins, for the kernels."""
        if id(predicate) not in self._questions:
            at = self._asked(predicate, SAYS_TRUE, SAYS_FALSE)
            self._questions[id(predicate)] = predicate, at
        return self._questions[id(predicate)][1]

    def components_of(self, predicate: Expression) -> Numbers:
        """The components that a predicate mentions."""
        return np.array(self.tables.predicates.mentioned(predicate), np.int64)

    def _asked(self, predicate: Expression, true: int, false: int) -> int:
        """The first question of a predicate, from which all lead to one of two places."""
        match predicate:
            case Not(operand):
                return self._asked(operand, false, true)
            case Logic():
                if predicate.operator == "and":
                    return self._asked(
                        predicate.left, self._asked(predicate.right, true, false), false
                    )
                right = self._asked(predicate.right, true, false)
                if predicate.operator == "or":
                    return self._asked(predicate.left, true, right)
                return self._asked(predicate.left, right, true)
        return self._atom(predicate, true, false)

    def _atom(self, atom: Expression, true: int, false: int) -> int:
        mentioned, table = self.tables.predicates.table_of(atom)
        record = _record(Question)
        record[Question.TABLE] = self._tables.record(table, max(1, len(mentioned)))
        # a number behind those of the components is always 0
        asked = np.array(mentioned or [self.components], np.int64)
        record[Question.COMPONENTS] = self._keep(asked)
        pointed = np.array(self._records_of(asked, self._numberings), np.int64)
        record[Question.NUMBERINGS] = self._keep(pointed)
        self._asked_of.append((asked, pointed))
        record[Question.TRUE], record[Question.FALSE] = true, false
        return self._keep(record)

    # --- again and again ---

    def repack(self, packing: Packing) -> None:
        """States look otherwise from now on; to be followed by ``refresh``. Where there is no
        memory for it, nothing is changed.
        """
        places = [(place.word, place.shift, place.mask) for place in packing.places]
        fields = np.array(places, np.int64).reshape(len(places), len(Field))
        slotted = packing if isinstance(packing, SlotPacking) else None
        slot = 0 if slotted is None else slotted.slot
        length = np.array([-(-bits // max(1, slot)) for bits in range(65)], np.int64)
        lengths = length * slot
        numberings = {} if slotted is None else slotted.numberings
        numbered = [self._records_of(asked, numberings) for asked, _ in self._asked_of]
        placed = [
            steps.placed(place.shift)
            for steps, place in zip(self._steps, packing.places, strict=False)
        ]
        self._read = self._refreshed = ()
        self._fields, self._length, self._lengths = fields, length, lengths
        self._slot, self._numberings = slot, numberings
        self.shared[Shared.FIELDS] = address(self._fields)
        self.shared[Shared.WORDS] = packing.words
        for number, (record, steps) in enumerate(zip(self._instances, self._steps, strict=True)):
            record[Instance.SHIFT] = packing.places[number].shift
            record[Instance.MASK] = packing.places[number].mask
            steps.place(packing.places[number].shift, placed[number])
        for record, model in zip(self._channels, self.tables.system.channels, strict=False):
            place = packing.places[int(record[Channel.COMPONENT])]
            record[Channel.SHIFT], record[Channel.MASK] = place.shift, place.mask
            record[Channel.SLOT] = slot if model.ordered else 0
            record[Channel.SLOTS] = slot * model.capacity
            record[Channel.LENGTHS] = address(self._lengths)
        for (_, pointed), records in zip(self._asked_of, numbered, strict=True):
            pointed[:] = records

    def _records_of(self, components: Numbers, numberings: Mapping[int, Numbering]) -> list[int]:
        """What numbers the slots of these components, where they have any; else 0."""
        found = [numberings.get(component) for component in components.tolist()]
        return [0 if one is None else self._tables.record(one, 2) for one in found]

    def _known(self) -> tuple[int, ...]:
        """How much of everything there is: more, after tables were filled."""
        components = self.tables.components
        return (
            *map(len, components.parts),
            len(components.packets),
            len(components.permissions),
            *(len(contents.offer) for contents in components.contents),
            *(n for local in self.tables.local for n in (len(local.outcomes), len(local.sent))),
        )

    def catch_up(self) -> None:
        """Whoever asked the tables may have had them filled: to be called before kernels run."""
        if self._known() != self._refreshed:
            self.refresh()

    def complete(self) -> None:
        """From now on also what the kernel for all systems reads, if this one is plain."""
        if not self._whole:
            self._whole = True
            self.refresh()

    def refresh(self) -> None:
        """After tables were filled: what is new, and where it stands now."""
        self._refreshed = ()  # who is interrupted has to do it again
        if self._simple and self._slot:
            for steps in self._steps:
                steps.add_plain()
        if self._whole or not self.is_plain:
            for steps in self._steps:
                steps.add()
        for number, steps in enumerate(self._steps):
            arrays, pointed = steps.arrays, self._pointed[number]
            if pointed is None or any(map(is_not, arrays, pointed)):
                self._instances[number, _OF_STEPS] = list(map(address, arrays))
                self._pointed[number] = arrays
        self._permissions()
        self._tables.refresh()
        components = self.tables.components
        contents = tuple(len(part) + len(part.offer) for part in components.contents)
        if contents != self._read:
            self._pack_contents()
            self._read = contents
        self._refreshed = self._known()

    def _pack_contents(self) -> None:
        """What channels hold, and what it says to those who ask how much that is."""
        self._packed = []
        for record, contents in zip(self._channels, self.tables.components.contents, strict=False):
            first = contents.described["first"]
            fitting(int(first.max(initial=0)), CONTENTS_OFFERS, "an offer")
            packed = first | contents.offers << CONTENTS_OFFERS
            self._packed.append(packed)
            record[Channel.CONTENTS] = address(packed)
            record[Channel.PACKET] = address(contents.offer["packet"])
        for counts, asked in zip(self.tables.counts, self._asked_channels, strict=True):
            for one, channel, places in zip(asked, counts.channels, counts.places, strict=False):
                slotted = self._channels[channel, Channel.SLOT] != 0
                length = self.tables.components.contents[channel].length
                if slotted:
                    length = np.minimum(self._length, len(places) - 1)
                of = places[length] if len(asked) > 1 else counts.numbers[places[length]]
                self._packed.append(of)
                one[Asked.PLACES], one[Asked.SLOTTED] = address(of), slotted

    def _permissions(self) -> None:
        """All permissions that are known: there may be more after each filling."""
        known = self.tables.components.permissions.values
        if len(known) == len(self._permission):
            return
        records = np.zeros((len(known), len(Permission)), np.int64)
        for record, permission in zip(records, known, strict=True):
            conditions: list[int] = []
            for rule in permission.rules:
                conditions += [] if rule.condition is None else [self.question(rule.condition)]
                conditions += [0] * rule.when_idle
            record[Permission.CONDITIONS] = len(conditions)
            record[Permission.CONDITION] = self._keep(np.array([*conditions, 0], np.int64))
            record[Permission.WHEN_IDLE] = any(rule.when_idle for rule in permission.rules)
            record[Permission.SPENDS] = bool(permission.slots)
        self._permission = records
        self.shared[Shared.PERMISSION] = address(records)

    # --- which written lines were used ---

    def used(self) -> Flags:
        """A flag for each line of each instance."""
        used = self._used.copy()
        for first, steps in zip(self.tables.first_line, self._steps, strict=True):
            used[first + steps.lines()] = True
        return used

    def set_used(self, used: Flags) -> None:
        """These, and no others so far."""
        self._used = used.copy()
        for steps in self._steps:
            steps.used[:] = 0

    def marks(self) -> list[Used]:
        """What was used of what is known of each instance, for ``set_marks``."""
        return [steps.used.copy() for steps in self._steps]

    def set_marks(self, marks: list[Used]) -> None:
        """Nothing else was used."""
        for steps, used in zip(self._steps, marks, strict=True):
            steps.used[:] = 0
            steps.used[: len(used)] = used

    # --- what is missing ---

    def fill(self, requests: Numbers) -> None:
        """Have the interpreter compute what kernels asked for: a row for each request."""
        for number in distinct(requests[:, 0]).tolist():
            arguments = requests[requests[:, 0] == number, 1:].T
            self._tables.tables[number].fill(*arguments[: self._tables.arity(number)])
        self.refresh()

    def forget_asked(self) -> None:
        """Whoever asked for an entry and was interrupted may ask again."""
        self._tables.forget_asked()


_OF_STEPS = [
    Instance.PLAIN, Instance.SIMPLE, Instance.OUTCOMES, Instance.USED, Instance.SENDS,
]  # fmt: skip
"""Where the addresses of ``Steps.arrays`` stand."""

_WHEN_FULL = {WhenFull.ERROR: FAIL, WhenFull.DROP: DROP, WhenFull.WAIT: WAIT}
