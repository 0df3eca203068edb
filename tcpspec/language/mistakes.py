"""What people get wrong when they write a specification, and what they meant.

Each rule looks at the word that could not be read, at what could stand there, and at the words
around it; the first rule that knows the mistake names it. The order matters: what is certain comes
first. Nothing here runs before there is an error.
"""

import re
from collections.abc import Callable, Set

from tcpspec.diagnostics import did_you_mean
from tcpspec.escape import visible
from tcpspec.language.misplaced import (
    IN_STATE,
    IN_SYSTEM,
    Mistake,
    early_end,
    in_machine,
    new_block,
    outside,
    too_many,
    unclosed_bracket,
    unclosed_text,
    unfinished,
)
from tcpspec.language.mistaken_checks import claim, connective, question
from tcpspec.language.tokens import Scan, Word

_RECEIVES = {"recv", "receive", "receives", "received", "on", "upon", "when", "get", "event", "if"}
_SENDS = {"send", "sends", "transmit", "emit", "output", "reply"}
_ELSE = {"else", "default", "other", "others"}
_TYPES = {"int", "integer", "uint", "unsigned", "boolean", "string", "let", "const"}
_GOES = {"goto", "next", "to", "becomes"}
_TRIGGERS = [*IN_STATE, "call"]
_OPERATORS = {
    "&&": "and", "&": "and", "||": "or", "|": "or", "!": "not", "<>": "!=", "~": "not",
    "≠": "!=", "≤": "<=", "≥": ">=", "∧": "and", "∨": "or", "¬": "not",
}  # fmt: skip
_ASKING = {"empty", "full", "count", "max", "min"}
_HYPHENED = re.compile(r"([^\W\d]\w*)(?:-\w+)+")
_COMMENT_OR_SIGN = re.compile(r"#[^\n]*|.", re.DOTALL)
_ARROW = {"=>", "-->", "→", ">", "-"}
_NEXT = "the next state is written `-> STATE`"


Rule = Callable[[Scan, Set[str]], Mistake | None]


def mistake(scan: Scan, expected: Set[str]) -> Mistake | None:
    """The mistake that was made here, if it is a known one; ``expected`` as people spell it."""
    found = (rule(scan, expected) for rule in _RULES)
    return next((one for one in found if one), None)


# --- signs that people do not see, or take for others ----------------------------------------


def _unseen(scan: Scan, expected: Set[str]) -> Mistake | None:
    """Spaces that are none here, as pages and word processors have them, beside the error."""
    before, word, after = (scan.word(offset) for offset in (-1, 0, 1))
    if word.text.startswith('"'):
        return None
    first = before.start + len(before.text)
    for found in _COMMENT_OR_SIGN.finditer(scan.source.text, first, max(first, after.start)):
        sign = found[0]
        if len(sign) == 1 and not sign.isascii() and not sign.isprintable():
            import unicodedata

            name = unicodedata.name(sign, "a control character")
            return Mistake(
                f"`{visible(sign)}` ({name}) is no space here",
                "write an ordinary space, or take it out", scan.sign(found.start()),
            )  # fmt: skip
    return None


def _hyphen(scan: Scan, expected: Set[str]) -> Mistake | None:
    """``SYN-SENT``, as RFC 9293 has it."""
    before, word = scan.word(-1), scan.word()
    if word.text != "-" or expected & {"-", "an operator", "a comparison"}:
        return None
    found = _HYPHENED.match(scan.source.text, before.start)
    if found is None or found.end(1) != word.start:
        return None
    name = before._replace(text=found[0])
    hint = f"write `{found[0].replace('-', '_')}`"
    return Mistake("there is no `-` in names", hint, name)


def _division(scan: Scan, expected: Set[str]) -> Mistake | None:
    """What is divided in a guard."""
    word = scan.word()
    if word.text not in ("/", "%") or scan.kind != "[":
        return None
    rest = scan.source.line(word.line)[word.column :]
    if "]" not in rest.partition("[")[0]:
        return None  # the guard is not closed, and actions begin here
    hint = "nothing is divided; what wraps around has the type `mod N`"
    return Mistake(f"`{word.text}` is no operator", hint)


