"""Running the command as people do: a process of its own, its exit status, its two streams."""

import os
import subprocess
import sys
from pathlib import Path

from tcpspec.cli.specifications import specifications
from tests.examples import examples

REPOSITORY = Path(__file__).parents[2]
SPECS = REPOSITORY / "specs"
LIBRARY = [Path(name) for name in specifications([str(SPECS)])]
"""The specifications that come with the package, without the parts that they include."""
SOME = LIBRARY[:: examples(6, thorough=1)]
"""Those that are gone through each time by tests that take long."""


def tcpspec(
    *arguments: str,
    cwd: Path | None = None,
    env: dict[str, str] | None = None,
    timeout: float = 300,
    input: str = "",
) -> "subprocess.CompletedProcess[str]":
    """Run ``tcpspec`` with these arguments, and this on a pipe. A traceback is a bug, whatever the
    test is about.
    """
    done = subprocess.run(
        [sys.executable, "-m", "tcpspec", *arguments],
        cwd=cwd or REPOSITORY,
        env=os.environ | {"COLUMNS": "100"} | (env or {}),
        input=input,
        capture_output=True,
        timeout=timeout,
        check=False,
        encoding="utf-8",
        errors="surrogateescape",
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert "Traceback" not in done.stdout, done.stdout
    return done


def written(folder: Path, text: str, name: str = "spec.fsm") -> str:
    """The path of a file with this text."""
    path = folder / name
    path.write_text(text, "utf-8")
    return str(path)
