"""What the steppers of notebook 06 draw alike: digits side by side, and the weights of layers as pictures.

In a dark theme stepper.css turns the ink of a digit light, and makes the colours of weights brighter.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nblib.drawing.pixels import CLEAR, NEGATIVE, POSITIVE, SHARP, data_uri, mosaic, shades
from nblib.drawing.scene import Element, Value, element

Array = NDArray[Any]

TILE, PITCH = 56, 70  # a digit of a mini-batch, and the distance of two
LEVELS = 7  # shades of blue, and of orange
_INKS = [(0, 0, 0, alpha) for alpha in np.linspace(0, 255, 15).astype(int).tolist()]
_ALPHAS = [round(255 * level / LEVELS) for level in range(1, LEVELS + 1)]
_COLOURS = [
    CLEAR,
    *((*POSITIVE, alpha) for alpha in _ALPHAS),
    *((*NEGATIVE, alpha) for alpha in _ALPHAS[::-1]),  # −1 is the last
]


# -- digits ---------------------------------------------------------------------------------------


def digits(images: Array) -> str:
    """Return images (n, 784) of brightness 0 to 1 side by side, as ink on paper, as a data URI."""
    levels = np.round(14 * np.clip(np.nan_to_num(images), 0, 1)).astype(np.uint8)
    gap = 28 * (PITCH - TILE) // TILE
    spaced = np.pad(levels.reshape(-1, 28, 28), ((0, 0), (0, 0), (0, gap)))
    return data_uri(np.hstack(list(spaced))[:, :-gap], _INKS)


def digits_picture(href: Value, n: int, x: Value, y: Value) -> Element:
    """Return `n` digits in a row, made by `digits`, as an element of a scene."""
    look = SHARP | {"class": "nblib-ink"}
    return element("image", href=href, x=x, y=y, width=n * PITCH - (PITCH - TILE), height=TILE, **look)


# -- weights --------------------------------------------------------------------------------------


def halved(weights: Array) -> Array:
    """Return weights of 28 × 28 pixels, half as fine: (…, 784) becomes (…, 14, 14), means of 2 × 2."""
    return weights.reshape(*weights.shape[:-1], 14, 2, 14, 2).mean(axis=(-3, -1))


def levels(weights: Array) -> NDArray[np.int8]:
    """Return weights as shades from −7 to 7, one scale for all."""
    return shades(weights, LEVELS)


def weights_uri(*pages: NDArray[np.int8], across: int) -> str:
    """Return pages of tiles (n, height, width), made by `levels`, side by side as a data URI.

    A cell is one pixel wide and two high, of which a negative weight fills the upper one: it is striped.
    """
    return data_uri(np.hstack([mosaic(tiles, across)[:, ::2] % len(_COLOURS) for tiles in pages]), _COLOURS)


def weights_picture(href: Value, x: Value, y: Value, width: Value, height: Value) -> Element:
    """Return a picture made by `weights_uri` as an element of a scene, stretched to this size."""
    look = SHARP | {"preserveAspectRatio": "none", "class": "nblib-signed"}
    return element("image", href=href, x=x, y=y, width=width, height=height, **look)
