"""What notebooks show, through the methods that they call."""

from xml.etree import ElementTree

import pytest

import tcpspec
from tcpspec import display
from tcpspec.display import Form, show_with
from tcpspec.simulation.simulation import Simulation
from tcpspec.views import notebook
from tcpspec.views.render import RenderingError
from tests.helpers import result, specification
from tests.views.runs import HOSTILE, basic, handshake, svg_texts

CHECKED = """
machine M { initial final state A { step -> B }  state B { } }
system S "<b>" { m: M }
check S { "<i>": never m in B }
"""


def test_machines_and_runs_are_pictures() -> None:
    for shown, text in ((handshake().machines["Endpoint"], "LISTEN"), (basic(), "client")):
        svg = shown._repr_svg_()
        assert svg is not None
        assert svg.startswith("<svg ")
        assert text in svg_texts(svg)


def test_results_are_reports() -> None:
    found = result(CHECKED)
    html = found._repr_html_()
    assert html is not None
    root = ElementTree.fromstring(html)
    text = "".join(root.itertext())
    assert root.tag == "pre"
    assert "FAIL  <i>  violated, shown in 1 step" in text
    assert "0 of 1 check as specified, 1 not" in text
    part = found.systems[0]._repr_html_()
    assert part is not None
    assert part.removeprefix("<pre>").removesuffix("</pre>") in html


def test_a_simulation_is_shown_whole() -> None:
    here: Simulation = tcpspec.simulate(handshake(), "ClientServer").take(2).take(1)
    html = here._repr_html_()
    assert html is not None
    text = "".join(ElementTree.fromstring(html).itertext())
    assert "LISTEN  │" in text or "│  LISTEN" in text
    assert "what can happen" in text


def test_text_of_a_specification_is_text() -> None:
    spec = specification(HOSTILE)
    svg = spec.machines["X"]._repr_svg_()
    assert svg is not None
    assert "<script" not in svg
    html = tcpspec.simulate(spec, "Two")._repr_html_()
    assert html is not None
    ElementTree.fromstring(html)


def test_a_picture_that_cannot_be_drawn_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_value: object) -> bytes:
        raise RenderingError("no room on the paper")

    monkeypatch.setattr(notebook, "draw", fail)
    with pytest.warns(UserWarning, match="the picture is not shown: no room on the paper"):
        assert basic()._repr_svg_() is None


def test_nothing_is_shown_that_nobody_knows() -> None:
    assert notebook.show("a text", Form.HTML) is None


def test_who_shows_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display, "_showers", [])
    assert basic()._repr_svg_() is None
    show_with(lambda _value, form: form.value)
    assert basic()._repr_svg_() == "svg"
    assert result(CHECKED)._repr_html_() == "html"
