#!/usr/bin/env bash
# A 16-bit grey image converted to 8 bits is cut off at 255, not scaled: a scan whose greys lie between 300 and
# 65,535 becomes one white sheet, and the digit on it is gone. A guess would be that convert("L") keeps the picture.
# What helps: divide the numbers by the top of their range before the conversion.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'pillow==12.0.0' 'numpy==2.3.5'
cd "$folder"
venv/bin/python - <<'PYTHON'
import io

import numpy as np
import PIL
from PIL import Image

scan = np.full((28, 28), 52_000, np.uint16)  # paper
scan[4:24, 13:15] = 9_000  # a 1 in dark ink
file = io.BytesIO()
Image.fromarray(scan).save(file, "PNG")
image = Image.open(file)
grey = np.asarray(image.convert("L"))
print("Pillow", PIL.__version__, "opens the PNG in mode", image.mode)
print("greys of the scan:", np.unique(np.asarray(image)).tolist())
print('greys after convert("L"):', np.unique(grey).tolist())
assert image.mode == "I;16"
assert np.unique(grey).tolist() == [255], "changed: the ink is still there"
PYTHON
