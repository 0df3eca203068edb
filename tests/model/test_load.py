"""Finding files: what a name means, and every way in which a file cannot be taken in."""

import os
from pathlib import Path

import pytest

from tcpspec.check import load
from tcpspec.diagnostics import SpecificationError
from tests.helpers import files, load_errors, loaded, specification

MACHINE = "machine M { initial state A {} } system S { m: M }\n"


def message(path: Path | str) -> str:
    with pytest.raises(SpecificationError) as caught:
        load(str(path))
    return str(caught.value)


# --- include and extends ----------------------------------------------------------------------


def test_include_takes_in_declarations(tmp_path: Path) -> None:
    spec = loaded(
        tmp_path,
        {
            "parts/consts.fsm": "const N = 3 ## three",
            "parts/more.fsm": """include "consts.fsm"
                machine M { var x: 0..N = N initial state A {} }""",
            "one.fsm": 'protocol One include "parts/more.fsm" system S { m: M }',
        },
    )
    assert spec.constants == {"N": 3}
    assert list(spec.machines) == ["M"]


def test_names_are_relative_to_the_file_that_names_them(tmp_path: Path) -> None:
    spec = loaded(
        tmp_path,
        {
            "a/consts.fsm": "const N = 1",
            "consts.fsm": "const N = 2",
            "a/base.fsm": f'protocol Base include "consts.fsm" {MACHINE}',
            "b/back.fsm": 'include "../a/other.fsm"',
            "a/other.fsm": "const O = 3",
            "one.fsm": 'protocol One extends "a/base.fsm" include "b/back.fsm"',
        },
    )
    assert spec.constants == {"N": 1, "O": 3}


def test_a_file_may_be_taken_in_twice_but_not_declare_twice(tmp_path: Path) -> None:
    path = files(
        tmp_path,
        {
            "c.fsm": "const N = 1",
            "one.fsm": 'protocol One include "c.fsm" include "c.fsm"',
        },
    )
    assert load_errors(path) == ["declared-twice"]


def test_the_library(tmp_path: Path) -> None:
    assert load("tcpspec:figure5.fsm").name == "Figure5"
    spec = loaded(tmp_path, {"v.fsm": 'protocol V extends "tcpspec:figure5.fsm"'})
    assert "TCP" in spec.machines


def test_a_relative_path_is_one_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files(
        tmp_path,
        {"sub/base.fsm": f"protocol B {MACHINE}", "sub/v.fsm": 'protocol V extends "base.fsm"'},
    )
    monkeypatch.chdir(tmp_path)
    assert load("sub/v.fsm").name == "V"
    monkeypatch.chdir(tmp_path / "sub")
    assert load("v.fsm").name == "V"
    assert load("./v.fsm").name == "V"
    assert load("../sub/v.fsm").name == "V"


def test_a_byte_order_mark_and_windows_lines(tmp_path: Path) -> None:
    path = tmp_path / "x.fsm"
    path.write_bytes(b"\xef\xbb\xbfprotocol P\r\n# a comment\r\n" + MACHINE.encode())
    assert load(str(path)).name == "P"


# --- cycles -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "texts",
    [
        {"a.fsm": 'protocol A extends "a.fsm"'},
        {"a.fsm": 'protocol A include "a.fsm"'},
        {"b.fsm": 'protocol B extends "a.fsm"', "a.fsm": 'protocol A extends "b.fsm"'},
        {"b.fsm": 'include "a.fsm"', "a.fsm": 'protocol A include "b.fsm"'},
        {
            "b.fsm": 'include "c.fsm"',
            "c.fsm": 'include "b.fsm"',
            "a.fsm": 'protocol A include "b.fsm"',
        },
        {"b.fsm": 'protocol B include "a.fsm"', "a.fsm": 'protocol A extends "b.fsm"'},
        {
            "d/b.fsm": 'protocol B extends "../a.fsm"',
            "a.fsm": 'protocol A extends "./d/../d/b.fsm"',
        },
    ],
)
def test_cycles_are_errors_with_the_chain(tmp_path: Path, texts: dict[str, str]) -> None:
    path = files(tmp_path, texts)
    assert load_errors(path) == ["file-cycle"]
    assert "->" in message(path)


