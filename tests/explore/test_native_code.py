"""The machine code of the native engine: what its key is made from."""

import re
from pathlib import Path

import tcpspec
from tcpspec.explore.native import code


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
