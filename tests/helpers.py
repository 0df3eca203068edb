"""What tests of meaning say over and over: a text in, figures, verdicts, runs and codes out."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tcpspec.check import Result, SystemResult, check, load
from tcpspec.diagnostics import SpecificationError
from tcpspec.explore.limits import Limits
from tcpspec.explore.listed import ListedSpace
from tcpspec.explore.run import Run, describe
from tcpspec.explore.space import StateSpace
from tcpspec.model.model import Specification
from tcpspec.model.types import ValueT
from tcpspec.properties.verdict import Status, Verdict
from tcpspec.record import replace
from tcpspec.semantics.state import EndKind, GlobalState
from tcpspec.semantics.system import TransitionSystem

BENCHMARK = Path(__file__).parent / "bench" / "tcp_pair.fsm"


def files(folder: Path, texts: dict[str, str]) -> Path:
    """Write these files; returns the last one."""
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return path


def specification(text: str, **constants: ValueT) -> Specification:
    """The model of a text; ``protocol`` need not be written."""
    header = "" if text.lstrip().startswith("protocol") else "protocol T\n"
    with TemporaryDirectory() as folder:
        return load(str(files(Path(folder), {"test.fsm": header + text})), constants)


def loaded(folder: Path, texts: dict[str, str]) -> Specification:
    """The model of the last of these files."""
    return load(str(files(folder, texts)))


def of_states(specification: Specification) -> Specification:
    """Without its claims about whole runs."""
    checks = tuple(c for c in specification.checks if not c.claim.is_temporal)
    return replace(specification, checks=checks)


def result(text: str, limits: Limits | None = None, **constants: ValueT) -> Result:
    return check(specification(text, **constants), limits=limits)


def only(text: str, limits: Limits | None = None, **constants: ValueT) -> SystemResult:
    """What was found of the one system of a text."""
    (system,) = result(text, limits, **constants).systems
    return system


def space_of(text: str, limits: Limits | None = None, **constants: ValueT) -> StateSpace:
    return only(text, limits, **constants).space


def listed(space: StateSpace) -> ListedSpace:
    """The space of the reference engine, with its lists."""
    assert isinstance(space, ListedSpace)
    return space


def figures(space: StateSpace) -> tuple[int, int, int]:
    """States, transitions, depth."""
    return len(space.states), space.transitions, space.depth


def explored(text: str, limits: Limits | None = None, **constants: ValueT) -> tuple[int, int, int]:
    """States, transitions and depth of the one system of a text."""
    return figures(space_of(text, limits, **constants))


def verdict(text: str, limits: Limits | None = None, **constants: ValueT) -> Verdict:
    """The verdict of the one check of a text."""
    (found,) = result(text, limits, **constants).all_verdicts
    return found


def statuses(text: str, limits: Limits | None = None, **constants: ValueT) -> dict[str, Status]:
    """Names of checks, and what came out."""
    return {v.check.name: v.status for v in result(text, limits, **constants).all_verdicts}


def holding(text: str, limits: Limits | None = None, **constants: ValueT) -> set[str]:
    """The names of the checks that hold; the others must be violated, not unknown."""
    found = statuses(text, limits, **constants)
    assert Status.UNKNOWN not in found.values()
    return {name for name, status in found.items() if status is Status.HOLDS}


def steps_of(run: Run | None) -> list[str]:
    """A run in words, one entry a step."""
    assert run is not None
    return [describe(run.system, run_step.step) for run_step in run.steps]


def local_states(text: str, **constants: ValueT) -> set[tuple[str, ...]]:
    """The combinations of control states that are reached."""
    return {control(state) for state in space_of(text, None, **constants).states}


def control(state: GlobalState) -> tuple[str, ...]:
    return tuple(local.state for local in state.locals)


def values(text: str, name: str, **constants: ValueT) -> set[tuple[ValueT, ...]]:
    """The values of the variables of one instance in all states in which it is in a state END."""
    space = space_of(text, None, **constants)
    number = [i.name for i in space.transition_system.system.instances].index(name)
    locals_ = [state.locals[number] for state in space.states]
    return {local.values for local in locals_ if local.state == "END"}


def contents(state: GlobalState) -> list[str]:
    """The names of the messages in each channel, oldest first, joined by blanks."""
    return [" ".join(packet.name for packet in packets) for packets in state.channels]


def failures(text: str, **constants: ValueT) -> list[tuple[EndKind, list[str]]]:
    """The errors that are always reported, and the runs that show them."""
    return [(f.kind, steps_of(f.run)) for f in only(text, None, **constants).failures]


def errors(text: str, **constants: ValueT) -> list[str]:
    """The codes of what makes a text no specification."""
    with pytest.raises(SpecificationError) as caught:
        specification(text, **constants)
    return codes(caught.value)


def load_errors(path: Path | str) -> list[str]:
    """The codes of what makes a file no specification."""
    with pytest.raises(SpecificationError) as caught:
        load(str(path))
    return codes(caught.value)


def codes(error: SpecificationError) -> list[str]:
    return [diagnostic.code for diagnostic in error.diagnostics if diagnostic.is_error]


def warnings(text: str, **constants: ValueT) -> list[str]:
    """The codes of the warnings of a check, in order."""
    return [diagnostic.code for diagnostic in result(text, None, **constants).warnings]


def assert_is_run(run: Run, transition_system: TransitionSystem) -> None:
    """Every step of the run is one of the interpreter's, and it starts where the system may."""
    assert run.initial in transition_system.initial_states()
    state = run.initial
    for position, run_step in enumerate(run.steps):
        matching = [
            successor
            for successor in transition_system.successors(state)
            if successor.step == run_step.step and successor.state == run_step.state
        ]
        assert matching, f"step {position} is none"
        if run_step.state is None:
            assert position == len(run.steps) - 1
            assert run.end == matching[0].end
            return
        state = run_step.state
    assert run.end is None
