"""Reads a state diagram in text as a person does, and knows nothing of how it was drawn.

Boxes are found by their corners. From each one, every line is followed to its other end: down, and
at a corner to the side where it goes on. What stands to the right of an upright piece of a line, up
to the next line or box, is its label. All white space is taken out of labels, because long ones are
broken into lines.
"""

import re
from dataclasses import dataclass, field

Edge = tuple[str, str, str]
"""From, to, and what stands there: ``event[guard]/actions``."""

Cell = tuple[int, int]


@dataclass
class Read:
    """What a figure says; ``crossings`` counts where a line runs across another."""

    states: list[str] = field(default_factory=list)
    final: set[str] = field(default_factory=set)
    initial: set[str] = field(default_factory=set)
    edges: set[Edge] = field(default_factory=set)
    drawn: int = 0
    crossings: int = 0


@dataclass(frozen=True)
class _Box:
    top: int
    bottom: int
    left: int
    right: int
    kind: str

    def text(self, lines: list[str]) -> list[str]:
        return [line[self.left + 1 : self.right] for line in lines[self.top + 1 : self.bottom]]


def read(text: str) -> Read:
    """What a figure says. Fails where it can be read in more than one way."""
    lines = text.split("\n")
    width = max(map(len, lines))
    lines = [line.ljust(width + 3) for line in [*lines, "", ""]]
    return _Reader(lines).found


class _Reader:
    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.found = Read()
        self.notes = _notes(lines)
        self.boxes = list(_boxes(lines))
        self.names = {box: self._name(box) for box in self.boxes if box.kind != "."}
        self.found.states = list(dict.fromkeys(self.names.values()))
        self.found.final = {name for box, name in self.names.items() if box.kind == "="}
        self.taken = {
            (row, column)
            for box in self.boxes
            for row in range(box.top, box.bottom + 1)
            for column in range(box.left, box.right + 1)
        }
        traced = [self._trace(box, column) for box in self.names for column in self._leaving(box)]
        self.taken |= {cell for _, _, cells in traced for cell in cells}
        for source, target, cells in traced:
            self._label(source, target, cells)
        for box in self.boxes:
            self._listed(box)
        self.found.drawn = len(traced)
        self._start()

    def at(self, row: int, column: int) -> str:
        return self.lines[row][column]

    # --- boxes ---

    def _name(self, box: _Box) -> str:
        first = _parts(box.text(self.lines))[0]
        return "".join(first).replace(" ", "").partition("(")[0]

    def _listed(self, box: _Box) -> None:
        parts = _parts(box.text(self.lines))
        if box.kind != ".":
            for entry in _entries([line for part in parts[1:] for line in part]):
                self._told([self.names[box]], entry)
            return
        for part in parts:
            head, _, rest = "\n".join(part).partition(":\n")
            states = self._several(head.replace("\n", " "))
            for entry in _entries(rest.split("\n")):
                self._told(states, entry)

    def _several(self, words: str) -> list[str]:
        words = " ".join(words.split())
        if words == "any state":
            return self.found.states
        listed = re.sub("any state except|any of", "", words).replace(" ", "").split(",")
        assert set(listed) <= set(self.found.states)
        if words.startswith("any of"):
            return listed
        return [state for state in self.found.states if state not in listed]

    def _told(self, states: list[str], entry: str) -> None:
        what, arrow, target = entry.replace(" ", "").partition("->")
        for state in states:
            self.found.edges.add((state, target if arrow else state, what))

    # --- lines ---

    def _leaving(self, box: _Box) -> list[int]:
        inside = range(box.left + 1, box.right)
        return [column for column in inside if self.at(box.bottom + 1, column) in "|^V"]

    def _trace(self, box: _Box, column: int) -> tuple[str, str, list[Cell]]:
        """Both ends of a line, and the cells of its upright pieces."""
        row, cells = box.bottom + 1, []
        up = self.at(row, column) == "^"
        while True:
            cells.append((row, column))
            sign = self.at(row, column)
            lower = self._box_below(row, column)
            if lower is not None:
                assert (sign == "V") != up, "an arrow has one head"
                ends = self.names[box], self.names[lower]
                return (*(ends[::-1] if up else ends), cells)
            if sign == "+":
                column = self._across(row, column)
                cells.append((row, column))
            else:
                assert sign in "|^", f"a line ends at {row}, {column}"
            row += 1

    def _across(self, row: int, column: int) -> int:
        """Where a line that turns aside turns down again."""
        ways = [step for step in (-1, 1) if self.at(row, column + step) == "-"]
        (step,) = ways
        column += step
        while self.at(row, column) != "+":
            self.taken.add((row, column))
            self.found.crossings += self.at(row, column) == "|"
            assert self.at(row, column) in "-|"
            column += step
        assert self.at(row + 1, column) in "|V+"
        return column

    def _box_below(self, row: int, column: int) -> _Box | None:
        below = (b for b in self.names if b.top == row + 1 and b.left < column < b.right)
        return next(below, None)

    def _label(self, source: str, target: str, cells: list[Cell]) -> None:
        """Blocks with an empty line between them: event and guard, a rule, actions."""
        beside = [self._beside(*cell) for cell in cells if self.at(*cell) == "|"]
        blocks = "\n".join(beside).split("\n\n")
        found = [block.strip("\n").split("\n") for block in blocks if block.strip("\n")]
        assert found, f"no label from {source} to {target}"
        for block in found:
            self.found.edges.add((source, target, self._text(block)))

    def _beside(self, row: int, column: int) -> str:
        start = column + 2
        end = start
        while end < len(self.lines[row]) and (row, end) not in self.taken:
            end += 1
        return self.lines[row][start:end].rstrip()

    def _text(self, block: list[str]) -> str:
        if number := re.fullmatch(r"\((\d+)\)", block[0]):
            return self.notes.pop(int(number[1]))
        rules = [row for row, line in enumerate(block) if set(line) == {"-"}]
        if not rules:
            return "".join(block).replace(" ", "")
        (rule,) = rules
        return "/".join("".join(part) for part in (block[:rule], block[rule + 1 :])).replace(
            " ", ""
        )

    def _start(self) -> None:
        marks = [(row, line.index("*")) for row, line in enumerate(self.lines[:1]) if "*" in line]
        for row, column in marks:
            box = self._box_below(row + 1, column)
            assert box is not None
            assert self.at(row + 1, column) == "V"
            self.found.initial.add(self.names[box])


