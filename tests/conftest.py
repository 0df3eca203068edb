"""Options, what is measured, and golden files: what a text should be, kept beside the test.

``--update-golden`` rewrites them.
"""

import gc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from tests.examples import be_thorough
from tests.strategies import PATIENT

settings.register_profile("tests", deadline=None, suppress_health_check=PATIENT)
settings.load_profile("tests")

A_FEW = {"abp_no_bit", "figure5", "hazard_half_open"}
"""Specifications about which the other checkers are asked each time."""

Golden = Callable[[str, str], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite the golden files")
    parser.addoption(
        "--thorough", action="store_true", help="try many more random examples: half an hour"
    )
    for tool, count in (("spin", 4), ("tlc", 2)):
        parser.addoption(
            f"--{tool}-examples", type=int, default=count,
            help=f"how many random specifications {tool.upper()} is asked about",
        )  # fmt: skip
    parser.addoption(
        "--tlc-run-examples", type=int, default=1,
        help="how many random specifications TLC is asked about the whole runs of",
    )  # fmt: skip
    parser.addoption(
        "--all-specs", action="store_true",
        help="ask SPIN and TLC about all of specs/, not only a few: a quarter of an hour",
    )  # fmt: skip
    parser.addoption(
        "--tlc-run-states", type=int, default=50,
        help="how large systems of specs/ may be for TLC to be asked about their whole runs",
    )  # fmt: skip


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--thorough"):
        be_thorough()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Random examples, and tests that run all there is, come first: they take longest, and at the
    end one process would wait for the other.

    They are not measured: no line counts as tested for having been come by. Measuring would also
    make them take more than twice the time.
    """
    long = {i for i in items if any(map(i.get_closest_marker, ("hypothesis", "sweep")))}
    items.sort(key=lambda item: item not in long)
    if config.getoption("no_cov"):  # pytest-cov 7 fails on its own marker then
        return
    for item in long:
        item.add_marker("no_cover")


def pytest_collection_finish() -> None:
    """Thousands of tests are there to stay: the collector need not look at them each time."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def asked(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Leaves a specification out that the other checkers are not asked about every time."""

    def ask(name: str) -> None:
        if name not in A_FEW and not request.config.getoption("--all-specs"):
            pytest.skip("only with --all-specs")

    return ask


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compares a text with the file of that name in ``golden/`` beside the test."""
    folder = Path(request.path).parent / "golden"
    update = bool(request.config.getoption("--update-golden"))

    def compare(name: str, text: str) -> None:
        path = folder / name
        if update:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.is_file(), f"{path.name} is missing; run pytest --update-golden"
        assert text == path.read_text(encoding="utf-8")

    return compare
