"""TLA+: a module for TLC, and its configuration."""

from tcpspec.export.exported import Export
from tcpspec.export.tla.module import Module
from tcpspec.model.model import Specification, System


def export_tla(specification: Specification, system: System, module: str | None = None) -> Export:
    """A system as ``Module.tla`` and ``Module.cfg``.

    ``module`` must be an identifier of TLA+. Raises Refused for what TLC could not say.
    """
    return Module(specification, system, module).export()
