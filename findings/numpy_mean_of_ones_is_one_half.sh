#!/usr/bin/env bash
# The mean of float32 ones down the columns of a tall array is 0.5. Along rows NumPy adds in pairs and is exact; down the
# columns it adds one row after the other into a float32, which stands still at 2^24 = 16,777,216. A cost averaged over
# many examples, one column an output, can be wrong by any factor, without a warning. What helps: dtype=float64.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'numpy==2.3.5'
cd "$folder"
venv/bin/python - <<'PYTHON'
import numpy as np

ones = np.ones((2**25, 2), np.float32)
down, along, wide = ones.mean(axis=0), ones.T.copy().mean(axis=1), ones.mean(axis=0, dtype=np.float64)
print("NumPy", np.__version__)
print("mean down the columns:", down.tolist())
print("the same numbers along rows:", along.tolist())
print("down the columns with dtype=float64:", wide.tolist())
assert down.tolist() == [0.5, 0.5], "changed: the mean is another one"
assert along.tolist() == wide.tolist() == [1.0, 1.0]
PYTHON
