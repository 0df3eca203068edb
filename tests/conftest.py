"""Options, and golden files: what a text should be, kept beside the test.

``--update-golden`` rewrites them.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

Golden = Callable[[str, str], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite the golden files")
    for tool, count in (("spin", 100), ("tlc", 20)):
        parser.addoption(
            f"--{tool}-examples", type=int, default=count,
            help=f"how many random specifications {tool.upper()} is asked about",
        )  # fmt: skip
    parser.addoption(
        "--tlc-run-examples", type=int, default=4,
        help="how many random specifications TLC is asked about the whole runs of",
    )  # fmt: skip
    parser.addoption(
        "--tlc-run-states", type=int, default=120,
        help="how large systems of specs/ may be for TLC to be asked about their whole runs",
    )  # fmt: skip


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
