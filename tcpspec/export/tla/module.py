"""A whole module: a system of a specification as a specification in TLA+."""

from collections.abc import Iterator
from pathlib import PurePath

from tcpspec.export.bounds import INT32, fits_int32
from tcpspec.export.exported import Export, Refused
from tcpspec.export.tla.claims import Claims
from tcpspec.export.tla.constants import Constants
from tcpspec.export.tla.expressions import Expressions
from tcpspec.export.tla.features import Features
from tcpspec.export.tla.layout import Lines, folded
from tcpspec.export.tla.naming import Naming
from tcpspec.export.tla.network import Network
from tcpspec.export.tla.pruning import Sections, extended, pruned, words
from tcpspec.export.tla.start import State
from tcpspec.export.tla.steps import Steps
from tcpspec.export.tla.words import MODULES, Identifiers, comment, comments, is_identifier
from tcpspec.model.model import Specification, System
from tcpspec.model.types import ModType, RangeType

HEADING = "-" * 30


class Module:
    """The module of one system; raises Refused where TLC could not say what we mean."""

    def __init__(
        self, specification: Specification, system: System, name: str | None, *,
        tells_steps: bool = False,
    ) -> None:  # fmt: skip
        self.specification = specification
        self.system = system
        self.name = _module_name(specification, system, name)
        self.naming = Naming(system, self.name)
        self.checks = tuple(c for c in specification.checks if system.name in c.systems)
        self.features = Features(self.naming, self.checks, tells_steps=tells_steps)
        _refuse_large_numbers(self.naming, self.features)
        self._state = State(self.naming, self.features)
        self.steps = Steps(self.naming, self.features, self._state.variables)
        self.claims = Claims(self.naming, self.features, list(self.steps.groups))

    @property
    def constraints(self) -> list[str]:
        """The operators beyond which nothing is explored."""
        found = ["Unfailed"] if self.features.fails else []
        return [*found, "Within"] if self.system.bounds else found

    def export(self) -> Export:
        """The texts of module and configuration."""
        return Export(
            self.system.name,
            {f"{self.name}.tla": self.text(), f"{self.name}.cfg": self.configuration()},
            tuple(self.claims.asked),
            tuple(self.claims.left_out),
        )

    def configuration(self) -> str:
        header = [comment(f"How TLC checks {self.name}.tla:"), comment(self._command), ""]
        return "\n".join([*header, *self.claims.configuration(self.constraints), ""])

    @property
    def _command(self) -> str:
        return f"java -cp tla2tools.jar tlc2.TLC -deadlock {self.name}"

    def text(self) -> str:
        title = f"{HEADING} MODULE {self.name} {HEADING}"
        lines: Lines = []
        for heading, blocks in pruned(self._sections(), self._wanted):
            if blocks:
                lines += ["", "-" * len(title), comment(heading)]
                for block in blocks:
                    lines += ["", *block]
        code = [piece for line in lines for piece in folded(line)]
        extends = f"EXTENDS {', '.join(extended(lines))}"
        return "\n".join([title, *self._header(), "", extends, *code, "", "=" * len(title), ""])

    @property
    def _wanted(self) -> list[str]:
        """What is for the configuration, or for a reader."""
        asked = [asked.name for asked in self.claims.asked]
        errors = [name for name, _ in self.claims.errors]
        goals = self.claims.goals.values()
        return ["Spec", *asked, *errors, *goals, *self.constraints, *self._wanted_for_runs()]

    def _wanted_for_runs(self) -> list[str]:
        """What is said of whole runs is not said here, but where it is asked."""
        if not self.features.tells_steps:
            return []
        predicates = Expressions(self.naming, None)
        atoms = [predicates.text(atom) for check in self.checks for atom in check.atoms]
        return ["Contents", "Offers", "Rules", *words(atoms)]

    def _header(self) -> Lines:
        protocol = [self.specification.name, self.specification.title]
        system = [f"system {self.system.name}", self.system.title]
        file = PurePath(self.specification.path).name
        return [
            *comments(": ".join(filter(None, protocol))),
            *comments(": ".join(filter(None, system))),
            comment(f"Made from {file}, whose lines the actions name."),
            comment(""),
            comment(f"    {self._command}"),
            comment(""),
            comment(
                "-deadlock switches TLC's own search for deadlocks off: a state in which nothing"
            ),
            comment("is enabled may be a proper end. What is a deadlock here, the invariants say."),
        ]

    def _sections(self) -> Sections:
        return [(heading, list(blocks)) for heading, blocks in self._all_sections()]

    def _all_sections(self) -> Iterator[tuple[str, Iterator[Lines]]]:
        yield "What there is", Constants(self.naming, self.features).definitions()
        yield "The state", self._state.declarations()
        if self.features.channels:
            yield "Channels", Network(self.naming, self.features).operators()
        yield "What may be, and where it starts", iter([self._state.types(), self._state.init()])
        yield "Which line takes a message", self.steps.taking()
        yield "Permissions", self.steps.permissions()
        yield "Errors", self.steps.fail()
        for machine in self.naming.machines:
            yield f"The lines of machine {machine.name}", self.steps.lines(machine)
        yield "Timeouts, some of which wait until nothing else can be done", self.steps.late_lines()
        yield "Faults", self.steps.faults()
        yield "The whole", self.steps.whole()
        yield "What is claimed", self.claims.definitions()


def _module_name(specification: Specification, system: System, name: str | None) -> str:
    """A name that is an identifier and no standard module's; the given one, if it is."""
    if name is None:
        protocol = specification.name
        wanted = protocol if protocol == system.name else f"{protocol[:20]}_{system.name}"
        return Identifiers(frozenset({"Witness"})).add("module", wanted)
    if not is_identifier(name) or name in MODULES:
        raise Refused(f"`{name}` cannot be the name of a TLA+ module")
    return name


def _refuse_large_numbers(naming: Naming, features: Features) -> None:
    """TLC counts up to 2^31 - 1, and twice a difference must be below that."""
    types = [v.type for machine in naming.machines for v in machine.variables]
    types += [p.type for machine in naming.machines for p in machine.parameters]
    types += [f.type for message in naming.messages for f in message.fields]
    types += [type_ for effect in features.effects.values() for type_ in effect.choices]
    limits = (features.calls_left, features.timers_left, features.losses_left, features.copies_left)
    if any(limit > INT32 for kind in limits for limit in kind.values()):
        raise Refused("numbers of TLC end at 2^31 - 1, and something may happen more often")
    for type_ in types:
        largest = 0
        if isinstance(type_, ModType):
            largest = type_.modulus
        elif isinstance(type_, RangeType):
            largest = max(abs(type_.low), abs(type_.high))
        if 2 * largest > INT32:
            raise Refused(f"numbers of TLC end at 2^31 - 1, and {type_} needs more")
    for expression in features.expressions:
        if not fits_int32(expression):
            shown = expression.text or "an expression"
            raise Refused(f"numbers of TLC end at 2^31 - 1, and {shown} may need more")
