#!/usr/bin/env bash
# nbval, strict, passes a stripped notebook, whatever its cells print: where a cell has no execution count, it takes it for
# one that was never run, and compares nothing. So the test of all outputs is green as soon as somebody has stripped
# them. The same cell with a count fails. What helps: a test that the counts are 1, 2, 3, …
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'nbval==0.11.0' 'ipykernel==7.1.0' 'nbformat==5.10.4' 'pytest==8.4.2'
cd "$folder"
export PATH="$folder/venv/bin:$PATH"
cat > make.py <<'PYTHON'
import nbformat
from nbformat.v4 import new_code_cell, new_notebook

for name, count in (("numbered", 1), ("unnumbered", None)):
    cell = new_code_cell("print(6)", id="cell", execution_count=count)
    notebook = new_notebook(cells=[cell], metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    nbformat.validate(notebook)
    nbformat.write(notebook, f"{name}.ipynb")
PYTHON
python make.py
says() { python -m pytest -q --nbval --nbval-current-env -p no:cacheprovider "$1.ipynb" 2>&1 | tail -n 1 || true; }
numbered=$(says numbered); unnumbered=$(says unnumbered)
pip list --disable-pip-version-check 2>/dev/null | grep -E '^(nbval|pytest|ipykernel) '
echo "print(6) over no stored output, with a count: $numbered; without one: $unnumbered"
[[ $numbered == *'1 failed'* ]]
[[ $unnumbered == *'1 passed'* ]] || { echo 'changed: it is compared now'; exit 1; }
