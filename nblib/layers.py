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
        rng = validate.generator("seed", seed)
        self.weights: list[Array] = []
        self.biases: list[Array] = []
        for n_in, n_out in zip(self.sizes, self.sizes[1:], strict=False):
            w = rng.standard_normal((n_out, n_in))
            if scaled:
                w /= np.sqrt(n_in)
            self.weights.append(w.astype(self.dtype))
            self.biases.append(rng.standard_normal(n_out).astype(self.dtype))

    @property
    def n_parameters(self) -> int:
        """How many weights and biases there are."""
        return sum(w.size + b.size for w, b in zip(self.weights, self.biases, strict=True))

    def set_parameters(self, weights: Sequence[ArrayLike], biases: Sequence[ArrayLike]) -> None:
        """Replace all weights and biases by copies of the given arrays.

        Raises
        ------
        ValueError, TypeError
            If the arrays have other shapes, or hold something else than finite numbers.
        """
        self.weights, self.biases = self._like("weights", weights, "biases", biases)

    # -- what each kind of network does in its own way ------------------------------------------

    @abstractmethod
    def backprop(self, x: ArrayLike, y: ArrayLike) -> Gradients:
        """Return the gradients of the cost along `weights` and `biases`."""

    @abstractmethod
    def _measure(self, rows: Array, targets: Array) -> tuple[float, float]:
        """Return cost and accuracy."""

    @abstractmethod
    def _targets(self, name: str, y: Array) -> Array:
        """Return `y`, labels or targets, as targets (n, n_L)."""

    # -- how good it is -------------------------------------------------------------------------

    def accuracy(self, x: ArrayLike, y: ArrayLike) -> float:
        """Return the fraction of rows, 0 to 1, that are answered as `y` says (labels or targets).

        Raises
        ------
        ValueError, TypeError
            If the data do not fit the network.
        """
        return self._measure(*self._pair(x, y))[1]

    def cost(self, x: ArrayLike, y: ArrayLike) -> float:
        """Return the mean cost over the rows of `x` (`y`: labels or targets).

        Raises
        ------
        ValueError, TypeError
            If the data do not fit the network.
        """
        return self._measure(*self._pair(x, y))[0]

    # -- learning -------------------------------------------------------------------------------

    def descend(self, nabla_weights: Sequence[Array], nabla_biases: Sequence[Array], eta: float) -> None:
        """Take one step against these gradients, in place: W ← W − η ∂C/∂W, b ← b − η ∂C/∂b."""
        self._subtract([eta * nabla for nabla in (*nabla_weights, *nabla_biases)])

    def _subtract(self, steps: Sequence[Array]) -> None:
        """Make the update: subtract a step from each of the weights, and then of the biases."""
        for parameter, step in zip(self.weights + self.biases, steps, strict=True):
            parameter -= step

    # -- the door -------------------------------------------------------------------------------

    def data(self, x: ArrayLike, y: ArrayLike, of: str = "") -> tuple[Array, Array]:
        """Return examples and their labels or targets as the network computes with them.

        Parameters
        ----------
        x : array_like, shape (n, n_0)
        y : array_like
            Labels, shape (n,), or targets, shape (n, n_L).
        of : str
            What stands before their names in messages.

        Returns
        -------
        x, targets : ndarray, shapes (n, n_0) and (n, n_L)

        Raises
        ------
        ValueError, TypeError
            If they do not fit the network, or each other.
        """
        rows = validate.rows(f"{of}x", x, self.sizes[0], self.dtype)
        targets = self._targets(f"{of}y", validate.real(f"{of}y", y))
        validate.same_length(f"{of}x", rows, f"{of}y", targets)
        return rows, targets

    def _measured(self, data: tuple[Array, Array], validation: Any) -> tuple[Array, Array]:
        """Return what a training is measured on: the validation data, or else its own."""
        if validation is None:
            return data
        x, y = validate.pair("validation", validation)
        return self.data(x, y, of="validation ")

    def _rows(self, x: ArrayLike) -> tuple[Array, bool]:
        """Return `x` as rows, and whether it was one example."""
        x = validate.real("x", x)
        single = x.ndim == 1
        return validate.rows("x", x[None] if single else x, self.sizes[0], self.dtype), single

    def _pair(self, x: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
        """Return examples and targets as rows; a single example is one row."""
        x, y = validate.real("x", x), validate.real("y", y)
        return self.data(x[None], y[None]) if x.ndim == 1 else self.data(x, y)

    def _like(self, *named: Any) -> tuple[list[Array], ...]:
        """Return copies of arrays for the weights and of arrays for the biases, each after its name."""
        pairs = zip(named[::2], named[1::2], (self.weights, self.biases), strict=True)
        return tuple(validate.like(name, given, own, self.dtype) for name, given, own in pairs)


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
