"""Changed copies of images: moved ones, and ways to never show a network the same image twice."""

from __future__ import annotations

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
        if x.ndim != 2 or x.shape[1] != side * side:
            raise ValueError(f"x must have {side * side} pixels per row to be shifted, got shape {x.shape}")
        padded = np.zeros((len(x), side + 2 * most, side + 2 * most), x.dtype)
        padded[:, most : most + side, most : most + side] = x.reshape(-1, side, side)
        down, right = rng.integers(0, 2 * most + 1, (2, len(x)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, (side, side), axis=(1, 2))
        return windows[np.arange(len(x)), down, right].reshape(len(x), -1)

    return augment


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
    side = validate.whole("side", side, at_least=1)
    x = validate.real("x", x)
    x = validate.rows("x", x, side * side, x.dtype if x.dtype.kind == "f" else np.float64)
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
