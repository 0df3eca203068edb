"""One line of a ladder in text: lifelines, and what is written over them."""

from tcpspec.record import Record
from tcpspec.views.measure import cells

SHORT = 2  # columns before the next lifeline where what does not arrive ends


class Glyphs(Record):
    """The characters that a ladder is drawn with."""

    lifeline: str
    line: str
    right: str
    left: str
    crossing: str
    event: str
    rest: str
    lost: str
    loop: str
    wrong: str


UNICODE = Glyphs("│", "─", "▶", "◀", "┼", "●", "…", "X", "╌", "✗")
ASCII = Glyphs("|", "-", ">", "<", "+", "*", "...", "X", "- ", "!!")


class Canvas:
    """A line of cells, with a lifeline in every ``gap``-th of them."""

    def __init__(self, lifelines: int, gap: int, glyphs: Glyphs) -> None:
        self._gap, self.glyphs = gap, glyphs
        self._lifelines = tuple(gap * number for number in range(lifelines))
        self._cells = [" "] * (gap * max(lifelines - 1, 1) + 1)
        for x in self._lifelines:
            self._cells[x] = glyphs.lifeline

    def __str__(self) -> str:
        return "".join(self._cells)

    def write(self, x: int, text: str) -> None:
        """Text from a cell on; a wide letter takes two."""
        for letter in text:
            self._cells[x] = letter
            if cells(letter) == 2:
                self._cells[x + 1] = ""
            x += cells(letter)

    def note(self, lifeline: int, text: str) -> None:
        """Something that happens at a lifeline."""
        self.beside(lifeline, text)
        self.write(self._lifelines[lifeline], self.glyphs.event)

    def beside(self, lifeline: int, text: str) -> None:
        """Text at a lifeline, where there is room for it: at the last one on its left."""
        x = self._lifelines[lifeline]
        self.write(x + 2 if self._ahead(lifeline) > 0 else x - 1 - cells(text), text)

    def _ahead(self, lifeline: int) -> int:
        return -1 if 0 < lifeline == len(self._lifelines) - 1 else 1

    def arrow(self, sender: int, receiver: int, label: str, *, start: bool, end: str) -> None:
        """A message between two lifelines, with its label next to the sender's.

        Without ``start`` it comes from an earlier row. ``end`` is ``arrives``, ``lost`` or
        ``leaves``: for a later row.
        """
        x, goal = self._lifelines[sender], self._lifelines[receiver]
        ahead = self._ahead(sender) if sender == receiver else 1 if goal > x else -1
        near = x + ahead * self._gap
        arrives = end == "arrives"
        if sender == receiver and arrives:
            x, near, ahead = x + ahead * (self._gap - SHORT), goal, -ahead
        elif not arrives:
            goal = near - ahead * SHORT
        self._line(min(x, goal) + 1, max(x, goal) - 1)
        self._ends(min(x, goal) + 1, max(x, goal) - 1, ahead, start=start, end=end)
        rest = len(self.glyphs.rest)
        tip = 0 if arrives else rest + 2
        far = near - ahead if arrives else goal - ahead * (1 + tip)
        low, high = sorted((x + ahead, far))
        place = low + (high - low - 1 - cells(label)) // 2
        if not start:  # after the ellipsis
            after = x + ahead * (rest + 1)
            place = max(place, after) if ahead > 0 else min(place, after - cells(label) - 1)
        self.write(place, f" {label} ")
        if arrives:
            self.write(self._lifelines[receiver], self.glyphs.event)

    def _line(self, low: int, high: int) -> None:
        for x in range(low, high + 1):
            crossing = x in self._lifelines
            self._cells[x] = self.glyphs.crossing if crossing else self.glyphs.line

    def _ends(self, low: int, high: int, ahead: int, *, start: bool, end: str) -> None:
        """The two ends of a line from ``low`` to ``high`` that points ahead or back."""
        head = self.glyphs.right if ahead > 0 else self.glyphs.left
        rest, size = self.glyphs.rest, len(self.glyphs.rest)
        tip = {"arrives": head, "lost": self.glyphs.lost}.get(end)
        if tip is None:
            tip = f"{head} {rest}" if ahead > 0 else f"{rest} {head}"
        self.write(high + 1 - len(tip) if ahead > 0 else low, tip)
        if not start:
            self.write(low if ahead > 0 else high - size, f"{rest} " if ahead > 0 else f" {rest}")
