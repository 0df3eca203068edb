"""Which specifications the command line names, and loading one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from tcpspec.cli.terminal import fail, give_up
from tcpspec.diagnostics import SpecificationError
from tcpspec.escape import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tcpspec.cli.options import Constants
    from tcpspec.model.model import Machine, Specification, System

T = TypeVar("T")


def files(specs: Iterable[str]) -> list[str]:
    """The files meant: a folder stands for every specification in it."""
    names = []
    for spec in specs:
        if not spec:
            fail("the name of a specification is empty")
        folder = Path(spec)
        if _is_folder(folder):
            found = sorted(str(path) for path in folder.glob("*.fsm"))
            if not found:
                fail(f"there is no .fsm file in `{visible(spec)}`")
            names += found
        else:
            names.append(spec)
    return names


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
