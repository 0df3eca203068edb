"""Single-token mutations of valid specifications: what a slip of the hand makes of a text."""

import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
FILES = sorted([*(ROOT / "specs").glob("*.fsm"), *(ROOT / "tests" / "bench").glob("*.fsm")])
TOKENS = re.compile(r'#[^\n]*|"[^"\n]*"|[^\W\d][\w.]*|[0-9]+|<->|->|:=|[=!<>]=|\.\.|\S')


class Mutant(NamedTuple):
    """A changed text, the line that was changed, and how."""

    name: str
    text: str
    line: int
    change: str


def mutants(count: int, seed: int = 0) -> Iterator[Mutant]:
    """So many mutants, spread over all files."""
    random_ = random.Random(seed)
    texts = {path.name: path.read_text("utf-8") for path in FILES}
    for number in range(count):
        name = FILES[number % len(FILES)].name
        yield _mutant(name, texts[name], random_)


def _mutant(name: str, text: str, random_: random.Random) -> Mutant:
    tokens = [match for match in TOKENS.finditer(text) if not match[0].startswith("#")]
    place, other = random_.choice(tokens), random_.choice(tokens)[0]
    kind = random_.choice(["delete", "duplicate", "replace", "insert"])
    new = {
        "delete": "", "duplicate": f"{place[0]} {place[0]}", "replace": other,
        "insert": f"{other} {place[0]}",
    }[kind]  # fmt: skip
    changed = text[: place.start()] + new + text[place.end() :]
    line = text.count("\n", 0, place.start()) + 1
    return Mutant(name, changed, line, f"{kind} `{place[0]}` with `{new}`")
