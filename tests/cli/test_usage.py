"""What the command line says of itself, and of arguments that mean nothing to it."""

import pytest

from tests.cli.runner import tcpspec

HOSTILE = "\x1b]0;title\x07\x1b[31m"


def test_without_arguments_help_is_an_error() -> None:
    for command in ([], ["draw"]):
        done = tcpspec(*command)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == tcpspec(*command, "-h").stdout


def listed(*command: str) -> list[str]:
    """The names of the commands that help lists."""
    rows = tcpspec(*command, "-h").stdout.partition("Commands:\n")[2].partition("\n\n")[0]
    return [row.split()[0] for row in rows.splitlines()]


def test_commands_are_listed_in_the_order_of_their_use() -> None:
    assert listed() == [
        "check",
        "draw",
        "table",
        "simulate",
        "mutate",
        "export",
        "crosscheck",
        "fmt",
    ]
    assert listed("draw") == ["state", "sequence", "space"]
    assert listed("table") == ["transitions", "receptions"]


@pytest.mark.parametrize(
    "command",
    [
        ["check"],
        ["draw", "state"],
        ["draw", "sequence"],
        ["table", "transitions"],
        ["table", "receptions"],
        ["simulate"],
        ["mutate"],
        ["export"],
        ["crosscheck"],
        ["fmt"],
    ],
)
def test_help_says_what_an_argument_is(command: list[str]) -> None:
    shown = tcpspec(*command, "-h").stdout
    assert "SPEC" in shown.splitlines()[0]
    assert " file" in shown.lower().partition("positional arguments:\n")[2].splitlines()[0]


def test_what_is_meant_is_guessed() -> None:
    assert "Did you mean 'check'?" in tcpspec("chek").stderr
    assert "Did you mean '--figures'?" in tcpspec("check", "--figurs", "x").stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--engine", "magic"],
            "'--engine': 'magic' is not one of 'auto', 'reference', 'table', 'native'.",
        ),
        (["--format", "TEXT"], "'--format': 'TEXT' is not one of 'text', 'json'."),
        (["--max-states", "0"], "'--max-states': 0 is not in the range x>=1."),
        (["--max-memory", "2 X"], "'--max-memory': `2 X` is no size; write 500M or 2G"),
        (["--timeout", "-1"], "'--timeout': `-1` is no number of seconds"),
        (["--set", "N"], "'--set': `N` is not NAME=VALUE"),
    ],
)
def test_values_that_no_option_takes(arguments: list[str], message: str) -> None:
    done = tcpspec("check", "tcpspec:figure5.fsm", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Usage: python -m tcpspec check [OPTIONS] SPEC...\n")
    assert "Try 'python -m tcpspec check --help' for help." in done.stderr
    assert done.stderr.endswith(f"Error: Invalid value for {message}\n")


@pytest.mark.parametrize(
    "arguments",
    [
        [HOSTILE],
        [f"--{HOSTILE}"],
        ["draw", HOSTILE],
        ["check", f"--{HOSTILE}"],
        ["check", "tcpspec:figure5.fsm", f"--engine={HOSTILE}"],
        ["check", "tcpspec:figure5.fsm", "--max-states", HOSTILE],
        ["check", "tcpspec:figure5.fsm", "--max-memory", HOSTILE],
        ["draw", "state", "tcpspec:figure5.fsm", HOSTILE],
    ],
)
def test_arguments_do_not_control_the_terminal(arguments: list[str]) -> None:
    done = tcpspec(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert "\\x1b]0;title\\x07\\x1b[31m" in done.stderr
    assert "\x1b" not in done.stderr


def test_what_can_be_chosen_is_listed_line_by_line() -> None:
    done = tcpspec("export", "tcpspec:figure5.fsm")
    assert done.returncode == 2
    assert done.stderr.endswith("\n    plantuml,\n    graphml,\n    json\n")


def test_the_last_value_of_a_constant_counts() -> None:
    arguments = ["export", "tcpspec:tcp.fsm", "--to", "json", "--set", "CAPACITY=2"]
    twice = tcpspec(*arguments[:-2], "--set", "CAPACITY=1", *arguments[-2:])
    assert twice.returncode == 0
    assert twice.stdout == tcpspec(*arguments).stdout
