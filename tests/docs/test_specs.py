"""The specifications that come with the package: their counts and verdicts do not drift, and their
runs can be read.

The expected results stand beside each specification, in ``NAME.expected.json``; after a change that
is meant, ``pytest --update-golden`` rewrites them and the difference is reviewed.
"""

import json
from itertools import combinations
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tcpspec.check import Result, check, load
from tcpspec.views.draw import Answer, answers
from tcpspec.views.reports.json import result_object
from tcpspec.views.runs.ladder import ladder_art
from tcpspec.views.runs.sequence_layout import lay_out
from tests.cli.runner import LIBRARY, REPOSITORY, SPECS

SCHEMA = json.loads((REPOSITORY / "tests" / "cli" / "schema.json").read_text("utf-8"))


def summary(result: Result) -> dict[str, Any]:
    systems = {
        one.system.name: {
            "states": len(one.space.states),
            "transitions": one.space.transitions,
            "depth": one.space.depth,
            "checks": {
                v.check.name: f"{v.status}, {len(v.run.steps)} steps" if v.run else str(v.status)
                for v in one.verdicts
            },
            "scenarios": {
                s.scenario.name: f"{s.outcome.value}, {len(s.run.steps)} steps"
                for s in one.scenarios
            },
        }
        for one in result.systems
    }
    together = {
        f"{verdict.check.name} ({', '.join(verdict.check.systems)})": str(verdict.status)
        for verdict in result.verdicts
    }
    return {"systems": systems, "together": together}


@pytest.mark.sweep
@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_results_are_the_expected_ones_and_runs_can_be_read(
    path: Path, request: pytest.FixtureRequest
) -> None:
    result = check(load(str(path)))
    assert result.ok
    assert not result.warnings
    assert result.specification.title
    assert len(result.specification.doc or "") > 200
    jsonschema.validate(result_object(result), SCHEMA)
    expected = path.with_suffix(".expected.json")
    kept = json.loads(expected.read_text("utf-8")) if expected.exists() else {}
    explained = {key: kept[key] for key in ("survivors", "idle") if key in kept}
    if request.config.getoption("--update-golden"):
        text = json.dumps(summary(result) | explained, indent=2, ensure_ascii=False)
        expected.write_text(text + "\n", "utf-8")
    assert summary(result) | explained == json.loads(expected.read_text("utf-8"))
    for answer in answers(result):
        no_text_hides_another(answer)
        fits_into_an_rfc(answer)


def no_text_hides_another(answer: Answer) -> None:
    """In the sequence diagram of a run."""
    for values in (False, True):
        shown = lay_out(answer.run, title=answer.title, outcome=answer.outcome, values=values)
        boxes = [tag.box for tag in [*shown.tags, *shown.labels]]
        hidden = any(one.overlaps(other) for one, other in combinations(boxes, 2))
        assert not hidden, answer.title


def fits_into_an_rfc(answer: Answer) -> None:
    """The ladder of a run, as text."""
    text = ladder_art(answer.run, width=69, outcome=answer.outcome, values=True)
    assert text.isascii()
    assert max(map(len, text.split("\n"))) <= 69, answer.title


def test_figure_5_lists_fin_wait_1_with_syn_ack_among_its_unspecified_receptions() -> None:
    result = check(load(str(SPECS / "figure5.fsm")))
    verdict = next(v for v in result.systems[0].verdicts if v.receptions)
    pairs = {(r.instance, r.state, r.message): len(r.run.steps) for r in verdict.receptions}
    assert pairs["A", "FIN_WAIT_1", "SYN+ACK"] == 5
    assert pairs["B", "CLOSED", "SYN"] == 1


def test_every_transition_of_tcp_cites_its_section() -> None:
    specification = load(str(SPECS / "tcp_data.fsm"))  # and with it those of tcp.fsm
    for transition in specification.machines["Endpoint"].transitions:
        assert transition.reference is not None, transition.text
        assert transition.reference.startswith("3.10."), transition.text
