r"""Words of TLA+: which names are taken, and how text of a specification is shown, once for all.

Identifiers are made by ``Identifiers``. Strings keep our spelling: states, messages, instances and
channels are strings in TLA+, and only what is not plain ASCII is spelled out, in angle brackets,
which no name of ours has. Comments are lines that begin with ``\*``; nothing ends them but the end
of the line.
"""

import re
import textwrap
from collections.abc import Container, Hashable

from tcpspec.export.names import Names

KEYWORDS = frozenset(
    re.findall(
        r"\w+",
        """
        ACTION ASSUME ASSUMPTION AXIOM BOOLEAN BY CASE CHOOSE CONSTANT CONSTANTS COROLLARY
        DEF DEFINE DEFS DOMAIN ELSE ENABLED EXCEPT EXTENDS FALSE HAVE HIDE IF IN INSTANCE
        LAMBDA LEMMA LET LOCAL MODULE NEW OBVIOUS OMITTED ONLY OTHER PICK PROOF PROPOSITION
        PROVE QED RECURSIVE SF_ STATE STRING SUBSET SUFFICES TAKE TEMPORAL THEN THEOREM TRUE
        UNCHANGED UNION USE VARIABLE VARIABLES WF_ WITH WITNESS
        """,
    )
)
CONFIGURATION = frozenset(
    re.findall(
        r"\w+",
        """
        ACTION_CONSTRAINT ACTION_CONSTRAINTS ALIAS CHECK_DEADLOCK CONSTRAINT CONSTRAINTS
        INIT INVARIANT INVARIANTS NEXT POSTCONDITION PROPERTIES PROPERTY SPECIFICATION
        SYMMETRY TYPE TYPE_CONSTRAINT VIEW
        """,
    )
)
STANDARD = frozenset(
    re.findall(
        r"\w+",
        """
        Nat Int Real Infinity Seq Len Append Head Tail SubSeq SelectSeq IsABag BagToSet
        SetToBag BagIn EmptyBag CopiesIn BagCup BagDiff BagUnion SqSubseteq SubBag BagOfAll
        BagCardinality Sum IsFiniteSet Cardinality Print PrintT Assert JavaTime TLCGet
        TLCSet Permutations SortSeq RandomElement Any ToString TLCEval
        """,
    )
)
"""What the modules define that ours extends, and that of the witness."""
MODULES = frozenset(
    re.findall(
        r"\w+",
        """
        Naturals Integers Reals RealTime Sequences Bags FiniteSets TLC Randomization Toolbox
        Json IOUtils TLCExt
        """,
    )
)

_FAIRNESS = re.compile(r"^[^A-Za-z0-9]*([WS]F)_", re.IGNORECASE)
COMMENT_WIDTH = 100
IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}")


class Identifiers(Names):
    """Names of one TLA+ module; ``WF_`` and ``SF_`` begin fairness there, not a name.

    >>> names = Identifiers()
    >>> names.add(1, "SND.NXT"), names.add(2, "CASE"), names.add(3, "WF_x"), names.add(4, "ß")
    ('SND_NXT', 'CASE_2', 'x_WF_x', 'x')
    """

    def __init__(self, reserved: frozenset[str] = frozenset()) -> None:
        super().__init__(KEYWORDS | CONFIGURATION | STANDARD | MODULES | reserved, fold=False)

    def add(self, key: Hashable, wanted: str, also: Container[str] = ()) -> str:
        return super().add(key, f"x_{wanted}" if starts_fairness(wanted) else wanted, also)


def starts_fairness(name: str) -> bool:
    """Whether a name would begin with ``WF_`` or ``SF_``."""
    return bool(_FAIRNESS.match(name))


def is_identifier(text: str) -> bool:
    """Whether a name can stand in TLA+ as it is, also as the name of a module."""
    fairness = text.startswith(("WF_", "SF_"))
    return bool(IDENTIFIER.fullmatch(text)) and text not in KEYWORDS and not fairness


def plain(text: str) -> str:
    r"""Text in which everything but plain ASCII is spelled out, on one line.

    >>> plain("SYN+ACK"), plain('naïve "x" \\* <b>\n')
    ('SYN+ACK', 'na<ef>ve "x" \\* <3c>b><a>')
    """
    return "".join(c if " " <= c <= "~" and c != "<" else f"<{ord(c):x}>" for c in text)


def string(text: str) -> str:
    r"""A string of TLA+.

    >>> print(string("a -> b"), string('"\\'), string("Zürich"))
    "a -> b" "<22><5c>" "Z<fc>rich"
    """
    spelled = plain(text).replace('"', "<22>").replace("\\", "<5c>")
    return f'"{spelled}"'


def unspelled(text: str) -> str:
    """What ``string`` was given, from what stands between the quotes.

    >>> unspelled(string("Zürich -> <b>")[1:-1])
    'Zürich -> <b>'
    """
    return re.sub(r"<([0-9a-f]+)>", lambda match: chr(int(match[1], 16)), text)


def comments(text: str) -> list[str]:
    """A comment, over several lines if it is long."""
    return textwrap.wrap(
        comment(text),
        COMMENT_WIDTH,
        subsequent_indent="\\*     ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def comment(text: str) -> str:
    r"""One line of a comment. The signs around block comments mean nothing in it.

    >>> print(comment("x := x + 1 # *) \n----"))
    \* x := x + 1 # * ) <a>----
    """
    spelled = "".join(c if " " <= c <= "~" else f"<{ord(c):x}>" for c in text)
    return f"\\* {spelled}".replace("(*", "( *").replace("*)", "* )").rstrip()
