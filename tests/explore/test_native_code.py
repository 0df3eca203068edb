"""The machine code of the native engine: what its key is made from, and what it has to be."""

import re
from pathlib import Path

import numpy as np
import pytest
from numba import cfunc, types

import tcpspec
from tcpspec.explore.native import code
from tcpspec.explore.native.memory import line_with
from tcpspec.explore.native.records import address


def test_the_key_of_the_code_knows_all_sources() -> None:
    """Whatever the code is made by, and what that imports of ours, is in its key."""
    folder = Path(code.__file__).parent.resolve()
    known = {(folder / name).resolve() for name in code.SOURCES}
    package = Path(tcpspec.__file__).parent.resolve()
    waiting, seen = [folder / "compile.py", folder / "code.py"], set[Path]()
    while waiting:
        file = waiting.pop()
        assert file in known, file
        seen.add(file)
        if file.parent == folder:  # elsewhere are numbers that kernels take, and all else
            text = file.read_text("utf-8")
            modules = re.findall(r"^from tcpspec\.([a-z_.]+) import", text, re.MULTILINE)
            imported = {package / f"{module.replace('.', '/')}.py" for module in modules}
            waiting += imported - seen
    assert seen == known


def test_the_key_of_the_code_knows_the_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Code for another one may have instructions that this one has not."""
    key = code._key.__wrapped__
    known = {key(kind) for kind in code.KINDS}
    for other in (("other", "", ""), ("", "other", ""), ("", "", "other")):
        monkeypatch.setattr(code, "_processor", lambda told=other: told)
        known |= {key(kind) for kind in code.KINDS}
    assert len(known) == 4 * len(code.KINDS)


@pytest.mark.parametrize(
    ("platform", "environment", "below"),
    [
        ("linux", {}, "home/.cache"),
        ("linux", {"XDG_CACHE_HOME": "given"}, "given"),
        ("linux", {"XDG_CACHE_HOME": "."}, "home/.cache"),
        ("freebsd14", {"LOCALAPPDATA": "given"}, "home/.cache"),
        ("darwin", {"XDG_CACHE_HOME": "given"}, "home/Library/Caches"),
        ("win32", {"LOCALAPPDATA": "given"}, "given"),
        ("win32", {}, "home/AppData/Local"),
    ],
)
def test_code_is_kept_where_each_system_keeps_what_can_be_made_again(
    platform: str, environment: dict[str, str], below: str,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name, value in environment.items():
        monkeypatch.setenv(name, value if value == "." else str(tmp_path / value))
    assert code.folder(platform) == tmp_path / below / "tcpspec" / "kernels"


def test_a_user_without_a_home_keeps_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(_: int) -> None:
        raise KeyError

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.delenv("HOME")
    monkeypatch.setattr("pwd.getpwuid", unknown)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError):
        code.folder("linux")
    assert code.kept(1) is None
    code.store(1, b"code")
    code.compile_aside()
    assert not list(tmp_path.iterdir())


def test_a_line_of_the_table_is_read_once() -> None:
    """Were it read again for the second answer, a state put in between could come in twice."""

    @cfunc(types.int64(types.int64, types.int64, types.uint64))
    def looked(table, place, word):  # type: ignore[no-untyped-def]
        return line_with(table, place, word)  # type: ignore[call-arg]  # Numba gives the first

    loads = re.findall(r"load .*?<8 x i64>", looked.inspect_llvm())
    assert loads == ["load volatile <8 x i64>"]
    words = np.zeros(24, np.uint64)
    first = -(address(words) // 8) % 8
    words[first : first + 16] = [5, 0, 7, 5, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 5]
    at = address(words[first:])
    assert looked.ctypes(at, 0, 5) == 0b00010010_00001001
    assert looked.ctypes(at, 8, 5) == 0b01111111_10000000
    assert looked.ctypes(at, 8, 6) == 0b01111111_00000000
