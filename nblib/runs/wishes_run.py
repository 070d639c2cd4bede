"""What each image of a mini-batch wishes of a network, −∂C/∂w, and what is left of it in their mean."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nblib import validate
from nblib.network import Network

Array = NDArray[Any]

SIZES = [784, 16, 10]


@dataclass(frozen=True, repr=False)
class WishesRecord:
    """One pass forwards and backwards, a row for each of the m images; the network stays as it is.

    Attributes
    ----------
    images : ndarray, shape (m, 784)
    labels : ndarray of int, shape (m,)
    hidden, outputs : ndarray, shapes (m, 16) and (m, 10)
        a¹ and a² of each image.
    hidden_deltas, output_deltas : ndarray, shapes (m, 16) and (m, 10)
        δ¹ and δ² of each image on its own.
    output_weights : ndarray, shape (10, 16)
        W², as it is before the update.
    """

    images: Array
    labels: NDArray[np.int64]
    hidden: Array
    outputs: Array
    hidden_deltas: Array
    output_deltas: Array
    output_weights: Array

    def __len__(self) -> int:
        return len(self.labels)

    def __repr__(self) -> str:
        return f"WishesRecord({len(self)} images)"

    @cached_property
    def for_hidden_weights(self) -> Array:
        """−∂C/∂W¹ of each image, by BP4, shape (m, 16, 784)."""
        return -self.hidden_deltas[:, :, None] * self.images[:, None, :]

    @cached_property
    def for_output_weights(self) -> Array:
        """−∂C/∂W² of each image, by BP4, shape (m, 10, 16)."""
        return -self.output_deltas[:, :, None] * self.hidden[:, None, :]

    @cached_property
    def wishes(self) -> Array:
        """All that an image wishes, weights and biases, in one row each, shape (m, 12730)."""
        parts = (self.for_hidden_weights, -self.hidden_deltas, self.for_output_weights, -self.output_deltas)
        return np.concatenate([part.reshape(len(self), -1) for part in parts], axis=1)

    @cached_property
    def lengths(self) -> Array:
        """‖∇C‖ of each image on its own, shape (m,)."""
        return np.linalg.norm(self.wishes, axis=1)

    @cached_property
    def mean_lengths(self) -> Array:
        """Length of the mean wish of the first k images, for k = 1 … m, shape (m,)."""
        return np.linalg.norm(self.so_far(self.wishes), axis=1)

    @staticmethod
    def so_far(values: Array) -> Array:
        """Return the means of the first one, two, three, … rows.

        >>> WishesRecord.so_far(np.array([4.0, 0.0, 5.0]))
        array([4., 2., 3.])
        """
        counts = np.arange(1, len(values) + 1).reshape(-1, *[1] * (values.ndim - 1))
        return values.cumsum(axis=0) / counts


def run(network: Network, x: ArrayLike, y: ArrayLike) -> WishesRecord:
    """Ask each image what it wishes of the network.

    Parameters
    ----------
    network : Network
        Of 784, 16 and 10 neurons. It is not changed.
    x : array_like, shape (m, 784)
    y : array_like of int, shape (m,)

    Raises
    ------
    ValueError, TypeError
        If an argument is not as described.
    """
    if not isinstance(network, Network):
        raise TypeError(f"network must be a Network, got {type(network).__name__}")
    if list(network.sizes) != SIZES:
        raise ValueError(f"network must be a 784-16-10 network, got {network.architecture}")
    images = validate.rows("x", x, SIZES[0], np.float64)
    labels = validate.labels("y", y, SIZES[-1])
    validate.same_length("x", images, "y", labels)
    trace = network.trace(images, labels)
    passed = (part.astype(np.float64) for part in (*trace.activations[1:], *trace.deltas))
    return WishesRecord(images, labels, *passed, network.weights[1].astype(np.float64))
