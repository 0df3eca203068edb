"""``tcpspec doc``: where it writes, what it says, how it ends; documents are tested in views."""

import re
from pathlib import Path

from tests.cli.runner import tcpspec, written
from tests.views.documents import HOSTILE, SMALL


def everything(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_it_writes_two_pages_and_says_where(tmp_path: Path) -> None:
    done = tcpspec("doc", "tcpspec:figure5.fsm", "-o", "new/folder", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "new/folder/figure5.html\nnew/folder/figure5.md\n"
    files = everything(tmp_path)
    assert files >= {"new/folder/figure5.html", "new/folder/figure5.md"}
    pattern = r"new/folder/figure5(\.html|\.md|-figures/[a-z0-9_-]+\.svg)"
    assert [name for name in files if not re.fullmatch(pattern, name)] == []


def test_nothing_is_written_elsewhere_whatever_names_say(tmp_path: Path) -> None:
    path = written(tmp_path, HOSTILE.replace('"step-1"', '"/../../../../tmp/x"'))
    done = tcpspec("doc", path, "-o", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {name.split("/")[0] for name in everything(tmp_path)} == {"out", "spec.fsm"}


def test_a_page_is_written_over_and_nothing_else(tmp_path: Path) -> None:
    path = written(tmp_path, SMALL, "small.fsm")
    for _ in range(2):
        assert tcpspec("doc", path, "-o", ".", cwd=tmp_path).returncode == 1
    (tmp_path / "small.md").write_text("mine")
    (tmp_path / "small.html").write_text("mine")
    done = tcpspec("doc", path, "-o", ".", cwd=tmp_path)
    assert done.returncode == 2
    assert "was not made by tcpspec, and is not written over" in done.stderr
    assert {(tmp_path / f"small.{end}").read_text() for end in ("md", "html")} == {"mine"}


def test_pictures_are_not_written_over_the_page_of_others(tmp_path: Path) -> None:
    path = written(tmp_path, SMALL)
    for _ in range(2):
        assert tcpspec("check", path, "--figures", "out", cwd=tmp_path).returncode == 1
    (tmp_path / "README.md").write_text("mine")
    done = tcpspec("check", path, "--figures", ".", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "`README.md` was not made by tcpspec, and is not written over" in done.stderr
    assert (tmp_path / "README.md").read_text() == "mine"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["README.md", "out", "spec.fsm"]


def test_a_folder_has_a_name(tmp_path: Path) -> None:
    path = written(tmp_path, SMALL)
    for command in (["check", path, "--figures", ""], ["doc", path, "-o", ""]):
        done = tcpspec(*command, cwd=tmp_path)
        assert done.returncode == 2
        assert "it is empty; the present folder is `.`" in done.stderr


def test_the_same_bytes_in_another_folder(tmp_path: Path) -> None:
    path = written(tmp_path, SMALL)
    for folder in ("one", "two"):
        tcpspec("doc", path, "-o", folder, cwd=tmp_path)
    one, two = tmp_path / "one", tmp_path / "two"
    assert everything(one) == everything(two) != set()
    for name in everything(one):
        assert (one / name).read_bytes() == (two / name).read_bytes()


def test_the_status_is_that_of_the_answers(tmp_path: Path) -> None:
    path = written(tmp_path, SMALL)
    failed = tcpspec("doc", path, "-o", "out", cwd=tmp_path)
    assert failed.returncode == 1
    assert (tmp_path / "out" / "spec.html").exists()
    good = SMALL.replace('"it asks":            never', '"it asks": violated never')
    assert tcpspec("doc", written(tmp_path, good), "-o", "out", cwd=tmp_path).returncode == 0
    limited = tcpspec("doc", path, "-o", "out", "--max-states", "3", cwd=tmp_path)
    assert limited.returncode in (1, 3)
    assert "not complete: stopped at max-states" in (tmp_path / "out" / "spec.html").read_text(
        "utf-8"
    )


def test_it_says_how_it_was_made(tmp_path: Path) -> None:
    text = SMALL.replace("message M", "const LAST = 3\nmessage M").replace("0..3 ", "0..LAST ")
    written(tmp_path, text, "a b.fsm")
    options = ["--system", "Line", "--set", "LAST=4", "--max-states", "99"]
    tcpspec(
        "doc", "a b.fsm", "-o", str(tmp_path / "out"), *options, "--timeout", "60", cwd=tmp_path
    )
    text = (tmp_path / "out" / "a-b.md").read_text("utf-8")
    assert f"`tcpspec doc 'a b.fsm' -o DIR {' '.join(options)}`" in text
    assert str(tmp_path) not in text


def test_a_link_is_not_followed_out_of_the_folder(tmp_path: Path) -> None:
    path = written(tmp_path, SMALL)
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    out.mkdir()
    elsewhere.mkdir()
    for name in ("spec.html", "spec-figures"):
        (out / name).symlink_to(elsewhere / "x" if "." in name else elsewhere)
        done = tcpspec("doc", path, "-o", str(out))
        assert done.returncode == 2
        assert "is a link" in done.stderr
        (out / name).unlink()
    assert everything(elsewhere) == set()


def test_mistakes_are_told(tmp_path: Path) -> None:
    path = written(tmp_path, SMALL)
    (tmp_path / "file").write_text("")
    for arguments, message in [
        ([path, "-o", str(tmp_path / "file")], "is a file"),
        ([path], "Missing option '-o'"),
        ([path, "-o", "out", "--system", "Nobody"], "there is no system `Nobody`"),
        ([str(tmp_path / "none.fsm"), "-o", "out"], "error[unreadable-file]"),
    ]:
        done = tcpspec("doc", *arguments, cwd=tmp_path)
        assert done.returncode == 2
        assert message in done.stderr
    assert not (tmp_path / "out").exists()


def test_help_has_an_example() -> None:
    done = tcpspec("doc", "--help")
    assert "tcpspec doc " in done.stdout.split("Options")[-1]
