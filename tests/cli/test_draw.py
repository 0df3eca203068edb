"""``tcpspec draw``: forms, choices, mistakes; what pictures show is tested in ``tests/views``."""

from pathlib import Path

import pytest

from tests.cli.runner import tcpspec, written

TWO = """protocol Two "two machines"
call go
machine M { initial final state A { call go -> B }   state B { } }
machine N { initial final state C { } }
system S { m: M may go   n: N }
check S { "on": reachable m in B   "off": never m in B }
scenario "s" on S { m: go }
"""


@pytest.mark.parametrize(
    ("ending", "start"),
    [
        ("svg", b"<?xml"), ("png", b"\x89PNG"), ("dot", b"digraph"), ("txt", b"  "),
        ("mmd", b"s"), ("puml", b"@startuml"),
    ],
)  # fmt: skip
def test_the_ending_of_the_file_says_the_form(tmp_path: Path, ending: str, start: bytes) -> None:
    named = ["--check", "no deadlock"]
    spaces = (
        [["space", "--system", "Pair", "--quotient", *named]]
        if ending in ("svg", "png", "dot")
        else []
    )
    for command in (["state"], ["sequence", *named, "--values"], *spaces):
        path = tmp_path / f"picture.{ending}"
        done = tcpspec("draw", command[0], "tcpspec:figure5.fsm", *command[1:], "-o", str(path))
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert path.read_bytes().startswith(start)


V3 = "reachable m.v == 3"


def test_without_a_file_svg_goes_to_standard_output() -> None:
    done = tcpspec("draw", "state", "tcpspec:figure5.fsm", "--simple")
    assert done.stdout.startswith("<?xml")
    assert done.stdout.rstrip().endswith("</svg>")


def test_text_goes_to_standard_output() -> None:
    state = tcpspec("draw", "state", "tcpspec:figure5.fsm", "--format", "txt")
    assert "| SYN_RCVD |" in state.stdout.replace("  ", " ")
    run = tcpspec("draw", "sequence", "tcpspec:figure5.fsm", "--format", "txt")
    assert "* active_open" in run.stdout
    assert "!! violated: no deadlock" in run.stdout


def test_a_diagram_says_what_a_check_found(tmp_path: Path) -> None:
    path = written(tmp_path, TWO.replace("-> B }", "-> B   step [false] -> B }"))
    done = tcpspec("draw", "state", path, "--machine", "M", "--coverage", "--check", "off")
    assert "Grey and dashed: never used or reached in S." in done.stdout
    assert "Red: the steps of the run for S: off." in done.stdout
    plain = tcpspec("draw", "state", path, "--machine", "M")
    assert "never used" not in plain.stdout


def test_coverage_says_what_it_rests_on(tmp_path: Path) -> None:
    """What an error, or a bound, kept from being looked at may well be used."""
    rules = "var v: 0..1 = 0 initial state A { step / v := v + 1  step [v == 1] / v := v + 1 -> B }"
    text = f"protocol P machine M {{ {rules} final state B {{ }} }} system S {{ m: M BOUND }}"
    path = written(tmp_path, text.replace("BOUND", ""))
    done = tcpspec("draw", "state", path, "--coverage")
    assert "Grey and dashed: never used or reached in S, as far as was searched." in done.stdout
    assert "S: runs end at this error: v would be 2, outside 0..1" in done.stdout
    path = written(tmp_path, text.replace("BOUND", "bound m.v < 1"))
    assert "S: bound m.v &lt; 1 cut 1 step" in tcpspec("draw", "state", path, "--coverage").stdout


def test_steps_that_a_diagram_leaves_out_are_not_said_to_be_red(tmp_path: Path) -> None:
    """With --simple no timeout is drawn that stays in its state; what is begun by itself is."""
    rule = "WHEN [v < 3] / v := v + 1"
    text = f"""protocol P timer t machine M {{ var v: 0..3 = 0 initial state A {{ {rule} }} }}
        system S {{ m: M }} check S {{ {V3} }}"""
    path = written(tmp_path, text.replace("WHEN", "step"))
    assert "1, 2, 3: step [v" in tcpspec("draw", "state", path, "--simple", "--check", V3).stdout
    path = written(tmp_path, text.replace("WHEN", "timeout t"))
    ask = ["draw", "state", path, "--check", V3]
    assert "Red: the steps of the run for S: reachable m.v == 3" in tcpspec(*ask).stdout
    simple = tcpspec(*ask, "--simple")
    assert simple.returncode == 2
    assert f'the run for "S: {V3}", with --simple, has no step of M to show' in simple.stderr


