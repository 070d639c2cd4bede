r"""One sigmoid neuron with one input, and how gradient descent moves its weight and its bias.

    z = w·x + b    a = σ(z)    C = ½ (a − y)², averaged over the examples

    δ = ∂C/∂z = (a − y) σ′(z), for each example
    ∂C/∂w = mean of δ·x    ∂C/∂b = mean of δ

A step against the gradient, with learning rate η::

    w ← w − η ∂C/∂w
    b ← b − η ∂C/∂b
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nblib import validate
from nblib.activations import sigmoid
from nblib.costs import quadratic

Array = NDArray[np.float64]


@dataclass(frozen=True, repr=False)
class NeuronRecord:
    """What one descent did: T steps, T + 1 rows. Row 0 is the start, row t what step t led to.

    Attributes
    ----------
    x, y : ndarray, shape (n,)
        Inputs and targets of the run.
    eta : float
        The learning rate.
    w, b : ndarray, shape (T + 1,)
    a, delta : ndarray, shape (T + 1, n)
        The activation and δ of each example.
    cost, dC_dw, dC_db : ndarray, shape (T + 1,)
        The cost and its two slopes, averaged over the examples.
    """

    x: Array
    y: Array
    eta: float
    w: Array
    b: Array
    a: Array
    delta: Array
    cost: Array
    dC_dw: Array
    dC_db: Array

    def __len__(self) -> int:
        return len(self.w) - 1

    def __repr__(self) -> str:
        return f"NeuronRecord({len(self)} steps, cost {self.cost[0]:.4f} -> {self.cost[-1]:.4f})"

    @property
    def blown(self) -> NDArray[np.bool_]:
        """Whether w or b has passed a million, or is no number any more, in a row or before it."""
        gone = ~((np.abs(self.w) < 1e6) & (np.abs(self.b) < 1e6))
        return np.logical_or.accumulate(gone)


def cost(x: ArrayLike, y: ArrayLike, w: ArrayLike, b: ArrayLike) -> Any:
    """Return the cost of neurons with weights `w` and biases `b`, averaged over the examples.

    Parameters
    ----------
    x, y : array_like, shape (n,)
        Inputs, and targets from 0 to 1.
    w, b : array_like
        Two numbers, or arrays of any shapes that broadcast: one cost for each pair.

    Raises
    ------
    ValueError, TypeError
        If an argument is not as described.
    """
    x, y = _examples(x, y)
    w, b = np.broadcast_arrays(validate.finite("w", w), validate.finite("b", b))
    a = sigmoid(w[..., None] * x + b[..., None])
    return quadratic(a[..., None], y[:, None]).mean(axis=-1)


def descend(
    x: ArrayLike, y: ArrayLike, eta: float, steps: int, w: float = 0.0, b: float = 0.0
) -> NeuronRecord:
    """Take `steps` steps of gradient descent from (`w`, `b`) and return the record.

    Parameters
    ----------
    x, y : array_like, shape (n,)
        Inputs, and targets from 0 to 1.
    eta : float
        The learning rate η, above 0. If it is so large that the run blows up, the record holds
        what floating point made of it.
    steps : int
        Number of steps, at least 1.
    w, b : float
        Weight and bias to begin with.

    Raises
    ------
    ValueError, TypeError
        If an argument is not as described.

    Examples
    --------
    >>> descend([1.0], [0.0], eta=4.0, steps=1)
    NeuronRecord(1 steps, cost 0.1250 -> 0.0362)
    """
    x, y = _examples(x, y)
    eta, steps = validate.positive("eta", eta), validate.whole("steps", steps, at_least=1)
    w, b = validate.number("w", w), validate.number("b", b)
    rows = []
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(steps + 1):
            a = sigmoid(w * x + b)
            delta = quadratic.delta(a, y, sigmoid)
            mean_cost = quadratic(a[:, None], y[:, None]).mean()
            dC_dw, dC_db = (delta * x).mean(), delta.mean()
            rows.append((w, b, a, delta, mean_cost, dC_dw, dC_db))
            w, b = w - eta * dC_dw, b - eta * dC_db
    return NeuronRecord(x.copy(), y.copy(), eta, *map(np.array, zip(*rows, strict=True)))


def _examples(x: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
    x, y = validate.vector("x", x), validate.vector("y", y)
    validate.same_length("x", x, "y", y)
    if y.min() < 0 or y.max() > 1:
        raise ValueError(f"y must hold targets from 0 to 1, got {y.min():g} to {y.max():g}")
    return x, y
