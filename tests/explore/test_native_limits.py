"""Limits of the native engine, signals, and the folder in which its code is kept."""

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tcpspec.check import Result, check, load
from tcpspec.explore import packing
from tcpspec.explore.engines import Engine
from tcpspec.explore.limits import (
    Limits,
    Progress,
    Task,
    Watch,
    default_max_memory,
    memory_in_use,
)
from tcpspec.explore.native import code, search
from tcpspec.explore.native.code import KINDS, Code
from tcpspec.explore.native.space import NativeSpace, Ways
from tcpspec.explore.native.steps import Steps
from tcpspec.explore.space import Fact, Limit
from tcpspec.properties.verdict import Status
from tcpspec.semantics.system import TransitionSystem
from tests.explore.test_limits import MODEL, sound, unknown
from tests.explore.test_table_limits import consistent
from tests.helpers import BENCHMARK, only, specification, statuses

WHOLE = statuses(MODEL)
LARGE = dict(zip("CMK", (2, 4, 2), strict=True))
STATES = 484_187


def found(text: str, limits: Limits | None = None, threads: int = 1) -> Result:
    return check(specification(text), limits=limits, engine=Engine.NATIVE, threads=threads)


def space_of(result: Result) -> NativeSpace:
    space = result.systems[0].space
    assert isinstance(space, NativeSpace)
    return space


# --- limits -----------------------------------------------------------------------------------


@pytest.mark.parametrize("most", [0, 1, 2, 3, 5, 10, 30, 100, 256, 257, 300, 10_000])
def test_max_states(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "SLICE", 7)
    monkeypatch.setattr(search, "ALONE", 0)
    whole = only(MODEL).space
    result = found(MODEL, Limits(max_states=most), threads=2)
    space = space_of(result)
    assert len(space.states) == min(most, len(whole.states))
    assert set(space.states) <= set(whole.states)
    assert space.limit is (None if most >= len(whole.states) else Limit.STATES)
    sound(result, WHOLE)
    assert unknown(result) is not space.complete
    consistent(space)


def test_steps_of_what_is_left_have_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """All that is taken in is an initial state: its packets are new, and more than a slot holds."""
    monkeypatch.setattr(packing, "WORD", 12)
    text = """message P(N: 0..40 = 0) = P
    machine A { initial state S { step / snd P(N = any) -> S  step -> S } state T { } }
    machine B { initial state S { ignore any } }
    system S { a: A init a in S  init a in T  b: B  channel a -> b: fifo(1) }
    check S { no deadlock }"""
    space = space_of(found(text, Limits(max_states=1)))
    assert (len(space.states), space.transitions) == (1, 1)
    assert space.facts[0][0] & Fact.CUT
    consistent(space)

    def no_memory(*_: object) -> None:
        raise MemoryError

    for owner, name in ((search, "_moved"), (Steps, "placed"), (search, "store_of")):
        with monkeypatch.context() as patch:
            patch.setattr(search._Search, "_open", opened_before(patch, owner, name, no_memory))
            space = space_of(found(text, Limits(max_states=1)))
        assert (len(space.states), space.transitions, space.limit) == (1, 0, Limit.MEMORY)
        assert list(space.edges()) == []


def opened_before(
    patch: pytest.MonkeyPatch, owner: object, name: str, function: Any
) -> Callable[[Any], None]:
    """A search that is opened as usual; then something is exchanged."""
    opened = search._Search._open

    def open_(self: Any) -> None:
        opened(self)
        patch.setattr(owner, name, function)

    return open_


