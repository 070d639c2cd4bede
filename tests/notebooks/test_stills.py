"""Where a notebook shows a stepper, the file holds a picture of it, for readers without a kernel."""

import ast
import base64
import importlib
import inspect
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

import refresh
from notebooks.course import LESSONS, each, notebook

PNG = b"\x89PNG\r\n\x1a\n"
STEPPER = re.compile(r"\[Stepper: (.+), (\d+) steps\]")


class Images(HTMLParser):
    """Collects the attributes of each <img> of a text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.found.append(dict(attrs))


def stepper_cells(book: NotebookNode) -> Iterator[NotebookNode]:
    """Yield the cells whose last expression is what a function of nblib.steppers returned as explorer."""
    modules: dict[str, str] = {}
    steppers: set[str] = set()

    def is_stepper(node: ast.expr) -> bool:
        match node:
            case ast.Name(id=name):
                return name in steppers
            case ast.Call(func=ast.Attribute(value=ast.Name(id=alias), attr=name)) if alias in modules:
                function = getattr(importlib.import_module(modules[alias]), name)
                return str(inspect.signature(function).return_annotation).endswith("Explorer")
        return False

    for cell in book.cells:
        if cell.cell_type != "code":
            continue
        lines = ast.parse(TransformerManager().transform_cell(cell.source)).body
        for line in lines:
            match line:
                case ast.ImportFrom(module="nblib.steppers", names=names):
                    modules |= {name.asname or name.name: f"nblib.steppers.{name.name}" for name in names}
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    (steppers.add if is_stepper(value) else steppers.discard)(name)
        if lines and isinstance(lines[-1], ast.Expr) and is_stepper(lines[-1].value):
            yield cell


def faults(cell: NotebookNode) -> str:
    """Return what the stored picture of a stepper lacks, nothing if it lacks nothing."""
    results = [output for output in cell.outputs if output.output_type != "stream"]  # it may print as well
    if [output.output_type for output in results] != ["execute_result"]:
        return "there is not one result"
    data = results[0].data
    if set(data) != {"text/html", "text/plain"}:
        return f"stored are {sorted(data)}"
    images = Images(data["text/html"]).found
    if len(images) != 1:
        return f"text/html has {len(images)} images"
    title, n_steps = STEPPER.fullmatch(data["text/plain"]).groups()
    if not re.match(rf"{re.escape(title)}, step \d+ of {n_steps}\. \w", images[0].get("alt") or ""):
        return f"the alternative text does not tell the page: {images[0].get('alt')!r}"
    kind, _, image = images[0]["src"].partition(",")
    if kind != "data:image/png;base64" or not base64.b64decode(image).startswith(PNG):
        return "the picture is no PNG"
    return ""


@each()
def test_every_stepper_has_its_picture(path: Path):
    cells = list(stepper_cells(notebook(path)))
    found = [f"{refresh.describe(cell)}: {faults(cell)}" for cell in cells if faults(cell)]
    assert not found, "\n".join(found)
    shown = [
        cell.id
        for cell in notebook(path).cells
        for output in cell.get("outputs", [])
        if STEPPER.match(output.get("data", {}).get("text/plain", ""))
    ]
    assert shown == [cell.id for cell in cells]


@each([path for path in LESSONS if path.stem not in ("05b_playground", "07_beyond_plain_sgd")])
def test_every_lesson_has_a_stepper(path: Path):
    assert list(stepper_cells(notebook(path)))


def test_a_stepper_without_picture_is_found():
    sources = [
        "from nblib.steppers import perceptron_stepper as p\ns = p.explorer()\ns",
        "s.step = 1",
        "s",
        "s = 1\ns",
    ]
    book = new_notebook(cells=[new_code_cell(source, id=f"cell-{i}") for i, source in enumerate(sources)])
    cells = list(stepper_cells(book))
    assert [cell.id for cell in cells] == ["cell-0", "cell-2"]
    assert faults(cells[0]) == "there is not one result"
