"""What all tests share: no settings of the person who runs them, and one thread for each process."""

import os
import tempfile
from pathlib import Path

import matplotlib.font_manager  # noqa: F401  builds the font cache now: later, that would show in a notebook
import pytest
from threadpoolctl import threadpool_limits

from refresh import isolated_environment
from sharing_out import ByNotebook

_settings = tempfile.TemporaryDirectory(prefix="nblib-tests-")


def pytest_configure(config: pytest.Config) -> None:
    """Give every kernel that a test starts, nbval's too, settings of its own."""
    environment = isolated_environment(Path(_settings.name))
    os.environ.clear()
    os.environ.update(environment)
    threadpool_limits(1, user_api="blas")  # here NumPy has been imported: see isolated_environment


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Return two processes for the whole run; a part of the tests starts faster in one."""
    return 2 if config.args_source is pytest.Config.ArgsSource.TESTPATHS else 0


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByNotebook:
    return ByNotebook(config, log)


def pytest_unconfigure(config: pytest.Config) -> None:
    _settings.cleanup()
