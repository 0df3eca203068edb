"""What a state diagram shows, before anything is drawn.

A box stands for one state, or for several of which the same is written. An arrow stands for all
transitions between two boxes; what leaves a state as it is stands in the state's box, as in UML,
because loops with long labels hide the way through a diagram.

The rules, for a machine of n states:

* A transition that applies to few states gets an arrow from each. One that applies to many (a
  wildcard block, or the same line written again and again) would hide everything else: all such
  transitions to one state are listed in one box *any of …*, from which one arrow leads there.
* Ranks: a state's rank is its distance from the initial state. An arrow that leads to a later state
  points down; any other points up and does not push its target down.
* Figure 5 of RFC 9293 draws CLOSED twice, where connections begin and where they end. So the
  initial state is drawn again below all others if transitions lead there from the far half.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from tcpspec.model.labels import Label, label_of, stay_is_shown
from tcpspec.model.model import Machine, Transition

Group: TypeAlias = tuple[str, ...]
"""States that are drawn as one box."""

MANY = 3
"""From so many states on, a transition that applies to all of them is drawn once."""


@dataclass(frozen=True, slots=True)
class Section:
    """Transitions that are listed in a box, and the states that they apply to."""

    states: Group
    labels: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """A state with the transitions that leave it as it is; or, without a name, only lists.

    ``again`` is set for the second drawing of the initial state.
    """

    state: str | None
    sections: tuple[Section, ...] = ()
    again: bool = False


@dataclass(frozen=True, slots=True)
class Arrow:
    """All transitions from one box to another, by position; ``up`` if it leads back.

    Without labels, the box it comes from lists them.
    """

    source: int
    target: int
    labels: tuple[Label, ...]
    up: bool


@dataclass(frozen=True, slots=True)
class Outline:
    """Boxes, the initial state's first, and the arrows between them."""

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


@dataclass(slots=True)
class _Sketch:
    """Labels by the states that they leave and, for arrows, the state that they lead to."""

    stays: dict[Group, list[Label]] = field(default_factory=dict)
    moves: dict[tuple[Group, str], list[Label]] = field(default_factory=dict)


def outline(machine: Machine, *, simple: bool = False) -> Outline:
    """What to draw of a machine; ``simple`` is how Figure 5 sees it.

    Simple means: no assignments, no fields of messages, and of the transitions that stay only what
    the user or the endpoint itself begins.
    """
    depths = _depths(machine)
    sketch = _Sketch()
    for (label, target), states in _moves(machine, simple).items():
        for group in _grouped(states):
            _add(sketch.moves.setdefault((group, target), []), label)
    for transition in machine.transitions:
        if stay_is_shown(transition, simple=simple):
            _add_stays(sketch, transition, simple)
    return _arranged(machine, sketch, depths)


def _depths(machine: Machine) -> Mapping[str, int]:
    """Each state's distance from the initial one, in order of discovery; unreachable ones last."""
    depths = {machine.initial.name: 0}
    for name in (queue := [machine.initial.name]):
        for transition in machine.of_state[name]:
            if transition.target is not None and transition.target not in depths:
                depths[transition.target] = depths[name] + 1
                queue.append(transition.target)
    last = max(depths.values()) + 1
    return depths | {s.name: last for s in machine.states if s.name not in depths}


def _moves(machine: Machine, simple: bool) -> Mapping[tuple[Label, str], list[str]]:
    """For each label and target, the states that it leaves; equal lines are one."""
    found: dict[tuple[Label, str], list[str]] = {}
    for transition in machine.transitions:
        if transition.target is not None:
            states = found.setdefault((label_of(transition, simple=simple), transition.target), [])
            for state in transition.states:
                if state != transition.target and state not in states:
                    states.append(state)
    return found


def _grouped(states: Iterable[str]) -> Iterator[Group]:
    """All of many states together, few one by one."""
    group = tuple(states)
    if len(group) >= MANY:
        yield group
    else:
        yield from ((state,) for state in group)


def _add_stays(sketch: _Sketch, transition: Transition, simple: bool) -> None:
    staying = (s for s in transition.states if transition.target in (None, s))
    for group in _grouped(staying):
        _add(sketch.stays.setdefault(group, []), label_of(transition, simple=simple))


def _add(labels: list[Label], label: Label) -> None:
    if label not in labels:
        labels.append(label)


def _arranged(machine: Machine, sketch: _Sketch, depths: Mapping[str, int]) -> Outline:
    """States in the order of their ranks, then lists, then perhaps the initial state again."""
    boxes = [
        Box(name, _sections({(name,): sketch.stays.get((name,), [])}))
        for name in sorted(depths, key=lambda name: depths[name])
    ]
    many = {group: labels for group, labels in sketch.stays.items() if len(group) > 1}
    boxes += [Box(None, _sections(many))] if many else []
    lists = _lists(sketch)
    far = _far(machine, sketch, depths)
    ends = {box.state: number for number, box in enumerate(boxes)}
    again = len(boxes) + len(lists)
    arrows = [
        Arrow(ends[group[0]], again, tuple(labels), up=False) if (group[0], target) in far
        else Arrow(ends[group[0]], ends[target], tuple(labels), depths[target] < depths[group[0]])
        for (group, target), labels in sketch.moves.items() if len(group) == 1
    ]  # fmt: skip
    for target, groups in lists.items():
        twice = bool(far) and target == machine.initial.name
        end, up = (again, False) if twice else (ends[target], depths[target] < 2)
        arrows.append(Arrow(len(boxes), end, (), up))
        boxes.append(Box(None, _sections(groups)))
    boxes += [Box(machine.initial.name, again=True)] if far else []
    return Outline(tuple(boxes), tuple(arrows))


def _sections(listed: Mapping[Group, list[Label]]) -> tuple[Section, ...]:
    return tuple(Section(group, tuple(labels)) for group, labels in listed.items() if labels)


def _lists(sketch: _Sketch) -> Mapping[str, dict[Group, list[Label]]]:
    """For each state, what leads there from many states."""
    lists: dict[str, dict[Group, list[Label]]] = {}
    for (group, target), labels in sketch.moves.items():
        if len(group) > 1:
            lists.setdefault(target, {})[group] = labels
    return lists


def _far(
    machine: Machine, sketch: _Sketch, depths: Mapping[str, int]
) -> frozenset[tuple[str, str]]:
    """Arrows that lead from the far half back to the initial state."""
    half = max(max(depths.values()) / 2, 2)
    return frozenset(
        (group[0], target)
        for group, target in sketch.moves
        if target == machine.initial.name and len(group) == 1 and depths[group[0]] > half
    )
