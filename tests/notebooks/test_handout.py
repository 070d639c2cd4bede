"""The notebooks with the solutions filled in: they run, and every check passes."""

from pathlib import Path

import pytest

import refresh
from nblib.tools import handout

LESSONS = refresh.all_notebooks()[1:8]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("handout") / "solved"
    handout.write("solved", refresh.NOTEBOOKS, target)
    return target


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_every_solution_passes_its_check(path: Path, folder: Path):
    notebook = refresh.execute(refresh.read(folder / path.name), path.name, folder)
    says = {
        cell.id: cell.outputs[0].data["text/plain"]
        for cell in notebook.cells
        if cell.id.startswith("exercise-") and cell.id.endswith("-check")
    }
    assert len(says) >= 3
    assert all(text.startswith("✓ Passed.") for text in says.values()), says
    (progress,) = (cell for cell in notebook.cells if cell.id == "exercises-progress")
    assert "○" not in progress.outputs[0].data["text/plain"]


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_nothing_of_hints_and_solutions_is_left_in_bare_copies(path: Path):
    bare = refresh.to_text(handout.bare(refresh.read(path)))
    assert "<summary>Hint" not in bare
    assert "olution</summary>" not in bare
    assert "hints and" not in bare.lower()
