"""Small data sets to learn on: points in the plane, truth tables, and images of lines.

`PLANE` has the larger sets of the playground by their names: their points lie within about 3 of the origin.

Every function returns ``x`` with one example per row and ``y`` with its label, 0 or 1. Random
sets are the same on every machine for the same seed.

Raises
------
ValueError, TypeError
    By every function, if an argument is not as described.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from nblib import gates, validate

Data = tuple[NDArray[np.float64], NDArray[np.int64]]

GATES: dict[str, gates.Unit | gates.Circuit] = {
    "and": gates.AND,
    "or": gates.OR,
    "nand": gates.NAND,
    "nor": gates.NOR,
    "xor": gates.XOR,
}


def separable(n: int = 40, gap: float = 0.4, seed: int = 0) -> Data:
    """Return points of the square [−1, 1]² that a line separates.

    The line goes through (0, 0.2) with normal (0.6, 0.8); no point lies closer to it than half
    the `gap`.

    Parameters
    ----------
    n : int
        Number of points, at least 2.
    gap : float
        Width of the empty strip, above 0 and at most 1.
    seed : int

    Returns
    -------
    x : ndarray, shape (n, 2)
    y : ndarray, shape (n,), 1 on the side of the normal

    Raises
    ------
    ValueError, TypeError
        If an argument is not as described.
    """
    n = validate.whole("n", n, at_least=2)
    gap = validate.positive("gap", gap)
    if gap > 1:
        raise ValueError(f"gap must be at most 1, got {gap:g}")
    rng = validate.generator("seed", seed)
    points = np.empty((0, 2))
    while len(points) < n:
        more = rng.uniform(-1, 1, size=(n, 2))
        points = np.vstack([points, more[np.abs(_distance(more)) >= gap / 2]])
    points = points[:n]
    return points, (_distance(points) > 0).astype(np.int64)


def _distance(points: NDArray[np.float64]) -> NDArray[np.float64]:
    return points @ [0.6, 0.8] - 0.16


# -- larger sets in the plane ---------------------------------------------------------------------


def clouds(n: int = 200, noise: float = 0.0, seed: int = 0) -> Data:
    """Return two round clouds that a line separates, around (1.5, 1) for label 1 and (−1.5, −1) for label 0.

    Parameters
    ----------
    n : int
        Number of points, at least 4. Half of them have label 1.
    noise : float
        Standard deviation of what is added to both coordinates of each point, at least 0.
    seed : int

    Returns
    -------
    x : ndarray, shape (n, 2)
    y : ndarray, shape (n,)

    Raises
    ------
    ValueError, TypeError
        If an argument is not as described.
    """
    y, rng = _halves(n, seed)
    angle, radius = rng.uniform(0, 2 * np.pi, n), 1.2 * np.sqrt(rng.uniform(size=n))
    return _shaken(np.outer(2 * y - 1, [1.5, 1.0]) + _polar(radius, angle), noise, rng), y


def circle(n: int = 200, noise: float = 0.0, seed: int = 0) -> Data:
    """Return a disc of radius 1.5 with label 1, around it a ring from 2 to 3 with label 0; see `clouds`."""
    y, rng = _halves(n, seed)
    angle, share = rng.uniform(0, 2 * np.pi, n), np.sqrt(rng.uniform(size=n))
    return _shaken(_polar(np.where(y == 1, 1.5 * share, 2 + share), angle), noise, rng), y


def moons(n: int = 200, noise: float = 0.0, seed: int = 0) -> Data:
    """Return two half circles, each with an end inside the other; see `clouds`.

    That of label 0 opens downwards, that of label 1 upwards.
    """
    y, rng = _halves(n, seed)
    arc = _polar(np.full(n, 1.8), rng.uniform(0, np.pi, n))
    return _shaken((1 - 2 * y)[:, None] * (arc - [0.9, 0.4]), noise, rng), y


def spiral(n: int = 200, noise: float = 0.0, seed: int = 0) -> Data:
    """Return two arms that wind once and a quarter around each other; see `clouds`.

    They begin near the middle, 0.2 from it, and end at radius 3; that of label 1 is the other one, turned
    by half a turn.
    """
    y, rng = _halves(n, seed)
    along = np.sqrt((np.arange(n) // 2 + 0.5) / ((n + 1) // 2))
    return _shaken(_polar(0.2 + 2.8 * along, 2.5 * np.pi * along + np.pi * y), noise, rng), y


def clusters(n: int = 200, noise: float = 0.0, seed: int = 0) -> Data:
    """Return four clusters in a row, whose labels are 0, 1, 0 and 1; see `clouds`."""
    y, rng = _halves(n, seed)
    middle = np.outer(np.arange(n) % 4 - 1.5, [1.7, 0.8])
    angle, radius = rng.uniform(0, 2 * np.pi, n), 0.7 * np.sqrt(rng.uniform(size=n))
    return _shaken(middle + _polar(radius, angle), noise, rng), y


def quadrants(n: int = 200, noise: float = 0.0, seed: int = 0) -> Data:
    """Return a square of points with label 1 where x₁ and x₂ differ in their signs, XOR; see `clouds`.

    Without noise none is nearer to an axis than 0.2.
    """
    y, rng = _halves(n, seed)
    upper = np.where(np.arange(n) % 4 < 2, 1, -1)
    return _shaken(rng.uniform(0.2, 2.8, (n, 2)) * np.c_[upper * (1 - 2 * y), upper], noise, rng), y


PLANE: dict[str, Callable[..., Data]] = {
    "clouds": clouds,
    "circle": circle,
    "moons": moons,
    "clusters": clusters,
    "xor": quadrants,
    "spiral": spiral,
}


def _halves(n: int, seed: int) -> tuple[NDArray[np.int64], np.random.Generator]:
    return np.arange(validate.whole("n", n, at_least=4)) % 2, validate.generator("seed", seed)


def _polar(radius: NDArray[np.float64], angle: NDArray[np.float64]) -> NDArray[np.float64]:
    return radius[:, None] * np.c_[np.cos(angle), np.sin(angle)]


def _shaken(points: NDArray[np.float64], noise: float, rng: np.random.Generator) -> NDArray[np.float64]:
    return points + validate.not_negative("noise", noise) * rng.standard_normal(points.shape)


# -- truth tables and images ----------------------------------------------------------------------


def overlapping(n: int = 40, seed: int = 0) -> Data:
    """Return two round clouds of points that overlap.

    A line may still separate the few points that are drawn; of 20 it does for some seeds. The
    centres are (−0.4, −0.3) for label 0 and (0.4, 0.3) for label 1; the standard deviation is
    0.45. Shapes (n, 2) and (n,).

    Raises
    ------
    ValueError, TypeError
        If `n` is not a whole number of at least 10, or `seed` none of at least 0.
    """
    n = validate.whole("n", n, at_least=10)
    rng = validate.generator("seed", seed)
    y = np.arange(n) % 2
    return rng.normal(np.array([[-0.4, -0.3], [0.4, 0.3]])[y], 0.45), y


def gate(name: str) -> Data:
    """Return the truth table of a gate as data: shapes (4, 2) and (4,).

    Parameters
    ----------
    name : {"and", "or", "nand", "nor", "xor"}

    Raises
    ------
    ValueError
        If there is no gate of this name.
    """
    x, y = GATES[validate.one_of("name", name, GATES)].truth_table()
    return x.astype(np.float64), y.reshape(-1)


def lines(size: int = 3, row: int | None = None, noise: float = 0.0, copies: int = 1, seed: int = 0) -> Data:
    """Return images of horizontal and vertical lines, all the way across.

    Without a `row` the label says whether the line is horizontal, which no perceptron can learn:
    the rows of its weights and the columns of its weights have the same sum.

    Parameters
    ----------
    size : int
        Height and width of the images in pixels, at least 3.
    row : int, optional
        The row, from 0 at the top, whose line alone has label 1; by default every horizontal
        line has it.
    noise : float
        Standard deviation of the noise added to every pixel, 0 or more; the result is clipped to
        0 … 1.
    copies : int
        How often each of the 2·size lines appears, at least 1.
    seed : int

    Returns
    -------
    x : ndarray, shape (2·size·copies, size²)
        0 background, 1 ink.
    y : ndarray, shape (2·size·copies,)
        1 for the lines asked for, else 0.

    Raises
    ------
    ValueError, TypeError
        If an argument is not as described.
    """
    size = validate.whole("size", size, at_least=3)
    copies = validate.whole("copies", copies, at_least=1)
    if row is not None and validate.whole("row", row, at_least=0) >= size:
        raise ValueError(f"row must be at most {size - 1} for images of {size} rows, got {row}")
    noise = validate.not_negative("noise", noise)
    rng = validate.generator("seed", seed)
    horizontal = np.zeros((size, size, size))
    horizontal[np.arange(size), np.arange(size), :] = 1
    images = np.concatenate([horizontal, horizontal.transpose(0, 2, 1)]).reshape(2 * size, -1)
    x = np.tile(images, (copies, 1))
    wanted = np.arange(2 * size) < size if row is None else np.arange(2 * size) == row
    y = np.tile(wanted.astype(np.int64), copies)
    return np.clip(x + noise * rng.standard_normal(x.shape), 0, 1), y