def test_usual_paths_are_laid_over_a_diagram() -> None:
    name = "one end opens, and closes first"
    ways = ["--client", "A", name, "--server", "B", name]
    done = tcpspec("draw", "state", "tcpspec:figure5.fsm", *ways)
    assert f"Heavy: the way of A in {name}." in done.stdout
    assert f"Heavy and dashed: the way of B in {name}." in done.stdout
    wrong = tcpspec("draw", "state", "tcpspec:figure5.fsm", "--client", "C", name)
    assert "`C` is no TCP in that scenario; such are: A, B" in wrong.stderr


def test_a_dark_picture_is_dark() -> None:
    done = tcpspec("draw", "state", "tcpspec:figure5.fsm", "--theme", "dark")
    assert 'fill="#14181d"' in done.stdout


def test_the_first_run_drawn_is_the_one_that_matters_most(tmp_path: Path) -> None:
    done = tcpspec("draw", "sequence", written(tmp_path, TWO))
    assert "violated: never m in B" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["state"], "which machine? Add --machine NAME; there are: M, N"),
        (["state", "--machine", "X"], "there is no machine `X`; there are: M, N"),
        (["sequence", "--check", "x"], 'there is no run to draw for the check "x"; there are runs'),
        (["sequence", "--check", "s"], 'for the check "s", which is a scenario; there are runs'),
        (["sequence", "--scenario", "on"], 'for the scenario "on", which is not a scenario; there'),
        (["sequence", "--check", "on", "--scenario", "s"], "name a check or a scenario, not both"),
        (["sequence", "--system", "X"], "there is no system `X`"),
        (["state", "--machine", "M", "-o", "x.jpeg"], "must end in one of: .svg, .png, .dot, .txt"),
        (["state", "--machine", "M", "-o", "no/where/x.svg"], "cannot write `no/where/x.svg`"),
        (["state", "--machine", "M", "--renderer", "dot"], ""),
        (["state", "--machine", "M", "--format", "png"], "--format png needs a file"),
        (["state", "--machine", "M", "--format", "txt", "-o", "x.svg"], "does not end in .txt"),
        (["state", "--machine", "M", "--theme", "dark", "-o", "x.txt"], "--theme says nothing"),
        (["state", "--machine", "M", "--coverage", "--format", "mmd"], "--coverage says nothing"),
        (["state", "--machine", "M", "--rfc", "-o", "x.png"], "--rfc says nothing for any form"),
        (["state", "--machine", "M", "--rfc", "--theme", "dark"], "it has no --theme"),
        (["state", "--machine", "M", "--client", "n", "x"], "there is no run to draw"),
        (["state", "--machine", "N", "--check", "off"], 'for "S: off" has no step of N to show'),
        (["sequence", "--format", "txt", "--rfc"], "--rfc says nothing for .txt"),
        (["sequence", "--set", "N=1"], "there is no constant of this name"),
        (["space", "--system", "X"], "there is no system `X`; there are: S"),
        (["space", "--check", "x"], 'there is no check "x" of S alone; there are: "on", "off"'),
        (["space", "-o", "x.jpeg"], "must end in one of: .svg, .png, .dot\n"),
        (["space", "--format", "txt"], "'txt' is not one of 'svg', 'png', 'dot'"),
        (["space", "--full", "--quotient"], "--full and --quotient: which of the two?"),
    ],
)
def test_mistakes_are_told(tmp_path: Path, arguments: list[str], message: str) -> None:
    path = written(tmp_path, TWO)
    environment = {"PATH": "/nonexistent"} if "dot" in arguments else {}
    done = tcpspec("draw", arguments[0], path, *arguments[1:], cwd=tmp_path, env=environment)
    assert done.returncode == 2
    assert done.stdout == ""
    assert message in done.stderr
    assert done.stderr


