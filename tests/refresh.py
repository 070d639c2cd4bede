"""Run the notebooks afresh and write them back in their one agreed form.

    python tests/refresh.py                               every notebook
    python tests/refresh.py notebooks/03_sigmoid.ipynb    one notebook
    python tests/refresh.py --check                       write nothing, report what would change

The agreed form keeps everything out that changes from run to run or from machine to machine: timings, random
names of cells and widgets, metadata of editors, widget state. What is left is what the author wrote and what
the reader sees, so that the difference between two versions shows what really changed.
"""

from __future__ import annotations

import argparse
import copy
import difflib
import json
import os
import re
import sys
import tempfile
import time
import unicodedata
import warnings
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import nbformat
from ipykernel.kernelspec import RESOURCES, get_kernel_dict
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal
from nbconvert.preprocessors import CoalesceStreamsPreprocessor
from nbformat import NotebookNode
from nbformat.warnings import DuplicateCellId, MissingIDFieldWarning

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
CELL_TIMEOUT = 300  # seconds, as for nbval in pyproject.toml

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "name": "python"},  # or a script is a .txt
}
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
IMAGES = ("image/png", "image/jpeg")
IGNORE_OUTPUT = "nbval-ignore-output"
FOLDED = ("outputs_hidden", "source_hidden")  # metadata of a cell, below "jupyter"
READABLE = 'class="nblib-still"'  # HTML that says in words what a widget shows
COVER = " \n"  # of a folded output JupyterLab shows the first line: let it be this one, which says nothing
PLACEHOLDERS = ("text/html", "image/svg+xml", "text/markdown", "text/plain", "text")  # where it looks for it

STILL_STYLE = re.compile(r'<style class="nblib-beside">.*?</style>', re.DOTALL)  # is for live views only
EMBEDDED_IMAGE = re.compile(r"data:image/(png|jpeg);base64,[A-Za-z0-9+/=]+")
BLANK_IMAGE = r"data:image/\1;base64,"
VALID_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
GIVEN_ID = re.compile(r"\d+|[0-9a-f]{8}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")  # by a tool
ANSI_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
MACHINE_PATH = re.compile(r"/(?:home|root|Users|tmp)/\w+|[A-Z]:\\Users|site-packages|ipykernel_\d+")


class NotebookError(Exception):
    """A notebook that cannot be refreshed; the message names the notebook and the cell."""


# --- the agreed form ---------------------------------------------------------------------------------------


