"""What people get wrong in checks, and what they meant."""

from collections.abc import Set

from tcpspec.diagnostics import did_you_mean
from tcpspec.language.misplaced import IN_CHECK, TOP, Mistake
from tcpspec.language.tokens import Scan

_QUESTIONS = (
    "no deadlock", "no stall", "no unspecified reception", "no overflow",
    "every state reachable", "every transition used",
)  # fmt: skip


_OF_PREDICATES = ("always", "never", "reachable", "eventually", "possible")
_CLAIMS = ("always", "never", "reachable", "eventually", "ltl", "violated", "unfair")


def question(scan: Scan, expected: Set[str]) -> Mistake | None:
    """A question that is nearly one of the language: ``no deadlocks``, ``deadlock``."""
    if scan.block != "check" or not scan.word().is_name:
        return None
    first = next((o for o in (-2, -1, 0) if scan.word(o).text in ("no", "every")), 0)
    if first == 0 and 'a "text"' not in expected:
        return None
    begin, before = scan.word(first), scan.word(first - 1).text
    words = [begin.text]
    for word in (scan.word(offset) for offset in range(first + 1, 3)):
        if word.line != begin.line or not word.is_name or word.text in ("no", "every"):
            break
        words.append(word.text)
    for count in range(min(1 - first, len(words)), len(words) + 1):
        asked = " ".join(words[:count])
        if asked in _QUESTIONS:
            if before in _OF_PREDICATES:
                return Mistake(f"`{asked}` is a claim of its own", f"leave `{before}` out", begin)
            return None
        hint = did_you_mean(asked, _QUESTIONS)
        if hint:
            return Mistake(f"`{asked}` asks nothing", hint, begin)
    return None


def claim(scan: Scan, expected: Set[str]) -> Mistake | None:
    """The name of a check, its colon, and what is claimed of its predicate."""
    word, before = scan.word(), scan.word(-1)
    if scan.block != "check":
        return None
    if set(expected) == {":"} and before.text.startswith('"'):
        return Mistake("the name of a check ends with a colon", f"write `{before.text[:40]}: …`")
    if set(expected) == {"leads"}:
        return _nothing_claimed(scan)
    if 'a "text"' in expected and (word.is_name or word.text == "(") and word.text not in TOP:
        hint = did_you_mean(word.text, IN_CHECK) or 'write `"name": predicate …`'
        return Mistake("a line that begins with a predicate needs a name", hint)
    if word.text == "leads":
        return Mistake("`leads to` needs a name", 'write `"name": P leads to Q`')
    return None


def _nothing_claimed(scan: Scan) -> Mistake:
    """A predicate alone: the place is where it begins."""
    offset = next((o for o in range(-1, -200, -1) if scan.word(o).text in (":", "")), -1)
    first, second = scan.word(offset + 1), scan.word(offset + 2)
    meant = did_you_mean(first.text, _CLAIMS)
    if meant and (second.text[:1] in ("(", '"') or (second.is_name and second.text != "in")):
        return Mistake(f"`{first.text}` claims nothing", meant, first)
    hint = "write `always P`, `never P`, `reachable P`, `always possible P` or `P leads to Q`"
    return Mistake("nothing is claimed of this predicate", hint, scan.word(offset + 1))


def connective(scan: Scan, expected: Set[str]) -> Mistake | None:
    """Arrows of other languages between two predicates."""
    word, after = scan.word(), scan.word(1)
    if scan.block != "check":
        return None
    if word.text == "~" and after.text == ">" and after.start == word.start + 1:
        return Mistake("`~>` is no operator", 'write `"name": P leads to Q`')
    if word.text == "->" and scan.word(-2).text == "in" and scan.word(2).text != "in":
        ends = f"{scan.word(-1).text} -> {after.text}"
        return Mistake("a channel stands in parentheses", f"write `in ({ends})`")
    doubled = (word.text, after.text) == ("==", ">")
    arrow = word.text == "->" and scan.kind == "check"
    if arrow or ("implies" in expected and (doubled or word.text == "=>")):
        hint = "write `P implies Q`" + (", or `>=` for at least" if word.text == "=>" else "")
        return Mistake(f"`{'==>' if doubled else word.text}` means nothing here", hint)
    return None
