"""From syntax tree to model: each pass resolves what the next one needs.

Constants and types, messages, machines, systems, checks. All passes report into one collection, so
that a reader gets all errors at once.
"""

from collections.abc import Iterator, Mapping

from tcpspec.diagnostics import Diagnostics
from tcpspec.language import ast
from tcpspec.language.comments import Documentation
from tcpspec.model.checks import build_checks
from tcpspec.model.declarations import declare, declare_messages
from tcpspec.model.defines import check_defines
from tcpspec.model.machines import MachineBuilder
from tcpspec.model.model import Specification, System
from tcpspec.model.ranges import misfits
from tcpspec.model.reserved import check_names
from tcpspec.model.scenarios import build_scenarios
from tcpspec.model.scope import Globals, SystemContext
from tcpspec.model.systems import SystemBuilder
from tcpspec.model.types import ValueT


def build(
    file: ast.File, found: Diagnostics, overrides: Mapping[str, ValueT] | None = None
) -> Specification:
    """The model of one file. Raises ``SpecificationError`` with all that is wrong."""
    globals_ = Globals(found)
    documentation = Documentation(file, _declarations(file))
    if file.protocol is None:
        found.error(
            "syntax", file.span, "the first declaration is missing: what protocol is this?",
            hint='begin with `protocol NAME "title"`; or, if this is a part of another file, ask '
            "for that one",
        )  # fmt: skip
        found.raise_errors()  # most names of a part are declared elsewhere
    check_names(file.items, found)
    declare(globals_, file.items, overrides or {})
    declare_messages(globals_, file.items, documentation)
    machine_nodes: dict[str, ast.Machine] = {}
    for node in file.items:
        if isinstance(node, ast.Machine) and globals_.declare(node.name, "machine"):
            machine_nodes[node.name.text] = node
            globals_.machines[node.name.text] = MachineBuilder(
                globals_, node, documentation
            ).build()
    for machine in globals_.machines.values():
        for span, why in misfits(machine):
            found.error("out-of-range", span, why)
    systems, contexts = _systems(globals_, file, documentation, machine_nodes)
    checks = build_checks(
        globals_, [item for item in file.items if isinstance(item, ast.Check)], contexts
    )
    scenarios = build_scenarios(
        globals_, [item for item in file.items if isinstance(item, ast.Scenario)], contexts
    )
    check_defines(globals_, file, contexts)
    found.raise_errors()
    assert file.protocol is not None
    return Specification(
        file.protocol.name.text, file.protocol.title, file.span.source.name, globals_.machines,
        systems, checks, scenarios, globals_.messages, tuple(globals_.calls),
        tuple(globals_.timers),
        {name: literal.value for name, literal in globals_.constants.items()},
        documentation.of(file.protocol),
    )  # fmt: skip


def _systems(
    globals_: Globals,
    file: ast.File,
    documentation: Documentation,
    machine_nodes: Mapping[str, ast.Machine],
) -> tuple[dict[str, System], dict[str, SystemContext]]:
    systems: dict[str, System] = {}
    contexts: dict[str, SystemContext] = {}
    for node in file.items:
        if isinstance(node, ast.System) and globals_.declare(node.name, "system"):
            builder = SystemBuilder(globals_, node, documentation, machine_nodes)
            systems[node.name.text] = builder.build()
            contexts[node.name.text] = builder.context
    return systems, contexts


def _declarations(file: ast.File) -> Iterator[ast.Node]:
    """Every node that a documentation comment may belong to."""
    if file.protocol:
        yield file.protocol
    for item in file.items:
        yield item
        match item:
            case ast.MessageGroup():
                yield from item.fields
                yield from item.cases
            case ast.Machine():
                yield from item.parameters
                for member in item.members:
                    yield member
                    if isinstance(member, ast.State | ast.Block):
                        yield from member.rules
            case ast.System():
                yield from item.items
            case ast.Check():
                yield from item.lines
