r"""The perceptron: one unit that decides by a line, and learns the line from its mistakes.

Prediction (Rosenblatt 1958)::

    ŷ = 1 if w·x + b > 0 else 0

Learning rule, after each example::

    w ← w + η (y − ŷ) x
    b ← b + η (y − ŷ)

The factor (y − ŷ) is 0 where the unit is right, +1 where it should have fired and did not, and −1
where it fired and should not have.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nblib import validate

Array = NDArray[np.float64]


@dataclass(frozen=True, repr=False)
class PerceptronRecord:
    """What one run of `Perceptron.fit` did: one row per example looked at, T rows in all.

    Attributes
    ----------
    x, y : ndarray, shapes (n, n_inputs) and (n,)
        The data of the run.
    eta : float
        The learning rate.
    epoch : ndarray of int, shape (T,)
        The pass through the data, counted from 1.
    example : ndarray of int, shape (T,)
        Row of `x` that was looked at.
    z : ndarray, shape (T,)
        The weighted input w·x + b before the update.
    prediction, error : ndarray of int, shape (T,)
        ŷ and y − ŷ, both before the update.
    weights : ndarray, shape (T + 1, n_inputs)
        Row t holds the weights before step t, row t + 1 those after it.
    biases : ndarray, shape (T + 1,)
        The same for the bias.
    converged : bool
        Whether the last pass went through all the data without a mistake.

    Raises
    ------
    ValueError
        If there is no step, or a column has another length.
    """

    x: Array
    y: NDArray[np.int64]
    eta: float
    epoch: NDArray[np.int64]
    example: NDArray[np.int64]
    z: Array
    prediction: NDArray[np.int64]
    error: NDArray[np.int64]
    weights: Array
    biases: Array
    converged: bool

    def __post_init__(self) -> None:
        if not len(self):
            raise ValueError("example must hold at least one step, got none: the record is empty")
        lengths = {"y": len(self.x)} | dict.fromkeys(("epoch", "z", "prediction", "error"), len(self))
        lengths |= {"weights": len(self) + 1, "biases": len(self) + 1}
        for name, length in lengths.items():
            if len(getattr(self, name)) != length:
                raise ValueError(f"{name} must have {length} rows, got {len(getattr(self, name))}")

    def __len__(self) -> int:
        return len(self.example)

    def __repr__(self) -> str:
        end = "converged" if self.converged else "not converged"
        return (
            f"PerceptronRecord({len(self)} steps, {self.epochs} epochs, {self.mistakes.size} mistakes, {end})"
        )

    @property
    def mistakes(self) -> NDArray[np.int64]:
        """The steps at which the prediction was wrong, that is, at which the weights moved."""
        return np.flatnonzero(self.error)

    @property
    def epochs(self) -> int:
        """How many passes through the data were begun."""
        return int(self.epoch[-1])

    @property
    def mistakes_per_epoch(self) -> NDArray[np.int64]:
        """Count of mistakes in each pass, shape (epochs,)."""
        return np.bincount(self.epoch[self.mistakes], minlength=self.epochs + 1)[1:]


class Perceptron:
    """One threshold unit with weights that it can learn.

    Parameters
    ----------
    n_inputs : int
        Number of inputs, at least 1. Weights and bias start at zero.

    Attributes
    ----------
    weights : ndarray, shape (n_inputs,)
    bias : float

    Raises
    ------
    ValueError, TypeError
        If `n_inputs` is no whole number of at least 1.

    Examples
    --------
    >>> unit = Perceptron(2)
    >>> unit.fit([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1])
    PerceptronRecord(24 steps, 6 epochs, 10 mistakes, converged)
    >>> unit.predict([1, 1])
    1
    """

    def __init__(self, n_inputs: int) -> None:
        n_inputs = validate.whole("n_inputs", n_inputs, at_least=1)
        self.weights = np.zeros(n_inputs)
        self.bias = 0.0

    def __repr__(self) -> str:
        return f"Perceptron(n_inputs={self.weights.size})"

    def weighted_input(self, x: ArrayLike) -> Any:
        """Return z = w·x + b: shape (n,) for rows (n, n_inputs), a number for one example (n_inputs,).

        Raises
        ------
        ValueError, TypeError
            If `x` does not hold finite numbers, n_inputs in a row.
        """
        x, single = validate.rows_or_one("x", x, self.weights.size)
        z = x @ self.weights + self.bias
        return float(z[0]) if single else z

    def predict(self, x: ArrayLike) -> Any:
        """Return ŷ, 0 or 1: shape (n,) for rows (n, n_inputs), an int for one example (n_inputs,)."""
        fires = np.asarray(self.weighted_input(x)) > 0
        return fires.astype(np.int64) if fires.ndim else int(fires)

    def fit(
        self,
        x: ArrayLike,
        y: ArrayLike,
        eta: float = 1.0,
        max_epochs: int = 100,
        order: str = "given",
        seed: int = 0,
    ) -> PerceptronRecord:
        """Learn from the mistakes on the data, and return the record of every step.

        The unit goes on from the weights that it has. It stops after the first pass without a
        mistake, or after `max_epochs` passes.

        Parameters
        ----------
        x : array_like, shape (n, n_inputs)
            One example per row.
        y : array_like, shape (n,)
            Targets, 0 or 1.
        eta : float
            The learning rate η, above 0. From zero weights it only sets their scale: predictions
            and mistakes are the same for every η.
        max_epochs : int
            The most passes through the data, at least 1.
        order : {"given", "shuffled"}
            Whether each pass takes the rows as they stand, or in a new random order.
        seed : int
            Seed of the random order.

        Raises
        ------
        ValueError, TypeError
            If an argument does not fit; nothing has been changed then.
        """
        x = validate.rows("x", x, self.weights.size)
        y = validate.labels("y", y, n_classes=2)
        validate.same_length("x", x, "y", y)
        eta = validate.positive("eta", eta)
        max_epochs = validate.whole("max_epochs", max_epochs, at_least=1)
        validate.one_of("order", order, ("given", "shuffled"))
        rng = validate.generator("seed", seed)

        steps: list[tuple[int, int, float, int, int]] = []
        weights, biases = [self.weights], [self.bias]
        for epoch in range(1, max_epochs + 1):
            for i in rng.permutation(len(x)) if order == "shuffled" else range(len(x)):
                steps.append((epoch, int(i), *self._learn(x[i], int(y[i]), eta)))
                weights.append(self.weights)
                biases.append(self.bias)
            converged = not any(error for *_, error in steps[-len(x) :])
            if converged:
                break
        columns = map(np.array, (*zip(*steps, strict=True), weights, biases))
        return PerceptronRecord(x.copy(), y.copy(), eta, *columns, converged)

    def _learn(self, x: Array, y: int, eta: float) -> tuple[float, int, int]:
        """Look at one example, and move if ŷ is not y; return z, ŷ and y − ŷ, all before the move."""
        z = float(x @ self.weights + self.bias)
        prediction = int(z > 0)
        error = y - prediction
        if error:
            self.weights = self.weights + eta * error * x
            self.bias += eta * error
        return z, prediction, error


@dataclass(frozen=True)
class Margin:
    """How wide a line keeps clear of the data, and what follows for the perceptron.

    With the bias written as one more weight on a constant input 1, x̃ = (x, 1), the line is a
    direction ṽ = (w, b) with ‖ṽ‖ = 1.

    Attributes
    ----------
    weights : ndarray, shape (n_inputs,)
    bias : float
        The line, scaled so that ‖(w, b)‖ = 1.
    gamma : float
        γ, the smallest ± ṽ·x̃ over the data, + for targets 1 and − for targets 0. It is positive
        exactly when the line puts every example on its right side.
    radius : float
        R, the largest ‖x̃‖.
    """

    weights: Array
    bias: float
    gamma: float
    radius: float

    @property
    def bound(self) -> float:
        """The most mistakes a perceptron from zero weights can make: R²/γ² (Novikoff 1962); ∞ if γ ≤ 0."""
        if self.gamma <= 0:
            return math.inf
        bound = (self.radius / self.gamma) ** 2
        # A whole number is reached by some runs, so rounding must not leave it a hair too small.
        return float(round(bound)) if math.isclose(bound, round(bound), rel_tol=1e-12) else bound


def margin(x: ArrayLike, y: ArrayLike, weights: ArrayLike, bias: float) -> Margin:
    """Return the margin by which the line w·x + b = 0 separates the data.

    Parameters
    ----------
    x : array_like, shape (n, n_inputs)
    y : array_like, shape (n,), 0 or 1
    weights : array_like, shape (n_inputs,)
    bias : float

    Raises
    ------
    ValueError, TypeError
        If an argument is not as described, or weights and bias are all zero.
    """
    weights = validate.vector("weights", weights)
    signed, radius = _signed_rows(x, y, weights.size)
    v = np.append(weights, validate.number("bias", bias))
    if not v.any():
        raise ValueError("weights and bias must not all be zero: they give no line")
    return _margin(v, signed, radius)


def widest_margin(x: ArrayLike, y: ArrayLike, iterations: int = 2000) -> Margin:
    """Search for the line with the widest margin, the one that gives the tightest bound R²/γ².

    The widest margin is the distance from the origin to the convex hull of the signed examples
    ±x̃. The search walks to that nearest point (Gilbert 1966): look for the example that lies
    furthest back, and move to the nearest point on the way to it. The margin of every point it
    visits is a true margin, so the result never claims more than it has; on inseparable data γ
    is not positive.

    Raises
    ------
    ValueError, TypeError
        If the data are not rows with labels 0 or 1, or `iterations` is no whole number of at least 1.
    """
    x = validate.real("x", x)
    signed, radius = _signed_rows(x, y, max(1, x.shape[-1] if x.ndim else 0))
    iterations = validate.whole("iterations", iterations, at_least=1)
    v = signed.mean(axis=0)
    best = _margin(v, signed, radius)
    for _ in range(iterations):
        towards = signed[np.argmin(signed @ v)] - v
        length = towards @ towards
        if length == 0:
            break
        v = v + np.clip(-(v @ towards) / length, 0, 1) * towards
        best = max(best, _margin(v, signed, radius), key=lambda m: m.gamma)
    return best


def _signed_rows(x: ArrayLike, y: ArrayLike, n_inputs: int) -> tuple[Array, float]:
    x = validate.rows("x", x, n_inputs)
    y = validate.labels("y", y, n_classes=2)
    validate.same_length("x", x, "y", y)
    augmented = np.column_stack([x, np.ones(len(x))])
    return augmented * (2 * y - 1)[:, None], float(np.linalg.norm(augmented, axis=1).max())


def _margin(v: Array, signed: Array, radius: float) -> Margin:
    length = np.linalg.norm(v)
    v = v / length if length > 0 else v
    return Margin(v[:-1], float(v[-1]), float((signed @ v).min()), radius)
