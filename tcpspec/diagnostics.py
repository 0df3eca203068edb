"""What is wrong with a specification, as data: code, place, message, notes, hint.

All findings of a phase are collected before any is shown. The catalogue is the one list of codes;
the documentation is made from it, and a code that is not in it cannot be used. Text is made last,
by ``render``.
"""

from collections.abc import Iterable

from tcpspec.escape import visible
from tcpspec.record import Record
from tcpspec.source import Span


class Code(Record):
    """One kind of finding: whether it stops the check, what it means, and how to mend it."""

    error: bool
    meaning: str
    mend: str


CATALOGUE: dict[str, Code] = {
    # files
    "unreadable-file": Code(
        True,
        "The file cannot be read: it is missing, a directory, not UTF-8 text, or too large.",
        "Check the path; save the file as UTF-8.",
    ),
    "file-cycle": Code(
        True,
        "A file takes itself in, by `extends` or `include`, directly or through others.",
        "Move what both need into a third file.",
    ),
    "file-outside": Code(
        True,
        "A relative path leaves the folder tree of the first file.",
        "Keep the files of a specification in one folder tree, or name `tcpspec:…`.",
    ),
    # syntax
    "syntax": Code(
        True,
        "The text does not follow the grammar here.",
        "The message lists what may stand in this place.",
    ),
    "number-too-large": Code(
        True, "A number is too large for a specification.", "Scale the model down."
    ),
    "nested-too-deeply": Code(
        True,
        "An expression is nested so deeply that nobody could read it.",
        "Give names to its parts with `define`.",
    ),
    # names
    "unknown-name": Code(
        True, "A name is used that is not declared.", "Declare it, or mend the spelling."
    ),
    "declared-twice": Code(
        True, "A name is declared more than once.", "Rename one of the two, or remove it."
    ),
    "reserved-name": Code(
        True,
        "A name that the language needs for itself: `any` and `timeout` everywhere, for messages "
        "what begins a value in a predicate, and every word for what stands in expressions.",
        "Choose another name.",
    ),
    "wrong-arguments": Code(
        True,
        "Arguments are missing, unknown or given twice.",
        "Give each parameter or field exactly once.",
    ),
    "cyclic-definition": Code(
        True, "A define, constant or type refers to itself.", "Break the circle."
    ),
    "expands-too-far": Code(
        True,
        "Defines that use each other several times grow beyond reason when they are resolved.",
        "Use fewer levels, or keep the value in a variable.",
    ),
    "not-in-base": Code(
        True,
        "A `remove` or `replace` names something that the extended file does not have.",
        "Mend the name, or drop the line.",
    ),
    # types and values
    "type-mismatch": Code(
        True,
        "An expression has another type than its place asks for.",
        "Compare and assign values of one type only; a truth value is not a number.",
    ),
    "out-of-range": Code(
        True,
        "A value does not fit its type, whatever happens.",
        "Widen the type or mend the value.",
    ),
    "bad-type": Code(
        True,
        "A type has no values, or too many.",
        "A range runs from low to high; a modulus is at least 2.",
    ),
    "too-many-choices": Code(
        True,
        "`any` as a value is one step for each value of the type, and here there are too many.",
        "Use a smaller type for what may have any value.",
    ),
    "not-constant": Code(
        True,
        "A constant is asked for, but the expression depends on a run.",
        "Use numbers, constants and parameters only.",
    ),
    # machines and systems
    "bad-machine": Code(
        True,
        "A machine is incomplete or contradicts itself.",
        "Give it exactly one initial state, and ports for every peer.",
    ),
    "bad-system": Code(
        True,
        "A system is incomplete or contradicts itself.",
        "Wire every port once, and give each instance one channel to send into.",
    ),
    "nothing-to-check": Code(
        True, "The command line names something the specification does not have.", "Mend the name."
    ),
    "not-for-this-engine": Code(
        True,
        "The engine that was asked for does not take this model, or is not installed.",
        "Leave `--engine` out: then one is taken that can.",
    ),
    "bad-formula": Code(
        True,
        "A formula of `ltl` cannot be read.",
        "Use G, F, U, W, R, not, and, or, implies, and names of `define`.",
    ),
    "no-next": Code(
        True,
        "A formula of `ltl` uses X, next: how many steps something takes has no meaning here.",
        "Say what has to hold until what.",
    ),
    "no-fairness": Code(
        True,
        "`unfair` or `assuming` goes with a claim that is not about whole runs, or both with one.",
        "Leave it out.",
    ),
    # warnings
    "nothing-asked": Code(
        False,
        "The specification has no system, or asks nothing about the systems it has.",
        "Add a `system` and a `check` for it.",
    ),
    "unreachable-state": Code(
        False,
        "No path of transitions leads from the initial state to this state.",
        "Add the missing transition, or remove the state.",
    ),
    "no-way-to-final": Code(
        False,
        "From this state no path of transitions leads to a final state.",
        "Mark a state `final`, or add the missing transition.",
    ),
    "overlapping-transitions": Code(
        False,
        "Several rules may match the same message in the same state; each is a possible step.",
        "Make the guards exclude each other, or mark the machine `ordered`.",
    ),
    "shadowed-transition": Code(
        False,
        "In an ordered machine an earlier rule always matches first, so this one never does.",
        "Move it before the other, or remove it.",
    ),
    "unused": Code(
        False,
        "Something is declared, and nothing in the specification uses it: a constant, define, "
        "type, message, call, timer, variable, parameter or port, a machine that is in no system, "
        "or a system that nothing is asked about.",
        "Use it, or remove it.",
    ),
    "never-sent": Code(
        False,
        "A message is received by name, but no machine of any system sends it, and no channel "
        "holds it.",
        "Send it somewhere, or remove the rules for it.",
    ),
    "never-received": Code(
        False,
        "A message is sent, but no machine of any system has a rule for it.",
        "Add a rule that receives or ignores it, or do not send it.",
    ),
    "never-fires": Code(
        False,
        "A rule can never apply: its guard is always false, no user may make its call, or no "
        "channel can bring its messages.",
        "Mend the guard or the system, or remove the rule.",
    ),
    "constant-guard": Code(
        False,
        "A condition has the same truth value whatever the values in it are: it decides nothing.",
        "Mend the comparison, or leave it out.",
    ),
    "half-way-comparison": Code(
        False,
        "Two sequence numbers at a distance of exactly half the modulus were compared for order; "
        "neither is less (RFC 1982).",
        "Choose a modulus at least twice as large as any distance that is compared.",
    ),
}


