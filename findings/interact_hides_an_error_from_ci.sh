#!/usr/bin/env bash
# A function that fails under ipywidgets' interact does not fail its cell: the traceback goes into an Output widget, the
# cell counts as run, and a notebook executed in continuous integration is green though every learner sees the error.
# The same function called in a cell stops the run, as one would expect. What helps: call it once in a cell as well.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  'ipywidgets==8.1.8' 'nbclient==0.10.2' 'ipykernel==7.1.0' 'nbformat==5.10.4'
cd "$folder"
export PATH="$folder/venv/bin:$PATH"
python - <<'PYTHON'
import ipywidgets
import nbclient
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_notebook

SHOW = "def show(eta):\n    return 1 / 0\n"


def outcome(last_line):
    notebook = new_notebook(cells=[new_code_cell("from ipywidgets import interact\n" + SHOW + last_line, id="cell")])
    try:
        nbclient.NotebookClient(notebook, kernel_name="python3", timeout=60).execute()
    except CellExecutionError as error:
        return f"stops with {error.ename}"
    return "runs to its end, outputs: " + ", ".join(output.output_type for output in notebook.cells[0].outputs)


print("ipywidgets", ipywidgets.__version__, "nbclient", nbclient.__version__)
called, interacted = outcome("show(0.5);"), outcome("interact(show, eta=0.5);")
print("called in a cell: it", called)
print("under interact:   it", interacted)
assert called == "stops with ZeroDivisionError"
assert interacted == "runs to its end, outputs: display_data", "changed: the error is seen"
PYTHON
