"""The kernels' machine code: kept in a folder of the user's, and loaded without Numba.

Numba's own cache does not notice a change in a function that another file holds, and an old kernel
would give wrong verdicts. So the name of a kept file is a hash of all that it was made from: the
kernels' sources, the versions of the tools, the processor.
"""

import ctypes
import hashlib
import os
import stat
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeAlias

import llvmlite
import llvmlite.binding as llvm

KERNELS = {"expand": 2, "rehash": 4, "add": 4, "locate": 4, "ask": 7}
"""Every kernel, and how many numbers it takes. Each gives one."""

PLAIN_KERNEL = {"expand_plain": 2}
"""The same, of those that there are only for states of one word."""

SOURCES = (
    "kernel.py", "plain.py", "insert.py", "lookup.py", "layout.py", "memory.py", "compile.py",
    "code.py", "../components.py", "../rows.py",
)  # fmt: skip
"""All that the kernels are made from, as seen from here."""

Kernel: TypeAlias = Callable[..., int]
"""Takes numbers and addresses; other threads of Python go on meanwhile."""


@cache
def _processor() -> tuple[str, str, str]:
    """What code is made for: triple, name, and features of this very processor."""
    features = llvm.get_host_cpu_features().flatten()
    return llvm.get_process_triple(), llvm.get_host_cpu_name(), features


@cache
def machine() -> Any:
    """What LLVM makes code with."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    triple, name, features = _processor()
    target = llvm.Target.from_triple(triple)
    return target.create_target_machine(cpu=name, features=features, opt=3, jit=True)


def kernels_of(kind: int) -> dict[str, int]:
    """The kernels for states of so many words."""
    return {**KERNELS, **PLAIN_KERNEL} if kind == 1 else KERNELS


# --- the folder -------------------------------------------------------------------------------


def folder(platform: str = sys.platform) -> Path:
    """Where machine code is kept: below the folder that each system has for what can be made again
    (on Unix, see the XDG Base Directory Specification). The library that knows these folders,
    ``platformdirs``, takes as long to import as the kernels take to load. Raises ``OSError`` for a
    user without any.
    """
    return _caches(platform) / "tcpspec" / "kernels"


def _caches(platform: str) -> Path:
    given = os.environ.get(_NAMED.get(platform, "XDG_CACHE_HOME"), "")
    if Path(given).is_absolute():  # others are to be ignored
        return Path(given)
    try:
        return Path.home() / _USUAL.get(platform, ".cache")
    except RuntimeError as error:
        raise FileNotFoundError(str(error)) from None


_NAMED = {"win32": "LOCALAPPDATA", "darwin": ""}
_USUAL = {"win32": "AppData/Local", "darwin": "Library/Caches"}
"""The variable that names the folder, and where it is without that: elsewhere than on Unix."""


def _mine(path: Path, kind: Callable[[int], bool]) -> bool:
    """Whether only this user can have written what stands here."""
    found = path.lstat()
    if not kind(found.st_mode):
        return False
    if not hasattr(os, "geteuid"):  # Windows: a folder below the user's own
        return True
    return found.st_uid == os.geteuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


KINDS = (1, 2, 0)
"""Kernels for states of one word, of two, and of any number."""


@cache
def _key(kind: int) -> str:
    parts = [*_processor(), llvmlite.__version__, str(kind)]
    digest = hashlib.sha256("\0".join(parts).encode())
    for file in (*(Path(__file__).parent / name for name in SOURCES), _version_of_numba()):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _version_of_numba() -> Path:
    """The file that says it; Numba itself takes half a second to import."""
    found = find_spec("numba")
    if found is None or found.origin is None:
        raise FileNotFoundError("numba")
    return Path(found.origin).with_name("_version.py")


def _file(kind: int) -> Path:
    return folder() / f"{_key(kind)}.o"


def kept(kind: int) -> bytes | None:
    """The machine code of one kind, if it was compiled before."""
    with suppress(OSError):
        path = _file(kind)
        if _mine(path.parent, stat.S_ISDIR) and _mine(path, stat.S_ISREG):
            return _checked(path.read_bytes())
    return None


def store(kind: int, code: bytes) -> None:
    """Keep machine code for the next time, if the folder can be written by this user alone."""
    import tempfile

    with suppress(OSError):
        path = _file(kind)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _mine(path.parent, stat.S_ISDIR):
            return
        handle, name = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.sha256(code).digest() + code)
            Path(name).replace(path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise


def _checked(data: bytes) -> bytes | None:
    """The code without its checksum; None if the file is damaged, as on a full disk."""
    checksum, code = data[:32], data[32:]
    return code if hashlib.sha256(code).digest() == checksum else None


# --- loading ----------------------------------------------------------------------------------


class Code:
    """Kernels as functions of Python."""

    def __init__(self, code: bytes, kind: int) -> None:
        self._engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine())
        self._engine.add_object_file(llvm.ObjectFileRef.from_data(code))
        self._engine.finalize_object()
        for name, arguments in kernels_of(kind).items():
            called = ctypes.CFUNCTYPE(ctypes.c_int64, *[ctypes.c_int64] * arguments)
            setattr(self, name, called(self._engine.get_function_address(name)))

    expand: Kernel
    expand_plain: Kernel
    rehash: Kernel
    add: Kernel
    locate: Kernel
    ask: Kernel


_loaded: dict[int, Code] = {}


def loaded(kind: int) -> Code | None:
    """The kernels of one kind, if they were compiled before."""
    if kind not in _loaded:
        code = kept(kind)
        if code is None:
            return None
        _loaded[kind] = Code(code, kind)
    return _loaded[kind]


TRIES = 600.0
"""Seconds after which nobody believes any more that another process is still compiling."""


def compile_aside() -> None:
    """Have everything compiled that is not, by a process of its own that outlives this one."""
    import subprocess

    with suppress(OSError):
        if all(map(kept, KINDS)) or not sys.executable:
            return
        mark = _file(1).with_suffix(".begun")
        mark.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if mark.exists() and time.time() - mark.stat().st_mtime < TRIES:
            return
        mark.touch(mode=0o600)
        subprocess.Popen(
            [sys.executable, "-P", "-m", "tcpspec.explore.native.compile"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip


def load(words: int) -> Code:
    """The kernels for states of so many words; if need be they are compiled, in some seconds."""
    kind = words if words <= 2 else 0
    found = loaded(kind)
    if found is None:
        from tcpspec.explore.native.compile import compiled

        code = compiled(kind)
        store(kind, code)
        found = _loaded[kind] = Code(code, kind)
    return found
