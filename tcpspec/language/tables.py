"""Make the shipped parser tables of a grammar, with Lark; after each change of a grammar.

Run ``python -m tcpspec.language.tables``; a test fails where it was forgotten. What is in them:
see ``lalr``.
"""

import json
import re
from collections.abc import Iterable
from functools import partial
from typing import Any

from lark import Lark
from lark.grammar import Rule
from lark.lexer import TerminalDef
from lark.parse_tree_builder import ExpandSingleChild
from lark.parsers.lalr_analysis import Shift

from tcpspec.language.lalr import FOLDER, Candidate

GRAMMARS = ("grammar", "formula")


def lark_parser(grammar: str, *, strict: bool = False) -> Lark:
    """Lark's own parser of a grammar. A strict one refuses a grammar with conflicts."""
    return Lark(
        (FOLDER / f"{grammar}.lark").read_text(encoding="utf-8"),
        parser="lalr",
        lexer="contextual",
        propagate_positions=True,
        maybe_placeholders=True,
        strict=strict,
    )


def make(grammar: str) -> str:
    """The tables as they are shipped."""
    lark: Any = lark_parser(grammar)
    table = lark.parser.parser._parse_table
    (start,), (end,) = table.start_states.values(), table.end_states.values()
    shapes = {rule: _shape(rule, chain) for rule, chain in lark._parse_tree_builder.rule_builders}
    rules = sorted(shapes, key=lambda rule: (str(rule.origin), str(rule.alias), rule.order))
    candidates, actions, candidates_of = list[str](), [], []
    numbers = _numbered(table.states, start)
    terminals = sorted(lark.terminals, key=_rank)
    for state in numbers:
        row = table.states[state]
        actions.append({name: _action(one, numbers, rules) for name, one in sorted(row.items())})
        found = json.dumps(_candidates([t for t in terminals if t.name in row]))
        if found not in candidates:
            candidates.append(found)
        candidates_of.append(candidates.index(found))
    ignored = [t.pattern.to_regexp() for t in terminals if t.name in lark.ignore_tokens]
    return json.dumps(
        {
            "start": numbers[start],
            "end": numbers[end],
            "ignored": f"(?:{'|'.join(ignored)})*+",
            "literals": {"$END": None, **{t.name: _literal(t) for t in terminals}},
            "rules": [shapes[rule] for rule in rules],
            "candidates": [json.loads(one) for one in candidates],
            "candidates_of": candidates_of,
            "actions": actions,
        },
        separators=(",", ":"),
    )


def _numbered(states: dict[Any, dict[str, tuple[Any, Any]]], start: Any) -> dict[Any, int]:
    """A number for each state, in the order in which they are met: Lark's order is by chance."""
    numbers, met = {start: 0}, [start]
    for state in met:
        for _, (kind, target) in sorted(states[state].items(), key=lambda item: item[0]):
            if kind is Shift and target not in numbers:
                numbers[target] = len(met)
                met.append(target)
    return numbers


def _literal(terminal: TerminalDef) -> str | None:
    return terminal.pattern.value if terminal.pattern.type == "str" else None


def _action(action: tuple[Any, Any], numbers: dict[Any, int], rules: list[Rule]) -> int:
    """A state to go to, or, negative, a rule to reduce by."""
    kind, argument = action
    return numbers[argument] if kind is Shift else ~rules.index(argument)


def _shape(rule: Rule, chain: Iterable[Any]) -> tuple[Any, ...]:
    """What Lark does with the parts of a rule: see ``lalr.Rule``."""
    expands, kept, absent = False, None, 0
    for step in chain:
        if step is ExpandSingleChild:
            expands = True
        elif isinstance(step, partial) and "Filter" in step.func.__name__:
            kept, *rest = step.args
            absent = rest[0] if rest else 0
            kept = [one if len(one) == 3 else (*one, 0) for one in kept]
    origin = rule.origin.name
    name = rule.alias or rule.options.template_source or origin
    inlined = origin.startswith("_") and not rule.alias
    return origin, name, len(rule.expansion), inlined, expands, kept, absent


# --- terminals ------------------------------------------------------------------------------


def _rank(terminal: TerminalDef) -> tuple[int, int, int, str]:
    """Which terminals are tried first: by the rules of Lark's contextual lexer."""
    pattern = terminal.pattern
    return -terminal.priority, -pattern.max_width, -len(pattern.value), terminal.name


def _candidates(terminals: Iterable[TerminalDef]) -> list[Candidate]:
    """A text that is an instance of a pattern is looked for only when the pattern matches."""
    texts = {t.pattern.value: t for t in terminals if t.pattern.type == "str"}
    found = []
    for terminal in terminals:
        if terminal.pattern.type == "str":
            found.append(Candidate(terminal.name, terminal.pattern.value, None, {}))
            continue
        pattern = terminal.pattern.to_regexp()
        others = {
            text: other.name
            for text, other in texts.items()
            if other.priority == terminal.priority and re.fullmatch(pattern, text)
        }
        found.append(Candidate(terminal.name, "", pattern, others))
    covered = {text for candidate in found for text in candidate.others}
    return [candidate for candidate in found if candidate.text not in covered]


if __name__ == "__main__":
    for name in GRAMMARS:
        (FOLDER / f"{name}.json").write_text(make(name), encoding="utf-8")
