#!/usr/bin/env bash
# jupytext --update, which brings the text of a notebook up to date from a script, keeps the stored output under a cell
# whose code has changed, and its execution count with it: the notebook then shows that print(2) printed 1, as if it had
# been run. What helps: run the notebook anew before anybody reads it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'jupytext==1.17.3' 'nbformat==5.10.4'
cd "$folder"
export PATH="$folder/venv/bin:$PATH"
cat > make.py <<'PYTHON'
import nbformat
from nbformat.v4 import new_code_cell, new_notebook, new_output

printed = new_output("stream", name="stdout", text="1\n")
cell = new_code_cell("print(1)", id="cell", execution_count=1, outputs=[printed])
nbformat.write(new_notebook(cells=[cell]), "a.ipynb")
PYTHON
python make.py
jupytext --quiet --to py:percent a.ipynb
sed -i 's/print(1)/print(2)/' a.py
jupytext --quiet --to ipynb --update a.py
shows=$(python -c 'import json; cell = json.load(open("a.ipynb"))["cells"][0]; print("".join(cell["source"]), "In", cell["execution_count"], "Out", "".join(cell["outputs"][0]["text"]) if cell["outputs"] else "nothing")')
echo "jupytext $(jupytext --version): after print(1) has become print(2), the notebook shows $shows"
[ "$shows" = 'print(2) In 1 Out 1' ] || { echo 'changed: the old output goes with the old code'; exit 1; }
