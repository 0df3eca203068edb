"""A real browser for tests: Debian's Chromium, driven by Playwright.

Where there is no Chromium the tests are skipped, but not in continuous integration.
"""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ViewportSize, sync_playwright

PHONE: ViewportSize = {"width": 360, "height": 780}
DESK: ViewportSize = {"width": 1400, "height": 1000}


def chromium() -> Iterator[Browser]:
    """The browser, for a fixture."""
    program = shutil.which("chromium")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is missing: apt-get install chromium")
        pytest.skip("needs Chromium (Debian package `chromium`)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield started
        started.close()
