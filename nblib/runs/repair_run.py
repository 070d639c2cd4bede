"""A network for XOR with one fault repairs itself: each slope is measured by a nudge down and a nudge up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nblib import validate
from nblib.activations import sigmoid

Array = NDArray[np.float64]

NAMES = ("w¹₁₁", "w¹₁₂", "w¹₂₁", "w¹₂₂", "b¹₁", "b¹₂", "w²₁₁", "w²₁₂", "b²₁")
"""The nine numbers of a network with two inputs, two hidden neurons and one output, in this order."""
SOUND = (3.0, 3.0, 3.0, 3.0, -1.5, -4.5, 3.0, -3.0, -1.5)
"""The numbers of a network without a fault: OR and AND in the hidden layer, and the AND inhibits."""
X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
Y = np.array([0.0, 1.0, 1.0, 0.0])
"""The truth table of XOR."""


@dataclass(frozen=True, repr=False)
class RepairRecord:
    """What one descent did: T steps, T + 1 rows. Row 0 is the start, row t what step t led to.

    Attributes
    ----------
    eta, h : float
        The learning rate, and by how much each number is nudged.
    numbers : ndarray, shape (T + 1, 9)
        The nine numbers, in the order of `NAMES`.
    outputs : ndarray, shape (T + 1, 4)
    cost : ndarray, shape (T + 1,)
        The mean of ½ (a − y)² over the four examples.
    nudged : ndarray, shape (T + 1, 9, 2)
        The cost with each number nudged down, and up.
    """

    eta: float
    h: float
    numbers: Array
    outputs: Array
    cost: Array
    nudged: Array

    def __len__(self) -> int:
        return len(self.cost) - 1

    def __repr__(self) -> str:
        return f"RepairRecord({len(self)} steps, cost {self.cost[0]:.4f} -> {self.cost[-1]:.4f})"

    @property
    def slopes(self) -> Array:
        """How fast the cost moves with each number, as the nudges say, shape (T + 1, 9)."""
        return (self.nudged[..., 1] - self.nudged[..., 0]) / (2 * self.h)


def outputs(numbers: ArrayLike, x: ArrayLike = X) -> Array:
    """Return what networks answer: nine numbers each, shape (…, 9), to rows x, shape (n, 2), in (…, n).

    Raises
    ------
    ValueError, TypeError
        If an argument is not as described; numbers that have left the scale are as good as others.
    """
    numbers, x = validate.real("numbers", numbers).astype(float), validate.rows("x", x, 2)
    if numbers.shape[-1:] != (len(NAMES),):
        raise ValueError(f"numbers must have shape (…, {len(NAMES)}), got shape {numbers.shape}")
    w1, b1 = numbers[..., :4].reshape(*numbers.shape[:-1], 2, 2), numbers[..., None, 4:6]
    hidden = sigmoid(x @ w1.swapaxes(-1, -2) + b1)
    return sigmoid((hidden @ numbers[..., 6:8, None])[..., 0] + numbers[..., 8:])


def cost(numbers: ArrayLike) -> Array:
    """Return the mean cost of networks on the four examples."""
    return (0.5 * (outputs(numbers) - Y) ** 2).mean(axis=-1)


def repair(numbers: ArrayLike, eta: float = 5.0, steps: int = 200, h: float = 0.1) -> RepairRecord:
    """Descend with measured slopes and return the record.

    Parameters
    ----------
    numbers : array_like, shape (9,)
        To begin with, in the order of `NAMES`.
    eta : float
        The learning rate η, above 0.
    steps : int
        At least 1.
    h : float
        By how much each number is nudged, above 0.

    Raises
    ------
    ValueError, TypeError
        If an argument is not as described.
    """
    now = validate.vector("numbers", numbers, len(NAMES))
    eta, h = validate.positive("eta", eta), validate.positive("h", h)
    nudges = h * np.stack([-np.eye(len(NAMES)), np.eye(len(NAMES))], axis=1)
    rows = []
    for _ in range(validate.whole("steps", steps, at_least=1) + 1):
        nudged = cost(now + nudges)
        rows.append((now, outputs(now), cost(now), nudged))
        now = now - eta * (nudged[:, 1] - nudged[:, 0]) / (2 * h)
    return RepairRecord(eta, h, *map(np.array, zip(*rows, strict=True)))
