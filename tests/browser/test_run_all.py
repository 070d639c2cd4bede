"""Every notebook runs in JupyterLab, and its pictures are seen in both themes and before anything runs."""

from collections.abc import Callable
from pathlib import Path

import pytest

import refresh
from browser.lab import NotebookPage

ALL = refresh.all_notebooks()
each = pytest.mark.parametrize("path", ALL, ids=[path.stem for path in ALL])
Opener = Callable[[Path], NotebookPage]


def n_pictures(outputs: list[dict]) -> int:
    return sum(map(refresh.shows_picture, outputs))


@each
def test_run_all(path: Path, run_notebook: Opener):
    notebook = run_notebook(path)
    ran = {cell["id"]: n_pictures(cell["outputs"]) for cell in notebook.cells()}
    committed = {
        cell.id: n_pictures(cell.outputs) for cell in refresh.read(path).cells if cell.cell_type == "code"
    }
    assert ran == committed, "a fresh run shows other pictures than the committed notebook"
    assert not [cell["id"] for cell in notebook.cells() if cell["folded"]], (
        "a run unfolds what was folded away"
    )


@each
def test_the_committed_pictures_are_seen_before_anything_runs(path: Path, open_in_lab: Opener):
    notebook = open_in_lab(path)
    folded = {cell.id for cell in refresh.read(path).cells if refresh.is_folded(cell)}
    assert {cell["id"] for cell in notebook.cells() if cell["folded"]} == folded
    cells = [cell for cell in notebook.cells() if not cell["folded"]]
    with_pictures = [cell for cell in cells if n_pictures(cell["outputs"])]
    assert not any(cell["trusted"] for cell in with_pictures), "Lab trusts this copy: it is no fresh clone"
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        notebook.set_theme(theme)
        images = notebook.images()
        assert len(images) == sum(n_pictures(cell["outputs"]) for cell in cells), (
            f"pictures are missing in {theme}"
        )
        assert all(image["pixels"] > 0 and image["width"] > 0 for image in images), theme
