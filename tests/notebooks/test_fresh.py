"""The committed notebooks are what the refresh command writes, and they keep the form that was agreed on."""

import re
from pathlib import Path

import pytest
from nbformat import NotebookNode

import refresh

ALL = refresh.all_notebooks()
LESSONS = [path for path in ALL if not path.name.startswith("00_")]
LONGEST_CELL = 30  # lines
LARGEST_FOLDER = 5_000_000  # bytes
HEADINGS = ["What you will learn", "Exercises", "What you now know"]

IMAGE_TAG = re.compile(r"<img\b[^>]*>")
ALT_TEXT = re.compile(r'\balt="\s*[^"\s][^"]*"')
MARKDOWN_IMAGE = re.compile(r"!\[([^\]]*)\]\(")
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")


def each(paths: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", paths, ids=[path.stem for path in paths])


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]


def test_there_are_notebooks_and_they_are_numbered_without_a_gap():
    assert ALL, f"no notebook in {refresh.NOTEBOOKS}"
    assert [path.name[:3] for path in ALL] == [f"{number:02}_" for number in range(len(ALL))]


def test_the_folder_stays_small():
    size = sum(path.stat().st_size for path in ALL)
    assert size < LARGEST_FOLDER, f"the notebooks hold {size / 1e6:.1f} MB"


@each(ALL)
def test_the_file_is_in_the_agreed_form(path: Path):
    text = refresh.to_text(refresh.normalise(refresh.read(path)))
    assert path.read_bytes() == text.encode(), f"run: python tests/refresh.py notebooks/{path.name}"


@each(ALL)
def test_a_fresh_run_gives_what_is_committed(path: Path):
    committed = refresh.read(path)
    found = refresh.differences(committed, refresh.execute(committed, path.name))
    assert not found, "\n".join(found)


@each(ALL)
def test_no_errors_no_stderr_no_machine_paths(path: Path):
    found = refresh.problems(refresh.read(path))
    assert not found, "\n".join(found)


@each(ALL)
def test_cells_were_run_in_order_in_one_go(path: Path):
    counts = [cell.execution_count for cell in code_cells(refresh.read(path))]
    assert counts == list(range(1, len(counts) + 1))


@each(ALL)
def test_something_is_shown(path: Path):
    assert any(cell.outputs for cell in code_cells(refresh.read(path))), "no code cell has an output"


@each(ALL)
def test_no_output_is_empty(path: Path):
    for cell in code_cells(refresh.read(path)):
        for output in cell.outputs:
            shown = output.text if output.output_type == "stream" else "".join(map(str, output.data.values()))
            assert shown.strip(), f"{refresh.describe(cell)} has an output in which nothing is to be seen"


@each(ALL)
def test_code_cells_fit_on_a_screen(path: Path):
    for cell in code_cells(refresh.read(path)):
        n_lines = len(cell.source.splitlines())
        assert n_lines <= LONGEST_CELL, f"{refresh.describe(cell)} has {n_lines} lines"


@each(ALL)
def test_every_picture_has_an_alternative_text(path: Path):
    for cell in refresh.read(path).cells:
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
    if "image/png" in data and (not words.strip() or words.startswith("<")):
        return f"the picture's text/plain does not say what it shows: {words!r}"
    return ""


@each(ALL)
def test_it_begins_with_its_title_and_the_map_of_the_course(path: Path):
    first = refresh.read(path).cells[0]
    title, *rest = [line for line in first.source.splitlines() if line.strip()]
    assert first.cell_type == "markdown"
    assert re.match(r"# \S", title), f"the first line is no title: {title!r}"
    assert rest, "the line with the map of the course is missing under the title"


@each(LESSONS)
def test_the_agreed_headings_stand_in_order(path: Path):
    source = "\n".join(cell.source for cell in refresh.read(path).cells if cell.cell_type == "markdown")
    headings = re.findall(r"^## (.+?)\s*$", source, flags=re.MULTILINE)
    assert [heading for heading in headings if heading in HEADINGS] == HEADINGS


@each(ALL)
def test_links_to_other_files_lead_somewhere(path: Path):
    for cell in refresh.read(path).cells:
        if cell.cell_type == "markdown":
            for target in LINK.findall(cell.source):
                if not re.match(r"\w+:|#", target):
                    file = (path.parent / target.partition("#")[0]).resolve()
                    assert file.exists(), f"{refresh.describe(cell)} links to {target}, which is not there"


@each(ALL)
def test_the_last_text_links_to_the_neighbours(path: Path):
    last = [cell for cell in refresh.read(path).cells if cell.cell_type == "markdown"][-1]
    position = ALL.index(path)
    neighbours = {other.name for other in ALL[max(position - 1, 0) : position + 2] if other != path}
    assert neighbours <= set(LINK.findall(last.source))
