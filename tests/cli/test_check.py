"""``tcpspec check``: what it prints, where, and with which exit status."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.cli.runner import SPECS, tcpspec, written

SCHEMA = json.loads((Path(__file__).parent / "schema.json").read_text("utf-8"))

LIGHT = """protocol Light "a light that may be switched on"
call press
machine Lamp {
    var presses: 0..9 = 0
    initial final state OFF { call press / presses := presses + 1 -> ON }
    state ON { }
}
system Room { lamp: Lamp may press once }
check Room {
    "it can be on": reachable lamp in ON
    CLAIM
}
"""

COUNTER = """protocol Counter
machine C { var n: 0..200000 = 0   initial final state S { step [n < 200000] / n := n + 1 } }
system One { c: C }
check One { "small": always c.n < 150000   "far": reachable c.n == 3 }
"""


def validated(text: str) -> Any:
    answer = json.loads(text)
    jsonschema.validate(answer, SCHEMA)
    return answer


def without_times(answer: Any) -> Any:
    if isinstance(answer, dict):
        return {k: without_times(v) for k, v in answer.items() if k != "seconds"}
    return [without_times(one) for one in answer] if isinstance(answer, list) else answer


# --- exit statuses -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claim", "status"),
    [
        ('"stays off": never lamp in ON', 1),
        ('"stays off": violated never lamp in ON', 0),
        ('"may be off": violated reachable lamp in OFF', 1),
        ("violated no deadlock", 0),
        ('"unknown": always light in ON', 2),
    ],
)
def test_the_exit_status_says_how_it_came_out(tmp_path: Path, claim: str, status: int) -> None:
    assert tcpspec("check", written(tmp_path, LIGHT.replace("CLAIM", claim))).returncode == status


def test_a_limit_before_an_answer_is_exit_3(tmp_path: Path) -> None:
    done = tcpspec("check", written(tmp_path, COUNTER), "--max-states", "100")
    assert done.returncode == 3
    assert "the search stopped at max-states after 100 states" in done.stdout
    assert "ok    far" in done.stdout


def test_a_counterexample_found_before_a_limit_is_final(tmp_path: Path) -> None:
    text = COUNTER.replace("c.n < 150000", "c.n < 5")
    assert tcpspec("check", written(tmp_path, text), "--max-states", "100").returncode == 1


def test_a_timeout_ends_the_search(tmp_path: Path) -> None:
    done = tcpspec("check", written(tmp_path, COUNTER), "--timeout", "0")
    assert done.returncode == 3
    assert "stopped at timeout" in done.stdout


def test_a_memory_limit_ends_the_search(tmp_path: Path) -> None:
    done = tcpspec("check", written(tmp_path, COUNTER), "--max-memory", "1M")
    assert done.returncode == 3
    assert "stopped at max-memory" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["check"],
        ["check", "missing.fsm"],
        ["check", "tcpspec:missing.fsm"],
        ["check", "tcpspec:../pyproject.toml"],
        ["check", "tcpspec:figure5.fsm", "--system", "Nobody"],
        ["check", "tcpspec:figure5.fsm", "--set", "N"],
        ["check", "tcpspec:figure5.fsm", "--set", "N=4"],
        ["check", "tcpspec:figure5.fsm", "--max-memory", "much"],
        ["check", "tcpspec:figure5.fsm", "--max-states", "0"],
        ["check", "tcpspec:figure5.fsm", "--engine", "magic"],
        ["check", "tests/cli"],
        ["frobnicate"],
    ],
)
def test_a_wrong_command_line_is_exit_2(arguments: list[str]) -> None:
    done = tcpspec(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr


def test_the_message_for_an_unknown_system_lists_the_systems() -> None:
    done = tcpspec("check", "tcpspec:figure5.fsm", "--system", "Nobody")
    assert "there is no system `Nobody`" in done.stderr
    assert "systems are: Pair" in done.stderr


# --- what it says --------------------------------------------------------------------------


def test_figure_5_deadlocks_in_six_steps() -> None:
    done = tcpspec("check", "tcpspec:figure5.fsm")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ok    no deadlock  violated, shown in 6 steps, as specified" in done.stdout
    assert "B has no rule for SYN+ACK in FIN_WAIT_1" in done.stdout
    assert done.stdout.count("active_open") >= 2
    assert done.stderr == ""


def test_a_failing_check_says_what_was_asked_and_which_part_is_false(tmp_path: Path) -> None:
    text = LIGHT.replace("CLAIM", '"p": always lamp.presses < 1 and lamp in {OFF, ON}')
    done = tcpspec("check", written(tmp_path, text))
    assert "FAIL  p  violated, shown in 1 step" in done.stdout
    assert f"({tmp_path}/spec.fsm:11)" in done.stdout
    assert "lamp.presses < 1 is false: lamp.presses is 1" in done.stdout
    assert "lamp in {OFF, ON} is false" not in done.stdout


def test_verdicts_say_what_they_rest_on() -> None:
    done = tcpspec("check", "tcpspec:figure5.fsm")
    assert (
        """  assumes A may active_open, passive_open, close
          B may active_open, passive_open, close
          A -> B: fifo(3), when full wait
