"""Copies of the notebooks for a class: solved, without hints and solutions, or as pages to read.

    python -m nblib.tools.handout solved notebooks solved     every exercise answered, for the teacher
    python -m nblib.tools.handout bare notebooks worksheets   no hints and no solutions, for homework
    python -m nblib.tools.handout pages notebooks pages       run, as HTML pages that need nothing else

All come from the same notebooks; pages can be made of copies too. The cell ``exercise-NAME`` holds the dots
of an exercise, and the text ``exercise-NAME-solution`` below it hints and solution, folded away in
``<details>``.
"""

from __future__ import annotations

import argparse
import copy
import json
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from nblib.tools import html_pages
from nblib.tools.folders import filled, notebooks_in

Notebook = dict[str, Any]

_DETAILS = re.compile(r"<details\b.*?</details>\s*", re.DOTALL)
_PROMISE = re.compile(r" ?(?:Two hints|Hints) and a solution\b[^.\n]*\.")
_LEFT = re.compile(r"<summary>[^\n]*\b(?:hint|solution)|hints and a solution", re.IGNORECASE)
_STRIPPED = "Some tools give cells new names; nbstripout keeps them with --keep-id"
_SOLUTION = re.compile(
    r"<summary>\s*Solution\b[^<]*</summary>(?:(?!</details>).)*?```python\n(.*?)\n```", re.DOTALL
)


def solved(notebook: Notebook) -> Notebook:
    """Return a copy in which each exercise's cell holds the solution that stands below it.

    Outputs of the exercises' cells, and of all cells below the first exercise, are left out: they
    belong to the dots.

    Raises
    ------
    ValueError
        If an exercise has no solution, or a solution no exercise.
    """
    notebook = copy.deepcopy(notebook)
    _want_names(notebook)
    texts = {_id(cell): _source(cell) for cell in notebook["cells"] if cell["cell_type"] == "markdown"}
    checked = {_id(cell).removesuffix("-check") for cell in notebook["cells"] if _id(cell).endswith("-check")}
    begun = False
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        name = _id(cell)
        if f"{name}-solution" in texts or name in checked:
            begun, found = True, _SOLUTION.search(texts.get(f"{name}-solution", ""))
            if not found:
                raise ValueError(f"there must be a text {name}-solution with a ```python block in <details>")
            cell["source"] = found[1].splitlines(keepends=True)
        if begun:
            cell["outputs"], cell["execution_count"] = [], None
    return notebook


def _want_names(notebook: Notebook) -> None:
    """Refuse a solution that stands under another name than its exercise: it would be filled in nowhere."""
    names = {_id(cell) for cell in notebook["cells"] if cell["cell_type"] == "code"}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown" and _SOLUTION.search(_source(cell)):
            named = re.fullmatch(r"(.+)-solution(-\d+)?", _id(cell))
            if not named or named[1] not in names:
                raise ValueError(
                    f"the solution in the text {_id(cell)!r} has no cell: the two must be called "
                    f"exercise-NAME-solution and exercise-NAME. {_STRIPPED}"
                )


def bare(notebook: Notebook) -> Notebook:
    """Return a copy without hints and solutions, and without a word of them; other folded texts stay.

    Raises
    ------
    ValueError
        If there is help in other places than below the exercises.
    """
    notebook = copy.deepcopy(notebook)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            text = _PROMISE.sub("", _source(cell))
            if re.search(r"-solution(-\d+)?$", _id(cell)):
                text = _DETAILS.sub("", text)
            if found := _LEFT.search(text):
                raise ValueError(
                    f"the text {_id(cell)!r} still helps: {found[0]!r}; help stands in texts called "
                    f"exercise-NAME-solution. {_STRIPPED}"
                )
            cell["source"] = text.strip().splitlines(keepends=True)
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["cell_type"] == "code" or cell["source"]]
    return notebook


KINDS: dict[str, Callable[[Notebook], Notebook]] = {"solved": solved, "bare": bare}


def write(kind: str, source: Path, target: Path) -> list[Path]:
    """Write a copy of every notebook in a folder, and of the other files that they show or need.

    Parameters
    ----------
    kind : {"solved", "bare"}
    source : Path
        The folder of the notebooks.
    target : Path
        A folder that is not there yet, or is empty.

    Returns
    -------
    list of Path
        The notebooks written.

    Raises
    ------
    ValueError
        If `source` holds no notebook, or one that does not fit, or `target` is not empty.
    OSError
        If the copies cannot be written. None of them is left then.
    """
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}, got {kind!r}")
    notebooks = notebooks_in(source)
    made = {path.name: _made(kind, path) for path in notebooks}
    with filled(target, source) as folder:
        for name, text in made.items():
            (folder / name).write_text(text, encoding="utf-8")
    return [target / name for name in made]


def _made(kind: str, path: Path) -> str:
    """Return the text of a notebook's copy; messages say which notebook they are about."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
            raise ValueError("it has no list of cells, as notebooks of format 4 have")
        made = KINDS[kind](notebook)
    except ValueError as error:  # what is no JSON, too
        raise ValueError(f"{path.name}: {error}") from error
    return json.dumps(made, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _id(cell: dict[str, Any]) -> str:
    return str(cell.get("id", ""))


def _source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m nblib.tools.handout", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument(
        "kind", choices=[*KINDS, "pages"], help="solutions filled in, help left out, or HTML pages"
    )
    parser.add_argument("source", type=Path, help="the folder of the notebooks")
    parser.add_argument("target", type=Path, help="a new folder for the copies")
    parser.add_argument(
        "--scripts", type=Path, help="for pages: a folder with their scripts; by default npm gets them"
    )
    given = parser.parse_args(arguments)
    try:
        if given.kind == "pages":
            written = html_pages.write(given.source, given.target, given.scripts, say=print)
        else:
            written = write(given.kind, given.source, given.target)
    except (ValueError, OSError, ModuleNotFoundError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{len(written)} {'pages' if given.kind == 'pages' else 'notebooks'} written to {given.target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
