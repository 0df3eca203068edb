"""Small Sphinx projects: pictures and tables in pages, warnings, and what is made anew."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

pytest.importorskip("sphinx")

CONF = 'project = "P"\nextensions = ["tcpspec.sphinx"]\n'

PART = """message M = PING | PONG
call ping
machine Server { initial final state READY { rcv PING / snd PONG } }
"""

SPEC = """protocol Echo
include "part.fsm"
const MOST = 1
machine Client {
    var pings: 0..9 = 0
    initial final state IDLE { call ping [pings < MOST] / snd PING; pings := pings + 1 -> WAITING }
    state WAITING { rcv PONG -> IDLE @ "1.2" }
}
system Net { c: Client may ping  s: Server  channel c <-> s: fifo(1), lossy }
check Net { "it gets stuck": violated no deadlock }
scenario "an echo" on Net { c: ping  c -> s: PING  s -> c: PONG }
"""

INDEX = """
Echo
====

.. tcpspec:state:: echo.fsm
   :machine: Client
   :name: client
   :width: 60%

   The client, as *everybody* draws it.

See :ref:`client`.

.. tcpspec:sequence:: echo.fsm
   :scenario: an echo
   :values:

.. tcpspec:sequence:: /echo.fsm
   :check: it gets stuck
   :system: Net
   :alt: A message is lost
   :set: MOST=2

.. tcpspec:transitions:: echo.fsm
   :machine: Client
   :class: narrow

.. tcpspec:receptions:: echo.fsm
   :machine: Server

.. code-block:: fsm

   machine M { initial final state A { rcv SYN+ACK / snd ACK } }
"""


SHORT = """
Echo
====

.. tcpspec:state:: echo.fsm
   :machine: Client
   :simple:

.. tcpspec:receptions:: echo.fsm
   :machine: Server
