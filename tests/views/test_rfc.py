"""Figures as RFCs have them: ``svgcheck`` passes them, and ``xml2rfc`` builds a draft with them."""

import subprocess
import sys
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from tcpspec.check import check, load
from tcpspec.views.draw import Answer, Style, answers, sequence_picture, state_picture
from tests.views.runs import lossy, relayed

RFC = Style(rfc=True)

Drawn = dict[str, tuple[bytes, bytes]]

DRAFT = """<?xml version="1.0" encoding="utf-8"?>
<rfc ipr="trust200902" docName="draft-example-machine-00" category="info" version="3"
     submissionType="IETF" xml:lang="en" tocInclude="false">
<front>
<title abbrev="Machine">A Connection State Machine</title>
<seriesInfo name="Internet-Draft" value="draft-example-machine-00"/>
<author fullname="Example" surname="Example"><organization/></author>
<date/>
<abstract><t>A state machine and one of its runs.</t></abstract>
</front>
<middle><section><name>Figures</name>
{figures}
</section></middle>
</rfc>
"""

FIGURE = """<figure><name>{name}</name><artset>
<artwork type="svg">{svg}</artwork>
<artwork type="ascii-art">
{text}</artwork>
</artset></figure>"""


def tool(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


@pytest.fixture(scope="module")
def drawn() -> Drawn:
    """The SVG and the text of a machine, of its deadlock, and of more that messages may do."""
    specification = load("tcpspec:figure5.fsm")
    machine = specification.machines["TCP"]
    deadlock = answers(check(specification))[0]
    runs = [deadlock] + [
        Answer("", run.system.name, run, "A run", "so it ends")
        for run in (lossy(), relayed(loop_from=2))
    ]
    made = {"State Diagram": (state_picture(machine, style=RFC), state_picture(machine, "txt"))}
    for number, answer in enumerate(runs):
        pictures = sequence_picture(answer, style=RFC), sequence_picture(answer, "txt")
        made[f"Run {number}"] = pictures
    return made


@pytest.mark.sweep
def test_svgcheck_passes_every_picture(drawn: Drawn, tmp_path: Path) -> None:
    for name, (svg, _) in drawn.items():
        path = tmp_path / "figure.svg"
        path.write_bytes(svg)
        done = subprocess.run(
            [tool("svgcheck"), "--no-network", str(path)], capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert (done.returncode, "conforms" in done.stderr + done.stdout) == (0, True), name


@pytest.mark.sweep
def test_what_is_in_colour_does_not_pass(tmp_path: Path) -> None:
    path = tmp_path / "figure.svg"
    path.write_bytes(state_picture(load("tcpspec:figure5.fsm").machines["TCP"]))
    done = subprocess.run(
        [tool("svgcheck"), "--no-network", str(path)], capture_output=True, check=False
    )
    assert done.returncode != 0


@pytest.mark.sweep
def test_xml2rfc_builds_a_draft_with_the_figures(drawn: Drawn, tmp_path: Path) -> None:
    figures = [
        FIGURE.format(name=name, svg=svg.decode().partition("?>")[2], text=escape(text.decode()))
        for name, (svg, text) in drawn.items()
    ]
    source = tmp_path / "draft.xml"
    source.write_text(DRAFT.format(figures="\n".join(figures)), "utf-8")
    for form in ("text", "html"):
        done = subprocess.run(
            [tool("xml2rfc"), "--no-network", f"--{form}", "--path", str(tmp_path),
             "--cache", str(tmp_path / "cache"), str(source)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert "Warning" not in done.stderr, done.stderr
    text = (tmp_path / "draft.txt").read_text("utf-8")
    assert max(map(len, text.splitlines())) <= 72
    for _, art in drawn.values():
        for line in art.decode().splitlines():
            assert line.strip() in text
    assert (tmp_path / "draft.html").read_text("utf-8").count("<svg") == len(drawn)