class Note(Record):
    """A second place that belongs to a finding."""

    message: str
    span: Span | None = None


class Diagnostic(Record):
    code: str
    message: str
    span: Span | None = None
    hint: str | None = None
    notes: tuple[Note, ...] = ()

    @property
    def is_error(self) -> bool:
        return CATALOGUE[self.code].error


class SpecificationError(Exception):
    """A specification that cannot be checked; ``diagnostics`` says why, warnings included."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n".join(render(diagnostic) for diagnostic in self.diagnostics))


class Diagnostics:
    """The findings of one run over a specification, in the order in which they were found."""

    def __init__(self) -> None:
        self._found: dict[Diagnostic, None] = {}

    def report(
        self,
        code: str,
        span: Span | None,
        message: str,
        *,
        hint: str | None = None,
        notes: Iterable[Note] = (),
    ) -> None:
        """Add a finding; the same one is kept once."""
        self.add(Diagnostic(code, message, span, hint, tuple(notes)))

    error = report

    def add(self, diagnostic: Diagnostic) -> None:
        """Add a finding that is already made; its code must be in the catalogue."""
        if diagnostic.code not in CATALOGUE:
            raise KeyError(diagnostic.code)
        self._found[diagnostic] = None

    def in_order(self) -> tuple[Diagnostic, ...]:
        """The findings in the order of the text."""
        return tuple(sorted(self._found, key=_place))

    @property
    def all(self) -> tuple[Diagnostic, ...]:
        return tuple(self._found)

    @property
    def has_errors(self) -> bool:
        return any(diagnostic.is_error for diagnostic in self._found)

    def raise_errors(self) -> None:
        """Stop here if there is any error."""
        if self.has_errors:
            raise SpecificationError(self.in_order())


def _place(diagnostic: Diagnostic) -> tuple[str, int, int]:
    span = diagnostic.span
    return (span.source.name, span.line, span.column) if span else ("", 0, 0)


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """A hint with the declared name that looks most like this one, if any does.

    >>> did_you_mean("SYN_SEND", ["SYN_SENT", "CLOSED"])
    'did you mean `SYN_SENT`?'
    """
    found = nearest(name, known)
    return f"did you mean `{found}`?" if found else None


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The declared name that looks most like this one, if any does."""
    from difflib import get_close_matches

    by_lower = {candidate.lower(): candidate for candidate in known}
    close = get_close_matches(name.lower()[:200], by_lower, n=1)
    return by_lower[close[0]] if close else None


MAX_LINE = 160
"""How much of a source line is shown."""


def _excerpt(span: Span) -> list[str]:
    """The source line, and carets under the place; long lines are cut around it."""
    line = span.source.line(span.line)
    if not line.strip():
        return []
    start = max(0, span.column - 1 - MAX_LINE // 2)
    window = line[start : start + MAX_LINE]
    before = visible(window[: span.column - 1 - start].expandtabs(4))
    end = span.end_column - 1 if span.end_line == span.line else len(line)
    marked = visible(window[span.column - 1 - start : max(end, span.column) - start])
    after = visible(window[max(end, span.column) - start :])
    carets = " " * len(before) + "^" * max(1, len(marked))
    return [f"  {before}{marked}{after}", f"  {carets}"]


def render(diagnostic: Diagnostic) -> str:
    """The finding as people read it: place, code, message, line, caret, notes, hint."""
    kind = "error" if diagnostic.is_error else "warning"
    place = f"{visible(str(diagnostic.span))}: " if diagnostic.span else ""
    lines = [f"{place}{kind}[{diagnostic.code}]: {visible(diagnostic.message)}"]
    if diagnostic.span:
        lines += _excerpt(diagnostic.span)
    for note in diagnostic.notes:
        where = f" ({visible(note.span.place)})" if note.span else ""
        lines.append(f"  note: {visible(note.message)}{where}")
    if diagnostic.hint:
        lines.append(f"  hint: {visible(diagnostic.hint)}")
    return "\n".join(lines)
