"""The notebooks of the course, each read only once."""

from functools import cache
from pathlib import Path

import pytest
from nbformat import NotebookNode

import refresh

ALL = refresh.all_notebooks()
LESSONS = ALL[1:8]  # what has exercises


@cache
def notebook(path: Path) -> NotebookNode:
    """Return what stands in a file; do not change it."""
    return refresh.read(path)


def each(paths: list[Path] = ALL) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", paths, ids=[path.stem for path in paths])
