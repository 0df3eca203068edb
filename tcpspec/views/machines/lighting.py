"""Which parts of a state diagram stand for a state, and for a step from one state to the next."""

from collections.abc import Iterator

from tcpspec.model.labels import label_of
from tcpspec.model.model import Machine, Transition
from tcpspec.views.machines.outline import outline
from tcpspec.views.machines.state_diagram import arrow_id, box_id


class Lighting:
    """The parts of one diagram, by the names that ``state_diagram`` gives them."""

    def __init__(self, machine: Machine, *, simple: bool = False) -> None:
        self._outline = outline(machine, simple=simple)
        self._simple = simple

    def of_state(self, name: str) -> list[str]:
        """The boxes of a state: the initial one may be drawn twice."""
        return [box_id(n) for n, box in enumerate(self._outline.boxes) if box.state == name]

    def of_step(self, transition: Transition, before: str, after: str) -> list[str]:
        """The arrow that a transition takes, or the list that it stands in, with its arrow.

        Nothing, where it stays in its state, or a simple diagram does not show it.
        """
        if before == after:
            return []
        return list(self._ways(transition, before, after))

    def _ways(self, transition: Transition, before: str, after: str) -> Iterator[str]:
        boxes, label = self._outline.boxes, label_of(transition, simple=self._simple)
        lists = {
            number
            for number, box in enumerate(boxes)
            if box.state is None
            for section in box.sections
            if before in section.states and label in section.labels
        }
        for number, arrow in enumerate(self._outline.arrows):
            if boxes[arrow.target].state != after:
                continue
            if arrow.source in lists:
                yield box_id(arrow.source)
                yield arrow_id(number)
            elif boxes[arrow.source].state == before and label in arrow.labels:
                yield arrow_id(number)
