"""What all tests share: no test sees the Jupyter and IPython settings of the person who runs it."""

import os
import tempfile
from pathlib import Path

import matplotlib.font_manager  # noqa: F401  builds the font cache now: later, that would show in a notebook
import pytest

import whole_run
from refresh import isolated_environment

_settings = tempfile.TemporaryDirectory(prefix="nblib-tests-")


def pytest_configure(config: pytest.Config) -> None:
    """Give every kernel that a test starts, nbval's too, settings of its own."""
    environment = isolated_environment(Path(_settings.name))
    os.environ.clear()
    os.environ.update(environment)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Return two processes for the whole run; a part of the tests starts faster in one."""
    return 2 if config.args_source is pytest.Config.ArgsSource.TESTPATHS else 0


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> whole_run.ByNotebook:
    return whole_run.ByNotebook(config, log)


@pytest.hookimpl(trylast=True)  # after -k has chosen
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave to nbval no notebook that is run and compared in JupyterLab, if there is a browser for that."""
    in_lab = whole_run.compared_in_lab(item.nodeid for item in items)
    twice = [item for item in items if item.nodeid.partition("::")[0] in in_lab]
    if twice and _has_chromium():
        items[:] = [item for item in items if item not in twice]
        config.hook.pytest_deselected(items=twice)


def _has_chromium() -> bool:
    from browser.lab import has_chromium  # it takes half a second, and Playwright

    return has_chromium()


def pytest_unconfigure(config: pytest.Config) -> None:
    _settings.cleanup()