def test_a_large_space_is_drawn_as_a_quotient_unless_told(tmp_path: Path) -> None:
    path = str(tmp_path / "space.dot")
    pair = ["draw", "space", "tcpspec:figure5.fsm", "--system", "Pair"]
    done = tcpspec(*pair, "-o", path)
    assert (done.returncode, done.stdout) == (0, "")
    assert "367 states are more than the 60 that can be read: drawn are 64 boxes" in done.stderr
    done = tcpspec(*pair, "--full", "-o", path)
    assert done.returncode == 2
    assert "there are 367 states, and at most 150 boxes are drawn: --quotient draws" in done.stderr
    done = tcpspec(*pair, "--max-states", "20", "-o", path)
    assert done.returncode == 3
    assert "note: the search stopped at max-states after 20 states" in done.stderr
    assert "the search stopped at max-states" in Path(path).read_text("utf-8")


def test_why_there_may_be_a_run_beyond_a_limit_is_told() -> None:
    pair = ["draw", "space", "tcpspec:figure5.fsm", "--system", "Pair", "--max-states", "3"]
    done = tcpspec(*pair, "--check", "no deadlock")
    assert done.returncode == 2
    assert done.stderr.endswith(
        'no run shows the answer to "no deadlock" of Pair: unknown, but specified to be violated; '
        "rests on: the search stopped at max-states after 3 states\n"
    )


def test_one_of_several_machines_can_be_drawn(tmp_path: Path) -> None:
    done = tcpspec("draw", "state", written(tmp_path, TWO), "--machine", "N")
    assert "State diagram of N" in done.stdout


def test_a_specification_with_errors_is_not_drawn(tmp_path: Path) -> None:
    path = written(tmp_path, TWO.replace("-> B", "-> X"))
    for command in ("state", "sequence"):
        done = tcpspec("draw", command, path)
        assert done.returncode == 2
        assert "error[unknown-name]" in done.stderr


def test_a_machine_is_drawn_where_it_is_declared_or_changed(tmp_path: Path) -> None:
    """Not again where it is taken in as it is; a variant may change it by removing a line only."""
    machine = (
        "call go, stay machine M {"
        "initial state S { call go -> T  call stay -> S } final state T { } }"
    )
    system = "system One { m: M may go, stay }\ncheck One { no deadlock }"
    written(tmp_path, machine, "part.fsm")
    written(tmp_path, f'protocol A include "part.fsm" {system}', "a.fsm")
    written(tmp_path, f'protocol B include "part.fsm" {system}', "b.fsm")
    written(tmp_path, 'protocol C extends "a.fsm" check One { "ends": reachable m in T }', "c.fsm")
    change = "machine M { state S { remove call stay } }"
    written(tmp_path, f'protocol D extends "a.fsm" {change}', "d.fsm")
    tcpspec("check", str(tmp_path), "--figures", str(tmp_path / "figures"))
    names = sorted(path.name for path in (tmp_path / "figures").glob("*-m.svg"))
    assert names == ["d-m.svg", "part-m.svg"]
    page = (tmp_path / "figures" / "README.md").read_text("utf-8")
    assert page.index("## a") < page.index("(part-m.svg)") < page.index("## c")
    assert "[a.fsm](<../a.fsm>)" in page


def test_figures_that_cannot_be_written_are_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = tcpspec("check", "tcpspec:figure5.fsm", "--figures", str(tmp_path / "file" / "below"))
    assert done.returncode == 2
    assert "cannot write to" in done.stderr


@pytest.mark.parametrize(
    "command",
    [
        [],
        ["check"],
        ["simulate"],
        ["draw"],
        ["draw", "state"],
        ["draw", "sequence"],
        ["draw", "space"],
    ],
)
def test_help_has_an_example(command: list[str]) -> None:
    done = tcpspec(*command, "--help")
    assert done.returncode == 0
    assert "tcpspec " in done.stdout.split("Options")[-1]


def test_version() -> None:
    from tcpspec.version import VERSION

    assert tcpspec("--version").stdout == f"tcpspec {VERSION}\n"


def test_a_check_that_no_run_answers_is_told_with_its_answer(tmp_path: Path) -> None:
    path = written(
        tmp_path, TWO.replace("never m in B", "never n in C and m in B and not (m in B)")
    )
    done = tcpspec("draw", "sequence", path, "--check", "off")
    assert done.returncode == 2
    assert 'no run shows the answer to "off" of S: holds' in done.stderr