@pytest.mark.parametrize("why", [Limit.INTERRUPTED, Limit.MEMORY, Limit.TIMEOUT])
@pytest.mark.parametrize("nth", [1, 2])
def test_the_end_of_what_follows_a_limit_of_states(
    why: Limit, nth: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Steps between known states are looked for again: whoever stops that knows less, but nothing
    that does not hang together.
    """
    calls, stopped, look_for = iter(range(1, 9)), search._Search._stopped, Ways.look_for
    asked = False

    def look(ways: Ways, layers: list[Any]) -> None:
        nonlocal asked
        asked = next(calls) == nth
        if asked and why is Limit.MEMORY:
            raise MemoryError
        look_for(ways, layers)

    def stop(self: Any, known: int, frontier: int) -> Limit | None:
        return why if asked else stopped(self, known, frontier)

    monkeypatch.setattr(Ways, "look_for", look)
    monkeypatch.setattr(search._Search, "_stopped", stop)
    (system,) = specification(MODEL).systems.values()
    space = search.explore(Task(TransitionSystem(system), Limits(max_states=100)))
    monkeypatch.undo()
    assert space.limit is why
    assert len(space.layers) == len([one for one in space.facts if (one & Fact.EXPANDED).any()]) + 1
    consistent(space)


@pytest.mark.parametrize("nth", [1, 2])
def test_what_failed_for_want_of_memory_is_done_again(
    nth: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Outcomes of a plain system are packed for the other kernel when it is first asked."""
    system = load(str(BENCHMARK), {"C": 1, "M": 2, "K": 1}).systems["Pair"]
    space = search.explore(Task(TransitionSystem(system)))
    assert space.program.is_plain
    calls, pack = iter(range(1, 100)), Steps.add

    def add(steps: Steps) -> None:
        if next(calls) == nth:
            raise MemoryError
        pack(steps)

    monkeypatch.setattr(Steps, "add", add)
    with pytest.raises(MemoryError):
        list(space.edges())
    for _ in range(2):
        assert sum(len(source) for source, _ in space.edges()) == space.transitions


def test_a_timeout_of_nothing() -> None:
    result = found(MODEL, Limits(timeout=0))
    assert space_of(result).limit is Limit.TIMEOUT
    consistent(space_of(result))
    sound(result, WHOLE)


def test_a_timeout_in_the_middle_of_a_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock jumps at each look; slices are small."""
    clock = iter(range(100_000))
    monkeypatch.setattr(search, "SLICE", 4)
    monkeypatch.setattr(time, "perf_counter", lambda: float(next(clock)))
    (system,) = specification(MODEL).systems.values()
    space = search.explore(Task(TransitionSystem(system), Limits(timeout=40)))
    assert space.limit is Limit.TIMEOUT
    facts = [int(fact) for layer in space.facts for fact in layer]
    assert 0 < sum(fact & Fact.EXPANDED for fact in facts) < len(facts)
    consistent(space)


def test_memory_and_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Watch, "EVERY", 0.0)
    seen: list[Progress] = []
    result = check(
        specification(MODEL),
        limits=Limits(max_memory=1),
        observer=lambda _, progress: seen.append(progress),
        engine=Engine.NATIVE,
    )
    assert space_of(result).limit is Limit.MEMORY
    assert seen[0].memory > 1
    sound(result, WHOLE)
    consistent(space_of(result))


@pytest.mark.parametrize("threads", [1, 2])
def test_no_memory_for_a_larger_table(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not even asked for: what was found of the layer is forgotten."""
    monkeypatch.setattr(Watch, "may_take", lambda _self, size: size < 2_000_000)
    result = check(load(str(BENCHMARK), LARGE), engine=Engine.NATIVE, threads=threads)
    space = space_of(result)
    assert space.limit is Limit.MEMORY
    assert 10_000 < len(space.states) < STATES
    assert not space.facts[-1].any()
    assert space.run_to(len(space.states) - 1).last == space.states[len(space.states) - 1]


@pytest.mark.parametrize("engine", [Engine.REFERENCE, Engine.TABLE, Engine.NATIVE])
def test_a_memory_error_is_a_limit(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = iter(range(5))

    def look(*_: object) -> None:
        if next(looks, None) is None:
            raise MemoryError

    monkeypatch.setattr(Watch, "look", look)
    monkeypatch.setattr(search, "SLICE", 16)
    monkeypatch.setattr("tcpspec.explore.reference.LOOK_EVERY", 16)
    result = check(specification(MODEL), engine=engine)
    assert result.systems[0].space.limit is Limit.MEMORY
    sound(result, WHOLE)


def test_always_possible_is_unknown_where_its_steps_have_no_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Watch, "may_take", lambda _self, size: size < 1000)
    told = {v.check.name: v.status for v in only(MODEL).verdicts}
    assert {name for name, status in told.items() if status is Status.UNKNOWN} == {"p", "q"}


def test_a_container_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "max").write_text("300000000\n", "utf-8")
    (tmp_path / "current").write_text("100000000\n", "utf-8")
    groups = ((str(tmp_path / "max"), str(tmp_path / "current")), ("/none", "/none"))
    monkeypatch.setattr("tcpspec.explore.limits._GROUPS", groups)
    assert default_max_memory() <= memory_in_use() + 150_000_000
    (tmp_path / "max").write_text("max\n", "utf-8")
    assert default_max_memory() > memory_in_use()