# --- rules of a state ----------------------------------------------------------------------


def _label(scan: Scan, expected: Set[str]) -> Mistake | None:
    """A word was taken for a rule's label, as another word follows instead of its colon."""
    if set(expected) != {":"} or scan.block not in ("state", "in"):
        return None
    label = scan.word(-1)
    if scan.begins_line(-1) or scan.word(-2).text in ("{", "}"):
        return _beginning(label, scan.word())
    return _continuing(scan, label)


def _beginning(word: Word, after: Word) -> Mistake:
    """A rule that begins with a word that no rule begins with."""
    message = f"no rule begins with `{word.text}`"
    if word.text == "from":
        return Mistake("the port stands before the guard", "write `rcv M from PORT [guard]`", word)
    if word.text in _SENDS:
        return Mistake(message, "a message is sent by `snd`, as in `call c / snd M`", word)
    if word.text in ("snd", "reset"):
        return Mistake(message, "actions follow a trigger: `step / snd M`", word)
    if word.text in _RECEIVES:
        other = f"leave it out: `{after.text} …`"
        known = after.text in _TRIGGERS
        return Mistake(message, other if known else "a reception begins with `rcv`", word)
    if word.text in _ELSE:
        return Mistake(message, "what no other rule takes is written `otherwise`", word)
    hint = "a rule begins with `rcv`, `call`, `timeout` or `step`, or is `label: …`"
    return Mistake(message, did_you_mean(word.text, _TRIGGERS) or hint, word)


def _continuing(scan: Scan, word: Word) -> Mistake:
    """A sign that is missing in a rule."""
    if word.text in _SENDS:
        return Mistake(f"no action is called `{word.text}`", "a message is sent by `snd`", word)
    if word.text in ("if", "when"):
        return Mistake("a guard stands in brackets", "write `trigger [guard]`", word)
    if word.text == "from":
        return Mistake("the port stands before the guard", "write `rcv M from PORT [guard]`", word)
    if word.text in _GOES:
        return Mistake(f"`{word.text}` means nothing here", _NEXT, word)
    if word.text in ("snd", "reset") or scan.word().text in (":=", "="):
        sign = ";" if _in_actions(scan) else "/"
        how = "are separated by" if sign == ";" else "begin with"
        return Mistake(f"a `{sign}` is missing before this", f"actions {how} `{sign}`", word)
    return Mistake("a `->` is missing before this", _NEXT, word)


def _in_actions(scan: Scan) -> bool:
    """Whether the rule has a ``/`` already, so that actions have begun."""
    for offset in range(-2, -60, -1):
        text = scan.word(offset).text
        if text in ("", "{", "}", ":") or text in ("rcv", "call", "timeout", "step"):
            return False
        if text == "/":
            return True
    return False


def _sending(scan: Scan, expected: Set[str]) -> Mistake | None:
    """Another word where an action stands: ``/ send SYN``."""
    before = scan.word(-1)
    if before.text in _SENDS and scan.word(-2).text in ("/", ";") and ":=" in expected:
        return Mistake(f"no action is called `{before.text}`", "a message is sent by `snd`", before)
    return None


def _action(scan: Scan, expected: Set[str]) -> Mistake | None:
    """A word alone where an action stands: ``/ SYN``, ``/ ignore``."""
    word = scan.word(-1)
    if set(expected) != {":="} or scan.word(-2).text not in ("/", ";") or word.text in _SENDS:
        return None
    if scan.word().text in ("=", "=="):
        return None
    hint = "an action is `snd MESSAGE`, `NAME := VALUE` or `reset`"
    if word.text in ("ignore", "defer"):
        hint = f"it stands in the place of `rcv`: `{word.text} MESSAGE`"
    return Mistake(f"`{word.text}` is no action", hint, word)


