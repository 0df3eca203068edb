"""specs/README.md lists the hazards and remedies that are there, with the runs that show them."""

import re
from pathlib import Path

import pytest

from tests.cli.runner import LIBRARY, REPOSITORY, SPECS
from tests.docs.hazards import anchor, index
from tests.helpers import files

BEGIN, END = "<!-- made from hazard_*.fsm -->\n", "<!-- end of what is made -->\n"
README = SPECS / "README.md"

HAZARD = """
## A question may be lost.
## Then nobody asks again.
##
## The rest is left out.
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
## The client asks again.
protocol Remedy "ask again" extends "hazard_lost.fsm"
machine Client { state ASKING { timeout again / snd ASK } }
check Line { replace "it goes on": no deadlock  remove "never full" }
"""
MORE = """
## Nothing more is needed.
protocol More "call it a day" extends "hazard_lost_ask.fsm"
check Line { "it may end": reachable c in IDLE }
"""


def test_a_reader_gets_from_the_name_to_the_picture_to_the_remedy(tmp_path: Path) -> None:
    texts = {
        "hazard_lost.fsm": HAZARD, "hazard_lost_ask.fsm": REMEDY, "hazard_lost_x.fsm": MORE,
        "other.fsm": HAZARD,
    }  # fmt: skip
    files(tmp_path, texts)
    pictures = tmp_path / "diagrams"
    pictures.mkdir()
    for name in ("hazard_lost-line-it-goes-on", "hazard_lost_x-line-it-may-end"):
        (pictures / f"{name}.svg").touch()
    assert (
        index(tmp_path, pictures, {"Asking": ["hazard_lost"]})
        == """\
- Asking
  - [A lost question](#a-lost-question)

### Asking

#### A lost question

A question may be lost.
Then nobody asks again.

[`hazard_lost.fsm`](hazard_lost.fsm) shows it:

- [Line: it goes on](../diagrams/hazard_lost-line-it-goes-on.svg): violated, shown in 2 steps

**Remedy: Ask again**, [`hazard_lost_ask.fsm`](hazard_lost_ask.fsm)

The client asks again.

- Line: it goes on: violated becomes holds
- Line: never full: gone, was holds

```diff
  Client, ASKING
+ timeout again / snd ASK
```

**Remedy: Call it a day**, [`hazard_lost_x.fsm`](hazard_lost_x.fsm), on top of
[`hazard_lost_ask.fsm`](hazard_lost_ask.fsm)

Nothing more is needed.

- [Line: it may end](../diagrams/hazard_lost_x-line-it-may-end.svg): new, holds
"""
    )


def test_no_hazard_is_left_out(tmp_path: Path) -> None:
    files(tmp_path, {"hazard_lost.fsm": HAZARD, "hazard_other.fsm": HAZARD})
    with pytest.raises(AssertionError, match="hazard_other"):
        index(tmp_path, tmp_path, {"Asking": ["hazard_lost"]})


@pytest.mark.sweep
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


@pytest.mark.sweep
@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_every_specification_is_in_the_list(path: Path) -> None:
    assert f"({path.name})" in README.read_text("utf-8")


def test_every_link_leads_somewhere() -> None:
    text = README.read_text("utf-8")
    headings = {anchor(name) for name in re.findall(r"^#+ (.*)$", text, re.MULTILINE)}
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", text):
        file, _, heading = target.partition("#")
        assert (SPECS / file).exists(), target
        assert file or heading in headings, target
