"""What reviews found by hand, each as the command that showed it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.runner import REPOSITORY, tcpspec, written

ONE = """protocol P
machine S { initial final state A { step -> A } final state B { } }
"""


def shell(command: str) -> "subprocess.CompletedProcess[str]":
    program = f"{sys.executable} -m tcpspec"
    return subprocess.run(
        ["bash", "-c", command.replace("tcpspec", program, 1)],
        cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_an_error_that_nobody_can_read_keeps_its_exit_status() -> None:
    assert shell("tcpspec check missing.fsm 2>/dev/full").returncode == 2
    assert shell("tcpspec check missing.fsm 2> >(true)").returncode == 2
    assert shell("tcpspec check missing.fsm 2>&-").returncode == 2


def test_warnings_that_nobody_can_read_do_not_keep_the_answer_back(tmp_path: Path) -> None:
    path = written(tmp_path, ONE + 'system Z { s: S }\ncheck Z { "b": never s in B }')
    done = shell(f"tcpspec check {path} 2>/dev/full")
    assert done.returncode == 0
    assert "ok    b  holds" in done.stdout


@pytest.mark.parametrize(
    "words", ["check specs/figure5.fsm", "--help", "check --help", "--version"]
)
def test_a_full_disk_is_told(words: str) -> None:
    done = shell(f"tcpspec {words} >/dev/full")
    assert done.returncode == 2
    assert done.stderr == "error: cannot write to standard output: No space left on device\n"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("red", "no value is called `red`"),
        ("1_000", "no value is called `1_000`"),
        ("9223372036854775808", "is too large"),
    ],
)
def test_constants_are_set_to_values(tmp_path: Path, value: str, message: str) -> None:
    text = ONE.replace("protocol P", "protocol P\nconst N = 4\nconst BIG = (N > 3)")
    done = tcpspec("check", written(tmp_path, text), "--set", f"N={value}")
    assert done.returncode == 2
    assert message in done.stderr


def test_wide_enums_and_long_chains_do_not_exhaust_the_stack(tmp_path: Path) -> None:
    names = ", ".join(f"v{i}" for i in range(800))
    wide = f"""protocol P
