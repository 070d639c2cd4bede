"""The refresh command itself, on notebooks small enough to know what must come out."""

import re
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbval.plugin import get_sanitize_patterns

import refresh
from nblib.widgets import still

WIDGET = {"model_id": "0123456789abcdef", "version_major": 2, "version_minor": 0}


def notebook_with(*outputs, **cell):
    return new_notebook(cells=[new_code_cell("x", outputs=list(outputs), **cell)])


def outputs_of(notebook):
    return refresh.normalise(notebook).cells[0].outputs


def test_only_what_matters_to_a_reader_is_kept():
    notebook = notebook_with(
        id="first",
        execution_count=1,
        metadata={
            "tags": ["a"],
            "execution": {"shell.execute_reply": "12:00"},
            "jupyter": {"source_hidden": True, "outputs_hidden": True, "collapsed": True},
        },
    )
    notebook.metadata = {"widgets": {"state": {}}, "language_info": {"name": "python", "version": "3.11.7"}}
    fresh = refresh.normalise(notebook)
    assert fresh.metadata == refresh.METADATA
    folded = {"source_hidden": True, "outputs_hidden": True}
    assert fresh.cells[0].metadata == {"tags": ["a"], "jupyter": folded}
    assert (fresh.cells[0].id, fresh.cells[0].execution_count) == ("first", 1)
    assert "widgets" in notebook.metadata, "the notebook that was passed must stay as it was"


def test_cells_get_readable_unique_ids_and_keep_them():
    sources_and_ids = {
        "# Sigmoid: the σ\n\nis smooth": "0a1b2c3d",
        "import numpy as np": "d9428888-122b-41e1-b85c-61a3a4e1c1a1",
        "…": "an id with spaces",
        "x": "chosen-by-the-author",
        "y = 2": "7",
    }
    notebook = new_notebook()
    notebook.cells = [new_markdown_cell(source) for source in sources_and_ids]
    for cell, cell_id in zip(notebook.cells, sources_and_ids.values(), strict=True):
        cell.id = cell_id
    once = refresh.normalise(notebook)
    assert [cell.id for cell in once.cells] == [
        "sigmoid-the-sigma",
        "import-numpy-as-np",
        "markdown",
        "chosen-by-the-author",
        "y-2",
    ]
    assert refresh.normalise(once) == once


def test_a_notebook_whose_cells_have_lost_their_names_is_refused(tmp_path: Path, capsys):
    path = tmp_path / "some.ipynb"
    stripped = new_notebook(cells=[new_code_cell("x = 1", id="0"), new_markdown_cell("Well.", id="1")])
    path.write_text(refresh.to_text(stripped), encoding="utf-8")
    before = path.read_bytes()
    for command in (["--check", str(path)], [str(path)]):
        assert refresh.main(command) == 1
        assert "some.ipynb: its cells are called 0, 1, 2, …" in capsys.readouterr().out
    assert path.read_bytes() == before


@pytest.mark.parametrize("counts", [(None, None), (2, 1), (1, 3), (1, 1), (0, 1)])
def test_cells_that_were_not_run_in_one_go_are_a_problem(counts):
    cells = [new_code_cell("x", execution_count=count) for count in counts]
    assert refresh.problems(new_notebook(cells=cells)) == [
        "its cells were not run in order, from a fresh kernel"
    ]
    run = [new_code_cell("x", execution_count=1), new_code_cell(""), new_code_cell("x", execution_count=2)]
    assert refresh.problems(new_notebook(cells=run)) == []


def test_missing_and_double_ids_are_mended(tmp_path: Path):
    path = tmp_path / "some.ipynb"
    notebook = new_notebook(cells=[new_markdown_cell(text, id=text) for text in ("one", "two", "three")])
    text = refresh.to_text(notebook).replace('"id": "two"', '"id": "one"').replace('   "id": "three",\n', "")
    path.write_text(text, encoding="utf-8")
    assert [cell.id for cell in refresh.normalise(refresh.read(path)).cells] == ["one", "two", "three"]


def test_equal_first_words_are_numbered():
    cells = [new_code_cell("plot(x)", id=f"0000000{number}") for number in range(3)]
    assert [cell.id for cell in refresh.normalise(new_notebook(cells=cells)).cells] == [
        "plot-x",
        "plot-x-2",
        "plot-x-3",
    ]


def test_streams_are_joined_and_overwritten_text_is_gone():
    parts = [new_output("stream", name="stdout", text=text) for text in ("10 %\r", "100 %", "\ndone\n")]
    (output,) = outputs_of(notebook_with(*parts))
    assert output.text == "100 %\ndone\n"


def test_streams_of_different_names_stay_apart():
    parts = [new_output("stream", name=name, text="a") for name in ("stdout", "stderr", "stdout")]
    assert [output.name for output in outputs_of(notebook_with(*parts))] == ["stdout", "stderr", "stdout"]


