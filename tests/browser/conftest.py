"""Fixtures of the browser tests: a browser, a JupyterLab, and notebooks that are open in it."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import NoReturn

import pytest
from playwright.sync_api import Browser, Error, sync_playwright

from browser.lab import Desk, Lab, NotebookPage, find_chromium, open_notebook, running_lab
from browser.stepping import save

NO_CHROMIUM = (
    "no Chromium was found: install Chromium or Chrome, or run '.venv/bin/playwright install chromium', "
    "or let the environment variable NBLIB_CHROMIUM name a browser"
)
NO_PLAYWRIGHT = "Playwright does not run here ({}); on Debian and Ubuntu it may lack the package libatomic1"
QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]


def cannot_run(message: str) -> NoReturn:
    """Skip on a learner's machine, which may do without these tests; fail where CI=true says it may not."""
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    with ExitStack() as stack:
        try:
            playwright = stack.enter_context(sync_playwright())
        except Exception as error:  # Playwright has no narrower class for a driver that does not start
            cannot_run(NO_PLAYWRIGHT.format(error))
        path = find_chromium(playwright.chromium.executable_path)
        if path is None:
            cannot_run(NO_CHROMIUM)
        try:
            browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        except Error as error:
            cannot_run(f"{path} does not run here: {error}")
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def lab(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A JupyterLab that knows nothing of the settings of the person who runs the tests."""
    with running_lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture(scope="package")
def desk(lab: Lab, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A notebook that stays open from test to test, for cells of their own."""
    with closing(Desk(lab, browser, save(tmp_path_factory.mktemp("desk"), "1"))) as desk:
        yield desk


_failed = pytest.StashKey[bool]()


def pytest_exception_interact(node: pytest.Item) -> None:
    node.stash[_failed] = True


@pytest.fixture
def run_cells(desk: Desk, request: pytest.FixtureRequest) -> Iterator[Callable[..., NotebookPage]]:
    """Runs code cells in a notebook; fails at the end if anything went wrong."""
    with ExitStack() as stack:

        def run(*sources: str) -> NotebookPage:
            notebook = stack.enter_context(desk.laid(*sources))
            went_well = notebook.run_all()
            assert went_well, "\n".join(["the cells did not run to their end:", *notebook.problems()])
            return notebook

        yield run
    if _failed in request.node.stash:
        desk.close()  # whatever it left there, no other test shall see it


@pytest.fixture
def open_in_lab(lab: Lab, browser: Browser) -> Iterator[Callable[[Path], NotebookPage]]:
    """Opens a copy of a notebook and runs nothing; fails at the end of the test if anything went wrong."""
    with ExitStack() as stack:
        yield lambda path: stack.enter_context(open_notebook(lab, browser, path))


@pytest.fixture
def run_notebook(open_in_lab: Callable[[Path], NotebookPage]) -> Callable[[Path], NotebookPage]:
    """Opens a copy of a notebook and runs all its cells; fails at the end if anything went wrong."""

    def run(path: Path) -> NotebookPage:
        notebook = open_in_lab(path)
        went_well = notebook.run_all()
        assert went_well, "\n".join([f"{path.name} did not run to its end:", *notebook.problems()])
        return notebook

    return run
