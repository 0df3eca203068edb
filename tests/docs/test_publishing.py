"""PUBLISHING.md: its programs run, and it tells of every directive and option."""

import re
import subprocess
import sys

import pytest

from tests.cli.runner import SPECS

TEXT = (SPECS / "PUBLISHING.md").read_text("utf-8")


def test_every_directive_is_told_with_its_options() -> None:
    pytest.importorskip("sphinx")
    from sphinx.directives.patches import Figure

    from tcpspec.sphinx import DIRECTIVES

    rows = re.findall(r"^\| `tcpspec:(\w+)` \| .* \| (.*) \|$", TEXT, re.MULTILINE)
    told = {
        name: ({*re.findall(r"`:(\w+):`", options), "set"}, "of `figure`" in options)
        for name, options in rows
    }
    figure = set(Figure.option_spec or {})
    known = {}
    for name, directive in DIRECTIVES.items():
        options, is_figure = set(directive.option_spec or {}), issubclass(directive, Figure)
        known[name] = (options - figure if is_figure else options, is_figure)
    assert told == known


def test_every_program_runs_and_shows_itself() -> None:
    program = re.findall(r"```python\n(import .*?)```", TEXT, re.DOTALL)[0]
    shown = re.sub(
        r"^(?:result = )?(\S.*?) +# (.*)$",
        r"one = \1\nprint(sum(hasattr(one, n) for n in ('_repr_svg_', '_repr_html_')))",
        program, flags=re.MULTILINE,
    )  # fmt: skip
    shown = shown.replace("one = tcpspec.check", "result = one = tcpspec.check")
    done = subprocess.run(
        [sys.executable, "-c", shown], capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.stdout, done.stderr) == ("1\n" * 4, "")


def test_links_lead_somewhere() -> None:
    assert "## Diagnostics" in (SPECS / "LANGUAGE.md").read_text("utf-8")
    for link in re.findall(r"\]\((\w+\.md)", TEXT):
        assert (SPECS / link).exists()
