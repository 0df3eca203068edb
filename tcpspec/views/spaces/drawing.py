"""The picture of a state space: every state where they are few, else a quotient."""

from dataclasses import dataclass

from tcpspec.explore.run import Run
from tcpspec.explore.space import StateSpace
from tcpspec.views.render import Picture
from tcpspec.views.spaces.outline import SpaceOutline, quotient, whole_space
from tcpspec.views.spaces.space_diagram import space_diagram
from tcpspec.views.theme import LIGHT, Theme

FEW = 60
"""So many states are drawn one by one, unless it is said otherwise: more help no reader."""

MOST = 150
"""So many boxes are drawn at all: more make a picture of many pages."""


class TooLarge(Exception):  # the name says what happened
    """There are too many states, or too many boxes, to draw; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture, and what to say of how it was made."""

    picture: Picture
    notes: tuple[str, ...]


def space_drawing(
    space: StateSpace,
    *,
    whole: bool | None = None,
    run: Run | None = None,
    outcome: str | None = None,
    theme: Theme = LIGHT,
) -> Drawing:
    """The picture of a space; ``whole`` says whether every state has its box, None that it has
    where states are few. A ``run`` is laid over it, and ``outcome`` stands at its end.

    Raises ``TooLarge``.
    """
    shown, notes = _chosen(space, whole, run)
    if len(shown.places) > MOST:
        raise TooLarge(
            f"there are {len(shown.places):,} combinations of control states, and at most "
            f"{MOST:,} boxes are drawn: smaller constants (--set) or another system may have fewer"
        )
    return Drawing(space_diagram(shown, outcome=outcome, theme=theme), (*notes, *shown.rests_on))


def _chosen(
    space: StateSpace, whole: bool | None, run: Run | None
) -> tuple[SpaceOutline, tuple[str, ...]]:
    states = len(space.states)
    if not states:
        raise TooLarge("the search ended before any state was found")
    if whole is None and states > FEW:
        shown = quotient(space, run)
        return shown, (
            f"{states:,} states are more than the {FEW} that can be read: drawn are "
            f"{len(shown.places):,} boxes, each for all states with the same control states "
            "(--full draws every state)",
        )
    if whole is False:
        return quotient(space, run), ()
    if states > MOST:
        raise TooLarge(
            f"there are {states:,} states, and at most {MOST:,} boxes are drawn: "
            "--quotient draws one for all states with the same control states"
        )
    return whole_space(space, run), ()
