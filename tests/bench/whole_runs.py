"""How long claims about whole runs take, and how much memory, as the states grow.

    python tests/bench/whole_runs.py
    python tests/bench/whole_runs.py --runs 3 --threads 1

Whole processes are timed, with the three claims of ``tcp_pair_runs.fsm`` beside those of the
benchmark. For comparison each case is also run without them.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
CASES = [(1, 4, 3), (2, 4, 2), (2, 8, 2), (3, 4, 2)]


def measured(spec: str, case: tuple[int, int, int], threads: int) -> tuple[dict[str, Any], float]:
    """What was found of the system, and the seconds of the process."""
    sets = [word for name, n in zip("CMK", case, strict=True) for word in ("--set", f"{name}={n}")]
    command = [
        sys.executable, "-m", "tcpspec", "check", str(HERE / spec), *sets, "--format", "json",
        "--engine", "native", "--threads", str(threads),
    ]  # fmt: skip
    before = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)  # 1: a claim fails
    seconds = time.perf_counter() - before
    system: dict[str, Any] = json.loads(done.stdout)["systems"][0]
    return system, seconds


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    say = sys.stdout.write
    say(
        "| C M K | states | transitions | seconds | without them | us a transition | bytes | MB |\n"
    )
    say("| --- | --- | --- | --- | --- | --- | --- |\n")
    for case in CASES:
        plain = [measured("tcp_pair.fsm", case, options.threads) for _ in range(options.runs)]
        asked = [measured("tcp_pair_runs.fsm", case, options.threads) for _ in range(options.runs)]
        system = asked[0][0]
        seconds, less = (statistics.median(s for _, s in found) for found in (asked, plain))
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024  # cases grow
        each = (seconds - less) / system["transitions"] * 1e6
        say(
            f"| {' '.join(map(str, case))} | {system['states']:,} | {system['transitions']:,} "
            f"| {seconds:.1f} | {less:.1f} | {each:.2f}, {system['bytes_per_transition']} "
            f"| {peak:,.0f} |\n"
        )
        sys.stdout.flush()


if __name__ == "__main__":
    main()
