#!/usr/bin/env bash
# nbstripout, asked to take outputs away, also gives every cell a new id: 0, 1, 2, … The ids are part of what an author
# writes: JupyterLab's links into a notebook (#cell-id=…) and tools that find cells by name are dead afterwards, and
# nothing says so. What helps: --keep-id.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'nbstripout==0.8.1' 'nbformat==5.10.4'
cd "$folder"
export PATH="$folder/venv/bin:$PATH"
cat > make.py <<'PYTHON'
import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

cells = [new_markdown_cell("[the exercise](a.ipynb#cell-id=exercise)", id="intro"), new_code_cell("...", id="exercise")]
for name in ("plain", "kept"):
    nbformat.write(new_notebook(cells=cells), f"{name}.ipynb")
PYTHON
python make.py
nbstripout plain.ipynb
nbstripout --keep-id kept.ipynb
ids() { python -c 'import json, sys; print(*(cell["id"] for cell in json.load(open(sys.argv[1]))["cells"]))' "$1"; }
echo "nbstripout $(nbstripout --version) makes of the ids intro and exercise: $(ids plain.ipynb); with --keep-id: $(ids kept.ipynb)"
[ "$(ids kept.ipynb)" = 'intro exercise' ]
[ "$(ids plain.ipynb)" = '0 1' ] || { echo 'changed: they are kept now, or called otherwise'; exit 1; }