machine M {{ var x: {{{names}}} = v0   initial final state A {{ step [x in {{{names}}}] }} }}
system S {{ m: M }} check S {{ "x": always m.x in {{{names}}} }}"""
    assert tcpspec("check", written(tmp_path, wide)).returncode == 0
    consts = "\n".join(f"const c{i} = c{i + 1} + 1" for i in range(400))
    types = "\n".join(f"type t{i} = t{i + 1}" for i in range(3000))
    for text in (f"{consts}\nconst c400 = 1", f"{types}\ntype t3000 = bool"):
        done = tcpspec("check", written(tmp_path, f"protocol P\n{text}"))
        assert done.returncode == 2
        assert "error[nested-too-deeply]" in done.stderr


def test_includes_do_not_multiply(tmp_path: Path) -> None:
    for number in range(30):
        text = f'include "f{number + 1}.fsm"\n' * 2
        written(tmp_path, "protocol P\n" * (number == 0) + text, f"f{number}.fsm")
    written(tmp_path, "const N = 1", "f30.fsm")
    done = tcpspec("check", str(tmp_path / "f0.fsm"), timeout=20)
    assert done.returncode == 2
    assert "is included twice" in done.stderr


def test_what_a_choice_of_systems_leaves_out_is_said(tmp_path: Path) -> None:
    text = ONE + "system Y { a: S }\nsystem Z { b: S }\ncheck Y, Z { every state reachable }"
    path = written(tmp_path, text)
    assert tcpspec("check", path).returncode == 1
    done = tcpspec("check", path, "--system", "Z")
    assert done.returncode == 0
    assert "-     every state reachable  not asked: needs Y, Z" in done.stdout
    answer = json.loads(tcpspec("check", path, "--system", "Z", "--format", "json").stdout)
    assert answer["skipped"] == [{"name": "every state reachable", "systems": ["Y", "Z"]}]


def test_a_limit_that_leaves_only_errors_open_says_so() -> None:
    done = tcpspec("check", "specs/figure5.fsm", "--max-states", "366")
    assert done.returncode == 3
    assert done.stdout.rstrip().endswith("errors beyond the limit (max-states) are unknown")


OVERFLOW = """protocol P
message SEG(SEQ: 0..3 = 2) = X
call go
machine M { initial final state A { call go / snd X } }
system Z { outbound: M may go   b: M   channel outbound <-> b: fifo(1) }
check Z {
    violated no overflow
    "calm": never b in A and false
    violated no unspecified reception
}
"""


def test_only_a_bound_makes_an_answer_hold_within_it(tmp_path: Path) -> None:
    done = tcpspec("check", written(tmp_path, OVERFLOW))
    assert "within the bound" not in done.stdout
    bounded = ONE.replace("step -> A", "step -> B") + "system Z { s: S   bound s in A }\n"
    done = tcpspec("check", written(tmp_path, bounded + 'check Z { "b": never s in B }'))
    assert done.returncode == 0
    assert "ok    b  holds within the bound" in done.stdout


def test_a_list_that_an_error_cut_short_says_so(tmp_path: Path) -> None:
    done = tcpspec("check", written(tmp_path, OVERFLOW))
    after = done.stdout.partition("no unspecified reception")[2]
    assert "rests on: runs end at this error: outbound -> b is full when X(SEQ = 2)" in after


def test_json_is_exact_where_the_terminal_is_not(tmp_path: Path) -> None:
    text = ONE + 'system Z { ä: S }\ncheck Z { "überall": never ä in B }'
    done = tcpspec(
        "check", written(tmp_path, text), "--format", "json", env={"PYTHONIOENCODING": "ascii"}
    )
    assert json.loads(done.stdout)["systems"][0]["checks"][0]["name"] == "überall"


def test_figures_of_two_specifications_do_not_overwrite_each_other(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        written(tmp_path / folder, ONE, "a.fsm")
    figures = tmp_path / "figures"
    paths = [str(tmp_path / folder / "a.fsm") for folder in ("one", "two")]
    assert tcpspec("check", *paths, "--figures", str(figures)).returncode == 0
    names = sorted(path.name for path in figures.glob("*.svg"))
    assert names == ["a-s-2.svg", "a-s.svg"]


@pytest.mark.parametrize("arguments", [[""], ["specs/figure5.fsm", "--timeout", "nan"]])
def test_what_means_nothing_is_refused(arguments: list[str]) -> None:
    assert tcpspec("check", *arguments).returncode == 2


def test_a_specification_that_asks_nothing_is_warned_about(tmp_path: Path) -> None:
    done = tcpspec("check", written(tmp_path, "protocol P"))
    assert done.returncode == 0
    assert "warning[nothing-asked]" in done.stderr
    assert "has no system" in done.stderr
    assert "asks nothing" in tcpspec("check", written(tmp_path, ONE + "system Z { s: S }")).stderr


def test_a_picture_that_cannot_be_drawn_does_not_keep_the_answer_back(tmp_path: Path) -> None:
    program = (
        "import tcpspec.views.render as r, tcpspec.cli as c\n"
        "def fail(*a, **k): raise r.RenderingError('too large')\n"
        "r.render = fail\n"
        "c.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "check", "specs/figure5.fsm", "--figures", str(tmp_path)],
        cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0
    assert "13 of 13 checks and scenarios as specified" in done.stdout
    assert "warning: figure5-tcp.svg is not drawn: too large" in done.stderr


def test_a_specification_comes_through_a_pipe() -> None:
    for command in ("cat specs/figure5.fsm | tcpspec check /dev/stdin",
                    "tcpspec check <(cat specs/figure5.fsm)"):  # fmt: skip
        done = shell(command)
        assert done.returncode == 0, done.stderr
        assert done.stdout.endswith("checks and scenarios as specified\n")
