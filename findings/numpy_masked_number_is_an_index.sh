#!/usr/bin/env bash
# A masked number of NumPy, one that says "this value is missing", is taken as an index, a length or a count by Python
# itself, with the value under its mask: range(), list[…] and operator.index() ask for __index__, and that of a masked
# array is the array's. float() and int() at least warn or fail. What helps: numpy.ma.is_masked at the door.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'numpy==2.2.6'
"$folder/venv/bin/python" -W error - <<'PYTHON'
import operator
import sys

import numpy as np

missing = np.ma.array(3, mask=True)
print(f"Python {sys.version.split()[0]}, NumPy {np.__version__}; the number is {missing}")
seen = operator.index(missing), len(range(missing)), "abcde"[missing]
print(f"operator.index: {seen[0]}, len(range(…)): {seen[1]}, 'abcde'[…]: {seen[2]!r}")
if seen != (3, 3, "d"):
    sys.exit("changed: it is another number now")
PYTHON