def test_a_cycle_through_a_link(tmp_path: Path) -> None:
    path = files(tmp_path, {"a.fsm": 'protocol A extends "link.fsm"'})
    (tmp_path / "link.fsm").symlink_to(path)
    assert load_errors(path) == ["file-cycle"]


def test_links_that_lead_to_each_other(tmp_path: Path) -> None:
    (tmp_path / "one.fsm").symlink_to(tmp_path / "two.fsm")
    (tmp_path / "two.fsm").symlink_to(tmp_path / "one.fsm")
    assert load_errors(tmp_path / "one.fsm") == ["unreadable-file"]
    path = files(tmp_path, {"a.fsm": 'protocol A extends "one.fsm"'})
    assert load_errors(path) == ["unreadable-file"]


@pytest.mark.parametrize("how", ["extends", "include"])
def test_a_very_long_chain_is_no_crash(tmp_path: Path, how: str) -> None:
    for n in range(1200):
        head = f"protocol P{n} " if how == "extends" or n == 0 else ""
        (tmp_path / f"f{n}.fsm").write_text(f'{head}{how} "f{n + 1}.fsm"\n')
    end = f"protocol End {MACHINE}" if how == "extends" else MACHINE
    (tmp_path / "f1200.fsm").write_text(end)
    try:
        assert load(str(tmp_path / "f0.fsm")).machines
    except SpecificationError as error:
        assert "f" in str(error)


# --- what cannot be read ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["missing.fsm", "folder", "", ".", "a" * 3000, "folder/missing/x.fsm"]
)
def test_files_that_cannot_be_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    assert load_errors(f"{tmp_path}/{name}") == ["unreadable-file"]
    for how in ("extends", "include"):
        path = files(tmp_path, {"a.fsm": f'protocol A {how} "{name}"'})
        expected = ["file-cycle"] if not name else ["unreadable-file"]
        assert load_errors(path) in (["unreadable-file"], expected)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("tcpspec:tcp", "tcpspec:tcp.fsm"),
        ("tcpspec:figure_5.fsm", "tcpspec:figure5.fsm"),
        ("tcpspec:zzz", None),
        ("tcpspec:zzz/tcp.fsm", None),
    ],
)
def test_a_file_of_another_name(name: str, meant: str | None) -> None:
    hint = f"no such file or directory\n  hint: did you mean `{meant}`?" if meant else "directory"
    assert message(name).endswith(hint)


def test_a_file_of_the_library_that_is_named_without_it(tmp_path: Path) -> None:
    path = files(tmp_path, {"a.fsm": 'protocol A extends "tcp.fsm"'})
    assert "hint: did you mean `tcpspec:tcp.fsm`?" in message(path)


def test_a_file_without_its_ending(tmp_path: Path) -> None:
    texts = {"abc.fsm": f"protocol P {MACHINE}", "a.fsm": 'protocol A extends "abc"'}
    assert f"hint: did you mean `{tmp_path}/abc.fsm`?" in message(files(tmp_path, texts))


def test_a_name_that_no_file_can_have(tmp_path: Path) -> None:
    assert load_errors(f"{tmp_path}/a\0b.fsm") == ["unreadable-file"]
    path = files(tmp_path, {"a.fsm": 'protocol A extends "a\0b.fsm"'})
    assert load_errors(path) == ["unreadable-file"]


def test_a_missing_base_is_told_with_the_chain(tmp_path: Path) -> None:
    path = files(
        tmp_path,
        {
            "b.fsm": 'protocol B extends "c.fsm"',
            "a.fsm": 'protocol A extends "b.fsm"',
        },
    )
    text = message(path)
    assert "c.fsm" in text
    assert text.index("a.fsm -> ") < text.index("b.fsm", text.index("a.fsm -> "))