def normalise(notebook: NotebookNode) -> NotebookNode:
    """Bring a notebook into the agreed form; the one that was passed stays as it is.

    Doing it twice changes nothing more: ``normalise(normalise(n)) == normalise(n)``.
    """
    notebook = copy.deepcopy(notebook)
    notebook.metadata = nbformat.from_dict(METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for cell, cell_id in zip(notebook.cells, _readable_ids(notebook.cells), strict=True):
        cell.id = cell_id
        cell.metadata = _essential_metadata(cell.metadata)
        if cell.cell_type == "code":
            _normalise_outputs(cell)
            _cover(cell)
    return notebook


def to_text(notebook: NotebookNode) -> str:
    """Return the text of a notebook's file: sorted keys, indented by one, a line feed at the end."""
    return nbformat.writes(notebook, indent=1, sort_keys=True, ensure_ascii=False).rstrip("\n") + "\n"


def all_notebooks() -> list[Path]:
    """Return the files of the course's notebooks in the order of the course."""
    return sorted(NOTEBOOKS.glob("*.ipynb"))


def read(path: Path) -> NotebookNode:
    """Read a notebook's file; missing and double ids of cells are forgiven, `normalise` makes new ones."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MissingIDFieldWarning)
        warnings.simplefilter("ignore", DuplicateCellId)
        return nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)


def write(path: Path, notebook: NotebookNode) -> bool:
    """Write a notebook's file and tell whether that changed it."""
    text = to_text(notebook).encode("utf-8")
    if path.read_bytes() == text:
        return False
    path.write_bytes(text)
    return True


def lost_names(notebook: NotebookNode) -> bool:
    """Tell whether the cells are called 0, 1, 2, …: what their names were, no first words can tell."""
    counted = [str(number) for number in range(len(notebook.cells))]
    return len(counted) > 1 and [cell.get("id") for cell in notebook.cells] == counted


def _essential_metadata(metadata: NotebookNode) -> NotebookNode:
    """Keep a cell's tags and what of it is folded away; nothing else matters to a reader."""
    kept: dict[str, Any] = {}
    if metadata.get("tags"):
        kept["tags"] = list(metadata["tags"])
    if folded := {name: True for name in FOLDED if metadata.get("jupyter", {}).get(name)}:
        kept["jupyter"] = folded
    return nbformat.from_dict(kept)


def _readable_ids(cells: list[NotebookNode]) -> list[str]:
    """Keep the ids that an author chose, and make one from the first words of every other cell."""
    ids: list[str] = []
    for cell in cells:
        cell_id = cell.get("id", "")
        good = VALID_ID.fullmatch(cell_id) and not GIVEN_ID.fullmatch(cell_id) and cell_id not in ids
        ids.append(cell_id if good else "")
    for position, cell in enumerate(cells):
        if not ids[position]:
            words = _slug(cell.source) or cell.cell_type
            names = (f"{words}-{number}" if number > 1 else words for number in count(1))
            ids[position] = next(name for name in names if name not in ids)
    return ids


def _slug(source: str, n_words: int = 5) -> str:
    """Return the heading or the first words of a text as ``words-joined-by-hyphens``; σ becomes sigma."""
    if source.startswith("#"):
        source, n_words = source.partition("\n")[0], 8
    spelled = "".join(
        f" {unicodedata.name(letter).split()[-1]} " if "α" <= letter.lower() <= "ω" else letter
        for letter in source[:300]
    )
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain)[:n_words])[:50].strip("-")


def _normalise_outputs(cell: NotebookNode) -> None:
    """Join what was printed, and keep of a widget its picture: the widget is another one in every run."""
    cell.outputs = [output for output in cell.outputs if not _is_live_only(output)]
    for output in cell.outputs:
        output.pop("transient", None)
        for mime in (WIDGET_VIEW, *_copies(output)):
            for part in ("data", "metadata"):
                output.get(part, {}).pop(mime, None)
        if "text/html" in output.get("data", {}):
            output.data["text/html"] = STILL_STYLE.sub("", output.data["text/html"])
    CoalesceStreamsPreprocessor().preprocess_cell(cell, {}, 0)


def is_folded(cell: NotebookNode) -> bool:
    """Tell whether the output of a cell is folded away until the cell runs."""
    return bool(cell.metadata.get("jupyter", {}).get("outputs_hidden"))


def _cover(cell: NotebookNode) -> None:
    """Let the text of a folded output begin with COVER."""
    if not (is_folded(cell) and cell.outputs):
        return
    texts = cell.outputs[0].get("data", cell.outputs[0])
    if name := next((name for name in PLACEHOLDERS if name in texts), None):
        texts[name] = COVER + texts[name].removeprefix(COVER)


def _copies(output: NotebookNode) -> list[str]:
    """Return which bare images stand in the HTML too, with their alternative text, which bare ones lack."""
    data = output.get("data", {})
    return [mime for mime in IMAGES if mime in data and data[mime].strip() in data.get("text/html", "")]


def _is_live_only(output: NotebookNode) -> bool:
    """Tell whether an output needs a running kernel to be seen: a widget without a picture or words."""
    data = output.get("data", {})
    return WIDGET_VIEW in data and not shows_picture(output) and READABLE not in data.get("text/html", "")


def shows_picture(output: Mapping[str, Any]) -> bool:
    """Tell whether an output shows a picture: bare, or in HTML that also says what there is to see."""
    data = output.get("data", {})
    return any(mime in data for mime in IMAGES) or bool(EMBEDDED_IMAGE.search(data.get("text/html", "")))


