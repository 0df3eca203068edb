"""What stands on the arrows of a state diagram: the texts of transitions, and which are shown; and
how many states are told in a few words.

Shared by all that draw a machine, ourselves or through other tools.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from tcpspec.model.model import Action, Assign, Kind, Machine, Rank, Reset, Send, Transition
from tcpspec.wrap import filled

Arrows: TypeAlias = dict[tuple[str, str], list["Label"]]
"""What stands on each arrow, by the states that it leaves and that it leads to."""

ORDERED = "Of several rules that match, the first in the text is taken."
"""What a drawing of an ordered machine has to say."""


@dataclass(frozen=True, slots=True)
class Label:
    """What stands on an arrow: event, guard and actions as written; empty where there is none."""

    event: str
    guard: str = ""
    actions: tuple[str, ...] = ()

    @property
    def followed(self) -> list[str]:
        """Each action, with the semicolon that follows it."""
        return [f"{action};" for action in self.actions[:-1]] + list(self.actions[-1:])

    @property
    def conditions(self) -> list[str]:
        """The guard in its brackets, in the pieces between which it may be broken."""
        return re.split(r" (?=(?:and|or|implies) )", f"[{self.guard}]") if self.guard else []

    def lines(self, width: int) -> list[str]:
        """The transition as it is written in the file; in several lines if it is long."""
        guard = self.conditions
        fits = len(self.guard) + 2 <= width
        parts = [self.event, *([" ".join(guard)] if guard and fits else guard)]
        if self.actions:
            parts[-1] += " /"
        return filled([*parts, *self.followed], width)


def label_of(transition: Transition, *, simple: bool = False) -> Label:
    """A transition's texts; the simple ones have sends without fields, and no assignments."""
    texts = [_action(action, simple) for action in transition.actions]
    return Label(event_of(transition), transition.guard_text or "", tuple(filter(None, texts)))


def event_of(transition: Transition) -> str:
    """A transition's event, and whether it is for what no other line with this event matches."""
    gives_way = transition.rank is Rank.UNLESS_HANDLED
    return transition.event_text + (", unless handled" if gives_way else "")


def _action(action: Action, simple: bool) -> str:
    if not simple or isinstance(action, Reset):
        return action.text
    return f"snd {action.message}" if isinstance(action, Send) else ""


def stay_is_shown(transition: Transition, *, simple: bool) -> bool:
    """Whether a diagram shows a transition where it stays in its state.

    A simple one shows only what the user or the endpoint itself begins.
    """
    return not simple or transition.kind in (Kind.CALL, Kind.STEP)


def remarks(machine: Machine, *, simple: bool = False) -> list[str]:
    """What a drawing has to say: which rule goes first, and what a simple one leaves out."""
    said = [ORDERED] if machine.ordered else []
    if left := list(_left_out(machine, simple=simple)):
        said.append(f"Left out: {'; '.join(left)}.")
    return said


def _left_out(machine: Machine, *, simple: bool) -> Iterator[str]:
    """Rules that are not shown; and what of the others is not."""
    shown: list[Action] = []
    left = 0
    for transition in machine.transitions:
        if _stays(transition) and not stay_is_shown(transition, simple=simple):
            left += 1
        else:
            shown += transition.actions
    if left:
        first = ", though they may go first" if machine.ordered else ""
        rules = "1 rule that stays" if left == 1 else f"{left} rules that stay"
        yield f"{rules} in the same state{first}"
    short = [action for action in shown if _action(action, simple) != action.text]
    if any(isinstance(action, Assign) for action in short):
        yield "assignments"
    if any(isinstance(action, Send) for action in short):
        yield "fields of messages"


def _stays(transition: Transition) -> bool:
    return transition.target is None or transition.target in transition.states


def arrows(machine: Machine, *, simple: bool = False) -> Arrows:
    """One arrow for all transitions from one state to another, also from a state to itself.

    In the order of the states, then of the text. Equal labels of an arrow are one.
    """
    found: Arrows = {}
    for state, transitions in machine.of_state.items():
        for transition in transitions:
            target = transition.target or state
            if target != state or stay_is_shown(transition, simple=simple):
                labels = found.setdefault((state, target), [])
                label = label_of(transition, simple=simple)
                if label not in labels:
                    labels.append(label)
    return found


def place(line: Transition) -> str:
    """The states that a line applies to; of many, the first and how many more."""
    first, *others = line.states or ("no state",)
    return ", ".join(line.states) if len(others) < 3 else f"{first} and {len(others)} more"


def any_of(machine: Machine, states: tuple[str, ...]) -> str:
    """States of a machine in the fewest words."""
    others = [state.name for state in machine.states if state.name not in states]
    if len(states) < 2:
        return states[0] if states else "no state"
    if not others:
        return "any state"
    if len(others) < len(states):
        return f"any state except {', '.join(others)}"
    return f"any of {', '.join(states)}"
