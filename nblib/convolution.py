r"""One small set of weights for every place of a picture: filters, the mean of four, and softmax.

A filter is a neuron that looks at a patch of s × s pixels. It is moved over the picture. At each place p
it does what every neuron does, always with the same weights and the same bias::

    z_p,f = Σ_k w_f,k x_p,k + b_f        a_p,f = max(0, z_p,f)

x_p,k is pixel k of the patch at p. Of each two by two places the mean goes on (pooling), into a layer of
softmax neurons as in `nblib.classifier`. In backpropagation one thing is new: a weight is at work at many
places, so a nudge of it moves z at all of them, and its slope is the sum over them::

    BP3   ∂C/∂b_f   = Σ_p δ_p,f
    BP4   ∂C/∂w_f,k = Σ_p δ_p,f x_p,k
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, DTypeLike, NDArray

from nblib import symptoms, validate
from nblib.augmentations import Augmentation
from nblib.ranking import answers
from nblib.runs.epochs import Descent, Epochs, Rows
from nblib.threads import one_blas_thread

Array = NDArray[Any]
Gradients = tuple[list[Array], list[Array]]

BLOCK = 250  # how many images are looked at at once, where nothing but the outputs is asked for


def patches(images: ArrayLike, size: int) -> NDArray[Any]:
    """Return what a filter sees at each place of each image.

    Parameters
    ----------
    images : array_like, shape (n, height, width)
    size : int
        The side s of a patch, at least 1 and at most the shorter side of the images.

    Returns
    -------
    ndarray, shape (n, height − s + 1, width − s + 1, s²)
        The patch whose upper left pixel stands there, row by row.

    Raises
    ------
    ValueError, TypeError
        If an argument is not as described.

    Examples
    --------
    >>> patches([[[1, 2, 3], [4, 5, 6]]], 2)[0, 0]
    array([[1., 2., 4., 5.],
           [2., 3., 5., 6.]])
    """
    images = validate.real("images", images)
    images = validate.finite("images", images, images.dtype if images.dtype.kind == "f" else np.float64)
    if images.ndim != 3:
        raise ValueError(f"images must have shape (n, height, width), got shape {images.shape}")
    size = validate.whole("size", size, at_least=1)
    if size > min(images.shape[1:]):
        raise ValueError(f"size must be at most {min(images.shape[1:])}, a side of the images, got {size}")
    return _patches(images, size)


def _patches(images: Array, size: int) -> Array:
    windows = sliding_window_view(images, (size, size), axis=(1, 2))
    return windows.reshape(*windows.shape[:3], size * size)


class ConvolutionalNetwork:
    """Filters that look everywhere, then one layer of softmax neurons; the cost is the cross-entropy.

    Parameters
    ----------
    side : int
        Pixels along a side of the square images; ``side − size + 1`` is even.
    n_filters : int
    size : int
        The side s of a filter.
    n_classes : int
        At least 2.
    seed : int
        Seed of the initial weights: N(0, 1)·√2/s for the filters, N(0, 1)/√n_in for the rest. Biases start
        at 0.
    dtype : {numpy.float32, numpy.float64}
        The type of all numbers inside.

    Attributes
    ----------
    weights : list of ndarray, shapes (n_filters, s²) and (n_classes, (n_places / 2)² · n_filters)
    biases : list of ndarray, shapes (n_filters,) and (n_classes,)
    n_places : int
        At how many places along a side a filter looks.

    Raises
    ------
    ValueError, TypeError
        If an argument is not as described.

    References
    ----------
    K. Fukushima, "Neocognitron" (1980); Y. LeCun et al., "Backpropagation Applied to Handwritten Zip Code
    Recognition" (1989), where backpropagation first found the filters.

    Examples
    --------
    >>> ConvolutionalNetwork(28, n_filters=8, size=5)
    ConvolutionalNetwork(28 × 28, 8 filters of 5 × 5, 10 classes, float32)
    """

    def __init__(
        self,
        side: int,
        n_filters: int,
        size: int,
        n_classes: int = 10,
        seed: int = 0,
        dtype: DTypeLike = np.float32,
    ) -> None:
        self.side = validate.whole("side", side, at_least=1)
        self.size = validate.whole("size", size, at_least=1)
        n_filters = validate.whole("n_filters", n_filters, at_least=1)
        n_classes = validate.whole("n_classes", n_classes, at_least=2)
        self.n_places = self.side - self.size + 1
        if self.n_places < 2 or self.n_places % 2:
            raise ValueError(
                "side − size + 1 must be even and at least 2, for means of two by two places; "
                f"got {self.side} − {self.size} + 1 = {self.n_places}"
            )
        self.dtype, rng = validate.floating("dtype", dtype), validate.generator("seed", seed)
        n_pooled = (self.n_places // 2) ** 2 * n_filters
        filters = math.sqrt(2) / self.size * rng.standard_normal((n_filters, self.size**2))
        reading = rng.standard_normal((n_classes, n_pooled)) / math.sqrt(n_pooled)
        self.weights = [filters.astype(self.dtype), reading.astype(self.dtype)]
        self.biases = [np.zeros(n_filters, self.dtype), np.zeros(n_classes, self.dtype)]

    def __repr__(self) -> str:
        filters = f"{len(self.weights[0])} filters of {self.size} × {self.size}"
        classes = f"{len(self.weights[1])} classes"
        return f"ConvolutionalNetwork({self.side} × {self.side}, {filters}, {classes}, {self.dtype})"

    @property
    def n_parameters(self) -> int:
        """How many weights and biases there are."""
        return sum(array.size for array in (*self.weights, *self.biases))

    def set_parameters(self, weights: Sequence[ArrayLike], biases: Sequence[ArrayLike]) -> None:
        """Replace all weights and biases by copies of the given arrays.

        Raises
        ------
        ValueError, TypeError
            If the arrays have other shapes, or hold something else than finite numbers.
        """
        self.weights, self.biases = (
            validate.like("weights", weights, self.weights, self.dtype),
            validate.like("biases", biases, self.biases, self.dtype),
        )

    # -- there and back -------------------------------------------------------------------------

    def maps(self, x: ArrayLike) -> Array:
        """Return the activations of the filters, one map each: (n, n_places, n_places, n_filters).

        Raises
        ------
        ValueError, TypeError
            If `x` holds no rows of side² pixels.
        """
        return self._maps(validate.rows("x", x, self.side**2, self.dtype))[1]

    def _maps(self, x: Array) -> tuple[Array, Array]:
        """Return the patches of the images, and what the filters make of them."""
        seen = _patches(x.reshape(-1, self.side, self.side), self.size)
        return seen, np.maximum(seen @ self.weights[0].T + self.biases[0], 0)

    def _pooled(self, maps: Array) -> Array:
        """Return the mean of each two by two places, (n, n_pooled)."""
        half = self.n_places // 2
        return maps.reshape(len(maps), half, 2, half, 2, -1).mean(axis=(2, 4)).reshape(len(maps), -1)

    def _spread(self, delta: Array) -> Array:
        """Return what comes back through the means: a quarter for each of the four places."""
        half = self.n_places // 2
        quarter = delta.reshape(len(delta), half, half, -1) / 4
        return quarter.repeat(2, axis=1).repeat(2, axis=2)

    def _read(self, pooled: Array) -> Array:
        """Return ln of the probabilities of the classes; the cost is made of it."""
        z = pooled @ self.weights[1].T + self.biases[1]
        z -= z.max(axis=1, keepdims=True)  # it changes nothing, and nothing overflows
        return z - np.log(np.exp(z).sum(axis=1, keepdims=True))

    def backprop(self, x: ArrayLike, y: ArrayLike) -> Gradients:
        """Return the gradients of the mean cost over the rows of `x`.

        Parameters
        ----------
        x : array_like, shape (n, side²)
        y : array_like
            Labels, shape (n,), or targets, shape (n, n_classes).

        Returns
        -------
        nabla_weights, nabla_biases : lists of ndarray
            Shaped like `weights` and `biases`.

        Raises
        ------
        ValueError, TypeError
            If the data do not fit the network, or each other.
        """
        x, y = self.data(x, y)
        seen, maps = self._maps(x)
        pooled = self._pooled(maps)
        delta2 = (np.exp(self._read(pooled)) - y) / self.dtype.type(len(x))  # BP1
        delta1 = self._spread(delta2 @ self.weights[1]) * (maps > 0)  # BP2
        delta1, seen = delta1.reshape(-1, maps.shape[-1]), seen.reshape(-1, seen.shape[-1])
        nabla_biases = [delta1.sum(axis=0), delta2.sum(axis=0)]  # BP3, summed over the places too
        nabla_weights = [delta1.T @ seen, delta2.T @ pooled]  # BP4, summed over the places too
        return nabla_weights, nabla_biases

    # -- looking at it from outside -------------------------------------------------------------

    def feedforward(self, x: ArrayLike) -> Array:
        """Return the probabilities of the classes, (n, n_classes), for rows of side² pixels.

        Raises
        ------
        ValueError, TypeError
            If `x` holds no such rows.
        """
        return np.exp(self._log_outputs(validate.rows("x", x, self.side**2, self.dtype)))

    def _log_outputs(self, x: Array) -> Array:
        """Return ln of the outputs, a block of rows at a time: the patches of all would fill the memory."""
        blocks = (x[start : start + BLOCK] for start in range(0, len(x), BLOCK))
        with one_blas_thread():
            return np.concatenate([self._read(self._pooled(self._maps(block)[1])) for block in blocks])

    def predict(self, x: ArrayLike) -> Array:
        """Return the most probable class of each row, (n,) ints.

        Raises
        ------
        ValueError, TypeError
            If `x` holds no rows of side² pixels.
        """
        return answers(self.feedforward(x))

    def accuracy(self, x: ArrayLike, y: ArrayLike) -> float:
        """Return the fraction of rows, 0 to 1, that are answered as `y` says (labels or targets).

        Raises
        ------
        ValueError, TypeError
            If the data do not fit the network, or each other.
        """
        return self._measure(*self.data(x, y))[1]

    def cost(self, x: ArrayLike, y: ArrayLike) -> float:
        """Return the mean cross-entropy −Σ_j y_j ln a_j over the rows of `x`.

        Raises
        ------
        ValueError, TypeError
            If the data do not fit the network, or each other.
        """
        return self._measure(*self.data(x, y))[0]

    def _measure(self, x: Array, y: Array) -> tuple[float, float]:
        """Return mean cost and accuracy."""
        outputs = self._log_outputs(x)
        cost = -(y * outputs).sum(axis=1, dtype=np.float64).mean()
        return float(cost), float(np.mean(answers(outputs) == answers(y)))

    def data(self, x: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
        """Return images and targets as the network computes with them.

        Raises
        ------
        ValueError, TypeError
            If they do not fit the network, or each other.
        """
        rows = validate.rows("x", x, self.side**2, self.dtype)
        symptoms.look_at_data("x", rows)
        targets = validate.targets("y", validate.real("y", y), len(self.weights[1]), self.dtype)
        validate.same_length("x", rows, "y", targets)
        return rows, targets

    # -- learning -------------------------------------------------------------------------------

    def sgd(
        self,
        x: ArrayLike,
        y: ArrayLike,
        epochs: int,
        mini_batch_size: int,
        eta: float,
        momentum: float = 0.0,
        augment: Augmentation | None = None,
        validation: tuple[ArrayLike, ArrayLike] | None = None,
        seed: int = 0,
    ) -> Epochs:
        """Train by stochastic gradient descent; taking a record trains one epoch.

        The arguments and the records are those of `Classifier.sgd`.

        Raises
        ------
        ValueError, TypeError
            At the call, before anything is trained, if an argument does not fit.
        FloatingPointError
            In place of a record, if the training has blown up.
        """
        (x, y), mu = self.data(x, y), self.dtype.type(validate.share("momentum", momentum))
        rng = validate.generator("seed", seed)
        if augment is not None:
            validate.function("augment", augment, "(x, rng)")
        velocities = [np.zeros_like(array) for array in self.weights + self.biases]

        def learn(rows: Rows, eta: float) -> None:
            batch = x[rows] if augment is None else augment(x[rows], rng)
            nabla_weights, nabla_biases = self.backprop(batch, y[rows])
            steps = zip(self.weights + self.biases, velocities, nabla_weights + nabla_biases, strict=True)
            for parameter, v, nabla in steps:
                v *= mu
                v -= self.dtype.type(eta) * nabla
                parameter += v

        measured = (x, y) if validation is None else self.data(*validate.pair("validation", validation))
        descent = Descent(lambda: learn, len(x), mini_batch_size, eta, rng)
        return Epochs(descent, epochs, partial(self._measure, *measured))
