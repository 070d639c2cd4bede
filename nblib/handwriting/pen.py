"""Digits drawn by a rule: strokes like those of a pen, and the ink they leave on a sheet.

A sheet is a square; places on it are (x, y) from 0 to 1, x to the right and y downwards. None of these
digits comes from MNIST: they are a test that a network trained on MNIST has never seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, product
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nblib import validate

SIDE = 112
"""Pixels along the side of a sheet: four for each of MNIST's 28."""

THICKNESS = 0.07
"""How thick the pen is: this part of the side of the sheet."""

# A pen goes smoothly through the points of a stroke; a point that stands twice is a corner.
SHAPES: dict[int, list[list[list[tuple[float, float]]]]] = {
    0: [[[(0.5, 0), (0.22, 0.18), (0.15, 0.5), (0.22, 0.82), (0.5, 1), (0.78, 0.82), (0.85, 0.5),
          (0.78, 0.18), (0.5, 0)]]],
    1: [[[(0.5, 0), (0.5, 1)]],
        [[(0.28, 0.22), (0.52, 0), (0.52, 0), (0.52, 1)]]],
    2: [[[(0.18, 0.25), (0.3, 0.05), (0.55, 0), (0.78, 0.15), (0.75, 0.4), (0.5, 0.7), (0.15, 1), (0.15, 1),
          (0.85, 0.97)]]],
    3: [[[(0.2, 0.12), (0.5, 0), (0.75, 0.15), (0.68, 0.38), (0.42, 0.48), (0.42, 0.48), (0.75, 0.6),
          (0.8, 0.82), (0.5, 1), (0.18, 0.88)]]],
    4: [[[(0.28, 0), (0.18, 0.55), (0.18, 0.55), (0.85, 0.55)], [(0.68, 0.1), (0.62, 1)]],
        [[(0.65, 1), (0.65, 0), (0.65, 0), (0.12, 0.65), (0.12, 0.65), (0.88, 0.65)]]],
    5: [[[(0.25, 0), (0.22, 0.45), (0.22, 0.45), (0.5, 0.38), (0.78, 0.55), (0.76, 0.85), (0.45, 1),
          (0.15, 0.9)], [(0.25, 0), (0.8, 0)]]],
    6: [[[(0.68, 0), (0.38, 0.22), (0.2, 0.6), (0.28, 0.9), (0.5, 1), (0.75, 0.88), (0.75, 0.66), (0.5, 0.56),
          (0.25, 0.7)]]],
    7: [[[(0.15, 0.03), (0.82, 0), (0.82, 0), (0.42, 1)]],
        [[(0.15, 0.03), (0.82, 0), (0.82, 0), (0.42, 1)], [(0.35, 0.5), (0.75, 0.5)]]],
    8: [[[(0.72, 0.15), (0.5, 0), (0.27, 0.15), (0.35, 0.38), (0.65, 0.58), (0.76, 0.8), (0.5, 1),
          (0.24, 0.8), (0.36, 0.58), (0.66, 0.38), (0.72, 0.15)]]],
    9: [[[(0.76, 0.25), (0.5, 0), (0.25, 0.2), (0.32, 0.46), (0.58, 0.46), (0.76, 0.25), (0.76, 0.25),
          (0.68, 1)]]],
}  # fmt: skip
"""How each digit is written, in one way or in two: the points of its strokes, in a box of side 1."""

Strokes = list[NDArray[np.float64]]


class Examples(NamedTuple):
    """Sheets with one digit each.

    Attributes
    ----------
    inks : ndarray of float32, shape (n, SIDE, SIDE), 0 to 1
    labels : ndarray of int64, shape (n,)
    sizes, thicknesses, slants : ndarrays of float64, shape (n,)
        How each was drawn.
    """

    inks: NDArray[np.float32]
    labels: NDArray[np.int64]
    sizes: NDArray[np.float64]
    thicknesses: NDArray[np.float64]
    slants: NDArray[np.float64]


def strokes(
    digit: int,
    shape: int = 0,
    size: float = 0.6,
    centre: tuple[float, float] = (0.5, 0.5),
    slant: float = 0.0,
) -> Strokes:
    """Return the strokes of a digit.

    Parameters
    ----------
    digit : int
        0 to 9.
    shape : int
        Which way to write it: 1, 4 and 7 have two, the others one.
    size : float
        Its height, as a part of the side of the sheet.
    centre : (float, float)
        Where the middle of its box lies.
    slant : float
        How far its top leans to the right, as a part of its height.

    Returns
    -------
    list of ndarray, shapes (n, 2)
        Places on the sheet, close together.

    Raises
    ------
    ValueError, TypeError
        If an argument is not as described.
    """
    shapes = SHAPES[_digit(digit)]
    shape = validate.whole("shape", shape, at_least=0)
    if shape >= len(shapes):
        raise ValueError(f"shape must be below {len(shapes)} for the digit {digit}, got {shape}")
    size, slant = validate.positive("size", size), validate.number("slant", slant)
    centre, drawn = validate.vector("centre", centre, 2), []
    for points in shapes[shape]:
        path = _smooth(np.array(points, float)) - 0.5
        path[:, 0] -= slant * path[:, 1]
        drawn.append(centre + size * path)
    return drawn


