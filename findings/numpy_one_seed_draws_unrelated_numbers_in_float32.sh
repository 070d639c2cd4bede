#!/usr/bin/env bash
# The same seed asked for float32 instead of float64 does not draw the same numbers rounded, but others: no initial
# weight is like its partner. Who switches the type of a network to save memory, or to check its gradients, compares two
# different networks. What helps: draw in float64 and convert.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'numpy==2.3.5'
cd "$folder"
venv/bin/python - <<'PYTHON'
import numpy as np

wide = np.random.default_rng(0).standard_normal(1000)
narrow = np.random.default_rng(0).standard_normal(1000, dtype=np.float32)
alike = np.isclose(wide, narrow, atol=1e-3).sum()
correlation = np.corrcoef(wide, narrow)[0, 1]
print("NumPy", np.__version__)
print("float64:", wide[:4].round(4).tolist())
print("float32:", narrow[:4].round(4).tolist())
print(f"alike to three digits: {alike} of 1,000; correlation {correlation:.3f}")
assert alike < 20, "changed: the numbers are alike"
assert abs(correlation) < 0.1
converted = np.random.default_rng(0).standard_normal(1000).astype(np.float32)
assert np.allclose(wide, converted, atol=1e-6)
PYTHON
