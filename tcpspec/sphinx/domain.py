"""What Sphinx knows of this extension while it makes documents."""

from typing import Any

from sphinx.domains import Domain
from sphinx.environment import BuildEnvironment


class TcpspecDomain(Domain):
    """The home of the directives. Nothing in it can be referred to, so nothing is ever merged."""

    name = "tcpspec"
    label = "tcpspec"

    def __init__(self, env: BuildEnvironment) -> None:
        super().__init__(env)
        self.told: set[tuple[str, str, str]] = set()
        """The findings that this build has told: code, place and message."""

    def merge_domaindata(self, _docnames: Any, _otherdata: Any) -> None:
        """What other processes have read: nothing."""
