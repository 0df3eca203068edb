"""A system of a specification in Promela: one file."""

from collections.abc import Iterator

from tcpspec.export.exported import Export, Refused
from tcpspec.export.promela.asserting import Asserting
from tcpspec.export.promela.budgets import Budgets
from tcpspec.export.promela.enabled import Enabled
from tcpspec.export.promela.header import header
from tcpspec.export.promela.inside import Inside
from tcpspec.export.promela.naming import Naming
from tcpspec.export.promela.network import declarations, faults, operations, vector_bytes
from tcpspec.export.promela.process import Process
from tcpspec.export.promela.reach import Reach
from tcpspec.export.promela.rules import ShapeRules, places
from tcpspec.export.promela.scenery import InSystem, field_names
from tcpspec.export.promela.start import Start
from tcpspec.export.promela.steps import Steps
from tcpspec.export.promela.telling import ForReader, ForWitness
from tcpspec.export.promela.text import Definition, condition_lines, heading, needed
from tcpspec.export.promela.wiring import Shape, Wiring
from tcpspec.model.expressions import OfOutput, within
from tcpspec.model.model import Specification, System, values_in

MAX_OPTIONS = 5000
MAX_PROCESSES = 250


def export_promela(specification: Specification, system: System, file: str | None = None) -> Export:
    """The system in Promela; its file, which is ``System.pml`` if it has no other name, is for
    people to read. Raises Refused where that cannot be said honestly.
    """
    return Model(specification, system, file).export


class Model:
    """All parts of the file, in the order in which they are needed."""

    def __init__(
        self, specification: Specification, system: System, file: str | None = None, *,
        witness: bool = False,
    ) -> None:  # fmt: skip
        """Written for a reader, or with what the witness must know."""
        file = f"{system.name}.pml" if file is None else file
        if len(system.instances) > MAX_PROCESSES:
            raise Refused(f"{len(system.instances)} instances; SPIN has 255 processes at most")
        self.specification, self.system = specification, system
        self.telling = ForWitness() if witness else ForReader()
        self.naming = Naming(specification, system)
        self.wiring = Wiring(system)
        self.budgets = Budgets(self.naming, self.wiring)
        self.scene = InSystem(self.naming, self.wiring)
        self.start = Start(self.naming, self.wiring, self.budgets)
        self._inside = Inside(self.naming, self.wiring)
        self._reach = Reach(self.wiring, self.start.states)
        self.processes = {shape: self._process(shape) for shape in self.wiring.shapes}
        options = sum(len(found) for p in self.processes.values() for found in p.attempts.values())
        if options > MAX_OPTIONS:
            raise Refused(f"there are {options} options, the export has at most {MAX_OPTIONS}")
        self.enabled = Enabled(self.wiring, self.processes, self.scene)
        self._idle = self._what_idles()
        self.asserting = Asserting(self.naming, self.scene, self.enabled, self.telling)
        text = "".join(f"{line}\n" for line in self._text(file))
        self.export = Export(
            system.name, {file: text},
            tuple(self.asserting.asked), tuple(self.asserting.left_out),
        )  # fmt: skip

    def _process(self, shape: Shape) -> Process:
        key = ("process", shape)
        first = all(
            s.machine is not shape.machine for s in self.wiring.shapes[: self._number(shape)]
        )
        name = self.naming.process(shape.machine)
        if not first:
            name = self.naming.add(key, name)
        rules = ShapeRules(self.naming, shape, places(self.naming, shape))
        steps = Steps(rules, self.budgets, self._inside, self._reach, self.telling)
        return Process(name, steps, self.start)

    def _number(self, shape: Shape) -> int:
        return self.wiring.shapes.index(shape)

    @property
    def least_vector(self) -> int:
        """Bytes that a state has at most: what is in it, and four more for each part that C may put
        at a place of its own.
        """
        return vector_bytes(self.naming, self.wiring, self.budgets, len(self.start.others))

    @property
    def vector_size(self) -> int:
        """Bytes that SPIN must be given for a state: a power of two, generously."""
        message = 4 * (2 + len(field_names(self.naming)))
        size = 1024 + 24 * len(self.system.instances)
        for instance in self.system.instances:
            size += 8 * (8 + len(instance.machine.variables) + len(instance.machine.parameters))
            size += 8 * len(self.budgets.of_machine(instance.machine))
        slots = max((way.capacity for way in self.wiring.ways if way.slots), default=0)
        for way in self.wiring.ways:
            size += 64 + message * (1 + (slots if way.slots else way.capacity))
        size += 4 * len(self.export.asked)
        return 1 << (size - 1).bit_length()

    def _text(self, file: str) -> Iterator[str]:
        told: set[str] = set()
        body: list[str] = []
        deferring = [x for p in self.processes.values() for x in p.rules.macros(told)]
        body += [*heading("what is left for later"), *deferring] if deferring else []
        body += self._idle
        for process in self.processes.values():
            body += process.text()
        body += faults(self.naming, self.wiring, self.start)
        body += self._checks()
        body += heading("the start")
        body += self.start.init({shape: p.name for shape, p in self.processes.items()})
        yield from header(
            self.specification, self.system, self.wiring, self.asserting, file, self.least_vector
        )
        yield from declarations(self.naming, self.wiring, self.budgets, self.start)
        yield from self._scratch()
        yield from needed(self._helpers(), body)
        yield from body

    def _helpers(self) -> Iterator[Definition]:
        """What the rest may use."""
        forever = f"#define forever {self.budgets.forever}    /* what is never used up */"
        yield Definition("forever", [forever])
        yield from operations(self.naming, self.wiring)
        yield from _ORDER
        yield from self.telling.coverage(max(self.naming.line.values(), default=0))
        yield from self.asserting.definitions()

    def _what_idles(self) -> list[str]:
        """What timers wait for; the macros for it must stand before the processes."""
        if not any(rule.when_idle for rule in self.system.timers):
            return []
        idle = self.enabled.idle()
        return [
            *heading("what keeps the system from being idle"),
            *[*self.enabled.macros(), ""][1:],  # a heading has a blank line already
            *condition_lines("idle", idle),
        ]

    def _checks(self) -> list[str]:
        checks = list(self.asserting.process(self.start))
        found = [*self.enabled.macros(), "", *checks]
        while found and not found[0]:  # a heading has a blank line already
            del found[0]
        return [*heading("checks"), *found] if checks else []

    def _scratch(self) -> Iterator[str]:
        lines = [line for machine in self.naming.machines for line in machine.transitions]
        asks = any(
            isinstance(part, OfOutput)
            for line in lines
            for value in values_in(line)
            if value is not line.guard
            for part in within(value)
        )
        if asks:
            most = max(len(shape.outputs) for shape in self.wiring.shapes)
            yield f"short asked[{most}];    /* how full outputs were before the step */"


_ORDER = [
    Definition("SEQ_LEQ", [
        "",
        "/* The order of sequence numbers modulo n (RFC 1982). */",
        "#define SEQ_LEQ(a, b, n) (2 * (((b) - (a) + (n)) % (n)) < (n))",
    ]),
    Definition("SEQ_LT", ["#define SEQ_LT(a, b, n) ((a) != (b) && SEQ_LEQ(a, b, n))"]),
]  # fmt: skip
