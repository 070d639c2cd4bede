r"""A feedforward network that learns by stochastic gradient descent and backpropagation.

Layers are l = 0 … L; layer 0 is the input. For l ≥ 1::

    z^l = W^l a^(l−1) + b^l        a^l = f(z^l)

With δ^l = ∂C/∂z^l the four equations of backpropagation are (Nielsen, chapter 2)::

    BP1   δ^L = ∂C/∂a^L ⊙ f′(z^L)
    BP2   δ^l = (W^(l+1))ᵀ δ^(l+1) ⊙ f′(z^l)
    BP3   ∂C/∂b^l_j = δ^l_j
    BP4   ∂C/∂w^l_jk = δ^l_j a^(l−1)_k

Examples are rows here, so a mini-batch of m examples is one array (m, n_l) per layer, and W a
becomes ``a @ W.T``. A Python list starts at 0: ``weights[l - 1]`` is W^l.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from nblib import activations, costs, saving, validate
from nblib.layers import Array, Gradients, Layers
from nblib.runs.epochs import Descent, Epochs, Rows
from nblib.runs.trace import Trace
from nblib.threads import one_blas_thread

Backprop = Callable[["Network", Array, Array], Gradients]

INITS = ("normal", "scaled")


class Network(Layers):
    """Layers of neurons, each connected to all of the layer before.

    Parameters
    ----------
    sizes : sequence of int
        Neurons per layer, input first: ``[784, 30, 10]``. At least two layers.
    activation : {"sigmoid", "tanh", "relu", "elu", "arctan", "step"}
        The activation function f of every layer.
    cost : {"quadratic", "cross_entropy"}
        The cost function C.
    init : {"normal", "scaled"}
        Initial weights: N(0, 1), or N(0, 1)/√n_in, which keeps the weighted inputs of wide layers
        small. Biases are N(0, 1) in both.
    seed : int
        Seed of the initial weights. The same seed draws the same numbers for every `init` and `dtype`.
    dtype : {numpy.float32, numpy.float64}
        The type of all numbers inside. float32 is twice as fast; float64 is for gradient checks.

    Attributes
    ----------
    weights : list of ndarray, shapes (n_l, n_{l−1})
        ``weights[l - 1][j, k]`` is w^l_jk, from neuron k of layer l − 1 to neuron j of layer l.
    biases : list of ndarray, shapes (n_l,)

    Raises
    ------
    ValueError, TypeError
        If an argument is not as described, or cross-entropy meets another activation than the sigmoid.

    Examples
    --------
    >>> Network([784, 16, 10]).n_parameters
    12730
    """

    def __init__(
        self,
        sizes: Sequence[int],
        activation: str = "sigmoid",
        cost: str = "quadratic",
        init: str = "normal",
        seed: int = 0,
        dtype: DTypeLike = np.float32,
    ) -> None:
        validate.one_of("init", init, INITS)
        super().__init__(sizes, init == "scaled", seed, dtype)
        self.activation = activations.by_name(activation)
        self.cost_function = costs.by_name(cost)
        if cost == "cross_entropy" and activation != "sigmoid":
            raise ValueError(f"cost 'cross_entropy' needs activation 'sigmoid', got {activation!r}")

    def __repr__(self) -> str:
        sizes = "-".join(map(str, self.sizes))
        return f"Network({sizes}, {self.activation.name}, {self.cost_function.name}, {self.dtype})"

    # -- forwards -------------------------------------------------------------------------------

    def feedforward(self, x: ArrayLike) -> Array:
        """Return the outputs a^L: (n, n_L) for rows (n, n_0), (n_L,) for one example (n_0,)."""
        return self.activations(x)[-1]

    def activations(self, x: ArrayLike) -> list[Array]:
        """Return the activations a^0 … a^L of all layers: (n, n_l) for rows, (n_l,) for one example.

        Raises
        ------
        ValueError, TypeError
            If `x` does not hold finite numbers, n_0 in a row.
        """
        rows, single = self._rows(x)
        a = self._forward(rows)
        return [a_l[0] for a_l in a] if single else a

    def predict(self, x: ArrayLike) -> Any:
        """Return the answer of the network: (n,) ints for rows, one int for one example.

        It is the index of the brightest output neuron, or, where there is only one output
        neuron, 1 if it is above ½ and else 0.

        Raises
        ------
        ValueError, TypeError
            If `x` does not hold finite numbers, n_0 in a row.
        """
        rows, single = self._rows(x)
        answers = _answers(self._forward(rows)[-1])
        return int(answers[0]) if single else answers

    def _forward(self, x: Array) -> list[Array]:
        """Return a^0 … a^L."""
        a = [x]
        for w, b in zip(self.weights, self.biases, strict=True):
            a.append(self.activation.function(a[-1] @ w.T + b))
        return a

    def _measure(self, rows: Array, targets: Array) -> tuple[float, float]:
        """Return mean cost and accuracy."""
        outputs = self._forward(rows)[-1]
        cost = self.cost_function(outputs, targets).mean(dtype=np.float64)
        return float(cost), float((_answers(outputs) == _answers(targets)).mean())

    # -- backwards ------------------------------------------------------------------------------

    def backprop(self, x: ArrayLike, y: ArrayLike) -> Gradients:
        """Return the gradients of the mean cost over the rows of `x`.

        Parameters
        ----------
        x : array_like, shape (n, n_0), or (n_0,) for one example
        y : array_like
            Targets of shape (n, n_L), or labels of shape (n,); for one example (n_L,) or a label.

        Returns
        -------
        nabla_weights, nabla_biases : lists of ndarray
            ∂C/∂W^l and ∂C/∂b^l, shaped like `weights` and `biases`.

        Raises
        ------
        ValueError, TypeError
            If an argument is not as described.
        """
        rows, targets = self._pair(x, y)
        a = self._forward(rows)
        return self._gradients(a, self._backward(a, targets, 1 / len(rows)))

    def _backward(self, a: list[Array], y: Array, scale: float) -> list[Array]:
        """Return δ^1 … δ^L of every row, multiplied by `scale`.

        The gradients are linear in δ: the factor 1/m or η/m may ride on δ, the smallest array.
        """
        f = self.activation
        deltas = [scale * self.cost_function.delta(a[-1], y, f)]  # BP1
        for w, a_l in zip(self.weights[:0:-1], a[-2:0:-1], strict=True):
            deltas.append(deltas[-1] @ w * f.slope(a_l))  # BP2
        return deltas[::-1]

    @staticmethod
    def _gradients(a: list[Array], deltas: list[Array]) -> Gradients:
        nabla_biases = [delta.sum(axis=0) for delta in deltas]  # BP3
        nabla_weights = [delta.T @ a_in for delta, a_in in zip(deltas, a[:-1], strict=True)]  # BP4
        return nabla_weights, nabla_biases

    def trace(self, x: ArrayLike, y: ArrayLike) -> Trace:
        """Return everything that one pass forwards and backwards over the rows of `x` computes.

        Arguments as for `backprop`. The gradients are those that `backprop` returns.

        Raises
        ------
        ValueError, TypeError
            If an argument does not fit.
        """
        rows, targets = self._pair(x, y)
        a = self._forward(rows)
        deltas = self._backward(a, targets, 1)
        nablas = self._gradients(a, [delta / len(rows) for delta in deltas])
        zs = [a_in @ w.T + b for a_in, w, b in zip(a[:-1], self.weights, self.biases, strict=True)]
        return Trace(a, zs, self.cost_function(a[-1], targets), deltas, *nablas)

    def input_gradient(self, x: ArrayLike, y: ArrayLike) -> Array:
        """Return ∂C/∂x: how the cost of each example changes with each of its own inputs.

        It is BP2 taken one layer further, to layer 0, where there is no slope: (W^1)ᵀ δ^1.

        Parameters
        ----------
        x, y : array_like
            As for `backprop`.

        Returns
        -------
        ndarray, shape (n, n_0), or (n_0,) for one example
            One gradient for each example (not divided by n).
        """
        gradients = self.trace(x, y).deltas[0] @ self.weights[0]
        return gradients[0] if np.ndim(x) == 1 else gradients

    # -- learning -------------------------------------------------------------------------------

    def update_mini_batch(self, x: ArrayLike, y: ArrayLike, eta: float) -> None:
        """Take one step of gradient descent on the mini-batch, changing weights and biases in place.

        Arguments as for `backprop`; `eta` is the learning rate η, above 0.

        Raises
        ------
        ValueError, TypeError
            If an argument does not fit. Nothing has changed then.
        """
        rows, targets = self._pair(x, y)
        eta = validate.positive("eta", eta)
        with one_blas_thread():
            self._learn(rows, targets, None, np.arange(len(rows)), eta)

    def sgd(
        self,
        x: ArrayLike,
        y: ArrayLike,
        epochs: int,
        mini_batch_size: int,
        eta: float,
        validation: tuple[ArrayLike, ArrayLike] | None = None,
        seed: int = 0,
        backprop: Backprop | None = None,
    ) -> Epochs:
        """Train by stochastic gradient descent; an iterator that yields one record per epoch.

        Training goes on only as the records are taken, so the loop belongs to the caller: leave
        it at any time, or interrupt it, and the network is as the last update left it.

        Parameters
        ----------
        x : array_like, shape (n, n_0)
            Training data, one example per row. It is neither copied nor reordered.
        y : array_like
            Labels, shape (n,), or targets, shape (n, n_L).
        epochs : int
            Passes through the data, at least 1.
        mini_batch_size : int
            Examples per update, at least 1. The last mini-batch of an epoch may be smaller.
        eta : float
            The learning rate η, above 0.
        validation : tuple of (x, y), optional
            Data on which the records measure cost and accuracy; without it, the training data.
        seed : int
            Seed of the order in which the examples come.
        backprop : callable, optional
            ``backprop(network, x, y)`` that returns the gradients in place of `Network.backprop`:
            train by a backpropagation of your own.

        Raises
        ------
        ValueError, TypeError
            At the call, before anything is trained, if an argument does not fit.

        Examples
        --------
        >>> network = Network([2, 3, 1], seed=1)
        >>> x, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
        >>> history = list(network.sgd(x, y, epochs=1000, mini_batch_size=1, eta=1.0))
        >>> history[-1].accuracy
        1.0
        """
        data = self.data(x, y)
        descent = self._descent(data, backprop, mini_batch_size, eta, seed)
        return Epochs(descent, epochs, partial(self._measure, *self._measured(data, validation)))

    def descent(self, x: ArrayLike, y: ArrayLike, mini_batch_size: int, eta: float, seed: int = 0) -> Descent:
        """Return the descent that `sgd` makes, to be steered by a loop of your own; arguments as there.

        Raises
        ------
        ValueError, TypeError
            If an argument does not fit.
        """
        return self._descent(self.data(x, y), None, mini_batch_size, eta, seed)

    def _descent(
        self,
        data: tuple[Array, Array],
        backprop: Backprop | None,
        mini_batch_size: int,
        eta: float,
        seed: int,
    ) -> Descent:
        if backprop is not None:
            validate.function("backprop", backprop, "(network, x, y)")
        learn = partial(self._learn, *data, backprop)
        return Descent(learn, len(data[0]), mini_batch_size, eta, validate.generator("seed", seed))

    def _learn(self, x: Array, y: Array, backprop: Backprop | None, rows: Rows, eta: float) -> None:
        """Make one update, by these rows of the data."""
        x, y = x.take(rows, axis=0), y.take(rows, axis=0)  # quicker than x[rows]
        if backprop is None and type(self).backprop is Network.backprop:
            a = self._forward(x)
            nabla_weights, nabla_biases = self._gradients(a, self._backward(a, y, eta / len(x)))
            self._subtract(nabla_weights + nabla_biases)
        else:
            nablas = (backprop or type(self).backprop)(self, x, y)
            self.descend(*self._like("nabla_weights", nablas[0], "nabla_biases", nablas[1]), eta)

    # -- files and the door ---------------------------------------------------------------------

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the network to exactly `path`, an .npz file of plain arrays, whole or not at all."""
        saving.save(self, path)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Network:
        """Return the network that `save` wrote to `path`.

        Raises
        ------
        ValueError
            If there is no such file, or it is damaged, or was not written by `save`.
        """
        return saving.load(cls, path)

    def _targets(self, name: str, y: Array) -> Array:
        """Return `y` as targets (n, n_L): labels become one-hot rows, or a column for one output."""
        targets = validate.targets(name, y, self.sizes[-1], self.dtype)
        if self.cost_function is costs.cross_entropy and (targets.min() < 0 or targets.max() > 1):
            raise ValueError(
                f"{name} must be from 0 to 1 for cost 'cross_entropy', "
                f"got {targets.min():g} to {targets.max():g}"
            )
        return targets


def _answers(outputs: Array) -> NDArray[np.int64]:
    if outputs.shape[1] == 1:
        return (outputs[:, 0] > 0.5).astype(np.int64)
    return outputs.argmax(axis=1)
