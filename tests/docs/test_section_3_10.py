"""Section 3.10 of RFC 9293 against the specifications of TCP, paragraph by paragraph.

A paragraph is what the RFC says about one event (a call, or a step of the processing of a segment)
in one state. Each has a line of ``tcp.fsm`` or ``tcp_data.fsm`` that cites it, or a reason in
``specs/SECTION_3_10.md``; and whatever is cited is in the RFC.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tcpspec.check import load
from tests.cli.runner import LIBRARY, REPOSITORY, SPECS

TEXT = REPOSITORY.parent / "shared" / "tcp" / "rfc9293.txt"
"""RFC 9293 itself, where it is at hand: the facts below are compared with it."""

STATES = (
    "CLOSED", "LISTEN", "SYN_SENT", "SYN_RCVD", "ESTABLISHED", "FIN_WAIT_1", "FIN_WAIT_2",
    "CLOSE_WAIT", "CLOSING", "LAST_ACK", "TIME_WAIT",
)  # fmt: skip
OTHER = STATES[3:]
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")

FACTS: dict[str, tuple[str, ...]] = {
    **{f"3.10.{call}": STATES for call in range(1, 7)},  # OPEN SEND RECEIVE CLOSE ABORT STATUS
    "3.10.7.1": ("CLOSED",),
    **{f"3.10.7.2 {ordinal}": ("LISTEN",) for ordinal in ORDINALS[:4]},
    **{f"3.10.7.3 {ordinal}": ("SYN_SENT",) for ordinal in ORDINALS[:5]},
    **{f"3.10.7.4 {ordinal}": OTHER for ordinal in ORDINALS},
    "3.10.7.4 sixth": OTHER[1:],
    "3.10.7.4 seventh": OTHER[1:],
    "3.10.8": ("any",),
}
"""What section 3.10 has: its parts, and the states that each speaks of."""

ELSEWHERE = {"3.4", "3.5.2", "3.8.4", "3.9.2.3"}
"""Sections outside 3.10 that a variant follows instead, or adds."""

OTHER_DOCUMENT = re.compile(r"RFC \d+, ")
"""How a citation of another document begins; it is not looked up here."""

ROW = re.compile(
    r"^\| (3\.10\.[\d.]*\d(?: [a-z]+)?)\b[^|]*\| ([A-Z_0-9, ]+|all) \| [^|]+ \|$", re.M
)

Paragraphs = set[tuple[str, str]]


def cited(reference: str) -> Iterator[str]:
    """What a reference names: ``3.10.7.4 fifth, eighth`` is two steps of one section."""
    section = ""
    for part in reference.split(", "):
        section = part.split()[0] if part[0].isdigit() else section
        yield part if part.startswith(section) else f"{section} {part}"


def covered(*names: str) -> Paragraphs:
    """The paragraphs that lines of these specifications cite, in the states that they are for."""
    found = set()
    for name in names:
        for transition in load(str(SPECS / name)).machines["Endpoint"].transitions:
            for part in cited(transition.reference or ""):
                found |= {(part, state) for state in (*transition.states, "any")}
    return found


def explained() -> Paragraphs:
    """The paragraphs in the table of SECTION_3_10.md."""
    rows = ROW.findall((SPECS / "SECTION_3_10.md").read_text("utf-8"))
    found = [
        (part, state)
        for part, states in rows
        for state in (FACTS[part] if states == "all" else states.split(", "))
    ]
    assert len(found) == len(set(found))
    return set(found)


def test_every_paragraph_has_a_line_or_a_reason_and_not_both() -> None:
    paragraphs = {(part, state) for part, states in FACTS.items() for state in states}
    lines = covered("tcp.fsm", "tcp_data.fsm")
    assert paragraphs - lines == explained()


@pytest.mark.sweep
@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_what_is_cited_is_in_the_rfc(path: Path) -> None:
    specification = load(str(path))
    for machine in specification.machines.values():
        for transition in machine.transitions:
            reference = transition.reference
            if reference is None or OTHER_DOCUMENT.match(reference):
                continue
            for part in cited(reference):
                assert part in FACTS or part in ELSEWHERE, transition.text


# --- the facts themselves ---

PART = re.compile(r"^(3\.10\.[\d.]*\d)\.  ", re.M)
STEP = re.compile(r"^ {6}(First|Second|Third|Fourth|Fifth|Sixth|Seventh|Eighth), ", re.M)
STATE = re.compile(r"^ {3}(?: {3}- {2}| {6}o  )?([A-Z0-9-]+) STATE(?: \(i\.e\., .*)?$", re.M)
NAMES = {name.replace("_", "-"): name for name in STATES} | {"SYN-RECEIVED": "SYN_RCVD"}


def pieces(text: str, heading: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """What stands under each heading."""
    found = list(heading.finditer(text))
    ends = [match.start() for match in found] + [len(text)]
    for match, end in zip(found, ends[1:], strict=True):
        yield match[1], text[match.end() : end]


@pytest.mark.skipif(not TEXT.exists(), reason="RFC 9293 is not at hand")
def test_the_facts_are_those_of_the_rfc() -> None:
    text = TEXT.read_text("utf-8")
    assert all(f"\n{section}.  " in text for section in ELSEWHERE)
    text = text[text.index("\n3.10.  Event Processing\n") : text.index("\n4.  Glossary\n")]
    only = {"3.10.7.1": "CLOSED", "3.10.7.2": "LISTEN", "3.10.7.3": "SYN_SENT", "3.10.8": "any"}
    found: dict[str, tuple[str, ...]] = {}
    for section, body in pieces(text, PART):
        steps = [(f"{section} {name.lower()}", step) for name, step in pieces(body, STEP)]
        for part, step in steps or [(section, body)]:
            states = {NAMES[match[1]] for match in STATE.finditer(step)}
            named = (only[section],) if section in only else tuple(s for s in STATES if s in states)
            if named:
                found[part] = named
    assert found == FACTS
