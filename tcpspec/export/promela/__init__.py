"""Promela, the language of SPIN."""

from tcpspec.export.promela.export import export_promela

__all__ = ["export_promela"]