"""


@dataclass
class Project:
    """A folder with documents, and what came of making them."""

    folder: Path

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, "utf-8")

    def build(self, builder: str = "html", *options: str) -> str:
        """What Sphinx complained of."""
        done = subprocess.run(
            [sys.executable, "-m", "sphinx", "-q", "--no-color", "-b", builder, "-d", "out/trees",
             *options, ".", f"out/{builder}"],
            cwd=self.folder, capture_output=True, text=True, timeout=120, check=False,
            env=os.environ | {"LC_ALL": "C.UTF-8"},
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr
        self.status = done.returncode
        return done.stderr

    def page(self, name: str = "index") -> str:
        return (self.folder / "out" / "html" / f"{name}.html").read_text("utf-8")

    def pictures(self) -> list[Path]:
        return sorted((self.folder / "out" / "html" / "_images").iterdir())


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path)
    made.write("conf.py", CONF)
    made.write("part.fsm", PART)
    made.write("echo.fsm", SPEC)
    made.write("index.rst", INDEX)
    return made


def test_pages_show_pictures_and_tables(project: Project) -> None:
    assert project.build("html", "-W", "--keep-going") == ""
    page = project.page()
    images = re.findall(r'<img alt="([^"]*)" src="_images/([^"]*)"', page)
    assert [alt for alt, _ in images] == [
        "State diagram of Client", "an echo", "A message is lost",
    ]  # fmt: skip
    assert all(name.endswith(".svg") for _, name in images)
    shown = [(project.folder / "out/html/_images" / name).read_text("utf-8") for _, name in images]
    assert "WAITING" in shown[0]
    assert "pings = 1" in shown[1]
    assert "violated" in shown[2]
    assert "as <em>everybody</em> draws it" in page
    assert 'id="client"' in page
    assert 'class="reference internal" href="#client"' in page
    assert re.search(r'<table class="[^"]*\bnarrow\b', page)
    assert "Transitions of Client" in page
    assert "Receptions of Server" in page
    assert "PING" in re.findall(r"Receptions of Server.*?</thead>", page, re.DOTALL)[0]
    assert '<span class="ne">' in page or '<span class="ni">SYN+ACK</span>' in page


def test_other_builders_take_the_form_that_they_know(project: Project) -> None:
    assert project.build("latex", "-W") == ""
    names = {path.suffix for path in (project.folder / "out" / "latex").iterdir()}
    assert ".png" in names
    assert ".svg" not in names
    assert project.build("text", "-W") == ""
    text = (project.folder / "out" / "text" / "index.txt").read_text("utf-8")
    assert "Transitions of Client" in text
    assert '"pings < MOST" | "snd PING"' in text


def test_a_page_is_made_anew_when_a_file_of_its_specification_changes(project: Project) -> None:
    project.write("index.rst", SHORT)
    page = project.folder / "out" / "html" / "index.html"
    assert project.build() == ""
    assert "OPEN" not in project.page()
    made, pictures = page.stat().st_mtime_ns, project.pictures()
    assert project.build() == ""
    assert (page.stat().st_mtime_ns, project.pictures()) == (made, pictures)
    project.write("part.fsm", PART.replace("READY", "OPEN"))
    assert project.build() == ""
    assert "OPEN" in project.page()


def test_what_an_include_lacks_is_looked_for_again(project: Project) -> None:
    project.write("index.rst", SHORT)
    (project.folder / "part.fsm").unlink()
    assert "cannot read" in project.build()
    project.write("part.fsm", PART)
    assert project.build("html", "-W") == ""
    assert "State diagram of Client" in project.page()


def test_a_broken_specification_is_a_warning_with_file_and_line(project: Project) -> None:
    project.write("echo.fsm", SPEC.replace("-> WAITING", "-> WAITNG"))
    told = project.build()
    assert project.status == 0
    place = f"{project.folder / 'echo.fsm'}:6: WARNING: "
    assert told.count(place) == 1, told
    assert "`WAITNG`" in told
    assert "did you mean `WAITING`?" in told
    assert "[tcpspec.unknown-name]" in told
    assert f"{project.folder / 'index.rst'}:5: ERROR: `echo.fsm` cannot be shown: " in told
    assert project.page().count("cannot be shown: no state of Client is called") == 5
    assert project.folder.name not in project.page()


def test_what_is_said_of_the_library_is_shown_as_it_is(project: Project) -> None:
    directive = "\n.. tcpspec:sequence:: tcpspec:figure5.fsm\n   :scenario: a ../b\n"
    project.write("index.rst", SHORT + directive)
    assert 'for the scenario "a ../b"' in project.build()


def test_no_page_says_where_its_files_are_on_this_machine(project: Project) -> None:
    project.write("index.rst", SHORT + "\n.. tcpspec:state:: none.fsm\n")
    (project.folder / "part.fsm").unlink()
    told = project.build()
    assert f"cannot read `{project.folder / 'part.fsm'}`" in told
    page = project.page()
    assert "cannot be shown: cannot read `part.fsm`: no such file" in page
    assert "cannot be shown: cannot read `none.fsm`: no such file" in page
    assert str(project.folder) not in page


def test_a_table_says_which_file_its_lines_are_of(project: Project) -> None:
    project.write("variant.fsm", 'protocol V extends "echo.fsm"\n')
    text = "Echo\n====\n\n.. tcpspec:transitions:: variant.fsm\n   :machine: Client\n"
    project.write("index.rst", text)
    assert project.build("html", "-W") == ""
    assert "Transitions of Client (echo.fsm)" in project.page()
    project.write(
        "variant.fsm",
        'protocol V extends "echo.fsm"\nmachine Client { state WAITING { ignore PING } }\n',
    )
    project.build()
    page = project.page()
    assert "Transitions of Client<" in page
    assert "echo.fsm:6" in page
    assert "variant.fsm:2" in page


def test_warnings_of_a_specification_can_be_suppressed(project: Project) -> None:
    project.write("index.rst", SHORT)
    project.write("echo.fsm", SPEC + "const SPARE = 1\n")
    told = project.build()
    assert told.count("WARNING") == 1, told
    assert f"{project.folder / 'echo.fsm'}:12: WARNING: constant `SPARE` is never used" in told
    project.write("conf.py", CONF + 'suppress_warnings = ["tcpspec.unused"]\n')
    assert project.build("html", "-E") == ""


MISTAKES = (
    ("state:: echo.fsm", "which machine? There are: "),
    ("state:: echo.fsm\n   :machine: X", "there is no machine `X`; there are: "),
    ("sequence:: echo.fsm\n   :scenario: X", 'no run to draw for the scenario "X"; there are runs'),
    ("sequence:: echo.fsm\n   :check: an echo", '"an echo", which is a scenario; there are runs'),
    (
        "sequence:: echo.fsm\n   :check: it gets stuck\n   :scenario: an echo",
        "name a check or a scenario, not both",
    ),
    ("sequence:: echo.fsm\n   :system: X", "there is no system `X`"),
    ("state:: none.fsm\n   :machine: X", "cannot read"),
    ("state:: echo.fsm\n   :set: MOST", "`MOST` is not NAME=VALUE"),
    ("state:: echo.fsm\n   :machine: Client\n   :set: LEAST=1", "no constant of this name"),
    ("state::", "1 argument(s) required, 0 supplied"),
    ("state:: echo.fsm\n   :simple: yes", 'no argument is allowed; "yes" supplied'),
)


def test_mistakes_are_told_where_they_are(project: Project) -> None:
    text = "Echo\n====\n"
    lines = []
    for directive, _ in MISTAKES:
        text += "\n"
        lines.append(text.count("\n") + 1)
        text += f".. tcpspec:{directive}\n"
    project.write("index.rst", text)
    told = project.build("dummy")
    for line, (_, message) in zip(lines, MISTAKES, strict=True):
        (found,) = re.findall(rf"index\.rst:{line}: ERROR: (.*)", told)
        place = told.index(f"index.rst:{line}: ERROR: ")
        assert message in told[place:].partition("rst:")[2].partition("index.rst:")[0], found


def test_the_library_can_be_shown_and_pages_read_in_parallel(project: Project) -> None:
    project.write(
        "index.rst", "Figure\n======\n\n.. tcpspec:state:: tcpspec:figure5.fsm\n   :simple:\n"
    )
    for number in range(6):
        text = ":orphan:\n\nPage\n====\n\n.. tcpspec:state:: echo.fsm\n   :machine: Client\n"
        project.write(f"page{number}.rst", text)
    assert project.build("html", "-W", "-j", "2") == ""
    assert "State diagram of TCP" in project.page()
    assert len(project.pictures()) == 2


def test_names_of_a_specification_are_text(project: Project) -> None:
    project.write("index.rst", SHORT)
    project.write("echo.fsm", SPEC.replace("state WAITING", 'state WAITING "<script>*x* |y|_"'))
    assert project.build("html", "-W") == ""
    assert "<script>*x*" not in project.page()


def test_control_characters_and_direction_marks_are_made_visible(project: Project) -> None:
    odd = "\x1b[31m\u202e"
    project.write(
        "echo.fsm", SPEC.replace('"1.2"', f'"1.2{odd}\u2028"').replace("an echo", f"an{odd}")
    )
    directive = "\n.. tcpspec:{}:: echo.fsm\n   :machine: Client\n"
    text = SHORT + directive.format("transitions") + "\n.. tcpspec:sequence:: echo.fsm\n"
    project.write("index.rst", f"{text}   :scenario: an{odd}\n\n.. tcpspec:state:: {odd}.fsm\n")
    told = project.build()
    shown = "\\x1b[31m\\u202e"
    assert f"cannot read `{project.folder}/{shown}.fsm`" in told
    assert f"1.2{shown}\\u2028" in project.page()
    assert f'alt="an{shown}"' in project.page()
    assert f"cannot read `{shown}.fsm`" in project.page()
    assert not set("\x1b\u202e\u2028") & set(told + project.page())
