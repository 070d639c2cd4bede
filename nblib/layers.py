"""What every network here has: weights and biases, layer by layer, and a door at which data are checked.

Layers are l = 0 … L; layer 0 is the input. A Python list starts at 0: ``weights[l - 1]`` is W^l.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from nblib import validate

Array = NDArray[Any]
Gradients = tuple[list[Array], list[Array]]


class Layers(ABC):
    """Layers of neurons, each connected to all of the layer before; what they compute is left open.

    Parameters
    ----------
    sizes : sequence of int
        Neurons per layer, input first. At least two layers.
    scaled : bool
        Whether the initial weights are N(0, 1)/√n_in, or N(0, 1). Biases are N(0, 1).
    seed : int
        Seed of the initial weights. The same seed draws the same numbers, scaled or not, in any `dtype`.
    dtype : {numpy.float32, numpy.float64}
        The type of all numbers inside.

    Attributes
    ----------
    weights : list of ndarray, shapes (n_l, n_{l−1})
        ``weights[l - 1][j, k]`` is w^l_jk, from neuron k of layer l − 1 to neuron j of layer l.
    biases : list of ndarray, shapes (n_l,)

    Raises
    ------
    ValueError, TypeError
        If an argument does not fit.
    """

    def __init__(self, sizes: Sequence[int], scaled: bool, seed: int, dtype: DTypeLike) -> None:
        self.sizes = _sizes(sizes)
        self.dtype = _dtype(dtype)
        rng = np.random.default_rng(validate.whole("seed", seed, at_least=0))
        self.weights: list[Array] = []
        self.biases: list[Array] = []
        for n_in, n_out in zip(self.sizes, self.sizes[1:], strict=False):
            w = rng.standard_normal((n_out, n_in))
            if scaled:
                w /= np.sqrt(n_in)
            self.weights.append(w.astype(self.dtype))
            self.biases.append(rng.standard_normal(n_out).astype(self.dtype))

    @abstractmethod
    def cost(self, x: ArrayLike, y: ArrayLike) -> float:
        """Return the mean cost over the rows of `x` (`y`: labels or targets)."""

    @abstractmethod
    def backprop(self, x: ArrayLike, y: ArrayLike) -> Gradients:
        """Return the gradients of the cost along `weights` and `biases`."""

    @property
    def n_parameters(self) -> int:
        """How many weights and biases there are."""
        return sum(w.size + b.size for w, b in zip(self.weights, self.biases, strict=True))

    def set_parameters(self, weights: Sequence[ArrayLike], biases: Sequence[ArrayLike]) -> None:
        """Replace all weights and biases by copies of the given arrays, which must have the same shapes."""
        self.weights, self.biases = (
            self._like("weights", weights, self.weights),
            self._like("biases", biases, self.biases),
        )

    def _like(self, name: str, given: Sequence[ArrayLike], own: list[Array]) -> list[Array]:
        if len(given) != len(own):
            raise ValueError(f"{name} must be {len(own)} arrays, got {len(given)}")
        arrays = [
            np.array(validate.finite(f"{name}[{i}]", array, self.dtype)) for i, array in enumerate(given)
        ]
        for i, (array, like) in enumerate(zip(arrays, own, strict=True)):
            if array.shape != like.shape:
                raise ValueError(f"{name}[{i}] must have shape {like.shape}, got {array.shape}")
        return arrays

    # -- the door -------------------------------------------------------------------------------

    @abstractmethod
    def _targets(self, name: str, y: Array) -> Array:
        """Return `y`, labels or targets, as targets (n, n_L)."""

    def _rows(self, x: ArrayLike) -> tuple[Array, bool]:
        """Return `x` as rows, and whether it was one example."""
        x = validate.real("x", x)
        single = x.ndim == 1
        return validate.rows("x", x[None] if single else x, self.sizes[0], self.dtype), single

    def _pair(self, x: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
        """Return examples and targets as rows; a single example is one row."""
        x, y = validate.real("x", x), validate.real("y", y)
        if x.ndim == 1:
            return self._data("x", x[None], "y", y[None])
        return self._data("x", x, "y", y)

    def _validation(self, pair: tuple[ArrayLike, ArrayLike]) -> tuple[Array, Array]:
        x, y = validate.pair("validation", pair)
        return self._data("validation x", x, "validation y", y)

    def _data(self, name_x: str, x: ArrayLike, name_y: str, y: ArrayLike) -> tuple[Array, Array]:
        rows = validate.rows(name_x, x, self.sizes[0], self.dtype)
        targets = self._targets(name_y, validate.real(name_y, y))
        validate.same_length(name_x, rows, name_y, targets)
        return rows, targets


def _sizes(sizes: Sequence[int]) -> list[int]:
    if not np.iterable(sizes) or len(sizes) < 2:
        raise ValueError(f"sizes must list at least two layers, such as [784, 30, 10], got {sizes!r}")
    return [validate.whole(f"sizes[{i}]", size, at_least=1) for i, size in enumerate(sizes)]


def _dtype(dtype: DTypeLike) -> np.dtype[Any]:
    try:
        result = np.dtype(dtype)
    except TypeError:
        result = None
    if result is None or result not in (np.dtype(np.float32), np.dtype(np.float64)):
        raise ValueError(f"dtype must be numpy.float32 or numpy.float64, got {dtype!r}")
    return result
