"""Copies for a class: solutions filled in, or left out."""

import json

import pytest

from nblib.tools import folders, handout

FOLDED = (
    "<details><summary>Hint 1</summary>Add.</details>\n<details><summary>Hint 2</summary>Add 1.</details>\n"
)
SOLUTION = """<details><summary>Solution</summary>

```python
def my_next(n):
    return n + 1
```

Short.

</details>"""


def code(name, *source, **more):
    return {
        "cell_type": "code",
        "id": name,
        "source": list(source),
        "outputs": [1],
        "execution_count": 3,
    } | more


def text(name, source):
    return {"cell_type": "markdown", "id": name, "source": source.splitlines(keepends=True)}


NOTEBOOK = {
    "cells": [
        text("predict", "Guess.\n\n<details><summary>Reveal</summary>7</details>"),
        code("before", "7"),
        text("exercises", "Write it. Hints and a solution stand below it.\n\n**1.** The next number."),
        code("exercise-next", "def my_next(n):\n", "    ..."),
        code("exercise-next-check", "check.next(my_next)"),
        text("exercise-next-solution", FOLDED + SOLUTION),
        text("after", "Well done."),
    ]
}


def by_id(notebook):
    return {cell["id"]: "".join(cell["source"]) for cell in notebook["cells"]}


def test_solved_fills_the_cells_and_forgets_what_belonged_to_the_dots():
    made = handout.solved(NOTEBOOK)
    assert by_id(made) == by_id(NOTEBOOK) | {"exercise-next": "def my_next(n):\n    return n + 1"}
    outputs = {cell["id"]: cell["outputs"] for cell in made["cells"] if cell["cell_type"] == "code"}
    assert outputs == {"before": [1], "exercise-next": [], "exercise-next-check": []}


def test_bare_leaves_out_every_hint_and_solution_and_nothing_else():
    made = handout.bare(NOTEBOOK)
    expected = by_id(NOTEBOOK) | {"exercises": "Write it.\n\n**1.** The next number."}
    del expected["exercise-next-solution"]
    assert by_id(made) == expected


def test_the_notebook_itself_stays_as_it_is():
    before = json.dumps(NOTEBOOK)
    handout.solved(NOTEBOOK), handout.bare(NOTEBOOK)
    assert json.dumps(NOTEBOOK) == before


def test_an_exercise_without_a_solution_is_an_error():
    for rest in ([text("exercise-a-solution", FOLDED)], [code("exercise-a-check", "check.a(my_a)")]):
        with pytest.raises(ValueError, match="there must be a text exercise-a-solution with"):
            handout.solved({"cells": [code("exercise-a", "..."), *rest]})


def renamed(name):
    """Return the notebook as a tool leaves it that gives all its cells new names."""
    return {"cells": [cell | {"id": name(i)} for i, cell in enumerate(NOTEBOOK["cells"])]}


@pytest.mark.parametrize("kind", handout.KINDS)
@pytest.mark.parametrize("name", [str, lambda i: f"{i:08x}", lambda i: ""], ids=["counted", "random", "none"])
def test_exercises_whose_cells_have_lost_their_names_are_an_error(kind, name):
    with pytest.raises(
        ValueError, match=f"the (solution in the )?text '{name(5)}' .* nbstripout keeps them with"
    ):
        handout.KINDS[kind](renamed(name))


def test_a_second_solution_is_no_error():
    more = {"cells": [*NOTEBOOK["cells"], text("exercise-next-solution-2", SOLUTION)]}
    assert by_id(handout.solved(more))["exercise-next"] == "def my_next(n):\n    return n + 1"


@pytest.mark.parametrize(
    "help_text", [FOLDED, "<details open><summary><b>Solution</b></summary>7</details>", "<summary>A hint"]
)
def test_help_in_another_place_is_an_error(help_text):
    with pytest.raises(ValueError, match="the text 'elsewhere' still helps: '<summary>"):
        handout.bare({"cells": [text("elsewhere", help_text)]})


def test_a_notebook_without_names_of_cells_is_copied():
    cell = {"cell_type": "markdown", "source": ["Read.\n", "This."]}
    assert handout.bare({"cells": [cell]}) == handout.solved({"cells": [cell]}) == {"cells": [cell]}


@pytest.fixture
def folder(tmp_path):
    source = tmp_path / "notebooks"
    source.mkdir()
    (source / "01_a.ipynb").write_text(json.dumps(NOTEBOOK), encoding="utf-8")
    (source / "LICENSE.md").write_text("free", encoding="utf-8")
    return source


@pytest.mark.parametrize("kind", handout.KINDS)
def test_the_command_writes_copies_with_their_licence(kind, folder, tmp_path, capsys):
    assert handout.main([kind, str(folder), str(tmp_path / "new" / "copies")]) == 0
    made = tmp_path / "new" / "copies"
    assert sorted(path.name for path in made.iterdir()) == ["01_a.ipynb", "LICENSE.md"]
    assert json.loads((made / "01_a.ipynb").read_text(encoding="utf-8")) == handout.KINDS[kind](NOTEBOOK)
    assert capsys.readouterr().out == f"1 notebooks written to {made}\n"


def test_what_is_there_is_never_written_over(folder, tmp_path, capsys):
    before = {path: path.read_bytes() for path in folder.iterdir()}
    assert handout.main(["solved", str(folder), str(folder)]) == 1
    assert "target must be a new or an empty folder" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_a_folder_without_notebooks_is_refused(tmp_path, capsys):
    assert handout.main(["bare", str(tmp_path), str(tmp_path / "new")]) == 1
    assert "source must be a folder with notebooks" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("half a notebo", "02_b.ipynb: Expecting value"),
        ("[]", "02_b.ipynb: it has no list of cells"),
        ('{"worksheets": []}', "02_b.ipynb: it has no list of cells"),
        (json.dumps(renamed(str)), "02_b.ipynb: the "),
    ],
)
@pytest.mark.parametrize("kind", handout.KINDS)
def test_a_notebook_that_does_not_fit_is_named_and_nothing_is_written(
    kind, content, words, folder, tmp_path, capsys
):
    (folder / "02_b.ipynb").write_text(content, encoding="utf-8")
    assert handout.main([kind, str(folder), str(tmp_path / "new")]) == 1
    assert capsys.readouterr().err.startswith(words)
    assert not (tmp_path / "new").exists()


def test_a_full_disk_leaves_no_half_of_the_copies(folder, tmp_path, capsys, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folders.shutil, "copytree", full)
    target = tmp_path / "new"
    assert handout.main(["solved", str(folder), str(target)]) == 1
    assert "No space left" in capsys.readouterr().err
    assert not target.exists()
    monkeypatch.undo()
    assert handout.main(["solved", str(folder), str(target)]) == 0


def test_an_unknown_kind_is_refused(folder, tmp_path):
    with pytest.raises(ValueError, match="kind must be one of solved, bare, got 'half'"):
        handout.write("half", folder, tmp_path / "new")