"""
        in done.stdout
    )


def test_errors_of_a_specification_are_all_shown(tmp_path: Path) -> None:
    text = LIGHT.replace("CLAIM", '"q": always lamp in ONN').replace("OFF {", "OFF { rcv X ")
    done = tcpspec("check", written(tmp_path, text))
    assert done.returncode == 2
    assert done.stderr.count("error[unknown-name]") == 2
    assert "spec.fsm:11:25: error[unknown-name]: no state of Lamp is called `ONN`" in done.stderr
    assert "hint: did you mean `ON`?" in done.stderr


def test_constants_can_be_set(tmp_path: Path) -> None:
    text = COUNTER.replace("200000", "N").replace("protocol Counter", "protocol C\nconst N = 9")
    path = written(tmp_path, text.replace("150000", "8"))
    assert tcpspec("check", path).returncode == 1
    assert tcpspec("check", path, "--set", "N=7").returncode == 0


def test_one_system_can_be_chosen(tmp_path: Path) -> None:
    text = LIGHT.replace("CLAIM", "") + "system Dark { lamp: Lamp }\ncheck Dark { no deadlock }"
    path = written(tmp_path, text)
    assert "Room" not in tcpspec("check", path, "--system", "Dark").stdout


def test_one_check_can_be_chosen(tmp_path: Path) -> None:
    """Or a scenario; then nothing else keeps the search from ending."""
    path = written(tmp_path, COUNTER.replace("150000", "2000") + "system Two { a: C  b: C }\n"
                   'check Two { "small": always a.n < 9 }  scenario "s" on Two { }\n')  # fmt: skip
    done = tcpspec("check", path, "--check", "far")
    assert done.returncode == 0
    assert "1 of 1 check as specified" in done.stdout
    assert "Two" not in done.stdout
    done = tcpspec("check", path, "--check", "small", "--check", "s", "--system", "Two")
    assert done.returncode == 1
    assert "1 of 2 checks and scenarios as specified, 1 not" in done.stdout
    assert "One" not in done.stdout
    assert "ended when all was answered" in done.stdout
    done = tcpspec("check", path, "--check", "smal")
    assert done.returncode == 2
    assert done.stderr == 'error: there is no check or scenario "smal"; did you mean `small`?\n'
    done = tcpspec("check", path, "--check", "far", "--system", "Two")
    assert 'there is no check or scenario "far"; there are: "small", "s"' in done.stderr
    done = tcpspec("check", path, "--check", "s", "--system", "Two", "--system", "Nobody")
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no system `Nobody`; there are: One, Two" in done.stderr
    for more in (["--against", path], [path]):
        assert "asks of one specification" in tcpspec("check", path, "--check", "x", *more).stderr


def test_a_folder_ends_with_a_table(tmp_path: Path) -> None:
    dark = "system Dark { lamp: Lamp }\ncheck Dark, Room { violated every state reachable }"
    written(tmp_path, LIGHT.replace("CLAIM", ""), "a.fsm")
    written(tmp_path, LIGHT.replace("CLAIM", "no deadlock") + dark, "b.fsm")
    written(tmp_path, "nonsense", "c.fsm")
    written(tmp_path, "protocol Empty", "d.fsm")
    done = tcpspec("check", ".", cwd=tmp_path)
    assert done.returncode == 2
    assert [" ".join(line.split()) for line in done.stdout.splitlines()[-8:]] == [
        "a.fsm Room 2 states 1 check ok",
        "b.fsm Room 2 states 2 checks FAIL",
        "Dark 1 state ok",
        "all together 1 check FAIL",
        "c.fsm errors",
        "d.fsm no system ok",
        "",
        "4 specifications, 3 systems, 5 states, 4 checks, 0 scenarios; "
        "2 specifications not as specified",
    ]


def test_of_several_only_the_remarkable_ones_are_reported(tmp_path: Path) -> None:
    light = LIGHT.replace("state ON { }", "final state ON { }")
    dark, once = '"dark": never lamp in ON', "press once"
    texts = {
        "fails": light.replace("CLAIM", dark),
        "fine": light.replace("CLAIM", "no deadlock"),
        "vacuous": light.replace("CLAIM", f"{dark} and lamp.presses == 5"),
        "warns": "protocol Empty",
        "within": light.replace("CLAIM", dark).replace(
            once, f"{once}  bound lamp in OFF"
        ).replace('"it can be on": reachable lamp in ON', ""),
    }  # fmt: skip
    for name, text in texts.items():
        written(tmp_path, text, f"{name}.fsm")
    short, long = (tcpspec("check", *flags, ".", cwd=tmp_path) for flags in ([], ["-v"]))
    assert reported(short.stdout) == ["fails.fsm", "vacuous.fsm", "warns.fsm", "within.fsm"]
    assert reported(long.stdout) == sorted(f"{name}.fsm" for name in texts)
    table = short.stdout.rindex("\nfails.fsm ")
    assert long.stdout.endswith(short.stdout[table:])


def reported(text: str) -> list[str]:
    """The specifications that a text has reports on, in order."""
    return re.findall(r"^(?:Light: .*|Empty)  (\w+\.fsm)$", text, re.MULTILINE)


def test_a_folder_tells_what_is_unknown_from_what_fails(tmp_path: Path) -> None:
    written(tmp_path, LIGHT.replace("CLAIM", "no deadlock"), "a.fsm")
    written(tmp_path, LIGHT.replace("CLAIM", '"off": always lamp in OFF'), "b.fsm")
    done = tcpspec("check", ".", "--max-states", "1", cwd=tmp_path)
    assert done.returncode == 3
    assert done.stdout.endswith("; 2 specifications unknown\n")
    done = tcpspec("check", ".", cwd=tmp_path)
    assert done.stdout.endswith("; 2 specifications not as specified\n")


def test_a_folder_stands_for_the_folders_below_too(tmp_path: Path) -> None:
    text = LIGHT.replace("CLAIM", "")
    for name in ("a.fsm", "below/b.fsm", "below/.hidden/c.fsm", ".venv/d.fsm"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        written(tmp_path, text, name)
    done = tcpspec("check", ".", cwd=tmp_path)
    names = re.findall(r"^(\S+\.fsm) +Room", done.stdout, re.MULTILINE)
    assert names == ["a.fsm", "below/b.fsm"]


def test_in_a_folder_what_others_include_is_no_specification(tmp_path: Path) -> None:
    whole = LIGHT.replace("CLAIM", "")
    header, rest = whole.split("\n", 1)
    written(tmp_path, f'{header}\ninclude "part.fsm"\n', "a.fsm")
    written(tmp_path, rest, "part.fsm")
    done = tcpspec("check", str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "part.fsm" not in done.stdout
    written(tmp_path, rest, "forgotten.fsm")  # that nobody includes it is told, not passed over
    done = tcpspec("check", str(tmp_path))
    assert done.returncode == 2
    assert "the first declaration is missing" in done.stderr


def test_an_overflow_is_reported_though_nobody_asked(tmp_path: Path) -> None:
    text = """protocol P
