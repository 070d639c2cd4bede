"""Changed copies of images: moved ones, and ways to never show a network the same image twice."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nblib import validate

Array = NDArray[Any]
Augmentation = Callable[[Array, np.random.Generator], Array]


def shifts(most: int, side: int = 28) -> Augmentation:
    """Return the augmentation that moves each image at random by up to `most` pixels along both axes.

    What leaves on one side is lost, and paper (0) comes in on the other.

    Parameters
    ----------
    most : int
        Pixels, at least 1 and less than `side`.
    side : int
        The images are rows of side · side pixels.

    Raises
    ------
    ValueError, TypeError
        If an argument is not as described; the augmentation, if the images are not of this size.

    Examples
    --------
    >>> image = [[1.0, 2.0, 3.0, 4.0]]
    >>> shifts(1, side=2)(np.array(image), np.random.default_rng(7)).reshape(2, 2)
    array([[3., 4.],
           [0., 0.]])
    """
    most = validate.whole("most", most, at_least=1)
    side = validate.whole("side", side, at_least=1)
    if most >= side:
        raise ValueError(f"most must be less than side, got {most} for images of {side} by {side}")

    def augment(x: Array, rng: np.random.Generator) -> Array:
        _look_at_size(x, side, "shifted")
        padded = np.zeros((len(x), side + 2 * most, side + 2 * most), x.dtype)
        padded[:, most : most + side, most : most + side] = x.reshape(-1, side, side)
        down, right = rng.integers(0, 2 * most + 1, (2, len(x)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, (side, side), axis=(1, 2))
        return windows[np.arange(len(x)), down, right].reshape(len(x), -1)

    return augment


def affine(
    shift: float = 1.0,
    degrees: float = 12.0,
    scale: float = 0.12,
    shear: float = 0.25,
    maps: int = 8,
    side: int = 28,
) -> Augmentation:
    """Return the augmentation that moves, turns, stretches and slants images a little, at random.

    Each of the four is drawn evenly from both directions. A mini-batch is cut into `maps` parts, and the
    images of a part go through one map: where each pixel comes from is found once for all of them.

    Parameters
    ----------
    shift : float
        Pixels along both axes, at most.
    degrees : float
        Angle, at most, below 90.
    scale : float
        Natural logarithm of the factor, at most, along each axis by itself: 0.12 makes it 0.89 to 1.13 times
        as large.
    shear : float
        By how many columns, at most, one row lies beside the next; below 1.
    maps : int
        At least 1.
    side : int
        The images are rows of side · side pixels.

    Raises
    ------
    ValueError, TypeError
        If an argument is not as described; the augmentation, if the images are not of this size.

    References
    ----------
    Simard, Steinkraus and Platt, "Best Practices for Convolutional Neural Networks" (2003), section 2.

    Examples
    --------
    >>> image = np.array([[0.0, 1.0, 0.0, 0.0]])
    >>> affine(shift=0.25, degrees=0, scale=0, shear=0, side=2)(image, np.random.default_rng(1)).round(2)
    array([[0.  , 0.87, 0.  , 0.09]])
    """
    most = [validate.not_negative("shift", shift), math.radians(validate.not_negative("degrees", degrees))]
    most += [validate.not_negative("scale", scale), validate.share("shear", shear)]
    if degrees >= 90:
        raise ValueError(f"degrees must be below 90, got {degrees}")
    maps, side = (validate.whole(name, n, at_least=1) for name, n in (("maps", maps), ("side", side)))

    def augment(x: Array, rng: np.random.Generator) -> Array:
        _look_at_size(x, side, "turned and stretched")
        result = np.empty_like(x)
        parts = min(maps, len(x))
        for part, changed in zip(np.array_split(x, parts), np.array_split(result, parts), strict=True):
            changed[...] = _seen_through(part, *_random_map(*most, rng), side)
        return result

    return augment


def _random_map(
    shift: float, angle: float, scale: float, shear: float, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Return matrix and offset of a map that is drawn evenly: turn, then slant, then stretch, then move."""
    turn, slant = rng.uniform(-angle, angle), rng.uniform(-shear, shear)
    cos, sin = math.cos(turn), math.sin(turn)
    matrix = np.array([[cos, -sin], [sin, cos]]) @ np.array([[1, 0], [slant, 1]])
    return matrix * np.exp(rng.uniform(-scale, scale, 2)), rng.uniform(-shift, shift, 2)