def test_latin_1(tmp_path: Path) -> None:
    path = tmp_path / "x.fsm"
    path.write_bytes('protocol P\nmachine "Schlüssel"'.encode("latin-1"))
    assert load_errors(path) == ["unreadable-file"]
    assert "not UTF-8 text: byte 0xfc in line 2\n  hint: save it as UTF-8" in message(path)


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16(tmp_path: Path, codec: str) -> None:
    path = tmp_path / "x.fsm"
    path.write_bytes("\ufeff"[codec == "utf-16" :].encode(codec) + 'protocol P "x"'.encode(codec))
    assert load_errors(path) == ["unreadable-file"]
    assert "UTF-16 text, not UTF-8\n  hint: save it as UTF-8" in message(path)


@pytest.mark.parametrize(("size", "readable"), [(1_000_000, True), (1_000_001, False)])
def test_large_files(tmp_path: Path, size: int, readable: bool) -> None:
    start = f"protocol P {MACHINE}#"
    path = files(tmp_path, {"x.fsm": start + "x" * (size - len(start))})
    if readable:
        assert load(str(path)).name == "P"
    else:
        assert load_errors(path) == ["unreadable-file"]


def test_an_endless_file_is_not_read_to_its_end() -> None:
    assert load_errors("/dev/zero") == ["unreadable-file"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(tmp_path: Path) -> None:
    path = files(tmp_path, {"x.fsm": "protocol P"})
    path.chmod(0)
    assert load_errors(path) == ["unreadable-file"]


# --- folders ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["../other.fsm", "../main/../other.fsm", "../../x.fsm", "../main2/x.fsm"]
)
@pytest.mark.parametrize("how", ["extends", "include"])
def test_no_path_leaves_the_folder_of_the_first_file(tmp_path: Path, name: str, how: str) -> None:
    files(tmp_path, {"other.fsm": "protocol O", "main2/x.fsm": "protocol X"})
    path = files(tmp_path, {"main/a.fsm": f'protocol A {how} "{name}"'})
    assert load_errors(path) == ["file-outside"]


def test_a_link_does_not_lead_out_either(tmp_path: Path) -> None:
    files(tmp_path, {"other.fsm": "protocol O", "more/c.fsm": "const N = 1"})
    path = files(tmp_path, {"main/a.fsm": 'protocol A extends "link.fsm"'})
    (tmp_path / "main" / "link.fsm").symlink_to(tmp_path / "other.fsm")
    assert load_errors(path) == ["file-outside"]
    path = files(tmp_path, {"main/a.fsm": 'protocol A include "more/c.fsm"'})
    (tmp_path / "main" / "more").symlink_to(tmp_path / "more")
    assert load_errors(path) == ["file-outside"]


def test_a_link_inside_the_folder_is_fine(tmp_path: Path) -> None:
    path = files(
        tmp_path, {"sub/base.fsm": f"protocol B {MACHINE}", "a.fsm": 'protocol A extends "l.fsm"'}
    )
    (tmp_path / "l.fsm").symlink_to(tmp_path / "sub" / "base.fsm")
    assert load(str(path)).name == "A"


def test_a_deeper_file_may_go_up_within_the_folder(tmp_path: Path) -> None:
    spec = loaded(
        tmp_path,
        {
            "base.fsm": f"protocol B {MACHINE}",
            "x/y/mid.fsm": 'protocol M extends "../../base.fsm"',
            "a.fsm": 'protocol A extends "x/y/mid.fsm"',
        },
    )
    assert spec.name == "A"


@pytest.mark.parametrize(
    "name", ["tcpspec:../pyproject.toml", "tcpspec:../../x.fsm", "tcpspec:/etc/passwd"]
)
def test_the_library_is_a_folder_too(tmp_path: Path, name: str) -> None:
    assert load_errors(name) == ["file-outside"]
    path = files(tmp_path, {"a.fsm": f'protocol A include "{name}"'})
    assert load_errors(path) == ["file-outside"]


