#!/usr/bin/env bash
# nbconvert --to script writes Python as .txt where the notebook's language_info lacks file_extension, though the kernel
# is named python3 and the language python. The field is optional in the notebook format, and leaving it out keeps
# notebooks free of changes that say nothing. What helps: store file_extension, or ask for --to python.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'nbconvert==7.16.6' 'nbformat==5.10.4'
cd "$folder"
export PATH="$folder/venv/bin:$PATH"
cat > make.py <<'PYTHON'
import nbformat
from nbformat.v4 import new_code_cell, new_notebook

for name, more in (("short", {}), ("long", {"file_extension": ".py"})):
    metadata = {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "language_info": {"name": "python"} | more,
    }
    notebook = new_notebook(cells=[new_code_cell("print(1)", id="cell")], metadata=metadata)
    nbformat.validate(notebook)
    nbformat.write(notebook, f"{name}.ipynb")
PYTHON
python make.py
jupyter-nbconvert --log-level=ERROR --to script short.ipynb long.ipynb
echo "nbconvert $(jupyter-nbconvert --version) writes of two Python notebooks, short without the field: $(ls | grep -v -e venv -e make.py -e ipynb | tr '\n' ' ')"
[ -f short.txt ] && [ ! -f short.py ] || { echo 'changed: it is a .py now'; exit 1; }
[ -f long.py ]
