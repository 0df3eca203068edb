"""From the kernels' source to machine code: once for each kind of states, some seconds each.

Numba translates, LLVM makes an object file of it that stands by itself: it needs neither Numba nor
Python. ``python -m tcpspec.explore.native.compile`` does so for all kinds, and keeps the code.
"""

import re
from collections.abc import Callable
from typing import Any

import llvmlite.binding as llvm
from numba import cfunc, types

from tcpspec.explore.native.code import KINDS, kept, kernels_of, machine, store
from tcpspec.explore.native.kernel import kernels


def compiled(kind: int) -> bytes:
    """An object file with all kernels of one kind."""
    module = llvm.parse_assembly("")
    for name, function in kernels(kind).items():
        module.link_in(_translated(name, function, kernels_of(kind)[name]), preserve=False)
    module.link_in(llvm.parse_assembly(_traps(module)))
    module.verify()
    return bytes(machine().emit_object(module))


def _translated(name: str, function: Callable[..., Any], arguments: int) -> llvm.ModuleRef:
    """A kernel in LLVM's language, under its own name."""
    kernel = cfunc(types.int64(*[types.int64] * arguments))(function)
    module = llvm.parse_assembly(kernel.inspect_llvm())
    module.get_function(kernel.native_name).name = name
    return module


def _traps(module: llvm.ModuleRef) -> str:
    """Definitions for all that belongs to raising exceptions, which no kernel does."""
    text = [
        f"@{variable.name} = global i8 0"
        for variable in module.global_variables
        if variable.is_declaration
    ]
    for function in module.functions:
        if function.is_declaration and not re.match(r"llvm\.|mem(set|cpy|move)$", function.name):
            head = re.sub(r"^declare", "define", str(function).strip().splitlines()[-1])
            text.append(re.sub(r" #\d+$", "", head) + " { call void @llvm.trap() unreachable }")
    return "\n".join([*text, "declare void @llvm.trap()"])


if __name__ == "__main__":
    for kind in KINDS:
        if kept(kind) is None:
            store(kind, compiled(kind))
