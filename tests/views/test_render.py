import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from tcpspec.views import render as module
from tcpspec.views.machines.state_diagram import state_diagram
from tcpspec.views.render import Picture, RenderingError, render
from tcpspec.views.runs.sequence_diagram import sequence_diagram
from tests.views.runs import basic, handshake

SMALL = Picture('digraph 1 { 1 [label="one" fontname=Helvetica]; 1 -> 2 }', 'A "small" \\1 <b>')
PINNED = Picture('digraph 1 { 1 [pos="0,0!"]; 2 [pos="300,0!"]; 1 -> 2 }', "pinned", pinned=True)


def test_svg_has_one_title_the_pictures() -> None:
    svg = render(SMALL).decode()
    assert svg.count("<title>") == 1
    assert "<title>A &quot;small&quot; \\1 &lt;b&gt;</title>" in svg
    assert 'role="img"' in svg


def test_svg_names_fonts_that_are_there() -> None:
    svg = render(SMALL).decode()
    assert 'font-family="Helvetica,Arial,Liberation Sans,sans-serif"' in svg


def test_the_same_picture_gives_the_same_bytes() -> None:
    spec, run = handshake(), basic()
    for form in ("svg", "png", "dot"):
        for _ in range(2):
            first = render(state_diagram(spec.machines["Endpoint"]), form)
            assert first == render(state_diagram(handshake().machines["Endpoint"]), form)
            ladder = render(sequence_diagram(run, title="x"), form)
            assert ladder == render(sequence_diagram(basic(), title="x"), form)


def test_png_is_a_png() -> None:
    assert render(SMALL, "png").startswith(b"\x89PNG\r\n")


def test_dot_is_the_source() -> None:
    assert render(SMALL, "dot") == SMALL.source.encode()


def test_pinned_nodes_stay_where_they_are() -> None:
    svg = render(PINNED).decode()
    middles = sorted(float(part.split('"')[0]) for part in svg.split('cx="')[1:])
    assert middles[1] - middles[0] == pytest.approx(300)


def test_what_is_no_dot_is_an_error_that_says_why() -> None:
    with pytest.raises(RenderingError, match="syntax error"):
        render(Picture("digraph {", "broken"))


@pytest.mark.parametrize(("form", "renderer"), [("pdf", "pure"), ("svg", "paint")])
def test_unknown_forms_and_renderers_are_errors(form: str, renderer: str) -> None:
    with pytest.raises(RenderingError, match="no renderer"):
        render(SMALL, form, renderer=renderer)


def script(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(f"#!{sys.executable}\n{text}")
    path.chmod(0o755)
    return path


def test_a_renderer_that_takes_too_long_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = script(tmp_path, "slow", "import time; time.sleep(60)")
    monkeypatch.setattr(module, "_pure", lambda: str(slow))
    with pytest.raises(RenderingError, match=r"longer than 0\.3 seconds"):
        render(SMALL, time_limit=0.3)


def test_a_renderer_that_says_nothing_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = script(tmp_path, "silent", "")
    monkeypatch.setattr(module, "_pure", lambda: str(silent))
    with pytest.raises(RenderingError, match="did not say why"):
        render(SMALL)


def test_a_renderer_that_cannot_be_run_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_pure", lambda: "/nowhere/graphviz-pure")
    with pytest.raises(RenderingError, match="cannot be run"):
        render(SMALL)


def no_package(_: str) -> None:
    raise metadata.PackageNotFoundError


def test_the_renderer_may_be_anywhere_on_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = tmp_path / "graphviz-pure"
    link.symlink_to(module._pure())
    monkeypatch.setattr(metadata, "files", no_package)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert module._pure() == str(link)


@pytest.mark.parametrize("files", [no_package, lambda _: None])
def test_without_a_renderer_the_message_says_what_to_install(
    files: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metadata, "files", files)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RenderingError, match="pip install graphviz-pure"):
        render(SMALL)


# --- the system's Graphviz ---


@pytest.fixture
def system_dot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A ``dot`` on the path: the pure one under another name, which notes its arguments."""
    log = tmp_path / "log"
    script(tmp_path, "dot", (
        "import subprocess, sys\n"
        f"open({str(log)!r}, 'a').write(' '.join(sys.argv[1:]) + '\\n')\n"
        f"sys.exit(subprocess.run([{module._pure()!r}, *sys.argv[1:]]).returncode)\n"
    ))  # fmt: skip
    monkeypatch.setenv("PATH", str(tmp_path))
    return log


def test_the_system_renderer_draws(system_dot: Path) -> None:
    assert render(SMALL, renderer="dot").count(b"<title>") == 1
    assert "-Kdot" in system_dot.read_text()


def test_the_system_renderer_takes_positions_as_they_are(system_dot: Path) -> None:
    assert render(PINNED, "png", renderer="dot") == render(PINNED, "png")
    assert "-Kneato" in system_dot.read_text()
    assert "-n2" in system_dot.read_text()


@pytest.mark.usefixtures("system_dot")
def test_an_error_of_the_system_renderer_says_why() -> None:
    with pytest.raises(RenderingError, match=r"dot failed: .*syntax error"):
        render(Picture("digraph {", "broken"), renderer="dot")


def test_without_a_system_renderer_the_message_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RenderingError, match="no system Graphviz"):
        render(SMALL, renderer="dot")


def test_views_load_no_graphviz_before_they_draw() -> None:
    code = "import sys, tcpspec.views.draw; sys.exit('graphviz' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
