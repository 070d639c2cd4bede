"""The committed notebooks keep the form that was agreed on, in which the refresh command writes them.

That their outputs are those of a fresh run is nbval's to find.
"""

import base64
import importlib
import io
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from nbconvert.exporters import ScriptExporter
from nbformat import NotebookNode
from numpy.typing import NDArray
from PIL import Image

import refresh
from notebooks.course import ALL, each, notebook

LONGEST_CELL = 30  # lines
LARGEST_FOLDER = 3_600_000  # bytes
LONGEST_READING, WORDS_A_MINUTE = 75, 200  # minutes, beside the runs
HEADINGS = ["What you will learn", "Exercises", "What you now know"]

IMAGE_TAG = re.compile(r"<img\b[^>]*>")
ALT_TEXT = re.compile(r'\balt="\s*[^"\s][^"]*"')
MARKDOWN_IMAGE = re.compile(r"!\[([^\]]*)\]\(")
IMPORT = re.compile(r"^from (nblib[\w.]*) import ([^#\n]+)", re.MULTILINE)
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")


def code_cells(path: Path) -> list[NotebookNode]:
    return [cell for cell in notebook(path).cells if cell.cell_type == "code" and cell.source.strip()]


def test_there_are_notebooks_and_they_are_numbered_without_a_gap():
    assert ALL, f"no notebook in {refresh.NOTEBOOKS}"
    numbers = [path.name.partition("_")[0] for path in ALL]
    whole = [number for number in numbers if number.isdecimal()]
    assert whole == [f"{number:02}" for number in range(len(whole))]
    assert all(number in whole or (number[:-1] in whole and number[-1] == "b") for number in numbers)


def test_the_folder_stays_small():
    size = sum(path.stat().st_size for path in ALL)
    assert size < LARGEST_FOLDER, f"the notebooks hold {size / 1e6:.1f} MB"


@each()
def test_the_file_is_in_the_agreed_form(path: Path):
    text = refresh.to_text(refresh.normalise(notebook(path)))
    assert path.read_bytes() == text.encode(), f"run: python tests/refresh.py notebooks/{path.name}"


@each()
def test_it_becomes_a_script_of_python(path: Path):
    one_cell = NotebookNode(notebook(path) | {"cells": code_cells(path)[:1]})
    script, resources = ScriptExporter().from_notebook_node(one_cell)
    assert resources["output_extension"] == ".py"
    assert code_cells(path)[0].source in script


@each()
def test_what_is_imported_from_nblib_is_there(path: Path):
    """Running the notebook would tell as well, but later."""
    for cell in code_cells(path):
        for module, names in IMPORT.findall(cell.source):
            for name in names.split(","):
                name = name.split(" as ")[0].strip(" ()")
                found = hasattr(importlib.import_module(module), name) or find_spec(f"{module}.{name}")
                assert found, f"{refresh.describe(cell)} imports {name} from {module}"


@each()
def test_no_errors_no_stderr_no_machine_paths(path: Path):
    found = refresh.problems(notebook(path))
    assert not found, "\n".join(found)


@each()
def test_cells_were_run_in_order_in_one_go(path: Path):
    assert refresh.run_in_order(notebook(path))


@each()
def test_something_is_shown(path: Path):
    assert any(cell.outputs for cell in code_cells(path)), "no code cell has an output"


@each()
def test_no_output_is_empty(path: Path):
    for cell in code_cells(path):
        for output in cell.outputs:
            shown = output.text if output.output_type == "stream" else "".join(map(str, output.data.values()))
            assert shown.strip(), f"{refresh.describe(cell)} has an output in which nothing is to be seen"


@each()
def test_code_cells_fit_on_a_screen(path: Path):
    for cell in code_cells(path):
        n_lines = len(cell.source.splitlines())
        assert n_lines <= LONGEST_CELL, f"{refresh.describe(cell)} has {n_lines} lines"


