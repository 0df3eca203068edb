"""A system of a specification in Promela: one file."""

from collections.abc import Iterator

from tcpspec.export.effects import within
from tcpspec.export.exported import Export, Refused
from tcpspec.export.promela.asserting import Asserting
from tcpspec.export.promela.budgets import Budgets
from tcpspec.export.promela.enabled import Enabled
from tcpspec.export.promela.header import header
from tcpspec.export.promela.inside import Inside
from tcpspec.export.promela.naming import Naming
from tcpspec.export.promela.network import declarations, faults, operations
from tcpspec.export.promela.process import Process
from tcpspec.export.promela.reach import Reach
from tcpspec.export.promela.rules import ShapeRules, places
from tcpspec.export.promela.scenery import InSystem, field_names
from tcpspec.export.promela.start import Start
from tcpspec.export.promela.steps import Steps
from tcpspec.export.promela.text import heading
from tcpspec.export.promela.wiring import Shape, Wiring
from tcpspec.model.expressions import OfOutput
from tcpspec.model.model import Specification, System, values_in

MAX_OPTIONS = 5000
MAX_PROCESSES = 250


def export_promela(specification: Specification, system: System) -> Export:
    """The system in Promela. Raises Refused where that cannot be said honestly."""
    return Model(specification, system).export


class Model:
    """All parts of the file, in the order in which they are needed."""

    def __init__(self, specification: Specification, system: System) -> None:
        if len(system.instances) > MAX_PROCESSES:
            raise Refused(f"{len(system.instances)} instances; SPIN has 255 processes at most")
        self.specification, self.system = specification, system
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
        self.asserting = Asserting(self.naming, self.scene, self.enabled)
        text = "".join(f"{line}\n" for line in self._text())
        self.export = Export(
            system.name, {f"{system.name}.pml": text},
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
        return Process(name, Steps(rules, self.budgets, self._inside, self._reach), self.start)

    def _number(self, shape: Shape) -> int:
        return self.wiring.shapes.index(shape)

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

    def _text(self) -> Iterator[str]:
        told: set[str] = set()
        body = list(self.asserting.switches())
        deferring = [x for p in self.processes.values() for x in p.rules.macros(told)]
        body += [*heading("what is left for later"), *deferring] if deferring else []
        body += self._idle
        for process in self.processes.values():
            body += process.text()
        body += faults(self.naming, self.wiring, self.start)
        body += self._checks()
        body += heading("the start")
        body += self.start.init({shape: p.name for shape, p in self.processes.items()})
        yield from header(self.specification, self.system, self.wiring, self.asserting)
        yield from declarations(self.naming, self.wiring, self.budgets, self.start)
        yield from self._scratch()
        yield from self._helpers("\n".join(body))
        yield from body

    def _helpers(self, body: str) -> Iterator[str]:
        """What the rest uses."""
        if "forever" in body:
            yield f"#define forever {self.budgets.forever}    /* what is never used up */"
        yield from operations(self.naming, self.wiring)
        if "SEQ_L" in body:
            yield from _ORDER
        yield from self._coverage()

    def _what_idles(self) -> list[str]:
        """What timers wait for; the macros for it must stand before the processes."""
        if not any(rule.when_idle for rule in self.system.timers):
            return []
        idle = self.enabled.idle().text
        return [
            *heading("what keeps the system from being idle"),
            *self.enabled.macros(),
            "",
            f"#define idle ({idle})",
        ]

    def _checks(self) -> list[str]:
        checks = list(self.asserting.process(self.start))
        return [*heading("checks"), *self.enabled.macros(), *checks] if checks else []

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

    def _coverage(self) -> Iterator[str]:
        most = max(self.naming.line.values(), default=0)
        yield ""
        yield "/* Which lines are used, told once each; only for who asks. */"
        yield "#ifdef COVERAGE"
        yield f"c_decl {{ static unsigned char used_before[{most + 1}]; }}"
        yield "#define used(n) c_code { if (!used_before[n]) { \\"
        yield '    used_before[n] = 1; printf("used %d\\n", n); } }'
        yield "#else"
        yield "#define used(n) skip"
        yield "#endif"


_ORDER = [
    "",
    "/* The order of sequence numbers modulo n (RFC 1982). */",
    "#define SEQ_LEQ(a, b, n) (2 * (((b) - (a) + (n)) % (n)) < (n))",
    "#define SEQ_LT(a, b, n) ((a) != (b) && SEQ_LEQ(a, b, n))",
]
