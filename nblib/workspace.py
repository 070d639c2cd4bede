"""Room for one pass forwards and backwards: made once for a run, and written anew by every mini-batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class Workspace:
    """The arrays of one pass over m examples. Examples are columns here, as in the formulas: W a + b.

    Making arrays costs more time than filling small ones. So they are made once, and NumPy writes into
    them (``out=``).

    Parameters
    ----------
    sizes : sequence of int
        Neurons per layer, input first.
    m : int
        How many examples.
    dtype : numpy.dtype

    Attributes
    ----------
    x, y : ndarray, shapes (m, n_0) and (m, n_L)
        Examples and targets: these are rows, as everywhere outside.
    a : list of ndarray, shapes (n_l, m), l = 0 … L
        a^0 is `x`, turned round.
    z, delta : list of ndarray, shapes (n_l, m), l = 1 … L
    nabla_weights, nabla_biases : lists of ndarray, shapes (n_l, n_{l−1}) and (n_l,)
        The gradients.
    ones : ndarray, shape (m,)
        A product with it is a sum over the examples.
    """

    def __init__(self, sizes: Sequence[int], m: int, dtype: np.dtype[Any]) -> None:
        self.sizes, self.m, self.dtype = sizes, m, dtype
        self.x, self.y = np.empty((m, sizes[0]), dtype), np.empty((m, sizes[-1]), dtype)
        self.z, a, self.delta = ([np.empty((n, m), dtype) for n in sizes[1:]] for _ in range(3))
        self.a = [self.x.T, *a]
        self.nabla_weights = [np.empty(shape, dtype) for shape in zip(sizes[1:], sizes, strict=False)]
        self.nabla_biases = [np.empty(n, dtype) for n in sizes[1:]]
        self.ones = np.ones(m, dtype)

    def of(self, m: int) -> Workspace:
        """Return a workspace for `m` examples: this one, or, if it is for another number, a new one."""
        return self if m == self.m else Workspace(self.sizes, m, self.dtype)

    def hold(self, x: Array, y: Array | None = None) -> Workspace:
        """Return a workspace for these examples and targets that holds them, without copying them."""
        room = self.of(len(x))
        room.x, room.a[0] = x, x.T
        if y is not None:
            room.y = y
        return room


def as_rows(columns: Sequence[Array]) -> list[Array]:
    """Return arrays of columns as arrays of rows."""
    return [np.ascontiguousarray(column.T) for column in columns]
