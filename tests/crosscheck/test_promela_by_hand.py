"""The Promela export as its reader uses it: the commands of its header, SPIN's own search.

These tests need SPIN and a C compiler; where one is missing they fail, and do not skip.
"""

import re
import subprocess
from pathlib import Path

import pytest

from tcpspec.check import check, load
from tcpspec.crosscheck.spin_run import Runner
from tcpspec.export.promela.export import Model, export_promela
from tcpspec.properties.verdict import Status
from tests.cli.runner import SPECS
from tests.crosscheck.asking_spin import HEADER, TAKER
from tests.helpers import specification

# --- SPIN's own deadlocks ---

NATIVE = {
    "who waits for each other": (
        "machine A { initial state S { call c / snd X -> T  rcv X }  state T { rcv Y -> S } }\n"
        "system S { a: A may c  b: A may c  channel a <-> b: fifo(1), when full wait }",
        True,
    ),
    "a message that is left over": (
        "machine A { initial final state S { call c / snd X -> T }  final state T { } }\n"
        "system S { a: A may c  b: A  channel a <-> b: fifo(1) }",
        True,
    ),
    "all is done": (
        "machine A { initial state S { call c / snd X -> T }  final state T { } }\n"
        "system S { a: A may c  b: Taker  channel a -> b: fifo(1) }",
        False,
    ),
    "a step that is cut or fails is a step": (
        "machine A { var n: 0..1 = 0  initial state S { step / n := n + 1 } }\n"
        "system S { a: A  b: A  bound a.n == 0 }",
        False,
    ),
}


@pytest.mark.parametrize("name", NATIVE)
def test_invalid_end_states_are_deadlocks_where_the_file_says_so(name: str, tmp_path: Path) -> None:
    text, expected = NATIVE[name]
    spec = specification(HEADER + TAKER + text + "\ncheck S { no deadlock }")
    (verdict,) = check(spec).all_verdicts
    assert (verdict.status is Status.VIOLATED) is expected
    model = Model(spec, spec.systems["S"], witness=True)
    assert "./pan -q" in model.export.files["S.pml"]
    said: list[str] = []
    runner = Runner(tmp_path, 60)
    runner.generate(model.export.files["S.pml"], ["ASK_ONE"])
    runner.compile(model.vector_size)
    runner.search(["-q"], said.append)
    found = [line for line in said if "invalid end state" in line and line.startswith("pan:")]
    assert bool(found) is expected
    if verdict.run is not None:
        depth = len(verdict.run.steps) + model.start.extra_steps
        assert f"(at depth {depth})" in found[0]


# --- what a reader of the file is told to do ---


def _commands(promela: str) -> list[str]:
    """The lines of the header that are to be pasted."""
    return re.findall(r"^     (\S.*)$", promela[: promela.index("/* --- names")], re.M)


def _shell(commands: list[str], folder: Path) -> str:
    """What these commands say, all of which must end well."""
    done = subprocess.run(
        ["sh", "-e", "-c", "\n".join(commands)], cwd=folder, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("file", ["request.pml", "my own request.pml"])
def test_the_commands_of_the_header_work_as_they_stand(file: str, tmp_path: Path) -> None:
    spec = specification(
        HEADER
        + TAKER
        + "machine A { initial state S { call c / snd X(F = 2) -> T } state T { } }\n"
        "system S { a: A may c  b: Taker  channel a -> b: fifo(1) }\n"
        'check S { no deadlock  "sent": reachable a in T  "no": violated never X in (a -> b) }'
    )
    files = export_promela(spec, spec.systems["S"], file).files
    assert list(files) == [file]
    (tmp_path / file).write_text(files[file], encoding="utf-8")
    first, compiled, search, steps, *on_demand = _commands(files[file])
    found = _shell([first, compiled, search, steps], tmp_path)
    assert "pan:1: " in found
    assert "A 0: line 6, call c" in found
    assert len(on_demand) == 2
    for name, command in zip(("sent", "no"), on_demand, strict=True):
        said = _shell([command, compiled, "./pan -E -e -c0"], tmp_path)
        assert f"assertion violated {name} " in said


@pytest.mark.parametrize(
    ("path", "name"),
    [(SPECS / "tcp.fsm", "OldDuplicates"), (SPECS / "tcp.fsm", "ClientServer"),
     (SPECS / "abp.fsm", "Network")],
)  # fmt: skip
def test_a_state_is_no_larger_than_the_header_says(path: Path, name: str, tmp_path: Path) -> None:
    spec = load(str(path))
    model = Model(spec, spec.systems[name])
    (promela,) = model.export.files.values()
    (tmp_path / f"{name}.pml").write_text(promela, encoding="utf-8")
    first, compiled, _, _, *_ = _commands(promela)
    said = _shell([first, compiled, "./pan -E -m1000 -w18 || true"], tmp_path)
    size = re.search(r"State-vector (\d+) byte", said)
    assert size is not None
    assert int(size[1]) <= model.least_vector
    assert ("-DVECTORSZ" in compiled) is (model.least_vector > 1024)