def warped(x: ArrayLike, matrix: ArrayLike, offset: ArrayLike = (0, 0), side: int = 28) -> Array:
    """Return images seen through an affine map.

    The pixel at place p shows what was at matrix · p + offset. Places are (row, column), counted from the
    middle of the image. Between pixels it is a blend of the four around; beyond the rim is paper (0).

    Parameters
    ----------
    x : array_like, shape (n, side²)
    matrix : array_like, shape (2, 2)
    offset : array_like, shape (2,)
        Pixels.
    side : int
        The images are rows of side · side pixels.

    Raises
    ------
    ValueError, TypeError
        If an argument is not as described.

    Examples
    --------
    A quarter of a turn, clockwise:

    >>> warped([[1.0, 2.0, 3.0, 4.0]], [[0, -1], [1, 0]], side=2)
    array([[3., 1., 4., 2.]])
    """
    x, side = _images(x, side)
    matrix, offset = validate.rows("matrix", matrix, 2), validate.vector("offset", offset, 2)
    if len(matrix) != 2:
        raise ValueError(f"matrix must have the shape (2, 2), got {matrix.shape}")
    return _seen_through(x, matrix, offset, side)


def _seen_through(x: Array, matrix: Array, offset: Array, side: int) -> Array:
    middle, wide = (side - 1) / 2, side + 2  # with a rim of paper
    places = np.indices((side, side)).reshape(2, -1) - middle
    row, column = (matrix @ places + offset[:, None] + middle + 1).clip(0, wide - 1)
    above, left = (np.minimum(part.astype(int), wide - 2) for part in (row, column))
    down, right = (part[:, None].astype(x.dtype) for part in (row - above, column - left))
    framed = np.zeros((wide, wide, len(x)), x.dtype)  # an image a column: whole rows are fetched
    framed[1:-1, 1:-1] = x.T.reshape(side, side, -1)
    pixels, corner = framed.reshape(wide * wide, -1), above * wide + left

    def across(corner: Array) -> Array:
        return pixels[corner] + right * (pixels[corner + 1] - pixels[corner])

    upper, lower = across(corner), across(corner + wide)
    return (upper + down * (lower - upper)).T


def _images(x: ArrayLike, side: int) -> tuple[Array, int]:
    side = validate.whole("side", side, at_least=1)
    x = validate.real("x", x)
    return validate.rows("x", x, side * side, x.dtype if x.dtype.kind == "f" else np.float64), side


def _look_at_size(x: Array, side: int, done: str) -> None:
    if x.ndim != 2 or x.shape[1] != side * side:
        raise ValueError(f"x must have {side * side} pixels per row to be {done}, got shape {x.shape}")


def moved(x: ArrayLike, down: int, right: int, side: int = 28) -> Array:
    """Return images moved by whole pixels; what leaves is lost, and paper (0) comes in.

    Parameters
    ----------
    x : array_like, shape (n, side²)
    down, right : int, negative ones too
        Pixels; negative ones move up and left. Less than `side`, either way.
    side : int
        The images are rows of side · side pixels.

    Raises
    ------
    ValueError, TypeError
        If an argument is not as described.

    Examples
    --------
    >>> moved([[1.0, 2.0, 3.0, 4.0]], down=1, right=0, side=2)
    array([[0., 0., 1., 2.]])
    """
    x, side = _images(x, side)
    down, right = (validate.whole(name, by, 1 - side) for name, by in (("down", down), ("right", right)))
    for name, by in (("down", down), ("right", right)):
        if by >= side:
            raise ValueError(f"{name} must be less than side, got {by} for images of {side} by {side}")
    result, images = np.zeros((len(x), side, side), x.dtype), x.reshape(-1, side, side)
    (to_rows, rows), (to_columns, columns) = _spans(down), _spans(right)
    result[:, to_rows, to_columns] = images[:, rows, columns]
    return result.reshape(x.shape)


def _spans(by: int) -> tuple[slice, slice]:
    """Return where rows go to, and which go there, when everything moves on by so many."""
    ahead, behind = slice(by, None) if by > 0 else slice(None), slice(None, -by) if by > 0 else slice(None)
    return (ahead, behind) if by >= 0 else (slice(None, by), slice(-by, None))
