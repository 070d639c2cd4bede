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
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache, partial
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray
from threadpoolctl import ThreadpoolController

from nblib import activations, costs, validate
from nblib.data import npz
from nblib.layers import Array, Gradients, Layers

Backprop = Callable[["Network", Array, Array], Gradients]
Steps = Callable[[Array, Array, float], Gradients]
Update = Callable[[NDArray[np.integer], float], None]

INITS = ("normal", "scaled")


@dataclass(frozen=True)
class EpochRecord:
    """What one epoch of `Network.sgd` reached.

    Attributes
    ----------
    epoch : int
        Counted from 1.
    cost : float
        Mean cost at the end of the epoch, on the validation data if given, else on the training data.
    accuracy : float
        Fraction of examples answered rightly, 0 to 1, on the same data.
    seconds : float
        Time that the updates of this epoch took, without the measuring.
    """

    epoch: int
    cost: float
    accuracy: float
    seconds: float


@dataclass(frozen=True, repr=False)
class Trace:
    """All that one pass forwards and backwards computes, for looking at.

    Each list runs from layer 1 to layer L, so ``zs[l - 1]`` belongs to layer l; only
    `activations` begins with layer 0, the input.

    Attributes
    ----------
    activations : list of ndarray, shapes (n, n_l), l = 0 … L
    zs : list of ndarray, shapes (n, n_l)
    costs : ndarray, shape (n,)
        C of each example.
    deltas : list of ndarray, shapes (n, n_l)
        δ^l of each example on its own (not divided by n).
    nabla_weights, nabla_biases : lists of ndarray
        The gradients of the mean cost, as `Network.backprop` returns them.
    """

    activations: list[Array]
    zs: list[Array]
    costs: Array
    deltas: list[Array]
    nabla_weights: list[Array]
    nabla_biases: list[Array]

    def __repr__(self) -> str:
        return f"Trace({len(self.costs)} examples, mean cost {self.costs.mean():.4f})"


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
        self._cost = costs.by_name(cost)
        if cost == "cross_entropy" and activation != "sigmoid":
            raise ValueError(f"cost 'cross_entropy' needs activation 'sigmoid', got {activation!r}")

    def __repr__(self) -> str:
        sizes = "-".join(map(str, self.sizes))
        return f"Network({sizes}, {self.activation.name}, {self._cost.name}, {self.dtype})"

    # -- forwards -------------------------------------------------------------------------------

    def feedforward(self, x: ArrayLike) -> Array:
        """Return the outputs a^L: (n, n_L) for rows (n, n_0), (n_L,) for one example (n_0,)."""
        return self.activations(x)[-1]

    def activations(self, x: ArrayLike) -> list[Array]:
        """Return the activations a^0 … a^L of all layers: (n, n_l) for rows, (n_l,) for one example."""
        rows, single = self._rows(x)
        a = self._feedforward(rows)
        return [a_l[0] for a_l in a] if single else a

    def predict(self, x: ArrayLike) -> Any:
        """Return the answer of the network: (n,) ints for rows, one int for one example.

        It is the index of the brightest output neuron, or, where there is only one output
        neuron, 1 if it is above ½ and else 0.
        """
        rows, single = self._rows(x)
        answers = _answers(self._feedforward(rows)[-1])
        return int(answers[0]) if single else answers

    def accuracy(self, x: ArrayLike, y: ArrayLike) -> float:
        """Return the fraction of rows, 0 to 1, that are answered as `y` says (labels or targets)."""
        rows, targets = self._pair(x, y)
        return _accuracy(self._feedforward(rows)[-1], targets)

    def cost(self, x: ArrayLike, y: ArrayLike) -> float:
        """Return the mean cost over the rows of `x` (`y`: labels or targets)."""
        rows, targets = self._pair(x, y)
        return _mean(self._cost(self._feedforward(rows)[-1], targets))

    def _feedforward(self, x: Array) -> list[Array]:
        """Return a^0 … a^L."""
        a = [x]
        for w, b in zip(self.weights, self.biases, strict=True):
            a.append(self.activation.function(a[-1] @ w.T + b))
        return a

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
        """
        rows, targets = self._pair(x, y)
        return self._backprop(rows, targets, 1 / len(rows))

    def _backprop(self, x: Array, y: Array, scale: float) -> Gradients:
        """Return the gradients, summed over the rows and multiplied by `scale`."""
        a = self._feedforward(x)
        return self._gradients(a, self._deltas(a, y, scale))

    def _deltas(self, a: list[Array], y: Array, scale: float) -> list[Array]:
        """Return δ^1 … δ^L of every row, multiplied by `scale`.

        The gradients are linear in δ: the factor 1/m or η/m may ride on δ, the smallest array.
        """
        f = self.activation
        deltas = [scale * self._cost.delta(a[-1], y, f)]  # BP1
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
        """
        rows, targets = self._pair(x, y)
        a = self._feedforward(rows)
        deltas = self._deltas(a, targets, 1)
        nabla_weights, nabla_biases = self._gradients(a, [delta / len(rows) for delta in deltas])
        zs = [a_in @ w.T + b for a_in, w, b in zip(a[:-1], self.weights, self.biases, strict=True)]
        return Trace(a, zs, self._cost(a[-1], targets), deltas, nabla_weights, nabla_biases)

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
        """
        rows, targets = self._pair(x, y)
        eta = validate.positive("eta", eta)
        with one_blas_thread():
            self._updates(rows, targets, None)(np.arange(len(rows)), eta)

    def updates(self, x: ArrayLike, y: ArrayLike, backprop: Backprop | None = None) -> Update:
        """Return a function that takes steps of gradient descent on data that is checked only once, here.

        It is for loops of your own: ``update(rows, eta)`` takes one step on some rows of the data,
        given by their numbers. Hold BLAS to `one_blas_thread` around the loop.

        Arguments as for `sgd`.
        """
        return self._updates(*self._data("x", x, "y", y), backprop)

    def _updates(self, examples: Array, targets: Array, backprop: Backprop | None) -> Update:
        steps_by = self._steps_by(backprop)

        def update(rows: NDArray[np.integer], eta: float) -> None:
            # take is quicker than examples[rows]
            weight_steps, bias_steps = steps_by(examples.take(rows, axis=0), targets.take(rows, axis=0), eta)
            for w, step in zip(self.weights, weight_steps, strict=True):
                w -= step
            for b, step in zip(self.biases, bias_steps, strict=True):
                b -= step

        return update

    def _steps_by(self, backprop: Backprop | None) -> Steps:
        """Return the function that gives η ∇C, by the `backprop` asked for or overridden, if any."""
        if backprop is not None and not callable(backprop):
            raise TypeError(f"backprop must be a function of (network, x, y), got {backprop!r}")
        if backprop is None and type(self).backprop is Network.backprop:
            return lambda x, y, eta: self._backprop(x, y, eta / len(x))
        chosen = backprop or type(self).backprop

        def steps(x: Array, y: Array, eta: float) -> Gradients:
            nabla_weights, nabla_biases = chosen(self, x, y)
            nabla_weights = self._like("nabla_weights", nabla_weights, self.weights)
            nabla_biases = self._like("nabla_biases", nabla_biases, self.biases)
            return [eta * nabla for nabla in nabla_weights], [eta * nabla for nabla in nabla_biases]

        return steps

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
    ) -> Iterator[EpochRecord]:
        """Train by stochastic gradient descent; a generator that yields one record per epoch.

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
        rows, targets = self._data("x", x, "y", y)
        epochs = validate.whole("epochs", epochs, at_least=1)
        mini_batch_size = validate.whole("mini_batch_size", mini_batch_size, at_least=1)
        eta = validate.positive("eta", eta)
        update = self._updates(rows, targets, backprop)
        measured = (rows, targets) if validation is None else self._validation(validation)
        rng = np.random.default_rng(validate.whole("seed", seed, at_least=0))
        return self._epochs(len(rows), epochs, mini_batch_size, partial(update, eta=eta), measured, rng)

    def _epochs(
        self,
        n: int,
        epochs: int,
        mini_batch_size: int,
        update: Callable[[NDArray[np.integer]], None],
        measured: tuple[Array, Array],
        rng: np.random.Generator,
    ) -> Iterator[EpochRecord]:
        for epoch in range(1, epochs + 1):
            started = perf_counter()
            order = rng.permutation(n)
            with one_blas_thread():
                for start in range(0, n, mini_batch_size):
                    update(order[start : start + mini_batch_size])
            seconds = perf_counter() - started
            with one_blas_thread():  # a second one would stay awake for a while, and slow down the next epoch
                outputs = self._feedforward(measured[0])[-1]
            cost = _mean(self._cost(outputs, measured[1]))
            yield EpochRecord(epoch, cost, _accuracy(outputs, measured[1]), seconds)

    # -- files ----------------------------------------------------------------------------------

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the network to exactly `path`, an .npz file of plain arrays, whole or not at all."""
        content = {
            "format": np.array(_FORMAT),
            "sizes": np.array(self.sizes),
            "activation": np.array(self.activation.name),
            "cost": np.array(self._cost.name),
        }
        for l, (w, b) in enumerate(zip(self.weights, self.biases, strict=True), start=1):
            content |= {f"weights_{l}": w, f"biases_{l}": b}
        npz.write(path, content)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Network:
        """Return the network that `save` wrote to `path`.

        Raises
        ------
        ValueError
            If there is no such file, or it is damaged, or was not written by `save`.
        """
        remedy = "write it with network.save(path), or take another copy"
        content = npz.read(path, remedy)
        try:
            if content["format"] != _FORMAT:
                raise ValueError(f"format {content['format']}")
            n_layers = len(content["sizes"])
            weights = [content[f"weights_{l}"] for l in range(1, n_layers)]
            biases = [content[f"biases_{l}"] for l in range(1, n_layers)]
            names = str(content["activation"]), str(content["cost"])
            network = cls(content["sizes"].tolist(), *names, dtype=weights[0].dtype)
            network.set_parameters(weights, biases)
        except (KeyError, IndexError, ValueError, TypeError) as error:
            raise ValueError(
                f"path: {str(path)!r} is no network saved by nblib ({error}); {remedy}"
            ) from error
        return network

    # -- the door -------------------------------------------------------------------------------

    def _data(self, name_x: str, x: ArrayLike, name_y: str, y: ArrayLike) -> tuple[Array, Array]:
        rows, targets = super()._data(name_x, x, name_y, y)
        if self._cost.name == "cross_entropy" and (targets.min() < 0 or targets.max() > 1):
            raise ValueError(
                f"{name_y} must be from 0 to 1 for cost 'cross_entropy', "
                f"got {targets.min():g} to {targets.max():g}"
            )
        return rows, targets

    def _targets(self, name: str, y: Array) -> Array:
        """Return `y` as targets (n, n_L): labels become one-hot rows, or a column for one output."""
        n_outputs = self.sizes[-1]
        if y.ndim != 1:
            return validate.rows(name, y, n_outputs, self.dtype)
        if n_outputs == 1:
            return validate.rows(name, y[:, None], 1, self.dtype)
        return np.eye(n_outputs, dtype=self.dtype)[validate.labels(name, y, n_outputs)]


_FORMAT = "nblib network 1"


@cache
def _threads() -> ThreadpoolController:
    return ThreadpoolController()


def one_blas_thread() -> AbstractContextManager[Any]:
    """Hold NumPy to one thread: a mini-batch is too small to share, and a second thread makes it wait."""
    return _threads().limit(limits=1, user_api="blas")


def _answers(outputs: Array) -> NDArray[np.int64]:
    if outputs.shape[1] == 1:
        return (outputs[:, 0] > 0.5).astype(np.int64)
    return outputs.argmax(axis=1)


def _accuracy(outputs: Array, targets: Array) -> float:
    return float((_answers(outputs) == _answers(targets)).mean())


def _mean(values: Array) -> float:
    return float(values.mean(dtype=np.float64))
