"""What makes a prediction real: nothing that a reader sees before the run says the answer.

A prompt is a text with a bold word that begins with "Predict". What follows it, up to the next heading or the
next prompt, are perhaps a `Guess`, the run (the code cells in a row), and the Reveal (a text that begins with
``<details>``).
"""

import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, field

from nbformat import NotebookNode

from refresh import COVER, describe, is_folded

PROMPT = re.compile(r"\*\*Predict\b")
HEADING = re.compile(r"#{1,6} ")
GUESS = re.compile(r"\[Guess: (.*)\]", re.DOTALL)
INTERACTIVE = re.compile(r"\[(?!Figure\b|Guess\b)\w+: ")  # what is played with: its picture tells one page
ANSWER = re.compile(r"^(.*\?) → (.+)\.$", re.MULTILINE)
NUMBER = re.compile(r"(?<![\w.,])(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?![\w,])")
NOT_ATTEMPTED = "○"  # what a check says of an exercise that waits


@dataclass
class Prediction:
    """A prompt and what belongs to it."""

    prompt: NotebookNode
    guesses: list[NotebookNode] = field(default_factory=list)
    run: list[NotebookNode] = field(default_factory=list)
    early_reveals: list[NotebookNode] = field(default_factory=list)
    after: NotebookNode | None = None  # the first text below the run

    @property
    def reveal(self) -> NotebookNode | None:
        return self.after if self.after is not None and is_reveal(self.after) else None


def is_reveal(cell: NotebookNode) -> bool:
    """Tell whether a text begins behind a triangle."""
    return cell.cell_type == "markdown" and cell.source.startswith("<details>")


def words(cell: NotebookNode) -> str:
    """Return what the outputs of a cell say as text."""
    outputs = (output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell.outputs)
    return "\n".join(text.removeprefix(COVER) for text in outputs)


def predictions(notebook: NotebookNode) -> Iterator[Prediction]:
    for i, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown" and PROMPT.search(cell.source):
            yield _collect(cell, notebook.cells[i + 1 :])


def _collect(prompt: NotebookNode, following: list[NotebookNode]) -> Prediction:
    found = Prediction(prompt)
    for cell in following:
        if cell.cell_type == "code" and not found.run and GUESS.match(words(cell)):
            found.guesses.append(cell)
        elif cell.cell_type == "code":
            found.run.append(cell)
        elif found.run:
            found.after = cell
            break
        elif HEADING.match(cell.source) or PROMPT.search(cell.source):
            break
        elif is_reveal(cell):
            found.early_reveals.append(cell)
    return found


def faults(prediction: Prediction) -> list[str]:
    """Return what gives an answer away, or what is missing for it to be found."""
    if not prediction.run:
        return [] if prediction.early_reveals else ["neither a run nor a folded Reveal follows it"]
    found = [f"the Reveal {cell.id!r} stands before its run" for cell in prediction.early_reveals]
    found += [
        f'the output of {describe(cell)} answers it: its metadata need "jupyter": {{"outputs_hidden": true}}'
        for cell in prediction.run
        if cell.outputs and not is_folded(cell) and not says_nothing(cell)
    ]
    after = prediction.after
    if after is not None and not (
        is_reveal(after) or HEADING.match(after.source) or PROMPT.search(after.source)
    ):
        found.append(
            f"{describe(after)} can be read before the run: fold it, <details><summary>Reveal</summary>"
        )
    return found + [f"the code below it contains the answer, {leak}" for leak in leaks(prediction)]


def says_nothing(cell: NotebookNode) -> bool:
    """Tell whether an output is no answer yet: what is to be played with, or an exercise that waits."""
    return INTERACTIVE.match(words(cell)) is not None or words(cell).startswith(NOT_ATTEMPTED)


# --- answers in the code -----------------------------------------------------------------------------------


def leaks(prediction: Prediction) -> Iterator[str]:
    """Yield what stands in the code of the run and is an answer that the prompt does not name.

    A machine knows two kinds: what a `Guess` was compared with; and numbers of two digits or more that stand
    in a text of the code (a title, an alternative text, a comment) and in the Reveal or among what was
    printed, if they are not what the code begins with.
    """
    code = "\n".join(cell.source for cell in prediction.run)
    asked = "\n".join(cell.source for cell in (prediction.prompt, *prediction.guesses))
    printed = "\n".join(words(cell) for cell in prediction.run if not says_nothing(cell))
    printed = re.sub(r"\[Figure: .*?\]", "", printed, flags=re.DOTALL)
    revealed = prediction.reveal.source if prediction.reveal is not None else ""
    texts, inputs = _texts_and_numbers(code)
    told = (_numbers(revealed) | _numbers(printed)) & _numbers(texts)
    yield from sorted(told - _numbers(asked) - _numbers(inputs))
    choices = [
        choice for cell in prediction.guesses for choice in GUESS.match(words(cell))[1].split(" / ")[1:]
    ]
    for _, answer in ANSWER.findall(printed):
        others = [choice for choice in choices if choice != answer]
        if answer in choices and _stands_in(answer, texts) and not any(_stands_in(o, texts) for o in others):
            yield repr(answer)


def _stands_in(answer: str, texts: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(answer)}(?!\w)", texts) is not None


def _numbers(text: str) -> set[str]:
    """Return the numbers of a text that have two digits or more."""
    found = {number.replace(",", "") for number in NUMBER.findall(text)}
    return {number for number in found if sum(map(str.isdigit, number)) >= 2}


def _texts_and_numbers(code: str) -> tuple[str, str]:
    """Return all texts and comments in a piece of Python, joined, and all its numbers."""
    plain = re.sub(r"^%.*$", "", code, flags=re.MULTILINE)
    kinds = {tokenize.STRING, tokenize.COMMENT, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}
    tokens = list(tokenize.generate_tokens(io.StringIO(plain).readline))
    texts = "\n".join(token.string for token in tokens if token.type in kinds)
    return texts, " ".join(token.string.replace("_", "") for token in tokens if token.type == tokenize.NUMBER)
