"""specs/README.md lists the hazards and remedies that are there, with the runs that show them."""

import re
from pathlib import Path

import pytest

from tests.cli.runner import REPOSITORY, SPECS
from tests.docs.hazards import index
from tests.helpers import files

BEGIN, END = "<!-- made from hazard_*.fsm -->\n", "<!-- end of what is made -->\n"
README = SPECS / "README.md"

HAZARD = """
protocol Hazard "a lost question"
message M = ASK | ANSWER
call ask
timer again
machine Client {
    initial final state IDLE { call ask / snd ASK -> ASKING  ignore ANSWER }
    state ASKING { rcv ANSWER -> IDLE }
}
machine Server { initial final state READY { rcv ASK / snd ANSWER } }
system Line { c: Client may ask  s: Server  channel c <-> s: fifo(1), lossy, when full drop }
check Line { "it goes on": violated no deadlock  "never full": never full(s -> c) and full(c -> s) }
"""
REMEDY = """
protocol Remedy "ask again" extends "hazard_lost.fsm"
machine Client { state ASKING { timeout again / snd ASK } }
check Line { replace "it goes on": no deadlock  remove "never full" }
"""


def test_a_reader_gets_from_the_name_to_the_picture_to_the_remedy(tmp_path: Path) -> None:
    texts = {"hazard_lost.fsm": HAZARD, "hazard_lost_again.fsm": REMEDY, "other.fsm": HAZARD}
    files(tmp_path, texts)
    pictures = tmp_path / "diagrams"
    pictures.mkdir()
    (pictures / "hazard_lost-line-it-goes-on.svg").touch()
    assert (
        index(tmp_path, pictures)
        == """\
[a lost question](#a-lost-question)

### a lost question

[`hazard_lost.fsm`](hazard_lost.fsm) shows it:

- Line: [it goes on](../diagrams/hazard_lost-line-it-goes-on.svg)

**Remedy: ask again**, [`hazard_lost_again.fsm`](hazard_lost_again.fsm)

- Line: it goes on: violated becomes holds
- Line: never full: gone, was holds

```diff
  Client, ASKING
+ timeout again / snd ASK
```
"""
    )


def test_the_index_is_that_of_the_specifications(request: pytest.FixtureRequest) -> None:
    before, rest = README.read_text("utf-8").split(BEGIN)
    made, after = rest.split(END)
    new = index(SPECS, REPOSITORY / "diagrams")
    if request.config.getoption("--update-golden"):
        made = new
        README.write_text(before + BEGIN + made + END + after, "utf-8")
    assert made == new, "run pytest tests/docs/test_index.py --update-golden"


def test_every_remedy_cures_something() -> None:
    """Some verdict of the hazard, which every remedy names in its list, changes."""
    for remedy in README.read_text("utf-8").split("**Remedy: ")[1:]:
        assert re.search(r": \w+ becomes \w+$", remedy, re.MULTILINE), remedy
