"""Names in defines that nothing resolves.

A define is resolved where it is used, so that a name in one that is never used would never be
looked up. Here each must be known to some machine or some system at least.
"""

from collections.abc import Iterator, Mapping

from tcpspec.language import ast
from tcpspec.model.scope import Globals, SystemContext


def check_defines(globals_: Globals, file: ast.File, contexts: Mapping[str, SystemContext]) -> None:
    """Report names that no place knows, in the defines of the file itself.

    A file without systems may name instances that only its variants have.
    """
    if not contexts or globals_.found.has_errors:
        return
    defines = [item for item in file.items if isinstance(item, ast.Define)]
    own = [define for define in defines if define.span.source is file.span.source]
    known = _known(globals_, contexts) if own else set()
    for define in own:
        for node, name in _names(define.body):
            if name not in known:
                globals_.unknown(node, name, "value", sorted(known))


def _known(globals_: Globals, contexts: Mapping[str, SystemContext]) -> set[str]:
    """All that a name in an expression can stand for, wherever it is seen."""
    known = {*globals_.constants, *globals_.enum_values, *globals_.defines, *globals_.groups}
    for machine in globals_.machines.values():
        known |= {variable.name for variable in machine.variables}
        known |= {parameter.name for parameter in machine.parameters}
    for message in globals_.messages.values():
        known |= {f"{message.group}.{field.name}" for field in message.fields}
    for context in contexts.values():
        known |= set(context.known())
    return known | globals_.messages.keys()


def _names(node: object) -> Iterator[tuple[ast.Node, str]]:
    """The values that an expression names; a message before ``in (a -> b)`` is one name."""
    if isinstance(node, ast.Reference):
        yield node, node.name
    elif isinstance(node, ast.InChannel):
        yield node.message, node.message.span.text.replace(" ", "")
        yield from _names(tuple(argument.value for argument in node.arguments))
    elif isinstance(node, ast.Node):
        yield from _names(tuple(node.values_()))
    elif isinstance(node, tuple):
        for part in node:
            yield from _names(part)
