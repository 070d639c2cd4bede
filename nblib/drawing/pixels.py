"""Pictures made of a few colours, small enough to travel inside a drawing."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Colour = tuple[int, int, int, int]
"""Red, green, blue and opacity, each 0 to 255."""

POSITIVE, NEGATIVE = (0, 114, 178), (213, 94, 0)
"""Blue and orange, as red, green and blue: the colours of positive and of negative numbers."""

CLEAR: Colour = (255, 255, 255, 0)
SHARP = {"image_rendering": "pixelated", "style": "image-rendering: pixelated"}
"""Attributes of an image whose pixels are to be seen: browsers read the one, resvg the other."""


def data_uri(numbers: NDArray[Any], colours: Sequence[Colour]) -> str:
    """Return a picture of colour numbers as a PNG inside a URI, for the ``href`` of an image.

    Parameters
    ----------
    numbers : ndarray of int, shape (height, width)
        The colour of each pixel, as its place in `colours`.
    colours : sequence of Colour
        At most 256.
    """
    image = Image.fromarray(numbers.astype(np.uint8))
    image.putpalette([part for colour in colours for part in colour[:3]])
    file = io.BytesIO()
    image.save(file, format="PNG", transparency=bytes(colour[3] for colour in colours))
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def shades(values: NDArray[Any], most: int) -> NDArray[np.int8]:
    """Return numbers of both signs as shades, −most to most, one scale for all of them.

    The scale is the size that only one number in 200 exceeds. What is no finite number is 0.
    """
    values = np.nan_to_num(values, posinf=0, neginf=0)
    scale = np.quantile(np.abs(values), 0.995) or 1
    return np.clip(np.round(most * (values / scale)), -most, most).astype(np.int8)


def borders(regions: NDArray[Any]) -> NDArray[np.bool_]:
    """Return which pixels of a picture are of another kind than the one to their left or above."""
    found = np.zeros(regions.shape, bool)
    found[:, 1:] |= regions[:, 1:] != regions[:, :-1]
    found[1:] |= regions[1:] != regions[:-1]
    return found


def mosaic(tiles: NDArray[np.int8], across: int, margin: int = 0) -> NDArray[np.int8]:
    """Return small square pictures side by side, as colour numbers: what a layer's weights look like.

    A cell is two by two pixels. A positive one fills them all, a negative one only the upper two, so
    that negative weights are striped. Around each tile there is a margin of one pixel.

    Parameters
    ----------
    tiles : ndarray of int, shape (n, side, side)
        `shades` of the weights, of one neuron each.
    across : int
        How many tiles stand side by side; the last row is filled up with margin.
    margin : int
        What number the margin is.

    Returns
    -------
    ndarray, shape (rows (2 side + 2), across (2 side + 2))
    """
    cells = np.stack([tiles, np.maximum(tiles, 0)], axis=2).repeat(2, axis=3)  # (n, side, 2, 2 side)
    pictures = cells.reshape(len(tiles), 2 * tiles.shape[1], 2 * tiles.shape[2])
    framed = np.pad(pictures, ((0, 0), (1, 1), (1, 1)), constant_values=margin)
    full = np.pad(framed, ((0, -len(tiles) % across), (0, 0), (0, 0)), constant_values=margin)
    height, width = full.shape[1:]
    return full.reshape(-1, across, height, width).swapaxes(1, 2).reshape(-1, across * width)