@each()
def test_it_can_be_read_in_one_sitting(path: Path):
    """Code counts, hints and solutions too; what the runs take comes on top."""
    n_words = sum(len(cell.source.split()) for cell in notebook(path).cells)
    assert n_words <= LONGEST_READING * WORDS_A_MINUTE, f"{n_words / WORDS_A_MINUTE:.0f} minutes"


@each()
def test_every_picture_has_an_alternative_text(path: Path):
    for cell in notebook(path).cells:
        for output in cell.get("outputs", []):
            assert not missing_alternatives(output), (
                f"{refresh.describe(cell)}: {missing_alternatives(output)}"
            )
        if cell.cell_type == "markdown":
            tags = IMAGE_TAG.findall(cell.source)
            assert all(ALT_TEXT.search(tag) for tag in tags), (
                f"{refresh.describe(cell)}: an <img> without alt"
            )
            assert all(MARKDOWN_IMAGE.findall(cell.source)), f"{refresh.describe(cell)}: ![](…) without words"


def missing_alternatives(output: NotebookNode) -> str:
    """Return what an output lacks for somebody who cannot see its picture, nothing if it lacks nothing."""
    data = output.get("data", {})
    html = data.get("text/html", "")
    if not all(ALT_TEXT.search(tag) for tag in IMAGE_TAG.findall(html)):
        return "an <img> without alt"
    words = data.get("text/plain", "")
    if refresh.shows_picture(output) and (not words.strip() or words.startswith("<")):
        return f"the picture's text/plain does not say what it shows: {words!r}"
    return ""


NOT_YET = {"03_sigmoid", "07_beyond_plain_sgd"}  # to be refreshed; when none is left, this goes away
COURSE = {"blue": (0, 114, 178), "orange": (213, 94, 0)}
NEAR, AREA = 12, 20  # levels of red, green and blue; pixels


@each([path for path in ALL if path.stem not in NOT_YET])
def test_blue_and_orange_are_those_of_the_course(path: Path):
    """Where a patch is nearly of such a colour, the colour itself must be there."""
    for cell in notebook(path).cells:
        for output in cell.get("outputs", []):
            for pixels in images(output):
                for name, colour in COURSE.items():
                    off = np.abs(pixels - colour).max(axis=1)
                    assert off.min() == 0 or np.sum(off <= NEAR) < AREA, f"{refresh.describe(cell)}: {name}"


def images(output: NotebookNode) -> Iterator[NDArray[np.int64]]:
    """Yield the pixels of each picture that an output shows, shape (n, 3)."""
    html = output.get("data", {}).get("text/html", "")
    for found in refresh.EMBEDDED_IMAGE.finditer(html):
        image = Image.open(io.BytesIO(base64.b64decode(found.group().partition(",")[2])))
        yield np.asarray(image.convert("RGB")).reshape(-1, 3).astype(np.int64)


@each()
def test_it_begins_with_its_title_and_the_map_of_the_course(path: Path):
    first = notebook(path).cells[0]
    title, *rest = [line for line in first.source.splitlines() if line.strip()]
    assert first.cell_type == "markdown"
    assert re.match(r"# \S", title), f"the first line is no title: {title!r}"
    assert rest, "the line with the map of the course is missing under the title"


@each(ALL[1:])
def test_the_agreed_headings_stand_in_order(path: Path):
    source = "\n".join(cell.source for cell in notebook(path).cells if cell.cell_type == "markdown")
    headings = re.findall(r"^## (.+?)\s*$", source, flags=re.MULTILINE)
    assert [heading for heading in headings if heading in HEADINGS] == HEADINGS


@each()
def test_the_last_text_links_to_the_neighbours(path: Path):
    last = [cell for cell in notebook(path).cells if cell.cell_type == "markdown"][-1]
    position = ALL.index(path)
    neighbours = {other.name for other in ALL[max(position - 1, 0) : position + 2] if other != path}
    assert neighbours <= set(LINK.findall(last.source))
