"""What the benchmarks that look into JupyterLab share."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from browser.conftest import QUIET
from browser.lab import Lab, find_chromium, running_lab


@contextmanager
def lab_and_browser() -> Iterator[tuple[Lab, Browser]]:
    """Give a JupyterLab of its own and a headless Chromium."""
    with (
        tempfile.TemporaryDirectory() as home,
        running_lab(Path(home)) as lab,
        sync_playwright() as playwright,
    ):
        path = find_chromium(playwright.chromium.executable_path)
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield lab, browser
        browser.close()


def p95(times: list[float]) -> float:
    """Return the time that one in twenty exceeds."""
    times = sorted(times)
    return times[min(len(times) - 1, round(0.95 * len(times)))]
