#!/usr/bin/env bash
# quantize(64) with its usual method gives a small patch of a strong colour to the greys around it: nine pixels of pure
# blue among 256 greys come out as grey, though 64 colours are to be had and nothing is nearer to blue than to grey.
# So the few strongest weights of a picture lose their sign. The fast octree (method 2) keeps the hue.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'pillow==12.0.0' 'numpy==2.3.5'
cd "$folder"
venv/bin/python - <<'PYTHON'
import numpy as np
import PIL
from PIL import Image

BLUE = (0, 114, 178)
picture = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 256, axis=0).repeat(3, axis=2)
picture[:3, :3] = BLUE
image = Image.fromarray(picture)
found = {}
for method in (Image.Quantize.MEDIANCUT, Image.Quantize.FASTOCTREE):
    small = image.quantize(64, method=method, dither=Image.Dither.NONE).convert("RGB")
    found[method.name] = small.getpixel((1, 1))
usual = image.quantize(64, dither=Image.Dither.NONE).convert("RGB").getpixel((1, 1))
print("Pillow", PIL.__version__, "blue", BLUE, "becomes", usual, "by the usual method;", found)
assert usual == found["MEDIANCUT"]
assert len(set(usual)) == 1, "changed: blue is no longer a grey"
red, green, blue = found["FASTOCTREE"]
assert blue > green > red
PYTHON
