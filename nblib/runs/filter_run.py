"""One filter learns to find a stroke: what it sees at each place of a small picture, update by update."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nblib import validate
from nblib.convolution import patches

Array = NDArray[np.float64]


@dataclass(frozen=True, repr=False)
class FilterRecord:
    """What a filter did in T updates. P places are counted row by row; row t is the pass before update t.

    The filter looks at every place, a_p = max(0, w·x_p + b). The answer is the mean of all a_p, and the
    cost is C = ½ (answer − target)².

    Attributes
    ----------
    image : ndarray, shape (side, side)
    seen : ndarray, shape (P, s²)
        The patch x_p at each place.
    target, eta : float
    weights, bias : ndarray, shapes (T + 1, s²) and (T + 1,)
    z, a, delta : ndarray, shapes (T, P)
        δ_p = ∂C/∂z_p.
    answer, cost : ndarray, shape (T,)
    nabla_weights, nabla_bias : ndarray, shapes (T, s²) and (T,)
        The sums over all places.
    """

    image: Array
    seen: Array
    target: float
    eta: float
    weights: Array
    bias: Array
    z: Array
    a: Array
    delta: Array
    answer: Array
    cost: Array
    nabla_weights: Array
    nabla_bias: Array

    def __len__(self) -> int:
        return len(self.cost)

    def __repr__(self) -> str:
        return f"FilterRecord({len(self)} updates, cost {self.cost[0]:.4f} -> {self.cost[-1]:.4f})"


def learn_filter(
    image: ArrayLike, weights: ArrayLike, bias: float, target: float, eta: float, updates: int = 20
) -> FilterRecord:
    """Let one filter learn from one picture, and return the record.

    Parameters
    ----------
    image : array_like, shape (side, side)
    weights : array_like, shape (s, s)
        Of the filter, to begin with; s is at most the side.
    bias : float
    target : float
        What the mean of the filter's activations is to be.
    eta : float
        The learning rate η, above 0.
    updates : int
        At least 1.

    Raises
    ------
    ValueError, TypeError
        If an argument is not as described.
    """
    image, w = validate.finite("image", image), validate.finite("weights", weights)
    for name, square in (("image", image), ("weights", w)):
        if square.ndim != 2 or square.shape[0] != square.shape[1] or not square.size:
            raise ValueError(f"{name} must have the shape of a square, (n, n), got shape {square.shape}")
    seen = patches(image[None], len(w)).reshape(-1, w.size)
    w, b = w.ravel(), validate.number("bias", bias)
    target, eta = validate.number("target", target), validate.positive("eta", eta)
    rows = []
    for _ in range(validate.whole("updates", updates, at_least=1)):
        z = seen @ w + b
        a = np.maximum(z, 0)
        answer = a.mean()
        delta = (answer - target) / len(seen) * (z > 0)  # BP1: each place has its share of the mean
        rows.append((w, b, z, a, delta, answer, 0.5 * (answer - target) ** 2, delta @ seen, delta.sum()))
        w, b = w - eta * rows[-1][-2], b - eta * rows[-1][-1]  # BP4 and BP3: sums over the places
    weights, biases, *columns = map(np.array, zip(*rows, strict=True))
    return FilterRecord(image, seen, target, eta, np.vstack([weights, w]), np.append(biases, b), *columns)
