"""``tcpspec check VARIANT --against BASE``: which verdicts and lines are others."""

from pathlib import Path
from typing import Any

from tests.cli.runner import tcpspec
from tests.cli.test_check import validated
from tests.helpers import files

BASE = """protocol Base
const MOST = 2
message M = PING | PONG
call ping
machine Client ordered {
    var sent: 0..9 = 0
    initial final state A { first: call ping [sent < MOST] / snd PING; sent := sent + 1 -> B }
    state B { rcv PONG -> A  ignore PING  ignore any }
}
machine Server { initial final state A { rcv PING / snd PONG  ignore PONG } }
system Net { c: Client may ping  s: Server  channel c <-> s: fifo(2) }
system Rest { c: Client  s: Server  channel c <-> s: fifo(2) }
check Net {
    "it goes on": no deadlock
    "an echo":    reachable PONG in (s -> c)
    "never full": never full(s -> c)
}
check Rest { no deadlock }
scenario "ping" on Net { c: ping  c -> s: PING  s -> c: PONG }
"""
VARIANT = """protocol Variant extends "base.fsm"
remove system Rest
machine Server { state A { replace rcv PING -> GONE }  state GONE { step -> A } }
check Net {
    replace "it goes on": violated no deadlock
    replace "an echo": reachable PING in (c -> s)
    remove "never full"
    "gone": reachable s in GONE
}
replace scenario "ping" on Net { c: ping  c -> s: PING }
"""


def against(folder: Path, base: str, variant: str, *more: str) -> Any:
    files(folder, {"base.fsm": base, "variant.fsm": variant})
    done = tcpspec("check", "variant.fsm", "--against", "base.fsm", *more, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_verdicts_that_change_are_gone_or_new(tmp_path: Path) -> None:
    assert (
        against(tmp_path, BASE, VARIANT).partition("\nagainst ")[2]
        == """\
base.fsm
  Net
    it goes on: holds becomes violated
    never full: gone, was holds
  Rest
    no deadlock: gone, was holds
  Net
    gone: new, holds
  Server, A: changed  variant.fsm:3
    - rcv PING / snd PONG
    + rcv PING -> GONE
  Server, GONE: added  variant.fsm:3
    + step -> A
"""
    )


def test_json_says_the_same(tmp_path: Path) -> None:
    answer = validated(against(tmp_path, BASE, VARIANT, "--format", "json"))["against"]
    assert answer["spec"] == "base.fsm"
    assert [(v["name"], v["before"], v["after"]) for v in answer["verdicts"]] == [
        ("it goes on", "holds", "violated"), ("never full", "holds", None),
        ("no deadlock", "holds", None), ("gone", None, "holds"),
    ]  # fmt: skip
    changed, added = answer["transitions"]
    assert (changed["change"], added["change"]) == ("changed", "added")
    assert changed["before"]["text"] == "rcv PING / snd PONG"
    assert (added["before"], added["after"]["states"]) == (None, ["GONE"])


def test_a_file_does_not_differ_from_itself(tmp_path: Path) -> None:
    same = "\nagainst base.fsm\n  no verdict changes\n  no transition differs\n"
    assert against(tmp_path, BASE, BASE).endswith(same)


def test_a_constant_changes_the_lines_that_use_it(tmp_path: Path) -> None:
    other = BASE.replace("MOST = 2", "MOST = 3")
    said = against(tmp_path, BASE, other).partition("\nagainst ")[2]
    assert (
        said
        == """\
base.fsm
  no verdict changes
  const MOST: 2 becomes 3
  Client, A: changed, by what its names mean  variant.fsm:7
    = call ping [sent < MOST] / snd PING; sent := sent + 1 -> B
"""
    )


def test_order_counts_in_ordered_machines_only(tmp_path: Path) -> None:
    turned = BASE.replace("ignore PING  ignore any", "ignore any  ignore PING").replace(
        "rcv PING / snd PONG  ignore PONG", "ignore PONG  rcv PING / snd PONG"
    )
    answer = validated(against(tmp_path, BASE, turned, "--format", "json"))["against"]
    assert [(t["machine"], t["change"]) for t in answer["transitions"]] == [("Client", "moved")]


def test_where_variables_stand_means_nothing(tmp_path: Path) -> None:
    more = BASE.replace("    var sent", "    var unused: bool = false  var sent")
    assert "no transition differs" in against(tmp_path, BASE, more)


def test_labels_say_what_stands_for_what(tmp_path: Path) -> None:
    other = BASE.replace("[sent < MOST] / snd PING; ", "[sent < 1] / snd PING; ")
    answer = validated(against(tmp_path, BASE, other, "--format", "json"))["against"]
    assert [(t["change"], t["only_in_meaning"]) for t in answer["transitions"]] == [
        ("changed", False)
    ]


def test_the_exit_status_is_that_of_the_variant(tmp_path: Path) -> None:
    files(tmp_path, {"base.fsm": BASE, "fails.fsm": BASE.replace("never full(", "always full(")})
    for variant, base, status in (("fails", "base", 1), ("base", "fails", 0)):
        done = tcpspec("check", f"{variant}.fsm", "--against", f"{base}.fsm", cwd=tmp_path)
        assert done.returncode == status


def test_what_cannot_be_compared(tmp_path: Path) -> None:
    files(tmp_path, {"base.fsm": BASE, "bad.fsm": "nonsense"})
    for arguments, message in (
        (["base.fsm", "base.fsm", "--against", "base.fsm"], "one specification with another"),
        (["base.fsm", "--against", "bad.fsm"], "bad.fsm:1:1: error"),
        (["base.fsm", "--against", "none.fsm"], "none.fsm"),
        (["bad.fsm", "--against", "base.fsm"], "bad.fsm:1:1: error"),
    ):
        done = tcpspec("check", *arguments, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        assert message in done.stderr
