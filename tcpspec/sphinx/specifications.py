"""Specifications as directives name them: read, checked once, their findings told as warnings."""

import os
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective
from sphinx.util.logging import getLogger

from tcpspec.check import Result, check, load
from tcpspec.diagnostics import Diagnostic, SpecificationError
from tcpspec.escape import visible
from tcpspec.explore.space import StateSpace
from tcpspec.language.load import LIBRARY, files_of
from tcpspec.model.model import Machine, Specification
from tcpspec.model.settings import setting
from tcpspec.model.types import ValueT
from tcpspec.record import replace
from tcpspec.sphinx.domain import TcpspecDomain
from tcpspec.views.render import RenderingError

logger = getLogger(__name__)

Constants: TypeAlias = tuple[tuple[str, ValueT], ...]
Stamps: TypeAlias = tuple[tuple[Path, int], ...]
"""The files of a specification, each with when it was changed last."""

T = TypeVar("T")


class Unshowable(Exception):
    """What a directive asks for is not there; the message says what is."""


def settings(text: str | None) -> Constants:
    """The option ``:set:``: several of ``NAME=VALUE``, with commas between them."""
    return tuple(setting(part.strip()) for part in (text or "").split(","))


OPTIONS: dict[str, Callable[[str], Any]] = {"set": settings}
"""The options that every directive has."""


class SpecificationDirective(SphinxDirective):
    """A directive about a specification, which is its argument: a file, or ``tcpspec:NAME``."""

    required_arguments = 1
    final_argument_whitespace = True

    def show(self) -> list[nodes.Node]:
        """What is to be seen. May raise ``Unshowable``, and what reading and drawing may."""
        raise NotImplementedError

    def run(self) -> list[nodes.Node]:
        """What is to be seen; in its place an error, if that cannot be shown."""
        try:
            return self.show()
        except SpecificationError as error:
            self._warn(error.diagnostics)
            reasons = "; ".join(one.message for one in error.diagnostics if one.is_error)
        except (Unshowable, RenderingError) as error:
            reasons = str(error)
        message = visible(f"`{self.arguments[0]}` cannot be shown: {self._as_written(reasons)}")
        self.state_machine.reporter.error(message, line=self.lineno)
        return [nodes.error("", nodes.paragraph("", message))]

    # --- the specification ---

    @property
    def _name(self) -> str:
        """The file as Python finds it; like other files, seen from the document."""
        name = self.arguments[0]
        return name if name.startswith(LIBRARY) else self.env.relfn2path(name)[1]

    def _as_written(self, text: str) -> str:
        """Files as the directive names them: a page does not say where they are on this machine.

        All files of a specification are in the folder of the first, or below it.
        """
        name = self.arguments[0]
        if name.startswith(LIBRARY):  # known by this name only
            return text
        return text.replace(
            f"{Path(self._name).parent}{os.sep}", name.removesuffix(Path(name).name)
        )

    def _stamps(self) -> Stamps:
        """The files; and the page depends on them, also on those that are not there."""
        found = []
        for path in files_of(self._name):
            self.env.note_dependency(str(path))
            with suppress(OSError):
                found.append((path, path.stat().st_mtime_ns))
        return tuple(found)

    def specification(self) -> Specification:
        """The specification. Raises ``SpecificationError``."""
        stamps, constants = self._stamps(), self.options.get("set", ())
        specification = _loaded(self._name, constants, stamps)
        self._warn(specification.warnings)
        return specification

    def result(self, system: str | None = None) -> Result:
        """What checking finds, of all systems or of one. Raises ``SpecificationError``."""
        self.specification()
        return _checked(self._name, self.options.get("set", ()), self._stamps(), system)

    def spaces(self, system: str | None) -> list[StateSpace]:
        """All states of all systems, or of one: nothing is asked that could end a search early."""
        self.specification()
        result = _explored(self._name, self.options.get("set", ()), self._stamps(), system)
        return [one.space for one in result.systems]

    def machine(self) -> Machine:
        """The machine that the option names, or the only one."""
        known = self.specification().machines
        name = self.options.get("machine")
        if name is None and len(known) == 1:
            return next(iter(known.values()))
        if name is None or name not in known:
            what = (
                "which machine? There" if name is None else f"there is no machine `{name}`; there"
            )
            raise Unshowable(f"{what} are: {', '.join(known) or 'none'}")
        return known[name]

    # --- warnings ---

    def _warn(self, found: tuple[Diagnostic, ...]) -> None:
        """Each finding once, where it stands: ``suppress_warnings`` takes ``tcpspec.CODE``."""
        domain = self.env.get_domain(TcpspecDomain.name)
        assert isinstance(domain, TcpspecDomain)
        for one in found:
            place = one.span.place if one.span else self.get_location()
            key = one.code, place, one.message
            if key not in domain.told:
                domain.told.add(key)
                text = f"{one.message} ({one.hint})" if one.hint else one.message
                logger.warning(
                    "%s", visible(text), location=visible(place), type="tcpspec", subtype=one.code
                )


@lru_cache(maxsize=32)
def _loaded(name: str, constants: Constants, _stamps: Stamps) -> Specification:
    return load(name, dict(constants))


@lru_cache(maxsize=32)
def _checked(name: str, constants: Constants, stamps: Stamps, system: str | None) -> Result:
    """Directives that show several runs of one specification need not find them again."""
    return check(_loaded(name, constants, stamps), [system] if system else [])


@lru_cache(maxsize=32)
def _explored(name: str, constants: Constants, stamps: Stamps, system: str | None) -> Result:
    unasked = replace(_loaded(name, constants, stamps), checks=(), scenarios=())
    return check(unasked, [system] if system else [])


def flag(argument: str | None) -> bool:
    """An option without a value."""
    directives.flag(argument)
    return True
