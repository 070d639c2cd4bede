"""Where the course asks for a prediction, nothing that can be read before the run says the answer."""

import re
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from notebooks.course import each, notebook
from notebooks.predictions import faults, predictions


@each()
def test_every_prediction_is_real(path: Path):
    found = [
        f"{prediction.prompt.id}: {fault}"
        for prediction in predictions(notebook(path))
        for fault in faults(prediction)
    ]
    assert not found, "\n".join(found)


# In these, guesses still share a name. Take one out once each has its own; when none is left, this goes away.
ONE_NAME = {
    "00_start_here",
    "01_perceptron",
    "02_mcculloch_pitts_gates",
    "05_backpropagation",
    "05b_playground",
    "07b_convolution",
    "08_sources_on_trial",
}


@each()
def test_whoever_ran_all_can_go_back_and_guess(path: Path):
    """Each guess keeps a name of its own, or an earlier result would be compared with a later question."""
    code = "\n".join(cell.source for cell in notebook(path).cells if cell.cell_type == "code")
    names = re.findall(r"^(\w+) = Guess\(", code, re.MULTILINE)
    shared = {name for name in names if names.count(name) > 1}
    if path.stem in ONE_NAME:
        assert shared, f"{path.stem} complies: take its name out of ONE_NAME"
        return
    assert not shared


# --- the test itself ---------------------------------------------------------------------------------------

ASK = new_markdown_cell("**Predict:** how many of the 16?", id="ask")
REVEAL = new_markdown_cell("<details><summary>Reveal</summary>\n\nThere are 14.\n\n</details>", id="reveal")
TEXT = new_markdown_cell("So it goes.", id="text")
NEXT = new_markdown_cell("## Next", id="next")


def run(source: str = "count()", says: str = "14", hidden: bool = True, name: str = "run") -> NotebookNode:
    metadata = {"jupyter": {"outputs_hidden": True}} if hidden else {}
    data = {"text/plain": says}
    outputs = [new_output("execute_result", data=data)] if says else []
    return new_code_cell(source, outputs=outputs, metadata=metadata, id=name)


GUESS = run('Guess("How many?", ["12", "14", "16"])', "[Guess: How many? / 12 / 14 / 16]", False, "guess")
STEPPER = run("explorer()", "[Stepper: A unit, 5 steps]", False, "stepper")


def found(*cells: NotebookNode) -> list[str]:
    (prediction,) = predictions(new_notebook(cells=list(cells)))
    return faults(prediction)


@pytest.mark.parametrize(
    "cells",
    [
        (ASK, run()),
        (ASK, run(), REVEAL, TEXT),
        (ASK, GUESS, run("guess.compare(count())", "How many? → 14."), REVEAL),
        (ASK, TEXT, run(), NEXT),
        (ASK, run(), run("draw()", name="b"), REVEAL),
        (ASK, STEPPER, REVEAL),
        (ASK, STEPPER, run(), REVEAL),
        (ASK, REVEAL, NEXT, run(hidden=False)),
        (ASK, run("print(16, '16')"), REVEAL),
        (ASK, run("f(14, 'more')", "14 more"), REVEAL),
        (ASK, run("check.x(mine)", "○ Not attempted yet.", hidden=False), REVEAL),
        (ASK, GUESS, run("'12' if few else '14'", "How many? → 14."), NEXT),
        (ASK, run("x = 1", "", hidden=False), run(name="b"), REVEAL),
    ],
)
def test_a_real_prediction_passes(cells: tuple[NotebookNode, ...]):
    assert found(*cells) == []


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ((ASK, TEXT), "neither a run nor a folded Reveal"),
        ((ASK, NEXT, run()), "neither a run nor a folded Reveal"),
        ((ASK, run(hidden=False), REVEAL), "the output of cell 'run' (count()) answers it"),
        ((ASK, run(), run("draw()", hidden=False, name="b"), REVEAL), "the output of cell 'b'"),
        ((ASK, GUESS, run(hidden=False)), "the output of cell 'run'"),
        ((ASK, run(says="[Figure: two lines]", hidden=False)), "the output of cell 'run'"),
        ((ASK, REVEAL, run()), "the Reveal 'reveal' stands before its run"),
        ((ASK, run(), TEXT), "can be read before the run"),
        ((ASK, run("show(title='14')"), REVEAL), "contains the answer, 14"),
        ((ASK, run("show(alt='14 tables')"), TEXT), "contains the answer, 14"),
        ((ASK, run("count()  # 14 of them"), REVEAL), "contains the answer, 14"),
        ((ASK, GUESS, run("guess.compare('14')", "How many? → 14."), NEXT), "contains the answer, '14'"),
    ],
)  # fmt: skip
def test_what_gives_the_answer_away_is_found(cells: tuple[NotebookNode, ...], fault: str):
    assert any(fault in says for says in found(*cells)), found(*cells)
