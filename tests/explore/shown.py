"""What random models show: how many of them have each construct, and each verdict of each claim."""

import logging
from collections import Counter

from tcpspec.check import SystemResult
from tcpspec.model.model import Claim
from tcpspec.properties.verdict import Status
from tests.constructs import ALL, constructs

CONSTRUCT, VERDICT = 5, 10
"""What a construct and a verdict are to come to, in per cent of the models."""

JUDGED = [f"{claim}: {status}" for claim in Claim for status in (Status.HOLDS, Status.VIOLATED)]


class Shown:
    """Counts models; the same one only once."""

    def __init__(self) -> None:
        self._models: set[str] = set()
        self._having: Counter[str] = Counter()

    def add(self, text: str, system: SystemResult) -> None:
        if text not in self._models:
            self._models.add(text)
            self._having.update(constructs(text, system))
            self._having.update({f"{v.check.claim}: {v.status}" for v in system.verdicts})

    def percent(self, name: str) -> float:
        return 100 * self._having[name] / len(self._models)

    def too_seldom(self) -> list[str]:
        """What comes up in too few of the models."""
        return [name for name in ALL if self.percent(name) < CONSTRUCT] + [
            name for name in JUDGED if self.percent(name) < VERDICT
        ]

    def tell(self) -> None:
        lines = [f"{self.percent(name):5.1f} %  {name}" for name in [*ALL, *JUDGED]]
        table = "\n".join([f"{len(self._models)} models, of which have", *lines])
        logging.getLogger(__name__).info(table)
        print(table)  # noqa: T201
