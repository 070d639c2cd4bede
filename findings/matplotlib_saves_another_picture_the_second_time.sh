#!/usr/bin/env bash
# Saving one figure twice gives two different pictures: the layout engine (constrained or tight) moves the axes again
# with each drawing, and a pixel here and there ends elsewhere. Whoever compares stored pictures byte for byte, or draws
# once for the size and once for the file, sees a change that nobody made. Without a layout engine all are alike.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'matplotlib==3.10.8' 'numpy==2.3.5'
cd "$folder"
venv/bin/python - <<'PYTHON'
import hashlib
import io

import matplotlib
from matplotlib.figure import Figure


def saved(figure):
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return hashlib.sha256(file.getvalue()).hexdigest()[:12]


print("matplotlib", matplotlib.__version__)
for layout in ("constrained", "tight", None):
    figure = Figure(figsize=(6, 3), layout=layout)
    for ax in figure.subplots(1, 2):
        ax.plot([0, 1000], [0, 123_456])
        ax.set(xlabel="steps", ylabel="cost", title="a run")
    first, second, third = saved(figure), saved(figure), saved(figure)
    print(f"layout {layout}: {first} {second} {third}")
    assert (first == second) is (layout is None), f"changed for layout {layout}"
PYTHON
