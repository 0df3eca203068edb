"""Statements as lines, with what belongs in columns in columns.

The columns of rules: within a state, guards and ``/``; within a machine, ``->`` and ``@``. A rule
keeps within 100 columns up to its target; references and comments stand in the margin behind it.
Declarations that follow each other share the column of their ``=``, the lines of a check that of
their claims. What is much longer than the others takes no part, so that it does not push them away.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from tcpspec.language import ast
from tcpspec.language.expressions import AND, IMPLIES, NOT, OR
from tcpspec.language.pieces import WIDTH, Piece
from tcpspec.language.printer import Printer, RuleParts

MAX_TRIGGER, MAX_NAME = 28, 44
"""What is longer does not decide where guards and claims stand."""

SHORT, MAX_HEAD = 16, 24
"""Short heads decide where ``/`` stands in a machine; longer ones, if all heads are no longer than
the second number, in their state."""

SIMILAR = 8
"""Long heads that follow each other are aligned when they differ by no more than this."""


def lines(pieces: Sequence[Piece], printer: Printer) -> list[list[str]]:
    """The lines of each piece, in the same order."""
    layout = _Layout(printer, {i: piece for i, piece in enumerate(pieces) if not piece.written})
    layout.run()
    return [
        list(p.written) or layout.lines.get(i, [p.indent + p.text]) for i, p in enumerate(pieces)
    ]


def column(widths: Iterable[int], most: int) -> int:
    """The widest, of those that are not too wide."""
    return max((width for width in widths if width <= most), default=0)


def fill(
    first: str, parts: Sequence[str], separator: str, following: str | None = None
) -> list[str]:
    """The parts in lines: the first one after ``first``, others under it or after ``following``."""
    rows = [first + parts[0]]
    for part in parts[1:]:
        if len(rows[-1]) + len(separator) + len(part) < WIDTH:
            rows[-1] += separator + part
        elif following is None:
            rows[-1] += separator.rstrip()
            rows.append(" " * len(first) + part)
        else:
            rows.append(following + part)
    return rows


@dataclass(slots=True)
class _Row:
    """A rule as it is laid out: its head grows to its column, then its actions are added."""

    at: int
    indent: str
    parts: RuleParts
    head: str
    lines: list[str]

    @property
    def end(self) -> int:
        return len(self.lines[-1])

    def extend(self, text: str, start: int) -> None:
        if text:
            self.lines[-1] = f"{self.lines[-1]} ".ljust(start) + text


class _Layout:
    """Lays out the pieces of one file, one kind of column after the other."""

    def __init__(self, printer: Printer, pieces: dict[int, Piece]) -> None:
        self._printer = printer
        self._pieces = pieces
        self.lines: dict[int, list[str]] = {}

    def run(self) -> None:
        self._rules()
        self._claims()
        self._neighbours()
        for i, piece in self._pieces.items():
            if i not in self.lines and piece.node is not None and piece.kind == "statement":
                self.lines[i] = self._alone(piece)

    # --- rules ---

    def _rules(self) -> None:
        states: list[list[_Row]] = []
        for i, piece in self._pieces.items():
            if isinstance(piece.node, ast.Machine):
                self._finish(states)
                states = []
            if piece.kind == "open":
                states.append([])
            elif isinstance(piece.node, ast.RuleItem):
                parts = self._printer.rule(piece.node)
                states[-1].append(_Row(i, piece.indent, parts, parts.trigger, []))
        self._finish(states)

    def _finish(self, states: list[list[_Row]]) -> None:
        """All rules of one machine, once they are known."""
        for rows in states:
            _align_guards(rows)
        every = [row for rows in states for row in rows]
        usual = column((len(row.head) for row in every if row.parts.actions), SHORT)
        for rows in states:
            _add_actions(rows, usual)
        _add_margin(every)
        self.lines |= {row.at: row.lines for row in every}

    # --- checks ---

    def _claims(self) -> None:
        kinds = (ast.CheckLine, ast.ReplaceCheck)
        for _, group in groupby(self._pieces.items(), key=lambda pair: pair[1].kind == "open"):
            found = [(i, p) for i, p in group if isinstance(p.node, kinds)]
            names = [self._printer.line_name(piece.node) for _, piece in found]
            start = column(map(len, names), MAX_NAME)
            for (i, piece), name in zip(found, names, strict=True):
                before = piece.indent + (f"{name.ljust(start)} " if name else "")
                lines = self._claim(before, piece.node.claim)
                self.lines[i] = self._assuming(lines, len(before), piece.node.claim)

    def _assuming(self, lines: list[str], indent: int, claim: ast.Claim) -> list[str]:
        """What is assumed stands behind the claim, or on a line of its own."""
        text = self._printer.assuming(claim)
        if not text or len(lines[-1]) + 1 + len(text) <= WIDTH:
            return [*lines[:-1], f"{lines[-1]} {text}".rstrip()]
        return [*lines, " " * indent + text]

    def _claim(self, before: str, claim: ast.Claim) -> list[str]:
        modifiers, text = self._printer.claim(claim)
        first = before + (f"{modifiers} " if modifiers else "")
        if claim.consequence is not None:
            width = WIDTH - len(first)
            left = self._wrapped(claim.predicate, IMPLIES, width)
            right = self._wrapped(claim.consequence, IMPLIES, width, "leads to ")
            return _under(first, _joined(left, right, width) if len(left) == 1 else left + right)
        if claim.predicate is None:
            return [first + text]
        return self._expression(first, claim.predicate, f"{claim.kind} ")

    # --- expressions ---

    def _expression(self, first: str, node: Any, prefix: str = "") -> list[str]:
        return _under(first, self._wrapped(node, IMPLIES, WIDTH - len(first), prefix))

    def _wrapped(self, node: Any, level: int, width: int, prefix: str = "") -> list[str]:
        """An expression in lines that are not too long, broken before its loosest operators."""
        text = prefix + self._printer.expression(node, level)
        operators = {"implies": (OR, IMPLIES), "or": (OR, AND), "and": (AND, NOT)}
        sides = operators.get(getattr(node, "operator", ""))
        if len(text) <= width or sides is None or text == f"{prefix}({self._bare(node)})":
            return [text]
        left = self._wrapped(node.left, sides[0], width, prefix)
        right = self._wrapped(node.right, sides[1], width, f"{node.operator} ")
        same = getattr(node.left, "operator", "") == node.operator
        return _joined(left, right, width) if same or len(left) == 1 else left + right

    def _bare(self, node: Any) -> str:
        return " ".join(self._printer.sides(node))

    # --- what stands under its like ---

    def _neighbours(self) -> None:
        """Runs of declarations of one kind, without blank lines between them."""
        run: list[tuple[int, Piece]] = []
        for i, piece in self._pieces.items():
            same = run and _kind(piece) == _kind(run[-1][1]) and run[-1][0] == i - 1
            if not same or piece.is_apart:
                self._align(run)
                run = []
            if _kind(piece) is not None:
                run.append((i, piece))
        self._align(run)

    def _align(self, run: list[tuple[int, Piece]]) -> None:
        align: dict[Any, Callable[[list[tuple[int, Piece]]], None]] = {
            "alphabet": self._alphabets, ast.Instance: self._instances,
        }  # fmt: skip
        if run:
            align.get(_kind(run[0][1]), self._declarations)(run)

    def _declarations(self, run: list[tuple[int, Piece]]) -> None:
        cells = [self._printer.declared(piece.node) for _, piece in run]
        names = column((len(name) for name, _, _ in cells), MAX_NAME)
        types = column((len(type_) for _, type_, _ in cells), MAX_NAME)
        for (i, piece), (name, type_, value) in zip(run, cells, strict=True):
            typed = f" {type_.ljust(types)}" if type_ else ""
            first = f"{piece.indent}{name.ljust(names)}{typed} = "
            if isinstance(piece.node, ast.Define):
                self.lines[i] = self._expression(first, piece.node.body)
            else:
                self.lines[i] = [first + value]

    def _alphabets(self, run: list[tuple[int, Piece]]) -> None:
        words = ["call" if isinstance(p.node, ast.Calls) else "timer" for _, p in run]
        for (i, piece), word in zip(run, words, strict=True):
            first = f"{piece.indent}{word.ljust(max(map(len, words)))} "
            self.lines[i] = fill(first, [name.text for name in piece.node.names], ", ")

    def _instances(self, run: list[tuple[int, Piece]]) -> None:
        cells = [self._printer.instance(piece.node) for _, piece in run]
        names = column((len(name) for name, _, _ in cells), MAX_NAME)
        machines = column((len(machine) for _, machine, may in cells if may), MAX_NAME)
        for (i, piece), (name, machine, may) in zip(run, cells, strict=True):
            first = f"{piece.indent}{name.ljust(names)} {machine.ljust(machines)} may "
            calls = [self._printer.allowance(one) for one in piece.node.may]
            self.lines[i] = fill(first, calls, ", ") if may else [first[:-5].rstrip()]

    # --- what stands for itself ---

    def _alone(self, piece: Piece) -> list[str]:
        text, node = piece.indent + piece.text, piece.node
        if len(text) <= WIDTH:
            return [text]
        match node:
            case ast.MessageGroup():
                return self._group(piece.indent, node)
            case ast.Replace(item=ast.MessageGroup() as group):
                return self._group(f"{piece.indent}replace ", group)
            case ast.Init():
                placements = ",\n".join(map(self._printer.placement, node.placements))
                return _under(f"{piece.indent}init ", placements.split("\n"))
            case ast.Channel(options=options) if options:
                return self._channel(piece.indent, node)
            case ast.Bound():
                return self._expression(f"{piece.indent}bound ", node.predicate)
            case ast.Event(predicate=predicate) if predicate is not None:
                return self._expression(f"{piece.indent}expect ", predicate)
        return [text]

    def _group(self, before: str, node: ast.MessageGroup) -> list[str]:
        rows = fill("      = ", self._printer.cases(node), " | ", "      | ")
        return [before + self._printer.group(node), *rows]

    def _channel(self, indent: str, node: ast.Channel) -> list[str]:
        channel = self._printer.channel(node)
        ends = f"{indent}{channel.partition(': ')[0]}: "
        parts = [channel.partition(": ")[2], *map(self._printer.option, node.options)]
        return fill(ends, parts, ", ")


def _under(first: str, rows: Sequence[str]) -> list[str]:
    """Lines under each other, the first one behind what is there."""
    return [(" " * len(first) if i else first) + row for i, row in enumerate(rows)]


def _joined(left: list[str], right: list[str], width: int) -> list[str]:
    """Two texts on one line where both take only one and it is not too long."""
    last = f"{left[-1]} {right[0]}"
    if len(right) == 1 and len(last) <= width:
        return [*left[:-1], last]
    return left + right


def _kind(piece: Piece) -> Any:
    """What a piece is aligned with: others of the same kind."""
    if isinstance(piece.node, ast.Calls | ast.Timers):
        return "alphabet"
    kinds = (ast.Const, ast.TypeDeclaration, ast.Define, ast.Variable, ast.Instance)
    return type(piece.node) if isinstance(piece.node, kinds) else None


# --- the columns of rules --------------------------------------------------------------------


def _align_guards(rows: list[_Row]) -> None:
    start = column((len(row.head) for row in rows if row.parts.guard), MAX_TRIGGER)
    for row in rows:
        if row.parts.guard:
            row.head = f"{row.head.ljust(start)} {row.parts.guard}"


def _add_actions(rows: list[_Row], usual: int) -> None:
    widest = max((len(row.head) for row in rows if row.parts.actions), default=0)
    start = max(usual, widest) if widest <= MAX_HEAD else usual
    for long, group in groupby(rows, key=lambda row: row.parts.actions and len(row.head) > start):
        run = list(group)
        widths = [len(row.head) for row in run]
        similar = long and max(widths) - min(widths) <= SIMILAR
        for row in run:
            row.lines = _with_actions(row, max(widths) if similar else start)


def _with_actions(row: _Row, start: int) -> list[str]:
    """On one line; a rule that is too long for it in several, its target behind the last action."""
    actions = row.parts.actions
    if not actions:
        return [row.indent + row.head]
    first = f"{row.indent}{row.head.ljust(start)} / "
    lines = fill(first, actions, "; ")
    ends = sum(len(text) + 2 for text in (row.parts.target, row.parts.reference) if text)
    last = f"{' ' * len(first)}{actions[-1]}"
    if len(lines[-1]) + ends <= WIDTH or len(actions) == 1 or lines[-1] == last:
        return lines
    return [*lines[:-1], lines[-1].removesuffix(f" {actions[-1]}"), last]


def _add_margin(rows: list[_Row]) -> None:
    """Targets, and behind them references."""
    widest = max((len(row.parts.target) for row in rows), default=0)
    arrow = column((row.end + 2 for row in rows if row.parts.target), WIDTH - widest)
    for row in rows:
        row.extend(row.parts.target, arrow)
    cited = [row for row in rows if row.parts.reference]
    longest = max((len(row.parts.reference) for row in cited), default=0)
    reference = column((row.end + 2 for row in cited), WIDTH - longest)
    if any(row.parts.target for row in cited):
        reference = max(reference, arrow + widest + 2)
    for row in rows:
        row.extend(row.parts.reference, reference)
