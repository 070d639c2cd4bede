"""Every notebook runs in JupyterLab and shows what is stored; before that its pictures are seen."""

import copy
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4.rwbase import rejoin_lines
from playwright.sync_api import Browser

import refresh
from browser.lab import Lab, NotebookPage, open_notebook

ALL = refresh.all_notebooks()


@pytest.fixture(scope="module", params=ALL, ids=[path.stem for path in ALL])
def path(request: pytest.FixtureRequest) -> Path:
    return request.param


@pytest.fixture(scope="module")
def notebook(path: Path, lab: Lab, browser: Browser) -> Iterator[NotebookPage]:
    """A copy of the notebook in Lab: one test looks at it as it was committed, the next runs it."""
    with open_notebook(lab, browser, path) as notebook:
        yield notebook


def n_pictures(outputs: list[dict]) -> int:
    return sum(map(refresh.shows_picture, outputs))


def test_the_committed_pictures_are_seen_before_anything_runs(notebook: NotebookPage, path: Path):
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


def as_it_ran(notebook: NotebookPage, committed: NotebookNode) -> NotebookNode:
    """Return the notebook with the outputs that Lab has of it."""
    fresh = copy.deepcopy(committed)
    ran = {cell["id"]: cell for cell in notebook.cells()}
    for cell in fresh.cells:
        if cell.cell_type == "code":
            cell.outputs = nbformat.from_dict(ran[cell.id]["outputs"])
            cell.execution_count = ran[cell.id]["execution_count"]
    return rejoin_lines(fresh)


def test_run_all(notebook: NotebookPage, path: Path):
    assert notebook.run_all(), "\n".join([f"{path.name} did not run to its end:", *notebook.problems()])
    committed = refresh.read(path)
    found = refresh.differences(committed, as_it_ran(notebook, committed))
    assert not found, "\n".join([f"{path.name}: a fresh run shows something else than the file:", *found])
    assert not [cell["id"] for cell in notebook.cells() if cell["folded"]], (
        "a run unfolds what was folded away"
    )
