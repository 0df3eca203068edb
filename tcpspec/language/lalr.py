"""The parser: follows the tables that Lark made of the grammar, and reads tokens on the way.

To follow tables is a loop of some lines, and shaping the tree is in them, too (see ``tables``);
Lark itself, which finds the tables, the conflicts and all that is hard, takes longer to import and
to load than most specifications take to check.

Tokens are read as the state of the parser allows: what may not stand in a place is not looked for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

FOLDER = Path(__file__).parent
"""Where grammars and the tables of them lie."""

Place: TypeAlias = tuple[int, int]
"""A line and a column, from 1."""


class Token(NamedTuple):
    """A terminal that was read; ``last`` is the place behind it."""

    name: str
    text: str
    first: Place
    last: Place
    start: int

    @property
    def value(self) -> str:
        """The text; of a string, without the quotes."""
        return self.text[1:-1] if self.name == "STRING" else self.text


class Part(NamedTuple):
    """What was made of a piece of the text, and where the piece is, if anything stands there."""

    value: Any
    first: Place | None
    last: Place | None


NOTHING = Part(None, None, None)
"""Stands for an option that is absent."""

Build: TypeAlias = Callable[[str, list[Any], Place | None, Place | None], Any]
"""Makes something of a rule, or its alias; of the values of its parts; and of where it stands."""


class Rule(NamedTuple):
    """A rule of the grammar, and which of its parts are kept.

    ``kept`` has, for each part, its number, whether it is a sequence whose parts count themselves,
    and how many absent options come before it; ``absent`` come last. None keeps all. The parts of
    an ``inlined`` rule count for the rule around it, and so does the only part of one that
    ``expands``.
    """

    origin: str
    name: str
    size: int
    inlined: bool
    expands: bool
    kept: Sequence[tuple[int, bool, int]] | None
    absent: int


class Candidate(NamedTuple):
    """A terminal that may stand in a place: a text, or a pattern and which texts mean others."""

    name: str
    text: str
    pattern: str | None
    others: dict[str, str]


END = "$END"


class Unexpected(Exception):
    """Something cannot stand where it does; ``accepted`` are the terminals that could."""

    def __init__(self, position: int, accepted: set[str]) -> None:
        super().__init__(position)
        self.position, self.accepted = position, accepted


class Parser:
    """Made from tables as ``tables.make`` gives them."""

    def __init__(self, tables: dict[str, Any]) -> None:
        self._ignored = re.compile(tables["ignored"])
        self._rules = [
            Rule._make([*rule, None if kept is None else tuple(map(tuple, kept)), absent])
            for *rule, kept, absent in tables["rules"]
        ]
        self._passing = [
            rule.expands and rule.size == 1 and rule.kept in (None, ((0, False, 0),))
            for rule in self._rules
        ]
        """Of each rule, whether it stands for its one part."""
        self._actions: list[dict[str, int]] = tables["actions"]
        self._candidates = tables["candidates"]
        self._candidates_of: list[int] = tables["candidates_of"]
        self._known: dict[int, list[tuple[str, str, re.Pattern[str] | None, dict[str, str]]]] = {}
        self._start, self._end = tables["start"], tables["end"]
        self.literals: dict[str, str | None] = tables["literals"]
        """The text of each terminal, or None where many texts are one."""

    def parse(self, text: str, build: Build) -> Any:
        """What ``build`` makes of a text; raises ``Unexpected``."""
        states, parts = [self._start], list[Token | Part]()
        line, line_start, end = 1, 0, 0
        while True:
            start = self._behind_ignored(text, end)
            if feeds := text.count("\n", end, start):
                line += feeds
                line_start = text.rindex("\n", end, start) + 1
            name, end = self._next(text, start, states[-1])
            if not name:
                raise Unexpected(start, self._accepted(states))
            while (action := self._actions[states[-1]].get(name)) is not None and action < 0:
                rule = self._rules[~action]
                first = len(parts) - rule.size
                if not self._passing[~action]:
                    parts[first:] = [_reduced(rule, parts[first:], build)]
                del states[first + 1 :]
                states.append(self._actions[states[-1]][rule.origin])
                if name == END and states[-1] == self._end:
                    return parts[0].value
            if action is None:
                raise Unexpected(start, self._accepted(states))
            states.append(action)
            column = start - line_start + 1
            last = line, column + end - start
            parts.append(Token(name, text[start:end], (line, column), last, start))

    # --- tokens ---

    def _behind_ignored(self, text: str, start: int) -> int:
        found = self._ignored.match(text, start)
        return found.end() if found else start

    def _next(self, text: str, start: int, state: int) -> tuple[str, int]:
        """The terminal that stands here and where it ends; no name if it is none that may."""
        if start == len(text):
            return END, start
        candidates = self._known.get(state)
        if candidates is None:
            candidates = self._known[state] = [
                (name, text, pattern and re.compile(pattern), others)
                for name, text, pattern, others in self._candidates[self._candidates_of[state]]
            ]
        for name, literal, pattern, others in candidates:
            if pattern is None:
                if text.startswith(literal, start):
                    return name, start + len(literal)
            elif found := pattern.match(text, start):
                return others.get(found[0], name), found.end()
        return "", start

    # --- errors ---

    def _accepted(self, states: list[int]) -> set[str]:
        """The terminals that the parser could go on with."""
        terminals = (name for name in self._actions[states[-1]] if name in self.literals)
        return {name for name in terminals if self._accepts(list(states), name)}

    def _accepts(self, states: list[int], terminal: str) -> bool:
        while (action := self._actions[states[-1]].get(terminal)) is not None:
            if action >= 0:
                return True
            rule = self._rules[~action]
            del states[len(states) - rule.size :]
            states.append(self._actions[states[-1]][rule.origin])
            if terminal == END and states[-1] == self._end:
                return True
        return False


@cache
def parser_of(grammar: str) -> Parser:
    """The parser of a grammar, by its name: from the tables that ``tables`` made."""
    return Parser(json.loads((FOLDER / f"{grammar}.json").read_text(encoding="utf-8")))


def _reduced(rule: Rule, parts: Sequence[Token | Part], build: Build) -> Token | Part:
    """What a rule makes of its parts."""
    kept = list(parts) if rule.kept is None else _kept(rule, parts)
    first = next((part.first for part in parts if part.first), None)
    last = next((part.last for part in reversed(parts) if part.last), None)
    if rule.inlined:
        return Part(kept, first, last)
    if rule.expands and len(kept) == 1:
        return kept[0] if isinstance(kept[0], Token) else Part(kept[0].value, first, last)
    return Part(build(rule.name, [part.value for part in kept], first, last), first, last)


def _kept(rule: Rule, parts: Sequence[Token | Part]) -> list[Token | Part]:
    found = list[Token | Part]()
    for number, is_sequence, absent in rule.kept or ():
        found += [NOTHING] * absent
        part: Any = parts[number]
        if is_sequence:
            found.extend(part.value)
        else:
            found.append(part)
    return found + [NOTHING] * rule.absent
