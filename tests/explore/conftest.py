"""The kernels, for tests that have ``auto`` choose."""

import pytest

from tcpspec.explore.native import code


@pytest.fixture(scope="session")
def compiled() -> None:
    """All kernels, so that ``auto`` may take them."""
    for words in (1, 2, 3):
        code.load(words)