# --- running -----------------------------------------------------------------------------------------------


class _ThisInterpreter(KernelSpecManager):
    """Knows one kernel: the Python that runs this program, whatever kernels are registered."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        return KernelSpec(resource_dir=RESOURCES, **get_kernel_dict())


class _KernelManager(AsyncKernelManager):
    def _kernel_spec_manager_default(self) -> KernelSpecManager:
        return _ThisInterpreter(parent=self)


def isolated_environment(folder: Path) -> dict[str, str]:
    """Return environment variables that keep the user's own Jupyter and IPython settings out of a run.

    They also hold NumPy to one thread: where other processes want the cores too, a second thread mostly
    waits, and does so busily.

    Parameters
    ----------
    folder : Path
        An empty folder that lives as long as the run; Jupyter and IPython put their files there.
    """
    ours = {
        "IPYTHONDIR": folder / "ipython",
        "JUPYTER_CONFIG_DIR": folder / "config",
        "JUPYTER_DATA_DIR": folder / "data",
        "JUPYTER_RUNTIME_DIR": folder / "runtime",
    }
    unwanted = {"JUPYTER_CONFIG_PATH", "JUPYTER_PATH", "MPLBACKEND", "PYTHONHASHSEED", "PYTHONWARNINGS"}
    environment = {name: value for name, value in os.environ.items() if name not in unwanted}
    fixed = {"JUPYTER_PREFER_ENV_PATH": "1", "OPENBLAS_NUM_THREADS": "1"}
    return environment | {name: str(path) for name, path in ours.items()} | fixed


def execute(notebook: NotebookNode, name: str, folder: Path = NOTEBOOKS) -> NotebookNode:
    """Run all cells in a fresh kernel and return the notebook with the new outputs, normalised.

    Parameters
    ----------
    notebook : NotebookNode
        Stays as it is.
    name : str
        What messages call it.
    folder : Path
        The working directory of the kernel.

    Raises
    ------
    NotebookError
        If its cells have lost their names, or a cell fails, takes too long, writes to stderr, or shows a
        path of this machine.
    """
    if lost_names(notebook):
        raise NotebookError(
            f"{name}: its cells are called 0, 1, 2, …, and links and exercises find them by name. Take the "
            "names back from an older version; nbstripout takes them away unless it is called with --keep-id"
        )
    notebook = normalise(notebook)
    current = {"cell": "the kernel's start"}
    with tempfile.TemporaryDirectory(prefix="refresh-") as settings, Path(settings, "log").open("w+") as log:
        client = NotebookClient(
            notebook,
            kernel_manager_class=_KernelManager,
            timeout=CELL_TIMEOUT,
            store_widget_state=False,
            record_timing=False,
            resources={"metadata": {"path": str(folder)}},
            on_cell_start=lambda cell, cell_index: current.update(cell=describe(cell)),
        )
        try:
            client.execute(env=isolated_environment(Path(settings)), stderr=log)
        except CellControlSignal as error:
            raise NotebookError(f"{name}: {current['cell']}: {ANSI_COLOUR.sub('', str(error))}") from error
        except RuntimeError as error:  # the kernel died or never started: its own last words say why
            log.seek(0)
            raise NotebookError(f"{name}: {current['cell']}: {error}\n{log.read()}") from error
    notebook = normalise(notebook)
    if found := problems(notebook):
        raise NotebookError("\n".join(f"{name}: {problem}" for problem in found))
    return notebook


def describe(cell: NotebookNode) -> str:
    """Return what messages call a cell: its id and its first line."""
    first_line = cell.source.strip().partition("\n")[0]
    return f"cell {cell.id!r} ({first_line[:60]})"


def problems(notebook: NotebookNode) -> list[str]:
    """Return what no committed notebook may hold: cells out of order, errors, stderr, a machine's path."""
    found = [] if run_in_order(notebook) else ["its cells were not run in order, from a fresh kernel"]
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                found.append(f"{describe(cell)} failed: {output.ename}: {output.evalue}")
            elif output.output_type == "stream" and output.name == "stderr":
                found.append(f"{describe(cell)} wrote to stderr:\n{output.text}")
        if path := MACHINE_PATH.search("\n".join(_texts(_without_images(cell)))):
            found.append(f"{describe(cell)} shows a path of a machine: …{path.group()}…")
    return found


