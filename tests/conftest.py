"""Options, what is measured, and golden files: what a text should be, kept beside the test.

``--update-golden`` rewrites them.
"""

import gc
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from coverage import Coverage
from hypothesis import settings

from tcpspec.explore import engines
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
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests come first: at the end one process would wait for the other."""
    items.sort(key=lambda item: not _long(item))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Long tests are not measured: no line counts as tested for having been come by. Measuring
    would also make them take three times as long.

    In the processes of pytest-xdist two measure, one inside the other; pytest-cov's own marker
    stops only the inner one (pytest-cov 7.1).
    """
    stopped = []
    while _long(item) and (measuring := Coverage.current()) is not None:
        measuring.stop()
        stopped.append(measuring)
    try:
        return (yield)
    finally:
        for measuring in reversed(stopped):
            measuring.start()


def _long(item: pytest.Item) -> bool:
    """Random examples, and tests that run all there is."""
    return any(map(item.get_closest_marker, ("hypothesis", "sweep")))


def pytest_collection_finish() -> None:
    """Thousands of tests are there to stay: the collector need not look at them each time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _auto_takes_the_same_each_time() -> Generator[None]:
    """Which engine it takes does not depend on what the tests before have loaded."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engines, "LOADED", engines.HAND_OVER)
        yield


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
