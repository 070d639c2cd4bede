"""The notebooks of the course, each read only once."""

from functools import cache
from pathlib import Path

import pytest
from nbformat import NotebookNode

import refresh

ALL = refresh.all_notebooks()
LESSONS = [path for path in ALL if "01" <= path.name[:2] < "08"]
WITH_EXERCISES = [path for path in ALL if path.name[:2] >= "01"]


def number(path: Path) -> int | str:
    """Return the number by which the exercises of a notebook are known: 1, or "5b"."""
    digits = path.name.partition("_")[0].lstrip("0")
    return int(digits) if digits.isdecimal() else digits


@cache
def notebook(path: Path) -> NotebookNode:
    """Return what stands in a file; do not change it."""
    return refresh.read(path)


def each(paths: list[Path] = ALL) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", paths, ids=[path.stem for path in paths])
