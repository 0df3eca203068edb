"""A sheet of characters to draw on."""


class Paper:
    """Lines of characters, as many and as long as what is drawn needs."""

    def __init__(self) -> None:
        self._lines: list[list[str]] = []

    def __str__(self) -> str:
        return "".join("".join(line).rstrip() + "\n" for line in self._lines)

    def write(self, row: int, column: int, text: str) -> None:
        """Text from a place on, over what is there."""
        while len(self._lines) <= row:
            self._lines.append([])
        line = self._lines[row]
        line.extend(" " * (column + len(text) - len(line)))
        line[column : column + len(text)] = text

    def down(self, column: int, first: int, last: int) -> None:
        """A vertical line, both ends included; it passes over what crosses it."""
        for row in range(first, last + 1):
            self.write(row, column, "|")

    def across(self, row: int, first: int, last: int) -> None:
        """A horizontal line with corners at its ends."""
        low, high = sorted((first, last))
        self.write(row, low, f"+{'-' * (high - low - 1)}+")
