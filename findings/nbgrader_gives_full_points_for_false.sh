#!/usr/bin/env bash
# In nbgrader a test cell whose last line is False earns full points: only an error takes them all, and only a number
# gives a part of them. So a check that answers with False, or with the sentence that something is wrong, grades every
# wrong answer as right. A guess would be that False, like 0, is no point. What helps: assert, or return the points.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'nbgrader==0.9.5' 'ipykernel==7.1.0' 'nbformat==5.10.4' 'setuptools==80.9.0'
cd "$folder"
export PATH="$folder/venv/bin:$PATH"
cat > grade.py <<'PYTHON'
import nbgrader
from nbformat.v4 import new_code_cell, new_output
from nbgrader.utils import compute_checksum, determine_grade

seen = {}
for ends_with, data in {
    "False": "False", "'your answer is wrong'": "'your answer is wrong'", "0": "0", "1.5": "1.5"
}.items():
    cell = new_code_cell(ends_with, execution_count=1)
    cell.outputs = [new_output("execute_result", {"text/plain": data}, execution_count=1)]
    cell.metadata.nbgrader = {
        "grade": True, "points": 3, "grade_id": "test", "schema_version": 3,
        "locked": True, "solution": False, "task": False, "cell_type": "code", "checksum": None,
    }
    cell.metadata.nbgrader["checksum"] = compute_checksum(cell)
    seen[ends_with], _ = determine_grade(cell)
print("nbgrader", nbgrader.__version__, "points of 3 for a test cell that ends with", seen)
assert seen == {"False": 3, "'your answer is wrong'": 3, "0": 0, "1.5": 1.5}, "changed"
PYTHON
python grade.py
