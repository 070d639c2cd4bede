"""What is answered over the plane, in small pictures: orange for 0, clear at ½, blue for 1, a border at ½."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nblib.drawing.axes import Axes
from nblib.drawing.pixels import CLEAR, NEGATIVE, POSITIVE, SHARP, Colour, borders, data_uri
from nblib.drawing.scene import Element, Value, element

PIXELS = 24
"""How many a picture has in a row."""
_LEVELS = 15  # from 0 to 1; the one in the middle, ½, is clear. One more colour draws the border at ½.
_PALETTE: list[Colour] = [
    *((*NEGATIVE, round(220 * depth / 7)) for depth in range(7, 0, -1)),
    CLEAR,
    *((*POSITIVE, round(220 * depth / 7)) for depth in range(1, 8)),
    (0x80, 0x80, 0x80, 255),
]


def places(axes: Axes) -> NDArray[np.float64]:
    """Return where the pixels stand, row by row from the top, in the coordinates of the axes."""
    shares = (np.arange(PIXELS) + 0.5) / PIXELS
    across, up = (low + shares * (high - low) for low, high in (axes.xlim, axes.ylim))
    return np.stack(np.meshgrid(across, up[::-1]), axis=-1).reshape(-1, 2)


def heat(axes: Axes, answers: ArrayLike, rows: ArrayLike, shown: Value = 1.0) -> Element:
    """Return the answers over the plane, page by page.

    Parameters
    ----------
    axes : Axes
        What it fills.
    answers : array_like, shape (n, PIXELS²)
        From 0 to 1, at the `places`; what is no number counts as 0.
    rows : array_like of int, shape (pages,)
        Which row of the answers each page shows.
    shown : Value
        NaN hides it.
    """
    grids = np.asarray(answers, float).reshape(-1, PIXELS, PIXELS)
    levels = np.round(np.clip(np.nan_to_num(grids), 0, 1) * (_LEVELS - 1))
    images = [
        data_uri(np.where(borders(above), _LEVELS, level), _PALETTE)
        for above, level in zip(grids > 0.5, levels, strict=True)
    ]
    size: dict[str, Any] = {"y": axes.top, "width": axes.width, "height": axes.height}
    return element(
        "image", href=[images[row] for row in rows], x=np.multiply(shown, axes.left), **size, **SHARP
    )
