"""The pictures that a page of SGD shows, as small PNG images of at most 16 colours: digits and weights."""

from __future__ import annotations

import numpy as np

from nblib.drawing.pixels import CLEAR, NEGATIVE, POSITIVE, data_uri, shades
from nblib.runs.mnist_run import Array

_GAP = 7  # pixels between two digits
STRIP = 4  # pages whose weights share an image: they differ little, so this is a third of the size
CELLS = 4 * (14 + 1)  # cells from one page to the next: four tiles of 14, each with a gap

_INK = [(level, level, level, 255) for level in np.linspace(255, 0, 15).astype(int).tolist()]
_SIGNED = [(*colour, round(255 * level / 7)) for colour in (POSITIVE, NEGATIVE) for level in range(1, 8)]


def digits(images: Array) -> str:
    """Return images (n, 784) of brightness 0 to 1 side by side, ink dark on paper, as a data URI."""
    levels = np.round(14 * np.clip(np.nan_to_num(images), 0, 1)).astype(np.uint8) + 1
    spaced = np.pad(levels.reshape(-1, 28, 28), ((0, 0), (0, 0), (0, _GAP)))
    return data_uri(np.hstack(list(spaced))[:, :-_GAP], [CLEAR, *_INK])


def weight_strips(weights: Array) -> list[str]:
    """Return the weights of each page, shape (pages, 16, 784), in strips of `STRIP` pages side by side.

    A page is 4 × 4 tiles, each half as fine as the weights, with one scale for all pages; it takes
    `CELLS` by `CELLS` cells, the last ones clear. A cell is two pixels high: a positive one fills
    both, a negative one only the upper.
    """
    cells = weights.reshape(-1, 4, 4, 14, 2, 14, 2).mean(axis=(4, 6))
    levels = shades(cells, 7)
    upper, lower = np.where(levels < 0, 7 - levels, levels), np.maximum(levels, 0)
    tiles = np.stack([upper, lower], axis=4).reshape(-1, 4, 4, 28, 14).astype(np.uint8)
    spaced = np.pad(tiles, ((0, -len(tiles) % STRIP), (0, 0), (0, 0), (0, 2), (0, 1)))
    strips = spaced.reshape(-1, STRIP, 4, 4, 30, 15).transpose(0, 2, 4, 1, 3, 5)
    return [data_uri(strip, [CLEAR, *_SIGNED]) for strip in strips.reshape(-1, 2 * CELLS, STRIP * CELLS)]