def _boxes(lines: list[str]) -> "list[_Box]":
    found = []
    for top, line in enumerate(lines):
        for edge in re.finditer(r"\+([-=])\1+(?=\+)|(\.)\.+(?=\.)", line):
            left, right = edge.start(), edge.end()
            kind = edge[1] or edge[2]
            side = ":" if kind == "." else "|"
            row = top + 1
            while lines[row][left] == side == lines[row][right]:
                row += 1
            if row > top + 1 and lines[row][left : right + 1] == line[left : right + 1]:
                found.append(_Box(top, row, left, right, kind))
    return found


def _parts(text: list[str]) -> list[list[str]]:
    """What stands between the rules of a box."""
    parts: list[list[str]] = [[]]
    for line in text:
        if set(line) == {"-"}:
            parts.append([])
        else:
            parts[-1].append(line[1:].rstrip())
    return parts


def _entries(lines: list[str]) -> list[str]:
    """Lines that are indented go on with the one before."""
    found: list[str] = []
    for line in lines:
        if line.startswith("  "):
            found[-1] += line
        elif line:
            found.append(line)
    return found


def _notes(lines: list[str]) -> dict[int, str]:
    """Numbered labels, which are taken out of the figure."""
    start = next((n for n, line in enumerate(lines) if line.startswith("(1) ")), len(lines))
    notes: dict[int, str] = {}
    number = 0
    for line in lines[start:]:
        if head := re.match(r"\((\d+)\) ", line):
            number = int(head[1])
            notes[number] = line[head.end() :].replace(" ", "")
        elif line.startswith("  "):
            notes[number] = notes.get(number, "") + line.replace(" ", "")
    del lines[start:]
    lines += [" " * 80] * 2
    return notes
