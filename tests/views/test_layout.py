"""What ``dot`` makes of state diagrams: no text on another, and few lines across each other.

Computed from where it says that it put everything.
"""

import json
import subprocess
from dataclasses import dataclass
from itertools import combinations, pairwise, product
from pathlib import Path
from typing import Any

import pytest

from tcpspec.check import load
from tcpspec.model.model import Machine
from tcpspec.views import render
from tcpspec.views.machines.outline import outline
from tcpspec.views.machines.state_diagram import state_diagram
from tcpspec.views.runs.geometry import Box, Point, Segment
from tests.cli.runner import SOME
from tests.views.machines import grid

_BASELINE = 0.3
"""How far below the middle of a line of text its letters stand, in font sizes."""


@dataclass
class Laid:
    """The boxes of nodes, the texts beside each arrow, and the arrows as lines."""

    nodes: list[Box]
    labels: list[list[Box]]
    lines: list[list[Segment]]

    @property
    def crossings(self) -> int:
        """How often arrows run across each other."""
        return sum(
            any(_cross(a, b) for a in one for b in other)
            for one, other in combinations(self.lines, 2)
        )


def laid_out(machine: Machine, *, simple: bool) -> Laid:
    picture = state_diagram(machine, simple=simple)
    done = subprocess.run(
        [render._pure(), "-Kdot", "-Tjson"], input=picture.source.encode(), capture_output=True,
        check=True,
    )  # fmt: skip
    found = json.loads(done.stdout)
    return Laid(
        [_node(node) for node in found["objects"]],
        [list(_texts(edge)) for edge in found.get("edges", [])],
        [_line(edge) for edge in found.get("edges", [])],
    )


def _node(node: dict[str, Any]) -> Box:
    x, y = map(float, node["pos"].split(","))
    return Box(Point(x, y), float(node["width"]) * 72, float(node["height"]) * 72)


def _texts(edge: dict[str, Any]) -> list[Box]:
    """Each line of a label, as wide as it is drawn."""
    found, size = [], 0.0
    for step in edge.get("_ldraw_", []):
        size = step.get("size", size)
        if step["op"] == "T":
            (x, y), width = step["pt"], step["width"]
            left = x - {"l": 0, "c": width / 2, "r": width}[step["align"]]
            found.append(Box(Point(left + width / 2, y + size * _BASELINE), width, size))
    return found


def _line(edge: dict[str, Any]) -> list[Segment]:
    """The curve of an arrow in short straight pieces."""
    points = [
        _bezier(curve, part / 12)
        for step in edge["_draw_"] if step["op"] == "b"
        for start in range(0, len(step["points"]) - 3, 3)
        for curve in [step["points"][start : start + 4]]
        for part in range(13)
    ]  # fmt: skip
    return [Segment(a, b) for a, b in pairwise(points)]


def _bezier(p: list[list[float]], t: float) -> Point:
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
    x, y = (sum(w * q[axis] for w, q in zip(weights, p, strict=True)) for axis in (0, 1))
    return Point(x, y)


def _cross(a: Segment, b: Segment) -> bool:
    def side(line: Segment, at: Point) -> float:
        dx, dy = line.end.x - line.start.x, line.end.y - line.start.y
        return dx * (at.y - line.start.y) - dy * (at.x - line.start.x)

    first = side(a, b.start) * side(a, b.end) < 0
    return first and side(b, a.start) * side(b, a.end) < 0


@pytest.mark.sweep
@pytest.mark.parametrize("path", SOME, ids=lambda path: path.stem)
def test_no_label_hides_another_or_a_box(path: Path) -> None:
    for machine in load(str(path)).machines.values():
        for simple in (False, True):
            laid = laid_out(machine, simple=simple)
            groups = [*([node] for node in laid.nodes), *laid.labels]
            for one, other in combinations(groups, 2):
                assert not any(a.overlaps(b) for a in one for b in other), machine.name


@pytest.mark.parametrize("simple", [False, True])
def test_the_lines_of_tcp_cross_once(simple: bool) -> None:
    """Which cannot be avoided where all leads down. The arrows from SYN_RCVD and ESTABLISHED to
    FIN_WAIT_1 and CLOSE_WAIT are a closed line with SYN_RCVD at its top; what leads down to
    ESTABLISHED comes from inside it. SYN_SENT is above SYN_RCVD, so it is outside, and its arrow to
    ESTABLISHED runs across the line.
    """
    machine = load("tcpspec:tcp.fsm").machines["Endpoint"]
    drawn = outline(machine, simple=simple)
    arrows = {(drawn.boxes[a.source].state, drawn.boxes[a.target].state) for a in drawn.arrows}
    closed_line = product(("SYN_RCVD", "ESTABLISHED"), ("FIN_WAIT_1", "CLOSE_WAIT"))
    assert arrows >= {*closed_line, ("SYN_SENT", "SYN_RCVD"), ("SYN_SENT", "ESTABLISHED")}
    assert laid_out(machine, simple=simple).crossings == 1


def test_the_lines_of_figure_5_do_not_cross() -> None:
    machine = load("tcpspec:figure5.fsm").machines["TCP"]
    assert laid_out(machine, simple=False).crossings == 0


def test_crossings_are_seen() -> None:
    a = Segment(Point(0, 0), Point(2, 2))
    assert _cross(a, Segment(Point(0, 2), Point(2, 0)))
    assert not _cross(a, Segment(Point(1, 0), Point(3, 2)))


@pytest.mark.sweep
def test_a_machine_of_200_states_is_drawn() -> None:
    """Each has a box; so have the mark where it begins, and what leads to the last one."""
    laid = laid_out(grid(200), simple=False)
    assert len(laid.nodes) == 202
    assert len(laid.lines) > 500
