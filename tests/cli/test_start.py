"""What a command imports before it does something: a small check starts at once."""

import subprocess
import sys

import pytest

from tests.cli.runner import REPOSITORY

HEAVY = {"lark", "networkx", "numpy", "graphviz", "jinja2", "rich", "psutil"}
CHECKER = {f"tcpspec.{name}" for name in ("language", "model", "semantics", "explore", "checking")}


def imported(program: str, *arguments: str) -> set[str]:
    """The modules that a program has imported when it ends."""
    tell = "import atexit, sys; atexit.register(lambda: print(*sys.modules, file=sys.stderr))\n"
    done = subprocess.run(
        [sys.executable, "-c", tell + program, *arguments],
        cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    return set(done.stderr.splitlines()[-1].split())


COMMAND = "from tcpspec.cli import main; main()"


@pytest.mark.parametrize(
    "arguments", [["--version"], ["--help"], ["draw", "--help"], ["doc", "--help"], ["fmt", "-h"]]
)
def test_help_does_without_the_checker(arguments: list[str]) -> None:
    modules = imported(COMMAND, *arguments)
    assert "tcpspec.cli.app" in modules
    assert not modules & (HEAVY | CHECKER)


def test_only_the_command_that_is_asked_for_is_imported() -> None:
    modules = imported(COMMAND, "fmt", "--check", "specs")
    assert "tcpspec.cli.fmt" in modules
    assert not modules & {
        f"tcpspec.cli.{name}" for name in ("check", "draw", "export", "crosscheck")
    }
    assert not modules & (CHECKER - {"tcpspec.language"})


def test_a_small_check_does_without_what_only_others_need() -> None:
    modules = imported(COMMAND, "check", "specs/figure5.fsm")
    assert modules >= CHECKER
    assert not modules & (HEAVY - {"psutil"})  # memory is looked at in a long search
    assert not modules & {"tcpspec.views.draw", "tcpspec.export", "tcpspec.crosscheck"}


def test_the_library_is_imported_when_it_is_used() -> None:
    assert not imported("import tcpspec") & (HEAVY | CHECKER)
    program = "import tcpspec; tcpspec.load('tcpspec:figure5.fsm')"
    assert "tcpspec.model.build" in imported(program)


def test_the_library_shows_what_it_offers() -> None:
    offered = "{'check', 'draw', 'load', 'simulate'}"
    program = f"from tcpspec import *; import tcpspec; assert {offered} <= set(dir())"
    assert "tcpspec.views.draw" in imported(program)
    program = f"import tcpspec; assert {offered} | {{'__version__'}} <= set(dir(tcpspec))"
    assert not imported(program) & HEAVY


def test_check_is_a_function_whatever_was_imported_before() -> None:
    program = "import tcpspec.check, tcpspec.checking, tcpspec; assert callable(tcpspec.check)"
    assert "tcpspec.check" in imported(program)


def test_a_name_that_the_library_does_not_have() -> None:
    program = "import tcpspec; assert not hasattr(tcpspec, 'nothing')"
    assert "tcpspec" in imported(program)


def test_garbage_is_looked_for_less_often_but_is_looked_for() -> None:
    program = (
        "import atexit, gc; atexit.register(lambda: print(gc.isenabled(), gc.get_threshold()[0]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", f"{program}\n{COMMAND}", "check", "specs/figure5.fsm"],
        cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    enabled, threshold = done.stdout.splitlines()[-1].split()
    assert enabled == "True"
    assert int(threshold) > 10_000