def _argument(scan: Scan, expected: Set[str]) -> Mistake | None:
    """A value without the name of its field; or a field of one message of a group."""
    word, before = scan.word(), scan.word(-1)
    if scan.kind != "(":
        return None
    named = set(expected) == {"="}
    begins = next(one.text for one in scan.words if one.line == word.line)
    if named and word.text == ":":
        if begins != "message":
            return Mistake("values are given with `=`", f"write `{before.text} = …`")
        hint = f"fields belong to the group: `message GROUP({before.text}: …) = …`"
        return Mistake("a single message has no fields of its own", hint, before)
    if begins in ("message", "machine") and scan.block == "":
        return None
    if named and word.text in (")", ","):
        return Mistake("values are given by name", f"write `FIELD = {before.text}`", before)
    if set(expected) == {"a name"} and word.text[:1].isdigit() and before.text in ("(", ","):
        return Mistake("values are given by name", f"write `FIELD = {word.text}`")
    return None


def _member(scan: Scan, expected: Set[str]) -> Mistake | None:
    """A variable as other languages have it, in a machine; a machine that is replaced."""
    word, before = scan.word(), scan.word(-1)
    if before.text == "replace" and word.text == "machine":
        return Mistake("a machine is not replaced", "open it again: `machine NAME { … }`")
    if scan.kind != "machine":
        return None
    begins = "var" in expected and word.text in _TYPES | {"bool"}
    if begins or (word.is_name and before.text in _TYPES):
        at = word if begins else before
        return Mistake(f"`{at.text}` begins nothing here", "write `var NAME: TYPE = VALUE`", at)
    if word.text.startswith('"') and scan.word(-3).text == ":" and before.text == "=":
        return Mistake("a text is no value", "values are numbers, `true`, `false` and enum values")
    return None


def _otherwise(scan: Scan, expected: Set[str]) -> Mistake | None:
    if scan.word(-1).text != "otherwise" or scan.block not in ("state", "in"):
        return None
    return Mistake(
        "`otherwise` has no message and no guard of its own",
        "write `otherwise ignore`, or `otherwise / actions -> STATE`",
    )


def _order_of_parts(scan: Scan, expected: Set[str]) -> Mistake | None:
    """Trigger, guard, actions, target, reference: in this order."""
    word, before = scan.word().text, scan.word(-1).text
    if scan.block not in ("state", "in") or scan.kind in ("[", "("):
        return None
    if before in ("/", ";") and (word in ("->", "}", "@", "/") or word == ";"):
        return Mistake(f"an action is missing after `{before}`", f"leave the `{before}` out")
    if word == "/" and scan.word(-2).text == "->":
        return Mistake("actions stand before the next state", "write `trigger / actions -> STATE`")
    if word == "[" and _in_actions(scan):
        return Mistake("a guard stands before the actions", "write `trigger [guard] / actions`")
    return None


# --- signs ---------------------------------------------------------------------------------


def _assignment(scan: Scan, expected: Set[str]) -> Mistake | None:
    """``=``, ``==`` and ``:=``, one for the other."""
    word = scan.word().text
    if word not in ("=", ":=", "=="):
        return None
    if ":=" in expected:
        return Mistake(f"`{word}` does not assign", "an assignment is written `:=`")
    if "a comparison" in expected:
        return Mistake(f"`{word}` does not compare", "equality is written `==`")
    if "=" in expected:
        return Mistake(f"`{word}` does not belong here", "values are given with `=`")
    if ":" in expected and scan.block == "machine":
        return Mistake("a variable has a type", "write `var NAME: TYPE = VALUE`")
    return None


def _separator(scan: Scan, expected: Set[str]) -> Mistake | None:
    word = scan.word().text
    if word in (",", "|", "and", "or", "/", "&") and word not in expected:
        for sign, what in ((";", "actions"), (",", "these"), ("|", "alternatives")):
            if sign in expected:
                at = f"`{word}` does not separate here"
                return Mistake(at, f"{what} are separated by `{sign}`")
    if word == ";" and ";" not in expected:
        return Mistake("`;` stands only between actions", "leave the `;` out")
    return None


def _messages(scan: Scan, expected: Set[str]) -> Mistake | None:
    """A message without a group: ``message SYN``, ``message SYN, ACK``."""
    if set(expected) != {"(", "="} or scan.word(-2).text != "message":
        return None
    if scan.word().text in (":", ":=", "+", "=="):
        return None
    name = scan.word(-1)
    return Mistake(
        "messages are declared in groups", f"write `message GROUP = {name.text} | …`", name
    )


