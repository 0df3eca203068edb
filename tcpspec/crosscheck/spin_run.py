"""Running SPIN: the model to C, the C to a program, the program to an answer.

All of it happens in a folder of its own, with a limit of time for all programs together and one of
memory for the search. What they write is read as it comes, and no more of it than is useful.
"""

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tcpspec.crosscheck.programs import kill, running
from tcpspec.crosscheck.testimony import ToolFailed, ToolMissing
from tcpspec.explore.limits import default_max_memory

MAX_LINE = 4_000
"""Bytes of a line that are looked at together."""
MAX_COMPLAINT = 300
"""Characters of a tool's own words in an error of ours."""
MODEL = "model.pml"
HASH_BITS = 18
"""Of the hash table that a search begins with; it grows."""


def find_tools() -> tuple[str, str]:
    """SPIN and a C compiler; raises ToolMissing."""
    spin = shutil.which("spin")
    compiler = shutil.which("gcc") or shutil.which("cc")
    if spin is None:
        raise ToolMissing("SPIN is missing: install spin (the Debian package has this name)")
    if compiler is None:
        raise ToolMissing("SPIN needs a C compiler: install gcc")
    return spin, compiler


def missing() -> str | None:
    """What must be installed, in one line; None if nothing is missing."""
    try:
        find_tools()
    except ToolMissing as reason:
        return str(reason)
    return None


class Runner:
    """Programs in one folder, all of which must be done by a time of ``time.monotonic``."""

    def __init__(self, folder: Path, time_limit: float) -> None:
        self.spin, self.compiler = find_tools()
        self.folder = folder
        self._deadline = time.monotonic() + time_limit

    def generate(self, model: str, defined: Sequence[str]) -> None:
        """The model as C."""
        (self.folder / MODEL).write_text(model, encoding="utf-8")
        said = self._lines([*self._command(defined), "-a", MODEL])
        if said:
            raise ToolFailed(f"SPIN does not take the model: {_shortened(said)}")

    def compile(self, vector_size: int) -> None:
        """The C as a program ``pan`` that searches breadth first."""
        flags = [
            "-DSAFETY", "-DNOREDUCE", "-DNOBOUNDCHECK", "-DBFS", f"-DVECTORSZ={vector_size}",
            f"-DMEMLIM={default_max_memory() // 2**20}",
        ]  # fmt: skip
        said = self._lines([self.compiler, "-O0", *flags, "-o", "pan", "pan.c"])
        if said:
            raise ToolFailed(f"the C compiler complains of what SPIN made: {_shortened(said)}")

    def search(self, options: Sequence[str], line: Callable[[str], None]) -> None:
        """Run ``pan``; each line that it writes is passed on."""
        self._run([f"{self.folder}/pan", f"-w{HASH_BITS}", *options], line)

    def replay(self, defined: Sequence[str], line: Callable[[str], None]) -> None:
        """Have SPIN take the steps of the trail that a search left; each line is passed on."""
        self._run([*self._command(defined), "-t", "-T", MODEL], line)

    def _command(self, defined: Sequence[str]) -> list[str]:
        preprocessor = f"-P{Path(self.compiler).name} -std=gnu99 -E -x c"
        return [self.spin, preprocessor, *(f"-D{name}" for name in defined)]

    def _lines(self, command: Sequence[str]) -> list[str]:
        """What a program that has nothing to say says; it must end well."""
        said: list[str] = []

        def keep(line: str) -> None:
            if len(said) < 20 and line.strip():
                said.append(line.strip())

        status = self._run(command, keep)
        return said or ([f"exit status {status}"] if status else [])

    def _run(self, command: Sequence[str], line: Callable[[str], None]) -> int:
        environment = {"PATH": os.environ.get("PATH", os.defpath), "TMPDIR": str(self.folder)}
        with running(
            command, cwd=self.folder, env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        ) as process:  # fmt: skip
            timer = threading.Timer(max(0.0, self._deadline - time.monotonic()), kill, [process])
            try:
                timer.start()
                output = process.stdout
                assert output is not None
                for raw in iter(lambda: output.readline(MAX_LINE), b""):
                    line(raw.decode("utf-8", errors="replace").rstrip("\n"))
                status = process.wait()
            finally:
                timer.cancel()
        if time.monotonic() >= self._deadline:
            raise ToolFailed("SPIN took longer than allowed")
        return status


def _shortened(said: list[str]) -> str:
    return " ".join(" ".join(said).split())[:MAX_COMPLAINT]
