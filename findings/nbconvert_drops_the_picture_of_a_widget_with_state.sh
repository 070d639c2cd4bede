#!/usr/bin/env bash
# An output that holds a widget and a picture of it becomes, in nbconvert's HTML, the picture where the notebook stores no
# widget state, and the widget alone where it does: storing more shows less. The scripts that bring the widget to life
# come from another host, so a reader offline sees an empty place. What helps: the picture as an output of its own.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'nbconvert==7.16.6' 'nbformat==5.10.4'
cd "$folder"
export PATH="$folder/venv/bin:$PATH"
python - <<'PYTHON'
import nbconvert
from nbformat.v4 import new_code_cell, new_notebook, new_output

DOT = "R0lGODlhAQABAIAAAAAAAAAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw=="
data = {
    "application/vnd.jupyter.widget-view+json": {"version_major": 2, "version_minor": 0, "model_id": "a"},
    "text/html": f'<img alt="a picture of it" src="data:image/gif;base64,{DOT}">',
}
layout = {"model_name": "LayoutModel", "model_module": "@jupyter-widgets/base", "model_module_version": "2.0.0"}
state = {"version_major": 2, "version_minor": 0, "state": {"a": layout | {"state": {}}}}


def page(**metadata):
    cell = new_code_cell("widget", id="cell", outputs=[new_output("display_data", data)])
    notebook = new_notebook(cells=[cell], metadata=metadata)
    return nbconvert.HTMLExporter().from_notebook_node(notebook)[0]


seen = {
    "without state": page(),
    "with state": page(widgets={"application/vnd.jupyter.widget-state+json": state}),
}
pictures = {name: html.count('alt="a picture of it"') for name, html in seen.items()}
print("nbconvert", nbconvert.__version__, "pictures in the page:", pictures)
print("scripts of other hosts with state:", [host for host in ("cdnjs", "unpkg") if host in seen["with state"]])
assert pictures == {"without state": 1, "with state": 0}, "changed: the picture is kept"
PYTHON