def ink(strokes: Sequence[ArrayLike], thickness: float = THICKNESS, side: int = SIDE) -> NDArray[np.float32]:
    """Return the ink that a round pen leaves.

    Parameters
    ----------
    strokes : sequence of array_like, shapes (n, 2)
        Each a line through places on the sheet; a single place is a dot. What lies beyond the
        edge is lost.
    thickness : float
        Of the pen, as a part of the side of the sheet.
    side : int
        Pixels along the side.

    Returns
    -------
    ndarray of float32, shape (side, side)
        0 is paper, 1 is ink; pixels at the rim of a line lie between.

    Raises
    ------
    ValueError, TypeError
        If an argument is not as described.
    """
    side = validate.whole("side", side, at_least=1)
    radius = validate.positive("thickness", thickness) * side / 2
    sheet = np.zeros((side, side), np.float32)
    for i, stroke in enumerate(validate.listed("strokes", strokes, "strokes")):
        points = validate.rows(f"strokes[{i}]", stroke, 2, of="coordinates", one="place")
        points = points * side - 0.5  # the first pixel's centre is 0
        for a, b in pairwise(points) if len(points) > 1 else [(points[0], points[0])]:
            _line(sheet, a, b, radius)
    return sheet


def examples(
    sizes: Sequence[float] = (0.4, 0.6, 0.8),
    thicknesses: Sequence[float] = (0.04, 0.06, 0.08),
    slants: Sequence[float] = (-0.15, 0.1, 0.35),
    seed: int = 0,
) -> Examples:
    """Return every shape of every digit in all sizes, thicknesses and slants, each somewhere on its sheet.

    With the values given, 13 shapes × 27 = 351 sheets. `seed` chooses the places; each digit is whole.

    Raises
    ------
    ValueError, TypeError
        If a digit would not fit on its sheet, or an argument is not as `strokes` and `ink` want it.
    """
    rng = validate.generator("seed", seed)
    sizes, thicknesses = validate.vector("sizes", sizes), validate.vector("thicknesses", thicknesses)
    slants = validate.vector("slants", slants)
    inks, told = [], []
    written = [(digit, shape) for digit, shapes in SHAPES.items() for shape in range(len(shapes))]
    for (digit, shape), size, thickness, slant in product(written, sizes, thicknesses, slants):
        drawn = strokes(digit, shape, size, (0, 0), slant)
        reach = np.concatenate(drawn)
        low, high = thickness / 2 - reach.min(axis=0), 1 - thickness / 2 - reach.max(axis=0)
        if (high < low).any():
            raise ValueError(
                f"the digit {digit} of size {size:g}, thickness {thickness:g} and slant {slant:g} "
                "does not fit on its sheet"
            )
        place = low + (high - low) * rng.random(2)
        inks.append(ink([stroke + place for stroke in drawn], thickness))
        told.append((digit, size, thickness, slant))
    labels, *how = (np.array(column) for column in zip(*told, strict=True))
    return Examples(np.stack(inks), labels, *how)


def _digit(digit: Any) -> int:
    digit = validate.whole("digit", digit, at_least=0)
    if digit > 9:
        raise ValueError(f"digit must be at most 9, got {digit}")
    return digit


def _smooth(points: NDArray[np.float64], fineness: int = 8) -> NDArray[np.float64]:
    """Return a Catmull-Rom curve through the points: at each it goes in the direction of its neighbours."""
    padded = np.concatenate([points[:1], points, points[-1:]])
    t = np.linspace(0, 1, fineness, endpoint=False)[:, None]
    pieces = [
        (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3) / 2
        for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False)
        if (b != c).any()
    ]
    return np.concatenate([*pieces, points[-1:]])


def _line(sheet: NDArray[np.float32], a: NDArray[np.float64], b: NDArray[np.float64], radius: float) -> None:
    """Add the ink of a straight line with round ends, in pixels, to the part of the sheet that it touches."""
    low = np.clip(np.floor(np.minimum(a, b) - radius), 0, len(sheet)).astype(int)
    high = np.clip(np.ceil(np.maximum(a, b) + radius) + 1, 0, len(sheet)).astype(int)
    part = sheet[low[1] : high[1], low[0] : high[0]]
    x, y = np.arange(low[0], high[0]) - a[0], (np.arange(low[1], high[1]) - a[1])[:, None]
    along_x, along_y = b - a
    length = along_x * along_x + along_y * along_y
    t = np.clip((x * along_x + y * along_y) / length, 0, 1) if length else 0.0  # nearest point of the line
    distance = np.hypot(x - t * along_x, y - t * along_y)
    np.maximum(part, np.clip(radius + 0.5 - distance, 0, 1), out=part, casting="same_kind")