message SEG = M
call go
machine A { initial final state S { call go / snd M   ignore M } }
system X { a: A may go   b: A   channel a <-> b: fifo(1) }
check X { "fine": always a in S }
"""
    done = tcpspec("check", written(tmp_path, text))
    assert done.returncode == 1
    assert "FAIL  overflow: a -> b is full when M is sent" in done.stdout
    assert "rests on: runs end at this error: a -> b is full when M is sent" in done.stdout
    text = text.replace("check X {", "check X { violated no overflow ")
    expected = tcpspec("check", written(tmp_path, text))
    assert expected.returncode == 0, expected.stdout


def test_the_same_question_gives_the_same_bytes() -> None:
    first, second = (tcpspec("check", str(SPECS / "figure5.fsm")) for _ in range(2))
    assert first.stdout == second.stdout


# --- JSON ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["figure5", "go_back_n", "hazard_land", "leader_election"])
def test_json_is_stable(name: str) -> None:
    first, second = (tcpspec("check", f"tcpspec:{name}.fsm", "--format", "json") for _ in range(2))
    assert without_times(validated(first.stdout)) == without_times(validated(second.stdout))


def test_json_has_runs_with_steps_lines_and_states() -> None:
    answer = validated(tcpspec("check", "tcpspec:figure5.fsm", "--format", "json").stdout)
    system = answer["systems"][0]
    assert (system["states"], system["transitions"], system["depth"]) == (367, 848, 18)
    deadlock = system["checks"][0]
    assert [step["step"] for step in deadlock["run"]] == [
        "A: active_open", "B: active_open", "A: rcv SYN", "A: close", "B: rcv SYN", "B: close",
    ]  # fmt: skip
    last = deadlock["run"][-1]
    assert last["state"]["instances"]["A"]["state"] == "FIN_WAIT_1"
    assert last["state"]["channels"]["A -> B"][0] == {"message": "SYN+ACK", "fields": {}}
    source = (SPECS / "figure5.fsm").read_text("utf-8").splitlines()
    assert source[last["line"] - 1].split()[:2] == ["call", "close"]


def test_json_of_several_specifications_and_of_errors(tmp_path: Path) -> None:
    good = written(tmp_path, LIGHT.replace("CLAIM", ""), "good.fsm")
    bad = written(tmp_path, "protocol P\nconst N = M", "bad.fsm")
    done = tcpspec("check", good, bad, "--format", "json")
    answer = validated(done.stdout)
    assert (done.returncode, answer["ok"]) == (2, False)
    assert [one["ok"] for one in answer["specs"]] == [True, False]
    (error,) = answer["specs"][1]["errors"]
    assert (error["code"], error["line"], error["column"]) == ("unknown-name", 2, 11)
    alone = tcpspec("check", bad, "--format", "json")
    assert validated(alone.stdout) == answer["specs"][1]


def test_json_lists_unspecified_receptions_and_coverage(tmp_path: Path) -> None:
    answer = validated(tcpspec("check", "tcpspec:figure5.fsm", "--format", "json").stdout)
    (check,) = [c for c in answer["systems"][0]["checks"] if "receptions" in c]
    pairs = {(r["instance"], r["state"], r["message"]) for r in check["receptions"]}
    assert ("A", "FIN_WAIT_1", "SYN+ACK") in pairs
    assert len(pairs) == 18
    text = LIGHT.replace("CLAIM", "") + (
        "system Dark { lamp: Lamp }\ncheck Room, Dark { every state reachable }"
    )
    both = validated(tcpspec("check", written(tmp_path, text), "--format", "json").stdout)
    assert both["checks"][0]["systems"] == ["Room", "Dark"]
