"""A Sphinx extension: machines, runs and tables of specifications in other people's documentation.

``extensions = ["tcpspec.sphinx"]`` in ``conf.py`` gives the directives ``tcpspec:state``,
``tcpspec:sequence``, ``tcpspec:transitions`` and ``tcpspec:receptions``. They show what the
commands show. What is wrong with a specification is a warning of Sphinx; a page is made anew when
a file of a specification that it shows has changed.
"""

from typing import TYPE_CHECKING

from tcpspec.sphinx.domain import TcpspecDomain
from tcpspec.sphinx.pictures import SequenceDirective, StateDirective
from tcpspec.sphinx.specifications import SpecificationDirective
from tcpspec.sphinx.tables import ReceptionsDirective, TransitionsDirective
from tcpspec.version import VERSION

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

DIRECTIVES: dict[str, type[SpecificationDirective]] = {
    "state": StateDirective,
    "sequence": SequenceDirective,
    "transitions": TransitionsDirective,
    "receptions": ReceptionsDirective,
}


def setup(app: "Sphinx") -> "ExtensionMetadata":
    """What Sphinx calls."""
    app.add_domain(TcpspecDomain)
    for name, directive in DIRECTIVES.items():
        app.add_directive_to_domain(TcpspecDomain.name, name, directive)
    return {"version": VERSION, "parallel_read_safe": True, "parallel_write_safe": True}
