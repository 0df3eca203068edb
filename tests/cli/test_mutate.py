"""``tcpspec mutate``: what it prints, and with which exit status."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from tcpspec.mutation.mutate import mutate
from tcpspec.mutation.result import Fate
from tests.cli.runner import tcpspec, written
from tests.cli.test_check import validated
from tests.helpers import specification

LAMP = """protocol Lamp
call press
machine Lamp {
    initial final state OFF { call press -> ON }
    final state ON { CALLS }
}
system Room { lamp: Lamp may press at most 2 times }
check Room { "it can be on": reachable lamp in ON }
"""
CAUGHT = LAMP.replace("CALLS", "")
SURVIVES = LAMP.replace("CALLS", "call press -> OFF")


def test_all_are_caught(tmp_path: Path) -> None:
    done = tcpspec("mutate", written(tmp_path, CAUGHT))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-2:] == [
        "2 mutants: 2 caught",
        "2 of 2 that are not equivalent are caught, 100.0 %",
    ]


def test_a_survivor_is_shown_with_its_place_and_as_it_would_be_written(tmp_path: Path) -> None:
    path = written(tmp_path, SURVIVES)
    done = tcpspec("mutate", path)
    assert done.returncode == 1
    shown = done.stdout.partition("survived: 2 mutants\n")[2]
    assert shown.startswith(
        f"  {path}:5  ON\n    - call press -> OFF\n  {path}:5  ON\n    - call press -> OFF\n"
        "    + call press\n"
    )
    assert "2 of 4 that are not equivalent are caught, 50.0 %" in done.stdout


def test_survivors_may_be_explained_in_the_expected_results(tmp_path: Path) -> None:
    reasons = {
        "Lamp, ON: call press -> OFF removed": "nobody needs the dark",
        "Lamp, ON: call press -> OFF becomes call press": "nor this",
        "Lamp, OFF: call press -> ON removed": "this one is caught",
    }
    (tmp_path / "spec.expected.json").write_text(json.dumps({"survivors": reasons}), "utf-8")
    done = tcpspec("mutate", written(tmp_path, SURVIVES))
    assert done.returncode == 0, done.stdout
    assert "explained: 2 mutants" in done.stdout
    assert "nobody needs the dark" in done.stdout
    assert done.stderr == (
        "warning: explained, but needs no explanation: Lamp, OFF: call press -> ON removed\n"
    )


@pytest.mark.parametrize(
    "text", ["[]", "{", '{"survivors": [1]}', '{"survivors": {"a": 1}}', '{"idle": {"a": 1}}']
)
def test_expected_results_that_are_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "spec.expected.json").write_text(text, "utf-8")
    done = tcpspec("mutate", written(tmp_path, CAUGHT))
    assert (done.returncode, done.stdout) == (2, "")
    assert "spec.expected.json" in done.stderr


def test_json_tells_each_mutant_and_who_catches_it(tmp_path: Path) -> None:
    done = tcpspec("mutate", written(tmp_path, SURVIVES), "--format", "json")
    answer: Any = validated(done.stdout)
    assert answer["counts"]["caught"] == answer["counts"]["survived"] == 2
    assert (answer["rate"], answer["ok"], done.returncode) == (0.5, False, 1)
    first = answer["mutants"][0]
    assert (first["name"], first["after"]) == ("Lamp, OFF: call press -> ON removed", None)
    (catch,) = first["caught_by"]
    assert (catch["name"], catch["before"], catch["after"]) == ("it can be on", "holds", "violated")
    (question,) = answer["questions"]
    assert (question["caught"], question["alone"]) == (2, 2)


def test_all_lists_what_is_caught_too(tmp_path: Path) -> None:
    done = tcpspec("mutate", written(tmp_path, CAUGHT), "--all", "--quick", "--jobs", "1")
    assert "Room: it can be on: holds becomes violated" in done.stdout


def test_a_check_that_catches_nothing_is_named(tmp_path: Path) -> None:
    text = CAUGHT.replace('check Room { "', 'check Room { no overflow  "')
    assert "catches nothing: Room: no overflow" in tcpspec("mutate", written(tmp_path, text)).stdout


def test_why_a_check_catches_nothing_may_be_explained(tmp_path: Path) -> None:
    text = CAUGHT.replace('check Room { "', 'check Room { no overflow  "')
    reasons = {
        "Room: no overflow": "there is no channel",
        "Room: it can be on": "?",
        "None: x": "?",
    }
    (tmp_path / "spec.expected.json").write_text(json.dumps({"idle": reasons}), "utf-8")
    done = tcpspec("mutate", written(tmp_path, text))
    assert "catches nothing: " not in done.stdout
    assert "explained: Room: no overflow\n      there is no channel\n" in done.stdout
    assert done.stderr == "".join(
        f"warning: explained, but needs no explanation: {name}\n"
        for name in ("Room: it can be on", "None: x")
    )
    answer: Any = validated(
        tcpspec("mutate", str(tmp_path / "spec.fsm"), "--format", "json").stdout
    )
    assert [one["note"] for one in answer["questions"]] == ["there is no channel", ""]
    quick = tcpspec("mutate", str(tmp_path / "spec.fsm"), "--quick")
    assert quick.stderr == "warning: explained, but needs no explanation: None: x\n"


def test_explanations_of_systems_that_are_not_asked_are_left_alone(tmp_path: Path) -> None:
    text = CAUGHT + 'system Hall { l: Lamp may press } check Hall { "lit": reachable l in ON }\n'
    reasons = {"Room: none": "?", "Hall: lit": "?"}
    (tmp_path / "spec.expected.json").write_text(json.dumps({"idle": reasons}), "utf-8")
    path, warning = written(tmp_path, text), "warning: explained, but needs no explanation: "
    assert tcpspec("mutate", path, "--system", "Room").stderr == ""
    both = tcpspec("mutate", path).stderr
    assert both == f"{warning}Room: none\n{warning}Hall: lit\n"


def test_so_are_those_of_mutants_that_only_other_systems_tell_apart(tmp_path: Path) -> None:
    other = LAMP.partition("machine")[2].partition("system")[0].replace("Lamp", "Light")
    hall = 'system Hall { l: Light may press } check Hall { "lit": reachable l in ON }\n'
    text = f"{SURVIVES}machine{other.replace('CALLS', '')}{hall}"
    reasons = {
        "Lamp, ON: call press -> OFF removed": "it may stay on",
        "Light, OFF: call press -> ON removed": "nobody asks",
    }
    (tmp_path / "spec.expected.json").write_text(json.dumps({"survivors": reasons}), "utf-8")
    path, caught = written(tmp_path, text), "Light, OFF: call press -> ON removed"
    warning = f"warning: explained, but needs no explanation: {caught}\n"
    assert tcpspec("mutate", path, "--system", "Room").stderr == ""
    assert tcpspec("mutate", path, "--system", "Hall").stderr == warning
    assert tcpspec("mutate", path).stderr == warning


def test_a_limit_is_no_answer(tmp_path: Path) -> None:
    done = tcpspec("mutate", written(tmp_path, SURVIVES), "--timeout", "0")
    assert done.returncode == 3
    assert "4 mutants: 4 unknown" in done.stdout
    assert "0 of 4 that may not be equivalent are caught for certain, 0.0 %: what became of 4 is " \
        "unknown\n" in done.stdout  # fmt: skip
    assert "catches nothing, as far as is known: Room: it can be on\n" in done.stdout
    done = tcpspec("mutate", written(tmp_path, SURVIVES), "--timeout", "0", "--format", "json")
    assert json.loads(done.stdout)["rate"] is None


def test_what_is_wrong_is_said(tmp_path: Path) -> None:
    path = written(tmp_path, CAUGHT)
    for arguments, message in (
        ([path, "--system", "Hall"], "there is no system `Hall`"),
        ([path, "--set", "N=1"], "N"),
        ([str(tmp_path / "none.fsm")], "none.fsm"),
        ([path, "--jobs", "0"], "'--jobs': 0 is not in the range 1<=x<=256."),
    ):
        done = tcpspec("mutate", *arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert message in done.stderr


def test_ctrl_c_keeps_what_is_known() -> None:
    def interrupt(done: int, _count: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    found = mutate(specification(SURVIVES), jobs=1, observer=interrupt)
    assert found.interrupted
    assert [one.fate is Fate.UNKNOWN for one in found.judged] == [False, False, False, True]


def test_ctrl_c_ends_all_processes() -> None:
    """Output ends only when everybody who could write has ended."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tcpspec", "mutate", "tcpspec:tcp.fsm", "--jobs", "2"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ,
    )  # fmt: skip
    while not psutil.Process(process.pid).children():  # until the first judge has started
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err, err
    assert ", interrupted" in out