@pytest.mark.parametrize(
    "still",
    [
        {"image/png": "AA=="},
        {"text/html": '<img alt="a" src="data:image/png;base64,AA==">'},
        {"text/html": '<div class="nblib-still">to choose from: a, b</div>'},
    ],
)
def test_a_widget_is_kept_only_as_a_picture_or_in_words(still):
    bar = {refresh.WIDGET_VIEW: WIDGET, "text/plain": "0%", "text/html": "<progress>"}
    stepper = {refresh.WIDGET_VIEW: WIDGET, "text/plain": "step"} | still
    (kept,) = outputs_of(notebook_with(*(new_output("display_data", data=data) for data in (bar, stepper))))
    assert kept.data == still | {"text/plain": "step"}


def picture(pixels, words):
    html = f'<img alt="{words}" src="data:image/png;base64,{pixels}">'
    return new_output("display_data", data={"text/html": html, "image/png": pixels, "text/plain": words})


def test_a_picture_is_stored_once_where_its_words_stand():
    (kept,) = outputs_of(notebook_with(picture("AAAA", "a line")))
    assert kept.data == {"text/html": picture("AAAA", "a line").data["text/html"], "text/plain": "a line"}
    bare = {"text/html": "<b>a line</b>", "image/png": "AAAA", "text/plain": "a line"}
    (kept,) = outputs_of(notebook_with(new_output("display_data", data=bare)))
    assert kept.data == bare  # it is seen nowhere else


def test_pixels_may_differ_but_words_may_not():
    committed = notebook_with(picture("AAAA", "a line"), id="x")
    assert not refresh.differences(committed, notebook_with(picture("BBBB", "a line"), id="x"))
    (found,) = refresh.differences(committed, notebook_with(picture("AAAA", "a curve"), id="x"))
    assert "cell 'x'" in found
    assert "a curve" in found


def test_nbval_overlooks_pixels_as_refresh_does_and_the_cover_of_what_is_folded():
    pixels, (cover, rest), (style, begin) = get_sanitize_patterns(
        Path(__file__).with_name("sanitize.cfg").read_text(encoding="utf-8")
    )
    assert pixels == (refresh.EMBEDDED_IMAGE.pattern, refresh.BLANK_IMAGE)
    for text in ("14", "\n14", " 14", " \n 14", "1\n \n4"):
        assert re.sub(cover, rest, refresh.COVER + text) == text
        assert re.sub(cover, rest, text) == text.removeprefix(refresh.COVER)
    html = picture("AAAA", "a line").data["text/html"]
    assert re.sub(style, begin, still.STYLE + html) == html
    (kept,) = outputs_of(notebook_with(new_output("execute_result", data={"text/html": still.STYLE + html})))
    assert kept.data["text/html"] == html


@pytest.mark.parametrize(
    ("output", "name"),
    [
        (new_output("stream", text="14"), "text"),
        (new_output("execute_result", data={"text/plain": "14"}), "text/plain"),
        (new_output("display_data", data={"text/plain": "14", "text/html": "<b>14</b>"}), "text/html"),
    ],
)
def test_of_a_folded_output_the_first_line_says_nothing(output, name: str):
    folded = notebook_with(output, metadata={"jupyter": {"outputs_hidden": True}})
    first = outputs_of(folded)[0]
    texts = first.get("data", first)
    assert texts[name] == refresh.COVER + output.get("data", output)[name]
    assert {**texts, name: texts[name].removeprefix(refresh.COVER)} == output.get("data", output)
    once = refresh.normalise(folded)
    assert refresh.normalise(once) == once
    assert outputs_of(notebook_with(output)) == [output]


def test_outputs_of_a_tagged_cell_may_differ():
    one, two = (
        notebook_with(new_output("stream", text=text), id="x", metadata={"tags": [refresh.IGNORE_OUTPUT]})
        for text in "ab"
    )
    assert not refresh.differences(one, two)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("import sys; print('beware', file=sys.stderr)", "wrote to stderr:\nbeware"),
        ("'/' + 'home/ada/course'", "shows a path of a machine"),
        ("import os; os._exit(3)", "Kernel died"),
    ],
    ids=["error", "stderr", "path", "dead kernel"],
)
def test_a_faulty_cell_stops_with_its_name(source: str, message: str, tmp_path: Path):
    notebook = new_notebook(cells=[new_code_cell("1 + 1", id="fine"), new_code_cell(source, id="faulty")])
    with pytest.raises(refresh.NotebookError, match="cell 'faulty'") as caught:
        refresh.execute(notebook, "some.ipynb", tmp_path)
    assert str(caught.value).startswith("some.ipynb: ")
    assert message in str(caught.value)


def test_the_command_writes_once_and_then_finds_nothing_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = tmp_path / "some.ipynb"
    path.write_text(refresh.to_text(new_notebook(cells=[new_code_cell("6 * 7")])), encoding="utf-8")

    assert refresh.main(["--check", str(path)]) == 1
    assert "the file is not in the agreed form" in capsys.readouterr().out
    assert refresh.main([str(path)]) == 0
    assert refresh.read(path).cells[0].outputs[0].data["text/plain"] == "42"
    before = path.read_bytes()
    assert refresh.main([str(path)]) == 0
    assert refresh.main(["--check", str(path)]) == 0
    assert "up to date" in capsys.readouterr().out
    assert path.read_bytes() == before

    path.write_text(path.read_text(encoding="utf-8").replace("42", "43"), encoding="utf-8")
    assert refresh.main(["--check", str(path)]) == 1
    assert '-    "text/plain": "43"' in capsys.readouterr().out