def _arrow(scan: Scan, expected: Set[str]) -> Mistake | None:
    """Arrows of other languages, and lines of channels."""
    word = scan.word().text
    if "<->" in expected:
        hint = "write `channel a -> b` for one way, `a <-> b` for both"
        return Mistake(f"`{word}` does not connect the ends of a channel", hint)
    if "->" in expected and word in _ARROW:
        hint = _NEXT if scan.block in ("state", "in") else "an arrow is written `->`"
        return Mistake(f"`{word}` is no arrow", hint)
    if word == "=>" and "a comparison" in expected:
        return Mistake("`=>` means nothing", "write `>=` for at least, `implies` for implication")
    return None


def _operator(scan: Scan, expected: Set[str]) -> Mistake | None:
    """Operators of other languages."""
    word, before = scan.word().text, scan.word(-1).text
    if word == "=" and before in ("!", "<", ">", "~"):
        return None
    if word in _OPERATORS and expected & {"and", "true", "a comparison"}:
        return Mistake(f"`{word}` is no operator", f"write `{_OPERATORS[word]}`")
    if word == "=" and before in ("==", "!="):
        return Mistake(f"`{before}{word}` is no operator", f"write `{before}`")
    if word in ("//", "/*"):
        return Mistake(f"`{word}` begins no comment", "a comment begins with `#`")
    return None


# --- names ---------------------------------------------------------------------------------


def _instance(scan: Scan, expected: Set[str]) -> Mistake | None:
    """A word was taken for an instance's name, as another word follows instead of its colon."""
    word, before = scan.word(), scan.word(-1)
    if scan.block != "system" or set(expected) != {":"} or not before.is_name:
        return None
    if not (scan.begins_line(-1) or scan.word(-2).text in ("{", "}")):
        return Mistake(f"unexpected `{before.text}`", _system_line(scan), before)
    machine = scan.word(1) if word.text == "=" else word
    hint = f"write `{before.text}: {machine.text}`" if machine.is_name else None
    meant = did_you_mean(before.text, [*IN_SYSTEM, "timer"])
    return Mistake(f"`{before.text}` begins no line of a system", meant or hint, before)


def _system_line(scan: Scan) -> str:
    """How a line of a system is written that goes on with a word that it cannot have."""
    line = [word.text for word in scan.words[: scan.at] if word.line == scan.word(-1).line]
    if line[0] == "channel":
        return "write `channel a <-> b: fifo(2), lossy`"
    if "may" in line:
        return "a call may be made `once`, or `at most 3 times`"
    return "a line of a system is `name: Machine may …`, `channel …`, `init …` or `timer …`"


def _keyword(scan: Scan, expected: Set[str]) -> Mistake | None:
    """A word of the language where a name is needed."""
    word, before = scan.word(), scan.word(-1)
    if before.text in _ASKING and set(expected) == {"("}:
        message = f"`{before.text}` is a word of the language"
        return Mistake(message, "choose another name", before)
    if word.is_name and "a name" in expected:
        if scan.kind == "system":
            return Mistake(f"`{word.text}` begins no line of a system", _system_line(scan))
        return Mistake(f"`{word.text}` is a word of the language", "choose another name")
    return None


def _misspelt(scan: Scan, expected: Set[str]) -> Mistake | None:
    """A word that looks like one that could stand here."""
    word = scan.word()
    known = [text for text in expected if text.isidentifier()]
    if not word.is_name or not known or "a name" in expected:
        return None
    hint = did_you_mean(word.text, known)
    return Mistake(f"`{word.text}` means nothing here", hint) if hint else None


_RULES: tuple[Rule, ...] = (
    _unseen, _hyphen, _division,
    unclosed_text, early_end, too_many, new_block, in_machine, outside, unfinished,
    connective, question, _messages, _member, _argument, _action,
    _otherwise, _sending, _label, _arrow, _assignment, _operator, _separator, _order_of_parts,
    claim, _instance, unclosed_bracket, _keyword, _misspelt,
)  # fmt: skip