# --- signals ----------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [0.0, 0.1, 0.3])
def test_ctrl_c(after: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is known then is told, and the next Ctrl-C is an exception again."""
    spec = load(str(BENCHMARK), dict(zip("CMK", (3, 4, 3), strict=True)))  # some seconds
    begun = threading.Event()
    monkeypatch.setattr(Watch, "EVERY", 0.0)

    def press() -> None:
        begun.wait(10)
        time.sleep(after)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=press, daemon=True).start()
    found = check(spec, observer=lambda *_: begun.set(), engine=Engine.NATIVE, threads=2)
    assert found.interrupted
    assert found.systems[0].space.limit is Limit.INTERRUPTED
    assert 0 < len(found.systems[0].space.states) < 21_626_092
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_who_handles_ctrl_c_goes_on_to_do_so() -> None:
    pressed = []
    before = signal.signal(signal.SIGINT, lambda *_: pressed.append(1))
    try:
        assert found(MODEL).systems[0].space.complete
        os.kill(os.getpid(), signal.SIGINT)
        assert pressed
    finally:
        signal.signal(signal.SIGINT, before)


# --- the folder of the code -------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty one, and nothing that was loaded before."""
    monkeypatch.setattr(code, "folder", lambda: tmp_path / "cache" / "kernels")
    monkeypatch.setattr(code, "_loaded", {})
    return tmp_path / "cache" / "kernels"


KERNELS = b"not really"


def test_what_was_stored_is_kept(folder: Path) -> None:
    assert code.kept(1) is None
    code.store(1, KERNELS)
    assert code.kept(1) == KERNELS
    assert code.kept(2) is None
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [path.suffix for path in folder.iterdir()] == [".o"]


def test_a_damaged_file_is_none(folder: Path) -> None:
    code.store(1, KERNELS)
    (file,) = folder.iterdir()
    for data in (b"", file.read_bytes()[:-1], file.read_bytes().replace(b"not", b"now")):
        file.write_bytes(data)
        assert code.kept(1) is None


@pytest.mark.parametrize("mode", [0o770, 0o707])
def test_a_folder_that_others_can_write_is_not_trusted(folder: Path, mode: int) -> None:
    code.store(1, KERNELS)
    folder.chmod(mode)
    assert code.kept(1) is None
    code.store(2, KERNELS)
    assert len(list(folder.iterdir())) == 1


def test_a_file_that_others_can_write_and_a_link_are_not_trusted(folder: Path) -> None:
    code.store(1, KERNELS)
    (file,) = folder.iterdir()
    file.chmod(0o666)
    assert code.kept(1) is None
    file.chmod(0o600)
    assert code.kept(1) == KERNELS
    file.rename(folder / "elsewhere")
    file.symlink_to(folder / "elsewhere")
    assert code.kept(1) is None


def test_a_file_in_place_of_the_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The code is compiled each time then, or, by auto, another engine taken."""
    folder.parent.write_text("in the way", "utf-8")
    code.store(1, KERNELS)
    assert code.kept(1) is None
    code.compile_aside()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache"]


def test_a_full_disk_leaves_nothing_behind(folder: Path) -> None:
    """The system refuses to write on in the middle of the file."""
    resource = pytest.importorskip("resource")
    before, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(KERNELS), most))
    try:
        code.store(1, KERNELS)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, most))
    assert list(folder.iterdir()) == []
    assert code.kept(1) is None


def test_other_sources_other_code(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code.store(1, KERNELS)
    code._key.cache_clear()
    read = Path.read_bytes

    def changed(self: Path) -> bytes:
        return read(self) + (b"# changed" if self.name == "memory.py" else b"")

    monkeypatch.setattr(Path, "read_bytes", changed)
    try:
        assert code.kept(1) is None
    finally:
        code._key.cache_clear()


def test_aside_one_process_compiles_all(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Any] = []
    monkeypatch.setattr(subprocess, "Popen", lambda *args, **_: started.append(args))
    code.compile_aside()
    code.compile_aside()
    assert len(started) == 1
    assert started[0][0][0] == sys.executable
    for kind in KINDS:
        code.store(kind, KERNELS)
    code.compile_aside()
    assert len(started) == 1


def test_the_code_stands_by_itself() -> None:
    """It is loaded and run by a process that never imports Numba."""
    script = (
        "import sys; from tcpspec.check import check, load;"
        f"found = check(load({str(BENCHMARK)!r}, dict(C=1, M=2, K=1)), engine='native');"
        "print(len(found.systems[0].space.states), 'numba' in sys.modules)"
    )
    code.load(1)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.stdout == "1357 False\n", done.stderr


def test_every_kind_of_kernels_compiles_and_loads() -> None:
    for words in (1, 2, 3):
        assert isinstance(code.load(words), Code)
