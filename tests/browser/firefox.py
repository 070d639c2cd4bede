"""Firefox as it is installed, by the remote control that Mozilla built into it: Marionette.

Playwright drives only a Firefox of its own.
"""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from marionette_driver.marionette import Marionette

NAMES = ("firefox-esr", "firefox")
START_SECONDS, ANSWER_SECONDS = 60, 120


def find_firefox() -> str | None:
    """Return the Firefox to use: the one that NBLIB_FIREFOX names, or one on the PATH."""
    if chosen := os.environ.get("NBLIB_FIREFOX"):
        if not Path(chosen).is_file():
            raise FileNotFoundError(f"NBLIB_FIREFOX names {chosen!r}, and there is no such file")
        return chosen
    return next(filter(None, map(shutil.which, NAMES)), None)


class FirefoxTab:
    """A tab that goes to an address, and evaluates a function there, as Playwright's page does."""

    def __init__(self, firefox: Marionette) -> None:
        self._firefox = firefox

    def goto(self, url: str) -> None:
        self._firefox.navigate(url)

    def evaluate(self, function: str, argument: Any = None) -> Any:
        """Call a function with an argument, wait for what it promises, and return that."""
        script = f"return ({function})(arguments[0])"
        return self._firefox.execute_script(script, [argument], sandbox=None)


@contextmanager
def running_firefox(path: str, home: Path) -> Iterator[FirefoxTab]:
    """Run a headless Firefox whose files all lie in the empty folder `home`, and give its tab."""
    settings = {"headless": True, "workspace": str(home), "gecko_log": str(home / "log")}
    with warnings.catch_warnings(action="ignore"):  # the driver's own: old imports, sockets left open
        from marionette_driver.marionette import Marionette

        firefox = Marionette(bin=path, port=0, startup_timeout=START_SECONDS, **settings)
    try:
        firefox.start_session({"timeouts": {"script": 1000 * ANSWER_SECONDS}})
        firefox.set_window_rect(width=1280, height=900)
        yield FirefoxTab(firefox)
    finally:
        firefox.cleanup()
