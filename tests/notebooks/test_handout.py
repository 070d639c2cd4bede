"""The notebooks with the solutions filled in: every check passes.

Above the exercises they are the notebooks of the course, which nbval runs; of that part only what the
exercises need is run once more.
"""

import re
import symtable
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbformat import NotebookNode

import refresh
from nblib.tools import handout
from notebooks.course import WITH_EXERCISES, each, notebook


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("handout") / "solved"
    handout.write("solved", refresh.NOTEBOOKS, target)
    return target


def names(cell: NotebookNode) -> tuple[set[str], set[str]]:
    """Return the global names to which a code cell gives a value, and the others that it uses."""

    def scopes(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
        yield table
        for child in table.get_children():
            yield from scopes(child)

    module = symtable.symtable(re.sub(r"\bawait ", "", cell.source), cell.id, "exec")
    given = {
        symbol.get_name() for symbol in module.get_symbols() if symbol.is_assigned() or symbol.is_imported()
    }
    used = {
        symbol.get_name()
        for table in scopes(module)
        for symbol in table.get_symbols()
        if symbol.is_referenced() and (table is module or symbol.is_global())
    }
    return given, used - given


def what_the_exercises_need(solved: NotebookNode) -> list[NotebookNode]:
    """Return the code from the first exercise on, and the cells above it on which that builds."""
    cells = [cell for cell in solved.cells if cell.cell_type == "code"]
    first = next(i for i, cell in enumerate(cells) if cell.id.startswith("exercise-"))
    kept, wanted = cells[first:], set().union(*(names(cell)[1] for cell in cells[first:]))
    for cell in reversed(cells[:first]):
        given, used = names(cell)
        if given & wanted:
            kept.insert(0, cell)
            wanted = (wanted - given) | used
    return kept


@each(WITH_EXERCISES)
def test_every_solution_passes_its_check(path: Path, folder: Path):
    solved = refresh.read(folder / path.name)
    solved.cells = what_the_exercises_need(solved)
    solved = refresh.execute(solved, path.name, folder)
    says = {
        cell.id: cell.outputs[0].data["text/plain"]
        for cell in solved.cells
        if cell.id.startswith("exercise-") and cell.id.endswith("-check")
    }
    assert says
    assert all(text.startswith("✓ Passed.") for text in says.values()), says
    (progress,) = (cell for cell in solved.cells if cell.id == "exercises-progress")
    assert "○" not in progress.outputs[0].data["text/plain"]


@each(WITH_EXERCISES)
def test_nothing_of_hints_and_solutions_is_left_in_bare_copies(path: Path):
    bare = refresh.to_text(handout.bare(notebook(path)))
    assert "<summary>Hint" not in bare
    assert "olution</summary>" not in bare
    assert "hints and" not in bare.lower()
