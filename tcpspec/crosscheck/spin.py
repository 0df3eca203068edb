"""SPIN as a witness: the export in Promela, searched breadth first by the program that SPIN makes.

The search does not stop at errors, so one answers all checks. SPIN names an assertion when it first
finds it violated, breadth first, at the depth of a shortest run.
"""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from tcpspec.crosscheck.spin_run import Runner, missing
from tcpspec.crosscheck.spin_trace import follow
from tcpspec.crosscheck.testimony import Finding, Testimony, ToolFailed
from tcpspec.explore.run import Run
from tcpspec.export.exported import Asked, Form
from tcpspec.export.promela.export import Model
from tcpspec.model.model import Check, Claim, Specification, System
from tcpspec.properties.verdict import Status

CUT = 0
"""What the export tells as the number of a line when a bound cuts a step."""

_VIOLATED = re.compile(r"pan:\d+: assertion violated (\w+) \(at depth (\d+)\)")
_STATES = re.compile(r"\s*(\d+) nominal states \(stored-atomic\)")
_STORED = re.compile(r"\s*(\d+) states, stored")
_USED = re.compile(r"used (\d+)")
_USUAL = ("pan: elapsed time", "pan: rate", "pan: wrote", "pan: resizing hashtable")
_VERSION = re.compile(r"\(Spin Version (\S+) ")
_BROKEN_OFF = ("Search not completed", "max search depth too small", "out of memory")


@dataclass
class _Said:
    """What a search told, of each kind the first."""

    depths: dict[str, int] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)
    states: int | None = None
    complaint: str | None = None
    version: str = ""

    def line(self, line: str) -> None:
        if match := _VIOLATED.match(line):
            self.depths.setdefault(match[1], int(match[2]))
        elif match := _USED.fullmatch(line):
            self.used.add(int(match[1]))
        elif match := _STATES.match(line) or (_STORED.match(line) if not self.states else None):
            self.states = int(match[1])
        elif match := _VERSION.match(line):
            self.version = match[1]
        elif (
            line.startswith("pan: reached -DMEMLIM")
            or any(b in line for b in _BROKEN_OFF)
            or (line.startswith("pan:") and not line.startswith(_USUAL))
        ):
            self.complaint = self.complaint or line.strip()


def testify(specification: Specification, system: System, time_limit: float) -> Testimony:
    """Ask SPIN about all checks of a system. Raises Refused, ToolMissing, ToolFailed."""
    start = time.perf_counter()
    model = Model(specification, system, witness=True)
    with TemporaryDirectory(prefix="tcpspec-") as folder:
        runner = Runner(Path(folder), time_limit)
        _prepare(runner, model, ["ASK_ALL", "COVERAGE"])
        said = _Said()
        runner.search(["-c0", "-E"], said.line)
    if said.complaint is not None or said.states is None:
        raise ToolFailed(f"SPIN gave no answer: {said.complaint or 'it said nothing of states'}")
    used = frozenset(line for line, n in model.naming.line.items() if n in said.used)
    return Testimony(
        tool=f"SPIN {said.version}",
        system=system.name,
        states=said.states - model.start.extra_states,
        findings=tuple(
            _finding(asked, said, model) for asked in model.export.asked
            if asked.form is Form.INVARIANT
        ),
        left_out=model.export.left_out,
        reached=_reached(model, said),
        used=used,
        seconds=time.perf_counter() - start,
    )  # fmt: skip


def _prepare(runner: Runner, model: Model, defined: Sequence[str]) -> None:
    runner.generate(next(iter(model.export.files.values())), defined)
    runner.compile(model.vector_size)


def _finding(asked: Asked, said: _Said, model: Model) -> Finding:
    """What a violated assertion says of its check; nothing was violated that is not told."""
    depth = said.depths.get(asked.name)
    found = depth is not None
    status = Status.HOLDS if found == asked.negated else Status.VIOLATED
    cut = CUT in said.used
    if cut and not found and (asked.negated or asked.check.violated):
        status = Status.UNKNOWN  # what was to be found may lie behind the bound
    if depth is None:
        return Finding(asked.check, status)
    # an overflow is found before the step that fails
    failing = asked.check.claim is Claim.NO_OVERFLOW
    return Finding(asked.check, status, depth - model.start.extra_steps + failing)


def _reached(model: Model, said: _Said) -> frozenset[tuple[str, str]]:
    """Control states: those of the start, and the targets of the lines that were used."""
    instances = model.system.instances
    found = {
        (instance.machine.name, local.state)
        for state in model.start.states
        for instance, local in zip(instances, state.locals, strict=True)
    }
    for machine in model.naming.machines:
        found |= {
            (machine.name, line.target)
            for line in machine.transitions
            if line.target is not None and model.naming.line[line] in said.used
        }
    return frozenset(found)


def trace(
    specification: Specification, system: System, check: Check, time_limit: float
) -> Run | None:
    """SPIN's own shortest run that decides a check, as one of ours; None if it finds none.

    Raises Refused, ToolMissing, ToolFailed.
    """
    model = Model(specification, system, witness=True)
    asked = next((a for a in model.export.asked if a.check is check and a.name), None)
    if asked is None:
        return None
    told: list[str] = []
    with TemporaryDirectory(prefix="tcpspec-") as folder:
        runner = Runner(Path(folder), time_limit)
        defined = ["ASK_ONE", f"ASK_{asked.name}"]
        _prepare(runner, model, defined)
        runner.search(["-c1", "-E"], lambda line: None)
        if not (Path(folder) / "model.pml.trail").is_file():
            return None
        runner.replay(defined, told.append)
    return follow(model, told, check)


__all__ = ["missing", "testify", "trace"]
