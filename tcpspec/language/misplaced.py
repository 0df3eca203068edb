"""Mistakes of structure: brackets that do not match, and declarations in the wrong place."""

from collections.abc import Set
from dataclasses import dataclass

from tcpspec.diagnostics import Note
from tcpspec.language.tokens import Scan, Word

IN_MACHINE = {"state", "initial", "final", "idle", "var", "persistent", "port", "in"}
IN_STATE = {"rcv", "timeout", "step", "ignore", "defer", "otherwise", "snd", "reset"}
IN_SYSTEM = {"channel", "init", "bound"}
IN_CHECK = {"no", "always", "never", "reachable", "eventually", "ltl", "every", "violated"}
TOP = {
    "include", "const", "type", "message", "define", "machine", "system", "check", "scenario",
    "impossible", "protocol",
}  # fmt: skip
"""The words that begin what stands in each place."""

_OPENING = {"const", "type", "message", "define", "call", "timer", "machine", "system", "mod"}


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong, how it is written, and where, if not where it was noticed."""

    message: str
    hint: str | None = None
    at: Word | None = None
    notes: tuple[Note, ...] = ()


# --- brackets ------------------------------------------------------------------------------


def unclosed_text(scan: Scan, expected: Set[str]) -> Mistake | None:
    if scan.word().text == '"':
        return Mistake("this text is never closed", 'a text ends with `"` on its line')
    if scan.word().text in ("'", "`"):
        return Mistake("a text stands in double quotes", 'write `"text"`')
    return None


def unclosed_bracket(scan: Scan, expected: Set[str]) -> Mistake | None:
    """A parenthesis or a guard that should have ended before this."""
    found = scan.word()
    if scan.kind not in ("(", "[", "{") or not scan.open:
        return None
    opener = scan.open[-1].opener
    close = {"(": ")", "[": "]", "{": "}"}[opener.text]
    ends = found.text in ("", "->", "/", "{", "}", "]", ")", "@", ";", ":=")
    if close not in expected or not (ends or found.is_name or found.text.startswith('"')):
        return None
    where = f"the `{opener.text}` in line {opener.line} is never closed"
    return Mistake(where, f"a `{close}` is missing", _where(scan), _note(scan, opener))


def _where(scan: Scan) -> Word | None:
    """What is missing before a new line is missed at the end of the old one."""
    return scan.word(-1) if scan.begins_line() and scan.word().text else None


def _note(scan: Scan, opener: Word) -> tuple[Note, ...]:
    return (Note("opened here", opener.span(scan.source)),)


def _unclosed_block(scan: Scan, at: Word | None) -> Mistake | None:
    """A brace that is still open where it should not be."""
    if scan.misaligned:
        at, block = scan.misaligned
    elif scan.open and scan.open[-1].head:
        block = scan.open[-1]
    else:
        return None
    message = f"the `{{` of `{block.head}` in line {block.opener.line} is never closed"
    return Mistake(message, "a `}` is missing", at, _note(scan, block.opener))


def early_end(scan: Scan, expected: Set[str]) -> Mistake | None:
    if scan.word().text:
        return None
    return _unclosed_block(scan, None)


def too_many(scan: Scan, expected: Set[str]) -> Mistake | None:
    if scan.word().text == "}" and not scan.open:
        return _closed_early(scan) or Mistake("this `}` closes nothing", "there is a `}` too many")
    return None


def _closed_early(scan: Scan) -> Mistake | None:
    """A block that was closed by a brace that belongs to another."""
    if not scan.misaligned:
        return None
    brace, block = scan.misaligned
    message = f"this `}}` closes `{block.head}` of line {block.opener.line}"
    return Mistake(message, "there is a `}` too many", brace, _note(scan, block.opener))


# --- things in the wrong place -------------------------------------------------------------


def outside(scan: Scan, expected: Set[str]) -> Mistake | None:
    """What belongs into a block, outside of it."""
    word = scan.word().text
    if scan.open or ":" in expected:
        return None
    early = _closed_early(scan)
    for words, place in (
        (IN_MACHINE, "machine"), (IN_STATE, "state"), (IN_SYSTEM, "system"),
        (IN_CHECK, "check"),
    ):  # fmt: skip
        if word in words and "machine" in expected:
            hint = f"it belongs between the braces of a {place}; is there a `}}` too many?"
            return early or Mistake(f"`{word}` outside of a {place}", hint)
    if word == "protocol" and "machine" in expected:
        return Mistake("`protocol` comes first, and once", "move it to the top of the file")
    return early if "machine" in expected else None


def in_machine(scan: Scan, expected: Set[str]) -> Mistake | None:
    """In a machine, outside of its states."""
    word = scan.word()
    if scan.kind != "machine":
        return None
    if word.text in TOP | {"call", "timer"} and scan.begins_line():
        return _unclosed_block(scan, word)
    if word.text in IN_STATE | {"call"} and "state" in expected:
        hint = "it belongs between the braces of a state; is there a `}` too many?"
        return _closed_early(scan) or Mistake(f"`{word.text}` outside of a state", hint)
    return None


def new_block(scan: Scan, expected: Set[str]) -> Mistake | None:
    """A declaration that begins while another is still open."""
    if not scan.open or scan.kind in ("[", "("):
        return None
    for offset in (0, -1, -2):
        word = scan.word(offset)
        if word.start <= scan.open[-1].opener.start:
            return None
        begins = scan.begins_line(offset) or scan.word(offset - 1).text in "{}"
        if begins and word.text in _begins(scan.kind):
            return _unclosed_block(scan, word)
    return None


def _begins(kind: str) -> Set[str]:
    """The words that begin what cannot stand in a block of this kind."""
    if kind in ("state", "in"):
        return IN_MACHINE | (TOP - {"protocol"})
    return TOP if kind == "system" else TOP | {"timer"}


def unfinished(scan: Scan, expected: Set[str]) -> Mistake | None:
    """A declaration at the top that ends too early; the next word was read as part of it."""
    for offset in (0, -1):
        word, last = scan.word(offset), scan.word(offset - 1)
        starts = word.text in TOP | {"call", "timer"} and scan.begins_line(offset)
        if not scan.open and starts and _goes_on(last):
            return Mistake(f"something is missing after `{last.text}`", None, last)
    return None


def _goes_on(word: Word) -> bool:
    """Whether no declaration can end with this word."""
    ends = word.is_name or word.text[:1] in '"0123456789' or word.text in (")", "]", "}")
    return word.text in _OPENING or not ends
