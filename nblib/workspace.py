"""Room for one pass forwards and backwards: made once for a run, and written anew by every mini-batch."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class Workspace:
    """The arrays of one pass over m examples, one example a row.

    Making arrays costs more time than filling small ones. So they are made once, and NumPy writes into
    them (``out=``).

    Parameters
    ----------
    sizes : sequence of int
        Neurons per layer, input first.
    m : int
        How many examples.
    dtype : numpy.dtype
    order : {"C", "F"}
        Whether z, a and δ lie in memory row after row, or column after column. It changes the last bit
        of their numbers, and how long the products take.

    Attributes
    ----------
    a : list of ndarray, shapes (m, n_l), l = 0 … L
        a^0 are the examples, as `hold` is given them.
    y : ndarray, shape (m, n_L)
        Their targets.
    z, delta : list of ndarray, shapes (m, n_l), l = 1 … L
    nabla_weights, nabla_biases : lists of ndarray, shapes (n_l, n_{l−1}) and (n_l,)
        The gradients.
    """

    y: Array

    def __init__(
        self, sizes: Sequence[int], m: int, dtype: np.dtype[Any], order: Literal["C", "F"] = "C"
    ) -> None:
        self.sizes, self.m, self.dtype, self.order = sizes, m, dtype, order
        self.z, self.a = self._layers(), [np.empty(0), *self._layers()]

    def _layers(self) -> list[Array]:
        return [np.empty((self.m, n), self.dtype, self.order) for n in self.sizes[1:]]

    # What only the way back needs is made on the way back.

    @cached_property
    def delta(self) -> list[Array]:
        """δ^1 … δ^L."""
        return self._layers()

    @cached_property
    def nabla_weights(self) -> list[Array]:
        """∂C/∂W^1 … ∂C/∂W^L."""
        return [np.empty(shape, self.dtype) for shape in zip(self.sizes[1:], self.sizes, strict=False)]

    @cached_property
    def nabla_biases(self) -> list[Array]:
        """∂C/∂b^1 … ∂C/∂b^L."""
        return [np.empty(n, self.dtype) for n in self.sizes[1:]]

    def hold(self, x: Array, y: Array | None = None) -> Workspace:
        """Return a workspace that holds these examples and targets, without copying them.

        It is this one; for another number of examples, such as in the last mini-batch, it is a new one.
        """
        room = self if len(x) == self.m else Workspace(self.sizes, len(x), self.dtype, self.order)
        room.a[0] = x
        if y is not None:
            room.y = y
        return room