def test_a_library_file_that_is_not_there() -> None:
    assert load_errors("tcpspec:nothing.fsm") == ["unreadable-file"]


# --- roles ------------------------------------------------------------------------------------


def test_a_protocol_is_extended_and_not_included(tmp_path: Path) -> None:
    path = files(tmp_path, {"b.fsm": "protocol B", "a.fsm": 'protocol A include "b.fsm"'})
    assert load_errors(path) == ["syntax"]


def test_what_is_extended_is_a_protocol(tmp_path: Path) -> None:
    path = files(tmp_path, {"b.fsm": MACHINE, "a.fsm": 'protocol A extends "b.fsm"'})
    try:
        assert load(str(path)).name == "A"
    except SpecificationError as error:
        assert "b.fsm" in str(error)


def test_a_syntax_error_names_its_file(tmp_path: Path) -> None:
    path = files(
        tmp_path, {"sub/b.fsm": "protocol B\nconst = 3", "a.fsm": 'protocol A extends "sub/b.fsm"'}
    )
    assert load_errors(path) == ["syntax"]
    assert "b.fsm:2:7" in message(path)


def test_errors_in_a_base_say_which_files_take_it_in(tmp_path: Path) -> None:
    last = files(
        tmp_path,
        {
            "base.fsm": "protocol A const N =",
            "v.fsm": 'protocol B extends "base.fsm"',
            "w.fsm": 'protocol C extends "v.fsm"',
        },
    )
    with pytest.raises(SpecificationError) as caught:
        load(str(last))
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.span is not None
    assert diagnostic.span.source.name == str(tmp_path / "base.fsm")
    chain = " -> ".join(str(tmp_path / name) for name in ("w.fsm", "v.fsm", "base.fsm"))
    assert diagnostic.notes[-1].message == f"taken in by {chain}"


def test_a_part_of_another_file_is_one_error(tmp_path: Path) -> None:
    """What it takes from elsewhere is not wrong."""
    part = "machine M { initial state A { rcv HELLO -> B  call go / snd BYE } state B {} }"
    path = files(tmp_path, {"part.fsm": part, "a.fsm": 'protocol P include "part.fsm"'})
    assert load_errors(tmp_path / "part.fsm") == ["syntax"]
    assert "part of another file" in message(tmp_path / "part.fsm")
    assert "unknown-name" in load_errors(path)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ('check S { "q": reachable a == Q }', "in which state it is, `in` asks: `a in P`"),
        ('check S { "q": reachable a.state == 1 }', "in which state it is, `in` asks: `a in P`"),
        ('check S { "q": never Q }', "whether an instance is in a state, `in` asks: `a in Q`"),
        ('check S { "q": never a.n + a.m == 1 }', "did you mean `a.n`?"),
    ],
)
def test_who_takes_a_state_for_a_value_is_told_how_to_ask(text: str, hint: str) -> None:
    """Found by a user: the hint was the very name that was not found."""
    frame = "machine M { var n: 0..3 = 0 initial state P { step / n := 1 -> Q } state Q { } } "
    with pytest.raises(SpecificationError) as error:
        specification(f"{frame} system S {{ a: M }} {text}")
    assert error.value.diagnostics[0].hint == hint


def test_a_channel_the_wrong_way_round_is_named() -> None:
    text = """message G = X
        machine A { initial state P { call c / snd X } } call c
        machine B { initial state Q { ignore X } }
        system S { a: A may c  b: B  channel b -> a: fifo(1) }"""
    with pytest.raises(SpecificationError) as error:
        specification(text)
    assert error.value.diagnostics[0].hint == (
        "there is `b -> a`: turn it round, or, for both ways, write `channel a <-> b`"
    )
