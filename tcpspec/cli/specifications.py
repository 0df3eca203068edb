"""Which specifications the command line names, and loading one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from tcpspec.cli.terminal import fail, give_up
from tcpspec.diagnostics import SpecificationError, did_you_mean
from tcpspec.escape import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tcpspec.cli.options import Constants
    from tcpspec.language import ast
    from tcpspec.model.model import Machine, Specification, System

T = TypeVar("T")


def files(specs: Iterable[str]) -> list[str]:
    """The files meant: a folder stands for every file in it and below, but for what is hidden."""
    return [name for found in _found(specs) for name in found]


def specifications(specs: Iterable[str]) -> list[str]:
    """The specifications meant: of a folder, every file that is not merely a part of another."""
    return [name for found in _found(specs) for name in _without_parts(found)]


def _found(specs: Iterable[str]) -> Iterator[list[str]]:
    """For each name on the command line, the files it stands for."""
    for spec in specs:
        if not spec:
            fail("the name of a specification is empty")
        folder = Path(spec)
        if _is_folder(folder):
            found = sorted(str(path) for path in folder.rglob("*.fsm") if not _hidden(path, folder))
            if not found:
                fail(f"there is no .fsm file in `{visible(spec)}`, nor below")
            yield found
        else:
            yield [spec]


def _without_parts(names: list[str]) -> list[str]:
    """Without the files that say of no protocol, but are included by others of these files."""
    if len(names) == 1:
        return names
    from tcpspec.language import ast

    trees = {Path(name).resolve(): tree for name in names if (tree := _tree(name)) is not None}
    parts = {
        (path.parent / item.path).resolve()
        for path, tree in trees.items()
        for item in tree.items
        if isinstance(item, ast.Include)
    }
    unnamed = {path for path, tree in trees.items() if tree.protocol is None}
    return [name for name in names if Path(name).resolve() not in parts & unnamed]


def _tree(name: str) -> ast.File | None:
    """What is in a file, or None: whoever loads it will say why it cannot be read."""
    from tcpspec.diagnostics import Diagnostics
    from tcpspec.language.parse import parse
    from tcpspec.source import Source

    try:
        return parse(Source(name, Path(name).read_text("utf-8")), Diagnostics())
    except (OSError, ValueError):
        return None


def _hidden(path: Path, folder: Path) -> bool:
    """Whether it, or a folder on the way to it, has a name that begins with a dot."""
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name that is too long: reading it says so
        return False


def load(spec: str, constants: Constants) -> Specification:
    from tcpspec.check import load as load_specification

    try:
        return load_specification(spec, dict(constants))
    except SpecificationError as error:
        give_up(error)


def chosen_machine(specification: Specification, name: str | None) -> Machine:
    """The machine of this name, or the only one."""
    return _chosen("machine", specification.machines, name)


def chosen_system(specification: Specification, name: str | None) -> System:
    """The system of this name, or the only one."""
    return _chosen("system", specification.systems, name)


def with_only(
    specification: Specification, names: Sequence[str], systems: tuple[str, ...]
) -> tuple[Specification, tuple[str, ...]]:
    """A specification that asks only what has one of these names; and the systems about which it
    does. Where systems are named, nothing is asked that is also about others.
    """
    from tcpspec.record import replace

    chosen = {chosen_system(specification, name).name for name in systems}

    def about(systems_of: Iterable[str]) -> bool:
        return not chosen or chosen.issuperset(systems_of)

    checks = [check for check in specification.checks if about(check.systems)]
    scenarios = [one for one in specification.scenarios if about([one.system])]
    known = dict.fromkeys([*(c.name for c in checks), *(s.name for s in scenarios)])
    for name in names:
        if name not in known:
            listed = ", ".join(f'"{visible(other)}"' for other in known) or "none"
            hint = did_you_mean(name, known) or f"there are: {listed}"
            fail(f'there is no check or scenario "{visible(name)}"; {visible(hint)}')
    checks = [check for check in checks if check.name in names]
    scenarios = [one for one in scenarios if one.name in names]
    needed = {system for check in checks for system in check.systems}
    needed |= {scenario.system for scenario in scenarios}
    asked = replace(specification, checks=tuple(checks), scenarios=tuple(scenarios))
    return asked, tuple(name for name in specification.systems if name in needed)


def _chosen(kind: str, known: Mapping[str, T], name: str | None) -> T:
    listed = ", ".join(known) or "none"
    if name is None and len(known) == 1:
        return next(iter(known.values()))
    if name is None and not known:
        fail(f"there is no {kind}")
    if name is None:
        fail(f"which {kind}? Add --{kind} NAME; there are: {listed}")
    if name not in known:
        fail(f"there is no {kind} `{visible(name)}`; there are: {listed}")
    return known[name]
