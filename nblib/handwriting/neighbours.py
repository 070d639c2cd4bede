r"""Which images are nearest to one: exactly, among all of them, and fast enough to follow a pen.

The distance of two images is the length of the difference of their pixels. Measuring it to 60,000
images of 784 pixels takes longer than a hand takes to move on. Most of what tells images apart lies
in few directions, the **principal** ones. Split every image into its part p along those and the rest
r; then, by the triangle inequality in the rest,

    ‖x − q‖²  ≥  ‖p(x) − p(q)‖² + (‖r(x)‖ − ‖r(q)‖)²

The right side needs a twelfth of the work. Whatever it puts farther away than images already found
cannot be among the nearest; only the few others are measured in full.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nblib import validate
from nblib.threads import one_blas_thread

Array = NDArray[Any]

DIRECTIONS = 64
_SAMPLE = 3000  # images from which the directions are found: any directions are right, good ones are quick


class Nearest:
    """Images, made ready to be searched.

    Parameters
    ----------
    x : array_like, shape (n, pixels)
        One image per row. Held, not copied, if it is float32; it must not be changed afterwards.

    Raises
    ------
    ValueError, TypeError
        If `x` does not hold finite numbers in rows.
    """

    def __init__(self, x: ArrayLike) -> None:
        x = validate.real("x", x)
        self.x = validate.rows("x", x, max(1, x.shape[-1] if x.ndim else 0), np.float32)
        with one_blas_thread():
            sample = self.x[:: -(-len(self.x) // _SAMPLE)]
            _, directions = np.linalg.eigh(sample.T @ sample)  # those in which the sample is largest, last
            self._directions = np.ascontiguousarray(directions[:, -DIRECTIONS:])
            self._parts = self.x @ self._directions
        self._squares = np.einsum("ij,ij->i", self.x, self.x)
        self._part_squares = np.einsum("ij,ij->i", self._parts, self._parts)
        self._rests = np.sqrt(np.maximum(self._squares - self._part_squares, 0))
        self._largest = float(self._squares.max())

    def search(self, image: ArrayLike, k: int) -> tuple[Array, Array]:
        """Return the rows of the `k` images nearest to one, the nearest first, and their distances.

        Parameters
        ----------
        image : array_like, shape (pixels,)
        k : int
            At least 1; all images, if there are fewer.

        Returns
        -------
        rows, distances : ndarray, shapes (k,)
            Whole numbers, and distances in the units of the pixels.

        Raises
        ------
        ValueError, TypeError
            If an argument does not fit.
        """
        q = validate.row("image", image, self.x.shape[1], np.float32)
        k = min(validate.whole("k", k, at_least=1), len(self.x))
        with one_blas_thread():
            bounds = self._bounds(q)
            some = np.argpartition(bounds, k - 1)[:k]
            reach = self._distances(some, q).max()  # k images lie within it
            rounding = 1e-4 * (1 + max(self._largest, float(q @ q)))
            near = np.flatnonzero(~(bounds > reach**2 + rounding))  # what is no number is measured in full
            distances = self._distances(near, q)
        order = np.argsort(distances, kind="stable")[:k]
        return near[order], distances[order]

    def _bounds(self, q: Array) -> Array:
        """Return what the square of each distance is at least."""
        part = q @ self._directions
        rest = np.sqrt(max(q @ q - part @ part, 0))
        along = self._part_squares - 2 * (self._parts @ part) + part @ part
        return along + np.square(self._rests - rest)

    def _distances(self, rows: Array, q: Array) -> Array:
        return np.sqrt(np.square(self.x[rows] - q).sum(axis=1))
