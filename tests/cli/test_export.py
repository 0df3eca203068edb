"""``tcpspec export``: what it writes and where, and what it says of what it cannot."""

from pathlib import Path

import pytest

from tests.cli.runner import SPECS, tcpspec, written

HALF_OPEN, TCP = str(SPECS / "hazard_half_open.fsm"), str(SPECS / "tcp.fsm")
TWO_MACHINES = """protocol Two
machine A { initial final state S { } }
machine B { initial final state S { } }
"""


@pytest.mark.parametrize(
    ("form", "start"),
    [
        ("promela", "/*"),
        ("tla", "----"),
        ("mermaid", "stateDiagram-v2"),
        ("plantuml", "@startuml"),
        ("graphml", "<?xml"),
        ("json", "{"),
    ],
)
def test_every_form_goes_to_standard_output(form: str, start: str) -> None:
    done = tcpspec("export", HALF_OPEN, "--to", form)
    assert done.returncode == 0, done.stderr
    assert any(line.startswith(start) for line in done.stdout.splitlines()[:5])


@pytest.mark.parametrize("name", ["two.fsm", "two.txt"])
def test_a_specification_is_not_written_over(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, TWO_MACHINES, name)
    for command in (
        ["export", path, "--to", "json"],
        ["table", "transitions", path, "--format", "md"],
    ):
        done = tcpspec(*command, "-o", path)
        assert done.returncode == 2
        assert f"`{path}` is a specification, which is not written over" in done.stderr
    other = written(tmp_path, TWO_MACHINES, "other.fsm")
    assert tcpspec("export", path, "--to", "json", "-o", other).returncode == 2
    assert {Path(one).read_text("utf-8") for one in (path, other)} == {TWO_MACHINES}


def test_the_same_specification_gives_the_same_bytes() -> None:
    for form in ("promela", "tla", "mermaid", "plantuml", "graphml", "json"):
        first, second = (
            tcpspec("export", HALF_OPEN, "--to", form, env={"PYTHONHASHSEED": seed}).stdout
            for seed in ("1", "2")
        )
        assert first == second


def test_which_system_is_asked_where_there_are_several() -> None:
    done = tcpspec("export", TCP, "--to", "tla")
    assert done.returncode == 2
    assert "--system NAME" in done.stderr
    assert "HalfOpen" in done.stderr
    done = tcpspec("export", TCP, "--to", "promela", "--system", "Lousy")
    assert done.returncode == 2
    assert "there is no system `Lousy`" in done.stderr


def test_which_machine_is_asked_where_there_are_several(tmp_path: Path) -> None:
    name = written(tmp_path, TWO_MACHINES)
    done = tcpspec("export", name, "--to", "mermaid")
    assert done.returncode == 2
    assert "--machine NAME; there are: A, B" in done.stderr
    assert tcpspec("export", name, "--to", "mermaid", "--machine", "B").returncode == 0
    assert tcpspec("export", name, "--to", "json").returncode == 0


def test_there_must_be_a_system(tmp_path: Path) -> None:
    done = tcpspec("export", written(tmp_path, TWO_MACHINES), "--to", "tla")
    assert done.returncode == 2
    assert "there is no system" in done.stderr


def test_a_module_and_its_configuration_are_written_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "Closing.tla"
    done = tcpspec("export", TCP, "--to", "tla", "--system", "Lossy", "-o", str(target))
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert sorted(path.name for path in tmp_path.iterdir()) == ["Closing.cfg", "Closing.tla"]
    assert "MODULE Closing -" in target.read_text("utf-8")


def test_what_the_language_cannot_ask_is_said(tmp_path: Path) -> None:
    target = tmp_path / "lossy.pml"
    done = tcpspec("export", TCP, "--to", "promela", "--system", "Lossy", "-o", str(target))
    assert done.returncode == 0
    assert "left out: a close stays possible: " in done.stderr
    assert "a close stays possible" in target.read_text("utf-8")


@pytest.mark.parametrize(
    ("form", "output", "message"),
    [
        ("tla", "model.txt", "must end in .tla"),
        ("tla", "two words.tla", "two words"),
        ("promela", "missing/model.pml", "cannot write"),
        ("json", ".", "cannot write"),
    ],
)
def test_bad_targets(form: str, output: str, message: str, tmp_path: Path) -> None:
    done = tcpspec("export", HALF_OPEN, "--to", form, "-o", output, cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
    assert not list(tmp_path.iterdir())


def test_constants_can_be_set() -> None:
    few, many = (
        tcpspec("export", TCP, "--to", "promela", "--system", "Lossy", "--set", f"CAPACITY={n}")
        for n in (1, 3)
    )
    assert few.stdout != many.stdout