def run_in_order(notebook: NotebookNode) -> bool:
    """Tell whether the cells are numbered as by one run; nbval compares nothing where there is no number."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    return [cell.execution_count for cell in code] == list(range(1, len(code) + 1))


def _texts(cell: NotebookNode) -> Iterator[str]:
    """Yield everything that can be read in a cell: its source and its outputs."""
    yield cell.source
    for output in cell.get("outputs", []):
        yield output.get("text", "")
        yield from (content for content in output.get("data", {}).values() if isinstance(content, str))


# --- comparing ---------------------------------------------------------------------------------------------


def comparable(notebook: NotebookNode) -> NotebookNode:
    """Return a notebook without what may differ from machine to machine: pixels, outputs that are ignored."""
    notebook = normalise(notebook)
    notebook.cells = [_without_images(cell) for cell in notebook.cells]
    for cell in notebook.cells:
        if IGNORE_OUTPUT in cell.metadata.get("tags", []):
            cell.outputs = []
    return notebook


def _without_images(cell: NotebookNode) -> NotebookNode:
    cell = copy.deepcopy(cell)
    for output in cell.get("outputs", []):
        for mime, content in output.get("data", {}).items():
            if mime in IMAGES:
                output.data[mime] = ""
            elif isinstance(content, str):
                output.data[mime] = EMBEDDED_IMAGE.sub(BLANK_IMAGE, content)
    return cell


def differences(committed: NotebookNode, fresh: NotebookNode) -> list[str]:
    """Return one readable text for each cell whose fresh run is not what was committed."""
    found = []
    for old, new in zip(comparable(committed).cells, comparable(fresh).cells, strict=True):
        if old != new:
            lines = difflib.unified_diff(_lines(old), _lines(new), "committed", "fresh", n=2, lineterm="")
            found.append(f"{describe(new)} differs:\n" + "\n".join(list(lines)[:40]))
    return found


def _lines(cell: NotebookNode) -> list[str]:
    return json.dumps(cell, indent=1, sort_keys=True, ensure_ascii=False).replace("\\n", "\n").splitlines()


# --- the command -------------------------------------------------------------------------------------------


def check(path: Path) -> list[str]:
    """Return what refreshing this notebook would change, except for pictures."""
    committed = read(path)
    found = differences(committed, execute(committed, path.name, path.parent))
    if to_text(normalise(committed)) != path.read_bytes().decode("utf-8"):
        found.insert(0, "the file is not in the agreed form")
    return found


def refresh(path: Path) -> bool:
    """Run a notebook, write it back, and tell whether its file changed."""
    return write(path, execute(read(path), path.name, path.parent))


def main(arguments: list[str] | None = None) -> int:
    """Refresh or check the notebooks named on the command line; return the exit code."""
    parser = argparse.ArgumentParser(
        description="Run the notebooks afresh and write them back in the agreed form."
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit with 1 if something would change"
    )
    parser.add_argument("notebooks", nargs="*", type=Path, help="default: all notebooks of the course")
    options = parser.parse_args(arguments)

    failed = False
    for path in options.notebooks or all_notebooks():
        start = time.perf_counter()
        try:
            found = check(path) if options.check else []
            verdict = (
                "differs" if found else "up to date" if options.check or not refresh(path) else "written"
            )
        except (NotebookError, OSError, nbformat.reader.NotJSONError) as error:
            found, verdict = [str(error)], "stopped"
        print(f"{path.name}: {verdict} ({time.perf_counter() - start:.1f} s)", flush=True)
        for text in found:
            print(text, flush=True)
        failed = failed or bool(found)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
