"""The machine code of the native engine: what its key is made from."""

import re
from pathlib import Path

import tcpspec
from tcpspec.explore.native import code


def test_the_key_of_the_code_knows_all_sources() -> None:
    """Whatever the kernels import of ours is in their key."""
    folder = Path(code.__file__).parent
    known = {(folder / name).resolve() for name in code.SOURCES}
    package = Path(tcpspec.__file__).parent
    for file in sorted(file for file in known if file.parent == folder.resolve()):
        text = file.read_text("utf-8")
        for module in re.findall(r"^from tcpspec\.([a-z_.]+) import", text, re.MULTILINE):
            assert (package / f"{module.replace('.', '/')}.py").resolve() in known, module
